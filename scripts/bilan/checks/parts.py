"""The unit of work of a corpus folder: a *part*, the files of whole stories, read and checked together.

Where a part ends depends on the names of its own stories alone, so that a story more or less moves the borders near
it and no others.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import NamedTuple

from bilan.borders import falls_on
from bilan.checks import contexts, levels, overlap, parse, tree
from bilan.checks.context import Context, Exempted, Summary
from bilan.incidents import Incident
from bilan.model import Json

PART_ARTICLES = 128
"""About so many articles make a part: half of them at least, and no more than twice as many by much."""

_BORDERS = 8
"""From half a part on, one story in so many ends it."""


class Part(NamedTuple):
    """Stories that are worked on together; ``name`` is the folder of the first one."""

    stories: tuple[tree.StoryFiles, ...]

    @property
    def name(self) -> str:
        return self.stories[0].folder

    @property
    def articles(self) -> int:
        return sum(story.articles for story in self.stories)


def parts_of(stories: Sequence[tree.StoryFiles]) -> list[Part]:
    """Stories, in order, as parts."""
    out: list[Part] = []
    held: list[tree.StoryFiles] = []
    articles = 0
    for story in stories:
        held.append(story)
        articles += story.articles
        full = articles >= 2 * PART_ARTICLES
        if full or (articles >= PART_ARTICLES // 2 and falls_on(story.folder, _BORDERS)):
            out.append(Part(tuple(held)))
            held, articles = [], 0
    if held:
        out.append(Part(tuple(held)))
    return out


class Base(NamedTuple):
    """What is the same for all parts: the corpus, how messages name it, registry and exemptions. Picklable."""

    corpus: str
    shown: str
    context: Context


def base_of(corpus: Path, context: Context) -> Base:
    """``context``: with registry and exemptions; the stories are read with the parts."""
    shown = tree.shown(corpus)
    return Base(str(corpus), "" if shown == "." else f"{shown.rstrip('/')}/", replace(context, incidents=[]))


class File(NamedTuple):
    """A file of a part: its place below the corpus, as messages name it, and its bytes or why there are none."""

    name: str
    shown: str
    raw: bytes | Incident


def load(part: Part, base: Base) -> list[File]:
    """The files of a part, each story before its articles."""
    out = []
    for story in part.stories:
        for name in sorted(story.names, key=lambda name: name != tree.STORY):
            place = f"{story.folder}/{name}"
            shown = base.shown + place
            out.append(File(place, shown, parse.read_bytes(f"{base.corpus}/{place}", shown)))
    return out


HEAD = ("id", "country", "split", "subset")
"""What the whole-corpus checks need of a story."""


@dataclass(slots=True)
class Found:
    """What the checks say of a part. ``stories``: id → the story; ``documents``: its articles that are sound."""

    stories: dict[str, Json] = field(default_factory=dict)
    documents: list[Json] = field(default_factory=list)
    summaries: list[Summary] = field(default_factory=list)
    incidents: list[Incident] = field(default_factory=list)
    exempted: list[Exempted] = field(default_factory=list)

    @property
    def failed(self) -> bool:
        return any(incident.severity == "error" for incident in self.incidents)

    @property
    def heads(self) -> dict[str, Json]:
        """Of each story what ``whole.check`` needs."""
        return {ident: {key: story[key] for key in HEAD} for ident, story in self.stories.items()}


def check(files: Sequence[File], base: Base, texts: bool = False, keep: bool = True) -> Found:
    """Levels 1 to 4 over the files of a part, with ``texts`` level 5 too. Without ``keep`` no documents are kept."""
    context = replace(base.context, stories=contexts.Stories(Path(base.corpus)), incidents=[])
    out = Found()
    for file in files:
        if isinstance(file.raw, Incident):
            out.incidents.append(file.raw)
        elif file.name.endswith(f"/{tree.STORY}"):
            story = contexts.story_in(file.raw, file.shown, context)
            if story is not None:
                out.stories[story["id"]] = story
        else:
            document = check_article(file.raw, file.shown, context, texts, out)
            if document is not None:
                out.summaries.append(_summary(document, file.shown, texts))
                if keep:
                    out.documents.append(document)
    out.incidents.extend(context.incidents)
    return out


def check_article(raw: bytes, shown: str, context: Context, texts: bool, out: Found) -> Json | None:
    """Levels 1 to 4 or 5 over the bytes of one article, noted in ``out``; the document if it is sound."""
    document, incidents, exempted = levels.examine(raw, shown, context, texts)
    out.incidents.extend(incidents)
    out.exempted.extend(exempted)
    return document


def _summary(document: Json, shown: str, texts: bool) -> Summary:
    text = document["text"]
    made = overlap.print_of(document) if texts else None
    return Summary(document["id"], document["story"], shown, text["access"], text["sha256"], made)


def batches(files: Sequence[Path]) -> Iterator[Sequence[Path]]:
    """Articles of whatever place, as many at a time as a part has."""
    for i in range(0, len(files), PART_ARTICLES):
        yield files[i : i + PART_ARTICLES]
