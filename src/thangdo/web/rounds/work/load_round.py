"""A zipped round folder into the database, while its manager does something else."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from thangdo.evaluation import read_round
from thangdo.web.background.kinds import Call, CannotBeDone
from thangdo.web.background.queue import work_files
from thangdo.web.rounds.folder_zip import unpacked
from thangdo.web.rounds.loading import store_round
from thangdo.web.rounds.refusals import ActRefused

STEPS = 3


def load_round(call: Call) -> Mapping[str, Any]:
    """Unpack, read and store the folder in `file`. All of it in one transaction, or none."""
    call.progress(0, STEPS)
    with tempfile.TemporaryDirectory() as place:
        try:
            with work_files().open(str(call.arguments["file"])) as stream:
                folder = unpacked(stream, Path(place))
            call.progress(1, STEPS)
            round_ = read_round(folder)
            call.progress(2, STEPS)
            stored = store_round(round_, actor_id=call.person_id, at=call.at)
        except FileNotFoundError as failure:
            raise CannotBeDone(_("The file is no longer here. Send it again.")) from failure
        except ActRefused as refusal:
            raise CannotBeDone(refusal.sentence()) from refusal
    call.progress(STEPS, STEPS)
    return {"words": _("The round is loaded."), "href": reverse("rounds:round", args=[stored.code])}
