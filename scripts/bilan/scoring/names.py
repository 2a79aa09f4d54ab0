"""Whether two names say the same: case, accents, articles, punctuation and word order of titles apart."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

_WORD = re.compile(r"\w+")
_ARTICLES = frozenset(["le", "la", "les", "l", "un", "une", "des", "du", "de", "d", "the", "a", "an", "of"])


def fold(name: str) -> str:
    """Lower case, no accents, no articles or "de"/"of", single spaces."""
    bare = "".join(c for c in unicodedata.normalize("NFKD", name) if not unicodedata.combining(c))
    return " ".join(word for word in _WORD.findall(bare.lower()) if word not in _ARTICLES)


def same(name: object, accepted: Iterable[str]) -> bool:
    """Whether a predicted name is one of the accepted ones."""
    if not isinstance(name, str):
        return False
    folded = fold(name)
    return bool(folded) and any(fold(other) == folded for other in accepted)
