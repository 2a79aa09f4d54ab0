"""The recipes for models: what they write, and that they learn. Needs torch and transformers."""

from __future__ import annotations

import importlib.util
import json
import re
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors, trainers

import bilan
from bilan import labels, subwords
from bilan.records import Article

RECIPES = Path(__file__).parent.parent / "scripts" / "recipes"
TWO = 2


def recipe(name: str) -> ModuleType:
    """A recipe as a module."""
    spec = importlib.util.spec_from_file_location(name, RECIPES / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    return module


finetune = recipe("finetune_encoder")


@pytest.fixture(scope="module")
def encoder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A BERT of two layers, with random weights and a vocabulary of its own."""
    pytest.importorskip("torch")
    transformers = pytest.importorskip("transformers")
    special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    tokenizer = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer()
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    texts = [str(article.text) for article in bilan.articles(split="train")]
    tokenizer.train_from_iterator(
        texts, trainers.WordPieceTrainer(vocab_size=4000, special_tokens=special, show_progress=False)
    )
    tokenizer.post_processor = processors.BertProcessing(("[SEP]", 3), ("[CLS]", 2))
    folder = tmp_path_factory.mktemp("encoder")
    transformers.PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, pad_token="[PAD]", unk_token="[UNK]", model_max_length=128
    ).save_pretrained(folder)
    config = transformers.BertConfig(
        vocab_size=tokenizer.get_vocab_size(),
        hidden_size=96,
        num_hidden_layers=2,
        num_attention_heads=4,
        intermediate_size=192,
        max_position_embeddings=128,
        hidden_dropout_prob=0.0,
        attention_probs_dropout_prob=0.0,
    )
    transformers.BertModel(config).save_pretrained(folder)
    return folder


def run(
    task: str, encoder: Path, out: Path, capsys: pytest.CaptureFixture[str], *more: str
) -> tuple[list[dict[str, Any]], list[float]]:
    """The predictions of a run on two articles, and the loss of every epoch."""
    options = ["--model", encoder, "--out", out, "--limit", TWO, "--device", "cpu", "--stride", 32, *more]
    finetune.main([task, *map(str, options)])
    losses = [float(loss) for loss in re.findall(r"loss ([\d.]+)", capsys.readouterr().out)]
    return [json.loads(line) for line in out.read_text("utf-8").splitlines()], losses


def first_articles(split: str) -> list[Article]:
    return list(bilan.articles(split=split))[:TWO]


@pytest.mark.recipes
@pytest.mark.parametrize("split", ["validation", "test"])
@pytest.mark.parametrize("task", ["entities", "figures"])
def test_a_few_epochs_lower_the_loss_and_predictions_have_their_form(
    task: str, split: str, encoder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    more = ["--epochs", "4", "--lr", "1e-3", "--split", split]
    rows, losses = run(task, encoder, tmp_path / "predictions.jsonl", capsys, *more)
    assert len(losses) == 4
    assert losses[-1] < losses[0]
    articles = first_articles(split)
    assert [row["article"] for row in rows] == [article.id for article in articles]
    for row, article in zip(rows, articles, strict=True):
        assert set(row) == {"article", task}
        for found in row[task]:
            check(task, found, str(article.text))


def check(task: str, found: dict[str, Any], text: str) -> None:
    """One predicted span has its columns, and labels of the inventories."""
    assert 0 <= found["start"] < found["end"] <= len(text)
    if task == "entities":
        assert set(found) == {"start", "end", "type"}
        assert found["type"] in labels.names("entity_type")
    else:
        values = {"low", "high", "stated", "modifier", "unit"}
        assert set(found) == {"start", "end", "of", "measure", *values}
        assert found["of"] in labels.names("figure_of")
        assert found["measure"] in labels.names("measure")


@pytest.mark.recipes
@pytest.mark.parametrize("task", ["entities", "figures"])
def test_it_learns_two_articles_by_heart(
    task: str, encoder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    more = ["--epochs", "60", "--lr", "3e-3", "--split", "train"]
    rows, losses = run(task, encoder, tmp_path / "predictions.jsonl", capsys, *more)
    assert losses[-1] < losses[0] / 20
    gold, found = [], []
    for row, article in zip(rows, first_articles("train"), strict=True):
        if task == "entities":
            gold.append(set(subwords.spans_of(article, "names")))
            found.append({(one["start"], one["end"], one["type"]) for one in row[task]})
        else:
            columns = ("start", "end", "of", "measure", "low", "high", "stated", "modifier", "unit")
            gold.append({tuple(getattr(figure, c) for c in columns) for figure in article.figures})
            found.append({tuple(one[c] for c in columns) for one in row[task]})
    assert finetune.f1(gold, found) > 0.95


@pytest.mark.recipes
def test_one_seed_gives_one_result(encoder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    more = ["--epochs", "3", "--lr", "1e-3", "--seed", "5"]
    runs = [run("entities", encoder, tmp_path / f"{i}.jsonl", capsys, *more) for i in range(2)]
    assert runs[0] == runs[1]


def test_the_f1_of_the_recipe_is_exact_on_spans_and_labels() -> None:
    gold = [{(0, 4, "place"), (9, 12, "media")}, set()]
    assert finetune.f1(gold, gold) == 1
    assert finetune.f1(gold, [{(0, 4, "place"), (9, 12, "place")}, {(1, 2, "place")}]) == pytest.approx(0.4)
    assert finetune.f1([set()], [set()]) == 1


def test_a_value_is_read_from_the_words_of_a_figure_and_null_where_they_hold_none() -> None:
    article = next(a for a in bilan.articles(split="train", lang="fr") if a.figures)
    figure = article.figures[0]
    spans = [(figure.start, figure.end, figure.measure), (0, 3, "killed")]
    found = finetune.row("figures", article, spans, [figure.of, "people"])["figures"]
    assert [found[0][c] for c in ("low", "high", "stated")] == [figure.low, figure.high, figure.stated]
    assert [found[1][c] for c in ("low", "high", "stated", "modifier", "unit")] == [None] * 5
    assert found[1]["of"] == "people"


def test_the_examples_of_the_recipe_are_commands_that_it_takes() -> None:
    commands = re.findall(r"finetune_encoder\.py (.*)", str(finetune.__doc__))
    assert len(commands) == 2
    for command in commands:
        assert finetune.parser().parse_args(command.split()).model
