"""The criteria sets a round may start from: those that are shipped, and those issued in earlier rounds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import yaml

from thangdo.evaluation.library import set_path, shipped_sets
from thangdo.web.rounds.models import Part
from thangdo.web.rounds.refusals import ActRefused

SHIPPED, ISSUED = "shipped", "issued"
# The same reading, an order of magnitude quicker where the C library is there.
_LOADER: type[yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True, slots=True)
class SetChoice:
    """A set to choose, told by its head alone. `code` is `shipped:ID` or `issued:HASH`; `origin` where it stands."""

    code: str
    index: str
    kind: str
    year: int
    blocks: tuple[str, ...]
    title_vi: str
    title_en: str
    origin_vi: str = ""
    origin_en: str = ""

    def origin(self, language: str) -> str:
        """The round a set was issued in; '' for one that is shipped."""
        return (self.origin_en or self.origin_vi) if language == "en" else self.origin_vi

    def title(self, language: str) -> str:
        return (self.title_en or self.title_vi) if language == "en" else self.title_vi


def set_choices(year: int) -> list[SetChoice]:
    """Every set to choose from, the years nearest to `year` first: one query, and no tree of criteria is read."""
    found = [choice for set_id in shipped_sets() if (choice := _shipped(set_id)) is not None]
    seen: set[str] = set()
    for part in Part.objects.exclude(set_hash="").select_related("round").order_by("-round__year", "position"):
        if part.set_hash not in seen:
            seen.add(part.set_hash)
            choice = head_of(f"{ISSUED}:{part.set_hash}", part.set_text, part.round.name_vi, part.round.name_en)
            if choice is not None:
                found.append(choice)
    return sorted(found, key=lambda choice: (abs(choice.year - year), choice.index, choice.title_vi))


def chosen_text(code: str) -> str:
    """The text behind a choice. Raises ActRefused for a code that names none."""
    kind, _, name = code.partition(":")
    if kind == SHIPPED and name in shipped_sets():
        return set_path(name).read_text(encoding="utf-8")
    if kind == ISSUED and name:
        text = Part.objects.filter(set_hash=name).values_list("set_text", flat=True).first()
        if text is not None:
            return text
    raise ActRefused("no_such_set")


@lru_cache(maxsize=256)
def _shipped(set_id: str) -> SetChoice | None:
    return head_of(f"{SHIPPED}:{set_id}", set_path(set_id).read_text(encoding="utf-8"))


@lru_cache(maxsize=256)
def head_of(code: str, text: str, origin_vi: str = "", origin_en: str = "") -> SetChoice | None:
    """The head of a set: what stands before its criteria. None where it cannot be read."""
    head = text.partition("\ncriteria:")[0]
    try:
        told: Any = yaml.load(head, _LOADER)  # noqa: S506 - a safe loader
        title: Mapping[str, str] = told["title"]
        return SetChoice(
            code,
            str(told["index"]),
            str(told.get("kind", "points")),
            int(told["edition"]["year"]),
            tuple(map(str, told["blocks"])),
            str(title["vi"]),
            str(title.get("en", "")),
            origin_vi,
            origin_en,
        )
    except (yaml.YAMLError, KeyError, TypeError, ValueError, AttributeError):
        return None
