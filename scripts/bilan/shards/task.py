"""One shard in a worker: read, check, tabulate, write. What it leaves is a folder that appears whole."""

from __future__ import annotations

import gc
import os
from dataclasses import asdict, dataclass, field
from pathlib import Path

from bilan.building import keys
from bilan.building.files import sha256_of
from bilan.building.totals import Totals
from bilan.checks.context import Context
from bilan.executors import collector_off, shared
from bilan.incidents import BilanError, Incident
from bilan.jsonio import canonical_json, canonical_sha256
from bilan.model import Json
from bilan.shards import checking, reading, whole, work
from bilan.shards.writing import Writer
from bilan.tables import CONFIGS, story_tables

MOST_INCIDENTS = checking.KEPT
"""Incidents that are kept of one shard; the others are counted."""


BATCH_ARTICLES = 64
"""Articles of a split whose rows are held before they become Arrow data."""

COLLECT_EVERY = 16
"""Batches of rows after which the collector, which is off, is run once."""


@dataclass(frozen=True)
class Job:
    """What is the same for all shards of a build. Folders are named as the workers see them."""

    context: Context
    settings: str
    work: str
    out: str


@dataclass(slots=True)
class Outcome:
    """What a task tells: was the shard kept from before, its incidents, and whether no other can go better."""

    articles: int = 0
    reused: bool = False
    incidents: list[Incident] = field(default_factory=list)
    more: int = 0
    """Incidents beyond those that are kept."""
    stop: bool = False

    @property
    def failed(self) -> bool:
        return self.more > 0 or any(incident.severity == "error" for incident in self.incidents)


def build_shard(shared_key: str, code: str, shard: reading.Shard) -> Outcome:
    """One task. Never raises for what is wrong with the shard, the disk or the worker: the outcome says it.

    ``code``: the hash of the package that the coordinator runs.
    """
    try:
        if keys.code() != code:
            message = "a worker runs another BILAN than the one that gives out the work"
            return _stop(Incident("B897", message, "install the same version everywhere", file=shard.url))
        try:
            job: Job = shared(shared_key)
        except OSError as error:
            message = f"a worker cannot read the work folder: {error.strerror or error}"
            mend = "give --out a folder that all workers see under the same path"
            return _stop(Incident("B896", message, mend, file=shared_key))
        with collector_off():
            return _build(job, shard)
    except BilanError as error:
        return Outcome(
            incidents=error.incidents[:MOST_INCIDENTS], more=max(0, len(error.incidents) - MOST_INCIDENTS)
        )
    except OSError as error:
        mend = "mend permissions or free some space; bilan build --resume goes on with what is finished"
        message = f"cannot be written: {error.strerror or error}"
        place = str(error.filename or work.folder_of(Path(job.out)))
        return _stop(Incident("B803", message, mend, file=place))


def _stop(incident: Incident) -> Outcome:
    return Outcome(incidents=[incident], stop=True)


def _build(job: Job, shard: reading.Shard) -> Outcome:
    digest = reading.digest(shard)
    key = _key(shard, digest, job.settings)
    place = Path(job.work, shard.name)
    before = work.kept(place, key, Path(job.out))
    if before is not None:
        return Outcome(
            before["articles"], True, [Incident(**one) for one in before["incidents"]], before["more"]
        )
    with work.new_folder(Path(job.work)) as folder:
        made = _Shard(folder, shard, job.context)
        made.run()
        outcome = Outcome(made.totals.articles, False, made.incidents, made.more)
        if not outcome.failed:
            work.put(folder, {"key": key, "sha256": digest, **made.result()}, place)
        return outcome


def _key(shard: reading.Shard, digest: str, settings: str) -> str:
    """The key of a built shard. ``digest``: of its bytes; ``settings``: of all else that its files depend on."""
    return canonical_sha256({"url": shard.url, "name": shard.name, "sha256": digest, "settings": settings})


class _Shard:
    """A shard on its way through the checks into tables, story by story."""

    def __init__(self, folder: Path, shard: reading.Shard, context: Context) -> None:
        self.folder, self.shard, self.context = folder, shard, context
        self.stories = self.withheld = self.more = 0
        self.totals = Totals()
        self.incidents: list[Incident] = []
        self.failed = False
        self.files: list[Json] = []

    def run(self) -> None:
        stories = self.folder / work.stories_file(self.shard.name)
        stories.parent.mkdir()
        with (
            Writer(self.folder, self.shard.name) as tables,
            whole.Writer(self.folder / work.SUMMARY, self.shard.url, texts=False) as summary,
            open(stories, "wb") as lines,
        ):
            pending = _Pending(tables, self.context)
            try:
                for one in checking.checked(self.shard, self.context):
                    self._note(one.incidents)
                    self.stories += 1
                    if self.failed or one.story is None:
                        continue  # nothing of this shard is kept; what else is wrong with it is told
                    lines.write(canonical_json(one.story) + b"\n")
                    documents = [article.document for article in one.articles]
                    self.totals.add_story(one.story)
                    self.totals.add_articles(documents)
                    self.withheld += sum(one["text"]["access"] == "withheld" for one in documents)
                    summary.add_story(one.story, one.line)
                    for article in one.articles:
                        summary.add_article(*article)
                    pending.add(one.story, documents)
            except BilanError as error:  # the rest cannot be read
                self._note(error.incidents)
            if not self.failed:
                pending.flush()
                self.totals.cut_tokens = pending.cut_tokens
            lines.flush()
            os.fsync(lines.fileno())
        self.files = tables.files

    def _note(self, incidents: list[Incident]) -> None:
        for incident in incidents:
            self.failed = self.failed or incident.severity == "error"
            if len(self.incidents) < MOST_INCIDENTS:
                self.incidents.append(incident)
            else:
                self.more += 1

    def result(self) -> Json:
        """What the end of the build, and the next build, need to know of this shard."""
        return {
            "shard": {"name": self.shard.name, "url": self.shard.url, "size": self.shard.size},
            "stories": self.stories,
            **self.totals.to_json(),
            "withheld": self.withheld,
            "files": self.files,
            "beside": [self._file(work.stories_file(self.shard.name))],
            "summary": self._file(work.SUMMARY),
            "incidents": [asdict(one) for one in self.incidents],
            "more": self.more,
        }

    def _file(self, name: str) -> Json:
        path = self.folder / name
        return {"path": name, "size": path.stat().st_size, "sha256": sha256_of(path)}


class _Pending:
    """Rows of a few stories, split by split, until there are enough of them for a batch."""

    def __init__(self, tables: Writer, context: Context) -> None:
        self.tables, self.context = tables, context
        self.rows: dict[str, dict[tuple[str, str], list[Json]]] = {}
        self.articles: dict[str, int] = {}
        self.cut_tokens = self.flushes = 0

    def add(self, story: Json, articles: list[Json]) -> None:
        found = story_tables(story, articles, self.context.registry, CONFIGS)
        self.cut_tokens += found.cut_tokens
        for key, rows in found.rows.items():
            self.rows.setdefault(key[1], {}).setdefault(key, []).extend(rows)
        for split in sorted({split for _, split in found.rows}):
            self.articles[split] = self.articles.get(split, 0) + len(articles)
            if self.articles[split] >= BATCH_ARTICLES:
                self._flush(split)

    def flush(self) -> None:
        for split in sorted(self.rows):
            self._flush(split)

    def _flush(self, split: str) -> None:
        self.tables.add(self.rows.pop(split))
        del self.articles[split]
        self.flushes += 1
        if self.flushes % COLLECT_EVERY == 0:
            gc.collect()  # a shard is long: the little that has cycles would pile up
