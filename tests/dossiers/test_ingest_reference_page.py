"""The reference page of the store says what the schema says."""

from __future__ import annotations

from pathlib import Path

from thangdo.dossiers.codes import CODES
from thangdo.dossiers.derived import PARTS, STORED
from thangdo.dossiers.ingest_checks import checks
from thangdo.dossiers.schema import FLAGS, TABLES
from thangdo.dossiers.schema_facts import AGENCY_FACTS

PAGE = (Path(__file__).parents[2] / "docs" / "reference" / "dossiers-store.md").read_text(encoding="utf-8")


def test_every_table_column_and_flag_is_on_the_page() -> None:
    for table in TABLES:
        (line,) = [line for line in PAGE.splitlines() if line.startswith(f"| `{table.name}` |")]
        assert [column.name for column in table.columns if column.name not in line] == []
    assert [flag for flag in FLAGS if f"| {flag.bit} |" not in PAGE] == []
    derived = [
        f"| `{column.name}` | {column.duck_type} | {column.meaning_en} | {column.blank or 'never'} |"
        for columns in STORED.values()
        for column in columns
    ]
    derived += [
        f"| `{part.column}` | `{part.name}` | {part.shift} | {part.bits} | {part.meaning_en} |" for part in PARTS
    ]
    assert [line for line in derived if line not in PAGE] == []


def test_every_fault_and_flag_has_a_text_in_both_languages() -> None:
    used = {
        fault.code
        for table in TABLES
        for fault in checks(table, table.names, has_units=True, has_procedures=True).faults
    }
    used |= {flag.code for flag in FLAGS}
    for code in used:
        assert CODES[code].title("vi") != CODES[code].title("en")


def test_every_agency_fact_names_its_article_once() -> None:
    names = [fact.name for fact in AGENCY_FACTS]
    assert len(names) == len(set(names))
    assert [fact.name for fact in AGENCY_FACTS if not fact.source] == []
    assert [name for name in names if f"`{name}`" not in PAGE] == []


def test_every_other_name_and_word_that_is_taken_is_on_the_page() -> None:
    for table in TABLES:
        (line,) = [line for line in PAGE.splitlines() if line.startswith(f"| `{table.name}`, names |")]
        for column in table.columns:
            mark = "*" if column.required else ""
            assert f"`{column.name}`{mark} = {', '.join((column.name_vi, *column.aliases))}" in line
            for word in column.words if column.said else ():
                texts = ", ".join(text for text, meant in column.said if meant == word)
                assert f"`{word}` = {texts}" in PAGE
