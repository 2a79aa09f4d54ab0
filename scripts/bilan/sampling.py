"""A sample of articles that nobody chose: spread over languages and styles, drawn by a seed anyone can check."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Collection, Iterable

from bilan.model import Json


def draw(articles: Iterable[Json], size: int, seed: str, without: Collection[str] = ()) -> list[str]:
    """Ids of ``size`` open articles, in order of id.

    Each language and style gets its share, the largest remainders rounded up; within them the articles with the
    least SHA-256 of ``<seed>/<id>`` are taken. ``seed``: a commit hash, known only after the articles were written.
    Raises ValueError if there are not that many.
    """
    strata: dict[tuple[str, str], list[str]] = defaultdict(list)
    for article in articles:
        if article["text"]["access"] == "open" and article["id"] not in without:
            strata[article["lang"], article["style"]].append(article["id"])
    total = sum(map(len, strata.values()))
    if size > total:
        raise ValueError(f"{size} articles asked for, {total} there")
    exact = {stratum: size * len(ids) / total for stratum, ids in strata.items()}
    shares = {stratum: int(share) for stratum, share in exact.items()}
    by_remainder = sorted(exact, key=lambda s: (shares[s] - exact[s], _key(seed, "/".join(s))))
    for stratum in by_remainder[: size - sum(shares.values())]:
        shares[stratum] += 1
    return sorted(
        ident
        for stratum, ids in strata.items()
        for ident in sorted(ids, key=lambda ident: _key(seed, ident))[: shares[stratum]]
    )


def _key(seed: str, name: str) -> str:
    return hashlib.sha256(f"{seed}/{name}".encode()).hexdigest()
