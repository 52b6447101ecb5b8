"""The demo city's year: one seed, four indices, what was printed held exactly."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from random import Random

from thangdo.demo.counted import Counted, share_of
from thangdo.demo.layers import Row, layered_marks
from thangdo.demo.marks import NoSolution, Solved, solve_marks
from thangdo.demo.opinions import citizens_aim, firms_aim, officials_aim, other_year
from thangdo.demo.surveys import DemoSurvey, ddci_survey, internal_survey, sipas_survey
from thangdo.demo.targets import Ladder, Note, Target, order_units, targets
from thangdo.evaluation import SPECS, IndexEntry, Round, Table
from thangdo.evaluation.published import Published
from thangdo.evaluation.register import Register, write_register
from thangdo.methodology import CriteriaSet
from thangdo.scoring import CompiledSet, compile_set

SO, DP, ND = "so_nganh", "dia_phuong", "nganh_doc"
# Public-finance shares the article prints as 100 % for every unit.
ALWAYS_FULL = frozenset({"6.1", "6.2", "6.3"})
SEED = 2023
ATTEMPTS = 60


@dataclass(frozen=True, slots=True)
class CityYear:
    """A round of the demo city, what its readers must be told, and the surveys its values come from.

    `surveys` are those of the year, and of the years beside it those that its PAR index takes values from.
    """

    round: Round
    notes: tuple[Note, ...]
    surveys: tuple[DemoSurvey, ...]


@dataclass(frozen=True, slots=True)
class _Plan:
    """One index and block: the set, who takes part in which order, what total each must reach."""

    index: str
    block: str
    set_name: str
    targets: tuple[Target, ...]


def demo_year(sets: Mapping[str, CriteriaSet], register: Register, published: Published, seed: int = SEED) -> CityYear:
    """The demo year 2023. Same seed, same bytes. `sets` are the shipped sets by id."""
    rng = Random(f"thangdo-demo/{seed}")
    plans, notes = _plans(published, rng)
    used: dict[str, CriteriaSet] = {}
    marks: list[Row] = []
    values: list[dict[str, str]] = []
    membership: list[tuple[str, ...]] = []
    rated = [target for plan in plans if plan.index == "par" for target in plan.targets]
    satisfied, inside = citizens_aim(rated, seed), officials_aim(rated, seed)
    sipas, internal = sipas_survey(published.year, satisfied, seed), internal_survey(published.year, inside, seed)
    surveys = [sipas, internal]
    for years in (-1, 1):
        other = sipas_survey(published.year + years, other_year(satisfied, years, seed), seed)
        # The rounds beside it have no SIPAS index; PAR asks for the whole and not for its factors.
        surveys.append(replace(other, indicators=other.indicators[:1]))
        moved = other_year({unit: {"": share} for unit, share in inside.items()}, years, seed)
        surveys.append(internal_survey(published.year + years, {unit: moved[unit][""] for unit in moved}, seed))
    for plan in plans:
        criteria_set = used[plan.set_name] = sets[plan.set_name]
        compiled = compile_set(criteria_set)
        for target in plan.targets:
            solved, counted = _unit(compiled, plan, target, {**sipas.values, **internal.values}, seed)
            unit_rng = Random(f"{seed}/layers/{plan.index}/{target.unit}")
            marks += layered_marks(plan.index, target.unit, criteria_set, solved, published.year, unit_rng)
            values += [_value_row(plan.index, target.unit, code, criteria_set, item) for code, item in counted.items()]
            membership.append((plan.index, plan.block, target.unit, "true"))
    for block in (SO, DP):
        units = [t.unit for plan in plans if plan.index == "par" and plan.block == block for t in plan.targets]
        for index, set_name in (("sipas", "sipas-2023"), ("ddci", f"ddci-2023-{block.replace('_', '-')}")):
            criteria_set = used[set_name] = sets[set_name]
            survey = sipas
            if index == "ddci":
                survey = ddci_survey(set_name, published.year, firms_aim(criteria_set, units, seed), seed)
                surveys.append(survey)
            for unit in units:
                membership.append((index, block, unit, "true"))
                counted = _survey_values(criteria_set, unit, survey)
                values += [_value_row(index, unit, code, criteria_set, item) for code, item in counted.items()]
    entries = (
        *(IndexEntry(plan.index, "points", plan.set_name, (plan.block,)) for plan in plans),
        IndexEntry("sipas", "points", "sipas-2023", (SO, DP)),
        IndexEntry("ddci", "composite", "ddci-2023-so-nganh", (SO,)),
        IndexEntry("ddci", "composite", "ddci-2023-dia-phuong", (DP,)),
    )
    units_used = {row[2] for row in membership}
    round_ = Round(
        id=f"hcmc-{published.year}-demo",
        year=published.year,
        state="final",
        language="vi",
        indices=entries,
        sets=used,
        tables={
            "units": _units(register, units_used),
            "membership": Table(SPECS["membership"].columns, tuple(membership), "membership.csv"),
            "marks": Table(SPECS["marks"].columns, tuple(sorted(marks)), "marks.csv"),
            "values": _values(values),
        },
        illustrative=True,
        provenance={
            "maker": "thangdo demo",
            "seed": str(seed),
            "note_vi": "Điểm từng tiêu chí và mọi giá trị đo đếm là số liệu minh họa, dựng để khớp những gì bài báo in.",
            "note_en": "Every mark and counted value is illustrative, solved to agree with what the article prints.",
            "notes": [{"index": note.index, "block": note.block, "vi": note.vi, "en": note.en} for note in notes],
        },
    )
    return CityYear(round_, tuple(notes), tuple(surveys))


def _plans(published: Published, rng: Random) -> tuple[list[_Plan], list[Note]]:
    placeholders = [f"Z29.CHUANEU{n}" for n in range(1, 7)]
    named = list(dict.fromkeys(row.unit for row in published.rankings()["par", SO]))
    localities = list(dict.fromkeys(row.unit for row in published.rankings()["par", DP]))
    last = [row.unit for row in published.rankings()["dti", SO] if row.rank is None]
    departments = list(dict.fromkeys([*named, *last, *placeholders]))
    notes: list[Note] = []
    plans: list[_Plan] = []
    classes = {(row.index, row.block, row.class_name): row.count for row in published.counts if row.group == "class"}

    def add(index: str, block: str, set_name: str, members: list[str], free: list[str], ladder: Ladder) -> None:
        order, found = order_units(published, index, block, members, free, rng)
        printed = {
            row.unit: row.published for row in published.rankings().get((index, block), []) if row.published is not None
        }
        notes.extend(found)
        plans.append(_Plan(index, block, set_name, tuple(targets(order, ladder, printed, rng))))

    def counts(index: str, block: str, *names: str) -> list[int]:
        return [classes[index, block, name] or 0 for name in names]

    d = Decimal
    excellent, good = counts("par", SO, "Xuất sắc", "Tốt")
    add(
        "par",
        SO,
        "hcm-par-2023-so-nganh",
        named,
        placeholders,
        Ladder(((d(90), excellent), (d(80), good)), d("96.95"), d("82.5")),
    )
    excellent, good = counts("par", DP, "Xuất sắc", "Tốt")
    add(
        "par",
        DP,
        "hcm-par-2023-dia-phuong",
        localities,
        [],
        Ladder(((d(90), excellent), (d(80), good)), d("96.64"), d("83.71")),
    )
    vertical = [row.unit for row in published.rankings()["par", ND]]
    plans.append(_Plan("par", ND, "hcm-par-2023-nganh-doc", tuple(Target(unit, 1, d("93.4")) for unit in vertical)))
    advanced, forming, starting = counts("dti", SO, "Nâng cao", "Hình thành", "Khởi động")
    ladder = Ladder(((d(80), advanced), (d(60), forming), (d(0), starting)), d("91.2"), d("52.4"))
    add("dti", SO, "hcm-dti-2023-so-nganh", departments, [], ladder)
    unnamed = len(placeholders)
    notes.append(
        Note(
            "dti",
            SO,
            f"Nguồn không nêu tên {unnamed} trong 31 đơn vị; các chỗ đó là đơn vị giữ chỗ.",
            f"The source does not name {unnamed} of the 31 units; they are placeholders.",
        )
    )
    add("dti", DP, "hcm-dti-2023-dia-phuong", localities, [], Ladder(((d(60), 22),), d("88.6"), d("62.3")))
    return plans, notes


def _unit(
    compiled: CompiledSet, plan: _Plan, target: Target, answered: Mapping[tuple[str, str], Counted], seed: int
) -> tuple[Solved, dict[str, Counted]]:
    """Counted values first, then marks that reach the target; redrawn where they leave no solution."""
    maximum = compiled.criteria_set.maximum or Decimal(100)
    total = (target.percent * maximum / 100).quantize(Decimal("0.01"), rounding="ROUND_CEILING")
    for attempt in range(ATTEMPTS):
        rng = Random(f"{seed}/{plan.index}/{target.unit}/{attempt}")
        counted = _counted(compiled, target, answered, rng)
        try:
            exact = {code: item.value for code, item in counted.items()}
            solved = solve_marks(
                compiled,
                plan.block,
                target.unit,
                exact,
                total,
                ALWAYS_FULL if plan.index == "par" else frozenset(),
                rng,
            )
        except NoSolution:
            continue
        return solved, counted
    raise NoSolution(f"{plan.index}/{target.unit}")


def _counted(
    compiled: CompiledSet, target: Target, answered: Mapping[tuple[str, str], Counted], rng: Random
) -> dict[str, Counted]:
    lost = float(100 - target.percent) / 100
    found: dict[str, Counted] = {}
    for position in compiled.leaves:
        node = compiled.nodes[position]
        if node.rule is None or node.rule.kind != "counted":
            continue
        match str(node.rule.parameters["indicator"]):
            case "on_time_share":
                found[node.code] = share_of(lost * 0.1 * rng.uniform(0.2, 0.9), 40_000, rng)
            case "apology_share":
                # Every overdue dossier has its apology, as the article says.
                overdue = rng.randint(3, 90)
                found[node.code] = Counted(Decimal(1), overdue, overdue)
            case "online_dossier_share":
                full = float(node.rule.parameters["then"]["full_at"])
                found[node.code] = share_of(1 - full * (1 - lost * rng.uniform(0.3, 1.1)), 40_000, rng)
            case "sipas" | "internal_survey" as indicator:
                found[node.code] = answered[target.unit, indicator]
    return found


def _survey_values(criteria_set: CriteriaSet, unit: str, survey: DemoSurvey) -> dict[str, Counted]:
    return {
        leaf.code: survey.values[unit, str(leaf.rule.parameters["indicator"])]
        for leaf in criteria_set.leaves()
        if leaf.rule is not None
    }


def _value_row(index: str, unit: str, code: str, criteria_set: CriteriaSet, item: Counted) -> dict[str, str]:
    node = criteria_set.node(code)
    assert node is not None and node.rule is not None
    source = str(node.rule.parameters["source"])

    def text(value: object) -> str:
        return "" if value is None else str(value)

    return {
        "index": index,
        "unit": unit,
        "criterion": code,
        "indicator": str(node.rule.parameters["indicator"]),
        "value": format(item.value.normalize(), "f"),
        "numerator": text(item.numerator),
        "denominator": text(item.denominator),
        "se": "" if item.se is None else repr(item.se),
        "df": text(item.df),
        "n": text(item.n),
        "source": source,
        "query": "thangdo demo (minh họa)",
        "source_sha256": "",
    }


def _values(rows: list[dict[str, str]]) -> Table:
    columns = SPECS["values"].columns
    return Table(columns, tuple(tuple(row[column] for column in columns) for row in rows), "values.csv")


def _units(register: Register, used: set[str]) -> Table:
    rows = csv.reader(io.StringIO(write_register(unit for unit in register if unit.unit in used)))
    header, *lines = list(rows)
    return Table(tuple(header), tuple(map(tuple, lines)), "units.csv")
