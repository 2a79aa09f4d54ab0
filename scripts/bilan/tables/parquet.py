"""Rows to Arrow batches, and the Arrow files of many parts to Parquet files of bounded size."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from bilan.labels import names
from bilan.model import Json
from bilan.tables.card import SplitFiles
from bilan.tables.features import CONFIGS, arrow_schema

ROW_GROUP_BYTES = 16 << 20
"""Arrow bytes of a row group."""

FILE_BYTES = 128 << 20
"""Arrow bytes after which the next Parquet file begins."""


@dataclass(frozen=True, slots=True)
class ArrowFile:
    """The rows that one part gives to one split of one table."""

    path: str
    rows: int
    arrow_bytes: int


@dataclass(frozen=True, slots=True)
class FilePlan:
    """One Parquet file: its name in the folder and what goes into it, in order."""

    config: str
    split: str
    name: str
    sources: tuple[ArrowFile, ...]


def batch(config: str, rows: list[Json]) -> Any:
    """The rows as an Arrow record batch in the schema of their table."""
    import pyarrow as pa

    schema = arrow_schema(config)
    columns = pa.array(rows, type=pa.struct(list(schema)))
    return pa.RecordBatch.from_arrays(columns.flatten(), schema=schema)


def write_arrow(path: str, config: str, rows: list[Json]) -> ArrowFile:
    """Writes rows as an Arrow file, renamed into place: a part that is run twice leaves one whole file."""
    import pyarrow as pa

    filled = batch(config, rows)
    handle, temporary = tempfile.mkstemp(dir=os.path.dirname(path), suffix=".part")
    with os.fdopen(handle, "wb") as file, pa.ipc.new_file(file, filled.schema) as writer:
        writer.write_batch(filled)
    os.replace(temporary, path)
    return ArrowFile(path, filled.num_rows, filled.nbytes)


def plan(parts: Sequence[Mapping[tuple[str, str], ArrowFile]]) -> Iterator[FilePlan]:
    """Which Arrow files make which Parquet file. The borders follow the parts, never the workers."""
    for config in CONFIGS:
        for split in names("split"):
            shards: list[list[ArrowFile]] = []
            filled = FILE_BYTES
            for source in (part[config, split] for part in parts if (config, split) in part):
                if filled >= FILE_BYTES:
                    shards.append([])
                    filled = 0
                shards[-1].append(source)
                filled += source.arrow_bytes
            for i, shard in enumerate(shards):
                name = f"data/{config}/{split}-{i:05d}-of-{len(shards):05d}.parquet"
                yield FilePlan(config, split, name, tuple(shard))


def options() -> dict[str, Any]:
    """How Parquet files are written: for the viewer of the Hub, and for its store of chunks."""
    import pyarrow as pa

    out: dict[str, Any] = {"compression": "zstd", "write_page_index": True}
    if int(pa.__version__.split(".")[0]) >= 21:
        # pages then break where the rows do, and a new version shares most of its chunks with the last one
        out["use_content_defined_chunking"] = True
    return out


def write_parquet(folder: str, planned: FilePlan) -> int:
    """Writes one Parquet file into the folder; returns its size in bytes. Holds one row group at a time."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    path = os.path.join(folder, planned.name)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    schema = arrow_schema(planned.config)
    with open(path, "wb") as file:
        with pq.ParquetWriter(file, schema, **options()) as writer:
            for group in _row_groups(planned.sources):
                batches = []
                for source in group:
                    with pa.memory_map(source.path) as mapped:
                        batches.append(pa.ipc.open_file(mapped).get_batch(0))
                table = pa.Table.from_batches(batches, schema=schema)
                writer.write_table(table, row_group_size=table.num_rows)
        file.flush()
        os.fsync(file.fileno())
        return file.tell()


def _row_groups(sources: Sequence[ArrowFile]) -> Iterator[list[ArrowFile]]:
    group: list[ArrowFile] = []
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
