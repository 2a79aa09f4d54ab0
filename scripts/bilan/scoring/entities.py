"""T1: names with their types. Exact and overlap F1, BIO as seqeval, the four schemas of nervaluate."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from bilan.labels import names as labels
from bilan.scoring import bio, semeval
from bilan.scoring.items import Item, Measure, by_label
from bilan.scoring.pairs import Labelled, pair
from bilan.scoring.predictions import Predictions
from bilan.scoring.reader import Reader, as_text
from bilan.tasks import gold
from bilan.tasks.gold import Unit

ATTRIBUTES = ("type",)
MEASURES = [
    Measure("spans", "exact", "F1", ("exact", "gold", "predicted")),
    Measure("spans", "overlap", "F1", ("overlap", "gold", "predicted")),
    Measure("spans", "exact, any type", "F1", ("exact any", "gold", "predicted")),
    Measure("spans", "overlap, any type", "F1", ("overlap any", "gold", "predicted")),
    Measure("spans", "exact, mean over types", "macro F1", ("type",)),
    Measure("BIO (seqeval)", "micro", "F1", ("bio right", "bio gold", "bio predicted")),
    Measure("BIO (seqeval)", "macro", "macro F1", ("bio",)),
    *semeval.measures("SemEval (nervaluate)"),
]
MAIN = "spans exact"


def compare(unit: Unit, found: Predictions) -> Iterator[Item]:
    """The items of one article."""
    text = unit.article["text"]
    ours: list[Labelled] = [(m["start"], m["end"], m["type"]) for m in gold.names(unit)]
    theirs, labels_of = _predicted(unit, found)

    def words(span: Labelled | None) -> str:
        if span is None:
            return "no span"
        return text[span[0] : span[1]] if text is not None else f"{span[0]}–{span[1]}"

    for i, j in pair(ours, theirs):
        one = None if i is None else ours[i]
        two = None if j is None else theirs[j]
        known = one or two
        item = Item(
            {"type": known[2] if known else labels_of[j or 0]},
            {"gold": float(i is not None), "predicted": float(j is not None)},
        )
        exact = one is not None and two is not None and one[:2] == two[:2]
        same = one is not None and two is not None and one[2] == two[2]
        if one and two:
            item.counts.update(
                {
                    "overlap any": 1,
                    "overlap": float(same),
                    "exact any": float(exact),
                    "exact": float(exact and same),
                }
            )
            if not exact:
                item.errors.append(("boundary", words(one), words(one), words(two)))
            if not same:
                item.errors.append(("type", words(one), one[2], two[2]))
        elif one:
            item.errors.append(("missing", words(one), one[2], ""))
        else:
            item.errors.append(("spurious", words(two), "", labels_of[j or 0]))
        given = None if j is None else labels_of[j]
        for key, number in _by_type(one, given, exact and same).items():
            item.counts[key] = item.counts.get(key, 0) + number
        yield item
    sound = [span for span in theirs if span is not None]
    lost = [label for span, label in zip(theirs, labels_of, strict=True) if span is None]
    yield from _semeval(ours, sorted(sound), lost)
    yield from _bio(unit, sound, found)
    for label in lost:
        yield Item({"type": label}, {"bio predicted": 1.0, **by_label("bio", None, label)})


def stray(given: Any) -> dict[str, float]:
    """The counts of a prediction for an article that does not exist."""
    label = as_text(given.get("type"))
    counts = {"predicted": 1.0, "bio predicted": 1.0}
    counts.update({**by_label("type", None, label), **by_label("bio", None, label)})
    for schema in semeval.SCHEMAS:
        counts.update(semeval.counts(schema, "spurious"))
    return counts


def _by_type(one: Labelled | None, given: str | None, right: bool) -> dict[str, float]:
    """Counts for the mean over types: a name found with other bounds is missing and spurious."""
    if right and one:
        return by_label("type", one[2], one[2])
    return {
        **by_label("type", one[2] if one else None, None),
        **by_label("type", None, given),
    }


def _predicted(unit: Unit, found: Predictions) -> tuple[list[Labelled | None], list[str]]:
    """The spans, None for what is no span, and beside them the labels; in an order of their own."""
    reader = Reader(found, unit.id, unit.article["length"])
    out: list[tuple[tuple[int, int] | None, str]] = []
    for where, given in reader.items("entities"):
        span = reader.span(given, where)
        out.append((span, reader.label(given.get("type"), labels("entity_type"), f"{where}/type")))
    out += _from_tags(unit, found, reader)
    out.sort(key=lambda each: (each[0] or (-1, -1), each[1]))
    return [None if span is None else (*span, label) for span, label in out], [label for _, label in out]


def _from_tags(
    unit: Unit, found: Predictions, reader: Reader
) -> Iterator[tuple[tuple[int, int] | None, str]]:
    """The names in the sentences of an article that come as tags; without a place where the tags do not fit."""
    given = found.tags.get(unit.id, {})
    rows = {int(row["id"].rpartition("/")[2]): row for row in unit.rows}
    for number, tags in given.items():
        reader.line = found.tag_lines[unit.id, number]
        row = rows.get(number)
        tokens = len(row["tokens"] or ()) if row else 0
        fits = row is not None and tokens == len(tags)
        if not fits:
            has = "no such sentence" if row is None else f"{tokens} tokens, not {len(tags)}"
            message = f"sentence {number}: {has}; its names count as wrong"
            reader.problem("B815", message, "give one tag a token of the table ner", "/tags")
        for first, last, label in bio.chunks(tags):
            reader.label(label, labels("entity_type"), f"/tags/{first}")
            at = (row["token_starts"][first], row["token_ends"][last - 1]) if fits and row else None
            yield at, label
    missing = [number for number, row in rows.items() if row["tokens"] and number not in given]
    if given and missing and unit.id not in found.items:
        reader.line = 0
        message = f"{len(missing)} of {len(rows)} sentences have no tags; scored as empty"
        reader.problem("B813", message, "give tags for every row of ner", "")


def _semeval(ours: list[Labelled], theirs: list[Labelled], lost: list[str]) -> Iterator[Item]:
    """One item for each type and outcome; ``lost`` are the labels of predictions without a place."""
    for schema in semeval.SCHEMAS:
        tally = Counter((label, "spurious") for label in lost)
        for i, j, outcome in semeval.decide(schema, ours, theirs):
            tally[ours[i][2] if i is not None else theirs[j or 0][2], outcome] += 1
        for (label, outcome), times in tally.items():
            yield Item({"type": label}, semeval.counts(schema, outcome, times))


def _bio(unit: Unit, theirs: list[Labelled], found: Predictions) -> Iterator[Item]:
    """Chunks of both sides in every sentence of the table ``ner``; none where the text is withheld."""
    from bilan.tables.features import bio_labels

    known = bio_labels().names
    for row in unit.rows:
        if row["tokens"] is None:
            continue
        number = int(row["id"].rpartition("/")[2])
        own = bio.chunks([known[tag] for tag in row["ner_tags"]])
        tags = found.tags.get(unit.id, {}).get(number)
        if tags is None or len(tags) != len(row["tokens"]):
            inside = [span for span in theirs if span[0] < row["end"] and span[1] > row["start"]]
            tags = bio.tags(inside, row["token_starts"], row["token_ends"])
        predicted = bio.chunks(tags)
        both = {*own} & {*predicted}
        for chunk in {*own, *predicted}:
            counts = {
                "bio gold": float(chunk in own),
                "bio predicted": float(chunk in predicted),
                "bio right": float(chunk in both),
            }
            label = chunk[2]
            counts.update(
                by_label("bio", label if chunk in own else None, label if chunk in predicted else None)
            )
            yield Item({"type": label}, counts)
