"""A CAS read as INCEpTION exports it: our marks and arrows, and what the document says of itself."""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bilan.checks import parse
from bilan.checks.tree import shown
from bilan.exchange import joining
from bilan.exchange.cas import sifting, types
from bilan.exchange.formats import Read
from bilan.exchange.joining import Faults
from bilan.exchange.regions import FATE, FIELDS, ID, Link, Region
from bilan.incidents import BilanError, Incident
from bilan.model import Json

if TYPE_CHECKING:
    from cassis import Cas

_ARTICLE = re.compile(r"([a-z]{2}-[0-9]{4}-[0-9]{2}-[0-9]{2}-[a-z0-9-]+\.[a-z]{2}\.[0-9]+)(?:\.[a-z]+)*\Z")
_NOBODY = ("INITIAL_CAS", "INITIAL_SET", "CURATION_USER")
"""What INCEpTION calls the document as it came in, and the curated one: no annotators."""


def read(path: Path) -> Read | None:
    """The annotation in a file; None for our layers and types. Raises BilanError (B861) where it is no CAS."""
    file = shown(path)
    raw = parse.read_bytes(path, file)
    if isinstance(raw, Incident):
        raise BilanError(raw)
    if raw.lstrip().startswith(b"<") and b"<typeSystemDescription" in raw[:1000]:
        return None
    data = _loaded(raw, file)
    if isinstance(data, list) and any(
        isinstance(one, dict) and one.get("name") == types.MARK for one in data
    ):
        return None
    sifted = sifting.sift(data, file)
    out = Read("", file)
    faults = Faults(file)
    out.id, out.annotator = _names(sifted.metadata, path)
    out.notes = _notes(sifted.left)
    cas = _cas(sifted, file)
    text = cas.sofa_string or ""
    marks = _marks(cas, sifted.offsets_ok, faults)
    arrows = _arrows(cas, faults)
    out.graph = joining.build(out.id, text, marks, arrows, faults)
    if faults.found:
        out.graph, out.incidents = None, faults.found
    return out


def _loaded(raw: bytes, file: str) -> Any:
    if raw.lstrip().startswith(b"<"):
        message = "this is XML, perhaps XMI"
        raise joining.none_of_the_format(message, "export the document as UIMA CAS JSON", file)
    if raw.startswith(b"PK"):
        message = "this is a zip file"
        raise joining.none_of_the_format(message, "unpack it, and give the .json files in it", file)
    try:
        return json.loads(raw.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        message = f"byte 0x{raw[error.start]:02x} at {error.start:,} is not UTF-8"
        raise joining.none_of_the_format(message, "export it anew", file) from None
    except RecursionError:
        raise joining.none_of_the_format("nested too deep", "export it anew", file) from None
    except ValueError as error:
        raise joining.none_of_the_format(f"no JSON: {error}", "export it anew", file) from None


def _cas(sifted: sifting.Sifted, file: str) -> Cas:
    from cassis import load_cas_from_json

    try:
        return load_cas_from_json(
            json.dumps(sifted.document), typesystem=types.type_system(), merge_typesystem=False
        )
    except (
        Exception
    ) as error:  # cassis raises whatever its parts do; what it was given is sound but for values
        message = f"no CAS that dkpro-cassis can read: {type(error).__name__}: {str(error)[:200]}"
        raise joining.none_of_the_format(message, "export it anew", file) from error


def _names(metadata: list[Json], path: Path) -> tuple[str, str]:
    """The id of the article and the annotator. INCEpTION writes the name of the document as title and that of the user
    as id; of an exported project the folder has the name of the document, and the file that of the user."""
    said = [one.get(key) for key in ("documentTitle", "documentId") for one in metadata]
    places = [*(one for one in said if isinstance(one, str)), path.name, path.parent.name]
    matches = [found.group(1) for place in places if (found := _ARTICLE.match(place))]
    ident = matches[0] if matches else path.name.removesuffix(".json")
    users = [one.get("documentId") for one in metadata]
    if not metadata and _ARTICLE.match(path.parent.name):
        users = [path.name.removesuffix(".json")]
    named = [one for one in users if isinstance(one, str) and one.strip() and not _ARTICLE.match(one)]
    annotator = next((one for one in named if one not in _NOBODY), "")
    return ident, "".join(char for char in annotator if char.isprintable())[:80]


def _notes(left: Counter[str]) -> list[str]:
    return [f"{count} × {name!r} is left out: it is none of ours" for name, count in sorted(left.items())]


def _marks(cas: Cas, offsets_ok: dict[int, bool], faults: Faults) -> list[Region]:
    out = []
    for one in _of(cas, types.MARK):
        key = str(one.xmiID)
        if not offsets_ok.get(one.xmiID):
            message = f"the mark {key} lies from {one.begin} to {one.end}: that is no stretch of the text"
            faults.add(0, message, "mark words anew")
            continue
        values = {}
        for name in FIELDS:
            value = getattr(one, name, None)
            if value is not None and value is not False:
                values[name] = "true" if value is True else str(value)
        words = (cas.sofa_string or "")[one.begin : min(one.end, one.begin + 40)]
        region = Region(
            key, _text(one.label), [(one.begin, one.end)], _text(one.bilan_id), values, words=words
        )
        if region.label:
            out.append(region)
        else:
            faults.add(0, f"the mark {region} has no label", "choose one, or take it out")
    return out


def _arrows(cas: Cas, faults: Faults) -> list[Link]:
    out = []
    for one in _of(cas, types.ARROW):
        source, target = getattr(one, types.SOURCE), getattr(one, types.TARGET)
        if source is None or target is None:
            faults.add(
                0, f"the arrow {one.xmiID} has no {'start' if source is None else 'end'}", "draw it anew"
            )
            continue
        values = {FATE: _text(one.fate), ID: _text(one.bilan_id)}
        out.append(Link(_text(one.label), str(source.xmiID), str(target.xmiID), values))
    return out


def _of(cas: Cas, name: str) -> list[Any]:
    return sorted(cas.select(name), key=lambda one: (one.begin, -one.end, one.xmiID))


def _text(value: object) -> str:
    return "" if value is None else str(value).strip()
