"""Which tables the ledger watches: every table of ours, unless it is named here with a reason."""

from __future__ import annotations

from django.apps import apps
from django.db import models

# The queue of background work is no record: what a piece of work changes is recorded under its own act.
APPS = ("registry", "accounts", "rounds", "portal")
# What is not an office's record: a reader's own last visit to the matrix, running text of files, intervals that are
# drawn again whenever they are gone, open browsers, counts that bound guessing, and the queue of work in the background (what that work changes
# is recorded as its own act).
LEFT_OUT = {
    "rounds_visit",
    "rounds_filetext",
    "rounds_drawnintervals",
    "accounts_session",
    "accounts_bucket",
    "background_job",
    "background_nextrun",
}
# Never copied into the ledger; that they changed is recorded, what they are is not.
SECRET_COLUMNS = {"password", "totp_secret", "recovery_codes"}


def tracked_models() -> list[type[models.Model]]:
    """The watched models, in the order of their tables' names."""
    found = [
        model
        for app in APPS
        if apps.is_installed(f"thangdo.web.{app}")
        for model in apps.get_app_config(app).get_models(include_auto_created=True)
        if model._meta.db_table not in LEFT_OUT and not model._meta.proxy
    ]
    return sorted(found, key=lambda model: model._meta.db_table)
