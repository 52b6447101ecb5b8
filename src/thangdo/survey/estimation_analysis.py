"""What is asked of a survey: a list of analyses, read from ANALYSIS.yaml."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from thangdo.findings import Finding, Gathered, Where
from thangdo.survey.design_checks import label_of

STATISTICS = ("mean", "total", "ratio", "share", "quantile")
_KEYS = (
    "statistic",
    "variable",
    "denominator",
    "by",
    "q",
    "levels",
    "deff",
    "interval",
    "df",
    "small_areas",
    "compare",
)
_AREA_KEYS = ("method", "table", "covariates")
# In a pair of domains: every one.
EVERY = "*"
DEFFS = ("without_replacement", "replace", "none")
INTERVALS = ("default", "t", "logit", "wilson")


@dataclass(frozen=True, slots=True)
class SmallAreas:
    """A model of the areas in `by`: REML or ML, and the numbers of `table` that explain them, by area."""

    method: str = "reml"
    table: str = ""
    covariates: tuple[str, ...] = ()
    values: Mapping[str, tuple[float, ...]] | None = None


@dataclass(frozen=True, slots=True)
class Analysis:
    """One question: a statistic of a variable, over all or by the joint categories of `by`.

    `levels` joins categories of a share into one (the share of answers 4 and 5); `deff` compares with simple
    random sampling `without_replacement` or with it (`replace`); `df` is the design's or each `domain`'s.
    `small_areas` adds Fay–Herriot estimates of the domains. `compare` holds the pairs of domains that
    `survey compare` tests, `EVERY` standing for each.
    """

    statistic: str
    variable: str
    denominator: str = ""
    by: tuple[str, ...] = ()
    q: tuple[float, ...] = ()
    levels: tuple[str, ...] = ()
    deff: str = "without_replacement"
    interval: str = "default"
    df: str = "design"
    small_areas: SmallAreas | None = None
    compare: tuple[tuple[str, str], ...] = ((EVERY, EVERY),)


def analyses(given: object, file: str, gathered: Gathered) -> tuple[Analysis, ...]:
    """The analyses of a document; one that lists several variables stands for one of each."""
    if isinstance(given, Mapping) and "analyses" in given:
        given = given["analyses"]
    if isinstance(given, Mapping):
        given = [given]
    if not isinstance(given, Sequence) or isinstance(given, str):
        gathered.add(Finding("SUR311", Where(file), str(given)[:60], "[{statistic, variable, by}]"))
        return ()
    found: list[Analysis] = []
    for number, item in enumerate(given, start=1):
        if not isinstance(item, Mapping):
            gathered.add(Finding("SUR311", Where(file, 0, f"{number}"), str(item)[:60], ", ".join(_KEYS)))
            continue
        found += _one(item, file, f"#{number}", gathered)
    return tuple(found)


def _one(item: Mapping[Any, Any], file: str, node: str, gathered: Gathered) -> list[Analysis]:
    def refuse(key: str, value: object, expected: str) -> None:
        gathered.add(Finding("SUR311", Where(file, 0, key, node), f"{key}: {value}", expected))

    for key in item:
        if str(key) not in _KEYS:
            refuse(str(key), item[key], ", ".join(_KEYS))
    statistic = str(item.get("statistic", ""))
    if statistic == "proportion":
        statistic = "share"
    if statistic not in STATISTICS:
        refuse("statistic", statistic, ", ".join(STATISTICS))
        return []
    variables = _names(item.get("variable"))
    denominator = str(item.get("denominator") or "")
    if not variables:
        refuse("variable", item.get("variable"), "a column")
    if (statistic == "ratio") != bool(denominator):
        refuse("denominator", denominator, "statistic: ratio")
    chosen = []
    for key, allowed in (("deff", DEFFS), ("interval", INTERVALS), ("df", ("design", "domain"))):
        value = item.get(key, allowed[0])
        value = {True: DEFFS[0], False: "none"}.get(value, value) if key == "deff" else value
        if value not in allowed:
            refuse(key, value, ", ".join(allowed))
        chosen.append(str(value))
    quantiles = _quantiles(item.get("q"), statistic, refuse)
    by, levels = _names(item.get("by")), tuple(label_of(level) for level in _listed(item.get("levels")))
    if isinstance(item.get("levels"), Mapping) or (levels and statistic in {"ratio", "quantile"}):
        refuse("levels", item.get("levels"), "statistic: share, levels: [4, 5]")
    areas = _small_areas(item.get("small_areas"), statistic, by, refuse)
    deff, interval, df = chosen
    pairs = _pairs(item.get("compare", "all"), refuse)
    return [
        Analysis(statistic, name, denominator, by, quantiles, levels, deff, interval, df, areas, pairs)
        for name in variables
    ]


def _pairs(value: object, refuse: Any) -> tuple[tuple[str, str], ...]:
    """`all`; `none`; one domain that every other is set against; or a list of pairs."""
    if isinstance(value, Sequence) and not isinstance(value, str):
        found = []
        for pair in value:
            if isinstance(pair, str) or not isinstance(pair, Sequence) or len(pair) != 2:
                refuse("compare", pair, "[[A, B], …]")
                continue
            found.append((label_of(pair[0]), label_of(pair[1])))
        return tuple(found)
    if isinstance(value, Mapping) or value is None:
        refuse("compare", value, "all, none, A, [[A, B], …]")
        return ()
    return {"all": ((EVERY, EVERY),), "none": ()}.get(str(value), ((EVERY, label_of(value)),))


def _small_areas(value: object, statistic: str, by: tuple[str, ...], refuse: Any) -> SmallAreas | None:
    if value is None or value is False:
        return None
    given = value if isinstance(value, Mapping) else {}
    for key in given:
        if key not in _AREA_KEYS:
            refuse("small_areas", key, ", ".join(_AREA_KEYS))
    made = SmallAreas(str(given.get("method", "reml")), str(given.get("table") or ""), _names(given.get("covariates")))
    if statistic not in {"mean", "share", "ratio"} or len(by) != 1:
        refuse("small_areas", statistic, "statistic: mean, share, ratio; by: one column")
    if made.method not in {"reml", "ml"} or bool(made.table) != bool(made.covariates):
        refuse("small_areas", given, "{method: reml | ml, table: areas.csv, covariates: [...]}")
    return made


def _quantiles(value: object, statistic: str, refuse: Any) -> tuple[float, ...]:
    found = []
    for item in _listed(value if value is not None or statistic != "quantile" else 0.5):
        try:
            number = float(str(item))
        except ValueError:
            number = -1.0
        if not 0 < number < 1:
            refuse("q", item, "0 < q < 1")
        found.append(number)
    return tuple(found)


def _listed(value: object) -> list[Any]:
    if value is None:
        return []
    return list(value) if isinstance(value, Sequence) and not isinstance(value, str) else [value]


def _names(value: object) -> tuple[str, ...]:
    return tuple(part.strip() for item in _listed(value) for part in str(item).split("+") if part.strip())
