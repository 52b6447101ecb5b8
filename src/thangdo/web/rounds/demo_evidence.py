"""Illustrative evidence for the demo: small PDFs, one a unit and subject, attached to criteria it answered."""

from __future__ import annotations

from datetime import datetime

from thangdo.web.ledger.acting import ActInProgress, acting
from thangdo.web.rounds.evidence.storage import storage
from thangdo.web.rounds.evidence.text import words_of
from thangdo.web.rounds.models import Attachment, Document, FileText, Mark, Part, RoundUnit, StoredFile

# Subject, number's ending, month and day of the year.
SUBJECTS = (
    ("Kế hoạch cải cách hành chính", "KH", "01-18"),
    ("Báo cáo tổng kết công tác cải cách hành chính", "BC", "12-12"),
    ("Quyết định ban hành danh mục thủ tục hành chính", "QĐ", "06-05"),
)
CRITERIA_PER_DOCUMENT = 2
UNITS_WITH_FILES = 6


def pdf(title: str, unit: str, number: str, day: str) -> bytes:
    """A one-page PDF with the document's head."""
    import typst

    def quoted(text: str) -> str:
        return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'

    source = (
        '#set page(width: 148mm, height: 210mm)\n#set text(lang: "vi", size: 11pt)\n'
        f"#upper({quoted(unit)})\n\n#text({quoted('Số: ' + number + ', ngày ' + day)})\n\n#v(1cm)\n"
        f'#text(size: 15pt, weight: "bold", {quoted(title)})\n\n'
        f"#text({quoted('Tài liệu minh họa của bản dùng thử; không phải văn bản thật.')})\n"
    )
    return bytes(typst.compile(source.encode()))


def attach_demo_evidence(at: datetime) -> int:
    """Attach documents in every open part; returns how many were attached."""
    count = 0
    for part in Part.objects.exclude(phase__in=["closed", "prepare"]).select_related("round"):
        units = RoundUnit.objects.filter(round=part.round, code__in=part.members.values("unit"))[:UNITS_WITH_FILES]
        for unit in units:
            answered = list(
                Mark.objects.filter(part=part, unit=unit.code, layer="self")
                .order_by("id")
                .values_list("criterion", flat=True)
            )
            count += _attach_to(part, unit, answered, at)
    return count


def _attach_to(part: Part, unit: RoundUnit, answered: list[str], at: datetime) -> int:
    count = 0
    with acting(ActInProgress("make_demo", None, at, round=part.round.code, place=f"{part.slug}/{unit.code}")):
        for position, (title, kind, day) in enumerate(SUBJECTS):
            criteria = answered[position * CRITERIA_PER_DOCUMENT : (position + 1) * CRITERIA_PER_DOCUMENT]
            if not criteria:
                continue
            issued_on = f"{part.round.year}-{day}"
            number = f"{15 + position * 20}/{kind}-{unit.code.split('.')[-1]}"
            content = pdf(f"{title} năm {part.round.year}", unit.name_vi, number, issued_on)
            store = storage()
            put = store.put([content], len(content))
            file, is_new = StoredFile.objects.get_or_create(
                sha256=put.sha256,
                defaults={"size": put.size, "media_type": "application/pdf", "extension": "pdf", "stored_at": at},
            )
            if is_new:
                words = words_of(store.path(put.sha256), "pdf")
                FileText.objects.create(file=file, pages=words.pages, search=words.search)
            document = Document.objects.create(
                unit=unit.code,
                file=file,
                name=f"{title} năm {part.round.year}",
                issuer=unit.name_vi,
                number=number,
                issued_on=issued_on,
                added_at=at,
                sha256=put.sha256,
            )
            for criterion in criteria:
                Attachment.objects.get_or_create(
                    part=part,
                    unit=unit.code,
                    criterion=criterion,
                    document=document,
                    defaults={"pages": "1", "phase": "self_score"},
                )
                count += 1
    return count
