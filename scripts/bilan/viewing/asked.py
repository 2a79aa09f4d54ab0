"""From what a user names to pages: articles are read, stories found beside them, withheld texts filled in."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bilan.agreement import files
from bilan.checks import parse, schema, tree
from bilan.exchange import choosing
from bilan.incidents import BilanError, Incident
from bilan.model import Json
from bilan.viewing import page


@dataclass(frozen=True, slots=True)
class Page:
    """A page to write. ``hydrated``: it holds a text that is withheld, from a copy of the user's own."""

    name: str
    html: str
    hydrated: bool


@dataclass(slots=True)
class Texts:
    """Articles with the texts of copies: the filled ones, the withheld forms of those, and what to say of each."""

    articles: list[Json]
    hidden: list[Json]
    notes: dict[str, str]


def stories(
    names: Sequence[str], corpus: Path, copies: Path | None = None
) -> tuple[list[Page], list[Incident]]:
    """A page for each story that the articles are of, in the order in which they were named."""
    names = [_of_story(name) for name in names]
    found, incidents = choosing.articles(names, corpus)
    groups: dict[str, list[Json]] = {}
    for one in found:
        groups.setdefault(one["story"], []).append(one)
    out = []
    texts = filled(found, copies)
    whole = {one["id"]: one for one in texts.articles}
    for story, some in groups.items():
        about, folder, wrong = _story(story, names, corpus)
        incidents += wrong
        ids = {one["id"]: whole[one["id"]] for one in some}
        if len(ids) < len(some):
            message = f"two of the files are the same article of {story}; the last is shown"
            incidents.append(Incident("B876", message, "bilan view A.json --against B.json", file=story))
        hidden = [one for one in texts.hidden if one["id"] in ids]
        number = len(sorted(folder.glob("[a-z][a-z]-*.json"))) if folder else None
        made = page.story(list(ids.values()), about, hidden=hidden, notes=texts.notes, of=number)
        out.append(Page(f"{story}.html", made, bool(hidden)))
    return out, incidents


def _of_story(name: str) -> str:
    """The folder of a story.json; any other name as it is."""
    return str(Path(name).parent) if Path(name).name == "story.json" else name


def comparisons(
    names: Sequence[str], against: Path, corpus: Path, copies: Path | None = None
) -> tuple[list[Page], list[Incident]]:
    """A page for each article that is annotated anew in ``against``. Raises BilanError (B810) where none is."""
    found, incidents = choosing.articles(names, corpus)
    others = files.read(against)
    if len(found) == len(others) == 1:
        pairs = [(found[0], next(iter(others.values())))]
    else:
        pairs = [(one, others[one["id"]]) for one in found if one["id"] in others]
    if found and not pairs:
        message = f"none of the articles is annotated in {against}"
        raise BilanError(
            Incident("B810", message, "give two annotations of the same texts", file=str(against))
        )
    out = []
    for one, two in pairs:
        first, second = filled([one], copies), filled([two], copies)
        note = first.notes.get(one["id"], "")
        made = page.comparison(first.articles[0], second.articles[0], _called(names, one, against), note)
        out.append(Page(f"{one['id']}.html", made, bool(first.hidden or second.hidden)))
    return out, incidents


def _called(names: Sequence[str], article: Json, against: Path) -> tuple[str, str]:
    """What the two annotations are called: as the user named them, in their last parts if those differ."""
    ours = names[0] if len(names) == 1 else article["id"]
    theirs = str(against)
    short = Path(ours).name, Path(theirs).name
    return short if short[0] != short[1] else (ours, theirs)


def filled(some: Sequence[Json], copies: Path | None) -> Texts:
    """The articles, withheld ones with the text of a copy where one fits, exactly or aligned span by span."""
    from bilan.hydration import filling, loading, work

    withheld = work.withheld(some)
    alive = loading.results(withheld, copies) if copies and withheld else {}
    notes: dict[str, str] = {}
    hidden: dict[str, Json] = {}
    out = []
    for one in some:
        result = alive.get(one["id"])
        if result is None or one["text"]["access"] != "withheld":
            out.append(one)
            if copies and one["text"]["access"] == "withheld":
                notes[one["id"]] = "No copy of this text was found."
            continue
        out.append(filling.filled(one, result))
        hidden[one["id"]] = one
        notes[one["id"]] = f"The text is from a copy of your own ({result.told()}), and not to be passed on."
        if result.missing:
            notes[one["id"]] += " Marks that could not be placed in it are left out."
    return Texts(out, list(hidden.values()), notes)


def _story(ident: str, names: Sequence[str], corpus: Path) -> tuple[Json | None, Path | None, list[Incident]]:
    """The story.json of a story, and its folder: beside the files that were named, else in the corpus."""
    folders = []
    for name in names:
        if os.path.exists(name):
            place = Path(name)
            folders += [place if place.is_dir() else place.parent]
            folders += [place / ident[:2] / ident[3:], place / "corpus" / ident[:2] / ident[3:]]
    folders.append(corpus / ident[:2] / ident[3:])
    wrong: list[Incident] = []
    for folder in folders:
        path = folder / "story.json"
        if not path.is_file():
            continue
        document, found = _read(path)
        if document is not None and document["id"] == ident:
            return document, folder, []
        wrong += found
    return None, None, wrong


def _read(path: Path) -> tuple[Json | None, list[Incident]]:
    file = tree.shown(path)
    raw = parse.read_bytes(path, file)
    if isinstance(raw, Incident):
        return None, [raw]
    document, incidents = parse.parse(raw, file)
    if document is None:  # its layout does not matter here
        return None, incidents
    found = schema.check(document, "story", file)
    return (None, found) if found else (document, [])
