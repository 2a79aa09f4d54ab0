"""brat standoff: ``<id>.txt`` and ``<id>.ann`` for each article, with ``annotation.conf`` and ``visual.conf``.

How an annotation is said (``bilan.exchange.regions`` has the parts that brat shares with INCEpTION):

* T: a stretch, its type one of ``graph.MARKS`` (``figure``, ``trigger``, ``name`` …), or ``unworded_source`` or
  ``unworded_attribution`` for a record without words;
* R: an arrow, ``Arg1`` where it starts. Between two stretches of the records that it joins, the nearest;
* R ``same``: two stretches of one record, each joined with the next. Equiv lines (``* same T1 T4``) are read too and
  not written: when an arc of theirs is deleted, brat takes both its ends out of the set, and the rest falls apart;
* A: labels from our inventories and flags (``figure_of``, ``hedged``), on the first stretch of a record;
* ``# AnnotatorNotes``: what brat has no field for, as ``id=f1; low=41; high=41``: on the first stretch of a record its
  id and its numbers, names, dates and references; on an R line the id of a relation and the fate of a participant.

No E lines: an event of ours is a set of triggers, its arrows go to records and not to words, and figures and claims
point at it, which an E line would say in another way than every other arrow. One idiom for all arrows is less to learn.
An E line in a file is told of, with what to draw instead.

Reading: offsets are code points of the .txt beside the .ann. Of a stretch in pieces (``T1 name 0 5;16 23``) those with
only the end of a line between them are one stretch, as brat itself cuts; others are several stretches of the record
where it may have several, and an incident where it may have one. A .txt that an editor saved with a byte order mark,
CRLF or a last line end is read without them, whichever text the offsets count on: the words in the .ann decide.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path

from bilan.exchange import graph as graphs
from bilan.exchange import regions
from bilan.exchange.brat import config, notes, pieces
from bilan.exchange.formats import Read
from bilan.exchange.graph import Graph
from bilan.exchange.parts import Carried
from bilan.model import Json

_LINE = Carried("shown", "T lines")
_ATTRIBUTE = Carried("shown", "attributes")
_ARROW = Carried("shown", "R lines")

CARRIED: dict[str, Carried] = {
    "text": Carried("shown", "the .txt"),
    "zones": _LINE,
    "zones.kind": _ATTRIBUTE,
    "entities": Carried("shown", "T lines, joined by R lines `same`"),
    "entities.labels": _ATTRIBUTE,
    "entities.identity": Carried("kept", "notes: name, registry"),
    "times": _LINE,
    "times.value": Carried("kept", "attributes; notes: edtf, duration, clock"),
    "events": Carried("shown", "T lines, joined by R lines `same`"),
    "events.labels": Carried("kept", "attribute event_type; notes: date, story_event"),
    "events.arrows": Carried("shown", "R lines; fate in their notes"),
    "figures": _LINE,
    "figures.labels": _ATTRIBUTE,
    "figures.value": Carried("kept", "attribute modifier; notes: stated, low, high, unit"),
    "figures.arrows": _ARROW,
    "sources": Carried("shown", "T lines, joined by R lines `same`; without words: unworded_source"),
    "sources.labels": _ATTRIBUTE,
    "sources.arrows": _ARROW,
    "attributions": Carried(
        "shown", "T lines, joined by R lines `same`; without words: unworded_attribution"
    ),
    "attributions.quotes": _LINE,
    "attributions.labels": Carried("kept", "attributes; notes: said"),
    "attributions.arrows": _ARROW,
    "references": Carried("kept", "notes: references, reference"),
    "relations": Carried("shown", "R lines; ids in their notes"),
}


def write(articles: Sequence[Json]) -> Iterator[tuple[str, bytes]]:
    """The two configuration files, then text and annotation of each article."""
    yield "annotation.conf", config.annotation_conf().encode()
    yield "visual.conf", config.visual_conf().encode()
    for article in articles:
        graph = graphs.of(article)
        yield f"{graph.id}.txt", graph.text.encode()
        yield f"{graph.id}.ann", ann(graph).encode()


def ann(graph: Graph) -> str:
    """The .ann file of a graph."""
    all_regions, of_record = regions.regions(graph)
    lines: list[str] = []
    attributes: list[str] = []
    comments: list[str] = []

    def comment(target: str, values: dict[str, str]) -> None:
        if values:
            comments.append(f"#{len(comments) + 1}\tAnnotatorNotes {target}\t{notes.write(values)}")

    for one in all_regions:
        (start, end), target = one.pieces[0], f"T{one.key}"
        cut = pieces.split(graph.text, start, end)
        offsets = ";".join(f"{a} {b}" for a, b in cut)
        lines.append(f"{target}\t{one.label} {offsets}\t{pieces.words(graph.text, cut)}")
        noted = {regions.ID: one.id} if one.id else {}
        for name, value in one.values.items():
            layer, key = regions.FIELDS[name]
            if key in graphs.FLAGS:
                attributes.append(f"A{len(attributes) + 1}\t{name} {target}")
            elif (layer, key) in graphs.INVENTORIES:
                attributes.append(f"A{len(attributes) + 1}\t{name} {target} {value}")
            else:
                noted[name] = value
        comment(target, noted)
    same = [
        regions.Link(graphs.MEMBER, one.key, other.key)
        for some in of_record.values()
        for one, other in pairwise(some)
    ]
    for number, link in enumerate([*regions.links(graph, of_record), *same], 1):
        lines.append(f"R{number}\t{link.label} Arg1:T{link.source} Arg2:T{link.target}\t")
        comment(f"R{number}", link.values)
    return "".join(f"{line}\n" for line in (*lines, *attributes, *comments))


def read(path: Path) -> Iterator[Read]:
    """The annotation of one text: ``path`` is the .ann, the .txt lies beside it; nothing for such a .txt, and for the
    files of configuration, so that a whole folder can be given. Raises BilanError (B861)."""
    from bilan.exchange.brat import reading

    if path.suffix == ".conf" or (path.suffix == ".txt" and path.with_suffix(".ann").exists()):
        return
    yield reading.read(path)
