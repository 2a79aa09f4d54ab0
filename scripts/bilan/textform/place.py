"""Where in a text form is the value that an incident points at?"""

from __future__ import annotations

from dataclasses import replace

import yaml

from bilan import jsonio, model
from bilan.checks.parse import excerpt_at
from bilan.incidents import Incident
from bilan.model import Json
from bilan.textform.front import Loader


def placed(source: str, article: Json, incidents: list[Incident]) -> list[Incident]:
    """The incidents with line, column, excerpt and caret in the front matter, from their JSON pointers.

    ``article`` was read from ``source``. What the front matter does not say (a field left out, a span) is placed
    at the nearest mapping that should hold it.
    """
    source = source.replace("\r\n", "\n")
    begin = len("---\n")
    node = yaml.compose(source[begin : source.find("\n---\n", begin - 1) + 1], Loader=Loader)
    assert node is not None  # unmark has read it
    out = []
    for incident in incidents:
        start, end = _span(node, incident.pointer.split("/")[1:], article)
        line, column = jsonio.line_column(source, begin + start)
        excerpt, caret = excerpt_at(source, begin + start)
        width = max(1, min(end - start, len(excerpt) - caret))
        out.append(replace(incident, line=line, column=column, excerpt=excerpt, caret=caret, width=width))
    return out


def _span(node: yaml.Node, path: list[str], article: Json) -> tuple[int, int]:
    """Offsets in the front matter of the value under a path of an article, or of the nearest around it."""
    if len(path) > 1 and path[0] in model.LAYERS:  # the front matter has records by id, the article has lists
        path = [path[0], article[path[0]][int(path[1])]["id"], *path[2:]]
    span = (0, 0)
    for part in path:
        if isinstance(node, yaml.MappingNode):
            entry = next(((key, value) for key, value in node.value if key.value == part), None)
            if entry is None:
                break
            key, node = entry
            # a block of lines would be all caret: its key is enough
            whole = node.start_mark.line == key.start_mark.line
            at = node if whole else key
        elif isinstance(node, yaml.SequenceNode) and part.isdigit() and int(part) < len(node.value):
            at = node = node.value[int(part)]
        else:
            break
        span = (at.start_mark.index, at.end_mark.index)
    return span
