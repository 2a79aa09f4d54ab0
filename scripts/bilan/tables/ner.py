"""Table ``ner``: one row a sentence, tokens with BIO tags of the outermost names.

Only names are tagged: they are marked wherever they occur, descriptions ("the jihadists") only where an event
or a figure needs them, so that an untagged description would be no negative. ``mentions`` has all of both. A
withheld article has one row without text, tokens or tags, and all its mentions.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable
from functools import cache

from bilan.model import Json
from bilan.segment import cut_columns, token_columns
from bilan.tables.features import bio_labels, label_ids
from bilan.tables.views import View


def rows(view: View) -> list[Json]:
    return rows_and_cuts(view)[0]


def rows_and_cuts(view: View) -> tuple[list[Json], int]:
    """The rows, and how many tokens an edge of a mention cut in two."""
    mentions, names = _mentions(view)
    head = view.head
    if view.text is None:
        empty = dict.fromkeys(
            ("zone", "start", "end", "text", "tokens", "ner_tags", "token_starts", "token_ends")
        )
        return [{"id": f"{view.id}/0", **head, **empty, "mentions": mentions}], 0
    ident, text, zones = view.id, view.text, view.article["zones"]
    begins = [mention["start"] for mention in mentions]
    words, starts, ends = token_columns(text, view.article["lang"])
    cuts = cut_columns(starts, ends, [*begins, *[mention["end"] for mention in mentions]])
    if cuts:
        words = [text[a:b] for a, b in zip(starts, ends, strict=True)]
    tags = _tags(starts, names)
    out: list[Json] = []
    token = mention = 0
    for number, (start, end) in enumerate(view.sentences, 1):
        first, one = token, mention
        token, mention = bisect_left(starts, end, first), bisect_left(begins, end, one)
        out.append(
            {
                "id": f"{ident}/{number}",
                **head,
                "zone": _zone(zones, start),
                "start": start,
                "end": end,
                "text": text[start:end],
                "tokens": words[first:token],
                "ner_tags": tags[first:token],
                "token_starts": starts[first:token],
                "token_ends": ends[first:token],
                "mentions": mentions[one:mention],
            }
        )
    return out, cuts


def _zone(zones: list[Json], start: int) -> str | None:
    """The kind of the zone in which a sentence begins."""
    for zone in zones:
        if zone["start"] <= start < zone["end"]:
            kind: str = zone["kind"]
            return kind
    return None


def _mentions(view: View) -> tuple[list[Json], list[Json]]:
    """All mentions as the rows show them, in the order of the text, the longer first; and the names among them."""
    kinds, types = label_ids("mention_kind"), label_ids("entity_type")
    found: list[tuple[int, int, str, int, Json]] = []
    for entity in view.article["entities"]:
        ident, kind = entity["id"], types[entity["type"]]
        name, registry = entity["name"], entity["registry"]
        for mention in entity["mentions"]:
            start, end = mention["start"], mention["end"]
            shown = {
                "start": start,
                "end": end,
                "surface": mention.get("surface"),
                "hash": mention.get("hash"),
                "kind": kinds[mention["kind"]],
                "type": kind,
                "entity": ident,
                "name": name,
                "registry": registry,
            }
            # the number keeps equals in their order, and dicts from being compared
            found.append((start, -end, ident, len(found), shown))
    found.sort()
    name_kind = kinds["name"]
    mentions = [shown for *_, shown in found]
    return mentions, [shown for shown in mentions if shown["kind"] == name_kind]


def outermost(mentions: list[Json]) -> list[Json]:
    """The names that lie in no other name; of two that cross, the one that begins first."""
    return _outermost(mention for mention in mentions if mention["kind"] == "name")


def _outermost(names: Iterable[Json]) -> list[Json]:
    out: list[Json] = []
    end = -1
    for name in names:
        if name["start"] >= end:
            out.append(name)
            end = name["end"]
    return out


@cache
def _type_tags() -> dict[int | None, tuple[int, int]]:
    """Integer of an entity type → the tags of a name's first token and of its others."""
    number = {name: i for i, name in enumerate(bio_labels().names)}
    return {
        ident: (number[f"B-{name}"], number[f"I-{name}"])
        for name, ident in label_ids("entity_type").items()
        if name is not None
    }


def _tags(starts: list[int], names: list[Json]) -> list[int]:
    """The tags of all tokens; the names, with their types as integers, are in the order of the text."""
    of_type = _type_tags()
    tags = [0] * len(starts)
    token = 0
    for name in _outermost(names):
        first = bisect_left(starts, name["start"], token)
        token = bisect_left(starts, name["end"], first)
        begin, inside = of_type[name["type"]]
        for at in range(first, token):
            tags[at] = inside if at > first else begin
    return tags
