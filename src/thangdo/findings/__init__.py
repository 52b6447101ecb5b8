"""One shape for everything a person must mend, and how findings are gathered."""

from thangdo.findings.code import Code, CodeTable, Severity
from thangdo.findings.description import describe
from thangdo.findings.finding import Finding, Gathered, Refused, Where
from thangdo.findings.system_words import system_words

__all__ = ["Code", "CodeTable", "Finding", "Gathered", "Refused", "Severity", "Where", "describe", "system_words"]
