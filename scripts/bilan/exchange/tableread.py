"""The CSV file of figures read back, as a spreadsheet saved it: each article for itself, faults by row."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from bilan import labels
from bilan.exchange import cells
from bilan.exchange.formats import Read
from bilan.exchange.tablerows import COLUMNS, EDITABLE, IDENTITY, LOCK
from bilan.incidents import BilanError, Incident
from bilan.model import Json

_ARTICLE = re.compile(r"[a-z]{2}-[0-9]{4}[a-z0-9-]*\.[a-z]{2}\.[1-9][0-9]*\Z")
_FIGURE = re.compile(r"f[1-9][0-9]{0,4}\Z")
_UNIT = re.compile(r"(?:[A-Z]{3}|t|kg|ha|percent)\Z")
_VALUE = ("stated", "low", "high", "modifier")
_ANEW = "export the figures anew and edit that file"


@dataclass(slots=True)
class _Row:
    """A row of the sheet: its number (the head is row 1), bare cells by column, and the lock."""

    number: int
    cells: dict[str, str]
    lock: str


@dataclass(slots=True)
class _Sheet:
    rows: list[_Row]
    columns: set[str]
    notes: list[str] = field(default_factory=list)
    broken: str = ""


def read(path: Path) -> Iterator[Read]:
    """One ``Read`` an article, with the values of its rows by figure; what is wrong with a row is told by its number.

    Raises BilanError (B861) where the file is no such table. Where it breaks off, what stands before comes in and a
    ``Read`` without an article tells of it.
    """
    from bilan.checks.tree import shown

    file = shown(path)
    sheet = _sheet(path, file)
    groups: dict[str, list[_Row]] = {}
    for row in sheet.rows:
        ident = row.cells["article"].strip()
        groups.setdefault(ident if _ARTICLE.match(ident) else "", []).append(row)
    for ident, rows in groups.items():
        if ident:
            yield _article(ident, rows, sheet, file)
            sheet.notes.clear()  # said once
            continue
        out = Read("", file)
        for row in rows:
            found = row.cells["article"]
            message = f"{cells.quoted(found)} is no id of an article" if found else "the row names no article"
            mend = "undo merged cells, and fill in the id"
            out.incidents.append(Incident("B864", message, mend, file=file, line=row.number, column=1))
        yield out
    if sheet.broken:
        yield Read("", file, incidents=[Incident("B861", sheet.broken, _ANEW, file=file)])


def _article(ident: str, rows: list[_Row], sheet: _Sheet, file: str) -> Read:
    out = Read(ident, file, edits={}, notes=list(sheet.notes))
    edits: dict[str, Json] = {}
    seen: dict[str, int] = {}
    touched: dict[str, list[int]] = {}
    may = [column in EDITABLE for column in COLUMNS]
    for row in rows:

        def fault(message: str, mend: str, row: _Row = row) -> None:
            out.incidents.append(Incident("B864", message, mend, file=file, line=row.number, column=1))

        figure = row.cells["figure"].strip()
        if not _FIGURE.match(figure):
            fault(
                f"{cells.quoted(figure)} is no id of a figure",
                "new figures are marked in the text, not in this table",
            )
            continue
        if figure in seen:
            fault(f"{figure} of {ident} stands in row {seen[figure]} already", "keep one of the two rows")
            continue
        seen[figure] = row.number
        opened = cells.unlocked(row.lock, [row.cells.get(column) for column in COLUMNS], may)
        if opened is None:
            fault(f"the cell {LOCK!r} of {figure} of {ident} is damaged or empty", _ANEW)
            continue
        sha256, differ = opened
        changed = {column for column, differs in zip(COLUMNS, differ, strict=True) if differs}
        if moved := sorted(changed & set(IDENTITY)):
            mend = "sort whole rows only, and leave these cells alone; new words are marked in the text"
            fault(f"{', '.join(moved)} of {figure} of {ident}: not what was exported", mend)
            continue
        for column in sorted(changed - set(EDITABLE)):
            touched.setdefault(column, []).append(row.number)
        if out.sha256 not in ("", sha256):
            fault(f"the rows of {ident} are of two states of its text", _ANEW)
            continue
        out.sha256 = sha256
        values, faults = _values(row, sheet.columns, changed, ident)
        for message, mend in faults:
            fault(f"{figure} of {ident}: {message}", mend)
        edits[figure] = values
    for column, numbers in touched.items():
        some = ", ".join(map(str, numbers[:5])) + (" …" if numbers[5:] else "")
        out.notes.append(f"what changed in column {column} (rows {some}) does not come in: it has no *")
    out.edits = edits
    return out


def _values(
    row: _Row, columns: set[str], changed: set[str], ident: str
) -> tuple[Json, list[tuple[str, str]]]:
    """The values of the columns that come back, and what is wrong with them (message, mend)."""
    values: Json = {}
    faults: list[tuple[str, str]] = []
    for column, inventory in EDITABLE.items():
        if column not in columns:
            continue
        cell = row.cells[column].strip()
        try:
            if inventory:
                values[column] = _label(column, inventory, cell)
            elif column == "unit":
                values[column] = _unit(cell)
            elif column == "high" and cell.casefold() in ("∞", "inf", "unbounded"):
                values[column] = None
            else:
                values[column] = cells.read_number(cell, column not in changed)
        except cells.CellFault as wrong:
            faults.append((f"{column}: {wrong.message}", wrong.mend))
    if set(_VALUE) <= values.keys() and all(values[key] is None for key in _VALUE):
        values.update(_from_words(row.cells["words"], ident, faults, values.get("unit")))
    else:
        mend = "fill it in, or empty stated, low, high and modifier: then the words are read"
        faults += [
            (f"{key} is empty", mend) for key in ("low", "modifier") if key in values and values[key] is None
        ]
    low, high = values.get("low"), values.get("high")
    if low is not None and high is not None and low > high:
        faults.append((f"low {low} is more than high {high}", "exchange them"))
    return values, faults


def _label(column: str, inventory: str, cell: str) -> str | None:
    label = re.sub(r"[\s-]+", "_", cell.casefold())
    if not label and column == "modifier":
        return None
    if label not in labels.names(inventory):
        there = ", ".join(labels.names(inventory))
        raise cells.CellFault(f"there is no label {cells.quoted(cell)}", f"use one of {there}")
    return label


def _unit(cell: str) -> str | None:
    if not cell:
        return None
    unit = {"%": "percent"}.get(cell, cell)
    for one in (unit, unit.lower(), unit.upper()):
        if _UNIT.match(one):
            return one
    raise cells.CellFault(
        f"there is no unit {cells.quoted(cell)}", "use a currency such as USD, or t, kg, ha, percent"
    )


def _from_words(words: str, ident: str, faults: list[tuple[str, str]], unit: str | None) -> Json:
    from bilan import numbers

    value = numbers.parse(words, ident.split(".")[1])
    if value is None:
        faults.append((f"no number can be read from {words!r}", "give low, high and modifier"))
        return {}
    read = {"stated": value.stated, "low": value.low, "high": value.high, "modifier": value.modifier}
    return {**read, "unit": value.unit if unit is None else unit}


# --- the file --------------------------------------------------------------------------------------------


def _sheet(path: Path, file: str) -> _Sheet:
    text, notes = _text(path, file)
    lines = io.StringIO(text, newline="")
    if text[:4].casefold() == "sep=":  # Excel's own hint
        lines.readline()
    start = lines.tell()
    head = lines.readline()
    lines.seek(start)
    delimiter = max(",;\t", key=head.count)
    rows: list[list[str]] = []
    broken = ""
    try:
        rows.extend(csv.reader(lines, delimiter=delimiter, strict=True))
    except csv.Error as error:
        broken = f"the table breaks off or is damaged behind row {len(rows)}: {error}"
    names = [re.sub(r"[\s*]", "", cell).casefold() for cell in rows[0]] if rows else []
    wanted = {*COLUMNS, LOCK}
    if len(names) == 1 and "," in names[0]:
        mend = "open the exported file with Data, From Text/CSV, and choose the comma"
        raise _none("all columns stand in the first one", file, mend)
    if missing := [name for name in ("article", "figure", "words", LOCK) if name not in names]:
        raise _none(f"there is no column {', '.join(missing)}", file)
    if twice := sorted({name for name in names if name in wanted and names.count(name) > 1}):
        raise _none(f"column {', '.join(twice)} is there twice", file)
    columns = wanted & set(names)
    if gone := [name for name in EDITABLE if name not in columns]:
        notes.append(f"columns {', '.join(gone)} are not there: these values stay as they are")
    out = _Sheet([], columns, notes, broken)
    for number, row in enumerate(rows[1:], 2):
        if any(cell.strip() for cell in row):
            padded = row + [""] * (len(names) - len(row))
            found = dict(zip(names, padded, strict=False))
            bare = {name: cells.bare(found[name]) for name in columns}
            out.rows.append(_Row(number, bare, bare.pop(LOCK)))
    return out


def _text(path: Path, file: str) -> tuple[str, list[str]]:
    """The text of the file and notes about its encoding, which is one of those that spreadsheets save in."""
    from bilan.checks import parse

    raw = parse.read_bytes(path, file)
    if isinstance(raw, Incident):
        raise BilanError(Incident("B861", raw.message, raw.mend, file=file))
    if raw[:4] in (b"PK\x03\x04", b"\xd0\xcf\x11\xe0"):
        raise _none("this is a workbook, no CSV", file, "save it as CSV UTF-8")
    notes: list[str] = []
    try:
        text = raw.decode("utf-16" if raw[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig")
    except UnicodeDecodeError:
        try:
            text = raw.decode("cp1252")
        except UnicodeDecodeError:
            raise _none("the file is neither UTF-8 nor Windows-1252", file, "save it as CSV UTF-8") from None
        notes.append("the file is no UTF-8; it was read as Windows-1252")
    if "\0" in text:
        raise _none("the file holds NUL characters", file, "save it as CSV UTF-8")
    return text, notes


def _none(message: str, file: str, mend: str = _ANEW) -> BilanError:
    return BilanError(Incident("B861", message, mend, file=file))
