"""Signals that a unit's stamps look better than its work: which units stand out, by how much.

A signal is a reason to look at dossiers, never a finding of guilt. Each detector compares a unit's share with the
city's: with the units' median, allowing for the spread between units (median absolute deviation) and for chance.
The same sizes of sample and thresholds are tested on generated data with planted units; hits and false alarms
are in docs/reference/dossiers-figures.md.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

# Smallest number of dossiers from which a share says something, and how many deviations stand out.
LEAST = 30
DEVIATIONS = 5.0
# The least share that chance is reckoned with, and the least that is left to 1.
LEVEL = 0.002
# A burst: this share of the last half hour's finishes lies within the busiest three minutes of it.
BURST_CONCENTRATION = 0.5
BURST_MINUTES = 3


@dataclass(frozen=True, slots=True)
class Detector:
    """A way of gaming, what is counted of what, and how much above the city's median is worth a look at least."""

    code: str
    name_vi: str
    name_en: str
    meaning_vi: str
    meaning_en: str
    least_excess: float
    source: str


DETECTORS = (
    Detector(
        "bunching",
        "Dồn kết thúc sát hạn",
        "Bunching just before due dates",
        "Kết thúc đúng hạn, trong nửa giờ cuối của ngày hẹn hoặc ngày trước đó, trên tổng số đã giải quyết",
        "Finished in time, in the last half hour of the due day or the day before, of all resolved",
        0.10,
        "own thresholds, tested on planted units",
    ),
    Detector(
        "redated_receipts",
        "Lùi ngày tiếp nhận",
        "Re-dated receipts",
        "Ngày trong mã hồ sơ sớm hơn ngày tiếp nhận, trên số hồ sơ tiếp nhận trong kỳ có mã đúng mẫu",
        "The day in the dossier code is earlier than the receipt, of well-formed codes received in the period",
        0.02,
        "Thông tư 01/2018/TT-VPCP, điều 19",
    ),
    Detector(
        "return_and_resubmit",
        "Trả lại để nộp lại",
        "Return and resubmit",
        "Trả hồ sơ vào ngày hẹn hoặc ngày trước đó, trên tổng số đã giải quyết",
        "Returned to the applicant on the due day or its eve, of all resolved",
        0.03,
        "Nghị định 61/2018/NĐ-CP, điều 19.4 (only one request, within three working days)",
    ),
    Detector(
        "closing_bursts",
        "Kết thúc hàng loạt cuối giờ",
        "Closing bursts",
        "Kết thúc trong ba phút dày đặc nhất của nửa giờ cuối ngày (mọi ngày gộp lại), trên tổng số đã giải quyết",
        "Finished within the busiest three minutes of the day's last half hour (all days together), of all resolved",
        0.10,
        "own thresholds, tested on planted units",
    ),
    Detector(
        "weekend_stamps",
        "Kết thúc ngày nghỉ, ban đêm",
        "Weekend and night stamps",
        "Kết thúc vào ngày nghỉ của đơn vị hoặc từ 22 giờ đến 6 giờ, trên tổng số đã giải quyết",
        "Finished on a day off of the unit or between 22:00 and 05:59, of all resolved",
        0.05,
        "Bộ luật Lao động 45/2019/QH14, điều 111, 112",
    ),
)


def gaming_table(finish_cells: pd.DataFrame, code_cells: pd.DataFrame, closing_minute: int) -> pd.DataFrame:
    """One row a unit and detector: `unit, detector, dossiers, base, share, city_share, deviations, is_signal`.

    `finish_cells` and `code_cells` come from `indicators.signals`; `closing_minute` is when counters close.
    """
    units = finish_cells.groupby("unit")[["n", "near_due", "returned_on_eve", "off_hours"]].sum()
    last = finish_cells[finish_cells["minute"].between(closing_minute - 30, closing_minute - 1)]
    by_unit = last.groupby("unit")
    in_last = by_unit["n"].sum().reindex(units.index, fill_value=0)
    near_last = by_unit["near_due"].sum().reindex(units.index, fill_value=0)
    peak = busiest_minutes(finish_cells, closing_minute)["n"].reindex(units.index, fill_value=0)
    is_burst = peak > BURST_CONCENTRATION * in_last
    codes = code_cells.set_index("unit").reindex(units.index, fill_value=0)
    counted = {
        "bunching": (near_last, units["n"], ~is_burst),
        "redated_receipts": (codes["redated"], codes["coded"], None),
        "return_and_resubmit": (units["returned_on_eve"], units["n"], None),
        "closing_bursts": (peak, units["n"], is_burst),
        "weekend_stamps": (units["off_hours"], units["n"], None),
    }
    parts = [
        _standing_out(row, hits.astype("int64"), base.astype("int64"), condition)
        for row in DETECTORS
        for hits, base, condition in (counted[row.code],)
    ]
    return pd.concat(parts, ignore_index=True).sort_values(["unit", "detector"], ignore_index=True)


def busiest_minutes(finish_cells: pd.DataFrame, closing_minute: int) -> pd.DataFrame:
    """The busiest three minutes of the last half hour by unit: `first` minute of them and `n` finishes."""
    last = finish_cells[finish_cells["minute"].between(closing_minute - 30, closing_minute - 1)]
    minutes = range(closing_minute - 30, closing_minute)
    wide = last.pivot_table(index="unit", columns="minute", values="n", aggfunc="sum", fill_value=0)
    wide = wide.reindex(columns=list(minutes), fill_value=0)
    counts = wide.to_numpy(dtype=np.int64)
    if not len(counts):
        return pd.DataFrame({"first": [], "n": []}, dtype="int64")
    windows = np.lib.stride_tricks.sliding_window_view(counts, BURST_MINUTES, axis=1).sum(axis=2)
    return pd.DataFrame(
        {"first": windows.argmax(axis=1) + closing_minute - 30, "n": windows.max(axis=1)}, index=wide.index
    )


def _standing_out(row: Detector, hits: pd.Series, base: pd.Series, condition: pd.Series | None) -> pd.DataFrame:
    share = hits / base.where(base > 0)
    judged = share[base >= LEAST]
    city = float(judged.median()) if len(judged) else float("nan")
    spread = 1.4826 * float((judged - city).abs().median()) if len(judged) else float("nan")
    pooled = float(hits.sum() / base.sum()) if base.sum() else 0.0
    # Never quite 0 nor 1: where all other units agree chance still has some room, and nothing is divided by 0.
    level = min(max(city, pooled, LEVEL), 1 - LEVEL) if len(judged) else LEVEL
    chance = np.sqrt(level * (1 - level) / base.clip(lower=1))
    deviations = (share - city) / np.sqrt(spread**2 + chance**2)
    is_signal = (base >= LEAST) & (deviations > DEVIATIONS) & (share - city > row.least_excess)
    if condition is not None:
        is_signal &= condition
    return pd.DataFrame(
        {
            "unit": hits.index,
            "detector": row.code,
            "dossiers": hits.to_numpy(),
            "base": base.to_numpy(),
            "share": share.to_numpy(),
            "city_share": city,
            "deviations": deviations.to_numpy(),
            "is_signal": is_signal.to_numpy(),
        }
    )


@dataclass(frozen=True, slots=True)
class Rates:
    """How a detector did where the truth is known: planted units found, other units flagged."""

    detector: str
    planted: int
    hits: int
    innocent: int
    false_alarms: int

    @property
    def hit_rate(self) -> float:
        return self.hits / self.planted if self.planted else float("nan")

    @property
    def false_alarm_rate(self) -> float:
        return self.false_alarms / self.innocent if self.innocent else float("nan")


def detection_rates(table: pd.DataFrame, planted: Sequence[tuple[str, str]]) -> tuple[Rates, ...]:
    """Hits and false alarms of each detector, given the planted (detector, unit) pairs of a truth file."""
    truth = set(planted)
    rates: list[Rates] = []
    is_planted: Callable[[str, str], bool] = lambda code, unit: (code, unit) in truth  # noqa: E731
    for row in DETECTORS:
        own = table[table["detector"] == row.code]
        flags = {unit: bool(flag) for unit, flag in zip(own["unit"], own["is_signal"])}
        guilty = [unit for unit in flags if is_planted(row.code, unit)]
        others = [unit for unit in flags if not is_planted(row.code, unit)]
        planted_count = sum(code == row.code for code, _ in truth)
        rates.append(
            Rates(row.code, planted_count, sum(flags[u] for u in guilty), len(others), sum(flags[u] for u in others))
        )
    return tuple(rates)
