"""UIMA CAS JSON 0.4 as INCEpTION imports and exports it ("UIMA CAS JSON"), by dkpro-cassis.

``write`` gives ``<id>.json`` for each article, and ``layers.json`` and ``typesystem.xml``: INCEpTION keeps only what
the layers of the project have, so one of the two is imported first (Settings, Layers; ``layers.json`` brings our labels
as tag sets, so that they are chosen and not typed). In a document:

* ``bilan.Mark``, a span layer: a stretch. ``label`` is one of ``graph.MARKS``, or ``unworded_source`` or
  ``unworded_attribution`` for a record without words; stretches with the same ``bilan_id`` are one record; the values
  (``figure_of``, ``low`` …) are on the first of them. A user gives new stretches no ``bilan_id``, or the same invented
  one if they are one record;
* ``bilan.Arrow``, a relation layer between marks, from Governor to Dependent: ``label`` says which; ``fate`` belongs to
  participants; ``bilan_id`` to relations. An arrow ``same`` joins two stretches to one record as well;
* sentences and tokens (DKPro Core) of ``bilan.segment``, the language, and DocumentMetaData with the id of the article.

One span layer and not one a layer of ours, since INCEpTION's relations join two annotations of one layer.

Offsets in the file count UTF-16 units, here code points; cassis converts. Reading takes only our types out of the file,
by our own type system, before cassis sees it: names of types and features of a file become Python code in cassis.
XMI, and zip files of a project, are not read: export the document as UIMA CAS JSON.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from bilan.exchange.formats import Read
from bilan.exchange.parts import Carried
from bilan.model import Json

_MARK = Carried("shown", "bilan.Mark")
_FEATURE = Carried("shown", "features of bilan.Mark")
_ARROW = Carried("shown", "bilan.Arrow")
_CLUSTER = Carried("shown", "bilan.Mark, one bilan_id")

CARRIED: dict[str, Carried] = {
    "text": Carried("shown", "the sofa"),
    "zones": _MARK,
    "zones.kind": _FEATURE,
    "entities": _CLUSTER,
    "entities.labels": _FEATURE,
    "entities.identity": _FEATURE,
    "times": _MARK,
    "times.value": _FEATURE,
    "events": _CLUSTER,
    "events.labels": _FEATURE,
    "events.arrows": Carried("shown", "bilan.Arrow, with fate"),
    "figures": _MARK,
    "figures.labels": _FEATURE,
    "figures.value": _FEATURE,
    "figures.arrows": _ARROW,
    "sources": Carried("shown", "bilan.Mark, one bilan_id; without words: unworded_source"),
    "sources.labels": _FEATURE,
    "sources.arrows": _ARROW,
    "attributions": Carried("shown", "bilan.Mark, one bilan_id; without words: unworded_attribution"),
    "attributions.quotes": _MARK,
    "attributions.labels": _FEATURE,
    "attributions.arrows": _ARROW,
    "references": _FEATURE,
    "relations": Carried("shown", "bilan.Arrow, with bilan_id"),
}


def write(articles: Sequence[Json]) -> Iterator[tuple[str, bytes]]:
    """Layers and type system, then a CAS for each article."""
    from bilan.exchange.cas import types, writing

    system = types.type_system()
    yield "layers.json", types.layers()
    yield "typesystem.xml", system.to_xml().encode()
    for article in articles:
        yield f"{article['id']}.json", writing.document(article, system)


def read(path: Path) -> Iterator[Read]:
    """The annotation in a CAS; nothing for ``layers.json`` and ``typesystem.xml``. Raises BilanError (B861)."""
    from bilan.exchange.cas import reading

    found = reading.read(path)
    if found is not None:
        yield found
