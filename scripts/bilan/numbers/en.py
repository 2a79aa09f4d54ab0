"""The words of English number expressions. All patterns see folded text (``grammar.fold``)."""

from __future__ import annotations

import re
from functools import lru_cache

from text_to_num import text2num

from bilan.numbers.grammar import Language
from bilan.numbers.openings import nothing_of
from bilan.numbers.units import CODES, EDGE, NONE, SIGNS_AFTER, after_number, before_number

_SMALL = (
    "one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|"
    "eighteen|nineteen|twenty|thirty|forty|fourty|fifty|sixty|seventy|eighty|ninety"
)
_LARGE = "hundred|thousand|million|billion"
_SCALES: dict[str, tuple[int, str]] = {
    **dict.fromkeys(("dozen", "dozens"), (12, "dozen")),
    "score": (20, "round"),
    **dict.fromkeys(("hundred", "hundreds"), (100, "plain")),
    **dict.fromkeys(("thousand", "thousands", "k"), (1000, "plain")),
    **dict.fromkeys(("lakh", "lakhs"), (10**5, "plain")),
    **dict.fromkeys(("million", "millions", "mln", "mn", "mio"), (10**6, "plain")),
    **dict.fromkeys(("crore", "crores"), (10**7, "plain")),
    **dict.fromkeys(("billion", "billions", "bn"), (10**9, "plain")),
    **dict.fromkeys(("trillion", "trillions", "tn", "trn"), (10**12, "plain")),
    "m": (10**6, "short"),
    "b": (10**9, "short"),
}
_SCALE_WORDS = "|".join(sorted(_SCALES, key=len, reverse=True))
_ARTICLE_SCALE = rf"(?=(?:{_LARGE}|dozen|score|trillion|lakh|crore){EDGE})"

_FAR = (
    r"(?:(?:just|slightly|somewhat|well|far|way|much|considerably"
    r"|significantly|even|still|a\s(?:little|bit|lot))\s)*"
)
_THE = r"(?:the\s)?(?:very\s)?"
_LEAD = re.compile(
    rf"""(?:
    (?P<at_least> at\ {_THE}least|(?:no|not)\ (?:fewer|less)\ than|as\ few\ as|(?:a\ )?minimum\ of
        |at\ a\ minimum|>=|≥)
    |(?P<at_most> (?:to\ )?up\ to|as\ (?:many|much|high)\ as|at\ {_THE}most|(?:no|not)\ (?:more|greater)\ than
        |(?:a\ )?maximum\ of|<=|≤)
    |(?P<less_than> {_FAR} (?:(?:fewer|less|lower)\ than|under|below|shy\ of|short\ of)|not\ quite|<)
    |(?P<more_than> {_FAR} (?:(?:more|greater|higher)\ than|over|above|upwards?\ of
        |in\ excess\ of|exceeding|beyond)
        |>)
    |(?P<nearly> (?:very\ )?(?:nearly|almost|close\ to)|near(?=\ [0-9])|nearing|approaching)
    |(?P<approximate> about|around|some|approximately|approx\.?|roughly|(?:an\ )?estimated|perhaps|maybe
        |possibly
        |barely|circa|ca?\.|(?:something|somewhere)\ (?:like|around|near)
        |(?:in|on|of)\ the\ (?:order|region|neighbou?rhood)\ of|[~≈])
    |(?P<between> (?:anywhere\ |somewhere\ )?between)
    |(?P<starting> (?:anywhere\ )?from)
    |(?P<another> another)
    |(?P<skip> an?\ (?:grand\ |combined\ )?total\ of|a\ toll\ of
        |an?\ (?:further|additional|extra|record|whopping|staggering|mere|combined|confirmed|reported
           |suspected)
        |(?:further|additional|the|these|those|all|his|her|its|their|our|my|your)(?:\ of(?:\ the)?)?
         (?:\ (?:remaining|other|further|additional|same|estimated|first|last))?
        |exactly|precisely|only|just|reportedly|in\ all|altogether)
    )(?:(?<=[~≈<>≥≤=.])|(?=[ ,]))[ ,:]*""",
    re.VERBOSE,
)
_ZERO = re.compile(
    r"no(?! (?:more|fewer|less|longer|doubt|greater)(?![a-z])) [a-z]|(?:none|nobody|nil|nought)(?![a-z])"
    r"|not (?:any|an?(?: single)?|one(?: single)?) [a-z]|any [a-z]|neither [a-z]"
    r"|without (?:any )?(?:casualt|loss|injur|death|fatalit)"
)
_HALF_TIME = r" an? (?:hour|day|week|month|year|decade|century|mile)"
_FIXED = re.compile(
    rf"(?:(?P<half>(?:an? |one )?half(?!-|[ -](?:an? )?(?:{_SCALE_WORDS}){EDGE}|{_HALF_TIME}))"
    r"|(?P<n2>both|(?:an? )?(?:pair|duo))|(?P<n3>(?:an? )?trio)"
    rf"){EDGE}"
)
_SEVERAL = (
    r"(?:several|many|multiple|numerous|countless|untold|(?:quite )?(?:a )?(?:good )?few|a couple(?: of)?)"
)
_GROUP = re.compile(
    rf"(?:(?:in|by|into) (?:(?:the|their) )?)?(?:(?:low|high|mid) )?(?P<sized>{_SEVERAL} )?"
    r"(?P<base>tens(?= of)|dozens|scores|hundreds|thousands|millions|billions|trillions"
    r"|(?(sized)(?:dozen|score|hundred|thousand|million|billion|trillion)|(?!)))"
    r"(?: (?:and|upon) (?P=base))?"
    rf"(?: (?:of )?(?P<scale>thousands?|millions?|billions?|trillions?))?{EDGE}"
)
_GROUPS = {
    "tens": (20, 99),
    **dict.fromkeys(("dozens", "dozen"), (24, 99)),
    **dict.fromkeys(("scores", "score"), (40, 99)),
    **dict.fromkeys(("hundreds", "hundred"), (200, 999)),
    **dict.fromkeys(("thousands", "thousand"), (2000, 9999)),
    **dict.fromkeys(("millions", "million"), (2 * 10**6, 10**7 - 1)),
    **dict.fromkeys(("billions", "billion"), (2 * 10**9, 10**10 - 1)),
    **dict.fromkeys(("trillions", "trillion"), (2 * 10**12, 10**13 - 1)),
}
_MANY = re.compile(
    r"(?:several|many|(?:quite )?a (?:good )?few|a (?:good|great) many|handful(?= of)"
    r"|an? (?:small |mere )?handful"
    r"|(?:a )?couple(?= (?:of|more|others?)(?![a-z]))|numerous|multiple|countless|innumerable"
    r"|(?:a lot|lots)(?= of)"
    rf"|an? (?:[a-z-]+ ){{0,2}}number(?= of |$)|(?:[a-z]+ )?numbers(?= of )){EDGE}"
)
_SPACED = r"[0-9]{1,3}(?: [0-9]{3})+(?! ?mm|-[a-z]|/[0-9]|[0-9])"
_DIGITS = re.compile(
    rf"(?:(?P<thousands>{_SPACED}|[0-9]{{1,3}}"
    r"(?:(?:, ?[0-9]{3})+|(?:,[0-9]{2})+,[0-9]{3}|(?:\.[0-9]{3}){2,}))"
    r"|(?P<plain>[0-9]+))(?![0-9])(?:\.(?P<decimals>[0-9]+))?(?![0-9]|[.,:/][0-9])"
)
_RUN_WORD = rf"(?:{_SMALL}|{_LARGE}){EDGE}"
_RUN_LINK = "(?:[ -]|(?<=d|n) and )"
_WORDS = re.compile(
    rf"zero{EDGE}|(?:an? {_ARTICLE_SCALE}(?:(?:{_LARGE}){EDGE})?|{_RUN_WORD})(?:{_RUN_LINK}{_RUN_WORD})*"
)


@lru_cache(maxsize=1024)
def _words_value(run: str) -> int | None:
    """``text2num`` over a run of number words; "a" is one, which it does not know.

    It takes "zero" before other numbers, which the pattern of runs does not.
    """
    first, _, others = run.partition(" ")
    if first in ("a", "an"):
        run = f"one {others}".rstrip()
    try:
        return int(text2num(run, "en"))
    except (ValueError, OverflowError):
        return None


_ALONE = r"(?!\s(?!of|in|after|before|later|ago|long|earlier)[a-z])"
"""After a unit of time in the singular: "one day" lasts, "20 day labourers" do not."""
_BEFORE_UNIT = (
    r"(?:more|others?|further|additional|extra|long|full|whole|straight|consecutive|square|cubic"
    r"|nautical|metric) "
)
_UNITS = {
    "XOF": "(?:f ?)?cfa|(?:west african )?cfa francs?|francs? cfa|west african francs?",
    "XAF": "central african (?:cfa )?francs?",
    "CDF": "congolese francs?",
    "AUD": "australian dollars?",
    "CAD": "canadian dollars?",
    "USD": r"(?:u\.?s\.? |american )?dollars?",
    "EUR": "euros?",
    "GBP": "(?:british )?pounds? sterling|british pounds?",
    "SSP": "south sudanese pounds?",
    "SDG": "sudanese pounds?",
    "EGP": "egyptian pounds?",
    "SYP": "syrian pounds?",
    "LBP": "lebanese (?:pounds?|liras?)",
    "TRY": "turkish liras?",
    "NGN": "(?:nigerian )?nairas?",
    "ZAR": "(?:south african )?rand",
    "ETB": "(?:ethiopian )?birr",
    "MZN": "meticais|meticals?",
    "GHS": "(?:ghana(?:ian)? )?cedis?",
    "KES": "kenyan? shillings?",
    "SOS": "somali shillings?",
    "UGX": "ugandan? shillings?",
    "TZS": "tanzanian? shillings?",
    "UAH": "(?:ukrainian )?hryvnias?",
    "RUB": "(?:russian )?(?:roubles?|rubles?)",
    "ILS": "(?:israeli |new )?shekels?",
    "INR": "indian rupees?",
    "PKR": "pakistani? rupees?",
    "LKR": "sri lankan rupees?",
    "NPR": "nepal(?:i|ese) rupees?",
    "BDT": "(?:bangladeshi )?taka",
    "MMK": "(?:myanmar )?kyats?",
    "LYD": "libyan dinars?",
    "IQD": "iraqi dinars?",
    "DZD": "algerian dinars?",
    "YER": "yemeni ri[ay]ls?",
    "SAR": "saudi ri[ay]ls?",
    "IRR": "iranian ri[ay]ls?",
    "COP": "colombian pesos?",
    "MXN": "mexican pesos?",
    "PHP": "philippine pesos?",
    "CNY": "(?:chinese )?yuan",
    "JPY": "(?:japanese )?yen",
    "percent": "per[ -]?cent|pct",
    "t": "t|tons?|tonnes?",
    "kg": "kgs?|kilos?|kilograms?|kilogrammes?",
    "ha": "ha|hectares?",
    NONE: r"percentage points?|k?m[23²³]|k?ms?|[cm]m|(?:kilo|centi|milli)?met(?:er|re)s?|miles|feet|ft"
    r"|inches|yards"
    r"|acres|knots|mph|kph|days|nights|hours|hrs?|minutes|mins?|seconds|secs|weeks|weekends|months|years|yrs|decades"
    r"|centuries|generations|(?:mile|inch|yard|acre|day|night|hour|minute|second|week|weekend|month|year|decade"
    rf"|century|generation){_ALONE}|times|fold|(?:kilo)?lit(?:er|re)s?|gallons?|grams?|grammes?|g|mg|degrees?|watts?"
    r"|[kmg]wh?|[kmgt]b|kt|kilotons?|pounds?|lbs?|ounces?|oz|francs?|rupees?|shillings?|dinars?|dirhams?|ri[ay]ls?"
    r"|pesos?|liras?|afghanis|[ap]\.?m|o'clock|gmt|cents",
}
_UNIT = after_number(rf" ?(?:{_BEFORE_UNIT})*(?:of )?", _UNITS)
_MONTHS = (
    "january|february|april|june|july|august|september|october|november|december|(?:march|may)(?= [0-9]|,|$)"
)
_REJECT = re.compile(
    rf"-(?!odd|plus|some)[a-z]|[:/.,][0-9]|(?<=[0-9])(?:st|nd|rd|th)s?{EDGE}"
    rf"|[ -](?:third|quarter|fifth|sixth|seventh|eighth|ninth|tenth|hundredth)s{EDGE}"
    rf"| (?:and [0-9]+ )?(?:{_MONTHS}){EDGE}"
    rf"| and (?:first|second|third|[a-z]+(?:enty|irty|orty|ifty|ixty|ghty|inety)-[a-z]+th){EDGE}"
)
_BEHIND_WORDS = (
    "(?:(?P<approximate>or so|or thereabouts|odd|approximately|roughly|give or take)"
    "|(?P<at_least>(?:or|and|if not) more|or above|and counting|plus(?! [0-9])"
    "|at (?:the )?(?:very )?least|(?:at a )?minimum)"
    "|(?P<at_most>at (?:the )?(?:very )?most|or (?:fewer|less|under)|(?:at )?maximum)"
    "|(?P<exact>exactly|precisely))"
)
_BEHIND = re.compile(
    rf"(?: ?,?[ -]{_BEHIND_WORDS}|(?P<approximate_>-some)|(?P<at_least_> ?\+(?! ?[0-9]))){EDGE}"
)
_AT_END = re.compile(rf"[ ,]{_BEHIND_WORDS}$")
_NUMBER = rf"(?:[0-9]|(?:{_SMALL}|{_LARGE}){EDGE})"
_ORDINALS = (
    r"first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|eleventh|twelfth|[a-z]+t(?:een|ie)th"
)
_SCALE = rf"[ -]?({_SCALE_WORDS}){EDGE}"
_AND_HALF = rf" and a half{EDGE}"
_TO = r" (?:to|or|up to|or even|if not) | ?- ?|, (?:possibly|perhaps|or|or even|if not|or perhaps) "
_AND = r" (?:and|to) | ?- ?"
_SILENT = nothing_of(
    phrases=(
        *(_AND_HALF, _TO, _AND, _RUN_LINK + _RUN_WORD, _REJECT.pattern, _BEHIND.pattern),
        " mm",
        *(f" (?:{sign})" for sign in SIGNS_AFTER.values()),
    ),
    words=(_SCALE_WORDS, *_UNITS.values(), "|".join(CODES).lower()),
    passed=f"{_BEFORE_UNIT}|of ",
)
_SMALL_VALUES = {word: value for word in _SMALL.split("|") if (value := _words_value(word)) and value > 1}

ENGLISH = Language(
    plain=re.compile(
        r"([0-9]{1,3}(?:[0-9]{0,12}|(?: [0-9]{3}){1,4}|(?:,[0-9]{3}){1,4})"
        rf"|{'|'.join(_SMALL_VALUES)})(?=$| [a-z])"
    ),
    small=_SMALL_VALUES,
    silent=re.compile(_SILENT),
    lead=_LEAD,
    zero=_ZERO,
    fixed=_FIXED,
    group=_GROUP,
    group_link=re.compile(r",? (?:or|to|if not|or even|and even|perhaps|possibly|or perhaps) "),
    groups=_GROUPS,
    many=_MANY,
    digits=_DIGITS,
    words=_WORDS,
    words_value=_words_value,
    scale_words=frozenset(("hundred", "thousand", "million", "billion")),
    half_of=re.compile(rf"(?:half an? |(?:an? |one )?half[- ])(?=(?:{_SCALE_WORDS}){EDGE})"),
    and_half=re.compile(_AND_HALF),
    scale=re.compile(_SCALE),
    scales=_SCALES,
    short_scale=re.compile(
        rf" (?:people|persons|civilians|children|refugees|displaced|dollars|euros|naira|others){EDGE}"
    ),
    currency=before_number({"NGN": "₦|n", "ZAR": "r", "KES": r"ksh\.?", "GHS": "gh[¢₵]"}),
    unit=_UNIT,
    to=re.compile(_TO),
    and_=re.compile(_AND),
    reject=_REJECT,
    behind=_BEHIND,
    at_end=_AT_END,
    last_words=frozenset(re.findall("[a-z]+", _BEHIND_WORDS)),
    single=re.compile(r"an? (?=[a-z0-9'])|another$"),
    not_one=re.compile(
        rf"(?:{_ORDINALS}|quarter|half|couple|little|bit|lot|another|few|number|majority|minority){EDGE}"
        r"|(?:group|series|string|wave|part|portion|crowd|fraction|range|variety|kind|sort|type) of "
        rf"|(?:[a-z]+ )?(?:in|out of) (?:every )?{_NUMBER}"
    ),
)
