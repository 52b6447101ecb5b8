"""A survey design as declared: what it may hold, and the values once they are read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

LONELY_RULES = ("fail", "adjust", "average", "certainty", "remove")
CALIBRATIONS = ("linear", "logit", "raking")
REPLICATE_TYPES = ("JK1", "JKn", "bootstrap", "given")


@dataclass(frozen=True, slots=True)
class Margin:
    """Population totals of the cells of `by`; a cell is the tuple of its labels."""

    by: tuple[str, ...]
    totals: Mapping[tuple[str, ...], float]

    @property
    def name(self) -> str:
        return " x ".join(self.by)


@dataclass(frozen=True, slots=True)
class CalibrationTotals:
    """Totals to calibrate on: a term is `(Intercept)`, a column, or a column followed by its category."""

    method: str
    totals: Mapping[str, float]
    lower: float = float("-inf")
    upper: float = float("inf")


@dataclass(frozen=True, slots=True)
class Trimming:
    """Bounds of the weights themselves; `strict` repeats until nothing lies outside."""

    lower: float = float("-inf")
    upper: float = float("inf")
    strict: bool = False
    upper_median: float | None = None


@dataclass(frozen=True, slots=True)
class NonResponse:
    """Who answered (`responded`: 1/0 or yes/no), and the classes or covariates that explain it."""

    responded: str
    classes: tuple[str, ...] = ()
    propensity: tuple[str, ...] = ()
    groups: int = 5


@dataclass(frozen=True, slots=True)
class ReplicatesDocument:
    """Replicate weights: made from the design, or `columns` given with their scale."""

    type: str
    columns: tuple[str, ...] = ()
    pattern: str = ""
    scale: float | None = None
    rscales: tuple[float, ...] = ()
    combined: bool = True
    mse: bool = False
    count: int = 500
    seed: int = 20230101
    declared: str = ""
    rho: float = 0.0


@dataclass(frozen=True, slots=True)
class DesignDocument:
    """A survey design as declared in DESIGN.yaml; names are columns of the data."""

    weights: str | None = None
    strata: tuple[str, ...] = ()
    clusters: tuple[str, ...] = ()
    fpc: tuple[str, ...] = ()
    nest: bool = False
    lonely_psu: str = "fail"
    nonresponse: NonResponse | None = None
    poststrata: Margin | None = None
    rake: tuple[Margin, ...] = ()
    calibrate: CalibrationTotals | None = None
    trim: Trimming | None = None
    replicates: ReplicatesDocument | None = None
    level: float = 0.95
