"""The static site of an evaluation: built whole into a folder, in both languages, readable without script."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from thangdo.edition.pages import ExtraPage, pages
from thangdo.evaluation import Results
from thangdo.reporting.assets import FONTS, LICENCES, asset, stylesheet
from thangdo.reporting.language import LANGUAGES


def build_site(results: Results, folder: Path, extras: Mapping[str, tuple[ExtraPage, ...]] | None = None) -> int:
    """Write the site into `folder` (made here; the caller builds beside and renames). Returns how many pages."""
    assets = folder / "assets"
    assets.mkdir(parents=True)
    own = (Path(__file__).parent / "assets" / "site.css").read_text(encoding="utf-8")
    (assets / "style.css").write_text(f"{stylesheet()}\n{own}", encoding="utf-8")
    for name in (*FONTS, *LICENCES):
        (assets / name).write_bytes(asset(name))
    count = 0
    for language in LANGUAGES:
        for page in pages(results, language, (extras or {}).get(language, ())):
            path = folder / page.address
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(page.html, encoding="utf-8")
            count += 1
    return count
