"""A machine to try the operators' guide on: this machine's own files under a layer that takes every change and vanishes.

An overlay over `/` in a mount namespace of its own, entered by chroot: users are made, owners changed and services
started for real, and nothing of it is left. It stands in for a fresh Debian machine and for a container's base image.
"""

from __future__ import annotations

import hashlib
import os
import shlex
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.web.ending import end

ROOT = Path(__file__).resolve().parents[2]
HOME = "/srv/thangdo"
PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
# /proc and /dev are the machine's own; whatever is mounted elsewhere (shared memory, say) is not part of it.
ENTER = """
set -e
mount -t tmpfs layer "$LAYER"
mkdir "$LAYER/upper" "$LAYER/work" "$LAYER/root"
mount -t overlay machine -o "lowerdir=/,upperdir=$LAYER/upper,workdir=$LAYER/work" "$LAYER/root"
mount --rbind /proc "$LAYER/root/proc"
mount --rbind /dev "$LAYER/root/dev"
exec chroot "$LAYER/root" /bin/sh -e -c "$SCRIPT"
"""


@contextmanager
def running(layer: Path, script: str, told: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Run a shell script as root of the stand-in machine until the block ends; what it says goes to `told`."""
    assert os.geteuid() == 0, "a stand-in machine needs root: it mounts an overlay and makes users in it"
    layer.mkdir()
    given = {name: value for name, value in os.environ.items() if not name.startswith(("THANGDO_", "DATABASE_URL"))}
    with told.open("wb") as stream:
        process = subprocess.Popen(
            ["unshare", "--mount", "--propagation", "private", "/bin/sh", "-c", ENTER],
            env={**given, "PATH": PATH, "LAYER": str(layer), "SCRIPT": script},
            stdin=subprocess.DEVNULL,
            stdout=stream,
            stderr=stream,
            start_new_session=True,
        )
        try:
            yield process
        finally:
            end(process, 30)


def run(layer: Path, script: str) -> str:
    """Run a script to its end; returns what it said. Fails where it fails."""
    told = layer.with_suffix(".log")
    with running(layer, script, told) as process:
        code = process.wait(timeout=300)
    assert code == 0, told.read_text()[-3000:]
    return told.read_text()


def repository(to: str = HOME) -> str:
    """Lines that put what git has of the repository where the guide wants it."""
    files = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"], cwd=ROOT, capture_output=True
    )
    assert files.returncode == 0
    chosen = ROOT / "build" / ".stand-in-files"
    chosen.parent.mkdir(exist_ok=True)
    kept = [name for name in files.stdout.split(b"\0") if name and (ROOT / os.fsdecode(name)).is_file()]
    chosen.write_bytes(b"\0".join(kept))
    return f"mkdir -p {to}\ntar -C {shlex.quote(str(ROOT))} --null -T {shlex.quote(str(chosen))} -cf - | tar -C {to} -xf -\n"


def installed(at: str = HOME) -> str:
    """Lines that lend the repository there this environment's packages: a test fetches nothing from outside.

    `run` then finds its lock installed, as after the first start of a real machine.
    """
    digest = hashlib.sha256()
    digest.update((ROOT / "requirements.lock").read_bytes())
    digest.update(sys.version.encode())
    digest.update(at.encode())
    site = Path(sys.prefix) / "lib" / f"python3.{sys.version_info.minor}" / "site-packages"
    # Only in the layer: another user of the stand-in machine may read this environment.
    python = Path(sys.executable).resolve()
    above = {*Path(sys.prefix).resolve().parents, *python.parents} - {Path("/")}
    return f"""
chmod o+x {" ".join(shlex.quote(str(folder)) for folder in sorted(above))}
ln -sf {shlex.quote(str(python))} /usr/local/bin/python3
ln -s {shlex.quote(sys.prefix)} {at}/.venv
printf %s {digest.hexdigest()} > {at}/.venv/.product.stamp
rm -f {at}/.venv/.test.stamp
echo {at}/src > {shlex.quote(str(site))}/thangdo-source.pth
"""
