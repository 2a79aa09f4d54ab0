"""Copies of the corpus in whatever form they come: a corpus folder, or a folder that ``bilan build`` wrote."""

from __future__ import annotations

import json
from pathlib import Path

from bilan import corpus
from bilan.incidents import BilanError, Incident
from bilan.model import Json


def read(path: Path) -> corpus.Corpus:
    """The documents of a copy. Raises BilanError if it is neither a corpus nor a built folder."""
    if (path / "registry").is_dir():
        return corpus.read(path)
    if (path / "bilan.json").is_file():
        return read_back(path)
    message = "neither a corpus folder (registry/) nor a built one (bilan.json)"
    raise BilanError(Incident("B112", message, "give the folder of a copy", file=str(path)))


def read_as(path: Path, released: Json) -> tuple[corpus.Corpus, Json]:
    """A copy and the manifest that it would have as the same release. Raises BilanError if it is not whole."""
    from bilan import releases
    from bilan.checks import tree

    try:
        data = read(path)
        found = releases.manifest(data, released["version"], released["date"])
    except (KeyError, TypeError, AttributeError, ValueError, RecursionError) as error:
        message = f"a document of this copy is no document of a corpus ({type(error).__name__}: {error})"
        mend = f"bilan check --corpus {path} names it; get the copy again"
        raise BilanError(Incident("B701", message, mend, file=str(path))) from None
    # of two files with one id the second would hide the first
    files = len(tree.article_files(path)) if (path / "registry").is_dir() else len(data.articles)
    if files != len(data.articles):
        message = f"{files} article files with {len(data.articles)} ids: some id stands in more than one file"
        raise BilanError(Incident("B703", message, f"bilan check --corpus {path} names it", file=str(path)))
    return data, found


def read_back(folder: Path) -> corpus.Corpus:
    """The documents that a built folder was made from, to prove it or compare it with another.

    Raises BilanError (B807) if something of the folder is missing or broken.
    """
    from bilan.building.beside import METADATA
    from bilan.load import read_built
    from bilan.tables import articles

    table = read_built("articles", folder).tables
    found = [articles.document(row) for split in table.values() for row in split.to_pylist()]
    try:
        registry = {k: json.loads((folder / METADATA / f"{k}.json").read_bytes()) for k in corpus.REGISTRIES}
        lines = [line for file in _story_files(folder) for line in file.read_bytes().splitlines()]
        stories = {story["id"]: story for story in map(json.loads, lines)}
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise BilanError(
            Incident("B807", f"this build is broken: {error}", "build it again", file=str(folder))
        ) from error
    return corpus.Corpus(
        {one["id"]: one for one in sorted(found, key=lambda one: one["id"])}, stories, registry
    )


def _story_files(folder: Path) -> list[Path]:
    """Where the stories of a built folder are; of a build of shards each has its own."""
    from bilan.building.beside import METADATA, SHARDS_FILE, STORIES_FILE

    if not (folder / SHARDS_FILE).is_file():
        return [folder / METADATA / STORIES_FILE]
    shards = json.loads((folder / SHARDS_FILE).read_bytes())["shards"]
    names = [name for shard in shards for name in shard["files"] if name.startswith(f"{METADATA}/")]
    return [folder / name for name in names]
