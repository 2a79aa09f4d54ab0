"""A corpus on disk as plain data: its articles, stories and registry, read without checking."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bilan.incidents import BilanError, Incident
from bilan.model import Json

REGISTRIES = ("actors", "places", "outlets")


@dataclass(frozen=True)
class Corpus:
    """Everything that a release holds. Articles and stories by id, in order of id; registry documents by kind."""

    articles: dict[str, Json]
    stories: dict[str, Json]
    registry: dict[str, Json]


def read(corpus: Path, broken: list[Incident] | None = None) -> Corpus:
    """Reads a corpus folder that is known to be sound. Raises BilanError naming the first file that is not JSON.

    With ``broken`` articles and stories that cannot be read are left out and told of there.
    """
    if not (corpus / "registry").is_dir():
        raise BilanError(
            Incident(
                "B112",
                "this is no corpus folder: it has no registry",
                "give a folder that has one",
                file=str(corpus),
            )
        )
    articles = dict(_documents(corpus, True, broken))
    stories = dict(_documents(corpus, False, broken))
    registry = {kind: _load(corpus / "registry" / f"{kind}.json") for kind in REGISTRIES}
    return Corpus(dict(sorted(articles.items())), dict(sorted(stories.items())), registry)


def _documents(
    corpus: Path, article: bool, broken: list[Incident] | None = None
) -> Iterator[tuple[str, Json]]:
    """Documents by id. The id must be that of the place: of two files with one id, one would hide the other."""
    from bilan.checks.tree import article_files

    paths = article_files(corpus) if article else sorted(corpus.glob("[a-z][a-z]/*/story.json"))
    for path in paths:
        try:
            yield _document(path, article)
        except BilanError as error:
            if broken is None:
                raise
            broken.extend(error.incidents)


def _document(path: Path, article: bool) -> tuple[str, Json]:
    document = _load(path)
    story = f"{path.parent.parent.name}-{path.parent.name}"
    ident = f"{story}.{path.stem.replace('-', '.')}" if article else story
    if not isinstance(document, dict) or document.get("id") != ident:
        message = f"this is no document with the id {ident}"
        raise BilanError(Incident("B307", message, "run bilan check", file=str(path)))
    return ident, document


def _load(path: Path) -> Any:
    try:
        return json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError) as error:
        raise BilanError(
            Incident("B101", f"cannot be read: {error}", "run bilan check", file=str(path))
        ) from None
