"""Late corrections: a summary published earlier against the same figures as they are known now."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd


def difference_table(published: Mapping[str, object], now: Mapping[str, object]) -> pd.DataFrame:
    """Every figure that both summaries have: `figure, published, now, difference`, those that changed first.

    The published one may come from a report with `--as-of`, or from a file kept when the figures were published.
    """
    rows = []
    for name, value in now.items():
        before = published.get(name)
        if not isinstance(value, int | float) or not isinstance(before, int | float):
            continue
        rows.append({"figure": name, "published": before, "now": value, "difference": value - before})
    table = pd.DataFrame(rows, columns=["figure", "published", "now", "difference"]).astype({"figure": object})
    changed = table["difference"] != 0
    return pd.concat([table[changed], table[~changed]], ignore_index=True)
