"""What ``prompt_llm.py`` sends: instructions made from the label inventories, examples from train, the
article.

Pure functions on plain data. A message is ``{"role": …, "content": …}``, as chat endpoints take it.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterable, Sequence
from typing import Any

from bilan import labels, numbers
from bilan.incidents import BilanError, Incident
from bilan.tasks import Task, response

Message = dict[str, str]

STRUCTURED = ("json_schema", "json_object", "none")
"""How the server is asked to keep to JSON: by the schema, by syntax only, or by the prompt alone."""

TASKS = ("extraction", "figures")

_INVENTORIES = (
    "event_type",
    "participant_role",
    "figure_of",
    "measure",
    "scope",
    "modifier",
    "source_kind",
    "stance",
)
_FIGURE = ("words", "of", "measure", "stated", "low", "high", "modifier", "unit")
"""What T2 asks of a figure. Models cannot count characters: they copy the words, the recipe finds the
place."""

_VALUES = (
    ("fr", "41 soldats"),
    ("en", "a child"),
    ("fr", "aucune victime"),
    ("en", "around 40 soldiers"),
    ("fr", "une quarantaine de soldats"),
    ("fr", "une centaine d'assaillants"),
    ("fr", "environ 150 morts"),
    ("en", "nearly 300 people"),
    ("fr", "au moins 20 civils"),
    ("en", "more than 20 people"),
    ("fr", "plus d'une quarantaine de soldats"),
    ("fr", "jusqu'à 200 morts"),
    ("en", "fewer than ten wounded"),
    ("en", "between 50 and 60 gunmen"),
    ("fr", "des dizaines de morts"),
    ("en", "dozens wounded"),
    ("en", "hundreds of people"),
    ("fr", "plusieurs maisons"),
    ("en", "60 percent"),
    ("fr", "10 millions de FCFA"),
)
"""Expressions whose values the prompt shows, as ``bilan.numbers`` reads them."""

_OPENING = """\
You read a news article about an armed conflict, in French or in English, and write down {what}.
Answer with one JSON object of the form below and nothing else: no code fence, no comment.
Say what the article says, not what you know of the event. Copy words from the article as they stand, in its
language.
Labels are the English ones listed here, whatever the language."""

_FIGURES = """\
Figures
- A figure is a number of counted people or things with its modifier: dead, wounded, missing, taken,
  displaced, fighters, vehicles, houses, money. Write every one down, each time it is given, in the order of
  the text, headline included.
- words: modifier, number and first counted noun, copied letter by letter, no more: "plus d'une quarantaine
  de soldats" from "plus d'une quarantaine de soldats maliens"; "12 soldats" and "3 civils" from "12 soldats
  et 3 civils" (two figures); "16" and "43 morts" from "16 des 43 morts"; "53" from "the toll rose to 53".
  The article and only, even, seulement stay out.
- "un soldat", "a child" are figures where the event affected them; "no casualties", "aucune victime" said
  as a fact are figures of 0.
- No figures: dates, durations, distances, ages, ordinals, calibres, numbers in names, counts of sources,
  plurals without a number, a half or a third.
- of follows the noun; people if mixed or unspecified. measure: the first that is named ("dead or captured"
  is killed).
- The words alone fix the value. About N is N minus and plus half of the largest power of ten that divides N
  (of 5 where N ends in 5); nearly N ends at N. high null means no upper bound. Two modifiers: the bound
  wins. A modifier is not shared by the next number."""

_EVENTS = """\
Events
- One continuous assault is one event, the counter-strike included; another day or another place is another
  event. Looting or burning is an event of its own only where it is told as a deed of its own or has figures
  of its own.
- No events: threats, plans, warnings, speech, several attacks in one phrase ("attacks since 2015").
  Background events only if they have a place or date of their own and a figure or a statement about them.
- date: EDTF, to the day at the finest, reckoned from the day of publication; null if the text gives none.
- A perpetrator is named only where the article itself says or presupposes it, not where a source accuses."""

_SOURCES = """\
What a figure counts and who gives it
- scope event: what happened in one event; then event is the id of that event. With scope total, event is
  null.
- side: the army, group or population whose people or things are counted, only where the article makes it
  unmistakable.
- sources: everyone who gives, confirms or denies the figure, by name or in the words of the text ("source
  sécuritaire"). A channel ("told AFP", "dans un communiqué") is no source. No words that tell who says it:
  the article's own voice, an empty list. "Reportedly" or a French conditional with no speaker: name null,
  kind unspecified.
- stance: states unless the words say more; claims where the article keeps its distance or a party boasts."""


def response_schema(task: Task) -> dict[str, Any]:
    """JSON Schema of the model's answer: the published one for extraction, its part on figures for figures."""
    whole = {key: value for key, value in response.schema().items() if not key.startswith("$")}
    if task.name == "extraction":
        return whole
    figures = dict(whole["properties"]["figures"])
    item = dict(figures["items"])
    item["properties"] = {key: item["properties"][key] for key in _FIGURE}
    item["required"] = list(_FIGURE)
    figures["items"] = item
    return {
        **whole,
        "title": "bilan_figures",
        "description": "Figures of a news article.",
        "properties": {"figures": figures},
        "required": ["figures"],
    }


def response_format(task: Task, structured: str) -> dict[str, Any] | None:
    """The ``response_format`` of a request; None where the server is left alone."""
    if structured == "none":
        return None
    if structured == "json_object":
        return {"type": "json_object"}
    if task.name == "extraction":
        return response.openai()
    schema = response_schema(task)
    return {
        "type": "json_schema",
        "json_schema": {"name": schema["title"], "strict": True, "schema": schema},
    }


def instructions(task: Task) -> str:
    """The system message. The form and the labels follow from the response schema and
    ``schema/labels.json``."""
    whole = task.name == "extraction"
    what = "who says how many: its events, its figures and who gives them" if whole else "its figures"
    parts = [_OPENING.format(what=what), _FIGURES, "Values, by example:\n" + "\n".join(_values())]
    if whole:
        parts += [_EVENTS, _SOURCES]
    return "\n\n".join([*parts, "Form of the answer\n" + "\n".join(_shape(response_schema(task)))])


def messages(task: Task, example: dict[str, Any], shots: Sequence[dict[str, Any]]) -> list[Message]:
    """Instructions, the shots as a conversation that went well, and the article."""
    out = [{"role": "system", "content": instructions(task)}]
    for shot in shots:
        out += [
            {"role": "user", "content": _article(shot)},
            {"role": "assistant", "content": gold_answer(task, shot)},
        ]
    return [*out, {"role": "user", "content": _article(example)}]


def gold_answer(task: Task, example: dict[str, Any]) -> str:
    """What a perfect model writes for an example."""
    asked = example["target"][task.key]
    if task.name == "figures":
        text = example["input"]["text"]
        asked = {
            "figures": [
                {"words": text[f["start"] : f["end"]], **{key: f[key] for key in _FIGURE[1:]}} for f in asked
            ]
        }
    return json.dumps(asked, ensure_ascii=False, separators=(",", ":"))


def pool(task: Task, examples: Iterable[dict[str, Any]], seed: int) -> dict[str, list[dict[str, Any]]]:
    """Language → the examples that shots are taken from, in an order that the seed fixes.

    The shorter half of the examples that have anything to extract: long ones cost every request of the run.
    """
    by: dict[str, list[dict[str, Any]]] = {}
    for example in examples:
        asked = example["target"][task.key]
        if asked and (task.name == "figures" or asked["figures"]):
            by.setdefault(example["input"]["lang"], []).append(example)
    for lang, listed in by.items():
        listed.sort(key=lambda e: (len(e["input"]["text"]) + len(gold_answer(task, e)), e["id"]))
        del listed[(len(listed) + 1) // 2 :]
        random.Random(f"{seed} {lang}").shuffle(listed)
    return by


def shots(
    drawn: dict[str, list[dict[str, Any]]], example: dict[str, Any], count: int
) -> list[dict[str, Any]]:
    """The first ``count`` of the pool in the example's language, one a story, never of its own story.

    Raises BilanError (B806) where there are fewer.
    """
    out: dict[str, dict[str, Any]] = {}
    for one in drawn.get(example["input"]["lang"], ()):
        if one["story"] != example["story"] and len(out) < count:
            out.setdefault(one["story"], one)
    if len(out) < count:
        message = f"train has {len(out)} short examples for {example['id']}, not {count}"
        raise BilanError(Incident("B806", message, f"ask for --shots {len(out)} at most"))
    return list(out.values())


def _article(example: dict[str, Any]) -> str:
    given = example["input"]
    return (
        f"Language: {given['lang']}\nPublished: {given['published'] or 'unknown'}\nArticle:\n{given['text']}"
    )


def _values() -> list[str]:
    out = []
    for lang, words in _VALUES:
        value = numbers.parse(words, lang)
        assert value is not None, words
        shown = {
            "stated": value.stated,
            "low": value.low,
            "high": value.high,
            "modifier": value.modifier,
            "unit": value.unit,
        }
        out.append(f"- {words}: {json.dumps(shown)[1:-1]}")
    return out


def _shape(schema: dict[str, Any], indent: str = "") -> list[str]:
    """The properties of an object, one a line, each label with its description."""
    out = []
    for name, given in schema["properties"].items():
        inner, null = given, ""
        if "anyOf" in given:
            inner, null = given["anyOf"][0], " or null"
        told = f": {inner['description']}" if inner.get("description") else ""
        if inner["type"] == "array" and inner["items"]["type"] == "object":
            out.append(f"{indent}- {name}, list of objects{told}")
            out += _shape(inner["items"], indent + "  ")
        elif inner["type"] == "array":
            out.append(f"{indent}- {name}, list of strings: {inner['items'].get('description', '')}")
        elif "enum" in inner:
            out.append(f"{indent}- {name}, one label{told}")
            out += [f"{indent}  {label} = {meaning}" for label, meaning in _meanings(inner["enum"])]
        else:
            out.append(f"{indent}- {name}, {inner['type']}{null}{told}")
    return out


def _meanings(enum: Sequence[str]) -> list[tuple[str, str]]:
    for inventory in _INVENTORIES:
        if list(labels.names(inventory)) == list(enum):
            return [(label, row["description"]) for label, row in labels.inventory()[inventory].items()]
    raise AssertionError(f"no inventory has the labels {enum}")
