"""XML as text: elements from names, attributes and content, with nothing added to the content."""

from __future__ import annotations

import re

_ESCAPES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", "\r": "&#13;", '"': "&quot;", "\n": "&#10;", "\t": "&#9;"}
_IN_TEXT = re.compile("[&<>\r]|[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_IN_VALUE = re.compile('[&<>\r\n\t"]')


def text(content: str) -> str:
    """Content of an element. A character that XML cannot hold stands as ``<g n="U+000C"/>``, TEI's element for
    characters that cannot be written; it counts as one code point."""
    return _IN_TEXT.sub(lambda match: _ESCAPES.get(match[0], f'<g n="U+{ord(match[0]):04X}"/>'), content)


def element(name: str, attributes: dict[str, object] | None = None, content: str = "") -> str:
    """An element with content that is XML already. Attributes that are None or empty are left out."""
    given = "".join(
        f' {key}="{_IN_VALUE.sub(lambda match: _ESCAPES[match[0]], str(value))}"'
        for key, value in (attributes or {}).items()
        if value not in (None, "")
    )
    return f"<{name}{given}>{content}</{name}>" if content else f"<{name}{given}/>"


def lines(*elements: str) -> str:
    """Elements below one another: for content in which white space says nothing."""
    return "".join(f"\n{one}" for one in elements if one) + "\n"
