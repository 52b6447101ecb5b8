"""A check of answers from file to folder: `accepted.csv`, `rejects.csv`, `check.json`."""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np

from thangdo.findings import Finding, Gathered, Refused, Where, describe
from thangdo.proof import content_hash, file_hash
from thangdo.survey.questionnaire import Questionnaire
from thangdo.survey.questionnaire_codes import RESPONSE_CODES
from thangdo.survey.questionnaire_reading import as_document
from thangdo.survey.responses import Responses, read_responses
from thangdo.survey.responses_check import Faults, check_columns, faults
from thangdo.survey.responses_quality import FLAGS

REJECT_COLUMNS = ("row", "column", "code", "reason", "found", "expected")
_CODES = {code.code: code for code in RESPONSE_CODES}
Language = Literal["vi", "en"]


@dataclass(frozen=True)
class Checked:
    """What a check found: `read` = `accepted` + `rejected`; how often each fault and each flag occurred."""

    read: int
    accepted: int
    rejected: int
    faults: dict[str, int]
    flags: dict[str, int]
    notes: Gathered

    def as_json(self) -> dict[str, Any]:
        return {
            "read": self.read,
            "accepted": self.accepted,
            "rejected": self.rejected,
            "faults": self.faults,
            "flags": self.flags,
            "unknown_columns": [finding.found for finding in self.notes],
        }


def check_responses(
    path: Path, questionnaire: Questionnaire, out: Path, *, language: Language = "vi", sheet: str | None = None
) -> Checked:
    """Check a file of answers and write the folder `out` (files built beside, then renamed).

    Wrong rows are listed, never mended; flags never take a row away. Raises Refused where the file cannot
    be read or a question has no column.
    """
    responses = read_responses(path, sheet)
    notes = check_columns(questionnaire, responses)
    notes.refuse_errors()
    found = [fault for fault in faults(questionnaire, responses) if fault.where.any()]
    bad = np.zeros(len(responses), dtype=bool)
    for fault in found:
        bad |= fault.where
    flags = {flag.column: flag.function(questionnaire, responses) & ~bad for flag in FLAGS}
    counts: dict[str, int] = {}
    for fault in found:
        counts[fault.code] = counts.get(fault.code, 0) + int(fault.where.sum())
    if responses.broken:
        counts["SUR131"] = len(responses.broken)
    checked = Checked(
        read=len(responses) + len(responses.broken),
        accepted=int((~bad).sum()),
        rejected=int(bad.sum()) + len(responses.broken),
        faults=counts,
        flags={name: int(where.sum()) for name, where in flags.items()},
        notes=notes,
    )
    if checked.read != checked.accepted + checked.rejected:
        raise Refused([Finding("SUR001", Where(path.name), str(checked.read), str(checked.accepted))])
    staging = out.with_name(f".{out.name}.partial")
    shutil.rmtree(staging, ignore_errors=True)
    staging.mkdir(parents=True)
    try:
        _write_accepted(staging / "accepted.csv", responses, ~bad, flags)
        _write_rejects(staging / "rejects.csv", responses, found, language)
        document = {
            "format": "thangdo-survey-check/1",
            "questionnaire": questionnaire.id,
            "questionnaire_sha256": content_hash(as_document(questionnaire)),
            "source": path.name,
            "source_sha256": file_hash(path),
            **checked.as_json(),
        }
        (staging / "check.json").write_text(json.dumps(document, ensure_ascii=False, indent=1) + "\n", "utf-8")
        out.mkdir(parents=True, exist_ok=True)
        for file in sorted(staging.iterdir()):
            file.replace(out / file.name)
    finally:
        shutil.rmtree(staging, ignore_errors=True)
    return checked


def _write_accepted(path: Path, responses: Responses, good: Any, flags: dict[str, Any]) -> None:
    import pyarrow as pa
    from pyarrow import csv as arrow

    columns = {}
    for name, column in responses.columns.items():
        codes = column.codes[good].astype(np.int32)
        indices = pa.array(codes, mask=codes < 0)
        columns[name] = pa.DictionaryArray.from_arrays(indices, pa.array(column.categories, pa.string())).cast(
            pa.string()
        )
    for name, where in flags.items():
        columns[name] = pa.array(where[good].astype(np.int8))
    with path.open("wb") as stream:
        # Arrow would quote the header; ours is written as the other rows are.
        stream.write((",".join(_quoted(name) for name in columns) + "\n").encode())
        # Quotes only where a cell needs them: Arrow's own rule would quote every text.
        special = any(_quoted(str(c)) != str(c) for col in responses.columns.values() for c in col.categories)
        options = arrow.WriteOptions(include_header=False, quoting_style="needed" if special else "none")
        arrow.write_csv(pa.table(columns), stream, options)


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"' if any(sign in name for sign in ',"\n\r') else name


def _write_rejects(path: Path, responses: Responses, found: Sequence[Faults], language: Language) -> None:
    """One line a fault, in order of row, then of column."""
    import pandas as pd

    tables = []
    order = {name: number for number, name in enumerate(responses.columns)}
    for fault in found:
        places = np.flatnonzero(fault.where)
        column = responses.columns[fault.column]
        cells = np.append(column.categories, "")[column.codes[places]]
        expected = fault.expected_rows[places].astype(str) if fault.expected_rows is not None else fault.expected
        table = pd.DataFrame({"row": responses.rows[places], "column": fault.column, "code": fault.code})
        table["found"], table["expected"] = cells, expected
        table["at"] = order[fault.column]
        tables.append(table)
    for row, width in responses.broken:
        tables.append(
            pd.DataFrame(
                {
                    "row": [row],
                    "column": [""],
                    "code": ["SUR131"],
                    "found": [str(width)],
                    "expected": [str(len(order))],
                    "at": [0],
                }
            )
        )
    if not tables:
        path.write_text(",".join(REJECT_COLUMNS) + "\n", "utf-8")
        return
    whole = pd.concat(tables, ignore_index=True).sort_values(["row", "at", "code"], kind="stable")
    # The sentence is made once for each different triple of code, found and expected.
    keys = list(zip(whole["code"], whole["found"], whole["expected"], strict=True))
    sentences = {key: _reason(*key, language) for key in set(keys)}
    whole["reason"] = [sentences[key] for key in keys]
    whole.to_csv(path, columns=list(REJECT_COLUMNS), index=False, lineterminator="\n")


def _reason(code: str, found: str, expected: str, language: Language) -> str:
    return describe(Finding(code, found=found, expected=expected), _CODES[code], language)[0]
