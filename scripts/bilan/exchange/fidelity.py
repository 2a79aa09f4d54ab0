"""What survives export and import, measured: a format's own files are read back and compared part by part."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from bilan import model, stats
from bilan.exchange import assembly
from bilan.exchange import graph as graphs
from bilan.exchange.formats import FORMATS, Format
from bilan.exchange.parts import PARTS, Carried
from bilan.incidents import BilanError
from bilan.model import Json

LOST = Carried("lost")


@dataclass(frozen=True, slots=True)
class Measured:
    """Of one part: articles that have some of it, those in which all of it came back, and single items of both."""

    articles: int
    same: int
    items: int
    items_same: int


def measure(fmt: Format, articles: Sequence[Json]) -> dict[str, Measured]:
    """Part → what came back of it. Articles are written, read and put together on their bare texts, where nothing
    but the text, the head and the provenance helps. Raises BilanError where a document does not come back at all."""
    module = fmt.load()
    originals = {one["id"]: graphs.of(one) for one in articles}
    bare = {one["id"]: {**one, **{layer: [] for layer in model.LAYERS}} for one in articles}
    back: dict[str, graphs.Graph] = {}
    with tempfile.TemporaryDirectory() as folder:
        for name, data in module.write(articles):
            path = Path(folder, name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
        for path in sorted(p for p in Path(folder).rglob("*") if p.suffix in fmt.suffixes):
            for one in module.read(path):
                if one.incidents:
                    raise BilanError(one.incidents)
                if one.edits is not None:
                    back[one.id] = _of_edits(one.id, one.edits)
                if one.graph is not None:
                    back[one.id] = graphs.of(assembly.article(one.graph, bare[one.id], one.file))
    out = {}
    for name, part in PARTS.items():
        counts = [0, 0, 0, 0]
        for ident, original in originals.items():
            wanted = part.items(original)
            found = part.items(back[ident]) if ident in back else []
            if wanted or found:
                counts[0] += 1
                counts[1] += wanted == found
                counts[2] += len(wanted)
                counts[3] += len(set(wanted) & set(found))
        out[name] = Measured(*counts)
    return out


def _of_edits(ident: str, edits: dict[str, Json]) -> graphs.Graph:
    """The values that a format of values alone gives back, as a graph without stretches and arrows."""
    graph = graphs.Graph(ident, "")
    for record, values in edits.items():
        layer = graphs.layer_of(record)
        if layer is not None:
            graph.nodes[record] = graphs.Node(layer, record, values)
    return graph


def losses(fmt: Format, articles: Iterable[Json]) -> list[tuple[str, int, Carried]]:
    """What of these articles a format does not carry whole: (part, items, how).

    Parts of which there is nothing are left out.
    """
    carried = fmt.carried
    all_graphs = [graphs.of(one) for one in articles]
    out = []
    for name, part in PARTS.items():
        how = carried.get(name, LOST)
        count = sum(len(part.items(graph)) for graph in all_graphs)
        if how.how in ("partly", "lost") and count:
            out.append((name, count, how))
    return out


def table() -> stats.Table:
    """Parts by formats: shown, kept, partly or lost. What formats declare; the tests measure that it is true."""
    names = [fmt.name for fmt in FORMATS.values()]
    carried = {name: FORMATS[name].carried for name in names}
    lines = [
        [part.title, *(carried[name].get(key, LOST).how for name in names)] for key, part in PARTS.items()
    ]
    return ["part", *(FORMATS[name].title for name in names)], lines


def details(name: str) -> stats.Table:
    """How one format carries each part, in words."""
    carried = FORMATS[name].carried
    lines = [
        [part.title, carried.get(key, LOST).how, carried.get(key, LOST).note] for key, part in PARTS.items()
    ]
    return ["part", "", "how"], lines
