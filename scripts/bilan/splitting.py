"""Which story goes to train, validation or test: a deterministic balance over what the articles hold.

A story that a release names keeps its split. A story with a withheld article, and every story of a conflict
held out (subset ``unseen_conflict``), is in test. The rest is placed so that languages, regions, event types,
modifiers and source kinds are spread over the splits in the wanted shares, as well as whole stories allow.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from bilan import corpus
from bilan.model import Json

SHARES = {"train": 0.7, "validation": 0.1, "test": 0.2}
"""Wanted shares, of stories and of all that they hold."""

FAMILIES = ("story", "article", "figure", "lang", "region", "event_type", "modifier", "source_kind")
"""What is balanced; each family weighs the same, a label in it by how often it occurs."""

Features = Mapping[tuple[str, str], int]


class Move(NamedTuple):
    """A story whose split or subset is not what it should be."""

    story: str
    before: tuple[str, str | None]
    after: tuple[str, str | None]


@dataclass(frozen=True)
class Plan:
    """The split of every story, what holds it there, and how the features are spread."""

    splits: dict[str, str]
    fixed: dict[str, str]
    """Story → why it is not free to move: released, withheld, unseen conflict."""
    features: dict[str, Features] = field(repr=False)
    subsets: dict[str, str | None]

    def balance(self) -> list[tuple[str, str, int, dict[str, float]]]:
        """(family, label, total, share in each split) for every feature, in order of family and size."""
        totals: Counter[tuple[str, str]] = Counter()
        by_split: dict[str, Counter[tuple[str, str]]] = {split: Counter() for split in SHARES}
        for story, features in self.features.items():
            totals.update(features)
            by_split[self.splits[story]].update(features)
        return [
            (family, label, total, {s: by_split[s][family, label] / total for s in SHARES})
            for (family, label), total in sorted(
                totals.items(), key=lambda item: (FAMILIES.index(item[0][0]), -item[1], item[0][1])
            )
        ]


def plan(data: corpus.Corpus, released: Iterable[str], held_out: Iterable[str] = ()) -> Plan:
    """Places every story. ``released``: ids of stories that a release names; ``held_out``: country codes.

    Countries of stories that are in the subset already are held out too. A story that a release names in train
    or validation cannot be held out: ValueError.
    """
    frozen = set(released)
    out = {*held_out, *(s["country"] for s in data.stories.values() if s["subset"] == "unseen_conflict")}
    withheld = {a["story"] for a in data.articles.values() if a["text"]["access"] == "withheld"}
    splits: dict[str, str] = {}
    fixed: dict[str, str] = {}
    subsets: dict[str, str | None] = {}
    for ident, story in data.stories.items():
        unseen = story["country"] in out
        if unseen and ident in frozen and story["split"] != "test":
            raise ValueError(
                f"{ident} is released in {story['split']}: {story['country']} cannot be held out"
            )
        subsets[ident] = "unseen_conflict" if unseen else None
        if ident in frozen:
            splits[ident], fixed[ident] = story["split"], "released"
        elif ident in withheld:
            splits[ident], fixed[ident] = "test", "withheld"
        elif unseen:
            splits[ident], fixed[ident] = "test", "unseen conflict"
        else:
            splits[ident] = "train"
    features = {ident: _features(data, ident) for ident in data.stories}
    free = sorted(set(splits) - set(fixed), key=lambda s: hashlib.sha256(s.encode()).hexdigest())
    _improve(splits, free, features)
    return Plan(splits, fixed, features, subsets)


def moves(data: corpus.Corpus, planned: Plan) -> list[Move]:
    """What ``bilan split --write`` would change."""
    out = []
    for ident, story in data.stories.items():
        before = (story["split"], story["subset"])
        after = (planned.splits[ident], planned.subsets[ident])
        if before != after:
            out.append(Move(ident, before, after))
    return out


def _features(data: corpus.Corpus, ident: str) -> Features:
    """What a story brings to its split. One of withheld articles alone brings nothing: its articles are in wild."""
    story = data.stories[ident]
    found = [
        article
        for article in data.articles.values()
        if article["story"] == ident and article["text"]["access"] != "withheld"
    ]
    if not found:
        return {}
    out: Counter[tuple[str, str]] = Counter({("story", "stories"): 1, ("region", story["region"]): 1})
    out[("event_type", story["events"][0]["type"])] += 1
    for article in found:
        out[("article", "articles")] += 1
        out[("lang", article["lang"])] += 1
        out[("figure", "figures")] += len(article["figures"])
        for figure in article["figures"]:
            out[("modifier", figure["modifier"])] += 1
        for source in article["sources"]:
            out[("source_kind", source["kind"])] += 1
    return out


def _improve(splits: dict[str, str], free: list[str], features: Mapping[str, Features]) -> None:
    """Moves or swaps free stories, the best change each time, until none helps."""
    state = _State(splits, features)
    while True:
        best, change = -1e-12, None
        for i, story in enumerate(free):
            for split in SHARES:
                if split != splits[story]:
                    gain = state.gain({story: split})
                    if gain < best:
                        best, change = gain, {story: split}
            for other in free[i + 1 :]:
                if splits[other] != splits[story]:
                    swap = {story: splits[other], other: splits[story]}
                    gain = state.gain(swap)
                    if gain < best:
                        best, change = gain, swap
        if change is None:
            return
        state.apply(change)


class _State:
    """Counts of every feature by split, and what a change would do to the distance from the wanted shares."""

    def __init__(self, splits: dict[str, str], features: Mapping[str, Features]) -> None:
        self.splits, self.features = splits, features
        self.totals: Counter[tuple[str, str]] = Counter()
        self.counts: dict[str, Counter[tuple[str, str]]] = {split: Counter() for split in SHARES}
        for story, held in features.items():
            self.totals.update(held)
            self.counts[splits[story]].update(held)
        of_family: Counter[str] = Counter()
        for (family, _), total in self.totals.items():
            of_family[family] += total
        self.weights = {key: total / of_family[key[0]] for key, total in self.totals.items()}
        self.costs = {key: self._cost(key, {}) for key in self.totals}

    def _cost(self, key: tuple[str, str], shift: Mapping[str, int]) -> float:
        total = self.totals[key]
        return self.weights[key] * sum(
            ((self.counts[split][key] + shift.get(split, 0)) / total - share) ** 2
            for split, share in SHARES.items()
        )

    def gain(self, change: Mapping[str, str]) -> float:
        """The change of the distance; negative is better."""
        shifts: dict[tuple[str, str], dict[str, int]] = {}
        for story, split in change.items():
            here = self.splits[story]
            for key, count in self.features[story].items():
                shift = shifts.setdefault(key, dict.fromkeys(SHARES, 0))
                shift[here] -= count
                shift[split] += count
        return sum(self._cost(key, shift) - self.costs[key] for key, shift in shifts.items())

    def apply(self, change: Mapping[str, str]) -> None:
        for story, split in change.items():
            self.counts[self.splits[story]].subtract(self.features[story])
            self.counts[split].update(self.features[story])
            self.splits[story] = split
        for story in change:
            for key in self.features[story]:
                self.costs[key] = self._cost(key, {})


def with_split(story: Json, split: str, subset: str | None) -> Json:
    """The story in another split; keys in the order of the schema."""
    return {**story, "split": split, "subset": subset}
