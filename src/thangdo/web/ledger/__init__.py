"""The append-only record of every change: who, when, before, after, why, written by the database itself."""
