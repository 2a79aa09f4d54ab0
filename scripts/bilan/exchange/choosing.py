"""Which articles a user means: files, folders, ids of articles and stories; and their texts."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from bilan.checks import parse, runner, schema, spans
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
        paths = _paths(name, corpus)
        if not paths:
            mend = "give an article file, a folder, or the id of an article or a story"
            missing.append(Incident("B112", f"{name!r} is no article here", mend, file=str(corpus)))
        for path in paths:
            if path.resolve() in seen:
                continue
            seen.add(path.resolve())
            one, wrong = _read(path)
            incidents += wrong
            if one is not None:
                found.append(one)
    if missing:
        raise BilanError(missing)
    return found, incidents


def _paths(name: str, corpus: Path) -> list[Path]:
    try:
        path = Path(name)
        if path.is_file():
            return [path]
        if path.is_dir():
            folder = path / "corpus" if (path / "corpus" / "registry").is_dir() else path
            if (folder / "registry").is_dir():
                return runner.article_files(folder)
            found = [*folder.rglob("[a-z][a-z]-*.json"), *folder.glob("*.*.*.json")]
            return sorted(one for one in found if not one.name.endswith(".history.json"))
    except ValueError:  # a NUL in the name
        return []
    story, _, rest = name.partition(".")
    folder = corpus / story[:2] / story[3:]
    if rest:
        file = folder / f"{rest.replace('.', '-')}.json"
        return [file] if file.is_file() else []
    return sorted(folder.glob("[a-z][a-z]-*.json")) if folder.is_dir() and story[3:] else []


def _read(path: Path) -> tuple[Json | None, list[Incident]]:
    """A document that fits the schema and whose spans are sound, else what is wrong with it."""
    file = runner.shown(path)
    raw = parse.read_bytes(path, file)
    if isinstance(raw, Incident):
        return None, [raw]
    if path.suffix == ".md":
        from bilan import textform

        text, incidents = parse.decode(raw, file)
        if text is None or incidents:
            return None, incidents
        try:
            document: Json = textform.unmark(text, file)
        except BilanError as error:
            return None, error.incidents
    else:
        parsed, incidents = parse.parse(raw, file)
        if parsed is None or incidents:
            return None, incidents
        document = parsed
    found = schema.check(document, "article", file) or spans.inside(document, file)
    if found:
        return None, locate(raw, found) if path.suffix == ".json" else found
    return document, []
