"""Addresses of sign-in and of one's own account."""

from __future__ import annotations

from django.urls import path

from thangdo.web.accounts import views

app_name = "accounts"
urlpatterns = [
    path("dang-nhap/", views.sign_in, name="sign_in"),
    path("dang-nhap/ma/", views.code, name="code"),
    path("dang-xuat/", views.sign_out, name="sign_out"),
    path("tai-khoan/", views.security, name="security"),
    path("tai-khoan/mat-khau/", views.password, name="password"),
    path("ngon-ngu/", views.language, name="language"),
]
