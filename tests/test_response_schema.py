"""The published response schema: the corpus follows it, it follows the labels, and constrained decoders accept it."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from typing import Any

import jsonschema
import pytest

from bilan import labels
from bilan.tasks import response
from conftest import REPOSITORY
from predicted import perfect

Json = dict[str, Any]

INVENTORIES = {
    "type": "event_type",
    "role": "participant_role",
    "kind": "source_kind",
    "stance": "stance",
    "of": "figure_of",
    "measure": "measure",
    "scope": "scope",
    "modifier": "modifier",
}
"""Property → inventory of its labels."""

KEYWORDS = {"type", "properties", "required", "additionalProperties", "items", "anyOf", "enum", "description"}
"""What all decoders read."""


def targets() -> list[Json]:
    return [
        line["output"]
        for split in ("train", "validation", "test")
        for line in perfect("extraction", split, REPOSITORY / "corpus")
    ]


def nodes(schema: Json, name: str = "") -> Iterator[tuple[str, Json]]:
    """Every schema within a schema, with the property that it is of."""
    yield name, schema
    for key, inner in schema.get("properties", {}).items():
        yield from nodes(inner, key)
    for inner in [schema["items"]] if "items" in schema else schema.get("anyOf", []):
        yield from nodes(inner, name)


def bare() -> Json:
    """The schema as it is sent to a model."""
    schema: Json = response.openai()["json_schema"]["schema"]
    return schema


def spoilt(target: Json, kind: str, field: str) -> Json:
    changed = copy.deepcopy(target)
    changed[kind][0][field] = "no_such_label"
    return changed


def test_the_published_file_is_this_schema() -> None:
    published = json.loads((REPOSITORY / "schema" / "extraction.response.schema.json").read_text("utf-8"))
    assert published == response.schema()


def test_every_target_of_the_corpus_is_valid_and_the_scorer_finds_no_fault() -> None:
    jsonschema.Draft202012Validator.check_schema(response.schema())
    validator = jsonschema.Draft202012Validator(response.schema())
    every = targets()
    assert len(every) > 200
    for target in every:
        validator.validate(target)
        assert response.fault(target) is None


def test_a_fault_is_named_with_its_place() -> None:
    target = next(t for t in targets() if t["figures"])
    for field in ("of", "measure", "scope", "modifier"):
        found = response.fault(spoilt(target, "figures", field))
        assert found is not None
        assert found[0] == f"/figures/0/{field}"
        assert "no_such_label" in found[1]
    assert response.fault({"events": []}) == ("", '"figures" is a required property')


def test_enums_are_the_inventories_of_labels() -> None:
    enums = {name: inner["enum"] for name, inner in nodes(response.schema()) if "enum" in inner}
    assert enums == {name: list(labels.names(inventory)) for name, inventory in INVENTORIES.items()}


def test_the_schema_keeps_to_what_every_decoder_reads() -> None:
    for _, inner in nodes(bare()):
        assert set(inner) - {"title"} <= KEYWORDS
        if inner.get("type") == "object":
            assert inner["additionalProperties"] is False
            assert inner["required"] == list(inner["properties"])
        if "anyOf" in inner:
            assert inner["anyOf"][1] == {"type": "null"}
    assert "$ref" not in json.dumps(bare())
    # bounds of strict mode (OpenAI): 5,000 properties, 10 levels, 1,000 enum values
    assert sum(len(inner.get("properties", ())) for _, inner in nodes(bare())) < 100
    assert sum(len(inner.get("enum", ())) for _, inner in nodes(bare())) < 1000


def test_openai_gets_a_strict_named_schema() -> None:
    form = response.openai()
    assert form["type"] == "json_schema"
    assert form["json_schema"]["strict"] is True
    assert form["json_schema"]["name"].isidentifier()


@pytest.mark.oracle
def test_llguidance_takes_every_target_and_no_unknown_label() -> None:
    import llguidance

    tokenizer = llguidance.LLTokenizer("byte")
    grammar = llguidance.LLMatcher.grammar_from_json_schema(bare())

    def accepted(text: str) -> bool:
        matcher = llguidance.LLMatcher(tokenizer, grammar)
        tokens = tokenizer.tokenize_str(text)
        return bool(matcher.try_consume_tokens(tokens) == len(tokens) and matcher.is_accepting())

    assert not llguidance.LLMatcher.validate_grammar(grammar, tokenizer)
    every = targets()
    for target in every:
        assert accepted(json.dumps(target, ensure_ascii=False))
    for target in every[:20]:
        assert not accepted(json.dumps(target, ensure_ascii=False)[:-1])
        assert not accepted(json.dumps({**target, "note": None}, ensure_ascii=False))
        for kind, fields in (("events", ("type",)), ("figures", ("of", "measure", "scope", "modifier"))):
            for field in fields if target[kind] else ():
                assert not accepted(json.dumps(spoilt(target, kind, field), ensure_ascii=False))


@pytest.mark.oracle
def test_outlines_takes_every_target_and_no_unknown_label() -> None:
    import re

    from outlines_core import json_schema

    pattern = re.compile(json_schema.build_regex_from_schema(json.dumps(bare())))
    every = targets()
    for target in every:
        assert pattern.fullmatch(json.dumps(target, ensure_ascii=False))
    for target in every[:20]:
        for kind, fields in (("events", ("type",)), ("figures", ("of", "measure", "scope", "modifier"))):
            for field in fields if target[kind] else ():
                assert not pattern.fullmatch(json.dumps(spoilt(target, kind, field), ensure_ascii=False))
