"""Levels 4 to 6: what follows from another field, and what stands twice."""

from __future__ import annotations

from bilan.checks.coverage import identified
from bilan.fixing.case import Case, Repair, Turn, at, replaced, steps
from bilan.model import Json


def _participants(document: Json, case: Case) -> Turn | None:
    """B405: the same participant twice."""
    path = steps(case.incident.pointer)
    if path[-1] != "participants":
        return None
    once: list[Json] = []
    for participant in at(document, path):
        if participant not in once:
            once.append(participant)
    return replaced(document, case, once)


def _relation(document: Json, case: Case) -> Turn | None:
    """B407: the same relation twice, whatever its id; nothing points at a relation."""
    number = int(steps(case.incident.pointer)[1])
    relations = document["relations"]
    this = {key: value for key, value in relations[number].items() if key != "id"}
    earlier = [{k: v for k, v in other.items() if k != "id"} for other in relations[:number]]
    if this not in earlier:
        return None
    before = relations.pop(number)
    return Turn(before["id"], f"{relations[earlier.index(this)]['id']}, which says the same")


def _name(document: Json, case: Case) -> Turn | None:
    """B410: the entity is called by another of the names that the registry has for it."""
    path = steps(case.incident.pointer)
    if path[-1] != "name":
        return None
    entity = at(document, path[:-1])
    registry = case.context.registry
    entry = registry["actors"].get(entity["registry"]) or registry["places"].get(entity["registry"])
    if entry is None or entity["name"] not in (*entry["names"].values(), *entry["aliases"]):
        return None
    return replaced(document, case, entry["names"]["en"])


def _kind(document: Json, case: Case) -> Turn | None:
    """B412: with a clock or a part of day the kind is time."""
    path = steps(case.incident.pointer)
    time = at(document, path[:-1])
    if path[-1] != "kind" or time["kind"] != "date" or not (time["part"] or time["clock"]):
        return None
    return replaced(document, case, "time")


def _named(document: Json, case: Case) -> Turn | None:
    """B508: whether a source is named follows from the entity that speaks."""
    source = at(document, steps(case.incident.pointer)[:-1])
    entity = next((entity for entity in document["entities"] if entity["id"] == source["entity"]), None)
    return replaced(document, case, identified(entity)) if entity else None


def _sorted(document: Json, case: Case) -> Turn | None:
    """B603: entries of the registry in order of their ids, which stand once."""
    path = steps(case.incident.pointer)
    entries = document[path[0]]
    ids = [entry["id"] for entry in entries]
    if len(path) != 2 or len(set(ids)) != len(ids):
        return None
    entries.sort(key=lambda entry: entry["id"])
    moved = next(i for i, ident in enumerate(ids) if ident != entries[i]["id"])
    return Turn(ids[moved], entries[moved]["id"])


REPAIRS: dict[str, Repair] = {
    "B405": _participants,
    "B407": _relation,
    "B410": _name,
    "B412": _kind,
    "B508": _named,
    "B603": _sorted,
}
