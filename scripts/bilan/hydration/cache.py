"""Hydrated texts in the user's cache, outside of repository and builds: they are the user's copy, not ours to ship.

The folder is ``$BILAN_CACHE``, else the platform's cache folder. A file of its ``texts`` is an article's text with the
SHA-256 of the withheld form that it was made for; the spans are placed anew each time it is loaded.
"""

from __future__ import annotations

import json
import os
import re
import sys
from pathlib import Path

from bilan import jsonio, paths
from bilan.incidents import BilanError, Incident
from bilan.model import Json

_ID = re.compile(r"[a-z]{2}-[0-9]{4}-[0-9]{2}-[0-9]{2}-[a-z0-9-]+\.[a-z]{2}\.[0-9]+")


def folder() -> Path:
    """The cache folder; it need not be there. Raises BilanError (B857) where it lies in the repository or a corpus."""
    given = os.environ.get("BILAN_CACHE")
    if given:
        found = Path(given)
    elif sys.platform == "win32":
        found = Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local") / "bilan" / "Cache"
    elif sys.platform == "darwin":
        found = Path.home() / "Library" / "Caches" / "bilan"
    else:
        found = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "bilan"
    found = Path(os.path.abspath(found))
    if paths.travels(found, drafts=False):
        message = "the cache of hydrated texts would lie in a repository or a package"
        mend = "set BILAN_CACHE to a folder outside of it: withheld texts must not travel with it"
        raise BilanError(Incident("B857", message, mend, file=str(found)))
    return found


def path_of(ident: str) -> Path:
    """Where the text of an article is kept."""
    if not _ID.fullmatch(ident):
        raise BilanError(Incident("B856", f"{ident!r} is no id of an article", "bilan hydrate --status"))
    return folder() / "texts" / f"{ident}.json"


def keep(article: Json, text: str, source: str, told: str) -> Path:
    """Keeps the text of a withheld article. ``source``: where it came from; ``told``: what became of its spans."""
    path = path_of(article["id"])
    document = {
        "id": article["id"],
        "withheld": jsonio.canonical_sha256(article),
        "source": source,
        "result": told,
        "text": text,
    }
    jsonio.write_atomic(path, jsonio.dumps(document))
    path.chmod(0o600)
    return path


def kept(ident: str) -> Json | None:
    """What is kept of an article, or None. Raises BilanError (B857) where the file is broken."""
    path = path_of(ident)
    try:
        raw = path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise _broken(path, f"cannot be read: {error.strerror}") from None
    try:
        document = json.loads(raw)
    except (ValueError, RecursionError):
        document = None
    keys = ("id", "withheld", "source", "result", "text")
    if not isinstance(document, dict) or any(not isinstance(document.get(key), str) for key in keys):
        raise _broken(path, "this is no text that bilan hydrate kept")
    return document


def _broken(path: Path, message: str) -> BilanError:
    return BilanError(Incident("B857", message, "remove the file and hydrate again", file=str(path)))
