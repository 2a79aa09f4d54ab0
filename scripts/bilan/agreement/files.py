"""Which articles are annotated twice: two files, or all articles that two folders have in common."""

from __future__ import annotations

from pathlib import Path

from bilan import textform
from bilan.adjudication import is_worksheet
from bilan.checks import parse, schema
from bilan.checks.locate import locate
from bilan.checks.tree import article_files, shown
from bilan.incidents import BilanError, Incident
from bilan.model import Json

_LAYOUT = frozenset({"B103", "B104", "B117"})
"""Faults of how a file is written, as editors leave them: its annotation can be read all the same."""


def paths(place: Path) -> list[Path]:
    """The files that may be articles: one file, all of a corpus, or all .json and .md files below a folder.

    Raises BilanError (B112) where there is nothing.
    """
    if (place / "registry").is_dir():
        return article_files(place)  # a corpus: not the second annotations that it holds
    if place.is_dir():
        return sorted(p for p in place.rglob("*") if p.suffix in (".json", ".md") and p.is_file())
    if place.is_file():
        return [place]
    raise BilanError(Incident("B112", "no such file or folder", "check the path", file=str(place)))


def read(place: Path) -> dict[str, Json]:
    """Articles by id, of a file or of all files below a folder. Other corpus files are passed over.

    Raises BilanError for what is no article (a single file), is broken, or stands twice.
    """
    out: dict[str, Json] = {}
    for path in paths(place):
        document = article(path, strict=place.is_file())
        if document is None:
            continue
        if document["id"] in out:
            message = f"the article {document['id']} stands twice below {place}"
            raise BilanError(Incident("B601", message, "keep one of the two", file=str(path)))
        out[document["id"]] = document
    return out


def article(path: Path, strict: bool = True) -> Json | None:
    """The article in a file, JSON or text form, that fits the schema; line ends and layout do not matter.

    Not ``strict``: None for a file that means to be something else: guidelines, a story, a worksheet, a history.
    Raises BilanError for all else, with places.
    """
    file = shown(path)
    raw = parse.read_bytes(path, file)
    if isinstance(raw, Incident):
        raise BilanError(raw)
    if path.suffix == ".md":
        return _text_form(raw, file, strict)
    document, incidents = parse.parse(raw, file)
    serious = [one for one in incidents if one.code not in _LAYOUT]
    if document is None or serious:
        raise BilanError(serious or incidents)
    if not strict and not (isinstance(document, dict) and "entities" in document):
        return None  # a story, a registry file
    found = schema.check(document, "article", file)
    if found:
        raise BilanError(locate(raw, found))
    out: Json = document
    return out


def _text_form(raw: bytes, file: str, strict: bool) -> Json | None:
    text, incidents = parse.decode(raw, file)
    front = raw.removeprefix(b"\xef\xbb\xbf").replace(b"\r\n", b"\n").startswith(b"---\n")
    if not strict and not front:
        return None  # the guidelines, say
    if text is None:
        raise BilanError(incidents)
    if is_worksheet(text):
        if not strict:
            return None
        message = "this is the worksheet of an adjudication, no annotation"
        mend = "finish it (bilan adjudicate --finish), and give the article that comes of it"
        raise BilanError(Incident("B874", message, mend, file=file))
    document: Json = textform.unmark(text, file)
    found = schema.check(document, "article", file)
    if found:
        raise BilanError(found)
    return document


def pairs(ours: Path, theirs: Path) -> list[tuple[Json, Json]]:
    """The articles that both have, in order of their ids. Raises BilanError if there is none."""
    a, b = read(ours), read(theirs)
    common = sorted(a.keys() & b.keys())
    if not common:
        message = f"no article is annotated both in {ours} and in {theirs}"
        raise BilanError(
            Incident("B810", message, "give two annotations of the same articles", file=str(theirs))
        )
    return [(a[ident], b[ident]) for ident in common]
