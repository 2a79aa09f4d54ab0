"""The documents of a shard as stories, each with its articles."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import orjson

from bilan.incidents import BilanError, Incident
from bilan.shards.finding import Shard
from bilan.shards.reading import Document, documents

GROUP_BYTES = 256 << 20
"""Bytes of a story with its articles: they are held together in memory."""

READ_BYTES = 4 << 20
"""Bytes of a story with its articles up to which its documents are held as objects too."""


@dataclass(slots=True)
class Group:
    """A story with its articles, and what stands in the wrong place below it (B892).

    ``story`` is None only for articles before any story, of which ``incidents`` tells. A document that is neither
    story nor article, or cannot be parsed, is among the articles, or is the story where there is none above it:
    whoever checks it says what is wrong. ``size`` counts the bytes that are held.
    """

    story: Document | None
    articles: list[Document] = field(default_factory=list)
    incidents: list[Incident] = field(default_factory=list)
    ident: str | None = None
    """The story's id; where its line cannot be read, the one that the first article below names."""
    size: int = 0


def groups(shard: Shard) -> Iterator[Group]:
    """The stories of a shard, each with its articles. Raises BilanError as ``documents``, after what came before."""
    group: Group | None = None
    stray: str | None = None
    try:
        for one in documents(shard):
            document = _read(one)
            kind, ident = _kind(document.read)
            if kind == "story" or (kind == "other" and group is None):
                if group is not None:
                    yield group
                group, stray = Group(document, ident=ident, size=len(document.raw)), None
                continue
            if group is None:
                group = Group(None)
            if ident is not None and group.story is not None and group.ident is None:
                group.ident = ident
            if ident is None or ident == group.ident:
                _add(group, document, shard)
            elif ident != stray:  # said once for all that follow
                group.incidents.append(_misplaced(group, document, ident, shard))
                stray = ident
    except BilanError:
        if group is not None:
            yield group
        raise
    if group is not None:
        yield group


def _add(group: Group, document: Document, shard: Shard) -> None:
    before = group.size
    group.size += len(document.raw)
    if group.size <= GROUP_BYTES:
        # objects take several times what the bytes take
        group.articles.append(document if group.size <= READ_BYTES else replace(document, read=None))
    elif before <= GROUP_BYTES:
        message = f"the story above and its articles have more than {GROUP_BYTES:,} bytes"
        group.incidents.append(
            Incident("B891", message, "make several stories of it", file=shard.url, line=document.line)
        )


def _misplaced(group: Group, document: Document, ident: str, shard: Shard) -> Incident:
    where = "before any story" if group.story is None else f"below the story {_short(str(group.ident))}"
    message = f"an article of {_short(ident)} stands {where}"
    mend = "put each story into one shard, directly before its articles"
    return Incident("B892", message, mend, file=shard.url, line=document.line, pointer="/story")


def _short(ident: str) -> str:
    return repr(ident if len(ident) <= 100 else ident[:99] + "…")


def _read(document: Document) -> Document:
    """The document read, if it can be."""
    try:
        return Document(document.line, document.raw, orjson.loads(document.raw))
    except (orjson.JSONDecodeError, RecursionError):
        return document


def _kind(document: Any) -> tuple[str, str | None]:
    """(story, article or other; the id of the story) as far as the document can be read at all."""
    if not isinstance(document, dict):
        return "other", None
    if "story" in document or "text" in document:
        kind, ident = "article", document.get("story")
    elif "references" in document or "split" in document:
        kind, ident = "story", document.get("id")
    else:
        return "other", None
    return kind, ident if isinstance(ident, str) else None
