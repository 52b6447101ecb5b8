"""The reference page of composite indices, made from the rows of steps, keys, aggregations and weights."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

HEAD = """\
# Composite indices: the pipeline file

Made from the rows of `thangdo.composite`. Names of methods and parameters are COINr's without the `n_`, `a_`, `i_` prefix;
with the prefix they are understood too.

```
thangdo composite build IDATA IMETA [--pipeline FILE] --out DIR
```

| file | what |
|---|---|
| `normalised.csv` | `uCode` (of a panel `uCode,Time`), a column for every indicator |
| `scores.csv` | the same rows, a column for every code of every level, indicators first |
| `ranks.csv` | competition ranks of the unrounded scores, 1 the best; of a panel within each time |
| `log.json` | what every step did: cells imputed, units removed, values treated, weights and effective weights used, ties, circles and gaps of Kemeny orders, remarks |

Numbers have every digit. A new folder appears whole or not at all; in one that is there these files alone are replaced. Exit code 0: built; 1: something must be mended first,
every finding with file, row and column ([findings](findings.md)).

## The two tables

CSV (commas, semicolons or tabs; with or without a byte order mark; decimal commas where the columns are not parted by
commas, which is then remarked) or Excel (a sheet called `iData`, `iMeta`, else the first). Empty, `NA`, `N/A`, `NaN`, `NULL`
are missing.

**iData**: `uCode`, a column for every indicator, denominator and group. A column the index does not name is kept aside.
Units that come back under another `Time` make a panel.

**iMeta**: one row for every indicator (`Type` Indicator) and aggregate (Aggregate); rows of type Group, Denominator, Other
are for people.

| column | what |
|---|---|
| `iCode`, `Parent`, `Level` | the tree: one top without parent, parents on a higher level, any number of levels |
| `Direction` | 1 or -1; blank or no such column: 1 |
| `Weight` | among siblings, only proportions count; blank or no such column: 1 |
| `Denominator` | the column of iData an indicator is divided by in the step `denominate` |
| `Target`, `goalpost_lower`, `goalpost_upper`, `goalpost_scale`, `goalpost_trunc2posts`, `dist2targ_cap_max`, `minmax_lower`, `minmax_upper`, `zscore_mean`, `zscore_sd`, `scaled_lower`, `scaled_upper`, `ScaleFactor` | an indicator's own parameters, where a step does not give them |

## Steps

A YAML list, run in its order; `aggregate` stands last. Without a file: `denominate`, `treat`, `normalise` and `aggregate`
with their defaults (nothing is imputed, nobody screened out).

```yaml
- {step: denominate}
- {step: impute, method: mean_grp, use_group: EurAsia_group}
- {step: screen, unit_screen: byNA, dat_thresh: 0.9}
- {step: treat, method: winsorise, winmax: 5, then: log_CT}
- {step: normalise, method: minmax, l_u: [0, 100], indicators: {LPI: {method: goalposts, gposts: [1, 5, 100]}}}
- {step: aggregate, method: {2: amean, 3: amean, Index: gmean}, weights: [{method: pca, levels: [1]}], dat_thresh: 0.5}
```

Of a panel every step runs one time after the other, but for the imputation from other times and the normalisation
(`global: true`). An unknown step, method, key or code, and a value out of its bounds, is a finding; so is every cell a
step cannot take. Nothing is skipped.
"""

PYTHON = """\
## In Python

```python
from thangdo.composite import Index

index = Index.from_coin(idata, imeta).pipeline("pipeline.yaml")  # frames (pandas, Polars) or files
index.scores, index.ranks, index.normalised, index.effective_weights, index.log, index.findings
index.strengths("AUT"), index.contributions(), index.compare(earlier), index.change_split(earlier, revised)
index.uncertainty("spec.yaml", replications=10_000, seed=1)
```

The [gallery](../guides/composite-gallery.md) shows each on the demo city's data; weights and ways to look inside are
in [composite-weights](composite-weights.md), uncertain choices in [uncertainty](uncertainty.md).

## Against COINr

Every deterministic table of COINr 1.1.14 on ASEM agrees to 1e-9 (scores and ranks). Different on purpose:

- A generalised mean leaves gaps out like the other means. `log_GII` transforms. A group that is not known is no group.
- Copeland and Kemeny refuse gaps; a Kemeny order keeps ties and says circles and its gap.
- An infinite or undefined value stops the build with its cell, where R hands on `Inf` and `NaN`.
- Weights by principal components below 0 stop the build unless the step says what becomes of them.
"""


def _rows(lines: Iterable[Iterable[Any]]) -> list[str]:
    return ["| " + " | ".join(str(cell).replace("|", "\\|") for cell in line) + " |" for line in lines]


def _default(value: Any) -> str:
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _keys(keys: Iterable[Any]) -> list[str]:
    return _rows(
        (
            f"`{key.name}`",
            key.values.bounds,
            "required" if key.is_required else _default(key.default),
            key.meaning_vi,
            key.meaning_en,
        )
        for key in keys
    )


KEY_HEAD = ["| key | value | default | vi | en |", "|---|---|---|---|---|"]


def composite_page() -> str:
    """The pipeline file: files, tables, every key of every step, aggregations, weights."""
    from thangdo.composite.aggregating import AGGREGATE_KEYS
    from thangdo.composite.aggregation import METHODS
    from thangdo.composite.steps import STEP_KINDS
    from thangdo.composite.weight_methods import WEIGHT_KINDS, WHERE_KEYS

    lines = [HEAD]
    for step in dict.fromkeys(kind.step for kind in STEP_KINDS):
        kinds = [kind for kind in STEP_KINDS if kind.step == step]
        lines += [f"### `{step}`", ""]
        if any(kind.method for kind in kinds):
            lines += ["| method | vi | en | definition | keys |", "|---|---|---|---|---|"]
            lines += _rows(
                (
                    f"`{kind.method}`",
                    kind.name_vi,
                    kind.name_en,
                    kind.formula,
                    ", ".join(f"`{key.name}`" for key in kind.keys),
                )
                for kind in kinds
            )
            lines.append("")
        else:
            lines += [f"{kinds[0].name_vi} / {kinds[0].name_en}: {kinds[0].formula}", ""]
        keys = list({key.name: key for kind in kinds for key in kind.keys}.values())
        if keys:
            lines += [*KEY_HEAD, *_keys(keys), ""]
    lines += ["### `aggregate`", "", *KEY_HEAD, *_keys(AGGREGATE_KEYS), ""]
    lines += ["| method | vi | en | definition | source |", "|---|---|---|---|---|"]
    lines += _rows((f"`{row.code}`", row.name_vi, row.name_en, row.formula, row.source) for row in METHODS.values())
    lines += [
        "",
        "Kemeny orders are exact for any number of units whose majorities do not run in a circle, and for circles of up to",
        "16 units; above that the best order found is given, marked, with the most another could gain. Copeland and Kemeny",
        "compare every two units: their cost grows with the square of the units.",
        "",
        "#### `weights` of `aggregate`",
        "",
        "`original` (iMeta), `equal`, `{code: w}`, one `{method: …}` or a list of them, later ones replacing earlier ones.",
        "",
        "| method | vi | en | source |",
        "|---|---|---|---|",
        *_rows((f"`{row.code}`", row.name_vi, row.name_en, row.source) for row in WEIGHT_KINDS.values()),
        "",
        "| method | key | value | default | vi | en |",
        "|---|---|---|---|---|---|",
        *(f"| `{row.code}` {line}" for row in WEIGHT_KINDS.values() for line in _keys(row.keys)),
        *(f"| all {line}" for line in _keys(WHERE_KEYS)),
        "",
        PYTHON,
    ]
    return "\n".join(lines).rstrip() + "\n"
