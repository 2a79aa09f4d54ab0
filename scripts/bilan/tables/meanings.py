"""What the columns of ``articles`` mean: the descriptions of the schemas, by the path of a column."""

from __future__ import annotations

from functools import cache
from typing import Any

from bilan.tables.features import read_schema

RENAMED = {
    "story_title": ("story", "title"),
    "story_events": ("story", "events"),
    "references": ("story", "references"),
    "text": ("text", "content"),
    "credit": ("text", "attribution"),
    "cites": ("article", "references"),
}
"""Columns that are not called as in the schema of articles: column → the part they come from, and their name there."""


@cache
def _parts() -> dict[str, dict[str, Any]]:
    article = read_schema("article.schema.json")["properties"]
    story = read_schema("story.schema.json")["properties"]
    return {"article": article, "text": article["text"]["properties"], "story": story}


def meaning(path: tuple[str, ...]) -> str | None:
    """The description of a column of ``articles``, or of what lies below it; None if no schema has one."""
    column, *below = path
    part, name = RENAMED.get(column) or (next((p for p in _parts() if column in _parts()[p]), ""), column)
    if not part:
        return None
    schema = read_schema("story.schema.json" if part == "story" else "article.schema.json")
    node: Any = _parts()[part][name]
    for step in below:
        inside = _struct(node, schema).get("properties", {})
        if step not in inside:
            return None  # what the registry knows stands beside an entity; no schema of articles has it
        node = inside[step]
    text: str | None = node.get("description")
    return text


def _struct(node: Any, schema: dict[str, Any]) -> Any:
    """The node itself, or what a list holds, with references followed."""
    while "$ref" in node or "items" in node:
        node = schema["$defs"][node["$ref"].rsplit("/", 1)[1]] if "$ref" in node else node["items"]
    return node
