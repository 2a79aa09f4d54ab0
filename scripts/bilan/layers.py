"""The spans of an article layer by layer, flat and labelled, as sequence labelling wants them.

A layer is one of LAYERS. Spans are ``(start, end, label)``, half-open, in code points, in the order of the text;
none overlaps another of its layer. The text must be there: withheld articles have offsets, but no words.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING

from bilan.incidents import BilanError, Incident

if TYPE_CHECKING:
    from bilan.records import Article
    from bilan.stats import Table

Span = tuple[int, int, str]
"""start, end, label: half-open, in code points."""


def _names(article: Article) -> Iterator[Span]:
    found = sorted(
        (mention.start, -mention.end, entity.type)
        for entity in article.entities
        for mention in entity.mentions
        if mention.kind == "name"
    )
    reached = 0
    for start, end, label in found:  # the outermost, as in the table ner
        if start >= reached:
            reached = -end
            yield start, reached, label


def _figures(article: Article) -> Iterator[Span]:
    return ((figure.start, figure.end, figure.measure) for figure in article.figures)


def _cues(article: Article) -> Iterator[Span]:
    return ((cue.start, cue.end, said.stance) for said in article.attributions for cue in said.cues)


def _sources(article: Article) -> Iterator[Span]:
    return ((span.start, span.end, source.kind) for source in article.sources for span in source.mentions)


def _triggers(article: Article) -> Iterator[Span]:
    return ((span.start, span.end, event.type) for event in article.events for span in event.triggers)


_READ: dict[str, Callable[[Article], Iterator[Span]]] = {
    "names": _names,
    "figures": _figures,
    "cues": _cues,
    "sources": _sources,
    "triggers": _triggers,
}

INVENTORIES = {
    "names": "entity_type",
    "figures": "measure",
    "cues": "stance",
    "sources": "source_kind",
    "triggers": "event_type",
}
"""Layer → the inventory of ``schema/labels.json`` that its labels are from."""

LAYERS = tuple(INVENTORIES)
"""names: outermost names by type; figures by measure; cues by stance; mentions of sources by kind; triggers of
events by type."""


def spans_of(article: Article, layer: str) -> list[Span]:
    """The spans of one layer.

    Two records may share their words: one cue for two statements, say. The span is given once, with the label of
    the record that comes first in the article. Raises BilanError (B806) for a layer that does not exist.
    """
    if layer not in _READ:
        there = ", ".join(LAYERS)
        raise BilanError(
            Incident("B806", f"there is no layer {layer!r}; there are: {there}", f"use one of {there}")
        )
    first: dict[tuple[int, int], str] = {}
    for start, end, label in _READ[layer](article):
        first.setdefault((start, end), label)
    return [(start, end, label) for (start, end), label in sorted(first.items())]


def edges(articles: Iterable[Article]) -> Table:
    """How many spans of each layer have an edge inside a token, and inside a word as ``subwords`` cuts them."""
    from bilan.segment import tokens
    from bilan.subwords import words

    counts = {layer: [0, 0, 0] for layer in LAYERS}
    for article in articles:
        if article.text is None:
            continue
        cuts = [tokens(article.text, article.lang), words(article.text, article.lang)]
        known = [({start for start, _ in cut}, {end for _, end in cut}) for cut in cuts]
        for layer, count in counts.items():
            for start, end, _ in spans_of(article, layer):
                count[0] += 1
                for i, (starts, ends) in enumerate(known, 1):
                    count[i] += start not in starts or end not in ends
    head = ["layer", "spans", "with an edge inside a token", "with an edge inside a word"]
    return head, [[layer, *(f"{number:,}" for number in count)] for layer, count in counts.items()]
