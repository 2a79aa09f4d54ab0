"""T2: figures. Spans, and on what they say: value, measure, what is counted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from bilan.labels import names as labels
from bilan.scoring import values
from bilan.scoring.items import Item, Measure, by_label
from bilan.scoring.pairs import Labelled, pair
from bilan.scoring.predictions import Predictions
from bilan.scoring.reader import Reader, order
from bilan.tasks import gold
from bilan.tasks.gold import Unit

ATTRIBUTES = ("measure", "of", "modifier", "source_kind")
MEASURES = [
    Measure("figures", "all right, exact span", "F1", ("whole exact", "gold", "predicted")),
    Measure("figures", "all right, overlapping span", "F1", ("whole", "gold", "predicted")),
    Measure("spans", "exact", "F1", ("exact", "gold", "predicted")),
    Measure("spans", "overlap", "F1", ("overlap", "gold", "predicted")),
    Measure("with overlapping span", "value", "F1", ("value", "gold", "predicted")),
    Measure("with overlapping span", "measure", "F1", ("measure", "gold", "predicted")),
    Measure("with overlapping span", "of", "F1", ("of", "gold", "predicted")),
    Measure("with overlapping span", "value and measure", "F1", ("value measure", "gold", "predicted")),
    Measure("of all figures", "value exact match", "share", ("value", "gold")),
    Measure("of figures found", "value exact match", "share", ("value", "overlap")),
    Measure("of figures found", "intervals meet", "share", ("meets", "overlap")),
    Measure("of figures found", "interval overlap", "mean", ("shared", "overlap")),
    Measure("of figures found", "log-ratio error", "mean", ("log ratio", "log ratio pairs")),
    Measure("of figures found", "measure, mean over labels", "macro F1", ("measure label",)),
    Measure("of figures found", "of, mean over labels", "macro F1", ("of label",)),
]
MAIN = "figures all right, overlapping span"


def compare(unit: Unit, found: Predictions) -> Iterator[Item]:
    """The items of one article."""
    text = unit.article["text"]
    ours = gold.figures(unit)
    kinds = source_kinds(unit)
    theirs = predicted(unit, found)
    spans: list[Labelled] = [(f["start"], f["end"], f["measure"]) for f in ours]
    places = [None if f["span"] is None else (*f["span"], f["measure"]) for f in theirs]
    for i, j in pair(spans, places, lambda i, j: _whole(ours[i], theirs[j])):
        one = None if i is None else ours[i]
        two = None if j is None else theirs[j]
        item = Item(
            {
                **_attributes(one or two or {}),
                "source_kind": kinds[spans[i][:2]] if i is not None else "none",
            },
            {"gold": float(i is not None), "predicted": float(j is not None)},
        )
        place = spans[i][:2] if i is not None else (two or {}).get("span")
        words = (
            "no span"
            if place is None
            else f"{place[0]}–{place[1]}"
            if text is None
            else text[place[0] : place[1]]
        )
        if one and two:
            _aligned(item, one, two, words, text)
        else:
            kind = "missing" if one else "spurious"
            item.errors.append((kind, words, shown(one), shown(two)))
        yield item


def stray(given: Any) -> dict[str, float]:
    """The counts of a prediction for an article that does not exist."""
    return {"predicted": 1.0}


def source_kinds(unit: Unit) -> dict[tuple[int, int], str]:
    """Place of a figure → the kinds of its sources, joined by "+"; "own_voice" for none."""
    article = unit.article
    kind = {source["id"]: source["kind"] for source in article["sources"]}
    out = {}
    for figure in article["figures"]:
        said = {
            kind[s] for a in article["attributions"] if figure["id"] in a["content"] for s in a["sources"]
        }
        out[figure["start"], figure["end"]] = "+".join(sorted(said)) or "own_voice"
    return out


def predicted(unit: Unit, found: Predictions) -> list[dict[str, Any]]:
    """The predicted figures of an article with ``span``, labels and value; what is wrong with them is reported."""
    reader = Reader(found, unit.id, unit.article["length"])
    out = []
    for where, given in reader.items("figures"):
        modifier = given.get("modifier")
        if modifier is not None:  # asked for, but part of no measure
            modifier = reader.label(modifier, labels("modifier"), f"{where}/modifier")
        out.append(
            {
                "span": reader.span(given, where),
                "of": reader.label(given.get("of"), labels("figure_of"), f"{where}/of"),
                "measure": reader.label(given.get("measure"), labels("measure"), f"{where}/measure"),
                "modifier": modifier,
                **reader.value(given, where),
            }
        )
    return sorted(out, key=order)


def _whole(one: Mapping[str, Any], two: Mapping[str, Any]) -> bool:
    return values.same(one, two) and one["measure"] == two["measure"] and one["of"] == two["of"]


def _attributes(figure: Mapping[str, Any]) -> dict[str, str]:
    return {key: str(figure.get(key) or "none") for key in ("measure", "of", "modifier")}


def _aligned(
    item: Item, one: Mapping[str, Any], two: Mapping[str, Any], words: str, text: str | None
) -> None:
    exact = (one["start"], one["end"]) == two["span"]
    value = values.same(one, two)
    measure, of = one["measure"] == two["measure"], one["of"] == two["of"]
    apart = values.log_ratio(one, two)
    item.counts.update(
        {
            "overlap": 1,
            "exact": float(exact),
            "value": float(value),
            "measure": float(measure),
            "of": float(of),
            "value measure": float(value and measure),
            "whole": float(value and measure and of),
            "whole exact": float(value and measure and of and exact),
            "meets": float(values.meet(one, two)),
            "shared": values.overlap(one, two),
            "log ratio": apart or 0.0,
            "log ratio pairs": float(apart is not None),
            **by_label("measure label", one["measure"], two["measure"]),
            **by_label("of label", one["of"], two["of"]),
        }
    )
    if not exact:
        start, end = two["span"]
        item.errors.append(("boundary", words, words, f"{start}–{end}" if text is None else text[start:end]))
    if not value:
        item.errors.append(("value", words, interval(one), interval(two)))
    for key, right in (("measure", measure), ("of", of)):
        if not right:
            item.errors.append((key, words, one[key], two[key]))


def interval(value: Mapping[str, Any]) -> str:
    """A value as people write it: 41, 35–45, 21–∞."""
    low, high = value.get("low"), value.get("high")
    if not values.readable(value):
        return "unreadable"
    unit = f" {value['unit']}" if value.get("unit") else ""
    top = "∞" if high is None else f"{high:,}"
    return f"{low:,}{unit}" if low == high else f"{low:,}–{top}{unit}"


def shown(figure: Mapping[str, Any] | None) -> str:
    return "" if figure is None else f"{interval(figure)} {figure['of']} {figure['measure']}"
