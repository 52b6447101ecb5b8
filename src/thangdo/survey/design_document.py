"""The declared design as written by a person: keys checked, nothing of the data read yet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from thangdo.findings import Gathered
from thangdo.survey.design_checks import Checks, label_of, names_of, truth
from thangdo.survey.design_values import (
    CALIBRATIONS,
    LONELY_RULES,
    REPLICATE_TYPES,
    CalibrationTotals,
    DesignDocument,
    Margin,
    NonResponse,
    ReplicatesDocument,
    Trimming,
)

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


def design_document(given: Mapping[str, Any], file: str, gathered: Gathered) -> DesignDocument:
    """The document read from `given`; what is not understood is gathered (SUR311), never ignored."""
    checks = Checks(file, gathered)
    found: dict[str, Any] = {}
    for key, value in given.items():
        name = _KEYS.get(str(key))
        if name is None:
            checks.refuse(str(key), ", ".join(sorted(set(_KEYS.values()))))
        elif value is not None:
            found[name] = value
    lonely = checks.one_of(str(found.get("lonely_psu", "fail")), LONELY_RULES, "lonely_psu")
    level = checks.level(found.get("level", 0.95))
    return DesignDocument(
        weights=None if found.get("weights") is None else str(found["weights"]),
        strata=names_of(found.get("strata")),
        clusters=tuple(name for name in names_of(found.get("clusters")) if name not in {"1", "0", "~1"}),
        fpc=names_of(found.get("fpc")),
        nest=truth(found.get("nest", False)),
        lonely_psu=lonely,
        nonresponse=_nonresponse(found.get("nonresponse"), checks),
        poststrata=_poststrata(found.get("poststrata"), checks),
        rake=_rake(found.get("rake"), checks),
        calibrate=_calibrate(found.get("calibrate"), checks),
        trim=_trim(found.get("trim"), checks),
        replicates=_replicates(found.get("replicates"), checks),
        level=level,
    )


def margin(by: Sequence[str], totals: object, key: str, checks: Checks) -> Margin:
    """Totals as nested mappings (E: {No: 1}), joined labels ("E.No": 1) or rows with a column `total`."""
    names = tuple(by)
    found: dict[tuple[str, ...], float] = {}
    if isinstance(totals, Mapping):
        _descend(totals, (), names, found, key, checks)
    elif isinstance(totals, Sequence) and not isinstance(totals, str):
        for row in totals:
            if not isinstance(row, Mapping):
                checks.refuse(f"{key}: {row}", "{" + ": …, ".join(names) + ": …, total: count}")
                continue
            number = next((row[name] for name in ("total", "Freq", "n") if name in row), None)
            found[tuple(label_of(row.get(name)) for name in names)] = checks.number(number, key)
    else:
        checks.refuse(f"{key}: {totals}", "totals: {category: count}")
    checks.cells(found, names, key)
    return Margin(names, found)


def _descend(
    totals: Mapping[Any, Any],
    path: tuple[str, ...],
    names: tuple[str, ...],
    found: dict[tuple[str, ...], float],
    key: str,
    checks: Checks,
) -> None:
    for label, value in totals.items():
        here = (*path, label_of(label))
        if isinstance(value, Mapping):
            _descend(value, here, names, found, key, checks)
        else:
            if len(here) == 1 < len(names):
                here = tuple(here[0].split(".", len(names) - 1))
            found[here] = checks.number(value, key)


def _poststrata(value: object, checks: Checks) -> Margin | None:
    if value is None:
        return None
    given = checks.mapping(value, "poststrata", ("by", "totals"))
    return margin(names_of(given.get("by")), given.get("totals"), "poststrata", checks)


def _rake(value: object, checks: Checks) -> tuple[Margin, ...]:
    if value is None:
        return ()
    if isinstance(value, Mapping) and set(value) == {"margins"}:
        value = value["margins"]
    if isinstance(value, Sequence) and not isinstance(value, str):
        parts = [checks.mapping(item, "rake", ("by", "totals")) for item in value]
        return tuple(margin(names_of(p.get("by")), p.get("totals"), "rake", checks) for p in parts)
    if not isinstance(value, Mapping):
        checks.refuse(f"rake: {value}", "{column: {category: count}}")
        return ()
    return tuple(
        margin([part.strip() for part in str(name).replace("*", ":").split(":")], totals, f"rake.{name}", checks)
        for name, totals in value.items()
    )


def _calibrate(value: object, checks: Checks) -> CalibrationTotals | None:
    if value is None:
        return None
    given = checks.mapping(value, "calibrate", ("method", "totals", "bounds", "calfun"))
    method = checks.one_of(str(given.get("method", given.get("calfun", "linear"))), CALIBRATIONS, "calibrate.method")
    totals: dict[str, float] = {}
    raw = given.get("totals")
    for term, total in raw.items() if isinstance(raw, Mapping) else ():
        if isinstance(total, Mapping):
            for label, count in total.items():
                totals[f"{term}{label_of(label)}"] = checks.number(count, f"calibrate.{term}")
        else:
            totals[str(term)] = checks.number(total, f"calibrate.{term}")
    if not totals:
        checks.refuse("calibrate.totals", '{"(Intercept)": N, column: total}')
    lower, upper = checks.bounds(given.get("bounds"))
    if method == "logit" and not (lower < 1 < upper and lower > float("-inf") and upper < float("inf")):
        checks.refuse("", "", "SUR315")
    return CalibrationTotals(method, totals, lower, upper)


def _trim(value: object, checks: Checks) -> Trimming | None:
    if value is None:
        return None
    if isinstance(value, Sequence) and not isinstance(value, str):
        value = dict(zip(("lower", "upper"), value, strict=False))
    given = checks.mapping(value, "trim", ("lower", "upper", "strict", "upper_median"))
    median = given.get("upper_median")
    lower = checks.number(given.get("lower", float("-inf")), "trim.lower")
    upper = checks.number(given.get("upper", float("inf")), "trim.upper")
    if not lower < upper or not upper > 0:
        checks.refuse(f"trim: {lower:g}, {upper:g}", "lower < upper, upper > 0")
    return Trimming(
        lower, upper, truth(given.get("strict", False)),
        None if median is None else checks.number(median, "trim.upper_median"),
    )  # fmt: skip


def _nonresponse(value: object, checks: Checks) -> NonResponse | None:
    if value is None:
        return None
    given = checks.mapping(value, "nonresponse", ("responded", "classes", "propensity", "groups"))
    classes, propensity = names_of(given.get("classes")), names_of(given.get("propensity"))
    if not given.get("responded") or bool(classes) == bool(propensity):
        checks.refuse("nonresponse", "responded: column, and either classes: [...] or propensity: [...]")
    groups = checks.whole(given.get("groups", 5), 1, "nonresponse.groups")
    return NonResponse(str(given.get("responded")), classes, propensity, groups)


def _replicates(value: object, checks: Checks) -> ReplicatesDocument | None:
    if value is None:
        return None
    if isinstance(value, str):
        value = {"type": value}
    allowed = (
        "type", "columns", "weights", "repweights", "scale", "rscales", "combined", "combined_weights",
        "mse", "count", "replicates", "seed", "rho",
    )  # fmt: skip
    given = checks.mapping(value, "replicates", allowed)
    columns = given.get("columns", given.get("weights", given.get("repweights")))
    declared = str(given.get("type", "given"))
    known = {name.lower(): name for name in REPLICATE_TYPES}
    known.update(subbootstrap="bootstrap", other="given", columns="given", raowu="bootstrap")
    kind = "given" if columns is not None else known.get(declared.lower().replace("-", ""), declared)
    if kind not in REPLICATE_TYPES or (kind == "given" and columns is None):
        checks.refuse(f"replicates: {declared}", ", ".join(REPLICATE_TYPES) + " (given: columns, scale)")
    scales = given.get("rscales")
    listed = scales if isinstance(scales, Sequence) and not isinstance(scales, str) else [scales]
    return ReplicatesDocument(
        kind,
        columns=names_of(columns) if not isinstance(columns, str) else (),
        pattern=columns if isinstance(columns, str) else "",
        scale=None if given.get("scale") is None else checks.number(given["scale"], "replicates.scale"),
        rscales=() if scales is None else tuple(checks.number(item, "replicates.rscales") for item in listed),
        combined=truth(given.get("combined", given.get("combined_weights", True))),
        mse=truth(given.get("mse", False)),
        count=checks.whole(given.get("count", given.get("replicates", 500)), 2, "replicates.count"),
        seed=checks.whole(given.get("seed", 20230101), 0, "replicates.seed"),
        declared=declared,
        rho=checks.rho(given.get("rho", 0)),
    )
