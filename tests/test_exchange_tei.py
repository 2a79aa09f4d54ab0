"""Articles as TEI P5: valid, to the letter, and everything that is said of them beside the text."""

from __future__ import annotations

import gzip
import random
import re
from functools import cache
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from bilan.exchange import graph as graphs
from bilan.exchange import tei
from bilan.exchange.graph import Arrow, Graph, Mark, Node
from bilan.exchange.parts import PARTS, same
from bilan.model import Json
from conftest import REPOSITORY
from exchange_samples import ODD, odd_article, open_articles

TEI = "{http://www.tei-c.org/ns/1.0}"
XML_ID = "{http://www.w3.org/XML/1998/namespace}id"
SCHEMA = REPOSITORY / "tests" / "data" / "tei" / "tei_all-3.0.0.rng.gz"
RNG = "{http://relaxng.org/ns/structure/1.0}"
WRITTEN = {
    *("TEI", "teiHeader", "fileDesc", "titleStmt", "title", "respStmt", "resp", "name", "publicationStmt"),
    *(
        "publisher",
        "idno",
        "availability",
        "licence",
        "sourceDesc",
        "listBibl",
        "bibl",
        "author",
        "ptr",
        "note",
    ),
    *(
        "encodingDesc",
        "editorialDecl",
        "profileDesc",
        "langUsage",
        "language",
        "text",
        "body",
        "div",
        "head",
        "p",
    ),
    *(
        "anchor",
        "g",
        "standOff",
        "listPerson",
        "person",
        "persName",
        "listOrg",
        "org",
        "orgName",
        "listPlace",
    ),
    *(
        "place",
        "placeName",
        "listEvent",
        "event",
        "label",
        "list",
        "item",
        "date",
        "measure",
        "num",
        "spanGrp",
    ),
    *("span", "listRelation", "relation", "certainty", "desc", "fs", "f", "symbol", "string", "binary"),
    *("numeric", "vColl"),
}
"""Every element that the module writes."""
STAND_OFF = """
<define name="model.resourceLike" combine="choice"><ref name="standOff"/></define>
<define name="standOff"><element name="standOff">
  <oneOrMore><choice>
    <ref name="model.global.meta"/><ref name="model.listLike"/><ref name="listRelation"/>
  </choice></oneOrMore>
  <ref name="att.global.attributes"/><ref name="att.typed.attributes"/>
</element></define>
</grammar>"""


@cache
def schema() -> Any:
    """tei_all of P5 3.0.0, and standOff as of 4.0.0.

    Elements that we never write are not allowed: what is valid then is valid in tei_all, and reading takes one second
    and not ten.
    """
    grammar = gzip.decompress(SCHEMA.read_bytes()).decode()
    root = etree.fromstring(grammar.replace("</grammar>", STAND_OFF).encode())
    for define in root.findall(f"{RNG}define"):
        element = define.find(f"{RNG}element")
        if len(define) == 1 and element is not None and element.get("name") not in WRITTEN:
            define.remove(element)
            etree.SubElement(define, f"{RNG}notAllowed")
    return etree.RelaxNG(root)


def parsed(article: Json) -> Any:
    ((name, data),) = tei.write([article])
    assert name == f"{article['id']}.xml"
    return etree.fromstring(data, etree.XMLParser(resolve_entities=False, no_network=True))


def content(element: Any) -> str:
    """The text of an element; <g n="U+000C"/> is the character that it names."""
    out = element.text or ""
    if element.tag == f"{TEI}g":
        out += chr(int(element.get("n")[2:], 16))
    for child in element:
        out += content(child) + (child.tail or "")
    return out


def offsets(element: Any, at: int, found: dict[str, int]) -> int:
    """Where every anchor of an element stands, counted in the content; returns where the element ends."""
    if element.tag == f"{TEI}anchor":
        found[element.get(XML_ID)] = at
    at += len(element.text or "") + (element.tag == f"{TEI}g")
    for child in element:
        at = offsets(child, at, found) + len(child.tail or "")
    return at


def value(element: Any) -> Any:
    """What a feature holds."""
    tag = element.tag.removeprefix(TEI)
    if tag == "vColl":
        return [value(child) for child in element]
    if tag == "binary":
        return element.get("value") == "true"
    if tag == "numeric":
        number = float(element.get("value"))
        return int(number) if number.is_integer() else number
    return element.get("value") if tag == "symbol" else content(element)


def graph_of(root: Any) -> Graph:
    """Everything that a TEI document says, from anchors, spans, relations and feature structures."""
    div = root.find(f".//{TEI}div")
    graph = Graph(root.get(XML_ID), content(div))
    places: dict[str, int] = {}
    offsets(div, 0, places)
    for fs in root.iter(f"{TEI}fs"):
        ident = fs.get("corresp")[1:]
        graph.nodes[ident] = Node(fs.get("type"), ident, {f.get("name"): value(f[0]) for f in fs})
    for group in root.iter(f"{TEI}spanGrp"):
        layer, field, kind = graphs.KINDS[group.get("type")]
        for span in group:
            start, end = places[span.get("from")[1:]], places[span.get("to")[1:]]
            assert content(span) == graph.text[start:end]
            graph.marks.append(Mark(layer, span.get("corresp")[1:], field, kind, start, end))
    for one in root.iter(f"{TEI}relation"):
        more = {"id": one.get(XML_ID), "fate": one.get("subtype")}
        known = {key: found for key, found in more.items() if found}
        graph.arrows.append(Arrow(one.get("name"), one.get("active")[1:], one.get("passive")[1:], known))
    return graph


def test_every_part_of_every_open_article_is_in_the_document() -> None:
    assert set(tei.CARRIED) == set(PARTS)
    assert len(open_articles()) == 225
    for article in open_articles():
        found, wanted = graph_of(parsed(article)), graphs.of(article)
        assert [part for part in PARTS if not same(part, found, wanted)] == [], article["id"]


def test_documents_are_valid_tei() -> None:
    for article in open_articles()[::3]:
        document = parsed(article)
        assert schema().validate(document), (article["id"], schema().error_log)


def test_the_schema_does_refuse_what_is_no_tei() -> None:
    document = parsed(open_articles()[0])
    document.find(f".//{TEI}span").set("start", "0")
    assert not schema().validate(document)


def test_ids_are_unique_and_every_pointer_resolves() -> None:
    for article in open_articles():
        root = parsed(article)
        ids = [one.get(XML_ID) for one in root.iter() if one.get(XML_ID)]
        assert len(ids) == len(set(ids))
        pointers = [
            pointer
            for one in root.iter()
            for key in ("from", "to", "corresp", "active", "passive", "target")
            for pointer in (one.get(key) or "").split()
            if pointer.startswith("#")
        ]
        assert len(pointers) > 100
        assert {pointer[1:] for pointer in pointers} <= set(ids)


def test_anchors_are_named_by_their_offset() -> None:
    for article in open_articles()[::9]:
        places: dict[str, int] = {}
        offsets(parsed(article).find(f".//{TEI}div"), 0, places)
        assert places == {f"c{at}": at for at in places.values()}


def test_lines_are_paragraphs_and_the_headline_is_the_head() -> None:
    for article in open_articles()[::9]:
        text = article["text"]["content"]
        heads = [zone["surface"] for zone in article["zones"] if zone["kind"] == "headline"]
        blocks = list(parsed(article).find(f".//{TEI}div").iterchildren(f"{TEI}head", f"{TEI}p"))
        assert [content(block) for block in blocks] == [line for line in text.split("\n") if line]
        assert [content(b) for b in blocks if b.tag == f"{TEI}head"] == heads[:1]


def test_figures_are_measures_with_the_bounds_of_their_numbers() -> None:
    for article in open_articles():
        items = {one.get(XML_ID): one for one in parsed(article).iter(f"{TEI}item")}
        for figure in article["figures"]:
            (measure,) = items[figure["id"]]
            (number,) = measure
            assert (measure.get("commodity"), measure.get("type")) == (figure["of"], figure["measure"])
            assert content(number) == figure["surface"]
            for key, name in (("stated", "value"), ("low", "atLeast"), ("high", "atMost")):
                found = number.get(name)
                assert (None if found is None else float(found)) == figure[key]


def test_entities_stand_in_the_lists_of_tei_with_their_registry_ids() -> None:
    tags = {"person": "person", "place": "place", "facility": "place", "weapon": "item", "vehicle": "item"}
    for article in open_articles():
        by_id = {one.get(XML_ID): one for one in parsed(article).iter()}
        for entity in article["entities"]:
            found = by_id[entity["id"]]
            wanted = tags.get(entity["type"], "item" if entity["type"] == "operation" else "org")
            assert found.tag == f"{TEI}{wanted}"
            assert content(found[0]) == entity["name"]
            assert found[0].get("key") == entity["registry"]


def test_dates_that_tei_knows_are_given_and_hedged_statements_are_uncertain() -> None:
    assert tei.dates("2025-05-23") == {"when-iso": "2025-05-23"}
    assert tei.dates("2025-05/2025-06") == {"from-iso": "2025-05", "to-iso": "2025-06"}
    assert tei.dates("2015/..") == {"from-iso": "2015"}
    assert tei.dates("2025-05-2X") == tei.dates("2025~") == tei.dates(None) == {}
    for article in open_articles()[::9]:
        hedged = [f"#{one['id']}" for one in article["attributions"] if one["hedged"]]
        assert [one.get("target") for one in parsed(article).iter(f"{TEI}certainty")] == hedged


def test_the_header_says_licence_hash_and_the_pages_behind_the_article(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(REPOSITORY)
    article = next(one for one in open_articles() if one["id"] == "ml-2025-05-23-dioura.en.1")
    root = parsed(article)
    assert root.find(f".//{TEI}licence").get("target") == "https://creativecommons.org/licenses/by/4.0/"
    assert root.find(f".//{TEI}idno[@type='text-sha256']").text == article["text"]["sha256"]
    pages = {one.get(XML_ID): one for one in root.iter(f"{TEI}bibl") if one.get(XML_ID)}
    assert list(pages) == article["references"]
    assert pages["r3"].find(f"{TEI}publisher").text == "Africanews"
    assert pages["r3"].find(f"{TEI}ptr").get("target").startswith("https://fr.africanews.com/")


def test_without_its_story_an_article_names_its_pages_by_id() -> None:
    article = odd_article("Forty died.", [(0, 5), (0, 5)])
    root = parsed({**article, "story": "xx-2020-01-01-nowhere"})
    assert [content(one) for one in root.iter(f"{TEI}bibl") if one.get(XML_ID)] == ["r1"]
    assert schema().validate(root), schema().error_log


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from(ODD), max_size=25), st.randoms(use_true_random=False))
def test_any_text_with_any_stretches_comes_back(some: list[str], draw: random.Random) -> None:
    """Emoji, Arabic, combining marks, carriage returns, a byte order mark, control characters, markup."""
    text = "".join([*some, "x"])
    cuts = [sorted(draw.choices(range(len(text) + 1), k=2)) for _ in range(4)]
    article = odd_article(text, [(a, b) for a, b in cuts if a < b])
    root = parsed(article)
    found, wanted = graph_of(root), graphs.of(article)
    assert [part for part in PARTS if not same(part, found, wanted)] == []


@pytest.mark.parametrize("text", ["\n\n a\x0cb \r\n\n", "😀\n\nقُتل\n", "<p>&amp;]]></p>"])
def test_odd_texts_are_valid_too(text: str) -> None:
    document = parsed(odd_article(text, [(0, 1), (1, 3)]))
    assert schema().validate(document), schema().error_log
    assert schema().validate(parsed(odd_article(text, [])))


def test_the_same_articles_give_the_same_bytes_and_no_entity_is_declared() -> None:
    some = list(open_articles()[:5])
    first = list(tei.write(some))
    assert first == list(tei.write(some))
    assert not any(re.search(rb"<!|<\?(?!xml version)", data) for _, data in first)
