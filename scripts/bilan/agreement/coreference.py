"""Scores of coreference between two clusterings of mentions, as counts that add up over documents.

MUC (Vilain et al. 1995), B³ (Bagga & Baldwin 1998), CEAF-e (Luo 2005); their mean is the CoNLL score
(Pradhan et al. 2012). A cluster is a set of mentions; a mention that only one side has counts against it.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence

from bilan.agreement.align import assignment

Clusters = Sequence[frozenset[Hashable]]
Counts = tuple[float, float, float, float]
"""Numerator and denominator of recall, numerator and denominator of precision."""

MEASURES = ("MUC", "B³", "CEAF-e")


def scores(key: Clusters, response: Clusters) -> dict[str, Counts]:
    """The counts of each measure; recall is over ``key``, precision over ``response``."""
    return {
        "MUC": (*_links(key, response), *_links(response, key)),
        "B³": (*_mentions(key, response), *_mentions(response, key)),
        "CEAF-e": _entities(key, response),
    }


def f1(counts: Sequence[float]) -> float:
    """Harmonic mean of recall and precision; NaN where neither side has anything to count."""
    up_r, down_r, up_p, down_p = counts
    if not down_r and not down_p:
        return float("nan")
    recall = up_r / down_r if down_r else 0.0
    precision = up_p / down_p if down_p else 0.0
    return 2 * recall * precision / (recall + precision) if recall + precision else 0.0


def _links(key: Clusters, response: Clusters) -> tuple[float, float]:
    """Links of the key that the response keeps, and all links of the key."""
    home = {mention: i for i, cluster in enumerate(response) for mention in cluster}
    kept = possible = 0
    for cluster in key:
        alone = sum(mention not in home for mention in cluster)
        parts = len({home[mention] for mention in cluster if mention in home}) + alone
        kept += len(cluster) - parts
        possible += len(cluster) - 1
    return kept, possible


def _mentions(key: Clusters, response: Clusters) -> tuple[float, float]:
    home = {mention: cluster for cluster in response for mention in cluster}
    total = 0.0
    for cluster in key:
        for mention in cluster:
            other = home.get(mention)
            total += len(cluster & other) / len(cluster) if other else 0.0
    return total, sum(len(cluster) for cluster in key)


def _entities(key: Clusters, response: Clusters) -> Counts:
    likeness = [[2 * len(a & b) / (len(a) + len(b)) for b in response] for a in key]
    total = sum(likeness[i][j] for i, j in assignment(likeness))
    return total, len(key), total, len(response)
