"""The app."""

from __future__ import annotations

from django.apps import AppConfig


class BackgroundApp(AppConfig):
    name = "thangdo.web.background"
    label = "background"
