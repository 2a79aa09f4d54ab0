"""The type system of our annotation, and the same as layers with tag sets for INCEpTION.

INCEpTION takes a type for a relation layer if it has exactly two features that are no plain values, named Governor and
Dependent, both of one span type (its ``TypeSystemAnalysis``). Arrows of ours join records of different layers, so all
stretches are of one span type, ``bilan.Mark``, told apart by its feature ``label``.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from bilan import labels
from bilan.exchange import graph as graphs
from bilan.exchange.regions import FATE, FIELDS, LABELS

if TYPE_CHECKING:
    from cassis import TypeSystem

MARK = "bilan.Mark"
ARROW = "bilan.Arrow"
LABEL = "label"
RECORD = "bilan_id"
"""Of a mark the id of its record, on every stretch of it; of an arrow the id of a relation."""
SOURCE, TARGET = "Governor", "Dependent"

SENTENCE = "de.tudarmstadt.ukp.dkpro.core.api.segmentation.type.Sentence"
TOKEN = "de.tudarmstadt.ukp.dkpro.core.api.segmentation.type.Token"
METADATA = "de.tudarmstadt.ukp.dkpro.core.api.metadata.type.DocumentMetaData"
METADATA_FEATURES = ("documentTitle", "documentId", "documentUri", "collectionId", "documentBaseUri")

STRING, BOOLEAN = "uima.cas.String", "uima.cas.Boolean"
_ANNOTATION, _DOCUMENT = "uima.tcas.Annotation", "uima.tcas.DocumentAnnotation"


def range_of(name: str) -> str:
    """The UIMA type of a value. Numbers are strings: UIMA's Float has 24 bits, and 16,777,217 is none of its values."""
    return BOOLEAN if FIELDS[name][1] in graphs.FLAGS else STRING


def type_system() -> TypeSystem:
    """Segmentation and metadata by the names of DKPro Core, our marks and our arrows."""
    from cassis import TypeSystem

    out = TypeSystem(add_document_annotation_type=True)
    metadata = out.create_type(METADATA, _DOCUMENT)
    for name in METADATA_FEATURES:
        out.create_feature(metadata, name, STRING)
    out.create_feature(metadata, "isLastSegment", BOOLEAN)
    for name in (SENTENCE, TOKEN):
        out.create_type(name, _ANNOTATION)
    mark = out.create_type(MARK, _ANNOTATION, "A stretch of a record of BILAN")
    out.create_feature(mark, LABEL, STRING, description="what the stretch is")
    out.create_feature(mark, RECORD, STRING, description="stretches with the same id are one record")
    for name, (layer, key) in FIELDS.items():
        out.create_feature(mark, name, range_of(name), description=f"{layer}: {key}")
    arrow = out.create_type(ARROW, _ANNOTATION, "A link between two records of BILAN")
    for name in (SOURCE, TARGET):
        out.create_feature(arrow, name, mark)
    out.create_feature(arrow, LABEL, STRING, description="what the link is")
    out.create_feature(arrow, FATE, STRING, description="of a participant: what happened to it")
    out.create_feature(arrow, RECORD, STRING, description="id of a relation")
    return out


# --- layers for INCEpTION --------------------------------------------------------------------------------


def layers() -> bytes:
    """The two layers as INCEpTION exports layers (its ``ExportedAnnotationLayer``), with our labels as tag sets."""
    mark = [_feature(LABEL, 0, tags=dict.fromkeys(LABELS, "")), _feature(RECORD, 1)]
    for rank, (name, place) in enumerate(FIELDS.items(), 2):
        mark.append(_feature(name, rank, range_of(name), _described(graphs.INVENTORIES.get(place))))
    arrow = [
        _feature(LABEL, 0, tags=dict.fromkeys((*graphs.ENDS, graphs.MEMBER), ""), tag_set="bilan arrow"),
        _feature(FATE, 1, tags=_described("measure")),
        _feature(RECORD, 2),
    ]
    out = [
        _layer(MARK, "BILAN mark", "span", mark),
        {**_layer(ARROW, "BILAN arrow", "relation", arrow), "attach_type": {"name": MARK}},
    ]
    return (json.dumps(out, ensure_ascii=False, indent=1) + "\n").encode()


def _described(inventory: str | None) -> dict[str, str] | None:
    """Label → what it means."""
    if inventory is None:
        return None
    return {name: str(one["description"]) for name, one in labels.inventory()[inventory].items()}


def _layer(name: str, title: str, kind: str, features: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "name": name,
        "uiName": title,
        "type": kind,
        "enabled": True,
        "built_in": False,
        "readonly": False,
        "cross_sentence": True,
        "show_hover": True,
        "anchoring_mode": "CHARACTERS",
        "overlap_mode": "ANY_OVERLAP",
        "validation_mode": "NEVER",
        "linked_list_behavior": False,
        "features": features,
    }


def _feature(
    name: str, rank: int, kind: str = STRING, tags: dict[str, str] | None = None, tag_set: str = ""
) -> dict[str, Any]:
    out: dict[str, Any] = {
        "name": name,
        "uiName": name.replace("_", " "),
        "type": kind,
        "enabled": True,
        "visible": name
        in (LABEL, "figure_of", "measure", "entity_type", "event_type", "stance", "source_kind"),
        "include_in_hover": True,
        "required": False,
        "curatable": True,
        "multi_value_mode": "NONE",
        "link_mode": "NONE",
        "rank": rank,
    }
    if tags is not None:
        out["tag_set"] = {
            "name": tag_set or f"bilan {name}",
            "language": "en",
            "tags": [{"tag_name": tag, "tag_description": said} for tag, said in tags.items()],
            "create_tag": False,
        }
    return out
