"""What stops the work of this room."""

from __future__ import annotations


class SurveyFailure(Exception):
    """Work on a survey cannot go on. `code` is a row of `codes.CODES`; `facts` fill its sentences."""

    def __init__(self, code: str, **facts: object) -> None:
        self.code = code
        self.facts = facts
        super().__init__(f"{code} " + ", ".join(f"{name}={value}" for name, value in facts.items()))
