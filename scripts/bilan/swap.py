"""A folder that is replaced whole or not at all: built beside the old one, then swapped by rename."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bilan.incidents import BilanError, Incident

INFO_FILE = "bilan.json"
"""The file by which a folder shows that a build made it."""


def _siblings(out: Path) -> tuple[Path, Path, Path]:
    """Where a build grows, where the old one waits during the swap, and the lock."""
    return (
        out.parent / f".{out.name}.building",
        out.parent / f".{out.name}.previous",
        out.parent / f".{out.name}.lock",
    )


@contextmanager
def building_folder(out: Path) -> Iterator[Path]:
    """An empty folder beside ``out``; first mends what a killed build left behind. Gone at the end."""
    building, _, lock = _siblings(out)
    _refuse_foreign(out)
    out.parent.mkdir(parents=True, exist_ok=True)
    with _locked(lock, out):
        recover(out)
        building.mkdir()
        try:
            yield building
        finally:
            shutil.rmtree(building, ignore_errors=True)


def recover(out: Path) -> None:
    """Undoes a swap that was cut off in the middle, and removes what a killed build left."""
    building, previous, _ = _siblings(out)
    if previous.is_dir() and not out.exists():
        os.rename(previous, out)
    for left in (previous, building):
        if left.is_dir():
            shutil.rmtree(left)


def swap_in(building: Path, out: Path) -> None:
    """Puts the new folder in the place of the old one; at every moment one of the two is whole."""
    _, previous, _ = _siblings(out)
    if out.exists():
        os.rename(out, previous)
    try:
        os.rename(building, out)
    except OSError:
        recover(out)
        raise
    shutil.rmtree(previous, ignore_errors=True)


def _refuse_foreign(out: Path) -> None:
    """Never replaces a folder that no build made."""
    if not out.exists() or (out.is_dir() and ((out / INFO_FILE).is_file() or not any(out.iterdir()))):
        return
    what = "holds something else than a build" if out.is_dir() else "is no folder"
    raise BilanError(Incident("B801", what, "give --out a new folder", file=str(out)))


@contextmanager
def _locked(lock: Path, out: Path) -> Iterator[None]:
    """Holds the lock of an output folder. It dies with the process, so that a killed build leaves none."""
    try:
        import fcntl
    except ImportError:  # no flock on Windows: two builds at once are then the user's own care
        yield
        return
    with open(lock, "w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            message = "another build is writing to this folder"
            raise BilanError(
                Incident("B804", message, "wait for it, or give another --out", file=str(out))
            ) from None
        yield
