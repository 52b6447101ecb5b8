"""Addresses of the registry."""

from __future__ import annotations

from django.urls import path

from thangdo.web.registry import people_views, views

app_name = "registry"
urlpatterns = [
    path("don-vi/", views.units, name="units"),
    path("don-vi/nhap/", views.unit_import, name="unit_import"),
    path("don-vi/<str:unit>/", views.unit_page, name="unit"),
    path("nguoi/", people_views.people, name="people"),
    path("nguoi/nhap/", people_views.people_import, name="people_import"),
    path("nguoi/<str:login>/", people_views.person, name="person"),
    path("nguoi/<str:login>/vai-tro/", people_views.grant, name="grant"),
    path("uy-quyen/", people_views.delegate, name="delegate"),
]
