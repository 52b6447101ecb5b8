"""The app: hands the act in progress to SQLite, and keeps the triggers in step with the tables."""

from __future__ import annotations

from typing import Any

from django.apps import AppConfig
from django.db.backends.signals import connection_created
from django.db.models.signals import post_migrate


class LedgerApp(AppConfig):
    name = "thangdo.web.ledger"
    label = "ledger"

    def ready(self) -> None:
        from thangdo.web.ledger.acting import offer_act_to_sqlite

        connection_created.connect(offer_act_to_sqlite, dispatch_uid="ledger.acting")
        post_migrate.connect(_install, dispatch_uid="ledger.triggers")


def _install(sender: AppConfig, using: str = "default", **_: Any) -> None:
    """After the last app's migrations every tracked table gets its triggers anew (columns may have changed)."""
    from django.apps import apps

    # Django tells of apps with models only; the last of them is told when every table stands.
    if sender is not [app for app in apps.get_app_configs() if app.models_module is not None][-1]:
        return
    from django.db import connections

    from thangdo.web.ledger.triggers import install

    install(connections[using])
