"""The version rule: what a difference demands of the next version number. In words: docs/versions.md."""

from __future__ import annotations

from typing import Literal

from bilan.diffing.changes import Diff, DocumentChange
from bilan.releases import version_key

Demand = Literal["major", "minor", "patch", "none"]
Nature = Literal["edit", "addition", "same", "nothing"]


def nature(diff: Diff) -> Nature:
    """What a difference is as a whole.

    edit: something that existed was changed, removed, or moved between splits. addition: all that existed is as it was,
    and there is more: stories, articles, registry entries, events or references of a story. same: the same data in
    other bytes (articles now say in which version they came; fields that the schema got since). nothing: equal.
    """
    documents = [*diff.stories, *diff.articles, *diff.registry]
    if any(not is_addition(one) for one in documents):
        return "edit"
    if documents:
        return "addition"
    return "same" if diff else "nothing"


def is_addition(change: DocumentChange) -> bool:
    """Whether a document is new, or has only grown: a story that got events or references beside those it had."""
    if change.kind == "added":
        return True
    if change.kind != "changed" or change.moved or change.changes or change.text or change.reordered:
        return False
    # records of an article are its annotation: one more is another answer to what the text says
    return (
        bool(change.records)
        and all(
            record.kind == "added" and record.layer in ("events", "references") for record in change.records
        )
        and "." not in change.ident
    )


def demands(diff: Diff, old_version: str) -> Demand:
    """The part of the version number that must grow: Croissant 1.1's rule, with this corpus' before 1.0.0.

    major: anything edited, removed or moved between splits; before 1.0.0 minor. minor: additions only. patch: the same
    data, written otherwise. none: no difference, so that only the code can ask for a new version. Raises ValueError
    for a version that is not X.Y.Z.
    """
    before_one = version_key(old_version)[0] == 0
    found = nature(diff)
    if found == "edit":
        return "minor" if before_one else "major"
    return "minor" if found == "addition" else "patch" if found == "same" else "none"


def next_version(old: str, demand: Demand) -> str:
    """The least version that meets a demand: 0.2.0 and minor give 0.3.0. Raises ValueError unless old is X.Y.Z."""
    major, minor, patch = version_key(old)
    if demand == "major":
        return f"{major + 1}.0.0"
    if demand == "minor":
        return f"{major}.{minor + 1}.0"
    return f"{major}.{minor}.{patch + 1}" if demand == "patch" else old


def sentence(diff: Diff, old_version: str | None) -> str:
    """The rule applied, in a sentence."""
    why = {
        "edit": "something was edited, removed or moved",
        "addition": "additions only",
        "same": "the same data, written otherwise",
        "nothing": "no difference",
    }[nature(diff)]
    if nature(diff) == "nothing":
        return f"{why}: the data ask for no new version (a change of the code alone is a PATCH)"
    if old_version is None:
        step = {"edit": "a MAJOR, before 1.0.0 a MINOR", "addition": "a MINOR", "same": "a PATCH"}[
            nature(diff)
        ]
        return f"{why}: this is {step}"
    demand = demands(diff, old_version)
    early = "before 1.0.0 " if nature(diff) == "edit" and demand == "minor" else ""
    return f"{why}: {early}this is a {demand.upper()}, next {next_version(old_version, demand)}"
