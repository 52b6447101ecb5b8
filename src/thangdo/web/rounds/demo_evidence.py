"""Illustrative evidence for the demo: small PDFs, one a unit and subject, attached to criteria it answered."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

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
# What several units rightly claim alike.
SHARED, CITY = "Kế hoạch cải cách hành chính của Thành phố", "Ủy ban nhân dân Thành phố"
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
        count += _shared(part, [unit.code for unit in units], at)
    return count


def _shared(part: Part, units: list[str], at: datetime) -> int:
    """One plan of the city claimed by two units that were given different points for the same criterion, if any were.

    What the view of the same evidence is for: like cases that were not treated alike.
    """
    points: dict[str, dict[str, str]] = {}
    marks = Mark.objects.filter(part=part, unit__in=units, layer="appraisal_1").exclude(points="").order_by("id")
    for unit, criterion, given in marks.values_list("unit", "criterion", "points"):
        points.setdefault(criterion, {})[unit] = given
    uneven = ((code, of_units) for code, of_units in points.items() if len(set(of_units.values())) > 1)
    criterion, of_units = next(uneven, ("", {}))
    if not criterion:
        return 0
    high, low = (
        max(of_units, key=lambda unit: Decimal(of_units[unit])),
        min(of_units, key=lambda unit: Decimal(of_units[unit])),
    )
    title, number, issued_on = f"{SHARED} năm {part.round.year}", "1/KH-UBND", f"{part.round.year}-01-05"
    with acting(ActInProgress("make_demo", None, at, round=part.round.code, place=part.slug)):
        content = pdf(title, CITY, number, issued_on)
        for unit in (high, low):
            document = _document(content, unit, title, CITY, number, issued_on, at)
            Attachment.objects.create(
                part=part, unit=unit, criterion=criterion, document=document, pages="1", phase="self_score"
            )
    return 2


def _document(
    content: bytes, unit: str, title: str, issuer: str, number: str, issued_on: str, at: datetime
) -> Document:
    """The unit's document with its file, stored once however many units have it."""
    store = storage()
    put = store.put([content], len(content))
    file, is_new = StoredFile.objects.get_or_create(
        sha256=put.sha256,
        defaults={"size": put.size, "media_type": "application/pdf", "extension": "pdf", "stored_at": at},
    )
    if is_new:
        words = words_of(store.path(put.sha256), "pdf")
        FileText.objects.create(file=file, pages=words.pages, search=words.search)
    return Document.objects.create(
        unit=unit,
        file=file,
        name=title,
        issuer=issuer,
        number=number,
        issued_on=issued_on,
        added_at=at,
        sha256=put.sha256,
    )


def _attach_to(part: Part, unit: RoundUnit, answered: list[str], at: datetime) -> int:
    count = 0
    with acting(ActInProgress("make_demo", None, at, round=part.round.code, place=f"{part.slug}/{unit.code}")):
        for position, (title, kind, day) in enumerate(SUBJECTS):
            criteria = answered[position * CRITERIA_PER_DOCUMENT : (position + 1) * CRITERIA_PER_DOCUMENT]
            if not criteria:
                continue
            issued_on = f"{part.round.year}-{day}"
            number = f"{15 + position * 20}/{kind}-{unit.code.split('.')[-1]}"
            named = f"{title} năm {part.round.year}"
            content = pdf(named, unit.name_vi, number, issued_on)
            document = _document(content, unit.code, named, unit.name_vi, number, issued_on, at)
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
