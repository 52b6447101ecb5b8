"""The forms of a page as a browser would send them: read from the HTML, so that a new field is in the tests by itself."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser


@dataclass
class Form:
    """Where a form goes, what it sends unless something is typed, and which fields take typing."""

    action: str
    method: str
    is_upload: bool
    values: dict[str, str] = field(default_factory=dict)
    typed: list[str] = field(default_factory=list)
    files: list[str] = field(default_factory=list)
    buttons: list[tuple[str, str, str]] = field(default_factory=list)

    @property
    def key(self) -> tuple[object, ...]:
        """Two forms with the same fields at the same kind of address are one."""
        shape = "/".join("#" if piece.isdigit() else piece for piece in self.action.split("/"))
        return (shape, self.method, *sorted({*self.values, *self.typed, *self.files}), *sorted(self.buttons))


class _Forms(HTMLParser):
    def __init__(self, path: str) -> None:
        super().__init__()
        self.path = path
        self.found: list[Form] = []
        self._open: Form | None = None
        self._area = ""
        self._select = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._open = Form(given.get("action") or self.path, given.get("method", "get"), "enctype" in given)
            self.found.append(self._open)
        if self._open is None:
            return
        name = given.get("name", "")
        if tag == "input":
            kind = given.get("type", "text")
            if kind == "file":
                self._open.files.append(name)
            elif kind in {"radio", "checkbox"}:
                if "checked" in given or name not in self._open.values:
                    self._open.values[name] = given.get("value", "on")
            else:
                self._open.values[name] = given.get("value", "")
                self._open.typed.append(name)
        elif tag == "textarea":
            self._area = name
            self._open.values[name] = ""
            self._open.typed.append(name)
        elif tag == "select":
            self._select = name
            self._open.typed.append(name)
        elif tag == "option" and self._select and (self._select not in self._open.values or "selected" in given):
            self._open.values[self._select] = given.get("value", "")
        elif tag == "button":
            self._open.buttons.append((name, given.get("value", ""), given.get("formaction", "")))

    def handle_data(self, data: str) -> None:
        if self._area and self._open is not None:
            self._open.values[self._area] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._open = None
        elif tag == "textarea":
            self._area = ""
        elif tag == "select":
            self._select = ""


def forms_of(page: str, path: str) -> list[Form]:
    """Every form of a page; `path` is where one without action goes."""
    parser = _Forms(path)
    parser.feed(page)
    return parser.found
