"""Beside R's `survey` package, where it is installed: its seconds on the same size, and agreement on the same data."""

from __future__ import annotations

import csv
import math
import shutil
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any

import yaml

from benchmarks.figure import Figure
from thangdo.survey.estimation_files import estimate_files
from thangdo.survey.generate import Size, generate

_NOT_INSTALLED = {"r": "R with its package survey is not installed: ours is not compared here"}

_SPEED = """
suppressMessages(library(survey)); set.seed(1); n <- 1e6; k <- 2000
d <- data.frame(psu=sample.int(k, n, TRUE), w=runif(n,5,30), dom=sample.int(50, n, TRUE))
d$s <- d$psu %% 100; for (i in 1:22) d[[paste0("q",i)]] <- sample.int(5, n, TRUE)
a <- proc.time()[3]; des <- svydesign(id=~psu, strata=~s, weights=~w, data=d); b <- proc.time()[3]
r <- svyby(as.formula(paste("~", paste(paste0("q",1:22), collapse="+"))), ~dom, des, svymean)
cat(b-a, proc.time()[3]-b)
"""

# Two-stage with both corrections, raked: means, totals, shares and a ratio, whole and by unit.
_AGREEMENT = """
suppressMessages(library(survey)); d <- read.csv("responses.csv", na.strings=""); d <- d[d$responded == 1, ]
write.csv(d, "answered.csv", row.names=FALSE, na="")
g <- c(nu=40000, nam=40000); a <- c("18-34"=30000, "35-49"=25000, "50-64"=17000, "65+"=8000)
des <- svydesign(id=~cluster+respondent, strata=~stratum, weights=~weight, data=d,
                 fpc=~clusters_in_stratum+persons_in_cluster)
raked <- rake(des, list(~gender, ~age_group), list(data.frame(gender=names(g), Freq=g),
              data.frame(age_group=names(a), Freq=a)), control=list(maxit=2000, epsilon=1e-10))
out <- NULL; add <- function(design, statistic, variable, domain, m) out <<- rbind(out,
  data.frame(design, statistic, variable, domain, estimate=as.numeric(coef(m)), se=as.numeric(SE(m))))
for (one in list(list("plain", des), list("raked", raked))) for (v in c("tiep_can_1", "ket_qua_2", "gop_y_3")) {
  f <- as.formula(paste("~", v)); x <- one[[2]]
  add(one[[1]], "mean", v, "", svymean(f, x, na.rm=TRUE)); add(one[[1]], "total", v, "", svytotal(f, x, na.rm=TRUE))
  add(one[[1]], "ratio", paste0(v, "/thu_tuc_1"), "", svyratio(f, ~thu_tuc_1, x, na.rm=TRUE))
  for (u in sort(unique(d$unit))) add(one[[1]], "mean", v, u, svymean(f, subset(x, unit == u), na.rm=TRUE))
}
write.csv(out, "r.csv", row.names=FALSE)
"""


def _has_survey() -> bool:
    program = shutil.which("Rscript")
    if program is None:
        return False
    asked = [program, "-e", "quit(status = !requireNamespace('survey', quietly = TRUE))"]
    return subprocess.run(asked, capture_output=True, check=False).returncode == 0


def seconds_of_r() -> dict[str, Any]:
    """R survey on 22 items × 50 domains × 1,000,000 answers, without its design effects, which cost it many minutes."""
    if not _has_survey():
        return dict(_NOT_INSTALLED)
    start = time.perf_counter()
    done = subprocess.run(["Rscript", "-e", _SPEED], capture_output=True, text=True, timeout=1800, check=False)
    if done.returncode:
        return {"r": "failed", "message": done.stderr[-200:]}
    design, estimates = (float(part) for part in done.stdout.split()[-2:])
    return {"svydesign": design, "svyby": estimates, "wall": round(time.perf_counter() - start, 1)}


def agreement_with_r() -> dict[str, Any]:
    """The largest relative distance of estimates and errors from R's on a generated two-stage survey."""
    if not _has_survey():
        return dict(_NOT_INSTALLED)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        generate(Size(6000, units=12), 5, folder / "made")
        made = folder / "made"
        done = subprocess.run(
            ["Rscript", "-e", _AGREEMENT], cwd=made, capture_output=True, text=True, timeout=900, check=False
        )
        if done.returncode:
            return {"r": "failed", "message": done.stderr[-300:]}
        with (made / "r.csv").open(encoding="utf-8") as stream:
            theirs = list(csv.DictReader(stream))
        ours = {kind: _ours(made, kind) for kind in ("plain", "raked")}
    gaps = {"estimate": 0.0, "se": 0.0}
    for row in theirs:
        found = ours[row["design"]][row["statistic"], row["variable"], row["domain"] if row["domain"] != "NA" else ""]
        for key, value in (("estimate", found.estimate), ("se", found.se)):
            wanted = float(row[key])
            gaps[key] = max(gaps[key], abs(value - wanted) / max(abs(wanted), 1e-12))
    return {"rows": len(theirs), **{key: float(f"{gap:.2g}") for key, gap in gaps.items()}, "holds": _holds(gaps)}


def _holds(gaps: dict[str, float]) -> bool:
    return all(gap <= 1e-6 and not math.isnan(gap) for gap in gaps.values())


def _ours(folder: Path, kind: str) -> dict[tuple[str, str, str], Any]:
    design: dict[str, Any] = {
        "weights": "weight", "strata": "stratum", "clusters": ["cluster", "respondent"],
        "fpc": ["clusters_in_stratum", "persons_in_cluster"],
    }  # fmt: skip
    if kind == "raked":
        ages = {"18-34": 30000, "35-49": 25000, "50-64": 17000, "65+": 8000}
        design["rake"] = {"gender": {"nu": 40000, "nam": 40000}, "age_group": ages}
    items = ["tiep_can_1", "ket_qua_2", "gop_y_3"]
    asked = [
        {"statistic": "mean", "variable": items},
        {"statistic": "total", "variable": items},
        {"statistic": "ratio", "variable": items, "denominator": "thu_tuc_1"},
        {"statistic": "mean", "variable": items, "by": "unit"},
    ]
    (folder / "r-design.yaml").write_text(yaml.safe_dump(design), encoding="utf-8")
    (folder / "r-analysis.yaml").write_text(yaml.safe_dump(asked), encoding="utf-8")
    found = estimate_files(folder / "answered.csv", folder / "r-design.yaml", folder / "r-analysis.yaml")
    return {(row.statistic, row.variable, row.domain): row for row in found.estimates}


FIGURES = (
    Figure("survey: R survey on the same size", "beside ours", seconds_of_r),
    Figure("survey: agreement with R survey", "≤ 1e-6 relative, estimates and errors", agreement_with_r),
)
