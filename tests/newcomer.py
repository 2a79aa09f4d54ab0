"""What a newcomer does in her editor: stands in for $EDITOR in the test of CONTRIBUTING.md.

    python newcomer.py FILE…

Each file gets the edit that the page describes, as a person would make it, slips included that `bilan check --fix`
repairs. Pages and texts are made up; nothing here is news.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable
from pathlib import Path

SOLHAN = (
    "Solhan : le bilan reste disputé\n\nLe 9 juin 2021, Human Rights Watch a fait état de plus de 140 morts à Solhan"
    " lors de l'attaque du 5 juin."
)
BOULKESSI = (
    "Attaque à Boulkessi\n\nUn camp a été attaqué dimanche à Boulkessi ; l'armée malienne a annoncé avoir perdu"
    " douze soldats."
)
PAGE = "Le camp de Dioura a été attaqué. Selon un élu, trente et un soldats y ont péri.\n"


def replace(path: Path, *pairs: tuple[str, str]) -> None:
    text = path.read_text(encoding="utf-8")
    for old, new in pairs:
        assert text.count(old) >= 1, (path, old)
        text = text.replace(old, new, 1)
    path.write_text(text, encoding="utf-8")


def new(text: str) -> Callable[[Path], None]:
    return lambda path: path.write_text(text, encoding="utf-8") and None


def value(path: Path) -> None:
    replace(path, ("stance: accuses", "stance: claims"), ("a11: {", "a11: {hedged: true, "))


def solhan(path: Path) -> None:
    replace(
        path,
        ("published: null", "published: '2021-06-10'"),
        ("annotator: your-name", "annotator: a-newcomer"),
        ("references: []", "references: [r11]"),
        ("zones:\n", "zones:\n  z1: {kind: headline}\n"),
        (
            "entities:\n",
            "entities:\n  e1: {type: place, place_kind: settlement, name: Solhan, registry: solhan}\n"
            "  e2: {type: organization, name: HRW, registry: human-rights-watch}\n",
        ),
        (
            "times:\n",
            "times:\n  t1: {kind: date, edtf: '2021-06-09'}\n  t2: {kind: date, edtf: '2021-06-05'}\n",
        ),
        (
            "events:\n",
            "events:\n  ev1: {type: attack, date: '2021-06-05', times: [t2], places: [e1], story_event: main}\n",
        ),
        (
            "figures:\n",
            "figures:\n  f1: {of: people, measure: killed, scope: event, event: ev1, references: [r11]}\n",
        ),
        ("sources:\n", "sources:\n  s1: {kind: ngo, form: group, entity: e2}\n"),
        (
            "attributions:\n",
            "attributions:\n"
            "  a1: {sources: [s1], content: [f1], stance: states, said: '2021-06-09', reference: r11}\n",
        ),
        ("Solhan : le bilan reste disputé", "[[Solhan]{.e1} : le bilan reste disputé]{.z1}"),
        ("Le 9 juin 2021, Human Rights Watch", "[Le 9 juin 2021,]{.t1} [Human Rights Watch]{.e2 .s1}"),
        ("fait état", "[fait état]{.a1}"),
        ("plus de 140 morts à Solhan", "[plus de 140 ]{.f1}morts à [Solhan ]{.e1}"),
        ("lors de l'attaque du 5 juin", "lors de l'[attaque]{.ev1} du [5 juin]{.t2}"),
    )
    replace(path, ("[Solhan ]{.e1} lors", "[Solhan ]{.e1}lors"))  # the bracket took the space with it


def story(path: Path) -> None:
    document = json.loads(path.read_bytes())
    document["title"] = {"en": "Attack at Boulkessi, Mali", "fr": "Attaque de Boulkessi, Mali"}
    document["region"] = "sahel"
    document["events"][0].update(type="armed_clash", place="boulkessi")
    page = {"lang": "fr", "date": "2025-06-02", "authors": [], "derived_from": None, "note": None}
    document["references"] = [
        {"id": f"r{n}", "publisher": f"Page {n}", "url": f"https://example.org/{n}", **page} for n in (1, 2)
    ]
    path.write_text(json.dumps(document, ensure_ascii=False), encoding="utf-8")  # not in canonical layout


def boulkessi(path: Path) -> None:
    replace(
        path,
        ("published: null", "published: '2025-06-02'"),
        ("annotator: your-name", "annotator: a-newcomer"),
        ("references: []", "references: [r1]"),
        ("zones:\n", "zones:\n  z1: {kind: headline}\n"),
        (
            "entities:\n",
            "entities:\n  e1: {type: place, place_kind: settlement, name: Boulkessi, registry: boulkessi}\n"
            "  e2: {type: state_force, name: Forces armées maliennes, registry: malian-armed-forces}\n",
        ),
        ("times:\n", "times:\n  t1: {kind: date, edtf: '2025-06-01'}\n"),
        (
            "events:\n",
            "events:\n  ev1: {type: armed_clash, date: '2025-06-01', times: [t1], places: [e1],"
            " participants: [{entity: e2, role: target}], story_event: main}\n",
        ),
        (
            "figures:\n",
            "figures:\n"
            "  f1: {of: soldiers, measure: killed, scope: event, event: ev1, entity: e2, references: [r1]}\n",
        ),
        ("sources:\n", "sources:\n  s1: {kind: military, form: group, named: true, entity: e2}\n"),
        (
            "attributions:\n",
            "attributions:\n  a1: {sources: [s1], content: [f1], stance: states, reference: r1}\n",
        ),
        ("Attaque à Boulkessi", "[[Attaque]{.ev1} à [Boulkessi]{.e1}]{.z1}"),
        (
            "été attaqué dimanche à Boulkessi ; l'armée malienne",
            "été [attaqué]{.ev1} [dimanche]{.t1} à [Boulkessi]{.e1} ; [l'armée malienne]{.e2 .s1}",
        ),
        ("annoncé", "[annoncé]{.a1}"),
        ("douze soldats", "[douze soldats]{.f1}"),
    )


def page(path: Path) -> None:
    replace(
        path,
        ("published: null", "published: '2025-05-26'"),
        ("annotator: your-name", "annotator: a-newcomer"),
        ("references: []", "references: [r1]"),
        (
            "entities:\n",
            "entities:\n  e1: {type: facility, name: Dioura camp}\n"
            "  e2: {type: place, place_kind: settlement, name: Dioura, registry: dioura}\n",
        ),
        (
            "events:\n",
            "events:\n  ev1: {type: armed_clash, date: '2025-05-23', places: [e1], story_event: main}\n",
        ),
        (
            "figures:\n",
            "figures:\n  f1: {of: soldiers, measure: killed, scope: event, event: ev1, references: [r1]}\n",
        ),
        ("sources:\n", "sources:\n  s1: {kind: local_authority, form: individual}\n"),
        (
            "attributions:\n",
            "attributions:\n  a1: {sources: [s1], content: [f1], stance: states, reference: r1}\n",
        ),
        ("camp de Dioura", "[camp de [Dioura]{.e2}]{.e1}"),
        ("attaqué", "[attaqué]{.ev1}"),
        ("Selon un élu", "[Selon]{.a1} un [élu]{.s1}"),
        ("trente et un soldats", "[trente et un soldats]{.f1}"),
    )


def second(path: Path) -> None:
    """Another reading: that of the corpus, but for the stance of one statement. Without looking, of course."""
    from bilan import textform

    ident = re.search(r"^id: (\S+)$", path.read_text(encoding="utf-8"), re.M)
    if ident is None:
        return  # the guidelines lie beside the texts
    folder, lang, number = ident[1].split(".")
    article = json.loads(Path("corpus", folder[:2], folder[3:], f"{lang}-{number}.json").read_bytes())
    stated = next(a for a in article["attributions"] if a["stance"] == "states")
    stated["stance"] = "claims"
    path.write_text(textform.mark(article), encoding="utf-8")


EDITS: dict[str, Callable[[Path], None]] = {
    "work/en-1.md": value,
    "work/solhan.txt": new(SOLHAN),
    "work/solhan.md": solhan,
    "corpus/ml/2025-06-01-boulkessi/story.json": story,
    "work/boulkessi.txt": new(BOULKESSI),
    "work/boulkessi.md": boulkessi,
    "work/page.txt": new(PAGE),
    "work/page.md": page,
}


def main(files: list[str]) -> None:
    for file in files:
        edit = second if file.startswith("work/second/") else EDITS[file]
        edit(Path(file))


if __name__ == "__main__":
    main(sys.argv[1:])
