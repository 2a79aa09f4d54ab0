"""The tables of an article: figures with everything that hangs on them, statements, events, names; and the pages."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from bilan.model import Json
from bilan.tables.views import View
from bilan.viewing.marks import time_value, value
from bilan.viewing.markup import Html, join, label, link, tag, words


def table(
    caption: object,
    heads: Sequence[str],
    rows: Iterable[Sequence[object]],
    ids: Sequence[str | None] | None = None,
    look: str = "",
) -> Html:
    """A table. The first cell of a row is its heading.

    Cells repeat their column's name, for narrow screens; of the two large tables the style knows the names.
    """
    named = look not in ("figures", "claims")
    head = tag("thead", tag("tr", *(tag("th", name, scope="col") for name in heads)))
    body = []
    for i, row in enumerate(rows):
        cells = [tag("th", row[0], scope="row", data_th=heads[0] if named else None)]
        cells += [
            tag("td", cell, data_th=name if named else None)
            for name, cell in zip(heads[1:], row[1:], strict=True)
        ]
        body.append(tag("tr", *cells, id=ids[i] if ids else None))
    inner = tag("table", tag("caption", caption), head, tag("tbody", *body), class_=look or None)
    return tag("div", inner, class_="scroll")


def _stack(parts: Sequence[object]) -> Html:
    """Several things in a cell, one below the other."""
    if len(parts) < 2:
        return join(parts)
    return tag("ul", *(tag("li", part) for part in parts))


# --- figures ---------------------------------------------------------------------------------------------

FIGURES = ("figure", "read as", "counts", "event", "side", "who says it", "stands to", "page")


def figures(view: View, prefix: str, placed: Mapping[str, str]) -> Html:
    """The figures in the order of the text. ``placed``: figure → id of its mark on the page, where it has one."""
    ordered = sorted(view.article["figures"], key=lambda f: (f["start"], f["end"], f["id"]))
    rows = [_figure(view, figure, prefix, placed) for figure in ordered]
    ids = [row_id(prefix, figure["id"]) for figure in ordered]
    return table("Figures: who says how many", FIGURES, rows, ids, "figures") if rows else Html("")


def row_id(prefix: str, ident: str) -> str:
    """Id of the row of a figure."""
    return f"{prefix}row-{ident}"


def _figure(view: View, figure: Json, prefix: str, placed: Mapping[str, str]) -> list[object]:
    surface = figure.get("surface")
    said: Html = (
        words(surface, view.article["lang"])
        if surface is not None
        else tag("span", f"characters {figure['start']:,}–{figure['end']:,}", class_="quiet")
    )
    mark = placed.get(figure["id"])
    ident = tag("a", figure["id"], href=f"#{mark}", class_="id", data_f=mark) if mark else figure["id"]
    modifier = "" if figure["modifier"] == "exact" else label(figure["modifier"])
    read = join([tag("b", value(figure)), tag("span", modifier, class_="quiet")], " ")
    period = view.get(figure["period"])
    over = f", over {time_value(period)}" if period else ""
    scope = "" if figure["scope"] == "event" else f" ({label(figure['scope'])}{over})"
    counts = f"{label(figure['of'])} {label(figure['measure'])}{scope}"
    side = view.get(figure["entity"])
    return [
        join([ident, said], " "),
        read,
        counts,
        _event(view, view.get(figure["event"])),
        words(side["name"]) if side else "",
        _stack([chain(view, *pair) for pair in view.spoken(figure["id"])] or [OWN]),
        "; ".join(_relations(view, figure["id"])),
        join(_pages(view, figure), "; "),
    ]


OWN = tag("span", "the article's own voice", class_="quiet")


def chain(view: View, attribution: Json, source: Json) -> Html:
    """A speaker with kind, stance and everyone who passes the statement on."""
    parts: list[object] = [speaker(view, source), label(attribution["stance"])]
    if attribution["hedged"]:
        parts.append("hedged")
    if attribution["said"]:
        parts.append(f"said {attribution['said']}")
    out = [join(parts, ", ")]
    for channel in view.through(attribution["id"]):
        out.append(
            join(
                [" ← through ", words(channel["name"] or "somebody unnamed"), f" ({label(channel['kind'])})"]
            )
        )
    return join(out)


def speaker(view: View, source: Json) -> Html:
    """The name, or the words, and the kind of a source."""
    name = view.source_name(source)
    if name is None:
        withheld = any("surface" not in mention for mention in source["mentions"])
        name = "words withheld" if withheld else "nobody named"
    return join([tag("b", words(name)), f" ({label(source['kind'])})"])


def _event(view: View, event: Json | None) -> object:
    if event is None:
        return ""
    places = [view.by_id[ident]["name"] for ident in event["places"]]
    when = tag("span", event["date"] or "undated", class_="nw")
    parts: list[object] = [label(event["type"]), when, *map(words, places)]
    return join([tag("span", event["id"], class_="id"), join(parts, ", ")], " ")


_VERBS = {
    "updates": ("updates", "updated by"),
    "part_of": ("part of", "whole of"),
    "restates": ("restates", "restated by"),
}


def _relations(view: View, ident: str) -> list[str]:
    """How a figure stands to others: updates f2; whole of f5, f6."""
    out: dict[str, list[str]] = {}
    for relation in view.article["relations"]:
        there, back = _VERBS.get(relation["type"], (label(relation["type"]),) * 2)
        if relation["from"] == ident:
            out.setdefault(there, []).append(relation["to"])
        elif relation["to"] == ident:
            out.setdefault(back, []).append(relation["from"])
    return [f"{verb} {', '.join(others)}" for verb, others in out.items()]


def _pages(view: View, figure: Json) -> list[object]:
    """The pages that carry it; of a third party's article the article itself, where none is named."""
    known = {page["id"]: page for page in view.story["references"]}
    named = list(figure["references"])
    named += [
        a["reference"] for a, _ in view.spoken(figure["id"]) if a["reference"] and a["reference"] not in named
    ]
    out: list[object] = [_page(known[ident]) if ident in known else ident for ident in dict.fromkeys(named)]
    record = view.article["record"]
    if not out and record:
        out.append(link(record["url"], record["outlet"] or record["url"] or "the article"))
    return out


def _page(page: Json) -> Html:
    when = [", ", tag("span", page["date"], class_="nw")] if page["date"] else []
    return join([link(page["url"], page["publisher"]), tag("span", f" {page['id']}", *when, class_="quiet")])


# --- other layers ----------------------------------------------------------------------------------------


def statements(view: View) -> Html:
    """Every statement, those about figures included."""
    rows = []
    figures = {figure["id"]: figure for figure in view.article["figures"]}
    for said in view.article["attributions"]:
        cues = [cue["surface"] for cue in said["cues"] if cue.get("surface")]
        content = [
            f"{ident} = {value(figures[ident])}" if ident in figures else _content(view, ident)
            for ident in said["content"]
        ]
        blamed = [words(view.by_id[ident]["name"]) for ident in said["blames"]]
        rows.append(
            [
                said["id"],
                _stack([speaker(view, view.by_id[ident]) for ident in said["sources"]]),
                f"{label(said['stance'])}{', hedged' if said['hedged'] else ''}",
                _stack([words(cue, view.article["lang"]) for cue in cues]),
                _stack(content),
                _stack(blamed),
                " ".join(filter(None, [said["said"], said["reference"]])),
            ]
        )
    heads = ("id", "speaker", "stance", "words", "about", "held responsible", "said, page")
    return _folded("Statements", heads, rows)


def _content(view: View, ident: str) -> str:
    record = view.by_id[ident]
    return f"{ident} {label(record.get('type') or record.get('stance'))}"


def events(view: View) -> Html:
    """Every event with its date, places and participants."""
    rows = []
    for event in view.article["events"]:
        who = [
            join([words(view.by_id[one["entity"]]["name"]), f" ({label(one['role'])}"])
            + (f", {label(one['fate'])})" if one["fate"] else ")")
            for one in event["participants"]
        ]
        rows.append(
            [
                event["id"],
                label(event["type"]),
                event["date"] or "undated",
                _stack([words(view.by_id[ident]["name"]) for ident in event["places"]]),
                _stack([Html(one) for one in who]),
                _stack(
                    [words(t["surface"], view.article["lang"]) for t in event["triggers"] if t.get("surface")]
                ),
                event["story_event"] or "background",
            ]
        )
    return _folded(
        "Events", ("id", "type", "date", "places", "who takes part", "words", "of the story"), rows
    )


def entities(view: View) -> Html:
    """Every name with what it is and the entry of the registry."""
    rows = [
        [
            entity["id"],
            words(entity["name"]),
            label(entity["place_kind"] or entity["type"]),
            entity["registry"] or "",
            len(entity["mentions"]),
        ]
        for entity in view.article["entities"]
    ]
    return _folded("Names", ("id", "name", "kind", "registry", "mentions"), rows)


def _folded(title: str, heads: Sequence[str], rows: Sequence[Sequence[object]]) -> Html:
    if not rows:
        return Html("")
    return tag("details", tag("summary", f"{title} ({len(rows)})"), table(title, heads, rows, None, "plain"))


def pages(story: Json, cited: Iterable[str]) -> Html:
    """The pages of the story that the articles go back to, copies with their origin."""
    wanted = set(cited)
    rows = []
    for page in story["references"]:
        if page["id"] in wanted or any(o["derived_from"] == page["id"] for o in story["references"]):
            url = page["url"]
            rows.append(
                [
                    page["id"],
                    words(page["publisher"]),
                    page["date"] or "undated",
                    link(url, url) if url else words(page["note"]),
                    f"copies {page['derived_from']}" if page["derived_from"] else "",
                ]
            )
    if not rows:
        return Html("")
    inner = table(
        "Pages that the facts come from",
        ("id", "publisher", "date", "address", "derives from"),
        rows,
        None,
        "plain",
    )
    return tag("section", tag("h2", "Pages"), inner, id="pages")
