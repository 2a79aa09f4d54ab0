"""A silver corpus, from shards to a streamed table: built, killed in the middle, resumed, loaded.

    python scripts/bench/silver.py                          # 100,000 articles: some minutes, 3 GB of disk
    python scripts/bench/silver.py --articles 2000 --base 500

Makes a corpus of machine-made articles in shards (as ``growth.py`` does), builds it with the command line, kills the
whole process group after a third of the shards, resumes, and compares every file with an undisturbed build. Then the
table of tolls is read through ``datasets`` in streaming mode, without loading it. At last one story is changed and the
corpus built again. Prints each command and what it said.
"""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import orjson
import pyarrow as pa
from generate import generate
from growth import CORPUS, SHARD_ARTICLES, read, write

from bilan.building.files import sha256_of

BILAN = [sys.executable, "-m", "bilan"]


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--articles", type=int, default=100_000, metavar="N")
    parser.add_argument("--base", type=int, default=5_000, metavar="N", help="different articles (5,000)")
    parser.add_argument(
        "--shard", type=int, default=SHARD_ARTICLES, metavar="N", help="articles of a shard (1,000)"
    )
    parser.add_argument("--work", type=Path, metavar="DIR", help="where to work; must have room")
    args = parser.parse_args()
    sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr]
    with tempfile.TemporaryDirectory(prefix="bilan-silver-", dir=args.work) as name:
        os.chdir(name)
        generate(CORPUS, Path("corpus"), args.base)
        stories, registry = list(read(Path("corpus"))), Path("corpus", "registry")
        shards, size = write(stories, registry, Path("silver"), args.articles, args.shard)
        print(f"{args.articles:,} articles in {shards} shards of zstd, {size / 1e6:,.0f} MB\n")
        killed(["build", "--corpus", "silver", "--out", "hf"], shards // 3)
        told(["build", "--corpus", "silver", "--out", "hf"], status=1)
        told(["build", "--corpus", "silver", "--out", "hf", "--resume"])
        told(["build", "--corpus", "silver", "--out", "undisturbed"])
        compare(Path("hf"), Path("undisturbed"))
        stream(Path("hf"))
        retitle(sorted(Path("silver").glob("*.zst"))[0])
        told(["build", "--corpus", "silver", "--out", "hf"])


def killed(arguments: list[str], shards: int) -> None:
    """Runs a build and kills it, workers and all, when so many shards are finished."""
    work = Path("hf.work")
    process = subprocess.Popen([*BILAN, *arguments], start_new_session=True)
    while process.poll() is None and len(list(work.glob("*/result.json"))) < shards:
        time.sleep(0.02)
    if process.poll() is not None:
        raise SystemExit("the build ended before it could be killed: take more articles")
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    finished = len(list(work.glob("*/result.json")))
    print(f"$ bilan {' '.join(arguments)}\n(killed by SIGKILL; {finished} shards are finished)\n")


def told(arguments: list[str], status: int = 0) -> None:
    """Runs a command and prints what it says; it must end with the status."""
    start = time.perf_counter()
    done = subprocess.run([*BILAN, *arguments], capture_output=True, text=True)
    if done.returncode != status:
        raise SystemExit(
            f"bilan {' '.join(arguments)} ended with {done.returncode}:\n{done.stdout}{done.stderr}"
        )
    said = [line for line in (done.stdout + done.stderr).splitlines() if line.strip()]
    print(f"$ bilan {' '.join(arguments)}      ({time.perf_counter() - start:.1f} s)")
    print("\n".join(said[:9]) + "\n")


def compare(one: Path, other: Path) -> None:
    """Every file of both folders must be the same."""
    hashes = [
        {path.relative_to(folder).as_posix(): sha256_of(path) for path in folder.rglob("*") if path.is_file()}
        for folder in (one, other)
    ]
    if hashes[0] != hashes[1]:
        raise SystemExit("the resumed build differs from the undisturbed one")
    print(f"{len(hashes[0]):,} files, the same bytes in the resumed build and in the undisturbed one.\n")


def retitle(shard: Path) -> None:
    """Another title for the first story of a shard."""
    with pa.CompressedInputStream(str(shard), "zstd") as file:
        first, rest = file.read().split(b"\n", 1)
    story = orjson.loads(first)
    story["title"]["en"] = "Another title"
    with pa.CompressedOutputStream(str(shard), "zstd") as file:
        file.write(orjson.dumps(story) + b"\n" + rest)
    print("\n(another title for one story)\n")


def stream(folder: Path) -> None:
    """Goes through a table without loading it: who gives how many claims of deaths."""
    from datasets import load_dataset

    start = time.perf_counter()
    rows = load_dataset(str(folder), "tolls", split="train", streaming=True)
    counts: dict[str, int] = {}
    for row in rows.select_columns(["measure", "source_kind"]):
        if row["measure"] == "killed":
            kind = row["source_kind"] or "the article itself"
            counts[kind] = counts.get(kind, 0) + 1
    print(">>> load_dataset('hf', 'tolls', split='train', streaming=True)")
    most = sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:5]
    print(f"claims of deaths: {sum(counts.values()):,}; most by " + ", ".join(f"{k} {n:,}" for k, n in most))
    print(f"({time.perf_counter() - start:.1f} s)")


if __name__ == "__main__":
    main()
