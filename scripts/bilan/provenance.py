"""What a loaded dataset is: its version, what was asked for, and the hash of its rows; and how to load it again.

>>> test = bilan.load("figures", split="test", lang="fr")
>>> query = bilan.query(test)       # plain data; it travels in test.info, through filter, save_to_disk, …
>>> again = bilan.again(query)      # the same rows, or an error that says what differs
>>> print(bilan.cite(test))         # BibTeX that names version, query and hash
"""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson

from bilan.incidents import BilanError, Incident
from bilan.model import Json

if TYPE_CHECKING:
    import datasets
    import pyarrow as pa

MARK = "bilan query: "
"""Where the query begins in ``info.description``."""

KEYS = ("config", "split", "lang", "subset", "version", "root", "rows", "sha256")


def rows_sha256(table: pa.Table) -> str:
    """SHA-256 of the rows in order, each as JSON with sorted keys: the same however the rows lie on disk."""
    digest = hashlib.sha256()
    for batch in table.to_batches(max_chunksize=256):
        for row in batch.to_pylist():
            digest.update(orjson.dumps(row, option=orjson.OPT_SORT_KEYS | orjson.OPT_APPEND_NEWLINE))
    return digest.hexdigest()


def describe(table: pa.Table, asked: Json) -> str:
    """The description of a dataset: a sentence for people, then the query as JSON. ``asked`` has the first six keys."""
    query = {**asked, "rows": table.num_rows, "sha256": rows_sha256(table)}
    told = ", ".join(f"{key} {query[key]}" for key in KEYS[:4] if query[key] is not None)
    return f"BILAN {asked['version']}: {told}.\n\n{MARK}{json.dumps({key: query[key] for key in KEYS})}"


def query(loaded: datasets.Dataset | datasets.DatasetInfo | str) -> Json:
    """The query of a dataset that ``bilan.load`` returned, or of its info or description.

    Raises BilanError (B836) if there is none, as in a dataset that ``load_dataset`` read.
    """
    text = loaded if isinstance(loaded, str) else getattr(loaded, "info", loaded).description
    _, mark, found = str(text or "").rpartition(MARK)
    try:
        document = json.loads(found) if mark else None
    except ValueError:
        document = None
    if not isinstance(document, dict) or set(document) != set(KEYS):
        mend = "load it with bilan.load(…, split=…); of a DatasetDict give one of its splits"
        raise BilanError(Incident("B836", "this dataset does not say what it is", mend))
    return document


def read_query(path: Path) -> Json:
    """The query of a dataset that was saved with ``save_to_disk``, or of a JSON file. Raises BilanError (B836)."""
    place = path / "dataset_info.json" if path.is_dir() else path
    try:
        document = json.loads(place.read_bytes())
        if isinstance(document, dict) and set(document) == set(KEYS):
            return document
        return query(document["description"])
    except BilanError as error:
        raise BilanError(error.incidents[0].at(str(path))) from None
    except (OSError, ValueError, KeyError, TypeError) as error:
        message = f"this is no saved dataset and no query: {error}"
        raise BilanError(
            Incident("B836", message, "give the folder that save_to_disk wrote", file=str(path))
        ) from None


def again(asked: Json, source: str | os.PathLike[str] | None = None) -> datasets.Dataset:
    """Loads the rows of a query again. Raises BilanError (B837) if they are others, saying what differs."""
    from bilan.load import load

    found: Any = load(
        asked["config"],
        split=asked["split"],
        lang=asked["lang"],
        subset=asked["subset"],
        version=asked["version"],
        source=source,
    )
    now = query(found)
    if now["sha256"] != asked["sha256"]:
        apart = [
            f"{key} {asked[key]} is now {now[key]}" for key in ("root", "rows") if asked[key] != now[key]
        ]
        why = (
            "; ".join(apart) or "the data are the same: another version of the code makes other rows of them"
        )
        mend = f"install the package that loaded them (data {asked['version']}), or cite what you have now"
        raise BilanError(Incident("B837", f"these are not the rows that were loaded: {why}", mend))
    return found


def changed(dataset: datasets.Dataset) -> bool:
    """Whether the rows are no longer those that ``bilan.load`` gave (filtered, mapped, shuffled)."""
    if dataset._indices is not None:
        dataset = dataset.flatten_indices()
    return bool(rows_sha256(dataset.data.table) != query(dataset)["sha256"])


def cite(
    loaded: datasets.Dataset | None = None, *, version: str | None = None, format: str = "bibtex"
) -> str:
    """A citation of a version, or with a dataset of exactly its rows. ``format``: bibtex, csl-json or cff.

    Raises UnknownName for another format, BilanError B702 for an unknown version, and B837 if the rows of the
    dataset were changed since they were loaded: cite the dataset as loaded, and say what you did with it.
    """
    from bilan import citation, paths, releases
    from bilan.load import unknown

    if format not in citation.FORMATS:
        raise unknown("format", format, list(citation.FORMATS))
    asked = None if loaded is None else query(loaded)
    if loaded is not None and changed(loaded):
        message = "the rows of this dataset were changed after it was loaded"
        raise BilanError(Incident("B837", message, "cite the dataset as bilan.load gave it"))
    wanted = asked["version"] if asked else version
    manifest = releases.read_manifest(paths.working_home().corpus, wanted and wanted.removeprefix("v"))
    return citation.FORMATS[format](manifest, asked)
