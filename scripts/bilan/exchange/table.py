"""A CSV file of figures: one row a figure, for people who live in spreadsheets.

``figures.csv`` is UTF-8 with a byte order mark (Excel needs it to show é), with commas and CRLF; ``figures-legend.txt``
says what the columns mean. Columns whose head ends with * may be edited, and come back; the others are to be read.
Rows may be sorted and taken out, columns added and moved. Reading takes commas, semicolons and tabs, decimal commas,
UTF-16 and Windows-1252 as well, as spreadsheets save them.

A cell that a program would take for a formula (it begins with = + - @), and words that it would take for a number,
stand behind an apostrophe, which is taken off on reading. The last column locks the row: the SHA-256 of the article's
text and check sums of the cells (``cells``).
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence

from bilan import labels
from bilan.exchange import cells, pages
from bilan.exchange.parts import Carried
from bilan.exchange.tableread import read
from bilan.exchange.tablerows import COLUMNS, EDITABLE, LOCK, NUMBERS, heads
from bilan.model import Json
from bilan.tables import views

__all__ = ["CARRIED", "read", "write"]

_TO_READ = Carried("partly", "to read beside each figure; does not come back")

CARRIED = {
    "figures.labels": Carried("shown", "columns of*, measure*, scope*"),
    "figures.value": Carried("shown", "columns stated*, low*, high*, modifier*, unit*"),
    "text": Carried("partly", "the sentences of figures, to read"),
    "figures": Carried("partly", "words and sentence, to read; offsets are not there"),
    "entities.identity": Carried("partly", "names of sides and places, to read"),
    "times.value": Carried("partly", "the period of a figure, to read"),
    "events.labels": Carried("partly", "type and date of a figure's event, to read"),
    "events.arrows": Carried("partly", "places of a figure's event, to read"),
    "figures.arrows": _TO_READ,
    "sources": Carried("partly", "the words that name a source of a figure, to read"),
    "sources.labels": Carried("partly", "the kind of a source of a figure, to read"),
    "attributions.labels": _TO_READ,
    "attributions.arrows": Carried("partly", "who says a figure, through whom, to read"),
    "references": Carried("partly", "the pages of a figure and of who says it, to read"),
}


def write(articles: Sequence[Json]) -> Iterator[tuple[str, bytes]]:
    """One file of all figures, in the order of articles and texts, and its legend."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(heads())
    may = [column in EDITABLE for column in COLUMNS]
    for article in articles:
        for row in _rows(article):
            line = [row[column] for column in COLUMNS]
            lock = cells.lock(article["text"]["sha256"], line, may)
            guarded = (cells.guarded(row[column], column not in NUMBERS) for column in COLUMNS)
            writer.writerow([*guarded, lock])
    yield "figures.csv", b"\xef\xbb\xbf" + out.getvalue().encode()
    yield "figures-legend.txt", b"\xef\xbb\xbf" + "".join(_legend()).replace("\n", "\r\n").encode()


def _rows(article: Json) -> Iterator[dict[str, str]]:
    view = views.view(article, {"subset": None, "split": None}, {})
    known = pages.of(article)
    for figure in sorted(article["figures"], key=lambda f: (f["start"], f["end"], f["id"])):
        event, side, period = (view.get(figure[key]) or {} for key in ("event", "entity", "period"))
        start, end = view.stretch([figure]) or (figure["start"], figure["end"])
        spoken = list(view.spoken(figure["id"]))
        behind = [*figure["references"], *(one["reference"] for one, _ in spoken if one["reference"])]
        yield {
            "article": view.id,
            "figure": figure["id"],
            "lang": article["lang"],
            "published": article["published"] or "",
            "sentence": (view.text or "")[start:end],
            "words": figure["surface"],
            **{key: figure[key] or "" for key in ("of", "measure", "scope", "modifier", "unit")},
            **{key: cells.number(figure[key]) for key in ("stated", "low", "high")},
            "event": figure["event"] or "",
            "event_type": event.get("type", ""),
            "event_date": event.get("date") or "",
            "event_places": _joined(view.by_id[place]["name"] for place in event.get("places", ())),
            "side": side.get("name", ""),
            "period": period.get("edtf") or period.get("duration") or "",
            "who_says": _joined(_claims(view, figure["id"])) or "the article itself",
            "source_words": _joined(
                mention["surface"] for _, source in spoken for mention in source["mentions"][:1]
            ),
            "source_kinds": _joined(source["kind"] for _, source in spoken),
            "stances": _joined(one["stance"] for one, _ in spoken),
            "hedged": _joined("yes" for one, _ in spoken if one["hedged"]),
            "pages": _joined(pages.said(known.get(page, {"id": page})) for page in behind),
        }


def _joined(some: Iterator[str]) -> str:
    """Each once, in order."""
    return " | ".join(dict.fromkeys(some))


def _claims(view: views.View, ident: str) -> Iterator[str]:
    """Who says a figure, one statement each: "JNIM [armed_group] claims, hedged; reported by RFI [media]"."""
    for attribution in view.holders.get(ident, ()):
        speakers = (view.by_id[source] for source in attribution["sources"])
        who = " + ".join(f"{view.source_name(one) or 'nobody named'} [{one['kind']}]" for one in speakers)
        said = f"{who} {attribution['stance']}"
        if attribution["hedged"]:
            said += ", hedged"
        if attribution["said"]:
            said += f", on {attribution['said']}"
        outer = view.through(attribution["id"])
        through = ", ".join(f"{one['name'] or 'nobody named'} [{one['kind']}]" for one in outer)
        yield f"{said}; reported by {through}" if through else said


def _legend() -> Iterator[str]:
    yield "Figures of BILAN: one row a figure\n\n"
    yield "To open it: Excel set to English opens figures.csv as it is. Excel set to French: Data, From Text/CSV\n"
    yield "(Données, À partir d'un fichier texte/CSV), comma, UTF-8. LibreOffice asks: comma, UTF-8.\n"
    yield "To bring it back: save as CSV UTF-8 (any separator), then: bilan import csv figures.csv\n\n"
    yield "Columns with * may be edited and come back. The others are to be read: what you change there does not.\n"
    yield "An apostrophe before words keeps programs from making a formula or a number of them.\n"
    yield "Rows may be sorted (whole rows, never one column) and taken out. Columns may be added.\n"
    yield f"Leave article, figure, words and {LOCK} alone: by these a row finds its figure again.\n\n"
    for column, head in zip((*COLUMNS, LOCK), heads(), strict=True):
        yield f"{head:<14} {COLUMNS.get(column, 'the lock of the row: leave it alone')}\n"
    for column, inventory in EDITABLE.items():
        if inventory:
            yield f"\n{column}* is one of\n"
            for name, entry in labels.inventory()[inventory].items():
                yield f"  {name:<18} {entry['description']}\n"
