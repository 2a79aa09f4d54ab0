"""The columns of the six published tables, defined once, in plain Python.

A *kind* is the type of a column: ``"string"``, ``"int64"``, ``"float64"`` or ``"bool"``; ``Labels(names)``
for a label stored as its position in ``schema/labels.json`` (a ``ClassLabel``); ``[kind]`` for a list; and
``{name: kind}`` for a struct. Every column may be null. From the same table follow the Arrow schema of the
Parquet files, ``datasets.Features``, and the ``dataset_info`` of the card.

Which labels are integers? In ``ner``, ``figures`` and ``attributions``, the tables that models are trained
on, every *annotated* label is a ``ClassLabel``. In ``articles`` (the document itself), ``tolls`` (a table for
analysts) and ``extraction`` labels are words. What merely describes the article (lang, zone) is words
everywhere.

The layers of ``articles`` are read from ``schema/article.schema.json``: a field added there is published.
"""

from __future__ import annotations

import json
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

from bilan import model
from bilan.labels import names
from bilan.paths import schema_file

if TYPE_CHECKING:
    import datasets
    import pyarrow as pa

CONFIGS = ("articles", "ner", "figures", "attributions", "tolls", "extraction")
"""The tables, the default one first."""

DEFAULT_CONFIG = CONFIGS[0]


class Labels(NamedTuple):
    """A closed list of labels; a cell holds the position of its label, or null."""

    names: tuple[str, ...]


Kind = str | Labels | list[Any] | dict[str, Any]
Columns = dict[str, Kind]


def labels(inventory: str) -> Labels:
    """The labels of one inventory of ``schema/labels.json``, in its frozen order."""
    return Labels(names(inventory))


@cache
def bio_labels() -> Labels:
    """``O``, then ``B-`` and ``I-`` of every entity type in the order of the inventory."""
    return Labels(("O", *(f"{edge}-{name}" for name in names("entity_type") for edge in "BI")))


# --- articles: read from the schema ----------------------------------------------------------------------

_SCALARS = {"string": "string", "integer": "int64", "number": "float64", "boolean": "bool"}


@cache
def read_schema(name: str) -> dict[str, Any]:
    """A file of the package's ``schema`` folder, such as ``article.schema.json``."""
    with open(schema_file(name), encoding="utf-8") as file:
        schema: dict[str, Any] = json.load(file)
    return schema


def _kind(node: dict[str, Any], schema: dict[str, Any]) -> Kind:
    """The kind of a JSON Schema node; enums and constants are words."""
    if "$ref" in node:
        return _kind(schema["$defs"][node["$ref"].rsplit("/", 1)[1]], schema)
    if "enum" in node or "const" in node:
        return "string"
    types = node["type"] if isinstance(node["type"], list) else [node["type"]]
    (kind,) = [t for t in types if t != "null"]
    if kind == "array":
        return [_kind(node["items"], schema)]
    if kind == "object":
        return {key: _kind(value, schema) for key, value in node["properties"].items()}
    return _SCALARS[kind]


REGISTRY: Columns = {
    "country": "string",
    "acled_actor_class": "string",
    "lat": "float64",
    "lon": "float64",
    "wikidata": "string",
    "geonames": "string",
}
"""What the registry knows of an entity; stands beside it in ``articles``."""


def _articles() -> Columns:
    schema, story = read_schema("article.schema.json"), read_schema("story.schema.json")
    kinds: dict[str, Any] = {key: _kind(node, schema) for key, node in schema["properties"].items()}
    of_story: dict[str, Any] = {key: _kind(node, story) for key, node in story["properties"].items()}
    text = kinds["text"]
    entities = kinds["entities"][0]
    return {
        "id": "string",
        "story": "string",
        "split": "string",
        "subset": "string",  # named part of the test split
        "lang": "string",
        "published": "string",  # EDTF
        "style": "string",
        "country": "string",  # ISO 3166-1 alpha-2
        "region": "string",
        "story_title": of_story["title"],
        "text": "string",  # the canonical text; null where it is withheld
        "length": text["length"],
        "sha256": text["sha256"],
        "access": text["access"],
        "extent": text["extent"],
        "origin": text["origin"],
        "licence": text["licence"],
        "credit": text["attribution"],
        "anchors": text["anchors"],  # withheld texts only
        "record": kinds["record"],  # third parties' texts only
        "cites": kinds["references"],  # ids of the references whose facts the article carries
        "references": of_story["references"],  # those, and what they derive from
        "story_events": of_story["events"],
        "zones": kinds["zones"],
        "entities": [{**entities, **REGISTRY}],
        "times": kinds["times"],
        "events": kinds["events"],
        "figures": kinds["figures"],
        "sources": kinds["sources"],
        "attributions": kinds["attributions"],
        "relations": kinds["relations"],
        "provenance": kinds["provenance"],
        "schema_version": "string",
        "added_in": "string",
    }


# --- the flat tables -------------------------------------------------------------------------------------

_HEAD: Columns = {
    "id": "string",
    "article": "string",
    "story": "string",
    "subset": "string",
    "lang": "string",
    "published": "string",
}
"""Every row of a flat table: its own id, and the article that it comes from."""

_SPAN: Columns = {"start": "int64", "end": "int64", "surface": "string", "hash": "string"}
"""A place in the article's text, half-open, in code points; the words, or their hash if they are withheld."""


def _source() -> Columns:
    return {
        "id": "string",
        "kind": labels("source_kind"),
        "form": labels("source_form"),
        "named": "bool",
        "name": "string",  # name of the entity that speaks, else the words that name the source
        "entity": "string",
    }


def _through() -> Kind:
    """Who reports the statement, from the nearest outwards ("according to RFI, a security source said")."""
    return [{"kind": labels("source_kind"), "name": "string"}]


def _ner() -> Columns:
    return {
        **_HEAD,
        "zone": "string",
        "start": "int64",  # of the sentence, in the article
        "end": "int64",
        "text": "string",
        "tokens": ["string"],
        "ner_tags": [bio_labels()],  # outermost names
        "token_starts": ["int64"],  # in the article
        "token_ends": ["int64"],
        "mentions": [
            {
                **_SPAN,
                "kind": labels("mention_kind"),
                "type": labels("entity_type"),
                "entity": "string",
                "name": "string",
                "registry": "string",
            }
        ],  # all of them: nested names and descriptions too
    }


def _figures() -> Columns:
    return {
        **_HEAD,
        "figure": "string",
        "sentence": "string",
        "sentence_start": "int64",
        "sentence_end": "int64",
        **_SPAN,
        "start_in_sentence": "int64",
        "end_in_sentence": "int64",
        "of": labels("figure_of"),
        "measure": labels("measure"),
        "scope": labels("scope"),
        "stated": "float64",
        "low": "float64",
        "high": "float64",  # null = unbounded
        "modifier": labels("modifier"),
        "unit": "string",
        "period": "string",  # EDTF
        "event": "string",
        "event_type": labels("event_type"),
        "event_date": "string",  # EDTF
        "story_event": "string",
        "entity": "string",
        "entity_type": labels("entity_type"),
        "entity_name": "string",
        "entity_registry": "string",
        "references": ["string"],
        "sources": [
            {
                "attribution": "string",
                **_source(),
                "stance": labels("stance"),
                "hedged": "bool",
                "through": _through(),
                "said": "string",
                "reference": "string",
            }
        ],  # empty: the article's own voice
        "relations": [{"type": labels("relation_type"), "figure": "string"}],
    }


def _attributions() -> Columns:
    return {
        **_HEAD,
        "attribution": "string",
        "context": "string",  # the sentences from the first to the last cue, quotation or figure
        "context_start": "int64",
        "context_end": "int64",
        "stance": labels("stance"),
        "hedged": "bool",
        "said": "string",  # EDTF
        "reference": "string",
        "blames": [{"id": "string", "name": "string"}],
        "sources": [{**_source(), "mentions": [_SPAN]}],
        "cues": [_SPAN],
        "quotes": [_SPAN],
        "content": [{"id": "string", "layer": "string", "label": "string", "spans": [_SPAN]}],
        "through": _through(),
    }


def _tolls() -> Columns:
    return {
        "id": "string",
        "toll": "string",  # the group: story / event / measure / entity
        "story": "string",
        "subset": "string",
        "country": "string",
        "story_event": "string",
        "event_type": "string",
        "event_date": "string",
        "event_place": "string",
        "measure": "string",
        "entity": "string",  # registry id, else type:name; null where nobody says whose people they are
        "entity_type": "string",
        "entity_name": "string",
        "article": "string",
        "lang": "string",
        "figure": "string",
        "surface": "string",
        "of": "string",
        "stated": "float64",
        "low": "float64",
        "high": "float64",
        "modifier": "string",
        "unit": "string",
        "part": "bool",  # counts a part of what other claims of the toll count
        "attribution": "string",  # null: the article's own voice
        "stance": "string",
        "asserts": "bool",  # false: denied, not verified or no comment; such a claim enters no reduction
        "hedged": "bool",
        "source": "string",
        "source_kind": "string",
        "source_form": "string",
        "source_named": "bool",
        "source_name": "string",
        "through": [{"kind": "string", "name": "string"}],
        "said": "string",
        "published": "string",
        "reference": "string",
        "publisher": "string",
        "reference_date": "string",
        "date": "string",  # said, else published by the reference, else by the article
        "root": "string",  # the reference that the claim goes back to, through derived_from
        "counted": "bool",  # false: a copy of a claim that another row already counts
        "contradicts": ["string"],  # ids of claims whose intervals exclude this one
        "interval_low": "float64",
        "interval_high": "float64",  # null = unbounded
        "acled_conservative": "float64",
        "latest": [
            {
                "source_kind": "string",
                "claim": "string",
                "date": "string",
                "stated": "float64",
                "low": "float64",
                "high": "float64",
            }
        ],
    }


def _extraction() -> Columns:
    return {**_HEAD, "text": "string", "target": "string"}


_TABLES = {
    "articles": _articles,
    "ner": _ner,
    "figures": _figures,
    "attributions": _attributions,
    "tolls": _tolls,
    "extraction": _extraction,
}


@cache
def columns(config: str) -> Columns:
    """The columns of a table: name → kind."""
    return _TABLES[config]()


# --- the three faces of a table --------------------------------------------------------------------------


def arrow_type(kind: Kind) -> pa.DataType:
    """The Arrow type of a kind."""
    import pyarrow as pa

    if isinstance(kind, Labels):
        return pa.int64()
    if isinstance(kind, list):
        return pa.list_(arrow_type(kind[0]))
    if isinstance(kind, dict):
        return pa.struct([pa.field(name, arrow_type(inner)) for name, inner in kind.items()])
    return {"string": pa.string(), "int64": pa.int64(), "float64": pa.float64(), "bool": pa.bool_()}[kind]


def feature_dict(kind: Kind) -> Any:
    """A kind as ``datasets.Features.to_dict`` writes it."""
    if isinstance(kind, Labels):
        return {"names": list(kind.names), "_type": "ClassLabel"}
    if isinstance(kind, list):
        return {"feature": feature_dict(kind[0]), "_type": "List"}
    if isinstance(kind, dict):
        return {name: feature_dict(inner) for name, inner in kind.items()}
    return {"dtype": kind, "_type": "Value"}


@cache
def arrow_schema(config: str) -> pa.Schema:
    """The Arrow schema of a table, with the metadata by which ``datasets`` knows its features."""
    import pyarrow as pa

    table = columns(config)
    fields = [pa.field(name, arrow_type(kind)) for name, kind in table.items()]
    return pa.schema(fields).with_metadata(
        {"huggingface": json.dumps({"info": {"features": feature_dict(table)}})}
    )


@cache
def features(config: str) -> datasets.Features:
    """The ``datasets.Features`` of a table."""
    import datasets

    def feature(kind: Kind) -> Any:
        if isinstance(kind, Labels):
            return datasets.ClassLabel(names=list(kind.names))
        if isinstance(kind, list):
            return datasets.List(feature(kind[0]))
        if isinstance(kind, dict):
            return {name: feature(inner) for name, inner in kind.items()}
        return datasets.Value(kind)

    return datasets.Features({name: feature(kind) for name, kind in columns(config).items()})


def card_features(config: str) -> list[dict[str, Any]]:
    """The features of a table as the YAML of a dataset card has them, in ``dataset_info``."""

    def inner(kind: Kind) -> dict[str, Any]:
        if isinstance(kind, Labels):
            # the server wants the keys as strings
            return {"dtype": {"class_label": {"names": {str(i): name for i, name in enumerate(kind.names)}}}}
        if isinstance(kind, list):
            item = inner(kind[0])
            return {"list": item["dtype"] if list(item) == ["dtype"] else item.get("struct", item)}
        if isinstance(kind, dict):
            return {"struct": fields(kind)}
        return {"dtype": kind}

    def fields(struct: Columns) -> list[dict[str, Any]]:
        return [{"name": name, **inner(kind)} for name, kind in struct.items()]

    return fields(columns(config))


@cache
def label_ids(inventory: str) -> dict[str | None, int | None]:
    """Label → its integer; null stays null."""
    return {None: None, **{name: i for i, name in enumerate(names(inventory))}}


_LAYERS = {letters: layer for layer, letters in model.PREFIXES.items()}


def layer_of(ident: str) -> str:
    """The layer of a record id: ``f12`` → figures."""
    return _LAYERS[ident.rstrip("0123456789")]
