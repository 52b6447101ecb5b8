"""A unit attaches a document to a criterion: a new file, a new revision, or one it already holds."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as noop

from thangdo.web.background.queue import ask_for
from thangdo.web.file_storage import Put, TooLarge
from thangdo.web.rounds.acts.act import Actor, doing
from thangdo.web.rounds.acts.save_mark import refuse_unless_open
from thangdo.web.rounds.acts.submission import locked_submission, refuse_after_deadline
from thangdo.web.rounds.evidence.kinds import FileKind, WrongKind, kind_of
from thangdo.web.rounds.evidence.storage import storage
from thangdo.web.rounds.models import Attachment, Document, Member, Part, StoredFile
from thangdo.web.rounds.refusals import ActRefused, DoneAlready
from thangdo.web.rounds.work.read_text import keep_text

WHY = {
    "extension": noop("only PDF, PNG, JPG, DOCX and XLSX are taken"),
    "lies": noop("its content is not what its name says"),
    "broken": noop("the file is damaged"),
    "bomb": noop("it unpacks to far more than its size"),
    "macros": noop("it holds macros"),
}
READ_AT_ONCE_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class Described:
    """What a unit says of a document."""

    name: str
    issuer: str = ""
    number: str = ""
    issued_on: str = ""
    pages: str = ""


def receive(chunks: Iterable[bytes], file_name: str) -> tuple[Put, FileKind]:
    """Store an upload and tell its true kind. Raises ActRefused for what evidence may not be."""
    kinds: list[FileKind] = []
    try:
        put = storage().put(
            chunks, settings.EVIDENCE_LIMIT_BYTES, refuse=lambda path: kinds.append(kind_of(path, file_name))
        )
    except TooLarge as failure:
        limit = settings.EVIDENCE_LIMIT_BYTES >> 20
        raise ActRefused("bad_file", why=_("it is larger than %(limit)s MB") % {"limit": limit}) from failure
    except WrongKind as wrong:
        raise ActRefused("bad_file", why=_(WHY[wrong.reason])) from wrong
    return put, kinds[0]


def attach(
    part: Part,
    unit: str,
    criterion: str,
    described: Described,
    put: Put,
    kind: FileKind,
    *,
    actor: Actor,
    at: datetime,
    revision_of: Document | None = None,
) -> Attachment:
    """Claim a stored file for a criterion. The same bytes are kept once, whoever claims them."""
    _refuse_bad(described)
    with doing("attach_evidence", actor, part, at, unit=unit, criterion=criterion):
        _refuse_closed(part, unit, criterion, at)
        file, is_new = StoredFile.objects.get_or_create(
            sha256=put.sha256,
            defaults={
                "size": put.size,
                "media_type": kind.media_type,
                "extension": kind.extension,
                "stored_at": at,
            },
        )
        claimed = Attachment.objects.filter(part=part, unit=unit, criterion=criterion, document__sha256=put.sha256)
        if revision_of is None and claimed.filter(document__name=described.name.strip()[:255]).exists():
            raise DoneAlready()
        document = Document.objects.create(
            unit=unit,
            file=file,
            name=described.name.strip()[:255],
            issuer=described.issuer.strip()[:255],
            number=described.number.strip()[:80],
            issued_on=described.issued_on.strip(),
            revision_of=revision_of,
            added_by_id=actor.person_id,
            added_at=at,
            sha256=put.sha256,
        )
        attachment = Attachment.objects.create(
            part=part,
            unit=unit,
            criterion=criterion,
            document=document,
            pages=described.pages.strip()[:60],
            phase=part.phase,
        )
    if is_new:
        # Reading hundreds of pages takes longer than an upload should wait for.
        if put.size <= READ_AT_ONCE_BYTES:
            keep_text(file)
        else:
            ask_for("read_text", {"file_id": file.pk}, person_id=None, at=at)
    return attachment


def reuse(
    part: Part, unit: str, criterion: str, document_id: int, pages: str, *, actor: Actor, at: datetime
) -> Attachment:
    """Claim a document the unit already holds, from another criterion or year."""
    document = Document.objects.filter(pk=document_id, unit=unit).first()
    if document is None:
        raise ActRefused("not_allowed")
    with doing("attach_evidence", actor, part, at, unit=unit, criterion=criterion):
        _refuse_closed(part, unit, criterion, at)
        attachment, created = Attachment.objects.get_or_create(
            part=part,
            unit=unit,
            criterion=criterion,
            document=document,
            defaults={"pages": pages.strip()[:60], "phase": part.phase},
        )
        if not created:
            raise DoneAlready()
    return attachment


def detach(part: Part, unit: str, criterion: str, attachment_id: int, *, actor: Actor, at: datetime) -> None:
    """Take a claim back; document, bytes and ledger stay."""
    with doing("attach_evidence", actor, part, at, unit=unit, criterion=criterion):
        _refuse_closed(part, unit, criterion, at)
        found = Attachment.objects.filter(part=part, unit=unit, criterion=criterion, pk=attachment_id)
        # What was claimed in an earlier phase has been appraised and stays.
        if not found.filter(phase=part.phase).exists():
            raise ActRefused("not_allowed" if Attachment.objects.filter(pk=attachment_id).exists() else "gone")
        found.delete()


def _refuse_bad(described: Described) -> None:
    if not described.name.strip():
        raise ActRefused("bad_value", value="", field=_("document"))
    if described.issued_on.strip():
        try:
            datetime.fromisoformat(described.issued_on.strip())
        except ValueError as failure:
            raise ActRefused("bad_value", value=described.issued_on, field=_("date")) from failure


def _refuse_closed(part: Part, unit: str, criterion: str, at: datetime) -> None:
    """While self-scoring, evidence follows the submission; later it answers a question or an appeal."""
    # The unit's place in the part is its queue: of two claims at once the second sees the first.
    if not Member.objects.select_for_update(no_key=True).filter(part=part, unit=unit).first():
        raise ActRefused("no_such_unit")
    refuse_after_deadline(part, unit, at)
    if part.phase == "self_score":
        submission = locked_submission(part, unit)
        refuse_unless_open(part.phase, submission.state, submission.sent_back_criteria, criterion)
