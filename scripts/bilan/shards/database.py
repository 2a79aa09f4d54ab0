"""A DuckDB database over the summaries of all shards. DuckDB is the extra ``scale``."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bilan.incidents import BilanError, Incident
from bilan.shards import summary

MEMORY = 1 << 30
"""Bytes that DuckDB may use; what does not fit goes to the work folder."""

EXTRA = "pip install 'bilan[scale]'"


@contextmanager
def database(
    summaries: Sequence[Path], work: Path | None, memory: int, threads: int | None
) -> Iterator[tuple[Any, Path]]:
    """A DuckDB database with the view ``documents`` over the summaries, and its folder; gone at the end.

    What does not fit into memory, tables too, DuckDB puts into the folder. A database file would do the same more
    slowly, for nothing here is to be kept, and DuckDB opens none below a folder with a question mark in its name.
    """
    try:
        import duckdb
    except ImportError:
        message = "looking over all shards needs DuckDB, which is not installed"
        raise BilanError(Incident("B809", message, EXTRA)) from None
    summary.proved(summaries)
    if work is not None:
        work.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="bilan-whole-", dir=work) as name:
        folder = Path(name)
        settings: dict[str, str | bool | int | float | list[str]] = {
            "memory_limit": f"{memory >> 20}MiB",
            "temp_directory": str(folder / "spilled"),
        }
        base = duckdb.connect(":memory:", config=settings)
        try:
            if threads is not None:
                base.execute(f"SET threads = {int(threads)}")
            base.execute("SET enable_progress_bar = false")  # it would write between the lines of a report
            # no table is read in the order of its rows, and keeping it costs memory
            base.execute("SET preserve_insertion_order = false")
            files = ", ".join("'" + str(path).replace("'", "''") + "'" for path in summaries)
            base.execute(_DOCUMENTS.format(files=files))
            yield base, folder
        except (OSError, duckdb.IOException, duckdb.OutOfMemoryException) as error:
            message = f"no room for the whole-corpus checks: {str(error).partition(chr(10))[0]}"
            mend = "free some space, or give a folder with more of it"
            raise BilanError(Incident("B803", message, mend, file=str(work or folder.parent))) from error
        finally:
            base.close()


def fetched(result: Any, size: int = 4096) -> Iterator[tuple[Any, ...]]:
    """The rows of a query as they come."""
    while some := result.fetchmany(size):
        yield from some


_DOCUMENTS = """
    CREATE VIEW documents AS
    SELECT *, (file_index::UBIGINT << 32) + "row" AS n FROM read_parquet([{files}])
"""


def placed(
    code: str, message: str, mend: str, shard: str, line: int, pointer: str = "", **more: Any
) -> Incident:
    """An incident of a document in a shard. A line holds the whole document, so the place in it is its begin."""
    return Incident(code, message, mend, file=shard, line=line, column=1, pointer=pointer, **more)
