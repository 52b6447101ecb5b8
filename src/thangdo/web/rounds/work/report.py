"""The results of a round as they are published: tables, workbook, site and data package in one zip."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from thangdo.edition import build_site, write_results
from thangdo.evaluation import Results, evaluate
from thangdo.web.background.kinds import Call, CannotBeDone
from thangdo.web.background.queue import keep_file
from thangdo.web.rounds.conversion import round_value
from thangdo.web.rounds.folder_zip import packed
from thangdo.web.rounds.models import Round

STEPS = 3


def _site(results: Results, folder: Path) -> None:
    build_site(results, folder)


def report(call: Call) -> Mapping[str, Any]:
    """Evaluate the round `round` as it stands and pack everything `thangdo evaluate` would write."""
    stored = Round.objects.filter(code=call.arguments["round"]).first()
    if stored is None:
        raise CannotBeDone(_("The round is no longer here."))
    call.progress(0, STEPS)
    results = evaluate(round_value(stored))
    call.progress(1, STEPS)
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "results"
        write_results(results, folder, translation.get_language() or "vi", _site)
        call.progress(2, STEPS)
        with (Path(place) / "results.zip").open("w+b") as stream:
            packed(folder, stream, stored.code)
            stream.seek(0)
            put = keep_file(iter(lambda: stream.read(1 << 20), b""), settings.WORK_LIMIT_BYTES)
    call.progress(STEPS, STEPS)
    return {"file": put.sha256, "name": f"{stored.code}-ket-qua.zip", "size": put.size}
