"""One part in a worker: read, check, tabulate, and leave the rows as Arrow files. What goes home is small."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Collection
from dataclasses import dataclass, field
from itertools import groupby

from bilan import tables
from bilan.building.totals import Totals
from bilan.checks import parts
from bilan.checks.context import Exempted, Summary
from bilan.executors import collector_off, shared
from bilan.incidents import Incident
from bilan.jsonio import canonical_json, canonical_sha256
from bilan.model import Json, has_floats
from bilan.tables import parquet

Stamp = tuple[int, ...]
"""When the files of a part were looked at, and of each its size, times and number in the file system."""


@dataclass(slots=True)
class Result:
    """What a part tells of itself.

    ``key``: that of its files and of everything else its rows depend on; "" where there is none to be had.
    ``heads``: story → what the whole-corpus checks need of it. ``stories`` and ``articles``: id → canonical hash.
    ``lines``: the file with the stories themselves, a line each, their length in bytes, and where in it they begin.
    ``rows``: (config, split) → where its rows lie.
    """

    name: str
    key: str
    incidents: list[Incident] = field(default_factory=list)
    exempted: list[Exempted] = field(default_factory=list)
    summaries: list[Summary] = field(default_factory=list)
    heads: dict[str, Json] = field(default_factory=dict)
    stories: dict[str, str] = field(default_factory=dict)
    articles: dict[str, str] = field(default_factory=dict)
    totals: Totals = field(default_factory=Totals)
    lines: tuple[str, int, int] = ("", 0, 0)
    stamp: Stamp = ()
    rows: dict[tuple[str, str], parquet.Rows] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Job:
    """What is the same for all parts. ``settings``: hash of all that is no file of a part."""

    base: parts.Base
    settings: str
    work: str


def tabulate(
    part: parts.Part, base: parts.Base, only: Collection[str] = tables.CONFIGS
) -> tuple[Result, parquet.RowsOf]:
    """Reads, checks and tabulates one part. No rows if anything is wrong with it."""
    return _tabulate(part, parts.check(parts.load(part, base), base), base, "", only)


def build_part(shared_key: str, number: int, part: parts.Part, known: str) -> Result | None:
    """One task: the rows of a part as Arrow files in the work folder. None if its key is the one that is ``known``."""
    job: Job = shared(shared_key)
    with collector_off():  # the rows must be gone when it is on again: it would look through all of them
        files = parts.load(part, job.base)
        key = key_of(files, job.settings)
        return None if key and key == known else _build(job, number, part, files, key)


def key_of(files: list[parts.File], settings: str) -> str:
    """The key of a part whose files these are; "" if one of them cannot be read."""
    digest = hashlib.sha256(settings.encode())
    for file in files:
        if isinstance(file.raw, Incident):
            return ""
        digest.update(f"{file.name}\0{len(file.raw)}\0".encode())
        digest.update(file.raw)
    return digest.hexdigest()


def _build(job: Job, number: int, part: parts.Part, files: list[parts.File], key: str) -> Result:
    found = parts.check(files, job.base)
    result, rows = _tabulate(part, found, job.base, key, tables.CONFIGS)
    if not result.incidents:
        path = os.path.join(job.work, f"stories-{number:06d}.jsonl")
        lines = [canonical_json(found.stories[i], floats=False) + b"\n" for i in sorted(found.stories)]
        with open(path, "wb") as file:
            file.writelines(lines)
        result.lines = (path, sum(map(len, lines)), 0)
        result.rows = parquet.write_arrow(job.work, f"{number:06d}", key, rows)
    return result


def _tabulate(
    part: parts.Part, found: parts.Found, base: parts.Base, key: str, only: Collection[str]
) -> tuple[Result, parquet.RowsOf]:
    result = Result(part.name, key, found.incidents, found.exempted, found.summaries, found.heads)
    rows: dict[tuple[str, str], list[Json]] = {}
    for ident, story in found.stories.items():
        result.stories[ident] = canonical_sha256(story, floats=False)  # by its schema it holds none
        result.totals.add_story(story)
    result.totals.add_articles(found.documents)
    for document in found.documents:
        result.articles[document["id"]] = canonical_sha256(document, floats=has_floats(document))
    if not found.failed:
        for story_id, group in groupby(found.documents, key=lambda document: document["story"]):
            made = tables.story_tables(found.stories[story_id], group, base.context.registry, only)
            result.totals.cut_tokens += made.cut_tokens
            for place, more in made.rows.items():
                rows.setdefault(place, []).extend(more)
    return result, rows
