"""The short cut of number expressions: where it says that nothing follows a number, no pattern finds anything."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bilan.numbers.en import ENGLISH
from bilan.numbers.fr import FRENCH
from bilan.numbers.grammar import Language
from bilan.numbers.openings import nothing_of

AFTER_NUMBERS = ("and_half", "scale", "to", "and_", "reject", "behind", "unit")
NOUNS = ("blesses", "morts", "personnes", "soldiers", "people", "dead")


def _patterns(language: Language) -> list[re.Pattern[str]]:
    return [getattr(language, name) for name in AFTER_NUMBERS]


@pytest.mark.parametrize("language", [FRENCH, ENGLISH], ids=["fr", "en"])
@pytest.mark.parametrize("name", AFTER_NUMBERS)
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_whatever_a_pattern_takes_is_not_silent(name: str, language: Language, data: st.DataObject) -> None:
    taken = data.draw(st.from_regex(getattr(language, name), alphabet=st.characters(codec="ascii")))
    behind = f" {taken.strip()} "
    if any(pattern.match(behind) for pattern in _patterns(language)):
        assert not language.silent.match(behind)


@pytest.mark.parametrize("language", [FRENCH, ENGLISH], ids=["fr", "en"])
def test_nouns_are_silent_and_so_are_the_words_that_lead_to_them(language: Language) -> None:
    for noun in NOUNS:
        assert language.silent.match(f" {noun}")
    assert language.silent.match(" de morts" if language is FRENCH else " of the dead")
    assert language.silent.match(" autres morts" if language is FRENCH else " more dead")


def test_words_end_where_no_letter_follows_and_phrases_anywhere() -> None:
    silent = re.compile(nothing_of(phrases=[" or ", "-x", " ?%"], words=["tons?|[km]m"], passed="of |more "))
    for text in (" or so", " ton", " tons", " of tons", " more km", " mm."):
        assert not silent.match(text)
    for text in (" oranges", " tonsils", " of men", " more kmen", " often"):
        assert silent.match(text)


def test_optional_and_repeated_parts_and_classes_are_looked_through() -> None:
    patterns = [" ?(?:un|deux)*trois", " [a-z]+ieme", r" (?<=[0-9])k(?!g)", " a?b", " c{0,2}x"]
    silent = re.compile(nothing_of(patterns, words=["zz"], passed="de "))
    for text in (" untrois", " deuxuntrois", " trois", " quatrieme", " k", " b", " ab", " ccx", " x"):
        assert not silent.match(text)
    for text in (" un", " deux", " kg", " a", " c", " quatre"):
        assert silent.match(text)
