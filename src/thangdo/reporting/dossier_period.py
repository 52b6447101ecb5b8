"""The period of a dossier report as people say it: a year, half of it, a quarter, a month, some months."""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date, timedelta

from thangdo.reporting.dates import MONTHS
from thangdo.reporting.language import Language

_QUARTERS = {(1, 3): ("I", "First"), (4, 6): ("II", "Second"), (7, 9): ("III", "Third"), (10, 12): ("IV", "Fourth")}
_HALVES = {(1, 6): ("đầu", "First"), (7, 12): ("cuối", "Second")}
# An office leaves no stamp on its days off, the longest of which are those of Tết with the weekends around them.
_LONGEST_REST = timedelta(days=10)


@dataclass(frozen=True, slots=True)
class Period:
    """The months `first` to `last` (1 to 12) of a year, whole and one after the other."""

    year: int
    first: int = 1
    last: int = 12

    @property
    def is_year(self) -> bool:
        return (self.first, self.last) == (1, 12)

    @property
    def year_before(self) -> Period:
        """The same months of the year before: what changes are measured against."""
        return Period(self.year - 1, self.first, self.last)

    def name(self, language: Language) -> str:
        """`Năm 2023`, `Quý II/2023`, `6 tháng đầu năm 2023`, `Tháng 4/2023`, `Tháng 4–8/2023`; as a heading begins."""
        months = (self.first, self.last)
        if self.is_year:
            return f"Năm {self.year}" if language == "vi" else str(self.year)
        if months in _HALVES:
            half_vi, half_en = _HALVES[months]
            return f"6 tháng {half_vi} năm {self.year}" if language == "vi" else f"{half_en} half of {self.year}"
        if months in _QUARTERS:
            quarter_vi, quarter_en = _QUARTERS[months]
            return f"Quý {quarter_vi}/{self.year}" if language == "vi" else f"{quarter_en} quarter of {self.year}"
        if language == "vi":
            named = str(self.first) if self.first == self.last else f"{self.first}–{self.last}"
            return f"Tháng {named}/{self.year}"
        first, last = MONTHS[self.first - 1], MONTHS[self.last - 1]
        return f"{first} {self.year}" if self.first == self.last else f"{first} to {last} {self.year}"

    def name_within(self, language: Language) -> str:
        """The name as it stands within a sentence; English names begin with a capital there too."""
        name = self.name(language)
        return name[0].lower() + name[1:] if language == "vi" else name

    @property
    def first_day(self) -> date:
        return date(self.year, self.first, 1)

    @property
    def last_day(self) -> date:
        return date(self.year, self.last, calendar.monthrange(self.year, self.last)[1])

    def outlasts(self, data_end: date) -> bool:
        """Whether data that know of `data_end` last of all end well before the period does."""
        return data_end + _LONGEST_REST < self.last_day


def month_name(number: int, language: Language) -> str:
    """A month (1 to 12) as the head of a narrow column: T1, or Jan."""
    return f"T{number}" if language == "vi" else MONTHS[number - 1][:3]
