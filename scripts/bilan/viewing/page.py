"""A page: head, policy, layers to choose from, and what the other modules make of a story or of two annotations."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path

from bilan import reductions
from bilan.agreement import compare
from bilan.model import Json
from bilan.reductions import Claim, Toll
from bilan.tables import article_order
from bilan.tables.views import View, view
from bilan.viewing import arcs, compared, marks, ruler, running, sections, tolls
from bilan.viewing.markup import PAGE_LANG, Html, cut, join, label, link, plain, tag, words

GENERATOR = '<meta name="generator" content="bilan view">'


def is_page(raw: bytes) -> bool:
    """Whether the bytes are those of a page that was made here."""
    return raw.startswith(b"<!doctype html>") and GENERATOR.encode() in raw[:4096]


def story(
    documents: Sequence[Json],
    about: Json | None,
    *,
    hidden: Sequence[Json] = (),
    notes: Mapping[str, str] | None = None,
    of: int | None = None,
) -> str:
    """The page of a story's articles.

    ``documents``: sound articles of one story, at least one; withheld ones may have been filled in. ``about``: its
    ``story.json``, None where there is none. ``hidden``: the withheld forms of those that were filled in: tolls are
    made from them, so that a figure that could not be placed in a copy keeps its claim. ``notes``: article → what to
    say above its text. ``of``: how many articles the story has.
    """
    known = about or _unknown(documents[0])
    ordered = sorted(documents, key=lambda one: article_order(one["id"]))
    views = [view(one, known, {}) for one in ordered]
    prefixes = {one["id"]: f"a{i}-" for i, one in enumerate(ordered, 1)}
    cited = [ident for one in ordered for ident in one["references"]]
    rows = {
        (one["id"], record["id"]): sections.row_id(prefixes[one["id"]], record["id"])
        for one in ordered
        for record in one["figures"]
    }
    parts = [
        _header(known, ordered),
        _layers(),
        tolls.section(_tolls(ordered, hidden, known), known, rows, _share(len(ordered), of)),
        *(_article(one, prefixes[one.id], (notes or {}).get(one.id, "")) for one in views),
        sections.pages(known, cited),
    ]
    return _document(known["title"]["en"], parts)


def comparison(ours: Json, theirs: Json, names: tuple[str, str] = ("first", "second"), note: str = "") -> str:
    """The page of two annotations of one text. Raises BilanError (B810) where they are of different texts.

    ``names``: what the two are called. ``note``: what to say above the text.
    """
    found = compare(ours, theirs)
    some = compared.pairs(ours, theirs)
    stretches = compared.on_text(some)
    content = ours["text"].get("content")
    heads = {"A": f"A, {names[0]}", "B": f"B, {names[1]}"}
    if content is None:
        body: list[object] = [ruler.drawing(ours, stretches, "a-"), ruler.listed(ours, stretches, theirs)]
    else:
        body = [running.text(content, stretches, ours["lang"], "a-")]
    title = f"{ours['id']}: two annotations"
    parts = [
        tag(
            "header",
            tag("h1", title),
            tag("p", "A is ", words(names[0]), ", B is ", words(names[1]), ".", class_="quiet"),
            compared.counted(some),
        ),
        _layers(compared.STATES),
        tag("article", tag("h2", "On the text"), tag("p", note, class_="note") if note else None, *body),
        tag(
            "section",
            tag("h2", "What differs"),
            compared.differences(found, ours, theirs, heads),
            id="differences",
        ),
    ]
    return _document(title, parts)


# --- an article ------------------------------------------------------------------------------------------


def _article(one: View, prefix: str, note: str) -> Html:
    article, content = one.article, one.text
    some = marks.of(article)
    placed = {ident: f"{prefix}{s.records[0]}" for s in some if s.layer == "figures" for ident in s.records}
    if content is None:
        placed = {}
        body: list[object] = [
            tag(
                "p",
                f"The text is withheld; what is known of it is where its marks stand. {note}".rstrip(),
                class_="note",
            ),
            ruler.drawing(article, some, prefix),
            ruler.listed(article, some),
        ]
    else:
        body = [running.text(content, [_tied(one, s, prefix) for s in some], article["lang"], prefix)]
    return tag(
        "article",
        tag("h2", words(_title(article), article["lang"])),
        _facts(article),
        tag("p", note, class_="note") if note and content is not None else None,
        *body,
        arcs.drawing(one, prefix),
        sections.figures(one, prefix, placed),
        sections.statements(one),
        sections.events(one),
        sections.entities(one),
        id=f"{prefix}top",
    )


def _tied(one: View, stretch: marks.Stretch, prefix: str) -> marks.Stretch:
    """A figure's mark with what it leads to: it can be focused, and the script draws its arcs."""
    if stretch.layer != "figures":
        return stretch
    sources: list[str] = []
    events: list[str] = []
    for ident in stretch.records:
        for said, source in one.spoken(ident):
            mentioned = source["mentions"] or not said["cues"]
            sources.append(prefix + (source["id"] if mentioned else said["id"]))
        if one.by_id[ident]["event"]:
            events.append(prefix + one.by_id[ident]["event"])
    attributes = {
        "role": "mark",
        "tabindex": "0",
        "aria_describedby": " ".join(sections.row_id(prefix, ident) for ident in stretch.records),
        "data_s": " ".join(dict.fromkeys(sources)),
        "data_e": " ".join(dict.fromkeys(events)),
    }
    return replace(stretch, attributes=attributes)


def _title(article: Json) -> str:
    zone = next((z for z in article["zones"] if z["kind"] == "headline" and z.get("surface")), None)
    record = article["record"] or {}
    if zone or record.get("title"):
        return str(zone["surface"] if zone else record["title"])
    opening = (article["text"].get("content") or "").strip().partition("\n")[0]
    return cut(opening, 90) or str(record.get("outlet") or article["id"])


def _facts(article: Json) -> Html:
    text, record = article["text"], article["record"] or {}
    parts: list[object] = [
        tag("span", article["id"], class_="id"),
        f"published {article['published']}" if article["published"] else "undated",
    ]
    parts += [label(article["style"])] if article["style"] else []
    parts.append(f"{label(text['origin'])}, {text['access']}, {label(text['extent'])}")
    if text["licence"]:
        parts.append(text["licence"])
    if text["attribution"]:
        parts.append(words(text["attribution"]))
    if record:
        parts.append(link(record["url"], record["outlet"] or "the page"))
        parts += [words(", ".join(record["authors"]))] if record["authors"] else []
    made = article["provenance"].get("figures") or next(iter(article["provenance"].values()), None)
    if made:
        parts.append(join(["annotated by ", words(made["annotator"]), f" ({label(made['status'])})"]))
    return tag("p", join(parts, " · "), class_="facts")


# --- the page --------------------------------------------------------------------------------------------


def _header(about: Json, ordered: Sequence[Json]) -> Html:
    figures = sum(len(one["figures"]) for one in ordered)
    dates = sorted({event["date"] for event in about["events"]})
    facts = [
        about["id"],
        *dates[:1],
        f"{len(ordered)} article{'s' * (len(ordered) != 1)}",
        f"{figures} figures",
    ]
    french = about["title"]["fr"]
    items = [
        tag("li", tag("a", words(_title(one), one["lang"]), href=f"#a{i}-top"), f" ({one['lang']})")
        for i, one in enumerate(ordered, 1)
    ]
    return tag(
        "header",
        tag("h1", words(about["title"]["en"])),
        tag("p", words(french, "fr"), class_="sub") if french and french != about["title"]["en"] else None,
        tag("p", " · ".join(facts), class_="facts"),
        tag("nav", tag("ol", *items), aria_label="Articles"),
    )


def _layers(states: dict[str, str] | None = None) -> Html:
    """Boxes that hide a layer, or a state of comparison; they work by style alone."""
    boxes = [_box(name, title) for name, title in marks.LAYERS.items()]
    boxes += [_box(f"x-{name}", title) for name, title in (states or {}).items()]
    boxes.append(_box("labels", "labels"))
    return tag("fieldset", tag("legend", "Show"), *boxes, class_="layers")


def _box(name: str, title: str) -> Html:
    box = tag("input", type="checkbox", id=f"show-{name}", checked=True, autocomplete="off")
    return tag("label", box, tag("span", title, class_=f"chip {name}"))


def _share(here: int, of: int | None) -> str:
    if of is None or of == here:
        return ""
    return f"From {here} of the {of} articles of this story; bilan view STORY shows them all."


def _tolls(ordered: Sequence[Json], hidden: Sequence[Json], about: Json) -> list[Toll]:
    if not about["events"]:
        return []
    forms = {one["id"]: one for one in hidden}
    views = [view(forms.get(one["id"], one), about, {}) for one in ordered]
    found = reductions.of_story(views)
    if not forms:
        return found
    said = {(one["id"], f["id"]): f.get("surface") for one in ordered for f in one["figures"]}

    def spoken(claim: Claim) -> Claim:
        return replace(claim, surface=claim.surface or said.get((claim.article, claim.figure)))

    return [replace(toll, claims=tuple(spoken(claim) for claim in toll.claims)) for toll in found]


def _unknown(article: Json) -> Json:
    """A story of which nothing is known but that the article is of it."""
    return {
        "id": article["story"],
        "title": {"en": article["story"], "fr": ""},
        "country": "",
        "region": "",
        "split": "train",
        "subset": None,
        "events": [],
        "references": [],
    }


@cache
def _own(name: str) -> str:
    return Path(__file__).with_name(name).read_text(encoding="utf-8")


def _hash(content: str) -> str:
    return "'sha256-" + base64.b64encode(hashlib.sha256(content.encode()).digest()).decode() + "'"


def _document(title: str, parts: Sequence[object]) -> str:
    """The whole page. Its policy lets in nothing but the style and the script that are in it."""
    style, script = _own("style.css"), _own("script.js")
    allowed = f"default-src 'none'; style-src {_hash(style)}; script-src {_hash(script)}"
    policy = f"{allowed}; base-uri 'none'; form-action 'none'"
    head = tag(
        "head",
        tag("meta", charset="utf-8"),
        Html(GENERATOR),
        Html(f'<meta http-equiv="Content-Security-Policy" content="{policy}">'),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("meta", name="referrer", content="no-referrer"),
        tag("meta", name="color-scheme", content="light dark"),
        tag("title", f"{plain(title)} – BILAN"),
        Html(f"<style>{style}</style>"),
    )
    foot = tag(
        "footer",
        "BILAN: who says how many. Every figure is tied to the event it counts and to the source that gave it.",
    )
    body = tag("body", tag("main", *parts), foot, Html(f"<script>{script}</script>"))
    return f"<!doctype html>\n{tag('html', head, body, lang=PAGE_LANG)}\n"
