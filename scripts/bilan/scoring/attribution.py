"""T3: links from a figure or event to who speaks of it, with cue and stance. Figures and events are given."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bilan.agreement.align import assignment, shared
from bilan.labels import names as labels
from bilan.model import Json
from bilan.scoring.items import Item, Measure, by_label
from bilan.scoring.predictions import Predictions
from bilan.scoring.reader import Reader, order, short
from bilan.tasks import gold
from bilan.tasks.gold import Unit

ATTRIBUTES = ("layer", "source_kind", "stance", "modifier", "measure")

MEASURES = [
    Measure("links", "content → source", "F1", ("source", "gold", "predicted")),
    Measure("links", "content → source, exact words", "F1", ("source exact", "gold", "predicted")),
    Measure("links", "content → source, stance", "F1", ("source stance", "gold", "predicted")),
    Measure("links", "content → source, cue", "F1", ("source cue", "gold", "predicted")),
    Measure("links", "content → source, cue, stance", "F1", ("whole", "gold", "predicted")),
    Measure("contents", "somebody speaks", "F1", ("spoken", "spoken gold", "spoken predicted")),
    Measure("contents", "somebody speaks or own voice", "share", ("voice", "contents")),
    Measure("of links found", "stance", "share", ("source stance", "source")),
    Measure("of links found", "stance, mean over labels", "macro F1", ("stance label",)),
    Measure("of links found", "kind of source", "share", ("kind", "kind given")),
]
MAIN = "links content → source"


@dataclass(slots=True)
class _Link:
    """A predicted link. ``content`` is the position of its content, None if there is no such content."""

    content: int | None
    source: tuple[int, int] | None
    cue: tuple[int, int] | None
    stance: str
    kind: str | None
    sound: bool
    """Whether the source is a place of the text, or openly none."""
    sound_cue: bool
    """The same of the cue."""


def compare(unit: Unit, found: Predictions) -> Iterator[Item]:
    """The items of one article: its links, and one more for every content."""
    text = unit.article["text"]
    contents = gold.contents(unit.article)
    figures: dict[str, Json] = {figure["id"]: figure for figure in unit.article["figures"]}
    index = {content["id"]: i for i, content in enumerate(contents)}
    ours: list[list[Json]] = [[] for _ in contents]
    for link in gold.links(unit):
        ours[index[link["content"]]].append(link)
    theirs: list[list[_Link]] = [[] for _ in contents]
    lost: list[_Link] = []
    for one in _predicted(unit, contents, found):
        (lost if one.content is None else theirs[one.content]).append(one)
    for content, own, predicted in zip(contents, ours, theirs, strict=True):
        counted: Json = figures.get(content["id"], {})
        attributes = {
            "layer": content["layer"],
            "modifier": str(counted.get("modifier", "none")),
            "measure": str(counted.get("measure", "none")),
        }
        first = content["spans"][0] if content["spans"] else {"start": 0, "end": 0}
        words = _words(text, (first["start"], first["end"]))
        for i, j in _pair(own, predicted):
            asked = None if i is None else own[i]
            given = None if j is None else predicted[j]
            yield _item(text, words, asked, given, attributes)
        spoken = {"spoken gold": float(bool(own)), "spoken predicted": float(bool(predicted))}
        yield Item(
            {
                **attributes,
                "source_kind": own[0]["kind"] if own else "own_voice",
                "stance": own[0]["stance"] if own else "none",
            },
            {
                **spoken,
                "spoken": float(bool(own and predicted)),
                "contents": 1,
                "voice": float(bool(own) == bool(predicted)),
            },
        )
    for other in lost:
        yield _item(
            text, "no figure or event", None, other, {"layer": "none", "modifier": "none", "measure": "none"}
        )


def stray(given: Any) -> dict[str, float]:
    """The counts of a prediction for an article that does not exist."""
    return {"predicted": 1.0}


def _predicted(unit: Unit, contents: Sequence[Json], found: Predictions) -> list[_Link]:
    reader = Reader(found, unit.id, unit.article["length"])
    index = {content["id"]: i for i, content in enumerate(contents)}
    out = []
    for where, given in reader.items("links"):
        content = _content(reader, contents, index, given.get("content"), where)
        source = None if given.get("source") is None else reader.span(given["source"], f"{where}/source")
        cue = None if given.get("cue") is None else reader.span(given["cue"], f"{where}/cue")
        kind = given.get("kind")
        out.append(
            _Link(
                content,
                source,
                cue,
                reader.label(given.get("stance"), labels("stance"), f"{where}/stance"),
                None if kind is None else reader.label(kind, labels("source_kind"), f"{where}/kind"),
                source is not None or given.get("source") is None,
                cue is not None or given.get("cue") is None,
            )
        )
    return sorted(out, key=order)


def _content(
    reader: Reader, contents: Sequence[Json], index: Mapping[str, int], given: Any, where: str
) -> int | None:
    """A content by its id, or by a place: the content that shares most with it."""
    if isinstance(given, str):
        if given not in index:
            reader.problem(
                "B815",
                f"there is no figure or event {short(given)}; counted as wrong",
                "give the id of a content, or a place",
                f"{where}/content",
            )
        return index.get(given)
    place = reader.span(given, f"{where}/content")
    if place is None:
        return None
    best = max(
        range(len(contents)),
        key=lambda i: max((shared(place, (s["start"], s["end"])) for s in contents[i]["spans"]), default=0),
        default=None,
    )
    if best is None or not any(shared(place, (s["start"], s["end"])) for s in contents[best]["spans"]):
        message = f"no figure or event stands at {place[0]}–{place[1]}; counted as wrong"
        reader.problem("B815", message, "give the id of a content, or a place", f"{where}/content")
        return None
    return best


def _pair(own: Sequence[Json], predicted: Sequence[_Link]) -> list[tuple[int | None, int | None]]:
    """One to one, so that as much as possible is right: first sources, then stances, then cues."""
    # one right source outweighs whatever stances and cues the other pairs could win by losing it
    base = min(len(own), len(predicted)) + 1.0
    table = [[_weight(link, other, base) for other in predicted] for link in own]
    partner = dict(assignment(table))
    taken = set(partner.values())
    return [
        *((i, partner.get(i)) for i in range(len(own))),
        *((None, j) for j in range(len(predicted)) if j not in taken),
    ]


def _weight(link: Json, other: _Link, base: float) -> float:
    exact, right = _source(link, other)
    stance, cue = link["stance"] == other.stance, _cue(link, other)
    # of a right source the stance and the cue count twice: they are measured only there
    rest = (exact, right and stance, right and cue, stance, cue, link["kind"] == other.kind)
    weight = float(right)
    for fine in rest:
        weight = weight * base + fine
    return weight


def _source(link: Json, other: _Link) -> tuple[bool, bool]:
    """Whether the source's words are those of a mention, and whether they share a character with one."""
    if not other.sound:
        return False, False
    places = [(m["start"], m["end"]) for m in link["sources"]]
    if other.source is None or not places:
        none = other.source is None and not places
        return none, none
    return other.source in places, any(shared(other.source, place) for place in places)


def _cue(link: Json, other: _Link) -> bool:
    places = [(cue["start"], cue["end"]) for cue in link["cues"]]
    if other.cue is None:
        return other.sound_cue and not places
    return any(shared(other.cue, place) for place in places)


def _item(
    text: str | None, words: str, link: Json | None, other: _Link | None, attributes: Mapping[str, str]
) -> Item:
    kind = link["kind"] if link else (other.kind if other and other.kind else "none")
    stance = link["stance"] if link else (other.stance if other else "none")
    item = Item(
        {**attributes, "source_kind": kind, "stance": stance},
        {"gold": float(link is not None), "predicted": float(other is not None)},
    )
    if link is None or other is None:
        name = "missing" if link else "spurious"
        item.errors.append((name, words, _shown(text, link), _shown(text, other)))
        return item
    exact, right = _source(link, other)
    stance_right, cue_right = link["stance"] == other.stance, _cue(link, other)
    item.counts.update(
        {
            "source": float(right),
            "source exact": float(exact),
            "source stance": float(right and stance_right),
            "source cue": float(right and cue_right),
            "whole": float(right and stance_right and cue_right),
            "kind given": float(right and other.kind is not None),
            "kind": float(right and other.kind == link["kind"]),
            **(by_label("stance label", link["stance"], other.stance) if right else {}),
        }
    )
    for name, fine in (
        ("source", right),
        ("stance", stance_right or not right),
        ("cue", cue_right or not right),
    ):
        if not fine:
            item.errors.append((name, words, _shown(text, link), _shown(text, other)))
    return item


def _shown(text: str | None, link: Json | _Link | None) -> str:
    if link is None:
        return ""
    if isinstance(link, _Link):
        who, cue, kind, stance = link.source, link.cue, link.kind, link.stance
        who_words = "nobody" if who is None else repr(_words(text, who))
        cue_words = "" if cue is None else f", {_words(text, cue)!r}"
    else:
        places = [(m["start"], m["end"]) for m in link["sources"]]
        cues = [(m["start"], m["end"]) for m in link["cues"]]
        kind, stance = link["kind"], link["stance"]
        who_words = repr(_words(text, places[0])) if places else "nobody"
        cue_words = f", {_words(text, cues[0])!r}" if cues else ""
    return f"{who_words} ({kind or 'no kind'}) {stance}{cue_words}"


def _words(text: str | None, place: tuple[int, int]) -> str:
    return f"{place[0]}–{place[1]}" if text is None else text[place[0] : place[1]]
