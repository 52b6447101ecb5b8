"""What figures can be split and filtered by, and how a dimension comes to a dossier. Engine-neutral."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from typing import Any

import ibis

from thangdo.dossiers.engines import Engine
from thangdo.dossiers.failure import DossiersFailure
from thangdo.dossiers.indicators.catalogues import Catalogues
from thangdo.dossiers.schema import CHANNELS


@dataclass(frozen=True, slots=True)
class Dimension:
    """What figures can be split and filtered by: its name, the catalogue and column it comes from."""

    code: str
    name_vi: str
    name_en: str
    catalogue: str
    column: str


DIMENSIONS = (
    Dimension("unit", "Đơn vị", "Unit", "", "unit_code"),
    Dimension("block", "Khối", "Block", "units", "block"),
    Dimension("field", "Lĩnh vực", "Field", "procedures", "field_code"),
    Dimension("procedure", "Thủ tục", "Procedure", "", "procedure_code"),
    Dimension("channel", "Kênh tiếp nhận", "Channel", "", "channel"),
    Dimension("level", "Cấp giải quyết", "Level", "procedures", "level"),
    Dimension("month", "Tháng", "Month", "", ""),
)
BY_CODE = {row.code: row for row in DIMENSIONS}

Where = Mapping[str, Sequence[str]]


def check_dimensions(codes: Sequence[str]) -> tuple[str, ...]:
    """The dimensions asked for, in the order of `DIMENSIONS`. DossiersFailure DOS304 for an unknown one."""
    unknown = [code for code in codes if code not in BY_CODE]
    if unknown:
        raise DossiersFailure("DOS304", found=", ".join(unknown), expected=", ".join(BY_CODE))
    return tuple(code for code in BY_CODE if code in codes)


def restricted(dossiers: Any, where: Where, catalogues: Catalogues) -> Any:
    """The dossiers within a filter: dimension -> wanted values (months are a span, see `span_of`)."""
    check_dimensions(tuple(where))
    for code, wanted in where.items():
        row = BY_CODE[code]
        if row.code == "month":
            continue
        if not row.catalogue:
            dossiers = dossiers.filter(dossiers[row.column].isin(list(wanted)))
            continue
        frame = catalogues.units if row.catalogue == "units" else catalogues.procedures
        key = "unit_code" if row.catalogue == "units" else "procedure_code"
        codes = frame.loc[frame[row.column].isin(list(wanted)), key].tolist()
        dossiers = dossiers.filter(dossiers[key].isin(codes or ["\0none"]))
    return dossiers


def unknown_values(where: Where, catalogues: Catalogues) -> list[tuple[str, str, tuple[str, ...]]]:
    """Values of a filter that no dossier can have: dimension, value, the nearest values there are (at most ten).

    Months have a check of their own. A unit or procedure is unknown only where its catalogue was ingested.
    """
    found = []
    for code, wanted in where.items():
        row = BY_CODE[code]
        if code == "month":
            continue
        known = set(CHANNELS) if code == "channel" else _known(row, catalogues)
        if not known and not row.catalogue:
            continue
        for value in wanted:
            if value not in known:
                near = get_close_matches(value, sorted(known), n=10, cutoff=0.3) or sorted(known)[:10]
                found.append((code, value, tuple(near)))
    return found


def _known(row: Dimension, catalogues: Catalogues) -> set[str]:
    frame = catalogues.units if row.code in ("unit", "block") else catalogues.procedures
    return {value for value in frame[row.column] if isinstance(value, str) and value}


def procedures_within(catalogues: Catalogues, where: Where) -> Catalogues:
    """The catalogues with the procedures that a filter by field, level or procedure leaves."""
    frame = catalogues.procedures
    for code in ("field", "level", "procedure"):
        if code in where:
            frame = frame[frame[BY_CODE[code].column].isin(list(where[code]))]
    return replace(catalogues, procedures=frame)


def with_dimensions(engine: Engine, dossiers: Any, codes: Sequence[str], catalogues: Catalogues) -> Any:
    """The dossiers with one column per dimension, named after it; what a catalogue does not know is blank."""
    for catalogue, key, frame in (
        ("units", "unit_code", catalogues.units),
        ("procedures", "procedure_code", catalogues.procedures),
    ):
        wanted = [BY_CODE[code] for code in codes if BY_CODE[code].catalogue == catalogue]
        if not wanted:
            continue
        small = frame[[key, *(row.column for row in wanted)]].rename(columns={row.column: row.code for row in wanted})
        small = small.astype(object).where(small.notna(), "").rename(columns={key: f"{key}_of_{catalogue}"})
        if not len(small):
            dossiers = dossiers.mutate(**{row.code: ibis.literal("") for row in wanted})
            continue
        joined = engine.local(f"{catalogue}_{'_'.join(row.code for row in wanted)}", small.astype(str))
        dossiers = dossiers.left_join(joined, dossiers[key] == joined[f"{key}_of_{catalogue}"]).drop(
            f"{key}_of_{catalogue}"
        )
        dossiers = dossiers.mutate(**{row.code: dossiers[row.code].fill_null("") for row in wanted})
    plain = {code: dossiers[BY_CODE[code].column] for code in codes if not BY_CODE[code].catalogue and code != "month"}
    return dossiers.mutate(**plain) if plain else dossiers
