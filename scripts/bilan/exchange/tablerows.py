"""The columns of the CSV file of figures."""

from __future__ import annotations

COLUMNS = {
    "article": "id of the article",
    "figure": "id of the figure in the article",
    "lang": "language of the article",
    "published": "day of publication",
    "sentence": "the sentence that the figure stands in",
    "words": "the words of the figure",
    "of": "what is counted (labels below)",
    "measure": "what happened to the counted (labels below)",
    "scope": "what the figure ranges over (labels below)",
    "stated": "the number in the words; empty if there is none",
    "low": "the least that the words allow",
    "high": "the most that the words allow; empty if nothing bounds it",
    "modifier": "how the words bound the number (labels below)",
    "unit": "empty for counts, else a currency (USD, XOF), t, kg, ha or percent",
    "event": "id of the event that is counted, in the article",
    "event_type": "type of the event",
    "event_date": "date of the event (EDTF)",
    "event_places": "where it happened",
    "side": "whose people or things are counted",
    "period": "over which time a total counts (EDTF)",
    "who_says": "every claim: source [kind] stance; reported by source [kind]",
    "source_words": "the words that name the sources",
    "source_kinds": "kinds of the sources",
    "stances": "stances of the statements",
    "hedged": "yes where a statement is hedged",
    "pages": "the pages behind the figure: publisher, date, address",
}
"""Column → what it holds."""

EDITABLE: dict[str, str | None] = {
    "of": "figure_of",
    "measure": "measure",
    "scope": "scope",
    "stated": None,
    "low": None,
    "high": None,
    "modifier": "modifier",
    "unit": None,
}
"""Columns that come back → the inventory of their labels, None where they have none. Empty values of stated, low, high
and modifier together are read from the words."""

NUMBERS = ("stated", "low", "high", "published", "event_date", "period")
"""Columns of numbers and dates: a program may take them for what they are."""

IDENTITY = ("article", "figure", "words")
"""Columns by which a row finds its figure again."""

LOCK = "lock"


def heads() -> list[str]:
    """The heads of all columns; * marks those that may be edited."""
    return [*(f"{column}*" if column in EDITABLE else column for column in COLUMNS), LOCK]
