"""The work folder beside the folder that is built: what is finished of every shard, for the next run to keep.

``<out>.work/<shard>/`` appears whole, by rename, with ``result.json`` and the files of a shard. While a run has
not come to its end, ``MARK`` says so. After it the Parquet files are in the built folder alone, where the next
run finds them; what is left here is small.
"""

from __future__ import annotations

import json
import os
import shutil
import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from bilan.building.files import link, sha256_of
from bilan.incidents import BilanError, Incident
from bilan.jsonio import write_atomic
from bilan.model import Json

MARK = ".bilan-work.json"
"""By this file a work folder is known for one; it says whether a run is under way. No shard is called so."""

RESULT = "result.json"
SUMMARY = "summary.parquet"


def stories_file(name: str) -> str:
    """Where the stories of a shard go, in its folder and in the built one."""
    return f"metadata/stories-{name}.jsonl"


def folder_of(out: Path) -> Path:
    return out.parent / f"{out.name}.work"


def begin(out: Path, resume: bool = False, restart: bool = False) -> Path:
    """The work folder for a run that holds the lock of ``out``.

    Raises BilanError: B894 where a run before this one did not come to its end and neither way is chosen, B801
    where the folder is somebody else's.
    """
    work = folder_of(out)
    if work.exists():
        running = _running(work)
        if running and not (resume or restart):
            message = "a build did not come to its end; what it finished is kept here"
            mend = "go on with --resume, or begin again with --restart"
            raise BilanError(Incident("B894", message, mend, file=str(work)))
        if restart:
            shutil.rmtree(work)
    work.mkdir(parents=True, exist_ok=True)
    write_atomic(work / MARK, json.dumps({"running": True}).encode() + b"\n")
    for left in work.glob(".*"):
        if left.is_dir():
            shutil.rmtree(left, ignore_errors=True)
        elif left.name != MARK:
            left.unlink(missing_ok=True)
    return work


def _running(work: Path) -> bool:
    try:
        return bool(json.loads((work / MARK).read_bytes())["running"])
    except (OSError, ValueError, KeyError, TypeError):
        if work.is_dir() and not any(work.iterdir()):
            return False
        if (work / MARK).is_file():
            return True  # cut off in the middle
        message = "this folder is needed for the build, and holds something else"
        raise BilanError(Incident("B801", message, "give --out another folder", file=str(work))) from None


def end(work: Path, names: Iterable[str]) -> None:
    """After the swap: lets go of the Parquet files, and of shards that are no longer there."""
    wanted = set(names)
    for entry in work.iterdir():
        if entry.is_dir():
            shutil.rmtree(entry if entry.name not in wanted else entry / "data", ignore_errors=True)
    write_atomic(work / MARK, json.dumps({"running": False}).encode() + b"\n")


@contextmanager
def new_folder(work: Path) -> Iterator[Path]:
    """A folder for one try of one shard, gone at the end unless it was put into place."""
    folder = work / f".{uuid.uuid4().hex}"
    folder.mkdir()
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def put(folder: Path, result: Json, place: Path) -> None:
    """Puts a finished shard into its place; of two tries of one shard the last stays, and they are equal."""
    write_atomic(folder / RESULT, json.dumps(result, ensure_ascii=False, indent=1).encode() + b"\n")
    _sync(folder)
    if place.exists():
        old = place.parent / f".{uuid.uuid4().hex}"
        os.rename(place, old)
        os.rename(folder, place)
        shutil.rmtree(old, ignore_errors=True)
    else:
        os.rename(folder, place)
    _sync(place.parent)


def kept(place: Path, key: str, out: Path) -> Json | None:
    """The result of a shard that is finished under this key, with every file whole; else None.

    Files that are in the built folder ``out`` alone are brought back, by link where the file system has links.
    """
    result = read(place)
    if result is None or result.get("key") != key:
        return None
    try:
        for one in [*result["files"], *result["beside"], result["summary"]]:
            path = place / one["path"]
            if not path.is_file():
                path.parent.mkdir(parents=True, exist_ok=True)
                link(out / one["path"], path)
            if path.stat().st_size != one["size"] or sha256_of(path) != one["sha256"]:
                return None
    except FileNotFoundError:
        return None
    return result


def read(place: Path) -> Json | None:
    """The result of a finished shard, or None."""
    try:
        found = json.loads((place / RESULT).read_bytes())
    except (OSError, ValueError):
        return None
    return found if isinstance(found, dict) else None


def _sync(folder: Path) -> None:
    """Names too must be on the disk before they are counted on."""
    try:
        handle = os.open(folder, os.O_RDONLY)
    except OSError:
        return  # Windows opens no folders
    try:
        os.fsync(handle)
    except OSError:
        pass
    finally:
        os.close(handle)
