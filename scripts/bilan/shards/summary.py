"""What the whole-corpus checks need of one shard, as one Parquet file that a worker writes on the way.

A row is a story, an article, an exemption that was used, or a run of words of an article; ``kind`` says which, and
the columns of the others are null. Row groups hold one kind each, and runs are sorted by their hash within each
batch, so that a reader who wants some of them passes over the rest by the statistics of the row groups.
"""

from __future__ import annotations

import os
import tempfile
from array import array
from collections.abc import Iterable, Iterator
from contextlib import suppress
from functools import cache
from pathlib import Path
from types import TracebackType
from typing import Any

from bilan.checks import overlap
from bilan.checks.context import Exempted
from bilan.incidents import BilanError, Incident
from bilan.jsonio import canonical_sha256
from bilan.model import Json

FORMAT = b"bilan-summary-1"
"""What the key ``bilan`` of the file's metadata says; another layout gets another number."""

STORY, ARTICLE, EXEMPTED, RUN = range(4)
"""Kinds of rows."""

ROWS_AT_ONCE = 1 << 12
"""Rows of stories, articles and exemptions that a writer holds, some 2 MB."""

RUNS_AT_ONCE = 1 << 20
"""Runs of words that a writer holds, 20 MB: those of some 3,000 articles."""

ROW_GROUP = 1 << 16
"""Runs of a row group: a sixteenth of a full batch, so that a sixteenth of the hashes is read by itself."""

BAND_COLUMNS = tuple(f"b{band:02d}" for band in range(overlap.BANDS))
"""A band of the MinHash signature: its two values, the first in the upper 32 bits."""


@cache
def schema() -> Any:
    """The Arrow schema of a summary file.

    ``row`` numbers the documents of the shard from 0; of a run it is the number of its article. ``line`` counts from 1.
    ``text`` is the SHA-256 of the text, ``digest`` that of the document's canonical JSON. Of an exemption ``id`` is
    the article and ``record`` what of it. ``start`` and ``end`` of a run are code points.
    """
    import pyarrow as pa

    word = pa.dictionary(pa.int32(), pa.string())
    fields = [
        pa.field("kind", pa.uint8()),
        pa.field("row", pa.uint32()),
        pa.field("line", pa.int64()),
        pa.field("shard", word),
        pa.field("id", pa.string()),
        pa.field("story", pa.string()),
        *(pa.field(name, word) for name in ("country", "split", "subset", "access", "licence", "lang")),
        pa.field("text", pa.binary(32)),
        pa.field("digest", pa.binary(32)),
        pa.field("code", word),
        pa.field("record", pa.string()),
        *(pa.field(name, pa.uint64()) for name in BAND_COLUMNS),
        pa.field("hash", pa.uint64()),
        pa.field("start", pa.uint32()),
        pa.field("end", pa.uint32()),
    ]
    return pa.schema(fields, metadata={b"bilan": FORMAT})


class Writer:
    """Writes the summary of one shard to ``path``, whole or not at all, in bounded memory.

    ``shard`` is the shard as messages name it. Without ``texts`` the texts are not compared later. As a context
    manager it leaves nothing behind where the block is left by an exception. Raises OSError where the disk is full.
    """

    def __init__(self, path: Path | str, shard: str = "", texts: bool = True) -> None:
        import pyarrow.parquet as pq

        self.path, self.texts = Path(path), texts
        self.shard = shard or self.path.name
        self._rows: list[Json] = []
        self._runs = _Runs()
        self._count = 0
        self._closed = False
        self.path.parent.mkdir(parents=True, exist_ok=True)
        handle, self._temporary = tempfile.mkstemp(dir=self.path.parent, prefix=f".{self.path.name}.")
        self._file = os.fdopen(handle, "wb")
        words = [field.name for field in schema() if str(field.type).startswith("dictionary")]
        self._parquet = pq.ParquetWriter(
            self._file,
            schema(),
            compression="zstd",
            use_dictionary=words,
            write_page_checksum=True,  # DuckDB does not look at them, ``proved`` does
            # sorted hashes are near each other
            column_encoding={"hash": "DELTA_BINARY_PACKED"},
        )

    def add_story(self, story: Json, line: int) -> None:
        """A story that passed the checks of its own, and the line in the shard that it stands in."""
        values = {name: story[name] for name in ("id", "country", "split", "subset")}
        self.add_row(STORY, line, **values, story=story["id"], digest=_digest(story))

    def add_article(self, article: Json, line: int, exempted: Iterable[Exempted] = ()) -> None:
        """An article whose shape is sound, its line, and what of its incidents was exempted."""
        text = article["text"]
        printed = overlap.print_of(article) if self.texts else None
        row = self.add_row(
            ARTICLE,
            line,
            id=article["id"],
            story=article["story"],
            access=text["access"],
            licence=text["licence"],
            lang=article["lang"],
            text=bytes.fromhex(text["sha256"]),
            digest=_digest(article),
            **(bands(printed.signature) if printed else {}),
        )
        if printed is not None:
            spans = printed.runs.values()
            self.add_runs(row, printed.runs, [a for a, _ in spans], [b for _, b in spans])
        for one in exempted:
            self.add_row(EXEMPTED, line, code=one.key[0], id=one.key[1], record=one.key[2])

    def add_row(self, kind: int, line: int, **values: Any) -> int:
        """A row of any kind but a run, with the columns in ``values``; returns the number of its document."""
        if len(self._rows) >= ROWS_AT_ONCE:
            self._flush_rows()
        number = self._count
        self._rows.append({"kind": kind, "row": number, "line": line, "shard": self.shard, **values})
        self._count += kind != EXEMPTED
        return number

    def add_runs(self, row: int, hashes: Iterable[int], starts: Iterable[int], ends: Iterable[int]) -> None:
        """The runs of words of the article with this number, each hash once."""
        self._runs.add(row, hashes, starts, ends)
        if len(self._runs.hashes) >= RUNS_AT_ONCE:
            self._flush_runs()

    def close(self) -> None:
        """Writes what is held and puts the file in its place."""
        if self._closed:
            return
        try:
            self._flush_rows()
            self._flush_runs()
            self._parquet.close()
            self._file.flush()
            os.fsync(self._file.fileno())
            self._file.close()
            os.chmod(self._temporary, 0o644)
            os.replace(self._temporary, self.path)
        except BaseException:
            self.discard()
            raise
        self._closed = True

    def discard(self) -> None:
        """Leaves nothing behind."""
        self._closed = True
        with suppress(OSError):  # a full disk refuses the footer too
            self._parquet.close()
        with suppress(OSError):
            self._file.close()
        Path(self._temporary).unlink(missing_ok=True)

    def __enter__(self) -> Writer:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            self.close()
        else:
            self.discard()

    def _flush_rows(self) -> None:
        import pyarrow as pa

        for kind in (STORY, ARTICLE, EXEMPTED):
            if some := [row for row in self._rows if row["kind"] == kind]:
                self._parquet.write_table(pa.Table.from_pylist(some, schema=schema()))
        self._rows.clear()

    def _flush_runs(self) -> None:
        if len(self._runs.hashes):
            for table in self._runs.tables():
                self._parquet.write_table(table)
            self._runs = _Runs()


class _Runs:
    """Runs of words in columns, 20 bytes each."""

    def __init__(self) -> None:
        self.hashes, self.rows, self.starts, self.ends = array("Q"), array("I"), array("I"), array("I")

    def add(self, row: int, hashes: Iterable[int], starts: Iterable[int], ends: Iterable[int]) -> None:
        before = len(self.hashes)
        self.hashes.extend(hashes)
        self.starts.extend(starts)
        self.ends.extend(ends)
        self.rows.extend([row] * (len(self.hashes) - before))

    def tables(self) -> Iterator[Any]:
        """The runs in order of their hashes, a row group at a time: the columns that are null take room too."""
        import numpy as np
        import pyarrow as pa

        hashes = np.frombuffer(self.hashes, dtype=np.uint64)
        order = np.argsort(hashes, kind="stable")  # stable: the same shard gives the same bytes
        columns = [("row", self.rows), ("start", self.starts), ("end", self.ends)]
        for at in range(0, len(order), ROW_GROUP):
            part = order[at : at + ROW_GROUP]
            filled = {"kind": np.full(len(part), RUN, np.uint8), "hash": hashes[part]}
            filled.update((name, np.frombuffer(values, dtype=np.uint32)[part]) for name, values in columns)
            arrays = [
                pa.array(filled[field.name]) if field.name in filled else pa.nulls(len(part), field.type)
                for field in schema()
            ]
            yield pa.Table.from_arrays(arrays, schema=schema())


def bands(signature: tuple[int, ...]) -> dict[str, int]:
    """The signature as the columns of its bands."""
    return {
        name: signature[2 * band] << 32 | signature[2 * band + 1] for band, name in enumerate(BAND_COLUMNS)
    }


def _digest(document: Json) -> bytes:
    return bytes.fromhex(canonical_sha256(document))


def proved(paths: Iterable[Path]) -> None:
    """Reads every summary once. Raises BilanError (B899) with each that is not whole, or of another layout."""
    incidents = []
    for path in paths:
        reason = _fault(path)
        if reason:
            message = f"no whole summary of a shard: {reason}"
            incidents.append(Incident("B899", message, "check or build the shard again", file=str(path)))
    if incidents:
        raise BilanError(incidents)


def _fault(path: Path) -> str:
    """What is wrong with a summary, "" for nothing."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        with pq.ParquetFile(path, page_checksum_verification=True) as file:
            if (file.metadata.metadata or {}).get(b"bilan") != FORMAT:
                return "it has another layout"
            for number in range(file.num_row_groups):
                group = file.metadata.row_group(number)
                columns = [group.column(i) for i in range(group.num_columns)]
                # the columns of the other kinds are null: reading them would take most of the time
                filled = [c.path_in_schema for c in columns if c.statistics.null_count < group.num_rows]
                file.read_row_group(number, columns=filled)
    except (OSError, pa.ArrowException, ValueError, AttributeError) as error:
        return str(error).partition("\n")[0] or type(error).__name__
    return ""
