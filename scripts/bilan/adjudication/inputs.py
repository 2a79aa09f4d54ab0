"""The annotations that are to be settled: files or folders of two or more annotators, matched by article ids."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path

from bilan import jsonio, model, withhold
from bilan.adjudication import joining, questions
from bilan.adjudication.worksheet import Sheet
from bilan.agreement import Comparison, compare, files
from bilan.checks import spans
from bilan.incidents import BilanError, Incident
from bilan.model import Json

_BROKEN = ("B301", "B302", "B303", "B304", "B306")
"""Faults of level 3 with which an annotation cannot be compared: spans and references that lead nowhere."""


def read(places: Sequence[Path]) -> dict[str, list[tuple[str, Json]]]:
    """Article → its annotations in order of the places, each with the name of its place; what all places have.

    Raises BilanError (B874) for fewer than two places, (B810) where they have no article in common.
    """
    if len(places) < 2:
        message = "one annotation alone has nothing to settle"
        raise BilanError(Incident("B874", message, "give two or more annotations of the same articles"))
    found = [files.read(place) for place in places]
    common = sorted(set.intersection(*(set(one) for one in found)))
    if not common:
        message = f"no article is annotated in all of {', '.join(map(str, places))}"
        mend = "give annotations of the same articles"
        raise BilanError(Incident("B810", message, mend, file=str(places[-1])))
    return {
        ident: [(place.as_posix(), one[ident]) for place, one in zip(places, found, strict=True)]
        for ident in common
    }


def sheet(
    annotations: Sequence[tuple[str, Json]], text: str | None, adjudicator: str | None, guidelines: str | None
) -> Sheet:
    """The worksheet of one article. ``text``: the exact text of a withheld article.

    Raises BilanError: B810 for annotations of different texts, B862 for a withheld text that is not given, B306 for
    another text than that, and what makes an annotation unusable (other faults show when the gold article is checked).
    """
    articles = [article for _, article in annotations]
    first = articles[0]
    for place, other in annotations[1:]:
        if other["text"]["sha256"] != first["text"]["sha256"]:
            message = f"the annotations of {first['id']} are of different texts"
            raise BilanError(Incident("B810", message, "annotate the same text, to the letter", file=place))
    if first["text"]["access"] == "withheld":
        _same_text(first, text)
    content = first["text"].get("content", text)
    assert isinstance(content, str)
    articles = [
        withhold.fill(one, content) if one["text"]["access"] == "withheld" else one for one in articles
    ]
    found = [
        incident.at(place)
        for (place, _), one in zip(annotations, articles, strict=True)
        for incident in spans.inside(one, place)
        if incident.code in _BROKEN
    ]
    if found:
        raise BilanError(found)
    joined = joining.join(articles)
    asked = questions.ask(joined)
    head = {
        "adjudicator": adjudicator,
        "guidelines": guidelines or max((_guidelines(one) for one in articles), key=_version),
        "annotators": [_who(place, one) for place, one in annotations],
        "agreement": {
            f"{i + 1} and {j + 1}": _measured(compare(articles[i], articles[j]))
            for i in range(len(articles))
            for j in range(i + 1, len(articles))
        },
    }
    return Sheet(joined, asked, head, content)


def _same_text(article: Json, text: str | None) -> None:
    if text is None:
        message = f"the text of {article['id']} is withheld"
        mend = "give --hydrate DIR with an exact copy, or --text FILE (docs/withheld.md)"
        raise BilanError(Incident("B862", message, mend, file=article["id"]))
    if hashlib.sha256(text.encode()).hexdigest() != article["text"]["sha256"]:
        message = f"this is not the text of {article['id']}"
        raise BilanError(Incident("B306", message, "give the exact canonical text", file=article["id"]))


def _who(place: str, article: Json) -> Json:
    """Who annotated: place and hash of the annotation, and its provenance (once, where all layers have the same)."""
    by = article["provenance"]
    same = all(by[layer] == by[model.LAYERS[0]] for layer in model.LAYERS)
    return {
        "annotation": place,
        "sha256": jsonio.canonical_sha256(article),
        "provenance": by[model.LAYERS[0]] if same else by,
    }


def _guidelines(article: Json) -> str:
    return max((str(article["provenance"][layer]["guidelines"]) for layer in model.LAYERS), key=_version)


def _version(written: str) -> tuple[int, ...]:
    return tuple(map(int, written.split(".")))


def _measured(found: Comparison) -> Json:
    """How far two annotations agreed before: F1 of equal spans by layer, of links; shares of equal labels, values."""
    out: Json = {}
    for layer, (ours, theirs, equal, _) in found.spans.items():
        if ours or theirs:
            out[f"{layer}: F1"] = _share(2 * equal, ours + theirs)
    ours, theirs, both = (sum(counts[i] for counts in found.links.values()) for i in range(3))
    if ours or theirs:
        out["links: F1"] = _share(2 * both, ours + theirs)
    pairs = [(pair, n) for counts in found.labels.values() for pair, n in counts.items()]
    if pairs:
        out["labels: same"] = _share(sum(n for (a, b), n in pairs if a == b), sum(n for _, n in pairs))
    if found.values:
        equal = sum((a["low"], a["high"]) == (b["low"], b["high"]) for a, b in found.values)
        out["values: same"] = _share(equal, len(found.values))
    return out


def _share(part: int, whole: int) -> float:
    return round(part / whole, 3)
