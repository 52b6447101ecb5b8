"""The finding of a ranking in one sentence: what a reader with twenty seconds takes away."""

from __future__ import annotations

from thangdo.evaluation import IndexResults, Results
from thangdo.evaluation.blocks import block_members, index_short
from thangdo.reporting.language import Language, translator
from thangdo.reporting.numbers import number


def finding(results: Results, index: IndexResults, block: str, language: Language) -> str:
    """`20 trong 26 sở, ban, ngành đạt loại Xuất sắc`, or who leads where the index has no classes."""
    _ = translator("edition", language)
    rows = index.block_rows(block)
    ranked = [row for row in rows if row.rank is not None]
    if not ranked:
        waiting = sum(1 for row in rows if row.missing)
        return _("%(count)s units are not complete yet; there is no ranking") % {"count": waiting}
    first = ranked[0]
    leader = results.units[first.unit].full(language)
    classes = index.criteria_set.classes
    if classes is not None and any(row.class_code for row in ranked):
        best = next(band for band in classes.bands if any(row.class_code == band.code for row in ranked))
        count = sum(1 for row in ranked if row.class_code == best.code)
        if len(ranked) == 1:
            return _("%(unit)s is classed %(class)s") % {"unit": leader, "class": best.name[language]}
        return _("%(count)s of %(all)s %(members)s are classed %(class)s") % {
            "count": count,
            "all": len(ranked),
            "members": block_members(block, language),
            "class": best.name[language],
        }
    points = number(first.points, language) if first.points is not None else ""
    return _("%(unit)s leads the %(index)s with %(points)s points") % {
        "unit": leader,
        "index": index_short(index.id, language),
        "points": points,
    }
