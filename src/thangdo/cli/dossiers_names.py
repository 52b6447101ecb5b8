"""Values of a dossier report's dimensions by the names people know them by."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from thangdo.dossiers.report import Report

Language = Literal["vi", "en"]

LEVELS = {
    "so_nganh": ("Cấp sở, ngành", "Departments"),
    "dia_phuong": ("Cấp huyện", "Districts"),
    "phuong_xa": ("Cấp xã", "Wards and communes"),
    "nganh_doc": ("Cơ quan ngành dọc", "Vertical agencies"),
}
_CHANNELS = {
    "online": ("trực tuyến", "online"),
    "counter": ("trực tiếp", "at the counter"),
    "postal": ("dịch vụ bưu chính", "by post"),
}


def value_name(dimension: str, value: str, report: Report, language: Language) -> str:
    """A value of a dimension by its name; a code that no catalogue names stays."""
    at = 1 if language == "en" else 0
    if dimension in ("level", "block"):
        return LEVELS[value][at] if value in LEVELS else value
    if dimension == "channel":
        return _CHANNELS[value][at] if value in _CHANNELS else value
    if dimension == "month":
        return _month(value)
    return {"unit": report.unit_names, "procedure": report.procedure_names}.get(dimension, {}).get(value, value)


def detector_names(language: Language) -> dict[str, str]:
    """The gaming detectors' names by their codes."""
    from thangdo.dossiers.gaming import DETECTORS

    return {row.code: row.name_en if language == "en" else row.name_vi for row in DETECTORS}


def _month(text: str) -> str:
    year, _, month = str(text).partition("-")
    return f"{month}/{year}"
