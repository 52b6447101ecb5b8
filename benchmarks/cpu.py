"""CPU time of other processes, from `/proc`: who used how much of the shared cores while something ran."""

from __future__ import annotations

import os
from pathlib import Path

TICK = os.sysconf("SC_CLK_TCK")


def _stat(pid: int) -> list[str]:
    """The fields after the command's name: state, parent, group, …; empty where the process is gone."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    except OSError:
        return []


def seconds_of(pids: list[int]) -> float:
    """User and system seconds of these processes, and of children they have waited for."""
    return sum(sum(map(int, fields[11:15])) for pid in pids if (fields := _stat(pid))) / TICK


def _all() -> dict[int, list[str]]:
    pids = [int(path.name) for path in Path("/proc").iterdir() if path.name.isdigit()]
    return {pid: fields for pid in pids if (fields := _stat(pid))}


def group(pid: int) -> list[int]:
    """All processes of the process group that `pid` leads: the platform's server with its workers."""
    return [other for other, fields in _all().items() if int(fields[2]) == pid]


def parent_of(pid: int) -> int:
    return int(_stat(pid)[1])


def family(parent: int) -> list[int]:
    """A process with all its children: PostgreSQL with its backends."""
    return [parent, *(pid for pid, fields in _all().items() if int(fields[1]) == parent)]
