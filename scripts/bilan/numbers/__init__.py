"""The value of a number expression: what the words of a figure allow (guidelines, section 10).

``parse("plus d'une quarantaine de soldats", "fr")`` is ``Value(stated=40, low=41, high=None,
modifier="more_than", unit=None)``. The text is the span of a figure: modifier, number, first counted noun.
The words alone fix the value; where they do not fix one (a date, an age, a distance, a bare plural, a
separator with two readings), the answer is None, never a guess. No string raises.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bilan.numbers.value import Number, Value

if TYPE_CHECKING:
    from collections.abc import Callable

    from bilan.numbers.grammar import Language

__all__ = ["LANGUAGES", "Number", "Value", "parse"]

LANGUAGES = ("fr", "en")
"""Languages whose expressions can be read."""

LONGEST = 300
"""Code points beyond which a text is no number expression any more."""


def parse(text: str, lang: str) -> Value | None:
    """Read the value of one number expression; None where the words fix none, or in another language.

    Upper case, missing accents, typographic apostrophes, quotation marks and all kinds of spaces are allowed
    for. ``unit`` is an ISO 4217 code, ``t``, ``kg``, ``ha`` or ``percent``, None for counts. Bare dollars are
    USD and CFA francs are XOF; bare pounds, shillings, rupees, dinars and francs name no currency: None.
    """
    if len(text) > LONGEST:
        return None
    if not _languages:
        _load()
    language = _languages.get(lang)
    return _read(text, language) if language else None


_languages: dict[str, Language] = {}


def _load() -> None:
    """The tables of the languages: some 30 ms that only those pay who parse."""
    from bilan.numbers import grammar
    from bilan.numbers.en import ENGLISH
    from bilan.numbers.fr import FRENCH

    global _read
    _read = grammar.read
    _languages.update(fr=FRENCH, en=ENGLISH)


_read: Callable[[str, Language], Value | None]
