"""A text and its .ann file read as brat writes them, and as people edit them by hand."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

from bilan import model
from bilan.checks import parse
from bilan.checks.tree import shown
from bilan.exchange import graph as graphs
from bilan.exchange import joining
from bilan.exchange.brat import notes, pieces
from bilan.exchange.brat.texts import Variant, variants
from bilan.exchange.formats import Read
from bilan.exchange.joining import Faults
from bilan.exchange.regions import FIELDS, ID, LABELS, Link, Region
from bilan.incidents import BilanError, Incident

_SPAN = re.compile(r"(\S+) ((?:[0-9]{1,9} [0-9]{1,9})(?:;[0-9]{1,9} [0-9]{1,9})*) *\Z")
_ARROW = re.compile(r"(\S+)\s+([^\s:]+):(\S+)\s+([^\s:]+):(\S+)\s*\Z")


@dataclass(slots=True)
class _Stretch:
    """A T line: offsets as the file has them, on whichever text they count."""

    region: Region
    offsets: list[tuple[int, int]]
    words: str | None


@dataclass(slots=True)
class _Lines:
    """What the lines of a file say, by the ids of brat."""

    stretches: dict[str, _Stretch] = field(default_factory=dict)
    links: dict[str, Link] = field(default_factory=dict)
    joined: list[Link] = field(default_factory=list)
    values: list[tuple[int, str, str, str]] = field(default_factory=list)
    """(line, id of what it is said of, name, value)"""
    left: list[str] = field(default_factory=list)


def read(path: Path) -> Read:
    """The annotation in an .ann file. Raises BilanError (B861) where it is none or its text is not beside it."""
    file = shown(path)
    if path.suffix != ".ann":
        raise joining.none_of_the_format(
            "no .ann file", "give the .ann files; texts are found beside them", file
        )
    text_path = path.with_suffix(".txt")
    if not text_path.exists():
        message = f"its text {text_path.name} is not beside it"
        raise joining.none_of_the_format(message, "put both files side by side", file)
    raw_text, annotation = _decoded(text_path, shown(text_path)), _decoded(path, file)
    faults = Faults(file)
    lines = _lines(annotation, faults)
    text, offsets_of = _placed(raw_text, lines, faults)
    for one in lines.stretches.values():
        one.region.pieces = pieces.join(text, [(offsets_of(a), offsets_of(b)) for a, b in one.offsets])
        start, end = one.region.pieces[0]
        one.region.words = text[start : min(end, start + 40)]
        _check(one.region, text, faults)
    _say(lines, faults)
    some = [one.region for one in lines.stretches.values()]
    graph = joining.build(path.stem, text, some, [*lines.links.values(), *lines.joined], faults)
    out = Read(path.stem, file, graph=graph, notes=lines.left)
    if faults.found:
        out.graph, out.incidents = None, faults.found
    return out


def _decoded(path: Path, file: str) -> str:
    raw = parse.read_bytes(path, file)
    if isinstance(raw, Incident):
        raise BilanError(raw)
    try:
        return raw.decode()
    except UnicodeDecodeError as error:
        message = f"byte 0x{raw[error.start]:02x} at {error.start:,} is not UTF-8"
        raise joining.none_of_the_format(message, "save it as UTF-8", file) from None


# --- lines -----------------------------------------------------------------------------------------------


def _lines(annotation: str, faults: Faults) -> _Lines:
    out = _Lines()
    seen: dict[str, int] = {}
    for number, line in enumerate(annotation.removeprefix("\ufeff").split("\n"), 1):
        if faults.full:
            break
        line = line.removesuffix("\r")
        if not line.strip():
            continue
        ident, tab, rest = line.partition("\t")
        if not tab or not re.fullmatch(r"[TRAMEN#][0-9]{1,9}\S*|\*", ident):
            faults.add(number, f"no line of brat: {line[:60]!r}", "take it out, or write ID, tab, TYPE …")
            continue
        if ident != "*" and seen.setdefault(ident, number) != number:
            message = f"{ident} is here twice, also on line {seen[ident]}"
            faults.add(number, message, "give one of them another number")
            continue
        _READERS[ident[0]](out, number, ident, rest, faults)
    return out


def _stretch(out: _Lines, number: int, ident: str, rest: str, faults: Faults) -> None:
    said, tab, words = rest.partition("\t")
    found = _SPAN.match(said)
    if not found:
        faults.add(number, f"{ident}: no TYPE START END: {said[:60]!r}", "write it as: figure 31 57")
        return
    offsets = [tuple(map(int, one.split(" "))) for one in found.group(2).split(";")]
    region = Region(ident, found.group(1), [], line=number)
    out.stretches[ident] = _Stretch(region, [(one[0], one[1]) for one in offsets], words if tab else None)


def _arrow(out: _Lines, number: int, ident: str, rest: str, faults: Faults) -> None:
    found = _ARROW.match(rest.partition("\t")[0])
    if not found:
        faults.add(number, f"{ident}: no TYPE Arg1:ID Arg2:ID: {rest[:60]!r}", "draw the arrow anew")
        return
    label, one, source, _, target = found.groups()
    if one == "Arg2":
        source, target = target, source
    out.links[ident] = Link(label, source, target, line=number)


def _attribute(out: _Lines, number: int, ident: str, rest: str, faults: Faults) -> None:
    parts = rest.split(None, 2)
    if len(parts) < 2:
        faults.add(number, f"{ident}: no NAME ID VALUE: {rest[:60]!r}", "set the attribute anew")
    else:
        out.values.append((number, parts[1], parts[0], parts[2].strip() if len(parts) == 3 else ""))


def _comment(out: _Lines, number: int, ident: str, rest: str, faults: Faults) -> None:
    head, _, note = rest.partition("\t")
    parts = head.split()
    if len(parts) != 2 or parts[0] != "AnnotatorNotes":
        out.left.append(f"line {number}: {rest.strip()[:80]!r} is left out: an article has no place for it")
        return
    values, remarks = notes.read(note)
    out.values += [(number, parts[1], key, value) for key, value in values]
    out.left += [
        f"line {number}: the remark {one[:80]!r} is left out: an article has no place for it"
        for one in remarks
    ]


def _equivalent(out: _Lines, number: int, ident: str, rest: str, faults: Faults) -> None:
    parts = rest.split()
    if len(parts) < 3:
        faults.add(number, f"no TYPE ID ID: {rest[:60]!r}", "join two stretches")
    elif parts[0] not in (graphs.MEMBER, "Equiv"):
        faults.add(number, f"{parts[0]!r} joins nothing", f"use {graphs.MEMBER}")
    else:
        out.joined += [Link(graphs.MEMBER, parts[1], other, line=number) for other in parts[2:]]


def _event(out: _Lines, number: int, ident: str, rest: str, faults: Faults) -> None:
    message = f"{ident} is an event of brat's: {rest[:60]!r}"
    faults.add(number, message, "mark its words as trigger and draw arrows (R) from and to them")


def _normalization(out: _Lines, number: int, ident: str, rest: str, faults: Faults) -> None:
    message = f"line {number}: the normalization {rest.strip()[:80]!r} is left out"
    out.left.append(f"{message}: write registry=… into the note of the entity")


_READERS = {
    "T": _stretch,
    "R": _arrow,
    "A": _attribute,
    "M": _attribute,
    "#": _comment,
    "*": _equivalent,
    "E": _event,
    "N": _normalization,
}


# --- what they say together ------------------------------------------------------------------------------


def _placed(raw: str, lines: _Lines, faults: Faults) -> tuple[str, Variant]:
    """The text without what an editor added, and what turns offsets of the file into those of that text."""
    text, ways = variants(raw)
    for way in ways:
        if all(_fits(one, way) for one in lines.stretches.values()):
            return text, way
    for one in lines.stretches.values():
        if not _fits(one, ways[0]):
            found = pieces.words(ways[0].text, one.offsets)
            message = (
                f"{one.region.key} is {one.words or ''!r} by its line, at its place there is {found[:80]!r}"
            )
            mend = "the offsets belong to another text: put the text that was annotated beside the file"
            faults.add(one.region.line, message, mend, "B863")
    return text, ways[0]


def _fits(one: _Stretch, way: Variant) -> bool:
    if any(b > len(way.text) for _, b in one.offsets):
        return False
    if one.words is None or not one.words.strip():
        return True
    if sum(b - a for a, b in one.offsets) > 2 * len(one.words) + 1_000:
        return False
    return one.words.split() == pieces.words(way.text, one.offsets).split()


def _check(one: Region, text: str, faults: Faults) -> None:
    if any(a >= b for a, b in one.pieces):
        faults.add(one.line, f"{one.key} marks no words", "mark words, or take it out")
        return
    layer = LABELS.get(one.label)
    if layer in model.SELF_SPANNED and len(one.pieces) > 1:
        words = ", ".join(repr(text[a : min(b, a + 40)]) for a, b in one.pieces[:4])
        message = f"{one.key} is a {one.label} in {len(one.pieces)} pieces: {words}"
        faults.add(one.line, message, f"a {one.label} has one stretch: mark it in one piece, or make several")


def _say(lines: _Lines, faults: Faults) -> None:
    """Puts values on what they are said of."""
    for number, target, name, value in lines.values:
        stretch, link = lines.stretches.get(target), lines.links.get(target)
        at = stretch.region if stretch else link
        if at is None:
            faults.add(number, f"{name} is said of {target}, which is not here", "take the line out")
        elif stretch is not None and name == ID:
            if stretch.region.id not in ("", value):
                faults.add(number, f"{target} has two ids: {stretch.region.id}, {value}", "keep one")
            stretch.region.id = value
        elif stretch is not None and name not in FIELDS:
            faults.add(number, f"{name!r} is no value of ours", f"use one of {', '.join((ID, *FIELDS))}")
        elif at.values.get(name, value) != value:
            faults.add(number, f"{target} has two values of {name}: {at.values[name]}, {value}", "keep one")
        else:
            at.values[name] = value
