"""Rows of withheld articles with their text, for ``bilan.load(…, hydrate=…)``. Nothing is written."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from bilan import corpus as corpora
from bilan.hydration import align, cache, filling, work
from bilan.incidents import BilanError, Incident
from bilan.model import Json

if TYPE_CHECKING:
    import pyarrow as pa

    from bilan.load import Loaded

HOW = (
    "texts of wild are withheld; with copies of your own: bilan hydrate --from DIR, then hydrate=True, or"
    " hydrate='DIR' (docs/withheld.md)"
)
"""How to get the texts, as a dataset without them says."""


def results(articles: list[Json], copies: str | os.PathLike[str] | bool) -> dict[str, align.Hydration]:
    """Withheld article → its result, of those that came to life. ``copies``: a file or folder, or True: the cache.

    Raises BilanError (B856) where there is none at all.
    """
    if copies is True:
        found = {}
        for article in articles:
            held = cache.kept(article["id"])
            if held is not None:
                found[article["id"]] = align.hydrate(article, held["text"])
        where = str(cache.folder())
    else:
        answers, _ = work.from_files(articles, Path(str(copies))) if articles else ([], [])
        found = {one.article["id"]: one.result for one in answers}
        where = str(copies)
    alive = {ident: result for ident, result in found.items() if result.state != "refused"}
    if articles and not alive:
        message = "no copy of a withheld article is here"
        raise BilanError(Incident("B856", message, "bilan hydrate --from FILE|DIR", file=where))
    return alive


def filled(data: corpora.Corpus, alive: dict[str, align.Hydration]) -> corpora.Corpus:
    """The stories of the articles that came to life, with those articles filled in."""
    stories = {data.articles[ident]["story"] for ident in alive}
    articles = {
        ident: filling.filled(one, alive[ident]) if ident in alive else one
        for ident, one in data.articles.items()
        if one["story"] in stories
    }
    return corpora.Corpus(articles, {ident: data.stories[ident] for ident in stories}, data.registry)


def hydrated(
    found: Loaded, config: str, data: corpora.Corpus, copies: str | os.PathLike[str] | bool
) -> Loaded:
    """The tables with the rows of ``wild`` made anew for every article that came to life.

    Tolls keep every claim: a figure that could not be placed in a copy has lost its words there, not its numbers.
    """
    import pyarrow as pa

    from bilan import versions
    from bilan.load import Loaded

    alive = results(work.withheld(data.articles.values()), copies)
    if "wild" not in found.tables or not alive:
        return found
    old = found.tables["wild"]
    if config == "tolls":
        return Loaded({**found.tables, "wild": _with_words(old, data, alive)}, found.version, found.root)
    made = versions.tables_of(filled(data, alive), [config], found.version, found.root)[config].tables["wild"]
    column = "id" if config == "articles" else "article"
    order = list(dict.fromkeys(old[column].to_pylist()))
    fresh = _by_article(made, column)
    before = _by_article(old, column)
    parts = [fresh[ident] if ident in alive and ident in fresh else before[ident] for ident in order]
    table = pa.concat_tables(parts).combine_chunks() if parts else old
    return Loaded({**found.tables, "wild": table}, found.version, found.root)


def _by_article(table: pa.Table, column: str) -> dict[str, pa.Table]:
    """The rows of each article; rows of one article stand together."""
    values = table[column].to_pylist()
    out: dict[str, pa.Table] = {}
    start = 0
    for i in range(1, len(values) + 1):
        if i == len(values) or values[i] != values[start]:
            out[values[start]] = table.slice(start, i - start)
            start = i
    return out


def _with_words(table: pa.Table, data: corpora.Corpus, alive: dict[str, align.Hydration]) -> pa.Table:
    """Claims with the words of their figures and sources, where those were placed."""
    import pyarrow as pa

    words = {ident: surfaces(data.articles[ident], result) for ident, result in alive.items()}
    changed = []
    for row in table.to_pylist():
        said = words.get(row["article"], {})
        for key, record in (("surface", row.get("figure")), ("source_name", row.get("source"))):
            if key in row and row[key] is None and record in said:
                row = {**row, key: said[record]}
        changed.append(row)
    return pa.Table.from_pylist(changed, schema=table.schema)


def surfaces(article: Json, result: align.Hydration) -> dict[str, str]:
    """Figure → its words; source → the first words that name it; of those that were placed."""
    assert result.text is not None
    out: dict[str, str] = {}
    for layer, at in (("figures", ""), ("sources", "/mentions/0")):
        for i, record in enumerate(article[layer]):
            place = result.placed.get(f"/{layer}/{i}{at}")
            if place is not None:
                out[record["id"]] = result.text[place.start : place.end]
    return out
