"""Tables of a released version, wherever it can be had: at hand, in git's history, in a folder, on the Hub.

Rows are made by this package's code from that version's documents, proved by the manifest's root hash and brought to
today's shape. What cannot be had says how to get it.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from bilan import corpus as corpora
from bilan import history, paths, releases, tables, upgrade
from bilan.incidents import BilanError, Incident
from bilan.model import Json
from bilan.swap import INFO_FILE

if TYPE_CHECKING:
    from bilan.load import Loaded

HUB = "hub:"
"""How a source begins that is a dataset repository on the Hugging Face Hub."""


def read_tables(
    configs: Sequence[str], version: str | None, source: str | os.PathLike[str] | None = None
) -> dict[str, Loaded]:
    """Some tables of a version (default: the newest that the source's manifests name).

    ``source``: a checkout or its corpus folder, a folder that ``bilan build`` or ``bilan publish --to DIR`` wrote,
    or "hub:REPO"; by default the package's own corpus. Raises BilanError: B702 if the source knows no such version,
    B835 if it knows it and does not have it, B831 to B834 of ``bilan.history``, B840 and above of the Hub.
    """
    wanted = None if version is None else version.removeprefix("v")
    if isinstance(source, str) and source.startswith(HUB):
        return _from_hub(configs, wanted, source.removeprefix(HUB))
    folder = paths.package_home().root if source is None else Path(source)
    if (folder / "registry").is_dir():
        folder = folder.resolve().parent  # the corpus folder of a checkout
    if wanted is not None and (folder / f"v{wanted}" / INFO_FILE).is_file():
        folder = folder / f"v{wanted}"
    if (folder / INFO_FILE).is_file():
        return _from_build(configs, wanted, folder)
    if not (folder / "corpus" / "registry").is_dir():
        _fail(
            f"{folder} holds no corpus and no build", "give a checkout, a built folder, or hub:REPO", folder
        )
    return _from_corpus(configs, wanted, folder)


def documents(version: str | None, source: str | os.PathLike[str] | None = None) -> corpora.Corpus:
    """The documents that ``bilan.load`` makes its tables of, in today's shape. Arguments and errors are the same."""
    from bilan import copies

    wanted = None if version is None else version.removeprefix("v")
    if isinstance(source, str) and source.startswith(HUB):
        from bilan.publishing.hub import snapshot

        newest = wanted or releases.read_manifest(paths.package_home().corpus)["version"]
        return copies.read(snapshot(source.removeprefix(HUB), newest))
    folder = paths.package_home().corpus if source is None else Path(source)
    if wanted is not None and (folder / f"v{wanted}" / INFO_FILE).is_file():
        folder = folder / f"v{wanted}"
    if (folder / INFO_FILE).is_file():
        return copies.read(folder)
    if (folder / "corpus" / "registry").is_dir():
        folder = folder / "corpus"
    if wanted is None:
        return copies.read(folder)
    data, _ = _released(wanted, folder.resolve().parent)
    return upgrade.corpus(data)


def _fail(message: str, mend: str, place: Path | str) -> NoReturn:
    raise BilanError(Incident("B835", message, mend, file=str(place)))


def _from_hub(configs: Sequence[str], version: str | None, repo: str) -> dict[str, Loaded]:
    from bilan.publishing.hub import snapshot

    newest = version or releases.read_manifest(paths.package_home().corpus)["version"]
    return _from_build(configs, newest, snapshot(repo, newest))


def _from_build(configs: Sequence[str], version: str | None, folder: Path) -> dict[str, Loaded]:
    from bilan.load import read_built

    found = {config: read_built(config, folder) for config in configs}
    for loaded in found.values():
        if version not in (None, loaded.version):
            mend = f"give the folder of {version}, or leave version out"
            _fail(f"this build is {loaded.version}, not {version}", mend, folder)
    return found


def _from_corpus(configs: Sequence[str], version: str | None, root: Path) -> dict[str, Loaded]:
    data, manifest = _released(version, root)
    return tables_of(upgrade.corpus(data), configs, manifest["version"], manifest["root"])


def _released(version: str | None, root: Path) -> tuple[corpora.Corpus, Json]:
    """From the documents at hand if they are that version's, else from the history that git keeps; the manifest."""
    manifest = releases.read_manifest(root / "corpus", version)
    # what lies beside the released documents is work towards the next version
    data = history.only(corpora.read(root / "corpus"), manifest)
    held = releases.manifest(data, manifest["version"], manifest["date"])
    if held["root"] != manifest["root"]:
        try:
            data = history.release(root, manifest["version"])
        except BilanError as error:
            if error.incidents[0].code != "B831":
                raise
            message = f"the corpus at hand is not {manifest['version']}, and git keeps no older one here"
            mend = (
                f"give source=: a clone of the repository, or the built folder of {manifest['version']};"
                f" or install bilan {manifest['version']}"
            )
            _fail(message, mend, root)
    return data, manifest


def tables_of(data: corpora.Corpus, configs: Sequence[str], version: str, root: str) -> dict[str, Loaded]:
    """The tables of documents that are known to be sound; nothing is checked."""
    import pyarrow as pa

    from bilan.load import Loaded
    from bilan.tables import parquet
    from bilan.tables.features import arrow_schema

    registry = {kind: {entry["id"]: entry for entry in data.registry[kind][kind]} for kind in data.registry}
    batches: dict[tuple[str, str], list[pa.RecordBatch]] = {}
    ordered = sorted(data.articles.values(), key=lambda article: _folder(article["story"]))
    for story, articles in groupby(ordered, key=lambda article: str(article["story"])):
        found = tables.story_tables(data.stories[story], articles, registry, configs)
        for (config, split), rows in found.rows.items():
            batches.setdefault((config, split), []).append(parquet.batch(config, rows))
    out = {}
    for config in configs:
        schema = arrow_schema(config)
        splits = {s: batches[config, s] for s in tables.splits() if (config, s) in batches}
        out[config] = Loaded(
            {s: pa.Table.from_batches(some, schema=schema) for s, some in splits.items()}, version, root
        )
    return out


def _folder(story: str) -> tuple[str, str]:
    """A story's folder, by which builds are ordered."""
    return story[:2], story[3:]
