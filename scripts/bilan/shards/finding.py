"""Which shards a place holds: a local file, folder or glob, or an fsspec URL of any of them."""

from __future__ import annotations

import glob
import hashlib
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from bilan.incidents import BilanError, Incident

SUFFIXES = (".jsonl", ".jsonl.gz", ".jsonl.zst", ".parquet")
"""By their ends files are known for shards."""

LONGEST_NAME = 120
"""Characters of a shard's name: the names of files are made of it."""

_ODD = re.compile(r"[^A-Za-z0-9._-]")
_STORY_FOLDER = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}-[a-z0-9-]+")
_COUNTRY = re.compile(r"[a-z]{2}")


@dataclass(frozen=True, slots=True)
class Shard:
    """One file of a sharded corpus. ``url``: absolute path or fsspec URL; ``size``: bytes as stored.

    ``name``: the path below the place, without suffix, fit for file names and unique in the place.
    """

    url: str
    name: str
    size: int

    @property
    def suffix(self) -> str:
        return suffix_of(self.url)


def is_url(place: str) -> bool:
    """Whether fsspec has to open this, rather than the local file system."""
    return "://" in place


def is_glob(place: str) -> bool:
    """Whether a local place is a pattern; a file that is really called so is none."""
    return glob.has_magic(place) and not os.path.lexists(place)


def suffix_of(path: str) -> str:
    """The suffix by which a file is a shard, "" if it is none."""
    if path.startswith(("http://", "https://")):
        path = urlsplit(path).path
    return next((end for end in sorted(SUFFIXES, key=len, reverse=True) if path.endswith(end)), "")


def is_sharded(place: str) -> bool:
    """Whether this is a sharded corpus: a URL, a shard, a glob of shards, or a folder of shards without stories."""
    if is_url(place):
        return True
    if is_glob(place):
        return bool(suffix_of(place)) or any(suffix_of(path) for path in glob.iglob(place, recursive=True))
    if not os.path.isdir(place):
        return bool(suffix_of(place))
    return not _has_stories(place) and any(suffix_of(path) for path, _ in _walk(place, _pass_over))


def root_of(place: str) -> str:
    """The folder of a place, beside whose shards a registry may lie."""
    if is_url(place):
        fs, path = file_system(place)
        folder = path if is_folder(place) else _fixed(path)
        return str(fs.unstrip_protocol(folder))
    if is_glob(place):
        return os.path.abspath(_fixed(place) or ".")
    return os.path.abspath(place if os.path.isdir(place) else os.path.dirname(place) or ".")


def is_folder(place: str) -> bool:
    """Whether a place is a folder with all that is in it, and no choice among the shards of one."""
    if is_url(place):
        fs, path = file_system(place)
        with reported(place):
            return not glob.has_magic(path) and bool(fs.isdir(path))
    return os.path.isdir(place)


def find(place: str) -> list[Shard]:
    """The shards of a place in order of their names.

    Hidden files, those whose names or folders begin with ``_`` and the folder ``registry`` are passed over.
    Raises BilanError (B890) where the place cannot be read, has no shard, or two of one name.
    """
    paths = _remote(place) if is_url(place) else _local(place)
    if not paths:
        mend = f"give a file, folder, glob or URL with {', '.join('*' + end for end in SUFFIXES)}"
        raise BilanError(Incident("B890", "no shard here", mend, file=place))
    shards: dict[str, Shard] = {}
    for url, below, size in paths:
        shard = Shard(url, name_of(below), size)
        other = shards.setdefault(shard.name.casefold(), shard)
        if other is not shard:
            message = f"two shards of the name {shard.name}: {other.url} is the other"
            raise BilanError(Incident("B890", message, "rename one of the two", file=shard.url))
    return sorted(shards.values(), key=lambda shard: shard.name)


def name_of(below: str) -> str:
    """The name of a shard with this path below its place: ``2025/ml 1.jsonl.gz`` → ``2025--ml_1``."""
    stem = below.strip("/").removesuffix(suffix_of(below))
    name = _ODD.sub("_", stem.replace("/", "--"))
    if name[:1] in ("", "."):  # folders are named by it too
        name = "_" + name.lstrip(".")
    if len(name) > LONGEST_NAME:
        name = f"{name[: LONGEST_NAME - 9]}-{hashlib.sha256(stem.encode()).hexdigest()[:8]}"
    return name


def file_system(url: str) -> tuple[Any, str]:
    """The fsspec file system of a URL, and the path in it. Raises BilanError (B890)."""
    from fsspec.core import url_to_fs  # type: ignore[import-untyped]

    with reported(url):
        fs, path = url_to_fs(url)
        return fs, str(path)


@contextmanager
def reported(place: str) -> Iterator[None]:
    """What a file system raises, as an incident: each of them has errors of its own."""
    try:
        yield
    except BilanError:
        raise
    except ImportError as error:
        mend = "install the library that it names"
        raise BilanError(Incident("B890", f"cannot be opened: {error}", mend, file=place)) from error
    except Exception as error:
        said = str(error).splitlines()[0][:200] if str(error) else type(error).__name__
        message = f"cannot be listed: {said}"
        raise BilanError(
            Incident("B890", message, "check the address and what you may read", file=place)
        ) from error


Found = tuple[str, str, int]
"""Of a shard: URL, path below the place, size in bytes."""


def _remote(place: str) -> list[Found]:
    fs, path = file_system(place)
    with reported(place):
        if glob.has_magic(path):
            listed = fs.glob(path, detail=True)
            base = _fixed(path)
        elif fs.isdir(path) and not suffix_of(path):
            listed = fs.find(path, detail=True)
            base = path
        else:
            listed = {path: fs.info(path)}
            base = path.rpartition("/")[0]
        out = []
        for name, info in sorted(listed.items()):
            below = name.removeprefix(base.rstrip("/")).strip("/")
            if info.get("type") == "directory" or not suffix_of(name):
                continue
            if len(listed) == 1 or not _is_hidden(below):
                out.append((str(fs.unstrip_protocol(name)), urlsplit(below).path, int(info.get("size") or 0)))
        return out


def _local(place: str) -> list[Found]:
    if is_glob(place):
        base = os.path.abspath(_fixed(place) or ".")
        found = [os.path.abspath(path) for path in glob.glob(place, recursive=True)]
        pairs = [(path, os.path.relpath(path, base)) for path in found if not os.path.isdir(path)]
        return [(p, b, _size(p)) for p, b in sorted(pairs) if suffix_of(p) and not _is_hidden(b)]
    whole = os.path.abspath(place)
    if os.path.isdir(whole):
        return [(path, below, _size(path)) for path, below in _walk(whole, _refuse) if suffix_of(path)]
    if not os.path.lexists(whole):
        raise BilanError(Incident("B890", "no such file or folder", "check the path", file=place))
    return [(whole, os.path.basename(whole), _size(whole))] if suffix_of(whole) else []


def _walk(folder: str, onerror: Any) -> Iterator[tuple[str, str]]:
    """Files below a folder: (path, path below the folder), in order."""
    for here, folders, names in os.walk(folder, onerror=onerror):
        below = os.path.relpath(here, folder)
        folders[:] = sorted(name for name in folders if name[0] not in "._")
        if below == "." and "registry" in folders:
            folders.remove("registry")
        for name in sorted(names):
            if name[0] not in "._":
                path = os.path.normpath(os.path.join(below, name)).replace(os.sep, "/")
                yield os.path.join(here, name), path


def _refuse(error: OSError) -> None:
    """A folder that cannot be read: what lies in it would be lost in silence."""
    message = f"cannot be read: {error.strerror}"
    raise BilanError(Incident("B890", message, "mend its permissions", file=str(error.filename))) from error


def _pass_over(error: OSError) -> None:
    """While looking what a place is; reading it will say what is wrong."""


def _has_stories(folder: str) -> bool:
    try:
        countries = [path for path in Path(folder).iterdir() if _COUNTRY.fullmatch(path.name)]
        return any(
            _STORY_FOLDER.fullmatch(path.name) and path.is_dir()
            for country in countries
            if country.is_dir()
            for path in country.iterdir()
        )
    except OSError:
        return False


def _is_hidden(below: str) -> bool:
    parts = below.replace(os.sep, "/").split("/")
    return any(part[:1] in ("_", ".") for part in parts if part not in (".", "..")) or (
        len(parts) > 1 and parts[0] == "registry"
    )


def _fixed(pattern: str) -> str:
    """The folders of a path or pattern before the first part that is a pattern, or before the file."""
    parts = pattern.split("/")
    for i, part in enumerate(parts):
        if glob.has_magic(part) or i == len(parts) - 1:
            return "/".join(parts[:i]) or ("/" if pattern.startswith("/") else "")
    return ""


def _size(path: str) -> int:
    """Bytes of a file; 0 where there is none behind the name: reading it says so."""
    try:
        return os.stat(path).st_size
    except OSError:
        return 0
