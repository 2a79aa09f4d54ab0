"""What would be published: the files of a build that is the newest release, whole, and nothing beside it."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from bilan import copies, corpus, releases, tables
from bilan.incidents import BilanError, Incident
from bilan.model import Json
from bilan.publishing import proof

_OWN = re.compile(
    r"README\.md|LICENSE-DATA|bilan\.json|croissant\.json|plots/[a-z]+\.svg|metadata/[a-z]+\.jsonl?"
    r"|data/[a-z]+/[a-z]+-[0-9]+-of-[0-9]+\.parquet"
)
"""The files that a build writes. Whatever else lies in the folder must not go out with it."""


@dataclass(frozen=True, slots=True)
class PlannedFile:
    """A file by its path in the build: bytes, SHA-256, and the id (SHA-1) that git gives it."""

    path: str
    size: int
    sha256: str
    git_id: str


@dataclass(frozen=True, slots=True)
class Plan:
    """A release that is ready to go out."""

    build: Path
    version: str
    root: str
    files: tuple[PlannedFile, ...]

    @property
    def tag(self) -> str:
        return f"v{self.version}"

    @property
    def message(self) -> str:
        """Of the commit and of the tag; the same every time."""
        return f"BILAN {self.version}\n\nroot sha256:{self.root}\n"

    @property
    def size(self) -> int:
        return sum(one.size for one in self.files)


def make(build: Path, manifests: Path) -> Plan:
    """The plan for a built folder, against the newest manifest of the corpus folder ``manifests``.

    Raises BilanError: B807 if it is no build, B702 without any release, B842 unless the documents are those of
    the newest release, the tables follow from them, and no other file lies in the folder.
    """
    info = proof.read_info(build)
    released = releases.read_manifest(manifests)
    version = released["version"]
    faults = proof.faults(build, version, released["root"])
    strays = [name for name, path in proof.files_of(build) if path.is_symlink() or not _OWN.fullmatch(name)]
    faults += [f"{name} is no file that bilan build writes" for name in strays]
    if not faults:
        data, found = copies.read_as(build, released)
        if different := releases.compare(released, found):
            faults.append(
                f"{len(different)} documents differ from release {version}; bilan verify names them"
            )
        else:
            faults += _underived(build, data)
    if faults:
        mend = "release what the corpus holds (bilan release), build it anew (bilan build), then publish"
        raise BilanError([Incident("B842", fault, mend, file=str(build)) for fault in faults])
    return Plan(build, version, info["root"], tuple(_planned(*one) for one in proof.files_of(build)))


def _planned(name: str, path: Path) -> PlannedFile:
    size = path.stat().st_size
    large, git = hashlib.sha256(), hashlib.sha1(b"blob %d\0" % size, usedforsecurity=False)
    with open(path, "rb") as file:
        while block := file.read(1 << 20):
            large.update(block)
            git.update(block)
    return PlannedFile(name, size, large.hexdigest(), git.hexdigest())


def _underived(build: Path, data: corpus.Corpus) -> Iterator[str]:
    """Tables that do not follow from the documents: an older package may have made them, or a hand."""
    import pyarrow as pa

    from bilan.load import read_built
    from bilan.tables import parquet

    rows: dict[tuple[str, str], list[Json]] = {}
    registry = {kind: {one["id"]: one for one in file[kind]} for kind, file in data.registry.items()}
    for story, group in groupby(data.articles.values(), key=lambda one: one["story"]):
        for key, more in tables.story_tables(data.stories[story], group, registry).rows.items():
            rows.setdefault(key, []).extend(more)
    for config in tables.CONFIGS:
        built = read_built(config, build).tables
        for split in tables.splits():
            ours = pa.Table.from_batches([parquet.batch(config, rows.get((config, split), []))])
            theirs = built.get(split, ours.slice(0, 0))
            if not ours.equals(theirs):
                yield f"{config}/{split} does not follow from the released documents"
