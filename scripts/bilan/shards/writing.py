"""Writes the rows of one shard as Parquet files of bounded size, with bounded memory.

The borders of row groups and files follow from the rows alone, so that a shard gives the same bytes on every
machine that has the same versions of the libraries.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Any

from bilan.model import Json
from bilan.tables import CONFIGS, parquet, splits
from bilan.tables.features import arrow_schema

HELD_BYTES = 64 << 20
"""Arrow bytes that a writer holds of all tables together."""


class Writer:
    """Takes rows by (config, split); writes ``data/<config>/<split>-<name>-NNN.parquet`` below a folder.

    ``files`` tells of every file, once the writer is closed: path, config, split, rows, arrow_bytes, size and
    sha256. Of each table at most one row group is held in memory, and of all tables ``HELD_BYTES``. Raises OSError
    where a file cannot be written.
    """

    def __init__(self, folder: Path, name: str) -> None:
        self.folder, self.name = folder, name
        self.files: list[Json] = []
        self._open: dict[tuple[str, str], _Table] = {}

    def add(self, rows: parquet.RowsOf) -> None:
        for key, batch in parquet.batches(rows):
            if key not in self._open:
                self._open[key] = _Table(self, *key)
            self._open[key].add(batch)
        while sum(table.pending_bytes for table in self._open.values()) > HELD_BYTES:
            max(self._open.values(), key=lambda table: table.pending_bytes).write_group()

    def close(self) -> None:
        """Writes what is still held, and sorts ``files`` as the tables and splits stand."""
        for table in self._open.values():
            table.close()
        order, number = splits(), {config: n for n, config in enumerate(CONFIGS)}
        self.files.sort(key=lambda one: (number[one["config"]], order.index(one["split"]), one["path"]))

    def __enter__(self) -> Writer:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            self.close()
            return
        for table in self._open.values():
            table.abandon()


class _Table:
    """The rows of one split of one table on their way into files."""

    def __init__(self, writer: Writer, config: str, split: str) -> None:
        self.writer, self.config, self.split = writer, config, split
        self.schema = arrow_schema(config)
        self.pending: list[Any] = []
        self.pending_bytes = 0
        self.number = 0
        self.file: _File | None = None

    def add(self, batch: Any) -> None:
        for piece in _pieces(batch):
            if self.pending and self.pending_bytes + piece.nbytes > parquet.ROW_GROUP_BYTES:
                self.write_group()
            self.pending.append(piece)
            self.pending_bytes += piece.nbytes

    def write_group(self) -> None:
        import pyarrow as pa

        if self.file is None:
            name = f"{self.split}-{self.writer.name}-{self.number:03d}.parquet"
            self.file = _File(self.writer.folder, f"data/{self.config}/{name}", self.schema)
            self.number += 1
        self.file.write(pa.Table.from_batches(self.pending, schema=self.schema), self.pending_bytes)
        self.pending, self.pending_bytes = [], 0
        if self.file.arrow_bytes >= parquet.FILE_BYTES:
            self._finish()

    def _finish(self) -> None:
        if self.file is not None:
            told = self.file.close()
            self.writer.files.append({"config": self.config, "split": self.split, **told})
            self.file = None

    def close(self) -> None:
        if self.pending:
            self.write_group()
        self._finish()

    def abandon(self) -> None:
        """Closes what is open; the folder is thrown away by who made it."""
        if self.file is not None:
            self.file.abandon()


class _File:
    """One Parquet file, hashed as it is written."""

    def __init__(self, folder: Path, path: str, schema: Any) -> None:
        import pyarrow.parquet as pq

        self.path, self.rows, self.arrow_bytes = path, 0, 0
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        self.raw = target.open("xb")
        self.hashing = parquet.Hashing(self.raw)
        self.parquet = pq.ParquetWriter(self.hashing, schema, **parquet.options())

    def write(self, table: Any, arrow_bytes: int) -> None:
        self.parquet.write_table(table, row_group_size=table.num_rows)
        self.rows += table.num_rows
        self.arrow_bytes += arrow_bytes

    def close(self) -> Json:
        self.parquet.close()
        self.raw.flush()
        os.fsync(self.raw.fileno())
        size = self.raw.tell()
        self.raw.close()
        return {
            "path": self.path,
            "rows": self.rows,
            "arrow_bytes": self.arrow_bytes,
            "size": size,
            "sha256": self.hashing.digest.hexdigest(),
        }

    def abandon(self) -> None:
        try:
            self.parquet.close()
            self.raw.close()
        except OSError:
            pass  # the disk that could not take the rows cannot take the footer either


def _pieces(batch: Any) -> Iterator[Any]:
    """A batch in pieces of at most a row group each; a row that is larger stands alone."""
    if batch.nbytes <= parquet.ROW_GROUP_BYTES or batch.num_rows == 1:
        yield batch
        return
    half = batch.num_rows // 2
    yield from _pieces(batch.slice(0, half))
    yield from _pieces(batch.slice(half))
