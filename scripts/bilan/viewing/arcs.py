"""Who says what of which event, drawn: sources on the left, figures in the middle, events on the right.

It is made of lines alone and needs no script, so that it is there in print as well. The table of figures says the same.
"""

from __future__ import annotations

from bilan.model import Json
from bilan.tables.views import View
from bilan.viewing.marks import value
from bilan.viewing.markup import Html, cut, drawn, label, plain, tag

WIDTH, ROW, TOP = 960, 30, 34
LEFT, MIDDLE, MIDDLE_END, RIGHT = 300, 400, 610, 700
"""Where sources end, figures begin and end, events begin."""


def drawing(view: View, prefix: str) -> Html:
    """The drawing of an article's figures; nothing where it has none."""
    figures = sorted(view.article["figures"], key=lambda f: (f["start"], f["end"], f["id"]))
    if not figures:
        return Html("")
    one = _voices(view)
    spoken = {f["id"]: [one[source["id"]] for _, source in view.spoken(f["id"])] or [""] for f in figures}
    sources = _by_middle({ident: list(heard) for ident, heard in spoken.items()})
    counted = {f["id"]: [f["event"]] for f in figures if f["event"]}
    events = _by_middle(counted, [f["id"] for f in figures])
    height = TOP + ROW * max(len(figures), len(sources), len(events)) + 6
    rows = {f["id"]: _middle(i, len(figures), height) for i, f in enumerate(figures)}
    says = {ident: _middle(i, len(sources), height) for i, ident in enumerate(sources)}
    happens = {ident: _middle(i, len(events), height) for i, ident in enumerate(events)}
    parts = [
        tag("title", "Source, figure, event", id=f"{prefix}arcs"),
        tag("desc", "Lines lead from each source to the figures it gives, and on to the event they count."),
        *(tag("text", name, x=x, y=16, class_=f"tick {anchor}") for name, x, anchor in _HEADS),
    ]
    for figure in figures:
        lines = [
            _curve(LEFT, says[ident], MIDDLE, rows[figure["id"]], "sources")
            for ident in dict.fromkeys(spoken[figure["id"]])
        ]
        if figure["event"]:
            lines.append(_curve(MIDDLE_END, rows[figure["id"]], RIGHT, happens[figure["event"]], "events"))
        parts.append(tag("g", *lines, _figure(figure, rows[figure["id"]]), class_="arc"))
    for ident, y in says.items():
        name, kind = _speaker(view, ident)
        parts.append(_label(name, kind, LEFT - 8, y, "end"))
    for ident, y in happens.items():
        event = view.by_id[ident]
        where = ", ".join([event["date"] or "undated", *(view.by_id[p]["name"] for p in event["places"])])
        parts.append(_label(label(event["type"]), where, RIGHT + 8, y, "start"))
    svg = tag(
        "svg",
        *parts,
        viewBox=f"0 0 {WIDTH} {height}",
        width=WIDTH,
        height=height,
        role="img",
        aria_labelledby=f"{prefix}arcs",
    )
    return tag(
        "div", svg, class_="drawing arcs w2", tabindex=0, role="region", aria_label="Drawing of who says what"
    )


_HEADS = (
    ("who says it", LEFT - 8, "end"),
    ("figure", (MIDDLE + MIDDLE_END) / 2, "middle"),
    ("what it counts", RIGHT + 8, "start"),
)


def _voices(view: View) -> dict[str, str]:
    """Source → the first source that is the same entity in the same capacity, so that it has one place."""
    first: dict[tuple[str, str], str] = {}
    out = {}
    for source in view.article["sources"]:
        key = (source["entity"] or source["id"], source["kind"])
        out[source["id"]] = first.setdefault(key, source["id"])
    return out


def _by_middle(linked: dict[str, list[str]], order: list[str] | None = None) -> list[str]:
    """The ends of the links in the order of the mean place of what they are linked to: few lines cross."""
    place = {ident: i for i, ident in enumerate(order or linked)}
    found: dict[str, list[int]] = {}
    for ident, ends in linked.items():
        for end in ends:
            found.setdefault(end, []).append(place[ident])
    return sorted(found, key=lambda end: (sum(found[end]) / len(found[end]), end))


def _middle(i: int, count: int, height: int) -> float:
    """The i-th of ``count`` places, spread evenly over the height."""
    return TOP + (i + 0.5) * (height - TOP - 6) / count


def _curve(x1: float, y1: float, x2: float, y2: float, look: str) -> Html:
    half = (x1 + x2) / 2
    return tag(
        "path", d=f"M{x1} {y1:.1f}C{half} {y1:.1f} {half} {y2:.1f} {x2} {y2:.1f}", class_=f"link {look}"
    )


def _figure(figure: Json, y: float) -> Html:
    words = figure.get("surface") or f"[{figure['start']}–{figure['end']}]"
    read = f"{value(figure)} {label(figure['measure'])}"
    box = tag("rect", x=MIDDLE, y=f"{y - 13:.1f}", width=MIDDLE_END - MIDDLE, height=26, rx=4, class_="box")
    middle = (MIDDLE + MIDDLE_END) / 2
    upper = tag("text", drawn(words, 34), x=middle, y=f"{y - 1.5:.1f}", class_="name middle")
    lower = tag("text", read, x=middle, y=f"{y + 9.5:.1f}", class_="tick middle")
    return tag("g", tag("title", plain(f"{figure['id']} {words} = {read}")), box, upper, lower)


def _speaker(view: View, ident: str) -> tuple[str, str]:
    if not ident:
        return "the article itself", "own voice"
    source = view.by_id[ident]
    name = view.source_name(source)
    if name is None:
        name = "words withheld" if any("surface" not in m for m in source["mentions"]) else "nobody named"
    return name, label(source["kind"])


def _label(name: str, more: str, x: float, y: float, anchor: str) -> Html:
    upper = tag("text", drawn(name, 42), x=x, y=f"{y - 1.5:.1f}", class_=f"name {anchor}")
    lower = tag("text", plain(cut(more, 48)), x=x, y=f"{y + 10:.1f}", class_=f"tick {anchor}")
    return tag("g", tag("title", plain(f"{name}: {more}")), upper, lower)
