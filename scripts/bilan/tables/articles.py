"""Table ``articles``: one row an article, every layer nested, with what its story says."""

from __future__ import annotations

from typing import Any

from bilan import model
from bilan.model import LAYERS, Json
from bilan.tables.features import REGISTRY
from bilan.tables.views import View


def rows(view: View) -> list[Json]:
    """One row. Together with its story the row holds everything that the article's file holds."""
    article, story, text = view.article, view.story, view.article["text"]
    return [
        {
            **{layer: article[layer] for layer in LAYERS},
            "id": article["id"],
            "story": article["story"],
            "split": view.split,
            "subset": story["subset"],
            "lang": article["lang"],
            "published": article["published"],
            "style": article["style"],
            "country": story["country"],
            "region": story["region"],
            "story_title": story["title"],
            "text": view.text,
            "length": text["length"],
            "sha256": text["sha256"],
            "access": text["access"],
            "extent": text["extent"],
            "origin": text["origin"],
            "licence": text["licence"],
            "credit": text["attribution"],
            "anchors": text.get("anchors"),
            "record": article["record"],
            "cites": article["references"],
            "references": _cited(view),
            "story_events": story["events"],
            "entities": [_entity(view, entity) for entity in article["entities"]],
            "provenance": article["provenance"],
            "schema_version": article["schema_version"],
            "added_in": article["added_in"],
        }
    ]


_ABSENT_NOT_NULL = ("surface", "hash", "anchor")
"""Keys of a span that a document leaves out where a row has null."""


def document(row: Json) -> Json:
    """The article that a row was made from, in canonical key order: the inverse of ``rows``."""
    text = {
        "access": row["access"],
        "extent": row["extent"],
        "origin": row["origin"],
        "licence": row["licence"],
        "attribution": row["credit"],
        "length": row["length"],
        "sha256": row["sha256"],
    }
    if row["access"] == "withheld":
        text["anchors"] = row["anchors"]
    else:
        text["content"] = row["text"]
    entities = [{k: v for k, v in entity.items() if k not in REGISTRY} for entity in row["entities"]]
    named = {**row, "text": text, "references": row["cites"], "entities": entities}
    return {key: _plain(named[key]) for key in model.top_keys()}


def _plain(value: Any) -> Any:
    """A value as a file has it: no nulls for absent keys, 41 and not 41.0."""
    if isinstance(value, dict):
        return {k: _plain(v) for k, v in value.items() if v is not None or k not in _ABSENT_NOT_NULL}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value


def _entity(view: View, entity: Json) -> Json:
    row = {**entity, **_UNKNOWN}
    entry = view.registered(entity)
    if entry:
        get = entry.get
        for key in _UNKNOWN:
            row[key] = get(key)
    return row


_UNKNOWN = dict.fromkeys(REGISTRY)
"""What stands beside an entity that no registry has."""


def _cited(view: View) -> list[Json]:
    """What the article cites or itself is, and what that derives from; in the order of the story."""
    known = {reference["id"]: reference for reference in view.story["references"]}
    wanted = set(view.article["references"])
    own = own_reference(view)
    if own is not None:
        wanted.add(own)
    queue = list(wanted)
    while queue:
        origin = known.get(queue.pop(), {}).get("derived_from")
        if origin is not None and origin not in wanted:
            wanted.add(origin)
            queue.append(origin)
    return [reference for reference in view.story["references"] if reference["id"] in wanted]


def own_reference(view: View) -> str | None:
    """The story's reference that a third party's article itself is, by its address."""
    url = (view.article["record"] or {}).get("url")
    if url is None:
        return None
    return next((r["id"] for r in view.story["references"] if r["url"] == url), None)
