"""The reference page of the dossier figures: every file, column, indicator, filter and list, from the rows they come from."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ReportFile:
    """A table of the report: what one row is, and what each column counts."""

    name: str
    row_vi: str
    row_en: str
    columns: tuple[tuple[str, str], ...]


_BEFORE = (
    (
        "previous_…",
        "the same column in the year before (the same months of it); blank where the store holds none of it; "
        "a count is 0 where it holds the year but no such dossier",
    ),
    ("…_change", "this year less the year before"),
)

FILES = (
    ReportFile(
        "on_time.csv",
        "mỗi tổ hợp của --by và mỗi hạn trả",
        "one for each combination of `--by` and each due date",
        (
            (
                "basis",
                "`recorded`: `due_at`; `re_promised`: `re_due_at` where there is one; `recomputed`: what the law gives",
            ),
            ("resolved, early, on_time, overdue, open_within, open_overdue", "columns 7–10, 12, 13 by that due date"),
            ("on_time_share", "(early + on_time) / resolved"),
            ("on_time_share_with_open", "(early + on_time) / (resolved + open_overdue)"),
            *_BEFORE,
        ),
    ),
    ReportFile(
        "apologies.csv",
        "mỗi tổ hợp của --by",
        "one for each combination of `--by`; by the recorded due date (Nghị định 61/2018/NĐ-CP art. 19.9)",
        (
            ("overdue, open_overdue", "columns 10 and 13"),
            ("overdue_with_apology", "of column 10, with an apology, whenever sent"),
            ("apology_in_time, apology_late", "sent before the due date ended, or after"),
            ("apology_share", "overdue_with_apology / overdue"),
            ("with_new_date", "late dossiers (columns 10 and 13) that were given a new date"),
            ("new_date_late", "of those, without an apology sent before the due date ended"),
            ("open_overdue_with_apology", "of column 13, with an apology"),
            *_BEFORE,
        ),
    ),
    ReportFile(
        "online_services.csv",
        "hai cơ sở không bao giờ trộn: hồ sơ và thủ tục",
        "two bases, never mixed: dossiers by `--by`, procedures by level and field",
        (
            ("base", "`dossiers` or `procedures`"),
            ("total", "dossiers received in the period (columns 4 + 5); procedures of the catalogue"),
            ("online", "column 4; procedures whose `service` is full or partial"),
            ("full, partial", "procedures only"),
            ("online_share", "online / total"),
            ("level, field", "of the procedures"),
            *_BEFORE,
        ),
    ),
    ReportFile(
        "tt01.csv",
        "mỗi đơn vị",
        "one a unit: the nine indicators of Thông tư 01/2018/TT-VPCP, blank where the data do not hold one",
        (
            ("unit, resolved", "dossiers resolved by the unit itself"),
            ("tt01_1 … tt01_9", "points 0–2, see the indicators below; 1, 3, 4 and 7 rounded half up to one decimal"),
            (
                "official_points, agency_points",
                "sums over the indicators that have points: of 1, 2, 3, 4 and 7; of all",
            ),
            (
                "official_maximum, agency_maximum",
                "2 for each of them: what could be reached; the bands are not rescaled",
            ),
            ("official_class", "from 5: 100 %; from 3.5: 70–<100 %; below: <70 %"),
            ("agency_class", "from 15 Xuất sắc, 12 Tốt, 9 Khá, 6 Trung bình, below Yếu"),
        ),
    ),
    ReportFile(
        "qd766.csv",
        "mỗi đơn vị và nhóm",
        "one a unit and group of Quyết định 766/QĐ-TTg",
        (
            ("unit, group, maximum", "the group's maximum is published"),
            (
                "share, points",
                "mean of the parts the data hold, none above 1; satisfaction to thousandths; points = share × maximum",
            ),
            ("parts", "how many parts the data hold"),
            ("formula", "`reconstructed`: the formulas inside a group are ours"),
        ),
    ),
    ReportFile(
        "gaming.csv",
        "mỗi đơn vị và dấu hiệu",
        "one a unit that resolved dossiers and detector; a signal is a reason to look at dossiers, never a finding of guilt",
        (
            ("unit, detector, dossiers, base, share", "dossiers counted, of how many, and their share"),
            ("city_share", "M, the median share of the units with a base of 30 and more"),
            (
                "deviations",
                "(share − M) / √(s² + p (1 − p) / base); s: 1.4826 × median of |share − M| over the same units; p: the "
                "greatest of M, all units' dossiers / all units' base and 0.002, at most 0.998",
            ),
            (
                "is_signal",
                "base of at least 30, more than 5 deviations, share − M above the detector's least excess; the last half hour "
                "gives one of two: closing_bursts where its busiest three minutes hold more than half of it, else bunching",
            ),
        ),
    ),
    ReportFile(
        "adjusted.csv",
        "mỗi đơn vị",
        "one a unit that resolved dossiers: compared at the same procedures (indirect standardisation)",
        (
            ("unit, resolved, late", "resolved, and resolved after the recorded due date"),
            (
                "expected_late",
                "late dossiers if every procedure went as in the whole city: over its dossiers the sum of their procedure's "
                "late / resolved of all units (those the filters leave)",
            ),
            ("on_time_share", "the crude share"),
            (
                "standardised_share",
                "1 − C × late / expected_late with C the late share of all units; 0 where that is below; blank, as its "
                "limits, where expected_late is 0",
            ),
            (
                "shrunk_share",
                "the same, drawn to the city by an empirical Bayes gamma prior (Clayton and Kaldor 1987; moments of Marshall "
                "1991): 1 − C × (late + m²/A) / (expected_late + m/A), not below 0. Over the k units with expected_late above "
                "0: T = Σ expected_late, m = Σ late / T, A = Σ expected_late × (late / expected_late − m)² / T − m k / T; "
                "where A is not above 0: 1 − C × m",
            ),
            (
                "funnel_low_95, funnel_high_95, funnel_low_998, funnel_high_998",
                "where chance alone (a Poisson count of late dossiers) keeps the standardised share (Spiegelhalter 2005): 1 − "
                "C × q / expected_late within 0–1, q the least count that a Poisson count with mean expected_late does not "
                "exceed with probability 0.975 and 0.025, 0.999 and 0.001",
            ),
            (
                "signal",
                "`worse` where late is above the q of the 99.8 % low limit, `better` where below that of the high one",
            ),
        ),
    ),
    ReportFile(
        "survival.csv",
        "mỗi đơn vị có hồ sơ trễ",
        "one a unit with late dossiers; calendar days from the due day, open ones censored on the period's last day, behind "
        "the finishes of that day (Kaplan–Meier). What was late before the period counts with its whole wait, what ended "
        "before the period does not: over a short period the curve shows longer waits than over the year",
        (
            ("unit, late, finished_late, open_late", "late dossiers: finished, and still open"),
            (
                "median_days_of_finished",
                "of the finished ones alone (halfway between the middle two): what leaving late ones open would flatter",
            ),
            (
                "median_days",
                "first day by which half are finished, open ones counted as still waiting; blank: not reached",
            ),
            ("mean_days_within_60", "area under the curve from day 0 to day 60"),
            (
                "open_after_10_days, open_after_30_days",
                "the curve then, an estimate of the share still open; beyond longest_days it stays level (Gill 1980): an upper "
                "bound, shown with ≤ on the page",
            ),
            ("longest_days", "the longest wait seen, finished or open"),
        ),
    ),
    ReportFile(
        "processing_time.csv",
        "mỗi đơn vị",
        "one a unit that resolved dossiers; working days of the city's calendar after the day of receipt, the last one "
        "included, taken and allowed each at most 400; a percentile is the least value that so many per cent do not exceed",
        (
            ("unit, resolved, with_legal_days", "dossiers; those due on a later working day than received"),
            (
                "working_days_p50, working_days_p75, working_days_p90, working_days_p95, working_days_p99",
                "working days taken",
            ),
            (
                "of_legal_time_p50, of_legal_time_p75, of_legal_time_p90, of_legal_time_p95, of_legal_time_p99",
                "taken over the working days from receipt to the recorded due date",
            ),
        ),
    ),
    ReportFile(
        "differences.csv",
        "mỗi số liệu của summary.json (--published)",
        "one a figure of `summary.json`, with `--published FILE`: late corrections, changed ones first",
        (("figure, published, now, difference", "what was published, what is known now"),),
    ),
)

_HEAD = """\
# The dossier figures

Made from the rows of `thangdo/dossiers`. `thangdo dossiers report --store DIR --year Y --out OUT` writes the files below,
`summary.json`, `form06.xlsx` (laid out as the form) and `report.html` (in the reader's language; `report.en.html` or
`report.vi.html` is the other). Shares are 0–1, unrounded; a blank cell is a share of nothing, or something the data do
not hold. The page prints the SHA-256 of `summary.json`: whoever has the file can tell whether it is the one the page shows.
With `--workbook` every table also stands in `tables.xlsx`: names beside codes, heads in words, shares in per cent. What people
read never rounds a share to 0 or 100 per cent that is not: it has as many decimals as tell it apart (99,998 %).

## Definitions
- **Received**: in the period, and carried over from before it. **Resolved**: finished in the period, whatever the outcome;
  the finish decides, not the word in `outcome`. **In process**: open at the period's end, or finished later.
- **A due date** without a time, or stamped 00:00:00, ends at 24:00 of its day; any other ends with its stamp.
- **Early**: finished on a calendar day before the due day. **Overdue**: finished after the due date ended.
  **On time**: neither. **Open overdue**: in process, and the due date ended before the period did (one that ends with the
  period did not).
- **Recomputed**: working days and hours of Nghị định 61/2018/NĐ-CP and the Civil Code, from `legal_days` or `legal_hours`
  of the procedure, with supplements from `events`. A dossier without a legal time, with half days (no text settles
  them), or waiting for a supplement asked in time, has none and is in no row of that basis.
- **Status** is as of the period's end. Everything is judged by what the store holds now, or held on `--as-of`.
- **Periods**: the year, or consecutive months of it (`--where month=2023-04,2023-05,2023-06`); with `--by month` each
  month is a period of its own: what it carries over and leaves open is counted in it.
- **Facts of agencies** count where their period lies within the report's. Of several periods counts are added and shares
  averaged: a year given beside its quarters would count twice.
- **The last half hour** is the one before the city's counters close, by the latest closing time of its calendar in the year.
- Violated identities of form 06 are named in its column `violations` and nothing is corrected.
"""

_RATES = """\
## Where the truth is known
What detectors and estimators do on made data with planted units; held by
`tests/dossiers/test_estimators_where_the_truth_is_known.py` and `test_engines_agree.py`, and measured at a million dossiers
a seed by `./run bench dossiers`.

| what | truth | found | false alarms |
|---|---|---|---|
| each of the five detectors | 8 planted units of 60–2,000 finishes, a third to two thirds of their dossiers gamed | 8 of 8 | 0 of 472 |
| each of the five detectors | a generated year of 100,000 dossiers, 369 units, 2 planted for each | 2 of 2 | at most 1 % |
| 99.8 % funnel | 20 units of 400 late three times as often, ten made cities | 148 of 200 | 0 of 3,800 |
| the same limits on crude shares | the same | – | 148 of 3,800 |
| shrunk against raw late ratio | the same: mean squared error | 0.06 against 0.27 | |
| Kaplan–Meier | SciPy's `ecdf` on random data; the 6-MP trial of 1963 | equal | |

The funnel is strict by design: what it misses are planted units with few expected late dossiers. Leaving a late dossier
open never shortens the curve's mean, median or any point of it (a property test).
"""


def figures_page() -> str:
    """Every figure of a dossier report, with its source, its columns, its filters and its lists."""
    from thangdo.dossiers.gaming import DETECTORS
    from thangdo.dossiers.indicators.dimensions import DIMENSIONS
    from thangdo.dossiers.indicators.flows import FORM_COLUMNS
    from thangdo.dossiers.indicators.tables import SUMMARY_COUNTS
    from thangdo.dossiers.indicators.unit_values import INDICATORS
    from thangdo.dossiers.report_drill import FORM_CONDITIONS, OTHER_CONDITIONS

    lines = [_HEAD, "## Split and filter", "", "| `--by`, `--where` | vi | en |", "|---|---|---|"]
    lines += _rows((f"`{row.code}`", row.name_vi, row.name_en) for row in DIMENSIONS)
    lines += [
        "",
        "Filters by field, level and procedure also leave the procedures they name; facts about agencies stay whole.",
    ]
    lines += ["", "## `summary.json`", ""]
    counts = [*SUMMARY_COUNTS, "on_time_share", "overdue_with_apology", "online_dossiers"]
    counts += [f"procedures_{name}" for name in ("total", "online", "full", "partial")]
    lines += [", ".join(f"`{name}`" for name in counts) + ", and `previous_…` for each."]
    lines += [
        "`received` is column 3 of form 06, `received_in_period` columns 4 + 5, `carried_over` 6, `resolved` 7, `early` 8,",
        "`on_time` 9 (early not included), `overdue` 10, `in_process` 11, `open_overdue` 13, `online_dossiers` 4.",
        "`on_time_share` is (early + on_time) / resolved; `overdue_with_apology` counts apologies whenever sent. The",
        "catalogue of procedures is the present one: the year before has none of its figures. The page leaves the year before out",
        "where nothing was resolved in it: a first year's exports hold of it only what it carried over.",
    ]
    lines += [
        "",
        "## `form06.csv`",
        "",
        "A row for each level and field, or for each combination of `--by` where it is given.",
        "",
    ]
    lines += ["| column | of form 06/VPCP/KSTT |", "|---|---|"]
    lines += _rows((f"`{name}`", f"({number})") for name, number in FORM_COLUMNS)
    lines += _rows([("`violations`", "identities that do not hold: 3=4+5+6, 7=8+9+10, 11=12+13, 3=7+11")])
    for file in FILES:
        lines += ["", f"## `{file.name}`", "", f"{file.row_en[0].upper()}{file.row_en[1:]}. / {file.row_vi}.", ""]
        lines += ["| column | meaning |", "|---|---|"]
        lines += _rows((_codes(name), meaning) for name, meaning in file.columns)
    lines += ["", "## Detectors", "", "| detector | vi | en | least excess | source |", "|---|---|---|---|---|"]
    lines += _rows(
        (
            f"`{row.code}`",
            f"{row.name_vi}: {row.meaning_vi}",
            f"{row.name_en}: {row.meaning_en}",
            f"{row.least_excess:g}",
            row.source,
        )
        for row in DETECTORS
    )
    lines += ["", _RATES, "## Lists of dossiers", ""]
    lines += [
        "`--list FIGURE` writes `dossiers-FIGURE.csv`: the dossiers a figure counts, with the report's filters, at most 100,000.",
        "",
        "- counts of form 06, also after `re_promised.` and `recomputed.`: "
        + ", ".join(f"`{name}`" for name in FORM_CONDITIONS),
        "- others: " + ", ".join(f"`{name}`" for name in OTHER_CONDITIONS),
        "",
        "## Indicators for a round",
        "",
        "`thangdo dossiers values` writes them for the units a round names, each with those below it, with numerator,",
        "denominator and query.",
        "",
        "| indicator | vi | en | definition | source |",
        "|---|---|---|---|---|",
    ]
    lines += _rows((f"`{row.code}`", row.name_vi, row.name_en, row.definition_en, row.source) for row in INDICATORS)
    return "\n".join(lines) + "\n"


def _codes(names: str) -> str:
    return ", ".join(f"`{name}`" for name in names.split(", "))


def _rows(cells: Iterable[tuple[str, ...]]) -> list[str]:
    return ["| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in cells]
