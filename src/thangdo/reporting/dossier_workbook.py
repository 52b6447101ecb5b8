"""Form 06/VPCP/KSTT as a workbook, laid out as the form: heads in two rows, column numbers, fields by level."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import xlsxwriter
from xlsxwriter.exceptions import FileCreateError

from thangdo.reporting.dates import day
from thangdo.reporting.dossier_report import DossierReport
from thangdo.reporting.dossier_words import sentence
from thangdo.reporting.language import Language
from thangdo.reporting.workbook import EPOCH

# Column heads of the form: first row (key, first column, last column), second row key by column.
_GROUPS = (("form_received", 2, 5), ("form_resolved", 6, 9), ("form_open", 10, 12))
_HEADS = {
    2: "form_sum",
    3: "form_online",
    4: "form_direct",
    5: "form_carried",
    6: "form_sum",
    7: "form_early",
    8: "form_on_time",
    9: "form_overdue",
    10: "form_sum",
    11: "form_within",
    12: "form_overdue",
}
# Columns that are sums of the two or three after them: the form's own identities.
_SUMS = {2: (3, 4, 5), 6: (7, 8, 9), 10: (11, 12)}
_FIRST = 9
# Letters that the column of names holds at least and at most; height of a line in points; what wrapping leaves unused.
_NARROWEST, _WIDEST = 38, 60
_LINE = 15
_LOOSE = 1.1


def write_form06(path: Path, report: DossierReport, language: Language) -> None:
    """Write form 06 to `path`, built beside and renamed. Sums are the report's own numbers, not formulas.

    OSError where it cannot be written.
    """
    part = path.with_name(path.name + ".part")
    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    try:
        with xlsxwriter.Workbook(str(part), options) as book:
            book.set_properties({"title": sentence("form_name", language), "created": EPOCH})
            _write(book, book.add_worksheet("06"), report, language)
    except FileCreateError as failure:
        raise OSError(str(failure)) from failure
    part.replace(path)


def _write(book: Any, sheet: Any, report: DossierReport, language: Language) -> None:
    plain = {"font_name": "Times New Roman", "font_size": 11}
    edge = {**plain, "border": 1, "valign": "vcenter"}
    head = book.add_format({**edge, "bold": True, "align": "center", "text_wrap": True})
    numbers = book.add_format({**edge, "italic": True, "align": "center"})
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.set_footer(f"&R{sentence('form_page', language)} &P/&N")
    sheet.repeat_rows(5, 8)
    sheet.set_column(0, 0, 6)
    sheet.set_column(1, 1, _name_width(report))
    sheet.set_column(2, 12, 12)
    for wide in _SUMS:
        sheet.set_column(wide, wide, 17)
    sheet.set_row(7, 48)
    sheet.set_column(13, 13, 20)
    _heading(book, sheet, report, plain, language)
    sheet.merge_range(5, 0, 7, 0, sentence("form_no", language), head)
    sheet.merge_range(5, 1, 7, 1, report.form_head or sentence("form_row", language), head)
    for key, first, last in _GROUPS:
        sheet.merge_range(5, first, 5, last, sentence(key, language), head)
    sheet.merge_range(6, 3, 6, 4, sentence("form_in_period", language), head)
    for column, key in _HEADS.items():
        if column in (3, 4):
            sheet.write_string(7, column, sentence(key, language), head)
        else:
            sheet.merge_range(6, column, 7, column, sentence(key, language), head)
    for column in range(13):
        text = f"({column + 1})"
        if column in _SUMS:
            text += "=" + "+".join(f"({part + 1})" for part in _SUMS[column])
        sheet.write_string(8, column, text, numbers)
    _rows(book, sheet, report, edge, language)
    sheet.freeze_panes(_FIRST, 2)


def _heading(book: Any, sheet: Any, report: DossierReport, plain: dict[str, object], language: Language) -> None:
    """Form and circular on the left, title and period in the middle, who reports to whom on the right."""
    title = book.add_format({**plain, "bold": True, "font_size": 14, "align": "center"})
    strong = book.add_format({**plain, "bold": True})
    words = book.add_format(plain)
    centre = book.add_format({**plain, "align": "center"})
    quiet = book.add_format({**plain, "italic": True, "align": "right"})
    warning = book.add_format({**plain, "bold": True, "align": "center", "font_color": "#8A4B08"})
    sheet.merge_range(0, 0, 0, 12, sentence("form_title", language), title)
    sheet.merge_range(1, 0, 1, 1, sentence("form_name", language), strong)
    sheet.merge_range(2, 0, 2, 1, sentence("form_circular", language), words)
    said = report.period.name_within(language)
    sheet.merge_range(1, 2, 1, 9, sentence("form_period", language, period=said), centre)
    ends = {"first": day(report.period.first_day, language), "last": day(report.period.last_day, language)}
    sheet.merge_range(2, 2, 2, 9, sentence("form_days", language, **ends), centre)
    if report.is_illustrative:
        sheet.merge_range(3, 2, 3, 9, sentence("illustrative", language), warning)
    notes = [sentence("form_ends_early", language, day=report.day)] if report.ends_early else []
    notes += [sentence("form_filter", language, filter=report.filter)] if report.filter else []
    notes += [sentence("form_months", language)] if report.has_months_of_their_own else []
    if notes:
        sheet.merge_range(4, 0, 4, 9, ". ".join(notes), words)
    sheet.merge_range(1, 10, 1, 12, sentence("form_reporter", language), words)
    sheet.merge_range(2, 10, 2, 12, sentence("form_recipient", language), words)
    sheet.merge_range(4, 10, 4, 12, sentence("form_unit", language), quiet)


def _rows(book: Any, sheet: Any, report: DossierReport, edge: dict[str, object], language: Language) -> None:
    kinds = {}
    for is_bold in (False, True):
        weight = {**edge, "bold": is_bold}
        kinds[is_bold] = (
            book.add_format({**weight, "align": "center"}),
            book.add_format({**weight, "text_wrap": True}),
            book.add_format({**weight, "num_format": "#,##0", "align": "right", "indent": 1}),
        )
    flagged = any(row.flags for row in report.form)
    if flagged:
        head = book.add_format({**edge, "bold": True, "text_wrap": True})
        sheet.merge_range(5, 13, 8, 13, sentence("form_flags", language), head)
    width = _name_width(report)
    number = group = 0
    total = _total(report)
    for place, row in enumerate([*report.form, None], start=_FIRST):
        is_group = row is None or row.depth == 0
        order, words, count = kinds[is_group]
        if row is None:
            label = ""
        elif is_group:
            group, number = group + 1, 0
            label = _roman(group)
        else:
            number += 1
            label = str(number)
        # Not every office program makes room for a wrapped name by itself.
        if row is not None and len(row.name) > width:
            sheet.set_row(place, _LINE * math.ceil(len(row.name) / width * _LOOSE))
        sheet.write_string(place, 0, label, order)
        sheet.write_string(place, 1, sentence("form_total", language) if row is None else row.name, words)
        for column, value in enumerate(total if row is None else row.columns, start=2):
            sheet.write_number(place, column, value, count)
        if row is not None and row.flags:
            sheet.write_string(place, 13, row.flags, words)


def _name_width(report: DossierReport) -> int:
    longest = max((len(row.name) for row in report.form), default=0)
    return min(_WIDEST, max(_NARROWEST, longest))


def _total(report: DossierReport) -> Sequence[int]:
    """Columns 3 to 13 of the whole period, from the summary: rows of single months each carry over what is still open."""
    figures = report.counts
    direct = figures["received_in_period"] - figures["online_dossiers"]
    within = figures["in_process"] - figures["open_overdue"]
    return (
        *(figures["received"], figures["online_dossiers"], direct, figures["carried_over"]),
        *(figures["resolved"], figures["early"], figures["on_time"], figures["overdue"]),
        *(figures["in_process"], within, figures["open_overdue"]),
    )


def _roman(number: int) -> str:
    text = ""
    for value, sign in ((10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I")):
        text += sign * (number // value)
        number %= value
    return text
