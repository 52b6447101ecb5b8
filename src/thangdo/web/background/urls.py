"""Addresses of background work."""

from __future__ import annotations

from django.urls import path

from thangdo.web.background import views

app_name = "background"
urlpatterns = [
    path("viec/nen/", views.jobs, name="jobs"),
    path("viec/nen/<key:job>/", views.job_page, name="job"),
    path("viec/nen/<key:job>/tep/", views.job_file, name="job_file"),
]
