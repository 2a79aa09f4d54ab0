"""Strings become HTML here, and nowhere else: what is not ``Html`` already is text and is escaped.

Characters that one cannot see and that could turn, hide or break what stands beside them (controls, bidirectional
overrides, zero-width and other format characters) are shown by their code point. Marks that only lean on their
neighbours (U+200E, U+200F, U+061C), and joiners inside a script that needs them, keep their effect.
"""

from __future__ import annotations

import html
import unicodedata
from urllib.parse import urlsplit

PAGE_LANG = "en"
"""The language of everything on a page that is not from the corpus."""

VOID = frozenset(
    ("br", "col", "hr", "img", "input", "link", "meta", "path", "line", "rect", "circle", "polygon")
)
"""Elements without content; those of SVG are closed in place."""

_SVG = frozenset(("path", "line", "rect", "circle", "polygon"))
_LEANING = frozenset("\u200e\u200f\u061c")
_JOINERS = frozenset("\u200c\u200d")
_SEEN = frozenset("\u0600\u0601\u0602\u0603\u0604\u0605\u06dd\u070f\u0890\u0891\u08e2")
"""Format characters that are drawn: Arabic number signs and the like."""


class Html(str):
    """A piece of HTML, as opposed to text."""

    __slots__ = ()


def _hidden(char: str, before: str) -> bool:
    """Whether a character is shown by its code point; ``before``: the character in front of it, or ""."""
    if char in "\n\t":
        return False
    kind = unicodedata.category(char)
    if kind in ("Cc", "Cs", "Zl", "Zp"):
        return True
    if kind != "Cf" or char in _SEEN:
        return False
    if char in _JOINERS and before:
        joined = unicodedata.bidirectional(before) in ("AL", "R", "NSM") or "\u0900" <= before <= "\u0dff"
        return not (joined or unicodedata.category(before) == "So" or before == "\ufe0f")
    return True


def plain(text: str) -> str:
    """The text with what cannot be seen named in place, for attributes and drawings: ``‹U+202E›``."""
    if text.isprintable():  # nothing of the kind is in it
        return text
    out = []
    for i, char in enumerate(text):
        hidden = _hidden(char, text[i - 1] if i else "")
        out.append(f"‹U+{ord(char):04X}›" if hidden else char)
    return "".join(out)


def shown(text: str) -> Html:
    """Text as HTML. See the module on characters that cannot be seen."""
    if text.isprintable():  # nothing of the kind is in it
        return Html(html.escape(text))
    out: list[str] = []
    for i, char in enumerate(text):
        if _hidden(char, text[i - 1] if i else ""):
            name = unicodedata.name(char, "control character").lower()
            code = f"U+{ord(char):04X}"
            out.append(f'<span class="ctl" title="{html.escape(name)}">{code}</span>')
            if char in _LEANING:
                out.append(char)
        else:
            out.append(html.escape(char))
    return Html("".join(out))


def join(parts: object, between: str = "") -> Html:
    """Pieces of HTML, or text, one after the other. ``between`` is text."""
    assert not isinstance(parts, str)
    return Html(html.escape(between).join(map(_child, parts)))  # type: ignore[call-overload]


def _child(child: object) -> str:
    if child is None:
        return ""
    return child if isinstance(child, Html) else shown(str(child))


def tag(name: str, /, *children: object, **attributes: object) -> Html:
    """An element. Attributes: ``class_`` is class, ``data_x`` is data-x; None and False leave one out."""
    out = [f"<{name}"]
    for key, value in attributes.items():
        if value is None or value is False:
            continue
        out.append(f" {key.rstrip('_').replace('_', '-')}")
        if value is not True:
            out.append(f'="{html.escape(plain(str(value)))}"')
    if name in VOID and not children:
        return Html("".join([*out, "/>" if name in _SVG else ">"]))
    return Html("".join([*out, ">", *map(_child, children), f"</{name}>"]))


def words(text: str | None, lang: str | None = None) -> Html:
    """Words of any language in a line of ours: they keep their direction, and ours is not turned by them."""
    if text is None:
        return Html("")
    if lang in (None, PAGE_LANG) and not _turns(text):
        return shown(text)  # it runs as the line does
    return tag("bdi", text, lang=lang)


def drawn(text: str, longest: int) -> Html:
    """Words of any language in a drawing, cut: they keep their direction, by isolates since SVG has no bdi."""
    inner = html.escape(plain(cut(text, longest)))
    return Html(f"\u2068{inner}\u2069" if _turns(text) else inner)


def _turns(text: str) -> bool:
    """Whether anything in it runs from right to left."""
    return not text.isascii() and any(unicodedata.bidirectional(char) in ("R", "AL", "AN") for char in text)


def address(url: str | None) -> str | None:
    """The url if it may be a link: http or https, with a host and nothing odd in it. None otherwise."""
    if not url or any(char.isspace() or _hidden(char, "") or char in '"<>\\^`{|}' for char in url):
        return None
    try:
        parts = urlsplit(url)
        sound = parts.scheme in ("http", "https") and bool(parts.hostname) and "@" not in parts.netloc
    except ValueError:
        return None
    return url if sound else None


def link(url: str | None, text: str) -> Html:
    """A link that tells the page it leads to nothing; text where the url may be none."""
    good = address(url)
    if good is None:
        return words(text)
    return tag("a", words(text), href=good, rel="noopener noreferrer")


def label(name: object) -> str:
    """A label of the corpus as words: armed_group → armed group."""
    return str(name).replace("_", " ")


def cut(text: str, longest: int) -> str:
    """At most so many code points, the last an ellipsis."""
    return text if len(text) <= longest else f"{text[: longest - 1].rstrip()}…"
