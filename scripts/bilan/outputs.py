"""Files that a command writes where a user may have work of their own: all of them or, if something is there, none."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from bilan import jsonio
from bilan.checks import parse
from bilan.checks.tree import shown
from bilan.incidents import BilanError, Incident


def write_all(files: Mapping[Path, bytes], force: bool = False) -> None:
    """Writes every file, each whole. Raises BilanError (B808) for each path that holds something else, and then
    nothing is written, unless ``force``."""
    message = "exists and holds something else, perhaps your annotation"
    mend = "look at it, then --force to overwrite it, or give another --out"
    found = [
        Incident("B808", message, mend, file=shown(path))
        for path, data in files.items()
        if (path.exists() or path.is_symlink()) and not force and held(path) != data
    ]
    if found:
        raise BilanError(found)
    for path, data in files.items():
        jsonio.write_atomic(path, data)


def held(path: Path) -> bytes:
    """What a file holds; nothing where there is none, or where it cannot be read."""
    raw = parse.read_bytes(path, shown(path)) if path.exists() else b""
    return raw if isinstance(raw, bytes) else b""
