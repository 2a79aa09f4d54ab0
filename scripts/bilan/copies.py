"""Copies of the corpus in whatever form they come: a corpus folder, or a folder that ``bilan build`` wrote."""

from __future__ import annotations

from pathlib import Path

from bilan import corpus
from bilan.incidents import BilanError, Incident


def read(path: Path) -> corpus.Corpus:
    """The documents of a copy. Raises BilanError if it is neither a corpus nor a built folder."""
    if (path / "registry").is_dir():
        return corpus.read(path)
    if (path / "bilan.json").is_file():
        from bilan import build

        return build.read_back(path)
    message = "neither a corpus folder (registry/) nor a built one (bilan.json)"
    raise BilanError(Incident("B112", message, "give the folder of a copy", file=str(path)))
