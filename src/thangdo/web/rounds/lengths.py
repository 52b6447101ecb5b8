"""Texts longer than their column: refused by name before the database does, alike on SQLite and PostgreSQL."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models.signals import pre_save
from django.utils.translation import gettext_lazy as _

from thangdo.web.rounds.refusals import ActRefused

LABELS: dict[str, Any] = {
    "name": _("Document"),
    "issuer": _("Issued by"),
    "number": _("Number"),
    "reason": _("Reason"),
    "index": _("Index"),
    "criterion": _("Criterion"),
    "proposal": _("Points proposed"),
    "login": _("Login"),
    "full_name": _("Name"),
}


def refuse_too_long(sender: type[models.Model], instance: models.Model, raw: bool = False, **_kwargs: Any) -> None:
    """Raise ActRefused for the first text of `instance` that its column cannot hold (SQLite would keep it)."""
    if raw or not sender.__module__.startswith("thangdo.web."):
        return
    for field in sender._meta.concrete_fields:
        limit = field.max_length
        if limit is None or not isinstance(field, models.CharField):
            continue
        value = getattr(instance, field.attname)
        if isinstance(value, str) and len(value) > limit:
            raise ActRefused("too_long", field=LABELS.get(field.name, field.name), limit=limit)


def watch() -> None:
    """Ask before every save of our models; bulk writes come from files that were read and checked before."""
    pre_save.connect(refuse_too_long, dispatch_uid="lengths")
