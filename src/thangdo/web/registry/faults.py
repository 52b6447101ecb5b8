"""A fault of the register said to whoever mends it."""

from __future__ import annotations

from thangdo.evaluation.codes import CODES
from thangdo.findings import Finding, describe
from thangdo.web.formatting import language_now


def finding_sentence(finding: Finding) -> str:
    """What is wrong and what to do."""
    title, remedy = describe(finding, CODES[finding.code], language_now())
    return f"{title} {remedy}"
