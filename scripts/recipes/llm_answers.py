"""From what a model wrote to a line of predictions. For T2 the quoted words are looked up in the text."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from bilan.scoring import predictions
from bilan.tasks import Task, get

_SPACE = r"[\s\u00a0\u202f]+"
_QUOTES = {
    **dict.fromkeys("'’ʼ‘", "['’ʼ‘]"),
    **dict.fromkeys('"“”«»', '["“”«»]'),
    **dict.fromkeys("-‐‑–", "[-‐‑–]"),
}


@dataclass
class Read:
    """A line of predictions, what was odd in the answer, and the quotes that the text does not have."""

    line: dict[str, Any]
    odd: list[str] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)


def read(task: Task, ident: str, text: str, output: str) -> Read:
    """The line for one article.

    Extraction: the model's text as it is, since the scorer judges that too. Figures: the figures of the answer, each
    with the place of its words; one whose words the text does not have keeps ``start`` and ``end`` null, which the
    scorer reports and counts as a wrong prediction. Nothing a model writes raises.
    """
    line = {task.unit: ident, "output": output}
    found = predictions.read([line], get("extraction"))
    odd = [problem.message for problem in found.problems]
    if task.name == "extraction":
        return Read(line, odd)
    out = Read({task.unit: ident, task.key: []}, odd)
    document: dict[str, Any] = next(iter(found.items[ident]), {})
    listed = document.get("figures")
    if not isinstance(listed, list):
        if document:
            out.odd.append("the answer has no list figures")
        listed = []
    figures = [dict(one) if isinstance(one, dict) else {} for one in listed]
    quotes = [one.pop("words", None) for one in figures]
    for figure, quote, place in zip(figures, quotes, places(text, quotes), strict=True):
        if place is None:
            out.lost.append(str(quote))
        start, end = place or (None, None)
        out.line[task.key].append({**figure, "start": start, "end": end})
    return out


def places(text: str, quotes: Iterable[Any]) -> list[tuple[int, int] | None]:
    """For each quote its place in the text, in code points, half-open; None where the text does not have it.

    Quotes come in the order of the text, so that of several places the first after the quote before is taken; a quote
    out of order takes the first place that no other has. A place is whole words: "70" is not found in "170".
    Spaces, quotation marks, hyphens and upper case may differ where the words as they stand are nowhere.
    """
    out: list[tuple[int, int] | None] = []
    taken: list[tuple[int, int]] = []
    after = 0
    for quote in quotes:
        place = None
        if isinstance(quote, str) and quote.strip():
            for pattern in (_exact(quote.strip()), _alike(quote.strip())):
                free = [
                    at.span()
                    for at in pattern.finditer(text)
                    if not any(at.start() < end and start < at.end() for start, end in taken)
                ]
                if free:
                    place = next((span for span in free if span[0] >= after), free[0])
                    break
        if place:
            taken.append(place)
            after = max(after, place[1])
        out.append(place)
    return out


def _exact(quote: str) -> re.Pattern[str]:
    return re.compile(_whole(re.escape(quote), quote))


def _alike(quote: str) -> re.Pattern[str]:
    words = ("".join(_QUOTES.get(c, re.escape(c)) for c in word) for word in quote.split())
    return re.compile(_whole(_SPACE.join(words), quote), re.IGNORECASE)


def _whole(pattern: str, quote: str) -> str:
    """Bounded by what is no part of a word, nor of a number such as 7,000 or 7 000."""
    before = (
        r"(?<!\w)(?<!\d[.,\u00a0\u202f])" if quote[0].isdigit() else r"(?<!\w)" if quote[0].isalnum() else ""
    )
    behind = (
        r"(?!\w)(?![.,\u00a0\u202f]\d)" if quote[-1].isdigit() else r"(?!\w)" if quote[-1].isalnum() else ""
    )
    return before + pattern + behind
