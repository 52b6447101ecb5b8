"""Pages examined by axe-core at both widths and in both languages: every page of the resolver, and whatever is new on it.

A page is examined in all four combinations when it is first met and again wherever it holds an element of a kind that
no examined page held (a form that opens in a later phase, a table that has rows now, a button of another role).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from html.parser import HTMLParser

from axe_playwright_python.base import AXE_SCRIPT

from tests.stories.visitor import Visitor
from tests.web.addresses import named_addresses, path_of
from thangdo.web.accounts.addresses import ADDRESSES
from thangdo.web.accounts.permissions import BY_CODE

LANGUAGES = ("en", "vi")
WIDTHS = (1280, 360)
RUN = (
    'axe.run(document, {resultTypes: ["violations"]}).then(found => found.violations.map('
    "f => `${f.id}: ${f.nodes[0].target} ${f.nodes[0].html}`))"
)
# Two frames drawn: the layout of the new width stands.
SETTLED = "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => done())))"
PAGE, FILE = "page", "file"
# Pages that change in the course of a round; accounts and the registry do not.
OF_THE_YEAR = ("rounds:", "background:")
# What a reader asks of a page by its address: another cell of the matrix, words searched for.
ASKED = {"rounds:matrix": "?u=U1&t=2.1", "rounds:search": "?q=du+lich", "rounds:evidence_search": "?q=bao+cao"}
WITHOUT_END = {"meta", "link", "input", "br", "img", "hr", "col"}


class Shapes(HTMLParser):
    """The kinds of element of a page: parent, name, attributes and class; and the order of its headings."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: set[tuple[str, ...]] = set()
        self._open: list[str] = ["-"]
        self._heading = "h0"
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.found.add(
            (self._open[-1], tag, given.get("class") or "", given.get("type") or "", " ".join(sorted(given)))
        )
        if tag[0] == "h" and tag[1:].isdigit():
            self.found.add((self._heading, tag))
            self._heading = tag
        if tag not in WITHOUT_END:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in self._open:
            while self._open.pop() != tag:
                pass


class Examination:
    """What each address answered over the year and which pages were examined; `complaints` is what was found."""

    def __init__(self) -> None:
        self.answers: defaultdict[str, set[str]] = defaultdict(set)
        self.examined: defaultdict[str, set[tuple[str, int]]] = defaultdict(set)
        self.complaints: list[tuple[object, ...]] = []
        self._seen: set[tuple[str, ...]] = set()
        self._answered: set[tuple[str, str]] = set()

    def sweep(self, visitors: Mapping[str, Visitor], phase: str, **given: object) -> None:
        """Open every address of the resolver as everyone (by role) whom the table lets read it in `phase`.

        `given` are arguments of addresses that were only found during the year.
        """
        for name in sorted(named_addresses()):
            act = BY_CODE[ADDRESSES[name][0]]
            if act.phases and phase not in act.phases:
                continue
            for role, visitor in visitors.items():
                # What changes nothing in the course of a round is asked for once.
                if (name, visitor.login) not in self._answered and (
                    act.scope("public") is not None or act.scope(role) is not None
                ):
                    path = path_of(name, **given)
                    for asked in ("", ASKED[name]) if name in ASKED else ("",):
                        self.meet(visitor, name, path + asked)

    def meet(self, visitor: Visitor, name: str, path: str) -> None:
        """Ask for an address; examine a page of an unexamined address or with an element of a new kind."""
        answer = visitor.context.request.get(path, max_redirects=0)
        is_page = answer.ok and answer.headers["content-type"].startswith("text/html")
        self.answers[name].add(PAGE if is_page else FILE if answer.ok else str(answer.status))
        if answer.status >= 500:
            self.complaints.append((name, visitor.login, answer.status))
        if answer.status < 400 and not (is_page and name.startswith(OF_THE_YEAR)):
            self._answered.add((name, visitor.login))
        if not is_page:
            return
        shapes = Shapes(answer.text()).found
        if name not in self.examined or not shapes <= self._seen:
            self._seen |= shapes
            self.examine(visitor, name, path)

    def examine(self, visitor: Visitor, name: str, path: str) -> None:
        """No finding of axe, no complaint of the page's scripts, no sideways scrolling of the page."""
        page = visitor.page
        for language in LANGUAGES:
            visitor.context.add_cookies([{"name": "lang", "value": language, "url": visitor.address}])
            page.goto(path)
            # What is folded away is read too.
            page.evaluate("for (const d of document.querySelectorAll('details')) d.open = true")
            page.evaluate(AXE_SCRIPT)
            for width in WIDTHS:
                page.set_viewport_size({"width": width, "height": 900})
                page.evaluate(SETTLED)
                where = (path, visitor.login, language, width)
                self.complaints += [(*where, finding) for finding in page.evaluate(RUN)]
                wide = page.evaluate("document.documentElement.scrollWidth")
                if wide > width:
                    self.complaints.append((*where, f"scrolls sideways: {wide} px"))
                self.examined[name].add((language, width))
        page.set_viewport_size({"width": 1280, "height": 900})
        self.complaints += [(path, visitor.login, text) for text in visitor.complaints]
        visitor.complaints.clear()

    def not_reached(self) -> set[str]:
        """The addresses nobody opened, neither as a page in every combination nor as a file."""
        every = {(language, width) for language in LANGUAGES for width in WIDTHS}
        return {
            name for name in named_addresses() if self.examined.get(name) != every and FILE not in self.answers[name]
        }
