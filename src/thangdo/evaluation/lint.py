"""Lint of whatever a path holds: a criteria set, a round, a folder of published tables."""

from __future__ import annotations

from pathlib import Path

from thangdo.evaluation.evaluating import gather_results
from thangdo.evaluation.folder import gather_round, library_round
from thangdo.evaluation.published import is_published_folder, lint_published
from thangdo.findings import Finding, Gathered, Refused, Where
from thangdo.methodology.document import read_document
from thangdo.methodology.lint import lint_set
from thangdo.methodology.reading import build, structure_findings


def lint_path(path: Path) -> Gathered:
    """Everything wrong at `path`, all at once. What kind of thing it is, is read off the path itself."""
    if path.is_dir() and is_published_folder(path):
        return lint_published(path)
    gathered = Gathered()
    if path.is_file() and path.suffix in (".yaml", ".yml"):
        lint_set_file(path, gathered)
    elif path.is_dir() and (path / "round.yaml").exists():
        lint_round(path, gathered)
    elif not path.is_dir() and (shipped := library_round(str(path))) is not None:
        lint_round(shipped, gathered)
    else:
        gathered.add(Finding("EVA063", Where(str(path)), str(path)))
    return gathered


def lint_set_file(path: Path, gathered: Gathered) -> None:
    """All findings of one criteria set file, warnings included."""
    try:
        document = read_document(path, path.name)
    except Refused as refused:
        gathered.extend(refused.findings)
        return
    structure = list(structure_findings(document))
    gathered.extend(structure)
    if not structure:
        gathered.extend(lint_set(build(document.data), document))


def lint_round(path: Path, gathered: Gathered) -> None:
    """All findings of a round: its files, its sets, its marks and values, and what keeps it from being final."""
    sets = path / "sets"
    for file in sorted(sets.glob("*.yaml")) if sets.is_dir() else ():
        own = Gathered()
        lint_set_file(file, own)
        gathered.extend(finding for finding in own if finding.severity != "error")
    round_ = gather_round(path, gathered)
    if round_ is not None and not gathered.has_errors:
        gather_results(round_, gathered)
