"""Which articles are annotated twice: two files, or all articles that two folders have in common."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from bilan import textform
from bilan.adjudication import is_worksheet
from bilan.checks import parse, schema
from bilan.checks.runner import article_files
from bilan.incidents import BilanError, Incident
from bilan.model import Json


def read(place: Path) -> dict[str, Json]:
    """Articles by id, of a file or of all .json and .md files below a folder. Other corpus files are passed over.

    Raises BilanError for what is no article (a single file), is broken, or stands twice.
    """
    if (place / "registry").is_dir():
        paths = article_files(place)  # a corpus: not the second annotations that it holds
    elif place.is_dir():
        paths = sorted(p for p in place.rglob("*") if p.suffix in (".json", ".md") and p.is_file())
    elif place.is_file():
        paths = [place]
    else:
        raise BilanError(Incident("B112", "no such file or folder", "check the path", file=str(place)))
    out: dict[str, Json] = {}
    for path in paths:
        document = _article(path, strict=place.is_file())
        if document is None:
            continue
        if document["id"] in out:
            message = f"the article {document['id']} stands twice below {place}"
            raise BilanError(Incident("B601", message, "keep one of the two", file=str(path)))
        out[document["id"]] = document
    return out


def _article(path: Path, strict: bool) -> Json | None:
    raw = parse.read_bytes(path, str(path))
    if isinstance(raw, Incident):
        raise BilanError(raw)
    if path.suffix == ".md":
        if not strict and not raw.startswith(b"---\n"):
            return None  # the guidelines, say
        text, incidents = parse.decode(raw, str(path))
        if text is None or incidents:
            raise BilanError(incidents)
        if is_worksheet(text):
            if not strict:
                return None
            message = "this is the worksheet of an adjudication, no annotation"
            mend = "finish it (bilan adjudicate --finish), and give the article that comes of it"
            raise BilanError(Incident("B874", message, mend, file=str(path)))
        document: Any = textform.unmark(text, str(path))
    else:
        try:
            document = json.loads(raw)
        except ValueError as error:
            raise BilanError(Incident("B101", str(error), "run bilan check", file=str(path))) from None
        if not strict and not (isinstance(document, dict) and "entities" in document):
            return None  # a story, a registry file
    found = schema.check(document, "article", str(path))
    if found:
        raise BilanError(found)
    article: Json = document
    return article


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
