"""One person at a real browser: signs in, fills in forms, and presses buttons as anybody would."""

from __future__ import annotations

from collections.abc import Mapping

from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from tests.web.running import PASSWORD


class Visitor:
    """A person, signed in unless without a login. What the page's scripts complain of (a broken policy, a failing script) is kept."""

    def __init__(self, browser: Browser, address: str, login: str = "", *, script: bool = True) -> None:
        self.login = login
        self.has_script = script
        self.address = address
        self.context: BrowserContext = browser.new_context(
            base_url=address, locale="vi-VN", java_script_enabled=script, viewport={"width": 1280, "height": 900}
        )
        self.context.set_default_timeout(30_000)
        self.page: Page = self.context.new_page()
        self.complaints: list[str] = []
        self.page.on("pageerror", lambda failure: self.complaints.append(str(failure)))
        self.page.on("console", self._hear)
        if login:
            self.give_password(login)
            self.page.wait_for_url("**/viec/")

    def give_password(self, login: str) -> None:
        self.page.goto("/dang-nhap/")
        self.page.fill("#login", login)
        self.page.fill("#password", PASSWORD)
        self.page.click("main button")

    def _hear(self, message) -> None:
        # A refusal (403, 409, 422) is an answer, not a failure of the page.
        if message.type == "error" and "Failed to load resource" not in message.text:
            self.complaints.append(message.text)

    def see(self, path: str) -> Page:
        self.page.goto(path)
        return self.page

    def form(self, holding: str) -> Locator:
        """The form whose address ends so, or which holds the element; opened where it is folded away."""
        selector = f"form[action$='{holding}']" if holding.endswith("/") else f"form:has({holding})"
        found = self.page.locator(f"main {selector}").first
        if not found.is_visible():
            self.page.locator("details", has=self.page.locator(selector)).last.locator("> summary").click()
        return found

    def send(self, holding: str, fields: Mapping[str, str] | None = None, *, press: str = "button") -> str:
        """Fill in a form and press its button; returns what the next page says was done. A refusal fails."""
        form = self.form(holding)
        folded = form.locator("details > summary")
        if fields and folded.count():
            folded.first.click()
        for name, value in (fields or {}).items():
            field = form.locator(f"[name='{name}']").first
            kind = field.evaluate("e => e.type") if self.has_script else field.get_attribute("type")
            if kind == "radio":
                form.locator(f"[name='{name}'][value='{value}']").check()
            elif kind == "file":
                field.set_input_files(value)
            elif field.locator("option").count():
                field.select_option(value)
            else:
                field.fill(value)
        # A script may hold the form until a save on its way has answered, or send it itself.
        with self.page.expect_navigation():
            form.locator(press).last.click()
        expect(self.page.locator("[role=alert]")).to_have_count(0)
        said = self.page.locator(".notice[role=status]")
        return said.first.inner_text() if said.count() else ""

    def close(self) -> None:
        self.context.close()
