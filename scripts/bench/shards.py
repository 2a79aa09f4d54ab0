"""How long a sharded corpus takes to build, and how much memory a worker needs for it.

    python scripts/bench/shards.py --articles 10000 --shards 10 --workers 2

The corpus is made from the real one (``generate``), written as gzipped shards and built; then one article is
changed and it is built again. Memory is the largest that any worker had at any time.
"""

from __future__ import annotations

import argparse
import gzip
import json
import resource
import shutil
import sys
import tempfile
import time
from itertools import islice
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

import generate

from bilan.shards import building, engines

CORPUS = Path(__file__).parents[2] / "corpus"


def write(source: Path, target: Path, shards: int) -> int:
    """A corpus folder as so many shards of whole stories, with its registry; returns bytes before compression."""
    stories = sorted(source.glob("[a-z][a-z]/*/story.json"))
    each = -(-len(stories) // shards)
    target.mkdir()
    size = 0
    rest = iter(stories)
    for number in range(shards):
        with gzip.open(target / f"{number:05d}.jsonl.gz", "wb", 1) as file:
            for story in islice(rest, each):
                for path in (story, *sorted(story.parent.glob("??-*.json"))):
                    size += file.write(json.dumps(json.loads(path.read_bytes())).encode() + b"\n")
    shutil.copytree(source / "registry", target / "registry")
    return size


def change(path: Path) -> None:
    """Another title for the first story of a shard."""
    first, *others = gzip.decompress(path.read_bytes()).splitlines(keepends=True)
    story = json.loads(first)
    story["title"]["en"] = "Another title"
    path.write_bytes(gzip.compress(json.dumps(story).encode() + b"\n" + b"".join(others), 1))


def timed(place: Path, out: Path, workers: int, engine: str) -> tuple[float, Any]:
    start = time.perf_counter()
    with engines.opened(engine, workers) as executor:
        result = building.build(str(place), out, CORPUS, workers=workers, executor=executor)
    return time.perf_counter() - start, result


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument("--articles", type=int, default=10_000)
    parser.add_argument("--shards", type=int, default=10)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--engine", default="local")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="bilan-bench-") as name:
        folder = Path(name)
        generate.generate(CORPUS, folder / "corpus", args.articles)
        size = write(folder / "corpus", folder / "shards", args.shards)
        shutil.rmtree(folder / "corpus")
        print(f"{args.articles:,} articles, {size / 1e6:,.0f} MB as lines, in {args.shards} shards")
        seconds, result = timed(folder / "shards", folder / "hf", args.workers, args.engine)
        peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
        rate = args.articles / seconds
        print(f"built by {args.workers} workers ({args.engine}): {seconds:.1f} s, {rate:,.0f} articles/s")
        if args.engine == "local":
            print(f"largest worker: {peak:,.0f} MB")
        files = list((folder / "hf" / "data").rglob("*.parquet"))
        print(f"{len(files)} Parquet files, {sum(path.stat().st_size for path in files) / 1e6:,.0f} MB")
        change(sorted((folder / "shards").glob("*.gz"))[0])
        seconds, result = timed(folder / "shards", folder / "hf", args.workers, args.engine)
        print(f"built again after one change: {seconds:.1f} s, {result.kept} of {result.shards} shards kept")


if __name__ == "__main__":
    main()
