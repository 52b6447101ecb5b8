"""Survey figures that rest on few answers: under 10 nothing is printed, under 30 nothing is ranked in public."""

from __future__ import annotations

import csv
import shutil
from dataclasses import replace

import pytest

from thangdo.edition.pages import pages
from thangdo.evaluation import Results, evaluate, read_round
from thangdo.evaluation.few_answers import for_publication, hidden_criteria
from thangdo.evaluation.folder import library_round
from thangdo.evaluation.unit_profile import unit_profile
from thangdo.evaluation.workbook import results_sheets

# Of the shipped example: seven answers about HEPZA's first DDCI indicator, twenty about another unit's, five behind
# a third unit's satisfaction in the PAR index.
SEVEN, TWENTY, FIVE = "Z29.HEPZA", "Z29.ATTP", "Z29.NV"


@pytest.fixture(scope="module")
def whole() -> Results:
    shipped = library_round("vi-du-2023")
    assert shipped is not None
    return evaluate(read_round(shipped))


@pytest.fixture(scope="module")
def thin(tmp_path_factory: pytest.TempPathFactory) -> Results:
    shipped = library_round("vi-du-2023")
    assert shipped is not None
    folder = tmp_path_factory.mktemp("few") / "round"
    shutil.copytree(shipped, folder)
    path = folder / "values.csv"
    with path.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    first = next(row["criterion"] for row in rows if row["index"] == "ddci")
    few = {("ddci", SEVEN, first): "7", ("ddci", TWENTY, first): "20", ("par", FIVE, "8.1"): "5"}
    changed = 0
    for row in rows:
        n = few.get((row["index"], row["unit"], row["criterion"]))
        if n is not None:
            row["n"], changed = n, changed + 1
    assert changed == 3
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    return evaluate(read_round(folder))


def test_the_computed_results_stay_whole(whole: Results, thin: Results) -> None:
    for unit in (SEVEN, TWENTY):
        assert thin.row("ddci", unit) == whole.row("ddci", unit)
        assert thin.row("ddci", unit).rank is not None  # type: ignore[union-attr]


def test_under_ten_no_number_and_under_thirty_no_rank(thin: Results) -> None:
    printed = for_publication(thin)
    seven, twenty = printed.row("ddci", SEVEN), printed.row("ddci", TWENTY)
    assert seven is not None
    assert twenty is not None
    assert (seven.points, seven.percent, seven.rank) == (None, None, None)
    assert twenty.points == thin.row("ddci", TWENTY).points  # type: ignore[union-attr]
    assert twenty.rank is None
    assert not {item.unit for item in printed.intervals if item.index == "ddci"} & {SEVEN, TWENTY}
    others = [row for row in printed.entries("ddci")[0].rows if row.unit not in (SEVEN, TWENTY)]
    assert others == [row for row in thin.entries("ddci")[0].rows if row.unit not in (SEVEN, TWENTY)]


def test_enough_answers_change_nothing(whole: Results) -> None:
    assert for_publication(whole) is whole


def test_the_workbook_holds_no_figure_of_seven_answers(thin: Results) -> None:
    results = next(rows for name, _, _, _, rows in results_sheets(thin, "vi") if name == "Kết quả")
    row = next(row for row in results if row[0] == "ddci" and row[2] == SEVEN)
    assert row[4:] == [None, row[5], None, None, ""]
    intervals = next(rows for name, _, _, _, rows in results_sheets(thin, "vi") if name == "Khoảng hạng")
    name = thin.units[SEVEN].full("vi")
    assert not [row for row in intervals if row[0] == "ddci" and row[2] == name]


def test_the_site_prints_neither_figure_nor_rank_and_says_why(thin: Results) -> None:
    html = {page.address: page.html for page in pages(thin, "vi")}
    assert "2 đơn vị có dưới 30 phiếu trả lời nên không xếp hạng" in html["ddci-so_nganh.html"]
    points = thin.row("ddci", SEVEN).points  # type: ignore[union-attr]
    printed = f"{points:.2f}".replace(".", ",")
    assert printed not in html["ddci-so_nganh.html"]
    assert printed not in html[f"units/{SEVEN}.html"]
    assert "dưới 10 phiếu" in html[f"units/{SEVEN}.html"]
    english = {page.address: page.html for page in pages(thin, "en")}
    assert "fewer than 10 answers" in english[f"en/units/{SEVEN}.html"]


def test_a_hidden_criterion_takes_its_smallest_neighbour_along(thin: Results) -> None:
    par = thin.entries("par")[0]
    losses = [loss.code for loss in next(i for i in unit_profile(thin, FIVE, "vi") if i.index == "par").losses]
    inside = [code for code in losses if code.startswith("8.") and code != "8.1"]
    assert hidden_criteria(thin, par, FIVE, losses) == {"8.1", *inside[-1:]}
    shown = next(i for i in unit_profile(thin, FIVE, "vi", in_public=True) if i.index == "par")
    assert "8.1" not in [loss.code for loss in shown.losses]
    assert shown.unnamed == len({"8.1", *inside[-1:]})
    # A second one of the same pillar already protects the first: nothing more is left out.
    both = replace(thin, few_answers={("par", FIVE): {"8.1": 5, "8.2": 6}})
    assert hidden_criteria(both, par, FIVE, losses) == {"8.1", "8.2"}
