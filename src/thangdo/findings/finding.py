"""A finding: what is wrong, where, what was expected, what was found."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from thangdo.findings.code import Severity


@dataclass(frozen=True, slots=True, order=True)
class Where:
    """A place a reader can go to: file, line or row (counted from 1, header included), column, node."""

    file: str = ""
    row: int = 0
    column: str = ""
    node: str = ""

    def __str__(self) -> str:
        parts = [self.file] if self.file else []
        if self.row:
            parts.append(str(self.row))
        if self.column:
            parts.append(self.column)
        place = ":".join(parts)
        return f"{place} [{self.node}]" if self.node else place


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to mend. Texts are made from the code's row when it is shown, never stored here."""

    code: str
    where: Where = Where()
    found: str = ""
    expected: str = ""
    severity: Severity = "error"
    facts: Mapping[str, Any] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        return {
            "code": self.code,
            "severity": self.severity,
            "file": self.where.file,
            "row": self.where.row,
            "column": self.where.column,
            "node": self.where.node,
            "found": self.found,
            "expected": self.expected,
            "facts": {key: str(value) for key, value in self.facts.items()},
        }


class Gathered:
    """Findings of one run, in the order they were met. All of them are gathered before anything fails.

    `limit` bounds what is kept per code (a million bad rows are one million findings of few codes);
    `count` still counts every one.
    """

    def __init__(self, limit: int = 1000) -> None:
        self.limit = limit
        self._kept: list[Finding] = []
        self._counts: dict[str, int] = {}
        self._errors = 0

    def add(self, finding: Finding) -> None:
        seen = self._counts.get(finding.code, 0)
        self._counts[finding.code] = seen + 1
        self._errors += finding.severity == "error"
        if seen < self.limit:
            self._kept.append(finding)

    def extend(self, findings: Iterable[Finding]) -> None:
        for finding in findings:
            self.add(finding)

    def __iter__(self) -> Iterator[Finding]:
        return iter(self._kept)

    def __len__(self) -> int:
        return len(self._kept)

    @property
    def counts(self) -> Mapping[str, int]:
        """How many findings of each code there were, kept or not."""
        return dict(self._counts)

    @property
    def has_errors(self) -> bool:
        return self._errors > 0

    def refuse_errors(self) -> None:
        """Raise `Refused` with everything gathered if any of it is an error."""
        if self.has_errors:
            raise Refused(self._kept, self._counts)


class Refused(Exception):
    """Input that a person must mend first. Carries every finding of the run."""

    def __init__(self, findings: Iterable[Finding], counts: Mapping[str, int] | None = None) -> None:
        self.findings = tuple(findings)
        if counts is None:
            counts = {}
            for finding in self.findings:
                counts[finding.code] = counts.get(finding.code, 0) + 1
        self.counts = dict(counts)
        super().__init__("; ".join(f"{f.code} {f.where} {f.found}".strip() for f in self.findings[:5]))
