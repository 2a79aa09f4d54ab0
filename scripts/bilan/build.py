"""From a corpus to the Hugging Face folder: check, tabulate, write Parquet, card and Croissant, swap into place.

The unit of work is a part (``checks.parts``). Parts are handed to any ``concurrent.futures`` executor; a worker
reads, checks and tabulates one part and leaves Arrow files in the building folder. Then the parts are merged in
order into Parquet files of bounded size, each again a task of its own. The borders of parts and files depend on the
corpus only, so that the bytes do not depend on the number of workers. Memory is bounded by a part; in the merge by
a row group.

What is as it was when the folder was last built is kept (``building.kept``): a part whose files have not changed is
not read again but to be hashed, a Parquet file whose rows all stood in one file before is linked.
"""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

import orjson

from bilan import __version__
from bilan.building import beside, kept, keys
from bilan.building.beside import METADATA, STORIES_FILE
from bilan.building.files import link
from bilan.building.part import Job, Result, build_part
from bilan.building.totals import Totals
from bilan.checks import contexts, parts, tree, whole
from bilan.checks.context import REGISTRIES, Context
from bilan.checks.parts import Base, Part
from bilan.executors import forget, run_tasks, share
from bilan.incidents import BilanError, Incident
from bilan.model import Json
from bilan.releases import registry_hashes, release_of, root_hash
from bilan.swap import building_folder, swap_in
from bilan.tables import parquet
from bilan.tables.card import File, SplitFiles

Progress = Callable[[int, int], None]
"""Called with (articles done, articles in all)."""


@dataclass(frozen=True, slots=True)
class BuildResult:
    """What a build wrote. ``layout``: table → its splits with files and rows. Warnings did not stop it.

    ``kept``: articles that are as they had been built before; of a sharded corpus, which says how many ``shards`` it
    has, shards.
    """

    out: Path
    version: str
    root: str
    articles: int
    layout: dict[str, list[SplitFiles]]
    cut_tokens: int
    warnings: list[Incident] = field(default_factory=list)
    shards: int = 0
    kept: int = 0

    def rows(self, config: str, split: str) -> int:
        return sum(files.rows for files in self.layout.get(config, ()) if files.split == split)


def build(
    corpus: Path,
    out: Path,
    workers: int = 1,
    executor: Executor | None = None,
    progress: Progress | None = None,
    restart: bool = False,
) -> BuildResult:
    """Checks a corpus and writes the dataset folder ``out``, whole or not at all.

    ``executor`` takes the tasks instead of ``workers`` local processes; its workers must see ``corpus`` and
    the folder that ``out`` lies in. With ``restart`` nothing of the last build is kept. Raises BilanError with all
    incidents if a check fails, if ``out`` holds something else than a build, or if it cannot be written; what
    ``out`` held before is then still there.
    """
    corpus, out = Path(os.path.abspath(corpus)), Path(os.path.realpath(out))
    with whole_folder(out) as folder:
        build_ = _Build(corpus, out, folder, workers, executor)
        result = build_.run(progress, restart)
    build_.remember()
    return result


@contextmanager
def whole_folder(out: Path) -> Iterator[Path]:
    """A folder to build in that takes the place of ``out`` at the end of the block, if it ends well.

    Raises BilanError where ``out`` holds something else than a build, or cannot be written.
    """
    if not re.fullmatch(r"[0-9]+\.[0-9]+\.[0-9]+", __version__):
        mend = "set a version such as 1.2.3: the datasets library reads no other"
        raise BilanError(Incident("B802", f"{__version__!r} is no version of three numbers", mend))
    try:
        with building_folder(out) as folder:
            yield folder
            swap_in(folder, out)
    except OSError as error:
        place = str(error.filename or out)
        mend = "mend permissions or free some space, then build again"
        message = f"cannot be written: {error.strerror or error}"
        raise BilanError(Incident("B803", message, mend, file=place)) from error
    finally:
        forget()


class _Build:
    """One run over the parts of a corpus."""

    def __init__(
        self, corpus: Path, out: Path, folder: Path, workers: int, executor: Executor | None
    ) -> None:
        self.corpus, self.out, self.folder = corpus, out, folder
        self.workers, self.executor = workers, executor
        self.survey = survey(corpus)
        self.registry = registry_of(corpus)
        self.settings = keys.settings(self.registry, self.survey.context, [parts.PART_ARTICLES])
        self.kept = kept.Kept()

    def run(self, progress: Progress | None, restart: bool) -> BuildResult:
        if not restart:
            self.kept = kept.read(self.out, self.settings, self.survey.base.shown)
        work = Path(
            tempfile.mkdtemp(dir=self.folder)
        )  # a new name each time: what is shared is known by its path
        self.results, articles_kept = self._parts(work, progress)
        incidents = all_incidents(self.survey, self.results)
        stop_on_errors(incidents)
        self.plans = list(parquet.plan([(result.name, result.rows) for result in self.results]))
        tables = self._tables()
        stories = self._stories()
        shutil.rmtree(work)
        layout = parquet.layout(self.plans, [file.size for file in tables])
        root = root_of(self.registry, self.results)
        totals = Totals()
        for result in self.results:
            totals.add(result.totals)
        registry = beside.write_registry(self.folder, self.registry)
        find = partial(beside.home_file, self.corpus)
        beside.write_texts(find, self.folder, layout, __version__, root, totals)
        metadata = sorted([*registry, stories], key=lambda file: file.path)
        release, places = release_of(self.corpus, root), self.registry["places"]["places"]
        files = [*tables, *metadata]
        beside.write_croissant(find, self.folder, files, layout, __version__, root, release, totals, places)
        self.files = [*tables, stories]
        return BuildResult(
            out=self.out,
            version=__version__,
            root=root,
            articles=totals.articles,
            layout=layout,
            cut_tokens=totals.cut_tokens,
            warnings=incidents,
            kept=articles_kept,
        )

    def remember(self) -> None:
        """After the swap: what the next build can keep. A build is whole without it."""
        shown = self.survey.base.shown
        try:
            kept.write(self.out, self.settings, shown, self.results, self.plans, self.files)
        except OSError:
            kept.record_of(self.out).unlink(missing_ok=True)

    def _parts(self, work: Path, progress: Progress | None) -> tuple[list[Result], int]:
        """The results of all parts, and how many articles were kept."""
        found, base = self.survey.parts, self.survey.base
        stamps = [kept.stamp(part, base.corpus) for part in found]
        results = [self.kept.as_it_was(part, now) for part, now in zip(found, stamps, strict=True)]
        asked = [number for number, result in enumerate(results) if result is None]
        kept_ = done = self.survey.articles - sum(found[number].articles for number in asked)

        def part_done(task: int, result: Result | None) -> None:
            nonlocal done, kept_
            articles = found[asked[task]].articles
            done += articles
            kept_ += articles if result is None else 0
            if progress is not None:
                progress(done, self.survey.articles)

        if asked:
            job = share(work / "job.pickle", Job(base, self.settings, str(work)))
            tasks = [(job, number, found[number], self.kept.key(found[number])) for number in asked]
            made = run_tasks(build_part, tasks, workers=self.workers, executor=self.executor, done=part_done)
            for number, result in zip(asked, made, strict=True):
                results[number] = self.kept.results[found[number].name] if result is None else result
        whole = [result for result in results if result is not None]
        for result, now in zip(whole, stamps, strict=True):
            result.stamp = now
        return whole, kept_

    def _tables(self) -> list[File]:
        """The Parquet files: linked where their rows all stood in one file before, else written."""
        to_write: list[parquet.FilePlan] = []
        linked: dict[str, File] = {}
        for plan in self.plans:
            before = self.kept.made_of.get((plan.config, plan.split, tuple(one.key for one in plan.sources)))
            if before is None:
                to_write.append(plan)
            else:
                link(self.out / before, self.folder / plan.name)
                linked[plan.name] = replace(self.kept.files[before], path=plan.name)
        tasks = [(str(self.folder), plan) for plan in to_write]
        written = run_tasks(parquet.write_parquet, tasks, workers=self.workers, executor=self.executor)
        linked.update((file.path, file) for file in written)
        return [linked[plan.name] for plan in self.plans]

    def _stories(self) -> File:
        """The stories of all parts in one file, in order of their ids."""
        name = f"{METADATA}/{STORIES_FILE}"
        (self.folder / METADATA).mkdir()
        if all(result is self.kept.results.get(result.name) for result in self.results):
            lines = sum(result.lines[1] for result in self.results)
            if name in self.kept.files and lines == self.kept.files[name].size:
                link(self.out / name, self.folder / name)
                return self.kept.files[name]
        with open(self.folder / name, "wb") as target:
            for result in self.results:
                path, length, at = result.lines
                with open(path, "rb") as source:
                    source.seek(at)
                    target.write(source.read(length))
            target.flush()
            os.fsync(target.fileno())
        return beside.described(self.folder, name)


# --- before and after the parts --------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Survey:
    """What a corpus has: its parts, what they are checked against, incidents found on the way."""

    corpus: Path
    parts: list[Part]
    context: Context
    base: Base
    incidents: list[Incident]

    @property
    def articles(self) -> int:
        return sum(part.articles for part in self.parts)


def survey(corpus: Path) -> Survey:
    """Looks what is there, without reading stories or articles."""
    context = contexts.read_registry(corpus, texts=False)
    contexts.check_releases(corpus, context)
    walked = tree.walk(corpus)
    incidents = [*walked.incidents, *context.incidents]
    context = replace(context, incidents=[])
    return Survey(corpus, parts.parts_of(walked.stories), context, parts.base_of(corpus, context), incidents)


def all_incidents(found: Survey, results: Sequence[Result]) -> list[Incident]:
    """The incidents of the survey, of the parts and of the corpus as a whole, in order of the files."""
    summaries = [summary for result in results for summary in result.summaries]
    exempted = [one for result in results for one in result.exempted]
    stories = {ident: head for result in results for ident, head in result.heads.items()}
    context = replace(found.context, stories=stories)
    corpus = tree.shown(found.corpus)
    out = [*found.incidents, *(incident for result in results for incident in result.incidents)]
    out.extend(whole.check(summaries, context, exempted, corpus))
    if not summaries and not out:
        mend = "give --corpus DIR, or write an article first"
        out.append(Incident("B116", "this corpus has no article", mend, file=corpus))
    return sorted(out, key=Incident.sort_key)


def stop_on_errors(incidents: list[Incident]) -> None:
    """Raises BilanError with all incidents if one of them is an error."""
    if any(incident.severity == "error" for incident in incidents):
        raise BilanError(incidents)


def registry_of(corpus: Path) -> dict[str, Json]:
    """The registry files of a corpus as they stand; {} for one that is faulty."""
    out: dict[str, Json] = {}
    for kind in REGISTRIES:
        try:
            out[kind] = orjson.loads((corpus / "registry" / f"{kind}.json").read_bytes())
        except (OSError, ValueError):
            out[kind] = {}
    return out


def root_of(registry: dict[str, Json], results: Sequence[Result]) -> str:
    """The root hash of a corpus that has been read: what a release of it would be cited by."""
    return root_hash(
        registry_hashes(registry),
        {ident: digest for result in results for ident, digest in result.stories.items()},
        {ident: digest for result in results for ident, digest in result.articles.items()},
    )
