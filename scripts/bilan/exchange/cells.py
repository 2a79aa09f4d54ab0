"""Cells of a spreadsheet: what is written so that no program takes it for a formula, and what comes back from one.

Spreadsheets change what they are given: dates and numbers take the form of the country, leading signs begin formulas,
a column may be sorted by itself. So every row carries a lock: the hash of the article's text, and a check sum of every
cell, by which is seen what was edited.
"""

from __future__ import annotations

import re
import unicodedata
import zlib
from collections.abc import Sequence
from decimal import Decimal, InvalidOperation

_FORMULA = re.compile(r"'*[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]")
_TAKEN = re.compile(rf"{_FORMULA.pattern}|'*[\d\s.,:/%$€£-]+\Z")
_LOCK = re.compile(r"v1:([0-9a-f]{64}):((?:[0-9a-f]{4})*)\Z")
_PARTS = re.compile(r"[^\W\d_]+|\d+")
_NUMBER = re.compile(r"\d{1,15}(?:[.,]\d{1,9})?\Z")


def guarded(cell: str, words: bool = False) -> str:
    """The cell behind an apostrophe where a program would take it for a formula, or for an apostrophe of ours.

    ``words``: also where it would take it for a number or a date: LibreOffice set to French makes 3.49 of "3,490".
    """
    return f"'{cell}" if (_TAKEN if words else _FORMULA).match(cell) else cell


def bare(cell: str) -> str:
    """The cell as it was before ``guarded``."""
    return cell[1:] if cell.startswith("'") and _TAKEN.match(cell) else cell


def number(value: float | None) -> str:
    """A value as a cell: digits with a decimal point, "" for None."""
    return "" if value is None else format(Decimal(repr(value)), "f")


def quoted(cell: str) -> str:
    """A cell in a message, cut where it is long."""
    return repr(cell if len(cell) <= 40 else f"{cell[:39]}…")


class CellFault(ValueError):
    """What is wrong with a cell, and how to mend it."""

    def __init__(self, message: str, mend: str) -> None:
        super().__init__(message)
        self.message, self.mend = message, mend


def read_number(cell: str, ours: bool) -> float | None:
    """The value of a cell; None for an empty one. ``ours``: it is as we wrote it. Raises CellFault.

    Spaces part thousands; the decimal sign is a point or a comma. Where a comma may be either it is refused.
    """
    plain = re.sub(r"[\s'’_]", "", unicodedata.normalize("NFKC", cell))
    if not plain:
        return None
    if re.fullmatch(r"[\d.,]+[eE][+-]?\d+", plain):
        raise CellFault(
            f"{quoted(cell)} was shortened by the spreadsheet", "give the cell the format of a number"
        )
    if not _NUMBER.match(plain) or not plain.isascii():
        raise CellFault(f"{quoted(cell)} is no number", "write digits only, such as 1500 or 2.5")
    whole, _, part = plain.partition(",")
    if not ours and len(part) == 3 and whole != "0":
        raise CellFault(
            f"{quoted(cell)} may be {whole}{part} or {whole}.{part}",
            f"write {whole}{part}, or {whole}.{part}0",
        )
    try:
        value = Decimal(plain.replace(",", "."))
    except InvalidOperation:
        raise CellFault(f"{quoted(cell)} is no number", "write digits only, such as 1500 or 2.5") from None
    return int(value) if value == value.to_integral_value() else float(value)


# --- the lock --------------------------------------------------------------------------------------------


def folded(cell: str) -> str:
    """Words and numbers of a cell without order, case and signs: what stays when a date or a quote is written anew."""
    parts = _PARTS.findall(unicodedata.normalize("NFKC", cell).casefold())
    return " ".join(sorted((part.lstrip("0") or "0") if part.isdecimal() else part for part in parts))


def _sum(cell: str, editable: bool) -> str:
    return f"{zlib.crc32((cell.strip() if editable else folded(cell)).encode()) & 0xFFFF:04x}"


def lock(sha256: str, row: Sequence[str], editable: Sequence[bool]) -> str:
    """The lock of a row, from its bare cells."""
    return f"v1:{sha256}:{''.join(_sum(cell, may) for cell, may in zip(row, editable, strict=True))}"


def unlocked(cell: str, row: Sequence[str | None], editable: Sequence[bool]) -> tuple[str, list[bool]] | None:
    """The hash of the text, and which cells differ from those that were written; None where this is no lock of ours.

    A cell that is None (its column was taken out) does not differ.
    """
    match = _LOCK.match(cell.strip())
    if match is None or len(match[2]) != 4 * len(row):
        return None
    sums = [match[2][i : i + 4] for i in range(0, len(match[2]), 4)]
    differ = [
        found is not None and _sum(found, may) != wanted
        for found, may, wanted in zip(row, editable, sums, strict=True)
    ]
    return match[1], differ
