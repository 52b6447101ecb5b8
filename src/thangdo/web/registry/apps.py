"""The app."""

from __future__ import annotations

from django.apps import AppConfig


class RegistryApp(AppConfig):
    name = "thangdo.web.registry"
    label = "registry"
