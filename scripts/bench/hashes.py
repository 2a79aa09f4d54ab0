"""What the hashes of a withheld text tell someone who guesses, counted on the open articles, withheld for it.

    python scripts/bench/hashes.py

For several sizes of hash: how surely a guessed sentence is confirmed, how many guesses of three words are left over,
and how many false landmarks an alignment meets.
"""

from __future__ import annotations

import argparse
import statistics
from pathlib import Path

from bilan import corpus, model, withhold

CORPUS = Path(__file__).parents[2] / "corpus"
SALT = "00" * 16
SENTENCE = 20
"""Words of the guessed sentence."""
VOCABULARY = 50_000
LIKELY = 27
"""Bits that three words of news carry for a good language model, some nine a word."""


def main() -> None:
    argparse.ArgumentParser(description=(__doc__ or "").split("\n\n")[0]).parse_args()
    found = [a for a in corpus.read(CORPUS).articles.values() if a["text"]["access"] == "open"]
    prints, anchors, words, covered = [], [], [], []
    sentences = confirmed = 0
    for article in found:
        text = article["text"]["content"]
        tokens = withhold.words(text)
        kept = withhold.fingerprint(tokens, SALT)
        spans = {(at.span["start"], at.span["end"]) for at in model.spans(article)}
        places = {("before", a) for a, _ in spans} | {("after", b) for _, b in spans}
        near = set()
        for kind, at in places:
            side = [i for i, (a, b, _) in enumerate(tokens) if (b <= at if kind == "before" else a >= at)]
            near.update(side[-3:] if kind == "before" else side[:3])
        prints.append(len(kept))
        anchors.append(len(places))
        words.append(len(tokens))
        covered.append(len(near) / len(tokens))
        for i in range(0, len(tokens) - SENTENCE, SENTENCE):
            sentences += 1
            confirmed += bool(withhold.fingerprint(tokens[i : i + SENTENCE], SALT))
    size, marks, count = (statistics.mean(x) for x in (words, prints, anchors))
    print(
        f"{len(found)} articles: {size:.0f} words, {marks:.0f} hashes of five words and {count:.0f} of three on"
        f" average; {statistics.mean(covered):.0%} of the words are in one of three.\n"
        f"Of {sentences:,} stretches of {SENTENCE} words {confirmed / sentences:.0%} have a hash in the fingerprint.\n"
    )
    guesses = "three words: guesses left of a dictionary | of the likely"
    print(f"| bits of a hash | a wrong shingle passes | {guesses} | false landmarks |")
    print("|---:|---:|---:|---:|---:|")
    for bits in (8, 16, 24, 32):
        wrong = min(1.0, marks / 2**bits)
        left = VOCABULARY**3 / 2**bits
        likely = max(1.0, 2.0 ** (LIKELY - bits))
        print(
            f"| {bits} | 1 in {1 / wrong:,.0f} | {left:,.0f} | {likely:,.0f} | {count * size / 2**bits:,.4f} |"
        )


if __name__ == "__main__":
    main()
