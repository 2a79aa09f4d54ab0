"""The claims of an article as a reviewer follows them: what, by whom, on which page."""

from __future__ import annotations

from collections.abc import Iterator

from bilan.model import Json


def lines(article: Json, story: Json) -> Iterator[str]:
    """One block a statement, in the order of the text: speaker, stance, content with the references that carry it.

    Figures in no statement come under the article's own voice; the pages stand at the end.
    """
    figures = {figure["id"]: figure for figure in article["figures"]}
    events = {event["id"]: event for event in article["events"]}
    names = {entity["id"]: entity["name"] for entity in article["entities"]}
    said = sorted(article["attributions"], key=lambda a: (a["cues"][0]["start"] if a["cues"] else 0, a["id"]))
    for attribution in said:
        who = " + ".join(_speaker(article, ident, names) for ident in attribution["sources"])
        hedged = ", hedged" if attribution["hedged"] else ""
        yield f"  {attribution['id']} {who} {attribution['stance']}{hedged} (reported by {attribution['reference']})"
        for ident in attribution["content"]:
            if ident in figures:
                yield _figure(figures[ident])
            elif ident in events:
                yield f"      {ident} {events[ident]['type']} {events[ident]['date'] or 'undated'}"
            else:
                yield f"      {ident} (a statement)"
        if attribution["blames"]:
            yield f"      holds responsible: {', '.join(names[ident] for ident in attribution['blames'])}"
    attributed = {ident for attribution in said for ident in attribution["content"]}
    own = [figure for figure in article["figures"] if figure["id"] not in attributed]
    if own:
        yield "  the article's own voice"
        yield from map(_figure, own)
    for page in story["references"]:
        if page["id"] in article["references"]:
            copied = f", from {page['derived_from']}" if page["derived_from"] else ""
            when = page["date"] or "undated"
            yield f"  {page['id']} = {page['publisher']}, {when}{copied}: {page['url'] or page['note']}"


def _speaker(article: Json, ident: str, names: dict[str, str]) -> str:
    source = next(s for s in article["sources"] if s["id"] == ident)
    words = next((m["surface"] for m in source["mentions"] if m.get("surface")), None)
    return f"{words or names.get(source['entity'] or '') or 'nobody named'} [{source['kind']}]"


def _figure(figure: Json) -> str:
    high = "∞" if figure["high"] is None else f"{figure['high']:,}"
    words = repr(figure["surface"]) if figure.get("surface") else f"{figure['start']}–{figure['end']}"
    value = f"{figure['low']:,}–{high} {figure['of']} {figure['measure']}"
    event = f" of {figure['event']}" if figure["event"] else ""
    carried = ", ".join(figure["references"]) or "no reference"
    return f"      {figure['id']} {words} = {value}, {figure['scope']}{event} (on {carried})"
