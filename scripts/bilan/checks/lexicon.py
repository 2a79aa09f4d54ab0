"""Words by which the coverage checks look for figures that were missed. Found by reading the corpus."""

from __future__ import annotations

import re

SILENT_ZONES = frozenset(("caption", "byline", "boilerplate", "dateline"))
"""Zones that carry no figures."""


def _any(words: str) -> str:
    return "|".join(words.split())


_EN_NUMBERS = _any("""
    two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen
    eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety hundreds? thousands? dozens?
    scores several
""")
_FR_NUMBERS = _any("""
    deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize vingt trente
    quarante cinquante soixante cent mille dizaines? douzaines? quinzaine vingtaine trentaine quarantaine
    cinquantaine soixantaine centaines? milliers? plusieurs
""")
NUMBERS = {
    "en": re.compile(rf"(?<![\w.,-])(?:\d+(?:,\d{{3}})*(?:\.\d+)?|(?:{_EN_NUMBERS})(?:-\w+)?)(?!\w)", re.I),
    "fr": re.compile(
        rf"(?<![\w.,-])(?:\d+(?:[ \u00a0\u202f.]\d{{3}})*(?:,\d+)?|(?:{_FR_NUMBERS})(?:-\w+)*)(?!\w)", re.I
    ),
}
"""Language → a number in digits or words, "a" and "un" left out."""

ARTICLES = {
    "en": re.compile(r"the\s", re.I),
    "fr": re.compile(r"(?:l[ea]s?\s|l['’])", re.I),
}
"""Language → an article with which no time begins."""

COUNTED_BY = {
    "en": re.compile(
        r"\s(?:others|more|killed|dead|wounded|injured|hurt|missing|detained|arrested|displaced|of (?:them|those))\b"
        r"(?!\s+(?:than|by\s+the))"
    ),
    "fr": re.compile(r"\s(?:tuée?s|morts|mortes|blessée?s|disparue?s|autres|d['’]entre (?:eux|elles))\b"),
}
"""Language → what belongs to the number right before it where there is no noun."""

CASUALTIES = {
    "en": re.compile(
        r"\b(?:kill(?:ed|s|ing)?|dead|died|die|deaths?|wound(?:ed|s|ing)?|injur(?:ed|ies|ing)|casualties|victims?"
        r"|bodies|missing|abduct(?:ed|ing)|kidnapp(?:ed|ing)|hostages?|captured|arrested|detained|losses|slain"
        r"|massacred|executed|neutrali[sz]ed|displaced|survivors?|buried|toll|fatalities|perished)\b",
        re.I,
    ),
    "fr": re.compile(
        r"\b(?:tu(?:ée?s?|er|ant)|morte?s?|meurent|décès|décédée?s?|bless(?:ée?s?|er|ant)|victimes?|corps|cadavres?"
        r"|dépouilles?|disparue?s?|enlevée?s?|otages?|capturée?s?|arrêtée?s?|interpellée?s?|pertes|périe?s?"
        r"|abattue?s?|exécutée?s?|neutralisée?s?|déplacée?s?|rescapée?s?|survivante?s?|inhumée?s?|enterrée?s?"
        r"|massacrée?s?|bilan)\b",
        re.I,
    ),
}
"""Language → a word that goes with dead, wounded, taken, missing or displaced people."""
