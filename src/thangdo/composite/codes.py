"""What can be wrong with a composite index, its pipeline and its uncertainty: one row a code."""

from thangdo.composite.core_codes import CORE_CODES
from thangdo.composite.uncertainty_codes import UNCERTAINTY_CODES
from thangdo.findings import CodeTable

CODES = CodeTable((*CORE_CODES, *UNCERTAINTY_CODES))
