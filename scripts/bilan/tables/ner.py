"""Table ``ner``: one row a sentence, tokens with BIO tags of the outermost names.

Only names are tagged: they are marked wherever they occur, descriptions ("the jihadists") only where an event
or a figure needs them, so that an untagged description would be no negative. ``mentions`` has all of both. A
withheld article has one row without text, tokens or tags, and all its mentions.
"""

from __future__ import annotations

from bilan.model import Json
from bilan.segment import Interval, cut, tokens
from bilan.tables.features import bio_labels, label_ids
from bilan.tables.views import View, span


def rows(view: View) -> list[Json]:
    return rows_and_cuts(view)[0]


def rows_and_cuts(view: View) -> tuple[list[Json], int]:
    """The rows, and how many tokens an edge of a mention cut in two."""
    mentions = _mentions(view)
    kinds, types = label_ids("mention_kind"), label_ids("entity_type")
    shown = [
        {**mention, "kind": kinds[mention["kind"]], "type": types[mention["type"]]} for mention in mentions
    ]
    if view.text is None:
        empty = dict.fromkeys(
            ("zone", "start", "end", "text", "tokens", "ner_tags", "token_starts", "token_ends")
        )
        return [{"id": f"{view.id}/0", **view.head, **empty, "mentions": shown}], 0
    text = view.text
    pieces, cuts = cut(
        tokens(text, view.article["lang"]), (m[edge] for m in mentions for edge in ("start", "end"))
    )
    tags = _tags(pieces, mentions)
    out: list[Json] = []
    at_token = at_mention = 0
    for number, (start, end) in enumerate(view.sentences, 1):
        first_token, first_mention = at_token, at_mention
        while at_token < len(pieces) and pieces[at_token][0] < end:
            at_token += 1
        while at_mention < len(mentions) and mentions[at_mention]["start"] < end:
            at_mention += 1
        inside = pieces[first_token:at_token]
        out.append(
            {
                "id": f"{view.id}/{number}",
                **view.head,
                "zone": next(
                    (z["kind"] for z in view.article["zones"] if z["start"] <= start < z["end"]), None
                ),
                "start": start,
                "end": end,
                "text": text[start:end],
                "tokens": [text[a:b] for a, b in inside],
                "ner_tags": tags[first_token:at_token],
                "token_starts": [a for a, _ in inside],
                "token_ends": [b for _, b in inside],
                "mentions": shown[first_mention:at_mention],
            }
        )
    return out, cuts


def _mentions(view: View) -> list[Json]:
    """All mentions in the order of the text, the longer first."""
    found = [
        {
            **span(mention),
            "kind": mention["kind"],
            "type": entity["type"],
            "entity": entity["id"],
            "name": entity["name"],
            "registry": entity["registry"],
        }
        for entity in view.article["entities"]
        for mention in entity["mentions"]
    ]
    return sorted(found, key=lambda m: (m["start"], -m["end"], m["entity"]))


def outermost(mentions: list[Json]) -> list[Json]:
    """The names that lie in no other name; of two that cross, the one that begins first."""
    out: list[Json] = []
    for mention in mentions:
        if mention["kind"] == "name" and (not out or mention["start"] >= out[-1]["end"]):
            out.append(mention)
    return out


def _tags(pieces: list[Interval], mentions: list[Json]) -> list[int]:
    number = {name: i for i, name in enumerate(bio_labels().names)}
    tags = [0] * len(pieces)
    i = 0
    for mention in outermost(mentions):
        while pieces[i][0] < mention["start"]:
            i += 1
        edge = "B"
        while i < len(pieces) and pieces[i][0] < mention["end"]:
            tags[i] = number[f"{edge}-{mention['type']}"]
            edge = "I"
            i += 1
    return tags
