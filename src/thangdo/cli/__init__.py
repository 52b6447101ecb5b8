"""The command line: one file per command group, loaded only when it is called."""

from __future__ import annotations

import sys


def main() -> int:
    """Run `thangdo` with the process's arguments; the exit code is returned.

    0 done · 1 findings that must be mended · 2 wrong usage · 3 stopped by a failure.
    """
    from thangdo.cli.entry import run

    return run(sys.argv[1:])
