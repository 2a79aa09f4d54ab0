"""Who says how many, of a story: for each event and measure a chart, its claims as a table, and the reductions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bilan import labels, reductions, toll_forms
from bilan.model import Json
from bilan.reductions import Claim, Toll
from bilan.viewing import chart
from bilan.viewing.markup import Html, join, label, link, tag, words
from bilan.viewing.sections import table

CLAIMS = ("date", "number", "words", "counts", "who says it", "remarks", "figure", "page")


def section(every: Sequence[Toll], story: Json, rows: Mapping[tuple[str, str], str], note: str = "") -> Html:
    """The section of all tolls. ``rows``: (article, figure) → id of its row on the page."""
    if not every:
        return Html("")
    measures = labels.names("measure")
    order = {event["id"]: i for i, event in enumerate(story["events"])}
    tolls = sorted(
        reductions.distinct(every),
        key=lambda t: (order.get(t.story_event, len(order)), measures.index(t.measure)),
    )
    heads = reductions.headlines(tolls)
    out: list[object] = [tag("h2", "Who says how many")]
    if note:
        out.append(tag("p", note, class_="quiet"))
    if heads:
        out.append(chart.legend())
    before = None
    for toll in sorted(heads, key=lambda t: (measures.index(t.measure) > 0, order.get(t.story_event, 0))):
        if toll.story_event != before and len(order) > 1:
            out.append(_event(toll))
        before = toll.story_event
        out.append(_shown(toll, story, rows, f"toll-{len(out)}"))
    rest = [toll for toll in tolls if toll not in heads]
    if rest:
        inner = [_only_table(toll, story, rows) for toll in rest]
        out.append(tag("details", tag("summary", f"Parts, and sides counted apart ({len(rest)})"), *inner))
    return tag("section", *out, id="tolls")


def _event(toll: Toll) -> Html:
    name = label(toll.event_type)
    parts = [name[:1].upper() + name[1:], toll.event_date, *([toll.place] if toll.place else [])]
    return tag("h3", join(parts, ", "))


def _shown(toll: Toll, story: Json, rows: Mapping[tuple[str, str], str], ident: str) -> Html:
    drawing = chart.drawing(toll, ident) if len(toll.claims) > 1 else None  # one point is no chart
    reduced = _reduced(toll)
    claims = claims_table(toll, story, rows)
    title = tag("h4", words(title_of(toll)))
    return tag(
        "div",
        title,
        reduced,
        drawing,
        tag("details", tag("summary", _count(toll)), claims, open=True),
        class_="toll",
    )


def _only_table(toll: Toll, story: Json, rows: Mapping[tuple[str, str], str]) -> Html:
    event = f" ({toll.story_event})" if len(story["events"]) > 1 else ""
    return tag(
        "div", tag("h4", words(title_of(toll)), event), _reduced(toll), claims_table(toll, story, rows)
    )


def title_of(toll: Toll) -> str:
    """Soldiers killed, of Malian Armed Forces."""
    title = label(toll_forms.title(toll))
    return title[:1].upper() + title[1:]


def _count(toll: Toll) -> str:
    return "The claim in a table" if len(toll.claims) == 1 else f"The {len(toll.claims)} claims in a table"


def _reduced(toll: Toll) -> Html:
    told = toll_forms.reductions(toll, reductions.REDUCTIONS)
    pairs = [(label(name), label(value)) for name, value in told.items()]
    for record in toll.external if toll.measure == "killed" else ():
        value = f"{toll_forms.span(record.low, record.high)}, best {toll_forms.number(record.best)}"
        pairs.append((f"{label(record.database).upper()} {record.version} ({record.id})", value))
    return tag(
        "dl", *(tag("div", tag("dt", name), tag("dd", value)) for name, value in pairs), class_="reduced"
    )


def claims_table(toll: Toll, story: Json, rows: Mapping[tuple[str, str], str]) -> Html:
    """The claims of a toll by date: the numbers of the chart."""
    urls = {page["id"]: page["url"] for page in story["references"]}
    some = [_claim(claim, urls, rows) for claim in toll.claims]
    return table(tag("span", f"Claims: {title_of(toll)}"), CLAIMS, some, None, "claims")


def _claim(claim: Claim, urls: Mapping[str, str | None], rows: Mapping[tuple[str, str], str]) -> list[object]:
    stance = [] if claim.stance in (None, "states", "claims") else [label(claim.stance)]
    marks = {"hedged": claim.hedged, "copy": not claim.counted, "part": claim.part}
    figure = f"{claim.article.partition('.')[2]} {claim.figure}"
    row = rows.get((claim.article, claim.figure))
    return [
        claim.date or "undated",
        join([tag("b", toll_forms.span(claim.low, claim.high)), *_modifier(claim)], " "),
        tag("span", "withheld", class_="quiet")
        if claim.surface is None
        else words(claim.surface, claim.lang),
        label(claim.of),
        _speaker(claim),
        ", ".join([*stance, *(mark for mark, so in marks.items() if so)]),
        tag("a", figure, href=f"#{row}") if row else figure,
        link(urls.get(claim.reference or ""), claim.publisher) if claim.publisher else "",
    ]


def _modifier(claim: Claim) -> list[Html]:
    return [] if claim.modifier == "exact" else [tag("span", label(claim.modifier), class_="quiet")]


def _speaker(claim: Claim) -> Html:
    if claim.source_kind is None:
        return tag("span", "the article's own voice", class_="quiet")
    name = claim.source_name or ("words withheld" if claim.surface is None else "nobody named")
    through = [
        join([" ← through ", words(one.name or "somebody unnamed"), f" ({label(one.kind)})"])
        for one in claim.through
    ]
    return join([tag("b", words(name)), f" ({label(claim.source_kind)})", *through])
