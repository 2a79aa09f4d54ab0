"""The JSON Schema that a model's answer to T5 follows, written so that constrained decoders accept it.

It keeps to what OpenAI's structured outputs, outlines, xgrammar and llguidance all read: every property required, no
additional ones, a nullable value as ``anyOf`` with null, enums from the label inventories, no formats, patterns or
bounds. ``schema/extraction.response.schema.json`` is this schema, rendered by ``bilan docs``.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from bilan.labels import names

Schema = dict[str, Any]


def schema() -> Schema:
    """The response schema. The table ``extraction`` has targets that follow it."""
    event = _object(
        id=_text("E1, E2, … in the order of the text"),
        type=_label("event_type", "ACLED sub-event type"),
        date=_nullable(
            _text("EDTF, as 2025-05-23 or 2025-05-23/2025-05-25; null if the text does not date it")
        ),
        places=_list(_text("name of a place of the event, the finest that the text names")),
        participants=_list(
            _object(name=_text("name of who takes part"), role=_label("participant_role", "part played"))
        ),
    )
    source = _object(
        name=_nullable(_text("who says it, by name or in the words of the text; null if nobody is named")),
        kind=_label("source_kind", "kind of source"),
        stance=_label("stance", "how the source stands to the figure"),
    )
    figure = _object(
        words=_text("modifier, number and first counted noun, copied from the text"),
        of=_label("figure_of", "what is counted"),
        measure=_label("measure", "what happened to them"),
        scope=_label("scope", "event: counts one event; total: several or a period"),
        event=_nullable(_text("id of the event that is counted")),
        side=_nullable(_text("name of the side whose people or things are counted, where the text says it")),
        stated=_nullable(_number("the number in the words; null for words like dozens")),
        low=_number("least number that the words allow"),
        high=_nullable(_number("greatest number that the words allow; null = unbounded")),
        modifier=_label("modifier", "how the words bound the number"),
        unit=_nullable(_text("ISO 4217 code, t, kg, ha or percent; null for counts")),
        sources=_list(source, "who gives the figure; empty = the article's own voice"),
    )
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "urn:bilan:schema:extraction-response:1.0",
        "title": "bilan_extraction",
        "description": "Events and figures of a news article: who says how many.",
        **_object(
            events=_list(event, "in the order of the text"), figures=_list(figure, "in the order of the text")
        ),
    }


def fault(document: Any) -> tuple[str, str] | None:
    """JSON pointer and message of the first thing in a document that is not of the schema; None if all is."""
    try:
        error = next(_validator().iter_errors(document), None)
    except (ValueError, TypeError, RecursionError) as raised:  # lone surrogates, lists hundreds deep
        return "", f"it cannot be checked: {raised}"
    if error is None:
        return None
    return "".join(f"/{step}" for step in error.instance_path), str(error.message)[:200]


@lru_cache(maxsize=1)
def _validator() -> Any:
    import jsonschema_rs

    return jsonschema_rs.validator_for(schema())


def openai() -> dict[str, Any]:
    """The ``response_format`` of an OpenAI-compatible chat endpoint."""
    bare = {key: value for key, value in schema().items() if not key.startswith("$")}
    return {
        "type": "json_schema",
        "json_schema": {"name": "bilan_extraction", "strict": True, "schema": bare},
    }


def _object(**properties: Schema) -> Schema:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def _list(item: Schema, description: str = "") -> Schema:
    return {"type": "array", "items": item, **({"description": description} if description else {})}


def _text(description: str) -> Schema:
    return {"type": "string", "description": description}


def _number(description: str) -> Schema:
    return {"type": "number", "description": description}


def _label(inventory: str, description: str) -> Schema:
    return {"type": "string", "enum": list(names(inventory)), "description": description}


def _nullable(inner: Schema) -> Schema:
    return {"anyOf": [inner, {"type": "null"}]}
