"""Two annotations of one article side by side: what they share, what only one has, and where they differ."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from bilan.agreement import align, coreference
from bilan.agreement.align import Span
from bilan.incidents import BilanError, Incident
from bilan.model import Json

SPAN_LAYERS = (
    "zones",
    "names",
    "descriptions",
    "times",
    "triggers",
    "figures",
    "source mentions",
    "cues",
    "quotes",
)

LABELS: dict[str, tuple[str, ...]] = {
    "mentions": ("kind", "type", "place_kind"),
    "times": ("kind", "edtf", "part", "mod"),
    "events": ("type", "date"),
    "figures": ("of", "measure", "scope", "modifier"),
    "sources": ("kind", "form", "named"),
    "attributions": ("stance", "hedged", "said"),
}
"""Layer → fields whose values are compared on aligned records. A null is a value of its own."""

LINKS = (
    "event → place",
    "event → time",
    "event → participant",
    "event → whole",
    "figure → event",
    "figure → entity",
    "figure → period",
    "source → entity",
    "attribution → source",
    "attribution → content",
    "attribution → blamed",
    "figure → figure",
)

COUNTED = ("entities", "times", "events", "figures", "sources", "attributions", "relations")


@dataclass(frozen=True)
class Item:
    """One thing on which two annotations differ: layer, what it is, the words, our reading, their reading."""

    article: str
    layer: str
    words: str
    ours: str
    theirs: str


@dataclass
class Comparison:
    """The counts of one article. Everything in it adds up over articles."""

    article: str
    groups: dict[str, str]
    """What the article can be grouped by: lang, style, story, region."""
    spans: dict[str, tuple[int, int, int, int]] = field(default_factory=dict)
    """Layer → spans of ours, of theirs, equal ones, overlapping ones (aligned one to one, equal ones included)."""
    labels: dict[str, Counter[tuple[str, str]]] = field(default_factory=dict)
    """Layer.field → (our label, their label) of aligned records."""
    values: list[tuple[Json, Json]] = field(default_factory=list)
    """Aligned figures."""
    links: dict[str, tuple[int, int, int, int, int]] = field(default_factory=dict)
    """Kind → links of ours, of theirs, in both; and of ours and theirs, those with both ends aligned."""
    coreference: dict[str, dict[str, coreference.Counts]] = field(default_factory=dict)
    """entities or events → measure → counts."""
    counts: dict[str, tuple[int, int]] = field(default_factory=dict)
    """Layer → records of ours, of theirs."""
    items: list[Item] = field(default_factory=list)


def compare(ours: Json, theirs: Json, groups: dict[str, str] | None = None) -> Comparison:
    """Compares two annotations of one article. Raises BilanError if their texts are not the same."""
    if ours["text"]["sha256"] != theirs["text"]["sha256"]:
        message = f"the two annotations of {ours['id']} are of different texts"
        raise BilanError(
            Incident("B810", message, "annotate the same text, to the letter", file=theirs["id"])
        )
    out = Comparison(ours["id"], {"lang": ours["lang"], "style": ours["style"] or "none", **(groups or {})})
    text = ours["text"].get("content")
    for layer in SPAN_LAYERS:
        _spans(out, layer, dict(_spans_of(ours, layer)), dict(_spans_of(theirs, layer)), text)
    same = align.records(ours, theirs)
    _labels(out, ours, theirs, same, text)
    _links(out, ours, theirs, same)
    for layer, spans in (("entities", "mentions"), ("events", "triggers")):
        out.coreference[layer] = coreference.scores(
            _clusters(ours, layer, spans), _clusters(theirs, layer, spans)
        )
    out.counts = {layer: (len(ours[layer]), len(theirs[layer])) for layer in COUNTED}
    return out


# --- spans -----------------------------------------------------------------------------------------------


def _spans_of(article: Json, layer: str) -> Iterator[tuple[Span, str]]:
    """(place, id of a record there); a place is counted once however many records have it."""
    if layer in ("zones", "times", "figures"):
        for record in article[layer]:
            yield align.place(record), record["id"]
    elif layer in ("names", "descriptions"):
        wanted = "name" if layer == "names" else "nominal"
        for entity in article["entities"]:
            for mention in entity["mentions"]:
                if mention["kind"] == wanted:
                    yield align.place(mention), entity["id"]
    else:
        of, spans = {
            "triggers": ("events", "triggers"),
            "source mentions": ("sources", "mentions"),
            "cues": ("attributions", "cues"),
            "quotes": ("attributions", "quotes"),
        }[layer]
        for record in article[of]:
            for span in record[spans]:
                yield align.place(span), record["id"]


def _spans(
    out: Comparison, layer: str, ours: dict[Span, str], theirs: dict[Span, str], text: str | None
) -> None:
    pairs = align.one_to_one(list(ours), list(theirs), align.likeness)
    out.spans[layer] = (len(ours), len(theirs), len(ours.keys() & theirs.keys()), len(pairs))

    def words(place: Span) -> str:
        return text[place[0] : place[1]] if text is not None else f"{place[0]}–{place[1]}"

    for a, b in pairs:
        if a != b:
            out.items.append(
                Item(out.article, layer, words(a), f"{ours[a]} {words(a)!r}", f"{theirs[b]} {words(b)!r}")
            )
    for place in sorted(ours.keys() - {a for a, _ in pairs}):
        out.items.append(Item(out.article, layer, words(place), ours[place], ""))
    for place in sorted(theirs.keys() - {b for _, b in pairs}):
        out.items.append(Item(out.article, layer, words(place), "", theirs[place]))


# --- labels and values -----------------------------------------------------------------------------------


def _labels(
    out: Comparison, ours: Json, theirs: Json, same: dict[str, dict[str, str]], text: str | None
) -> None:
    for layer, fields in LABELS.items():
        pairs = (
            _mention_pairs(ours, theirs) if layer == "mentions" else _record_pairs(ours, theirs, layer, same)
        )
        for name in fields:
            counts = out.labels.setdefault(f"{layer}.{name}", Counter())
            for a, b in pairs:
                if name == "place_kind" and a["type"] != "place" and b["type"] != "place":
                    continue
                one, two = _label(a[name]), _label(b[name])
                counts[one, two] += 1
                if one != two:
                    words = _words(a, text)
                    out.items.append(
                        Item(out.article, f"{layer}.{name}", words, f"{a['id']} {one}", f"{b['id']} {two}")
                    )
    them = {record["id"]: record for record in theirs["figures"]}
    for figure in ours["figures"]:
        if figure["id"] in same["figures"]:
            other = them[same["figures"][figure["id"]]]
            out.values.append((figure, other))
            if value(figure) != value(other):
                words = _words(figure, text)
                one, two = f"{figure['id']} {value(figure)}", f"{other['id']} {value(other)}"
                out.items.append(Item(out.article, "figures.value", words, one, two))


def value(figure: Json) -> tuple[float, float | None]:
    """The interval of a figure; None = unbounded."""
    return figure["low"], figure["high"]


def _label(value: object) -> str:
    return "null" if value is None else str(value)


def _words(record: Json, text: str | None) -> str:
    spans = (
        [record]
        if "start" in record
        else record.get("cues") or record.get("triggers") or record.get("mentions") or []
    )
    if not spans:
        return ""
    start, end = spans[0]["start"], spans[0]["end"]
    return text[start:end] if text is not None else f"{start}–{end}"


def _mention_pairs(ours: Json, theirs: Json) -> list[tuple[Json, Json]]:
    """Aligned mentions, names and descriptions alike, with the type of their entity."""

    def listed(article: Json) -> list[Json]:
        places: dict[Span, Json] = {}
        for entity in article["entities"]:
            for mention in entity["mentions"]:
                record = {
                    "id": entity["id"],
                    "type": entity["type"],
                    "place_kind": entity["place_kind"],
                    **mention,
                }
                places.setdefault(align.place(mention), record)
        return list(places.values())

    return align.one_to_one(
        listed(ours), listed(theirs), lambda a, b: align.likeness(align.place(a), align.place(b))
    )


def _record_pairs(
    ours: Json, theirs: Json, layer: str, same: dict[str, dict[str, str]]
) -> list[tuple[Json, Json]]:
    them = {record["id"]: record for record in theirs[layer]}
    return [(a, them[same[layer][a["id"]]]) for a in ours[layer] if a["id"] in same[layer]]


# --- links and clusters ----------------------------------------------------------------------------------

Link = tuple[str, str, str, str]
"""Kind, id at the tail, id at the head, label."""


def links(article: Json) -> Iterator[tuple[Link, str, str]]:
    """Every link with the layers of its two ends."""
    for event in article["events"]:
        for target in event["places"]:
            yield ("event → place", event["id"], target, ""), "events", "entities"
        for target in event["times"]:
            yield ("event → time", event["id"], target, ""), "events", "times"
        for one in event["participants"]:
            yield ("event → participant", event["id"], one["entity"], one["role"]), "events", "entities"
        if event["part_of"]:
            yield ("event → whole", event["id"], event["part_of"], ""), "events", "events"
    for figure in article["figures"]:
        for name, layer in (("event", "events"), ("entity", "entities"), ("period", "times")):
            if figure[name]:
                yield (f"figure → {name}", figure["id"], figure[name], ""), "figures", layer
    for source in article["sources"]:
        if source["entity"]:
            yield ("source → entity", source["id"], source["entity"], ""), "sources", "entities"
    layer_of = {r["id"]: layer for layer in ("figures", "events", "attributions") for r in article[layer]}
    for attribution in article["attributions"]:
        ident = attribution["id"]
        for target in attribution["sources"]:
            yield ("attribution → source", ident, target, ""), "attributions", "sources"
        for target in attribution["content"]:
            yield ("attribution → content", ident, target, ""), "attributions", layer_of[target]
        for target in attribution["blames"]:
            yield ("attribution → blamed", ident, target, ""), "attributions", "entities"
    for relation in article["relations"]:
        yield ("figure → figure", relation["from"], relation["to"], relation["type"]), "figures", "figures"


def _links(out: Comparison, ours: Json, theirs: Json, same: dict[str, dict[str, str]]) -> None:
    back = {layer: {b: a for a, b in pairs.items()} for layer, pairs in same.items()}
    mine = {link: _mapped(link, tail, head, same) for link, tail, head in links(ours)}
    yours = {link: _mapped(link, tail, head, back) for link, tail, head in links(theirs)}
    for kind in LINKS:
        a = {link: mapped for link, mapped in mine.items() if link[0] == kind}
        b = {link: mapped for link, mapped in yours.items() if link[0] == kind}
        both = sum(mapped in b for mapped in a.values())
        out.links[kind] = (
            len(a),
            len(b),
            both,
            sum(m is not None for m in a.values()),
            sum(m is not None for m in b.values()),
        )
        out.items.extend(_one_sided(out.article, kind, a, b, mine=True))
        out.items.extend(_one_sided(out.article, kind, b, a, mine=False))


def _mapped(link: Link, tail: str, head: str, same: dict[str, dict[str, str]]) -> Link | None:
    """The link as the other annotation would have it; None where one of its ends is not there."""
    kind, source, target, label = link
    one, two = same[tail].get(source), same[head].get(target)
    return (kind, one, two, label) if one and two else None


def _one_sided(
    article: str, kind: str, these: dict[Link, Link | None], those: dict[Link, Link | None], mine: bool
) -> Iterator[Item]:
    for (_, tail, head, label), mapped in these.items():
        if mapped is not None and mapped not in those:
            shown = f"{tail} → {head} {label}".rstrip()
            yield Item(article, kind, "", shown if mine else "", "" if mine else shown)


def _clusters(article: Json, layer: str, spans: str) -> list[frozenset[Span]]:
    """Clusters of places. A place that two records have belongs to the first of them."""
    seen: set[Span] = set()
    out = []
    for record in article[layer]:
        places = {align.place(span) for span in record[spans]} - seen
        seen |= places
        if places:
            out.append(frozenset(places))
    return out
