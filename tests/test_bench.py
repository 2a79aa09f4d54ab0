"""The benchmark runs from end to end, and measures two programs that do the same work."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from bilan.checks import runner
from conftest import FIXTURES, REPOSITORY, articles_of

BENCH = REPOSITORY / "scripts" / "bench"
SOURCE = FIXTURES / "valid" / "corpus"


@pytest.fixture(autouse=True)
def modules_of_the_benchmark(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(BENCH))


def measured(what: str, *arguments: str) -> Any:
    command = [sys.executable, str(BENCH / "measure.py"), what, *arguments]
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


@pytest.mark.parametrize("source", [SOURCE, REPOSITORY / "corpus"], ids=["fixtures", "corpus"])
def test_made_articles_pass_every_check(source: Path, tmp_path: Path) -> None:
    from generate import generate

    generate(source, tmp_path / "made", 50)
    result = runner.check_corpus(
        tmp_path / "made", texts=False
    )  # paragraphs in another order, copies by design
    assert result.articles == 50
    assert result.incidents == []


def test_made_articles_are_all_different_and_follow_from_the_seed(tmp_path: Path) -> None:
    from generate import generate

    made = []
    for name, seed in (("one", 0), ("again", 0), ("other", 1)):
        generate(SOURCE, tmp_path / name, 12, seed)
        made.append(articles_of(tmp_path / name))
    assert made[0] == made[1]
    texts = {d["text"]["sha256"] for some in (made[0], made[2]) for d in some.values()}
    assert len(texts) == 24
    surfaces = [f["surface"] for d in made[0].values() for f in d["figures"]]
    assert len(set(surfaces)) > 0.8 * len(surfaces)


def test_product_and_peer_write_the_same_rows_in_the_same_order(tmp_path: Path) -> None:
    import pyarrow.parquet as pq
    from generate import generate

    corpus = tmp_path / "made"
    generate(SOURCE, corpus, 10)
    product = measured("build", str(corpus), "--out", str(tmp_path / "product"))
    peer = measured("peer-build", str(corpus), "--library", "jsonschema_rs", "--out", str(tmp_path / "peer"))
    assert (product["rows"], product["root"]) == (peer["rows"], peer["root"])
    for config, splits in product["rows"].items():
        for split in splits:
            (ours,) = (tmp_path / "product" / "data" / config).glob(f"{split}-*.parquet")
            theirs = tmp_path / "peer" / config / f"{split}.parquet"
            assert pq.read_table(ours).to_pylist() == pq.read_table(theirs).to_pylist()


def test_the_benchmark_runs_and_reports(tmp_path: Path) -> None:
    options = ["--articles", "10", "--peer-articles", "10", "--runs", "1", "--source", str(SOURCE)]
    done = subprocess.run(
        [sys.executable, str(BENCH / "spine.py"), *options],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        env={**os.environ, "TMPDIR": str(tmp_path)},
    )
    assert done.returncode == 0, done.stderr
    for part in (
        "find the same",
        "## Check",
        "## Build",
        "## Memory",
        "phases",
        "## Command line",
        "## Bars",
    ):
        assert part in done.stdout
    assert list(tmp_path.iterdir()) == []


def test_the_benchmark_of_diff_finds_the_edited_articles_and_reports(tmp_path: Path) -> None:
    options = ["--articles", "20", "--runs", "1", "--source", str(SOURCE)]
    done = subprocess.run(
        [sys.executable, str(BENCH / "diff.py"), *options],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        env={**os.environ, "TMPDIR": str(tmp_path)},
    )
    assert done.returncode == 0, done.stderr
    rows = [line.split("|")[1:3] for line in done.stdout.splitlines() if "%" in line]
    assert [[cell.strip() for cell in row] for row in rows] == [
        ["0%", "0"],
        ["1%", "0"],
        ["10%", "2"],
        ["100%", "20"],
    ]
    assert list(tmp_path.iterdir()) == []


def test_the_benchmark_of_growth_builds_every_size_and_reports(tmp_path: Path) -> None:
    options = ["--sizes", "60", "120", "--base", "40", "--shard", "30", "--workers", "2"]
    done = subprocess.run(
        [sys.executable, str(BENCH / "growth.py"), *options, "--work", str(tmp_path)],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    rows = [line.split("|")[1:3] for line in done.stdout.splitlines() if line.startswith(("| 60 ", "| 120 "))]
    assert [[cell.strip() for cell in row] for row in rows[:2]] == [["60", "2"], ["120", "4"]]
    assert "Throughput of the largest against the smallest" in done.stdout
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(not hasattr(os, "killpg"), reason="needs process groups")
def test_the_silver_corpus_is_killed_resumed_and_streamed(tmp_path: Path) -> None:
    options = ["--articles", "300", "--base", "60", "--shard", "20", "--work", str(tmp_path)]
    done = subprocess.run(
        [sys.executable, str(BENCH / "silver.py"), *options],
        capture_output=True,
        text=True,
        env={**os.environ, "HF_HUB_OFFLINE": "1"},
    )
    assert done.returncode == 0, done.stderr
    for part in (
        "killed by SIGKILL",
        "B894",
        "of them as built before",
        "the same bytes",
        "claims of deaths",
    ):
        assert part in done.stdout
    assert list(tmp_path.iterdir()) == []
