"""The city at the deadline: 200 units × 300 criteria, 500 officers with a session each, and what stands afterwards."""

from __future__ import annotations

UNITS, CRITERIA, OFFICERS = 200, 300, 500
PILLARS = 10

PREPARE = f"""
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo
from django.core.management import call_command
call_command("migrate", verbosity=0)
from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY, BACKEND_SESSION_KEY
from thangdo.web.accounts.session_store import SessionStore
from thangdo.evaluation import IndexEntry, Round, Table
from thangdo.evaluation.round import SPECS
from thangdo.methodology import parse
from thangdo.web.accounts.models import Grant, Person
from thangdo.web.ledger.acting import ActInProgress, acting
from thangdo.web.registry.models import Unit
from thangdo.web.rounds.loading import store_round
from thangdo.web.rounds.models import PhaseDate
at = datetime.now(ZoneInfo("Asia/Ho_Chi_Minh"))
lines = ["format: thangdo-criteria-set/1", "id: gio-chot", "index: par", "title: {{vi: Giờ chót, en: Deadline}}",
         "edition: {{year: 2024}}", "blocks: [so_nganh]", "source: illustrative", "maximum: {CRITERIA}", "criteria:"]
for pillar in range(1, {PILLARS} + 1):
    lines += [f'  - code: "{{pillar}}"', f"    text: {{{{vi: Lĩnh vực {{pillar}}, en: Area {{pillar}}}}}}", "    children:"]
    for leaf in range(1, {CRITERIA} // {PILLARS} + 1):
        lines += [f'      - code: "{{pillar}}.{{leaf}}"', f"        text: {{{{vi: Tiêu chí {{pillar}}.{{leaf}}, en: Criterion {{pillar}}.{{leaf}}}}}}",
                  "        maximum: 1", "        rule: {{kind: proportional, when_zero: error}}"]
criteria = parse("\\n".join(lines))
codes = [f"U{{n:03d}}" for n in range({UNITS})]
columns = SPECS["units"].columns
units = tuple(tuple({{"unit": c, "name_vi": f"Sở {{c}}", "level": "so_nganh"}}.get(n, "") for n in columns) for c in codes)
tables = {{"units": Table(columns, units), "membership": Table(SPECS["membership"].columns, tuple(("par", "so_nganh", c, "true") for c in codes))}}
round_ = Round("chot", 2024, "draft", "vi", (IndexEntry("par", "points", "gio-chot", ("so_nganh",)),), {{"gio-chot": criteria}}, tables)
with acting(ActInProgress("prepare", None, at)):
    rows = [Unit(code=c, name_vi=f"Sở {{c}}", level="so_nganh") for c in codes]
    for row in rows: row.fill_derived()
    Unit.objects.bulk_create(rows)
    rows = list(Unit.objects.order_by("code"))
    people = [Person(login=f"cb{{n}}", full_name=f"Cán bộ {{n}}", password="!", unit=rows[n % {UNITS}]) for n in range({OFFICERS})]
    Person.objects.bulk_create(people)
    Grant.objects.bulk_create(Grant(person=p, role="officer", unit_id=p.unit_id) for p in people)
    appraiser = Person.objects.create(login="tham", full_name="Thẩm", password="!")
    Grant.objects.create(person=appraiser, role="lead_appraiser")
stored = store_round(round_, actor_id=None, at=at, phases={{"par": "self_score"}})
PhaseDate.objects.create(part=stored.parts.get(), phase="self_score", opens_at=at, closes_at=at + timedelta(days=1))
import json
found = []
for person in [*people, appraiser]:
    session = SessionStore()
    session[SESSION_KEY] = str(person.pk)
    session[BACKEND_SESSION_KEY] = "thangdo.web.accounts.sign_in.PasswordBackend"
    session[HASH_SESSION_KEY] = person.get_session_auth_hash()
    session.save()
    found.append([session.session_key, person.unit.code if person.unit else ""])
from django.db import connection
connection.cursor().execute("ANALYZE")
print(json.dumps(found))
"""

COUNT = """
from thangdo.web.rounds.models import Mark
from thangdo.web.ledger.models import Entry
import json
print(json.dumps([{f"{m.unit}/{m.criterion}": m.version for m in Mark.objects.filter(layer="self")}, Entry.objects.filter(act="save_mark").count()]))
"""
