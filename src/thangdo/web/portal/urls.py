"""Public addresses."""

from __future__ import annotations

from django.urls import path

from thangdo.web.portal import published, views

app_name = "portal"
urlpatterns = [
    path("", views.home, name="home"),
    path("song", views.alive, name="alive"),
    path("phuong-phap/", views.method, name="method"),
    path("cong-bo/", published.published, {"path": ""}, name="published"),
    path("cong-bo/<path:path>", published.published, name="published"),
]
