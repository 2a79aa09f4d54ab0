"""An article in tokens and sentences, for formats that know no offsets.

Tokens and sentences are those of the published tables (``bilan.segment``). A token in which a stretch begins or ends is
cut there, so that every stretch is a run of tokens.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable

from bilan.exchange.graph import Graph
from bilan.model import Json
from bilan.segment import Interval, cut, sentences, tokens


def of(article: Json, graph: Graph) -> list[list[Interval]]:
    """The tokens by sentence, in code points. Empty only where the text is white space."""
    edges = (edge for mark in graph.marks for edge in (mark.start, mark.end))
    cut_up, _ = cut(tokens(graph.text, article["lang"]), edges)
    out: list[list[Interval]] = []
    left = iter(cut_up)
    token = next(left, None)
    for _, end in sentences(graph.text, _whole(article)):
        inside = []
        while token is not None and token[0] < end:
            inside.append(token)
            token = next(left, None)
        if inside:
            out.append(inside)
    return out


def _whole(article: Json) -> Iterable[Interval]:
    """What no sentence may part: names and figures, as in the tables."""
    mentions = (mention for entity in article["entities"] for mention in entity["mentions"])
    return [(span["start"], span["end"]) for span in itertools.chain(mentions, article["figures"])]


def outermost(graph: Graph) -> list[tuple[int, int, str]]:
    """The names that lie in no other name: (start, end, record), in the order of the text. Of two that cross the one
    that begins first; of two records with the same words the first by id, as in the table ``ner``."""
    names = sorted((m.start, -m.end, m.record) for m in graph.marks if m.name == "name")
    out: list[tuple[int, int, str]] = []
    for start, minus, record in names:
        if not out or start >= out[-1][1]:
            out.append((start, -minus, record))
    return out
