"""A round in a real browser by six roles, on SQLite; every page met is free of axe findings at both widths and languages."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, expect

from tests.stories.visitor import Visitor
from tests.web.running import Server, in_platform, prepare, serving

PART = "/dot/thu-2024/par/"
pytestmark = pytest.mark.xdist_group("platform")


# As long as the columns hold: a unit of 255 letters, a criterion of 300.
LONG_NAMES = """
from thangdo.methodology import parse, set_hash
from thangdo.web.registry.models import Unit
from thangdo.web.rounds.models import Part, RoundUnit
name = ("Ban Quản lý dự án đầu tư xây dựng các công trình dân dụng và công nghiệp trực thuộc " * 9)[:255].strip()
for model in (Unit, RoundUnit):
    model.objects.filter(code="U1").update(name_vi=name, name_en=name)
text = ("mức độ hoàn thành các nhiệm vụ theo kế hoạch cải cách hành chính đã ban hành trong năm, " * 9)[:300].strip()
part = Part.objects.get()
part.set_text = part.set_text.replace("Mức độ hoàn thành kế hoạch", text).replace("Share of the plan done", text)
assert part.set_text.count(text) == 2
part.set_hash = set_hash(parse(part.set_text))
part.save()
"""


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    prepare(tmp_path / "platform", phase="prepare")
    in_platform(tmp_path / "platform", LONG_NAMES)
    with serving(tmp_path / "platform") as running:
        yield running


class Examiner(Visitor):
    """One role at the keyboard who has every page it meets examined."""

    def examine(self, *paths: str) -> None:
        """No axe finding, no script complaint and no sideways scrolling, at both widths and in both languages."""
        for path in paths:
            for width in (360, 1280):
                self.page.set_viewport_size({"width": width, "height": 900})
                for language in ("vi", "en"):
                    self.context.add_cookies([{"name": "lang", "value": language, "url": self.page.url}])
                    self.page.goto(path)
                    findings = Axe().run(self.page).response["violations"]
                    assert findings == [], (
                        path,
                        width,
                        language,
                        [(f["id"], f["nodes"][0]["target"]) for f in findings],
                    )
                    assert self.page.evaluate("document.documentElement.scrollWidth") <= width, (path, width, language)
        self.context.add_cookies([{"name": "lang", "value": "vi", "url": self.page.url}])
        assert self.complaints == []

    def press(self, words: str) -> None:
        self.page.get_by_role("button", name=words).first.click()
        self.page.wait_for_load_state()


def advance(manager: Examiner, words: str) -> None:
    manager.see(PART)
    manager.press(words)
    expect(manager.page.locator("body")).to_contain_text("Đợt đã sang giai đoạn tiếp theo.")


def answer_all(officer: Examiner, unit: str) -> None:
    """Fill in the three criteria; the points appear at once where scripts run."""
    page = officer.see(f"{PART}don-vi/{unit}/tieu-chi/1.1/")
    page.get_by_label("Có", exact=True).check()
    officer.press("Lưu, sang 1.2")
    page.fill("#field-numerator", "45")
    page.fill("#field-denominator", "48")
    officer.press("Lưu, sang 2.1")
    page.fill("#field-numerator", "5")
    page.fill("#field-denominator", "6")
    officer.press("Lưu câu trả lời")
    officer.see(f"{PART}don-vi/{unit}/")
    officer.press("Trình lãnh đạo")
    expect(page.locator("body")).to_contain_text("Đã trình lãnh đạo.")


def test_the_year_by_six_roles(browser: Browser, server: Server):
    manager = Examiner(browser, server.address, "manager")
    manager.examine("/viec/", PART, PART + "phan-cong/", PART + "thoi-han/", "/dot/", "/phuong-phap/")
    advance(manager, "Mở tự chấm điểm")

    officer = Examiner(browser, server.address, "officer")
    page = officer.see(f"{PART}don-vi/U1/tieu-chi/1.2/")
    page.fill("#field-numerator", "45")
    page.fill("#field-denominator", "48")
    expect(page.locator("#arithmetic")).to_contain_text("45 ÷ 48")
    expect(page.locator("#points")).to_have_text("1,875")
    officer.examine(
        "/viec/", f"{PART}don-vi/U1/", f"{PART}don-vi/U1/tieu-chi/1.2/", f"{PART}don-vi/U1/vi-tri/", "/tai-khoan/"
    )
    # On a telephone a criterion of 300 letters is read in lines, not word by word.
    page.set_viewport_size({"width": 360, "height": 900})
    officer.see(f"{PART}don-vi/U1/")
    assert min(cell.bounding_box()["width"] for cell in page.locator("main tbody th[scope=row]").all()) >= 160
    page.set_viewport_size({"width": 1280, "height": 900})
    answer_all(officer, "U1")
    for login, unit in (("officer2", "U2"), ("officer3", "U3")):
        answer_all(Examiner(browser, server.address, login), unit)

    leader = Examiner(browser, server.address, "leader")
    leader.see(f"{PART}don-vi/U1/")
    leader.press("Duyệt và nộp bản tự chấm")
    expect(leader.page.locator("body")).to_contain_text("Đã duyệt và nộp bản tự chấm.")
    # The other two leaders do not answer: the round cannot go on, and says why.
    manager.see(PART)
    expect(manager.page.locator("body")).to_contain_text("đơn vị chưa nộp: U2, U3")


def test_an_appraiser_works_the_matrix_by_keyboard(browser: Browser, tmp_path: Path):
    root = tmp_path / "platform"
    prepare(root, phase="self_score")
    with serving(root) as server:
        answer_all(Examiner(browser, server.address, "officer"), "U1")
        in_platform(root, "from thangdo.web.rounds.models import Part; Part.objects.update(phase='appraise')")
        appraiser = Examiner(browser, server.address, "appraiser")
        page = appraiser.see(PART + "ma-tran/")
        page.keyboard.press("ArrowRight")
        assert page.evaluate("document.activeElement.getAttribute('href')").endswith("t=1.2#quyet")
        page.keyboard.press("Enter")
        expect(page.locator("#agree")).to_be_focused()
        page.keyboard.press("Enter")
        page.wait_for_load_state()
        expect(page.locator("body")).to_contain_text("Đã đồng ý: 1.2.")
        appraiser.examine(PART + "ma-tran/?u=U1&t=1.1", PART + "doi-chieu/")
