"""Checks one shard as a stream of stories. A worker holds one story with its articles at a time."""

from __future__ import annotations

import gc
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import NamedTuple

from bilan.checks import levels, parse, schema
from bilan.checks.context import Context, Exempted
from bilan.checks.locate import locate
from bilan.checks.story import check_story
from bilan.incidents import BilanError, Incident
from bilan.model import Json
from bilan.shards import grouping
from bilan.shards.finding import Shard
from bilan.shards.grouping import Group
from bilan.shards.reading import Document

KEPT = 1000
"""Incidents of a shard that are told one by one; the rest is counted (B893)."""

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
        return [*self.incidents, more_incidents(self.more, self.shard.url)]


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
    for group in grouping.groups(shard):
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


def more_incidents(number: int, url: str) -> Incident:
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
            for group in grouping.groups(shard):
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
