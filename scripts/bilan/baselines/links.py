"""Baselines of T3: who speaks of the figures and events that are given.

``majority``: nobody but the most frequent kind of source. ``nearest``: the nearest name or word for a speaker.
``rules``: cues, and the speaker beside them. ``crf``: a chain finds speakers and cues, another one decides for each
content whether a speaker of its sentence, the last speaker before it, or nobody speaks of it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from bilan.baselines.crf import Features, Model
from bilan.baselines.document import Document, Interval, of
from bilan.baselines.lexicon import BEFORE_SOURCE, CUES, MEASURES, SPEAKERS, stance
from bilan.baselines.names import capitals, spans, tagged
from bilan.model import Json
from bilan.tasks import gold
from bilan.tasks.gold import Unit


@dataclass(frozen=True, slots=True)
class Voice:
    """A speaker brought in by a cue; one of the two may be unseen."""

    source: Interval | None
    cue: Interval | None

    @property
    def place(self) -> Interval:
        found = self.source or self.cue
        assert found is not None
        return found


class Kinds:
    """Kind of source by the words of its mention, as most frequent in train; last the most frequent of all."""

    def __init__(self, units: Sequence[Unit]) -> None:
        counts: dict[str, Counter[str]] = {}
        every: Counter[str] = Counter()
        for unit in units:
            for source in unit.article["sources"]:
                every[source["kind"]] += 1
                for mention in source["mentions"]:
                    for key in _keys(mention["surface"] or ""):
                        counts.setdefault(key, Counter())[source["kind"]] += 1
        self.known = {key: kinds.most_common(1)[0][0] for key, kinds in counts.items()}
        self.usual = every.most_common(1)[0][0]

    def of(self, document: Document, place: Interval | None) -> str:
        if place is None:
            return "unspecified"
        keys = _keys(document.text[slice(*place)])
        return next((self.known[key] for key in keys if key in self.known), self.usual)


class LearntKinds:
    """Kind of source by a maximum-entropy model of its words and those around it: a chain of one link."""

    def __init__(self, units: Sequence[Unit]) -> None:
        sequences = []
        for unit in units:
            document = of(unit.article)
            for source in unit.article["sources"]:
                for mention in source["mentions"]:
                    place = (mention["start"], mention["end"])
                    sequences.append(([_around(document, place)], [source["kind"]]))
        self.model = Model(sequences)

    def of(self, document: Document, place: Interval | None) -> str:
        return "unspecified" if place is None else self.model.tag([_around(document, place)])[0]


def _around(document: Document, place: Interval) -> Features:
    """The words of a mention and the six on each side."""
    inside = document.inside(*place)
    words = [word.lower() for word in document.words]
    own = [words[i] for i in inside]
    out = [
        "bias",
        f"all={' '.join(own)}",
        f"first={own[0]}",
        f"last={own[-1]}",
        *(f"in={word}" for word in own),
    ]
    out += [f"cap={document.words[inside[0]][:1].isupper()}", f"{document.lang}"]
    for side, run in (
        ("<", range(inside[0] - 1, inside[0] - 7, -1)),
        (">", range(inside[-1] + 1, inside[-1] + 7)),
    ):
        for apart, i in enumerate(run):
            if 0 <= i < len(words):
                out += [f"{side}={words[i]}", *([f"{side}{apart}={words[i]}"] if apart < 2 else [])]
    return out


def _keys(words: str) -> list[str]:
    """The whole mention, then its words from the last."""
    lower = words.lower()
    return [lower, *(f"w:{word}" for word in reversed(lower.split()))]


def link(
    document: Document, content: Json, voice: Voice, kinds: Kinds | LearntKinds, stances: Mapping[str, str]
) -> Json:
    """A prediction: this voice speaks of the content."""
    cue = "" if voice.cue is None else document.text[slice(*voice.cue)]
    return {
        "content": content["id"],
        "source": _place(voice.source),
        "kind": kinds.of(document, voice.source),
        "cue": _place(voice.cue),
        "stance": stances.get(cue.lower(), stance(cue)),
    }


def _place(place: Interval | None) -> Json | None:
    return None if place is None else {"start": place[0], "end": place[1]}


def _where(content: Json) -> Interval:
    first = content["spans"][0] if content["spans"] else {"start": 0, "end": 1}
    return first["start"], first["end"]


class Majority:
    """Every content is stated, by the first name of the text."""

    def fit(self, units: Sequence[Unit]) -> None:
        self.kinds = Kinds(units)

    def predict(self, given: Json) -> list[Json]:
        document = of(given)
        run = next(capitals(document), None)
        voice = Voice(None if run is None else document.place(run), None)
        return [link(document, content, voice, self.kinds, {}) for content in given["contents"]]


class Nearest(Majority):
    """Every content is stated by the nearest name or word for a speaker, with the nearest cue of its sentence."""

    def predict(self, given: Json) -> list[Json]:
        document = of(given)
        speakers = [document.place(run) for run in capitals(document)]
        speakers += [found.span() for found in SPEAKERS.finditer(document.text)]
        out = []
        for content in given["contents"]:
            at = _where(content)
            near = min(speakers, key=lambda place: _apart(place, at), default=None)
            sentence = document.sentences[document.sentence(at[0])]
            cues = [m.span() for m in CUES[document.lang].finditer(document.text, *sentence)]
            voice = Voice(near, min(cues, key=lambda place: _apart(place, at), default=None))
            out.append(link(document, content, voice, self.kinds, {}))
        return out


def _apart(a: Interval, b: Interval) -> int:
    return max(a[0] - b[1], b[0] - a[1], 0)


class Rules(Majority):
    """A sentence with a cue is spoken by the speaker beside it; one without, by nobody."""

    def predict(self, given: Json) -> list[Json]:
        document = of(given)
        speakers = sorted(
            {
                *(document.place(run) for run in capitals(document)),
                *(found.span() for found in SPEAKERS.finditer(document.text)),
            }
        )
        out = []
        for content in given["contents"]:
            at = _where(content)
            voices = list(_voices(document, document.sentences[document.sentence(at[0])], speakers))
            if voices:
                out.append(
                    link(document, content, min(voices, key=lambda v: _apart(v.place, at)), self.kinds, {})
                )
        return out


def _voices(document: Document, sentence: Interval, speakers: Sequence[Interval]) -> Iterator[Voice]:
    """The cues of a sentence, each with the speaker in front of it, or after "according to" behind it."""
    inside = [place for place in speakers if sentence[0] <= place[0] and place[1] <= sentence[1]]
    for found in CUES[document.lang].finditer(document.text, *sentence):
        cue = found.span()
        behind = BEFORE_SOURCE.search(found.group()) is not None
        beside = [p for p in inside if (p[0] >= cue[1] if behind else p[1] <= cue[0])]
        other = [p for p in inside if p not in beside and _apart(p, cue) > 0]
        near = beside or other
        yield Voice(min(near, key=lambda place: _apart(place, cue), default=None), cue)


# --- learnt ----------------------------------------------------------------------------------------------

HERE, BEFORE, NOBODY = "here", "before", "nobody"
"""Who speaks of a content: a voice of its sentence, the last one of an earlier sentence, nobody."""


class Crf:
    """Chains for each language, learnt kinds, and stances by the most frequent in train of the same cue."""

    def fit(self, units: Sequence[Unit]) -> None:
        self.kinds = LearntKinds(units)
        self.stances = _stances(units)
        self.where: dict[str, Model] = {}
        self.choice: dict[str, Model] = {}
        for lang in sorted({unit.article["lang"] for unit in units}):
            words, choices = [], []
            for unit in units:
                if unit.article["lang"] != lang:
                    continue
                document = of(unit.article)
                words += list(tagged(document, _places(unit)))
                voices = _true_voices(unit)
                contents = gold.contents(unit.article)
                features = [_features(document, content, voices) for content in contents]
                choices.append((features, _choices(document, unit, contents, voices)))
            self.where[lang], self.choice[lang] = Model(words), Model(choices)

    def predict(self, given: Json) -> list[Json]:
        document = of(given)
        if document.lang not in self.where:
            return []
        voices = list(_found_voices(document, self.where[document.lang]))
        contents = given["contents"]
        choices = self.choice[document.lang].tag([_features(document, one, voices) for one in contents])
        out = []
        for content, choice in zip(contents, choices, strict=True):
            voice = _voice(document, _where(content), voices, choice)
            if voice is not None:
                out.append(link(document, content, voice, self.kinds, self.stances))
        return out


def _stances(units: Sequence[Unit]) -> dict[str, str]:
    counts: dict[str, Counter[str]] = {}
    for unit in units:
        for attribution in unit.article["attributions"]:
            for cue in attribution["cues"]:
                counts.setdefault(cue["surface"].lower(), Counter())[attribution["stance"]] += 1
    return {cue: found.most_common(1)[0][0] for cue, found in counts.items()}


def _places(unit: Unit) -> list[tuple[int, int, str]]:
    """Mentions of sources (S) and cues (C) of an article."""
    article = unit.article
    found = [(m["start"], m["end"], "S") for source in article["sources"] for m in source["mentions"]]
    return found + [(c["start"], c["end"], "C") for a in article["attributions"] for c in a["cues"]]


_NO_CUE: list[Interval | None] = [None]


def _true_voices(unit: Unit) -> list[Voice]:
    """The voices of an article as annotated: each cue with the nearest mention of its source."""
    article = unit.article
    sources = {source["id"]: source for source in article["sources"]}
    out = []
    for attribution in article["attributions"]:
        for ident in attribution["sources"]:
            mentions = [(m["start"], m["end"]) for m in sources[ident]["mentions"]]
            cues: list[Interval | None] = [(c["start"], c["end"]) for c in attribution["cues"]]
            for cue in cues or _NO_CUE:
                near = min(mentions, key=lambda place: _apart(place, cue or place), default=None)
                if near or cue:
                    out.append(Voice(near, cue))
    return sorted(set(out), key=lambda voice: voice.place)


def _found_voices(document: Document, model: Model) -> Iterator[Voice]:
    """The voices that a chain finds: in every sentence each cue with its nearest speaker, and speakers left over."""
    found: dict[int, list[tuple[int, int, str]]] = {}
    for a, b, label in spans(document, model):
        found.setdefault(document.sentence(a), []).append((a, b, label))
    for number in sorted(found):
        speakers = [(a, b) for a, b, label in found[number] if label == "S"]
        used = set()
        for a, b, label in found[number]:
            if label == "C":
                near = min(speakers, key=lambda place: _apart(place, (a, b)), default=None)
                used.add(near)
                yield Voice(near, (a, b))
        yield from (Voice(place, None) for place in speakers if place not in used)


def _voice(document: Document, at: Interval, voices: Sequence[Voice], choice: str) -> Voice | None:
    number = document.sentence(at[0])
    if choice == NOBODY:
        return None
    here = [voice for voice in voices if document.sentence(_main(voice)) == number]
    before = [voice for voice in voices if document.sentence(_main(voice)) < number and voice.source]
    if choice == HERE and here:
        return min(here, key=lambda voice: _apart(voice.cue or voice.place, at))
    return before[-1] if before else min(here, key=lambda voice: _apart(voice.place, at), default=None)


def _main(voice: Voice) -> int:
    """Where a voice speaks: at its cue."""
    return (voice.cue or voice.place)[0]


def _choices(document: Document, unit: Unit, contents: Sequence[Json], voices: Sequence[Voice]) -> list[str]:
    """For every content of a training article the choice that comes nearest to its annotation."""
    links: dict[str, list[Json]] = {}
    for one in gold.links(unit):
        links.setdefault(one["content"], []).append(one)
    out = []
    for content in contents:
        said = links.get(content["id"], [])
        number = document.sentence(_where(content)[0])
        cues = [cue["start"] for one in said for cue in one["cues"]]
        here = any(document.sentence(start) == number for start in cues)
        out.append(NOBODY if not said else HERE if here else BEFORE)
    return out


def _features(document: Document, content: Json, voices: Sequence[Voice]) -> Features:
    """What a choice can be told by: the voices of the sentence, and how it and the ones before it begin."""
    at = _where(content)
    number = document.sentence(at[0])
    sentence = document.inside(*document.sentences[number])
    here = [voice for voice in voices if document.sentence(_main(voice)) == number]
    before = [
        number - document.sentence(_main(voice))
        for voice in voices
        if document.sentence(_main(voice)) < number
    ]
    first = [document.words[i].lower() for i in list(sentence)[:3]]
    out = [
        "bias",
        f"layer={content['layer']}",
        f"first={first[0] if first else ''}",
        f"here={min(3, len(here))}",
        f"before={min(before) if before and min(before) < 4 else 'far'}",
        f"headline={number == 0}",
        f"harm={bool(MEASURES.search(document.text, *document.sentences[number]))}",
    ]
    if here:
        near = min(here, key=lambda voice: _apart(voice.cue or voice.place, at))
        cue = document.text[slice(*near.cue)].lower() if near.cue else "none"
        out += [
            f"cue={cue}",
            f"side={'<' if (near.cue or near.place)[0] < at[0] else '>'}",
            f"apart={min(5, _apart(near.cue or near.place, at) // 25)}",
            f"layer+here={content['layer']}",
        ]
    return out


SYSTEMS: Mapping[str, type] = {"majority": Majority, "nearest": Nearest, "rules": Rules, "crf": Crf}
