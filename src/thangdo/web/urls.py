"""All addresses. Each has a row in `thangdo.web.accounts.addresses`; one without is closed."""

from __future__ import annotations

from django.urls import include, path, register_converter

from thangdo.web.typed_values import KeyConverter

register_converter(KeyConverter, "key")

urlpatterns = [
    path("", include("thangdo.web.portal.urls")),
    path("", include("thangdo.web.accounts.urls")),
    path("", include("thangdo.web.registry.urls")),
    path("", include("thangdo.web.background.urls")),
    path("", include("thangdo.web.rounds.urls")),
]

handler400 = "thangdo.web.portal.failures.bad_request"
handler403 = "thangdo.web.portal.failures.forbidden"
handler404 = "thangdo.web.portal.failures.not_found"
handler500 = "thangdo.web.portal.failures.stopped"
