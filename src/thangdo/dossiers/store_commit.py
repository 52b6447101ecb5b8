"""Writing to a store: one writer at a time, staged aside, made the new state in one step."""

from __future__ import annotations

import errno
import fcntl
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from thangdo.dossiers.failure import DossiersFailure
from thangdo.dossiers.schema import BY_NAME
from thangdo.dossiers.store_manifest import Batch, Manifest, StoredFile, flush_folder, write_manifest

STAGING = ".staging"
LOCK = ".lock"
REJECTS = "rejects"

_NO_ROOM = {errno.ENOSPC, errno.EFBIG, errno.EDQUOT, errno.EROFS, errno.EACCES, errno.EIO}


@contextmanager
def writing(root: Path) -> Iterator[Path]:
    """Hold the store for one writer; gives an empty staging folder that is gone afterwards, whatever happens.

    Raises DossiersFailure DOS207 where another writer is at work, DOS208 where nothing can be written. The
    system frees the lock of a killed process.
    """
    try:
        root.mkdir(parents=True, exist_ok=True)
        with (root / LOCK).open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                raise DossiersFailure("DOS207", path=root) from error
            staging = root / STAGING
            shutil.rmtree(staging, ignore_errors=True)
            staging.mkdir()
            try:
                yield staging
            finally:
                shutil.rmtree(staging, ignore_errors=True)
    except OSError as error:
        if error.errno in _NO_ROOM:
            raise DossiersFailure("DOS208", path=root, found=error.strerror) from error
        raise


def clean(root: Path, manifest: Manifest) -> None:
    """Delete what no state needs: files a killed run had moved in place, and those retired by the last state."""
    named = {file.path for file in manifest.files}
    for table in BY_NAME:
        for path in (root / table).glob("*/*.parquet"):
            if str(path.relative_to(root)) not in named:
                path.unlink()
    listed = {batch.rejects for batch in manifest.batches}
    for path in (root / REJECTS).glob("*.csv"):
        if str(path.relative_to(root)) not in listed:
            path.unlink()


def commit(
    root: Path,
    staging: Path,
    manifest: Manifest,
    table: str,
    files: tuple[StoredFile, ...],
    batches: tuple[Batch, ...],
    rejects: Path | None,
    key_id: str,
    step: Callable[[], None],
) -> Manifest:
    """Make `files` the table's state (those of other tables stay): move staged ones in place, then the manifest.

    A staged file is one whose path is a bare name. `step` is called between any two effects (kill tests hook
    in there). Every file is flushed to the disk before the manifest names it.
    """
    number = manifest.next_batch()
    folder = root / table / f"{number:04d}"
    folder.mkdir(parents=True, exist_ok=True)
    placed = []
    for file in files:
        if "/" in file.path:
            placed.append(file)
            continue
        step()
        _flush(staging / file.path)
        (staging / file.path).replace(folder / file.path)
        placed.append(replace(file, path=f"{table}/{folder.name}/{file.path}"))
    if rejects is not None and rejects.exists():
        (root / REJECTS).mkdir(exist_ok=True)
        name = f"{REJECTS}/{number:04d}-{table}.csv"
        step()
        _flush(rejects)
        rejects.replace(root / name)
        batches = tuple(replace(batch, rejects=name) for batch in batches)
    flush_folder(folder)
    others = tuple(file for file in manifest.files if file.table != table)
    following = manifest.successor(batches=batches, files=others + tuple(placed), key_id=key_id)
    step()
    write_manifest(root, following)
    step()
    return following


def _flush(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
