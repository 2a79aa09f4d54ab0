"""spaCy DocBin: one file a language, ``fr.spacy`` and ``en.spacy``, for ``spacy train`` and for reading in Python.

    nlp = spacy.blank("fr")
    for doc in DocBin().from_disk("fr.spacy").get_docs(nlp.vocab):
        doc.ents                               # outermost names: label = type, id = record, kb_id = registry
        doc.spans["figure"]                    # every stretch, nested ones too: label, id = record
        doc.user_data["bilan"]["records"]["f1"]  # {"layer": "figures", "of": "soldiers", "low": 35, …}

* ``doc.text`` is the text to the letter. Tokens are those of the published tables, not spaCy's; one in which a
  stretch begins or ends is cut there, and white space other than one space is a token of its own, as in spaCy.
  Sentence starts are set.
* ``doc.spans`` has a group for each kind of stretch (name, nominal, trigger, figure, time, zone, source, cue, quote).
  Labels are types of entities and events, measures of figures, kinds of sources, times and zones, stances of
  attributions. Spans of one record share its id.
* ``doc.user_data["bilan"]`` is plain data: ``id``, ``lang``, ``published``, ``sha256``, ``licence``, ``attribution``,
  ``records`` (id → layer and values) and ``arrows`` ([label, start, end, values]). Relations are arrows.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any

from bilan.exchange import graph as graphs
from bilan.exchange import pieces
from bilan.exchange.conllup import LABEL
from bilan.exchange.graph import Graph
from bilan.exchange.parts import PARTS, Carried
from bilan.model import Json
from bilan.segment import Interval

_GROUP = Carried("shown", "doc.spans, one group for each kind of stretch; spans of a record share its id")
_DATA = Carried("kept", 'doc.user_data["bilan"]["records"]')

CARRIED = {
    **dict.fromkeys(PARTS, _DATA),
    **dict.fromkeys((*LABEL, "attributions.quotes"), _GROUP),
    **{
        name: Carried("kept", 'doc.user_data["bilan"]["arrows"]')
        for name in PARTS
        if name.endswith(".arrows") or name == "relations"
    },
    "text": Carried("shown", "doc.text"),
    "entities": Carried(
        "shown", "doc.ents (outermost names), doc.spans (all); spans of a record share its id"
    ),
}

ATTRIBUTES = ("SENT_START", "ENT_IOB", "ENT_TYPE", "ENT_ID", "ENT_KB_ID")


def write(articles: Sequence[Json]) -> Iterator[tuple[str, bytes]]:
    """One file a language, the documents in the order of the articles."""
    import spacy  # type: ignore[import-not-found, unused-ignore]
    from spacy.tokens import DocBin  # type: ignore[import-not-found, unused-ignore]

    for lang in sorted({article["lang"] for article in articles}):
        vocab = spacy.blank(lang).vocab
        bin_ = DocBin(attrs=ATTRIBUTES, store_user_data=True)
        for article in articles:
            if article["lang"] == lang:
                bin_.add(_doc(article, vocab))
        yield f"{lang}.spacy", bin_.to_bytes()


def _doc(article: Json, vocab: Any) -> Any:
    from spacy.tokens import Doc, Span

    graph = graphs.of(article)
    sentences = pieces.of(article, graph)
    tokens = _tokens(graph, sentences)
    first = {sentence[0][0] for sentence in sentences}
    doc = Doc(
        vocab,
        words=[graph.text[a:b] for a, b, _ in tokens],
        spaces=[space for _, _, space in tokens],
        sent_starts=[i == 0 or a in first for i, (a, _, _) in enumerate(tokens)],
    )
    begins = {a: i for i, (a, _, _) in enumerate(tokens)}
    ends = {b: i for i, (_, b, _) in enumerate(tokens, 1)}

    def span(record: str, start: int, end: int, named: bool = False) -> Any:
        node = graph.nodes[record]
        registry = (node.values.get("registry") or "") if named else ""
        label = str(node.values[LABEL[node.layer]])
        return Span(doc, begins[start], ends[end], label=label, span_id=record, kb_id=registry)

    doc.set_ents([span(record, start, end, True) for start, end, record in pieces.outermost(graph)])
    for name in graphs.KINDS:
        some = sorted({m for m in graph.marks if m.name == name}, key=lambda m: (m.start, -m.end, m.record))
        doc.spans[name] = [span(m.record, m.start, m.end, m.layer == "entities") for m in some]
    doc.user_data["bilan"] = _data(article, graph)
    return doc


def _tokens(graph: Graph, sentences: list[list[Interval]]) -> list[tuple[int, int, bool]]:
    """(start, end, a space follows) of every token. All other white space is a token, as spaCy has it; so is a space
    that a stretch begins or ends with."""
    starts, ends = {m.start for m in graph.marks}, {m.end for m in graph.marks}
    out: list[tuple[int, int, bool]] = []
    size, behind = len(graph.text), 0
    for start, end in [*(token for sentence in sentences for token in sentence), (size, size)]:
        space = out and behind < start and graph.text[behind] == " "
        if space and behind not in starts and behind + 1 not in ends:
            out[-1] = (*out[-1][:2], True)
            behind += 1
        inside = sorted(edge for edge in starts | ends if behind < edge < start)
        out += [(a, b, False) for a, b in pairwise([behind, *inside, start]) if a < b]
        if start < end:
            out.append((start, end, False))
        behind = end
    return out


def _data(article: Json, graph: Graph) -> Json:
    return {
        "id": graph.id,
        "lang": article["lang"],
        "published": article["published"],
        "sha256": article["text"]["sha256"],
        "licence": article["text"]["licence"],
        "attribution": article["text"]["attribution"],
        "records": {node.id: {"layer": node.layer, **node.values} for node in graph.nodes.values()},
        "arrows": [[arrow.label, arrow.source, arrow.target, arrow.values] for arrow in graph.arrows],
    }
