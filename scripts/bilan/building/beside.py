"""What stands beside the tables of a built folder: registry, card, plots, licence, Croissant."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from pathlib import Path

from bilan import paths, tables
from bilan.building.files import sha256_of, write_file
from bilan.building.totals import Totals
from bilan.jsonio import dumps
from bilan.model import Json
from bilan.swap import INFO_FILE
from bilan.tables import croissant
from bilan.tables.card import File, Layout, card, metadata

METADATA = "metadata"
STORIES_FILE = "stories.jsonl"
SHARDS_FILE = "shards.json"
"""In a folder built from shards: these, with the hash of each source and the files made of it."""

CARD = "DATACARD.md"

Find = Callable[[str], bytes | None]
"""Gives a file of the home of a corpus by its name, or None."""


def home_file(corpus: Path, name: str) -> bytes | None:
    """A file of the home that a corpus lies in, else of the package's own; None where there is none."""
    for folder in (corpus.parent, paths.package_home().root):
        if (folder / name).is_file():
            return (folder / name).read_bytes()
    return None


def write_registry(folder: Path, registry: dict[str, Json]) -> list[File]:
    """The registry whole: with the stories and the table of articles the folder then holds all that a release holds."""
    out = []
    for kind, document in registry.items():
        path = folder / METADATA / f"{kind}.json"
        path.parent.mkdir(exist_ok=True)
        write_file(path, dumps(document))
        out.append(described(folder, f"{METADATA}/{kind}.json"))
    return out


def described(folder: Path, name: str) -> File:
    """A file of the folder with its size and hash."""
    return File(name, (folder / name).stat().st_size, sha256_of(folder / name))


def write_texts(find: Find, folder: Path, layout: Layout, version: str, root: str, totals: Totals) -> None:
    """Card, ``bilan.json``, plots and licence."""
    body = (find(CARD) or b"").decode()
    header = metadata(layout, version, totals.licences, totals.languages)
    counts = {config: {one.split: one.rows for one in splits} for config, splits in layout.items()}
    info = {"name": "bilan", "version": version, "root": root, "counts": counts}
    write_file(folder / "README.md", card(header, body, layout, tables.splits()).encode())
    write_file(folder / INFO_FILE, (json.dumps(info, indent=2) + "\n").encode())
    for name in re.findall(r"\]\((plots/[a-z]+\.svg)\)", body):
        drawing = find(name)
        if drawing is not None:
            (folder / name).parent.mkdir(exist_ok=True)
            write_file(folder / name, drawing)
    licence = find("LICENSE-DATA")
    if licence is not None:
        write_file(folder / "LICENSE-DATA", licence)


def write_croissant(
    find: Find,
    folder: Path,
    files: Iterable[File],
    layout: Layout,
    version: str,
    root: str,
    release: Json | None,
    totals: Totals,
    places: list[Json],
) -> None:
    """Last of all: it holds the hashes of the ``files``, which are those of the data."""
    facts = croissant.Facts(
        version=version,
        root=root,
        release=release,
        licences=totals.licences,
        languages=totals.languages,
        annotators=totals.annotators,
        stories=totals.coverage(),
        places=places,
        card=(find(CARD) or b"").decode(),
    )
    write_file(folder / croissant.FILE, croissant.dumps(croissant.croissant(facts, files, layout)))
