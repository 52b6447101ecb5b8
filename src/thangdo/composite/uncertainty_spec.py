"""The declaration of uncertain choices: one YAML file, read into frozen items, everything wrong reported at once."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import yaml

from thangdo.composite.uncertainty_kinds import DECLARATION_KEYS, KINDS
from thangdo.findings import Finding, Gathered, Where

Noise = Literal["uniform", "normal", "dirichlet"]
Step = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class StepItem:
    """Levels of one pipeline step: `changes` are its full parameters, or `{key: value}` laid over the nominal ones."""

    name: str
    step: str
    changes: tuple[Step, ...]
    is_partial: bool

    def level(self, position: int, nominal: Step) -> Step:
        """The step as it runs at level `position`."""
        change = self.changes[position]
        return {**nominal, **change} if self.is_partial else {"step": self.step, **change}


@dataclass(frozen=True, slots=True)
class WeightItem:
    """Noise on weights, or given sets of them (`given`: code → weight, or a CSV file)."""

    name: str
    levels: tuple[int, ...] = ()
    nodes: tuple[str, ...] = ()
    noise: Noise = "uniform"
    factor: float = 0.25
    concentration: float = 50.0
    sets: int | None = None
    given: tuple[Mapping[str, float], ...] = ()
    file: str = ""


@dataclass(frozen=True, slots=True)
class InclusionItem:
    """Each of `indicators` (blank: all) is left out of the aggregation with `probability`."""

    name: str
    indicators: tuple[str, ...] = ()
    probability: float = 0.1


@dataclass(frozen=True, slots=True)
class DataItem:
    """Errors of the data themselves: a file of standard errors, one of covariances, or an assumed relative size."""

    name: str
    standard_errors: str = ""
    covariance: str = ""
    relative: float | None = None


Item = StepItem | WeightItem | InclusionItem | DataItem


@dataclass(frozen=True, slots=True)
class SobolSettings:
    points: int = 64
    replicates: int = 16
    design: Literal["sobol", "random"] = "sobol"


@dataclass(frozen=True, slots=True)
class Declaration:
    """What a run varies, around which pipeline, and what it reports. Files are named relative to `folder`."""

    items: tuple[Item, ...]
    pipeline: tuple[Step, ...] | str | None = None
    target: str = ""
    top_k: tuple[int, ...] = ()
    classes: tuple[float, ...] = ()
    sobol: SobolSettings | None = field(default_factory=SobolSettings)
    remove: tuple[int, ...] = ()
    level: float = 0.95
    folder: Path = Path()
    file: str = ""


def read_declaration(path: Path) -> Declaration:
    """The declaration in the YAML file `path`. Raises `Refused` with COM500 to COM502."""
    gathered = Gathered()
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as problem:
        gathered.add(Finding("COM500", Where(path.name), found=" ".join(str(problem).split())))
        gathered.refuse_errors()
    return declaration_from(content, folder=path.parent, file=path.name)


def declaration_from(content: Any, *, folder: Path = Path(), file: str = "") -> Declaration:
    """The declaration in plain values, as YAML gives them. Raises `Refused` with COM500 to COM502."""
    reader = _Reader(file)
    if not isinstance(content, Mapping) or not isinstance(content.get("uncertain"), list) or not content["uncertain"]:
        reader.gathered.add(Finding("COM500", Where(file), found="no list `uncertain`"))
        reader.gathered.refuse_errors()
    reader.known_keys("declaration", content, [row.name for row in DECLARATION_KEYS])
    items = [reader.item(row, number) for number, row in enumerate(content["uncertain"], start=1)]
    names = [item.name for item in items if item is not None]
    for name in sorted({name for name in names if names.count(name) > 1}):
        reader.bad(name, "name", name, "a name of its own")
    declaration = Declaration(
        items=tuple(item for item in items if item is not None),
        pipeline=reader.pipeline(content.get("pipeline")),
        target=str(content.get("target", "")),
        top_k=tuple(reader.whole(each, "declaration", "top_k", 1) for each in _listed(content.get("top_k"))),
        classes=tuple(reader.number(each, "declaration", "classes") for each in _listed(content.get("classes"))),
        sobol=reader.sobol(content.get("sobol", {})),
        remove=tuple(reader.whole(each, "declaration", "remove", 1) for each in _listed(content.get("remove"))),
        level=reader.number(content.get("level", 0.95), "declaration", "level", above=0.0, below=1.0),
        folder=folder,
        file=file,
    )
    if any(later >= earlier for earlier, later in zip(declaration.classes, declaration.classes[1:])):
        reader.bad("declaration", "classes", str(declaration.classes), "bounds that fall from best to worst")
    reader.gathered.refuse_errors()
    return declaration


class _Reader:
    """Reads values one by one and gathers what is wrong; a wrong value is replaced so that reading goes on."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.gathered = Gathered()

    def bad(self, item: str, key: str, found: object, expected: str) -> None:
        place = Where(self.file, column=key, node=item)
        facts = {"item": item, "key": key}
        self.gathered.add(Finding("COM502", place, found=str(found), expected=expected, facts=facts))

    def known_keys(self, item: str, content: Mapping[str, Any], known: Sequence[str]) -> None:
        for key in content:
            if key not in known:
                place = Where(self.file, column=str(key), node=item)
                facts = {"item": item, "key": key}
                self.gathered.add(Finding("COM501", place, found=str(key), expected=", ".join(known), facts=facts))

    def number(
        self,
        found: Any,
        item: str,
        key: str,
        *,
        least: float = -math.inf,
        above: float = -math.inf,
        below: float = math.inf,
    ) -> float:
        is_number = isinstance(found, int | float) and not isinstance(found, bool) and math.isfinite(found)
        if is_number and least <= found and above < found < below:
            return float(found)
        limits = [f">= {least}"] * math.isfinite(least) + [f"> {above}"] * math.isfinite(above)
        limits += [f"< {below}"] * math.isfinite(below)
        self.bad(item, key, found, " ".join(["a number", *limits]))
        return 0.5

    def whole(self, found: Any, item: str, key: str, least: int) -> int:
        if isinstance(found, int) and not isinstance(found, bool) and found >= least:
            return found
        self.bad(item, key, found, f"a whole number >= {least}")
        return least

    def pipeline(self, content: Any) -> tuple[Step, ...] | str | None:
        if content is None or isinstance(content, str):
            return content
        if isinstance(content, list) and all(isinstance(step, Mapping) and "step" in step for step in content):
            return tuple(content)
        self.bad("declaration", "pipeline", content, "a list of steps, or a file")
        return None

    def sobol(self, content: Any) -> SobolSettings | None:
        if content is False or content is None:
            return None
        if content is True:
            return SobolSettings()
        if not isinstance(content, Mapping):
            self.bad("sobol", "sobol", content, "points, replicates, design; or false")
            return None
        self.known_keys("sobol", content, ("points", "replicates", "design"))
        points = self.whole(content.get("points", 64), "sobol", "points", 2)
        design = content.get("design", "sobol")
        if design not in ("sobol", "random"):
            self.bad("sobol", "design", design, "sobol, random")
        if design == "sobol" and points & (points - 1):
            self.bad("sobol", "points", points, "a power of two")
        return SobolSettings(points, self.whole(content.get("replicates", 16), "sobol", "replicates", 16), design)

    def item(self, content: Any, number: int) -> Item | None:
        if not isinstance(content, Mapping) or content.get("item") not in KINDS:
            found = content.get("item") if isinstance(content, Mapping) else content
            self.bad(str(number), "item", found, ", ".join(KINDS))
            return None
        kind = KINDS[content["item"]]
        name = str(content.get("name", kind.code))
        self.known_keys(name, content, ["item", *(row.name for row in kind.keys)])
        if kind.step:
            return self.step_item(content, name, kind.step)
        if kind.code == "weights":
            return self.weight_item(content, name)
        if kind.code == "inclusion":
            return InclusionItem(
                name,
                tuple(str(each) for each in _listed(content.get("indicators"), all_is_blank=True)),
                self.number(content.get("probability", 0.1), name, "probability", above=0.0, below=1.0),
            )
        return self.data_item(content, name)

    def step_item(self, content: Mapping[str, Any], name: str, step: str) -> StepItem | None:
        values = content.get("values")
        if not isinstance(values, list) or not values:
            self.bad(name, "values", values, "a list of levels")
            return None
        if "key" in content:
            return StepItem(name, step, tuple({str(content["key"]): value} for value in values), is_partial=True)
        for value in values:
            if not isinstance(value, Mapping):
                self.bad(name, "values", value, "parameters of the step, such as {method: …}; or give `key`")
                return None
        return StepItem(name, step, tuple(dict(value) for value in values), is_partial=False)

    def weight_item(self, content: Mapping[str, Any], name: str) -> WeightItem:
        noise = content.get("noise", "uniform")
        if noise not in ("uniform", "normal", "dirichlet"):
            self.bad(name, "noise", noise, "uniform, normal, dirichlet")
        ways = [key for key in ("given", "file", "noise") if key in content]
        if len(ways) > 1:
            self.bad(name, ways[0], ", ".join(ways), "one of given, file, noise")
        given = []
        for row in _listed(content.get("given")):
            if isinstance(row, Mapping):
                given.append({str(code): self.number(w, name, "given", least=0.0) for code, w in row.items()})
            else:
                self.bad(name, "given", row, "{code: weight, …}")
        return WeightItem(
            name,
            levels=tuple(self.whole(each, name, "levels", 1) for each in _listed(content.get("levels"))),
            nodes=tuple(str(each) for each in _listed(content.get("nodes"))),
            noise=noise,
            factor=self.number(
                content.get("factor", 0.25), name, "factor", above=0.0, below=1.0 if noise == "uniform" else math.inf
            ),
            concentration=self.number(content.get("concentration", 50.0), name, "concentration", above=0.0),
            sets=None if content.get("sets") is None else self.whole(content["sets"], name, "sets", 2),
            given=tuple(given),
            file=str(content.get("file", "")),
        )

    def data_item(self, content: Mapping[str, Any], name: str) -> DataItem:
        relative = content.get("relative")
        if relative is None and "standard_errors" not in content:
            self.bad(name, "standard_errors", None, "standard_errors (a file) or relative")
        if relative is not None:
            relative = self.number(relative, name, "relative", above=0.0)
        return DataItem(name, str(content.get("standard_errors", "")), str(content.get("covariance", "")), relative)


def _listed(content: Any, *, all_is_blank: bool = False) -> list[Any]:
    if content is None or (all_is_blank and content == "all"):
        return []
    return list(content) if isinstance(content, list | tuple) else [content]
