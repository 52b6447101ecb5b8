"""What the people asked in the demo's surveys think of each unit: the shares that their answers are drawn for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from random import Random

from thangdo.demo.counted import factors_for
from thangdo.demo.targets import Target
from thangdo.methodology import CriteriaSet


def citizens_aim(targets: Iterable[Target], seed: int) -> dict[str, dict[str, float]]:
    """Factor shares every unit of the PAR index aims at; the better the place, the less is lost."""
    found = {}
    for target in targets:
        rng = Random(f"{seed}/sipas/{target.unit}")
        lost = float(100 - target.percent) / 100 * rng.uniform(0.75, 1.5)
        found[target.unit] = factors_for(1 - lost, rng)
    return found


def officials_aim(targets: Iterable[Target], seed: int) -> dict[str, float]:
    """The share of officials and deputies content with each unit of the PAR index; less is lost by the better."""
    found = {}
    for target in targets:
        lost = float(100 - target.percent) / 100
        found[target.unit] = 1 - lost * Random(f"{seed}/internal/{target.unit}").uniform(0.5, 1.3)
    return found


def other_year(satisfied: Mapping[str, Mapping[str, float]], years: int, seed: int) -> dict[str, dict[str, float]]:
    """A little less satisfied in the year before, more in the year after, each unit and factor by its own amount."""
    rng = Random(f"{seed}/sipas-{'before' if years < 0 else 'after'}")
    return {
        unit: {
            factor: min(max(share + years * rng.uniform(-0.01, 0.05), 0.02), 0.985) for factor, share in factors.items()
        }
        for unit, factors in satisfied.items()
    }


def firms_aim(criteria_set: CriteriaSet, units: list[str], seed: int) -> dict[str, dict[str, float]]:
    """Firms' view of each unit: one level a unit, one tilt a component, noise an indicator."""
    found: dict[str, dict[str, float]] = {}
    for unit in units:
        rng = Random(f"{seed}/ddci/{unit}")
        level = rng.gauss(0.66, 0.07)
        found[unit] = {}
        for component in criteria_set.children:
            tilt = rng.gauss(0, 0.06)
            for leaf in component.children:
                assert leaf.rule is not None
                share = min(max(level + tilt + rng.gauss(0, 0.05), 0.08), 0.95)
                negative = leaf.rule.parameters.get("direction", Decimal(1)) < 0
                found[unit][str(leaf.rule.parameters["indicator"])] = 1 - share if negative else share
    return found
