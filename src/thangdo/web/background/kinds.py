"""The kinds of background work: one row each, with the function that does it and how often it comes by itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib import import_module
from typing import Any, Protocol


class Progress(Protocol):
    """Tells whoever waits how far the work is."""

    def __call__(self, done: int, total: int) -> None: ...


@dataclass(frozen=True, slots=True)
class Call:
    """What a kind's function is given: its arguments, who asked, the moment, and a way to tell its progress."""

    arguments: Mapping[str, Any]
    person_id: int | None
    at: datetime
    progress: Progress
    job_id: int = 0


class CannotBeDone(Exception):
    """Trying again would not help: a sentence for whoever asked."""


@dataclass(frozen=True, slots=True)
class Kind:
    """`function` is `module:name` of what does it; `every` how often it comes by itself (None: when asked).

    `once_seen` names a function of job id and result that makes what only the asker's page may show, such as
    first passwords: pairs of words, stored nowhere.
    """

    code: str
    name_vi: str
    name_en: str
    function: str
    every: timedelta | None = None
    once_seen: str = ""

    def name(self, language: str) -> str:
        return self.name_en if language == "en" else self.name_vi

    def load(self) -> Callable[[Call], Mapping[str, Any]]:
        found: Callable[[Call], Mapping[str, Any]] = _named(self.function)
        return found

    def seen(self, job_id: int, result: Mapping[str, Any]) -> list[tuple[str, str]]:
        return list(_named(self.once_seen)(job_id, result)) if self.once_seen else []


def _named(place: str) -> Any:
    module, _, name = place.partition(":")
    return getattr(import_module(module), name)


WORK = "thangdo.web.rounds.work"
PEOPLE = "thangdo.web.registry.people_work"
KINDS = (
    Kind("load_round", "Nạp thư mục đợt", "Load a round folder", f"{WORK}.load_round:load_round"),
    Kind("report", "Lập bộ kết quả công bố", "Build the results to publish", f"{WORK}.report:report"),
    Kind("draw", "Tính khoảng hạng", "Compute intervals", f"{WORK}.draw:draw", every=timedelta(minutes=2)),
    Kind("read_text", "Đọc văn bản của minh chứng", "Read the text of evidence", f"{WORK}.read_text:read_text"),
    Kind(
        "load_people",
        "Nhập người dùng",
        "Import people",
        f"{PEOPLE}:load",
        once_seen=f"{PEOPLE}:first_passwords",
    ),
    Kind("remind", "Nhắc việc", "Reminders", f"{WORK}.remind:remind", every=timedelta(minutes=10)),
    Kind("tidy", "Dọn việc đã xong", "Tidy finished work", "thangdo.web.background.tidy:tidy", every=timedelta(days=1)),
)
BY_CODE = {kind.code: kind for kind in KINDS}
