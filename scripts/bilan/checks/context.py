"""What an article is checked against: the stories and the registry of its corpus."""

from __future__ import annotations

from dataclasses import dataclass, field

from bilan.incidents import Incident
from bilan.model import Json

REGISTRIES = ("actors", "places", "outlets")


@dataclass(frozen=True)
class Context:
    """Stories by id, registry entries by kind and id, and what was wrong with their files. Picklable."""

    stories: dict[str, Json] = field(default_factory=dict)
    registry: dict[str, dict[str, Json]] = field(default_factory=lambda: {kind: {} for kind in REGISTRIES})
    exemptions: dict[tuple[str, str, str], str] = field(default_factory=dict)
    """(code, article id, record id) → reason why the incident is no fault."""
    incidents: list[Incident] = field(default_factory=list)


@dataclass(frozen=True)
class Summary:
    """What the whole-corpus checks need of one article."""

    id: str
    story: str
    file: str
    access: str
    sha256: str
