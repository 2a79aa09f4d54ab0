"""Typed records of an article: frozen dataclasses with the columns of the table ``articles``.

``bilan.articles()`` iterates them. Offsets are half-open and in code points; dates are EDTF; a ``surface`` is
None where the text is withheld and only the hash of the words is there. Ids are unique in an article and lead
from record to record: ``article.get("f1")``.
"""

from __future__ import annotations

import dataclasses
import types
import typing
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any, TypeVar, Union

R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Span:
    """A place in the text: ``text[start:end] == surface``."""

    start: int
    end: int
    surface: str | None
    hash: str | None
    anchor: tuple[str, ...] | None


@dataclass(frozen=True, slots=True)
class Mention(Span):
    """A mention of an entity: ``kind`` is name or nominal."""

    kind: str


@dataclass(frozen=True, slots=True)
class Zone(Span):
    """A part that is not running text: headline, caption, dateline, byline, boilerplate."""

    id: str
    kind: str


@dataclass(frozen=True, slots=True)
class Entity:
    """A person, force, place, …: the cluster of its mentions, with what the registry knows of it."""

    id: str
    type: str
    place_kind: str | None
    name: str
    registry: str | None
    mentions: tuple[Mention, ...]
    country: str | None
    acled_actor_class: str | None
    lat: float | None
    lon: float | None
    wikidata: str | None
    geonames: str | None


@dataclass(frozen=True, slots=True)
class Time(Span):
    """A time expression, resolved against the day of publication."""

    id: str
    kind: str
    edtf: str | None
    duration: str | None
    part: str | None
    clock: str | None
    mod: str | None


@dataclass(frozen=True, slots=True)
class Participant:
    """An entity's role in an event."""

    entity: str
    role: str
    fate: str | None


@dataclass(frozen=True, slots=True)
class Event:
    """An event of the article; ``story_event`` names the story's event that it is."""

    id: str
    type: str
    triggers: tuple[Span, ...]
    date: str | None
    times: tuple[str, ...]
    places: tuple[str, ...]
    participants: tuple[Participant, ...]
    story_event: str | None
    part_of: str | None


@dataclass(frozen=True, slots=True)
class Figure(Span):
    """How many of what: the words allow ``low`` to ``high`` (None = unbounded); ``stated`` stands in them."""

    id: str
    of: str
    measure: str
    scope: str
    event: str | None
    entity: str | None
    period: str | None
    stated: float | None
    low: float
    high: float | None
    modifier: str
    unit: str | None
    references: tuple[str, ...]

    def allows(self, number: float) -> bool:
        """Whether the words allow this number."""
        return self.low <= number and (self.high is None or number <= self.high)


@dataclass(frozen=True, slots=True)
class Source:
    """Who says something. ``entity`` is the entity that speaks, where there is one."""

    id: str
    kind: str
    form: str | None
    named: bool
    entity: str | None
    mentions: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Attribution:
    """A statement: ``sources`` say something about ``content`` (figures, events or other attributions)."""

    id: str
    sources: tuple[str, ...]
    content: tuple[str, ...]
    cues: tuple[Span, ...]
    stance: str
    blames: tuple[str, ...]
    quotes: tuple[Span, ...]
    hedged: bool
    said: str | None
    reference: str | None


@dataclass(frozen=True, slots=True)
class Relation:
    """A figure updates, restates or is part of another one. ``from_`` is ``from`` in the files."""

    id: str
    type: str
    from_: str
    to: str


@dataclass(frozen=True, slots=True)
class Provenance:
    """How a layer was made and how far it was reviewed."""

    method: str
    annotator: str
    guidelines: str
    status: str


@dataclass(frozen=True, slots=True)
class BibliographicRecord:
    """A third party's article as published."""

    title: str | None
    authors: tuple[str, ...]
    outlet: str | None
    url: str | None


@dataclass(frozen=True, slots=True)
class Anchors:
    """What a withheld text keeps of itself, to find its spans again in a copy."""

    scheme: str
    salt: str
    fingerprint: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Title:
    """What a story is about, in two languages."""

    en: str
    fr: str


@dataclass(frozen=True, slots=True)
class Reference:
    """A page whose facts the article carries; ``derived_from`` names the page that it only rewrites."""

    id: str
    publisher: str
    url: str | None
    lang: str
    date: str | None
    authors: tuple[str, ...]
    derived_from: str | None
    note: str | None


@dataclass(frozen=True, slots=True)
class ExternalRecord:
    """The record of an event in another database, with its estimates."""

    database: str
    id: str
    release: str
    version: str
    low: int
    best: int
    high: int


@dataclass(frozen=True, slots=True)
class StoryEvent:
    """A real-world event of the story."""

    id: str
    type: str
    date: str
    place: str | None
    external: tuple[ExternalRecord, ...]
    note: str | None


@dataclass(frozen=True, slots=True)
class Article:
    """An annotated article with what its story says.

    >>> for figure in article.figures:
    ...     who = [source.kind for _, source in article.sources_of(figure)] or ["own voice"]
    ...     print(figure.surface, figure.low, figure.high, who)
    """

    id: str
    story: str
    split: str
    subset: str | None
    lang: str
    published: str | None
    style: str
    country: str
    region: str
    story_title: Title
    text: str | None
    length: int
    sha256: str
    access: str
    extent: str
    origin: str
    licence: str | None
    credit: str | None
    anchors: Anchors | None
    record: BibliographicRecord | None
    cites: tuple[str, ...]
    references: tuple[Reference, ...]
    story_events: tuple[StoryEvent, ...]
    zones: tuple[Zone, ...]
    entities: tuple[Entity, ...]
    times: tuple[Time, ...]
    events: tuple[Event, ...]
    figures: tuple[Figure, ...]
    sources: tuple[Source, ...]
    attributions: tuple[Attribution, ...]
    relations: tuple[Relation, ...]
    provenance: Mapping[str, Provenance]
    schema_version: str
    added_in: str | None
    _by_id: dict[str, Any] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        layers: tuple[tuple[Any, ...], ...] = (
            self.zones,
            self.entities,
            self.times,
            self.events,
            self.figures,
            self.sources,
            self.attributions,
            self.relations,
        )
        object.__setattr__(self, "_by_id", {record.id: record for layer in layers for record in layer})

    def get(self, ident: str) -> Any:
        """The record with this id, of any layer (f1 a Figure, ev1 an Event, …). Raises KeyError."""
        return self._by_id[ident]

    def entity(self, ident: str | None) -> Entity | None:
        """The entity with this id; None for None."""
        return None if ident is None else self._by_id[ident]

    def event(self, ident: str | None) -> Event | None:
        """The event with this id; None for None."""
        return None if ident is None else self._by_id[ident]

    def sources_of(self, record: Figure | Event | Attribution) -> tuple[tuple[Attribution, Source], ...]:
        """Who speaks of a record: (attribution, source) pairs. Empty: the article's own voice."""
        return tuple(
            (attribution, self._by_id[source])
            for attribution in self.attributions
            if record.id in attribution.content
            for source in attribution.sources
        )

    def name_of(self, source: Source) -> str | None:
        """Name of the entity that speaks, else the words that name the source; None if they are withheld."""
        if source.entity is not None:
            return str(self._by_id[source.entity].name)
        return next((mention.surface for mention in source.mentions if mention.surface is not None), None)

    def figures_of(self, event: Event) -> tuple[Figure, ...]:
        """The figures that count an event."""
        return tuple(figure for figure in self.figures if figure.event == event.id)


# --- from plain data -------------------------------------------------------------------------------------

_KEYS = {"from_": "from"}


def article(row: Mapping[str, Any]) -> Article:
    """The record of a row of the table ``articles``."""
    return read(Article, row)


def read(cls: type[R], row: Mapping[str, Any]) -> R:
    """A record of any of these classes, or of another frozen dataclass of such fields, from plain data."""
    return _record(cls, row)


def columns(cls: type) -> dict[str, Any]:
    """Keys of a record class in plain data → its type."""
    hints = typing.get_type_hints(cls)
    return {_KEYS.get(f.name, f.name): hints[f.name] for f in dataclasses.fields(cls) if f.init}


@cache
def _readers(cls: type) -> tuple[tuple[str, str, Callable[[Any], Any] | None], ...]:
    """(argument, key, how to read it; None = as it is) of every field."""
    back = {key: name for name, key in _KEYS.items()}
    return tuple((back.get(key, key), key, _reader(hint)) for key, hint in columns(cls).items())


def _record(cls: type[R], data: Mapping[str, Any]) -> R:
    values = {}
    for name, key, read in _readers(typing.cast(type, cls)):
        value = data.get(key)
        values[name] = value if value is None or read is None else read(value)
    return cls(**values)


def _reader(hint: Any) -> Callable[[Any], Any] | None:
    origin, args = typing.get_origin(hint), typing.get_args(hint)
    if origin in (Union, types.UnionType):
        (hint,) = [arg for arg in args if arg is not type(None)]
        return _reader(hint)
    if origin is tuple:
        inner = _reader(args[0])
        return tuple if inner is None else lambda values: tuple(map(inner, values))
    if origin is not None and issubclass(origin, Mapping):
        return lambda values: {key: _record(args[1], value) for key, value in values.items()}
    if dataclasses.is_dataclass(hint):
        return lambda value: _record(hint, value)  # type: ignore[arg-type]
    return _whole if hint is float else None


def _whole(number: float) -> float:
    """Counts stay whole numbers: Parquet has 41.0 where the file has 41."""
    return int(number) if isinstance(number, float) and number.is_integer() else number
