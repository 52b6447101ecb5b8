"""What a round may ask of dossiers: each indicator of a unit as a value with its numerator and denominator.

One row an indicator. Shares are 0–1 and taken after adding (`unit_sums.added`), so that a unit with those below it
uses the same function.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from thangdo.dossiers.indicators.qd766 import GROUPS, Group, group_share
from thangdo.dossiers.indicators.tt01 import TT01, Tt01Indicator

Sums = Mapping[str, float]


@dataclass(frozen=True, slots=True)
class UnitValue:
    """A value with what it was divided from; both None where the value is no single quotient."""

    value: float
    numerator: float | None = None
    denominator: float | None = None


@dataclass(frozen=True, slots=True)
class UnitIndicator:
    """An indicator: code, names, how it is computed from a unit's sums and level (None: not enough data), source."""

    code: str
    name_vi: str
    name_en: str
    definition_en: str
    compute: Callable[[Sums, str], UnitValue | None]
    source: str


def _share(numerator: float | None, denominator: float | None) -> UnitValue | None:
    if numerator is None or not denominator:
        return None
    return UnitValue(numerator / denominator, numerator, denominator)


def on_time(sums: Sums, level: str) -> UnitValue | None:
    return _share(sums["early"] + sums["on_time"], sums["resolved"])


def on_time_with_open(sums: Sums, level: str) -> UnitValue | None:
    """Open overdue dossiers count as late ones, so that leaving them open gains nothing."""
    return _share(sums["early"] + sums["on_time"], sums["resolved"] + sums["open_overdue"])


def early(sums: Sums, level: str) -> UnitValue | None:
    return _share(sums["early"], sums["resolved"])


def apologies(sums: Sums, level: str) -> UnitValue | None:
    """1 with a denominator of 0 where a unit resolved dossiers and none was overdue: nothing was left undone."""
    if not sums["resolved"]:
        return None
    if not sums["overdue"]:
        return UnitValue(1.0, 0.0, 0.0)
    return _share(sums["overdue_with_apology"], sums["overdue"])


def online_dossiers(sums: Sums, level: str) -> UnitValue | None:
    return _share(sums["received_online"], sums["received_online"] + sums["received_direct"])


def online_procedures(sums: Sums, level: str) -> UnitValue | None:
    return _share(sums.get("procedures_online"), sums.get("procedures_total"))


def online_payment(sums: Sums, level: str) -> UnitValue | None:
    return _share(sums.get("fee_online"), sums.get("fee_known"))


def digital_results(sums: Sums, level: str) -> UnitValue | None:
    return _share(sums.get("result_digital"), sums.get("result_known"))


def _tt01(row: Tt01Indicator) -> UnitIndicator:
    def compute(sums: Sums, level: str) -> UnitValue | None:
        found = row.score(sums, level)
        return None if found is None else UnitValue(float(found.points), found.numerator, found.denominator)

    return UnitIndicator(row.code, row.name_vi, row.name_en, row.definition_en, compute, row.source)


def _qd766(group: Group) -> UnitIndicator:
    def compute(sums: Sums, level: str) -> UnitValue | None:
        found = group_share(group, sums)
        if found is None:
            return None
        parts = group.parts(sums)
        return UnitValue(found, *(parts[0] if len(parts) == 1 else ()))

    return UnitIndicator(
        group.indicator, group.name_vi, group.name_en, f"{group.definition_en} (reconstructed)", compute, group.source
    )


_FORM = "biểu 06/VPCP/KSTT, Thông tư 01/2020/TT-VPCP"

INDICATORS = (
    UnitIndicator(
        "on_time_share",
        "Tỷ lệ hồ sơ giải quyết trước và đúng hạn",
        "Share of dossiers resolved early or on time",
        "(early + on time) / resolved",
        on_time,
        _FORM,
    ),
    UnitIndicator(
        "on_time_share_with_open",
        "Tỷ lệ trước và đúng hạn, tính cả hồ sơ đang mở đã quá hạn",
        "Share early or on time, open overdue dossiers counted as late",
        "(early + on time) / (resolved + open overdue)",
        on_time_with_open,
        _FORM,
    ),
    UnitIndicator(
        "early_share",
        "Tỷ lệ hồ sơ giải quyết trước hạn",
        "Share of dossiers resolved early",
        "early / resolved",
        early,
        _FORM,
    ),
    UnitIndicator(
        "apology_share",
        "Tỷ lệ hồ sơ quá hạn có văn bản xin lỗi",
        "Share of overdue dossiers with an apology",
        "overdue with an apology / overdue; 1 where none was overdue",
        apologies,
        "Nghị định 61/2018/NĐ-CP, điều 19.9",
    ),
    UnitIndicator(
        "online_dossier_share",
        "Tỷ lệ hồ sơ nộp trực tuyến",
        "Share of dossiers filed online",
        "received online / received in the period",
        online_dossiers,
        _FORM,
    ),
    UnitIndicator(
        "online_procedure_share",
        "Tỷ lệ thủ tục cung cấp trực tuyến",
        "Share of procedures offered online",
        "procedures fully or partly online / procedures of the unit's level",
        online_procedures,
        "Nghị định 42/2022/NĐ-CP",
    ),
    UnitIndicator(
        "online_payment_share",
        "Tỷ lệ hồ sơ thanh toán trực tuyến",
        "Share of dossiers paid online",
        "fee paid online / dossiers whose payment is recorded",
        online_payment,
        "Quyết định 766/QĐ-TTg",
    ),
    UnitIndicator(
        "digital_result_share",
        "Tỷ lệ hồ sơ có kết quả điện tử",
        "Share of dossiers with a digital result",
        "digital result / dossiers whose result is recorded",
        digital_results,
        "Quyết định 766/QĐ-TTg",
    ),
    *(_tt01(row) for row in TT01),
    *(_qd766(group) for group in GROUPS),
)
BY_CODE = {row.code: row for row in INDICATORS}
