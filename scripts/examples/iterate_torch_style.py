"""Iterate the table ``ner`` as a PyTorch training loop would, without PyTorch: shuffled and padded batches.

    python scripts/examples/iterate_torch_style.py dist/hf

``Sentences`` is a map-style dataset (``__len__``, ``__getitem__``) and ``collate`` a collate function: with
PyTorch, ``DataLoader(Sentences(rows), batch_size=8, shuffle=True, collate_fn=collate)`` takes both as they
are, and ``torch.tensor`` takes each value of a batch.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Iterator, Sequence
from typing import Any

import bilan

IGNORED = -100
"""The label that losses leave out, on padding."""


class Sentences:
    """A map-style dataset over the sentences of one split: word numbers and BIO labels."""

    def __init__(self, rows: Any, vocabulary: dict[str, int] | None = None) -> None:
        self.rows = rows
        words = sorted({token.casefold() for tokens in rows["tokens"] for token in tokens})
        self.vocabulary = vocabulary or {word: number for number, word in enumerate(words, start=2)}

    def __len__(self) -> int:
        return len(self.rows)

    def __getitem__(self, index: int) -> dict[str, list[int]]:
        row = self.rows[index]
        return {
            "input_ids": [self.vocabulary.get(token.casefold(), 1) for token in row["tokens"]],  # 1 = unknown
            "labels": row["ner_tags"],
        }


def collate(items: Sequence[dict[str, list[int]]]) -> dict[str, list[list[int]]]:
    """A batch: every sentence padded to the longest one."""
    width = max(len(item["labels"]) for item in items)
    batch: dict[str, list[list[int]]] = {"input_ids": [], "attention_mask": [], "labels": []}
    for item in items:
        padding = width - len(item["labels"])
        batch["input_ids"].append(item["input_ids"] + [0] * padding)
        batch["attention_mask"].append([1] * len(item["labels"]) + [0] * padding)
        batch["labels"].append(item["labels"] + [IGNORED] * padding)
    return batch


def batches(data: Sentences, size: int, seed: int) -> Iterator[dict[str, list[list[int]]]]:
    """The batches of one epoch, in an order that the seed fixes."""
    order = list(range(len(data)))
    random.Random(seed).shuffle(order)
    for start in range(0, len(order), size):
        yield collate([data[index] for index in order[start : start + size]])


def main(folder: str) -> None:
    splits = bilan.load("ner", source=folder)
    split = "train" if "train" in splits else next(iter(splits))
    rows = splits[split]
    names = rows.features["ner_tags"].feature.names
    data = Sentences(rows)
    for epoch in range(2):
        seen = tagged = 0
        for number, batch in enumerate(batches(data, size=8, seed=epoch)):
            seen += sum(map(sum, batch["attention_mask"]))
            tagged += sum(label > 0 for labels in batch["labels"] for label in labels)
            if epoch == number == 0:
                print(f"first batch: {len(batch['labels'])} sentences × {len(batch['labels'][0])} tokens")
        print(f"epoch {epoch}: {len(data)} sentences of {split}, {seen} tokens, {tagged} in names")
    print("labels:", ", ".join(names[:5]), "…")


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "dist/hf")
