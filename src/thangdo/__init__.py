"""Thang Đo: a government's evaluation of its agencies, from criteria set to recomputable ranking."""

__version__ = "0.1.0"
