"""Drawings, tables and documents from values; computes no statistic."""
