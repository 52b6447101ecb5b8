"""What several tests of the dossier room look at and none changes."""

from __future__ import annotations

from pathlib import Path

import pytest

from thangdo.cli.entry import run


@pytest.fixture(scope="session")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A year of 3,000 generated dossiers with the year before; `made/` beside it holds the truth."""
    root = tmp_path_factory.mktemp("dossiers")
    assert run(["dossiers", "generate", "--rows", "3000", "--seed", "5", "--out", str(root / "made")]) == 0
    files = [str(path) for path in sorted((root / "made").glob("*.csv"))]
    assert run(["dossiers", "ingest", *files, "--store", str(root / "store")]) == 0
    return root / "store"
