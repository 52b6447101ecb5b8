"""Thin pages: read, ask the acts, draw."""
