"""A text with its marks: nested and crossing stretches become nested elements, one line below the other."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from bilan.viewing.marks import Stretch
from bilan.viewing.markup import Html, join, shown, tag

RIGHT_TO_LEFT = frozenset(
    ("ar", "arc", "ckb", "dv", "fa", "he", "ks", "nqo", "ps", "sd", "syr", "ug", "ur", "yi")
)
"""Languages that are written from right to left."""

DEEPEST = 9
"""The lane that everything deeper shares."""


def direction(lang: str) -> str:
    """Of a text: known for some languages, else as its first letters say."""
    return "rtl" if lang.split("-")[0].lower() in RIGHT_TO_LEFT else "auto"


def text(content: str, some: Sequence[Stretch], lang: str, prefix: str) -> Html:
    """Paragraphs with marks. Every mark has ``data-r`` (its records, with the prefix) and a label, on its last piece.

    ``prefix`` makes ids unique on a page of several articles. Marks with attributes of their own have them, and an id,
    on their first piece.
    """
    heads = {(s.start, s.end) for s in some if s.layer == "zones" and s.label == "headline"}
    out = []
    begun: set[int] = set()
    places = paragraphs(content)
    for i, (start, end) in enumerate(places):
        following = places[i + 1][0] if i + 1 < len(places) else len(content)
        here = [s for s in some if s.start < end and start < s.end]
        deep = min(max((s.lane for s in here), default=-1) + 1, DEEPEST)
        classes = f"k{deep}{' head' if (start, end) in heads else ''}"
        inner = join(_pieces(content, (start, end, following), here, prefix, begun))
        out.append(tag("p", inner, class_=classes, dir=direction(lang)))
    return tag("div", *out, class_="text", lang=lang, dir=direction(lang))


def paragraphs(content: str) -> list[tuple[int, int]]:
    """Lines that are not empty, as offsets."""
    return [match.span() for match in re.finditer(r"[^\n]+", content) if match[0].strip()]


def _pieces(
    content: str, place: tuple[int, int, int], here: Iterable[Stretch], prefix: str, begun: set[int]
) -> Iterator[Html]:
    """The paragraph cut at every edge. A stretch that crosses another is closed and opened again.

    ``place``: where it starts and ends, and where the next one starts. ``begun``: the stretches that have a piece
    already, by identity; it grows.
    """
    start, end, following = place
    some = list(here)
    edges = sorted({start, end, *(max(s.start, start) for s in some), *(min(s.end, end) for s in some)})
    stack: list[Stretch] = []
    for i, edge in enumerate(edges):
        ends = [s for s in stack if min(s.end, end) == edge]
        reopened: list[Stretch] = []
        while ends:
            top = stack.pop()
            yield Html("</span>")
            if top in ends:
                ends.remove(top)
            else:
                reopened.append(top)
        begins = [s for s in some if max(s.start, start) == edge and min(s.end, end) > edge]
        for one in sorted([*reopened, *begins], key=lambda s: (-min(s.end, end), -s.lane)):
            stack.append(one)
            # a label stands after the last piece: after the next edge, nothing may be closed above this one
            yield _opened(one, id(one) not in begun, _is_last(one, stack, end, following), prefix)
            begun.add(id(one))
        if i + 1 < len(edges):
            yield shown(content[edge : edges[i + 1]])


def _is_last(one: Stretch, stack: Sequence[Stretch], end: int, following: int) -> bool:
    """Whether the piece that opens here is the last of its stretch, so that the label goes on it."""
    below = stack[: stack.index(one)]
    return one.end <= following and all(min(other.end, end) >= min(one.end, end) for other in below)


def _opened(one: Stretch, first: bool, last: bool, prefix: str) -> Html:
    classes = [
        "m",
        one.layer,
        one.look,
        f"d{min(one.lane, DEEPEST - 1)}",
        "fs" if first else "",
        "fe" if last else "",
    ]
    attributes: dict[str, object] = {
        "class_": " ".join(filter(None, classes)),
        "data_r": " ".join(prefix + ident for ident in one.records),
        "data_l": one.label if last else None,
        **({"id": f"{prefix}{one.records[0]}", **one.attributes} if first and one.attributes else {}),
    }
    return Html(str(tag("span", **attributes))[: -len("</span>")])
