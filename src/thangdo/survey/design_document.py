"""The declared design as written by a person: keys checked, nothing of the data read yet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from thangdo.findings import Finding, Gathered, Where

LONELY_RULES = ("fail", "adjust", "average", "certainty", "remove")
CALIBRATIONS = ("linear", "logit", "raking")
REPLICATE_TYPES = ("JK1", "JKn", "bootstrap", "given")
_KEYS = {
    "weights": "weights",
    "strata": "strata",
    "clusters": "clusters",
    "ids": "clusters",
    "fpc": "fpc",
    "nest": "nest",
    "lonely_psu": "lonely_psu",
    "lonely-psu": "lonely_psu",
    "lonely": "lonely_psu",
    "nonresponse": "nonresponse",
    "poststrata": "poststrata",
    "rake": "rake",
    "calibrate": "calibrate",
    "trim": "trim",
    "replicates": "replicates",
    "level": "level",
}


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


def design_document(given: Mapping[str, Any], file: str, gathered: Gathered) -> DesignDocument:
    """The document read from `given`; what is not understood is gathered (SUR311), never ignored."""
    found: dict[str, Any] = {}
    for key, value in given.items():
        name = _KEYS.get(str(key))
        if name is None:
            _refuse(gathered, file, str(key), ", ".join(sorted(set(_KEYS.values()))))
        elif value is not None:
            found[name] = value
    lonely = str(found.get("lonely_psu", "fail"))
    if lonely not in LONELY_RULES:
        _refuse(gathered, file, f"lonely_psu: {lonely}", ", ".join(LONELY_RULES))
    level = _number(found.get("level", 0.95), file, "level", gathered)
    if not 0 < level < 1:
        _refuse(gathered, file, f"level: {level}", "0 < level < 1")
        level = 0.95
    return DesignDocument(
        weights=None if found.get("weights") is None else str(found["weights"]),
        strata=_names(found.get("strata")),
        clusters=tuple(name for name in _names(found.get("clusters")) if name not in {"1", "0", "~1"}),
        fpc=_names(found.get("fpc")),
        nest=_truth(found.get("nest", False)),
        lonely_psu=lonely,
        nonresponse=_nonresponse(found.get("nonresponse"), file, gathered),
        poststrata=_poststrata(found.get("poststrata"), file, gathered),
        rake=_rake(found.get("rake"), file, gathered),
        calibrate=_calibrate(found.get("calibrate"), file, gathered),
        trim=_trim(found.get("trim"), file, gathered),
        replicates=_replicates(found.get("replicates"), file, gathered),
        level=level,
    )


def label_of(value: object) -> str:
    """A category as the data spell it, whatever YAML made of it: 1 is a number there, TRUE a truth."""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def _truth(value: object) -> bool:
    return str(value).strip().lower() in {"true", "yes", "1", "on", "có"}


def _refuse(gathered: Gathered, file: str, found: str, expected: str) -> None:
    gathered.add(Finding("SUR311", Where(file), found, expected))


def _names(value: object) -> tuple[str, ...]:
    if value is None:
        return ()
    if isinstance(value, Sequence) and not isinstance(value, str):
        return tuple(str(item) for item in value)
    return tuple(part.strip() for part in str(value).split("+") if part.strip()) if value else ()


def _number(value: object, file: str, key: str, gathered: Gathered) -> float:
    try:
        return float(str(value))
    except ValueError:
        _refuse(gathered, file, f"{key}: {value}", "a number")
        return float("nan")


def _mapping(value: object, file: str, key: str, allowed: Sequence[str], gathered: Gathered) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        _refuse(gathered, file, f"{key}: {value}", ", ".join(allowed))
        return {}
    for name in value:
        if str(name) not in allowed:
            _refuse(gathered, file, f"{key}.{name}", ", ".join(allowed))
    return {str(name): item for name, item in value.items()}


def margin(by: Sequence[str], totals: object, file: str, key: str, gathered: Gathered) -> Margin:
    """Totals as nested mappings (E: {No: 1}), joined labels ("E.No": 1) or rows with a column `total`."""
    names = tuple(by)
    found: dict[tuple[str, ...], float] = {}
    if isinstance(totals, Mapping):
        _descend(totals, (), names, found, file, key, gathered)
    elif isinstance(totals, Sequence) and not isinstance(totals, str):
        for row in totals:
            if not isinstance(row, Mapping):
                _refuse(gathered, file, f"{key}: {row}", "{" + ": …, ".join(names) + ": …, total: count}")
                continue
            number = next((row[name] for name in ("total", "Freq", "n") if name in row), None)
            found[tuple(label_of(row.get(name)) for name in names)] = _number(number, file, key, gathered)
    else:
        _refuse(gathered, file, f"{key}: {totals}", "totals: {category: count}")
    for cell, total in found.items():
        if len(cell) != len(names) or not total >= 0 or total == float("inf"):
            _refuse(gathered, file, f"{key}: {'.'.join(cell)} = {total}", f"{' x '.join(names)}: count >= 0")
    return Margin(names, found)


def _descend(
    totals: Mapping[Any, Any],
    path: tuple[str, ...],
    names: tuple[str, ...],
    found: dict[tuple[str, ...], float],
    file: str,
    key: str,
    gathered: Gathered,
) -> None:
    for label, value in totals.items():
        here = (*path, label_of(label))
        if isinstance(value, Mapping):
            _descend(value, here, names, found, file, key, gathered)
        else:
            if len(here) == 1 < len(names):
                here = tuple(here[0].split(".", len(names) - 1))
            found[here] = _number(value, file, key, gathered)


def _poststrata(value: object, file: str, gathered: Gathered) -> Margin | None:
    if value is None:
        return None
    given = _mapping(value, file, "poststrata", ("by", "totals"), gathered)
    return margin(_names(given.get("by")), given.get("totals"), file, "poststrata", gathered)


def _rake(value: object, file: str, gathered: Gathered) -> tuple[Margin, ...]:
    if value is None:
        return ()
    if isinstance(value, Mapping) and set(value) == {"margins"}:
        value = value["margins"]
    if isinstance(value, Sequence) and not isinstance(value, str):
        parts = [_mapping(item, file, "rake", ("by", "totals"), gathered) for item in value]
        return tuple(margin(_names(p.get("by")), p.get("totals"), file, "rake", gathered) for p in parts)
    if not isinstance(value, Mapping):
        _refuse(gathered, file, f"rake: {value}", "{column: {category: count}}")
        return ()
    return tuple(
        margin(
            [part.strip() for part in str(name).replace("*", ":").split(":")], totals, file, f"rake.{name}", gathered
        )
        for name, totals in value.items()
    )


def _calibrate(value: object, file: str, gathered: Gathered) -> CalibrationTotals | None:
    if value is None:
        return None
    given = _mapping(value, file, "calibrate", ("method", "totals", "bounds", "calfun"), gathered)
    method = str(given.get("method", given.get("calfun", "linear")))
    if method not in CALIBRATIONS:
        _refuse(gathered, file, f"calibrate.method: {method}", ", ".join(CALIBRATIONS))
    totals: dict[str, float] = {}
    raw = given.get("totals")
    for term, total in raw.items() if isinstance(raw, Mapping) else ():
        if isinstance(total, Mapping):
            for label, count in total.items():
                totals[f"{term}{label_of(label)}"] = _number(count, file, f"calibrate.{term}", gathered)
        else:
            totals[str(term)] = _number(total, file, f"calibrate.{term}", gathered)
    if not totals:
        _refuse(gathered, file, "calibrate.totals", '{"(Intercept)": N, column: total}')
    lower, upper = _bounds(given.get("bounds"), file, gathered)
    if method == "logit" and not (lower < 1 < upper and lower > float("-inf") and upper < float("inf")):
        gathered.add(Finding("SUR315", Where(file)))
    return CalibrationTotals(method, totals, lower, upper)


def _bounds(value: object, file: str, gathered: Gathered) -> tuple[float, float]:
    if value is None:
        return float("-inf"), float("inf")
    if isinstance(value, Mapping):
        value = [value.get("lower", float("-inf")), value.get("upper", float("inf"))]
    if isinstance(value, Sequence) and len(value) == 2:
        return _number(value[0], file, "bounds", gathered), _number(value[1], file, "bounds", gathered)
    _refuse(gathered, file, f"bounds: {value}", "[lower, upper]")
    return float("-inf"), float("inf")


def _trim(value: object, file: str, gathered: Gathered) -> Trimming | None:
    if value is None:
        return None
    if isinstance(value, Sequence) and not isinstance(value, str):
        value = dict(zip(("lower", "upper"), value, strict=False))
    given = _mapping(value, file, "trim", ("lower", "upper", "strict", "upper_median"), gathered)
    median = given.get("upper_median")
    lower = _number(given.get("lower", float("-inf")), file, "trim.lower", gathered)
    upper = _number(given.get("upper", float("inf")), file, "trim.upper", gathered)
    if not lower < upper or not upper > 0:
        _refuse(gathered, file, f"trim: {lower:g}, {upper:g}", "lower < upper, upper > 0")
    return Trimming(
        lower, upper, _truth(given.get("strict", False)),
        None if median is None else _number(median, file, "trim.upper_median", gathered),
    )  # fmt: skip


def _nonresponse(value: object, file: str, gathered: Gathered) -> NonResponse | None:
    if value is None:
        return None
    given = _mapping(value, file, "nonresponse", ("responded", "classes", "propensity", "groups"), gathered)
    classes, propensity = _names(given.get("classes")), _names(given.get("propensity"))
    if not given.get("responded") or bool(classes) == bool(propensity):
        _refuse(gathered, file, "nonresponse", "responded: column, and either classes: [...] or propensity: [...]")
    groups = _whole(given.get("groups", 5), 1, file, "nonresponse.groups", gathered)
    return NonResponse(str(given.get("responded")), classes, propensity, groups)


def _replicates(value: object, file: str, gathered: Gathered) -> ReplicatesDocument | None:
    if value is None:
        return None
    if isinstance(value, str):
        value = {"type": value}
    allowed = (
        "type", "columns", "weights", "repweights", "scale", "rscales", "combined", "combined_weights",
        "mse", "count", "replicates", "seed", "rho",
    )  # fmt: skip
    given = _mapping(value, file, "replicates", allowed, gathered)
    columns = given.get("columns", given.get("weights", given.get("repweights")))
    declared = str(given.get("type", "given"))
    known = {name.lower(): name for name in REPLICATE_TYPES}
    known.update(subbootstrap="bootstrap", other="given", columns="given", raowu="bootstrap")
    kind = "given" if columns is not None else known.get(declared.lower().replace("-", ""), declared)
    if kind not in REPLICATE_TYPES or (kind == "given" and columns is None):
        _refuse(gathered, file, f"replicates: {declared}", ", ".join(REPLICATE_TYPES) + " (given: columns, scale)")
    scales = given.get("rscales")
    listed = scales if isinstance(scales, Sequence) and not isinstance(scales, str) else [scales]
    return ReplicatesDocument(
        kind,
        columns=_names(columns) if not isinstance(columns, str) else (),
        pattern=columns if isinstance(columns, str) else "",
        scale=None if given.get("scale") is None else _number(given["scale"], file, "replicates.scale", gathered),
        rscales=() if scales is None else tuple(_number(item, file, "replicates.rscales", gathered) for item in listed),
        combined=_truth(given.get("combined", given.get("combined_weights", True))),
        mse=_truth(given.get("mse", False)),
        count=_whole(given.get("count", given.get("replicates", 500)), 2, file, "replicates.count", gathered),
        seed=_whole(given.get("seed", 20230101), 0, file, "replicates.seed", gathered),
        declared=declared,
        rho=_rho(given.get("rho", 0), file, gathered),
    )


def _whole(value: object, least: int, file: str, key: str, gathered: Gathered) -> int:
    """A whole number of at least `least`."""
    number = _number(value, file, key, gathered)
    if not least <= number < 1e9 or number != int(number):
        _refuse(gathered, file, f"{key}: {value}", f"{key} >= {least}")
        return least
    return int(number)


def _rho(value: object, file: str, gathered: Gathered) -> float:
    """How much of a weight Fay's method keeps: from 0 to below 1."""
    rho = _number(value, file, "replicates.rho", gathered)
    if not 0 <= rho < 1:
        _refuse(gathered, file, f"replicates.rho: {rho}", "0 <= rho < 1")
        return 0.0
    return rho
