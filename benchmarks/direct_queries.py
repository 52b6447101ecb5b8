"""The same year asked by hand: twelve plain queries over the stored stamps, as an analyst would write them.

What the report does beyond them is left out (the law's clock, restarts, days off, the year before, all files): they are
the measure of the machine, not of the report. Run as `python -m benchmarks.direct_queries STORE YEAR`.
"""

from __future__ import annotations

import sys
from pathlib import Path

FINISHED = "finished_at >= {start} AND finished_at < {end}"
COUNTED = "received_at < {end} AND (finished_at IS NULL OR finished_at >= {start})"
IS_OPEN = "(finished_at IS NULL OR finished_at >= {end})"
DUE_END, AGAIN_END = (
    f"CASE WHEN {due} = date_trunc('day', {due}) THEN {due} + INTERVAL 1 DAY ELSE {due} END"
    for due in ("due_at", "re_due_at")
)
FORM = f"""
  count(*) AS received, count(*) FILTER (received_at >= {{start}} AND channel = 'online') AS online,
  count(*) FILTER (received_at >= {{start}} AND channel <> 'online') AS direct,
  count(*) FILTER (received_at < {{start}}) AS carried_over,
  count(*) FILTER ({FINISHED} AND finished_at < date_trunc('day', due_at)) AS early,
  count(*) FILTER ({FINISHED} AND finished_at >= date_trunc('day', due_at) AND finished_at <= {DUE_END}) AS on_time,
  count(*) FILTER ({FINISHED} AND finished_at > {DUE_END}) AS overdue,
  count(*) FILTER ({IS_OPEN} AND {DUE_END} >= {{end}}) AS open_within,
  count(*) FILTER ({IS_OPEN} AND {DUE_END} < {{end}}) AS open_overdue
"""
QUERIES = {
    "form 06 by unit": f"SELECT unit_code, {FORM} FROM {{dossiers}} WHERE {COUNTED} GROUP BY ALL",
    "form 06 by level and field": f"""
        SELECT level, field_code, {FORM} FROM {{dossiers}} LEFT JOIN {{procedures}} USING (procedure_code)
        WHERE {COUNTED} GROUP BY ALL""",
    "flow by unit and month": """
        SELECT unit_code, date_trunc('month', received_at) AS received, date_trunc('month', finished_at) AS finished,
          count(*) FROM {dossiers} WHERE received_at < {end} GROUP BY ALL""",
    "by new due dates": f"""
        SELECT unit_code, count(*), count(*) FILTER (finished_at > {AGAIN_END}) FROM {{dossiers}}
        WHERE {FINISHED} AND re_due_at IS NOT NULL GROUP BY ALL""",
    "apologies": f"""
        SELECT unit_code, count(*), count(apology_at), count(*) FILTER (apology_at <= {DUE_END}) FROM {{dossiers}}
        WHERE {FINISHED} AND finished_at > {DUE_END} GROUP BY ALL""",
    "online by unit and procedure": """
        SELECT unit_code, procedure_code, channel, count(*) FROM {dossiers}
        WHERE received_at >= {start} AND received_at < {end} GROUP BY ALL""",
    "on time by unit and procedure": f"""
        SELECT unit_code, procedure_code, count(*), count(*) FILTER (finished_at <= {DUE_END}) FROM {{dossiers}}
        WHERE {FINISHED} GROUP BY ALL""",
    "digital results": f"""
        SELECT unit_code, count(*), sum(fee_paid_online::INT), count(fee_paid_online), sum(result_digital::INT),
          count(result_digital), sum(components), sum(components_digital), sum(components_reused), avg(satisfaction)
        FROM {{dossiers}} WHERE {FINISHED} GROUP BY ALL""",
    "days late": f"""
        SELECT unit_code, date_diff('day', due_at, least(coalesce(finished_at, {{end}}), {{end}})) AS late, count(*)
        FROM {{dossiers}} WHERE {COUNTED} AND coalesce(finished_at, {{end}}) > {DUE_END} GROUP BY ALL""",
    "days taken": f"""
        SELECT unit_code, date_diff('day', received_at, finished_at) AS spent, date_diff('day', received_at, due_at)
          AS allowed, count(*) FROM {{dossiers}} WHERE {FINISHED} GROUP BY ALL""",
    "minutes of the finish": f"""
        SELECT unit_code, hour(finished_at) * 60 + minute(finished_at) AS minute, count(*),
          count(*) FILTER (dayofweek(finished_at) IN (0, 6)),
          count(*) FILTER (date_diff('day', finished_at, due_at) BETWEEN 0 AND 1),
          count(*) FILTER (outcome = 'returned') FROM {{dossiers}} WHERE {FINISHED} GROUP BY ALL""",
    "days in codes": """
        SELECT unit_code, count(*), count(*) FILTER (dossier_code[-11:-6] < strftime(received_at, '%y%m%d'))
        FROM {dossiers} WHERE received_at >= {start} AND received_at < {end} GROUP BY ALL""",
}


def ask(store: Path, year: int) -> int:
    """Ask all of them, one after the other; the number of rows answered."""
    import duckdb

    from thangdo.dossiers.store import Store, parquet_list

    opened = Store.open(store)
    names = {table: f"read_parquet({parquet_list(opened.files(table))})" for table in ("dossiers", "procedures")}
    names |= {"start": f"TIMESTAMP '{year}-01-01'", "end": f"TIMESTAMP '{year + 1}-01-01'"}
    with duckdb.connect(config={"threads": 2, "memory_limit": "700MB"}) as connection:
        connection.execute("SET preserve_insertion_order = false")
        # As arrays: rows as tuples would cost more than some of the questions.
        return sum(connection.sql(query.format(**names)).to_arrow_table().num_rows for query in QUERIES.values())


if __name__ == "__main__":
    print(ask(Path(sys.argv[1]), int(sys.argv[2])))
