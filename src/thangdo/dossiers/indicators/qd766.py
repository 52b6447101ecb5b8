"""The groups of Quyết định 766/QĐ-TTg (23/6/2022) that dossiers and facts determine.

Maximum points of the groups are published; the formulas inside a group are reconstructed (domain facts give "up to
20 points for the share on or before time", three parts of digitisation, a third of satisfaction for procedures).
A group's share is the mean of its parts that the data hold, none above 1; points = share × maximum.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

Sums = Mapping[str, float]
# A part: numerator over denominator.
Part = tuple[float, float]
# Satisfaction is asked on a scale up to 5.
SATISFACTION_TOP = 5


@dataclass(frozen=True, slots=True)
class Group:
    """A group: code, names, maximum points, the parts its share is the mean of."""

    code: str
    indicator: str
    name_vi: str
    name_en: str
    maximum: int
    parts: Callable[[Sums], tuple[Part, ...]]
    definition_en: str
    source: str


def _known(*parts: tuple[float | None, float | None]) -> tuple[Part, ...]:
    # Exports hold more components digitised than there are (bit 32 of `flags`): no part gives more than its whole.
    return tuple((min(top, base), base) for top, base in parts if top is not None and base)


def publicity(sums: Sums) -> tuple[Part, ...]:
    return _known((sums.get("fact_procedures_published_on_time"), sums.get("fact_procedures_listed")))


def progress(sums: Sums) -> tuple[Part, ...]:
    return _known((sums["early"] + sums["on_time"], sums["resolved"]))


def digitisation(sums: Sums) -> tuple[Part, ...]:
    return _known(
        (sums.get("result_digital"), sums.get("result_known")),
        (sums.get("components_digital"), sums.get("components")),
        (sums.get("components_reused"), sums.get("components")),
    )


def online(sums: Sums) -> tuple[Part, ...]:
    return _known((sums["received_online"], sums["received_online"] + sums["received_direct"]))


def payment(sums: Sums) -> tuple[Part, ...]:
    return _known((sums.get("fee_online"), sums.get("fee_known")))


def satisfaction(sums: Sums) -> tuple[Part, ...]:
    asked = sums.get("satisfaction_known", 0.0)
    satisfied = sums.get("fact_feedback_satisfied_share")
    return _known(
        (sums.get("fact_feedback_on_time"), sums.get("fact_feedback_received")),
        (satisfied, 1.0 if satisfied is not None else None),
        (sums.get("satisfaction_thousandths", 0.0) / 1000, SATISFACTION_TOP * asked),
    )


_QD = "Quyết định 766/QĐ-TTg"

GROUPS = (
    Group(
        "CKMB",
        "qd766_ckmb",
        "Công khai, minh bạch",
        "Publicity and transparency",
        18,
        publicity,
        "procedures published on time, of procedures listed",
        _QD,
    ),
    Group(
        "TDGQ",
        "qd766_tdgq",
        "Tiến độ, kết quả giải quyết",
        "Progress and result of resolution",
        20,
        progress,
        "early and on time, of resolved",
        _QD,
    ),
    Group(
        "SHHS",
        "qd766_shhs",
        "Số hóa hồ sơ",
        "Digitisation of dossiers and results",
        22,
        digitisation,
        "mean of digital results, components digitised, components reused",
        _QD,
    ),
    Group(
        "DVCTT",
        "qd766_dvctt",
        "Cung cấp dịch vụ công trực tuyến",
        "Online public services",
        12,
        online,
        "received online, of received in the period",
        _QD,
    ),
    Group(
        "TTTT",
        "qd766_tttt",
        "Thanh toán trực tuyến",
        "Online payment",
        10,
        payment,
        "fee paid online, of resolved dossiers where the payment is recorded",
        _QD,
    ),
    Group(
        "MDHL",
        "qd766_mdhl",
        "Mức độ hài lòng",
        "Satisfaction",
        18,
        satisfaction,
        "mean of feedback handled on time, satisfied with it, satisfaction with procedures (of 5)",
        _QD,
    ),
)


def group_share(group: Group, sums: Sums) -> float | None:
    """The group's share 0–1, or None where the data hold none of its parts."""
    parts = group.parts(sums)
    if not parts:
        return None
    return sum(top / base for top, base in parts) / len(parts)
