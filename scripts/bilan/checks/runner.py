"""Runs the checks: over the bytes of one article, over files, over a whole corpus.

``check_bytes`` is the unit that a worker runs; it is pure but for lazy reading of the schemas.
"""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Iterable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bilan.checks import overlap, parse, schema
from bilan.checks.context import REGISTRIES, Context, Exempted, Summary
from bilan.checks.locate import locate
from bilan.executors import collector_off, forget, run_tasks, share, shared
from bilan.incidents import BilanError, Incident
from bilan.model import Json

_STORY_FOLDER = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}-[a-z0-9]+(?:-[a-z0-9]+)*")
_ARTICLE_FILE = re.compile(r"[a-z]{2}-[1-9][0-9]{0,3}\.json")
_COUNTRY = re.compile(r"[a-z]{2}")
_RELEASE_FILE = re.compile(r"[0-9]+\.[0-9]+\.[0-9]+\.json")
_BATCH = 64


@dataclass(frozen=True)
class Result:
    """Outcome of a run: files looked at, incidents in order of file and line, exemptions that were used."""

    files: int
    articles: int
    incidents: list[Incident] = field(default_factory=list)
    exempted: list[Exempted] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        return not self.incidents


# --- one article -----------------------------------------------------------------------------------------


def examine(
    raw: bytes, file: str, context: Context, texts: bool = False, layout: bool = True
) -> tuple[Json | None, list[Incident], list[Exempted]]:
    """Levels 1 to 4 over the bytes of one article: (document or None, incidents, what is exempted of them).

    ``file`` is the path to name in messages. A level with errors ends the run for this file. With ``texts``
    level 5 reads the words of the text again; what it finds does not make the document unusable. Without
    ``layout`` any layout will do, and any order of the keys.
    """
    document, incidents = parse.parse(raw, file, layout)
    if document is None:
        return None, incidents, []
    levels: Sequence[Any] = (
        _schema_level,
        _span_level,
        _meaning_level,
        *([_coverage_level] if texts else []),
    )
    usable: Json | None = None
    for level in levels:
        found = level(document, file, context)
        if not layout:
            found = [incident for incident in found if incident.code != "B319"]
        incidents = [*incidents, *found]
        if found:
            break
        usable = document
    if not incidents:
        return document, [], []
    kept: list[Incident] = []
    exempted: list[Exempted] = []
    for incident in locate(raw, incidents):
        key = exemption_key(document, incident)
        if key in context.exemptions:
            exempted.append(Exempted(incident, key, context.exemptions[key]))
        else:
            kept.append(incident)
    return usable, kept, exempted


def check_bytes(raw: bytes, file: str, context: Context) -> tuple[Json | None, list[Incident]]:
    """Levels 1 to 4 over the bytes of one article: (document, incidents); None where its shape is not sound."""
    document, incidents, _ = examine(raw, file, context)
    return document, incidents


def _schema_level(document: Any, file: str, context: Context) -> list[Incident]:
    return schema.check(document, "article", file)


def _span_level(document: Any, file: str, context: Context) -> list[Incident]:
    from bilan.checks import spans

    return spans.check(document, file, context)


def _meaning_level(document: Any, file: str, context: Context) -> list[Incident]:
    from bilan.checks import meaning

    return meaning.check(document, file, context)


def _coverage_level(document: Any, file: str, context: Context) -> list[Incident]:
    from bilan.checks import coverage

    return coverage.check(document, file, context)


def exemption_key(document: Json, incident: Incident) -> tuple[str, str, str]:
    """(code, article id, record id or subject) by which an exemption names an incident."""
    if not isinstance(document, dict):
        return incident.code, "", ""
    parts = incident.pointer.split("/")
    record = incident.subject
    if len(parts) > 2 and parts[2].isdigit() and isinstance(document.get(parts[1]), list):
        item = document[parts[1]][int(parts[2])]
        record = item.get("id", "") if isinstance(item, dict) else str(item)
    return incident.code, str(document.get("id", "")), record


# --- files -----------------------------------------------------------------------------------------------


def article_files(corpus: Path) -> list[Path]:
    """Article files of a corpus in order of their ids' folders and names."""
    return [path for path in walk(corpus)[0] if _ARTICLE_FILE.fullmatch(path.name)]


def walk(corpus: Path) -> tuple[list[Path], list[Incident]]:
    """Files of stories in sorted order, and incidents of what lies where nothing should."""
    files: list[Path] = []
    incidents: list[Incident] = []

    def entries(folder: Path) -> list[Path]:
        try:
            return sorted(entry for entry in folder.iterdir() if not entry.name.startswith("."))
        except OSError as error:
            incidents.append(
                Incident(
                    "B112", f"cannot be read: {error.strerror}", "mend its permissions", file=shown(folder)
                )
            )
            return []

    for country in entries(corpus):
        if (
            country.name in ("registry", "releases", "agreement")
            and country.is_dir()
            and not country.is_symlink()
        ):
            continue
        if country.name == "exemptions.json":
            continue
        if country.is_symlink():
            incidents.append(
                Incident("B111", "a symbolic link", "put the folder itself here", file=shown(country))
            )
        elif not country.is_dir() or not _COUNTRY.fullmatch(country.name):
            incidents.append(_unexpected(country, "a folder named by a country code"))
        else:
            stories = entries(country)
            if not stories:
                incidents.append(
                    Incident("B116", "an empty folder", "add a story, or remove it", file=shown(country))
                )
            for story in stories:
                if story.is_symlink():
                    incidents.append(
                        Incident("B111", "a symbolic link", "put the folder itself here", file=shown(story))
                    )
                elif not story.is_dir() or not _STORY_FOLDER.fullmatch(story.name):
                    incidents.append(_unexpected(story, "a story folder, as 2025-05-23-dioura"))
                else:
                    inside = entries(story)
                    if not inside:
                        incidents.append(
                            Incident(
                                "B116", "an empty folder", "add a story.json, or remove it", file=shown(story)
                            )
                        )
                    for path in inside:
                        if path.name == "story.json" or _ARTICLE_FILE.fullmatch(path.name):
                            files.append(path)
                        else:
                            incidents.append(_unexpected(path, "story.json or an article, as fr-1.json"))
    return files, incidents


def _unexpected(path: Path, expected: str) -> Incident:
    return Incident(
        "B115", f"nothing named {path.name!r} belongs here", f"expected {expected}", file=shown(path)
    )


def shown(path: Path) -> str:
    """The path as a message names it: relative to where the user stands, if it lies below."""
    try:
        return path.relative_to(Path.cwd()).as_posix()
    except ValueError:
        return path.as_posix()


def read_context(corpus: Path, only: Iterable[Path] | None = None) -> Context:
    """Stories, registry and exemptions of a corpus. What is wrong with their files is in ``incidents``.

    ``only``: the story files to read, where not all are needed. Raises BilanError where there is no such folder.
    """
    if not corpus.is_dir():
        raise BilanError(
            Incident("B112", "there is no such corpus folder", "give --corpus DIR", file=str(corpus))
        )
    context = Context()
    for kind in REGISTRIES:
        path = corpus / "registry" / f"{kind}.json"
        document = _read(path, kind, context)
        if document is not None:
            from bilan.checks import story

            context.incidents.extend(
                locate(parse_again(path), story.check_registry(kind, document, shown(path)))
            )
            context.registry[kind].update((entry["id"], entry) for entry in document[kind])
    for path in sorted((corpus / "releases").glob("*.json")) if only is None else ():
        _read(path, "release", context)
    from bilan.checks import coverage

    context.gazetteer.update(coverage.gazetteer(context.registry))
    _read_exemptions(corpus / "exemptions.json", context)
    for path in [p for p in walk(corpus)[0] if p.name == "story.json"] if only is None else sorted(only):
        _read_story(path, context)
    return context


def parse_again(path: Path) -> bytes:
    """The bytes of a file that could be read a moment ago."""
    raw = parse.read_bytes(path, shown(path))
    return raw if isinstance(raw, bytes) else b""


def _read(path: Path, kind: str, context: Context) -> Any:
    """A document of a corpus that fits its schema, or None with the incidents noted."""
    file = shown(path)
    raw = parse.read_bytes(path, file)
    if isinstance(raw, Incident):
        context.incidents.append(raw)
        return None
    document, incidents = parse.parse(raw, file)
    if document is not None:
        found = schema.check(document, kind, file)
        context.incidents.extend(locate(raw, [*incidents, *found]))
        return None if found else document
    context.incidents.extend(incidents)
    return None


def _read_story(path: Path, context: Context) -> None:
    from bilan.checks import story

    document = _read(path, "story", context)
    if document is not None:
        context.stories[document["id"]] = document
        found = story.check_story(document, shown(path), context.registry["places"])
        if found:
            context.incidents.extend(locate(parse_again(path), found))


def _read_exemptions(path: Path, context: Context) -> None:
    if not path.is_file():
        return
    file = shown(path)
    raw = parse.read_bytes(path, file)
    document, incidents = parse.parse(raw, file) if isinstance(raw, bytes) else (None, [raw])
    context.incidents.extend(incidents)
    rows = document.get("exemptions") if isinstance(document, dict) else None
    wanted = {"code", "article", "record", "reason"}
    if not isinstance(rows, list) or not all(
        isinstance(row, dict) and set(row) == wanted and all(isinstance(v, str) and v for v in row.values())
        for row in rows
    ):
        if document is not None:
            message = "exemptions need code, article, record and reason, all strings"
            context.incidents.append(Incident("B206", message, 'write {"exemptions": [{…}]}', file=file))
        return
    for row in rows:
        context.exemptions[(row["code"], row["article"], row["record"])] = row["reason"]


# --- the whole corpus ------------------------------------------------------------------------------------

Found = tuple[list[Summary], list[Incident], list[Exempted]]
"""Of one batch: summaries, incidents, what is exempted."""


@collector_off()
def _check_files(key: str, paths: list[tuple[str, str]], texts: bool) -> Found:
    """One batch of article files, in a worker or at home; ``key`` leads to the context."""
    context: Context = shared(key)
    summaries: list[Summary] = []
    incidents: list[Incident] = []
    exempted: list[Exempted] = []
    for name, file in paths:
        raw = parse.read_bytes(name, file)
        if isinstance(raw, Incident):
            incidents.append(raw)
            continue
        document, found, exempt = examine(raw, file, context, texts)
        incidents.extend(found)
        exempted.extend(exempt)
        if document is not None:
            text = document["text"]
            of_text = overlap.print_of(document) if texts else None
            summaries.append(
                Summary(document["id"], document["story"], file, text["access"], text["sha256"], of_text)
            )
    return summaries, incidents, exempted


@collector_off()
def check_corpus(
    corpus: Path,
    workers: int = 1,
    paths: Sequence[Path] | None = None,
    executor: Executor | None = None,
    texts: bool = True,
) -> Result:
    """Checks a corpus, or of it only the files and folders in ``paths``.

    With ``paths`` the whole-corpus checks (level 6) are left out and only incidents of those files are reported;
    stories and registry are read all the same. ``executor`` takes the batches instead of local processes; its
    workers must be able to read the files. Without ``texts`` the words of the texts are not read again: no level
    5, and no comparison of texts.
    """
    walked, incidents = walk(corpus)
    if paths is not None:
        chosen = _chosen(paths)
        walked = [path for path in chosen if path.suffix == ".json" and path.name != "exemptions.json"]
        incidents = []
        ignored = [
            _unexpected(path, "a .json file; a text form goes through bilan unmark first") for path in paths
        ]
        unread = [
            i for i, path in zip(ignored, paths, strict=True) if path.is_file() and path.suffix != ".json"
        ]
        empty = [
            path for path in paths if path.is_dir() and not any(path in found.parents for found in walked)
        ]
        unread += [
            Incident("B116", "no .json file in this folder", "check the path", file=shown(path))
            for path in empty
        ]
    articles = [path for path in walked if is_article_file(path)]
    context = read_context(corpus)
    for path in walked if paths is not None else ():
        if path.name == "story.json" and corpus.resolve() not in path.resolve().parents:
            _read_story(path, context)
    if paths is not None:
        context = with_stories_beside(context, articles, corpus)
    incidents.extend(context.incidents)
    named = [(str(path), shown(path)) for path in articles]
    batches = [named[i : i + _BATCH] for i in range(0, len(named), _BATCH)]
    summaries: list[Summary] = []
    exempted: list[Exempted] = []
    for part in _run(batches, context, workers, executor, texts):
        summaries.extend(part[0])
        incidents.extend(part[1])
        exempted.extend(part[2])
    if paths is None:
        from bilan.checks import whole

        incidents.extend(whole.check(summaries, context, exempted, shown(corpus), texts))
    else:
        asked = {path.resolve() for path in walked}
        missing = [
            Incident("B112", "no such file", "check the path", file=shown(p)) for p in paths if not p.exists()
        ]
        found_there = [incident for incident in incidents if Path(incident.file).resolve() in asked]
        incidents = found_there + missing + unread
    return Result(len(walked), len(articles), sorted(incidents, key=Incident.sort_key), exempted)


def _run(
    batches: list[list[tuple[str, str]]],
    context: Context,
    workers: int,
    executor: Executor | None,
    texts: bool,
) -> list[Found]:
    with tempfile.TemporaryDirectory(prefix="bilan-check-") as folder:
        key = share(Path(folder) / "context.pickle", context)
        try:
            tasks = [(key, batch, texts) for batch in batches]
            return run_tasks(_check_files, tasks, workers=workers, executor=executor)
        finally:
            forget()


def is_article_file(path: Path) -> bool:
    """Whether a .json file of a corpus is taken for an article, by its place."""
    return path.name != "story.json" and path.parent.name not in ("registry", "releases")


def _chosen(paths: Sequence[Path]) -> list[Path]:
    out: list[Path] = []
    for path in paths:
        if path.is_dir():
            for folder, below, names in os.walk(path):
                if "registry" in below and "agreement" in below:
                    below.remove("agreement")  # of a corpus: annotations by others, in another layout
                out.extend(Path(folder, name) for name in names if not name.startswith("."))
        elif path.exists() or path.is_symlink():
            out.append(path)
    return sorted(set(out))


def with_stories_beside(context: Context, articles: list[Path], corpus: Path) -> Context:
    """Articles outside the corpus bring the story.json beside them."""
    for folder in sorted({path.parent for path in articles}):
        beside = folder / "story.json"
        if beside.is_file() and corpus.resolve() not in beside.resolve().parents:
            extra = Context(registry=context.registry)
            _read_story(beside, extra)
            context.stories.update((k, v) for k, v in extra.stories.items() if k not in context.stories)
    return context
