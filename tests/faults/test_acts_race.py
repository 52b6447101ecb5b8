"""The same form from two windows at the same moment acts once: one act happens, the other is told that it did."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.web.postgresql import postgresql
from tests.web.running import in_platform, prepare

TWO_AT_ONCE = """
import json, threading
from datetime import date, timedelta
from django.db import connection
from django.utils import timezone
from thangdo.web.accounts.holders import holder_of
from thangdo.web.accounts.models import Grant, Person
from thangdo.web.ledger.models import Entry
from thangdo.web.registry.people import give_role, take_role
from thangdo.web.registry.reorganisation import NewUnit, Reorganisation
from thangdo.web.rounds.acts.act import Actor
from thangdo.web.rounds.acts.appeal import appeal
from thangdo.web.rounds.acts.approve_results import approve_results
from thangdo.web.rounds.acts.approve_submission import approve_submission
from thangdo.web.rounds.acts.ask_explanation import ask_explanation
from thangdo.web.rounds.acts.assign import assign
from thangdo.web.rounds.acts.attach_evidence import Described, attach, receive
from thangdo.web.rounds.acts.decide_appeal import decide_appeal
from thangdo.web.rounds.acts.move_phase import move_phase
from thangdo.web.rounds.acts.open_round import create_round
from thangdo.web.rounds.acts.prepare_council import add_item, conclude_item
from thangdo.web.rounds.acts.save_mark import save_mark
from thangdo.web.rounds.acts.reorganise import NotReorganised, reorganise
from thangdo.web.rounds.acts.send_back import send_back
from thangdo.web.rounds.acts.set_deadlines import extend
from thangdo.web.rounds.acts.submit import submit
from thangdo.web.rounds.acts.vote import vote
from thangdo.web.rounds.models import AgendaItem, Appeal, Mark, Part
from thangdo.web.rounds.refusals import DoneAlready
from thangdo.web.rounds.results import results_hash

at = timezone.localtime()
people = {person.login: person for person in Person.objects.select_related("unit")}

def who(login):
    return {"actor": Actor(people[login].pk, holder_of(people[login], at.date())), "at": at}

def part():
    return Part.objects.select_related("round").get()

found = {}

def at_once(name, act, times=4):
    # Each hand has read the page before any of them acts.
    start, ends = threading.Barrier(times), []
    before = Entry.objects.count()
    def hand(here):
        try:
            start.wait(30)
            given = act(here)
            ends.append("done" if not (given is False or isinstance(given, tuple) and given[1] is False) else "again")
        except DoneAlready:
            ends.append("again")
        except NotReorganised:
            ends.append("refused")
        except Exception as failure:
            ends.append(repr(failure))
        finally:
            connection.close()
    threads = [threading.Thread(target=hand, args=(part(),)) for _ in range(times)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    found[name] = [sorted(ends), Entry.objects.count() - before]

for unit, login in (("U1", "officer"), ("U2", "officer2"), ("U3", "officer3")):
    save_mark(part(), unit, "1.1", {"answer": "yes"}, "", 0, **who(login))
    save_mark(part(), unit, "1.2", {"numerator": "45", "denominator": "48"}, "", 0, **who(login))
    save_mark(part(), unit, "2.1", {"numerator": "5", "denominator": "6"}, "", 0, **who(login))
put, kind = receive([b"%PDF-1.4\\n% minh hoa"], "a.pdf")
at_once("attach", lambda here: attach(here, "U1", "1.2", Described("Báo cáo"), put, kind, **who("officer")))
at_once("extend", lambda here: extend(here, "U1", at + timedelta(days=60), "7/QĐ", "bão", **who("manager")))
at_once("assign", lambda here: assign(here, people["appraiser"], "1.2", **who("manager")))
at_once("submit", lambda here: submit(here, "U1", **who("officer")))
at_once("approve_submission", lambda here: approve_submission(here, "U1", **who("leader")))
at_once("send_back", lambda here: send_back(here, "U1", ["1.2"], "xem lại", **who("lead")))
at_once("give_role", lambda here: give_role(people["secretary"], "auditor", "", actor_id=people["administrator"].pk, at=at))
row = Grant.objects.get(person=people["secretary"], role="auditor")
at_once("take_role", lambda here: take_role(row, actor_id=people["administrator"].pk, at=at))
later = date(2040, 1, 1)
new, joined = NewUnit("U8", "Sở Mới", level="so_nganh"), NewUnit("U9", "Sở Chung")
created = Reorganisation("created", "1/NQ", later, (), (new,), "none")
at_once("create_unit", lambda here: reorganise(created, **who("administrator")))
names = iter(["Sở Một", "Sở Hai", "Sở Ba", "Sở Bốn"])
rival = lambda: Reorganisation("created", "3/NQ", later, (), (NewUnit("U7", next(names), level="so_nganh"),), "none")
at_once("rivals", lambda here: reorganise(rival(), **who("administrator")))
merged = Reorganisation("merged", "2/NQ", later, ("U2", "U3"), (joined,))
at_once("merge_units", lambda here: reorganise(merged, **who("administrator")))
at_once("create_round", lambda here: create_round("thu-2025", 2025, "Năm 2025", "", **who("manager")))
Part.objects.update(phase="explain")
at_once("ask", lambda here: ask_explanation(here, "U1", "1.2", "vì sao?", **who("lead")))
at_once("appeal", lambda here: appeal(here, "U1", "1.2", "đề nghị xem lại", **who("officer")))
key = Appeal.objects.get().pk
at_once("decide", lambda here: decide_appeal(here, key, "partly", "1.9", "có lý", unit="U1", **who("lead")))
at_once("move", lambda here: move_phase(here, "convene", "", **who("manager")))
at_once("add_item", lambda here: add_item(here, "U1", "1.2", "2", "đủ hồ sơ", **who("secretary")))
item = AgendaItem.objects.get().pk
at_once("vote", lambda here: vote(here, item, "for", **who("council")))
at_once("conclude", lambda here: conclude_item(here, item, **who("secretary")))
Part.objects.update(phase="approve")
seen = results_hash(part())
at_once("approve", lambda here: approve_results(here, "12/QĐ", "2025-02-20", seen, "", **who("manager")))
print(json.dumps(found))
"""
# Entries in the ledger of one act: most change one row; a new file comes with a document and a claim.
ENTRIES = {"attach": 3, "decide": 2, "conclude": 2, "move": 1, "create_unit": 2, "rivals": 2, "merge_units": 5}
# Four different units of one code: one is created, the others are refused, none changes what was created.
ENDS = {"rivals": ["done", "refused", "refused", "refused"]}


def shown_once(root: Path, url: str = "") -> None:
    prepare(root, url)
    found = json.loads(in_platform(root, TWO_AT_ONCE, url).splitlines()[-1])
    assert len(found) == 20
    same = ["again", "again", "again", "done"]
    expected = {name: [ENDS.get(name, same), ENTRIES.get(name, 1)] for name in found}
    assert found == expected


@pytest.mark.xdist_group("platform")
def test_an_act_asked_for_four_times_at_once_happens_once_on_sqlite(tmp_path: Path):
    shown_once(tmp_path)


@pytest.mark.xdist_group("platform")
def test_an_act_asked_for_four_times_at_once_happens_once_on_postgresql(tmp_path: Path):
    with postgresql(("-c", "fsync=off")) as url:
        shown_once(tmp_path, url)
