"""The sentences of a finding, made when it is shown."""

from __future__ import annotations

from thangdo.findings.code import Code, Language
from thangdo.findings.finding import Finding
from thangdo.findings.system_words import system_words


class _Blank(dict[str, object]):
    def __missing__(self, key: str) -> str:
        return "…"


def describe(finding: Finding, code: Code, language: Language) -> tuple[str, str]:
    """What is wrong and what to do, as two sentences in `language`."""
    facts = _Blank(finding.facts)
    facts.update(found=system_words(finding.found, language), expected=finding.expected)
    return code.title(language).format_map(facts), code.remedy(language).format_map(facts)
