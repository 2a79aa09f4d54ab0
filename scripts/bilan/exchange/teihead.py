"""The header of a TEI document: title, who annotated, licence, date, the pages behind it."""

from __future__ import annotations

from bilan import model
from bilan.exchange import pages
from bilan.exchange.xml import element, lines, text
from bilan.model import Json

LICENCES = {
    "CC-BY-4.0": "https://creativecommons.org/licenses/by/4.0/",
    "CC-BY-3.0": "https://creativecommons.org/licenses/by/3.0/",
    "CC-BY-2.5": "https://creativecommons.org/licenses/by/2.5/",
    "CC-BY-SA-4.0": "https://creativecommons.org/licenses/by-sa/4.0/",
    "CC-BY-SA-3.0": "https://creativecommons.org/licenses/by-sa/3.0/",
    "CC0-1.0": "https://creativecommons.org/publicdomain/zero/1.0/",
    "LicenseRef-public-domain": "https://creativecommons.org/publicdomain/mark/1.0/",
}


def header(article: Json) -> str:
    """The teiHeader of an article."""
    description = lines(
        _title(article), _publication(article), element("sourceDesc", None, lines(_sources(article)))
    )
    profile = element(
        "profileDesc",
        None,
        lines(element("langUsage", None, element("language", {"ident": article["lang"]}, article["lang"]))),
    )
    return element(
        "teiHeader", None, lines(element("fileDesc", None, description), _encoding(article), profile)
    )


def _title(article: Json) -> str:
    heads = (zone["surface"] for zone in article["zones"] if zone["kind"] == "headline")
    title = " ".join(next(heads, article["id"]).split())
    who: dict[str, list[str]] = {}
    for layer in model.LAYERS:
        one = article["provenance"][layer]
        did = f"annotated ({one['method']}, {one['status']}, guidelines {one['guidelines']})"
        who.setdefault(f"{did}|{one['annotator']}", []).append(layer)
    statements = []
    for key, layers in who.items():
        did, _, name = key.partition("|")
        words = text(f"{', '.join(layers)}: {did}")
        statements.append(
            element("respStmt", None, element("resp", None, words) + element("name", None, text(name)))
        )
    return element("titleStmt", None, lines(element("title", None, text(title)), *statements))


def _publication(article: Json) -> str:
    body, licence = article["text"], article["text"]["licence"]
    if licence:
        said = text(f"{licence}; {body['attribution'] or ''}".rstrip("; "))
        terms = element("licence", {"target": LICENCES.get(licence)}, said)
        availability = element("availability", {"status": "free"}, terms)
    else:
        said = "The text is a third party's and may not be passed on; the annotations are CC BY 4.0."
        availability = element("availability", {"status": "restricted"}, element("p", None, said))
    return element(
        "publicationStmt",
        None,
        lines(
            element("publisher", None, "BILAN"),
            element("idno", {"type": "bilan"}, text(article["id"])),
            element("idno", {"type": "text-sha256"}, body["sha256"]),
            availability,
        ),
    )


def _sources(article: Json) -> str:
    """The article itself, with its day, and the pages whose facts it carries."""
    record = article["record"] or {}
    own = [
        *(element("author", None, text(name)) for name in record.get("authors") or ()),
        element("title", None, text(record["title"])) if record.get("title") else "",
        element("publisher", None, text(record["outlet"])) if record.get("outlet") else "",
        element("date", None, text(article["published"])) if article["published"] else "",
        element("ptr", {"target": _target(record.get("url"))}) if record.get("url") else "",
        element("note", None, text(f"{article['text']['origin']}, {article['style']}")),
    ]
    listed = [element("bibl", {"type": "article"}, "".join(own))]
    for ident, page in pages.of(article).items():
        content = [
            element("publisher", None, text(page["publisher"])) if page.get("publisher") else "",
            element("date", None, text(page["date"])) if page.get("date") else "",
            element("ptr", {"target": _target(page["url"])}) if page.get("url") else "",
        ]
        listed.append(element("bibl", {"xml:id": ident}, "".join(content) or text(ident)))
    return element("listBibl", None, lines(*listed))


def _target(url: str | None) -> str | None:
    """A pointer holds no white space."""
    return None if url is None else "%20".join(url.split())


def _encoding(article: Json) -> str:
    said = (
        "Offsets in the ids of anchors are Unicode code points in the text, which is the content of div "
        f"({article['text']['length']} code points). Labels are those of BILAN's guidelines."
    )
    return element("encodingDesc", None, lines(element("editorialDecl", None, element("p", None, said))))
