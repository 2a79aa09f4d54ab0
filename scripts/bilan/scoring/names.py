"""Whether two names say the same: case, accents, articles and punctuation apart."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

_WORD = re.compile(r"\w+")
_ARTICLES = frozenset(["le", "la", "les", "l", "une", "des", "du", "de", "d", "the", "a", "an", "of"])
"""Without "un": the UN is a name."""


@lru_cache(maxsize=1 << 15)  # the same names are compared with every claim of a story
def fold(name: str) -> str:
    """Lower case, no accents, no articles or "de"/"of" (but where there is nothing else), single spaces."""
    bare = "".join(c for c in unicodedata.normalize("NFKD", name) if not unicodedata.combining(c))
    words = _WORD.findall(bare.lower())
    return " ".join([word for word in words if word not in _ARTICLES] or words)


def same(name: object, accepted: Iterable[str]) -> bool:
    """Whether a predicted name is one of the accepted ones."""
    if not isinstance(name, str):
        return False
    folded = fold(name)
    return bool(folded) and any(fold(other) == folded for other in accepted)
