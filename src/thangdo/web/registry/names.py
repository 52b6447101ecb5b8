"""A unit's names as pages print them, wherever the unit stands: in the registry or as a round knew it."""

from __future__ import annotations


class NamedUnit:
    """What has `name_vi`, `name_en`, `short_vi` and `short_en`: the whole and the short name in a language."""

    name_vi: str
    name_en: str
    short_vi: str
    short_en: str

    def name(self, language: str) -> str:
        """The English name where there is one and English is asked for."""
        return (self.name_en or self.name_vi) if language == "en" else self.name_vi

    def short(self, language: str) -> str:
        """The short name of the language; else the Vietnamese short name, else the whole."""
        own = (self.short_en or self.short_vi) if language == "en" else self.short_vi
        return own or self.name(language)
