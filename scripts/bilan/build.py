"""From a corpus to the Hugging Face folder: check, tabulate, write Parquet, card and Croissant, swap into place.

The unit of work is a *part*: the articles of whole stories, ``PART_ARTICLES`` or a few more, in the order of
their paths. Parts are handed to any ``concurrent.futures`` executor; a worker reads, checks and tabulates one
part and leaves Arrow files in the building folder. Then the parts are merged in order into Parquet files of
bounded size, each again a task of its own. The borders of parts and files depend on the corpus only, so that
the bytes do not depend on the number of workers. Memory is bounded by a part; in the merge by a row group.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import tempfile
from collections.abc import Callable, Collection, Iterator, Sequence
from concurrent.futures import Executor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import groupby
from pathlib import Path

from bilan import __version__, paths, tables
from bilan.checks import parse, runner, whole
from bilan.checks.context import REGISTRIES, Context, Exempted, Summary
from bilan.executors import collector_off, forget, run_tasks, share, shared
from bilan.incidents import BilanError, Incident
from bilan.jsonio import canonical_json, canonical_sha256, dumps
from bilan.model import Json, has_floats
from bilan.releases import registry_hashes, release_of, root_hash
from bilan.swap import INFO_FILE, building_folder, swap_in
from bilan.tables import croissant, parquet
from bilan.tables.card import SplitFiles, card, metadata

PART_ARTICLES = 64
"""Articles of a part; stories are never parted."""

METADATA = "metadata"
STORIES_FILE = "stories.jsonl"
SHARDS_FILE = "shards.json"
"""In a folder built from shards: these, with the hash of each source and the files made of it."""

CARD = "DATACARD.md"
ANNOTATION_LICENCE = "CC-BY-4.0"

Progress = Callable[[int, int], None]
"""Called with (articles done, articles in all)."""

Part = list[tuple[str, str]]
"""Article files: (path, path as messages name it)."""


@dataclass(frozen=True, slots=True)
class BuildResult:
    """What a build wrote. ``layout``: table → its splits with files and rows. Warnings did not stop it.

    ``shards``: of a sharded corpus, and of them ``kept``: those that were as they had been built before.
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
) -> BuildResult:
    """Checks a corpus and writes the dataset folder ``out``, whole or not at all.

    ``executor`` takes the tasks instead of ``workers`` local processes; its workers must see ``corpus`` and
    the folder that ``out`` lies in. Raises BilanError with all incidents if a check fails, if ``out`` holds
    something else than a build, or if it cannot be written; what ``out`` held before is then still there.
    """
    corpus, out = Path(os.path.abspath(corpus)), Path(os.path.realpath(out))
    with whole_folder(out) as folder:
        return _build(corpus, out, folder, workers, executor, progress)


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


def _build(
    corpus: Path,
    out: Path,
    folder: Path,
    workers: int,
    executor: Executor | None,
    progress: Progress | None,
) -> BuildResult:
    files, context, incidents = survey(corpus)
    work = Path(tempfile.mkdtemp(dir=folder))  # a new name each time: contexts are known by their path
    key = share(work / "context.pickle", context)
    done = 0

    def part_done(result: PartResult) -> None:
        nonlocal done
        done += result.files
        if progress is not None:
            progress(done, len(files))

    tasks = [(str(work), key, number, part) for number, part in enumerate(parts_of(files))]
    results = run_tasks(_write_part, tasks, workers=workers, executor=executor, done=part_done)
    incidents = all_incidents(incidents, results, context, corpus)
    stop_on_errors(incidents)
    plans = list(parquet.plan([result.arrow for result in results]))
    writing = [(str(folder), one) for one in plans]
    sizes = run_tasks(parquet.write_parquet, writing, workers=workers, executor=executor)
    shutil.rmtree(work)
    layout = parquet.layout(plans, sizes)
    registry = registry_of(corpus)
    root = root_of(registry, context, results)
    _write_documents(folder / METADATA, registry, context)
    find = partial(home_file, corpus)
    write_texts(find, folder, layout, root, _licences(results), _languages(results))
    _write_croissant(corpus, folder, layout, root, results, registry, context)
    return BuildResult(
        out=out,
        version=__version__,
        root=root,
        articles=len(files),
        layout=layout,
        cut_tokens=sum(result.cut_tokens for result in results),
        warnings=incidents,
    )


# --- before and after the parts --------------------------------------------------------------------------


def survey(corpus: Path) -> tuple[list[Path], Context, list[Incident]]:
    """Article files of a corpus in order, what they are checked against, incidents found on the way."""
    context = runner.read_context(corpus)
    walked, incidents = runner.walk(corpus)
    files = [path for path in walked if path.name != "story.json"]
    return files, replace(context, incidents=[]), [*incidents, *context.incidents]


def parts_of(files: Sequence[Path]) -> list[Part]:
    """Article files, in order, as parts of whole stories."""
    parts: list[Part] = []
    for _, story in groupby(files, key=lambda path: path.parent):
        named = [(str(path), runner.shown(path)) for path in story]
        if parts and len(parts[-1]) < PART_ARTICLES:
            parts[-1].extend(named)
        else:
            parts.append(named)
    return parts


def all_incidents(
    found: list[Incident], results: Sequence[PartResult], context: Context, corpus: Path
) -> list[Incident]:
    """The incidents of the walk, of the parts and of the corpus as a whole, in order of the files."""
    summaries = [summary for result in results for summary in result.summaries]
    exempted = [one for result in results for one in result.exempted]
    out = [*found, *(incident for result in results for incident in result.incidents)]
    out.extend(whole.check(summaries, context, exempted, runner.shown(corpus)))
    if not summaries and not out:
        mend = "give --corpus DIR, or write an article first"
        out.append(Incident("B116", "this corpus has no article", mend, file=runner.shown(corpus)))
    return sorted(out, key=Incident.sort_key)


def stop_on_errors(incidents: list[Incident]) -> None:
    """Raises BilanError with all incidents if one of them is an error."""
    if any(incident.severity == "error" for incident in incidents):
        raise BilanError(incidents)


def registry_of(corpus: Path) -> dict[str, Json]:
    """The registry files of a corpus that has passed the checks."""
    return {kind: json.loads((corpus / "registry" / f"{kind}.json").read_bytes()) for kind in REGISTRIES}


def root_of(registry: dict[str, Json], context: Context, results: Sequence[PartResult]) -> str:
    """The root hash of a corpus that has been read: what a release of it would be cited by."""
    return root_hash(
        registry_hashes(registry),
        {ident: canonical_sha256(story) for ident, story in context.stories.items()},
        {ident: digest for result in results for ident, digest in result.hashes.items()},
    )


# --- in the worker: one part -----------------------------------------------------------------------------


@dataclass(slots=True)
class PartResult:
    """What a part tells of itself: incidents, what the whole-corpus checks need, where its rows are."""

    files: int
    incidents: list[Incident] = field(default_factory=list)
    exempted: list[Exempted] = field(default_factory=list)
    summaries: list[Summary] = field(default_factory=list)
    hashes: dict[str, str] = field(default_factory=dict)
    licences: set[str] = field(default_factory=set)
    languages: set[str] = field(default_factory=set)
    annotators: set[str] = field(default_factory=set)
    """Names of the machines that annotated a layer."""
    cut_tokens: int = 0
    arrow: dict[tuple[str, str], parquet.ArrowFile] = field(default_factory=dict)
    """(config, split) → Arrow file."""


Rows = dict[tuple[str, str], list[Json]]
"""(config, split) → rows."""


def tabulate(part: Part, context: Context, only: Collection[str] = tables.CONFIGS) -> tuple[PartResult, Rows]:
    """Reads, checks and tabulates one part. No rows if anything is wrong with it."""
    result = PartResult(files=len(part))
    rows: Rows = {}
    documents = _documents(part, context, result)
    if not any(incident.severity == "error" for incident in result.incidents):
        for story, group in groupby(documents, key=lambda document: document["story"]):
            if story in context.stories:  # else the story's own file has an incident
                found = tables.story_tables(context.stories[story], group, context.registry, only)
                result.cut_tokens += found.cut_tokens
                for key, more in found.rows.items():
                    rows.setdefault(key, []).extend(more)
    return result, rows


def _documents(part: Part, context: Context, result: PartResult) -> list[Json]:
    documents = []
    for path, shown in part:
        raw = parse.read_bytes(Path(path), shown)
        if isinstance(raw, Incident):
            result.incidents.append(raw)
            continue
        document, incidents, exempted = runner.examine(raw, shown, context)
        result.incidents.extend(incidents)
        if document is None:
            continue
        result.exempted.extend(exempted)
        text = document["text"]
        summary = Summary(document["id"], document["story"], shown, text["access"], text["sha256"])
        result.summaries.append(summary)
        result.hashes[document["id"]] = canonical_sha256(document, floats=has_floats(document))
        result.languages.add(document["lang"])
        made = document["provenance"].values()
        result.annotators.update(one["annotator"] for one in made if one["method"] != "manual")
        if text["licence"]:
            result.licences.add(text["licence"])
        documents.append(document)
    return documents


def _write_part(work: str, key: str, number: int, part: Part) -> PartResult:
    """One task: the rows of a part as Arrow files in the work folder."""
    with collector_off():  # the rows must be gone when it is on again: it would look through all of them
        return _tabulate_and_write(work, shared(key), number, part)


def _tabulate_and_write(work: str, context: Context, number: int, part: Part) -> PartResult:
    result, rows = tabulate(part, context)
    for (config, split), some in rows.items():
        path = os.path.join(work, f"{config}-{split}-{number:06d}.arrow")
        result.arrow[config, split] = parquet.write_arrow(path, config, some)
    return result


# --- beside the tables -----------------------------------------------------------------------------------


def home_file(corpus: Path, name: str) -> bytes | None:
    """A file of the home that a corpus lies in, else of the package's own; None where there is none."""
    for folder in (corpus.parent, paths.package_home().root):
        if (folder / name).is_file():
            return (folder / name).read_bytes()
    return None


def _write_documents(folder: Path, registry: dict[str, Json], context: Context) -> None:
    """Registry and stories whole: with the table of articles the folder then holds all that a release holds."""
    folder.mkdir()
    for kind, document in registry.items():
        write_file(folder / f"{kind}.json", dumps(document))
    lines = [canonical_json(context.stories[ident]) + b"\n" for ident in sorted(context.stories)]
    write_file(folder / STORIES_FILE, b"".join(lines))


def write_texts(
    find: Callable[[str], bytes | None],
    folder: Path,
    layout: dict[str, list[SplitFiles]],
    root: str,
    licences: set[str],
    languages: set[str],
) -> None:
    """Card, ``bilan.json``, plots and licence. ``find`` gives a file of the home of the corpus, or None."""
    body = (find(CARD) or b"").decode()
    header = metadata(layout, __version__, licences, languages)
    counts = {config: {one.split: one.rows for one in splits} for config, splits in layout.items()}
    info = {"name": "bilan", "version": __version__, "root": root, "counts": counts}
    write_file(folder / "README.md", card(header, body, layout, tables.splits()).encode())
    write_file(folder / INFO_FILE, (json.dumps(info, indent=2) + "\n").encode())
    for name in re.findall(r"\]\((plots/[a-z]+\.svg)\)", body):
        drawing = find(name)
        if drawing is not None:
            (folder / name).parent.mkdir(exist_ok=True)
            write_file(folder / name, drawing)
    licence = find("LICENSE-DATA")
    if licence is not None:
        write_file(folder / "LICENSE-DATA", licence)


def _write_croissant(
    corpus: Path,
    folder: Path,
    layout: dict[str, list[SplitFiles]],
    root: str,
    results: Sequence[PartResult],
    registry: dict[str, Json],
    context: Context,
) -> None:
    """Last of all: it holds the hashes of the data files."""
    facts = croissant.Facts(
        version=__version__,
        root=root,
        release=release_of(corpus, root),
        licences=_licences(results),
        languages=_languages(results),
        annotators=set[str]().union(*(result.annotators for result in results)),
        stories=list(context.stories.values()),
        places=registry["places"]["places"],
        card=(home_file(corpus, CARD) or b"").decode(),
    )
    tables_ = [folder / name for splits in layout.values() for one in splits for name in one.files]
    files = [_hashed(path, folder) for path in [*tables_, *sorted((folder / METADATA).iterdir())]]
    write_file(folder / croissant.FILE, croissant.dumps(croissant.croissant(facts, files, layout)))


def _hashed(path: Path, folder: Path) -> croissant.File:
    return croissant.File(path.relative_to(folder).as_posix(), path.stat().st_size, sha256_of(path))


def sha256_of(path: Path) -> str:
    """SHA-256 of the bytes of a file, in hexadecimal."""
    digest = hashlib.sha256()
    with open(path, "rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


def _licences(results: Sequence[PartResult]) -> set[str]:
    return {ANNOTATION_LICENCE}.union(*(result.licences for result in results))


def _languages(results: Sequence[PartResult]) -> set[str]:
    return set[str]().union(*(result.languages for result in results))


def write_file(path: Path, data: bytes) -> None:
    """Writes a file of the building folder, down to the disk."""
    with open(path, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
