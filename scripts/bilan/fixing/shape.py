"""Level 2: labels, fields and values of which only the writing differs from what the schema wants."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from bilan import model
from bilan.fixing.case import Case, Repair, Turn, at, replaced, steps
from bilan.model import Json

_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]{0,14})(?:\.[0-9]{1,6})?")
_WORDS = {"true": True, "false": False}


def _bare(name: str) -> str:
    """A name without what people write differently: case, hyphens, underscores, spaces."""
    return re.sub(r"[-_\s]+", "", name).lower()


def _field(document: Json, case: Case) -> Turn | None:
    """B202: another writing of a field that is missing."""
    if case.error.validator != "additionalProperties":
        return None
    path = steps(case.incident.pointer)
    holder, given = at(document, path[:-1]), path[-1]
    known = case.error.schema.get("properties", {})
    meant = [name for name in known if name not in holder and _bare(name) == _bare(given)]
    if len(meant) != 1 or sum(_bare(name) == _bare(given) for name in holder) != 1:
        return None
    renamed = {meant[0] if name == given else name: value for name, value in holder.items()}
    holder.clear()
    holder.update(renamed)
    return Turn(given, meant[0])


def _type(document: Json, case: Case) -> Turn | None:
    """B203: a number or a truth value in quotes, one item without its list."""
    if case.error.validator != "type":
        return None
    value, rule = case.error.instance, case.error.validator_value
    wanted = {rule} if isinstance(rule, str) else set(rule)
    if isinstance(value, str) and "string" not in wanted:
        if wanted & {"number", "integer"} and _NUMBER.fullmatch(value):
            return replaced(document, case, float(value) if "." in value else int(value))
        if "boolean" in wanted and value in _WORDS:
            return replaced(document, case, _WORDS[value])
    if "array" in wanted and isinstance(value, (str, dict)):
        return replaced(document, case, [value])
    return None


def _label(document: Json, case: Case) -> Turn | None:
    """B204: another writing of a label."""
    value, rule = case.error.instance, case.error.validator_value
    labels = rule if isinstance(rule, list) else [rule]
    if not isinstance(value, str):
        return None
    meant = [label for label in labels if isinstance(label, str) and _bare(label) == _bare(value)]
    return replaced(document, case, meant[0]) if len(meant) == 1 else None


def _form(document: Json, case: Case) -> Turn | None:
    """B205: white space around a value; the case of ids, codes and hashes, never that of an address."""
    value, rule = case.error.instance, case.error.validator_value
    if case.error.validator != "pattern" or not isinstance(value, str):
        return None
    bare = value.strip()
    forms = [bare] if re.search(r"[:/]", bare) else [bare, bare.lower(), bare.upper()]
    fitting = next((form for form in forms if re.search(rule, form)), None)
    if fitting is None or sum(fitting == ident.strip().lower() for ident in _ids(document)) > 1:
        return None  # e1 and E1: which of the two is meant cannot be told
    return replaced(document, case, fitting)


def _ids(document: Any) -> Iterator[str]:
    """Ids of the records of an article or a story, as they are written."""
    layers = (*model.LAYERS, "references") if isinstance(document, dict) else ()
    for layer in layers:
        records = document.get(layer)
        for record in records if isinstance(records, list) else ():
            if isinstance(record, dict) and isinstance(record.get("id"), str):
                yield record["id"]


def _twice(document: Json, case: Case) -> Turn | None:
    """B207: a list that holds an item twice."""
    if case.error.validator != "uniqueItems":
        return None
    once: list[Any] = []
    for item in case.error.instance:
        if item not in once:
            once.append(item)
    return replaced(document, case, once)


REPAIRS: dict[str, Repair] = {
    "B202": _field,
    "B203": _type,
    "B204": _label,
    "B205": _form,
    "B207": _twice,
}
