"""The words of English number expressions. All patterns see folded text: lower case, no accents, plain apostrophes."""

from __future__ import annotations

import re

from text_to_num import text2num

from bilan.numbers.grammar import EDGE, UNIT_EDGE, Language

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

_FAR = r"(?:(?:just|slightly|somewhat|well|far|way|much|considerably|significantly|even|still|an?\ (?:little|bit|lot)) \ )*"
_LEAD = re.compile(
    rf"""(?:
    (?P<at_least> at\ (?:the\ )?(?:very\ )?least|(?:no|not)\ (?:fewer|less)\ than|as\ few\ as|an?\ minimum\ of|minimum\ of
        |at\ a\ minimum|>=|≥)
    |(?P<at_most> (?:to\ )?up\ to|as\ (?:many|much|high)\ as|at\ (?:the\ )?(?:very\ )?most|(?:no|not)\ (?:more|greater)\ than
        |an?\ maximum\ of|maximum\ of|<=|≤)
    |(?P<less_than> {_FAR} (?:(?:fewer|less|lower)\ than|under|below|shy\ of|short\ of)|not\ quite|<)
    |(?P<more_than> {_FAR} (?:(?:more|greater|higher)\ than|over|above|upwards?\ of|in\ excess\ of|exceeding|beyond)|>)
    |(?P<nearly> (?:very\ )?(?:nearly|almost|close\ to)|near(?=\ [0-9])|nearing|approaching)
    |(?P<approximate> about|around|some|approximately|approx\.?|roughly|(?:an\ )?estimated|perhaps|maybe|possibly|barely
        |circa|ca?\.|(?:something|somewhere)\ (?:like|around|near)|(?:in|on|of)\ the\ (?:order|region|neighbou?rhood)\ of|[~≈])
    |(?P<between> (?:anywhere\ |somewhere\ )?between)
    |(?P<starting> (?:anywhere\ )?from)
    |(?P<another> another)
    |(?P<skip> an?\ (?:grand\ |combined\ )?total\ of|an?\ (?:further|additional|extra|record|whopping|staggering|mere|combined
        |confirmed|reported|suspected)|(?:further|additional|the|these|those|all|his|her|its|their|our|my|your)
        (?:\ of(?:\ the)?)?(?:\ (?:remaining|other|further|additional|same|estimated|first|last))?|exactly|precisely|only|just
        |reportedly|in\ all|altogether|a\ toll\ of)
    )(?:(?<=[~≈<>≥≤=.])|(?=[ ,])) [ ,:]*""",
    re.VERBOSE,
)
_ZERO = re.compile(
    r"no(?! (?:more|fewer|less|longer|doubt|greater)(?![a-z])) [a-z]|(?:none|nobody|nil|nought)(?![a-z])"
    r"|not (?:any|an?(?: single)?|one(?: single)?) [a-z]|any [a-z]|neither [a-z]"
    r"|without (?:any )?(?:casualt|loss|injur|death|fatalit)"
)
_FIXED = re.compile(
    rf"(?:(?P<half>(?:an? |one )?half(?![ -](?:an? )?(?:{_SCALE_WORDS}){EDGE})(?!-| an? (?:hour|day|century|mile|year|decade|week|month)))"
    r"|(?P<n2>both|(?:an? )?(?:pair|duo))|(?P<n3>(?:an? )?trio)"
    rf"){EDGE}"
)
_SEVERAL = r"(?:several|many|multiple|numerous|countless|untold|(?:quite )?a (?:good )?few|few|a couple(?: of)?)"
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
    r"(?:several|many|(?:quite )?a (?:good )?few|an? (?:small |mere )?handful|handful(?= of)|(?:a )?couple(?= (?:of|more|other|others)(?![a-z]))"
    r"|numerous|multiple|countless|innumerable|a lot(?= of)|lots(?= of)|a good many|a great many"
    rf"|an? (?:[a-z-]+ ){{0,2}}number(?= of |$)|(?:[a-z]+ )?numbers(?= of )){EDGE}"
)
_SPACED = r"[0-9]{1,3}(?: [0-9]{3})+(?! ?mm|-[a-z]|/[0-9]|[0-9])"
_DIGITS = re.compile(
    rf"(?:(?P<thousands>[0-9]{{1,3}}(?:(?:, ?[0-9]{{3}})+|(?:,[0-9]{{2}})+,[0-9]{{3}}|(?:\.[0-9]{{3}}){{2,}})|{_SPACED})"
    r"|(?P<plain>[0-9]+))(?![0-9])(?:\.(?P<decimals>[0-9]+))?(?![0-9]|[.,:/][0-9])"
)
_RUN_WORD = rf"(?:{_SMALL}|{_LARGE}){EDGE}"
_WORDS = re.compile(
    rf"zero{EDGE}|(?:an? {_ARTICLE_SCALE}(?:(?:{_LARGE}){EDGE})?|{_RUN_WORD})(?:(?:[ -]|(?<=d|n) and ){_RUN_WORD})*"
)


def _words_value(run: str) -> int | None:
    """``text2num`` over a run of number words; "a" is one, which it does not know.

    It takes "zero" before other numbers, which the pattern of runs does not.
    """
    first, _, others = run.partition(" ")
    if first in ("a", "an"):
        run = f"one {others}".rstrip()
    try:
        return text2num(run, "en")
    except (ValueError, OverflowError):
        return None


_ALONE = r"(?!\s(?!of|in|after|before|later|ago|long|earlier)[a-z])"
"""After a unit of time in the singular: "one day" lasts, "20 day labourers" do not."""
_UNIT = re.compile(
    rf"""[ ]?(?:(?:more|other|others|further|additional|extra|long|full|whole|straight|consecutive|square|cubic|nautical|metric)[ ])*
    (?:of[ ])?(?:
    (?P<none>percentage[ ]points?|‰|°)|(?P<percent>%|per[ -]?cent(?![a-z])|pct(?![a-z]))
    |(?:(?P<XOF>(?:f[ ]?)?cfa|fcfa|cfa[ ]francs?|(?:west[ ]african[ ])?francs?[ ]cfa|west[ ]african[ ]francs|xof)
    |(?P<XAF>xaf|central[ ]african[ ](?:cfa[ ])?francs?)|(?P<CDF>cdf|congolese[ ]francs?)
    |(?P<AUD>aud|australian[ ]dollars?)|(?P<CAD>cad|canadian[ ]dollars?)
    |(?P<USD>usd|(?:u\.?s\.?[ ]|american[ ])?dollars?|us\$)|(?P<EUR>eur|euros?)
    |(?P<GBP>gbp|(?:british[ ])?pounds?[ ]sterling|british[ ]pounds?)|(?P<SDG>sdg|sudanese[ ]pounds?)
    |(?P<SSP>ssp|south[ ]sudanese[ ]pounds?)|(?P<EGP>egp|egyptian[ ]pounds?)|(?P<SYP>syp|syrian[ ]pounds?)
    |(?P<LBP>lbp|lebanese[ ](?:pounds?|lira))|(?P<TRY>(?:turkish[ ])?lira)|(?P<NGN>ngn|(?:nigerian[ ])?nairas?)
    |(?P<ZAR>zar|(?:south[ ]african[ ])?rand)|(?P<ETB>etb|(?:ethiopian[ ])?birr)|(?P<MZN>mzn|meticais|meticals?)
    |(?P<GHS>ghs|(?:ghana(?:ian)?[ ])?cedis?)|(?P<KES>kes|kenyan?[ ]shillings?)|(?P<SOS>sos|somali[ ]shillings?)
    |(?P<UGX>ugx|ugandan?[ ]shillings?)|(?P<TZS>tzs|tanzanian?[ ]shillings?)|(?P<UAH>uah|(?:ukrainian[ ])?hryvnias?)
    |(?P<RUB>rub|(?:russian[ ])?(?:roubles?|rubles?))|(?P<ILS>ils|(?:israeli[ ]|new[ ])?shekels?)
    |(?P<INR>inr|indian[ ]rupees?)|(?P<PKR>pkr|pakistani?[ ]rupees?)|(?P<LKR>lkr|sri[ ]lankan[ ]rupees?)
    |(?P<NPR>npr|nepal(?:es|)i?e?[ ]rupees?)|(?P<BDT>bdt|taka)|(?P<MMK>mmk|kyats?)|(?P<AFN>afn)
    |(?P<LYD>lyd|libyan[ ]dinars?)|(?P<IQD>iqd|iraqi[ ]dinars?)|(?P<DZD>dzd|algerian[ ]dinars?)
    |(?P<YER>yer|yemeni[ ]riyals?)|(?P<SAR>sar|saudi[ ]riyals?)|(?P<IRR>irr|iranian[ ]rials?)
    |(?P<COP>colombian[ ]pesos?)|(?P<MXN>mxn|mexican[ ]pesos?)|(?P<PHP>php|philippine[ ]pesos?)
    |(?P<CNY>cny|yuan)|(?P<JPY>jpy|yen)
    |(?P<t>t|tons?|tonnes?)|(?P<kg>kgs?|kilos?|kilograms?|kilogrammes?)|(?P<ha>ha|hectares?)
    |(?P<none_>k?m[23²³]|k?ms?|[cm]m|(?:kilo|centi|milli)?met(?:er|re)s?|miles|feet|ft|inches|yards|acres|knots|mph|kph
        |days|nights|hours|hrs?|minutes|mins?|seconds|secs|weeks|weekends|months|years|yrs|decades|centuries|generations
        |(?:mile|inch|yard|acre|day|night|hour|minute|second|week|weekend|month|year|decade|century|generation){_ALONE}
        |times|fold|(?:kilo)?lit(?:er|re)s?|gallons?|grams?|grammes?|g|mg|degrees?|watts?|[kmg]wh?|[kmgt]b|kt|kilotons?
        |pounds?|lbs?|ounces?|oz|francs?|rupees?|shillings?|dinars?|dirhams?|riyals?|rials?|pesos?|afghanis
        |[ap]\.?m|o'clock|gmt|cents)){UNIT_EDGE}
    |(?P<EUR_>€)|(?P<GBP_>£)|(?P<NGN_>₦))""",
    re.VERBOSE,
)
_MONTHS = "january|february|april|june|july|august|september|october|november|december|(?:march|may)(?= [0-9]|,|$)"
_REJECT = re.compile(
    rf"-(?!odd|plus|some)[a-z]|[:/.,][0-9]|(?<=[0-9])(?:st|nd|rd|th)s?{EDGE}"
    rf"|[ -](?:third|quarter|fifth|sixth|seventh|eighth|ninth|tenth|hundredth)s{EDGE}| (?:and [0-9]+ )?(?:{_MONTHS}){EDGE}"
    rf"| and (?:first|second|third|[a-z]+(?:enty|irty|orty|ifty|ixty|ghty|inety)-[a-z]+th){EDGE}"
)
_BEHIND_WORDS = r"""(?:
    (?P<approximate>or\ so|or\ thereabouts|odd|approximately|roughly|give\ or\ take)
    |(?P<at_least>(?:or|and|if\ not)\ more|or\ above|and\ counting|plus(?!\ [0-9])|at\ (?:the\ )?(?:very\ )?least|(?:at\ a\ )?minimum)
    |(?P<at_most>at\ (?:the\ )?(?:very\ )?most|or\ (?:fewer|less|under)|(?:at\ )?maximum)
    |(?P<exact>exactly|precisely))"""
_BEHIND = re.compile(
    rf"(?:[ ]?,?[ -]{_BEHIND_WORDS}|(?P<approximate_>-some)|(?P<at_least_>[ ]?\+(?![ ]?[0-9]))){EDGE}", re.VERBOSE
)
_AT_END = re.compile(rf"[ ,]{_BEHIND_WORDS}$", re.VERBOSE)
_NUMBER = rf"(?:[0-9]|(?:{_SMALL}|{_LARGE}){EDGE})"
_ORDINALS = "first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|eleventh|twelfth|[a-z]+teenth|[a-z]+tieth"

ENGLISH = Language(
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
    and_half=re.compile(rf" and a half{EDGE}"),
    scale=re.compile(rf"[ -]?({_SCALE_WORDS}){EDGE}"),
    scales=_SCALES,
    short_scale=re.compile(r" (?:people|persons|civilians|children|refugees|displaced|dollars|euros|naira|others)(?![a-z])"),
    currency=re.compile(
        r"(?:(?P<AUD>a(?:us?)?\$)|(?P<CAD>ca?\$)|(?P<USD>us ?\$|\$ ?us|\$|usd)|(?P<EUR>€|eur)|(?P<GBP>£|gbp)|(?P<NGN>₦|ngn|n)"
        r"|(?P<ZAR>zar|r)|(?P<XOF>xof|(?:f ?)?cfa)|(?P<XAF>xaf)|(?P<INR>₹|inr)|(?P<PKR>pkr)|(?P<KES>kes|ksh\.?)|(?P<GHS>gh[¢₵s])"
        r"|(?P<UAH>₴|uah)|(?P<RUB>₽|rub)|(?P<ILS>₪|nis)|(?P<TRY>₺)|(?P<ETB>etb)|(?P<PHP>₱)|(?P<CNY>cny)|(?P<JPY>jpy)) ?(?=[0-9])"
    ),
    unit=_UNIT,
    to=re.compile(r" (?:to|or|up to|or even|if not) | ?- ?|, (?:possibly|perhaps|or|or even|if not|or perhaps) "),
    and_=re.compile(r" (?:and|to) | ?- ?"),
    reject=_REJECT,
    behind=_BEHIND,
    at_end=_AT_END,
    single=re.compile(r"an? (?=[a-z0-9\"'])"),
    not_one=re.compile(
        rf"(?:{_ORDINALS}|quarter|half|couple|little|bit|lot|another|few|number|majority|minority){EDGE}"
        r"|(?:group|series|string|wave|part|portion|crowd|fraction|range|variety|kind|sort|type) of "
        rf"|(?:[a-z]+ )?(?:in|out of) (?:every )?{_NUMBER}"
    ),
)
