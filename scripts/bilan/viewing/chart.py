"""The chart *who says how many*: a column for each day, in it a place for each claim, reductions on the right.

A claim is a point where its words allow one number, else a bar from the least to the greatest they allow, with an
arrow where they set no upper bound. Its shape says what kind of source gives it. Hollow shapes enter no reduction:
copies of another claim, denials, words without a number. Days stand side by side whatever lies between them.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from bilan import toll_forms
from bilan.reductions import Claim, Toll
from bilan.viewing.markup import Html, drawn, join, label, plain, tag
from bilan.viewing.scale import Scale, fit

SHAPES: dict[str, tuple[str, tuple[str | None, ...]]] = {
    "armed": ("armed groups", ("armed_group",)),
    "state": (
        "states and their forces",
        ("military", "security_forces", "government", "local_authority", "judiciary", "foreign_government"),
    ),
    "aid": (
        "international, humanitarian, medical",
        ("intergovernmental", "peacekeeping", "ngo", "humanitarian", "medical"),
    ),
    "people": (
        "people on the ground and others",
        (
            *("witness", "resident", "victim", "community_leader", "civil_society"),
            *("opposition", "expert", "company", "unspecified"),
        ),
    ),
    "media": ("media, and the article's own voice", ("media", "social_media", None)),
    "record": ("databases and reductions", ()),
}
"""Shape → what it stands for, and the kinds of source that have it; None: no source is named."""

LEFT, TOP, PLOT, BELOW, SLOT, GAP, RIGHT = 92, 44, 250, 128, 27, 14, 20
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@dataclass(frozen=True, slots=True)
class Mark:
    """One thing on the chart. ``point`` None: only the bar is drawn. ``high`` None: an arrow."""

    low: float
    high: float | None
    point: float | None
    shape: str
    name: str
    told: str
    hollow: bool = False
    hedged: bool = False
    denied: bool = False


def shape(kind: str | None) -> str:
    """The shape of a kind of source."""
    return next((name for name, (_, kinds) in SHAPES.items() if kind in kinds), "people")


def day(date: str | None) -> tuple[str, str]:
    """A date in two lines: 14 Nov, 2021. Of what is no day as much as there is."""
    if date is None:
        return "undated", ""
    year, _, rest = date.partition("-")
    month, _, number = rest.partition("-")
    if not (month.isdigit() and 1 <= int(month) <= 12):
        return year, ""
    return f"{int(number)} {_MONTHS[int(month) - 1]}" if number.isdigit() else _MONTHS[int(month) - 1], year


def of_claim(claim: Claim, toll: Toll) -> Mark:
    """A claim as it is drawn."""
    who = claim.source_name or (label(claim.source_kind) if claim.source_kind else "own voice")
    what = "" if claim.of == toll.of else f" · {label(claim.of)}"
    value = toll_forms.span(claim.low, claim.high)
    kind = label(claim.source_kind or "own voice")
    told = f"{claim.date or 'undated'}: {value}{what}, {claim.source_name or 'nobody named'} ({kind})"
    stance = f", {label(claim.stance)}" if claim.stance else ""
    point = claim.stated if claim.stated is not None else claim.low if claim.low == claim.high else None
    if claim.high is None and point is None:
        point = claim.low
    return Mark(
        *(claim.low, claim.high, point),
        shape(claim.source_kind),
        who + what,
        f"{told}{stance}{'' if claim.reduced else '; enters no reduction'}",
        hollow=not claim.reduced,
        hedged=claim.hedged,
        denied=not claim.asserts or claim.stance == "denies",
    )


def beside(toll: Toll) -> list[Mark]:
    """The reductions of a toll, and what databases have of the event."""
    out = []
    low, high = toll.interval
    if low is not None:
        told = f"interval: {toll_forms.span(low, high)}"
        out.append(Mark(low, high, None, "record", "interval", told))
    if toll.acled_conservative is not None:
        one = toll.acled_conservative
        told = f"acled_conservative: {toll_forms.number(one)}"
        out.append(Mark(one, one, one, "record", "ACLED conservative", told))
    for last in toll.latest:
        kind = label(last.source_kind or "own voice")
        told = f"latest of {kind}, {last.date or 'undated'}: {toll_forms.span(last.low, last.high)}"
        point = last.stated if last.stated is not None else last.low if last.low == last.high else None
        out.append(Mark(last.low, last.high, point, shape(last.source_kind), f"latest: {kind}", told))
    for record in toll.external if toll.measure == "killed" else ():
        name = f"{label(record.database).upper()} {record.version}"
        told = f"{name}, record {record.id}: {toll_forms.span(record.low, record.high)}, best {record.best}"
        out.append(Mark(record.low, record.high, record.best, "record", name, told))
    return out


def drawing(toll: Toll, ident: str) -> Html:
    """The chart of a toll. ``ident`` begins the ids in it."""
    columns = [
        (*day(date), [of_claim(claim, toll) for claim in claims])
        for date, claims in groupby(toll.claims, key=lambda claim: claim.date)
    ]
    reduced = beside(toll)
    numbers = [
        n for *_, marks in [*columns, ("", "", reduced)] for m in marks for n in (m.low, m.high, m.point)
    ]
    scale = fit([float(n) for n in numbers if n is not None], TOP + PLOT, TOP)
    body: list[object] = []
    x, year = float(LEFT), ""
    for first, second, marks in columns:
        width = max(SLOT * len(marks), 42)
        body += _head(x + width / 2, first, second if second != year else "")
        body += _column(x + (width - SLOT * len(marks)) / 2, marks, scale)
        x, year = x + width + GAP, second or year
        body.append(_upright(x - GAP / 2))
    end = x - GAP / 2
    if reduced:
        body.append(
            tag("rect", x=f"{end:.1f}", y=TOP - 36, width=_wide(reduced), height=PLOT + 36, class_="panel")
        )
        body += _head(end + _wide(reduced) / 2, "reductions and records", "")
        body += _column(end + GAP, reduced, scale)
        end += _wide(reduced)
    width = math.ceil(end + RIGHT)
    height = TOP + PLOT + BELOW
    svg = tag(
        "svg",
        tag("title", f"{toll_forms.title(toll)}: who says how many", id=f"{ident}-title"),
        tag("desc", described(toll), id=f"{ident}-desc"),
        *_grid(scale, end),
        *body,
        viewBox=f"0 0 {width} {height}",
        width=width,
        height=height,
        role="img",
        aria_labelledby=f"{ident}-title {ident}-desc",
    )
    size = "w3" if width > 1100 else "w2" if width > 640 else "w1"
    name = f"Chart: {toll_forms.title(toll)}"
    return tag("div", svg, class_=f"drawing {size}", tabindex=0, role="region", aria_label=name)


def described(toll: Toll) -> str:
    """What the chart shows, in a sentence or two."""
    dates = sorted(claim.date for claim in toll.claims if claim.date)
    when = (
        f", from {dates[0]} to {dates[-1]}"
        if dates and dates[0] != dates[-1]
        else f", {dates[0]}"
        if dates
        else ""
    )
    reduced = "; ".join(f"{label(k)}: {label(v)}" for k, v in toll_forms.reductions(toll, _CHOSEN).items())
    count = len(toll.claims)
    return f"{count} claim{'' if count == 1 else 's'}{when}. {reduced}. The table below has the same numbers."


_CHOSEN = ("interval", "acled_conservative", "latest")


def legend() -> Html:
    """What the shapes mean."""
    out = []
    for name, (told, _) in SHAPES.items():
        svg = tag("svg", _shape(name, 9, 9), viewBox="0 0 18 18", width=18, height=18, aria_hidden="true")
        out.append(tag("li", svg, told))
    for told, mark in (
        ("enters no reduction: a copy, a denial, no number", {"hollow": True}),
        ("denied, or called unverified", {"hollow": True, "denied": True}),
    ):
        inner = join(_dot("media", 9, 9, **mark))
        out.append(
            tag("li", tag("svg", inner, viewBox="0 0 18 18", width=18, height=18, aria_hidden="true"), told)
        )
    arrow = tag("svg", *_bar(9, 16, None, 2), viewBox="0 0 18 18", width=18, height=18, aria_hidden="true")
    out.append(tag("li", arrow, "at least: no upper bound"))
    return tag("ul", *out, class_="legend")


# --- parts of the drawing --------------------------------------------------------------------------------


def _wide(marks: list[Mark]) -> int:
    return max(SLOT * len(marks) + 2 * GAP, 150)


def _grid(scale: Scale, end: float) -> Iterator[Html]:
    for number in scale.ticks():
        y = scale(number)
        yield tag("line", x1=LEFT - 6, x2=f"{end:.1f}", y1=f"{y:.1f}", y2=f"{y:.1f}", class_="grid")
        yield tag("text", toll_forms.number(number), x=LEFT - 12, y=f"{y + 3.5:.1f}", class_="tick end")
    if scale.tenfold:
        yield tag("text", "log scale", x=LEFT - 12, y=TOP - 14, class_="tick end")


def _head(x: float, first: str, second: str) -> Iterator[Html]:
    yield tag("text", first, x=f"{x:.1f}", y=TOP - 22, class_="day middle")
    if second:
        yield tag("text", second, x=f"{x:.1f}", y=TOP - 9, class_="tick middle")


def _upright(x: float) -> Html:
    return tag("line", x1=f"{x:.1f}", x2=f"{x:.1f}", y1=TOP - 32, y2=TOP + PLOT, class_="grid")


def _column(x: float, marks: list[Mark], scale: Scale) -> Iterator[Html]:
    for i, mark in enumerate(marks):
        middle = x + SLOT * (i + 0.5)
        parts: list[Html] = [tag("title", plain(mark.told))]
        if mark.low != mark.high:
            top = None if mark.high is None else scale(mark.high)
            look = "hedged" if mark.hedged else ""
            parts += _bar(middle, scale(mark.low), top, TOP - 4, look, 34 if mark.shape != "record" else PLOT)
        if mark.point is not None:
            parts += _dot(mark.shape, middle, scale(mark.point), mark.hollow, mark.denied)
        elif mark.shape != "record":
            half = (scale(mark.low) + scale(mark.high if mark.high is not None else mark.low)) / 2
            parts += _dot(mark.shape, middle, half, mark.hollow, mark.denied)
        y = TOP + PLOT + 12
        name = drawn(mark.name, 27)
        turned = f"rotate(-48 {middle + 4:.1f} {y})"
        parts.append(tag("text", name, x=f"{middle + 4:.1f}", y=y, class_="tick end", transform=turned))
        yield tag("g", *parts)


def _bar(
    x: float, low: float, high: float | None, top: float, look: str = "", arrow: float = 34
) -> list[Html]:
    """A bar with ends, or with an arrow of some length where there is no upper end."""
    up = max(low - arrow, top) if high is None else high
    out = [
        tag(
            "line",
            x1=f"{x:.1f}",
            x2=f"{x:.1f}",
            y1=f"{low:.1f}",
            y2=f"{up:.1f}",
            class_=f"bar {look}".rstrip(),
        ),
        tag("line", x1=f"{x - 4:.1f}", x2=f"{x + 4:.1f}", y1=f"{low:.1f}", y2=f"{low:.1f}", class_="bar"),
    ]
    if high is None:
        out.append(
            tag(
                "path", d=f"M{x - 4:.1f} {up + 6:.1f}L{x:.1f} {up:.1f}L{x + 4:.1f} {up + 6:.1f}", class_="bar"
            )
        )
    else:
        out.append(
            tag("line", x1=f"{x - 4:.1f}", x2=f"{x + 4:.1f}", y1=f"{up:.1f}", y2=f"{up:.1f}", class_="bar")
        )
    return out


def _dot(name: str, x: float, y: float, hollow: bool = False, denied: bool = False) -> list[Html]:
    out = [_shape(name, x, y, hollow)]
    if denied:
        out.append(tag("path", d=f"M{x - 7:.1f} {y + 7:.1f}L{x + 7:.1f} {y - 7:.1f}", class_="bar"))
    return out


_OUTLINES = {
    "armed": ((0, -6.2), (6, 4.8), (-6, 4.8)),
    "state": ((-5, -5), (5, -5), (5, 5), (-5, 5)),
    "aid": ((0, -6.8), (6.8, 0), (0, 6.8), (-6.8, 0)),
    "people": ((0, 6.2), (6, -4.8), (-6, -4.8)),
    "record": ((-7, -1.8), (7, -1.8), (7, 1.8), (-7, 1.8)),
}


def _shape(name: str, x: float, y: float, hollow: bool = False) -> Html:
    look = f"dot {name}{' hollow' if hollow else ''}"
    if name not in _OUTLINES:
        return tag("circle", cx=f"{x:.1f}", cy=f"{y:.1f}", r=5.2, class_=look)
    points = " ".join(f"{x + dx:.1f},{y + dy:.1f}" for dx, dy in _OUTLINES[name])
    return tag("polygon", points=points, class_=look)
