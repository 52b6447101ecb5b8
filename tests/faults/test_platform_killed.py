"""The power cord is pulled during saves and uploads: everything acknowledged is there, and nothing half; on both databases."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.faults.officers import Office, hire
from tests.web.postgresql import postgresql
from tests.web.running import in_platform, prepare, serving
from thangdo.proof import file_hash

SAVES = 1000
LEFT = """
import json
from django.db import connection
from thangdo.web.ledger.models import Entry
from thangdo.web.rounds.models import Document, Mark, StoredFile
if connection.vendor == "sqlite":
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA integrity_check")
        assert cursor.fetchone() == ("ok",)
marks = Mark.objects.all()
print(json.dumps({
    "marks": {f"{row.unit}/{row.criterion}": [row.version, row.inputs["numerator"]["value"]] for row in marks},
    "entries": {
        f"{row.unit}/{row.criterion}": Entry.objects.filter(table="rounds_mark", object_id=str(row.pk)).count()
        for row in marks
    },
    "documents": list(Document.objects.values_list("name", flat=True)),
    "files": list(StoredFile.objects.values_list("sha256", flat=True)),
}))
"""


def pull_the_cord(root: Path, url: str = "") -> None:
    prepare(root, url)
    hire(root, url)
    with serving(root, url) as server:
        office = Office(server.address)
        office.start()
        office.wait_for(SAVES)
        server.kill()
        office.stop()
    left = json.loads(in_platform(root, LEFT, url).splitlines()[-1])
    assert set(office.saved) <= set(left["marks"])
    for place, (version, value) in office.saved.items():
        stored_version, stored_value = left["marks"][place]
        # One more may have been written without its answer reaching the client.
        assert stored_version in (version, version + 1)
        if stored_version == version:
            assert stored_value == value
        assert left["entries"][place] == stored_version
    assert set(office.uploaded) <= set(left["documents"])
    for sha256 in left["files"]:
        assert file_hash(root / "evidence" / sha256[:2] / sha256[2:4] / sha256) == sha256
    assert office.uploaded
    assert sum(version for version, _ in office.saved.values()) >= SAVES


@pytest.mark.xdist_group("platform")
def test_every_acknowledged_save_and_upload_survives_on_sqlite(tmp_path: Path):
    pull_the_cord(tmp_path / "platform")


@pytest.mark.xdist_group("platform")
def test_every_acknowledged_save_and_upload_survives_on_postgresql(tmp_path: Path):
    with postgresql() as url:
        pull_the_cord(tmp_path / "platform", url)
