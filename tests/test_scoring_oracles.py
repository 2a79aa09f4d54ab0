"""The scorer against public scorers and slow re-implementations: the same numbers on thousands of noisy predictions."""

from __future__ import annotations

import itertools
import math
import random
import subprocess
import sys
from collections import Counter
from typing import Any

import numpy as np
import pytest

import small_corpus
from bilan import tasks
from bilan.scoring import bio, figures, measures, semeval
from bilan.scoring.items import Item, Measure
from bilan.scoring.pairs import Labelled, pair
from bilan.scoring.predictions import read
from bilan.tables.features import bio_labels
from bilan.tasks import gold
from conftest import REPOSITORY
from predicted import LABELS, apart, noisy, perfect, score, units

Json = dict[str, Any]
REAL = small_corpus.REAL
LEVELS = (0.05, 0.3, 0.8)
SPLITS = ("train", "validation", "test")

pytestmark = pytest.mark.oracle


def gold_spans(split: str) -> dict[str, list[Labelled]]:
    return {
        unit.id: [(n["start"], n["end"], n["type"]) for n in gold.names(unit)]
        for unit in units("entities", split, REAL)
    }


def spans(lines: list[Json]) -> dict[str, list[Labelled]]:
    """As the scorer takes them: in the order of the text."""
    return {
        line["article"]: sorted((e["start"], e["end"], e["type"]) for e in line["entities"]) for line in lines
    }


def gold_tags(split: str) -> dict[str, list[str]]:
    known = bio_labels().names
    return {
        row["id"]: [known[tag] for tag in row["ner_tags"]]
        for unit in units("entities", split, REAL)
        for row in unit.rows
        if row["tokens"]
    }


# --- seqeval -----------------------------------------------------------------------------------------------


def same_as_seqeval(report: Any, ours: list[list[str]], theirs: list[list[str]]) -> None:
    from seqeval.metrics import f1_score, precision_score, recall_score

    micro = report["BIO (seqeval)", "micro"]
    assert micro.precision == pytest.approx(precision_score(ours, theirs))
    assert micro.recall == pytest.approx(recall_score(ours, theirs))
    assert micro.value == pytest.approx(f1_score(ours, theirs))
    assert report["BIO (seqeval)", "macro"].value == pytest.approx(f1_score(ours, theirs, average="macro"))


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("split", SPLITS)
def test_spans_as_tags_score_as_in_seqeval(split: str, level: float) -> None:
    lines = apart(noisy("entities", split, 7, level, REAL))
    given = spans(lines)
    theirs = {}
    for unit in units("entities", split, REAL):
        for row in unit.rows:
            if row["tokens"]:
                inside = [s for s in given[unit.id] if s[0] < row["end"] and s[1] > row["start"]]
                theirs[row["id"]] = slow_tags(inside, row["token_starts"], row["token_ends"])
    ours = gold_tags(split)
    report = score(lines, "entities", split, REAL, draws=0)
    same_as_seqeval(report, list(ours.values()), [theirs[ident] for ident in ours])


def slow_tags(inside: list[Labelled], starts: list[int], ends: list[int]) -> list[str]:
    tags = ["O"] * len(starts)
    for start, end, label in inside:
        covered = [i for i in range(len(starts)) if starts[i] < end and ends[i] > start and tags[i] == "O"]
        for turn, i in enumerate(covered):
            tags[i] = f"{'I' if turn else 'B'}-{label}"
    return tags


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("split", SPLITS)
def test_tags_score_as_in_seqeval_ill_formed_ones_too(split: str, level: float) -> None:
    draw = random.Random(f"{split}{level}")
    known = [tag for tag in bio_labels().names if tag != "O"]
    ours = gold_tags(split)
    theirs = {
        ident: [draw.choice([*known, "O", tag]) if draw.random() < level else tag for tag in tags]
        for ident, tags in ours.items()
    }
    kinds = Counter(
        (before[0], tag[0], before[2:] == tag[2:])
        for tags in theirs.values()
        for before, tag in itertools.pairwise(tags)
    )
    if level > 0.1:
        assert kinds["O", "I", False] > 50  # I after O
        assert kinds["B", "I", False] > 10  # I after another type
    lines = [{"id": ident, "tags": tags} for ident, tags in theirs.items()]
    report = score(lines, "entities", split, REAL, draws=0)
    assert report.problems == []
    same_as_seqeval(report, list(ours.values()), list(theirs.values()))


def test_chunks_are_those_of_seqeval() -> None:
    from seqeval.metrics.sequence_labeling import get_entities

    draw = random.Random(11)
    for _ in range(5000):
        tags = [draw.choice(["O", "B-a", "I-a", "B-b", "I-b"]) for _ in range(draw.randrange(12))]
        assert [(label, first, after - 1) for first, after, label in bio.chunks(tags)] == get_entities(tags)


# --- nervaluate --------------------------------------------------------------------------------------------

OUTCOMES = ("correct", "incorrect", "partial", "missed", "spurious")


def nervaluate(ours: list[list[Labelled]], theirs: list[list[Labelled]], labels: list[str]) -> Json:
    """Its overall results; its ends are inclusive."""
    from nervaluate import Evaluator

    def form(listed: list[list[Labelled]]) -> list[list[Json]]:
        return [[{"label": s[2], "start": s[0], "end": s[1] - 1} for s in one] for one in listed]

    found: Json = Evaluator(form(ours), form(theirs), tags=labels, loader="dict").evaluate()
    return found


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("split", SPLITS)
def test_all_outcomes_of_all_schemas_are_those_of_nervaluate(split: str, level: float) -> None:
    lines = noisy("entities", split, 8, level, REAL)
    ours, theirs = gold_spans(split), spans(lines)
    labels = sorted({s[2] for listed in (*ours.values(), *theirs.values()) for s in listed})
    expected = nervaluate(list(ours.values()), [theirs[ident] for ident in ours], labels)["overall"]
    report = score(lines, "entities", split, REAL, draws=0)
    counted: dict[str, Counter[str]] = {
        schema: Counter(
            outcome for ident in ours for _, _, outcome in semeval.decide(schema, ours[ident], theirs[ident])
        )
        for schema in semeval.SCHEMAS
    }
    for schema, theirs_name in zip(semeval.SCHEMAS, ("strict", "exact", "partial", "ent_type"), strict=True):
        want = expected[theirs_name]
        for outcome in OUTCOMES:
            assert counted[schema][outcome] == getattr(want, outcome), (schema, outcome)
        row = report["SemEval (nervaluate)", schema]
        assert (row.precision, row.recall, row.value) == pytest.approx((want.precision, want.recall, want.f1))


def test_made_up_spans_that_overlap_and_nest_are_decided_as_in_nervaluate() -> None:
    draw = random.Random(12)

    def some(most: int) -> list[Labelled]:
        drawn = set()
        for _ in range(draw.randrange(most)):
            start, length = draw.randrange(40), draw.choice([1, 2, 3, 8, 250])
            drawn.add((start, start + length, draw.choice("ab")))
        return sorted(drawn)

    for _ in range(1500):
        ours, theirs = some(6), some(6)
        if not ours and not theirs:
            continue
        found = nervaluate([ours], [theirs], ["a", "b"])["overall"]
        for schema, name in zip(semeval.SCHEMAS, ("strict", "exact", "partial", "ent_type"), strict=True):
            counted = Counter(outcome for _, _, outcome in semeval.decide(schema, ours, theirs))
            assert {o: counted[o] for o in OUTCOMES} == {o: getattr(found[name], o) for o in OUTCOMES}, (
                schema,
                ours,
                theirs,
            )


def test_one_type_alone_scores_as_in_nervaluate() -> None:
    """Where predictions have no other type, what belongs to which type cannot differ."""
    for label in ("place", "armed_group", "person"):
        lines = noisy("entities", "test", 9, 0.3, REAL)
        ours = {ident: [s for s in listed if s[2] == label] for ident, listed in gold_spans("test").items()}
        theirs = {ident: [s for s in listed if s[2] == label] for ident, listed in spans(lines).items()}
        found = nervaluate(list(ours.values()), [theirs[i] for i in ours], [label])["entities"][label]
        for schema, name in zip(semeval.SCHEMAS, ("strict", "exact", "partial", "ent_type"), strict=True):
            counted = Counter(o for i in ours for _, _, o in semeval.decide(schema, ours[i], theirs[i]))
            assert {o: counted[o] for o in OUTCOMES} == {o: getattr(found[name], o) for o in OUTCOMES}


# --- scikit-learn ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("split", SPLITS)
@pytest.mark.parametrize("label", ["measure", "of"])
def test_labels_of_aligned_figures_score_as_in_scikit_learn(split: str, level: float, label: str) -> None:
    from sklearn.metrics import accuracy_score, f1_score

    lines = noisy("figures", split, 10, level, REAL)
    ours, theirs = [], []
    found = read(lines, tasks.get("figures"))
    for unit in units("figures", split, REAL):
        asked, given = gold.figures(unit), figures.predicted(unit, found)
        first = [(f["start"], f["end"], f["measure"]) for f in asked]
        second = [(*f["span"], f["measure"]) for f in given]
        agree = [[figures._whole(a, b) for b in given] for a in asked]
        for i, j in pair(first, second, lambda i, j, agree=agree: agree[i][j]):
            if i is not None and j is not None:
                ours.append(asked[i][label])
                theirs.append(given[j][label])
    assert len(ours) > 100
    report = score(lines, "figures", split, REAL, draws=0)
    row = report["of figures found", f"{label}, mean over labels"]
    assert row.value == pytest.approx(f1_score(ours, theirs, average="macro"))
    right = report["with overlapping span", label].right
    assert right / report["spans", "overlap"].right == pytest.approx(accuracy_score(ours, theirs))


@pytest.mark.parametrize("level", LEVELS)
def test_exact_names_by_type_score_as_in_scikit_learn(level: float) -> None:
    from sklearn.metrics import precision_recall_fscore_support

    lines = noisy("entities", "train", 11, level, REAL)
    ours, theirs = gold_spans("train"), spans(lines)
    first, second = [], []  # every span of both sides once, as a pair of labels, "" where there is none
    for ident in ours:
        left = Counter(theirs[ident])
        for span in ours[ident]:
            same = left[span] > 0
            left[span] -= same
            first.append(span[2])
            second.append(span[2] if same else "")
        for span, count in left.items():
            first += [""] * count
            second += [span[2]] * count
    labels = sorted({*first, *second} - {""})
    each = precision_recall_fscore_support(first, second, labels=labels, zero_division=0.0)
    micro = precision_recall_fscore_support(first, second, labels=labels, average="micro")
    report = score(lines, "entities", "train", REAL, by="type", draws=0)
    row = report["spans", "exact"]
    assert (row.precision, row.recall, row.value) == pytest.approx(micro[:3])
    assert report["spans", "exact, mean over types"].value == pytest.approx(np.mean(each[2]))
    assert set(labels) >= set(LABELS)


# --- intervals and the paired test -------------------------------------------------------------------------

F1 = Measure("s", "n", "F1", ("right", "gold", "predicted"))
MACRO = Measure("s", "m", "macro F1", ("label",))
SHARE = Measure("s", "r", "share", ("right", "predicted"))


def made(stories: int, seed: int) -> tuple[list[Any], dict[str, list[Item]]]:
    """Units of stories with random counts; some stories have two units."""
    draw = random.Random(seed)
    made_units, items = [], {}
    for number in range(stories + stories // 2):
        ident, story = f"u{number}", f"s{number % stories}"
        made_units.append(gold.Unit(ident, story, "test", (), ()))
        items[ident] = [_item(draw) for _ in range(draw.randrange(1, 6))]
    return made_units, items


def _item(draw: random.Random) -> Item:
    right = draw.randrange(3)
    asked, given = right + draw.randrange(3), right + draw.randrange(3)
    one, two = draw.choice("ab"), draw.choice("ab")
    return Item(
        {},
        {
            "right": float(right),
            "gold": float(asked),
            "predicted": float(given),
            f"label|{one}|gold": 1,
            f"label|{two}|predicted": 1,
            **({f"label|{one}|right": 1} if one == two else {}),
        },
    )


def slow_value(measure: Measure, items: list[Item]) -> float:
    def total(key: str) -> float:
        return sum(item.counts.get(key, 0.0) for item in items)

    def f1(right: float, both: float) -> float:
        return 2 * right / both if both else math.nan

    if measure is F1:
        return f1(total("right"), total("gold") + total("predicted"))
    if measure is SHARE:
        return total("right") / total("predicted") if total("predicted") else math.nan
    each = [
        f1(total(f"label|{x}|right"), total(f"label|{x}|gold") + total(f"label|{x}|predicted")) for x in "ab"
    ]
    known = [value for value in each if not math.isnan(value)]
    return sum(known) / len(known) if known else math.nan


@pytest.mark.parametrize("measure", [F1, MACRO, SHARE], ids=lambda m: m.kind)
@pytest.mark.parametrize("stories", [1, 2, 7, 30])
def test_intervals_are_those_of_a_slow_bootstrap_over_stories(measure: Measure, stories: int) -> None:
    made_units, items = made(stories, 20 + stories)
    draws, seed = 300, 99
    (row,) = measures.rows([measure], made_units, items, [], draws, seed)
    names = list(dict.fromkeys(unit.story for unit in made_units))
    own = {name: [i for u in made_units if u.story == name for i in items[u.id]] for name in names}
    picks = np.random.Generator(np.random.PCG64(seed)).multinomial(
        stories, [1 / stories] * stories, size=draws
    )
    values = []
    for pick in picks:
        sample = [
            item for name, times in zip(names, pick, strict=True) for _ in range(times) for item in own[name]
        ]
        values.append(slow_value(measure, sample))
    known = [value for value in values if not math.isnan(value)]
    assert row.value == pytest.approx(slow_value(measure, [i for listed in items.values() for i in listed]))
    assert (row.low, row.high) == pytest.approx(tuple(np.percentile(known, [2.5, 97.5])))


@pytest.mark.parametrize("measure", [F1, MACRO, SHARE], ids=lambda m: m.kind)
@pytest.mark.parametrize("stories", [2, 5, 8])
def test_p_of_few_stories_is_that_of_all_exchanges(measure: Measure, stories: int) -> None:
    made_units, ours = made(stories, 30)
    _, theirs = made(stories, 31)
    (found,) = measures.paired([measure], made_units, ours, theirs, 10, 1)
    names = list(dict.fromkeys(unit.story for unit in made_units))
    apart_by = []
    for swap in itertools.product((False, True), repeat=stories):
        one, two = [], []
        for unit in made_units:
            a, b = ours[unit.id], theirs[unit.id]
            if swap[names.index(unit.story)]:
                a, b = b, a
            one += a
            two += b
        apart_by.append(slow_value(measure, one) - slow_value(measure, two))
    assert found.difference == pytest.approx(apart_by[0])
    assert found.p == np.mean([abs(value) >= abs(apart_by[0]) - 1e-12 for value in apart_by])


def test_p_is_that_of_scipy() -> None:
    from scipy.stats import permutation_test

    made_units, ours = made(9, 32)
    _, theirs = made(9, 33)
    (found,) = measures.paired([F1], made_units, ours, theirs, 10, 1)
    sums = []
    for items in (ours, theirs):
        table = measures.Table(made_units, items)
        sums.append(
            [tuple(table.counts[i, table.column[k]] for k in F1.keys) for i in range(len(table.stories))]
        )

    def difference(a: Any, b: Any) -> float:
        """Of indices into the stories' sums: scipy exchanges numbers, not rows."""
        both = np.asarray([*sums[0], *sums[1]])
        one, two = (both[np.asarray(x, dtype=int)].sum(axis=0) for x in (a, b))
        return float(2 * one[0] / (one[1] + one[2]) - 2 * two[0] / (two[1] + two[2]))

    expected = permutation_test(
        (np.arange(9), np.arange(9, 18)),
        difference,
        permutation_type="samples",
        vectorized=False,
        n_resamples=10**6,
    )
    assert found.difference == pytest.approx(expected.statistic)
    assert found.p == pytest.approx(expected.pvalue)


def test_p_of_many_stories_is_near_that_of_all_exchanges() -> None:
    made_units, ours = made(15, 34)
    _, theirs = made(15, 35)
    (found,) = measures.paired([F1], made_units, ours, theirs, 10, 1)
    a, b = (measures.Table(made_units, items) for items in (ours, theirs))
    one, two = (np.asarray([t.counts[:, t.column[k]] for k in F1.keys]).T for t in (a, b))
    swaps, every = measures.exchanges(15, 0, most=2**15)
    assert every
    x, y = one.sum(axis=0) + swaps @ (two - one), two.sum(axis=0) - swaps @ (two - one)
    apart_by = 2 * x[:, 0] / (x[:, 1] + x[:, 2]) - 2 * y[:, 0] / (y[:, 1] + y[:, 2])
    exact = np.mean(np.abs(apart_by) >= abs(found.difference) - 1e-12)
    assert found.p == pytest.approx(exact, abs=4 * math.sqrt(exact * (1 - exact) / measures.EXCHANGES) + 1e-4)


def test_the_benchmark_does_the_same_work_as_nervaluate_and_reports() -> None:
    script = REPOSITORY / "scripts" / "bench" / "score.py"
    command = [sys.executable, str(script), "--predictions", "600", "--runs", "1"]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stderr
    table = [line.split(" | ") for line in done.stdout.splitlines()]
    assert [cells[:2] for cells in table[2:]] == [["| entities", "600"], ["| figures", "600"]]


def test_thousands_of_noisy_predictions_were_compared() -> None:
    count = sum(len(line["entities"]) for split in SPLITS for line in noisy("entities", split, 8, 0.3, REAL))
    assert count > 2500
    assert count != sum(
        len(line["entities"]) for split in SPLITS for line in perfect("entities", split, REAL)
    )
