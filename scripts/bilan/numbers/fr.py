"""The words of French number expressions. All patterns see folded text (``grammar.fold``)."""

from __future__ import annotations

import re
from functools import lru_cache

from text_to_num import text2num

from bilan.numbers.grammar import Language
from bilan.numbers.openings import nothing_of
from bilan.numbers.units import CODES, EDGE, NONE, SIGNS_AFTER, after_number, before_number

_DE = r"(?:des?\s|d'|du\s)"
_FAR = r"(?:(?:un\speu|bien|beaucoup|nettement|largement|tres|sensiblement|legerement|encore)\s)*"
_SMALL = (
    "une?|deux|trois|quatre|cinq|six|sept|huit|neuf|dix|onze|douze|treize|quatorze|quinze|seize|vingts?|trente|"
    "quarante|cinquante|soixante|septante|huitante|octante|nonante"
)
_LARGE = "cents?|mille?|millions?|milliards?|billions?"
_ROUND = {
    "dizaine": 10, "quinzaine": 15, "vingtaine": 20, "trentaine": 30, "quarantaine": 40, "cinquantaine": 50,
    "soixantaine": 60, "septantaine": 70, "huitantaine": 80, "nonantaine": 90,
    "centaine": 100, "millier": 1000,
}  # fmt: skip
_SCALES: dict[str, tuple[int, str]] = {
    **{word + plural: (size, "round") for word, size in _ROUND.items() for plural in ("", "s")},
    **dict.fromkeys(("douzaine", "douzaines"), (12, "dozen")),
    **dict.fromkeys(("cent", "cents"), (100, "plain")),
    **dict.fromkeys(("mille", "mil"), (1000, "plain")),
    **dict.fromkeys(("million", "millions", "mio"), (10**6, "plain")),
    **dict.fromkeys(("milliard", "milliards", "md", "mds", "mrd", "mrds"), (10**9, "plain")),
    **dict.fromkeys(("billion", "billions"), (10**12, "plain")),
    "m": (10**6, "short"),
}
_COLLECTIVE = "|".join(rf"{word}s?" for word in (*_ROUND, "douzaine"))
_SCALE_WORDS = "|".join(sorted(_SCALES, key=len, reverse=True))
_START = rf"(?=[0-9$€£]|(?:{_SMALL}|{_LARGE}|{_COLLECTIVE}){EDGE})"
_SIZED = rf"(?:(?:bonne|petite|grosse)\s)?(?:demi[-\s])?(?:{_COLLECTIVE}|million|milliard|moitie){EDGE}"

_LEAD = re.compile(
    rf"""(?:
    (?P<at_least> {_FAR} (?:au\ (?:strict\ )?(?:moins|minimum)|a\ tout\ le\ moins|pour\ le\ moins|au\ bas\ mot
        |(?:pas|non)\ moins\ {_DE}|(?:un\ )?minimum\ {_DE}|minimum|>=|≥))
    |(?P<at_most> (?:pouvant\ aller\ )?jusqu'(?:a|au|aux)(?![a-z])|pouvant\ atteindre
        |(?:tout\ )?au\ (?:grand\ )?(?:plus|maximum)
        |(?:un\ )?maximum\ {_DE}|maximum|pas\ (?:plus|davantage)\ {_DE}|<=|≤)
    |(?P<less_than> {_FAR} (?:moins\ {_DE}|en\ dessous\ {_DE}|inferieure?s?\ (?:a|aux?)(?![a-z])|<))
    |(?P<approximate_> plus\ ou\ moins)
    |(?P<more_than> {_FAR} (?:(?:plus|davantage)\ {_DE}|au[- ]dela\ {_DE}|au[- ]dessus\ {_DE}
        |superieure?s?\ (?:a|aux?)(?![a-z])|>))
    |(?P<nearly> (?:a\ )?(?:pres\ {_DE}|presque|quasiment|quasi)|(?:pas|non)\ loin\ {_DE})
    |(?P<approximate> environ|(?:a\ )?quelques?\ {_START}|autour\ {_DE}|aux?\ (?:alentours|environs)\ {_DE}
        |dans\ les\ {_START}|a\ peu\ pres|a\ peine|approximativement|de\ l'ordre\ {_DE}|grosso\ modo|peut-etre
        |vers|[~≈]
        |estimee?s?\ a(?:\ environ|\ quelque)?(?![a-z]))
    |(?P<between> entre) (?=[ ])
    |(?P<starting> de) (?=\ (?:[0-9]|(?:{_SMALL}|{_LARGE}){EDGE}))
    |(?P<skip> (?:l'ensemble|la\ totalite|(?:un|le)\ total|un\ bilan|au\ nombre)\ {_DE}
        |(?:tous|toutes)(?:\ les)?|les|ces|ses|leurs?|nos|vos|mes|autres|au\ total|en\ tout
        |exactement|precisement|seulement|l'(?=une?{EDGE})|(?:la|le|cette|ce)(?=\ {_SIZED}))
    )(?:(?<=')|(?<=[~≈<>≥≤=])|(?=[ ,])|(?<=\ ))[ ,:]*""",
    re.VERBOSE,
)
_ZERO = re.compile(
    rf"(?:aucune?s?|nul(?:le)?|ni) [a-z]|plus une? seule? "
    rf"|pas (?!moins|plus|davantage|loin)(?:{_DE}|une? seule?|l[ae] moindre)"
    r"|(?:personne|aucune?)$|sans (?:aucune? |faire de )?(?:victime|perte|mort|blesse|degat)"
)
_FIXED = re.compile(
    r"(?:(?P<half>(?:la |une )?moitie)|(?P<n2>(?:une |la |cette )?paire|(?:un |le |ce )?duo)"
    rf"|(?P<n3>(?:un |le |ce )?trio)){EDGE}"
)
_GROUP = re.compile(
    r"(?:par )?(?:(?:des|les|ces|quelques|plusieurs|(?:de )?(?:tres )?nombreu(?:ses|x)|beaucoup de|de) )*"
    r"(?P<base>dizaines|douzaines|vingtaines|centaines|milliers|millions|milliards)"
    rf"(?: et (?:des )?(?P=base))?(?: (?:de |d')(?P<scale>milliers|millions|milliards))?{EDGE}"
)
_GROUPS = {
    "dizaines": (20, 99),
    "douzaines": (24, 99),
    "vingtaines": (40, 99),
    "centaines": (200, 999),
    "milliers": (2000, 9999),
    "millions": (2 * 10**6, 10**7 - 1),
    "milliards": (2 * 10**9, 10**10 - 1),
}
_MANY = re.compile(
    r"(?:plusieurs|quelques(?:[- ]une?s)?|(?:de |d')?(?:tres )?(?:nombreu(?:x|ses)|innombrables|multiples)"
    r"|maint(?:e)?s"
    r"|(?:beaucoup|bon nombre|nombre|quantite)(?= d[e'])|bien(?= des )"
    rf"|une (?:petite |grosse )?poignee|une multitude|un (?:[a-z-]+ ){{0,2}}nombre){EDGE}"
)
_SPACED = r"[0-9]{1,3}(?: [0-9]{3})+(?! ?mm|-[a-z]|/[0-9]|[0-9])"
_DIGITS = re.compile(
    rf"(?:(?P<thousands>{_SPACED}|[0-9]{{1,3}}(?:(?:\.[0-9]{{3}})+|(?:,[0-9]{{3}}){{2,}}|(?:'[0-9]{{3}})+))"
    r"|(?P<plain>[0-9]+))(?![0-9])(?:[.,](?P<decimals>[0-9]+))?(?![0-9]|[.,:/][0-9])"
)
_RUN_WORD = rf"(?:{_SMALL}|{_LARGE}){EDGE}"
_RUN_LINK = rf"(?:[ -]|[ -]et[ -](?=(?:une?|onze){EDGE}))"
_WORDS = re.compile(rf"zero{EDGE}|{_RUN_WORD}(?:{_RUN_LINK}{_RUN_WORD})*")
_LOST_AND = re.compile(r"(?<!quatre )(vingt|trente|quarante|cinquante|soixante) (?=une?(?![a-z]))")


@lru_cache(maxsize=1024)
def _words_value(run: str) -> int | None:
    """``text2num`` over a run of number words, with its quirks kept away.

    It fails on "dix-mille" with its hyphen, on "vingt un" without "et" and on "zero" without its accent, and
    takes zero before other numbers (the pattern of runs does not).
    """
    if run == "zero":
        return 0
    run = run.replace("-", " ")
    if "un" in run:
        run = _LOST_AND.sub(r"\1 et ", run)
    try:
        return int(text2num(run, "fr"))
    except (ValueError, OverflowError):
        return None


_BEFORE_UNIT = r"(?:autre|long|longue|bon|bonne|dernier|derniere|premier|premiere|petit|petite)s? "
_UNITS = {
    "XOF": r"(?:francs?|frs?|f)\.? ?\(?(?:cfa|c\.f\.a)|fcfa|cfa",
    "XAF": "francs? (?:camerounais|tchadiens?|centrafricains?|gabonais)",
    "CDF": "francs? congolais",
    "GNF": "francs? guineens?",
    "CHF": "francs? suisses?",
    "BIF": "francs? burundais",
    "RWF": "francs? rwandais",
    "DJF": "francs? djiboutiens?",
    "CAD": "dollars? canadiens?",
    "AUD": "dollars? australiens?",
    "USD": "dollars?",
    "EUR": "euros?",
    "GBP": "livres? sterlings?",
    "SDG": "livres? soudanaises?",
    "SSP": "livres? sud-soudanaises?",
    "EGP": "livres? egyptiennes?",
    "LBP": "livres? libanaises?",
    "SYP": "livres? syriennes?",
    "TRY": "livres? turques?",
    "NGN": "nairas?",
    "MRU": "ouguiyas?",
    "DZD": "dinars? algeriens?",
    "TND": "dinars? tunisiens?",
    "LYD": "dinars? libyens?",
    "IQD": "dinars? irakiens?",
    "MAD": "dirhams? marocains?",
    "ETB": "birrs?",
    "ZAR": "rands?",
    "RUB": "roubles?",
    "UAH": "hryvnias?",
    "ILS": "shekels?",
    "KES": "shillings? kenyans?",
    "SOS": "shillings? somaliens?",
    "UGX": "shillings? ougandais",
    "INR": "roupies? indiennes?",
    "PKR": "roupies? pakistanaises?",
    "CNY": "yuans?",
    "percent": r"pour[ -]?cent|p\.? ?c\.?|pct",
    "t": "t|tonnes?",
    "kg": "kgs?|kilos?|kilogrammes?",
    "ha": "ha|hectares?",
    NONE: r"points? de (?:pourcentage|base)|k?m[23²³]|k?ms?|[cm]m|(?:kilo|centi|milli)?metres?|miles?"
    r"|milles|pieds?"
    r"|pouces?|lieues?|acres?|noeuds?|jours?|journees?|nuits?|heures?|h[0-9]*|minutes?|mi?n|secondes?|semaines?"
    r"|week-?ends?|mois|ans?|annees?|decennies?|siecles?|fois|(?:hecto)?litres?|l(?!')|grammes?|m?g|degres?"
    r"|quintaux|watts?|[kmg]?wh?|[kmgt]o|kt|kilotonnes?|francs?|f|livres?|roupies?|shillings?|dinars?|dirhams?"
    r"|riyals?|rials?|pesos?",
}
_UNIT = after_number(rf" ?\(?(?:{_BEFORE_UNIT})*(?:de |d'|des )?", _UNITS)
_MONTHS = "janvier|fevrier|mars|avril|mai|juin|juillet|aout|septembre|octobre|novembre|decembre"
_REJECT = re.compile(
    rf"-[a-z]|[:/.,][0-9]|(?<=[0-9])(?:e|er|d|re|nde?|[ie]?eme|ere)s?{EDGE}"
    rf"| (?:tiers|quarts?|(?!troisieme)[a-z]+iemes){EDGE}| (?:(?:et|au|-) [0-9]+(?:er)? )?(?:{_MONTHS}){EDGE}"
)
_BEHIND_WORDS = (
    "(?:(?P<approximate>plus ou moins|environ|a peu pres|approximativement|peu ou prou)"
    "|(?P<at_least>(?:au|a tout le|pour le) moins|(?:au )?minimum|au bas mot"
    "|(?:ou|et|voire|sinon) (?:plus|davantage))"
    "|(?P<at_most>(?:tout )?au plus|(?:au (?:grand )?)?maximum|ou moins)"
    "|(?P<exact>precisement|exactement|tout juste))"
)
_BEHIND = re.compile(rf"(?: ?,? {_BEHIND_WORDS}|(?P<at_least_> ?\+(?! ?[0-9]))){EDGE}")
_AT_END = re.compile(rf"[ ,]{_BEHIND_WORDS}$")
_NUMBER = rf"(?:[0-9]|(?:{_SMALL}|{_LARGE}){EDGE})"
_BEFORE_SCALE = "(?:autre|bonne|petite|grosse|de) |d'"
_SCALE = rf"[ -]?(?:{_BEFORE_SCALE})*({_SCALE_WORDS}){EDGE}"
_AND_HALF = rf" et demie?{EDGE}"
_TO = r" (?:a|ou(?: meme)?|(?:et )?jusqu'a) | ?- ?|,? (?:voire|sinon|ou)(?: meme)?(?: a)? "
_AND = r" (?:et|a) | ?- ?"
_SILENT = nothing_of(
    phrases=(
        *(_AND_HALF, _TO, _AND, _RUN_LINK + _RUN_WORD, _REJECT.pattern, _BEHIND.pattern),
        " mm",
        *(f" (?:{sign})" for sign in SIGNS_AFTER.values()),
    ),
    words=(_SCALE_WORDS, *_UNITS.values(), "|".join(CODES).lower()),
    passed=f"{_BEFORE_SCALE}|{_BEFORE_UNIT}|des ",
)
_SMALL_VALUES = {
    word: value
    for word in f"{_SMALL}|cent|mille".split("|")
    if word.isalpha() and (value := _words_value(word)) and value > 1
}

FRENCH = Language(
    plain=re.compile(
        r"([0-9]{1,3}(?:[0-9]{0,12}|(?: [0-9]{3}){1,4})"
        rf"|{'|'.join(_SMALL_VALUES)})(?=$| [a-z])"
    ),
    small=_SMALL_VALUES,
    silent=re.compile(_SILENT),
    lead=_LEAD,
    zero=_ZERO,
    fixed=_FIXED,
    group=_GROUP,
    group_link=re.compile(r",? (?:(?:ou|voire|sinon|a|et)(?: meme)?) "),
    groups=_GROUPS,
    many=_MANY,
    digits=_DIGITS,
    words=_WORDS,
    words_value=_words_value,
    scale_words=frozenset(("cent", "cents", "mille", "million", "millions", "milliard", "milliards")),
    half_of=re.compile(rf"(?:une? )?demi[- ](?=(?:{_SCALE_WORDS}){EDGE})"),
    and_half=re.compile(_AND_HALF),
    scale=re.compile(_SCALE),
    scales=_SCALES,
    short_scale=re.compile(r" ?(?:€|\$|d'euros|de dollars|eur|usd|fcfa|f cfa|de f)"),
    currency=before_number({}),
    unit=_UNIT,
    to=re.compile(_TO),
    and_=re.compile(_AND),
    reject=_REJECT,
    behind=_BEHIND,
    at_end=_AT_END,
    last_words=frozenset(re.findall("[a-z]+", _BEHIND_WORDS)),
    single=re.compile(r"(?!)"),
    not_one=re.compile(
        rf"(?:autre )?(?:[a-z]+ieme|premiere?|seconde?|tiers|quart|peu|couple|demie?(?!-frere|-soeur)){EDGE}"
        r"|(?:groupe|serie|partie|part|majorite|minorite|foule|vague|ensemble|sorte|type|genre) d(?:es? |')"
        rf"|(?:[a-z]+ )?sur {_NUMBER}"
    ),
)
