"""The app."""

from __future__ import annotations

from django.apps import AppConfig


class AccountsApp(AppConfig):
    name = "thangdo.web.accounts"
    label = "accounts"
