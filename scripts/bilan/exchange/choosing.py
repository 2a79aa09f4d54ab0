"""Which articles a user means: files, folders, ids of articles and stories; and their texts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from bilan.agreement import files
from bilan.checks import spans, tree
from bilan.checks.locate import locate
from bilan.incidents import BilanError, Incident
from bilan.model import Json


def with_texts(some: list[Json], copies: Path | None) -> tuple[list[Json], list[Incident]]:
    """The articles, withheld ones filled in from exact copies below ``copies``; B862 for those that stay without text.

    A copy that differs does not do: what is annotated on it would not fit the text.
    """
    from bilan.hydration import filling, loading, work

    withheld = work.withheld(some)
    alive = loading.results(withheld, copies) if copies and withheld else {}
    out: list[Json] = []
    incidents: list[Incident] = []
    for one in some:
        result = alive.get(one["id"])
        if one["text"]["access"] != "withheld":
            out.append(one)
        elif result is not None and result.state == "exact":
            out.append(filling.filled(one, result))
        else:
            message = f"the text of {one['id']} is withheld"
            if result is not None:
                message += ", and the copy differs from it"
            mend = "give --hydrate DIR with an exact copy (docs/withheld.md)"
            incidents.append(Incident("B862", message, mend, file=one["id"]))
    return out, incidents


def articles(names: Iterable[str], corpus: Path) -> tuple[list[Json], list[Incident]]:
    """Sound articles that the names stand for, in order, each once; and what is wrong with the others.

    A name is an article file (or its text form), a folder, or the id of an article or a story of ``corpus``. Raises
    BilanError (B112) where a name stands for nothing.
    """
    found: list[Json] = []
    incidents: list[Incident] = []
    seen: set[Path] = set()
    missing = []
    for name in names:
        paths, named = _paths(name, corpus)
        here = named and bool(paths)
        for path in paths:
            if path.resolve() in seen:
                here = True
                continue
            try:
                one = files.article(path, strict=named)
            except BilanError as error:
                incidents += error.incidents
                here = True
                continue
            if one is None:
                continue
            here = True
            seen.add(path.resolve())
            wrong = spans.inside(one, tree.shown(path))
            incidents += locate(path.read_bytes(), wrong) if path.suffix == ".json" else wrong
            if not wrong:
                found.append(one)
        if not here:
            missing.append(_nothing(name, corpus))
    if missing:
        raise BilanError(missing)
    return found, incidents


def single(some: list[Json]) -> tuple[list[Json], list[Incident]]:
    """The articles that are there once; B866 for each that is there several times, where one would hide the others."""
    times = Counter(one["id"] for one in some)
    mend = "give one of its annotations; others go to another folder"
    return [one for one in some if times[one["id"]] == 1], [
        Incident("B866", f"{ident} is here {number} times", mend, file=ident)
        for ident, number in times.items()
        if number > 1
    ]


def _nothing(name: str, corpus: Path) -> Incident:
    if name and Path(name).is_dir():
        mend = "give a folder of article files or of text forms"
        return Incident("B112", "there is no article in this folder", mend, file=name)
    mend = "give an article file, a folder, or the id of an article or a story"
    return Incident("B112", f"{name!r} is no article here", mend, file=str(corpus))


def _paths(name: str, corpus: Path) -> tuple[list[Path], bool]:
    """The files that a name may stand for, and whether each of them is meant: not every file of a folder is."""
    try:
        path = Path(name)
        if name and path.is_file():
            return [path], True
        if name and path.is_dir():  # an empty name is no folder: a variable that was never set
            return files.paths(path / "corpus" if (path / "corpus" / "registry").is_dir() else path), False
    except ValueError:  # a NUL in the name
        return [], True
    story, _, rest = name.partition(".")
    folder = corpus / story[:2] / story[3:]
    if rest:
        file = folder / f"{rest.replace('.', '-')}.json"
        return [file] if file.is_file() else [], True
    return sorted(folder.glob("[a-z][a-z]-*.json")) if folder.is_dir() and story[3:] else [], True
