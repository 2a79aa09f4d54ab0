"""Proof that a folder is the version it should be: its own counts, and another folder row by row."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from bilan.incidents import BilanError, Incident
from bilan.model import Json
from bilan.swap import INFO_FILE

if TYPE_CHECKING:
    from collections.abc import Iterator

MOST = 20
"""Differences that are listed; the rest is counted."""


@dataclass(frozen=True)
class Compared:
    """What two folders were found to have alike: numbers of files, tables and rows."""

    files: int
    tables: int
    rows: int


def read_info(folder: Path) -> Json:
    """The file by which a build names itself. Raises BilanError (B807) if it is none."""
    try:
        info: Json = json.loads((folder / INFO_FILE).read_bytes())
        if not all(
            isinstance(info[key], kind) for key, kind in (("version", str), ("root", str), ("counts", dict))
        ):
            raise ValueError(f"{INFO_FILE} does not name version, root and counts")
    except (OSError, ValueError, KeyError, TypeError) as error:
        message = f"this is no build: {error}"
        raise BilanError(
            Incident("B807", message, "give a folder that bilan build wrote", file=str(folder))
        ) from error
    return info


def is_version(folder: Path, version: str, root: str | None, where: str) -> None:
    """Raises BilanError (B844) unless a built folder is this version with all its rows.

    ``root``: the root hash of the release, if known. Rows are counted from the Parquet files' footers; that
    every document is as released is for ``bilan verify``.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    wrong = []
    try:
        info = read_info(folder)
        if info["version"] != version:
            wrong.append(f"it is version {info['version']}, not {version}")
        if root is not None and info["root"] != root:
            wrong.append(f"its root is {info['root'][:16]}, that of release {version} is {root[:16]}")
        for config, splits in info["counts"].items():
            for split, rows in splits.items():
                files = (folder / "data" / config).glob(f"{split}-*-of-*.parquet")
                found = sum(pq.read_metadata(file).num_rows for file in files)
                if found != rows:
                    wrong.append(f"{config}/{split} has {found} rows of {rows}")
    except (BilanError, OSError, AttributeError, pa.ArrowException) as error:
        wrong.append(f"it is broken: {error}")
    if wrong:
        mend = f"delete it from the cache ({folder}) and load it again; if it stays so, tell the maintainers"
        raise BilanError([Incident("B844", message, mend, file=where) for message in wrong])


def files_of(folder: Path) -> Iterator[tuple[str, Path]]:
    """The files of a folder in order, with their paths relative to it."""
    for path in sorted(folder.rglob("*")):
        if not path.is_dir():
            yield path.relative_to(folder).as_posix(), path


def sha256_of(path: Path) -> str:
    digest = hashlib.sha256()
    with open(path, "rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()
