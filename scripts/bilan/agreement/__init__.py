"""How far two annotations of the same texts agree: spans, labels, values, links, coreference.

``compare`` counts what two annotations of one article share; every measure is a function of such counts,
summed over articles, so that intervals come from drawing articles anew (the bootstrap).
"""

from __future__ import annotations

from bilan.agreement.compare import Comparison, compare
from bilan.agreement.measures import Row, rows

__all__ = ["Comparison", "Row", "compare", "rows"]
