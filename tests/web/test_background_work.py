"""Work in the background: taken once, tried again, told on a page that can be left, and never lost."""

from __future__ import annotations

import io
import os
import zipfile
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.urls import reverse
from django.utils import timezone

from tests.web.conftest import AT, make_city, make_round
from thangdo.evaluation import write_round
from thangdo.web.accounts.models import Bucket, Grant, Person
from thangdo.web.background import worker
from thangdo.web.background.kinds import Call, CannotBeDone, Kind
from thangdo.web.background.models import Job
from thangdo.web.background.queue import ask_for, keep_file, work_files
from thangdo.web.background.tidy import tidy
from thangdo.web.background.worker import claim, enqueue_due, run_due, take_up_lost
from thangdo.web.kept_list import packed
from thangdo.web.rounds.models import FileText, Round, StoredFile
from thangdo.web.workbooks import workbook_bytes


class Clock:
    """A clock a test moves by hand."""

    def __init__(self, at: datetime = AT) -> None:
        self.at = at

    def __call__(self) -> datetime:
        return self.at


def present() -> Clock:
    """For what came through a page: the page's own moment is the present one."""
    return Clock(timezone.localtime() + timedelta(seconds=1))


@pytest.fixture(autouse=True)
def work_folder(settings, tmp_path: Path) -> None:
    settings.WORK_ROOT = tmp_path / "work"


@pytest.fixture
def only(monkeypatch):
    """Run with one kind of work of the test's own, and no calendar."""

    def use(function):
        kind = Kind("trial", "thử", "trial", "")
        monkeypatch.setattr(Kind, "load", lambda self: function)
        monkeypatch.setattr(worker, "BY_CODE", {"trial": kind})
        monkeypatch.setattr(worker, "enqueue_due", lambda at: 0)
        return Job.objects.create(kind="trial", asked_at=AT, run_after=AT)

    return use


def test_work_is_taken_by_one_worker_only(db):
    ask_for("report", {}, person_id=None, at=AT)
    first, second = claim(AT), claim(AT)
    assert first is not None and second is None
    assert (first.state, first.attempts) == ("running", 1)


def test_what_fails_is_tried_again_later_and_later_then_said_to_have_failed(db, only):
    tries: list[datetime] = []
    clock = Clock()

    def broken(call: Call) -> Mapping[str, object]:
        tries.append(call.at)
        raise OSError("disk away")

    job = only(broken)
    for _ in range(6):
        run_due(clock)
        run_due(clock)  # not due yet: nothing happens
        clock.at += timedelta(hours=1)
    assert [later - tries[0] for later in tries] == [timedelta(hours=n) for n in range(4)]
    job.refresh_from_db()
    assert (job.state, job.problem) == ("failed", "OSError")


def test_a_second_try_that_works_leaves_no_trace_of_the_first(db, only):
    clock = Clock()

    def once_broken(call: Call) -> Mapping[str, object]:
        if call.at == AT:
            raise OSError
        return {"words": "xong"}

    job = only(once_broken)
    run_due(clock)
    clock.at += timedelta(minutes=1)
    run_due(clock)
    job.refresh_from_db()
    assert (job.state, job.problem, job.attempts, job.result) == ("done", "", 2, {"words": "xong"})


def test_what_a_person_must_mend_is_not_tried_again(db, only):
    def refused(call: Call) -> Mapping[str, object]:
        raise CannotBeDone("tệp không đọc được")

    job = only(refused)
    run_due(Clock())
    job.refresh_from_db()
    assert (job.state, job.problem, job.attempts) == ("failed", "tệp không đọc được", 1)


def test_work_of_a_worker_that_died_is_taken_up_again(db):
    ask_for("report", {}, person_id=None, at=AT)
    claim(AT)
    assert take_up_lost(AT + timedelta(minutes=14)) == 0
    assert take_up_lost(AT + timedelta(minutes=16)) == 1
    again = claim(AT + timedelta(minutes=16))
    assert again is not None and again.attempts == 2


def test_regular_work_comes_once_after_a_pause_and_survives_a_clock_set_back(db):
    kinds = (Kind("remind", "nhắc", "remind", "", every=timedelta(minutes=10)),)
    assert enqueue_due(AT, kinds) == 1
    assert enqueue_due(AT, kinds) == 0
    Job.objects.update(state="done")
    # The machine slept for a day: one run, not 144.
    assert enqueue_due(AT + timedelta(days=1), kinds) == 1
    Job.objects.update(state="done")
    # The clock had been a day ahead and is set right: the next run is ten minutes away, not a day.
    assert enqueue_due(AT, kinds) == 0
    assert enqueue_due(AT + timedelta(minutes=10), kinds) == 1


def zipped_round(tmp_path: Path, code: str) -> bytes:
    from dataclasses import replace

    write_round(replace(make_round(), id=code), tmp_path / code)
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for path in (tmp_path / code).rglob("*"):
            if path.is_file():
                archive.write(path, f"{code}/{path.relative_to(tmp_path / code).as_posix()}")
    return stream.getvalue()


def sent(client, content: bytes, name: str = "dot.zip"):
    file = io.BytesIO(content)
    file.name = name
    return client.post(reverse("rounds:import"), {"folder": file})


def test_a_round_folder_is_loaded_while_its_manager_does_something_else(city, tmp_path):
    client = city.client("manager")
    waiting = sent(client, zipped_round(tmp_path, "moi-2024"))["Location"]
    page = client.get(waiting).content.decode()
    assert "<progress" in page and not Round.objects.filter(code="moi-2024").exists()
    run_due(present())
    assert Round.objects.filter(code="moi-2024").exists()
    assert "/dot/moi-2024/" in client.get(waiting).content.decode()
    told = client.get(waiting, headers={"X-Requested-With": "fetch"}).json()
    assert told["over"] and (told["done"], told["total"]) == (3, 3)
    # Asked for a second time, it says why not, in the asker's words.
    again = sent(client, zipped_round(tmp_path / "x", "moi-2024"))["Location"]
    run_due(present())
    assert "đã có" in client.get(again).content.decode()


def test_a_file_that_is_no_zip_is_refused_before_anything_is_queued(city):
    assert sent(city.client("manager"), b"khong phai zip").status_code == 409
    assert not Job.objects.filter(kind="load_round").exists()


def test_only_who_asked_sees_a_job_and_its_file(city):
    put = keep_file([b"abc"], 10)
    job = ask_for("report", {}, person_id=city.people["manager"].pk, at=AT)
    Job.objects.filter(pk=job.pk).update(state="done", result={"file": put.sha256, "name": "a.zip"}, finished_at=AT)
    for name in ("background:job", "background:job_file"):
        address = reverse(name, args=[job.pk])
        assert city.client("manager").get(address).status_code == 200
        assert city.client("auditor").get(address).status_code == 404
    answer = city.client("manager").get(reverse("background:job_file", args=[job.pk]))
    assert b"".join(answer.streaming_content) == b"abc"
    assert "attachment" in answer["Content-Disposition"] and answer["X-Content-Type-Options"] == "nosniff"


def test_results_to_publish_are_built_as_evaluate_writes_them(city):
    client = city.client("manager")
    address = client.post(reverse("rounds:report", args=["thu-2024"]))["Location"]
    run_due(present())
    job = Job.objects.get(kind="report")
    assert job.state == "done", job.problem
    with work_files().open(job.result["file"]) as stream, zipfile.ZipFile(stream) as archive:
        names = {name.split("/", 1)[1] for name in archive.namelist()}
    assert {"results.xlsx", "site/index.html", "datapackage.json"} <= names
    assert "thu-2024-ket-qua.zip" in client.get(address).content.decode()


def test_people_are_imported_with_first_passwords_that_are_stored_nowhere(city):
    client = city.client("administrator")
    header = ["login", "full_name", "email", "unit", "role"]
    rows = [("moi1", "Người Một", "mot@example.vn", "U1", "officer"), ("moi2", "Người Hai", "", "U2", "leader")]
    sheet = io.BytesIO(workbook_bytes("nguoi", header, rows))
    sheet.name = "nguoi.xlsx"
    preview = client.post(reverse("registry:people_import"), {"people": sheet}).content.decode()
    assert "moi1" in preview and not Person.objects.filter(login="moi1").exists()
    text = "\n".join("\t".join(row) for row in rows)
    address = client.post(reverse("registry:people_import"), {"rows": packed(text), "confirm": "1"})["Location"]
    run_due(present())
    assert Grant.objects.get(person__login="moi1").unit.code == "U1"
    page = client.get(address).content.decode()
    job = Job.objects.get(kind="load_people")
    from thangdo.web.registry.people_work import first_password

    password = first_password(job.pk, "moi1")
    assert password in page and Person.objects.get(login="moi1").check_password(password)
    assert password not in str(job.result) + str(job.arguments)
    # Once the person has chosen their own, nobody can read the first one again.
    person = Person.objects.get(login="moi1")
    person.set_password("mat-khau-rieng")
    person.save()
    later = client.get(address).content.decode()
    assert password not in later and first_password(job.pk, "moi2") in later


def test_a_wrong_row_of_a_people_import_is_named_and_nothing_is_written(city):
    rows = [{"login": "moi1", "full_name": "A"}, {"login": "moi2", "full_name": "B", "role": "vua"}]
    ask_for("load_people", {"rows": rows}, person_id=city.people["administrator"].pk, at=AT)
    run_due(present())
    job = Job.objects.get(kind="load_people")
    assert job.state == "failed" and "vua" in job.problem
    assert not Person.objects.filter(login="moi1").exists()


def test_the_text_of_a_large_file_is_read_after_the_upload_was_acknowledged(db, tmp_path):
    import docx

    from thangdo.web.rounds.evidence.storage import storage

    paper = docx.Document()
    paper.add_paragraph("Kế hoạch cải cách hành chính")
    stream = io.BytesIO()
    paper.save(stream)
    put = storage().put([stream.getvalue()], 1 << 20)
    file = StoredFile.objects.create(sha256=put.sha256, size=put.size, media_type="x", extension="docx", stored_at=AT)
    ask_for("read_text", {"file_id": file.pk}, person_id=None, at=AT)
    run_due(Clock())
    assert "ke hoach cai cach" in FileText.objects.get(file=file).search


def test_finished_work_is_tidied_away_with_files_nobody_else_names(city):
    put, shared, young = (keep_file([content], 10) for content in (b"mot", b"hai", b"ba"))
    for name in (put.sha256, shared.sha256):
        os.utime(work_files().path(name), times=((AT - timedelta(days=15)).timestamp(),) * 2)
    owner = city.people["manager"].pk
    for result, finished in (
        ({"file": put.sha256}, 15),
        ({"file": shared.sha256}, 15),
        ({"file": shared.sha256}, 1),
        ({"file": young.sha256}, 15),
    ):
        job = ask_for("report", {}, person_id=owner, at=AT)
        Job.objects.filter(pk=job.pk).update(state="done", result=result, finished_at=AT - timedelta(days=finished))
    assert tidy(Call({}, None, AT, lambda done, total: None)) == {"removed": 3}
    assert not work_files().path(put.sha256).exists() and work_files().path(shared.sha256).exists()
    # Somebody has put these bytes again since, and is about to ask for work on them.
    assert work_files().path(young.sha256).exists()


def test_counts_of_guesses_that_have_long_filled_up_again_are_tidied_away(city):
    """One row an address and a login: without it the table would hold everybody who ever signed in."""
    for key, hours in (("sign_in:10.0.0.1", 25), ("sign_in:10.0.0.2", 1)):
        Bucket.objects.create(key=key, remaining=0, at=(AT - timedelta(hours=hours)).timestamp())
    tidy(Call({}, None, AT, lambda done, total: None))
    assert list(Bucket.objects.values_list("key", flat=True)) == ["sign_in:10.0.0.2"]


@pytest.fixture
def city(db):
    return make_city("self_score")
