"""Level 6: what texts share. Near-duplicates by MinHash, and runs of eight words that two articles have in common.

A worker makes the ``Print`` of an article; the comparison needs nothing else of it.
"""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from itertools import combinations
from typing import Any

from bilan.incidents import Incident
from bilan.model import Json

RUN = 8
"""Words in a row that no two articles share."""
OWN_WORDS = 4
"""Words of a run, at least, that are in no name and no date: the rest is names and titles."""
SHINGLE = 3
"""Words in a shingle of the near-duplicate comparison."""
PERMUTATIONS = 64
BANDS = 32
NEAR_DUPLICATE = 0.3
"""Share of common shingles (Jaccard, estimated) from which two articles are near-duplicates.

Articles of one story in the same language share 0.03 at most; two versions of one dispatch some 0.5.
"""

FIXED_PHRASES = (
    "office of the united nations high commissioner for human rights",
    "haut commissariat des nations unies aux droits de l homme",
    "haut commissariat de l onu aux droits de l homme",
)
"""Titles that any text may hold, in small letters with plain spaces."""

_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True)
class Print:
    """What of a text is compared: its MinHash signature, and its runs of words as hash → (offset, end)."""

    signature: tuple[int, ...]
    runs: dict[int, tuple[int, int]]


def print_of(article: Json) -> Print | None:
    """The print of an open article; None where the text is not there or has hardly a word."""
    text = article["text"].get("content")
    if text is None:
        return None
    found = list(_WORD.finditer(text))
    words = [match.group().lower() for match in found]
    if len(words) < RUN:
        return None
    named = sorted(
        [(m["start"], m["end"]) for e in article["entities"] for m in e["mentions"] if m["kind"] == "name"]
        + [(time["start"], time["end"]) for time in article["times"]]
    )
    own = [not any(a <= match.start() < b for a, b in named) for match in found]
    runs: dict[int, tuple[int, int]] = {}
    for i in range(len(words) - RUN + 1):
        run = " ".join(words[i : i + RUN])
        if sum(own[i : i + RUN]) >= OWN_WORDS and not any(run in phrase for phrase in FIXED_PHRASES):
            runs.setdefault(_hash(run), (found[i].start(), found[i + RUN - 1].end()))
    shingles = {" ".join(words[i : i + SHINGLE]) for i in range(len(words) - SHINGLE + 1)}
    return Print(_signature(map(_hash, shingles)), runs)


def _hash(words: str) -> int:
    return int.from_bytes(hashlib.blake2b(words.encode(), digest_size=8).digest(), "big")


def _signature(hashes: Iterable[int]) -> tuple[int, ...]:
    """MinHash (Broder 1997) by multiply-shift: the least of each permutation over all shingles.

    Ten lines of NumPy, which is there with ``datasets``; the libraries for it would bring SciPy to every user.
    """
    import numpy as np

    factors, terms = _permutations()
    values = np.fromiter(hashes, dtype=np.uint64)
    mixed = (values[:, None] * factors + terms) >> np.uint64(32)  # arithmetic modulo 2^64 is meant
    return tuple(int(least) for least in mixed.min(axis=0))


@cache
def _permutations() -> tuple[Any, Any]:
    import numpy as np

    generator = np.random.Generator(np.random.PCG64(20250523))
    factors = generator.integers(1, 2**63, PERMUTATIONS, dtype=np.uint64) | np.uint64(1)
    return factors, generator.integers(0, 2**63, PERMUTATIONS, dtype=np.uint64)


@dataclass(frozen=True)
class Text:
    """One article among those compared. ``split`` is that of its story."""

    id: str
    file: str
    split: str
    print: Print


def compare(texts: list[Text]) -> list[tuple[str, str, Incident]]:
    """(article id, other article's id, incident) for every pair that shares too much, in order of the files.

    A pair is reported once, at the later file: as near-duplicates if they are in different splits, else, or if
    they are not that near, for the first run of words that they share.
    """
    texts = sorted(texts, key=lambda text: text.file)
    out: list[tuple[str, str, Incident]] = []
    near: set[tuple[str, str]] = set()
    for a, b in _candidates(texts):
        likeness = (
            sum(x == y for x, y in zip(a.print.signature, b.print.signature, strict=True)) / PERMUTATIONS
        )
        if likeness >= NEAR_DUPLICATE and a.split != b.split:
            near.add((a.id, b.id))
            message = f"near-duplicate of {a.id} ({likeness:.0%} of the shingles), {b.split} and {a.split}"
            mend = "write it in other words, or put both stories into one split"
            incident = Incident("B606", message, mend, file=b.file, pointer="/text/content", subject=a.id)
            out.append((b.id, a.id, incident))
    first: dict[int, Text] = {}
    for text in texts:
        told: set[str] = set()
        for key, (start, end) in text.print.runs.items():
            other = first.setdefault(key, text)
            if other is text or other.id in told or (other.id, text.id) in near:
                continue
            told.add(other.id)
            message = f"{RUN} words in a row ({start}–{end}) stand in {other.id} too"
            incident = Incident(
                "B607",
                message,
                "say it in other words, or list an exemption with its reason",
                file=text.file,
                pointer="/text/content",
                subject=other.id,
                offset=start,
            )
            out.append((text.id, other.id, incident))
    return out


def _candidates(texts: list[Text]) -> Iterator[tuple[Text, Text]]:
    """Pairs that share a band of their signatures (locality-sensitive hashing), each once."""
    rows = PERMUTATIONS // BANDS
    buckets: dict[tuple[int, ...], list[int]] = defaultdict(list)
    for number, text in enumerate(texts):
        for band in range(BANDS):
            buckets[(band, *text.print.signature[band * rows : (band + 1) * rows])].append(number)
    pairs = {pair for bucket in buckets.values() for pair in combinations(bucket, 2)}
    for a, b in sorted(pairs):
        yield texts[a], texts[b]
