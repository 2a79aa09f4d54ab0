"""Linear-chain conditional random fields over words, by CRFsuite (extra ``crf``: python-crfsuite, MIT)."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bilan.baselines.document import Document
from bilan.baselines.lexicon import MEASURES
from bilan.checks.lexicon import NUMBERS
from bilan.incidents import BilanError, Incident

Features = list[str]

C1, C2, ITERATIONS = 0.05, 0.01, 120
"""Penalties of CRFsuite's L-BFGS, chosen once on validation, and its most iterations."""


class Model:
    """A trained chain. ``tag`` gives the best labels of a sequence."""

    def __init__(self, sequences: Sequence[tuple[Sequence[Features], Sequence[str]]]) -> None:
        """Trains on (features of each place, labels). L-BFGS from zero: the same data give the same model.

        Raises BilanError (B809) without the extra.
        """
        try:
            import pycrfsuite
        except ImportError:
            message = "the CRF baseline needs python-crfsuite, which is not installed"
            raise BilanError(Incident("B809", message, "pip install 'bilan[crf]'")) from None
        trainer = pycrfsuite.Trainer(algorithm="lbfgs", verbose=False)
        trainer.set_params(
            {"c1": C1, "c2": C2, "max_iterations": ITERATIONS, "feature.possible_transitions": True}
        )
        for features, labels in sequences:
            if features:
                trainer.append(features, labels)
        self._tagger = pycrfsuite.Tagger()
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "model"
            trainer.train(str(path))
            self._bytes = path.read_bytes()
        self._tagger.open_inmemory(self._bytes)

    def tag(self, features: Sequence[Features]) -> list[str]:
        labels: list[Any] = self._tagger.tag(features) if features else []
        return [str(label) for label in labels]


def shape(word: str) -> str:
    """X for capitals, x for small letters, 0 for digits; runs of one kind are shortened to two."""
    out = "".join("X" if c.isupper() else "x" if c.isalpha() else "0" if c.isdigit() else c for c in word)
    return re.sub(r"(.)\1\1+", r"\1\1", out)


def word_features(document: Document, sentence: range) -> list[Features]:
    """For every token of a sentence: its form, its neighbours', and whether it is a number or a word for harm."""
    words = [document.words[i] for i in sentence]
    lower = [word.lower() for word in words]
    shapes = [shape(word) for word in words]
    number = [bool(NUMBERS[document.lang].fullmatch(word)) or word.isdigit() for word in words]
    harm = [bool(MEASURES.fullmatch(word)) for word in words]
    out = []
    for i, word in enumerate(words):
        own = [
            "bias",
            f"w={lower[i]}",
            f"s={shapes[i]}",
            f"p3={lower[i][:3]}",
            f"e3={lower[i][-3:]}",
            f"e2={lower[i][-2:]}",
        ]
        if word.istitle():
            own.append("title")
        if word.isupper() and len(word) > 1:
            own.append("upper")
        for name, flags in (("number", number), ("harm", harm)):
            if flags[i]:
                own.append(name)
            if any(flags[max(0, i - 4) : i]):
                own.append(f"{name} before")
            if any(flags[i + 1 : i + 5]):
                own.append(f"{name} behind")
        for step in (-3, -2, -1, 1, 2, 3):
            at = i + step
            if 0 <= at < len(words):
                own.append(f"{step}:w={lower[at]}")
                if abs(step) < 3:
                    own.append(f"{step}:s={shapes[at]}")
            else:
                own.append(f"{step}:edge")
        if i:
            own.append(f"w-1w={lower[i - 1]}_{lower[i]}")
        if i + 1 < len(words):
            own.append(f"ww+1={lower[i]}_{lower[i + 1]}")
        out.append(own)
    return out
