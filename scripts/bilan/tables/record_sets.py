"""The record sets of the Croissant file: the tables, their splits, and the labels.

The fields follow from the same columns as the Arrow schema: a struct has sub-fields, a list is an array, a
``ClassLabel`` is an integer, and its description names the record set of its labels.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from bilan.labels import inventory, names
from bilan.model import Json
from bilan.tables.features import Kind, Labels, bio_labels, columns
from bilan.tables.meanings import meaning

TABLES = {
    "articles": "One record an article, with its eight layers nested as they were annotated.",
    "ner": "One record a sentence: tokens, BIO tags of the outermost names, and all mentions.",
    "figures": "One record a figure: its sentence, its value as an interval, its event and its sources.",
    "attributions": "One record an attribution: who says what, with cues, quotations and stance.",
    "tolls": "One record a claim about a toll, grouped by event, measure and people; three ways to reduce them.",
    "extraction": "One record an article: its text, and what is to be extracted as JSON.",
}

INNER_LIST = "A list inside a list: mlcroissant does not read it and gives null; the Parquet files have it."

LABEL = "The id of a label in the record set"

SPLITS = {
    "train": "cr:TrainingSplit",
    "validation": "cr:ValidationSplit",
    "test": "cr:TestSplit",
    "wild": "cr:TestSplit",
}

_TYPES = {"string": "sc:Text", "int64": "sc:Integer", "float64": "sc:Float", "bool": "sc:Boolean"}


def record_sets(tables: Sequence[str]) -> list[Json]:
    """The record sets of some tables, of the splits, and of the labels that the tables refer to."""
    return [*map(_table, tables), _splits(), *map(_labels, _used(tables))]


def files_id(config: str) -> str:
    """The id of the file set of a table."""
    return f"{config}-files"


def _table(config: str) -> Json:
    # every table has the split from the names of its files, so that a reader can choose files by it
    own = [_field(config, (name,), kind) for name, kind in columns(config).items() if name != "split"]
    return {
        "@type": "cr:RecordSet",
        "@id": config,
        "name": config,
        "description": TABLES[config],
        "key": {"@id": f"{config}/id"},
        "field": [_split_of(config), *own],
    }


def _split_of(config: str) -> Json:
    return {
        "@type": "cr:Field",
        "@id": f"{config}/split",
        "name": "split",
        "description": "The split, from the name of the file.",
        "dataType": "sc:Text",
        "source": {
            "fileSet": {"@id": files_id(config)},
            "extract": {"fileProperty": "filename"},
            # fits the bare name of a split too: mlcroissant applies it once before a join and once after
            "transform": {"regex": f"^({'|'.join(SPLITS)})(?:-.*\\.parquet)?$"},
        },
        "references": {"field": {"@id": "splits/name"}},
    }


def _field(config: str, path: tuple[str, ...], kind: Kind, lists: int = 0) -> Json:
    """A column, or what lies at a path below it. A step of the path goes into a struct, or into each of a list.

    ``lists`` counts the lists of structs above. In the second of them the sub-fields have no source of their own,
    only the list has: mlcroissant 1.1.1 cannot follow a path into a list inside a list and gives up the record.
    """
    name = "/".join(path)
    source: Json = {"fileSet": {"@id": files_id(config)}, "extract": {"column": path[0]}}
    if path[1:]:
        source["transform"] = [{"jsonPath": step} for step in path[1:]]
    if isinstance(kind, list):
        (item,) = kind
        out = _field(config, path, item, lists + isinstance(item, dict))
        if isinstance(item, dict) and lists == 1:
            said = f"{out['description']}. " if "description" in out else ""
            out |= {"description": f"{said}{INNER_LIST}", "source": source}
        return {**out, "isArray": True, "arrayShape": "-1"}
    out = {"@type": "cr:Field", "@id": f"{config}/{name}", "name": name}
    if config == "articles" and (text := meaning(path)):
        out["description"] = text
    if isinstance(kind, dict):
        inner = [_field(config, (*path, key), one, lists) for key, one in kind.items()]
        return {**out, "subField": inner}
    if lists < 2:
        out["source"] = source
    if isinstance(kind, Labels):
        # No ``references``: with one mlcroissant 1.1.1 joins the labels too, and cannot choose a split any more.
        return {**out, "description": f"{LABEL} {_labels_id(kind)}.", "dataType": ["sc:Integer", "cr:Label"]}
    return {**out, "dataType": _TYPES[kind]}


def _splits() -> Json:
    described = inventory()["split"]
    rows = [
        {"name": split, "url": url, "description": described[split]["description"]}
        for split, url in SPLITS.items()
    ]
    types = {"name": "sc:Text", "url": ["sc:URL", "cr:Split"], "description": "sc:Text"}
    return _inline("splits", "cr:Split", "The splits of every table.", "name", types, rows)


def _labels(kind: Labels) -> Json:
    ident = _labels_id(kind)
    types: dict[str, Any] = {"id": "sc:Integer", "name": "sc:Text"}
    rows: list[Json] = [{"id": number, "name": name} for number, name in enumerate(kind.names)]
    if kind == bio_labels():
        text = "O, then the beginning and the inside of a name of each entity type."
    else:
        text = "Labels by the integer that stands for them in the tables."
        types["description"] = "sc:Text"
        words = inventory()[ident.partition("/")[2]]
        rows = [{**row, "description": words[row["name"]]["description"]} for row in rows]
    return _inline(ident, "sc:Enumeration", text, "id", types, rows)


def _labels_id(kind: Labels) -> str:
    if kind == bio_labels():
        return "labels/ner_tags"
    return next(f"labels/{one}" for one in inventory() if names(one) == kind.names)


def _used(tables: Iterable[str]) -> list[Labels]:
    """The inventories that the tables refer to, each once, in the order in which they are met."""
    found: dict[Labels, None] = {}

    def look(kind: Kind) -> None:
        if isinstance(kind, Labels):
            found[kind] = None
        elif isinstance(kind, list | dict):
            for inner in kind.values() if isinstance(kind, dict) else kind:
                look(inner)

    for config in tables:
        look(columns(config))
    return list(found)


def _inline(
    ident: str, kind: str, text: str, key: str, types: Mapping[str, Any], rows: Sequence[Json]
) -> Json:
    """A record set whose records stand in the file."""
    return {
        "@type": "cr:RecordSet",
        "@id": ident,
        "name": ident,
        "description": text,
        "dataType": kind,
        "key": {"@id": f"{ident}/{key}"},
        "field": [
            {"@type": "cr:Field", "@id": f"{ident}/{name}", "name": name, "dataType": one}
            for name, one in types.items()
        ],
        "data": [{f"{ident}/{name}": value for name, value in row.items()} for row in rows],
    }
