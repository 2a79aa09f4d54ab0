"""The loading scripts in scripts/examples run as they stand, on a built folder."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

import small_corpus
from bilan.build import build

EXAMPLES = Path(__file__).parent.parent / "scripts" / "examples"
SAYS = {
    "load_datasets.py": [
        "test: 6 figures",
        "160 morts (160–160) killed",
        "government of Burkina Faso (government) denies",
    ],
    "query_duckdb.py": ["bf-2021-06-05-solhan/main/killed/- | people | 3 | 132.0 | 160.0 | 132.0"],
    "iterate_torch_style.py": ["first batch: 4 sentences", "B-person"],
}


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("examples")
    return build(small_corpus.write(folder / "corpus"), folder / "hf").out


def run(example: str, folder: Path, home: Path) -> str:
    environment = {**os.environ, "HF_HOME": str(home), "HF_HUB_OFFLINE": "1", "PYTHONUTF8": "1"}
    done = subprocess.run(
        [sys.executable, str(EXAMPLES / example), str(folder)],
        capture_output=True,
        encoding="utf-8",
        env=environment,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_every_example_is_tested() -> None:
    assert {path.name for path in EXAMPLES.glob("*.py")} == set(SAYS)


@pytest.mark.parametrize("example", SAYS)
def test_an_example_runs_on_a_built_folder(example: str, built: Path, tmp_path: Path) -> None:
    if example == "query_duckdb.py":
        pytest.importorskip("duckdb")
    told = run(example, built, tmp_path)
    for line in SAYS[example]:
        assert line in told


@pytest.mark.skipif(not small_corpus.has_articles(small_corpus.REAL), reason="the corpus has no articles yet")
@pytest.mark.parametrize("example", SAYS)
def test_an_example_runs_on_the_corpus_of_this_repository(example: str, tmp_path: Path) -> None:
    assert run(example, build(small_corpus.REAL, tmp_path / "hf").out, tmp_path / "cache")
