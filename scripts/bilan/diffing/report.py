"""A difference told: as text for a terminal, as Markdown for notes on a release, as JSON for programs."""

from __future__ import annotations

import dataclasses
import json
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from string import ascii_lowercase

from bilan import stats
from bilan.diffing import rule
from bilan.diffing.changes import LAYERS, Change, Diff, DocumentChange, RecordChange, layer_of
from bilan.diffing.words import quoted
from bilan.model import PREFIXES, Json

DOCUMENTS = ("stories", "articles", "registry")
PARTS = (*DOCUMENTS, *LAYERS)
"""What ``only`` can choose."""

SINGULAR = {
    "zones": "zone",
    "entities": "entity",
    "times": "time",
    "events": "event",
    "figures": "figure",
    "sources": "source",
    "attributions": "attribution",
    "relations": "relation",
    "references": "reference",
}
MARKS = {"added": "+", "removed": "-", "changed": "~", "renumbered": "=", "moved": ">"}

Line = tuple[int, str]
"""Depth and words."""


def only(diff: Diff, parts: Sequence[str]) -> Diff:
    """The difference with the chosen parts alone: "articles" stands for articles added, removed or moved, names of
    layers for changes inside articles."""
    articles = []
    for one in diff.articles:
        if one.kind != "changed":
            if "articles" in parts:
                articles.append(one)
            continue
        kept = replace(
            one,
            changes=tuple(change for change in one.changes if layer_of(change) in parts),
            records=tuple(record for record in one.records if record.layer in parts),
            text=one.text if "text" in parts else (),
            shifts=one.shifts if "text" in parts else (),
            reordered=tuple(name for name in one.reordered if _layer_of_list(name) in parts),
            moved=one.moved if "articles" in parts else None,
        )
        if kept.changes or kept.records or kept.text or kept.reordered or kept.moved:
            articles.append(kept)
    return Diff(
        diff.stories if "stories" in parts else (),
        tuple(articles),
        diff.registry if "registry" in parts else (),
        diff.released if "articles" in parts else (),
        (),
    )


def _layer_of_list(name: str) -> str:
    """The layer of a list in another order: "figures", "e1 mentions", or a list of the article's own."""
    head = name.partition(" ")[0]
    return next(
        (
            layer
            for layer, prefix in PREFIXES.items()
            if head in (layer, prefix + head.lstrip(ascii_lowercase))
        ),
        "metadata",
    )


def stat(diff: Diff) -> stats.Table:
    """How many of what were added, removed, changed, and moved or renumbered, and in how many articles."""
    rows = []
    for name in DOCUMENTS:
        documents: tuple[DocumentChange, ...] = getattr(diff, name)
        kinds = Counter(one.kind for one in documents)
        kinds["moved"] = sum(one.moved is not None for one in documents)
        rows.append([name, *_cells(kinds), ""])
    for layer in LAYERS:
        kinds = Counter()
        touched = 0
        for one in diff.articles:
            before = kinds.total()
            if layer == "text":
                kinds["changed"] += len(one.text)
            elif layer in ("provenance", "metadata"):
                kinds["changed"] += sum(layer_of(change) == layer for change in one.changes)
            else:
                kinds.update(record.kind for record in one.records if record.layer == layer)
            touched += kinds.total() > before
        if touched:
            rows.append([layer, *_cells(kinds), f"{touched:,}"])
    return ["", "added", "removed", "changed", "moved or renumbered", "in articles"], rows


def _cells(kinds: Counter[str]) -> list[str]:
    counts = [
        *(kinds[kind] for kind in ("added", "removed", "changed")),
        kinds["moved"] + kinds["renumbered"],
    ]
    return [f"{count:,}" if count else "" for count in counts]


def summary(diff: Diff) -> str:
    """One line: what differs, counted; empty if nothing does."""
    parts = []
    for name in DOCUMENTS:
        documents: tuple[DocumentChange, ...] = getattr(diff, name)
        kinds = Counter(one.kind for one in documents)
        kinds["moved"] = sum(one.moved is not None for one in documents)
        told = ", ".join(
            f"{kinds[kind]:,} {kind}" for kind in ("added", "removed", "changed", "moved") if kinds[kind]
        )
        if told:
            parts.append(f"{name}: {told}")
    if diff.released:
        parts.append(f"{len(diff.released):,} articles now say in which version they came")
    if diff.reshaped:
        parts.append(f"{len(diff.reshaped):,} documents in the shape of a newer schema")
    return "; ".join(parts)


def lines(diff: Diff) -> Iterator[Line]:
    """All that differs, in a stable order: depth 0 a heading, 1 a document, 2 what changed in it, 3 the fields."""
    for name in DOCUMENTS:
        documents: tuple[DocumentChange, ...] = getattr(diff, name)
        if documents:
            yield 0, name
        for one in documents:
            yield from _document(one)


def document(one: DocumentChange) -> str:
    """What changed in one document, for a terminal."""
    return "\n".join("  " * (depth - 1) + words for depth, words in _document(one))


def _document(one: DocumentChange) -> Iterator[Line]:
    yield 1, f"{MARKS[one.kind]} {one.ident}  {one.title}".rstrip()
    if one.moved:
        yield 2, f"split: {one.moved[0]} → {one.moved[1]}"
    for change in one.changes:
        yield 2, _field(change)
    for text in one.text:
        yield 2, f"text at {text.old_start}: {_stretch(text.old)} → {_stretch(text.new)}"
    for shift in one.shifts:
        noun = "span" if shift.spans == 1 else "spans"
        yield 2, f"{shift.spans} {noun} shifted by {shift.by:+d}"
    for record in one.records:
        yield from _record(record)
    if one.reordered:
        yield 2, f"another order: {', '.join(one.reordered)}"


def _record(record: RecordChange) -> Iterator[Line]:
    ident = record.new_id or record.old_id
    was = (
        f" (was {record.old_id})"
        if record.old_id and record.new_id and record.old_id != record.new_id
        else ""
    )
    yield 2, f"{MARKS[record.kind]} {SINGULAR[record.layer]} {ident}{was} {record.what}".rstrip()
    for change in record.changes:
        yield 3, _field(change)


def _field(change: Change) -> str:
    old, new = change.old_shown, change.new_shown
    if isinstance(change.old, list) and isinstance(change.new, list) and (change.old or change.new):
        parts = [
            f"{sign}{part}"
            for sign, part in (("− ", old if change.old else ""), ("+ ", new if change.new else ""))
            if part.strip("−+ ")
        ]
        return f"{change.field}: {' '.join(parts)}"
    return f"{change.field}: {old or 'nothing'} → {new or 'nothing'}"


def _stretch(words: str) -> str:
    return quoted(words) if words.strip() else "nothing" if not words else "white space"


# --- forms -------------------------------------------------------------------------------------------------


def text(diff: Diff, head: str, foot: str, short: bool) -> str:
    """For a terminal."""
    out = [head, ""]
    if short:
        out.append(stats.plain(stat(diff)))
    else:
        for depth, words in lines(diff):
            if depth == 0 and out[-1]:
                out.append("")
            out.append("  " * depth + words)
    if out[-1]:
        out.append("")
    return "\n".join([*out, *filter(None, [summary(diff)]), foot]) + "\n"


def markdown(diff: Diff, head: str, foot: str, short: bool) -> str:
    """For notes on a release: the counts as a table, then the list."""
    out = [f"## {_plain(head)}", ""]
    for told in filter(None, (summary(diff), foot)):
        out += [_plain(told) + ".", ""]
    out.append(stats.markdown(stat(diff)))
    if not short:
        for depth, words in lines(diff):
            if depth == 0:
                out += ["", f"### {words.capitalize()}", ""]
            else:
                out.append("  " * (depth - 1) + f"* {_plain(words)}")
    return "\n".join(out) + "\n"


def _plain(words: str) -> str:
    """Words that Markdown must not read as marks; the sign at the head of a line as well."""
    escaped = re.sub(r"([\\`*_\[\]<>|#~])", r"\\\1", words)
    return re.sub(r"^([+=-])", r"\\\1", escaped)


def as_json(diff: Diff, old: Json, new: Json, whole: Diff, short: bool) -> str:
    """For programs: both sides, what the whole difference is and demands, the counts, and all that was found."""
    head, rows = stat(diff)
    names = [name.replace(" ", "_") for name in head[1:]]
    version = old["version"]
    demand = rule.demands(whole, version) if version else None
    report: Json = {
        "old": old,
        "new": new,
        "nature": rule.nature(whole),
        "demands": demand,
        "next_version": rule.next_version(version, demand) if version and demand else None,
        "stat": {
            row[0]: {name: int(cell.replace(",", "") or 0) for name, cell in zip(names, row[1:], strict=True)}
            for row in rows
        },
    }
    if not short:
        report["diff"] = dataclasses.asdict(diff)
    return json.dumps(report, ensure_ascii=False, indent=2) + "\n"
