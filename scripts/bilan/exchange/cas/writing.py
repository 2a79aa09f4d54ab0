"""An article as a CAS."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, Any

from bilan import segment
from bilan.exchange import graph as graphs
from bilan.exchange import regions
from bilan.exchange.cas import types
from bilan.model import Json

if TYPE_CHECKING:
    from cassis import TypeSystem


def document(article: Json, system: TypeSystem) -> bytes:
    """UIMA CAS JSON of an article with its text. The same bytes for the same article."""
    from cassis import Cas
    from cassis.typesystem import TypeSystemMode

    graph = graphs.of(article)
    cas = Cas(system, sofa_string=graph.text, sofa_mime="text/plain", document_language=article["lang"])
    for annotation in cas.select("uima.tcas.DocumentAnnotation"):
        cas.remove(annotation)  # DocumentMetaData is one, and there is one at most
    cas.add(
        system.get_type(types.METADATA)(
            begin=0,
            end=len(graph.text),
            language=article["lang"],
            documentTitle=graph.id,
            documentId=graph.id,
            isLastSegment=False,
        )
    )
    whole = [(mark.start, mark.end) for mark in graph.marks]
    sentences = segment.sentences(graph.text, whole)
    tokens, _ = segment.cut(segment.tokens(graph.text, article["lang"]), chain.from_iterable(sentences))
    for name, intervals in ((types.SENTENCE, sentences), (types.TOKEN, tokens)):
        kind = system.get_type(name)
        for start, end in intervals:
            cas.add(kind(begin=start, end=end))
    for annotation in _annotations(graph, system):
        cas.add(annotation)
    out: str = cas.to_json(pretty_print=False, type_system_mode=TypeSystemMode.MINIMAL)
    return out.encode() + b"\n"


def _annotations(graph: graphs.Graph, system: TypeSystem) -> list[Any]:
    mark_type, arrow_type = system.get_type(types.MARK), system.get_type(types.ARROW)
    all_regions, of_record = regions.regions(graph)
    record = {one.key: ident for ident, some in of_record.items() for one in some}
    marks = {}
    for one in all_regions:
        (start, end) = one.pieces[0]
        values: Json = {types.LABEL: one.label, types.RECORD: record[one.key]}
        for name, value in one.values.items():
            values[name] = value == "true" if types.range_of(name) == types.BOOLEAN else value
        marks[one.key] = mark_type(begin=start, end=end, **values)
    out = list(marks.values())
    for link in regions.links(graph, of_record):
        source, target = marks[link.source], marks[link.target]
        ends = {types.SOURCE: source, types.TARGET: target}
        values = {types.LABEL: link.label, regions.FATE: link.values.get(regions.FATE)}
        values[types.RECORD] = link.values.get(regions.ID)
        out.append(arrow_type(begin=target.begin, end=target.end, **ends, **values))
    return out
