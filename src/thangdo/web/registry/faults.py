"""A fault of the register said to whoever mends it."""

from __future__ import annotations

from thangdo.evaluation.codes import CODES as REGISTER_CODES
from thangdo.findings import Finding, describe
from thangdo.web.codes import CODES as PLATFORM_CODES
from thangdo.web.formatting import language_now


def finding_sentence(finding: Finding) -> str:
    """What is wrong and what to do."""
    codes = PLATFORM_CODES if finding.code in PLATFORM_CODES else REGISTER_CODES
    title, remedy = describe(finding, codes[finding.code], language_now())
    return f"{title} {remedy}"
