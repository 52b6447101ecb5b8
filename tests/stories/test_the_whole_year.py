"""A whole evaluation year in a real browser: on SQLite with scripts and every page examined, on PostgreSQL without any."""

from __future__ import annotations

import io
import random
import time
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import docx
import pypdfium2
import pytest
from playwright.sync_api import Browser, expect

from tests.stories.examined import Examination
from tests.stories.visitor import Visitor
from tests.web.conftest import LOGINS
from tests.web.postgresql import postgresql
from tests.web.running import prepare, serving, wait_until
from thangdo.evaluation import evaluate, read_round
from thangdo.web.accounts.totp import STEP_SECONDS, code_at
from thangdo.web.rounds.demo_evidence import pdf

PART = "/dot/thu-2024/par/"
ANSWERS = (("1.1", {"field-answer": "yes"}), ("1.2", {"field-numerator": "45", "field-denominator": "48"}), ("2.1", {"field-numerator": "5", "field-denominator": "6"}))  # fmt: skip
CELLS = [(unit, criterion) for unit in ("U1", "U2", "U3") for criterion, _ in ANSWERS]
DRAWN = ("U1", "2.1")
SEED = next(seed for seed in range(1000) if random.Random(seed).sample(CELLS, 1) == [DRAWN])
# Addresses that only change something: to open one leads back to the page whose form it is.
ONLY_CHANGES = {
    "accounts:language", "registry:grant", "rounds:adjudicate", "rounds:advance", "rounds:appeal", "rounds:appraise",
    "rounds:approve_results", "rounds:approve_submission", "rounds:ask", "rounds:attach", "rounds:copy_last_year", "rounds:copy_submission",
    "rounds:council_item", "rounds:decide_appeal", "rounds:detach", "rounds:dismiss_reminder", "rounds:explain",
    "rounds:quorum", "rounds:recall", "rounds:reopen", "rounds:report", "rounds:save", "rounds:send_back", "rounds:submit", "rounds:vote",
}  # fmt: skip
pytestmark = pytest.mark.xdist_group("platform")


@dataclass
class Cast:
    """Everyone who takes part, signed in when first asked for."""

    browser: Browser
    address: str
    script: bool
    present: dict[str, Visitor]

    def __getitem__(self, login: str) -> Visitor:
        if login not in self.present:
            self.present[login] = Visitor(self.browser, self.address, login, script=self.script)
        return self.present[login]


def move(cast: Cast, way: str) -> None:
    cast["manager"].see(PART)
    assert cast["manager"].send(f"[value='{way}']") == "Đợt đã sang giai đoạn tiếp theo."


def make_ready(cast: Cast) -> None:
    """The manager sets dates and assigns; the administrator names a leader for two more units and records a new one."""
    manager = cast["manager"]
    end = (datetime.now(ZoneInfo("Asia/Ho_Chi_Minh")) + timedelta(days=20)).strftime("%Y-%m-%dT%H:%M")
    manager.see(PART + "thoi-han/")
    manager.send("#self_score-closes", {f"{phase}-closes": end for phase in ("self_score", "appraise", "explain")})
    manager.see(PART + "phan-cong/")
    manager.send("#login", {"login": "appraiser2", "role": "appraiser", "criterion": "2"})
    administrator = cast["administrator"]
    for unit in ("U2", "U3"):
        administrator.see("/nguoi/leader/")
        administrator.send("#role", {"role": "leader", "unit": unit})
    administrator.see("/don-vi/ghi-nhan/thay-doi/?loai=created")
    created = {"document": "12/NQ-HĐND", "on": "2026-01-01", "name_vi-1": "Sở An toàn thực phẩm", "code-1": "U9"}
    administrator.send("#document", {**created, "level-1": "so_nganh"}, press="[name=preview]")
    assert administrator.send("[name=confirm]", press="[name=confirm]") == "Đã ghi nhận thay đổi đơn vị."


def score_itself(cast: Cast, place: Path) -> None:
    """Three officers answer, one attaches a document, a leader approves each; one unit has its deadline moved."""
    for unit, login in (("U1", "officer"), ("U2", "officer2"), ("U3", "officer3")):
        officer = cast[login]
        for criterion, fields in ANSWERS:
            officer.see(f"{PART}don-vi/{unit}/tieu-chi/{criterion}/")
            officer.send("luu/", fields, press=".buttons button")
        if login == "officer":
            paper = place / "bao-cao.pdf"
            paper.write_bytes(pdf("Báo cáo tổng kết", "Sở Du lịch", "312/BC-SDL", "2024-12-12"))
            page = officer.see(f"{PART}don-vi/U1/tieu-chi/1.2/")
            officer.send("minh-chung/", {"file": str(paper), "name": "Báo cáo tổng kết", "number": "312/BC-SDL"})
            expect(page.get_by_role("link", name="Báo cáo tổng kết")).to_be_visible()
            look_into(officer)
        officer.see(f"{PART}don-vi/{unit}/")
        assert officer.send("trinh/") == "Đã trình lãnh đạo."
        leader = cast["leader"]
        leader.see(f"{PART}don-vi/{unit}/")
        assert leader.send("duyet/") == "Đã duyệt và nộp bản tự chấm."
    until = (datetime.now(ZoneInfo("Asia/Ho_Chi_Minh")) + timedelta(days=25)).strftime("%Y-%m-%dT%H:%M")
    cast["manager"].see(PART + "gia-han/")
    cast["manager"].send("#until", {"unit": "U3", "until": until, "number": "7/QĐ", "reason": "bão"})


def look_into(officer: Visitor) -> None:
    """The document opens in the page, and is what was sent."""
    officer.page.get_by_text("Xem trước: Báo cáo tổng kết").click()
    frame = officer.page.locator("iframe.preview")
    expect(frame).to_be_visible()
    address = str(frame.get_attribute("src"))
    # Chromium's own viewer has taken the document in, with every right taken from it.
    inside = frame.element_handle().content_frame()
    assert inside is not None
    inside.wait_for_load_state()
    assert inside.url.endswith(address)
    answer = officer.context.request.get(address)
    assert "sandbox" in answer.headers["content-security-policy"]
    words = pypdfium2.PdfDocument(answer.body())[0].get_textpage().get_text_bounded()
    assert "312/BC-SDL" in words and "Báo cáo tổng kết" in words


def appraise(cast: Cast) -> None:
    """Two appraisers on a drawn cell, one change with its reason, one question; the lead settles and agrees."""
    lead, appraiser, officer = cast["lead"], cast["appraiser"], cast["officer"]
    lead.see(PART + "doi-chieu/")
    lead.send("#seed", {"size": "1", "seed": str(SEED)})
    appraiser.see(f"{PART}ma-tran/?u=U1&t=1.2")
    appraiser.send("tham-dinh/", {"points": "1,5", "reason": "thiếu minh chứng"}, press="details button")
    appraiser.see(f"{PART}ma-tran/?u=U1&t=2.1")
    appraiser.send("tham-dinh/", {"points": "4", "reason": "một thủ tục quá hạn"}, press="details button")
    appraiser.see(f"{PART}don-vi/U1/tieu-chi/1.1/")
    appraiser.send("hoi/", {"question": "Kế hoạch ban hành ngày nào?"})
    officer.see(f"{PART}don-vi/U1/")
    officer.send("giai-trinh/1/", {"answer": "Ngày 05/01/2024, số 12/KH."})
    for unit, criterion in CELLS:
        if (unit, criterion) != ("U1", "1.2"):
            lead.see(f"{PART}ma-tran/?u={unit}&t={criterion}")
            lead.send("tham-dinh/", press="#agree")
    lead.see(f"{PART}ma-tran/?u=U1&t=2.1")
    lead.send("phan-xu/", {"points": "4,5", "reason": "thống nhất"})


def appeal(cast: Cast) -> None:
    officer, lead = cast["officer"], cast["lead"]
    officer.see(f"{PART}don-vi/U1/tieu-chi/1.2/")
    officer.send("tieu-chi/1.2/kien-nghi/", {"request": "Có văn bản bổ sung, đề nghị xem lại"})
    lead.see(PART + "kien-nghi/")
    lead.send("kien-nghi/1/", {"outcome": "partly", "points": "1,75", "reason": "chấp nhận một phần"})


def decide_in_council(cast: Cast) -> None:
    secretary, member = cast["secretary"], cast["council"]
    secretary.see(PART + "hoi-dong/")
    secretary.send("#points", {"unit": "U1", "criterion": "1.2", "points": "1,875", "reason": "đủ hồ sơ"})
    member.see(PART + "hoi-dong/")
    member.send("phieu/", press="[value=for]")
    secretary.see(PART + "hoi-dong/")
    secretary.send("hoi-dong/1/")
    minutes = secretary.context.request.get(PART + "hoi-dong/bien-ban/").body()
    paper = docx.Document(io.BytesIO(minutes))
    words = "\n".join(cell.text for table in paper.tables for row in table.rows for cell in row.cells)
    assert "1,875" in words and "1, 0, 0" in words and "đủ hồ sơ" in words


def approve_and_close(cast: Cast) -> None:
    manager = cast["manager"]
    manager.see(PART + "ket-qua/")
    manager.send("phe-duyet/", {"number": "12/QĐ-UBND", "signed_on": "2025-02-20"})
    expect(manager.page.locator("main")).to_contain_text("12/QĐ-UBND")
    move(cast, "close")


def published_as_computed(cast: Cast, place: Path) -> None:
    """The folder handed over computes to what the page shows."""
    manager = cast["manager"]
    content = manager.context.request.get("/dot/thu-2024/xuat/").body()
    zipfile.ZipFile(io.BytesIO(content)).extractall(place / "out")
    value = read_round(place / "out" / "thu-2024")
    assert value.state == "final"
    row = evaluate(value).row("par", "U1")
    assert (str(row.points), row.class_code) == ("8.38", "tot")
    page = manager.see(PART + "ket-qua/")
    expect(page.get_by_role("row", name="Sở Du lịch")).to_contain_text("8,38")
    auditor = cast["auditor"]
    page = auditor.see("/dot/thu-2024/nhat-ky/")
    expect(page.locator("main")).to_contain_text("chuyển giai đoạn")
    page = auditor.see(f"{PART}don-vi/U1/tieu-chi/1.2/nhat-ky/")
    for words in ("tự chấm điểm", "thẩm định", "kiến nghị", "đủ hồ sơ"):
        expect(page.locator("main")).to_contain_text(words)


def build_what_is_published(manager: Visitor) -> int:
    """The manager has the results built in the background; returns the work's number once it is over."""
    manager.see("/dot/thu-2024/")
    manager.send("ket-qua-cong-bo/")
    address = manager.page.url
    ask = {"X-Requested-With": "fetch"}
    wait_until(lambda: manager.context.request.get(address, headers=ask).json()["over"], seconds=60)
    return int(address.rstrip("/").rpartition("/")[2])


def with_a_password_but_no_code_yet(cast: Cast) -> Visitor:
    """Somebody who switched one-time codes on signs in elsewhere, and is asked for a code."""
    officer = cast["officer2"]
    secret = officer.see("/tai-khoan/").locator("main code").inner_text()
    officer.send("#code", {"code": code_at(secret, int(time.time()) // STEP_SECONDS)})
    halfway = Visitor(cast.browser, cast.address)
    halfway.give_password("officer2")
    halfway.page.wait_for_url("**/dang-nhap/ma/**")
    return halfway


def nothing_to_look_at(phase: str) -> None:
    """Nobody looks at the pages of a phase but those who work in it."""


def play(cast: Cast, place: Path, look: Callable[[str], None] = nothing_to_look_at) -> None:
    """The year, from its dates to the folder that is handed over; `look` at each phase when its work is done."""
    make_ready(cast)
    look("prepare")
    move(cast, "open")
    score_itself(cast, place)
    look("self_score")
    move(cast, "start_appraisal")
    appraise(cast)
    look("appraise")
    move(cast, "open_appeals")
    appeal(cast)
    look("explain")
    move(cast, "convene")
    decide_in_council(cast)
    look("council")
    move(cast, "present")
    look("approve")
    approve_and_close(cast)
    published_as_computed(cast, place)


def test_the_year_on_sqlite_with_every_page_examined(browser: Browser, tmp_path: Path):
    root = tmp_path / "platform"
    prepare(root, phase="prepare")
    examination = Examination()
    with serving(root) as server:
        cast = Cast(browser, server.address, True, {})

        def look(phase: str) -> None:
            examination.sweep({role: cast[login] for role, login in LOGINS.items()}, phase, path="")

        play(cast, tmp_path, look)
        job = build_what_is_published(cast["manager"])
        examination.sweep({"public": with_a_password_but_no_code_yet(cast)}, "closed", path="")
        examination.sweep({role: cast[login] for role, login in LOGINS.items()}, "closed", path="", job=job)
        complaints = {login: visitor.complaints for login, visitor in cast.present.items() if visitor.complaints}
    assert (examination.complaints, complaints) == ([], {})
    # What only changes something has no page of its own; any other address was opened by somebody.
    assert examination.not_reached() == ONLY_CHANGES


def test_the_year_on_postgresql_without_script(browser: Browser, tmp_path: Path):
    root = tmp_path / "platform"
    with postgresql() as url:
        prepare(root, url, phase="prepare")
        with serving(root, url) as server:
            play(Cast(browser, server.address, False, {}), tmp_path)
