"""What of a CAS is ours, taken out before a library reads it, and bounded.

cassis makes Python classes out of the types of a file, and with them code out of names; a file from elsewhere may
have any. So types of the file are not used, and of its feature structures only those of our types go on, with the
features of our type system.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import accumulate
from typing import Any

from bilan.exchange import joining
from bilan.exchange.cas import types
from bilan.exchange.regions import FATE, FIELDS
from bilan.model import Json

MAX_STRUCTURES = 200_000
MAX_FEATURES = 200
MAX_TEXT = 1_000_000
"""Bounds: feature structures of a document, features of one of them, code points of a text. INCEpTION exports some
thousands, 40, and an article."""

_VIEW = "_InitialView"
_SOFA = "uima.cas.Sofa"
_FEATURES = {
    types.MARK: {types.LABEL, types.RECORD, *FIELDS},
    types.ARROW: {types.LABEL, types.RECORD, FATE, f"@{types.SOURCE}", f"@{types.TARGET}"},
}
_KNOWN = ("uima.", "de.tudarmstadt.ukp.clarin.webanno.", "de.tudarmstadt.ukp.inception.")
"""Beginnings of types that are no annotation of anybody's: what UIMA and INCEpTION keep house with."""


@dataclass(slots=True)
class Sifted:
    """``document``: a CAS of our types only; ``metadata``: what the document says of itself; ``left``: annotations of
    other types, and features of ours that we do not know, by name; ``offsets_ok``: id of a mark → whether it lies in
    the text, on whole characters."""

    document: Json
    metadata: list[Json] = field(default_factory=list)
    left: Counter[str] = field(default_factory=Counter)
    offsets_ok: dict[int, bool] = field(default_factory=dict)


def sift(data: Any, file: str) -> Sifted:
    """Raises BilanError (B861) where this is no CAS in JSON, or beyond the bounds."""
    if not isinstance(data, dict) or "%FEATURE_STRUCTURES" not in data or "%VIEWS" not in data:
        message = "JSON, but no UIMA CAS: there is no %FEATURE_STRUCTURES, or no %VIEWS"
        raise joining.none_of_the_format(
            message, "export the document as UIMA CAS JSON (not the legacy one)", file
        )
    structures = list(_structures(data["%FEATURE_STRUCTURES"], file))
    sofa = next((one for one in structures if _is_text(one)), None)
    if sofa is None:
        raise joining.none_of_the_format("it holds no text", "export the document as UIMA CAS JSON", file)
    text: str = sofa["sofaString"]
    if len(text) > MAX_TEXT:
        message = f"a text of {len(text):,} code points; {MAX_TEXT:,} at most"
        raise joining.none_of_the_format(message, "split the document", file)
    edges = set(accumulate((1 + (char > "\uffff") for char in text), initial=0))
    kept: list[Json] = [
        {"%ID": sofa["%ID"], "%TYPE": _SOFA, "sofaNum": 1, "sofaID": _VIEW, "sofaString": text}
    ]
    out = Sifted({})
    for one in structures:
        name = one["%TYPE"]
        if name in _FEATURES and one.get("@sofa", sofa["%ID"]) != sofa["%ID"]:
            out.left[f"{name} of another view"] += 1
        elif name in _FEATURES:
            start, end = one.get("begin", 0), one.get("end", 0)
            whole = isinstance(start, int) and isinstance(end, int) and start < end
            out.offsets_ok[one["%ID"]] = whole and start in edges and end in edges
            place = {"begin": start, "end": end} if out.offsets_ok[one["%ID"]] else {"begin": 0, "end": 0}
            kept.append(
                {"%ID": one["%ID"], "%TYPE": name, "@sofa": sofa["%ID"], **place, **_values(one, out.left)}
            )
        elif name == types.METADATA:
            out.metadata.append(one)
        elif name not in (types.SENTENCE, types.TOKEN) and not name.startswith(_KNOWN):
            out.left[name.rpartition(".")[2][:80]] += 1
    ids = {one["%ID"] for one in kept}
    for one in kept:  # an arrow to what is no mark has no end
        for key in (f"@{types.SOURCE}", f"@{types.TARGET}"):
            if one.get(key) not in ids:
                one.pop(key, None)
    members = [one["%ID"] for one in kept[1:]]
    out.document = {
        "%FEATURE_STRUCTURES": kept,
        "%VIEWS": {_VIEW: {"%SOFA": sofa["%ID"], "%MEMBERS": members}},
    }
    return out


def _structures(found: Any, file: str) -> Iterator[Json]:
    """Feature structures, each with its %ID and %TYPE, from the list or the mapping that a file may have."""
    if isinstance(found, dict):
        found = [
            {**one, "%ID": int(key)}
            for key, one in found.items()
            if isinstance(one, dict) and key.isdecimal() and len(key) < 19
        ]
    if not isinstance(found, list):
        raise joining.none_of_the_format("%FEATURE_STRUCTURES is no list", "export it anew", file)
    if len(found) > MAX_STRUCTURES:
        message = f"{len(found):,} feature structures; {MAX_STRUCTURES:,} at most"
        raise joining.none_of_the_format(message, "split the document", file)
    seen = set()
    for one in found:
        if (
            not isinstance(one, dict)
            or type(one.get("%ID")) is not int
            or not isinstance(one.get("%TYPE"), str)
        ):
            message = "a feature structure has no whole number as %ID, or no %TYPE"
            raise joining.none_of_the_format(message, "export it anew", file)
        if len(one) > MAX_FEATURES:
            message = f"the feature structure {one['%ID']} has {len(one):,} features; {MAX_FEATURES} at most"
            raise joining.none_of_the_format(message, "export it anew", file)
        if one["%ID"] in seen:
            message = f"the id {one['%ID']} is here twice"
            raise joining.none_of_the_format(message, "export it anew", file)
        seen.add(one["%ID"])
        yield one


def _is_text(one: Json) -> bool:
    return one["%TYPE"] == _SOFA and one.get("sofaID") == _VIEW and isinstance(one.get("sofaString"), str)


def _values(one: Json, left: Counter[str]) -> Json:
    """The features that we know, if plain; links are checked elsewhere."""
    out = {}
    for key, value in one.items():
        if key.startswith("%") or key in ("begin", "end", "@sofa") or value is None:
            continue
        if key in _FEATURES[one["%TYPE"]] and isinstance(value, (str, bool, int, float)):
            out[key] = value
        else:
            left[f"feature {key[:80]} of {one['%TYPE']}"] += 1
    return out
