"""Plants one fault of a kind in an article each, to see that product and peer find the same."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

Json = dict[str, Any]
Plant = Callable[[Json], Any]


def first(document: Json, layer: str, **wanted: Any) -> Json:
    """The first record of a layer with these values. Raises LookupError where there is none."""
    for record in document[layer]:
        if all(record[key] == value for key, value in wanted.items()):
            found: Json = record
            return found
    raise LookupError(layer)


def shown(document: Json) -> Json:
    """The document, if its text is open. Raises LookupError if it is withheld."""
    if document["text"]["access"] != "open":
        raise LookupError("withheld")
    return document


def _other_words(document: Json) -> None:
    first(shown(document), "figures")["surface"] += "s"


def _beyond(document: Json) -> None:
    first(document, "entities")["mentions"][0]["end"] = document["text"]["length"] + 1


def _circle(document: Json) -> None:
    attribution = first(document, "attributions")
    attribution["content"] = [attribution["id"]]


def _swap(document: Json) -> None:
    mentions = next((e["mentions"] for e in document["entities"] if len(e["mentions"]) > 1), None)
    if mentions is None:
        raise LookupError("mentions")
    mentions[0], mentions[1] = mentions[1], mentions[0]


def _other_value(document: Json) -> None:
    figure = first(shown(document), "figures", modifier="exact")
    figure.update(stated=figure["stated"] + 1, low=figure["low"] + 1, high=figure["high"] + 1)


def _caption(document: Json) -> None:
    zone = first(shown(document), "zones")
    figure = first(document, "figures")
    zone.update(kind="caption", start=figure["start"], end=figure["end"], surface=figure["surface"])


def _to_itself(document: Json) -> None:
    relation = first(document, "relations")
    relation["to"] = relation["from"]


def _unordered(document: Json) -> None:
    figure = first(document, "figures")
    figure["id"] = figure.pop("id")


PLANTS: dict[str, Plant] = {
    "a field is missing": lambda d: d.pop("style"),
    "a label that nobody knows": lambda d: first(d, "figures").update(measure="dead"),
    "a number in quotes": lambda d: first(d, "figures").update(low="40"),
    "other words": _other_words,
    "a span beyond the text": _beyond,
    "the same id twice": lambda d: d["figures"][1].update(id=first(d, "figures")["id"]),
    "an arrow into nothing": lambda d: first(d, "attributions").update(sources=["s999"]),
    "another hash": lambda d: shown(d)["text"].update(sha256="0" * 64),
    "another story": lambda d: d.update(story="xx-2000-01-01-nowhere"),
    "mentions out of order": _swap,
    "no such registry id": lambda d: first(d, "entities").update(registry="no-such-thing"),
    "no such story event": lambda d: first(d, "events").update(story_event="no-such-event"),
    "no such reference": lambda d: d["references"].append("r9999"),
    "it contains itself": _circle,
    "keys out of order": _unordered,
    "not what the words say": _other_value,
    "low above high": lambda d: first(d, "figures", modifier="exact").update(low=10**9),
    "a day that no calendar has": lambda d: first(d, "events").update(date="2023-02-30"),
    "said after it was published": lambda d: first(d, "attributions").update(said="2099-01-01"),
    "a duration without length": lambda d: first(d, "times", kind="date").update(kind="duration"),
    "a figure in a caption": _caption,
    "a relation to itself": _to_itself,
    "a claim without claimant": lambda d: first(d, "attributions", blames=[]).update(
        stance="claims_responsibility"
    ),
}

TEXTS: dict[str, Callable[[str], str]] = {
    "broken syntax": lambda text: text.replace('"schema_version": ', '"schema_version" ', 1),
    "a key twice": lambda text: text.replace("{\n", '{\n  "lang": "fr",\n', 1),
    "CRLF": lambda text: text.replace("\n", "\r\n"),
    "another layout": lambda text: text.replace("\n  ", "\n   ", 1),
    "NaN": lambda text: text.replace('"low": ', '"low": NaN, "lower": ', 1),
}


def plant(corpus: Path) -> int:
    """Plants each fault in the next article that has room for it; returns how many were planted."""
    files = sorted(corpus.glob("[a-z][a-z]/*/[a-z][a-z]-*.json"))
    planted = 0
    for change in TEXTS.values():
        path = files.pop()
        path.write_bytes(change(path.read_bytes().decode()).encode())
        planted += 1
    for fault in PLANTS.values():
        for path in files:
            document = json.loads(path.read_bytes())
            try:
                fault(document)
            except (LookupError, IndexError):
                continue
            path.write_text(json.dumps(document, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
            files.remove(path)
            planted += 1
            break
    return planted
