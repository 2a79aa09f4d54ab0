r"""CoNLL-U Plus: one token a line, a column for every layer; nesting, clusters, values and links are kept.

    # global.columns = ID FORM MISC BILAN:ZONE BILAN:ENTITY BILAN:TIME BILAN:EVENT BILAN:FIGURE …
    # newdoc id = ml-2025-05-23-dioura.en.1
    # sent_id = ml-2025-05-23-dioura.en.1/1
    # text = Some 40 soldiers reported dead after jihadists overrun camp in central Mali
    # bilan.f1 = {"layer":"figures","of":"soldiers","measure":"killed",…,"arrows":[["counts","ev1"],["side","e10"]]}
    1   Some       _   (z1-headline   *                           *   *   (f1-killed   *   *
    2   40         _   *              *                           *   *   *            *   *
    3   soldiers   _   *              *                           *   *   f1)          *   *

**Columns.** A stretch opens on its first token with ``(id-label``, closes on its last with ``id)``, and stands whole on
a single one as ``(id-label)``, as in the Entity annotation of Universal Anaphora and CorefUD; stretches that share an
id are one record. A closing bracket closes what was opened last with its id. ``*`` says that nothing begins or ends
here, as in PARSEME's CUPT. The label is the type of the record; for entities and attributions the kind of stretch
follows (``(e3-place-name``, ``(a1-states-cue``). Where stretches of one record overlap, they are told apart by a number
(``(e1[2]-place-name`` … ``e1[2])``); where a stretch does not begin and end with tokens, its code points in the
document follow (``(f1@30:57-killed``).

**Comments.** ``# bilan.ID`` in front of a sentence is the record whose first stretch begins in it (of the first
sentence, where it has none): one line of JSON with the layer, every value, and the arrows that start there, each
``[label, end]`` or ``[label, end, {values}]``. Relations of figures are arrows.

**Text.** Exact, by MISC: SpaceAfter=No, and UDPipe's SpacesAfter and SpacesBefore with ``\s \t \r \n \p \\``; other
control characters and line separators as ``\uXXXX``. Without either, one space follows. ``# text`` has one space for
any white space. A token in which a stretch begins or ends is cut there.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise

from bilan.exchange import graph as graphs
from bilan.exchange import pieces
from bilan.exchange.graph import Graph, Mark
from bilan.exchange.parts import PARTS, Carried
from bilan.incidents import BilanError, Incident
from bilan.model import Json
from bilan.segment import Interval

COLUMNS = {
    "zones": "BILAN:ZONE",
    "entities": "BILAN:ENTITY",
    "times": "BILAN:TIME",
    "events": "BILAN:EVENT",
    "figures": "BILAN:FIGURE",
    "sources": "BILAN:SOURCE",
    "attributions": "BILAN:ATTRIBUTION",
}

LABEL = {
    "zones": "kind",
    "entities": "type",
    "times": "kind",
    "events": "type",
    "figures": "measure",
    "sources": "kind",
    "attributions": "stance",
}
"""Layer → the value that stands as label in the columns."""

_STRETCHES = Carried("shown", "brackets with the id in the column of the layer")
_COMMENT = Carried("kept", "JSON in the comment # bilan.ID")

CARRIED = {
    **dict.fromkeys(PARTS, _COMMENT),
    **dict.fromkeys((*COLUMNS, "attributions.quotes"), _STRETCHES),
    "text": Carried("shown", "SpaceAfter, SpacesAfter, SpacesBefore in MISC"),
    "relations": Carried("kept", "arrows in the comment # bilan.ID"),
}


def write(articles: Sequence[Json]) -> Iterator[tuple[str, bytes]]:
    """One file an article."""
    for article in articles:
        yield f"{article['id']}.conllup", "".join(_document(article)).encode()


def _document(article: Json) -> Iterator[str]:
    graph = graphs.of(article)
    sentences = pieces.of(article, graph)
    if not sentences:
        message = f"the text of {graph.id} is white space: there is no token to put a column beside"
        raise BilanError(Incident("B864", message, "leave it out", file=graph.id))
    yield f"# global.columns = {' '.join(('ID', 'FORM', 'MISC', *COLUMNS.values()))}\n"
    yield f"# newdoc id = {graph.id}\n"
    head = {
        "lang": article["lang"],
        "published": article["published"],
        "licence": article["text"]["licence"],
        "attribution": article["text"]["attribution"],
        "sha256": article["text"]["sha256"],
    }
    for key, value in head.items():
        if value is not None:
            yield f"# {key} = {_line(str(value))}\n"
    everything = [token for sentence in sentences for token in sentence]
    cells = _cells(graph, everything)
    records = _records(graph, sentences)
    number, before = 0, 0
    for i, sentence in enumerate(sentences):
        start, end = sentence[0][0], sentence[-1][1]
        if i and "\n\n" in graph.text[before:start]:
            yield "# newpar\n"
        yield f"# sent_id = {graph.id}/{i + 1}\n"
        yield f"# text = {' '.join(graph.text[start:end].split())}\n"
        for ident in records.get(i, ()):
            yield f"# bilan.{ident} = {_record(graph, ident)}\n"
        for j, (a, b) in enumerate(sentence, 1):
            after = everything[number + 1][0] if number + 1 < len(everything) else len(graph.text)
            first = graph.text[:a] if number == 0 else ""
            columns = [str(j), graph.text[a:b], _misc(first, graph.text[b:after])]
            columns += ["".join(cells[layer].get(number, ["*"])) for layer in COLUMNS]
            yield "\t".join(columns) + "\n"
            number += 1
        yield "\n"
        before = end


# --- text ------------------------------------------------------------------------------------------------

_ESCAPES = {" ": "\\s", "\t": "\\t", "\r": "\\r", "\n": "\\n", "|": "\\p", "\\": "\\\\"}
_SPECIAL = re.compile("[ \t\r\n|\\\\\x00-\x1f\x7f-\x9f\u2028\u2029]")


def _escape(text: str) -> str:
    return _SPECIAL.sub(lambda match: _ESCAPES.get(match[0], f"\\u{ord(match[0]):04X}"), text)


def _misc(before: str, after: str) -> str:
    said = [f"SpacesBefore={_escape(before)}"] if before else []
    if after == "":
        said.append("SpaceAfter=No")
    elif after != " ":
        said.append(f"SpacesAfter={_escape(after)}")
    return "|".join(said) or "_"


def _line(text: str) -> str:
    return " ".join(text.split())


# --- columns ---------------------------------------------------------------------------------------------


def _cells(graph: Graph, tokens: Sequence[Interval]) -> dict[str, dict[int, list[str]]]:
    """Layer → number of a token → what opens and closes on it: first what closes, the inner before the outer; then
    what opens, the longer before the shorter; what stands on one token alone in its place among those."""
    out: dict[str, dict[int, list[str]]] = {layer: {} for layer in COLUMNS}
    starts = {start: i for i, (start, _) in enumerate(tokens)}
    ends = {end: i for i, (_, end) in enumerate(tokens)}
    numbers = _numbers(graph)
    spans = []
    for mark in set(graph.marks):
        first, last, exact = starts.get(mark.start), ends.get(mark.end), ""
        if first is None or last is None:  # it begins or ends in white space
            exact = f"@{mark.start}:{mark.end}"
            first = next((i for i, (_, end) in enumerate(tokens) if end > mark.start), len(tokens) - 1)
            last = next((i for i in range(len(tokens) - 1, -1, -1) if tokens[i][0] < mark.end), first)
        spans.append((first, max(first, last), exact, mark))
    opened = sorted(spans, key=lambda s: (s[0], -s[1], s[3]))
    closed = sorted(spans, key=lambda s: (s[1], -s[0], s[3]))
    for first, last, _, mark in closed:
        if first != last:
            ident = f"{mark.record}{numbers.get(mark, '')}"
            out[mark.layer].setdefault(last, []).append(f"{ident})")
    for first, last, exact, mark in opened:
        label = "-".join([str(graph.nodes[mark.record].values[LABEL[mark.layer]]), *_kind(mark)])
        ident = f"{mark.record}{numbers.get(mark, '')}{exact}"
        end = ")" if first == last else ""
        out[mark.layer].setdefault(first, []).append(f"({ident}-{label}{end}")
    return out


def _kind(mark: Mark) -> list[str]:
    if mark.layer == "entities":
        return [str(mark.kind)]
    return [mark.name] if mark.layer == "attributions" else []


def _numbers(graph: Graph) -> dict[Mark, str]:
    """[1], [2] … for the stretches of a record that has some that overlap."""
    out: dict[Mark, str] = {}
    for record in Counter(mark.record for mark in graph.marks):
        some = sorted(set(graph.marks_of(record)))
        in_order = sorted(some, key=lambda mark: (mark.start, mark.end))
        if any(a.end > b.start for a, b in pairwise(in_order)):
            out.update((mark, f"[{i}]") for i, mark in enumerate(in_order, 1))
    return out


# --- records ---------------------------------------------------------------------------------------------


def _records(graph: Graph, sentences: Sequence[Sequence[Interval]]) -> dict[int, list[str]]:
    """Number of a sentence → the records that are told of in front of it, in the order of the article."""
    firsts: dict[str, int] = {}
    for mark in graph.marks:
        firsts[mark.record] = min(mark.start, firsts.get(mark.record, mark.start))
    out: dict[int, list[str]] = {}
    for ident in graph.nodes:
        at = firsts.get(ident, 0)
        last = len(sentences) - 1
        place = next((i for i, sentence in enumerate(sentences) if sentence[-1][1] > at), last)
        out.setdefault(place, []).append(ident)
    return out


def _record(graph: Graph, ident: str) -> str:
    node = graph.nodes[ident]
    values = {key: value for key, value in node.values.items() if value not in (None, [])}
    arrows = []
    for arrow in graph.arrows:
        if arrow.source == ident:
            more = {key: value for key, value in arrow.values.items() if value is not None}
            arrows.append([arrow.label, arrow.target, *([more] if more else [])])
    whole = {"layer": node.layer, **values, **({"arrows": arrows} if arrows else {})}
    said = json.dumps(whole, ensure_ascii=False, separators=(",", ":"))
    return _SEPARATORS.sub(lambda match: f"\\u{ord(match[0]):04x}", said)


_SEPARATORS = re.compile("[\x7f-\x9f\u2028\u2029]")  # what some readers take for the end of a line
