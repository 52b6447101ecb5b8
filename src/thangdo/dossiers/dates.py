"""How dates and times are written in Vietnamese exports, and how SQL reads them.

Three styles: ISO 8601 (2023-05-31, with a blank or T before the time), day first with slashes (31/05/2023) and
day first with hyphens or dots (31-05-2023). Each may carry a time (14:05, 14:05:09 or 02:05 CH). Month first is not
read: nobody here writes it, and a guess would turn 05/06 into another day. Nor is 24:00, which is the end of one day
to its writer and the start of the next to an engine.
"""

from __future__ import annotations

ZONE = "Asia/Ho_Chi_Minh"

# Dates outside are slips of the hand (0203-01-05, 2203-01-05): no dossier is that old.
EARLIEST = "1990-01-01"
LATEST = "2100-01-01"

_DAY_FIRST = ("%d-%m-%Y %H:%M:%S", "%d-%m-%Y %H:%M", "%d-%m-%Y", "%d-%m-%YT%H:%M:%S")
# The hour alone, which Arrow's parser takes too: a stamp must mean the same whichever reads its block.
_HOUR_ALONE = ("%Y-%m-%d %H", "%Y-%m-%dT%H")
_TIME_FIRST = ("%H:%M:%S %d-%m-%Y", "%H:%M %d-%m-%Y")
# The clock of twelve hours, as Windows in Vietnamese writes it: SA (sáng) and CH (chiều) for AM and PM.
_HALF_DAYS = (
    *(f"{day} {time} %p" for day in ("%d-%m-%Y", "%Y-%m-%d") for time in ("%I:%M", "%I:%M:%S")),
    *(f"{time} %p %d-%m-%Y" for time in ("%I:%M", "%I:%M:%S")),
)
_HOUR = "([01]?[0-9]|2[0-3])"


def moment_sql(text: str) -> str:
    """An SQL expression that reads the text expression `text` as a TIMESTAMP in the zone; NULL where it cannot.

    The usual forms come first and cost least: ISO without offset, then two-digit day first. The engine's own
    cast alone would drop an offset or "CH" behind the time, take words such as "epoch" and turn 24:00 into the next
    day, hence the tests of what stands where.
    """
    is_time = (
        f"(strlen({text}) = 10 OR (substr({text}, 12, 2) < '24' AND substr({text}, 14, 1) = ':' "
        f"AND (strlen({text}) = 16 OR substr({text}, 17, 1) = ':') AND right({text}, 1) BETWEEN '0' AND '9'))"
    )
    iso = f"CASE WHEN strlen({text}) IN (10, 19) AND {is_time} THEN TRY_CAST({text} AS TIMESTAMP) END"
    turned = f"substr({text}, 7, 4) || '-' || substr({text}, 4, 2) || '-' || substr({text}, 1, 2) || substr({text}, 11)"
    day_first = (
        f"CASE WHEN strlen({text}) IN (10, 16, 19) AND substr({text}, 3, 1) IN ('/', '-', '.') "
        f"AND substr({text}, 6, 1) = substr({text}, 3, 1) AND {is_time} THEN TRY_CAST({turned} AS TIMESTAMP) END"
    )
    return f"coalesce({iso}, {day_first}, {_rare_moment_sql(f'trim({text})')})"


def _rare_moment_sql(text: str) -> str:
    """Offsets, fractions of a second, one-digit days and months, the time before the date, twelve hours."""
    hyphens = f"replace(replace({text}, '/', '-'), '.', '-')"
    formats = ", ".join(f"'{form}'" for form in _DAY_FIRST + _TIME_FIRST + _HOUR_ALONE)
    offset = rf"\d{{4}}-\d{{2}}-\d{{2}}[ T]{_HOUR}:\d{{2}}.*(Z|[+-]\d{{2}}(:?\d{{2}})?)"
    iso = rf"\d{{4}}[-/]\d{{1,2}}[-/]\d{{1,2}}([ T]{_HOUR}:\d{{2}}(:\d{{2}}(\.\d+)?)?)?"
    half = r".*\d (SA|CH|AM|PM)( \d.*)?"
    halves = f"replace(replace(upper({hyphens}), 'SA', 'AM'), 'CH', 'PM')"
    half_days = ", ".join(f"'{form}'" for form in _HALF_DAYS)
    return (
        f"CASE WHEN {text} IS NULL THEN NULL "
        f"WHEN regexp_full_match({text}, '{offset}') THEN timezone('{ZONE}', TRY_CAST({text} AS TIMESTAMPTZ)) "
        f"WHEN regexp_full_match({text}, '{iso}') THEN TRY_CAST({text} AS TIMESTAMP) "
        f"WHEN regexp_full_match({text}, '{half}', 'i') THEN try_strptime({halves}, [{half_days}]) "
        f"ELSE try_strptime({hyphens}, [{formats}]) END"
    )


def day_sql(text: str) -> str:
    """An SQL expression that reads `text` as a DATE; NULL where it cannot."""
    return f"CAST({moment_sql(text)} AS DATE)"


def is_bare_day_sql(moment: str) -> str:
    """Whether a stamp gives the day alone (its time is 00:00:00)."""
    return f"({moment} = date_trunc('day', {moment}))"
