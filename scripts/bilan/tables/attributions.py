"""Table ``attributions``: one row a statement, with its sources, cues, quotations, content and context."""

from __future__ import annotations

from bilan.model import Json
from bilan.tables.features import label_ids, layer_of
from bilan.tables.figures import source_columns, through_columns
from bilan.tables.views import View, first_start, span


def rows(view: View) -> list[Json]:
    """The attributions in the order of their first cue."""
    stance = label_ids("stance")
    article, text, by_id = view.id, view.text, view.by_id
    sources = _sources(view)
    # Rows are filled key by key: see the table of figures.
    head = {"id": article, **view.head}
    out = []
    for attribution in sorted(view.article["attributions"], key=_first_cue):
        ident, cues, quotes = attribution["id"], attribution["cues"], attribution["quotes"]
        content, figures = _content(view, attribution["content"])
        context = view.stretch([*cues, *quotes, *figures])
        row = head.copy()
        row["id"] = f"{article}/{ident}"
        row["attribution"] = ident
        if text is None or context is None:
            row["context"] = row["context_start"] = row["context_end"] = None
        else:
            start, end = context
            row["context"] = text[start:end]
            row["context_start"] = start
            row["context_end"] = end
        row["stance"] = stance[attribution["stance"]]
        row["hedged"] = attribution["hedged"]
        row["said"] = attribution["said"]
        row["reference"] = attribution["reference"]
        blames = attribution["blames"]
        row["blames"] = [{"id": one, "name": by_id[one]["name"]} for one in blames] if blames else []
        row["sources"] = [sources[one] for one in attribution["sources"]]
        row["cues"] = [span(cue) for cue in cues]
        row["quotes"] = [span(quote) for quote in quotes] if quotes else []
        row["content"] = content
        row["through"] = through_columns(view, ident)
        out.append(row)
    return out


def _first_cue(attribution: Json) -> tuple[int, int]:
    return first_start(attribution["cues"]), int(attribution["id"][1:])


def _sources(view: View) -> dict[str, Json]:
    """Source → its columns, with its mentions."""
    columns = source_columns(view)
    for source in view.article["sources"]:
        columns[source["id"]]["mentions"] = [span(mention) for mention in source["mentions"]]
    return columns


def _content(view: View, idents: list[str]) -> tuple[list[Json], list[Json]]:
    """What is said: a figure's measure, an event's type or an inner attribution's stance, and its spans.

    Beside it the figures among it.
    """
    out, figures = [], []
    for ident in idents:
        record, layer = view.by_id[ident], layer_of(ident)
        if layer == "figures":
            label, at = record["measure"], [span(record)]
            figures.append(record)
        elif layer == "events":
            label, at = record["type"], [span(trigger) for trigger in record["triggers"]]
        else:
            label, at = record["stance"], [span(cue) for cue in record["cues"]]
        out.append({"id": ident, "layer": layer, "label": label, "spans": at})
    return out, figures
