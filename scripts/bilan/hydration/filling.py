"""A withheld article with the text of a copy in it, and the words of every span that was placed."""

from __future__ import annotations

from bilan import model, withhold
from bilan.hydration.align import Hydration
from bilan.model import Json


def filled(article: Json, result: Hydration) -> Json:
    """The withheld article with the text of a result in it, and the surfaces of the spans that were placed.

    Spans that were not placed are left out: of lists they are taken out; records that are such spans themselves
    go, with what points at them (an attribution without content, a relation). ``text.content`` is the copy's.
    """
    if result.text is None:
        raise ValueError(f"{result.id} was refused")
    header = {**article["text"], "content": result.text}
    if result.state == "exact":
        return {**withhold.fill(article, result.text), "text": header}
    out: Json = {**article, "text": header}
    for layer in model.SELF_SPANNED:
        some = (_moved(record, f"/{layer}/{i}", result) for i, record in enumerate(article[layer]))
        out[layer] = [record for record in some if record is not None]
    for layer, fields in model.SPAN_LISTS.items():
        out[layer] = [
            {
                key: _list(value, f"/{layer}/{i}/{key}", result) if key in fields else value
                for key, value in record.items()
            }
            for i, record in enumerate(article[layer])
        ]
    return _pruned(out, {record["id"] for layer in model.SELF_SPANNED for record in article[layer]})


def _moved(span: Json, pointer: str, result: Hydration) -> Json | None:
    place = result.placed.get(pointer)
    if place is None or result.text is None:
        return None
    out: Json = {}
    for key, value in span.items():
        if key in ("surface", "hash", "anchor"):
            continue
        out[key] = value
        if key == "end":
            out.update(start=place.start, end=place.end, surface=result.text[place.start : place.end])
    return out


def _list(spans: list[Json], pointer: str, result: Hydration) -> list[Json]:
    some = (_moved(span, f"{pointer}/{j}", result) for j, span in enumerate(spans))
    return [span for span in some if span is not None]


def _pruned(article: Json, spanned: set[str]) -> Json:
    """The article without references to records that are no longer there."""
    gone = spanned - {record["id"] for layer in model.SELF_SPANNED for record in article[layer]}
    out = dict(article)
    out["events"] = [{**e, "times": [t for t in e["times"] if t not in gone]} for e in article["events"]]
    out["figures"] = [
        {**f, "period": None if f["period"] in gone else f["period"]} for f in article["figures"]
    ]
    out["relations"] = [r for r in article["relations"] if r["from"] not in gone and r["to"] not in gone]
    attributions = article["attributions"]
    while True:
        attributions = [{**a, "content": [c for c in a["content"] if c not in gone]} for a in attributions]
        empty = {a["id"] for a in attributions if not a["content"]}
        if not empty:
            break
        gone |= empty
        attributions = [a for a in attributions if a["id"] not in empty]
    out["attributions"] = attributions
    return out
