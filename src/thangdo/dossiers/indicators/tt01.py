"""The nine indicators of Thông tư 01/2018/TT-VPCP (art. 13–15) as far as the data allow, with both bands.

score = sum of the dossiers' scores / number of dossiers, rounded to one decimal (indicators 1, 2, 3, 4, 7); the
others are 2, 1 or 0 for the agency. Indicators without enough data are left out of the total. The text gives no
rescaling of the bands; the maximum that could be reached is therefore shown beside each total.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

Sums = Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Score:
    """An indicator's points (0–2) with the counts they come from."""

    points: Decimal
    numerator: float
    denominator: float


@dataclass(frozen=True, slots=True)
class Tt01Indicator:
    """A row: number in the circular, names, what is counted, whether officials are rated by it, its function."""

    code: str
    name_vi: str
    name_en: str
    definition_en: str
    of_officials: bool
    score: Callable[[Sums, str], Score | None]
    source: str


# Share of procedures wholly handled at the one-stop unit from which indicator 5 is 2, by level of the unit.
WHOLE_SHARES = {"so_nganh": 0.20, "tinh": 0.20, "province": 0.20, "ministry": 0.20, "dia_phuong": 0.50}
WHOLE_SHARES |= {"district": 0.50, "phuong_xa": 1.0, "commune": 1.0}

OFFICIAL_BANDS = ((Decimal(5), "100 %"), (Decimal("3.5"), "70–<100 %"), (Decimal(0), "<70 %"))
AGENCY_BANDS = (
    (Decimal(15), "Xuất sắc"),
    (Decimal(12), "Tốt"),
    (Decimal(9), "Khá"),
    (Decimal(6), "Trung bình"),
    (Decimal(0), "Yếu"),
)


def _mean(points: float, dossiers: float) -> Score | None:
    if not dossiers:
        return None
    # From integers, so that one decimal is rounded exactly.
    exact = Decimal(repr(points)) / Decimal(repr(dossiers))
    return Score(exact.quantize(Decimal("0.1"), ROUND_HALF_UP), points, dossiers)


def _grade(points: int, numerator: float, denominator: float) -> Score:
    return Score(Decimal(points), numerator, denominator)


def total_time(sums: Sums, level: str) -> Score | None:
    """2 for shorter than the limit, 1 for equal, 0 for longer."""
    return _mean(2 * sums["early"] + sums["on_time"], sums["resolved"])


def each_agency(sums: Sums, level: str) -> Score | None:
    """Left out: neither dossiers nor events carry the term of each participating agency."""
    return None


def came_back(sums: Sums, level: str) -> Score | None:
    """2 for none, 1 for one, 0 for more: facts of the agency where given, requests for supplement otherwise.

    `unit_sums` counts requests for units without these facts only, so that units added up have one or the other.
    """
    ways = (("fact_contacts_back_1", "fact_contacts_back_more"), ("asked_once", "asked_more"))
    known = [(sums[once], sums[more]) for once, more in ways if once in sums and more in sums]
    if not known:
        return None
    once, more = (sum(counts) for counts in zip(*known))
    return _mean(max(0.0, 2 * (sums["resolved"] - once - more) + once), sums["resolved"])


def agencies_contacted(sums: Sums, level: str) -> Score | None:
    """2 for none, 1 for one, 0 for more (facts of the agency)."""
    once, more = sums.get("fact_contacts_agencies_1"), sums.get("fact_contacts_agencies_more")
    if once is None or more is None:
        return None
    return _mean(max(0.0, 2 * (sums["resolved"] - once - more) + once), sums["resolved"])


def one_stop(sums: Sums, level: str) -> Score | None:
    """2 from the level's share of procedures wholly handled at the one-stop unit; 1 if all are received there."""
    listed, whole = sums.get("fact_procedures_listed"), sums.get("fact_procedures_one_stop_whole")
    received = sums.get("fact_procedures_one_stop")
    if not listed or whole is None:
        return None
    if whole >= WHOLE_SHARES.get(level, 0.20) * listed:
        return _grade(2, whole, listed)
    return _grade(1 if received is not None and received >= listed else 0, whole, listed)


def publicity(sums: Sums, level: str) -> Score | None:
    """2 posted and electronic, 1 one of them, 0 neither."""
    listed = sums.get("fact_procedures_listed")
    posted, online = sums.get("fact_procedures_posted"), sums.get("fact_procedures_posted_online")
    if not listed or posted is None or online is None:
        return None
    return _grade(int(posted >= listed) + int(online >= listed), min(posted, online), listed)


def attitude(sums: Sums, level: str) -> Score | None:
    """2 early and no complaint, 1 on time and no complaint, 0 with a (not unfounded) complaint.

    Which dossier a complaint is about is not in the data: complaints take their share of all points.
    """
    complaints = sums.get("fact_complaints")
    if complaints is None or not sums["resolved"]:
        return None
    founded = max(0.0, complaints - sums.get("fact_complaints_unfounded", 0.0))
    resolved = sums["resolved"]
    points = (2 * sums["early"] + sums["on_time"]) * max(0.0, resolved - founded)
    exact = _mean(points, resolved**2)
    return exact and Score(exact.points, points / resolved, resolved)


def feedback(sums: Sums, level: str) -> Score | None:
    """2 all handled on time (or none came) and none dragging on, 1 from 90 %, else 0."""
    received, on_time = sums.get("fact_feedback_received"), sums.get("fact_feedback_on_time")
    if received is None or on_time is None:
        return None
    if sums.get("fact_feedback_dragging", 0.0) > 0:
        return _grade(0, on_time, received)
    return _grade(2 if on_time >= received else 1 if on_time >= 0.9 * received else 0, on_time, received)


def online_services(sums: Sums, level: str) -> Score | None:
    """2: from 20 % of procedures and 30 % of dossiers online and none late; 1: from 15 % of dossiers; else 0."""
    dossiers = sums["received_online"] + sums["received_direct"]
    if not dossiers:
        return None
    share = sums["received_online"] / dossiers
    procedures = sums.get("procedures_total")
    offered = sums["procedures_online"] / procedures if procedures else None
    if sums["online_late"] > 0 or share < 0.15:
        return _grade(0, sums["received_online"], dossiers)
    is_full = share >= 0.30 and (offered is None or offered >= 0.20)
    return _grade(2 if is_full else 1, sums["received_online"], dossiers)


_ART13 = "Thông tư 01/2018/TT-VPCP, điều 13"
_ART14 = "Thông tư 01/2018/TT-VPCP, điều 14"

TT01 = (
    Tt01Indicator(
        "tt01_1",
        "Tổng thời gian giải quyết so với quy định",
        "Total processing time against the legal limit",
        "2 × early + 1 × on time, of resolved dossiers",
        True,
        total_time,
        f"{_ART13} (1)",
    ),
    Tt01Indicator(
        "tt01_2",
        "Thời gian thực hiện của từng cơ quan tham gia",
        "Time of each participating agency",
        "left out: no data hold the term of each agency",
        True,
        each_agency,
        f"{_ART13} (2)",
    ),
    Tt01Indicator(
        "tt01_3",
        "Số lần phải liên hệ để hoàn thiện hồ sơ",
        "Times the applicant had to come back",
        "2 × none + 1 × once, of resolved dossiers; by facts, for a unit without them by events `supplement_requested`",
        True,
        came_back,
        f"{_ART13} (3)",
    ),
    Tt01Indicator(
        "tt01_4",
        "Số lượng cơ quan phải liên hệ",
        "Agencies the applicant had to contact",
        "2 × none + 1 × one, of resolved dossiers",
        True,
        agencies_contacted,
        f"{_ART13} (4)",
    ),
    Tt01Indicator(
        "tt01_5",
        "Tiếp nhận, giải quyết, trả kết quả tại Bộ phận Một cửa",
        "Whole process at the one-stop unit",
        "procedures wholly handled there, of procedures listed: ≥ 20 % (`dia_phuong` 50 %, `phuong_xa` 100 %) 2; else all received there 1",
        False,
        one_stop,
        f"{_ART14} (5)",
    ),
    Tt01Indicator(
        "tt01_6",
        "Công khai thủ tục hành chính",
        "Publicity of procedures",
        "all listed procedures posted and electronic 2, one of them 1, none 0",
        False,
        publicity,
        f"{_ART14} (6)",
    ),
    Tt01Indicator(
        "tt01_7",
        "Thái độ của cán bộ, công chức, viên chức",
        "Attitude of officials",
        "(2 × early + 1 × on time) × (1 − complaints not unfounded / resolved), of resolved dossiers",
        True,
        attitude,
        f"{_ART13} (7)",
    ),
    Tt01Indicator(
        "tt01_8",
        "Tiếp thu, giải trình phản ánh, kiến nghị",
        "Handling of feedback",
        "handled on time, of feedback received: all 2, ≥ 90 % 1; 0 with any dragging on",
        False,
        feedback,
        f"{_ART14} (8)",
    ),
    Tt01Indicator(
        "tt01_9",
        "Tiến độ và chất lượng dịch vụ công trực tuyến",
        "Progress and quality of online services",
        "dossiers online and procedures online (of the unit's level): ≥ 30 % and ≥ 20 % 2, ≥ 15 % of dossiers 1; 0 with any online one late or open overdue",
        False,
        online_services,
        f"{_ART14} (9)",
    ),
)


def tt01_row(sums: Sums, level: str) -> dict[str, object]:
    """Points of the nine indicators (None = left out), both totals with what could be reached, and both bands."""
    scores = {row.code: row.score(sums, level) for row in TT01}
    row: dict[str, object] = {code: None if score is None else score.points for code, score in scores.items()}
    for subject, bands, of_officials in (("official", OFFICIAL_BANDS, True), ("agency", AGENCY_BANDS, False)):
        counted = [scores[item.code] for item in TT01 if item.of_officials or not of_officials]
        known = [score.points for score in counted if score is not None]
        total = sum(known, Decimal(0))
        row[f"{subject}_points"] = total
        row[f"{subject}_maximum"] = 2 * len(known)
        row[f"{subject}_class"] = next(name for least, name in bands if total >= least) if known else ""
    return row
