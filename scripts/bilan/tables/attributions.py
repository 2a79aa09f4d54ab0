"""Table ``attributions``: one row a statement, with its sources, cues, quotations, content and context."""

from __future__ import annotations

from bilan.model import Json
from bilan.tables.features import label_ids, layer_of
from bilan.tables.figures import source_columns
from bilan.tables.views import View, span


def rows(view: View) -> list[Json]:
    """The attributions in the order of their first cue."""
    stance, kinds = label_ids("stance"), label_ids("source_kind")
    out = []
    for attribution in sorted(view.article["attributions"], key=_first_cue):
        content = [_content(view, ident) for ident in attribution["content"]]
        figures = [at for item in content if item["layer"] == "figures" for at in item["spans"]]
        context = view.stretch([*attribution["cues"], *attribution["quotes"], *figures])
        start, end = context or (None, None)
        out.append(
            {
                "id": f"{view.id}/{attribution['id']}",
                **view.head,
                "attribution": attribution["id"],
                "context": view.text[start:end] if view.text is not None and context else None,
                "context_start": start,
                "context_end": end,
                "stance": stance[attribution["stance"]],
                "hedged": attribution["hedged"],
                "said": attribution["said"],
                "reference": attribution["reference"],
                "blames": [
                    {"id": ident, "name": view.by_id[ident]["name"]} for ident in attribution["blames"]
                ],
                "sources": [
                    {
                        **source_columns(view, source),
                        "mentions": [span(mention) for mention in source["mentions"]],
                    }
                    for source in (view.by_id[ident] for ident in attribution["sources"])
                ],
                "cues": [span(cue) for cue in attribution["cues"]],
                "quotes": [span(quote) for quote in attribution["quotes"]],
                "content": content,
                "through": [
                    {**outer, "kind": kinds[outer["kind"]]} for outer in view.through(attribution["id"])
                ],
            }
        )
    return out


def _first_cue(attribution: Json) -> tuple[int, int]:
    starts = [cue["start"] for cue in attribution["cues"]]
    return (min(starts) if starts else 0, int(attribution["id"][1:]))


def _content(view: View, ident: str) -> Json:
    """What is said: a figure's measure, an event's type or an inner attribution's stance, and its spans."""
    record, layer = view.by_id[ident], layer_of(ident)
    if layer == "figures":
        label, spans = record["measure"], [record]
    elif layer == "events":
        label, spans = record["type"], record["triggers"]
    else:
        label, spans = record["stance"], record["cues"]
    return {"id": ident, "layer": layer, "label": label, "spans": [span(at) for at in spans]}
