"""Settling where annotations of one text differ: ``bilan adjudicate``.

``joining`` brings the records of all annotations into one space of ids, ``questions`` tells what all agree on from what
they do not, ``worksheet`` writes both as one text file and ``opening`` reads it back, ``deciding`` takes the decisions
in it, ``finishing`` makes the gold article, ``history`` says who read what and what was chosen; ``desk`` does it with
files. docs/adjudication.md shows a worksheet and defines the history.
"""

from __future__ import annotations

import re


def is_worksheet(source: str) -> bool:
    """Whether a text is, or was meant to be, the worksheet of an adjudication."""
    front = source.removeprefix("\ufeff").replace("\r\n", "\n").partition("\n---\n")[0]
    return front.startswith("---\n") and re.search(r"^adjudication:", front, re.MULTILINE) is not None
