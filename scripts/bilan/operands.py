"""What a user calls a state of the corpus: a version, a commit, a corpus folder, a built folder."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path

from bilan import copies, history, releases
from bilan import corpus as corpora
from bilan.corpus import Corpus
from bilan.incidents import BilanError, Incident
from bilan.model import Json
from bilan.paths import Home

_VERSION = re.compile(r"v?([0-9]+\.[0-9]+\.[0-9]+)")


@dataclass(frozen=True)
class Operand:
    """A state of the corpus: how to call it, its documents in the shape of their time, and the version that it is or
    goes on from (None if that cannot be told)."""

    label: str
    data: Corpus
    version: str | None


def newest(home: Home) -> Operand:
    """The newest release. Raises BilanError if there is none, or its data cannot be had."""
    return released(home, releases.read_manifest(home.corpus)["version"])


def at_hand(home: Home) -> Operand:
    """The corpus at hand, committed or not."""
    return Operand("corpus", corpora.read(home.corpus), _newest_in(home.corpus))


def read(name: str, home: Home) -> Operand:
    """What a name stands for: a version (0.1.0, v0.1.0), else a folder, else a commit of the checkout (HEAD~3, a
    branch, a tag, a hash).

    Raises BilanError: B830 if it is none of these, B702 for a version that was not released, else as ``history``,
    ``corpus.read`` and ``copies.read_back``.
    """
    if match := _VERSION.fullmatch(name):
        return released(home, match[1])
    try:
        folder = next((f for f in (Path(name), Path(name) / "corpus") if _holds_corpus(f)), None)
    except ValueError:  # a NUL in the name
        folder = None
    if folder is not None:
        return Operand(name, copies.read(folder), _newest_in(folder))
    try:
        data = history.corpus_at(home.root, name)
    except BilanError as error:
        codes = {incident.code for incident in error.incidents}
        if codes == {"B832"} and not history.is_shallow(home.root):
            raise _no_operand(name, "") from None
        if codes == {"B831"}:
            raise _no_operand(name, f" ({error.incidents[0].message})") from None
        raise
    return Operand(name, data, history.newest_version(home.root, name))


def released(home: Home, version: str) -> Operand:
    """The data of a released version: from the corpus at hand where it still holds them, else from git."""
    manifest = releases.read_manifest(home.corpus, version)
    data = _still_held(home.corpus, manifest)
    return Operand(version, data or history.release(home.root, version), version)


def _still_held(folder: Path, manifest: Json) -> Corpus | None:
    """The documents of a manifest if a corpus folder holds all of them as released."""
    try:
        kept = history.only(corpora.read(folder), manifest)
        found = releases.manifest(kept, manifest["version"], manifest["date"])["root"]
    except (BilanError, KeyError, TypeError, AttributeError, ValueError):
        return None  # a draft may be broken; the release is not to suffer from it
    return kept if found == manifest["root"] else None


def _holds_corpus(folder: Path) -> bool:
    return (folder / "registry").is_dir() or (folder / "bilan.json").is_file()


def _newest_in(folder: Path) -> str | None:
    """The version that a folder is, or goes on from."""
    try:
        info = json.loads((folder / "bilan.json").read_bytes())
        releases.version_key(info["version"])
        return str(info["version"])
    except (OSError, ValueError, KeyError, TypeError):
        return next(reversed(releases.manifests(folder)), None)


def _no_operand(name: str, more: str) -> BilanError:
    message = f"{name!r} is no version, no folder with a corpus, and no commit{more}"
    mend = "give 0.1.0, HEAD~3, a corpus folder, or a folder that bilan build wrote"
    return BilanError(Incident("B830", message, mend, file=name))
