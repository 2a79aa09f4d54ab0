"""The schemas describe every field, agree with the labels, and stop what a schema can stop."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from bilan import labels, model
from bilan.checks import schema
from conftest import FIXTURES, REPOSITORY, articles_of

SCHEMAS = sorted((REPOSITORY / "schema").glob("*.schema.json"))
ARTICLES = articles_of(FIXTURES / "valid" / "corpus")
OPEN = ARTICLES["xx/2024-03-01-tessara/en-1.json"]
WITHHELD = ARTICLES["xx/2024-03-01-tessara/en-2.json"]


def properties(node: Any, path: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Every declared property, but for those inside conditions."""
    if isinstance(node, dict):
        for name, value in node.get("properties", {}).items():
            if isinstance(value, dict):
                yield f"{path}/{name}", value
        for key, value in node.items():
            if key not in ("if", "then", "else", "allOf", "not", "examples"):
                yield from properties(value, f"{path}/{key}")
    elif isinstance(node, list):
        for item in node:
            yield from properties(item, path)


@pytest.mark.parametrize("path", SCHEMAS, ids=lambda path: path.name)
def test_a_schema_is_a_schema_with_a_versioned_id(path: Path) -> None:
    document = json.loads(path.read_bytes())
    Draft202012Validator.check_schema(document)
    assert document["$id"].startswith("urn:bilan:schema:")
    assert document["$id"].endswith(":1.0")


@pytest.mark.parametrize(
    "path",
    [path for path in SCHEMAS if "response" not in path.name],  # constrained decoders read no examples
    ids=lambda path: path.name,
)
def test_every_field_is_described_with_an_example(path: Path) -> None:
    for name, field in properties(json.loads(path.read_bytes())):
        if "$ref" not in field:
            assert field.get("description"), name
            assert "examples" in field, name


@pytest.mark.parametrize("path", SCHEMAS, ids=lambda path: path.name)
def test_objects_are_closed(path: Path) -> None:
    def closed(node: Any, inside_rule: bool = False) -> None:
        if isinstance(node, dict):
            if node.get("type") == "object" and not inside_rule and "oneOf" not in node:
                assert "additionalProperties" in node
            if node.get("type") == "object" and "oneOf" in node and "properties" in node:
                assert node["additionalProperties"] is False
            for key, value in node.items():
                closed(value, inside_rule or key in ("if", "then", "else", "allOf"))
        elif isinstance(node, list):
            for item in node:
                closed(item, inside_rule)

    closed(json.loads(path.read_bytes()))


def test_enums_are_the_labels_in_their_order() -> None:
    found = 0
    for path in SCHEMAS:
        for _, field in properties(json.loads(path.read_bytes())):
            comment = field.get("$comment", "")
            if comment.startswith("labels.json: "):
                name = comment.removeprefix("labels.json: ")
                values = [value for value in field["enum"] if value is not None]
                assert values == [label for label in labels.names(name) if label in values], name
                if path.name == "article.schema.json":
                    assert set(values) >= set(labels.names(name)) - {"individual"}, name
                found += 1
    assert found > 20


def test_every_label_has_a_meaning_and_the_of_tree_has_roots() -> None:
    for name, rows in labels.inventory().items():
        for label, row in rows.items():
            assert row["description"], (name, label)
    assert labels.of_ancestors("children") == ("children", "civilians", "people")
    assert labels.comparable("women", "people")
    assert not labels.comparable("soldiers", "civilians")


@pytest.mark.parametrize("article", ARTICLES.values(), ids=ARTICLES)
def test_valid_articles_are_valid(article: dict[str, Any]) -> None:
    assert schema.check(article, "article", "x") == []


def test_every_label_of_the_guidelines_has_a_french_and_an_english_example() -> None:
    guidelines = (REPOSITORY / "schema" / "GUIDELINES.md").read_text(encoding="utf-8")
    shown = set(re.findall(r"<!-- labels:([a-z_]+) -->", guidelines))
    annotated = set(labels.inventory()) - {
        "lang",
        "region",
        "split",
        "subset",
        "access",
        "origin",
        "extent",
        "style",
    }
    assert shown >= annotated - {"method", "status", "mention_kind", "modifier", "acled_actor_class"}
    for name in shown | {"mention_kind", "modifier"}:
        for label, row in labels.inventory()[name].items():
            assert row["fr"], (name, label)
            assert row["en"], (name, label)


BREAKS = {
    "a withheld text with content": (WITHHELD, lambda a: a["text"].update(content="The whole text")),
    "a withheld text with a licence": (WITHHELD, lambda a: a["text"].update(licence="CC-BY-4.0")),
    "a withheld text without anchors": (WITHHELD, lambda a: a["text"].pop("anchors")),
    "a withheld article without its record": (WITHHELD, lambda a: a.update(record=None)),
    "a withheld cue in clear": (WITHHELD, lambda a: _clear(a["attributions"][0]["cues"][0])),
    "a withheld trigger in clear": (WITHHELD, lambda a: _clear(a["events"][0]["triggers"][0])),
    "a withheld source in clear": (WITHHELD, lambda a: _clear(a["sources"][0]["mentions"][0])),
    "a withheld description in clear": (
        WITHHELD,
        lambda a: a["entities"][0]["mentions"][0].update(kind="nominal"),
    ),
    "a withheld figure of more than 40 characters in clear": (
        WITHHELD,
        lambda a: a["figures"][0].update(surface="x" * 41),
    ),
    "an open article without a licence": (OPEN, lambda a: a["text"].update(licence=None)),
    "an open article without references": (OPEN, lambda a: a.update(references=[])),
    "an open article without its text": (OPEN, lambda a: a["text"].pop("content")),
    "scope event without an event": (OPEN, lambda a: a["figures"][0].update(event=None)),
    "scope total with an event": (OPEN, lambda a: a["figures"][4].update(event="ev1")),
    "money without a unit": (OPEN, lambda a: a["figures"][0].update(of="money")),
    "a place without its kind": (OPEN, lambda a: a["entities"][0].update(place_kind=None)),
    "a person with a place kind": (OPEN, lambda a: a["entities"][1].update(place_kind="region")),
    "an attribution without content": (OPEN, lambda a: a["attributions"][0].update(content=[])),
    "an attribution without a cue": (OPEN, lambda a: a["attributions"][0].update(cues=[])),
    "a named source kind without mentions": (OPEN, lambda a: a["sources"][0].update(mentions=[])),
    "an event without a trigger": (OPEN, lambda a: a["events"][0].update(triggers=[])),
    "a span with both words and hash": (OPEN, lambda a: a["figures"][0].update(hash="0000")),
    "a machine-written text with a record": (OPEN, lambda a: a.update(record=WITHHELD["record"])),
    "an unknown field anywhere": (OPEN, lambda a: a["figures"][0].update(confidence=0.9)),
    "a negative offset": (OPEN, lambda a: a["figures"][0].update(start=-1)),
}


def _clear(span: dict[str, Any]) -> None:
    span.pop("hash")
    span["surface"] = "word"


@pytest.mark.parametrize("name", BREAKS)
def test_the_schema_stops(name: str) -> None:
    article, change = deepcopy(BREAKS[name][0]), BREAKS[name][1]
    assert schema.is_valid(article, "article")
    change(article)
    assert not schema.is_valid(article, "article")
    incidents = schema.check(article, "article", "x.json")
    assert incidents
    assert all(incident.mend for incident in incidents)


@pytest.mark.parametrize(
    ("base", "layer"),
    [
        (one, layer)
        for one in (OPEN, WITHHELD)
        for layer in (*model.SELF_SPANNED, "entities", "events")
        if one[layer]
    ],
    ids=lambda value: value if isinstance(value, str) else value["text"]["access"],
)
def test_the_fast_validator_takes_the_same_shapes_of_a_span_as_the_exact_one(base: Any, layer: str) -> None:
    """The two are given different words for "its words, or their hash and an anchor"; see ``schema.lighter``."""
    exact = Draft202012Validator(schema.schema("article"))
    parts = {"surface": "words", "hash": "9f3c", "anchor": ["03fa", "b1c2"], "other": 1}
    verdicts = set()
    for chosen in range(2 ** len(parts)):
        article = deepcopy(base)
        record = article[layer][0]
        span = record["mentions"][0] if "mentions" in record else record.get("triggers", [record])[0]
        for i, (key, value) in enumerate(parts.items()):
            span.pop(key, None)
            if chosen >> i & 1:
                span[key] = value
        verdicts.add(exact.is_valid(article))
        assert schema.is_valid(article, "article") == exact.is_valid(article), span
    assert verdicts == {True, False}


@pytest.mark.parametrize(
    "value",
    [0, -0.0, 10**15, 10**15 + 1, 1e15, 1e15 + 0.125, 1e15 - 0.125, 2**64, 1e300, -1, -0.5, "1", True],
)
def test_the_limit_of_a_figure_is_the_same_for_both_validators(value: Any) -> None:
    """The schema writes it as 1e15; the fast validator is given it as a whole number."""
    article = deepcopy(OPEN)
    article["figures"][0]["low"] = value
    exact = Draft202012Validator(schema.schema("article"))
    assert schema.is_valid(article, "article") == exact.is_valid(article)
