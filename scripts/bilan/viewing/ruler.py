"""What is known of a text that is not there: where its marks are, and the words that stand in clear."""

from __future__ import annotations

from collections.abc import Sequence

from bilan import model
from bilan.model import Json
from bilan.viewing.marks import LAYERS, Stretch
from bilan.viewing.markup import Html, plain, tag, words
from bilan.viewing.sections import table

WIDTH, LEFT, LINE = 960, 92, 18


def drawing(article: Json, some: Sequence[Stretch], prefix: str) -> Html:
    """A line for each layer, from the first character of the text to the last; every mark where it stands."""
    length = max(article["text"]["length"], 1)
    scale = (WIDTH - LEFT - 12) / length
    layers = [layer for layer in LAYERS if any(s.layer == layer for s in some)]
    height = LINE * len(layers) + 30
    parts = [
        tag("title", f"Where the marks of {article['id']} stand"),
        tag("desc", f"{len(some)} marks over {length:,} characters; the table below lists them."),
    ]
    for i, layer in enumerate(layers):
        y = LINE * i + 6
        parts.append(tag("text", LAYERS[layer], x=LEFT - 8, y=y + 11, class_="tick end"))
        parts.append(tag("line", x1=LEFT, x2=WIDTH - 12, y1=y + 7, y2=y + 7, class_="grid"))
        for one in some:
            if one.layer != layer:
                continue
            x, width = LEFT + one.start * scale, max((one.end - one.start) * scale, 2.0)
            shape = tag("title", plain(f"{one.start}–{one.end} {one.label}"))
            parts.append(
                tag(
                    "rect",
                    shape,
                    x=f"{x:.1f}",
                    y=y + 1,
                    width=f"{width:.1f}",
                    height=12,
                    rx=2,
                    class_=f"ink {layer}",
                )
            )
    for share in range(5):
        offset = round(length * share / 4)
        x, anchor = LEFT + offset * scale, "start" if not share else "end" if share == 4 else "middle"
        parts.append(tag("text", f"{offset:,}", x=f"{x:.1f}", y=height - 8, class_=f"tick {anchor}"))
    names = {"aria_labelledby": f"{prefix}ruler"}
    parts[0] = tag("title", f"Where the marks of {article['id']} stand", id=f"{prefix}ruler")
    svg = tag("svg", *parts, viewBox=f"0 0 {WIDTH} {height}", width=WIDTH, height=height, role="img", **names)
    return tag("div", svg, class_="drawing w2", tabindex=0, role="region", aria_label="Ruler of the marks")


def listed(article: Json, some: Sequence[Stretch], *others: Json) -> Html:
    """A row for each mark: where, which layer, what it says, and its words where they may be shown.

    ``others``: further annotations of the text, whose words in clear are known as well.
    """
    clear: dict[tuple[int, int], str] = {}
    for one_of in (article, *others):
        for at in model.spans(one_of):
            if "surface" in at.span:
                clear[at.span["start"], at.span["end"]] = at.span["surface"]
    rows = []
    for one in some:
        said = clear.get((one.start, one.end))
        shown = (
            tag("span", f"withheld, {one.end - one.start} characters", class_="quiet")
            if said is None
            else None
        )
        rows.append(
            [
                f"{one.start:,}–{one.end:,}",
                tag("span", LAYERS[one.layer], class_=f"chip {one.layer}"),
                f"{' '.join(one.records)} {one.label}",
                shown or words(said, article["lang"]),
            ]
        )
    inner = table(
        "Every mark, in the order of the text",
        ("characters", "layer", "record", "words"),
        rows,
        None,
        "plain",
    )
    return tag("details", tag("summary", f"All {len(some)} marks, without the text"), inner)
