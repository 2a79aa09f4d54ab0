"""Reads shards as a stream of documents: lines of JSONL, plain or compressed, or a column of Parquet.

Memory is bounded by the longest line and one story with its articles, whatever the size of the shard.
"""

from __future__ import annotations

import hashlib
import io
import os
import stat
import zlib
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from typing import Any, BinaryIO, cast

from bilan.incidents import BilanError, Incident
from bilan.shards.finding import (
    Shard,
    file_system,
    find,
    is_folder,
    is_sharded,
    is_url,
    reported,
    root_of,
    suffix_of,
)

__all__ = [
    "Document",
    "Shard",
    "digest",
    "documents",
    "file_system",
    "find",
    "is_folder",
    "is_sharded",
    "is_url",
    "reported",
    "root_of",
]

MAX_LINE = 16 << 20
"""Bytes of one document as it stands in a shard."""

COLUMN = "document"
"""The column of a Parquet shard."""

_BLOCK = 1 << 16
_ROWS = 16


@dataclass(frozen=True, slots=True)
class Document:
    """One document of a shard: its line (Parquet: its row) from 1, and its bytes without line end."""

    line: int
    raw: bytes
    read: Any = field(default=None, compare=False)
    """What ``orjson`` reads from the bytes, where it is already at hand; None says nothing."""


# --- documents -------------------------------------------------------------------------------------------


def documents(shard: Shard) -> Iterator[Document]:
    """The documents of a shard in order; blank lines are passed over, but counted.

    Raises BilanError (B891) with file and line for what is corrupt or cannot be read, after all that came before.
    """
    last = 0
    try:
        with _opened(shard.url) as file:
            read = _rows if suffix_of(shard.url) == ".parquet" else _lines
            for document in read(file, shard):
                last = document.line
                yield document
    except (BilanError, MemoryError):
        raise
    except Exception as error:  # each library and file system has errors of its own
        raise BilanError(_unreadable(shard, _said(error), last)) from error


def _lines(file: BinaryIO, shard: Shard) -> Iterator[Document]:
    line = 0
    with _decompressed(file, shard) as stream:
        while True:
            raw = stream.readline(MAX_LINE + 1)
            if not raw:
                return
            line += 1
            if len(raw) > MAX_LINE:
                message = f"a line of more than {MAX_LINE:,} bytes"
                raise BilanError(_unreadable(shard, message, line - 1, "write one document a line"))
            raw = raw.rstrip(b"\r\n")
            if raw and not raw.isspace():
                yield Document(line, raw)


@contextmanager
def _decompressed(file: BinaryIO, shard: Shard) -> Iterator[BinaryIO]:
    """The stream of lines in a file. What cannot be decompressed is raised while reading."""
    suffix = suffix_of(shard.url)
    if suffix == ".jsonl":
        yield file
        return
    if not file.peek(1):  # type: ignore[attr-defined]  # no archive is empty: this one was never written
        raise BilanError(_unreadable(shard, "the file is empty", 0))
    if suffix == ".jsonl.gz":
        import gzip

        with gzip.GzipFile(fileobj=file) as stream:
            yield cast(BinaryIO, stream)
    else:
        import pyarrow as pa

        with pa.CompressedInputStream(pa.PythonFile(file, mode="r"), "zstd") as compressed:
            yield cast(BinaryIO, io.BufferedReader(compressed, _BLOCK // 4))


def _rows(file: BinaryIO, shard: Shard) -> Iterator[Document]:
    """The documents of a Parquet file, page by page: a row group may be larger than the memory."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    source = pa.PythonFile(file, mode="r")
    options = {"pre_buffer": False, "buffer_size": 1 << 20, "page_checksum_verification": True}
    with closing(pq.ParquetFile(source, **options)) as table:
        schema = table.schema_arrow
        if COLUMN not in schema.names:
            have = ", ".join(schema.names)[:200]
            message = f"no column {COLUMN!r}; there are: {have}"
            raise BilanError(_unreadable(shard, message, 0, f"write the documents into a column {COLUMN}"))
        kind = schema.field(COLUMN).type
        if pa.types.is_dictionary(kind):
            kind = kind.value_type
        tests = (pa.types.is_string, pa.types.is_large_string, pa.types.is_binary, pa.types.is_large_binary)
        if not any(test(kind) for test in tests):
            message = f"the column {COLUMN!r} is of type {str(kind)[:200]}"
            raise BilanError(_unreadable(shard, message, 0, "write the documents as string or binary"))
        line = 0
        for batch in table.iter_batches(batch_size=_ROWS, columns=[COLUMN], use_threads=False):
            for value in batch.column(0):
                line += 1
                raw = _bytes(value.as_py())
                if len(raw) > MAX_LINE:
                    raise BilanError(_unreadable(shard, f"a document of {len(raw):,} bytes", line - 1))
                if raw and not raw.isspace():
                    yield Document(line, raw)


def _bytes(value: str | bytes | None) -> bytes:
    """A cell as bytes. An empty cell is no blank line: what should stand in it is missing."""
    if value is None:
        return b"null"
    return value.encode() if isinstance(value, str) else value


# --- bytes -----------------------------------------------------------------------------------------------


def digest(shard: Shard) -> str:
    """SHA-256 of a shard's bytes as they are stored, in hexadecimal. Raises BilanError (B891)."""
    found = hashlib.sha256()
    try:
        with _opened(shard.url) as file:
            while block := file.read(1 << 20):
                found.update(block)
    except BilanError:
        raise
    except Exception as error:
        raise BilanError(_unreadable(shard, _said(error), 0)) from error
    return found.hexdigest()


class _Raw(io.RawIOBase):
    """A file of any file system as a raw stream: all of them can read, not all can fill a buffer."""

    def __init__(self, file: Any) -> None:
        self.file = file

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return bool(self.file.seekable())

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        return int(self.file.seek(offset, whence))

    def tell(self) -> int:
        return int(self.file.tell())

    def readinto(self, buffer: Any) -> int:
        block = self.file.read(len(buffer))
        buffer[: len(block)] = block
        return len(block)

    def close(self) -> None:
        self.file.close()
        super().close()


@contextmanager
def _opened(url: str) -> Iterator[BinaryIO]:
    """A shard as a buffered stream of its bytes as stored."""
    if is_url(url):
        fs, path = file_system(url)
        with io.BufferedReader(_Raw(fs.open(path, "rb")), _BLOCK) as file:
            yield cast(BinaryIO, file)
        return
    descriptor = os.open(url, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))  # a pipe must not hold us up
    with open(descriptor, "rb", buffering=_BLOCK) as file:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise OSError("it is no regular file")
        yield file


def _said(error: Exception) -> str:
    """What an error says, in one short line."""
    if isinstance(error, EOFError):
        return "it ends before its end: the compressed data are cut off"
    if isinstance(error, zlib.error):
        return f"the compressed data are corrupt ({error})"
    said = (error.strerror if isinstance(error, OSError) else None) or str(error) or type(error).__name__
    return said.splitlines()[0][:200]


def _unreadable(shard: Shard, message: str, last: int, mend: str = "") -> Incident:
    """``last``: the last line that could be read."""
    mend = mend or "write or fetch the shard again; bilan goes on with the others"
    return Incident("B891", message, mend, file=shard.url, line=last + 1)
