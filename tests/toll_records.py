"""Tolls and claims by hand, for tests of reductions and of what is computed from them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from bilan.records import ExternalRecord
from bilan.reductions import Claim, Latest, Toll


def claim(
    number: float | None = 41, kind: str | None = "government", day: str | None = None, **more: Any
) -> Claim:
    """A claim of an exact number, unless told otherwise."""
    plain: dict[str, Any] = {
        "id": f"a/f{next(_numbers)}",
        "split": "train",
        "article": "xx-2024-03-01-tessara.en.1",
        "lang": "en",
        "figure": "f1",
        "surface": str(number),
        "of": "people",
        "unit": None,
        "part": False,
        "stated": number,
        "low": number,
        "high": number,
        "modifier": "exact",
        "attribution": None if kind is None else "a1",
        "stance": None if kind is None else "states",
        "asserts": True,
        "hedged": False,
        "source_kind": kind,
        "source_form": None,
        "source_named": None,
        "source_name": None,
        "through": (),
        "said": day,
        "published": None,
        "date": day,
        "reference": None,
        "reference_date": None,
        "publisher": None,
        "root": "r1",
        "counted": True,
        "contradicts": (),
    }
    return Claim(**{**plain, **more})


_numbers = iter(range(10**9))


def toll(*claims: Claim, story: str = "xx-2024-03-01-tessara", **more: Any) -> Toll:
    """A toll of these claims. Its reductions are those of the claims, all kinds of source in order of the claims."""
    used = [c for c in claims if c.reduced]
    highs = [c.high for c in used]
    low = min((c.low for c in used), default=None)
    last = {c.source_kind: c for c in used}
    plain: dict[str, Any] = {
        "id": f"{story}/main/killed/-",
        "story": story,
        "subset": None,
        "country": story[:2].upper(),
        "region": "sahel",
        "story_event": "main",
        "event_type": "attack",
        "event_date": "2024-03-01",
        "place": None,
        "perpetrators": (),
        "measure": "killed",
        "entity": None,
        "entity_type": None,
        "entity_name": None,
        "of": "people",
        "unit": None,
        "part": False,
        "claims": claims,
        "interval": (low, None if None in highs else max((h for h in highs if h is not None), default=None)),
        "acled_conservative": min((c.number for c in used if c.number is not None), default=None),
        "latest": tuple(Latest(k, c.id, c.date, c.stated, c.low, c.high) for k, c in last.items()),
        "external": (),
    }
    return Toll(**{**plain, **more})


def ucdp(low: int, best: int, high: int) -> ExternalRecord:
    """A record of UCDP."""
    return ExternalRecord("ucdp_ged", "1", "24.1", "24.1", low, best, high)


def kinds(numbers: dict[str, float], **more: Any) -> Toll:
    """A toll in which each kind of source says one number."""
    return toll(*(claim(number, kind) for kind, number in numbers.items()), **more)


def numbers_of(found: Iterable[Claim]) -> list[float | None]:
    """The numbers of claims, in order."""
    return [one.number for one in found]
