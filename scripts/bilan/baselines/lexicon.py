"""Words that the baselines know without training: what happened to people, and how a speaker is brought in."""

from __future__ import annotations

import re

_MEASURES = {
    "killed": (
        r"kill(?:ed|s|ing)?|dead|died|deaths?|slain|massacred|executed|bodies|fatalities|perished|lost their lives"
        r"|tuée?s?|morte?s?|meurent|décès|décédée?s?|périe?s?|abattue?s?|exécutée?s?|massacrée?s?|corps"
        r"|cadavres?|assassinée?s?"
    ),
    "wounded": r"wound(?:ed|s|ing)?|injur(?:ed|ies|ing)|hurt|blessée?s?",
    "missing": r"missing|unaccounted|disparue?s?|sans nouvelles?",
    "abducted": r"abduct(?:ed|ing)|kidnapp(?:ed|ing)|hostages?|enlevée?s?|kidnappée?s?|otages?",
    "captured": r"captured?|prisoners?|capturée?s?|prisonniers?",
    "arrested": r"arrest(?:ed|s)|detained|arrêtée?s?|interpellée?s?|détenue?s?",
    "displaced": r"displaced|fled|déplacée?s?|fui|réfugiée?s?",
    "neutralised": r"neutrali[sz]ed|neutralisée?s?",
    "casualties": r"casualties|victims?|losses|victimes?|pertes",
    "released": r"freed|released|libérée?s?",
    "destroyed": r"destroyed|burn(?:ed|t)|torched|détruite?s?|incendiée?s?|brûlée?s?",
    "seized": r"seized|looted|saisie?s?|emportée?s?|volée?s?|récupérée?s?",
}
MEASURES = re.compile(
    r"\b(?:" + "|".join(f"(?P<{name}>{words})" for name, words in _MEASURES.items()) + r")\b", re.I
)
"""A word that says what happened; the group is the measure."""

_SAYS_EN = (
    r"said|says|told|reported|reports|confirmed|claimed|claims|announced|announces|added|stated|estimated|denied"
    r"|according to|accused|blamed|put|gave|counted|spoke of|wrote|declared|acknowledged|cited|quoted"
)
_SAYS_FR = (
    r"selon|d['’]après|a déclaré|a indiqué|a annoncé|a affirmé|a confirmé|a précisé|a démenti|a revendiqué|affirme"
    r"|affirment|indique|indiquent|évoque|évoquent|fait état|font état|rapporte|rapportent|parle|parlent|assure"
    r"|assurent|dit|disent|précise|annonce|annoncent|estime|avance|avancent|a fait état|ont déclaré|ont indiqué"
    r"|a dit|ajoute|a ajouté|accuse|accusent|revendique|dément|confirme|confirment|compte|recense|explique"
)
CUES = {
    "en": re.compile(rf"\b(?:{_SAYS_EN})\b", re.I),
    "fr": re.compile(rf"(?<!\w)(?:{_SAYS_FR})\b", re.I),
}
"""Language → a cue."""

BEFORE_SOURCE = re.compile(r"(?:according to|selon|d['’]après)$", re.I)
"""A cue after which the source stands; before others it stands in front."""

STANCES = (
    ("denies", re.compile(r"\b(?:den(?:y|ies|ied)|dément\w*|nie\w*|rejet\w+)", re.I)),
    ("claims_responsibility", re.compile(r"\b(?:revendiqu\w+|claimed responsibility)", re.I)),
    ("claims", re.compile(r"\b(?:claim\w*|affirm\w+|prétend\w*|assur\w+)", re.I)),
    ("confirms", re.compile(r"\b(?:confirm\w*|acknowledg\w+|reconn\w+)", re.I)),
    ("estimates", re.compile(r"\b(?:estim\w+|évalu\w+)", re.I)),
    ("accuses", re.compile(r"\b(?:accus\w+|blam\w+|imput\w+|attribu\w+)", re.I)),
    ("condemns", re.compile(r"\b(?:condemn\w*|condamn\w*)", re.I)),
)
"""Stance → cues that say so; else: states."""

_KINDS = (
    r"sécuritaires?|locales?|militaires?|hospitalières?|humanitaires?|concordantes?|malienne?|burkinabè|nigérienne?"
    r"|local|military|security|medical|hospital|police|army|human rights"
)
SPEAKERS = re.compile(
    rf"\b(?:(?:une?|des|plusieurs|deux|a|an|two|several|some|many|{_KINDS})\s)*"
    r"(?:sources?|officials?|residents?|witnesses|survivors?|habitants?|témoins?|rescapés?|élus?|responsables?"
    r"|ministère|gouvernement|government|ministry|army|armée|spokes(?:man|woman|person)|porte-parole|governor"
    r"|gouverneur|mayor|maire|police|prosecutor|procureur|état-major|rebels|hospital|activists)"
    rf"(?:\s(?:{_KINDS}))*",
    re.I,
)
"""Words for a speaker without a name."""

SUM = re.compile(r"\b(?:since|depuis|so far this|over the past|ces derniers|au total depuis)\b", re.I)
"""A figure of a longer time, not of one event."""


def stance(cue: str) -> str:
    """The stance that a cue's words tell."""
    return next((name for name, words in STANCES if words.search(cue)), "states")
