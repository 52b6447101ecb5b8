"""Many hands at once on a real PostgreSQL: every acknowledged save stands in the mark and in the ledger, none after the hand-in."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.web.postgresql import postgresql
from tests.web.running import in_platform, prepare

MANY_HANDS = """
import json, threading
from django.db import connection
from django.utils import timezone
from thangdo.web.accounts.holders import holder_of
from thangdo.web.accounts.models import Person
from thangdo.web.ledger.models import Entry
from thangdo.web.rounds.acts.act import Actor
from thangdo.web.rounds.acts.recall import recall
from thangdo.web.rounds.acts.save_mark import Conflict, save_mark
from thangdo.web.rounds.acts.submit import submit
from thangdo.web.rounds.models import Mark, Part
from thangdo.web.rounds.refusals import ActRefused

at = timezone.localtime()
part = Part.objects.select_related("round").get()
person = Person.objects.select_related("unit").get(login="officer")
actor = Actor(person.pk, holder_of(person, at.date()))
hands, failures = [], []

def together(*bodies):
    def guarded(body):
        try:
            body()
        except Exception as failure:
            failures.append(repr(failure))
        finally:
            connection.close()
    threads = [threading.Thread(target=guarded, args=(body,)) for body in bodies]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]

def hand(number):
    def body():
        version = 0
        for turn in range(20):
            fields = {"numerator": str(number * 20 + turn), "denominator": "1000"}
            while True:
                try:
                    version = save_mark(part, "U1", "1.2", fields, "", version, actor=actor, at=at).version
                    hands.append((version, fields["numerator"]))
                    break
                except Conflict as conflict:
                    version = conflict.version
    return body

together(*(hand(number) for number in range(6)))
mark = Mark.objects.get(unit="U1", criterion="1.2")
entries = list(Entry.objects.filter(table="rounds_mark", object_id=str(mark.pk)).order_by("id"))
found = {
    "acknowledged": sorted(version for version, _ in hands),
    "version": mark.version,
    "last": (mark.version, mark.inputs["numerator"]["value"]) in hands,
    "acts": sorted({(entry.act, entry.actor_id == person.pk, entry.place) for entry in entries}),
    "versions": [entry.after["version"] for entry in entries],
}

save_mark(part, "U1", "1.1", {"answer": "yes"}, "", 0, actor=actor, at=at)
save_mark(part, "U1", "2.1", {"numerator": "1", "denominator": "2"}, "", 0, actor=actor, at=at)
late, refused = 0, set()
for turn in range(10):
    def keep_saving():
        version = Mark.objects.get(unit="U1", criterion="1.2").version
        for number in range(200):
            try:
                version = save_mark(part, "U1", "1.2", {"numerator": str(number), "denominator": "7000"}, "", version, actor=actor, at=at).version
            except ActRefused as refusal:
                refused.add(refusal.code)
                return
    together(keep_saving, lambda: submit(part, "U1", actor=actor, at=at))
    handed_in = Entry.objects.filter(table="rounds_submission", act="submit").order_by("id").last()
    late += Entry.objects.filter(table="rounds_mark", id__gt=handed_in.pk).count()
    recall(part, "U1", actor=actor, at=at)
print(json.dumps({**found, "late": late, "refused": sorted(refused), "failures": failures}))
"""


@pytest.mark.xdist_group("platform")
def test_many_hands_on_one_criterion_and_a_hand_in_between(tmp_path: Path):
    with postgresql() as url:
        prepare(tmp_path, url)
        found = json.loads(in_platform(tmp_path, MANY_HANDS, url).splitlines()[-1])
    assert found["failures"] == []
    # 6 x 20 saves: each version acknowledged once, each with its entry, the last one standing.
    assert found["acknowledged"] == found["versions"] == list(range(1, 121))
    assert found["version"] == 120 and found["last"]
    assert found["acts"] == [["save_mark", True, "par/U1/1.2"]]
    # Whoever saves after the hand-in is told so; nothing of theirs is written.
    assert found["late"] == 0 and found["refused"] == ["with_leader"]
