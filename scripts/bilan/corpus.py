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


def read(corpus: Path) -> Corpus:
    """Reads a corpus folder that is known to be sound. Raises BilanError naming the first file that is not JSON."""
    if not (corpus / "registry").is_dir():
        raise BilanError(
            Incident(
                "B112",
                "this is no corpus folder: it has no registry",
                "give a folder that has one",
                file=str(corpus),
            )
        )
    articles = {document["id"]: document for _, document in _documents(corpus, article=True)}
    stories = {document["id"]: document for _, document in _documents(corpus, article=False)}
    registry = {kind: _load(corpus / "registry" / f"{kind}.json") for kind in REGISTRIES}
    return Corpus(dict(sorted(articles.items())), dict(sorted(stories.items())), registry)


def _documents(corpus: Path, article: bool) -> Iterator[tuple[Path, Json]]:
    from bilan.checks.runner import article_files

    paths = article_files(corpus) if article else sorted(corpus.glob("[a-z][a-z]/*/story.json"))
    for path in paths:
        yield path, _load(path)


def _load(path: Path) -> Any:
    try:
        return json.loads(path.read_bytes())
    except (OSError, ValueError) as error:
        raise BilanError(
            Incident("B101", f"cannot be read: {error}", "run bilan check", file=str(path))
        ) from None
