"""Every table of a dossier report in one workbook, for who reads it in a spreadsheet: names beside codes, words for heads."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from thangdo.cli.dossiers_names import detector_names, value_name
from thangdo.dossiers.indicators.percentiles import PERCENTS

if TYPE_CHECKING:
    import pandas as pd

    from thangdo.dossiers.report import Report
    from thangdo.reporting.dossier_report import DossierReport
    from thangdo.reporting.workbook import Sheet

Language = Literal["vi", "en"]
WORKBOOK = "tables.xlsx"


@dataclass(frozen=True, slots=True)
class Head:
    """A column's head in both languages; a `share` (0–1 in the files) is shown in per cent."""

    vi: str
    en: str
    kind: Literal["", "share"] = ""


HEADS = {
    "received": Head("Tiếp nhận (3)", "Received (3)"),
    "received_online": Head("Trực tuyến (4)", "Online (4)"),
    "received_direct": Head("Trực tiếp, bưu chính (5)", "Counter or post (5)"),
    "carried_over": Head("Từ kỳ trước (6)", "Carried over (6)"),
    "resolved": Head("Đã giải quyết (7)", "Resolved (7)"),
    "early": Head("Trước hạn (8)", "Early (8)"),
    "on_time": Head("Đúng hạn (9)", "On time (9)"),
    "overdue": Head("Quá hạn (10)", "Overdue (10)"),
    "in_process": Head("Đang giải quyết (11)", "In process (11)"),
    "open_within": Head("Đang mở, trong hạn (12)", "Open, within (12)"),
    "open_overdue": Head("Đang mở, quá hạn (13)", "Open, overdue (13)"),
    "violations": Head("Đẳng thức không khớp", "Identities broken"),
    "basis": Head("Theo hạn trả", "By due date"),
    "on_time_share": Head("Trước và đúng hạn, %", "Early or on time, %", "share"),
    "on_time_share_with_open": Head("Tính cả hồ sơ mở quá hạn, %", "With open overdue ones, %", "share"),
    "overdue_with_apology": Head("Quá hạn có xin lỗi", "Overdue with an apology"),
    "apology_in_time": Head("Xin lỗi trước khi hết hạn", "Apology before the due date ended"),
    "apology_late": Head("Xin lỗi sau khi hết hạn", "Apology after it"),
    "apology_share": Head("Quá hạn có xin lỗi, %", "Overdue with an apology, %", "share"),
    "with_new_date": Head("Được hẹn lại", "Given a new date"),
    "new_date_late": Head("Hẹn lại muộn", "New date given late"),
    "open_overdue_with_apology": Head("Đang mở quá hạn có xin lỗi", "Open overdue with an apology"),
    "online_services.base": Head("Cơ sở tính", "Base"),
    "total": Head("Tổng số", "Total"),
    "online": Head("Trực tuyến", "Online"),
    "online_share": Head("Trực tuyến, %", "Online, %", "share"),
    "full": Head("Toàn trình", "Fully online"),
    "partial": Head("Một phần", "Partly online"),
    "official_points": Head("Điểm cán bộ, công chức", "Points of officials"),
    "official_maximum": Head("Mức tối đa tính được", "Most that could be reached"),
    "official_class": Head("Mức hoàn thành nhiệm vụ", "Fulfilment of the task"),
    "agency_points": Head("Điểm cơ quan", "Points of the agency"),
    "agency_maximum": Head("Mức tối đa tính được", "Most that could be reached"),
    "agency_class": Head("Xếp loại cơ quan", "Class of the agency"),
    "group": Head("Nhóm chỉ số", "Group"),
    "share": Head("Tỷ lệ, %", "Share, %", "share"),
    "points": Head("Điểm", "Points"),
    "maximum": Head("Điểm tối đa", "Maximum"),
    "parts": Head("Số thành phần có dữ liệu", "Parts with data"),
    "formula": Head("Công thức", "Formula"),
    "detector": Head("Dấu hiệu", "Signal"),
    "dossiers": Head("Hồ sơ", "Dossiers"),
    "base": Head("Trên tổng", "Of"),
    "city_share": Head("Trung vị các đơn vị, %", "Units' median, %", "share"),
    "deviations": Head("Số lần độ lệch", "Deviations"),
    "is_signal": Head("Cần kiểm tra", "To look into"),
    "late": Head("Trễ hạn", "Late"),
    "expected_late": Head("Trễ theo mức chung", "Expected late"),
    "standardised_share": Head("Tỷ lệ chuẩn hóa, %", "Standardised share, %", "share"),
    "shrunk_share": Head("Tỷ lệ ước lượng, %", "Estimated share, %", "share"),
    "funnel_low_95": Head("Giới hạn dưới 95 %", "Lower 95% limit, %", "share"),
    "funnel_high_95": Head("Giới hạn trên 95 %", "Upper 95% limit, %", "share"),
    "funnel_low_998": Head("Giới hạn dưới 99,8 %", "Lower 99.8% limit, %", "share"),
    "funnel_high_998": Head("Giới hạn trên 99,8 %", "Upper 99.8% limit, %", "share"),
    "signal": Head("Khác biệt", "Differs"),
    "finished_late": Head("Trễ, đã xong", "Late, finished"),
    "open_late": Head("Trễ, còn mở", "Late, still open"),
    "median_days_of_finished": Head("Trung vị của hồ sơ đã xong, ngày", "Median of finished ones, days"),
    "median_days": Head("Trung vị tính cả hồ sơ còn mở, ngày", "Median with open ones, days"),
    "mean_days_within_60": Head("Trung bình trong 60 ngày đầu", "Mean days within 60"),
    "open_after_10_days": Head("Còn mở sau 10 ngày, %", "Open after 10 days, %", "share"),
    "open_after_30_days": Head("Còn mở sau 30 ngày, %", "Open after 30 days, %", "share"),
    "longest_days": Head("Chờ lâu nhất, ngày", "Longest wait, days"),
    "with_legal_days": Head("Hồ sơ có hạn tính bằng ngày làm việc", "Dossiers due on a later working day"),
}
HEADS |= {
    f"working_days_p{p}": Head(f"Ngày làm việc, bách phân vị {p}", f"Working days, percentile {p}") for p in PERCENTS
}
HEADS |= {
    f"of_legal_time_p{p}": Head(f"So với quy định, bách phân vị {p}, %", f"Of the time allowed, percentile {p}, %", "share")
    for p in PERCENTS
}  # fmt: skip
_POINTS = (", điểm %", ", points")
# Words of the tables as a reader says them; a word that is not here stands as it is.
_WORDS = {
    "recorded": ("hạn ghi trong hồ sơ", "as recorded"),
    "re_promised": ("hạn hẹn lại", "as promised again"),
    "recomputed": ("hạn theo luật", "as the law gives"),
    "dossiers": ("hồ sơ", "dossiers"),
    "procedures": ("thủ tục", "procedures"),
    "reconstructed": ("dựng lại", "reconstructed"),
    "worse": ("trễ nhiều hơn", "later"),
    "better": ("trễ ít hơn", "more punctual"),
}


def write_tables_workbook(path: Path, report: Report, shown: DossierReport, language: Language) -> None:
    """One sheet a table, in the order of the files; each says its period, its day and whether it is illustrative."""
    from thangdo.reporting.dossier_words import sentence
    from thangdo.reporting.workbook import write_workbook

    parts = [shown.period.name(language), sentence("quiet", language, day=shown.day)]
    parts += [sentence("filter", language, filter=shown.filter)] if shown.filter else []
    parts += [sentence("illustrative", language)] if shown.is_illustrative else []
    note = " · ".join(parts)
    write_workbook(path, [_sheet(name, frame, note, report, language) for name, frame in report.tables.items()])


def _sheet(name: str, frame: pd.DataFrame, note: str, report: Report, language: Language) -> Sheet:
    from thangdo.reporting.dossier_words import FILES
    from thangdo.reporting.workbook import Sheet

    title = next((row[1 if language == "vi" else 2] for row in FILES if row[0] == f"{name}.csv"), name)
    header: list[str] = []
    columns: list[list[Any]] = []
    percentages = set()
    for code in map(str, frame.columns):
        values = frame[code].tolist()
        for head, shown in _columns(name, code, report, language):
            if _is_share(name, code):
                percentages.add(len(header))
            header.append(head)
            columns.append([shown(value) for value in values])
    return Sheet(name, f"{title} ({name}.csv)", note, header, list(zip(*columns)), percentages=frozenset(percentages))


def _is_share(table: str, code: str) -> bool:
    """Whether a column, or the column whose change or year before it is, holds shares."""
    base = code.removeprefix("previous_").removesuffix("_change")
    return (HEADS.get(f"{table}.{base}") or HEADS.get(base) or Head("", "")).kind == "share"


def _columns(table: str, code: str, report: Report, language: Language) -> list[tuple[str, Callable[[Any], Any]]]:
    """Head and reading of each column that one column of a table becomes: a unit's code has its name beside it."""
    from thangdo.dossiers.indicators.dimensions import BY_CODE

    at = 1 if language == "en" else 0
    if code in BY_CODE:
        dimension = BY_CODE[code].name_en if at else BY_CODE[code].name_vi
        named = (dimension, lambda value: value_name(code, str(value), report, language) if _is_there(value) else None)
        if code not in ("unit", "procedure"):
            return [named]
        names: Mapping[str, str] = report.unit_names if code == "unit" else report.procedure_names
        coded = ("Mã" if not at else "Code", _cell)
        return [coded, (dimension, lambda value: names.get(value, value) if _is_there(value) else None)]
    base, before, unit = code, "", ""
    if code.startswith("previous_"):
        base, before = code.removeprefix("previous_"), "Năm trước: " if not at else "Year before: "
    elif code.endswith("_change"):
        base, before, unit = code.removesuffix("_change"), "Thay đổi: " if not at else "Change: ", _POINTS[at]
    head = HEADS.get(f"{table}.{base}") or HEADS.get(base) or _indicator(base)
    text = before + (head.en if at else head.vi)
    if head.kind == "share":
        # A change of a share is in points of per cent.
        text = text.removesuffix(", %") + unit if unit else text
        return [(text, lambda value: float(value) * 100 if _is_there(value) else None)]
    if base in ("detector", "group"):
        named_codes = detector_names(language) if base == "detector" else _groups(language)
        return [(text, lambda value: named_codes.get(value, value))]
    return [(text, lambda value: _WORDS[value][at] if isinstance(value, str) and value in _WORDS else _cell(value))]


def _indicator(code: str) -> Head:
    """The head of an indicator of Thông tư 01/2018, which has its own row."""
    from thangdo.dossiers.indicators.tt01 import TT01

    row = next(item for item in TT01 if item.code == code)
    number = code.removeprefix("tt01_")
    return Head(f"{number}. {row.name_vi}", f"{number}. {row.name_en}")


def _groups(language: Language) -> dict[str, str]:
    from thangdo.dossiers.indicators.qd766 import GROUPS

    return {row.code: row.name_en if language == "en" else row.name_vi for row in GROUPS}


def _is_there(value: object) -> bool:
    return value is not None and value != "" and not (isinstance(value, float) and math.isnan(value))


def _cell(value: Any) -> Any:
    """A cell as a spreadsheet takes it: numbers whole where they are whole, marks as words, nothing where nothing is."""
    if not _is_there(value):
        return None
    if hasattr(value, "item"):
        value = value.item()
    if isinstance(value, bool):
        return "×" if value else ""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value if isinstance(value, str | int | float | Decimal) else str(value)
