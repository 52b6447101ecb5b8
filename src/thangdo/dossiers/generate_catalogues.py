"""Units, procedures, calendar and planted units of a generated year. Illustrative, except for the counts.

1,837 procedures of which 740 online (464 whole, 276 in part) are the published counts of December 2023. Units
come from the shipped register; the communes below them are made up.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from importlib import resources

import numpy as np
from numpy.typing import NDArray

from thangdo.dossiers.generate_counts import largest_remainder

PROCEDURES = 1_837
PROCEDURES_FULL = 464
PROCEDURES_PARTIAL = 276
COMMUNES = 312

# Level of a procedure or unit -> share of the city's dossiers, share of its procedures.
LEVELS = {"so_nganh": (0.16, 0.74), "dia_phuong": (0.26, 0.17), "phuong_xa": (0.58, 0.09)}
LONG_DAYS = (2, 3, 5, 7, 10, 15, 20, 30)
LONG_DAY_WEIGHTS = (0.18, 0.24, 0.22, 0.12, 0.10, 0.08, 0.04, 0.02)


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit that receives dossiers; `weight` is its share of its level's dossiers."""

    code: str
    name: str
    level: str
    parent: str
    weight: float


@dataclass(frozen=True, slots=True)
class Procedure:
    """A procedure; `days` 0 means it is answered on the day (its legal time is given in hours)."""

    code: str
    name: str
    field: str
    level: str
    days: int
    service: str
    weight: float


@dataclass(frozen=True, slots=True)
class Gaming:
    """A way to make figures look better, planted in one unit in a share of its dossiers."""

    kind: str
    unit: str
    share: float


GAMING_KINDS = (
    ("bunching", 0.75),
    ("redated_receipts", 0.20),
    ("return_and_resubmit", 0.15),
    ("closing_bursts", 0.60),
    ("weekend_stamps", 0.30),
)


def units_of(year: int) -> tuple[Unit, ...]:
    """The departments and districts of the register that stood in `year`, and 312 made-up communes below."""
    register = resources.files("thangdo") / "library" / "units" / "hcmc.csv"
    with register.open("r", encoding="utf-8") as stream:
        rows = [
            row
            for row in csv.DictReader(stream)
            if row["level"] in ("so_nganh", "dia_phuong")
            and (not row["valid_from"] or row["valid_from"][:4] <= str(year))
            and (not row["valid_to"] or row["valid_to"][:4] >= str(year))
        ]
    upper = [
        Unit(row["unit"], row["name_vi"], row["level"], row["parent"], 1.0 / (1 + position) ** 0.6)
        for level in ("so_nganh", "dia_phuong")
        for position, row in enumerate(row for row in rows if row["level"] == level)
    ]
    districts = [unit for unit in upper if unit.level == "dia_phuong"]
    shares = largest_remainder(COMMUNES, np.ones(len(districts)))
    communes = [
        Unit(
            f"{district.code}.{number:02d}",
            f"Phường {number}, {district.name} (minh họa)",
            "phuong_xa",
            district.code,
            1.0 / (1 + (7 * number + 3 * position) % 17) ** 0.5,
        )
        for position, (district, share) in enumerate(zip(districts, shares))
        for number in range(1, int(share) + 1)
    ]
    return (*upper, *communes)


def procedures_of(seed: int) -> tuple[Procedure, ...]:
    """1,837 procedures with level, field, legal time and service. Few of them carry most dossiers."""
    rng = np.random.default_rng([seed, 1837])
    levels = list(LEVELS)
    level_counts = largest_remainder(PROCEDURES, np.array([LEVELS[level][1] for level in levels]))
    level_of = np.repeat(np.arange(len(levels)), level_counts)
    services = ["full"] * PROCEDURES_FULL + ["partial"] * PROCEDURES_PARTIAL
    rest = PROCEDURES - len(services)
    services += ["information"] * (rest - rest // 5) + ["none"] * (rest // 5)
    services = [services[position] for position in rng.permutation(PROCEDURES)]
    on_the_day = rng.random(PROCEDURES) < 0.12
    days = rng.choice(LONG_DAYS, size=PROCEDURES, p=LONG_DAY_WEIGHTS)
    popularity = 1.0 / (1.0 + rng.permutation(PROCEDURES)) ** 1.05
    rows = []
    for position in range(PROCEDURES):
        level = levels[int(level_of[position])]
        field = f"LV{1 + (position * 7 + int(level_of[position])) % 58:02d}"
        rows.append(
            Procedure(
                code=f"1.{position + 1:06d}.H29",
                name=f"Thủ tục {position + 1} (minh họa)",
                field=field,
                level=level,
                days=0 if on_the_day[position] else int(days[position]),
                service=services[position],
                weight=float(popularity[position]),
            )
        )
    return tuple(rows)


def planted(units: tuple[Unit, ...], seed: int) -> tuple[Gaming, ...]:
    """Two units for each way of gaming, drawn among districts and the larger communes."""
    rng = np.random.default_rng([seed, 766])
    eligible = [unit.code for unit in units if unit.level == "dia_phuong" or unit.weight > 0.3]
    chosen = rng.choice(len(eligible), size=2 * len(GAMING_KINDS), replace=False)
    return tuple(
        Gaming(kind, eligible[int(chosen[2 * position + second])], share)
        for position, (kind, share) in enumerate(GAMING_KINDS)
        for second in (0, 1)
    )


def cumulative(weights: NDArray[np.float64]) -> NDArray[np.float64]:
    """Running shares for drawing by `searchsorted`; the last is 1."""
    running = np.cumsum(weights)
    return np.asarray(running / running[-1], dtype=np.float64)
