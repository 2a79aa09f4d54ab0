"""Checks a sharded corpus: each shard by itself as a stream of stories, then what only all of them can tell.

The unit of work is a shard. A worker holds one story with its articles at a time; what it found stands in files
of the work folder, so that nothing grows with the corpus but these.
"""

from __future__ import annotations

import gc
import os
import pickle
import tempfile
from collections.abc import Iterable, Iterator
from concurrent.futures import Executor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import NamedTuple

from bilan.checks import contexts, levels, parse, runner, schema, tree
from bilan.checks.context import REGISTRIES, Context, Exempted
from bilan.checks.locate import locate
from bilan.checks.story import check_story
from bilan.executors import collector_off, forget, share, shared
from bilan.incidents import BilanError, Incident
from bilan.model import Json
from bilan.shards import reading
from bilan.shards.reading import Document, Group, Shard

KEPT = 1000
"""Incidents of a shard that are told one by one; the rest is counted (B893)."""

KEPT_IN_ALL = 10_000
"""Incidents of a run that are told one by one."""

_LONGEST = 500
"""Characters of a message, a mend or a pointer: a shard may hold anything."""
_EXCERPT = 100


class Article(NamedTuple):
    """An article whose shape is sound, its line in the shard, and what of its incidents is exempted."""

    document: Json
    line: int
    exempted: list[Exempted]


@dataclass(slots=True)
class Checked:
    """One story with its articles as checked. ``story`` is None where its shape is not sound.

    ``exempted`` has what is exempted of all its articles, sound or not. Incidents have file and line of the shard.
    """

    story: Json | None
    line: int
    articles: list[Article] = field(default_factory=list)
    incidents: list[Incident] = field(default_factory=list)
    exempted: list[Exempted] = field(default_factory=list)


@dataclass(slots=True)
class ShardResult:
    """What a shard tells of itself. ``more``: incidents beyond those that are kept.

    ``articles`` and ``stories`` count the documents that were read, sound or not; ``summaries`` is the file of
    what the whole-corpus checks need.
    """

    shard: Shard
    stories: int = 0
    articles: int = 0
    incidents: list[Incident] = field(default_factory=list)
    more: int = 0
    exempted: dict[tuple[str, str, str], Exempted] = field(default_factory=dict)
    """One for each exemption that was used."""
    summaries: str = ""
    whole: bool = True
    """Whether it could be read to its end."""

    def add(self, incidents: Iterable[Incident]) -> None:
        for incident in incidents:
            if len(self.incidents) < KEPT:
                self.incidents.append(incident)
            else:
                self.more += 1

    def told(self) -> list[Incident]:
        """The incidents that are kept, and one that counts the others."""
        if not self.more:
            return self.incidents
        return [*self.incidents, _more(self.more, self.shard.url)]


# --- one story -------------------------------------------------------------------------------------------


def check_group(group: Group, url: str, context: Context, texts: bool = False) -> Checked:
    """Levels 1 to 4, with ``texts`` 1 to 5, over one story and its articles.

    ``context`` has registry and exemptions; the story comes from the group. ``url`` is that of the shard.
    """
    out = Checked(None, group.story.line if group.story else 0, incidents=list(group.incidents))
    stories: dict[str, Json] = {}
    if group.story is not None:
        out.story, found = _check_story(group.story, context)
        out.incidents.extend(_placed(found, url, group.story))
        if out.story is not None:
            stories[out.story["id"]] = out.story
    context = replace(context, stories=stories)
    for document in group.articles:
        article, found, exempted = _check_article(document, context, texts)
        if out.story is None and group.story is not None:  # the line of the story says what is wrong
            found = [incident for incident in found if incident.code != "B316"]
        out.incidents.extend(_placed(found, url, document))
        places = _placed([one.incident for one in exempted], url, document)
        exempted = [replace(one, incident=at) for one, at in zip(exempted, places, strict=True)]
        out.exempted.extend(exempted)
        if article is not None:
            out.articles.append(Article(article, document.line, exempted))
    if out.incidents:
        gc.collect(0)  # what explains faults leaves cycles, and the collector may be off for the whole shard
    return out


def checked(shard: Shard, context: Context, texts: bool = False) -> Iterator[Checked]:
    """The stories of a shard, each checked. Raises BilanError as ``reading.documents``, after what came before."""
    for group in reading.groups(shard):
        yield check_group(group, shard.url, context, texts)


def _check_story(document: Document, context: Context) -> tuple[Json | None, list[Incident]]:
    if too_large := _too_large(document):
        return None, [too_large]
    story, incidents = parse.parse(document.raw, "", layout=False, read=document.read)
    if story is None:
        return None, incidents
    incidents = [*incidents, *schema.check(story, "story", "")]
    usable = None
    if not incidents:
        usable = story
        incidents = check_story(story, "", context.registry["places"])
    return usable, locate(document.raw, incidents)


def _check_article(
    document: Document, context: Context, texts: bool
) -> tuple[Json | None, list[Incident], list[Exempted]]:
    if too_large := _too_large(document):
        return None, [too_large], []
    return levels.examine(document.raw, "", context, texts, layout=False, read=document.read)


def _too_large(document: Document) -> Incident | None:
    size = len(document.raw)
    if size <= parse.MAX_BYTES:
        return None
    return Incident("B114", f"{size:,} bytes; {parse.MAX_BYTES:,} at most", "split it")


def _placed(incidents: Iterable[Incident], url: str, document: Document) -> Iterator[Incident]:
    """The incidents of one document, at its line of the shard, with nothing in them of more than a few words."""
    for incident in incidents:
        excerpt, caret = _cut(incident.excerpt, incident.caret)
        yield replace(
            incident,
            file=url,
            line=document.line,
            column=incident.column if incident.line <= 1 else 0,  # a cell may hold a document of many lines
            message=_short(incident.message),
            mend=_short(incident.mend),
            pointer=_short(incident.pointer),
            subject=_short(incident.subject),
            excerpt=excerpt,
            caret=caret,
            width=max(1, min(incident.width, len(excerpt) - caret)),
        )


def _short(words: str) -> str:
    return words if len(words) <= _LONGEST else words[: _LONGEST - 1] + "…"


def _cut(excerpt: str, caret: int) -> tuple[str, int]:
    if len(excerpt) <= _EXCERPT + 2:
        return excerpt, caret
    return parse.excerpt_at(excerpt, caret, limit=_EXCERPT)


def _more(number: int, url: str) -> Incident:
    mend = "mend those that are told, then check again"
    return Incident("B893", f"{number:,} more incidents that are not told one by one", mend, file=url)


# --- one shard -------------------------------------------------------------------------------------------


def check_shard(shard: Shard, context: Context, texts: bool, summaries: Path) -> ShardResult:
    """Checks one shard, and writes what the whole-corpus checks need of it to the file ``summaries``.

    What cannot be read (B891) is an incident of the result: the other shards go on.
    """
    from bilan.shards import whole

    result = ShardResult(shard, summaries=str(summaries))
    with whole.Writer(summaries, shard.url, texts) as writer:
        try:
            for group in reading.groups(shard):
                result.stories += group.story is not None
                result.articles += len(group.articles)
                one = check_group(group, shard.url, context, texts)
                result.add(one.incidents)
                for used in one.exempted:
                    result.exempted.setdefault(used.key, used)
                if one.story is not None:
                    writer.add_story(one.story, one.line)
                for article, line, exempted in one.articles:
                    writer.add_article(article, line, exempted)
        except BilanError as error:
            result.whole = False
            result.add(error.incidents)
    return result


@collector_off()
def _task(key: str, shard: Shard, texts: bool, folder: str) -> str:
    """One shard in a worker: writes its result into the folder, and returns the file's path."""
    summaries = Path(folder) / f"{shard.name}.summaries.parquet"
    result = check_shard(shard, shared(key), texts, summaries)
    path = Path(folder) / f"{shard.name}.pickle"
    path.write_bytes(pickle.dumps(result))
    return str(path)


# --- all shards ------------------------------------------------------------------------------------------


def read_context(place: str, fallback: Path) -> Context:
    """Registry and exemptions of a sharded corpus; without ``registry/`` in it the registry of ``fallback``.

    What is wrong with these files is in ``incidents``. Raises BilanError (B890, B112).
    """
    root = reading.root_of(place)
    if not reading.is_url(root):
        own = Path(root)
        return contexts.read_context(own, ()) if (own / "registry").is_dir() else _registry_of(fallback)
    fs, path = reading.file_system(root)
    with tempfile.TemporaryDirectory(prefix="bilan-registry-") as folder:
        copy = Path(folder)
        (copy / "registry").mkdir()
        names = [*(f"registry/{kind}.json" for kind in REGISTRIES), "exemptions.json"]
        with reading.reported(root):
            for name in names:
                if fs.isfile(f"{path}/{name}"):
                    (copy / name).write_bytes(fs.cat_file(f"{path}/{name}", end=parse.MAX_BYTES + 1))
        if not any((copy / "registry").iterdir()):
            return _registry_of(fallback)
        context = contexts.read_context(copy, ())
        told = [replace(i, file=i.file.replace(tree.shown(copy), root, 1)) for i in context.incidents]
        return replace(context, incidents=told)


def _registry_of(corpus: Path) -> Context:
    """The registry of another corpus: its exemptions are not for these articles."""
    return replace(contexts.read_context(corpus, ()), exemptions={})


def check_place(
    place: str,
    fallback: Path,
    workers: int = 1,
    executor: Executor | None = None,
    texts: bool = True,
) -> runner.Result:
    """Checks a sharded corpus: every shard, then the corpus as a whole.

    ``fallback``: the corpus whose registry serves where the place has none. ``executor`` takes the shards instead
    of local processes; its workers must see the shards and this machine's folder for temporary files. Raises
    BilanError (B890) where there is nothing to check.
    """
    from bilan.shards import running, whole

    shards = reading.find(place)
    context = read_context(place, fallback)
    total = Told(list(context.incidents))
    context = replace(context, incidents=[])
    articles = 0
    exempted: dict[tuple[str, str, str], Exempted] = {}
    with _work_folder() as folder:
        key = share(folder / ".context", context)  # no shard has such a name
        paths: dict[int, str] = {}
        try:
            tasks = [(key, shard, texts, str(folder)) for shard in shards]
            run = running.Run(_task, tasks, paths.__setitem__, workers, executor)
            poisoned = run()
        finally:
            forget()
        total.add(running.poison(shards[number].url) for number in poisoned)
        summaries = []
        complete = reading.is_folder(place) and not poisoned
        for _, path in sorted(paths.items()):
            result: ShardResult = pickle.loads(Path(path).read_bytes())
            articles += result.articles
            complete = complete and result.whole
            total.add(result.told())
            for used in result.exempted.values():
                exempted.setdefault(used.key, used)
            summaries.append(Path(result.summaries))
        used_there = list(exempted.values())  # the whole-corpus checks add to it
        found = whole.check(summaries, context, used_there, place.rstrip("/"), texts, work=folder)
        # what was not read may need the exemptions that nothing else needs
        total.add(incident for incident in found if complete or incident.code != "B604")
    if not articles and not total.incidents:
        total.add([Incident("B116", "no article in these shards", "check the address", file=place)])
    incidents = [replace(one, file=_shown(one.file)) for one in total.told(place)]
    return runner.Result(len(shards), articles, sorted(incidents, key=Incident.sort_key), used_there)


@contextmanager
def _work_folder() -> Iterator[Path]:
    """A folder for what the workers find; a disk that is full is an incident, whoever meets it."""
    try:
        with tempfile.TemporaryDirectory(prefix="bilan-check-") as folder:
            yield Path(folder)
    except OSError as error:
        message = f"cannot be written: {error.strerror or error}"
        mend = "free some space, or name another folder in TMPDIR"
        place = str(error.filename or tempfile.gettempdir())
        raise BilanError(Incident("B803", message, mend, file=place)) from error


@dataclass
class Told:
    """The incidents of a run: the first of them, and how many more there are."""

    incidents: list[Incident] = field(default_factory=list)
    more: int = 0

    def add(self, incidents: Iterable[Incident]) -> None:
        for incident in incidents:
            if len(self.incidents) < KEPT_IN_ALL:
                self.incidents.append(incident)
            else:
                self.more += 1

    def told(self, place: str) -> list[Incident]:
        return [*self.incidents, _more(self.more, place)] if self.more else self.incidents


def _shown(file: str) -> str:
    """A shard as a message names it: a local one relative to where the user stands."""
    return file if reading.is_url(file) or not os.path.isabs(file) else tree.shown(Path(file))
