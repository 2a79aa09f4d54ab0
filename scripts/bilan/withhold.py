"""The withheld form of an article: no text, only offsets, hashes and the surfaces of names and numbers.

Scheme ``bilan-anchors-1``. A word is a maximal run of letters and digits (``\\w`` without the underscore),
case-folded. ``hash(x)`` is the first 16 bits of SHA-256 over the article's salt and x, as four hexadecimal
digits. Sixteen bits are enough to place a span among the few hundred words of one article (two agreeing
anchors meet by chance once in some ten million places), and too few to find out words: of the three-word
sequences that a dictionary of 50,000 words allows, nearly two thousand million share each hash.
"""

from __future__ import annotations

import hashlib
import re
from typing import Any

from bilan import model
from bilan.model import Json

SCHEME = "bilan-anchors-1"
CLEAR_LIMIT = 40
CLEAR_WORDS = 7
"""Most clear words in a row."""
SHINGLE = 3
FINGERPRINT_SHINGLE = 5
FINGERPRINT_KEEP = 8

_WORD = re.compile(r"[^\W_]+")


def words(text: str) -> list[tuple[int, int, str]]:
    """Words of a text: (start, end, case-folded word)."""
    return [(m.start(), m.end(), m.group().casefold()) for m in _WORD.finditer(text)]


def short_hash(salt: str, kind: str, value: str) -> str:
    """Sixteen bits of SHA-256 over salt, kind and value. Kinds keep surfaces and shingles apart."""
    return hashlib.sha256(f"{salt}\x1f{kind}\x1f{value}".encode()).hexdigest()[:4]


def may_be_clear(layer: str, field: str, span: Json) -> bool:
    """Only names and number expressions of at most ``CLEAR_LIMIT`` code points stand in clear."""
    if span["end"] - span["start"] > CLEAR_LIMIT:
        return False
    return layer == "figures" or (layer == "entities" and span.get("kind") == "name")


def anchor(tokens: list[tuple[int, int, str]], start: int, end: int, salt: str) -> list[str]:
    """Hashes of the three words before and after a span; at the edge of the text of those there are."""
    before = [word for _, word_end, word in tokens if word_end <= start][-SHINGLE:]
    after = [word for word_start, _, word in tokens if word_start >= end][:SHINGLE]
    return [short_hash(salt, "before", " ".join(before)), short_hash(salt, "after", " ".join(after))]


def fingerprint(tokens: list[tuple[int, int, str]], salt: str) -> list[str]:
    """Sparse fingerprint of a text: hashes of five-word shingles, of which one in eight is kept."""
    kept = []
    for i in range(len(tokens) - FINGERPRINT_SHINGLE + 1):
        shingle = " ".join(word for _, _, word in tokens[i : i + FINGERPRINT_SHINGLE])
        digest = hashlib.sha256(f"{salt}\x1fshingle\x1f{shingle}".encode()).digest()
        if digest[2] % FINGERPRINT_KEEP == 0:
            kept.append(digest[:2].hex())
    return kept


def _map_spans(article: Json, change: Any) -> Json:
    """A copy of the article with ``change(layer, field, span) -> span`` applied to every span."""
    out = dict(article)
    for layer in model.SELF_SPANNED:
        out[layer] = [change(layer, "", record) for record in article[layer]]
    for layer, fields in model.SPAN_LISTS.items():
        out[layer] = [
            {
                key: [change(layer, key, span) for span in value] if key in fields else value
                for key, value in record.items()
            }
            for record in article[layer]
        ]
    return out


def fill(article: Json, text: str) -> Json:
    """A withheld article with the surfaces put back from its exact canonical text (spans lose hash and anchor)."""

    def filled(layer: str, field: str, span: Json) -> Json:
        surface = text[span["start"] : span["end"]]
        out = {}
        for key, value in span.items():
            if key not in ("surface", "hash", "anchor"):
                out[key] = value
            if key == "end":
                out["surface"] = surface
        return out

    return _map_spans(article, filled)


def withhold(article: Json, text: str, salt: str, show: bool = True) -> Json:
    """The withheld form of an article whose spans carry surfaces.

    ``text`` is the canonical text, ``salt`` 32 hexadecimal digits. Deterministic: the same input gives the
    same document. The record must hold ``text.access == "withheld"``; ``content`` is left out. Where names and
    numbers stand so close that more than ``CLEAR_WORDS`` words would be clear in a row, the last names are hidden,
    and where there are none, the last numbers. Without ``show`` nothing is clear: for a second annotation beside
    the first, so that the two together show no more than one.
    """
    covered: list[tuple[int, int]] = [] if show else [(0, len(text))]
    while True:
        out = _withheld(article, text, salt, covered)
        place = next(
            (
                last
                for start, end, count in clear_runs(out)
                if count > CLEAR_WORDS and (last := _last_clear(out, start, end)) is not None
            ),
            None,
        )
        if place is None:
            return out
        covered.append(place)


def _last_clear(article: Json, start: int, end: int) -> tuple[int, int] | None:
    """The last clear name of a stretch, else its last clear figure; None where nothing is clear."""
    places = [
        (at.layer == "entities", at.span["start"], at.span["end"])
        for at in model.spans(article)
        if "surface" in at.span and start <= at.span["start"] < end
    ]
    return max(places)[1:] if places else None


def _withheld(article: Json, text: str, salt: str, covered: list[tuple[int, int]]) -> Json:
    """The withheld form; what shares a character with a covered place is hidden."""
    tokens = words(text)

    def hidden(layer: str, field: str, span: Json) -> Json:
        clear = may_be_clear(layer, field, span)
        if len(_WORD.findall(text[span["start"] : span["end"]])) > CLEAR_WORDS:
            clear = False
        if any(a < span["end"] and span["start"] < b for a, b in covered):
            clear = False
        out: Json = {}
        for key, value in span.items():
            if key in ("surface", "hash", "anchor"):
                continue
            out[key] = value
            if key == "end":
                surface = text[span["start"] : span["end"]]
                if clear:
                    out["surface"] = surface
                else:
                    out["hash"] = short_hash(salt, "surface", surface)
                out["anchor"] = anchor(tokens, span["start"], span["end"], salt)
        return out

    out = _map_spans(article, hidden)
    header = {key: value for key, value in article["text"].items() if key not in ("content", "anchors")}
    header.update(
        length=len(text),
        sha256=hashlib.sha256(text.encode()).hexdigest(),
        anchors={"scheme": SCHEME, "salt": salt, "fingerprint": fingerprint(tokens, salt)},
    )
    out["text"] = model.ordered(header, model.sub_keys("text"))
    return out


def clear_runs(article: Json) -> list[tuple[int, int, int]]:
    """Runs of clear words of a withheld article: (start, end, number of words), clear spans joined by offset.

    Two clear spans that touch, overlap or leave only white space or punctuation between them (at most two
    code points: the text between is not known) form one run.
    """
    clear = sorted(
        (at.span["start"], at.span["end"], at.span["surface"])
        for at in model.spans(article)
        if "surface" in at.span
    )
    runs: list[list[Any]] = []
    for start, end, surface in clear:
        if runs and start <= runs[-1][1] + 2:
            last = runs[-1]
            if end > last[1]:
                fresh = surface[max(0, last[1] - start) :]
                last[2] += " " + fresh if start > last[1] else fresh
                last[1] = end
        else:
            runs.append([start, end, surface])
    return [(start, end, len(_WORD.findall(joined))) for start, end, joined in runs]
