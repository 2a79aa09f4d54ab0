"""BILAN: a corpus of conflict news in which every figure is tied to its event and to who gave it.

>>> import bilan
>>> for article in bilan.articles(lang="fr"): ...
>>> figures = bilan.load("figures")            # a datasets.DatasetDict
>>> bilan.tolls("ml-2025-05-23-dioura")        # every claim about each toll, and three ways to reduce them
>>> bilan.numbers.parse("une quarantaine de soldats", "fr")
Value(stated=40, low=35, high=45, modifier='approximate', unit=None)

Everything is imported when it is first used; ``import bilan`` itself loads no other library.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

__version__ = "0.3.0"

__all__ = [
    "__version__",
    "again",
    "articles",
    "cite",
    "labels",
    "load",
    "numbers",
    "query",
    "records",
    "score",
    "subwords",
    "tasks",
    "tolls",
]

if TYPE_CHECKING:
    from bilan import labels, numbers, records, subwords, tasks
    from bilan.load import articles, load
    from bilan.provenance import again, cite, query
    from bilan.reductions import tolls
    from bilan.scoring import score

_FUNCTIONS = {
    "again": "bilan.provenance",
    "cite": "bilan.provenance",
    "query": "bilan.provenance",
    "articles": "bilan.load",
    "load": "bilan.load",
    "score": "bilan.scoring",
    "tolls": "bilan.reductions",
}
_MODULES = ("labels", "numbers", "records", "subwords", "tasks")


def __getattr__(name: str) -> Any:
    import importlib

    if name in _FUNCTIONS:
        value = getattr(importlib.import_module(_FUNCTIONS[name]), name)
    elif name in _MODULES:
        return importlib.import_module(f"bilan.{name}")
    else:
        raise AttributeError(f"module 'bilan' has no attribute {name!r}")
    globals()[name] = value  # importing bilan.load put the module there; the function takes its place
    return value


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
