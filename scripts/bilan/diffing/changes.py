"""What a comparison finds, as plain data: every class is frozen, holds JSON values only, and says what it is about."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any


@dataclass(frozen=True, slots=True)
class Change:
    """One field with its old and its new value, as JSON and as people read it.

    Ids in ``old`` and ``new`` are those of the old and of the new document. Of spans and of lists ``old`` holds what
    is gone and ``new`` what came; an empty string or list: nothing.
    """

    field: str
    old: Any
    new: Any
    old_shown: str
    new_shown: str


@dataclass(frozen=True, slots=True)
class TextChange:
    """A stretch of text that is another: its place in the old and the new text (code points), and the words of both."""

    old_start: int
    old_end: int
    new_start: int
    new_end: int
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Shift:
    """So many spans stand at the same words as before, this many code points further on (or back, if negative)."""

    by: int
    spans: int


@dataclass(frozen=True, slots=True)
class RecordChange:
    """A record (a figure, a story's reference) that was added, removed or changed, or only has another id.

    ``kind``: added, removed, changed, renumbered. ``old_id`` is None for an added one, ``new_id`` for a removed one; a
    changed one may have another id as well. ``what`` shows the record in a few words.
    """

    layer: str
    kind: str
    old_id: str | None
    new_id: str | None
    what: str
    changes: tuple[Change, ...] = ()


@dataclass(frozen=True, slots=True)
class DocumentChange:
    """An article, a story or a registry entry that was added, removed or changed.

    ``ident``: ``ml-2025-05-23-dioura.fr.1``, ``ml-2025-05-23-dioura``, ``actors/jnim``. ``kind``: added, removed,
    changed. ``changes`` are those of its own fields (provenance and metadata of the text included), ``records`` those
    of its lists. ``moved`` is (old split, new split) of an article that is in both. ``reordered`` names lists that hold
    the same in another order. An article whose ``kind`` is "moved" is the same document in another split.
    """

    ident: str
    kind: str
    title: str = ""
    changes: tuple[Change, ...] = ()
    records: tuple[RecordChange, ...] = ()
    text: tuple[TextChange, ...] = ()
    shifts: tuple[Shift, ...] = ()
    reordered: tuple[str, ...] = ()
    moved: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Diff:
    """How one corpus differs from another, document by document, in order of id; empty if the data are the same.

    ``released``: articles whose only news is the version that they were released in (``added_in``), with that version.
    ``reshaped``: documents with other bytes only because fields were added to the schema since
    (``articles/ml-….fr.1``): the same data in another shape.
    """

    stories: tuple[DocumentChange, ...] = ()
    articles: tuple[DocumentChange, ...] = ()
    registry: tuple[DocumentChange, ...] = ()
    released: tuple[tuple[str, str], ...] = ()
    reshaped: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        """Whether anything differs."""
        return any(getattr(self, field.name) for field in fields(self))


LAYERS = (
    "text",
    "zones",
    "entities",
    "times",
    "events",
    "figures",
    "sources",
    "attributions",
    "relations",
    "provenance",
    "metadata",
)
"""What changes inside an article are counted under, in order."""


def layer_of(change: Change) -> str:
    """The layer of a change of an article's own field."""
    return "provenance" if change.field.startswith("provenance/") else "metadata"
