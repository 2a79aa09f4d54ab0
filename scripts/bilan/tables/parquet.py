"""Rows to Arrow batches, and the Arrow files of many parts to Parquet files of bounded size."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import accumulate, groupby
from typing import Any, BinaryIO

from bilan.borders import falls_on
from bilan.labels import names
from bilan.model import Json
from bilan.tables.card import File, SplitFiles
from bilan.tables.features import CONFIGS, arrow_schema

ROW_GROUP_BYTES = 16 << 20
"""Arrow bytes of a row group."""

FILE_BYTES = 128 << 20
"""Arrow bytes after which the next Parquet file begins."""


ARROW = ".arrow"

RowsOf = Mapping[tuple[str, str], list[Json]]
"""(config, split) → rows."""

_BORDERS = 8
"""From an eighth of ``FILE_BYTES`` on one part in so many ends a file: what changes moves few borders."""


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows that one part gives to one split of one table, and where they lie.

    ``key`` names these very rows. In an Arrow file their record batch begins at the byte ``group``; in a Parquet file
    it is the row group that holds them from the row ``at`` on.
    """

    key: str
    path: str
    rows: int
    arrow_bytes: int
    group: int = 0
    at: int = 0


@dataclass(frozen=True, slots=True)
class FilePlan:
    """One Parquet file: its name in the folder and what goes into it, in order."""

    config: str
    split: str
    name: str
    sources: tuple[Rows, ...]


def batch(config: str, rows: list[Json]) -> Any:
    """The rows as an Arrow record batch in the schema of their table."""
    import pyarrow as pa

    schema = arrow_schema(config)
    whole = pa.RecordBatch.from_struct_array(pa.array(rows, type=_struct(config)))
    return whole.replace_schema_metadata(schema.metadata)


@cache
def _struct(config: str) -> Any:
    import pyarrow as pa

    return pa.struct(list(arrow_schema(config)))


def batches(rows: RowsOf) -> Iterator[tuple[tuple[str, str], Any]]:
    """The rows as one Arrow record batch for each config and split. No batch holds on to the memory of another."""
    import pyarrow as pa

    for _, whole, cuts in _tables(rows):
        for key, at, length in cuts:
            part = whole
            if len(cuts) > 1:
                copies = [pa.concat_arrays([column.slice(at, length)]) for column in whole.columns]
                part = pa.RecordBatch.from_arrays(copies, schema=whole.schema)
            yield key, part


def _tables(rows: RowsOf) -> Iterator[tuple[str, Any, list[tuple[tuple[str, str], int, int]]]]:
    """Config, the rows of all its splits as one record batch, and of each split where they begin and how many they are.

    All splits are converted in one go: what a conversion costs whatever it converts is several times what a row costs.
    """
    for config, group in groupby(sorted(rows, key=lambda key: CONFIGS.index(key[0])), key=lambda key: key[0]):
        keys = list(group)
        ends = list(accumulate(len(rows[key]) for key in keys))
        cuts = [(key, end - len(rows[key]), len(rows[key])) for key, end in zip(keys, ends, strict=True)]
        yield config, batch(config, [row for key in keys for row in rows[key]]), cuts


def write_arrow(folder: str, name: str, key: str, rows: RowsOf) -> dict[tuple[str, str], Rows]:
    """Writes rows as files of Arrow record batches, one a table; ``name`` is that of the part, ``key`` its key.

    Each is renamed into place: a part that is run twice leaves whole files.
    """
    out: dict[tuple[str, str], Rows] = {}
    for config, whole, cuts in _tables(rows):
        path = os.path.join(folder, f"{config}-{name}{ARROW}")
        handle, temporary = tempfile.mkstemp(dir=folder, suffix=".part")
        with os.fdopen(handle, "wb") as file:
            for place, at, length in cuts:
                part = whole.slice(at, length)
                out[place] = Rows(key, path, length, part.nbytes, file.tell())
                file.write(part.serialize())  # no schema: it would have to be read again with every batch
        os.replace(temporary, path)
    return out


def plan(parts: Sequence[tuple[str, Mapping[tuple[str, str], Rows]]]) -> Iterator[FilePlan]:
    """Which rows make which Parquet file. ``parts``: (name, (config, split) → rows), in order.

    The borders follow the parts, never the workers.
    """
    for config in CONFIGS:
        for split in names("split"):
            files: list[list[Rows]] = [[]]
            filled = 0
            for name, rows in parts:
                if (config, split) in rows:
                    files[-1].append(rows[config, split])
                    filled += rows[config, split].arrow_bytes
                if filled >= FILE_BYTES or (filled >= FILE_BYTES // _BORDERS and falls_on(name, _BORDERS)):
                    files.append([])
                    filled = 0
            files = [sources for sources in files if sources]
            for i, sources in enumerate(files):
                name = f"data/{config}/{split}-{i:05d}-of-{len(files):05d}.parquet"
                yield FilePlan(config, split, name, tuple(sources))


def options() -> dict[str, Any]:
    """How Parquet files are written: for the viewer of the Hub, and for its store of chunks."""
    import pyarrow as pa

    out: dict[str, Any] = {"compression": "zstd", "write_page_index": True}
    if int(pa.__version__.split(".")[0]) >= 21:
        # pages then break where the rows do, and a new version shares most of its chunks with the last one
        out["use_content_defined_chunking"] = True
    return out


def write_parquet(folder: str, planned: FilePlan) -> File:
    """Writes one Parquet file into the folder; returns its name, size and hash. Holds one row group at a time."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    path = os.path.join(folder, planned.name)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    schema = arrow_schema(planned.config)
    reader = _Reader(schema)
    with open(path, "wb") as file:
        hashing = Hashing(file)
        with pq.ParquetWriter(hashing, schema, **options()) as writer:
            for group in row_groups(planned.sources):
                table = pa.Table.from_batches([reader.batch(rows) for rows in group], schema=schema)
                table = table.combine_chunks()  # costs less than encoding the pieces one by one
                writer.write_table(table, row_group_size=table.num_rows)
        file.flush()
        os.fsync(file.fileno())
        return File(planned.name, file.tell(), hashing.digest.hexdigest())


class Hashing:
    """A file to write to, in one go from its beginning, that knows the SHA-256 of what went through."""

    def __init__(self, file: BinaryIO) -> None:
        self.file, self.digest = file, hashlib.sha256()
        self.closed = False

    def write(self, data: Any) -> int:
        self.digest.update(data)
        return self.file.write(data)

    def tell(self) -> int:
        return self.file.tell()

    def flush(self) -> None:
        self.file.flush()

    def close(self) -> None:
        """Left open: who made the file closes it, after it is on the disk."""

    def writable(self) -> bool:
        return True

    def readable(self) -> bool:
        return False

    def seekable(self) -> bool:
        return False


class _Reader:
    """Reads rows from where they lie; remembers the last row group of a Parquet file, which holds more of them."""

    def __init__(self, schema: Any) -> None:
        self.schema, self.last = schema, ("", 0)
        self.table: Any = None

    def batch(self, rows: Rows) -> Any:
        import pyarrow as pa
        import pyarrow.parquet as pq

        if rows.path.endswith(ARROW):
            with pa.memory_map(rows.path) as mapped:
                mapped.seek(rows.group)
                return pa.ipc.read_record_batch(pa.ipc.read_message(mapped), self.schema)
        if self.last != (rows.path, rows.group):
            # in one piece, so that the pages of the new file break where those of a first build do
            self.table = pq.ParquetFile(rows.path).read_row_group(rows.group).combine_chunks()
            self.last = (rows.path, rows.group)
        (batch,) = self.table.slice(rows.at, rows.rows).to_batches()
        return batch


def row_groups(sources: Sequence[Rows]) -> Iterator[list[Rows]]:
    """The rows of a file as its row groups."""
    group: list[Rows] = []
    filled = 0
    for source in sources:
        group.append(source)
        filled += source.arrow_bytes
        if filled >= ROW_GROUP_BYTES:
            yield group
            group, filled = [], 0
    if group:
        yield group


def layout(planned: Sequence[FilePlan], file_bytes: Sequence[int]) -> dict[str, list[SplitFiles]]:
    """What was written: table → its splits."""
    out: dict[str, list[SplitFiles]] = {}
    pairs = zip(planned, file_bytes, strict=True)
    for (config, split), group in groupby(pairs, key=lambda pair: (pair[0].config, pair[0].split)):
        files = list(group)
        sources = [source for one, _ in files for source in one.sources]
        out.setdefault(config, []).append(
            SplitFiles(
                split,
                tuple(one.name for one, _ in files),
                sum(source.rows for source in sources),
                sum(source.arrow_bytes for source in sources),
                sum(size for _, size in files),
            )
        )
    return out
