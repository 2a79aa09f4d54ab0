"""Settling where annotations of one text differ: ``bilan adjudicate``.

``joining`` brings the records of all annotations into one space of ids, ``questions`` tells what all agree on from what
they do not, ``worksheet`` writes both as one text file and ``opening`` reads it back, ``deciding`` takes the decisions
in it, ``finishing`` makes the gold article, ``history`` says who read what and what was chosen. docs/adjudication.md
shows a worksheet and defines the history.
"""

from __future__ import annotations
