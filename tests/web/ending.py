"""The end of a process that was started as a session of its own, with whatever it has started."""

from __future__ import annotations

import os
import signal
import subprocess
from contextlib import suppress


def cut_power(process: subprocess.Popen[bytes]) -> None:
    """Kill the whole group at once."""
    os.killpg(process.pid, signal.SIGKILL)
    process.wait(timeout=30)


def end(process: subprocess.Popen[bytes], seconds: float) -> None:
    """Ask the group to end, and kill what has not after `seconds`."""
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGTERM)
        try:
            process.wait(timeout=seconds)
        except subprocess.TimeoutExpired:
            cut_power(process)
    # A child outlives a process that was killed by itself: nothing of ours stays behind.
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
