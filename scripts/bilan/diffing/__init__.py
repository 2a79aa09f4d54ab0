"""What differs between two states of the corpus, and what the difference demands of the version number.

``compare`` → ``Diff``: documents matched by id, records inside an article by id and place, never by their position in
a list. Pure functions on plain data; ``bilan.operands`` reads the two sides, ``bilan diff`` prints.
"""

from __future__ import annotations

from bilan.diffing.changes import LAYERS, Change, Diff, DocumentChange, RecordChange, Shift, TextChange
from bilan.diffing.rule import demands, nature, next_version
from bilan.diffing.whole import compare

__all__ = [
    "LAYERS",
    "Change",
    "Diff",
    "DocumentChange",
    "RecordChange",
    "Shift",
    "TextChange",
    "compare",
    "demands",
    "nature",
    "next_version",
]
