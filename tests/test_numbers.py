"""Number expressions: rows from real pages, the table of the guidelines, properties over made-up texts."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import time
from dataclasses import FrozenInstanceError
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bilan import labels
from bilan.numbers import LANGUAGES, Value, parse

HERE = Path(__file__).parent
ROWS = [
    json.loads(line) for line in (HERE / "data" / "numbers.jsonl").read_text(encoding="utf-8").splitlines()
]
GUIDELINES = (HERE.parent / "schema" / "GUIDELINES.md").read_text(encoding="utf-8")


def v(
    stated: float | None,
    low: float,
    high: float | None,
    modifier: str = "exact",
    unit: str | None = None,
) -> Value:
    return Value(stated, low, high, modifier, unit)


def n(number: float, unit: str | None = None) -> Value:
    return v(number, number, number, "exact", unit)


# --- real pages -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row['lang']}: {row['text']}")
def test_every_expression_harvested_from_a_page_has_the_value_of_its_row(row: dict) -> None:
    expected = None if row["value"] is None else Value(**row["value"])
    assert parse(row["text"], row["lang"]) == expected


def test_the_rows_cover_both_languages_and_every_modifier() -> None:
    assert len(ROWS) >= 600
    for lang in LANGUAGES:
        used = {row["value"]["modifier"] for row in ROWS if row["lang"] == lang and row["value"]}
        assert used == set(labels.names("modifier"))


# --- the table of the guidelines --------------------------------------------------------------------------


def _guideline_rows() -> list[tuple[list[str], float | None, list[tuple[float, float | None]], str]]:
    section = GUIDELINES.split("\n## 10.")[1].split("\n## ")[0]
    rows = []
    for line in section.splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if not line.startswith("|") or cells[0] == "words" or set(cells[0]) == {"-"}:
            continue
        words, stated, intervals, modifier = cells
        ends = [interval.replace(",", "").split("–") for interval in intervals.split("; ")]
        rows.append(
            (
                words.split("; "),
                None if stated == "—" else int(stated),
                [(int(low), None if high == "∞" else int(high)) for low, high in ends],
                modifier,
            )
        )
    return rows


def test_the_table_of_the_guidelines_is_read_whole() -> None:
    assert len(_guideline_rows()) >= 25
    assert {row[3] for row in _guideline_rows()} == set(labels.names("modifier"))


@pytest.mark.parametrize("row", _guideline_rows(), ids=lambda row: row[0][0])
def test_every_expression_of_the_guidelines_has_the_value_in_the_table(row: tuple) -> None:
    expressions, stated, intervals, modifier = row
    met = set()
    for expression in expressions:
        values = [parse(expression, lang) for lang in LANGUAGES]  # the table does not say in which language
        wanted = [v(stated, low, high, modifier) for low, high in intervals]
        found = [value for value in values if value in wanted]
        assert found, f"{expression}: {values}"
        met.update((value.low, value.high) for value in found if value)
    assert met == set(intervals)


# --- what the pages did not show --------------------------------------------------------------------------

FRENCH = {
    "pouvant atteindre 200 morts": Value(200, 0, 200, "at_most", None),
    "pouvant aller jusqu'à 200 morts": Value(200, 0, 200, "at_most", None),
    "Quelques-uns": Value(None, 2, None, "indefinite", None),
    "plus un seul employé": n(0),
    "12\u00a0345 morts": n(12345),
    "12\u202f345 morts": n(12345),
    "12\u2009345 morts": n(12345),
    "12 345 morts": n(12345),
    "5.000": n(5000),
    "1.234.567 déplacés": n(1234567),
    "2,5 millions": n(2500000),
    "5,5 %": n(5.5, "percent"),
    "deux millions et demi de personnes": n(2500000),
    "quatre-vingt-dix-sept": n(97),
    "quatre-vingt-dix-sept soldats": n(97),
    "soixante et onze": n(71),
    "quarante-et-une femmes": n(41),
    "vingt un": n(21),
    "septante-deux": n(72),
    "nonante-neuf": n(99),
    "mille deux cents": n(1200),
    "41 soldats précisément": n(41),
    "53": n(53),
    "les deux": n(2),
    "tous les deux": n(2),
    "un autre soldat": n(1),
    "l’un d’eux": n(1),
    "trois de ses combattants": n(3),
    "5 T-72": n(5),
    "8 points de passage": n(8),
    "aucune perte": n(0),
    "aucune victime": n(0),
    "pas un seul soldat": n(0),
    "zéro mort": n(0),
    "une vingtaine d'autres": v(20, 15, 25, "approximate"),
    "une vingtaine d’autres": v(20, 15, 25, "approximate"),
    "PRES DE 40 SOLDATS": v(40, 35, 40, "approximate"),
    "pre\u0300s de 40": v(40, 35, 40, "approximate"),
    "une demi-douzaine": v(6, 4, 8, "approximate"),
    "près d’une douzaine": v(12, 10, 12, "approximate"),
    "une douzaine de milliers": v(12000, 9500, 14500, "approximate"),
    "environ 2,5 tonnes": v(2.5, 2.25, 2.75, "approximate", "t"),
    "deux ou trois": v(None, 2, 3, "range"),
    "10 à 15 000 combattants": v(None, 10000, 15000, "range"),
    "deux à trois cent mille personnes": v(None, 200000, 300000, "range"),
    "cinquante à cent": v(None, 50, 100, "range"),
    "entre une dizaine et une vingtaine": v(None, 10, 20, "range"),
    "au moins 20 à 30": v(None, 20, None, "at_least"),
    "au moins des dizaines": v(None, 20, None, "at_least"),
    "au moins 12 soldats et 3 civils": v(12, 12, None, "at_least"),
    "une trentaine au moins": v(30, 30, None, "at_least"),
    "20 soldats ou plus": v(20, 20, None, "at_least"),
    "un peu plus de 20": v(20, 21, None, "more_than"),
    "plus d’un soldat": v(1, 2, None, "more_than"),
    "au plus vingt soldats": v(20, 0, 20, "at_most"),
    "moins d'une dizaine": v(10, 0, 9, "less_than"),
    "des dizaines, voire des centaines": v(None, 20, 999, "indefinite"),
    "$10 millions": n(10000000, "USD"),
    "20.000 nairas": n(20000, "NGN"),
}

ENGLISH = {
    "1,500": n(1500),
    "1 500 people": n(1500),
    "1,00,000": n(100000),
    "1.5 million": n(1500000),
    "two and a half million": n(2500000),
    "one hundred and twelve": n(112),
    "a hundred and twelve": n(112),
    "one trillion dollars": n(10**12, "USD"),
    "49": n(49),
    "23 killed": n(23),
    "another 12": n(12),
    "another soldier": n(1),
    "another": n(1),
    "a further 20": n(20),
    "one of them": n(1),
    "three of its fighters": n(3),
    '1,000 "terrorists': n(1000),
    "1,000 “terrorists": n(1000),
    "both": n(2),
    "the pair": n(2),
    "all three men": n(3),
    "a 12-year-old girl": n(1),
    "10 107mm rockets": n(10),
    "12 second lieutenants": n(12),
    "20 foot soldiers": n(20),
    "any losses": n(0),
    "any casualties": n(0),
    "no losses": n(0),
    "none of its soldiers": n(0),
    "about 200 heavily armed men": v(200, 150, 250, "approximate"),
    "half a dozen": v(6, 4, 8, "approximate"),
    "a dozen or so": v(12, 10, 14, "approximate"),
    "nearly two dozen": v(24, 22, 24, "approximate"),
    "a couple of soldiers": v(None, 2, None, "indefinite"),
    "a handful": v(None, 2, None, "indefinite"),
    "a few dozen": v(None, 24, 99, "indefinite"),
    "several hundred thousand": v(None, 200000, 999999, "indefinite"),
    "dozens, if not hundreds": v(None, 24, 999, "indefinite"),
    "fewer than ten": v(10, 0, 9, "less_than"),
    "just under 20": v(20, 0, 19, "less_than"),
    "well over 40": v(40, 41, None, "more_than"),
    "up to several hundred": v(None, 0, 999, "at_most"),
    "at least another 12": v(12, 12, None, "at_least"),
    "20 or more": v(20, 20, None, "at_least"),
    "20-30,000": v(None, 20000, 30000, "range"),
    "two or three hundred": v(None, 200, 300, "range"),
    "500 to 1,000": v(None, 500, 1000, "range"),
    "$5m to $10m": v(None, 5000000, 10000000, "range", "USD"),
    "5% to 10%": v(None, 5, 10, "range", "percent"),
    "$10 million": n(10000000, "USD"),
    "20,000 naira": n(20000, "NGN"),
    "half": n(50, "percent"),
}


@pytest.mark.parametrize("text", FRENCH)
def test_further_french_expressions(text: str) -> None:
    assert parse(text, "fr") == FRENCH[text]


@pytest.mark.parametrize("text", ENGLISH)
def test_further_english_expressions(text: str) -> None:
    assert parse(text, "en") == ENGLISH[text]


@pytest.mark.parametrize(
    ("lang", "text"),
    [
        *(("fr", text) for text in ("un tiers", "deux tiers", "une personne sur cinq", "un demi-siècle")),
        *(
            ("fr", text)
            for text in ("14h30", "23 mars", "2 et 3 juin", "1er bataillon", "une seconde frappe", "9 mm")
        ),
        *(
            ("fr", text)
            for text in ("soldats", "un groupe de 12 hommes", "peu de civils", "38 à 20", "entre 50")
        ),
        *(
            ("en", text)
            for text in ("one in five", "two-thirds", "half an hour", "5 June", "8 p.m.", "a second soldier")
        ),
        *(
            ("en", text)
            for text in ("12-man team", "one-year-old", "twenty-first", "24/7", "some people", "few", "the")
        ),
        *(
            ("en", text)
            for text in ("-5", "1.2.3", "1,50", "a 20", "between 60 and 50", "a group of fighters")
        ),
        *(("en", text) for text in ("500 pounds", "500 rupees", "one day of fighting")),
        ("fr", "10 milliards de francs"),
        ("fr", "99999999999999999999"),
        ("en", "9" * 5000),
        ("de", "12 Soldaten"),
        ("", "12"),
    ],
)
def test_words_that_fix_no_number_give_none(lang: str, text: str) -> None:
    assert parse(text, lang) is None


@pytest.mark.parametrize(("lang", "text"), [("fr", "1,500 soldats"), ("en", "5.000 soldiers")])
def test_a_separator_with_two_readings_is_not_guessed_at(lang: str, text: str) -> None:
    assert parse(text, lang) is None


def test_values_are_frozen_and_slotted() -> None:
    value = n(41)
    assert not hasattr(value, "__dict__")
    with pytest.raises(FrozenInstanceError):
        value.low = 40  # type: ignore[misc]


# --- properties -------------------------------------------------------------------------------------------

WORDS = re.findall(r"[\w'’-]+|[^\w\s]", " ".join(row["text"] for row in ROWS))


def _sane(value: Value | None) -> None:
    if value is None:
        return
    assert value.modifier in labels.names("modifier")
    assert value.low >= 0
    assert value.high is None or value.high >= value.low
    if value.modifier == "exact":
        assert value.stated == value.low == value.high
    if value.modifier in ("range", "indefinite"):
        assert value.stated is None
    json.dumps([value.stated, value.low, value.high], allow_nan=False)


@given(text=st.text(), lang=st.sampled_from(LANGUAGES))
@settings(max_examples=400, deadline=None)
def test_no_string_raises(text: str, lang: str) -> None:
    _sane(parse(text, lang))


@given(
    text=st.lists(st.sampled_from(WORDS) | st.sampled_from("0123456789.,-%$ "), min_size=1, max_size=9),
    gap=st.sampled_from([" ", "", "-", "\u202f"]),
    lang=st.sampled_from(LANGUAGES),
)
@settings(max_examples=1500, deadline=None)
def test_no_shuffle_of_the_words_of_real_pages_raises_or_gives_an_impossible_value(
    text: list[str], gap: str, lang: str
) -> None:
    _sane(parse(gap.join(text), lang))


def _grouped(number: int, separator: str) -> str:
    return f"{number:,}".replace(",", separator)


def _half_unit(number: int) -> int:
    """Half the rounding unit, rounded down, by the words of the guidelines."""
    digits = str(number)
    zeros = len(digits) - len(digits.rstrip("0"))
    return 10**zeros // 2 if zeros else 2 if digits[-1] == "5" else 0


SEPARATORS = {
    "fr": ["", " ", "\u00a0", "\u202f", "\u2009", "."],
    "en": ["", ",", " ", "\u00a0", "\u202f", "\u2009"],
}
NOUNS = {
    "fr": ["", " soldats", " morts et blessés", " d’entre eux"],
    "en": ["", " soldiers", " killed", " of them"],
}
MODIFIERS = {
    "exact": {"fr": ["{}", "exactement {}", "les {}"], "en": ["{}", "exactly {}", "the {}", "another {}"]},
    "approximate": {
        "fr": ["environ {}", "quelque {}", "autour de {}"],
        "en": ["about {}", "some {}", "around {}"],
    },
    "nearly": {"fr": ["près de {}", "presque {}"], "en": ["nearly {}", "almost {}"]},
    "at_least": {"fr": ["au moins {}", "pas moins de {}"], "en": ["at least {}", "no fewer than {}"]},
    "more_than": {"fr": ["plus de {}", "bien plus de {}"], "en": ["more than {}", "over {}", "well over {}"]},
    "at_most": {"fr": ["jusqu'à {}", "au plus {}", "jusqu’à {}"], "en": ["up to {}", "as many as {}"]},
    "less_than": {"fr": ["moins de {}"], "en": ["fewer than {}", "less than {}"]},
}


def _by_the_rules(number: int, modifier: str) -> Value:
    half = _half_unit(number)
    return {
        "exact": n(number),
        "approximate": v(number, number - half, number + half, "approximate"),
        "nearly": v(number, number - half, number, "approximate"),
        "at_least": v(number, number, None, "at_least"),
        "more_than": v(number, number + 1, None, "more_than"),
        "at_most": v(number, 0, number, "at_most"),
        "less_than": v(number, 0, number - 1, "less_than"),
    }[modifier]


NUMBERS = st.integers(2, 10**9) | st.builds(lambda a, b: a * 10**b, st.integers(2, 99), st.integers(0, 7))


@given(
    data=st.data(), number=NUMBERS, lang=st.sampled_from(LANGUAGES), modifier=st.sampled_from([*MODIFIERS])
)
@settings(max_examples=1500, deadline=None)
def test_a_number_in_digits_under_any_modifier_has_the_interval_of_the_rules(
    data: st.DataObject, number: int, lang: str, modifier: str
) -> None:
    digits = _grouped(number, data.draw(st.sampled_from(SEPARATORS[lang])))
    text = data.draw(st.sampled_from(MODIFIERS[modifier][lang])).format(digits)
    text += data.draw(st.sampled_from(NOUNS[lang]))
    assert parse(text, lang) == _by_the_rules(number, modifier), text


@given(data=st.data(), low=st.integers(1, 10**6), more=st.integers(1, 10**6), lang=st.sampled_from(LANGUAGES))
@settings(max_examples=500, deadline=None)
def test_two_numbers_in_digits_make_a_range(data: st.DataObject, low: int, more: int, lang: str) -> None:
    high = low + more
    if high % 1000 == 0 and low < 1000:
        high += 1  # "20 to 30,000" is shorthand
    separator = SEPARATORS[lang][1]
    pattern = data.draw(
        st.sampled_from(
            {"fr": ["{} à {}", "entre {} et {}", "{}-{}"], "en": ["{} to {}", "between {} and {}"]}[lang]
        )
    )
    text = pattern.format(_grouped(low, separator), _grouped(high, separator))
    assert parse(text, lang) == v(None, low, high, "range"), text


# Number words, spelt by the grammars of the two languages rather than by the library that reads them.

FR_UNITS = [
    "zéro",
    "un",
    "deux",
    "trois",
    "quatre",
    "cinq",
    "six",
    "sept",
    "huit",
    "neuf",
    "dix",
    "onze",
    "douze",
]
FR_UNITS += ["treize", "quatorze", "quinze", "seize", "dix-sept", "dix-huit", "dix-neuf"]
FR_TENS = ["vingt", "trente", "quarante", "cinquante", "soixante"]
EN_UNITS = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven"]
EN_UNITS += ["twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"]
EN_TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]


def _french(number: int, belgian: bool, final: bool = True) -> str:
    """The traditional spelling; ``final`` = no number word follows, so that vingt and cent take their s."""
    if number >= 1000:
        thousands, rest = divmod(number, 1000)
        before = "" if thousands == 1 else _french(thousands, belgian, final=False) + " "
        return f"{before}mille" + (f" {_french(rest, belgian)}" if rest else "")
    if number >= 100:
        hundreds, rest = divmod(number, 100)
        before = "" if hundreds == 1 else FR_UNITS[hundreds] + " "
        if not rest:
            return before + ("cents" if hundreds > 1 and final else "cent")
        return f"{before}cent {_french(rest, belgian, final)}"
    if number < 20:
        return FR_UNITS[number]
    tens, unit = divmod(number, 10)
    if tens == 8 or (tens == 9 and not belgian):
        if number == 80:
            return "quatre-vingts" if final else "quatre-vingt"
        return f"quatre-vingt-{FR_UNITS[number - 80]}"
    if tens == 7 and not belgian:
        return "soixante et onze" if unit == 1 else f"soixante-{FR_UNITS[10 + unit]}"
    base = {7: "septante", 9: "nonante"}.get(tens) or FR_TENS[tens - 2]
    return base if not unit else f"{base} et un" if unit == 1 else f"{base}-{FR_UNITS[unit]}"


def _english(number: int) -> str:
    if number >= 1000:
        thousands, rest = divmod(number, 1000)
        link = " and " if 0 < rest < 100 else " "
        return f"{_english(thousands)} thousand" + (f"{link}{_english(rest)}" if rest else "")
    if number >= 100:
        hundreds, rest = divmod(number, 100)
        return f"{EN_UNITS[hundreds]} hundred" + (f" and {_english(rest)}" if rest else "")
    if number < 20:
        return EN_UNITS[number]
    tens, unit = divmod(number, 10)
    return EN_TENS[tens - 2] + (f"-{EN_UNITS[unit]}" if unit else "")


@pytest.mark.parametrize("belgian", [False, True], ids=["France", "Belgium, Switzerland, Congo"])
def test_french_number_words_are_read_in_the_old_and_the_new_spelling_and_without_hyphens(
    belgian: bool,
) -> None:
    for number in [*range(2200), *range(2200, 1_000_000, 997)]:
        old = _french(number, belgian)
        for words in (old, old.replace(" ", "-"), old.replace("-", " "), old.capitalize(), f"{old} soldats"):
            assert parse(words, "fr") == n(number), words


def test_english_number_words_are_read_with_and_without_and_and_hyphens() -> None:
    for number in [*range(2200), *range(2200, 1_000_000, 997)]:
        words = _english(number)
        for form in (
            words,
            words.replace("-", " "),
            words.replace(" and ", " "),
            words.upper(),
            f"{words} people",
        ):
            assert parse(form, "en") == n(number), form


# --- cost -------------------------------------------------------------------------------------------------


def test_thirty_thousand_expressions_take_about_a_second_at_most() -> None:
    texts = [(re.sub("[0-9]", str(turn), row["text"]), row["lang"]) for turn in range(10) for row in ROWS]
    for text, lang in texts[:50]:
        parse(text, lang)
    best = min(_seconds(texts) for _ in range(3))
    assert len(texts) / best > 15_000  # half of what a free core does, for busy machines


def _seconds(texts: list[tuple[str, str]]) -> float:
    start = time.process_time()
    for text, lang in texts:
        parse(text, lang)
    return time.process_time() - start


@pytest.mark.parametrize(
    "text", ["a " * 149, "un " * 99, "1 " * 149, "1,000" * 59, "plus de " * 37, "(" * 299]
)
def test_no_text_takes_long(text: str) -> None:
    start = time.process_time()
    for lang in LANGUAGES:
        parse(text, lang)
    assert time.process_time() - start < 0.1


def test_importing_the_package_loads_no_number_parser() -> None:
    code = "import sys, bilan, bilan.numbers; sys.exit('text_to_num' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
