"""Older states of the corpus, read from the history that git keeps: bytes only, no checkout, no network.

``corpus_at`` gives the corpus of any commit, ``release`` that of a version: exactly the documents that its manifest
names, proved by their hashes. Documents come in the shape of their time; ``bilan.upgrade`` brings them to today's.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
from functools import lru_cache
from pathlib import Path
from typing import NoReturn

from bilan import releases
from bilan.corpus import REGISTRIES, Corpus
from bilan.incidents import BilanError, Incident
from bilan.model import Json

_STORY = re.compile(r"corpus/([a-z]{2})/([^/]+)/story\.json")
_ARTICLE = re.compile(r"corpus/([a-z]{2})/([^/]+)/([a-z]{2})-([0-9]+)\.json")
_REGISTRY = re.compile(r"corpus/registry/([a-z]+)\.json")


def resolve(root: Path, name: str) -> str:
    """The full hash of a commit named in any way that git knows ("HEAD~3", a branch, a tag, a short hash).

    Raises BilanError: B831 if git or the repository is missing, B832 if there is no such commit.
    """
    if _git(root, "rev-parse", "--git-dir").returncode:
        _fail("B831", f"{root} is no git repository", _GET_HISTORY, str(root))
    done = _git(root, "rev-parse", "--verify", "--quiet", "--end-of-options", name + "^{commit}")
    if done.returncode:
        shallow = is_shallow(root)
        mend = (
            "git fetch --unshallow"
            if shallow
            else "git log --oneline -- corpus lists them; git fetch gets more"
        )
        clone = ", and this clone is shallow" if shallow else ""
        _fail("B832", f"there is no commit {name!r} in this repository{clone}", mend, str(root))
    return done.stdout.decode().strip()


def is_shallow(root: Path) -> bool:
    """Whether a clone lacks older commits."""
    return _git(root, "rev-parse", "--is-shallow-repository").stdout.strip() == b"true"


def corpus_at(root: Path, commit: str) -> Corpus:
    """The corpus as a commit holds it, in the shape of its time. ``root``: the checkout, which has ``corpus``.

    Raises BilanError: B831 or B832 as ``resolve``, B834 if the commit has no sound corpus.
    """
    found = resolve(root, commit)
    listed = _git(root, "ls-tree", "-r", "-z", "--full-name", found, "corpus")
    prefix = _git(root, "rev-parse", "--show-prefix").stdout.decode().strip()  # the checkout may lie deeper
    wanted: list[tuple[str, str]] = []
    for row in listed.stdout.decode("utf-8", "surrogateescape").split("\0"):
        meta, _, path = row.partition("\t")
        path = path.removeprefix(prefix)
        if any(form.fullmatch(path) for form in (_STORY, _ARTICLE, _REGISTRY)):
            mode, kind, oid = meta.split()
            if kind == "blob" and mode != "120000":  # a symbolic link is no document
                wanted.append((path, oid))
    articles: dict[str, Json] = {}
    stories: dict[str, Json] = {}
    registry: dict[str, Json] = {}
    for (path, _), raw in zip(wanted, _blobs(root, [oid for _, oid in wanted]), strict=True):
        place = f"{found[:12]}:{path}"
        document = _load(raw, place)
        if match := _REGISTRY.fullmatch(path):
            entries = document.get(match[1])
            if not isinstance(entries, list) or not all(isinstance(e, dict) and "id" in e for e in entries):
                _fail("B834", "this is no registry document", _OTHER_COMMIT, place)
            registry[match[1]] = document
            continue
        match = _ARTICLE.fullmatch(path) or _STORY.fullmatch(path)
        assert match is not None
        story = f"{match[1]}-{match[2]}"
        ident = ".".join((story, *match.groups()[2:]))
        if document.get("id") != ident:
            _fail("B834", f"this is no document with the id {ident}", _OTHER_COMMIT, place)
        (stories if ident == story else articles)[ident] = document
    if set(REGISTRIES) - set(registry):
        _fail("B834", f"commit {commit} holds no corpus", _OTHER_COMMIT, str(root))
    kept = {kind: registry[kind] for kind in REGISTRIES}
    return Corpus(dict(sorted(articles.items())), dict(sorted(stories.items())), kept)


def commit_of(root: Path, version: str) -> str:
    """The commit that holds the data of a released version: the newest of those that touched its manifest in which
    every document of the manifest has the hash that it names.

    Raises BilanError: B702 if there is no such version, B831 as ``resolve``, B833 if the history lacks its data.
    """
    manifest = releases.read_manifest(root / "corpus", version)
    return _commit_of(str(root.resolve()), version, manifest["root"])


def release(root: Path, version: str) -> Corpus:
    """The data of a released version, in the shape of that version: the documents of its manifest and no others, so
    that ``releases.manifest`` of it has the manifest's root. Errors are those of ``commit_of``.
    """
    manifest = releases.read_manifest(root / "corpus", version)
    found = _commit_of(str(root.resolve()), version, manifest["root"])
    return only(corpus_at(root, found), manifest)


def only(data: Corpus, manifest: Json) -> Corpus:
    """Of a corpus the documents that a manifest names: what lies beside them is work towards another version."""
    registry = {
        kind: {**document, kind: [e for e in document[kind] if f"{kind}/{e['id']}" in manifest["registry"]]}
        for kind, document in data.registry.items()
    }
    return Corpus(
        {ident: one for ident, one in data.articles.items() if ident in manifest["articles"]},
        {ident: one for ident, one in data.stories.items() if ident in manifest["stories"]},
        registry,
    )


def newest_version(root: Path, commit: str) -> str | None:
    """The newest version whose manifest a commit has; None if it has none. Errors are those of ``resolve``."""
    listed = _git(
        root, "ls-tree", "--name-only", "-z", resolve(root, commit), "corpus/releases/"
    ).stdout.decode()
    found = []
    for path in listed.split("\0"):
        try:
            found.append(releases.version_key(Path(path).name.removesuffix(".json")))
        except ValueError:  # no manifest
            continue
    return ".".join(map(str, max(found))) if found else None


@lru_cache(maxsize=64)
def _commit_of(root: str, version: str, wanted: str) -> str:
    # the root hash is part of the key: a manifest that is written anew is looked for anew
    home = Path(root)
    manifest = releases.read_manifest(home / "corpus", version)
    resolve(home, "HEAD")
    path = f"corpus/releases/{version}.json"
    for commit in _git(home, "rev-list", "HEAD", "--", path).stdout.decode().split():
        try:
            data = only(corpus_at(home, commit), manifest)
            held = releases.manifest(data, version, manifest["date"])["root"]
        except (BilanError, KeyError, TypeError, AttributeError, ValueError):
            continue  # a corpus that cannot be read is not the released one
        if held == wanted:
            return commit
    if is_shallow(home):
        _fail("B833", f"this clone is shallow and lacks the data of {version}", "git fetch --unshallow", root)
    mend = "get the whole history: git fetch --all; or give a copy of that version as a folder"
    _fail("B833", f"no commit that wrote the manifest of {version} holds its data", mend, root)


# --- git ---------------------------------------------------------------------------------------------------

_GET_HISTORY = "clone the repository with its history (git clone), stand in it; or give copies as folders"
_OTHER_COMMIT = "give another commit: git log --oneline -- corpus lists them"


def _fail(code: str, message: str, mend: str, file: str) -> NoReturn:
    raise BilanError(Incident(code, message, mend, file=file)) from None


def _git(root: Path, *arguments: str, given: bytes | None = None) -> subprocess.CompletedProcess[bytes]:
    """Runs git in a folder. Raises BilanError (B831) where there is no git."""
    # A hook sets GIT_DIR and its like for another purpose. Blobs that a partial clone lacks are not fetched.
    environment = {key: value for key, value in os.environ.items() if not key.startswith("GIT_")}
    environment.update(LC_ALL="C", GIT_NO_LAZY_FETCH="1", GIT_OPTIONAL_LOCKS="0", GIT_TERMINAL_PROMPT="0")
    # What is run here executes nothing of the repository, so that its owner does not matter (a container's root).
    command = ["git", "-c", "safe.directory=*", "--no-replace-objects", *arguments]
    try:
        return subprocess.run(
            command, cwd=root, env=environment, input=given or b"", capture_output=True, check=False
        )
    except OSError as error:
        _fail("B831", f"git cannot be run ({error.strerror})", "install git", str(root))
    except ValueError as error:  # a NUL in the name of a commit
        _fail("B832", f"this is no name of a commit: {error}", _OTHER_COMMIT, str(root))


def _blobs(root: Path, oids: list[str]) -> list[bytes]:
    """The contents of blobs, in order, by one process."""
    done = _git(root, "cat-file", "--batch", given="".join(f"{oid}\n" for oid in oids).encode())
    out, at, raw = [], 0, done.stdout
    for oid in oids:
        end = raw.find(b"\n", at)
        head = raw[at:end].split() if end >= 0 else []
        if len(head) != 3:
            message = f"this clone lacks the contents of older commits (blob {oid[:12]})"
            _fail("B833", message, "clone it without --filter", str(root))
        size = int(head[2])
        out.append(raw[end + 1 : end + 1 + size])
        at = end + size + 2
    return out


def _load(raw: bytes, place: str) -> Json:
    try:
        document = json.loads(raw)
    except (ValueError, RecursionError) as error:
        _fail("B834", f"cannot be read: {error}", _OTHER_COMMIT, place)
    if not isinstance(document, dict):
        _fail("B834", "this is no object", _OTHER_COMMIT, place)
    result: Json = document
    return result
