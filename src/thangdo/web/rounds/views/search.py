"""Search over units and criteria."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render

from thangdo.evaluation.vietnamese import search_text
from thangdo.web.registry.models import Unit
from thangdo.web.rounds.models import Part
from thangdo.web.rounds.sets import issued_set
from thangdo.web.typed_values import search_words


def search(request: Any) -> HttpResponse:
    """Units and criteria whose words match, accents or not."""
    words = request.GET.get("q", "").strip()
    wanted = search_words(words)
    criteria = []
    if wanted:
        for part in Part.objects.select_related("round").exclude(set_text=""):
            for node in issued_set(part).nodes.values():
                text = search_text(node.code, node.text.vi, node.text.en)
                if all(word in text for word in wanted):
                    criteria.append((part, node))
    context = {
        "words": words,
        "units": Unit.objects.named_like(words)[:50] if words else [],
        "criteria": criteria[:50],
    }
    return render(request, "rounds/search.html", context)
