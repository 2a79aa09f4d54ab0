"""Proof that a folder is the version it should be: its own counts, and another folder row by row."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from bilan.building.files import sha256_of
from bilan.incidents import BilanError, Incident
from bilan.model import Json
from bilan.swap import INFO_FILE

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pyarrow as pa

    from bilan.publishing.plan import Plan


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


def faults(folder: Path, version: str, root: str | None) -> list[str]:
    """What keeps a built folder from being this version with all its rows; empty if it is that.

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
                files = (folder / "data" / config).glob(f"{split}-*.parquet")
                found = sum(pq.read_metadata(file).num_rows for file in files)
                if found != rows:
                    wrong.append(f"{config}/{split} has {found} rows of {rows}")
    except (BilanError, OSError, AttributeError, pa.ArrowException) as error:
        wrong.append(f"it is broken: {error}")
    return wrong


def is_version(folder: Path, version: str, root: str | None, where: str) -> None:
    """Raises BilanError (B844) unless a built folder is this version with all its rows, as ``faults`` tells."""
    mend = f"delete it from the cache ({folder}) and load it again; if it stays so, tell the maintainers"
    if wrong := faults(folder, version, root):
        raise BilanError([Incident("B844", message, mend, file=where) for message in wrong])


def compare(plan: Plan, folder: Path, where: str) -> Compared:
    """Compares what loads under the tag with the build, file by file and row by row.

    What a repository keeps for itself (.git, .gitattributes) is no difference. Raises BilanError (B844) with
    every file and table that differs.
    """
    from bilan.load import read_built

    planned = {one.path: one.sha256 for one in plan.files}
    found = {
        name: sha256_of(path)
        for name, path in files_of(folder)
        if not name.startswith(".git/") and name != ".gitattributes"
    }
    wrong = [f"{name} is missing" for name in sorted({*planned} - {*found})]
    wrong += [f"{name} should not be there" for name in sorted({*found} - {*planned})]
    wrong += [f"{name} differs" for name in sorted({*planned} & {*found}) if planned[name] != found[name]]
    tables = rows = 0
    try:
        for config in read_info(plan.build)["counts"]:
            ours, theirs = read_built(config, plan.build).tables, read_built(config, folder).tables
            tables += 1
            rows += sum(table.num_rows for table in theirs.values())
            if list(ours) != list(theirs):
                wrong.append(f"{config} has the splits {', '.join(theirs)}, not {', '.join(ours)}")
            wrong += [
                f"{config}/{split} differs in row {_first_difference(ours[split], theirs[split])}"
                for split in ours
                if split in theirs and not ours[split].equals(theirs[split])
            ]
    except BilanError as error:
        wrong += [one.message for one in error.incidents]
    if wrong:
        mend = "do not use or move this tag; find out what wrote it, and release a new version"
        raise BilanError([Incident("B844", message, mend, file=where) for message in wrong])
    return Compared(len(found), tables, rows)


def _first_difference(ours: pa.Table, theirs: pa.Table) -> int:
    """Number of the first row that differs, from 0; the shorter table's length if one has more rows."""
    both = zip(ours.to_pylist(), theirs.to_pylist(), strict=False)
    alike = (number for number, (one, other) in enumerate(both) if one != other)
    return next(alike, min(ours.num_rows, theirs.num_rows))


def files_of(folder: Path) -> Iterator[tuple[str, Path]]:
    """The files of a folder in order, with their paths relative to it."""
    for path in sorted(folder.rglob("*")):
        if not path.is_dir():
            yield path.relative_to(folder).as_posix(), path
