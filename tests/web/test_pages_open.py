"""Every page draws for everyone who may open it, in both languages, within the bound on queries."""

from __future__ import annotations

import pytest
from django.urls import reverse

from thangdo.evaluation.library import set_path
from thangdo.web.rounds.models import Part

LEAF = ["thu-2024", "par", "U1", "1.2"]
PAGES = {
    "administrator": [("registry:units", []), ("registry:people", []), ("registry:person", ["officer"]), ("registry:unit", ["U1"]), ("registry:unit_import", []), ("registry:people_import", []), ("rounds:search", []), ("rounds:ledger", ["thu-2024"])],
    "manager": [("rounds:work", []), ("background:jobs", []), ("rounds:rounds", []), ("rounds:new_round", []), ("rounds:add_part", ["thu-2024"]), ("rounds:round", ["thu-2024"]), ("rounds:part", LEAF[:2]), ("rounds:assign", LEAF[:2]), ("rounds:deadlines", LEAF[:2]), ("rounds:extend", LEAF[:2]), ("rounds:results", LEAF[:2]), ("rounds:import", []), ("rounds:ledger", ["thu-2024"]), ("rounds:matrix", LEAF[:2]), ("rounds:agreement", LEAF[:2]), ("rounds:same_evidence", LEAF[:2]), ("rounds:unit_series", ["U1"]), ("rounds:submission", LEAF[:3]), ("rounds:criterion", LEAF), ("rounds:export", ["thu-2024"]), ("rounds:overview", LEAF[:2]), ("rounds:appeals", LEAF[:2])],
    "officer": [("rounds:work", []), ("rounds:part", LEAF[:2]), ("rounds:submission", LEAF[:3]), ("rounds:criterion", LEAF), ("rounds:appeals", LEAF[:2]), ("rounds:submission_workbook", LEAF[:3]), ("rounds:ledger_cell", LEAF), ("accounts:security", []), ("accounts:password", []), ("rounds:evidence_search", LEAF[:2])],
    "leader": [("rounds:work", []), ("rounds:submission", LEAF[:3]), ("registry:delegate", [])],
    "appraiser": [("rounds:work", []), ("rounds:matrix", LEAF[:2]), ("rounds:matrix_data", LEAF[:2]), ("rounds:criterion", LEAF)],
    "council": [("rounds:work", []), ("rounds:council", LEAF[:2]), ("rounds:results", LEAF[:2])],
    "secretary": [("rounds:work", []), ("rounds:council", LEAF[:2]), ("rounds:minutes", LEAF[:2])],
    "auditor": [("rounds:work", []), ("rounds:ledger", ["thu-2024"]), ("rounds:submission", LEAF[:3]), ("rounds:ledger_cell", LEAF)],
}  # fmt: skip
CASES = [(login, name, args) for login, pages in PAGES.items() for name, args in pages]


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize(("login", "name", "args"), CASES, ids=[f"{c[0]}-{c[1]}" for c in CASES])
def test_a_page_opens(city, login, name, args, language):
    client = city.client(login)
    client.cookies["lang"] = language
    response = client.get(reverse(name, args=args))
    assert response.status_code == 200, response.content.decode()[-600:]
    if response["Content-Type"].startswith("text/html"):
        page = response.content.decode()
        assert f'<html lang="{language}">' in page
        assert "Content-Security-Policy" in response.headers
        assert "unsafe-inline" not in response.headers["Content-Security-Policy"]
        assert " style=" not in page and "<script>" not in page


@pytest.mark.parametrize("address", ["/", "/dang-nhap/", "/phuong-phap/", "/cong-bo/", "/song"])
def test_public_pages_open_for_everyone(client, db, address):
    assert client.get(address).status_code == 200


@pytest.mark.parametrize("name", ["rounds:part", "rounds:overview", "rounds:matrix", "rounds:submission"])
def test_an_index_that_nobody_marks_has_its_pages_too(city, name):
    """A composite's indicators have no maximum: there is nothing to fill in, and no page stops over it."""
    text = set_path("ddci-2023-dia-phuong-fixed").read_text(encoding="utf-8")
    Part.objects.update(kind="composite", set_text=text, set_hash="f" * 64)
    args = LEAF[:3] if name == "rounds:submission" else LEAF[:2]
    answer = city.client("manager").get(reverse(name, args=args))
    if name == "rounds:submission":
        assert answer["Location"] == reverse("rounds:standing", args=args)
    else:
        assert answer.status_code == 200
