"""What a corpus costs as it grows: throughput and memory over time at several sizes, in one run.

    python scripts/bench/growth.py                                    # 10,000, 100,000 and 1,000,000 articles
    python scripts/bench/growth.py --sizes 1000 3000 --base 500

For each size zstd shards are made and built by the local workers. The articles are copies of ``--base`` articles that
``generate`` made out of the real ones, each with other ids and a last sentence of its own, so that no two texts are
the same. Prints Markdown: seconds, articles a second, sizes on the disk, how long the coordinator puts the folder
together when all shards are done, the largest memory of the coordinator and of any worker, and the workers' memory in
each tenth of the run (resident, sampled twice a second). Linux only. The disk needs some 15 KB an article.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import platform
import shutil
import statistics
import sys
import tempfile
import threading
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import orjson
import pyarrow as pa
from generate import generate

from bilan.model import Json

CORPUS = Path(__file__).resolve().parents[2] / "corpus"
SHARD_ARTICLES = 1_000
SAMPLE_SECONDS = 0.5
TENTHS = 10

Story = tuple[Json, list[Json]]


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    sizes = [10_000, 100_000, 1_000_000]
    parser.add_argument(
        "--sizes", type=int, nargs="+", default=sizes, metavar="N", help="articles of each run"
    )
    parser.add_argument("--base", type=int, default=10_000, metavar="N", help="different articles (10,000)")
    parser.add_argument(
        "--shard", type=int, default=SHARD_ARTICLES, metavar="N", help="articles of a shard (1,000)"
    )
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1, metavar="N", help="processes")
    parser.add_argument("--work", type=Path, metavar="DIR", help="where to work; must have room")
    args = parser.parse_args()
    sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr]
    with tempfile.TemporaryDirectory(prefix="bilan-growth-", dir=args.work) as name:
        run(Path(name), args.sizes, args.base, args.shard, args.workers)


def run(work: Path, sizes: list[int], base: int, each: int, workers: int) -> None:
    print("# Growing\n")
    print(f"`{' '.join(['python', *sys.argv])}`\n")
    print(
        f"{os.cpu_count()} cores, {platform.system()}, Python {platform.python_version()}; {workers} workers.\n"
    )
    generate(CORPUS, work / "corpus", base)
    stories = list(read(work / "corpus"))
    head = ("articles", "shards", "KB an article, shards", "built", "seconds", "articles/s")
    table((*head, "coordinator alone, seconds", "its peak MiB", "worker, peak MiB"), [])
    rows, tenths = [], []
    for size in sizes:
        place, out = work / "shards", work / "hf"
        shards, packed = write(stories, work / "corpus" / "registry", place, size, each)
        child = measured(place, out, workers)
        built = sum(path.stat().st_size for path in out.rglob("*") if path.is_file())
        rows.append(
            (
                f"{size:,}",
                f"{shards:,}",
                f"{packed / size / 1000:.1f}",
                f"{built / size / 1000:.1f}",
                f"{child['seconds']:,.1f}",
                f"{size / child['seconds']:,.0f}",
                f"{child['alone']:.1f}",
                f"{child['peak'] / 2**20:.0f}",
                f"{max(child['workers']) / 2**20:.0f}",
            )
        )
        table((), rows[-1:])
        tenths.append((f"{size:,}", *(f"{one / 2**20:.0f}" for one in in_tenths(child["workers"]))))
        for folder in (place, out, out.parent / "hf.work"):
            shutil.rmtree(folder)
    print("\nLargest worker in each tenth of the run, MiB (median of the samples):\n")
    table(("articles", *(str(n + 1) for n in range(TENTHS))), tenths)
    rates = [float(row[5].replace(",", "")) for row in rows]
    most, least = rates[sizes.index(max(sizes))], rates[sizes.index(min(sizes))]
    print(f"\nThroughput of the largest against the smallest: {most / least:.0%}")


def read(corpus: Path) -> Iterator[Story]:
    """Stories with their open articles."""
    for path in sorted(corpus.glob("[a-z][a-z]/*/story.json")):
        articles = [orjson.loads(file.read_bytes()) for file in sorted(path.parent.glob("[a-z][a-z]-*.json"))]
        articles = [article for article in articles if article["text"]["access"] == "open"]
        if articles:
            yield orjson.loads(path.read_bytes()), articles


def copies(stories: list[Story]) -> Iterator[list[Json]]:
    """The stories again and again, each time under another id: the story, then its articles."""
    number = 0
    while True:
        for story, articles in stories:
            ident = f"{story['id']}-{number}"
            yield [{**story, "id": ident}, *(copy(article, ident, number) for article in articles)]
        number += 1


def copy(article: Json, story: str, number: int) -> Json:
    """The article under another id, with a sentence of its own at the end."""
    text = article["text"]
    content = f"{text['content']}\n\nNo {number}."
    changed = {
        "length": len(content),
        "sha256": hashlib.sha256(content.encode()).hexdigest(),
        "content": content,
    }
    tail = article["id"].split(".", 1)[1]
    return {**article, "id": f"{story}.{tail}", "story": story, "text": {**text, **changed}}


def write(stories: list[Story], registry: Path, place: Path, size: int, each: int) -> tuple[int, int]:
    """So many articles in shards of ``each``; how many shards, and their bytes."""
    place.mkdir()
    shutil.copytree(registry, place / "registry")
    source = copies(stories)
    written = number = 0
    while written < size:
        wanted = min(size, written + each)
        with pa.CompressedOutputStream(str(place / f"{number:06d}.jsonl.zst"), "zstd") as file:
            while written < wanted:
                story, *articles = next(source)
                documents = [story, *articles[: wanted - written]]
                file.write(b"".join(orjson.dumps(one, option=orjson.OPT_APPEND_NEWLINE) for one in documents))
                written += len(documents) - 1
        number += 1
    return number, sum(path.stat().st_size for path in place.glob("*.zst"))


BUILD = """
import json, sys, time
from pathlib import Path
from bilan.shards import building
start = done = time.perf_counter()
def progress(shards, of):
    global done
    done = time.perf_counter()
building.build(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]), workers=int(sys.argv[4]), progress=progress)
end = time.perf_counter()
# the peak that the system keeps for a process begins at that of its parent: this one is its own
peak = int(next(line for line in open("/proc/self/status") if line.startswith("VmHWM")).split()[1]) * 1024
print(json.dumps({"seconds": end - start, "alone": end - done, "peak": peak}))
"""


def measured(place: Path, out: Path, workers: int) -> dict[str, Any]:
    """A build in a process of its own; ``workers``: the bytes of the largest worker, sample by sample."""
    import subprocess

    command = [sys.executable, "-c", BUILD, str(place), str(out), str(CORPUS), str(workers)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    samples: list[int] = []
    ended = threading.Event()

    def sample() -> None:
        while not ended.wait(SAMPLE_SECONDS):
            found = [resident(child) for child in children(process.pid)]
            if any(found):
                samples.append(max(found))

    watch = threading.Thread(target=sample)
    watch.start()
    told, _ = process.communicate()
    ended.set()
    watch.join()
    if process.returncode:
        raise SystemExit("the build failed")
    return {**json.loads(told), "workers": samples or [0]}


def children(pid: int) -> list[int]:
    try:
        tasks = Path(f"/proc/{pid}/task").iterdir()
        return [int(child) for task in tasks for child in (task / "children").read_text().split()]
    except OSError:
        return []


def resident(pid: int) -> int:
    """Bytes of a process that are in memory; 0 if it is gone."""
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, IndexError):
        return 0


def in_tenths(samples: list[int]) -> list[float]:
    edges = [len(samples) * n // TENTHS for n in range(TENTHS + 1)]
    return [statistics.median(samples[a : max(a + 1, b)]) for a, b in pairwise(edges) if a < len(samples)]


def table(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> None:
    if head:
        print("| " + " | ".join(head) + " |")
        print("|" + "---:|" * len(head))
    for row in rows:
        print("| " + " | ".join(row) + " |")


if __name__ == "__main__":
    main()
