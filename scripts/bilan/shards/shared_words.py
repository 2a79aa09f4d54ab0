"""What texts of all shards share: the pairs of ``bilan.checks.overlap.compare``, found by DuckDB.

Near-duplicates: the pairs that share a band of their signatures come from a join, one band at a time, and flow
in batches through the comparison of their signatures, which lie in a file that is mapped; only what is near is kept.
Runs of words: the hashes are looked through by ranges, each of which fits into memory, for those that occur twice.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

from bilan.checks.overlap import NEAR_DUPLICATE, PERMUTATIONS, RUN
from bilan.incidents import Incident
from bilan.shards import summary
from bilan.shards.database import fetched, placed

Key = tuple[str, str, str]
"""Of an exemption: code, article, record."""

BYTES_A_RUN = 128
"""Memory that looking for doubled hashes takes for each one, with room to spare."""

PAIRS_AT_ONCE = 1 << 14
"""Pairs whose signatures are compared at once: 10 MB."""


def compare(base: Any, folder: Path, memory: int) -> Iterator[tuple[Key, Incident]]:
    """(exemption key, incident) of every pair that shares too much, in order of the documents.

    ``base`` has the view ``documents``. The same text is B601 already, so each text is compared once; articles of
    stories that are not there have no split and are left out.
    """
    for step in _PRINTS:
        base.execute(step)
    _find_near(base, folder)
    yield from _near(base)
    _find_shared(base, memory)
    yield from _shared(base)


# --- near-duplicates -------------------------------------------------------------------------------------

# ``known`` is the first document with this id: articles are compared by their ids. Small steps with few columns each
# keep what must be held at once small; the wide signatures only pass by.
_PRINTS = (
    f"""
    CREATE TEMP TABLE first_texts AS
    SELECT min(n) AS n FROM documents WHERE kind = {summary.ARTICLE} GROUP BY text
    """,
    f"""
    CREATE TEMP TABLE first_ids AS
    SELECT id, min(n) AS known FROM documents WHERE kind = {summary.ARTICLE} GROUP BY id
    """,
    f"""
    CREATE TEMP TABLE splits AS
    SELECT id AS story, arg_min(split, n) AS split FROM documents WHERE kind = {summary.STORY} GROUP BY id
    """,
    f"""
    CREATE TEMP TABLE kept AS
    SELECT n, id, story FROM documents SEMI JOIN first_texts USING (n)
    WHERE kind = {summary.ARTICLE} AND b00 IS NOT NULL
    """,
    "DROP TABLE first_texts",
    """
    CREATE TABLE prints AS
    SELECT n, known, split, kept.id AS id FROM kept JOIN first_ids ON first_ids.id = kept.id JOIN splits USING (story)
    """,
    "DROP TABLE kept",
    "DROP TABLE first_ids",
    "DROP TABLE splits",
    f"""
    CREATE TABLE signatures AS
    SELECT n, kept.split AS split, {", ".join(summary.BAND_COLUMNS)}
    FROM documents JOIN (SELECT n, split FROM prints) kept USING (n)
    WHERE kind = {summary.ARTICLE}
    """,
)

# a band that stands in one split only gives no pair
_PAIRS = """
    WITH mixed AS (
        SELECT {band} AS band FROM signatures GROUP BY {band} HAVING min(split) <> max(split)
    ), candidates AS MATERIALIZED (
        SELECT rowid AS at, n, split, {band} AS band FROM signatures WHERE {band} IN (SELECT band FROM mixed)
    )
    SELECT a.at, b.at, a.n, b.n
    FROM candidates a JOIN candidates b ON a.band = b.band AND a.n < b.n AND a.split <> b.split
"""


def _find_near(base: Any, folder: Path) -> None:
    """Fills the table ``near`` (documents ``a`` before ``b``, number of ``alike`` values), each pair once."""
    import numpy as np
    import pyarrow as pa

    base.execute("CREATE TABLE found (a UBIGINT, b UBIGINT, alike UTINYINT)")
    signatures = _signatures(base, folder / "signatures")
    side = base.cursor()
    for band in summary.BAND_COLUMNS if signatures is not None else ():
        for batch in _batches(base, _PAIRS.format(band=band)):
            left, right, a, b = (column.to_numpy() for column in batch.columns)
            alike = (signatures[left] == signatures[right]).sum(axis=1)
            near = alike / PERMUTATIONS >= NEAR_DUPLICATE
            if near.any():
                rows = {"a": a[near], "b": b[near], "alike": alike[near].astype(np.uint8)}
                side.register("more", pa.table(rows))
                side.execute("INSERT INTO found SELECT a, b, alike FROM more")
                side.unregister("more")
    side.close()
    base.execute("CREATE TABLE near AS SELECT DISTINCT a, b, alike FROM found")
    base.execute("DROP TABLE found")
    base.execute("DROP TABLE signatures")


def _signatures(base: Any, path: Path) -> Any:
    """The signatures as a mapped array, ``PERMUTATIONS`` 32-bit values for each row of the table; None for no row.

    Mapped pages are the system's to take back, so they do not count against the memory.
    """
    import numpy as np

    ((rows,),) = base.execute("SELECT count(*) FROM signatures").fetchall()
    if not rows:
        return None
    size = PERMUTATIONS * 4
    with open(path, "wb") as file:
        file.truncate(rows * size)
        for batch in _batches(base, f"SELECT rowid, {', '.join(summary.BAND_COLUMNS)} FROM signatures"):
            at, *columns = (column.to_numpy() for column in batch.columns)
            block = np.stack(columns, axis=1)
            breaks = np.flatnonzero(np.diff(at) != 1) + 1
            for numbers, part in zip(np.split(at, breaks), np.split(block, breaks), strict=True):
                file.seek(int(numbers[0]) * size)
                file.write(part.tobytes())
    return np.memmap(path, dtype=np.uint32, mode="r", shape=(rows, PERMUTATIONS))


def _batches(base: Any, query: str) -> Iterator[Any]:
    """The result as Arrow batches that are made as they are asked for."""
    relation = base.sql(query)
    reader = getattr(relation, "to_arrow_reader", None) or relation.fetch_arrow_reader  # older versions
    yield from reader(PAIRS_AT_ONCE)


_NEAR = """
    SELECT p.id, q.id, alike, p.split, q.split, d.shard, d.line
    FROM near
    JOIN prints p ON p.n = near.a
    JOIN prints q ON q.n = near.b
    JOIN documents d ON d.n = near.b AND d.kind = {kind}
    ORDER BY near.a, near.b
"""


def _near(base: Any) -> Iterator[tuple[Key, Incident]]:
    rows = base.execute(_NEAR.format(kind=summary.ARTICLE))
    for ident, later, alike, split, other, shard, line in fetched(rows):
        likeness = alike / PERMUTATIONS
        message = f"near-duplicate of {ident} ({likeness:.0%} of the shingles), {other} and {split}"
        mend = "write it in other words, or put both stories into one split"
        incident = placed("B606", message, mend, shard, line, "/text/content", subject=ident)
        yield ("B606", later, ident), incident


# --- runs of words ---------------------------------------------------------------------------------------

# two statements: the first is over all runs of a range, the second over those few that occur twice
_TWICE = f"""
    CREATE OR REPLACE TEMP TABLE twice AS
    SELECT hash FROM documents WHERE kind = {summary.RUN} AND hash BETWEEN {{low}} AND {{high}}
    GROUP BY hash HAVING count(*) > 1
"""
_HITS = f"""
    INSERT INTO hits
    WITH runs AS (
        SELECT d.n, p.known, d.hash, d.start, d."end"
        FROM documents d
        JOIN prints p ON p.n = d.n
        WHERE d.kind = {summary.RUN} AND d.hash BETWEEN {{low}} AND {{high}}
          AND d.hash IN (SELECT hash FROM twice)
    ), firsts AS (
        SELECT hash, min(n) AS first FROM runs GROUP BY hash HAVING count(*) > 1
    )
    SELECT runs.n, runs.known, first, start, "end" FROM runs JOIN firsts USING (hash) WHERE runs.n > first
"""

# of a text and an earlier one the first run is told, if they are not near-duplicates
_SHARED = """
    WITH pairs AS (
        SELECT hits.n, p.known AS other, any_value(hits.known) AS known, min(start) AS start,
               arg_min("end", start) AS "end", any_value(p.id) AS other_id
        FROM hits JOIN prints p ON p.n = hits.first
        GROUP BY hits.n, p.known
    ), told AS (
        SELECT DISTINCT p.known AS other, q.known AS known
        FROM near JOIN prints p ON p.n = near.a JOIN prints q ON q.n = near.b
    )
    SELECT prints.id, other_id, pairs.start, pairs."end", d.shard, d.line
    FROM pairs
    ANTI JOIN told USING (other, known)
    JOIN prints ON prints.n = pairs.n
    JOIN documents d ON d.n = pairs.n AND d.kind = {kind}
    ORDER BY pairs.n, pairs.start
"""


def _find_shared(base: Any, memory: int) -> None:
    """Fills the table ``hits``: runs of a document ``n`` that stand in an earlier one, ``first``."""
    base.execute(
        'CREATE TABLE hits (n UBIGINT, known UBIGINT, first UBIGINT, start UINTEGER, "end" UINTEGER)'
    )
    ((runs,),) = base.execute(f"SELECT count(*) FROM documents WHERE kind = {summary.RUN}").fetchall()
    for low, high in ranges(max(1, -(-runs * BYTES_A_RUN // memory))):
        base.execute(_TWICE.format(low=low, high=high))
        base.execute(_HITS.format(low=low, high=high))


def ranges(count: int) -> list[tuple[int, int]]:
    """The 64-bit hashes in so many ranges of one size, (first, last) of each."""
    edges = [(i << 64) // count for i in range(count + 1)]
    return [(low, high - 1) for low, high in pairwise(edges)]


def _shared(base: Any) -> Iterator[tuple[Key, Incident]]:
    rows = base.execute(_SHARED.format(kind=summary.ARTICLE))
    for ident, other, start, end, shard, line in fetched(rows):
        message = f"{RUN} words in a row ({start}–{end}) stand in {other} too"
        mend = "say it in other words, or list an exemption with its reason"
        incident = placed("B607", message, mend, shard, line, "/text/content", subject=other, offset=start)
        yield ("B607", ident, other), incident
