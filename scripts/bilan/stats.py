"""What the corpus holds, counted: the tables of the data card and of ``bilan stats``."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path
from statistics import median

from bilan import corpus, labels
from bilan.model import Json

Table = tuple[list[str], list[list[str]]]
"""Head and rows of a table."""


def overview(data: corpus.Corpus) -> Table:
    """Stories, articles, words and annotations by split, with totals."""
    rows = []
    splits = [*labels.names("split"), "all"]
    for split in splits:
        articles = [a for a in data.articles.values() if split in (split_of(data, a), "all")]
        rows.append(
            [
                split,
                _n(len({a["story"] for a in articles})),
                _n(len(articles)),
                _n(sum(a["lang"] == "fr" for a in articles)),
                _n(sum(a["lang"] == "en" for a in articles)),
                _n(sum(len(a["text"].get("content", "").split()) for a in articles)),
                *(
                    _n(sum(len(a[layer]) for a in articles))
                    for layer in (
                        "entities",
                        "times",
                        "events",
                        "figures",
                        "sources",
                        "attributions",
                        "relations",
                    )
                ),
            ]
        )
    head = [
        "split",
        "stories",
        "articles",
        "French",
        "English",
        "words",
        "entities",
        "times",
        "events",
        "figures",
        "sources",
        "attributions",
        "relations",
    ]
    return head, rows


def split_of(data: corpus.Corpus, article: Json) -> str:
    """The published split of an article: wild if withheld, else its story's."""
    if article["text"]["access"] == "withheld":
        return "wild"
    split: str = data.stories[article["story"]]["split"]
    return split


def stories(data: corpus.Corpus) -> Table:
    """One row a story: country, date, split, articles, references, claims of deaths and how far they lie apart."""
    rows = []
    for ident, story in data.stories.items():
        articles = [a for a in data.articles.values() if a["story"] == ident]
        spread = "; ".join(
            f"{of} {measure} {low:,}–{high:,}"
            for measure, of, low, high in extremes(articles)
            if measure in ("killed", "neutralised")
        )
        langs = Counter(a["lang"] for a in articles)
        rows.append(
            [
                ident,
                story["split"],
                " ".join(f"{n} {lang}" for lang, n in sorted(langs.items())),
                _n(len(story["references"])),
                _n(len(claims(articles))),
                "yes" if rivals(articles) else "no",
                spread,
            ]
        )
    return [
        "story",
        "split",
        "articles",
        "references",
        "claims",
        "rival or revised",
        "stated numbers of the main event, least–most",
    ], rows


def claims(articles: Iterable[Json]) -> list[tuple[tuple[str, str], Json, Json]]:
    """Figures that count a story event: ((story event, measure), figure, article)."""
    out = []
    for article in articles:
        events = {event["id"]: event["story_event"] for event in article["events"]}
        for figure in article["figures"]:
            story_event = events.get(figure["event"] or "")
            if figure["scope"] == "event" and story_event:
                out.append(((story_event, figure["measure"]), figure, article))
    return out


def rivals(articles: Iterable[Json]) -> bool:
    """True if two claims about one story event and measure exclude each other: rival sources, or a revised toll.

    Two claims exclude each other if what they count is the same label and their intervals are disjoint. Parts
    of another figure are left out.
    """
    groups: dict[tuple[str, str, str], list[Json]] = {}
    for key, figure, article in claims(articles):
        parts = {relation["from"] for relation in article["relations"] if relation["type"] == "part_of"}
        if figure["id"] not in parts:
            groups.setdefault((*key, figure["of"]), []).append(figure)
    return any(_disjoint(a, b) for group in groups.values() for a in group for b in group)


def _disjoint(a: Json, b: Json) -> bool:
    return (a["high"] is not None and b["low"] > a["high"]) or (
        b["high"] is not None and a["low"] > b["high"]
    )


def extremes(articles: list[Json]) -> list[tuple[str, str, float, float]]:
    """(measure, of, least, greatest stated number) of the main story event, parts left out.

    For each measure only the kind of thing that most claims count: soldiers and civilians are not compared.
    """
    numbers: dict[tuple[str, str], list[float]] = {}
    for (story_event, measure), figure, article in claims(articles):
        parts = {relation["from"] for relation in article["relations"] if relation["type"] == "part_of"}
        if story_event == "main" and figure["stated"] is not None and figure["id"] not in parts:
            numbers.setdefault((measure, figure["of"]), []).append(figure["stated"])
    best: dict[str, tuple[int, str]] = {}
    for (measure, of), values in sorted(numbers.items()):
        if len(values) > best.get(measure, (1, ""))[0]:
            best[measure] = (len(values), of)
    return [
        (measure, of, min(numbers[measure, of]), max(numbers[measure, of]))
        for measure, (_, of) in sorted(best.items())
    ]


_COUNTED: dict[str, Callable[[Json], Iterable[str | None]]] = {
    "style": lambda a: [a["style"]],
    "entity_type": lambda a: [e["type"] for e in a["entities"]],
    "mention_kind": lambda a: [m["kind"] for e in a["entities"] for m in e["mentions"]],
    "time_kind": lambda a: [t["kind"] for t in a["times"]],
    "event_type": lambda a: [e["type"] for e in a["events"]],
    "participant_role": lambda a: [p["role"] for e in a["events"] for p in e["participants"]],
    "figure_of": lambda a: [f["of"] for f in a["figures"]],
    "measure": lambda a: [f["measure"] for f in a["figures"]],
    "scope": lambda a: [f["scope"] for f in a["figures"]],
    "modifier": lambda a: [f["modifier"] for f in a["figures"]],
    "source_kind": lambda a: [s["kind"] for s in a["sources"]],
    "source_form": lambda a: [s["form"] for s in a["sources"]],
    "stance": lambda a: [x["stance"] for x in a["attributions"]],
    "relation_type": lambda a: [r["type"] for r in a["relations"]],
}


def label_counts(data: corpus.Corpus) -> Table:
    """Every label of every inventory with its count and the number of stories in which it occurs."""
    rows = []
    for inventory, values in _COUNTED.items():
        counts: Counter[str] = Counter()
        seen: dict[str, set[str]] = {}
        for article in data.articles.values():
            for label in values(article):
                if label is not None:
                    counts[label] += 1
                    seen.setdefault(label, set()).add(article["story"])
        shown = [
            f"{label} {counts[label]} ({len(seen[label])})"
            for label in labels.names(inventory)
            if counts[label]
        ]
        unused = [label for label in labels.names(inventory) if not counts[label]]
        rows.append([inventory, ", ".join(shown), ", ".join(unused)])
    return ["inventory", "label count (stories)", "not used yet"], rows


FEW = 4
"""Stories in which a label should occur at least."""


def rare(data: corpus.Corpus) -> Table:
    """Labels of the annotation that occur in fewer than four stories."""
    rows = []
    for inventory, values in _COUNTED.items():
        seen: dict[str, set[str]] = {}
        for article in data.articles.values():
            for label in values(article):
                if label is not None:
                    seen.setdefault(label, set()).add(article["story"])
        few = [f"{n} {len(seen.get(n, ()))}" for n in labels.names(inventory) if len(seen.get(n, ())) < FEW]
        if few:
            rows.append([inventory, ", ".join(few)])
    return ["inventory", "label and number of stories"], rows


def countries(data: corpus.Corpus) -> Table:
    """Stories and articles by country, with the splits that they are in."""
    rows = []
    for country in sorted({story["country"] for story in data.stories.values()}):
        own = {ident: story for ident, story in data.stories.items() if story["country"] == country}
        articles = [a for a in data.articles.values() if a["story"] in own]
        splits = Counter(split_of(data, article) for article in articles)
        years = sorted({ident[3:7] for ident in own})
        shown = years[0] if len(years) == 1 else f"{years[0]}–{years[-1]}"
        places = ", ".join(f"{split} {splits[split]}" for split in labels.names("split") if splits[split])
        subset = "yes" if any(story["subset"] for story in own.values()) else ""
        region = "/".join(sorted({story["region"] for story in own.values()}))
        rows.append([country, region, _n(len(own)), _n(len(articles)), shown, places, subset])
    rows.sort(key=lambda row: (-int(row[2]), row[0]))
    return ["country", "region", "stories", "articles", "years", "articles by split", "unseen conflict"], rows


def years(data: corpus.Corpus) -> Table:
    """Stories by the year of the main event, articles by that in which they are dated."""
    of_stories = Counter(ident[3:7] for ident in data.stories)
    of_articles = Counter(a["published"][:4] if a["published"] else "undated" for a in data.articles.values())
    rows = [
        [year, _n(of_stories[year]), _n(of_articles[year])] for year in sorted({*of_stories, *of_articles})
    ]
    return ["year", "stories", "articles"], rows


def styles(data: corpus.Corpus) -> Table:
    """Open articles by style and language, with the least, median and greatest number of words."""
    rows = []
    found = [a for a in data.articles.values() if a["text"].get("content")]
    for style in (*labels.names("style"), "all"):
        own = [a for a in found if style in (a["style"], "all")]
        if own:
            counts = [_n(sum(a["lang"] == lang for a in own)) for lang in labels.names("lang")]
            lengths = sorted(_words(a) for a in own)
            rows.append([style, *counts, _n(lengths[0]), _n(int(median(lengths))), _n(lengths[-1])])
    return ["style", *labels.names("lang"), "fewest words", "median", "most words"], rows


def modifiers(data: corpus.Corpus) -> Table:
    """Figures by modifier, language and form of the number."""
    rows = []
    figures = [(article["lang"], f) for article in data.articles.values() for f in article["figures"]]
    for modifier in labels.names("modifier"):
        own = [(lang, f) for lang, f in figures if f["modifier"] == modifier]
        if own:
            digits = sum(any(c.isdigit() for c in f.get("surface") or "") for _, f in own)
            counts = [_n(sum(lang == one for lang, _ in own)) for one in labels.names("lang")]
            rows.append([modifier, *counts, f"{digits / len(own):.0%}"])
    return ["modifier", *labels.names("lang"), "in digits"], rows


def kinds(data: corpus.Corpus) -> Table:
    """Kinds of source: sources, statements, figures given, and how often the source is named."""
    rows = []
    for kind in labels.names("source_kind"):
        sources = statements = given = named = 0
        for article in data.articles.values():
            own = {source["id"] for source in article["sources"] if source["kind"] == kind}
            figures = {figure["id"] for figure in article["figures"]}
            sources += len(own)
            named += sum(source["named"] for source in article["sources"] if source["id"] in own)
            said = [a for a in article["attributions"] if own & set(a["sources"])]
            statements += len(said)
            given += len({ident for a in said for ident in a["content"]} & figures)
        if sources:
            rows.append([kind, _n(sources), _n(statements), _n(given), f"{named / sources:.0%}"])
    rows.sort(key=lambda row: -int(row[1].replace(",", "")))
    return ["kind of source", "sources", "statements", "figures given", "named"], rows


def _words(article: Json) -> int:
    return len(article["text"]["content"].split())


def summary(data: corpus.Corpus) -> str:
    """The corpus in one sentence, with the share of stories whose tolls differ."""
    articles = list(data.articles.values())
    differing = sum(rivals([a for a in articles if a["story"] == ident]) for ident in data.stories)
    attributed = {
        target for a in articles for x in a["attributions"] for target in [(a["id"], c) for c in x["content"]]
    }
    figures = [(a["id"], f["id"]) for a in articles for f in a["figures"]]
    share = sum(key in attributed for key in figures) / max(1, len(figures))
    return (
        f"{len(data.stories)} stories, {len(articles)} articles, {len(figures):,} figures, of which {share:.0%} are"
        f" attributed to a source; in {differing} of {len(data.stories)} stories two claims about the same event"
        " exclude each other (a rival claim or a revised toll)."
    )


def _n(value: float) -> str:
    return f"{value:,}"


def markdown(table: Table) -> str:
    """A table as Markdown."""
    head, rows = table
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    return "\n".join([*lines, *("| " + " | ".join(row) + " |" for row in rows)])


def plain(table: Table) -> str:
    """A table as aligned text; long last columns are left to wrap."""
    head, rows = table
    widths = [max(len(row[i]) for row in [head, *rows]) for i in range(len(head))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in [head, *rows]
    )


TABLES: dict[str, Callable[[corpus.Corpus], Table]] = {
    "overview": overview,
    "countries": countries,
    "years": years,
    "styles": styles,
    "modifiers": modifiers,
    "kinds": kinds,
    "stories": stories,
    "labels": label_counts,
    "rare": rare,
}


def renderer(folder: Path) -> Callable[[str], str]:
    """A function that renders a statistics block of a document by its name."""
    cache: list[corpus.Corpus] = []

    def render(name: str) -> str:
        if not cache:
            cache.append(corpus.read(folder))
        return summary(cache[0]) if name == "summary" else markdown(TABLES[name](cache[0]))

    return render
