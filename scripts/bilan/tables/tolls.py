"""Table ``tolls``: one row a claim, by story event, measure and entity, with what databases make of them.

A *claim* is a figure of scope event, in the words of one source; without a source it is the article's own
voice. Every claim keeps its row. Beside it stand three reductions, computed over the claims that it can be
compared with:

* ``interval``: the lowest low and the highest high;
* ``acled_conservative``: the lowest of the claimed numbers, where tens are 10, dozens 12 and hundreds 100. A
  bound from above ("up to 200") is used only if nothing else is claimed, a denial never;
* ``latest``: for each kind of source its last claim, by ``date``.

What can be compared? Claims of the same toll and unit whose ``of`` is the same or contains the other one. Where
the toll has no entity, only people and civilians are compared across labels: "a child" or "three policemen" is
one group among the dead, and would else be the least toll of the event. A *part* is compared only with parts of
the very same ``of``: a figure that is ``part_of`` another of the same event (those present and casualties left
aside: the dead among them are all of the dead), that stands in one breath with an incomparable one ("12 soldiers
and 3 civilians": neither is the whole toll), or that counts a part of the event where the article counts the
whole as well.
Words that say "more than one" and no more ("several", "numerous") keep their row and count in no reduction.
Claims that go back to the same reference, through ``derived_from``, and say the same are one claim: only the
first is counted.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bilan.labels import comparable, names
from bilan.model import Json
from bilan.tables.articles import own_reference
from bilan.tables.views import View

NOT_ASSERTED = ("not_verified", "no_comment")
"""Stances that put no number forward."""

FROM_ABOVE = ("at_most", "less_than")
"""Modifiers that give a bound from above only."""

VAGUE = {20: 10, 24: 12, 40: 20, 200: 100, 2000: 1000, 20000: 10000, 200000: 100000}
"""Least value of a vague number word → its conservative value: tens 10, dozens 12, hundreds 100, …"""

ENCLOSING = ("present", "participants", "casualties")
"""Measures of those among whom one counts: the dead of 60 workers present are not a part of the dead."""

WHOLE = {"people", "civilians"}
"""What the toll of an event is said to count where nobody says whose people they are."""


@dataclass(frozen=True, slots=True)
class _Story:
    """What the rows of one article look up: events and references of its story, and the one that it is itself."""

    events: dict[str, Json]
    references: dict[str | None, Json]
    own: str | None


@dataclass(slots=True)
class _Claim:
    row: Json
    view: View
    figure: Json
    order: tuple[Any, ...]
    superseded: bool
    speaker: str | None
    series: int
    """Number of the series of revised figures in its article: a newer toll does not contradict the older one."""

    @property
    def copy_key(self) -> tuple[Any, ...]:
        row = self.row
        said = (row["of"], row["unit"], row["stated"], row["low"], row["high"], row["part"])
        # an unnamed source is worded anew by every page; its kind is all there is
        return (row["root"], row["source_kind"], self.speaker, row["asserts"], said)


def rows(views: Sequence[View]) -> list[tuple[str, Json]]:
    """(split, row) of every claim of one story's articles. ``views`` are in the order of the table."""
    groups: dict[tuple[Any, ...], list[_Claim]] = {}
    for position, view in enumerate(views):
        for key, claim in _claims(view, position):
            groups.setdefault(key, []).append(claim)
    out: list[tuple[str, Json]] = []
    for key in sorted(groups):
        claims = sorted(groups[key], key=lambda claim: claim.order)
        _reduce(claims)
        out.extend((claim.view.split, claim.row) for claim in claims)
    return out


# --- claims ----------------------------------------------------------------------------------------------


def _claims(view: View, position: int) -> Iterable[tuple[tuple[Any, ...], _Claim]]:
    story = _Story(
        events={event["id"]: event for event in view.story["events"]},
        references={reference["id"]: reference for reference in view.story["references"]},
        own=own_reference(view),
    )
    event_order = {ident: i for i, ident in enumerate(story.events)}
    measures = names("measure")
    parts = _parts(view)
    series = _series(view)
    updated = {relation["to"] for relation in view.article["relations"] if relation["type"] == "updates"}
    for figure in sorted(view.article["figures"], key=lambda f: (f["start"], f["end"])):
        story_event = _story_event(view, figure)
        if story_event is None:
            continue
        key = _entity_key(view, figure)
        group = (
            event_order.get(story_event, len(event_order)),
            measures.index(figure["measure"]),
            key or "",
            story_event,
        )
        said = list(view.spoken(figure["id"]))
        if not any(_asserts(figure, attribution) for attribution, _ in said):
            said.insert(0, ({}, {}))  # nobody puts it forward but the article itself
        for attribution, source in said:
            row = _row(view, story, figure, attribution, source)
            row["part"] = figure["id"] in parts
            order = (row["date"] or "", position, figure["start"], row["id"])
            speaker = _entity_key(view, source) if source else None
            superseded = figure["id"] in updated
            yield group, _Claim(row, view, figure, order, superseded, speaker, series[figure["id"]])


def _series(view: View) -> dict[str, int]:
    """Figure → number of its series: figures joined by updates and restates, over however many steps."""
    number = {figure["id"]: i for i, figure in enumerate(view.article["figures"])}
    for relation in view.article["relations"]:
        if relation["type"] in ("updates", "restates"):
            old, new = number[relation["from"]], number[relation["to"]]
            number = {ident: new if value == old else value for ident, value in number.items()}
    return number


def _story_event(view: View, figure: Json) -> str | None:
    """The story's event that a figure counts; None keeps it out of the tolls."""
    if figure["scope"] != "event" or figure["event"] is None:
        return None
    story_event: str | None = view.by_id[figure["event"]]["story_event"]
    return story_event


def _entity_key(view: View, record: Json) -> str | None:
    """What a figure's or source's entity is called in every article."""
    entity = view.get(record["entity"])
    if entity is None:
        return None
    return str(entity["registry"] or f"{entity['type']}:{entity['name'].casefold()}")


def _asserts(figure: Json, attribution: Json) -> bool:
    """Whether a source puts the number forward; who denies any losses states the zero."""
    stance = attribution["stance"]
    return stance not in NOT_ASSERTED and (stance != "denies" or figure["high"] == 0)


def _parts(view: View) -> set[str]:
    """Figures that count a part of a toll only."""
    parts = {
        relation["from"]
        for relation in view.article["relations"]
        if relation["type"] == "part_of" and _of_one_toll(view, relation)
    }
    tolls: dict[tuple[Any, ...], list[Json]] = {}
    for figure in view.article["figures"]:
        if _story_event(view, figure) is not None and figure["id"] not in parts:
            tolls.setdefault(_toll_key(view, figure), []).append(figure)
    for together in tolls.values():
        for figure in together:
            said, larger = _said(view, figure), _larger_events(view, figure["event"])
            for other in together:
                alike = comparable(figure["of"], other["of"])
                if (not alike and said == _said(view, other)) or (alike and other["event"] in larger):
                    parts.add(figure["id"])
    return parts


def _toll_key(view: View, figure: Json) -> tuple[Any, ...]:
    return (_story_event(view, figure), figure["measure"], _entity_key(view, figure), figure["unit"])


def _of_one_toll(view: View, relation: Json) -> bool:
    """Whether the part is one of its own toll too: "30 of the 100 dead fell in B" is the whole toll of B, "21 fell
    in B, and one more" are not."""
    part, whole = view.by_id[relation["from"]], view.by_id[relation["to"]]
    if _story_event(view, part) == _story_event(view, whole):
        return part["measure"] == whole["measure"] or whole["measure"] not in ENCLOSING
    others = (
        other for other in view.article["relations"] if other["type"] == "part_of" and other is not relation
    )
    siblings = (view.by_id[other["from"]] for other in others if other["to"] == relation["to"])
    return any(_toll_key(view, part) == _toll_key(view, sibling) for sibling in siblings)


def _said(view: View, figure: Json) -> set[str]:
    """The statements in which a figure stands."""
    return {attribution["id"] for attribution in view.holders.get(figure["id"], ())}


def _larger_events(view: View, ident: str) -> set[str]:
    """The events of the article that an event is part of."""
    found: set[str] = set()
    larger = view.by_id[ident]["part_of"]
    while larger is not None and larger not in found:
        found.add(larger)
        larger = view.by_id[larger]["part_of"]
    return found


def _row(view: View, story: _Story, figure: Json, attribution: Json, source: Json) -> Json:
    story_event = str(_story_event(view, figure))
    event = story.events.get(story_event, {})
    key = _entity_key(view, figure)
    entity = view.get(figure["entity"]) or {}
    reference = attribution.get("reference") or next(iter(figure["references"]), None) or story.own
    page = story.references.get(reference, {})
    claim = [view.id, figure["id"]] + ([attribution["id"], source["id"]] if attribution else [])
    return {
        "id": "/".join(claim),
        "toll": "/".join((view.story["id"], story_event, figure["measure"], key or "-")),
        "story": view.story["id"],
        "subset": view.story["subset"],
        "country": view.story["country"],
        "story_event": story_event,
        "event_type": event.get("type"),
        "event_date": event.get("date"),
        "event_place": event.get("place"),
        "measure": figure["measure"],
        "entity": key,
        "entity_type": entity.get("type"),
        "entity_name": entity.get("name"),
        "article": view.id,
        "lang": view.article["lang"],
        "figure": figure["id"],
        "surface": figure.get("surface"),
        "of": figure["of"],
        "stated": figure["stated"],
        "low": figure["low"],
        "high": figure["high"],
        "modifier": figure["modifier"],
        "unit": figure["unit"],
        "attribution": attribution.get("id"),
        "stance": attribution.get("stance"),
        "asserts": not attribution or _asserts(figure, attribution),
        "hedged": attribution.get("hedged", False),
        "source": source.get("id"),
        "source_kind": source.get("kind"),
        "source_form": source.get("form"),
        "source_named": source.get("named"),
        "source_name": view.source_name(source) if source else None,
        "through": view.through(attribution["id"]) if attribution else [],
        "said": attribution.get("said"),
        "published": view.article["published"],
        "reference": reference,
        "publisher": page.get("publisher"),
        "reference_date": page.get("date"),
        "date": last_day(attribution.get("said") or page.get("date") or view.article["published"]),
        "root": root(reference, story.references) or view.id,
    }


def root(reference: str | None, known: Mapping[str | None, Json]) -> str | None:
    """The reference from which a reference derives in the end."""
    seen: set[str] = set()
    while reference is not None and reference not in seen:
        seen.add(reference)
        origin = known.get(reference, {}).get("derived_from")
        if origin is None:
            break
        reference = origin
    return reference


def last_day(edtf: str | None) -> str | None:
    """The end of an EDTF value as far as it is known, so that it sorts: 2021-06-04/2021-06-05 → the 5th."""
    if edtf is None:
        return None
    known = [edge for edge in edtf.split("/") if edge not in ("..", "")]
    return re.sub(r"[~?%]", "", known[-1]) if known else None


# --- reductions ------------------------------------------------------------------------------------------


def _reduce(claims: list[_Claim]) -> None:
    """Fills in the columns that depend on the other claims of the toll."""
    seen: set[tuple[Any, ...]] = set()
    for claim in claims:
        claim.row["counted"] = claim.copy_key not in seen
        seen.add(claim.copy_key)
    used = [c for c in claims if c.row["counted"] and c.row["asserts"] and quantified(c.row)]
    done: dict[tuple[Any, ...], tuple[list[_Claim], Json]] = {}
    for claim in claims:
        row = claim.row
        counts = (row["of"], row["unit"], row["part"])
        if counts not in done:
            peers = [other for other in used if compare(row, other.row)]
            done[counts] = (peers, _reductions(peers))
        peers, reductions = done[counts]
        row.update(reductions)
        row["contradicts"] = [o.row["id"] for o in peers if row["asserts"] and _contradict(claim, o)]


def quantified(row: Json) -> bool:
    """Whether a claim says more than "more than one"."""
    return bool(row["modifier"] != "indefinite" or row["low"] > 2 or row["high"] is not None)


def _reductions(peers: list[_Claim]) -> Json:
    """What databases make of the claims."""
    highs = [peer.row["high"] for peer in peers]
    return {
        "interval_low": min((peer.row["low"] for peer in peers), default=None),
        "interval_high": max(highs) if highs and None not in highs else None,
        "acled_conservative": conservative(peer.row for peer in peers),
        "latest": _latest(peers),
    }


def compare(a: Json, b: Json) -> bool:
    """Whether two claims of a toll count the same. Each has entity, of, unit and part."""
    if a["unit"] != b["unit"] or a["part"] != b["part"]:
        return False
    if a["of"] == b["of"]:
        return True
    if a["part"]:
        return False
    if a["entity"] is None:
        return {a["of"], b["of"]} == WHOLE
    return comparable(a["of"], b["of"])


def disjoint(a: Json, b: Json) -> bool:
    """Whether no number fits both claims."""
    return (a["high"] is not None and a["high"] < b["low"]) or (
        b["high"] is not None and b["high"] < a["low"]
    )


def _contradict(a: _Claim, b: _Claim) -> bool:
    if not disjoint(a.row, b.row):
        return False
    return a.view is not b.view or a.series != b.series


def conservative(claims: Iterable[Json]) -> float | None:
    """The most conservative of the claimed numbers, vague words read as the field reads them."""
    from_below, from_above = [], []
    for claim in claims:
        if claim["stance"] == "denies":
            continue
        if claim["modifier"] in FROM_ABOVE:
            from_above.append(claim["high"])
        else:
            from_below.append(point(claim))
    return min(from_below or from_above, default=None)


def point(claim: Json) -> float:
    """The one number of a claim: as stated, else the least that a range or a vague word stands for in the field."""
    low: float = claim["low"]
    if claim["stated"] is not None:
        return float(claim["stated"])
    return low if claim["modifier"] == "range" else VAGUE.get(int(low), low)


def _latest(peers: list[_Claim]) -> list[Json]:
    """For each kind of source its last claim; the article's own voice has kind null and stands first."""
    by_kind: dict[str | None, _Claim] = {}
    for claim in peers:
        kind = claim.row["source_kind"]
        best = by_kind.get(kind)
        # a figure that its own article replaces gives way, whatever its date
        if best is None or (not claim.superseded, claim.order) > (not best.superseded, best.order):
            by_kind[kind] = claim
    order = (None, *names("source_kind"))
    return [
        {
            "source_kind": kind,
            "claim": by_kind[kind].row["id"],
            "date": by_kind[kind].row["date"],
            "stated": by_kind[kind].row["stated"],
            "low": by_kind[kind].row["low"],
            "high": by_kind[kind].row["high"],
        }
        for kind in order
        if kind in by_kind
    ]
