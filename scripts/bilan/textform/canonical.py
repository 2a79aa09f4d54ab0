"""The canonical key order of an article, and the defaults that a text form leaves out."""

from __future__ import annotations

from bilan import model
from bilan.model import Json


def fill_defaults(article: Json) -> None:
    for record in article["attributions"]:
        if isinstance(record.get("blames"), str):  # one entity may be written without its list
            record["blames"] = [record["blames"]]
    lists = {
        "blames",
        "mentions",
        "triggers",
        "times",
        "places",
        "participants",
        "cues",
        "quotes",
        "references",
        "sources",
        "content",
    }
    for layer in model.LAYERS:
        for record in article[layer]:
            for key in model.record_keys(layer):
                if key in model.SPAN_KEYS and layer in model.SELF_SPANNED:
                    continue
                record.setdefault(key, [] if key in lists else False if key in ("hedged", "named") else None)


def canonical(article: Json) -> Json:
    """The article with all keys in the order of the schema."""
    out = model.ordered(article, model.top_keys())
    if isinstance(out.get("record"), dict):
        out["record"] = model.ordered(out["record"], model.sub_keys("record"))
    out["text"] = model.ordered(out["text"], model.sub_keys("text"))
    if isinstance(out["text"].get("anchors"), dict):
        out["text"]["anchors"] = model.ordered(out["text"]["anchors"], model.sub_keys("text", "anchors"))
    if isinstance(out.get("provenance"), dict):
        out["provenance"] = model.ordered(out["provenance"], model.LAYERS)
    for layer in model.LAYERS:
        records = []
        for record in out[layer]:
            record = model.ordered(record, model.record_keys(layer))
            for field in (*model.SPAN_LISTS.get(layer, ()), "participants"):
                if isinstance(record.get(field), list):
                    keys = model.item_keys(layer, field)
                    record[field] = [
                        model.ordered(item, keys) if isinstance(item, dict) else item
                        for item in record[field]
                    ]
                    if field == "participants":
                        for item in record[field]:
                            if isinstance(item, dict):
                                item.setdefault("fate", None)
            records.append(record)
        out[layer] = records
    return out
