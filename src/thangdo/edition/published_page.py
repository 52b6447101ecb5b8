"""Published tables as a page: what the source printed, in its own words, and what cannot be true together."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from markupsafe import Markup

from thangdo.edition.pages import ExtraPage
from thangdo.evaluation.blocks import block_name, index_name
from thangdo.evaluation.codes import CODES
from thangdo.evaluation.published import Published
from thangdo.evaluation.register import Register
from thangdo.findings import Finding, describe
from thangdo.reporting.language import Language, translator
from thangdo.reporting.markup import element, joined
from thangdo.reporting.numbers import number, percent


def published_page(
    published: Published, findings: Sequence[Finding], register: Register, language: Language
) -> ExtraPage:
    """Rankings, counts, levels, figures and shares as printed; findings first, each with its cell."""
    _ = translator("edition", language)
    title = published.title_vi if language == "vi" else published.title_en
    parts: list[Markup] = [_findings(findings, language)]
    for (index, block), _rows in published.rankings().items():
        parts.append(_ranking(published, index, block, register, language))
    parts += [_bands(published, language), _figures(published, language), _shares(published, language)]
    sources = [element("p", f"{name}: {text}", class_="small") for name, text in published.sources.items()]
    parts.append(joined(element("h2", _("Sources")), *sources))
    lead = _(
        "Transcribed cell by cell with the source's words; nothing corrected, nothing guessed. These are real figures, not the demo's."
    )
    return ExtraPage("published", _("As published"), f"{title}. {lead}", joined(*parts))


def _table(header: Sequence[str], rows: Iterable[Sequence[str]], numbers: Sequence[int], label: str) -> Markup:
    head = [
        element("th", text, scope="col", class_="number" if place in numbers else None)
        for place, text in enumerate(header)
    ]
    body = [
        element(
            "tr",
            *(element("td", cell, class_="number" if place in numbers else None) for place, cell in enumerate(row)),
        )
        for row in rows
    ]
    table = element(
        "table",
        element("caption", label, class_="hidden-visually"),
        element("thead", element("tr", *head)),
        element("tbody", *body),
        class_="plain",
    )
    return element("div", table, class_="scroll", tabindex=0, role="region", aria_label=label)


def _findings(findings: Sequence[Finding], language: Language) -> Markup:
    _ = translator("edition", language)
    notes = []
    for item in findings:
        what, remedy = describe(item, CODES[item.code], language)
        notes.append(
            element(
                "div",
                element("p", what),
                element("p", f"{item.code} · {item.where} · {remedy}", class_="small"),
                class_="finding-note",
            )
        )
    count = _("%(count)s places where the published figures do not agree with themselves") % {"count": len(notes)}
    return joined(element("h2", count), *notes)


def _ranking(published: Published, index: str, block: str, register: Register, language: Language) -> Markup:
    _ = translator("edition", language)
    heading = f"{index_name(index, language)} {published.year} · {block_name(block, language)}"
    rows = [
        (
            "–" if row.rank is None else str(row.rank),
            register[row.unit].name(language) if row.unit in register else row.unit,
            "" if row.published is None else number(row.published, language),
            row.class_name,
            row.words,
        )
        for row in published.rankings()[index, block]
    ]
    counts = [
        f"{count.class_name or _('all units')}: {count.count}" + (f"/{count.total}" if count.total is not None else "")
        for count in published.counts_by_block().get((index, block), [])
        if count.count is not None and count.group in ("block", "class")
    ]
    header = [_("Place"), _("Unit"), _("Points"), _("Class"), _("The source's words")]
    said = (
        element("p", _("Counts as printed: %(list)s") % {"list": "; ".join(counts)}, class_="small") if counts else None
    )
    return joined(element("h2", heading), said, _table(header, rows, (0, 2), heading))


def _bands(published: Published, language: Language) -> Markup:
    _ = translator("edition", language)
    parts = [element("h2", _("Levels as printed"))] if published.bands else []
    for index, block in dict.fromkeys((band.index, band.block) for band in published.bands):
        bands = [band for band in published.bands if (band.index, band.block) == (index, block)]
        rows = [
            (
                band.class_name,
                "" if band.lower is None else number(band.lower, language),
                "" if band.upper is None else number(band.upper, language),
                "" if band.maximum is None else number(band.maximum, language),
                f"{band.words} ({band.note})" if band.note else band.words,
            )
            for band in bands
        ]
        label = f"{index_name(index, language)} · {block_name(block, language)}"
        header = [_("Class"), _("From"), _("Below"), _("Maximum"), _("The source's words")]
        parts += [element("h3", label), _table(header, rows, (1, 2, 3), label)]
    return joined(*parts)


def _figures(published: Published, language: Language) -> Markup:
    _ = translator("edition", language)
    bounds = {"exact": "", "above": _("more than"), "below": _("nearly"), "about": _("about")}
    rows = [
        (
            figure.name_vi if language == "vi" else figure.name_en,
            "" if figure.value is None else f"{bounds.get(figure.bound, '')} {number(figure.value, language)}".strip(),
            figure.words,
        )
        for figure in published.figures
    ]
    heading = _("Figures as printed")
    return joined(
        element("h2", heading), _table([_("Figure"), _("Value"), _("The source's words")], rows, (1,), heading)
    )


def _shares(published: Published, language: Language) -> Markup:
    """Each share with what it is a share of: a figure above, or a number the source does not print."""
    _ = translator("edition", language)
    names = {figure.figure: figure.name_vi if language == "vi" else figure.name_en for figure in published.figures}
    rows = [
        (
            share.name_vi if language == "vi" else share.name_en,
            "" if share.percent is None else percent(share.percent, language),
            names.get(share.numerator, share.numerator) or _("not printed"),
            names.get(share.denominator, share.denominator) or _("not printed"),
            share.words,
        )
        for share in published.shares
    ]
    heading = _("Shares as printed")
    header = [_("Share"), _("Percent"), _("Part"), _("Whole"), _("The source's words")]
    return joined(element("h2", heading), _table(header, rows, (1,), heading))
