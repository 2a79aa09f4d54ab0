"""Worksheets and gold articles as files: nothing that somebody has worked on is written over."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from bilan import jsonio
from bilan.adjudication import finishing, inputs, is_worksheet, opening, worksheet
from bilan.adjudication.history import history
from bilan.checks import parse
from bilan.checks.tree import shown
from bilan.incidents import BilanError, Incident
from bilan.model import Json
from bilan.outputs import held, write_all

_SEAL = re.compile(r"^  seal: '?([0-9a-f]{12})'?\s*$", re.MULTILINE)


@dataclass
class Done:
    """What became of one article: lines to tell, or what is wrong."""

    id: str
    told: list[str] = field(default_factory=list)
    incidents: list[Incident] = field(default_factory=list)


def begin(
    places: Sequence[Path],
    out: Path,
    adjudicator: str | None = None,
    guidelines: str | None = None,
    copies: Path | None = None,
    text: Path | None = None,
) -> list[Done]:
    """Writes a worksheet ``<id>.md`` below ``out`` for every article that all places have.

    A worksheet of the same annotations that is there already is kept as it is, with all that was decided in it; another
    file of that name is B808. ``copies``: a folder of copies of withheld texts, ``text``: the exact text of the one
    article. Raises BilanError where nothing can be begun.
    """
    found = inputs.read(places)
    if text is not None and len(found) > 1:
        message = f"--text is the text of one article, and there are {len(found)}"
        raise BilanError(Incident("B874", message, "give --hydrate DIR with a copy of each", file=str(text)))
    texts = _texts([some[0][1] for some in found.values()], copies, text)
    done = []
    for ident, some in found.items():
        one = Done(ident)
        done.append(one)
        try:
            sheet = inputs.sheet(some, texts.get(ident), adjudicator, guidelines)
            one.told.append(_put(sheet, out / f"{ident}.md"))
        except BilanError as error:
            one.incidents += error.incidents
    return done


def _texts(articles: list[Json], copies: Path | None, text: Path | None) -> dict[str, str]:
    withheld = [one for one in articles if one["text"]["access"] == "withheld"]
    if text is not None:
        from bilan.hydration import forms

        return {one["id"]: forms.canonical(_read(text)) for one in articles}
    if copies is None or not withheld:
        return {}
    from bilan.exchange import choosing

    alive, _ = choosing.with_texts(withheld, copies)
    return {one["id"]: one["text"]["content"] for one in alive}


def _read(path: Path) -> str:
    """The text of a file, line ends and byte order mark as editors leave them. Raises BilanError."""
    file = shown(path)
    raw = parse.read_bytes(path, file)
    if isinstance(raw, Incident):
        raise BilanError(raw)
    text, incidents = parse.decode(raw, file)
    if text is None:
        raise BilanError(incidents)
    return text


def _put(sheet: worksheet.Sheet, path: Path) -> str:
    """Writes a worksheet if there is none; says what was done."""
    written = worksheet.written(sheet)
    number = len(sheet.asked.questions)
    if not path.exists() and not path.is_symlink():
        jsonio.write_atomic(path, written.encode())
        return f"wrote {shown(path)}: {number} question{'s' * (number != 1)}"
    there = _read(path)
    if (
        not is_worksheet(there)
        or _SEAL.findall(there.replace("\r\n", "\n"))[-1:] != _SEAL.findall(written)[-1:]
    ):
        message = "exists and holds something else, perhaps an adjudication of other annotations"
        mend = "give another --out, or move it away; it is never overwritten"
        raise BilanError(Incident("B808", message, mend, file=shown(path)))
    try:
        opened = opening.open_(there, shown(path))
    except BilanError:
        return f"kept {shown(path)}, which needs mending: bilan adjudicate --finish {shown(path)}"
    decided = sum(one not in (None, "") for one in opened.decisions.values())
    kept = f"kept {shown(path)}: {decided} of {number} decided"
    wanted, named = sheet.head["adjudicator"], opened.head.get("adjudicator")
    if wanted and wanted != named:
        kept += f"; it names {named or 'no adjudicator'}, which you change in it, not with --by {wanted}"
    return kept


# --- finishing -------------------------------------------------------------------------------------------


def worksheets(places: Iterable[Path]) -> list[Path]:
    """The worksheets that the places name: files, or all in folders. Raises BilanError (B112) for what is not there."""
    out: list[Path] = []
    for place in places:
        if place.is_dir():
            some = [
                path for path in sorted(place.rglob("*.md")) if path.is_file() and is_worksheet(_read(path))
            ]
            if not some:
                mend = "give a worksheet that bilan adjudicate wrote"
                raise BilanError(Incident("B112", "there is no worksheet here", mend, file=str(place)))
            out += some
        elif place.is_file() and place.suffix == ".md":
            out.append(place)
        elif place.is_file():
            mend = "give a worksheet, the .md that bilan adjudicate A B wrote"
            raise BilanError(Incident("B112", "this is no worksheet", mend, file=str(place)))
        else:
            raise BilanError(Incident("B112", "no such file or folder", "check the path", file=str(place)))
    return out


def finish(
    path: Path, date: str, adjudicator: str | None = None, out: Path | None = None, force: bool = False
) -> Done:
    """Writes the gold article ``<id>.json`` and its history ``<id>.history.json`` beside a worksheet, or below ``out``.

    The worksheet stays as it is. Files that hold something else are B808, unless ``force``. A history that differs in
    nothing but its date keeps it.
    """
    done = Done(shown(path))
    try:
        opened = opening.open_(_read(path), shown(path))
        finished = finishing.finish(opened, adjudicator)
        done.id = ident = finished.article["id"]
        folder = out or path.parent
        gold, told = folder / f"{ident}.json", folder / f"{ident}.history.json"
        document = history(opened, finished, _date(told, date))
        if jsonio.dumps(document) != held(told):
            document["date"] = date
        write_all({told: jsonio.dumps(document), gold: jsonio.dumps(finished.article)}, force)
        number = len(opened.questions)
        done.told.append(f"wrote {shown(gold)} and {shown(told)}: {number} decision{'s' * (number != 1)}")
        done.told += [
            f"  {which} by hand: {', '.join(some)}" for which, some in finished.by_hand.items() if some
        ]
        for name, one in finished.decided.decisions.items():
            if one.along:
                done.told.append(
                    f"  {name} was not decided: reading {one.take[0]}, needed by {', '.join(one.along)}"
                )
    except BilanError as error:
        done.incidents += [one if one.file else one.at(shown(path)) for one in error.incidents]
    return done


def _date(path: Path, otherwise: str) -> str:
    """The date of the history that is there."""
    try:
        date = json.loads(held(path))["date"]
    except (ValueError, TypeError, KeyError):
        return otherwise
    return date if isinstance(date, str) else otherwise
