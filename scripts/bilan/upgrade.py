"""Documents of older versions in today's shape: what was added since is filled with what it meant before.

A step turns one kind of document from the shape before a version into that version's; steps run in order and leave a
document alone that has the newer shape already. Content is never changed: a copy brought up to date is compared with
another as data, and must not be taken for the released document, whose hash is that of its own shape.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from bilan.corpus import Corpus
from bilan.model import Json


class Step(NamedTuple):
    """One change of shape: the version that brought it, the kind of document, what changed, and how to follow."""

    version: str
    kind: str  # "article", "story", or the kind of a registry document
    what: str
    apply: Callable[[Json], Json]


def _blames(article: Json) -> Json:
    attributions = article.get("attributions")
    if not isinstance(attributions, list) or not any(map(_blames_one, attributions)):
        return article
    listed = [
        {**a, "blames": [] if a["blames"] is None else [a["blames"]]} if _blames_one(a) else a
        for a in attributions
    ]
    return {**article, "attributions": listed}


def _blames_one(attribution: Any) -> bool:
    return isinstance(attribution, dict) and isinstance(attribution.get("blames", []), str | None)


def _subset(story: Json) -> Json:
    if "subset" in story:
        return story
    out: Json = {}
    for key, value in story.items():
        out[key] = value
        if key == "split":  # where the schema has it
            out["subset"] = None
    return {**out, "subset": None}


STEPS = (
    Step(
        "0.1.0",
        "article",
        "an attribution blames a list of entities, before that one entity or null",
        _blames,
    ),
    Step("0.2.0", "story", "stories have `subset`, before that none belonged to one: null", _subset),
)
"""Every change of shape so far, oldest first."""


def document(kind: str, older: Json) -> Json:
    """A document in today's shape. ``kind``: article, story, actors, places or outlets. The argument is not changed."""
    for step in STEPS:
        if step.kind == kind:
            older = step.apply(older)
    return older


def corpus(data: Corpus) -> Corpus:
    """All documents of a corpus in today's shape; those that have it are the same objects."""
    return Corpus(
        {ident: document("article", one) for ident, one in data.articles.items()},
        {ident: document("story", one) for ident, one in data.stories.items()},
        {kind: document(kind, one) for kind, one in data.registry.items()},
    )
