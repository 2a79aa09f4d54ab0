"""JSON → text form: spans become nested brackets; one that crosses a bracket is cut at the bracket's end."""

from __future__ import annotations

import hashlib
import heapq
import re
from typing import Any

from bilan import model
from bilan.incidents import BilanError, Incident
from bilan.model import Json
from bilan.textform.front import flow

VERSION = "1.0"
_ORDER = {"z": 0, "ev": 1, "a": 2, "s": 3, "f": 4, "t": 5, "e": 6}
_DEFAULTS: tuple[Any, ...] = (None, [], False)


def mark(article: Json, text: str | None = None) -> str:
    """The text form of a valid article.

    ``text`` is the canonical text of a withheld article, where it is at hand; the spans then stand in the body.
    Raises BilanError (B306) if it is not the article's text.
    """
    withheld = article["text"]["access"] == "withheld"
    content = text if withheld else article["text"]["content"]
    if withheld and text is not None:
        digest = hashlib.sha256(text.encode()).hexdigest()
        if digest != article["text"]["sha256"]:
            raise BilanError(
                Incident(
                    "B306",
                    f"this is not the text of {article['id']}: its SHA-256 is {digest}",
                    "give the exact canonical text",
                )
            )
    return f"---\n{front(article, content is None)}---\n" + (
        "" if content is None else body(article, content) + "\n"
    )


def front(article: Json, with_spans: bool = False) -> str:
    """The front matter as lines; ``with_spans``: the spans stand in it, since no text follows."""
    lines = [f"bilan: {flow(VERSION)}\n"]
    for key in model.top_keys():
        value = article[key]
        if key in model.LAYERS:
            if not value:
                continue
            lines.append(f"{key}:\n")
            for record in value:
                rest = {k: v for k, v in record.items() if k != "id"}
                if not with_spans:
                    rest = {k: v for k, v in rest.items() if k not in model.SPAN_KEYS}
                    for field in model.SPAN_LISTS.get(key, ()):
                        rest.pop(field)
                lines.append(f"  {record['id']}: {flow(_sparse(rest))}\n")
        elif key == "provenance":
            if all(value[layer] == value[model.LAYERS[0]] for layer in model.LAYERS):
                lines.append(f"provenance: {flow(value[model.LAYERS[0]])}\n")
            else:
                lines.append("provenance:\n")
                lines.extend(f"  {layer}: {flow(value[layer])}\n" for layer in model.LAYERS)
        elif key == "text":
            header = {k: v for k, v in value.items() if k != "content"}
            if not with_spans:
                header = {k: v for k, v in header.items() if k not in ("length", "sha256")}
                if "anchors" in header:
                    header["anchors"] = {"salt": header["anchors"]["salt"]}
            lines.append(f"text: {flow(header)}\n")
        else:
            lines.append(f"{key}: {flow(value)}\n")
    return "".join(lines)


def _sparse(record: Json) -> Json:
    return {
        key: value
        for key, value in record.items()
        if not any(value is d or value == d == [] for d in _DEFAULTS)
    }


class _Piece:
    """A stretch of the body with the classes that its bracket carries."""

    __slots__ = ("classes", "end", "start")

    def __init__(self, start: int, end: int, classes: list[str]) -> None:
        self.start, self.end, self.classes = start, end, classes


def _labels(article: Json) -> list[tuple[int, int, tuple[int, int, int], str, str]]:
    """Every span as (start, end, rank, id, role)."""
    out = []
    for at in model.spans(article):
        prefix = model.PREFIXES[at.layer]
        role = ""
        if at.layer == "entities" and at.span["kind"] == "nominal":
            role = "nominal"
        if at.field == "quotes":
            role = "quote"
        rank = (_ORDER[prefix], int(at.id[len(prefix) :]), int(bool(role)))
        out.append((at.span["start"], at.span["end"], rank, at.id, role))
    return out


def body(article: Json, text: str) -> str:
    """The text with the spans of the article in brackets."""
    # Longest first among those that start together; a span that would cross the bracket it starts in is cut
    # at that bracket's end, and the rest of it goes back into the queue.
    queue = [(start, -end, rank, ident, role) for start, end, rank, ident, role in _labels(article)]
    heapq.heapify(queue)
    pieces: list[_Piece] = []
    open_ends: list[int] = []
    while queue:
        start, negative_end, rank, ident, role = heapq.heappop(queue)
        end = -negative_end
        while open_ends and open_ends[-1] <= start:
            open_ends.pop()
        part = False
        if open_ends and end > open_ends[-1]:
            heapq.heappush(queue, (open_ends[-1], -end, rank, ident, role))
            end, part = open_ends[-1], True
        classes = [f".{ident}"] + ([f".{role}"] if role else []) + ([".part"] if part else [])
        if pieces and pieces[-1].start == start and pieces[-1].end == end:
            pieces[-1].classes += classes
        else:
            pieces.append(_Piece(start, end, classes))
            open_ends.append(end)
    return _render(text, pieces)


def _render(text: str, pieces: list[_Piece]) -> str:
    opens: dict[int, int] = {}
    closes: dict[int, list[str]] = {}
    for piece in pieces:
        opens[piece.start] = opens.get(piece.start, 0) + 1
    for piece in reversed(pieces):  # inner brackets were appended later and close first
        closes.setdefault(piece.end, []).append("]{" + " ".join(piece.classes) + "}")
    out: list[str] = []
    cuts = sorted({0, len(text), *opens, *closes})
    for here, there in zip(cuts, [*cuts[1:], len(text)], strict=True):
        out.extend(closes.get(here, ()))
        out.append("[" * opens.get(here, 0))
        out.append(_escape(text[here:there]))
    return "".join(out)


def _escape(text: str) -> str:
    return re.sub(r"([\\\[\]])", r"\\\1", text)


def scaffold(article_id: str, text: str) -> str:
    """A text form to begin with: every field of the front matter, no annotation, brackets of the text escaped."""
    story, lang, _ = article_id.split(".")
    header = {
        "access": "open",
        "extent": "whole",
        "origin": "human_written",
        "licence": "CC-BY-4.0",
        "attribution": "BILAN contributors",
    }
    provenance = {
        "method": "manual",
        "annotator": "your-name",
        "guidelines": "1.0",
        "status": "human_reviewed",
    }
    lines = [
        f"bilan: {flow(VERSION)}",
        f"schema_version: {flow(VERSION)}",
        f"id: {article_id}",
        f"story: {story}",
        f"lang: {lang}",
        "published: null",
        "style: dispatch",
        "added_in: null",
        "record: null",
        f"text: {flow(header)}",
        "references: []",
        f"provenance: {flow(provenance)}",
        *(f"{layer}:" for layer in model.LAYERS),
    ]
    return "---\n" + "\n".join(lines) + "\n---\n" + _escape(text) + "\n"
