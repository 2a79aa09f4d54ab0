"""An incident: one thing wrong in one place, with its mend. Every check and every parser reports these."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Incident:
    """What is wrong, where, and how to mend it.

    ``line`` and ``column`` count from 1 (columns in code points); 0 = the file as a whole.
    ``pointer`` is an RFC 6901 JSON pointer into the file, "" for the whole document.
    ``offset`` is that of the offending words in the string that the pointer names, in code points; -1 = none.
    ``subject`` names what the incident is about where that is no record: words of the text, another article.
    ``excerpt`` is the offending line, ``caret`` the 0-based column of the caret in it and ``width`` its length.
    """

    code: str
    message: str
    mend: str = ""
    file: str = ""
    pointer: str = ""
    line: int = 0
    column: int = 0
    excerpt: str = ""
    caret: int = 0
    width: int = 1
    severity: str = "error"
    subject: str = ""
    offset: int = -1

    def at(self, file: str) -> Incident:
        """The same incident, in this file."""
        return replace(self, file=file)

    def sort_key(self) -> tuple[str, int, int, str, str, str]:
        return (self.file, self.line, self.column, self.code, self.pointer, self.message)


class BilanError(Exception):
    """Bad input that a command or function cannot go on with; carries the incidents that say why."""

    def __init__(self, incidents: Iterable[Incident] | Incident) -> None:
        self.incidents = [incidents] if isinstance(incidents, Incident) else list(incidents)
        super().__init__("; ".join(f"{i.code} {i.message}" for i in self.incidents))

    def __reduce__(self) -> tuple[type[BilanError], tuple[list[Incident]]]:
        """A worker's error comes home whole; that of a built-in exception would be made from its message."""
        return type(self), (self.incidents,)
