"""From a sharded corpus to the dataset folder: one task a shard, then the folder is put together from what they left.

A shard gives its own Parquet files, so that after a change only its shard is built again. What is finished stays in
the work folder (``work``) when a build stops, whatever stops it, and ``resume`` goes on from there.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field, replace
from itertools import groupby
from pathlib import Path
from uuid import uuid4

from bilan import __version__
from bilan import build as folders
from bilan.building import beside, keys
from bilan.building.files import link, write_file
from bilan.building.totals import Totals
from bilan.checks import tree
from bilan.checks.context import REGISTRIES, Context
from bilan.executors import share
from bilan.incidents import BilanError, Incident
from bilan.model import Json
from bilan.releases import SCHEMA_VERSION, release_of
from bilan.shards import overall, reading, running, whole, work, writing
from bilan.shards.running import Run
from bilan.shards.task import Job, Outcome, build_shard
from bilan.tables import CONFIGS, splits
from bilan.tables.card import File, SplitFiles


def build(
    place: str,
    out: Path,
    registry: Path,
    workers: int = 1,
    executor: Executor | None = None,
    progress: folders.Progress | None = None,
    resume: bool = False,
    restart: bool = False,
) -> folders.BuildResult:
    """Checks a sharded corpus and writes the dataset folder ``out``, whole or not at all.

    ``place``: folder, file, glob or URL, as ``reading.find`` takes it. ``registry``: the corpus folder whose
    registry serves where the place has none. ``executor`` takes the tasks instead of ``workers`` local processes;
    its workers must see the shards, and the folder that ``out`` lies in, under the same paths. ``progress`` is
    called with (shards done, shards in all).

    Raises BilanError with the incidents of all shards if one has an error, with B894 where an earlier build did not
    come to its end and neither ``resume`` nor ``restart`` is given, B895 for shards that kill their workers, B896
    and B897 for an engine that cannot do the work, B803 where the disk is full, B890 where there is no shard. What
    is finished by then is kept for ``resume``; what ``out`` held before is still there.
    """
    out = Path(os.path.realpath(out))
    if os.path.isdir(place) and Path(os.path.realpath(place)) in out.parents:
        message = "lies in the folder of the shards: the next build would take its files for shards"
        raise BilanError(Incident("B801", message, "give --out a folder outside of it", file=str(out)))
    shards = reading.find(place)
    with folders.whole_folder(out) as folder:
        folder_of_work = work.begin(out, resume, restart)
        build_ = _Build(place, shards, out, folder_of_work, overall.read_context(place, registry))
        build_.stop_on_errors()
        build_.run(workers, executor, progress)
        result = build_.assemble(folder)
    work.end(folder_of_work, (shard.name for shard in shards))
    return result


class _Build:
    """One run over the shards of a place."""

    def __init__(
        self, place: str, shards: Sequence[reading.Shard], out: Path, work_: Path, context: Context
    ) -> None:
        self.place, self.shards, self.out, self.work = place, shards, out, work_
        self.told = overall.Told(list(context.incidents))
        self.failed = any(incident.severity == "error" for incident in context.incidents)
        self.context = replace(context, incidents=[])
        self.registry: dict[str, Json] = {
            kind: {"schema_version": SCHEMA_VERSION, kind: list(context.registry[kind].values())}
            for kind in REGISTRIES
        }
        self.kept = 0

    def run(self, workers: int, executor: Executor | None, progress: folders.Progress | None) -> None:
        """Every shard is tried; raises BilanError if one of them has an error."""
        job = Job(
            self.context,
            keys.settings(self.registry, self.context, [writing.HELD_BYTES]),
            str(self.work),
            str(self.out),
        )
        path = self.work / f".context-{uuid4().hex}.pickle"  # a new name: contexts are known by their path
        finished = 0

        def done(number: int, outcome: Outcome) -> None:
            nonlocal finished
            finished += 1
            self.kept += outcome.reused
            self._note(outcome.incidents, outcome.failed)
            self.told.more += outcome.more
            if outcome.stop:
                self.stop_on_errors()
            if progress is not None:
                progress(finished, len(self.shards))

        try:
            key = share(path, job)
            tasks = [(key, keys.code(), shard) for shard in self.shards]
            poison = Run(build_shard, tasks, done, workers, executor)()
        finally:
            path.unlink(missing_ok=True)
        self._note([running.poison(self.shards[number].url) for number in poison], bool(poison))
        self.stop_on_errors()

    def assemble(self, folder: Path) -> folders.BuildResult:
        """Puts the dataset folder together. Raises BilanError if the shards do not fit together."""
        summaries = [self.work / shard.name / work.SUMMARY for shard in self.shards]
        found = whole.check(summaries, self.context, [], self.place, texts=False, work=self.work / ".whole")
        for incident in found:
            self._note([incident], incident.severity == "error")
        sums = _Sums()
        for result in self._results():
            sums.add(result)
            for one in [*result["files"], *result["beside"]]:
                link(self.work / result["shard"]["name"] / one["path"], folder / one["path"])
        if not sums.totals.articles and not self.failed:
            mend = "give a place with articles"
            self._note([Incident("B116", "these shards have no article", mend, file=self.place)], True)
        self.stop_on_errors()
        root = whole.root(summaries, self.registry, work=self.work / ".whole")
        return self._describe(folder, root, sums)

    def _describe(self, folder: Path, root: str, sums: _Sums) -> folders.BuildResult:
        """What stands beside the tables."""
        registry = beside.write_registry(folder, self.registry)
        layout = sums.layout()
        # one pattern for each split: a card that lists a hundred thousand files is read by nobody
        patterns = {config: [_pattern(config, one) for one in some] for config, some in layout.items()}
        beside.write_texts(self._home_file, folder, patterns, __version__, root, sums.totals)
        listed = json.dumps({"shards": sums.shards}, ensure_ascii=False, indent=1) + "\n"
        write_file(folder / beside.SHARDS_FILE, listed.encode())
        local = None if reading.is_url(self.place) else Path(reading.root_of(self.place))
        release = release_of(local, root) if local is not None else None
        files = [*sums.files, *sorted([*sums.beside, *registry], key=lambda one: one.path)]
        places = self.registry["places"]["places"]
        beside.write_croissant(
            self._home_file, folder, files, layout, __version__, root, release, sums.totals, places
        )
        return folders.BuildResult(
            out=self.out,
            version=__version__,
            root=root,
            articles=sums.totals.articles,
            layout=layout,
            cut_tokens=sums.totals.cut_tokens,
            warnings=[_shown(one) for one in self.told.told(self.place)],
            shards=len(self.shards),
            kept=self.kept,
        )

    def _home_file(self, name: str) -> bytes | None:
        """A file beside the shards or above them. The package's own card would speak of another corpus."""
        if reading.is_url(self.place):
            return None
        root = Path(reading.root_of(self.place))
        for folder in (root, root.parent):
            if (folder / name).is_file():
                return (folder / name).read_bytes()
        return None

    def _results(self) -> Iterator[Json]:
        """The results of all shards in their order, one at a time."""
        for shard in self.shards:
            result = work.read(self.work / shard.name)
            if result is None:  # somebody took it away while the others were built
                message = "what was built of this shard is no longer in the work folder"
                raise BilanError(Incident("B803", message, "build again with --resume", file=shard.url))
            yield result

    def _note(self, incidents: Sequence[Incident], failed: bool) -> None:
        self.told.add(incidents)
        self.failed = self.failed or failed

    def stop_on_errors(self) -> None:
        """Raises BilanError with all incidents so far if one of them is an error."""
        if self.failed:
            incidents = [_shown(one) for one in self.told.told(self.place)]
            raise BilanError(sorted(incidents, key=Incident.sort_key))


def _shown(incident: Incident) -> Incident:
    """A local shard as a message names it: relative to where the user stands."""
    local = os.path.isabs(incident.file) and not reading.is_url(incident.file)
    return replace(incident, file=tree.shown(Path(incident.file))) if local else incident


def _pattern(config: str, one: SplitFiles) -> SplitFiles:
    return replace(one, files=(f"data/{config}/{one.split}-*.parquet",))


@dataclass
class _Sums:
    """What the results of all shards come to."""

    totals: Totals = field(default_factory=Totals)
    tables: dict[tuple[str, str], list[Json]] = field(default_factory=dict)
    files: list[File] = field(default_factory=list)
    beside: list[File] = field(default_factory=list)
    shards: list[Json] = field(default_factory=list)

    def add(self, result: Json) -> None:
        self.totals.add(Totals.from_json(result))
        for one in result["files"]:
            self.tables.setdefault((one["config"], one["split"]), []).append(one)
            self.files.append(File(one["path"], one["size"], one["sha256"]))
        self.beside += [File(one["path"], one["size"], one["sha256"]) for one in result["beside"]]
        self.shards.append(
            {
                "name": result["shard"]["name"],
                "sha256": result["sha256"],
                "stories": result["stories"],
                "articles": result["articles"],
                "files": [one["path"] for one in [*result["files"], *result["beside"]]],
            }
        )

    def layout(self) -> dict[str, list[SplitFiles]]:
        found = [(c, s) for c in CONFIGS for s in splits() if (c, s) in self.tables]
        return {
            config: [self._split(config, split) for _, split in some]
            for config, some in groupby(found, key=lambda pair: pair[0])
        }

    def _split(self, config: str, split: str) -> SplitFiles:
        files = sorted(self.tables[config, split], key=lambda one: one["path"])
        names = tuple(one["path"] for one in files)
        return SplitFiles(
            split, names, *(sum(one[of] for one in files) for of in ("rows", "arrow_bytes", "size"))
        )
