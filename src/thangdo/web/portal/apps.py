"""The app."""

from __future__ import annotations

from django.apps import AppConfig


class PortalApp(AppConfig):
    name = "thangdo.web.portal"
    label = "portal"
