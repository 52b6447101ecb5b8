"""The app."""

from __future__ import annotations

from django.apps import AppConfig


class RoundsApp(AppConfig):
    name = "thangdo.web.rounds"
    label = "rounds"

    def ready(self) -> None:
        from thangdo.web.rounds.lengths import watch

        watch()
