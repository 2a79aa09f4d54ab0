"""Fine-tune an encoder on BILAN: names of entities, or figures with what they count.

    pip install . torch transformers
    python scripts/recipes/finetune_encoder.py entities --model FacebookAI/xlm-roberta-base --out entities.jsonl
    python scripts/recipes/finetune_encoder.py figures --model answerdotai/ModernBERT-base --split test

``--model`` is any encoder with a fast tokenizer: a name on the Hugging Face Hub or a folder. A linear layer on top
labels every word: BIO of the outermost names by type, or BIO of the figures by measure; for figures a second one
says what is counted (``of``). Texts longer than a window are read in overlapping ones (``bilan.subwords``). The
value of a predicted figure is read from its words by ``bilan.numbers``; where they hold none it is null. The last
epoch is used; nothing is chosen on the validation split, whose F1 (span and label exact) is only shown.

Predictions are written one article a line:

    {"article": id, "entities": [{"start", "end", "type"}]}
    {"article": id, "figures": [{"start", "end", "of", "measure", "low", "high", "stated", "modifier", "unit"}]}
"""

from __future__ import annotations

import argparse
import json
import random
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import bilan
from bilan import labels, subwords
from bilan.incidents import BilanError
from bilan.jsonio import write_atomic
from bilan.records import Article
from bilan.subwords import IGNORED, Span, Window

if TYPE_CHECKING:
    import torch

LAYER = {"entities": "names", "figures": "figures"}
NAMES = {
    "entities": subwords.bio(labels.names("entity_type")),
    "figures": subwords.bio(labels.names("measure")),
}
OF = labels.names("figure_of")


@dataclass(frozen=True)
class Example:
    """An article with its windows, and two labels for every sub-word: of the span, and of what is counted."""

    article: Article
    windows: list[Window]
    spans: list[list[int]]
    counted: list[list[int]]


def example(article: Article, task: str, tokenizer: Any, max_length: int, stride: int) -> Example:
    windows = subwords.encode(
        str(article.text), article.lang, tokenizer, max_length=max_length, stride=stride
    )
    gold = subwords.spans_of(article, LAYER[task])
    counted = [[IGNORED] * len(window.input_ids) for window in windows]
    if task == "figures":
        names = subwords.bio(OF)
        marked = subwords.labels(windows, [(f.start, f.end, f.of) for f in article.figures], names)
        # outside figures nothing is counted: the second layer is not asked there
        counted = [[(label - 1) // 2 if label > 0 else IGNORED for label in row] for row in marked]
    return Example(article, windows, subwords.labels(windows, gold, NAMES[task]), counted)


def batches(windows: Sequence[tuple[Any, ...]], size: int, pad: int) -> Iterator[list[torch.Tensor]]:
    """Padded batches of (input ids, labels, labels): those three and the attention mask, as tensors."""
    import torch

    for start in range(0, len(windows), size):
        part = windows[start : start + size]
        width = max(len(ids) for ids, _, _ in part)
        columns = [
            [row[i] + [fill] * (width - len(row[i])) for row in part]
            for i, fill in enumerate((pad, IGNORED, IGNORED))
        ]
        mask = [[1] * len(ids) + [0] * (width - len(ids)) for ids, _, _ in part]
        yield [torch.tensor(column) for column in (*columns, mask)]


def labeller(encoder: Any, task: str) -> Any:
    """The encoder with linear layers for the spans and, in the task figures, for what is counted."""
    import torch

    class Labeller(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.encoder = encoder
            self.drop = torch.nn.Dropout(0.1)
            self.head = torch.nn.Linear(encoder.config.hidden_size, len(NAMES[task]) + len(OF))

        def forward(self, ids: torch.Tensor, mask: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
            hidden = self.encoder(input_ids=ids, attention_mask=mask).last_hidden_state
            scores = self.head(self.drop(hidden)).float()
            return scores[..., : len(NAMES[task])], scores[..., len(NAMES[task]) :]

    return Labeller()


def loss_of(scores: torch.Tensor, wanted: torch.Tensor) -> torch.Tensor:
    """Mean cross entropy over the words; zero where none is asked."""
    from torch.nn.functional import cross_entropy

    total = cross_entropy(scores.flatten(0, 1), wanted.flatten(), ignore_index=IGNORED, reduction="sum")
    return total / (wanted != IGNORED).sum().clamp(min=1)


def train(model: Any, examples: Sequence[Example], args: argparse.Namespace, pad: int) -> Iterator[float]:
    """Trains; gives the mean loss of every epoch. The rate rises over the first tenth, then falls to zero."""
    import torch

    windows = [
        (window.input_ids, spans, counted)
        for one in examples
        for window, spans, counted in zip(one.windows, one.spans, one.counted, strict=True)
    ]
    steps = args.epochs * -(-len(windows) // args.batch)
    optimizer = torch.optim.AdamW(model.parameters(), lr=args.lr, weight_decay=0.01)
    warm = max(1, steps // 10)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda step: min((step + 1) / warm, (steps - step) / max(1, steps - warm))
    )
    order = random.Random(args.seed)
    for _ in range(args.epochs):
        model.train()
        order.shuffle(windows)
        losses = []
        for batch in batches(windows, args.batch, pad):
            ids, spans, counted, mask = (tensor.to(args.device) for tensor in batch)
            by_span, by_of = model(ids, mask)
            loss = loss_of(by_span, spans) + loss_of(by_of, counted)
            loss.backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
            schedule.step()
            optimizer.zero_grad()
            losses.append(loss.item())
        yield sum(losses) / max(1, len(losses))


def predict(model: Any, one: Example, args: argparse.Namespace, pad: int) -> tuple[list[Span], list[str]]:
    """The spans of an article, and what each of them counts."""
    import torch

    model.eval()
    windows = [(w.input_ids, [], []) for w in one.windows]
    found: list[tuple[torch.Tensor, torch.Tensor]] = []
    with torch.no_grad():
        for ids, _, _, mask in batches(windows, args.batch, pad):
            found += zip(
                *(scores.cpu() for scores in model(ids.to(args.device), mask.to(args.device))), strict=True
            )
    spans = subwords.spans(one.windows, [scores for scores, _ in found], NAMES[args.task])
    words = one.windows[0].words if one.windows else ()
    read = [
        (words[number], place)
        for number, place in enumerate(subwords.places(one.windows))
        if place is not None
    ]
    counted = []
    for start, end, _ in spans:
        inside = [found[i][1][at] for word, (i, at) in read if start <= word[0] and word[1] <= end]
        counted.append(OF[int(torch.stack(inside).log_softmax(-1).sum(0).argmax())])
    return spans, counted


def row(task: str, article: Article, spans: Sequence[Span], counted: Sequence[str]) -> dict[str, Any]:
    """The prediction for an article as it is written."""
    if task == "entities":
        found = [{"start": start, "end": end, "type": kind} for start, end, kind in spans]
        return {"article": article.id, "entities": found}
    figures = []
    for (start, end, measure), of in zip(spans, counted, strict=True):
        value = bilan.numbers.parse(str(article.text)[start:end], article.lang)
        columns = ("low", "high", "stated", "modifier", "unit")
        figures.append(
            {"start": start, "end": end, "of": of, "measure": measure}
            | {column: None if value is None else getattr(value, column) for column in columns}
        )
    return {"article": article.id, "figures": figures}


def f1(gold: Sequence[set[Any]], found: Sequence[set[Any]]) -> float:
    """F1 over all articles; 1 where there is nothing to find and nothing was found."""
    right = sum(len(a & b) for a, b in zip(gold, found, strict=True))
    every = sum(map(len, gold)) + sum(map(len, found))
    return 2 * right / every if every else 1.0


def parser() -> argparse.ArgumentParser:
    out = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    out.add_argument("task", choices=LAYER)
    out.add_argument("--model", required=True, help="name or folder of an encoder with a fast tokenizer")
    out.add_argument(
        "--split", default="validation", choices=["train", "validation", "test"], help="to predict"
    )
    out.add_argument("--out", type=Path, default=Path("predictions.jsonl"))
    out.add_argument("--source", help="a corpus or a built folder (default: the package's corpus)")
    out.add_argument("--lang", choices=["fr", "en"], help="only this language (default: both)")
    out.add_argument("--limit", type=int, help="only so many articles of each split")
    out.add_argument("--epochs", type=int, default=5)
    out.add_argument("--lr", type=float, default=3e-5)
    out.add_argument("--batch", type=int, default=8, help="windows in a batch")
    out.add_argument("--max-length", type=int, default=512, help="sub-words in a window")
    out.add_argument("--stride", type=int, default=128, help="sub-words that neighbouring windows share")
    out.add_argument("--seed", type=int, default=0)
    out.add_argument("--device", help="cpu, cuda, mps, … (default: cuda where there is one)")
    return out


def main(arguments: Sequence[str] | None = None) -> None:
    args = parser().parse_args(arguments)
    import torch
    import transformers

    args.device = args.device or ("cuda" if torch.cuda.is_available() else "cpu")
    random.seed(args.seed)
    torch.manual_seed(args.seed)
    tokenizer = transformers.AutoTokenizer.from_pretrained(args.model)
    encoder = transformers.AutoModel.from_pretrained(args.model)
    longest = min(args.max_length, tokenizer.model_max_length)

    def read(split: str) -> list[Example]:
        found = list(bilan.articles(split=split, lang=args.lang, source=args.source))[: args.limit]
        return [example(one, args.task, tokenizer, longest, args.stride) for one in found]

    model = labeller(encoder, args.task).to(args.device)
    pad = tokenizer.pad_token_id or 0

    def score(examples: Sequence[Example]) -> float:
        gold = [set(subwords.spans_of(one.article, LAYER[args.task])) for one in examples]
        return f1(gold, [set(predict(model, one, args, pad)[0]) for one in examples])

    validation = read("validation")
    for epoch, loss in enumerate(train(model, read("train"), args, pad), 1):
        print(f"epoch {epoch}: loss {loss:.4f}, F1 on validation {score(validation):.3f}", flush=True)
    examples = read(args.split)
    rows = [row(args.task, one.article, *predict(model, one, args, pad)) for one in examples]
    lines = "".join(json.dumps(one, ensure_ascii=False) + "\n" for one in rows)
    write_atomic(args.out, lines.encode())
    print(f"{args.out}: {len(rows)} articles of {args.split}, F1 of spans {score(examples):.3f}")


if __name__ == "__main__":
    try:
        main()
    except BilanError as error:
        sys.exit(str(error))
