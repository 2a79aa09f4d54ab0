"""What an article is checked against: the stories and the registry of its corpus."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bilan.incidents import Incident
from bilan.model import Json

if TYPE_CHECKING:
    from bilan.checks.overlap import Print

REGISTRIES = ("actors", "places", "outlets")


@dataclass(frozen=True)
class Context:
    """Stories by id, registry entries by kind and id, and what was wrong with their files. Picklable."""

    stories: dict[str, Json] = field(default_factory=dict)
    registry: dict[str, dict[str, Json]] = field(default_factory=lambda: {kind: {} for kind in REGISTRIES})
    exemptions: dict[tuple[str, str, str], str] = field(default_factory=dict)
    """(code, article id, record id) → reason why the incident is no fault."""
    incidents: list[Incident] = field(default_factory=list)
    gazetteer: dict[str, list[str]] = field(default_factory=dict)
    """First word → names and aliases of the registry that begin with it, the longest first."""


@dataclass(frozen=True)
class Exempted:
    """An incident that is no fault: ``key`` (code, article id, record id or subject) stands in exemptions.json."""

    incident: Incident
    key: tuple[str, str, str]
    reason: str


@dataclass(frozen=True)
class Summary:
    """What the whole-corpus checks need of one article."""

    id: str
    story: str
    file: str
    access: str
    sha256: str
    print: Print | None = None
    """What of its text is compared with others; None if it is withheld, or not asked for."""
