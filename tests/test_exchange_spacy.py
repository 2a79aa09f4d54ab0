"""Articles as spaCy documents, read back with spaCy alone."""

from __future__ import annotations

import random
from typing import Any

import pytest

from bilan.exchange import formats, pieces
from bilan.exchange import graph as graphs
from bilan.exchange.graph import Arrow, Graph, Mark, Node
from bilan.exchange.parts import PARTS, same
from bilan.model import Json
from exchange_samples import ODD, odd_article, open_articles

pytestmark = pytest.mark.exchange


@pytest.fixture(scope="module")
def articles() -> list[Json]:
    return list(open_articles())


@pytest.fixture(scope="module")
def docs(articles: list[Json]) -> dict[str, Any]:
    return read(articles)


def read(articles: list[Json]) -> dict[str, Any]:
    """Documents by id of the article, as a user of spaCy reads them."""
    import spacy
    from spacy.tokens import DocBin

    out = {}
    for name, data in formats.get("spacy").load().write(articles):
        nlp = spacy.blank(name.partition(".")[0])
        for doc in DocBin().from_bytes(data).get_docs(nlp.vocab):
            out[doc.user_data["bilan"]["id"]] = doc
    return out


def graph_of(doc: Any) -> Graph:
    """Everything that the document says, with what spaCy offers: text, span groups and user data."""
    data = doc.user_data["bilan"]
    graph = Graph(data["id"], doc.text)
    for ident, values in data["records"].items():
        graph.nodes[ident] = Node(values["layer"], ident, {k: v for k, v in values.items() if k != "layer"})
    for name, group in doc.spans.items():
        layer, field, kind = graphs.KINDS[name]
        for span in group:
            graph.marks.append(Mark(layer, span.id_, field, kind, span.start_char, span.end_char))
    graph.arrows = [Arrow(*arrow) for arrow in data["arrows"]]
    return graph


def test_every_part_of_every_open_article_is_in_the_docbin(
    articles: list[Json], docs: dict[str, Any]
) -> None:
    carried = formats.FORMATS["spacy"].carried
    assert set(carried) == set(PARTS)
    assert len(articles) == len(docs) == 225
    for article in articles:
        found = graph_of(docs[article["id"]])
        assert [part for part in PARTS if not same(part, found, graphs.of(article))] == [], article["id"]


def test_entities_are_the_outermost_names_with_type_record_and_registry_id(
    articles: list[Json], docs: dict[str, Any]
) -> None:
    for article in articles:
        records = {one["id"]: one for one in article["entities"]}
        doc = docs[article["id"]]
        wanted = [
            (start, end, records[ident]["type"], ident, records[ident]["registry"] or "")
            for start, end, ident in pieces.outermost(graphs.of(article))
        ]
        assert [(e.start_char, e.end_char, e.label_, e.ent_id_, e.kb_id_) for e in doc.ents] == wanted


def test_labels_of_spans_are_those_of_their_records(articles: list[Json], docs: dict[str, Any]) -> None:
    keys = {"name": "type", "nominal": "type", "trigger": "type", "figure": "measure", "cue": "stance"}
    for article in articles:
        doc = docs[article["id"]]
        for name, group in doc.spans.items():
            for span in group:
                record = doc.user_data["bilan"]["records"][span.id_]
                assert span.label_ == record[keys.get(name, "stance" if name == "quote" else "kind")]


def test_sentences_are_those_of_the_table_ner(articles: list[Json], docs: dict[str, Any]) -> None:
    for article in articles[::20]:
        text = article["text"]["content"]
        wanted = [text[s[0][0] : s[-1][1]] for s in pieces.of(article, graphs.of(article))]
        assert [sentence.text.strip() for sentence in docs[article["id"]].sents] == wanted


def test_the_same_articles_give_the_same_bytes(articles: list[Json]) -> None:
    write = formats.get("spacy").load().write
    assert list(write(articles[:5])) == list(write(articles[:5]))


def test_any_white_space_and_any_stretch_comes_back_to_the_letter() -> None:
    """Emoji, Arabic, combining marks, carriage returns, a byte order mark, stretches that begin in white space."""
    draw = random.Random(3)
    some = []
    for i in range(300):
        text = "".join(draw.choice(ODD) for _ in range(draw.randrange(1, 25)))
        cuts = [sorted(draw.sample(range(len(text) + 1), 2)) for _ in range(4)]
        some.append(odd_article(text, [(a, b) for a, b in cuts], f"ml-2025-05-23-dioura.fr.{i}"))
    docs = read(some)
    for article in some:
        graph = graph_of(docs[article["id"]])
        assert [part for part in PARTS if not same(part, graph, graphs.of(article))] == []
