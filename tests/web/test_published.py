"""What `/cong-bo/` shows: publications of one folder, and nothing that lies elsewhere."""

from __future__ import annotations

from pathlib import Path

import pytest

from thangdo.web.portal.published import file_of


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A folder with one publication (a link, as the demo makes it), beside a secret."""
    results = tmp_path / "results" / "2023"
    (results / "site").mkdir(parents=True)
    (results / "results.csv").write_text("index,block\n")
    (results / "site" / "index.html").write_text("<h1>Kết quả</h1>")
    (results / ".draft").write_text("no")
    (tmp_path / "results" / "secret.csv").write_text("secret")
    (results / "outside.csv").symlink_to(tmp_path / "results" / "secret.csv")
    published = tmp_path / "published"
    published.mkdir()
    (published / "2023").symlink_to("../results/2023", target_is_directory=True)
    return published


@pytest.mark.parametrize("path", ["2023/results.csv", "2023/site/index.html", "2023/site", "2023"])
def test_a_publication_and_its_tables_are_found(root: Path, path: str) -> None:
    assert file_of(root, path) is not None


@pytest.mark.parametrize(
    "path",
    ["2023/../secret.csv", "../results/secret.csv", "2023/outside.csv", "2023/.draft", "2022", "", "..", "2023/none"],
)
def test_nothing_else_of_the_machine_is_shown(root: Path, path: str) -> None:
    assert file_of(root, path) is None


def test_a_year_leads_to_its_site_and_the_sites_downloads_work(root: Path, client, db, settings) -> None:
    settings.PUBLISHED_ROOT = root
    assert client.get("/cong-bo/2023").headers["Location"] == "/cong-bo/2023/site/"
    assert "Kết quả" in b"".join(client.get("/cong-bo/2023/site/").streaming_content).decode()
    assert b"index,block" in b"".join(client.get("/cong-bo/2023/results.csv").streaming_content)
    assert client.get("/cong-bo/2024/").status_code == 404
    assert "2023" in client.get("/cong-bo/").content.decode()


def test_a_published_site_begins_in_the_readers_language(client, db, settings, tmp_path):
    for place in ("site", "site/en"):
        (tmp_path / "2023" / place).mkdir(parents=True)
        (tmp_path / "2023" / place / "index.html").write_text("x", encoding="utf-8")
    settings.PUBLISHED_ROOT = tmp_path
    assert client.get("/cong-bo/2023/")["Location"] == "/cong-bo/2023/site/"
    client.cookies["lang"] = "en"
    assert client.get("/cong-bo/2023/")["Location"] == "/cong-bo/2023/site/en/"
