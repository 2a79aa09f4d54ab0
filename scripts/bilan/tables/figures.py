"""Table ``figures``: one row a figure, with its sentence, value, event, side and sources."""

from __future__ import annotations

from bilan.model import Json
from bilan.tables.features import label_ids
from bilan.tables.views import View, span


def rows(view: View) -> list[Json]:
    """The figures in the order of the text. No source = the article's own voice."""
    of, measure, scope, modifier = (label_ids(name) for name in ("figure_of", "measure", "scope", "modifier"))
    event_type, entity_type, relation_type = (
        label_ids(name) for name in ("event_type", "entity_type", "relation_type")
    )
    out = []
    for figure in sorted(view.article["figures"], key=lambda f: (f["start"], f["end"])):
        event, entity, period = (view.get(figure[key]) or {} for key in ("event", "entity", "period"))
        sentence = view.stretch([figure])
        start, end = sentence or (None, None)
        out.append(
            {
                "id": f"{view.id}/{figure['id']}",
                **view.head,
                "figure": figure["id"],
                "sentence": None if view.text is None else view.text[start:end],
                "sentence_start": start,
                "sentence_end": end,
                **span(figure),
                "start_in_sentence": None if start is None else figure["start"] - start,
                "end_in_sentence": None if start is None else figure["end"] - start,
                "of": of[figure["of"]],
                "measure": measure[figure["measure"]],
                "scope": scope[figure["scope"]],
                "stated": figure["stated"],
                "low": figure["low"],
                "high": figure["high"],
                "modifier": modifier[figure["modifier"]],
                "unit": figure["unit"],
                "period": period.get("edtf"),
                "event": figure["event"],
                "event_type": event_type[event.get("type")],
                "event_date": event.get("date"),
                "story_event": event.get("story_event"),
                "entity": figure["entity"],
                "entity_type": entity_type[entity.get("type")],
                "entity_name": entity.get("name"),
                "entity_registry": entity.get("registry"),
                "references": figure["references"],
                "sources": [_source(view, *pair) for pair in view.spoken(figure["id"])],
                "relations": [
                    {"type": relation_type[relation["type"]], "figure": relation["to"]}
                    for relation in view.article["relations"]
                    if relation["from"] == figure["id"]
                ],
            }
        )
    return out


def _source(view: View, attribution: Json, source: Json) -> Json:
    kinds = label_ids("source_kind")
    return {
        "attribution": attribution["id"],
        **source_columns(view, source),
        "stance": label_ids("stance")[attribution["stance"]],
        "hedged": attribution["hedged"],
        "through": [{**outer, "kind": kinds[outer["kind"]]} for outer in view.through(attribution["id"])],
        "said": attribution["said"],
        "reference": attribution["reference"],
    }


def source_columns(view: View, source: Json) -> Json:
    """A source with its labels as integers and its name."""
    return {
        "id": source["id"],
        "kind": label_ids("source_kind")[source["kind"]],
        "form": label_ids("source_form")[source["form"]],
        "named": source["named"],
        "name": view.source_name(source),
        "entity": source["entity"],
    }
