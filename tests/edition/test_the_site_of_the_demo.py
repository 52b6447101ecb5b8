"""The static site, read as its visitors read it: every page, every link, with and without a browser."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser

from thangdo.cli.demo import PublishedTables, evaluate_year, published_tables
from thangdo.cli.demo_surveys import write_surveys
from thangdo.demo import CityYear, demo_year
from thangdo.evaluation import Round
from thangdo.evaluation.library import shipped_set, shipped_sets

pytestmark = pytest.mark.xdist_group("edition")
# One page of each kind; their siblings are made by the same function from other rows.
KINDS = (
    "index.html",
    "par-so_nganh.html",
    "dti-dia_phuong.html",
    "ddci-so_nganh.html",
    "sipas-dia_phuong.html",
    "units/Z29.NV.html",
    "method/hcm-par-2023-so-nganh.html",
    "method/ddci-2023-so-nganh.html",
    "published.html",
)


@pytest.fixture(scope="module")
def city() -> CityYear:
    given: PublishedTables = published_tables()
    sets = {set_id: shipped_set(set_id) for set_id in shipped_sets()}
    return demo_year(sets, given.register, given.tables, 2023)


@pytest.fixture(scope="module")
def year(city: CityYear) -> Round:
    return city.round


@pytest.fixture(scope="module")
def site(city: CityYear, tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("demo")
    write_surveys(root, city.surveys)
    evaluate_year(root, city.round, city.surveys, published_tables(), True)
    return root / "results" / city.round.id / "site"


class Links(HTMLParser):
    """What a page refers to, and what it must not hold."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.ids: set[str] = set()
        self.scripts = 0
        self.language = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        values = dict(attributes)
        self.scripts += tag == "script"
        if tag == "html":
            self.language = values.get("lang") or ""
        self.ids.add(values.get("id") or "")
        self.found += [values[name] or "" for name in ("href", "src") if name in values]


def pages_of(site: Path) -> list[Path]:
    return sorted(site.rglob("*.html"))


def test_every_link_of_every_page_leads_somewhere_local(site: Path) -> None:
    read = {path: Links(path.read_text(encoding="utf-8")) for path in pages_of(site)}
    broken = []
    for path, page in read.items():
        for link in page.found:
            parts = urlsplit(link)
            assert not parts.scheme and not parts.netloc, f"{path}: {link} leaves the site"
            target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
            if not target.is_file() or (parts.fragment and target in read and parts.fragment not in read[target].ids):
                broken.append(f"{path.relative_to(site)}: {link}")
    assert broken == []


def test_every_page_says_its_language_its_data_and_needs_no_script(site: Path) -> None:
    for path in pages_of(site):
        text = path.read_text(encoding="utf-8")
        language = "en" if "en" in path.relative_to(site).parts else "vi"
        page = Links(text)
        assert (page.language, page.scripts) == (language, 0), path
        # The page of printed figures is the one page that is not illustrative, and says that too.
        if path.name == "published.html":
            mark = "these are real figures" if language == "en" else "đây là số liệu thật"
        else:
            mark = "illustrative" if language == "en" else "minh họa"
        assert mark in text.lower(), path


def test_there_is_a_page_for_each_ranking_and_each_unit_in_both_languages(site: Path, year: Round) -> None:
    members = year.table("membership")
    at = {name: members.position(name) for name in ("index", "block", "unit")}
    for prefix in ("", "en/"):
        for row in members.rows:
            assert (site / f"{prefix}{row[at['index']]}-{row[at['block']]}.html").is_file()
            assert (site / f"{prefix}units/{row[at['unit']]}.html").is_file()
        for name in year.sets:
            assert (site / f"{prefix}method/{name}.html").is_file()


def test_the_front_page_states_each_rankings_finding_and_lists_units_as_people_do(site: Path) -> None:
    text = (site / "index.html").read_text(encoding="utf-8")
    assert "20 trong 26 sở, ban, ngành đạt loại Xuất sắc" in text
    districts = re.findall(r">(Quận \d+)</a>", text)
    assert districts == [f"Quận {number}" for number in (1, 3, 4, 5, 6, 7, 8, 10, 11, 12)]


def test_what_was_published_stands_apart_from_the_illustrative(site: Path) -> None:
    text = (site / "published.html").read_text(encoding="utf-8")
    for said in ("96,95", "22,6 triệu hồ sơ", "dưới 198", "99,84", "EVA520"):
        assert said in text
    assert "Đây là số liệu thật, không phải số liệu minh họa." in text


@pytest.mark.parametrize("address", KINDS)
def test_a_page_has_no_axe_finding_at_either_width_in_either_language(
    site: Path, browser: Browser, address: str
) -> None:
    assert (site / address).is_file(), sorted(path.name for path in (site / "units").iterdir())[:5]
    context = browser.new_context(java_script_enabled=True)
    page = context.new_page()
    for prefix in ("", "en/"):
        page.goto((site / f"{prefix}{address}").as_uri())
        for width in (360, 1280):
            page.set_viewport_size({"width": width, "height": 900})
            found = Axe().run(page)
            assert found.violations_count == 0, found.generate_report()
            assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth + 1"), (prefix, width)
    context.close()
