"""A page as a tree, read strictly: every element is closed where it should be."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = ("meta", "input", "br", "hr", "img", "link")


@dataclass
class Node:
    """An element: its name, attributes and content."""

    name: str
    attributes: dict[str, str] = field(default_factory=dict)
    children: list[Node | str] = field(default_factory=list)

    @property
    def classes(self) -> list[str]:
        return self.attributes.get("class", "").split()

    def text(self, without: str = "") -> str:
        """All text in it, but that of elements of one class."""
        return "".join(
            child if isinstance(child, str) else "" if without in child.classes else child.text(without)
            for child in self.children
        )

    def all(self, name: str = "", look: str = "") -> Iterator[Node]:
        """Every element below it of a name and a class."""
        for child in self.children:
            if isinstance(child, Node):
                if name in ("", child.name) and (not look or look in child.classes):
                    yield child
                yield from child.all(name, look)

    def one(self, name: str = "", look: str = "") -> Node:
        (found,) = self.all(name, look)
        return found


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = Node("")
        self.open = [self.root]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        node = Node(tag, {key: value or "" for key, value in attrs})
        assert len(node.attributes) == len(attrs), f"an attribute twice in {tag}"
        self.open[-1].children.append(node)
        if tag not in VOID:
            self.open.append(node)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        node = self.open.pop()
        assert node.name == tag, f"</{tag}> closes <{node.name}>"

    def handle_data(self, data: str) -> None:
        self.open[-1].children.append(data)


def read(page: str) -> Node:
    """The tree of a page. Fails where an element is not closed, or an id stands twice."""
    reader = _Reader()
    reader.feed(page)
    reader.close()
    assert reader.open == [reader.root], f"<{reader.open[-1].name}> is not closed"
    ids = [node.attributes["id"] for node in reader.root.all() if "id" in node.attributes]
    assert len(ids) == len(set(ids)), sorted({one for one in ids if ids.count(one) > 1})
    return reader.root
