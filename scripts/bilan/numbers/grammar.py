"""The grammar of number expressions, the same for every language; the words come from a ``Language``.

An expression is read from its first character: modifiers and determiners, then one number, a range, a
group word ("dozens"), a word for several, or a single counted thing; then what follows the number is looked
at for a unit, a modifier behind, and for signs that it counts nothing ("5 km", "24th", "8:00", "six-hour").
Everything after that is the counted noun and is not read.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from bilan.numbers.units import NONE
from bilan.numbers.value import LARGEST, ZERO, Number, Value, of_interval, of_number, whole


@dataclass(frozen=True, slots=True)
class Language:
    """The words of one language, as patterns over folded text (see ``fold``). Named groups carry meaning."""

    plain: re.Pattern[str]
    """A number in digits or a number word (group 1), with the end or a space and a letter behind it."""
    small: Mapping[str, int]
    """The values of the number words of ``plain``."""
    silent: re.Pattern[str]
    """A space and a letter behind a number, where neither scale, link, unit nor modifier follows."""
    lead: re.Pattern[str]
    """A modifier or determiner before the number, with its white space. The group is the modifier, or
    ``skip``, ``between`` ("and" must follow), ``starting`` (a range must follow), ``another``."""
    zero: re.Pattern[str]
    """The beginning of an expression that says that there was none."""
    fixed: re.Pattern[str]
    """Words for a number: group ``n2`` stands for 2, ``half`` for 50 percent."""
    group: re.Pattern[str]
    """Group words without a number ("dozens"): ``base`` and ``scale`` are keys of ``groups``."""
    group_link: re.Pattern[str]
    """What joins two group words ("if not")."""
    groups: Mapping[str, tuple[int, int]]
    """Lowest and highest number of a group word."""
    many: re.Pattern[str]
    """Words for two or more, size unknown."""
    digits: re.Pattern[str]
    """A number in digits: groups ``thousands`` (with separators) or ``plain``, and ``decimals``."""
    words: re.Pattern[str]
    """A run of number words."""
    words_value: Callable[[str], int | None]
    """The value of a run of number words; None where it makes no number."""
    scale_words: frozenset[str]
    """Number words that may serve both ends of a range ("six à dix mille")."""
    half_of: re.Pattern[str]
    """"Half a" before a scale word."""
    and_half: re.Pattern[str]
    """"And a half" after a number."""
    scale: re.Pattern[str]
    """A scale or collective word after a number, with what stands between; group 1 is a key of ``scales``."""
    scales: Mapping[str, tuple[int, str]]
    """Multiplier and kind of a scale word: ``round`` (says "about"), ``dozen``, ``short``, ``plain``."""
    short_scale: re.Pattern[str]
    """What must follow a one-letter scale ("m") where no currency stands before."""
    currency: re.Pattern[str]
    """A currency sign before a number; the group name is the ISO 4217 code."""
    unit: re.Pattern[str]
    """A unit after a number, with what may stand between; the group is the unit, ``none`` = no figure."""
    to: re.Pattern[str]
    """What joins the ends of a range."""
    and_: re.Pattern[str]
    """What joins the ends of a range after "between"."""
    reject: re.Pattern[str]
    """What cannot follow a number that counts something."""
    behind: re.Pattern[str]
    """A modifier right after the number; the group name is the modifier."""
    at_end: re.Pattern[str]
    """A modifier after the noun, at the end."""
    last_words: frozenset[str]
    """Words that such a modifier may end in."""
    single: re.Pattern[str]
    """An indefinite article, with its white space."""
    not_one: re.Pattern[str]
    """What follows "a" or "one" where it counts nothing ("a third", "one in five")."""


_FOLD: dict[int, str | None] = {}
for _letters, _base in (
    ("àâäáãå", "a"), ("ç", "c"), ("éèêë", "e"), ("îïíì", "i"), ("ñ", "n"), ("ôöóòõ", "o"), ("ùûüú", "u"),
    ("ÿ", "y"), ("œ", "oe"), ("æ", "ae"), ("’‘ʼ‛`´′", "'"), ("‐‑‒–—―−", "-"), ("“”„‟«»\"‹›", " "),
):  # fmt: skip
    _FOLD.update({ord(letter): _base for letter in _letters})
for _code in range(256):  # what stays as it is, too: a letter that the table lacks costs an exception
    _FOLD.setdefault(_code, chr(_code))
_FOLD.update(dict.fromkeys((*range(0x300, 0x370), 0xAD, 0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF)))

_BRACKETS = re.compile(r" ?\([^()]*\)")
_LETTERS = re.compile(r"[a-z]{3}")
_ENDINGS = " .,;:!?"

_BOUNDS = frozenset(("at_least", "more_than", "at_most", "less_than"))
_RANGES = ("between", "starting")
"""Openings that a range must follow."""


def fold(text: str) -> str:
    """Lower case without accents and quotation marks; one kind of space, apostrophe and hyphen."""
    text = text.lower()
    if not text.isascii() or '"' in text or "`" in text:
        text = text.translate(_FOLD)
    return " ".join(text.split()).strip(_ENDINGS)


def _name(found: re.Match[str]) -> str:
    """The name of the group that matched. A second group of the same name ends in "_"."""
    return (found.lastgroup or "").rstrip("_")


@dataclass(slots=True)
class _Number:
    """A number read: ``top / bottom`` times ``scale``, and where it ends.

    ``dozens`` is as in ``value.around``; ``round`` = the word itself says "about"; ``words`` is the run of
    number words; ``thousands`` is how many groups 000 end the digits; ``bare`` = nothing behind it matters.
    """

    top: int
    bottom: int
    scale: int
    end: int
    unit: str | None = None
    dozens: int = 0
    round: bool = False
    words: str = ""
    thousands: int = 0
    bare: bool = False

    def value(self) -> Number:
        product = self.top * self.scale
        return product // self.bottom if product % self.bottom == 0 else product / self.bottom


def read(text: str, language: Language) -> Value | None:
    """The value of an expression, None where its words fix none."""
    s = fold(text)
    if not s:
        return None
    at, modifier, opening = 0, "exact", ""
    plain = language.plain.match(s)  # half of all expressions: a number and its noun, no more
    if not plain and language.zero.match(s):
        return ZERO
    while not plain and (found := language.lead.match(s, at)):
        kind = _name(found)
        at = found.end()
        if kind in ("between", "starting", "another"):
            opening = kind
        elif kind != "skip":
            modifier = _stronger(modifier, kind)
        plain = language.plain.match(s, at)
    if plain and _silent(s, plain.end(1), language):
        return _plain(s, plain, modifier, opening, language)
    first = s[at : at + 1]
    if not first.isdigit():
        if found := language.fixed.match(s, at):
            name = _name(found)
            unit = "percent" if name == "half" else None
            return of_number(50 if unit else int(name[1:]), modifier, 0, unit)
        if found := language.group.match(s, at):
            return _group(s, found, modifier, language)
        if found := language.many.match(s, at):
            return _sized(s, found.end(), 2, None, modifier, language)
    number = _number(s, at, language)
    if number is not None:
        return _counted(s, number, modifier, opening, language)
    if found := language.single.match(s, at):
        at = found.end()
        number = _number(s, at, language)
        if number is not None and _rest(s, number.end, modifier, None, language):
            return None  # "a 20 people"; but "a 20-strong group"
    elif opening != "another":
        return None
    if opening in _RANGES or language.not_one.match(s, at):
        return None
    found = language.unit.match(s, at)
    unit = _name(found) if found else None
    return None if unit == NONE else of_number(1, modifier, 0, unit)


def _plain(s: str, found: re.Match[str], modifier: str, opening: str, language: Language) -> Value | None:
    """The value of a number that nothing follows but its noun."""
    if opening in _RANGES:
        return None
    digits, end = found[1], found.end(1)
    number = language.small.get(digits)
    if number is None:
        number = int(digits.replace(",", "").replace(" ", ""))
        if number == 1 and language.not_one.match(s, end + 1):
            return None
    return of_number(number, _with_last(s, end, modifier, language), 0, None)


def _silent(s: str, end: int, language: Language) -> bool:
    """True if nothing but a noun follows the number that ends there."""
    return end == len(s) or language.silent.match(s, end) is not None


def _stronger(modifier: str, other: str) -> str:
    """Of two modifiers the bound wins, then "nearly", then "about"; of two bounds the first."""
    if modifier in _BOUNDS or other == "exact":
        return modifier
    if other in _BOUNDS or modifier == "exact":
        return other
    return "nearly" if "nearly" in (modifier, other) else modifier


def _number(s: str, at: int, language: Language) -> _Number | None:
    unit, in_digits = None, s[at : at + 1].isdigit()
    if not in_digits and (found := language.currency.match(s, at)):
        unit, at, in_digits = _name(found), found.end(), True
    if in_digits and (found := language.digits.match(s, at)):
        whole_part = found["thousands"] or found["plain"]
        decimals = found["decimals"] or ""
        end = found.end()
        digits = "".join(filter(str.isdigit, whole_part)) + decimals
        if len(digits) > 16:
            return None
        number = _Number(int(digits), 10 ** len(decimals), 1, end, unit)
        if found["thousands"] and not decimals:
            while number.top and number.top % 1000 ** (number.thousands + 1) == 0:
                number.thousands += 1
    elif found := language.half_of.match(s, at):
        number = _Number(1, 2, 1, found.end(), unit)
    elif found := language.words.match(s, at):
        run = found.group()
        value = language.words_value(run)
        if value is None:
            return None
        number = _Number(value, 1, 1, found.end(), unit, words=run)
    elif (found := language.scale.match(s, at)) and language.scales[found[1]][1] in ("round", "dozen"):
        number = _Number(1, 1, 1, at, unit)
    else:
        return None
    _scales(s, number, language)
    return number if number.top * number.scale < LARGEST * number.bottom else None


def _scales(s: str, number: _Number, language: Language) -> None:
    """Multiply by the scale and collective words that follow ("million", "dozen", "dizaine de milliers")."""
    for _ in range(3):
        if _silent(s, number.end, language):
            number.bare = True
            return
        if found := language.and_half.match(s, number.end):
            if number.scale == 1:
                number.scale = _own_scale(number.words, number.top, 0, language)
                number.top //= number.scale
            number.top, number.bottom = number.top * 2 + number.bottom, number.bottom * 2
            number.end = found.end()
        found = language.scale.match(s, number.end)
        if not found:
            return
        multiplier, kind = language.scales[found[1]]
        if kind == "short" and not number.unit and not language.short_scale.match(s, found.end()):
            return
        number.scale *= multiplier
        if number.dozens:
            number.dozens *= multiplier
        number.dozens = number.dozens or int(kind == "dozen")
        number.round = number.round or kind in ("dozen", "round")
        number.end = found.end()


def _group(s: str, found: re.Match[str], modifier: str, language: Language) -> Value | None:
    low, high = _group_size(found, language)
    end = found.end()
    if (link := language.group_link.match(s, end)) and (more := language.group.match(s, link.end())):
        high = max(high, _group_size(more, language)[1])
        end = more.end()
    return _sized(s, end, low, high, modifier, language)


def _group_size(found: re.Match[str], language: Language) -> tuple[int, int]:
    low, high = language.groups[found["base"]]
    if found["scale"]:
        multiplier = (language.groups[found["scale"]][1] + 1) // 10
        return low * multiplier, (high + 1) * multiplier - 1
    return low, high


def _sized(s: str, end: int, low: int, high: int | None, modifier: str, language: Language) -> Value | None:
    """The value of a group word or a word for several that ends at ``end``."""
    rest = _rest(s, end, modifier, None, language)
    if rest is None:
        return None
    modifier = rest.modifier if rest.modifier in _BOUNDS else "indefinite"
    return of_interval(low, high, modifier, rest.unit)


def _counted(s: str, number: _Number, modifier: str, opening: str, language: Language) -> Value | None:
    """The value of a number, or of the range that it begins, from what follows it."""
    second = None
    if number.bare:
        rest: _Rest | None = _Rest(_with_last(s, number.end, modifier, language), number.unit, number.end)
    else:
        second, rest = _followed(s, number, modifier, opening, language)
    if rest is None:
        return None
    for one in (number, second):
        if one and one.bottom == 1000 and one.scale == 1 and rest.unit is None:
            return None  # "1,500" in French, "1.500" in English: thousands or decimals?
    if second is not None:
        low, high = number.value() * _shared_scale(number, second, language), second.value()
        if low >= high:
            return None
        modifier = rest.modifier if rest.modifier in _BOUNDS else "range"
        return of_interval(whole(low), high, modifier, rest.unit)
    if opening in _RANGES:
        return None
    value = number.value()
    if value == 1 and language.not_one.match(s, number.end + (s[number.end : number.end + 1] == " ")):
        return None
    modifier = _stronger(rest.modifier, "approximate") if number.round else rest.modifier
    return of_number(value, modifier, number.dozens, rest.unit)


def _followed(
    s: str, number: _Number, modifier: str, opening: str, language: Language
) -> tuple[_Number | None, _Rest | None]:
    """The second end of a range, if one follows, and what follows the number or the range."""
    joint = language.and_ if opening == "between" else language.to
    joined = joint.match(s, number.end)
    second = _number(s, joined.end(), language) if joined else None
    rest = _rest(
        s, (second or number).end, modifier, number.unit or (second.unit if second else None), language
    )
    if second is None and rest and rest.unit and (joined := joint.match(s, rest.end)):  # "5 % to 10 %"
        second = _number(s, joined.end(), language)
        rest = _rest(s, second.end, modifier, rest.unit, language) if second else rest
    return second, rest


@dataclass(slots=True)
class _Rest:
    """What follows a number: the modifier, its own or the one behind, the unit, and where the unit ends."""

    modifier: str
    unit: str | None
    end: int


def _rest(s: str, end: int, modifier: str, unit: str | None, language: Language) -> _Rest | None:
    """Modifier and unit once what follows the number is read; None where it counts nothing."""
    if _silent(s, end, language):
        return _Rest(_with_last(s, end, modifier, language), unit, end)
    if found := _BRACKETS.match(s, end):
        end = found.end()
    if language.reject.match(s, end):
        return None
    if found := language.behind.match(s, end):
        modifier = _stronger(modifier, _name(found))
        end = found.end()
    if found := language.unit.match(s, end):
        unit = unit or _name(found)
        end = found.end()
        if unit == NONE:
            return None
    elif s[end : end + 1].isalpha() and s[end - 1 : end].isdigit() and not _LETTERS.match(s, end):
        return None
    return _Rest(_with_last(s, end, modifier, language), unit, end)


def _with_last(s: str, end: int, modifier: str, language: Language) -> str:
    """The modifier, with one that stands after the noun; the last word tells whether to look for one."""
    last = s.rpartition(" ")[2]
    if (last in language.last_words or "," in last) and (found := language.at_end.search(s, end)):
        return _stronger(modifier, _name(found))
    return modifier


def _shared_scale(first: _Number, second: _Number, language: Language) -> int:
    """What the scale of the second end of a range does to the first: "six à dix mille" → 1,000."""
    if first.scale != 1:
        return 1
    value = first.value()
    if second.scale != 1:
        return second.scale if value * second.bottom < second.top else 1
    if second.thousands and not first.thousands and not first.words:
        multiplier = 1000**second.thousands
        return multiplier if value < second.top // multiplier else 1
    return _own_scale(second.words, second.top, value, language)


def _own_scale(words: str, total: int, above: Number, language: Language) -> int:
    """What the last scale words of a run multiply by more than ``above``: "dix mille" (10,000) → 1,000."""
    parts = words.replace("-", " ").split()
    start = len(parts)
    while start > 1 and parts[start - 1] in language.scale_words:
        start -= 1
    for cut in range(start, len(parts)):
        coefficient = language.words_value(" ".join(parts[:cut]))
        if coefficient and above < coefficient and total % coefficient == 0:
            return total // coefficient
    return 1
