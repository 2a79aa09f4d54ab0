"""Writes the shards that the tests read: stories and articles of the corpus as JSONL or Parquet."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import orjson
import pyarrow as pa
import pyarrow.parquet as pq

from conftest import REPOSITORY

Json = dict[str, Any]

CORPUS = REPOSITORY / "corpus"

PEAK = (
    "print(next(int(line.split()[1]) for line in open('/proc/self/status') if line[:5] == 'VmHWM') >> 10)\n"
)
"""A line of a script that prints its own peak of memory in MB; ``ru_maxrss`` begins at that of the parent."""


def stories(corpus: Path = CORPUS) -> list[list[Json]]:
    """Each story of a corpus followed by its articles."""
    return [
        [
            json.loads(path.read_bytes()),
            *(json.loads(p.read_bytes()) for p in sorted(path.parent.glob("??-*.json"))),
        ]
        for path in sorted(corpus.glob("[a-z][a-z]/*/story.json"))
    ]


def lines(documents: Iterable[Json]) -> bytes:
    """Documents as JSONL in the layout of ``orjson``."""
    return b"".join(orjson.dumps(document) + b"\n" for document in documents)


def write(path: Path, raw: bytes) -> Path:
    """Lines as a shard in the form that the suffix asks for."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.name.endswith(".jsonl.gz"):
        path.write_bytes(gzip.compress(raw, 1, mtime=0))
    elif path.name.endswith(".jsonl.zst"):
        path.write_bytes(pa.compress(raw, codec="zstd", asbytes=True))
    elif path.name.endswith(".parquet"):
        column = [line.decode() for line in raw.splitlines()]
        pq.write_table(pa.table({"document": pa.array(column, pa.string())}), path, row_group_size=100)
    else:
        path.write_bytes(raw)
    return path


def write_shards(folder: Path, number: int, suffix: str, corpus: Path = CORPUS) -> list[Path]:
    """The whole corpus in so many shards, whole stories in turn."""
    parts: list[list[Json]] = [[] for _ in range(number)]
    for i, story in enumerate(stories(corpus)):
        parts[i % number].extend(story)
    return [write(folder / f"part-{i:02d}{suffix}", lines(part)) for i, part in enumerate(parts)]


def with_registry(folder: Path, corpus: Path = CORPUS) -> None:
    """The registry and exemptions of a corpus beside the shards."""
    (folder / "registry").mkdir(parents=True)
    for path in (corpus / "registry").glob("*.json"):
        (folder / "registry" / path.name).write_bytes(path.read_bytes())
    (folder / "exemptions.json").write_bytes((corpus / "exemptions.json").read_bytes())
