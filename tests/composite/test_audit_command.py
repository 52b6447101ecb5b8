"""`thangdo composite audit`: verdicts known beforehand, a page and a PDF in both languages."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from thangdo.cli.composite_audit import command
from thangdo.composite.audit import audit
from thangdo.composite.audit_verdicts import verdicts
from thangdo.composite.coin_files import read_index
from thangdo.composite.pipeline import DEFAULT_STEPS


def index_files(folder: Path, twins: bool = False) -> tuple[Path, Path]:
    """Thirty illustrative units with two groups of three indicators that each measure one thing."""
    rng = np.random.default_rng(11)
    common = rng.normal(size=(30, 1))
    groups = [common + 0.7 * rng.normal(size=(30, 1)) + 0.6 * rng.normal(size=(30, 3)) for _ in range(2)]
    values = np.concatenate(groups, axis=1) + 10
    if twins:
        values[:, 1] = values[:, 0] * 2
    codes = ["A1", "A2", "A3", "B1", "B2", "B3"]
    with (folder / "iData.csv").open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(["uCode", *codes])
        writer.writerows([f"U{place:02}", *map(repr, row)] for place, row in enumerate(values.tolist()))
    with (folder / "iMeta.csv").open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(["iCode", "Level", "Parent", "Direction", "Weight", "Type"])
        writer.writerows([code, 1, code[0], 1, 1, "Indicator"] for code in codes)
        writer.writerows([code, 2, "Top", 1, 1, "Aggregate"] for code in "AB")
        writer.writerow(["Top", 3, "", 1, 1, "Aggregate"])
    return folder / "iData.csv", folder / "iMeta.csv"


def test_verdicts_of_a_clean_index_and_of_one_with_twins(tmp_path: Path) -> None:
    clean = {v.question: v for v in verdicts(audit(read_index(*index_files(tmp_path)), DEFAULT_STEPS))}
    assert {clean[each].judgement for each in ("coverage", "coherence", "redundancy", "weights")} == {"sound"}
    assert clean["robustness"].judgement == "unknown"
    twins = {v.question: v for v in verdicts(audit(read_index(*index_files(tmp_path, twins=True)), DEFAULT_STEPS))}
    assert twins["redundancy"].named == ("A1–A2",) and twins["redundancy"].judgement != "sound"


@pytest.mark.parametrize(("language", "heading"), [("vi", "Thứ hạng có vững không?"), ("en", "Are the ranks robust?")])
def test_the_command_writes_a_page_and_a_pdf(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, language: str, heading: str
) -> None:
    monkeypatch.setenv("THANGDO_LANG", language)
    files = [str(path) for path in index_files(tmp_path)]
    out = tmp_path / "audit"
    done = CliRunner().invoke(command, [*files, "--out", str(out), "--replications", "200"], standalone_mode=False)
    assert done.exception is None, done.output
    page = (out / "audit.html").read_text(encoding="utf-8")
    assert f'lang="{language}"' in page and heading in page
    assert page.count("<svg") >= 3 and "NaN" not in page and ">nan" not in page
    assert (out / "audit.pdf").read_bytes().startswith(b"%PDF")
    assert not list(out.glob("*.part"))


def test_errors_of_the_data_give_rank_sets_of_their_own(tmp_path: Path) -> None:
    idata, imeta = index_files(tmp_path)
    units = [row["uCode"] for row in csv.DictReader(idata.open(encoding="utf-8"))]
    (tmp_path / "se.csv").write_text("uCode,A1,A2\n" + "".join(f"{unit},0.3,0.3\n" for unit in units))
    spec = tmp_path / "spec.yaml"
    spec.write_text(
        "uncertain:\n"
        "- {item: weights, levels: [1], noise: uniform, factor: 0.25}\n"
        "- {item: data, standard_errors: se.csv}\n",
        encoding="utf-8",
    )
    line = [str(idata), str(imeta), "--spec", str(spec), "--out", str(tmp_path / "audit"), "--replications", "200"]
    done = CliRunner().invoke(command, line, standalone_mode=False)
    assert done.exception is None, done.output
    page = (tmp_path / "audit" / "audit.html").read_text(encoding="utf-8")
    assert "Thứ hạng theo sai số của dữ liệu (95 %)" in page
    section = page.split("Thứ hạng theo sai số của dữ liệu (95 %)")[1].split("</section>")[0]
    assert section.count("<tr>") == len(units) + 1
