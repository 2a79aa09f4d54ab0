"""How well withheld articles come back to life: open ones are withheld, and their copies spoilt as the world does it.

    python scripts/bench/hydrate.py --seed COMMIT
    python scripts/bench/hydrate.py --tuning

The aligner was tried out on the articles that ``hydrate-tuning.txt`` lists. Of the others the seed, a commit of later,
draws those that are reported (as ``bilan sample`` draws). Every character of a spoilt copy knows where it comes
from, so that each span has one right place, or none. Prints one table with its bars; exit status 1 if one is missed.
"""

from __future__ import annotations

import argparse
import hashlib
import random
import re
import sys
import time
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bilan import corpus, model, sampling, withhold
from bilan.hydration import align

Json = dict[str, Any]
Traced = list[tuple[str, int | None]]
"""Characters, each with its place in the original; None: it is not from there."""

CORPUS = Path(__file__).parents[2] / "corpus"
TUNING = Path(__file__).with_name("hydrate-tuning.txt")
LETTERS = "abcdefghijklmnopqrstuvwxyzéèàçêôîù"
ABOVE = "Accueil\nMonde\nS'abonner\nPartager sur WhatsApp\nPublié le 26 mai à 10 h 12\n\n"
BELOW = "\n\nLire aussi\nNewsletter\nAbonnez-vous pour recevoir nos alertes\n© Tous droits réservés\n"
BETWEEN = ("\nPublicité\n", "\nThe article continues below\n", "\n[Photo: a street, 2019]\n")


def traced(text: str) -> Traced:
    return list(zip(text, range(len(text)), strict=True))


def strange(text: str) -> Traced:
    return [(c, None) for c in text]


def plain(copy: Traced) -> str:
    return "".join(c for c, _ in copy)


# --- what the world does -----------------------------------------------------------------------------------


def each(copy: Traced, change: Callable[[str, str], str]) -> Traced:
    """``change(character, the one after it)`` → what stands there then; all of it comes from the same place."""
    out: Traced = []
    for i, (char, place) in enumerate(copy):
        after = copy[i + 1][0] if i + 1 < len(copy) else ""
        out.extend((c, place) for c in change(char, after))
    return out


def around(copy: Traced, _: random.Random) -> Traced:
    return [*strange(ABOVE), *copy, *strange(BELOW)]


def windows_file(copy: Traced, _: random.Random) -> Traced:
    return [*strange("\ufeff"), *each(copy, lambda c, _: "\r\n" if c == "\n" else c), *strange("\r\n")]


def paragraphs(copy: Traced) -> list[Traced]:
    out: list[Traced] = [[]]
    for char, place in copy:
        if char == "\n":
            if out[-1]:
                out.append([])
        else:
            out[-1].append((char, place))
    return [part for part in out if part]


def joined(parts: list[Traced], between: Callable[[], str] = lambda: "\n") -> Traced:
    out: Traced = []
    for part in parts:
        if out:
            out += strange(between())
        out += part
    return out


def between(copy: Traced, chance: random.Random) -> Traced:
    return around(joined(paragraphs(copy), lambda: chance.choice(BETWEEN)), chance)


def spaces(copy: Traced, chance: random.Random) -> Traced:
    def change(c: str, after: str) -> str:
        if c == " ":
            return chance.choice((" ", " ", " ", "  ", "\u00a0", "\n")) if after not in ":;!?»%" else "\u202f"
        return "\n\n" if c == "\n" else c

    return each(copy, change)


def quotes(copy: Traced, chance: random.Random) -> Traced:
    swap = {"'": "’", "’": "'", "“": '"', "”": '"', "«": "“", "»": "”", '"': "“"}
    return each(copy, lambda c, _: swap.get(c, c) if chance.random() < 0.8 else c)


def dashes(copy: Traced, chance: random.Random) -> Traced:
    swap = {"-": "‑", "–": "—", "—": "-", "…": "..."}
    return each(copy, lambda c, _: swap.get(c, c) if chance.random() < 0.8 else c)


def decomposed(copy: Traced, _: random.Random) -> Traced:
    return each(copy, lambda c, _: unicodedata.normalize("NFD", c))


def ligatures(copy: Traced, _: random.Random) -> Traced:
    out: Traced = []
    skip = False
    for i, (char, place) in enumerate(copy):
        if skip:
            skip = False
            continue
        pair = char + (copy[i + 1][0] if i + 1 < len(copy) else "")
        skip = pair in ("fi", "fl", "ff")
        if skip:
            out.append(({"fi": "ﬁ", "fl": "ﬂ", "ff": "ﬀ"}[pair], place))
        else:
            out.extend((c, place) for c in {"œ": "oe", "æ": "ae"}.get(char, char))
    return out


def all_layout(copy: Traced, chance: random.Random) -> Traced:
    for spoil in (between, quotes, dashes, spaces, ligatures):
        copy = spoil(copy, chance)
    return copy


def typos(share: float) -> Callable[[Traced, random.Random], Traced]:
    def spoil(copy: Traced, chance: random.Random) -> Traced:
        """So many letters of words deleted, replaced, doubled by a wrong one, or swapped with the next."""
        out: Traced = []
        skip = False
        for i, (char, place) in enumerate(copy):
            if skip:
                skip = False
                continue
            follower = copy[i + 1][0] if i + 1 < len(copy) else ""
            if not char.isalpha() or chance.random() >= share:
                out.append((char, place))
                continue
            kind = chance.randrange(4)
            # the last letter of a one-letter word stays: nothing would be left of the word
            alone = not follower.isalpha() and not (out and out[-1][0].isalpha())
            if kind == 0 and not alone:
                continue
            if kind == 1:
                out += [(char, place), (chance.choice(LETTERS), place)]
            elif kind == 2 and follower.isalpha():
                out += [(follower, place), (char, copy[i + 1][1])]
                skip = True
            else:
                out.append((chance.choice(LETTERS.replace(char, "")), place))
        return out

    return spoil


def dropped(copy: Traced, chance: random.Random) -> Traced:
    parts = paragraphs(copy)
    if len(parts) > 2:
        del parts[chance.randrange(1, len(parts))]
    return joined(parts)


def reordered(copy: Traced, chance: random.Random) -> Traced:
    parts = paragraphs(copy)
    if len(parts) > 2:
        parts.insert(chance.randrange(1, len(parts) - 1), parts.pop())
    return joined(parts)


def updated(article: Json) -> Callable[[Traced, random.Random], Traced]:
    """Another number in one figure that is written in digits."""

    def spoil(copy: Traced, chance: random.Random) -> Traced:
        figures = [f for f in article["figures"] if re.search(r"\d", f["surface"])]
        if not figures:
            return copy
        figure = chance.choice(figures)
        digits = [p for p in range(figure["start"], figure["end"]) if copy[p][0].isdigit()]
        at = digits[-1]
        other = str((int(copy[at][0]) + chance.randrange(1, 9)) % 10 or 9)
        if other == copy[at][0]:
            other = "7" if other != "7" else "3"
        return [*copy[:at], (other, copy[at][1]), *copy[at + 1 :]]

    return spoil


def added(others: list[Json]) -> Callable[[Traced, random.Random], Traced]:
    """Two paragraphs of other articles between its own."""

    def spoil(copy: Traced, chance: random.Random) -> Traced:
        parts = paragraphs(copy)
        for _ in range(2):
            text = chance.choice(others)["text"]["content"]
            parts.insert(chance.randrange(len(parts) + 1), strange(chance.choice(text.split("\n"))))
        return joined(parts)

    return spoil


def edited(article: Json, others: list[Json]) -> Callable[[Traced, random.Random], Traced]:
    def spoil(copy: Traced, chance: random.Random) -> Traced:
        for step in (updated(article), dropped, added(others), reordered):
            copy = step(copy, chance)
        return copy

    return spoil


# --- the count ---------------------------------------------------------------------------------------------


@dataclass
class Row:
    """One kind of copy: what is asked of it, and what came out."""

    name: str
    kind: str
    copies: int = 0
    exact: int = 0
    refused: int = 0
    spans: int = 0
    right: int = 0
    wrong: int = 0
    seconds: float = 0.0
    failures: list[str] = field(default_factory=list)


BARS = {"exact": None, "layout": 0.995, "typos 2 %": 0.97, "typos": None, "edited": 0.98, "refused": None}
WRONG = 0.0005


def truth(copy: Traced) -> dict[int, tuple[int, int]]:
    """Place in the original → its first and last place in the canonical copy."""
    text: list[tuple[str, int | None]] = []
    for char, place in copy:
        if char == "\r":
            continue
        text.append((char, place))
    while text and (text[0][0] == "\ufeff" or text[0][0].isspace()):
        text.pop(0)
    found: dict[int, tuple[int, int]] = {}
    for i, (_, place) in enumerate(text):
        if place is not None:
            found[place] = (found.get(place, (i, i))[0], i)
    return found


def right_place(start: int, end: int, places: dict[int, tuple[int, int]]) -> tuple[int, int] | None:
    """Where a span stands in the copy; None if it is not there in one piece."""
    there = [places[p] for p in range(start, end) if p in places]
    if not there or len(there) < (end - start) * 0.4:
        return None
    low, high = min(a for a, _ in there), max(b for _, b in there) + 1
    # torn apart by a paragraph put in between
    return (low, high) if high - low <= (end - start) * 1.5 + 12 else None


def judge(row: Row, article: Json, hidden: Json, copy: Traced, gone: set[int]) -> None:
    begun = time.process_time()
    result = align.hydrate(hidden, plain(copy))
    row.seconds += time.process_time() - begun
    row.copies += 1
    row.exact += result.state == "exact"
    row.refused += result.state == "refused"
    if row.kind == "refused":
        if result.state != "refused":
            row.failures.append(f"{hidden['id']} {row.name}: {result.told()}, share {result.share:.2f}")
        return
    places = truth(copy)
    text = article["text"]["content"]
    if result.state == "exact" and result.text != text:
        row.failures.append(f"{hidden['id']} {row.name}: an exact text that is another")
    for at in model.spans(article):
        start, end = at.span["start"], at.span["end"]
        wanted = right_place(start, end, places)
        if at.layer == "figures" and any(p in gone for p in range(start, end)):
            wanted = None
        row.spans += wanted is not None
        got = result.placed.get(at.pointer)
        if got is None:
            if wanted is not None:
                why = result.missing.get(at.pointer, "refused")
                row.failures.append(
                    f"{hidden['id']} {row.name}: {at.layer}/{at.field} {text[start:end]!r} {why}"
                )
            continue
        if result.state == "exact":
            row.right += wanted is not None
            continue
        here = (got.start + result.offset, got.end + result.offset)
        if here == wanted:
            row.right += 1
        else:
            row.wrong += 1
            assert result.text is not None
            words = result.text[got.start : got.end]
            row.failures.append(
                f"{hidden['id']} {row.name}: WRONG {at.layer}/{at.field} {text[start:end]!r} at {words!r}"
                f" {here} {wanted}"
            )


def run(articles: dict[str, Json], chosen: list[str], repeat: int) -> list[Row]:
    """One row a kind of copy, over the chosen articles."""
    rows: dict[str, Row] = {}
    everything = [articles[ident] for ident in sorted(articles)]
    for ident in chosen:
        article = articles[ident]
        text = article["text"]["content"]
        story = [a for a in everything if a["story"] == article["story"] and a["id"] != ident]
        others = [a for a in everything if a["story"] != article["story"]]
        for turn in range(repeat):
            chance = random.Random(f"{ident}/{turn}")
            salt = hashlib.sha256(f"{ident}/{turn}".encode()).hexdigest()[:32]
            header = {**article["text"], "access": "withheld"}
            hidden = withhold.withhold({**article, "text": header}, text, salt)
            kinds: list[tuple[str, str, Callable[[Traced, random.Random], Traced]]] = [
                ("the text itself", "exact", lambda copy, _: copy),
                ("BOM, CRLF, newline at the end", "exact", windows_file),
                ("text before and after", "exact", around),
                ("text before, between and after", "layout", between),
                ("white space, line breaks", "layout", spaces),
                ("quotation marks, apostrophes", "layout", quotes),
                ("dashes, ellipses", "layout", dashes),
                ("decomposed letters (NFD)", "layout", decomposed),
                ("ligatures", "layout", ligatures),
                ("all of that", "layout", all_layout),
                ("typos in 1 % of the letters", "typos 2 %", typos(0.01)),
                ("typos in 2 % of the letters", "typos 2 %", typos(0.02)),
                ("typos in 4 % of the letters", "typos", typos(0.04)),
                ("a paragraph dropped", "edited", dropped),
                ("paragraphs added", "edited", added(others)),
                ("paragraphs reordered", "edited", reordered),
                ("a number updated", "edited", updated(article)),
                ("all of these edits", "edited", edited(article, others)),
            ]
            for name, kind, spoil in kinds:
                copy = spoil(traced(text), chance)
                kept = {place for char, place in copy if place is not None and text[place] == char}
                gone = {p for p in range(len(text)) if p not in kept} if kind == "edited" else set()
                judge(rows.setdefault(name, Row(name, kind)), article, hidden, copy, gone)
            foreign = [("the wrong article", chance.choice(others))]
            foreign += [("the article in another language", a) for a in story if a["lang"] != article["lang"]]
            foreign += [("another article on the event", a) for a in story if a["lang"] == article["lang"]]
            for name, other in foreign:
                copy = traced(other["text"]["content"])
                judge(rows.setdefault(name, Row(name, "refused")), article, hidden, copy, set())
    return list(rows.values())


def passed(row: Row) -> bool:
    if row.kind == "refused":
        return row.refused == row.copies
    if row.wrong > WRONG * max(1, row.spans):
        return False
    if row.kind == "exact":
        return row.exact == row.copies
    bar = BARS[row.kind]
    return bar is None or row.right >= bar * row.spans


def table(rows: list[Row]) -> str:
    """The rows as Markdown."""
    lines = [
        "| copy | copies | exact | refused | spans to place | placed | wrong | bar | |",
        "|---|---:|---:|---:|---:|---:|---:|---|---|",
    ]
    for row in rows:
        bar = BARS[row.kind]
        asked = {"exact": "all exact", "refused": "all refused"}.get(row.kind) or (
            f"≥ {bar:.1%}" if bar else "none"
        )
        spans = f"{row.spans:,} | {row.right / row.spans:.2%} | {row.wrong}" if row.spans else "– | – | –"
        verdict = "PASS" if passed(row) else "FAIL"
        lines.append(
            f"| {row.name} | {row.copies:,} | {row.exact:,} | {row.refused:,} | {spans} | {asked} | {verdict} |"
        )
    return "\n".join(lines)


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument("--seed", metavar="COMMIT", help="draws the reported articles")
    parser.add_argument("--tuning", action="store_true", help="use the articles it was tried out on")
    parser.add_argument("--size", type=int, default=50, help="articles of the reported set")
    parser.add_argument("--repeat", type=int, default=1, help="times each article is spoilt anew")
    parser.add_argument(
        "--failures", type=int, default=0, metavar="N", help="show so many failures of a kind"
    )
    args = parser.parse_args()
    articles = {i: a for i, a in corpus.read(CORPUS).articles.items() if a["text"]["access"] == "open"}
    tuned = TUNING.read_text(encoding="utf-8").split()
    if args.tuning == bool(args.seed):
        parser.error("give --seed or --tuning")
    chosen = [i for i in tuned if i in articles]
    if args.seed:
        chosen = sampling.draw(articles.values(), args.size, args.seed, set(tuned))
    rows = run(articles, chosen, args.repeat)
    print(table(rows))
    copies, seconds = sum(row.copies for row in rows), sum(row.seconds for row in rows)
    slowest = max(rows, key=lambda row: row.seconds / row.copies)
    per_thousand, worst = 1000 * seconds / copies, 1000 * slowest.seconds / slowest.copies
    quick = per_thousand < 20
    print(
        f"\n1,000 articles in {per_thousand:.1f} s on one core, all kinds together (bar: 20 s, "
        f"{'PASS' if quick else 'FAIL'}); of the slowest kind ({slowest.name}) in {worst:.1f} s."
    )
    told = "the tuning set" if args.tuning else f"drawn by {args.seed[:12]}"
    print(f"{len(chosen)} articles, {told}, each spoilt {args.repeat} times in every way.")
    for row in rows:
        for line in sorted(row.failures, key=lambda line: "WRONG" not in line)[: args.failures]:
            print(line, file=sys.stderr)
    return 0 if quick and all(passed(row) for row in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
