"""What the data card says, as the texts of the Croissant file: read by heading, so that the two cannot drift.

The properties are those of the Croissant RAI vocabulary 1.0 (http://mlcommons.org/croissant/RAI/1.0). A card
that lacks a heading gives no text for it; the test suite asks for all of them in the card of this repository.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

ITEM = "* "
"""How the card begins an item of a list."""

BIASES = ("The choice of stories", "French and English only")
"""How the known weaknesses that are biases begin; the others are limitations."""

MISUSE = "Not for:"
"""How a use begins that the card advises against: a limitation in the vocabulary."""

_GENERATED = re.compile(r"<!-- (?P<name>[a-z]+)(?::[a-z_]+)? -->\n.*?<!-- /(?P=name) -->\n?", re.S)
_HEADING = re.compile(r"^#+ (?P<title>.+)$", re.M)
_LINK = re.compile(r"\[([^\]]*)\]\([^)]*\)")


def sections(card: str) -> dict[str, list[str]]:
    """Heading → its paragraphs and list items as plain text, without tables, plots and sections below.

    An item keeps its ``* ``; everything else of the markup is gone. Of headings that occur twice the first counts.
    """
    text = _GENERATED.sub("", card)
    found = list(_HEADING.finditer(text))
    ends = [*(match.start() for match in found[1:]), *([len(text)] if found else [])]
    out: dict[str, list[str]] = {}
    for match, end in zip(found, ends, strict=True):
        out.setdefault(match["title"], _blocks(text[match.end() : end]))
    return out


def _blocks(body: str) -> list[str]:
    blocks: list[str] = []
    for paragraph in re.split(r"\n\s*\n", body.strip()):
        if paragraph.startswith(("|", "![", "<!--")):
            continue
        blocks += re.split(r"\n(?=\* )", paragraph)
    return [plain for block in blocks if (plain := _plain(block))]


def _plain(markdown: str) -> str:
    words = _LINK.sub(r"\1", markdown).replace("**", "").replace("`", "")
    return " ".join(words.split())


def description(card: str) -> str | None:
    """What the corpus is, and that texts and annotations are a machine's; None if the card does not say it."""
    found = sections(card)
    opening = next(iter(found.values()), [])
    if not opening:
        return None
    parts = [opening[0].partition(" This card ")[0]]
    parts += [text for text in found.get("How the texts were made", []) if text.startswith("These are not")]
    for text in found.get("How the annotations were made and checked", [])[:1]:
        before, unread, _ = text.partition("No person has reviewed them.")
        parts += [before + unread] if unread else []
    return " ".join(parts)


def properties(card: str) -> dict[str, str | list[str]]:
    """Property of the RAI vocabulary → its text, or texts, in the words of the card."""
    found = sections(card)

    def of(*titles: str) -> list[str]:
        return [text for title in titles for text in found.get(title, [])]

    uses, weaknesses = _items(of("Uses")), _items(of("Known weaknesses"))
    misuse = [text for text in of("Uses") if not text.startswith(ITEM)]
    biases = [text for text in weaknesses if text.startswith(BIASES)]
    out: dict[str, str | list[str]] = {
        "rai:dataCollection": _text(of("How the texts were made")),
        "rai:dataAnnotationProtocol": _text(of("How the annotations were made and checked")),
        "rai:dataAnnotationAnalysis": of("The opponent's reading", "Agreement between annotators"),
        "rai:dataUseCases": [text for text in uses if not text.startswith(MISUSE)],
        "rai:dataSocialImpact": _text(misuse),
        "rai:dataBiases": biases,
        "rai:dataLimitations": [
            *(text for text in uses if text.startswith(MISUSE)),
            *(text for text in weaknesses if text not in biases),
        ],
        "rai:personalSensitiveInformation": of("Ethics and privacy"),
        "rai:dataReleaseMaintenancePlan": _text(of("Maintenance, versions, errata")),
    }
    return {name: texts for name, texts in out.items() if texts}


def _items(texts: Sequence[str]) -> list[str]:
    return [text.removeprefix(ITEM) for text in texts if text.startswith(ITEM)]


def _text(texts: Sequence[str]) -> str:
    return "\n\n".join(texts)
