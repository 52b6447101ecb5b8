"""Pages of the static site as values: an address and the HTML under it, for one language at a time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from thangdo.edition.ranking_values import ranges_over_choices, ranking_values
from thangdo.edition.sentences import finding
from thangdo.evaluation import IndexResults, Results
from thangdo.evaluation.blocks import block_name, index_name, index_short
from thangdo.evaluation.few_answers import TO_PRINT, TO_RANK, for_publication, is_survey_index
from thangdo.evaluation.membership import UnitName
from thangdo.evaluation.method import MethodNode, method_facts, method_nodes
from thangdo.evaluation.outputs import plain
from thangdo.evaluation.standing import score_percent
from thangdo.evaluation.unit_profile import UnitIndex, unit_profile
from thangdo.evaluation.vietnamese import sort_key
from thangdo.reporting.heat_map import HeatMap, HeatRow, heat_map
from thangdo.reporting.language import Language, translator
from thangdo.reporting.numbers import Absent, number, percent
from thangdo.reporting.points_lost import PointsLost, points_lost_table
from thangdo.reporting.ranking_table import class_chip, how_to_read, ranking_table


@dataclass(frozen=True, slots=True)
class Page:
    """`address` below the site's root, and the page's HTML."""

    address: str
    html: str


@dataclass(frozen=True, slots=True)
class ExtraPage:
    """A page made elsewhere that takes part in the site: its words, by language, and its body."""

    name: str
    title: str
    lead: str
    body: Markup


@cache
def _environment() -> Environment:
    folder = Path(__file__).parent / "templates"
    return Environment(
        loader=FileSystemLoader(folder),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def pages(results: Results, language: Language, extras: tuple[ExtraPage, ...] = ()) -> Iterator[Page]:
    """Every page of one language."""
    results = for_publication(results)
    site = _Site(results, language, extras)
    yield site.front()
    for index in results.indices:
        for block in index.entry.blocks:
            yield site.ranking(index, block)
    for unit in results.units:
        yield site.unit(unit)
    for index in results.indices:
        yield site.method(index)
    for added in extras:
        yield site.added(added)


@dataclass(frozen=True)
class _Site:
    results: Results
    language: Language
    extras: tuple[ExtraPage, ...]

    def _render(self, template: str, address: str, title: str, **values: Any) -> Page:
        depth = address.count("/") + (1 if self.language == "en" else 0)
        root = "../" * depth
        own = "../" * address.count("/")
        other = f"{root}en/{address}" if self.language == "vi" else f"{root}{address}"
        html = (
            _environment()
            .get_template(template)
            .render(
                _=translator("edition", self.language),
                language=self.language,
                title=title,
                address=address,
                root=root,
                own=own,
                other=other,
                results=self.results,
                fingerprint=self.results.round_hash,
                menu=self._menu(own),
                **{"is_illustrative": self.results.illustrative, **values},
            )
        )
        return Page(address if self.language == "vi" else f"en/{address}", html)

    def _menu(self, own: str) -> list[tuple[str, str]]:
        _ = translator("edition", self.language)
        entries = [
            (f"{own}index.html", _("Rankings")),
            (f"{own}index.html#units", _("Units")),
            (f"{own}index.html#method", _("Method")),
        ]
        return entries + [(f"{own}{extra.name}.html", extra.title) for extra in self.extras]

    def front(self) -> Page:
        _ = translator("edition", self.language)
        rankings = [
            {
                "link": f"{index.id}-{block}.html",
                "finding": finding(self.results, index, block, self.language),
                "name": f"{index_name(index.id, self.language)} · {block_name(block, self.language)}",
                "top": self._top(index, block),
            }
            for index in self.results.indices
            for block in index.entry.blocks
        ]
        methods = {index.criteria_set.id: index.criteria_set.title[self.language] for index in self.results.indices}
        title = _("Results of %(year)s") % {"year": self.results.year}
        return self._render(
            "front.html",
            "index.html",
            title,
            rankings=rankings,
            groups=self._units_by_block(),
            methods=methods,
            notes=self._notes(),
        )

    def _units_by_block(self) -> list[tuple[str, list[UnitName]]]:
        """Every unit once, under the first block it is in, in the order of the reader's language."""
        groups: dict[str, list[UnitName]] = {}
        placed: set[str] = set()
        for index in self.results.indices:
            for block in index.entry.blocks:
                for row in index.block_rows(block):
                    if row.unit not in placed:
                        placed.add(row.unit)
                        groups.setdefault(block, []).append(self.results.units[row.unit])
        return [
            (block_name(block, self.language), sorted(units, key=lambda unit: sort_key(unit.full(self.language))))
            for block, units in groups.items()
        ]

    def _notes(self) -> list[str]:
        provenance = self.results.provenance
        first = provenance.get(f"note_{self.language}")
        found = [str(first)] if first else []
        for note in provenance.get("notes", ()):
            found.append(
                f"{index_short(note['index'], self.language)}, {block_name(note['block'], self.language)}: {note[self.language]}"
            )
        return found

    def _top(self, index: IndexResults, block: str) -> list[str]:
        rows = [row for row in index.block_rows(block) if row.rank is not None][:3]
        return [
            f"{row.rank}. {self.results.units[row.unit].short(self.language)} {number(row.points, self.language) if row.points is not None else ''}"
            for row in rows
        ]

    def ranking(self, index: IndexResults, block: str) -> Page:
        table = ranking_values(self.results, index, block, self.language)
        _ = translator("edition", self.language)
        where = f"{index_name(index.id, self.language)} {self.results.year} · {block_name(block, self.language)}"
        return self._render(
            "ranking.html",
            f"{index.id}-{block}.html",
            finding(self.results, index, block, self.language),
            where=where,
            table=ranking_table(table, self.language),
            heat=self._heat(index, block),
            how=how_to_read(table, self.language),
            facts=method_facts(index.criteria_set, self.language),
            method=f"method/{index.criteria_set.id}.html",
            notes=[
                *(note for note in self._notes() if note.startswith(index_short(index.id, self.language))),
                *self._few_answers(index, block),
            ],
            choices=ranges_over_choices(self.results, index, block, self.language),
        )

    def _few_answers(self, index: IndexResults, block: str) -> list[str]:
        """What is not printed or not ranked, where a survey's units have too few answers."""
        thin = [row for row in index.block_rows(block) if (index.id, row.unit) in self.results.few_answers]
        if not thin or not is_survey_index(index.criteria_set):
            return []
        _ = translator("edition", self.language)
        return [
            _("%(count)s units with fewer than %(rank)s answers are not ranked; below %(print)s nothing is printed.")
            % {"count": len(thin), "rank": TO_RANK, "print": TO_PRINT}
        ]

    def unit(self, unit: str) -> Page:
        _ = translator("edition", self.language)
        name = self.results.units[unit]
        profile = unit_profile(self.results, unit, self.language, in_public=True)
        ranked = [item for item in profile if item.row.rank is not None]
        title = name.full(self.language)
        if ranked:
            first = ranked[0]
            title = _("%(unit)s: rank %(rank)s of %(all)s in the %(index)s") % {
                "unit": name.full(self.language),
                "rank": first.row.rank,
                "all": first.ranked,
                "index": index_short(first.index, self.language),
            }
        sections = [self._section(item) for item in profile]
        return self._render(
            "unit.html", f"units/{unit}.html", title, unit=name, sections=sections, notes=self._notes()[:1]
        )

    def _section(self, item: UnitIndex) -> dict[str, Any]:
        _ = translator("edition", self.language)
        row = item.row
        heading = f"{index_name(item.index, self.language)} · {block_name(row.block, self.language)}"
        caption = f"{_('Points lost by criterion')}: {heading}"
        return {
            "heading": heading,
            "link": f"../{item.index}-{row.block}.html",
            "method": f"../method/{item.set_id}.html",
            "points": "–" if row.points is None else number(row.points, self.language),
            "maximum": "–" if row.maximum is None else number(Decimal(plain(row.maximum)), self.language),
            "percent": "" if row.percent is None else percent(row.percent, self.language),
            "rank": row.rank,
            "all": item.ranked,
            "chip": class_chip(item.class_name, item.class_level) if item.class_name else "",
            "lost": points_lost_table(
                [PointsLost(loss.code, loss.text, loss.points, loss.maximum) for loss in item.losses],
                caption,
                self.language,
            )
            if item.losses
            else "",
            "why": [(loss.code, loss.text, loss.why) for loss in item.losses if loss.why],
            "gap": "" if item.unnamed else self._gap(item),
            "unnamed": _(
                "%(count)s criteria are not named: they rest on fewer than %(print)s answers, or would give away those that do."
            )
            % {"count": item.unnamed, "print": TO_PRINT}
            if item.unnamed
            else "",
        }

    def _gap(self, item: UnitIndex) -> str:
        """What is missing to the next class, and the fewest criteria that would close it."""
        gap = item.gap
        if gap is None or gap.lifts is None or not gap.lifts:
            return ""
        _ = translator("edition", self.language)
        listed = ", ".join(f"{lift.code} (+{number(lift.points, self.language)})" for lift in gap.lifts[:4])
        more = len(gap.lifts) - 4
        if more > 0:
            listed += _(" and %(count)s more") % {"count": more}
        if gap.percent_short:
            return _(
                "%(short)s percentage points short of %(class)s; the fewest criteria that would close it: %(list)s"
            ) % {
                "short": number(gap.percent_short, self.language, 2),
                "class": item.next_class,
                "list": listed,
            }
        return _("the score reaches %(class)s; its further conditions need: %(list)s") % {
            "class": item.next_class,
            "list": listed,
        }

    def _heat(self, index: IndexResults, block: str) -> Markup | None:
        """Percent of every pillar for every unit of a points index."""
        if index.scored is None:
            return None
        pillars = [
            node for node in index.criteria_set.children if node.role == "normal" and node.applies.covers(block, "")
        ]
        if not 2 <= len(pillars) <= 12:
            return None
        scores = {unit.unit: unit.final for unit in index.scored.scores}
        positions = [index.scored.compiled.positions[node.code] for node in pillars]
        rows = []
        for row in index.block_rows(block):
            final = scores[row.unit]
            values: list[Decimal | Absent] = []
            for position in positions:
                share = score_percent(final.points[position], final.maxima[position])
                values.append(Absent.NOT_APPLICABLE if share is None else share)
            rows.append(HeatRow(self.results.units[row.unit].short(self.language), values, f"units/{row.unit}.html"))
        _ = translator("edition", self.language)
        numbers = [value for row in rows for value in row.values if isinstance(value, Decimal)]
        low = Decimal(int(min(numbers, default=Decimal(0)) / 10) * 10)
        columns = [f"{node.code}. {node.text[self.language]}" for node in pillars]
        return heat_map(HeatMap(_("Percent of the maximum by pillar"), columns, rows, low, Decimal(100)), self.language)

    def method(self, index: IndexResults) -> Page:
        method = index.criteria_set
        nodes: list[MethodNode] = method_nodes(method, self.language)
        _ = translator("edition", self.language)
        shown = [
            {
                "depth": node.depth,
                "code": node.code,
                "text": node.text,
                "maximum": "" if node.maximum is None else number(Decimal(plain(node.maximum)), self.language),
                "weight": "" if node.weight is None else number(Decimal(plain(node.weight)), self.language),
                "rule": node.rule,
                "evidence": node.evidence,
                "source": node.source,
            }
            for node in nodes
        ]
        has_weights = any(node["weight"] for node in shown)
        return self._render(
            "method.html",
            f"method/{method.id}.html",
            method.title[self.language],
            method=method,
            nodes=shown,
            has_weights=has_weights,
            facts=method_facts(method, self.language),
            legal=[text[self.language] for text in method.edition.legal_basis],
        )

    def added(self, page: ExtraPage) -> Page:
        return self._render(
            "added.html", f"{page.name}.html", page.title, lead=page.lead, body=page.body, is_illustrative=False
        )
