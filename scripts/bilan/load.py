"""The data in Python: ``load`` gives Hugging Face datasets, ``articles`` typed records. No network, no cache.

Both read the corpus that came with the package (in an editable install: the checkout), or with ``source`` a
folder that ``bilan build`` wrote, or another corpus. The rows, their order, the features and
``info.version`` are those of ``datasets.load_dataset(<built folder>, config)``.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
import types
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bilan import __version__, paths, records
from bilan.incidents import BilanError, Incident
from bilan.provenance import describe
from bilan.swap import INFO_FILE
from bilan.tables import CONFIGS, DEFAULT_CONFIG, splits

if TYPE_CHECKING:
    import datasets
    import pyarrow as pa


LICENCE = "CC-BY-4.0"
"""Of the annotations and of what is written for the corpus; a third party's open text has its own, in its row."""


class UnknownName(BilanError, ValueError):
    """A table, split or language that does not exist; the message lists those that do."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """One table of one source: its splits in order, and what identifies it."""

    tables: dict[str, pa.Table]
    version: str
    root: str


def load(
    config: str = DEFAULT_CONFIG,
    *,
    split: str | None = None,
    lang: str | None = None,
    subset: str | None = None,
    version: str | None = None,
    source: str | os.PathLike[str] | None = None,
    hydrate: str | os.PathLike[str] | bool = False,
) -> datasets.DatasetDict | datasets.Dataset:
    """A table as a ``DatasetDict`` of its splits, or with ``split`` as that one ``Dataset``.

    ``config``: articles, ner, figures, attributions, tolls or extraction. ``lang``: only rows of articles in
    this language. ``subset``: only rows of a named part of the test split, as "unseen_conflict".
    ``source``: a folder written by ``bilan build``, a corpus folder, or "hub:REPO"; by default the
    package's own corpus. ``version``: a release, as "0.1.0": from the corpus at hand, the history of a git
    checkout, a folder of that version or the Hub (see ``bilan.versions``), proved by its root hash. The info of
    every dataset says version, query and hash of the rows (see ``bilan.provenance``). ``hydrate``: copies of
    withheld texts, a file or folder, or True for those that ``bilan hydrate`` keeps in the user's cache: rows of
    ``wild`` then carry text, tokens, sentences and words of every article that a copy is there of (see
    ``bilan.hydration``). Raises UnknownName (a ValueError) for a table, split, language or subset that does not
    exist, and BilanError if the source has faults, the version cannot be had, or no copy is one (B856).
    """
    import datasets

    found = read_filled(config, source, version, hydrate)
    chosen = found.tables if split is None else only_split(found.tables, split, config)
    if lang is not None:
        chosen = _only(chosen, found, "lang", "language", lang)
    if subset is not None:
        chosen = _only(chosen, found, "subset", "subset", subset)
    out = {}
    for name, table in chosen.items():
        features = datasets.Features.from_arrow_schema(table.schema)
        asked = {
            "config": config,
            "split": name,
            "lang": lang,
            "subset": subset,
            "version": found.version,
            "root": found.root,
        }
        info = datasets.DatasetInfo(
            description=_untold(name, hydrate) + describe(table, asked),
            license=LICENCE,
            features=features,
            version=found.version,
            config_name=config,
            dataset_name="bilan",
        )
        identity = json.dumps(list(asked.values()))
        out[name] = datasets.Dataset(
            table,
            info=info,
            split=datasets.NamedSplit(name),
            fingerprint=hashlib.sha256(identity.encode()).hexdigest()[:16],
        )
    return out[split] if split is not None else datasets.DatasetDict(out)


def articles(
    *,
    split: str | None = None,
    lang: str | None = None,
    subset: str | None = None,
    version: str | None = None,
    source: str | os.PathLike[str] | None = None,
    hydrate: str | os.PathLike[str] | bool = False,
) -> Iterator[records.Article]:
    """Iterates the articles as typed records, in the order of the table ``articles``.

    Arguments and errors are those of ``load``; unknown names raise at the call, not at the first record.
    """
    found = read_filled(DEFAULT_CONFIG, source, version, hydrate)
    chosen = found.tables if split is None else only_split(found.tables, split, DEFAULT_CONFIG)
    if lang is not None:
        chosen = _only(chosen, found, "lang", "language", lang)
    if subset is not None:
        chosen = _only(chosen, found, "subset", "subset", subset)
    return (records.article(row) for table in chosen.values() for row in _rows(table))


def read_filled(
    config: str,
    source: str | os.PathLike[str] | None,
    version: str | None,
    hydrate: str | os.PathLike[str] | bool,
) -> Loaded:
    """``read``, and with ``hydrate`` the texts of withheld articles put in from the user's copies."""
    found = read(config, source, version)
    if hydrate is False:
        return found
    from bilan import versions
    from bilan.hydration import loading

    return loading.hydrated(found, config, versions.documents(version, source), hydrate)


def _untold(split: str, hydrate: object) -> str:
    """What a dataset without the withheld texts says on how to get them; with them, that they are not ours."""
    if split != "wild":
        return ""
    from bilan.hydration.loading import HOW

    told = HOW if hydrate is False else "texts of wild are from your own copies and not to be passed on"
    return f"{told[0].upper()}{told[1:]}.\n\n"


def _rows(table: pa.Table) -> Iterator[dict[str, Any]]:
    for batch in table.to_batches(max_chunksize=64):
        yield from batch.to_pylist()


def unknown(what: str, given: str, known: Sequence[str], of: str = "") -> UnknownName:
    """The error of a name that does not exist, with those that do."""
    there = ", ".join(known) or "none"
    message = " ".join(part for part in (f"there is no {what} {given!r}", of) if part)
    return UnknownName(Incident("B806", f"{message}; there are: {there}", f"use one of {there}"))


def only_split(tables: dict[str, pa.Table], split: str, config: str) -> dict[str, pa.Table]:
    """One split of the tables of a config. Raises UnknownName for one that does not exist."""
    if split not in tables:
        raise unknown("split", split, list(tables), f"of {config}")
    return {split: tables[split]}


def _only(
    chosen: dict[str, pa.Table], found: Loaded, column: str, what: str, wanted: str
) -> dict[str, pa.Table]:
    """The rows with this value in a column; splits that have none stay, without rows."""
    import pyarrow.compute as pc

    values = {value for table in found.tables.values() for value in pc.unique(table[column]).to_pylist()}
    known = sorted(value for value in values if value is not None)
    if wanted not in known:
        raise unknown(what, wanted, known)
    return {name: table.filter(pc.equal(table[column], wanted)) for name, table in chosen.items()}


# --- where the rows come from ----------------------------------------------------------------------------


def read(config: str, source: str | os.PathLike[str] | None = None, version: str | None = None) -> Loaded:
    """One table of a built folder or of a corpus as Arrow tables. Arguments and errors are those of ``load``."""
    return read_tables([config], source, version)[config]


def read_tables(
    configs: Sequence[str], source: str | os.PathLike[str] | None = None, version: str | None = None
) -> dict[str, Loaded]:
    """Some tables of one source, read together. Arguments and errors are those of ``load``."""
    for config in configs:
        if config not in CONFIGS:
            raise unknown("table", config, list(CONFIGS))
    if version is not None or (isinstance(source, str) and source.startswith("hub:")):
        from bilan import versions

        return versions.read_tables(configs, version, source)
    folder = paths.package_home().corpus if source is None else Path(source)
    if (folder / INFO_FILE).is_file():
        return {config: read_built(config, folder) for config in configs}
    if (folder / "registry").is_dir():
        return _from_corpus(configs, folder)
    message = "is neither a corpus nor a folder written by bilan build"
    raise BilanError(Incident("B807", message, "give the folder that holds bilan.json", file=str(folder)))


def read_built(config: str, folder: Path) -> Loaded:
    """One table of a built folder. Raises BilanError (B807) unless every row that was built is there."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        info = json.loads((folder / INFO_FILE).read_bytes())
        version, root, counts = info["version"], info["root"], info["counts"][config]
        read = {}
        for split in sorted(counts, key=_split_order):
            files = sorted((folder / "data" / config).glob(f"{split}-*.parquet"))
            read[split] = pa.concat_tables([pq.ParquetFile(file).read() for file in files])
    except (OSError, ValueError, KeyError, TypeError, pa.ArrowException) as error:
        mend = "build it again"
        raise BilanError(
            Incident("B807", f"this build is broken: {error}", mend, file=str(folder))
        ) from error
    for split, table in read.items():
        if table.num_rows != counts[split]:
            message = f"{config}/{split} has {table.num_rows} rows; the build wrote {counts[split]}"
            raise BilanError(Incident("B807", message, "build it again", file=str(folder)))
    return Loaded(read, str(version), str(root))


def _split_order(split: str) -> int:
    return splits().index(split) if split in splits() else len(splits())


def _from_corpus(configs: Sequence[str], corpus: Path) -> dict[str, Loaded]:
    """The same rows, made in memory."""
    import pyarrow as pa

    from bilan import build
    from bilan.building import part
    from bilan.tables import parquet
    from bilan.tables.features import arrow_schema

    survey = build.survey(corpus)
    results = []
    batches: dict[tuple[str, str], list[Any]] = {}
    for one in survey.parts:
        result, rows = part.tabulate(one, survey.base, configs)
        results.append(result)
        for place, batch in parquet.batches(rows):
            batches.setdefault(place, []).append(batch)
    build.stop_on_errors(build.all_incidents(survey, results))
    root = build.root_of(build.registry_of(corpus), results)
    out = {}
    for config in configs:
        schema = arrow_schema(config)
        found = {s: batches[config, s] for s in splits() if (config, s) in batches}
        read = {s: pa.Table.from_batches(some, schema=schema) for s, some in found.items()}
        out[config] = Loaded(read, __version__, root)
    return out


# --- bilan.load is both this module and its function -----------------------------------------------------


class _CallableModule(types.ModuleType):
    """Importing this module sets ``bilan.load`` to it; calling it there must still work."""

    def __call__(self, *args: Any, **options: Any) -> Any:
        return load(*args, **options)


sys.modules[__name__].__class__ = _CallableModule
