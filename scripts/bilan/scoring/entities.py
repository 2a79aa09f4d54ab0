"""T1: names with their types. Exact and overlap F1, BIO as seqeval, the four schemas of nervaluate."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from bilan.labels import names as labels
from bilan.scoring import bio, semeval
from bilan.scoring.items import Item, Measure, by_label
from bilan.scoring.pairs import Labelled, pair
from bilan.scoring.predictions import Predictions, Reader
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
    theirs = _predicted(unit, found)

    def words(span: Labelled | None) -> str:
        if span is None:
            return "no span"
        return text[span[0] : span[1]] if text is not None else f"{span[0]}–{span[1]}"

    for i, j in pair(ours, theirs):
        one = None if i is None else ours[i]
        two = None if j is None else theirs[j]
        known = one or two
        item = Item(
            {"type": known[2] if known else "none"},
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
            item.errors.append(("spurious", words(two), "", two[2] if two else "no span"))
        for key, number in _by_type(one, two, exact and same).items():
            item.counts[key] = item.counts.get(key, 0) + number
        yield item
    sound = [span for span in theirs if span is not None]
    yield from _semeval(ours, sorted(sound), len(theirs) - len(sound))
    yield from _bio(unit, sound, found)


def stray(given: Any) -> dict[str, float]:
    """The counts of a prediction for an article that does not exist."""
    counts = {"predicted": 1.0, "bio predicted": 1.0}
    for schema in semeval.SCHEMAS:
        counts.update(semeval.counts(schema, "spurious"))
    return counts


def _by_type(one: Labelled | None, two: Labelled | None, right: bool) -> dict[str, float]:
    """Counts for the mean over types: a name found with other bounds is missing and spurious."""
    if right and one:
        return by_label("type", one[2], one[2])
    return {
        **by_label("type", one[2] if one else None, None),
        **by_label("type", None, two[2] if two else None),
    }


def _predicted(unit: Unit, found: Predictions) -> list[Labelled | None]:
    reader = Reader(found, unit.id, unit.article["length"])
    out: list[Labelled | None] = []
    for at, given in enumerate(found.items.get(unit.id, ())):
        span = reader.span(given, f"/entities/{at}")
        label = reader.label(given.get("type"), labels("entity_type"), f"/entities/{at}/type")
        out.append(None if span is None else (*span, label))
    for number, tags in found.tags.get(unit.id, {}).items():
        row = _sentence(unit, number)
        if row is None or len(row["tokens"] or ()) != len(tags):
            has = "no such sentence" if row is None else f"{len(row['tokens'] or ())} tokens, not {len(tags)}"
            reader.problem(
                "B815",
                f"sentence {number}: {has}; its names count as missing",
                "give one tag a token of the table ner",
                "",
            )
            continue
        for first, last, label in bio.chunks(tags):
            reader.label(label, labels("entity_type"), "/tags")
            out.append((row["token_starts"][first], row["token_ends"][last - 1], label))
    return out


def _sentence(unit: Unit, number: int) -> Any:
    return next((row for row in unit.rows if row["id"] == f"{unit.id}/{number}"), None)


def _semeval(ours: list[Labelled], theirs: list[Labelled], lost: int) -> Iterator[Item]:
    for schema in semeval.SCHEMAS:
        for i, j, outcome in semeval.decide(schema, ours, theirs):
            kind = ours[i][2] if i is not None else theirs[j or 0][2]
            yield Item({"type": kind}, semeval.counts(schema, outcome))
        if lost:
            counts = {key: lost * n for key, n in semeval.counts(schema, "spurious").items()}
            yield Item({"type": "none"}, counts)


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
