"""Results of hydration for people and programs."""

from __future__ import annotations

from collections.abc import Iterable

from bilan import jsonio
from bilan.hydration import cache
from bilan.hydration.work import Answer
from bilan.model import Json


def lines(answer: Answer) -> list[str]:
    """An article's result, and below it every span that was left out, with the reason."""
    result = answer.result
    out = [f"{result.id}  {result.told()}  ({answer.source})"]
    if result.placed and result.state == "aligned":
        least = min(place.confidence for place in result.placed.values())
        out[0] += f", confidence {least:.3f} or more"
    out += [f"  left out {pointer}: {why}" for pointer, why in result.missing.items()]
    return out


def document(answer: Answer) -> Json:
    """The same as plain data: every span by its pointer, placed (start, end, confidence) or not."""
    result = answer.result
    return {
        "id": result.id,
        "source": answer.source,
        "state": result.state,
        "why": result.why or None,
        "fingerprint": round(result.share, 4),
        "placed": {
            pointer: {"start": place.start, "end": place.end, "confidence": place.confidence}
            for pointer, place in result.placed.items()
        },
        "missing": result.missing,
    }


def status(articles: Iterable[Json]) -> list[Json]:
    """For every withheld article: what the cache holds of it, and where its page is."""
    out = []
    for article in articles:
        held = cache.kept(article["id"])
        state = "not here"
        if held is not None:
            stale = held["withheld"] != jsonio.canonical_sha256(article)
            state = held["result"] + (" (of an older form: hydrate again)" if stale else "")
        url = (article["record"] or {}).get("url")
        out.append({"id": article["id"], "here": held is not None, "state": state, "url": url})
    return out
