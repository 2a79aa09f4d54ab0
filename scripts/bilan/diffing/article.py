"""What changed inside an article."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bilan.diffing import fields, form, pairs, words
from bilan.diffing.carry import Carrier
from bilan.diffing.changes import Change, DocumentChange, RecordChange, Shift
from bilan.model import LAYERS, SELF_SPANNED, SPAN_LISTS, Json


@dataclass(frozen=True)
class StoryIds:
    """Old id → new id of a story's references and events: what its articles mean by theirs."""

    references: Mapping[str, str]
    events: Mapping[str, str]

    @property
    def all(self) -> dict[str, str]:
        return {**self.events, **self.references}  # ids of pages are r1, r2 …; an event is never called so


def compare(old: Json, new: Json, story: StoryIds) -> DocumentChange | None:
    """What differs between two versions of an article; None if they say the same in the same order."""
    ours, theirs = old["text"].get("content"), new["text"].get("content")
    texts = isinstance(ours, str) and isinstance(theirs, str)
    carrier = Carrier(ours, theirs) if texts else Carrier("", "")
    walk = _Walk(carrier, story.all)
    for layer in LAYERS:
        walk.layer(layer, old[layer], new[layer])
    walk.finish()
    changes = _own_fields(old, new, story, walk.reordered)
    if not (changes or walk.records or carrier.changes or walk.reordered):
        if form.key(old) == form.key(new):
            return None
        if any(ident != other for ident, other in story.all.items()):
            changes.append(
                Change("references", None, None, "ids of the story", "the same pages and events by new ids")
            )
        else:  # 41 and 41.0, 1 and true: equal to Python, other bytes, and so another document
            changes.append(fields.notation())
    shifts = tuple(Shift(by, count) for by, count in sorted(walk.shifts.items()))
    return DocumentChange(
        new["id"],
        "changed",
        changes=tuple(changes),
        records=tuple(walk.records),
        text=carrier.changes,
        shifts=shifts,
        reordered=tuple(walk.reordered),
    )


class _Walk:
    """Goes through the layers in the order in which they refer to one another."""

    def __init__(self, carrier: Carrier, story: Mapping[str, str]) -> None:
        self.carrier, self.story = carrier, story
        self.ids: dict[str, str] = {}
        self.straight = all(ident == other for ident, other in story.items())
        """Whether every id means the same record in both, as far as known."""
        self.shifts: Counter[int] = Counter()
        self.records: list[RecordChange] = []
        self.reordered: list[str] = []
        self._lists: list[tuple[str, Sequence[Json], Sequence[Json]]] = []
        self._later: list[tuple[str, Json, Json, Json]] = []

    def layer(self, layer: str, old: Sequence[Json], new: Sequence[Json]) -> None:
        if self.straight and self.carrier.identical and old == new:
            self.ids.update((one["id"], one["id"]) for one in old)
            self._lists.append((layer, old, new))
            return
        self._lists.append((layer, old, new))
        carried = [self._carry(layer, one) for one in old]
        found, equal = self._pair(layer, carried, new)
        self.ids.update((old[i]["id"], new[j]["id"]) for i, j in found)
        ours, theirs = {i for i, _ in found}, {j for _, j in found}
        came = {new[j]["id"] for j in range(len(new)) if j not in theirs}
        straight = all(old[i]["id"] == new[j]["id"] for i, j in found)
        if came:  # an id may now stand for something else
            straight = straight and not any(one["id"] in came for i, one in enumerate(old) if i not in ours)
        self.straight = self.straight and straight
        if sorted(order := [j for _, j in found]) != order:
            self.reordered.append(layer)
        for i, one in enumerate(old):
            if i not in ours:
                self.records.append(RecordChange(layer, "removed", one["id"], None, words.record(layer, one)))
        for j, one in enumerate(new):
            if j not in theirs:
                self.records.append(RecordChange(layer, "added", None, one["id"], words.record(layer, one)))
        for i, j in found:
            if not (self.straight and i in equal):
                self._later.append((layer, old[i], carried[i], new[j]))

    def finish(self) -> None:
        """Compares the pairs, now that every id is known, and puts the findings in order."""
        names = self._names() if self._later else ({}, {})
        for layer, old, carried, new in self._later:
            changes, reordered = fields.compare(layer, old, carried, new, self.ids, self.story, names)
            self.reordered.extend(f"{new['id']} {field}" for field in reordered)
            if changes or old["id"] != new["id"]:
                kind = "changed" if changes else "renumbered"
                what = words.record(layer, new)
                self.records.append(RecordChange(layer, kind, old["id"], new["id"], what, tuple(changes)))
        self.records.sort(key=_order)

    def _pair(self, layer: str, old: Sequence[Json], new: Sequence[Json]) -> tuple[pairs.Pairs, set[int]]:
        """The pairs, and which of the old records are equal to their partner, id and all."""
        equal: dict[int, int] = {}
        if self.straight:  # only then do equal references mean the same
            by_id = {one["id"]: j for j, one in enumerate(new)}
            for i, one in enumerate(old):
                j = by_id.get(one["id"])
                if j is not None and new[j] == one:
                    equal[i] = j
            if len(set(equal.values())) < len(equal):  # an id stands twice: no checked article does that
                equal = {}
        ours = [i for i in range(len(old)) if i not in equal]
        taken = set(equal.values())
        theirs = [j for j in range(len(new)) if j not in taken]
        ids = {**self.ids, **{old[i]["id"]: new[j]["id"] for i, j in equal.items()}}
        rest = pairs.pair(layer, [old[i] for i in ours], [new[j] for j in theirs], ids, self.story)
        return sorted([*equal.items(), *((ours[i], theirs[j]) for i, j in rest)]), set(equal)

    def _carry(self, layer: str, record: Json) -> Json:
        if self.carrier.identical:
            return record
        if layer in SELF_SPANNED:
            return self._moved(record)
        lists = {field: [self._moved(span) for span in record[field]] for field in SPAN_LISTS.get(layer, ())}
        return {**record, **lists} if lists else record

    def _moved(self, span: Json) -> Json:
        start, end, exact = self.carrier.span(span["start"], span["end"])
        if exact and start != span["start"]:
            self.shifts[start - span["start"]] += 1
        return {**span, "start": start, "end": end}

    def _names(self) -> fields.Names:
        """Id → layer and record, in the old and in the new article."""
        names: tuple[dict[str, fields.Named], dict[str, fields.Named]] = ({}, {})
        for layer, old, new in self._lists:
            for known, some in zip(names, (old, new), strict=True):
                known.update((one["id"], (layer, one)) for one in some)
        return names


_KINDS = ("changed", "renumbered", "removed", "added")


def _order(record: RecordChange) -> tuple[int, int, int, str]:
    ident = record.new_id or record.old_id or ""
    digits = "".join(filter(str.isdigit, ident)) or "0"
    return LAYERS.index(record.layer), _KINDS.index(record.kind), int(digits), ident


def _own_fields(old: Json, new: Json, story: StoryIds, reordered: list[str]) -> list[Change]:
    """Changes of the article's own fields, of its text's metadata and of the layers' provenance."""
    changes: list[Change] = []
    for field in dict.fromkeys((*old, *new)):
        if field in LAYERS:
            continue
        ours, theirs = old.get(field), new.get(field)
        if field == "references":
            found = fields.id_list(field, ours, theirs, story.references, ({}, {}))
            if found is not None:
                changes.append(found)
            elif [story.references.get(r, r) for r in ours or ()] != theirs:
                reordered.append(field)
        elif (
            field in ("text", "provenance", "record") and isinstance(ours, dict) and isinstance(theirs, dict)
        ):
            changes.extend(_nested(field, ours, theirs))
        elif not fields.same(ours, theirs) or (field in old) != (field in new):
            changes.append(fields.scalar(field, ours, theirs))
    return changes


def _nested(field: str, old: Json, new: Json) -> list[Change]:
    out: list[Change] = []
    rewritten = field == "text" and old.get("content") != new.get("content")
    for key in dict.fromkeys((*old, *new)):
        ours, theirs = old.get(key), new.get(key)
        if rewritten and key in ("length", "sha256"):
            continue  # they follow from the text
        if rewritten and key == "content":
            if ours is None or theirs is None:
                shown = ["none" if one is None else f"{len(one):,} code points" for one in (ours, theirs)]
                out.append(Change("text/content", ours, theirs, shown[0], shown[1]))
            continue
        if field == "provenance" and isinstance(ours, dict) and isinstance(theirs, dict):
            for part in dict.fromkeys((*ours, *theirs)):
                if not fields.same(ours.get(part), theirs.get(part)):
                    out.append(fields.scalar(f"{field}/{key}/{part}", ours.get(part), theirs.get(part)))
        elif not fields.same(ours, theirs) or (key in old) != (key in new):
            out.append(fields.scalar(f"{field}/{key}", ours, theirs))
    return out
