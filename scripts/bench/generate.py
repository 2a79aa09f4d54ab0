"""Makes a large corpus out of a small one: valid articles with names, numbers, dates and order varied.

Every story of the source corpus is copied many times over. In each copy the names are made-up words, the
digits and number words of the figures are others, a made-up word stands in every figure, the years are moved,
and the paragraphs stand in another order; then the spans are moved to where their words went, and surfaces,
values, length and hash are computed again. No two articles share a text and hardly two share a figure, so that
remembering what was read before is of no use. Some copies are withheld. The same source, number and seed give
the same files.
"""

from __future__ import annotations

import json
import pickle
import random
import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from bilan import jsonio, model, numbers, withhold

Json = dict[str, Any]
Edit = tuple[int, int, str]

REGISTRIES = ("actors", "places", "outlets")
WITHHELD_EVERY = 30
"""One story in so many gets a withheld article, near the share of the real corpus."""

_PROPER = re.compile(r"\b[^\W\d_a-zß-öø-ÿ][^\W\d_]{3,}\b")
_DIGITS = re.compile(r"\d+(?:[ \u00a0\u202f.,]\d{3})*")
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
_EDTF_YEAR = re.compile(r"(?<![\d-])(\d{3})([\dX])(?=[-/~?%]|\Z)")
_COUNT_WORDS = {
    lang: listed.split()
    for lang, listed in (
        ("en", "two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen"),
        ("fr", "deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze"),
    )
}


class Source:
    """A small corpus, read whole: stories with their open articles, and the registry."""

    def __init__(self, corpus: Path) -> None:
        self.registry = {
            kind: json.loads((corpus / "registry" / f"{kind}.json").read_bytes()) for kind in REGISTRIES
        }
        self.stories: list[tuple[Json, list[Json]]] = []
        self.exempt: set[tuple[str, str]] = set()
        exemptions = corpus / "exemptions.json"
        for row in json.loads(exemptions.read_bytes())["exemptions"] if exemptions.is_file() else ():
            self.exempt.add((row["article"], row["record"]))
        for path in sorted(corpus.glob("[a-z][a-z]/*/story.json")):
            files = sorted(path.parent.glob("[a-z][a-z]-*.json"))
            documents = [json.loads(file.read_bytes()) for file in files]
            open_ones = [d for d in documents if d["text"]["access"] == "open"]
            if open_ones:
                self.stories.append((json.loads(path.read_bytes()), open_ones))


def generate(source: Path, target: Path, articles: int, seed: int = 0) -> int:
    """Writes a corpus of ``articles`` articles into the new folder ``target``; returns its bytes.

    Raises ValueError where the source has no open article.
    """
    corpus = Source(source)
    if not corpus.stories:
        raise ValueError(f"{source} has no open article to make others from")
    places = {entry["id"]: entry for entry in corpus.registry["places"]["places"]}
    added: list[Json] = []
    written = size = number = 0
    while written < articles:
        story, documents = corpus.stories[number % len(corpus.stories)]
        copy = _Copy(story, documents, places, corpus.exempt, number, seed)
        folder = target / copy.story["id"][:2] / copy.story["id"][3:]
        folder.mkdir(parents=True)
        for document in copy.articles()[: articles - written]:
            _, lang, n = document["id"].rsplit(".", 2)
            size += (folder / f"{lang}-{n}.json").write_bytes(jsonio.dumps(document))
            written += 1
        (folder / "story.json").write_bytes(jsonio.dumps(copy.story))
        added.extend(copy.places)
        number += 1
    registry = dict(corpus.registry)
    everywhere = sorted([*registry["places"]["places"], *added], key=lambda entry: str(entry["id"]))
    registry["places"] = {**registry["places"], "places": everywhere}
    (target / "registry").mkdir()
    for kind, document in registry.items():
        (target / "registry" / f"{kind}.json").write_bytes(jsonio.dumps(document))
    return size


class _Copy:
    """One copy of a story. Names and years are the same in all its articles."""

    def __init__(
        self,
        story: Json,
        documents: list[Json],
        places: dict[str, Json],
        exempt: set[tuple[str, str]],
        number: int,
        seed: int,
    ) -> None:
        self.random = random.Random(f"{seed}/{number}")
        self.number, self.documents, self.exempt = number, documents, exempt
        self.words: dict[str, str] = {}
        text = json.dumps([story, documents])
        self.years = self.random.choice(range(-80, 37, 20 if re.search(r'"\d{3}X', text) else 4))
        self.registered: dict[str, Json] = {}
        own = sorted({e["place"] for e in story["events"] if e["place"]})
        for i, ident in enumerate(own):
            self.registered[ident] = self._place(places[ident], i)
        self.story = self._story(story)

    @property
    def places(self) -> list[Json]:
        return list(self.registered.values())

    def articles(self) -> list[Json]:
        out = [self._article(document) for document in self.documents]
        if self.number % WITHHELD_EVERY == 0:
            hidden = self._withheld(out[-1])
            if hidden is not None:
                out[-1] = hidden
                self.story["split"] = "test"
        return out

    # --- names and dates

    def coin(self, word: str) -> str:
        """The made-up word that stands for a word in this copy; it keeps the first letter, for elisions."""
        if word not in self.words:
            pick = self.random.choice
            syllables = "".join(
                pick("bdfgklmnprstvz") + pick("aeiou") for _ in range(self.random.choice((2, 3)))
            )
            made = word[0] + ("r" if word[0].lower() in "aeiouyéèàâêîôûh" else "o") + syllables
            self.words[word] = made.upper() if word.isupper() else made
        return self.words[word]

    def rename(self, name: str) -> str:
        return _PROPER.sub(lambda found: self.coin(found.group()), name)

    def redate(self, edtf: str | None) -> str | None:
        if edtf is None:
            return None

        def moved(found: re.Match[str]) -> str:
            if found[2] == "X":
                return f"{int(found[1]) + self.years // 10:03d}X"
            return f"{int(found[1] + found[2]) + self.years:04d}"

        return _EDTF_YEAR.sub(moved, edtf)

    def _place(self, entry: Json, i: int) -> Json:
        names = {lang: self.rename(name) for lang, name in entry["names"].items()}
        return {
            **entry,
            "id": f"{entry['id']}-{self.number}-{i}",
            "names": names,
            "aliases": [self.rename(alias) for alias in entry["aliases"]],
            "wikidata": None,
            "geonames": None,
        }

    def _story(self, story: Json) -> Json:
        out: Json = pickle.loads(pickle.dumps(story))
        country, year, month, day, place = story["id"].split("-", 4)
        out["id"] = f"{country}-{int(year) + self.years:04d}-{month}-{day}-{place}-{self.number}"
        out["title"] = {lang: self.rename(title)[:200] for lang, title in story["title"].items()}
        out["subset"] = None
        out["split"] = self.random.choice(("train", "train", "train", "validation", "test"))
        for event in out["events"]:
            event["date"] = self.redate(event["date"])
            if event["place"]:
                event["place"] = self.registered[event["place"]]["id"]
        for reference in out["references"]:
            reference["date"] = self.redate(reference["date"])
            if reference["url"]:
                reference["url"] = f"{reference['url'][:900]}?{self.number}"
        return out

    # --- one article

    def _article(self, original: Json) -> Json:
        article: Json = pickle.loads(pickle.dumps(original))
        article["story"] = self.story["id"]
        article["id"] = self.story["id"] + original["id"][len(original["story"]) :]
        article["published"] = self.redate(article["published"])
        if article["record"] and article["record"]["url"]:
            article["record"]["url"] += f"?{self.number}"
        for time in article["times"]:
            time["edtf"] = self.redate(time["edtf"])
        for event in article["events"]:
            event["date"] = self.redate(event["date"])
        for attribution in article["attributions"]:
            attribution["said"] = self.redate(attribution["said"])
        for entity in article["entities"]:
            if entity["registry"] in self.registered:
                entry = self.registered[entity["registry"]]
                entity["registry"], entity["name"] = entry["id"], entry["names"]["en"]
            elif entity["registry"] is None:
                entity["name"] = self.rename(entity["name"])[:200]
        fixed = {record for ident, record in self.exempt if ident == original["id"]}
        edits = _Edits(article, fixed)
        self._edit_names(article, edits)
        self._edit_years(article, edits)
        _edit_figures(article, edits, fixed, self.random, self.coin)
        _move(article, *edits.apply())
        _shuffle(article, self.random)
        return _finish(article)

    def _edit_names(self, article: Json, edits: _Edits) -> None:
        text = article["text"]["content"]
        names = {
            word
            for entity in article["entities"]
            for mention in entity["mentions"]
            if mention["kind"] == "name"
            for word in _PROPER.findall(mention["surface"])
        }
        for found in _PROPER.finditer(text):
            if found.group() in names:
                edits.add(found.start(), found.end(), self.coin(found.group()))

    def _edit_years(self, article: Json, edits: _Edits) -> None:
        for time in article["times"]:
            for found in _YEAR.finditer(time["surface"]):
                at = time["start"] + found.start()
                edits.add(at, at + 4, str(int(found.group()) + self.years))

    def _withheld(self, article: Json) -> Json | None:
        """The withheld form of an article of this copy; None where its names would show too much of the text."""
        content = article["text"]["content"]
        url = next((r["url"] for r in self.story["references"] if r["url"]), None)
        record = {"title": None, "authors": ["A. Writer"], "outlet": None, "url": url}
        header = {**article["text"], "access": "withheld", "origin": "third_party", "licence": None}
        salt = f"{self.random.getrandbits(128):032x}"
        hidden = withhold.withhold({**article, "record": record, "text": header}, content, salt)
        if any(count > 7 for _, _, count in withhold.clear_runs(hidden)):
            return None
        return hidden


class _Edits:
    """Replacements in a text that cut no span in two and do not overlap."""

    def __init__(self, article: Json, fixed: set[str]) -> None:
        self.text: str = article["text"]["content"]
        spans = [at.span for at in model.spans(article)]
        self.edges = sorted({edge for span in spans for edge in (span["start"], span["end"])})
        self.taken = [(f["start"], f["end"]) for f in article["figures"] if f["id"] in fixed]
        self.edits: dict[int, Edit] = {}

    def fits(self, start: int, end: int) -> bool:
        inside = bisect_left(self.edges, end) > bisect_right(self.edges, start)
        near = any(s < end and start < e for s, e, _ in self.edits.values() if abs(s - start) < 200)
        return not inside and not near and not any(s < end and start < e for s, e in self.taken)

    def add(self, start: int, end: int, new: str) -> None:
        if self.fits(start, end):
            self.edits[start] = (start, end, new)

    def within(self, start: int, end: int) -> list[Edit]:
        return [edit for edit in self.edits.values() if start <= edit[0] and edit[1] <= end]

    def apply(self) -> tuple[str, Callable[[int], int]]:
        """The new text, and where an edge of a span goes."""
        edits = sorted(self.edits.values())
        starts = [start for start, _, _ in edits]
        shifts = [0]
        out: list[str] = []
        at = 0
        for start, end, new in edits:
            out += [self.text[at:start], new]
            at = end
            shifts.append(shifts[-1] + len(new) - (end - start))
        out.append(self.text[at:])

        def moved(edge: int) -> int:
            # an edge where an edit begins stays before it
            return edge + shifts[bisect_left(starts, edge)]

        return "".join(out), moved


def _replaced(text: str, start: int, end: int, edits: Iterable[Edit]) -> str:
    out, at = [], start
    for edit_start, edit_end, new in sorted(edits):
        out += [text[at:edit_start], new]
        at = edit_end
    return "".join([*out, text[at:end]])


# --- figures ---------------------------------------------------------------------------------------------


def _edit_figures(
    article: Json, edits: _Edits, fixed: set[str], rng: random.Random, coin: Callable[[str], str]
) -> None:
    """Other numbers, and a made-up word, in every figure; relations between figures go on to hold."""
    lang, text = article["lang"], edits.text
    memory: dict[str, str] = {}
    chosen: dict[str, tuple[list[Edit], numbers.Value]] = {}
    plain: dict[str, tuple[list[Edit], numbers.Value]] = {}
    for figure in article["figures"]:
        if figure["id"] in fixed:
            continue
        start, end = figure["start"], figure["end"]
        before = numbers.parse(figure["surface"], lang)
        if before is None:
            continue

        def read(extra: list[Edit], start: int = start, end: int = end) -> numbers.Value | None:
            return numbers.parse(_replaced(text, start, end, [*edits.within(start, end), *extra]), lang)

        word = [e for e in _one_word(figure, rng) if edits.fits(e[0], e[1])]
        if not word or read(word) != before:
            word = []
        plain[figure["id"]] = (word, before)
        chosen[figure["id"]] = plain[figure["id"]]
        more = [e for e in _other_number(figure, lang, rng, memory) if edits.fits(e[0], e[1])]
        after = read([*word, *more])
        if more and after and (after.modifier, after.unit) == (before.modifier, before.unit):
            chosen[figure["id"]] = ([*word, *more], after)
    _keep_relations(article, chosen, plain)
    for extra, _ in chosen.values():
        for edit in extra:
            edits.add(*edit)


def _one_word(figure: Json, rng: random.Random) -> Iterator[Edit]:
    """A made-up word before the last word of a figure."""
    at = figure["surface"].rfind(" ")
    if at > 0:
        made = "".join(rng.choice("bdfgklmnprstvz") + rng.choice("aeiou") for _ in range(3))
        yield figure["start"] + at, figure["start"] + at + 1, f" {made}an "


def _other_number(figure: Json, lang: str, rng: random.Random, memory: dict[str, str]) -> Iterator[Edit]:
    surface, start = figure["surface"], figure["start"]
    for found in _DIGITS.finditer(surface):
        old = found.group()
        if old not in memory:
            lowest = "2" if len(old) == 1 else "1"
            memory[old] = "".join(
                c if c not in "123456789" else rng.choice("123456789"[int(lowest) - 1 :]) for c in old
            )
        yield start + found.start(), start + found.end(), memory[old]
    words = _COUNT_WORDS.get(lang, [])
    for found in re.finditer(r"[^\W\d_]+", surface):
        old = found.group().lower()
        if old in words:
            new = memory.setdefault(old, rng.choice(words))
            new = new.capitalize() if found.group()[0].isupper() else new
            yield start + found.start(), start + found.end(), new


def _keep_relations(
    article: Json,
    chosen: dict[str, tuple[list[Edit], numbers.Value]],
    plain: dict[str, tuple[list[Edit], numbers.Value]],
) -> None:
    """Takes the old numbers again wherever a relation of two figures would break."""

    def interval(figure: Json) -> tuple[float, float]:
        value = chosen.get(figure["id"], (None, None))[1]
        low, high = (figure["low"], figure["high"]) if value is None else (value.low, value.high)
        return low, float("inf") if high is None else high

    figures = {figure["id"]: figure for figure in article["figures"]}
    broken = True
    while broken:
        broken = False
        for relation in article["relations"]:
            pair = [figures[relation["from"]], figures[relation["to"]]]
            (low, high), (other_low, other_high) = interval(pair[0]), interval(pair[1])
            fine = {
                "restates": low <= other_high and other_low <= high,
                "part_of": low <= other_high,
            }.get(relation["type"], True)
            for figure in () if fine else pair:
                ident = figure["id"]
                if ident in chosen and chosen[ident] is not plain[ident]:
                    chosen[ident], broken = plain[ident], True


# --- order, and what is computed -------------------------------------------------------------------------


def _move(article: Json, text: str, moved: Callable[[int], int]) -> None:
    article["text"]["content"] = text
    for at in model.spans(article):
        at.span["start"], at.span["end"] = moved(at.span["start"]), moved(at.span["end"])


def _shuffle(article: Json, rng: random.Random) -> None:
    """Puts the paragraphs after the first in another order; those that share a span stay together."""
    text = article["text"]["content"]
    spans = [at.span for at in model.spans(article)]
    breaks = [
        (found.start(), found.end())
        for found in re.finditer(r"\n+", text)
        if not any(span["start"] < found.end() and found.start() < span["end"] for span in spans)
    ]
    if len(breaks) < 3:
        return
    blocks = [(a[1], b[0]) for a, b in zip([(0, 0), *breaks], [*breaks, (len(text), 0)], strict=True)]
    order = list(range(1, len(blocks)))
    rng.shuffle(order)
    joints = [text[start:end] for start, end in breaks]
    out: list[str] = []
    length = 0
    shift: dict[int, int] = {}
    for joint, i in zip(["", *joints], [0, *order], strict=True):
        start, end = blocks[i]
        shift[i] = length + len(joint) - start
        out += [joint, text[start:end]]
        length += len(joint) + end - start
    starts = [start for start, _ in blocks]
    for span in spans:
        by = shift[bisect_right(starts, span["start"]) - 1]
        span["start"] += by
        span["end"] += by
    article["text"]["content"] = "".join(out)


def _finish(article: Json) -> Json:
    """Computes surfaces, values, length and hash again, and puts spans in the order of the text."""
    import hashlib

    text = article["text"]["content"]
    for at in model.spans(article):
        at.span["surface"] = text[at.span["start"] : at.span["end"]]
    for layer, fields in model.SPAN_LISTS.items():
        for record in article[layer]:
            for field in fields:
                record[field].sort(key=lambda span: span["start"])
    for figure in article["figures"]:
        value = numbers.parse(figure["surface"], article["lang"])
        if value is not None and value.modifier == figure["modifier"]:
            figure.update(stated=value.stated, low=value.low, high=value.high, unit=value.unit)
    article["text"].update(length=len(text), sha256=hashlib.sha256(text.encode()).hexdigest())
    return article
