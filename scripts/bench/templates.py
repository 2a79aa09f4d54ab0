"""Do articles repeat a mould? Runs of words that stories share once names and numbers are taken out.

    python scripts/bench/templates.py [--other DIR]

For every open article the longest run of tokens that also stands in an article of another story, and the share of its
8-token runs that do, where names are "N" and digits and number words "0". For test articles the other stories are
those of train: this is what a model could have learnt by heart. --other measures the text files of a folder
(fr-*.txt and en-*.txt by name, or *.fr.txt) against train in the same way, as a yardstick from the press.
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from statistics import median

from bilan import corpus as corpora
from bilan import paths
from bilan.baselines.document import Document
from bilan.baselines.names import capitals
from bilan.checks.lexicon import NUMBERS
from bilan.stats import split_of

RUN = 8


def skeleton(lang: str, text: str) -> list[str]:
    """The tokens of a text in lower case, names as N, numbers as 0; nothing is read but the text."""
    document = Document("", lang, None, text)
    words = [
        "0" if word[0].isdigit() or NUMBERS[lang].fullmatch(word) else word.lower() for word in document.words
    ]
    for run in capitals(document):
        for i in run:
            words[i] = "N"
    return words


def runs(words: Sequence[str], size: int) -> set[tuple[str, ...]]:
    return {tuple(words[i : i + size]) for i in range(len(words) - size + 1)}


def longest(words: Sequence[str], others: Iterable[Sequence[str]]) -> int:
    """Tokens of the longest run that one of the others has too."""
    size, pool = 0, list(others)
    while True:
        own = runs(words, size + 1)
        pool = [other for other in pool if own & runs(other, size + 1)]
        if not own or not pool:
            return size
        size += 1


def measure(
    title: str, texts: Sequence[tuple[str, str, list[str]]], against: Sequence[tuple[str, str, list[str]]]
) -> None:
    lengths, shares = [], []
    for story, lang, words in texts:
        others = [other for name, other_lang, other in against if other_lang == lang and name != story]
        seen: set[tuple[str, ...]] = set().union(*(runs(other, RUN) for other in others))
        own = runs(words, RUN)
        lengths.append(longest(words, others))
        shares.append(len(own & seen) / max(1, len(own)))
    if lengths:
        shown = f"median {median(lengths):.0f}, most {max(lengths)}"
        shared = f"mean {sum(shares) / len(shares):.2%}, most {max(shares):.1%}"
        print(
            f"{title:<34} {len(lengths):>4} texts   longest shared run: {shown}   {RUN}-token runs shared: {shared}"
        )


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--other", type=Path, metavar="DIR", help="text files to measure against train")
    other = parser.parse_args().other
    data = corpora.read(paths.working_home().corpus)
    found: dict[str, list[tuple[str, str, list[str]]]] = {}
    for article in data.articles.values():
        text = article["text"].get("content")
        if text:
            made = (article["story"], article["lang"], skeleton(article["lang"], text))
            found.setdefault(split_of(data, article), []).append(made)
    for split, texts in found.items():
        measure(f"{split} against train, other stories", texts, found["train"])
    if other:
        texts = []
        for path in sorted(other.glob("*.txt")):
            lang = re.search(r"(?:^|[.-])(fr|en)(?=[.-])", path.name)
            if lang:
                texts.append((path.name, lang[1], skeleton(lang[1], path.read_text(encoding="utf-8"))))
        measure(f"{other.name} against train", texts, found["train"])


if __name__ == "__main__":
    main()
