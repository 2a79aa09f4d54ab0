"""Articles as CoNLL-2003 and CoNLL-U Plus, read back with what the field reads them with."""

from __future__ import annotations

import json
import random
import re
from typing import Any

import conllu
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bilan.exchange import conll2003, conllup, fidelity, formats, pieces
from bilan.exchange import graph as graphs
from bilan.exchange.graph import Arrow, Graph, Mark, Node
from bilan.exchange.parts import PARTS, same
from bilan.incidents import BilanError
from bilan.model import Json
from bilan.tables import ner, views
from bilan.tables.features import bio_labels
from exchange_samples import ODD, odd_article, open_articles

# --- CoNLL-2003 ------------------------------------------------------------------------------------------


def sentences_2003(data: bytes) -> list[list[tuple[str, ...]]]:
    """The sentences of a CoNLL-2003 file: blank lines part them, columns are parted by a space."""
    blocks = data.decode().strip("\n").split("\n\n")
    assert blocks[0] == "-DOCSTART- -X- -X- O"
    return [[tuple(line.split(" ")) for line in block.split("\n")] for block in blocks[1:]]


def test_conll2003_has_the_tokens_and_tags_of_the_table_ner() -> None:
    names = bio_labels().names
    articles = open_articles()
    files = dict(conll2003.write(articles))
    assert len(files) == len(articles) == 225
    for article in articles:
        rows = ner.rows(views.view(article, {"subset": None, "split": None}, {}))
        wanted = [
            [
                (token, "-X-", "_", names[tag])
                for token, tag in zip(row["tokens"], row["ner_tags"], strict=True)
            ]
            for row in rows
        ]
        assert sentences_2003(files[f"{article['id']}.conll"]) == wanted


def test_conll2003_tags_are_the_outermost_names_of_the_article() -> None:
    for article in open_articles()[::15]:
        types = {one["id"]: one["type"] for one in article["entities"]}
        text = article["text"]["content"]
        wanted = [
            (re.sub(r"\s", "", text[start:end]), types[record])
            for start, end, record in pieces.outermost(graphs.of(article))
        ]
        ((_, data),) = conll2003.write([article])
        found: list[tuple[str, str]] = []
        for token, _, _, tag in (line for sentence in sentences_2003(data) for line in sentence):
            if tag.startswith("B-"):
                found.append((token, tag[2:]))
            elif tag.startswith("I-"):
                assert tag[2:] == found[-1][1]
                found[-1] = (found[-1][0] + token, tag[2:])
        assert found == wanted


def test_what_conll2003_drops_is_said_with_what_stays() -> None:
    some = open_articles()[:3]
    said = {name: carried for name, _, carried in fidelity.losses(formats.FORMATS["conll2003"], some)}
    assert set(said) == {name for name, part in PARTS.items() if any(part.items(graphs.of(a)) for a in some)}
    assert said["entities"].how == "partly"
    assert "nested names, descriptions and clusters are lost" in said["entities"].note
    assert {said[name].how for name in ("figures", "sources", "relations")} == {"lost"}


# --- CoNLL-U Plus ----------------------------------------------------------------------------------------

BRACKET = re.compile(
    r"\((\w+?)(\[\d+\])?(?:@(\d+):(\d+))?-([\w-]+?)(\))?(?=[(]|$|[a-z]+\d+(?:\[\d+\])?\))|(\w+)(\[\d+\])?\)"
)
LAYERS = {column.lower(): layer for layer, column in conllup.COLUMNS.items()}


def unescaped(spaces: str) -> str:
    """What UDPipe's escapes of white space stand for."""
    plain = {"s": " ", "t": "\t", "r": "\r", "n": "\n", "p": "|", "\\": "\\"}
    return re.sub(r"\\(?:u([0-9A-F]{4})|(.))", lambda m: chr(int(m[1], 16)) if m[1] else plain[m[2]], spaces)


def graph_of(data: bytes) -> Graph:
    """Everything that a CoNLL-U Plus file says, with the library ``conllu`` and the conventions of the module."""
    sentences = conllu.parse(data.decode())
    graph = Graph(sentences[0].metadata["newdoc id"], "")
    opened: dict[str, list[tuple[str, int, str, str | None]]] = {}
    for sentence in sentences:
        for key, value in sentence.metadata.items():
            if key.startswith("bilan."):
                read_record(graph, key.partition(".")[2], json.loads(value))
        for token in sentence:
            read_token(graph, token, opened)
    assert not any(opened.values())
    graph.nodes = dict(sorted(graph.nodes.items()))
    return graph


def read_record(graph: Graph, ident: str, values: dict[str, Any]) -> None:
    for label, target, *more in values.pop("arrows", []):
        graph.arrows.append(Arrow(label, ident, target, more[0] if more else {}))
    graph.nodes[ident] = Node(values.pop("layer"), ident, values)


def read_token(graph: Graph, token: Any, opened: dict[str, list[Any]]) -> None:
    misc = token["misc"] or {}
    graph.text += unescaped(misc.get("SpacesBefore", ""))
    start = len(graph.text)
    graph.text += token["form"]
    end = len(graph.text)
    if misc.get("SpaceAfter") != "No":
        graph.text += unescaped(misc.get("SpacesAfter", " "))
    for column, layer in LAYERS.items():
        cell, at = token[column], 0
        while cell != "*" and at < len(cell):
            match = BRACKET.match(cell, at)
            assert match, (cell, at)
            at = match.end()
            ident, number, first, last, label, whole, closes, closes_number = match.groups()
            if closes:
                begun, exact, kind = opened[closes + (closes_number or "")].pop()
                add(graph, layer, closes, kind, begun, end, exact)
                continue
            exact = (int(first), int(last)) if first else None
            if whole:
                add(graph, layer, ident, label, start, end, exact)
            else:
                opened.setdefault(ident + (number or ""), []).append((start, exact, label))


def add(graph: Graph, layer: str, ident: str, label: str, start: int, end: int, exact: Any) -> None:
    kind = label.rpartition("-")[2] if layer in ("entities", "attributions") else ""
    value, fields = label.removesuffix(f"-{kind}") if kind else label, {"cue": "cues", "quote": "quotes"}
    assert value == graph.nodes[ident].values[conllup.LABEL[layer]]
    field = {"entities": "mentions", "events": "triggers", "sources": "mentions"}.get(
        layer, fields.get(kind, "")
    )
    start, end = exact or (start, end)
    graph.marks.append(Mark(layer, ident, field, kind if layer == "entities" else None, start, end))


def test_every_part_of_every_open_article_is_in_the_conllup_file() -> None:
    assert set(conllup.CARRIED) == set(PARTS)
    articles = open_articles()
    for article, (name, data) in zip(articles, conllup.write(articles), strict=True):
        assert name == f"{article['id']}.conllup"
        found, wanted = graph_of(data), graphs.of(article)
        assert [part for part in PARTS if not same(part, found, wanted)] == [], name


def test_conllup_keeps_the_rules_of_the_format() -> None:
    """Columns are declared in the first line, fields are never empty, ids count from 1, # text is one line."""
    for article in open_articles()[::25]:
        ((_, data),) = conllup.write([article])
        text = data.decode()
        columns = text.split("\n")[0].removeprefix("# global.columns = ").split(" ")
        assert columns[:3] == ["ID", "FORM", "MISC"]
        assert text.endswith("\n\n")
        for line in text.split("\n"):
            if line and not line.startswith("# "):
                fields = line.split("\t")
                assert len(fields) == len(columns)
                assert all(field and field == field.strip(" ") for field in fields)
        for number, sentence in enumerate(conllu.parse(text), 1):
            assert [token["id"] for token in sentence] == list(range(1, len(sentence) + 1))
            assert sentence.metadata["sent_id"] == f"{article['id']}/{number}"


def test_conllup_sentences_and_their_texts_are_those_of_the_table_ner() -> None:
    for article in open_articles()[::25]:
        ((_, data),) = conllup.write([article])
        rows = ner.rows(views.view(article, {"subset": None, "split": None}, {}))
        found = [sentence.metadata["text"] for sentence in conllu.parse(data.decode())]
        assert found == [" ".join(row["text"].split()) for row in rows]


def test_stretches_of_one_record_that_overlap_are_told_apart_by_numbers() -> None:
    article = odd_article("aa bb cc dd ee", [(0, 5), (3, 8), (0, 14), (3, 5)])
    ((_, data),) = conllup.write([article])
    assert b"(e1[1]-place-name" in data
    assert b"e1[1])" in data
    assert same("entities", graph_of(data), graphs.of(article))


def test_a_stretch_that_begins_in_white_space_has_its_offsets() -> None:
    article = odd_article("aa  bb cc", [(3, 6), (2, 4)])
    ((_, data),) = conllup.write([article])
    assert b"(e1@3:6-place-name)" in data
    assert all(same(part, graph_of(data), graphs.of(article)) for part in PARTS)


def test_a_text_without_a_token_is_refused_by_name() -> None:
    with pytest.raises(BilanError) as error:
        list(conllup.write([odd_article(" \n ", [(0, 1), (1, 3)])]))
    assert [one.code for one in error.value.incidents] == ["B864"]


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from(ODD), min_size=1, max_size=25), st.randoms(use_true_random=False))
def test_any_text_with_any_stretches_comes_back_from_conllup(some: list[str], draw: random.Random) -> None:
    """Emoji, Arabic, combining marks, carriage returns, a byte order mark, line separators, brackets, underscores."""
    text = "x" + "".join(some)
    cuts = [sorted(draw.sample(range(len(text) + 1), 2)) for _ in range(4)]
    article = odd_article(text, [(a, b) for a, b in cuts])
    ((_, data),) = conllup.write([article])
    found, wanted = graph_of(data), graphs.of(article)
    assert [part for part in PARTS if not same(part, found, wanted)] == []


@pytest.mark.parametrize("module", [conll2003, conllup])
def test_the_same_articles_give_the_same_bytes(module: Any) -> None:
    some: list[Json] = list(open_articles()[:5])
    assert list(module.write(some)) == list(module.write(some))
