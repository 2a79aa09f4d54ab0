"""The words of French number expressions. All patterns see folded text: lower case, no accents, plain apostrophes."""

from __future__ import annotations

import re

from text_to_num import text2num

from bilan.numbers.grammar import EDGE, Language

_DE = r"(?:de(?:s)? |d'(?:entre )?|du )"
_MORE = r"(?:(?:un peu|bien|beaucoup|nettement|largement|tres|sensiblement|legerement|encore|pas) )*"
_SMALL = (
    "une?|deux|trois|quatre|cinq|six|sept|huit|neuf|dix|onze|douze|treize|quatorze|quinze|seize|vingts?|trente|"
    "quarante|cinquante|soixante|septante|huitante|octante|nonante"
)
_LARGE = "cents?|mille?|millions?|milliards?|billions?"
_ROUND = {
    "dizaine": 10, "quinzaine": 15, "vingtaine": 20, "trentaine": 30, "quarantaine": 40, "cinquantaine": 50,
    "soixantaine": 60, "septantaine": 70, "huitantaine": 80, "nonantaine": 90, "centaine": 100, "millier": 1000,
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
_COLLECTIVE = "|".join(sorted((w for w, (_, kind) in _SCALES.items() if kind in ("round", "dozen")), key=len)[::-1])
_SCALE_WORDS = "|".join(sorted(_SCALES, key=len, reverse=True))
_START = rf"(?=[0-9$€£]|(?:{_SMALL}|{_LARGE}|{_COLLECTIVE}){EDGE})"
_ONLY_GROUP = rf"(?=(?:(?:bonne|petite|grosse) )?(?:demi[- ])?(?:{_COLLECTIVE}|million|milliard|moitie){EDGE})"

_LEAD = re.compile(
    rf"""(?:
    (?P<at_least> {_MORE} (?:au\ (?:strict\ )?(?:moins|minimum)|a\ tout\ le\ moins|pour\ le\ moins|au\ bas\ mot
        |(?:pas|non)\ moins\ {_DE}|un\ minimum\ {_DE}|minimum|>=|≥))
    |(?P<at_most> jusqu'(?:a|au|aux)(?![a-z])|jusque|(?:tout\ )?au\ (?:grand\ )?(?:plus|maximum)|un\ maximum\ {_DE}
        |maximum|pas\ (?:plus|davantage)\ {_DE}|<=|≤)
    |(?P<less_than> {_MORE} (?:moins\ {_DE}|en\ dessous\ {_DE}|inferieure?s?\ (?:a|aux?)(?![a-z])|<))
    |(?P<more_than> {_MORE} (?:(?:plus|davantage)\ {_DE}|au[- ]dela\ {_DE}|au[- ]dessus\ {_DE}
        |superieure?s?\ (?:a|aux?)(?![a-z])|>))
    |(?P<nearly> (?:a\ )?(?:pres\ {_DE}|presque|quasiment|quasi)|(?:pas|non)\ loin\ {_DE})
    |(?P<approximate> environ|(?:a\ )?quelques?\ {_START}|autour\ {_DE}|aux?\ (?:alentours|environs)\ {_DE}|dans\ les\ {_START}
        |a\ peu\ pres|a\ peine|approximativement|de\ l'ordre\ {_DE}|grosso\ modo|peut-etre|vers|[~≈]
        |estimee?s?\ a(?:\ environ|\ quelque)?(?![a-z]))
    |(?P<between> entre) (?=[ ])
    |(?P<starting> de) (?=\ (?:[0-9]|(?:{_SMALL}|{_LARGE}){EDGE}))
    |(?P<skip> (?:l'ensemble|la\ totalite|chacune?|une?\ total|une?\ bilan|au\ nombre)\ {_DE}
        |(?:tous|toutes)(?:\ les)?|les|ces|ses|leurs?|nos|vos|mes|autres|au\ total|en\ tout
        |exactement|precisement|seulement|l'(?=une?{EDGE})|(?:la|le|cette|ce)(?=\ {_ONLY_GROUP}))
    )(?:(?<=')|(?<=[~≈<>≥≤=])|(?=[ ,])|(?<=\ ))[ ,:]*""",
    re.VERBOSE,
)
_ZERO = re.compile(
    rf"(?:aucune?s?|nul(?:le)?|ni) [a-z]|pas (?!moins|plus|davantage|loin|tou|vraiment|encore)(?:{_DE}|une? seule?|le moindre|la moindre)"
    r"|zero(?![a-z])|0(?![0-9.,:/])(?! ?%)(?! ?[0-9])|personne$|aucune?$|sans (?:aucune? |faire de )?(?:victime|perte|mort|blesse|degat)"
)
_FIXED = re.compile(
    rf"(?P<half>(?:la )?moitie){EDGE}"
    r"|(?P<n2>tou(?:te)?s deux|(?:une |la |cette )?paire|(?:un |le |ce )?duo|les deux|l'une? et l'autre)(?![a-z])"
    r"|(?P<n3>tou(?:te)?s trois|(?:un |le |ce )?trio)(?![a-z])"
)
_GROUP = re.compile(
    r"(?:par )?(?:(?:des|les|ces|quelques|plusieurs|(?:de )?(?:tres )?nombreu(?:ses|x)|beaucoup de|de) )*"
    r"(?:(?P<base>dizaines|douzaines|vingtaines|centaines|milliers|millions|milliards)"
    r"|(?P<one>(?!))(?!))"
    r"(?: et (?:des )?(?P=base))?"
    rf"(?: (?:de |d')(?P<scale>milliers|millions|milliards))?{EDGE}"
)
_MANY = re.compile(
    rf"(?:plusieurs|quelques|(?:de |d')?(?:tres )?(?:nombreu(?:x|ses)|innombrables|multiples)|maint(?:e)?s"
    rf"|beaucoup(?= d[e'])|bon nombre(?= d[e'])|nombre(?= d[e'])|quantite(?= d[e'])|bien(?= des )"
    rf"|une (?:petite |grosse )?poignee|une multitude|un (?:[a-z-]+ ){{0,2}}nombre(?= [a-z]|$|'| d')"
    rf"|des nombres?){EDGE}(?! a )"
)
_SPACED = r"[0-9]{1,3}(?: [0-9]{3})+(?! ?mm|[-./][0-9a-z]|[0-9])"
_DIGITS = re.compile(
    rf"(?:(?P<thousands>{_SPACED}|[0-9]{{1,3}}(?:(?:\.[0-9]{{3}})+|(?:,[0-9]{{3}}){{2,}}|(?:'[0-9]{{3}})+))"
    r"|(?P<plain>[0-9]+))(?![0-9])"
    r"(?:,(?P<decimals>[0-9]+)|(?P<dot>\.[0-9]+))?(?![0-9]|[.,:/][0-9])"
)
_RUN_WORD = rf"(?:{_SMALL}|{_LARGE}){EDGE}"
_WORDS = re.compile(rf"zero{EDGE}|{_RUN_WORD}(?:(?:[ -]|[ -]et[ -](?=(?:une?|onze){EDGE})){_RUN_WORD})*")
_ONE_LOST = re.compile(r"(vingt|trente|quarante|cinquante|soixante)[ -](une?)(?![a-z])")
_FOUR_TWENTIES = re.compile(r"quatre[ -]vingts?[ -]?")


def _words_value(run: str) -> int | None:
    """``text2num`` over a run of number words.

    It wants "zéro" with its accent, "et" before "un" ("vingt un" fails), and takes "zéro" before other numbers,
    which the pattern of runs keeps out.
    """
    if run == "zero":
        return 0
    if "vingt" in run:
        run = _FOUR_TWENTIES.sub(lambda found: "quatre-vingts-" if found.group()[-1] in " -" else "quatre-vingts", run)
    if " un" in run or "-un" in run:
        run = _ONE_LOST.sub(lambda found: found[0] if found.start() and run[: found.start()].endswith("quatre-") else f"{found[1]} et {found[2]}", run)
    try:
        return text2num(run, "fr")
    except (ValueError, OverflowError):
        return None
