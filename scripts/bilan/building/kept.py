"""What a build remembers for the next one: the results of its parts, and where their rows lie in the built folder.

The record stands beside the folder, as ``.<out>.parts``; the rows are in the folder alone. What it says of a file is
believed only after the file has been hashed again. Without the record, or with one that does not fit, everything is
built anew.
"""

from __future__ import annotations

import os
import time
import zlib
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import accumulate
from pathlib import Path
from typing import Any

import orjson

from bilan.building.beside import METADATA, STORIES_FILE
from bilan.building.files import sha256_of
from bilan.building.part import Result, Stamp
from bilan.building.totals import Totals
from bilan.checks import parts
from bilan.checks.context import Exempted, Summary
from bilan.incidents import Incident
from bilan.jsonio import write_atomic
from bilan.model import Json
from bilan.tables import parquet
from bilan.tables.card import File

_LAYOUT = 2
"""Of the record; one of another layout is passed over."""

_HASHED_AT_ONCE = 4

_OF_A_FILE, _MODIFIED, _CHANGED = 4, 3, 4
"""Numbers of a file in a stamp, and where the times of the first one stand in it."""

_COARSEST = 2_000_000_000
"""Nanoseconds between two ticks of the coarsest clock of a file system."""


def record_of(out: Path) -> Path:
    return out.parent / f".{out.name}.parts"


@dataclass
class Kept:
    """What can be kept. ``files``: every file of the last build that is whole, by its path in the folder.

    ``made_of``: (config, split, keys of its rows) → the Parquet file of these rows.
    """

    results: dict[str, Result] = field(default_factory=dict)
    files: dict[str, File] = field(default_factory=dict)
    made_of: dict[tuple[str, str, tuple[str, ...]], str] = field(default_factory=dict)

    def as_it_was(self, part: parts.Part, now: Stamp) -> Result | None:
        """The result of a part whose files have not been touched since it was built; else None.

        As build tools do, a file is believed to be the same if its size, times and number are. A file that was
        changed within two seconds before it was looked at is not: the clock of a file system may be that coarse.
        """
        known = self.results.get(part.name)
        if known is None or not known.stamp or known.stamp[1:] != now[1:]:
            return None
        newest = max((time for at in (_MODIFIED, _CHANGED) for time in now[at::_OF_A_FILE]), default=0)
        return known if newest < known.stamp[0] - _COARSEST else None

    def key(self, part: parts.Part) -> str:
        """The key under which a part was built; "" if it was not."""
        known = self.results.get(part.name)
        return known.key if known is not None else ""


def stamp(part: parts.Part, corpus: str) -> Stamp:
    """The present state of the files of a part, without reading them; () if one of them cannot be seen.

    The time; a number for the names; then for each file its size, both its times and its number.
    """
    out = [time.time_ns(), zlib.crc32(repr(part).encode())]
    try:
        for story in part.stories:
            for name in story.names:
                seen = os.stat(f"{corpus}/{story.folder}/{name}", follow_symlinks=False)
                out += (seen.st_size, seen.st_mtime_ns, seen.st_ctime_ns, seen.st_ino)
    except OSError:
        return ()
    return tuple(out)


def read(out: Path, settings: str, shown: str) -> Kept:
    """What the last build of ``out`` left that is whole and was made under the same settings.

    ``shown``: how messages name the folder of the corpus, with a slash at its end.
    """
    try:
        record = orjson.loads(record_of(out).read_bytes())
        if record["layout"] != _LAYOUT or record["settings"] != settings:
            return Kept()
        files = _whole(out, [File(*one) for one in record["files"]])
        kept = Kept(files=files)
        rows: dict[tuple[str, str, str], parquet.Rows] = {}
        for config, split, name, told in record["tables"]:
            if name in files:
                sources = [parquet.Rows(key, str(out / name), *sizes) for key, *sizes in told]
                kept.made_of[config, split, tuple(one.key for one in sources)] = name
                for group, some in enumerate(parquet.row_groups(sources)):
                    places = accumulate((one.rows for one in some), initial=0)
                    for one, at in zip(some, places, strict=False):
                        place = parquet.Rows(one.key, one.path, one.rows, one.arrow_bytes, group, at)
                        rows[one.key, config, split] = place
        if f"{METADATA}/{STORIES_FILE}" in files:
            at = 0
            for told in record["parts"]:
                result = _result(told, rows, shown, out, at)
                at += told["lines"]
                if result is not None:
                    kept.results[result.name] = result
    except (OSError, ValueError, KeyError, TypeError, AttributeError, IndexError):
        return Kept()  # there is none, or somebody has had a hand in it
    return kept


def _whole(out: Path, files: Sequence[File]) -> dict[str, File]:
    """Those of the files that are as they were written."""

    def check(file: File) -> bool:
        path = out / file.path
        try:
            return path.stat().st_size == file.size and sha256_of(path) == file.sha256
        except OSError:
            return False

    with ThreadPoolExecutor(_HASHED_AT_ONCE) as pool:  # hashing lets go of the interpreter's lock
        return {file.path: file for file, whole in zip(files, pool.map(check, files), strict=True) if whole}


def write(
    out: Path,
    settings: str,
    shown: str,
    results: Iterable[Result],
    plans: Iterable[parquet.FilePlan],
    files: Iterable[File],
) -> None:
    """Writes the record of a build that has come to its end."""
    record = {
        "layout": _LAYOUT,
        "settings": settings,
        "parts": [_told(result, len(shown)) for result in results],
        "tables": [
            [one.config, one.split, one.name, [[s.key, s.rows, s.arrow_bytes] for s in one.sources]]
            for one in plans
        ],
        "files": [[file.path, file.size, file.sha256] for file in files],
    }
    write_atomic(record_of(out), orjson.dumps(record))


def _told(result: Result, cut: int) -> Json:
    """A result without what depends on where the user stands; the incidents of a part that is kept are none."""
    return {
        "name": result.name,
        "key": result.key,
        "exempted": [[*one.key, one.reason, one.incident.file[cut:]] for one in result.exempted],
        "summaries": [[s.id, s.story, s.file[cut:], s.access, s.sha256] for s in result.summaries],
        "heads": result.heads,
        "stories": result.stories,
        "articles": result.articles,
        "totals": result.totals.to_json(),
        "lines": result.lines[1],
        "stamp": result.stamp,
        "rows": [[config, split] for config, split in result.rows],
    }


def _result(
    told: Json, rows: dict[tuple[str, str, str], parquet.Rows], shown: str, out: Path, at: int
) -> Result | None:
    """The result of a part as it was; None if some of its rows are no longer whole."""
    key: str = told["key"]
    found: dict[tuple[str, str], Any] = {
        (config, split): rows.get((key, config, split)) for config, split in told["rows"]
    }
    if not key or None in found.values():
        return None
    return Result(
        told["name"],
        key,
        exempted=[
            Exempted(Incident(code, "", file=shown + file), (code, article, record), reason)
            for code, article, record, reason, file in told["exempted"]
        ],
        summaries=[
            Summary(ident, story, shown + file, access, sha256)
            for ident, story, file, access, sha256 in told["summaries"]
        ],
        heads=told["heads"],
        stories=told["stories"],
        articles=told["articles"],
        totals=Totals.from_json(told["totals"]),
        lines=(str(out / METADATA / STORIES_FILE), told["lines"], at),
        rows=found,
        stamp=tuple(told["stamp"]),
    )
