"""Table ``figures``: one row a figure, with its sentence, value, event, side and sources."""

from __future__ import annotations

from bilan.model import Json
from bilan.tables.features import label_ids
from bilan.tables.views import View


def rows(view: View) -> list[Json]:
    """The figures in the order of the text. No source = the article's own voice."""
    of, measure, scope, modifier = (label_ids(name) for name in ("figure_of", "measure", "scope", "modifier"))
    event_type, entity_type = label_ids("event_type"), label_ids("entity_type")
    article, text, by_id = view.id, view.text, view.by_id
    sources, relations = _sources(view), _relations(view)
    nothing: Json = {}
    # Rows are filled key by key: a literal of so many keys is built in pieces, and takes twice the time.
    head = {"id": article, **view.head}
    out = []
    for figure in view.figures:
        ident, start, end = figure["id"], figure["start"], figure["end"]
        event, entity, period = figure["event"], figure["entity"], figure["period"]
        row = head.copy()
        row["id"] = f"{article}/{ident}"
        row["figure"] = ident
        sentence = view.around(start, end)
        if text is None or sentence is None:
            row["sentence"] = text
            row["sentence_start"] = row["sentence_end"] = first = None
        else:
            first, last = sentence
            row["sentence"] = text[first:last]
            row["sentence_start"] = first
            row["sentence_end"] = last
        row["start"] = start
        row["end"] = end
        row["surface"] = figure.get("surface")
        row["hash"] = figure.get("hash")
        row["start_in_sentence"] = None if first is None else start - first
        row["end_in_sentence"] = None if first is None else end - first
        row["of"] = of[figure["of"]]
        row["measure"] = measure[figure["measure"]]
        row["scope"] = scope[figure["scope"]]
        row["stated"] = figure["stated"]
        row["low"] = figure["low"]
        row["high"] = figure["high"]
        row["modifier"] = modifier[figure["modifier"]]
        row["unit"] = figure["unit"]
        row["period"] = None if period is None else by_id[period]["edtf"]
        row["event"] = event
        told = nothing if event is None else by_id[event]
        row["event_type"] = event_type[told.get("type")]
        row["event_date"] = told.get("date")
        row["story_event"] = told.get("story_event")
        row["entity"] = entity
        side = nothing if entity is None else by_id[entity]
        row["entity_type"] = entity_type[side.get("type")]
        row["entity_name"] = side.get("name")
        row["entity_registry"] = side.get("registry")
        row["references"] = figure["references"]
        row["sources"] = sources.get(ident, [])
        row["relations"] = relations.get(ident, [])
        out.append(row)
    return out


def _sources(view: View) -> dict[str, list[Json]]:
    """Figure (or what else is said) → who says it, in which statement."""
    stance = label_ids("stance")
    columns = source_columns(view)
    out: dict[str, list[Json]] = {}
    for attribution in view.article["attributions"]:
        ident = attribution["id"]
        through = through_columns(view, ident)
        voices = []
        for source in attribution["sources"]:
            of = columns[source]
            voices.append(
                {
                    "attribution": ident,
                    "id": source,
                    "kind": of["kind"],
                    "form": of["form"],
                    "named": of["named"],
                    "name": of["name"],
                    "entity": of["entity"],
                    "stance": stance[attribution["stance"]],
                    "hedged": attribution["hedged"],
                    "through": through,
                    "said": attribution["said"],
                    "reference": attribution["reference"],
                }
            )
        for said in attribution["content"]:
            out[said] = out[said] + voices if said in out else voices
    return out


def _relations(view: View) -> dict[str, list[Json]]:
    """Figure → its relations to other figures, in the order of the file."""
    relation_type = label_ids("relation_type")
    out: dict[str, list[Json]] = {}
    for relation in view.article["relations"]:
        row = {"type": relation_type[relation["type"]], "figure": relation["to"]}
        out.setdefault(relation["from"], []).append(row)
    return out


def source_columns(view: View) -> dict[str, Json]:
    """Source of the article → its columns: labels as integers, and its name."""
    kind, form = label_ids("source_kind"), label_ids("source_form")
    return {
        source["id"]: {
            "id": source["id"],
            "kind": kind[source["kind"]],
            "form": form[source["form"]],
            "named": source["named"],
            "name": view.source_name(source),
            "entity": source["entity"],
        }
        for source in view.article["sources"]
    }


def through_columns(view: View, attribution: str) -> list[Json]:
    """Who reports an attribution, from the nearest outwards, with the kinds as integers."""
    if attribution not in view.holders:  # as nearly always
        return []
    kinds = label_ids("source_kind")
    return [{"kind": kinds[outer["kind"]], "name": outer["name"]} for outer in view.through(attribution)]
