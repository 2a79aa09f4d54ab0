"""Level 2: does the document have the shape that its schema demands?

``jsonschema-rs`` decides; only a document that it refuses is validated again by ``jsonschema``, for messages
that a person can use. The test suite holds the two to the same verdict.
"""

from __future__ import annotations

import json
from functools import cache
from typing import Any

from bilan.incidents import Incident
from bilan.paths import schema_file

KINDS = {
    "article": ("article.schema.json", None),
    "story": ("story.schema.json", None),
    "actors": ("registry.schema.json", "actors"),
    "places": ("registry.schema.json", "places"),
    "outlets": ("registry.schema.json", "outlets"),
    "release": ("release.schema.json", None),
}
"""Kind of document → schema file and the definition in it."""

_CODES = {
    "required": "B201",
    "additionalProperties": "B202",
    "propertyNames": "B202",
    "type": "B203",
    "enum": "B204",
    "const": "B204",
    "pattern": "B205",
    "minimum": "B207",
    "maximum": "B207",
    "minLength": "B207",
    "maxLength": "B207",
    "minItems": "B207",
    "maxItems": "B207",
    "uniqueItems": "B207",
}
_SHOWN = 50
_WORDS_OR_HASH = [
    {"required": ["surface"], "not": {"required": ["hash"]}},
    {"required": ["hash", "anchor"], "not": {"required": ["surface"]}},
]
"""How the schema says of a span that it has its words or their hash."""


@cache
def schema(kind: str) -> dict[str, Any]:
    """The schema of a kind of document, self-contained."""
    name, definition = KINDS[kind]
    with open(schema_file(name), encoding="utf-8") as file:
        whole: dict[str, Any] = json.load(file)
    if definition is None:
        return whole
    return {"$schema": whole["$schema"], **whole["$defs"][definition]}


@cache
def _fast(kind: str) -> Any:
    import jsonschema_rs

    lean = lighter(schema(kind))
    return jsonschema_rs.Draft202012Validator(lean, pattern_options=jsonschema_rs.RegexOptions())


def lighter(whole: dict[str, Any]) -> dict[str, Any]:
    """A schema that allows exactly what ``whole`` allows, in the words that the fast validator is quickest with."""
    # "Not followed by anything" is the end of the text for every reader. Rust's own pattern library says it with $,
    # knows no look-ahead, and is faster than the one that does. A limit written as 1e15 is compared slowly with
    # each number, the same limit written as a whole number quickly.
    text = json.dumps(whole).replace(r"(?![\\s\\S])", "$")
    lean: dict[str, Any] = _span_shapes(json.loads(text, parse_float=_whole_number))
    return lean


def _whole_number(token: str) -> int | float:
    value = float(token)
    return int(value) if value.is_integer() else value


def _span_shapes(node: Any) -> Any:
    """The same schema with the three shapes of a span written out, the most frequent one first.

    A span has its words (then no hash, and perhaps an anchor) or hash and anchor (then no words). "Exactly one of
    two" makes a validator look up each key again, and try the second case where the first one fits; a list of
    whole shapes is left at the first that fits. An object fits the long form just if it fits one of the shapes:
    the keys that a shape leaves out are the ones that may not stand, and those that must stand it requires.
    """
    if isinstance(node, list):
        return [_span_shapes(item) for item in node]
    if not isinstance(node, dict):
        return node
    node = {key: _span_shapes(value) for key, value in node.items()}
    if node.get("oneOf") != _WORDS_OR_HASH or node.get("additionalProperties") is not False:
        return node
    del node["oneOf"]
    properties, required = node.pop("properties"), node.pop("required")
    node["anyOf"] = [
        {
            "type": "object",
            "additionalProperties": node["additionalProperties"],
            "required": [*required, *more],
            "properties": {key: value for key, value in properties.items() if key not in left_out},
        }
        for more, left_out in (
            (("surface",), ("hash", "anchor")),
            (("surface",), ("hash",)),
            (("hash", "anchor"), ("surface",)),
        )
    ]
    del node["additionalProperties"]
    return node


@cache
def _exact(kind: str) -> Any:
    from jsonschema import Draft202012Validator

    return Draft202012Validator(schema(kind))


def is_valid(document: Any, kind: str) -> bool:
    """The fast verdict."""
    return bool(_fast(kind).is_valid(document))


def check(document: Any, kind: str, file: str) -> list[Incident]:
    """Incidents of one document, in the order of the document; at most ``_SHOWN`` of them."""
    if is_valid(document, kind):
        return []
    found = [incident for incident, _ in errors(document, kind, file)]
    if not found:  # the two libraries disagree: never let the document pass in silence
        return [
            Incident(
                "B206",
                "refused by the fast validator only",
                "report this document as a fault of bilan",
                file=file,
            )
        ]
    return found[:_SHOWN]


def errors(document: Any, kind: str, file: str) -> list[tuple[Incident, Any]]:
    """All incidents of one document, each with the ``jsonschema.ValidationError`` that it is made of."""
    leaves: dict[tuple[str, str, str], tuple[Incident, Any]] = {}
    for error in _exact(kind).iter_errors(document):
        for leaf, ruled in _leaves(error, False):
            incident = _incident(leaf, ruled, file)
            leaves.setdefault((incident.pointer, incident.code, incident.message), (incident, leaf))
    return list(leaves.values())


def _leaves(error: Any, ruled: bool) -> list[tuple[Any, bool]]:
    """The errors that a person can act on: inside a choice, those of the branch that fits best."""
    ruled = ruled or any(part in ("then", "else", "if") for part in error.schema_path)
    if error.context and error.validator in ("oneOf", "anyOf"):
        branches: dict[Any, list[Any]] = {}
        for inner in error.context:
            branches.setdefault(inner.schema_path[0], []).append(inner)
        best = min(branches.values(), key=len)
        return [leaf for inner in best for leaf in _leaves(inner, True)]
    return [(error, ruled)]


def _pointer(error: Any) -> str:
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in error.absolute_path)


def _incident(error: Any, ruled: bool, file: str) -> Incident:
    pointer = _pointer(error)
    code = "B206" if ruled else _CODES.get(error.validator, "B206")
    message, mend = _words(error)
    if error.validator == "additionalProperties":
        unknown = sorted(set(error.instance) - set(error.schema.get("properties", {})))
        if unknown:
            pointer += "/" + unknown[0].replace("~", "~0").replace("/", "~1")
    return Incident(code, message, mend, file=file, pointer=pointer)


def _short(value: Any) -> str:
    shown = json.dumps(value, ensure_ascii=False)
    return shown if len(shown) <= 60 else shown[:57] + "…"


def _words(error: Any) -> tuple[str, str]:
    """What is wrong and how to mend it, in words."""
    value, rule, kind = error.instance, error.validator_value, error.validator
    description = error.schema.get("description", "") if isinstance(error.schema, dict) else ""
    hint = f" ({description})" if description else ""
    if kind == "required":
        missing = [name for name in rule if name not in value]
        return f"missing: {', '.join(missing)}", "add " + ", ".join(missing)
    if kind == "additionalProperties":
        unknown = sorted(set(value) - set(error.schema.get("properties", {})))
        return f"unknown field: {', '.join(unknown)}", f"use {', '.join(error.schema.get('properties', {}))}"
    if kind == "enum":
        return f"{_short(value)} is no label here{hint}", "use one of " + ", ".join(
            _short(label) for label in rule
        )
    if kind == "const":
        return f"{_short(value)} where only {_short(rule)} may stand{hint}", f"write {_short(rule)}"
    if kind == "type":
        wanted = rule if isinstance(rule, str) else " or ".join(rule)
        return f"{_short(value)} is no {wanted}{hint}", f"write a value of type {wanted}"
    if kind == "pattern":
        example = error.schema.get("examples", [""])[0] if isinstance(error.schema, dict) else ""
        return f"{_short(value)} is malformed{hint}", f"write it like {_short(example)}"
    if kind == "not":
        names = rule.get("required", []) if isinstance(rule, dict) else []
        if names:
            return f"{', '.join(names)} must not stand here{hint}", f"take out {', '.join(names)}"
    limits = {
        "minLength": "is shorter than",
        "maxLength": "is longer than",
        "minItems": "has fewer items than",
        "maxItems": "has more items than",
        "minimum": "is less than",
        "maximum": "is more than",
    }
    if kind in limits:
        return f"{_short(value)} {limits[kind]} {rule}{hint}", f"keep within {rule}"
    if kind == "uniqueItems":
        return f"{_short(value)} holds an item twice{hint}", "keep one of the two"
    return f"{_short(value)} breaks the rule {kind}{hint}", "see the schema"
