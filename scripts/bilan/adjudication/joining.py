"""The records of several annotations of one text in one space of ids.

Records are the same where ``agreement.align`` aligns them; of three annotations each pair is aligned, and what is the
same as the same is the same, as long as no annotation has two of it. A record of the first annotation keeps its id
and its place; what only the others have is numbered on and stands behind what it stood behind.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

from bilan import model
from bilan.agreement import align
from bilan.diffing.form import PAGES, REFERENCES
from bilan.model import Json

Member = tuple[int, str]
"""Number of the annotation, from 0, and id of the record there."""


@dataclass(frozen=True)
class Joined:
    """``articles``: the annotations with the common ids in place of their own. ``order``: layer → common ids.
    ``ids``: common id → the id in each annotation, None where it has no such record."""

    articles: list[Json]
    order: dict[str, list[str]]
    ids: dict[str, tuple[str | None, ...]]

    def records(self, ident: str, layer: str) -> list[Json | None]:
        """The record of each annotation by its common id."""
        return [
            next((record for record in article[layer] if record["id"] == ident), None)
            for article in self.articles
        ]


def join(articles: Sequence[Json]) -> Joined:
    """Joins sound annotations of one text."""
    same: dict[str, list[tuple[Member, Member]]] = {layer: [] for layer in model.LAYERS}
    for i, j in combinations(range(len(articles)), 2):
        found = align.records(articles[i], articles[j])
        found["zones"] = _zones(articles[i], articles[j])
        for layer, pairs in found.items():
            same[layer] += [((i, a), (j, b)) for a, b in pairs.items()]
    tables: list[dict[str, str]] = [{} for _ in articles]
    order: dict[str, list[str]] = {}
    for layer in model.LAYERS:
        if layer == "relations":  # known by what they relate
            ends = [
                [_mapped(layer, r, table) for r in a[layer]]
                for a, table in zip(articles, tables, strict=True)
            ]
            same[layer] = list(_relations(ends))
        members = [[record["id"] for record in article[layer]] for article in articles]
        order[layer] = _numbered(layer, members, _clusters(members, same[layer]), tables)
    back = [{common: own for own, common in table.items()} for table in tables]
    ids = {
        common: tuple(table.get(common) for table in back)
        for layer in model.LAYERS
        for common in order[layer]
    }
    out = []
    for article, table in zip(articles, tables, strict=True):
        layers = {
            layer: [{**_mapped(layer, record, table), "id": table[record["id"]]} for record in article[layer]]
            for layer in model.LAYERS
        }
        out.append({**article, **layers})
    return Joined(out, order, ids)


def _zones(ours: Json, theirs: Json) -> dict[str, str]:
    pairs = align.one_to_one(
        ours["zones"], theirs["zones"], lambda a, b: align.likeness(align.place(a), align.place(b))
    )
    return {a["id"]: b["id"] for a, b in pairs}


def _relations(lists: list[list[Json]]) -> Iterator[tuple[Member, Member]]:
    """Relations between the same figures, first those of the same type."""
    for i, j in combinations(range(len(lists)), 2):
        left, right = list(lists[i]), list(lists[j])
        for keys in (("from", "to", "type"), ("from", "to")):
            for one in list(left):
                other = next((r for r in right if all(r[key] == one[key] for key in keys)), None)
                if other is not None:
                    left.remove(one)
                    right.remove(other)
                    yield (i, one["id"]), (j, other["id"])


def _clusters(
    members: list[list[str]], same: Iterable[tuple[Member, Member]]
) -> dict[Member, frozenset[Member]]:
    """Member → all that are the same as it; no annotation is in a cluster twice."""
    home = {(i, ident): frozenset({(i, ident)}) for i, some in enumerate(members) for ident in some}
    for one, other in same:
        a, b = home[one], home[other]
        if a is not b and not {i for i, _ in a} & {i for i, _ in b}:
            for member in a | b:
                home[member] = a | b
    return home


def _numbered(
    layer: str, members: list[list[str]], home: dict[Member, frozenset[Member]], tables: list[dict[str, str]]
) -> list[str]:
    """Common ids in order, and each annotation's table of its ids filled in."""
    prefix = model.PREFIXES[layer]
    order = list(members[0])
    names = {home[0, ident]: ident for ident in order}
    top = max((int(ident[len(prefix) :]) for ident in order), default=0)
    for i, some in enumerate(members):
        at = -1
        for ident in some:
            cluster = home[i, ident]
            if cluster in names:
                at = order.index(names[cluster])
            else:
                top, at = top + 1, at + 1
                names[cluster] = f"{prefix}{top}"
                order.insert(at, names[cluster])
            tables[i][ident] = names[cluster]
    return order


def _mapped(layer: str, record: Json, table: dict[str, str]) -> Json:
    """The record with the ids of the table in its references."""
    out = dict(record)
    for field, how in REFERENCES.get(layer, {}).items():
        value = record[field]
        if how in PAGES or value is None:
            continue
        if how == "entity":
            out[field] = [{**one, "entity": table[one["entity"]]} for one in value]
        else:
            out[field] = [table[one] for one in value] if isinstance(value, list) else table[value]
    return out
