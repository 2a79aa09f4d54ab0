"""What changed between two corpora: stories, articles, registry entries, each matched by its id."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson

from bilan import upgrade
from bilan.corpus import REGISTRIES, Corpus
from bilan.diffing import article, fields, form, pairs, words
from bilan.diffing.article import StoryIds
from bilan.diffing.changes import Diff, DocumentChange, RecordChange
from bilan.model import Json

STORY_LISTS = {"events": ("type", "date"), "references": ("url", "publisher")}
"""A story's lists → fields in one of which two records with one id agree that are the same thing."""


def compare(old: Corpus, new: Corpus) -> Diff:
    """How one corpus differs from another. Documents of an older shape are brought to today's first.

    Pure: nothing is read or changed. Documents must have passed the checks; of others a KeyError or TypeError may come.
    """
    ours, theirs = upgrade.corpus(old), upgrade.corpus(new)
    stories, ids = _stories(ours.stories, theirs.stories)
    articles, released = _articles(ours, theirs, ids)
    registry = _registry(ours.registry, theirs.registry)
    return Diff(stories, articles, registry, released, _reshaped(old, new, ours, theirs))


def equal(old: Json, new: Json) -> bool:
    """Whether two documents have the same canonical hash."""
    if old is new:
        return True
    try:
        if orjson.dumps(old) == orjson.dumps(new):  # one order of keys: the common case, and the quick one
            return True
    except TypeError:  # an integer beyond 64 bits
        pass
    return old == new and form.key(old) == form.key(new)


# --- stories -----------------------------------------------------------------------------------------------


def _stories(
    old: Mapping[str, Json], new: Mapping[str, Json]
) -> tuple[tuple[DocumentChange, ...], dict[str, StoryIds]]:
    out: list[DocumentChange] = []
    ids: dict[str, StoryIds] = {}
    for ident in sorted({*old, *new}):
        if ident not in new:
            out.append(DocumentChange(ident, "removed", _title(old[ident])))
        elif ident not in old:
            out.append(DocumentChange(ident, "added", _title(new[ident])))
        elif not equal(old[ident], new[ident]):
            change, ids[ident] = _story(old[ident], new[ident])
            out.append(change)
    return tuple(out), ids


def _title(story: Json) -> str:
    return words.short(str(story["title"]["en"]), 90)


def _story(old: Json, new: Json) -> tuple[DocumentChange, StoryIds]:
    found: dict[str, dict[str, str]] = {}
    records: list[RecordChange] = []
    reordered: list[str] = []
    for layer, same in STORY_LISTS.items():
        matched = pairs.pair_by_id(layer, old[layer], new[layer], same)
        found[layer] = {old[layer][i]["id"]: new[layer][j]["id"] for i, j in matched}
        order = [j for _, j in matched]
        # the first event of a story is its main one, so that a new one before it is more than an addition
        if sorted(order) != order or (layer == "events" and order != list(range(len(order)))):
            reordered.append(layer)
        records.extend(_story_records(layer, old[layer], new[layer], matched, found[layer], reordered))
    changes = [
        fields.scalar(field, old.get(field), new.get(field))
        for field in dict.fromkeys((*old, *new))
        if field not in STORY_LISTS
        and (not fields.same(old.get(field), new.get(field)) or (field in old) != (field in new))
    ]
    if not (changes or records or reordered):
        changes.append(fields.notation())
    change = DocumentChange(
        new["id"], "changed", _title(new), tuple(changes), tuple(records), reordered=tuple(reordered)
    )
    return change, StoryIds(found["references"], found["events"])


def _story_records(
    layer: str, old: list[Json], new: list[Json], matched: pairs.Pairs, ids: form.Ids, reordered: list[str]
) -> list[RecordChange]:
    names = tuple({one["id"]: (layer, one) for one in some} for some in (old, new))
    out = []
    for i, j in matched:
        changes, moved = fields.compare(layer, old[i], old[i], new[j], ids, {}, (names[0], names[1]))
        reordered.extend(f"{new[j]['id']} {field}" for field in moved)
        if changes or old[i]["id"] != new[j]["id"]:
            kind = "changed" if changes else "renumbered"
            what = words.record(layer, new[j])
            out.append(RecordChange(layer, kind, old[i]["id"], new[j]["id"], what, tuple(changes)))
    ours, theirs = {i for i, _ in matched}, {j for _, j in matched}
    out += [
        RecordChange(layer, "removed", one["id"], None, words.record(layer, one))
        for i, one in enumerate(old)
        if i not in ours
    ]
    out += [
        RecordChange(layer, "added", None, one["id"], words.record(layer, one))
        for j, one in enumerate(new)
        if j not in theirs
    ]
    return out


# --- articles ----------------------------------------------------------------------------------------------


def _articles(
    old: Corpus, new: Corpus, ids: Mapping[str, StoryIds]
) -> tuple[tuple[DocumentChange, ...], tuple[tuple[str, str], ...]]:
    out: list[DocumentChange] = []
    released: list[tuple[str, str]] = []
    for ident in sorted({*old.articles, *new.articles}):
        ours, theirs = old.articles.get(ident), new.articles.get(ident)
        if theirs is None or ours is None:
            kind, one = ("removed", ours) if theirs is None else ("added", theirs)
            assert one is not None
            out.append(DocumentChange(ident, kind, _headline(one)))
            continue
        change = None
        if not equal(ours, theirs):
            if ours["added_in"] is None and theirs["added_in"] is not None:
                released.append((ident, theirs["added_in"]))
                ours = {**ours, "added_in": theirs["added_in"]}
            change = article.compare(ours, theirs, ids.get(theirs["story"]) or _same_ids(ours))
        moved = (_split(old, ours), _split(new, theirs))
        if moved[0] != moved[1]:
            change = change or DocumentChange(ident, "moved")
            change = _with(change, moved=moved)
        if change:
            out.append(_with(change, title=_headline(theirs)))
    return tuple(out), tuple(released)


def _with(change: DocumentChange, **more: Any) -> DocumentChange:
    from dataclasses import replace

    return replace(change, **more)


def _split(data: Corpus, one: Json) -> str:
    if one["text"]["access"] == "withheld":
        return "wild"
    story = data.stories.get(one["story"])
    return str(story["split"]) if story else "none"


def _headline(one: Json) -> str:
    content = one["text"].get("content")
    if isinstance(content, str):
        return words.short(content.split("\n", 1)[0], 90)
    return words.short(str((one["record"] or {}).get("title") or "text withheld"), 90)


def _same_ids(one: Json) -> StoryIds:
    """Ids of a story that did not change mean what they meant."""
    pages = {*one["references"], *(a["reference"] for a in one["attributions"])}
    pages.update(page for figure in one["figures"] for page in figure["references"])
    events = {event["story_event"] for event in one["events"]}
    return StoryIds({p: p for p in pages if p}, {e: e for e in events if e})


# --- registry ----------------------------------------------------------------------------------------------


def _registry(old: Mapping[str, Json], new: Mapping[str, Json]) -> tuple[DocumentChange, ...]:
    out: list[DocumentChange] = []
    for kind in REGISTRIES:
        ours = {entry["id"]: entry for entry in old[kind][kind]}
        theirs = {entry["id"]: entry for entry in new[kind][kind]}
        for ident in sorted({*ours, *theirs}):
            name = f"{kind}/{ident}"
            if ident not in theirs:
                out.append(DocumentChange(name, "removed", _name(ours[ident])))
            elif ident not in ours:
                out.append(DocumentChange(name, "added", _name(theirs[ident])))
            elif not equal(ours[ident], theirs[ident]):
                out.append(_entry(name, ours[ident], theirs[ident]))
    return tuple(out)


def _name(entry: Json) -> str:
    return str(entry["name"] if "name" in entry else entry["names"]["en"])


def _entry(name: str, old: Json, new: Json) -> DocumentChange:
    changes = []
    for field in dict.fromkeys((*old, *new)):
        ours, theirs = old.get(field), new.get(field)
        if fields.same(ours, theirs) and (field in old) == (field in new):
            continue
        if field == "aliases" and isinstance(ours, list) and isinstance(theirs, list):
            found = fields.id_list(field, ours, theirs, {one: one for one in ours}, ({}, {}))
            changes.append(found or fields.scalar(field, ours, theirs))
        else:
            changes.append(fields.scalar(field, ours, theirs))
    if not changes:
        changes.append(fields.notation())
    return DocumentChange(name, "changed", _name(new), tuple(changes))


# --- shape -------------------------------------------------------------------------------------------------


def _reshaped(old: Corpus, new: Corpus, ours: Corpus, theirs: Corpus) -> tuple[str, ...]:
    """Documents that say the same in today's shape (``ours``, ``theirs``) and did not have one shape before."""
    out = []
    for what in ("articles", "stories"):
        before, after = getattr(old, what), getattr(new, what)
        first, second = getattr(ours, what), getattr(theirs, what)
        for ident in sorted(first.keys() & second.keys()):
            touched = first[ident] is not before[ident] or second[ident] is not after[ident]
            if touched and not equal(before[ident], after[ident]) and equal(first[ident], second[ident]):
                out.append(f"{what}/{ident}")
    return tuple(out)
