"""The code in README.md and the pages of docs runs, and gives what it says.

The blocks of a page run in order, in one namespace, in a folder that holds ``dist/hf``, built from the corpus, a
``tokenizer.json``, an ``encoder`` and a ``clone``. Comment lines directly below a statement are what it prints and
gives; after a change of the data ``python tests/test_docs_examples.py`` writes them anew. Blocks that need PyTorch run
under the marker ``recipes``, those that need mlcroissant under ``croissant``.
"""

from __future__ import annotations

import ast
import contextlib
import importlib.util
import io
import re
import shlex
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from bilan.__main__ import main
from bilan.build import build
from conftest import REPOSITORY

PAGES = ["README.md", "docs/stack.md", "docs/tasks/README.md", "docs/tolls.md"]
RECIPE = "scripts/recipes/finetune_encoder.py"
NEEDS = {
    "recipes": re.compile(r"^(?:import|from) (?:torch|transformers)\b", re.M),
    "croissant": re.compile(r"^(?:import|from) mlcroissant\b", re.M),
}
"""Marker → blocks that run under it only."""
FENCE = re.compile(r"^```(?P<kind>\w+)\n(?P<code>.*?)^```$", re.M | re.S)


@dataclass(frozen=True)
class Block:
    kind: str
    code: str
    line: int
    """Line of the page on which the code begins, from 1."""

    @property
    def marker(self) -> str | None:
        return next((marker for marker, need in NEEDS.items() if need.search(self.code)), None)


def blocks(page: str) -> list[Block]:
    text = (REPOSITORY / page).read_text("utf-8")
    return [
        Block(match["kind"], match["code"], text.count("\n", 0, match.start("code")) + 1)
        for match in FENCE.finditer(text)
    ]


# --- running ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Said:
    """What stands below a statement, and what it gave. ``first`` and ``last`` are lines of the page, from 1."""

    first: int
    last: int
    expected: list[str]
    given: list[str]


def below(lines: list[str], at: int, mark: str) -> list[str]:
    """The comment lines from an index on."""
    out = []
    while at < len(lines) and (lines[at] == mark or lines[at].startswith(f"{mark} ")):
        out.append(lines[at][len(mark) + 1 :])
        at += 1
    return out


def run_python(block: Block, page: str, space: dict[str, Any]) -> Iterator[Said]:
    lines = block.code.splitlines()
    padding = "\n" * (block.line - 1)  # so that a traceback names the line of the page
    for statement in ast.parse(padding + block.code).body:
        printed = io.StringIO()
        value = None
        with contextlib.redirect_stdout(printed):
            if isinstance(statement, ast.Expr):
                value = eval(compile(ast.Expression(statement.value), page, "eval"), space)
            else:
                exec(compile(ast.Module([statement], []), page, "exec"), space)
        last = int(statement.end_lineno or 0)
        if expected := below(lines, last - block.line + 1, "#"):
            given = printed.getvalue().splitlines() + ([] if value is None else [repr(value)])
            yield Said(last + 1, last + len(expected), expected, given)


def run_sql(block: Block, page: str, space: dict[str, Any]) -> Iterator[Said]:
    import duckdb

    lines = block.code.splitlines()
    begin = 0
    for at, line in enumerate(lines):
        if line.rstrip().endswith(";"):
            rows = duckdb.sql("\n".join(lines[begin : at + 1])).fetchall()
            begin = at + 1
            if expected := below(lines, begin, "--"):
                given = [" | ".join(map(str, row)) for row in rows]
                yield Said(block.line + begin, block.line + begin + len(expected) - 1, expected, given)


def run_shell(block: Block, page: str, space: dict[str, Any]) -> Iterator[Said]:
    for line in block.code.splitlines():
        words = shlex.split(line, comments=True)
        words = words[: words.index(">")] if ">" in words else words
        if words[0] == "bilan":
            with contextlib.redirect_stdout(io.StringIO()):
                assert main(words[1:]) == 0, f"{page}: {line!r} fails"
        elif words[:2] == ["python", RECIPE]:
            assert recipe().parser().parse_args(words[2:])
        else:  # .ci/run installs
            assert words[:2] == ["pip", "install"], f"{page}: nobody runs {line!r}"
    yield from ()


def recipe() -> Any:
    spec = importlib.util.spec_from_file_location("recipe_of_the_page", REPOSITORY / RECIPE)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


RUN: dict[str, Callable[[Block, str, dict[str, Any]], Iterator[Said]]] = {
    "python": run_python,
    "sql": run_sql,
    "sh": run_shell,
}


def run_page(page: str, *markers: str) -> list[Said]:
    """Runs a page in the working directory, with the blocks of some markers or without."""
    space: dict[str, Any] = {"__name__": "__main__"}
    return [
        said
        for block in blocks(page)
        if block.kind in RUN and block.marker in (None, *markers)
        for said in RUN[block.kind](block, page, space)
    ]


# --- a folder to run in ----------------------------------------------------------------------------------


@cache
def tokenizer() -> Any:
    from tokenizers import Tokenizer, models, pre_tokenizers, processors, trainers

    import bilan

    out = Tokenizer(models.Unigram())
    out.pre_tokenizer = pre_tokenizers.Metaspace()
    special = ["<s>", "<pad>", "</s>", "<unk>"]
    texts = [str(article.text) for article in bilan.articles(split="train")]
    trainer = trainers.UnigramTrainer(
        vocab_size=2000, special_tokens=special, unk_token="<unk>", show_progress=False
    )
    out.train_from_iterator(texts, trainer)
    out.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>", special_tokens=[("<s>", 0), ("</s>", 2)]
    )
    return out


def furnish(folder: Path) -> Path:
    """Fills a folder with what the pages read."""
    build(REPOSITORY / "corpus", folder / "dist" / "hf")
    (folder / "clone").symlink_to(REPOSITORY)
    tokenizer().save(str(folder / "tokenizer.json"))
    if importlib.util.find_spec("transformers"):
        import transformers

        wrapped = transformers.PreTrainedTokenizerFast(tokenizer_object=tokenizer(), pad_token="<pad>")
        wrapped.save_pretrained(folder / "encoder")
    return folder


@pytest.fixture(scope="session")
def furnished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return furnish(tmp_path_factory.mktemp("pages"))


@pytest.fixture
def folder(furnished: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    import datasets

    monkeypatch.chdir(furnished)
    monkeypatch.setattr(datasets.config, "HF_DATASETS_CACHE", tmp_path / "cache")
    return furnished


# --- tests -----------------------------------------------------------------------------------------------


def compare(said: list[Said], page: str) -> None:
    wrong = [f"{page}:{one.first} says {one.expected}, it gives {one.given}" for one in said]
    right = [one.expected == one.given for one in said]
    assert said
    assert all(right), "\n".join(text for text, good in zip(wrong, right, strict=True) if not good)


@pytest.mark.parametrize("page", PAGES)
def test_the_blocks_of_a_page_run_and_give_what_they_say(page: str, folder: Path) -> None:
    compare(run_page(page), page)


def pages_of(marker: str) -> list[str]:
    return [page for page in PAGES if any(block.marker == marker for block in blocks(page))]


@pytest.mark.recipes
@pytest.mark.parametrize("page", pages_of("recipes"))
def test_the_blocks_with_pytorch_run_too(page: str, folder: Path) -> None:
    pytest.importorskip("torch")
    pytest.importorskip("transformers")
    compare(run_page(page, "recipes"), page)


@pytest.mark.croissant
@pytest.mark.parametrize("page", pages_of("croissant"))
def test_the_blocks_with_mlcroissant_run_too(page: str, folder: Path) -> None:
    pytest.importorskip("mlcroissant")
    compare(run_page(page, "croissant"), page)


@pytest.mark.parametrize("page", PAGES)
def test_every_block_is_of_a_kind_that_is_run(page: str) -> None:
    kinds = {block.kind for block in blocks(page)}
    assert "python" in kinds
    assert kinds <= set(RUN)
    assert (REPOSITORY / page).read_text("utf-8").count("```") == 2 * len(blocks(page))


def test_a_wrong_output_is_seen() -> None:
    block = Block("python", "x = 2\nx + 1\n# 4\n\nprint(x)\nfor i in range(x):\n    print(i)\n# 0\n# 1\n", 5)
    wrong, right = run_python(block, "page", {})
    assert (wrong.first, wrong.expected, wrong.given) == (7, ["4"], ["3"])
    assert (right.first, right.last, right.expected, right.given) == (12, 13, ["0", "1"], ["0", "1"])
    (said,) = run_sql(Block("sql", "SELECT 1, 'a';\n-- 1 | b\n", 5), "page", {})
    assert (said.first, said.expected, said.given) == (6, ["1 | b"], ["1 | a"])


def write_anew() -> None:
    """Puts what the statements give below them."""
    import os

    import datasets

    with tempfile.TemporaryDirectory() as home:
        os.chdir(furnish(Path(home)))
        datasets.config.HF_DATASETS_CACHE = Path(home, "cache")
        libraries = {"recipes": "torch", "croissant": "mlcroissant"}
        markers = [marker for marker, name in libraries.items() if importlib.util.find_spec(name)]
        for page in PAGES:
            lines = (REPOSITORY / page).read_text("utf-8").split("\n")
            for said in reversed(run_page(page, *markers)):
                mark = "--" if lines[said.first - 1].startswith("--") else "#"
                lines[said.first - 1 : said.last] = [f"{mark} {line}" for line in said.given]
            (REPOSITORY / page).write_text("\n".join(lines), "utf-8")
        os.chdir(REPOSITORY)


if __name__ == "__main__":
    write_anew()
