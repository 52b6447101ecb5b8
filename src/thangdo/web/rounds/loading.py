"""A round folder's value into rows: `store_round`, one recorded act."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from thangdo.evaluation import Round
from thangdo.findings import Gathered
from thangdo.methodology import set_hash, to_yaml
from thangdo.scoring import UnitInputs, score_unit
from thangdo.web.ledger.acting import ActInProgress, acting
from thangdo.web.registry.blocks_of_year import record_blocks
from thangdo.web.rounds import models as rows
from thangdo.web.rounds.conversion import KEPT, all_columns, kept_text, unknown_cells
from thangdo.web.rounds.points import compiled_set, typed
from thangdo.web.rounds.refusals import ActRefused

BATCH = 2000


def store_round(
    round_: Round,
    *,
    actor_id: int | None,
    at: datetime,
    phases: Mapping[str, str] | None = None,
    name_vi: str = "",
    name_en: str = "",
) -> rows.Round:
    """Write a round into the database. `phases` maps an index to the phase it is in (default: closed or prepare).

    Raises ActRefused where the id is taken, and `Refused` where marks stand outside units and sets.
    """
    if rows.Round.objects.filter(code=round_.id).exists():
        raise ActRefused("duplicate")
    _refuse_loose_rows(round_)
    with acting(ActInProgress("load_round", actor_id, at, round=round_.id)):
        stored = rows.Round.objects.create(
            code=round_.id,
            name_vi=name_vi or f"Đợt {round_.year}",
            name_en=name_en or f"Round {round_.year}",
            year=round_.year,
            state=round_.state,
            language=round_.language,
            illustrative=round_.illustrative,
            provenance=dict(round_.provenance),
            extra=dict(round_.extra),
            columns=all_columns(round_),
            created_at=at,
        )
        parts = _store_parts(stored, round_, phases or {}, at)
        _store_units(stored, round_)
        part_of = _store_members(round_, parts)
        _store_marks(round_, part_of, at)
        _store_claims(round_, part_of, at)
        _store_decisions(round_, parts)
        for name in KEPT:
            if name in round_.tables:
                rows.RoundTable.objects.create(round=stored, name=name, text=kept_text(round_.tables[name]))
        for part in parts:
            _store_submissions(part)
    return stored


def slugs(round_: Round) -> list[str]:
    """A part's name in addresses: its index, or index and first block where an index has several sets."""
    ids = [entry.id for entry in round_.indices]
    return [entry.id if ids.count(entry.id) == 1 else f"{entry.id}-{entry.blocks[0]}" for entry in round_.indices]


def _refuse_loose_rows(round_: Round) -> None:
    from thangdo.evaluation.marks import typed_marks
    from thangdo.evaluation.membership import members

    gathered = Gathered()
    everyone = members(round_, gathered)
    typed_marks(round_, everyone, gathered)
    gathered.refuse_errors()


def _store_parts(stored: rows.Round, round_: Round, phases: Mapping[str, str], at: datetime) -> list[rows.Part]:
    default = "closed" if round_.state == "final" else "prepare"
    return [
        rows.Part.objects.create(
            round=stored,
            position=position,
            index=entry.id,
            slug=slug,
            kind=entry.kind,
            blocks=list(entry.blocks),
            set_name=entry.set,
            set_text=to_yaml(round_.sets[entry.set]),
            set_hash=set_hash(round_.sets[entry.set]),
            phase=phases.get(slug, phases.get(entry.id, default)),
            phase_since=at,
        )
        for position, (entry, slug) in enumerate(zip(round_.indices, slugs(round_), strict=True))
    ]


def _store_units(stored: rows.Round, round_: Round) -> None:
    rows.RoundUnit.objects.bulk_create(
        [
            rows.RoundUnit(
                round=stored,
                position=position,
                code=row["unit"],
                name_vi=row["name_vi"] or row["unit"],
                name_en=row["name_en"],
                short_vi=row["short_vi"],
                short_en=row["short_en"],
                columns=row,
            )
            for position, row in enumerate(round_.table("units").as_mappings())
            if row["unit"]
        ],
        batch_size=BATCH,
    )


PartOf = Mapping[tuple[str, str], tuple[rows.Part, str]]


def _store_members(round_: Round, parts: list[rows.Part]) -> PartOf:
    """Members, and the part and block of each (index, unit)."""
    by_block = {(part.index, block): part for part in parts for block in part.blocks}
    found: dict[tuple[str, str], tuple[rows.Part, str]] = {}
    new = []
    for position, row in enumerate(round_.table("membership").as_mappings()):
        if not row["unit"]:
            continue
        part = by_block[row["index"], row["block"]]
        found[row["index"], row["unit"]] = (part, row["block"])
        new.append(
            rows.Member(
                part=part,
                position=position,
                block=row["block"],
                unit=row["unit"],
                ranked=row["ranked"],
                extra=unknown_cells(row, "membership"),
            )
        )
    rows.Member.objects.bulk_create(new, batch_size=BATCH)
    for index in {part.index for part in parts}:
        in_index = [member for member in new if member.part.index == index]
        record_blocks(index, round_.year, {row.unit: (row.block, row.ranked.casefold() != "false") for row in in_index})
    return found


def _store_marks(round_: Round, part_of: PartOf, at: datetime) -> None:
    """One row a layer, criterion and appraiser, with the points scoring gives it."""
    cells: dict[tuple[str, str], dict[tuple[str, str, str], dict[str, Any]]] = defaultdict(dict)
    for row in round_.table("marks").as_mappings():
        if not row["index"]:
            continue
        inputs = cells[row["index"], row["unit"]].setdefault((row["criterion"], row["layer"], row["appraiser"]), {})
        entry: dict[str, Any] = {"value": row["value"], "reason": row["reason"], "given_at": row["given_at"]}
        entry.update(unknown_cells(row, "marks"))
        if row["value"] == "":
            entry["_blank"] = True
        inputs[row["field"]] = entry
    new = []
    for (index, unit), marks in cells.items():
        part, block = part_of[index, unit]
        known = _points(part, block, unit, marks)
        new += [
            rows.Mark(
                part=part,
                unit=unit,
                criterion=criterion,
                layer=layer,
                appraiser=appraiser,
                inputs=inputs,
                points=known[criterion, layer, appraiser][0],
                maximum=known[criterion, layer, appraiser][1],
                changed_at=at,
            )
            for (criterion, layer, appraiser), inputs in marks.items()
        ]
    rows.Mark.objects.bulk_create(new, batch_size=BATCH)


def _points(
    part: rows.Part, block: str, unit: str, marks: Mapping[tuple[str, str, str], Mapping[str, Any]]
) -> dict[tuple[str, str, str], tuple[str, str]]:
    """Points and maximum of every mark of a unit, as text; one scoring for each appraiser in turn."""
    if part.kind != "points":
        return dict.fromkeys(marks, ("", ""))
    compiled = compiled_set(part.set_text)
    found: dict[tuple[str, str, str], tuple[str, str]] = {}
    by_turn: dict[int, dict[str, dict[str, dict[str, Any]]]] = {}
    turns: dict[tuple[str, str, str], int] = {}
    for criterion, layer, appraiser in marks:
        turn = sum(1 for key in turns if key[:2] == (criterion, layer)) if appraiser else 0
        turns[criterion, layer, appraiser] = turn
        fields = {name: str(entry["value"]) for name, entry in marks[criterion, layer, appraiser].items()}
        values, _ = typed(compiled.nodes[compiled.positions[criterion]], fields)
        by_turn.setdefault(turn, {}).setdefault(layer, {})[criterion] = dict(values)
    for turn, layers in by_turn.items():
        scored = score_unit(compiled, UnitInputs(unit, block, layers))
        for (criterion, layer, appraiser), own in turns.items():
            if own == turn:
                position = compiled.positions[criterion]
                given = scored.layers[layer]
                points, maximum = given.points[position], given.maxima[position]
                found[criterion, layer, appraiser] = (
                    "" if points is None else format(points, "f"),
                    "" if maximum is None else format(maximum, "f"),
                )
    return found


def _store_claims(round_: Round, part_of: PartOf, at: datetime) -> None:
    """Evidence and appeals. A document the folder only names has no stored bytes here yet."""
    documents: dict[tuple[str, ...], rows.Document] = {}
    for row in round_.table("evidence").as_mappings():
        if not row["index"]:
            continue
        part, _ = part_of[row["index"], row["unit"]]
        key = (row["unit"], row["sha256"], row["name"], row["issuer"], row["number"], row["issued_on"])
        if key not in documents:
            documents[key] = rows.Document.objects.create(
                unit=row["unit"],
                file=rows.StoredFile.objects.filter(sha256=row["sha256"]).first(),
                name=row["name"],
                issuer=row["issuer"],
                number=row["number"],
                issued_on=row["issued_on"],
                sha256=row["sha256"],
                added_at=at,
            )
        rows.Attachment.objects.create(
            part=part,
            unit=row["unit"],
            criterion=row["criterion"],
            document=documents[key],
            extra=unknown_cells(row, "evidence"),
        )
    for row in round_.table("appeals").as_mappings():
        if not row["index"]:
            continue
        part, _ = part_of[row["index"], row["unit"]]
        named = ("unit", "criterion", "filed_at", "request", "decided_at", "outcome", "reason")
        rows.Appeal.objects.create(
            part=part, extra=unknown_cells(row, "appeals"), **{name: row[name] for name in named}
        )


def _store_decisions(round_: Round, parts: list[rows.Part]) -> None:
    first = {part.index: part for part in reversed(parts)}
    for row in round_.table("decisions").as_mappings():
        if row["index"] in first:
            named = ("kind", "number", "signed_on", "results_hash", "text")
            rows.Decision.objects.create(
                part=first[row["index"]],
                extra=unknown_cells(row, "decisions"),
                **{name: row[name] for name in named},
            )


def _store_submissions(part: rows.Part) -> None:
    if part.phase == "prepare":
        return
    state = "open" if part.phase == "self_score" else "approved"
    rows.Submission.objects.bulk_create(
        rows.Submission(part=part, unit=member.unit, state=state) for member in rows.Member.objects.filter(part=part)
    )
