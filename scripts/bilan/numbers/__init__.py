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
    language = _languages.get(lang) or _load(lang)
    return _read(text, language) if language else None


_languages: dict[str, Language] = {}


def _load(lang: str) -> Language | None:
    """The tables of a language: some 30 ms that only those pay who parse it. None where there are none."""
    global _read
    if lang == "fr":
        from bilan.numbers.fr import FRENCH as language
    elif lang == "en":
        from bilan.numbers.en import ENGLISH as language
    else:
        return None
    from bilan.numbers import grammar

    _read = grammar.read
    _languages[lang] = language
    return language


_read: Callable[[str, Language], Value | None]
