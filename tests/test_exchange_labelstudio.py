"""Label Studio: what goes out can be annotated, what comes back is taken whole or refused with the reason.

``tests/data/labelstudio`` holds exports of a running Label Studio 1.23.2: ``export.json`` untouched, ``edited.json``
saved in the labelling page after a name, a trigger, a source, two relations and another measure were added by hand.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bilan import jsonio, labels
from bilan.__main__ import main
from bilan.exchange import assembly, fidelity, formats, labelstudio, taking
from bilan.exchange import graph as graphs
from bilan.exchange.formats import Read
from bilan.exchange.graph import Arrow, Graph, Mark, Node
from bilan.exchange.labelstudio import config, writing
from bilan.exchange.labelstudio.controls import CONTROLS, RELATIONS
from bilan.exchange.labelstudio.results import graph_of
from bilan.exchange.parts import PARTS, same
from bilan.incidents import BilanError
from bilan.model import Json
from conftest import REPOSITORY
from labelstudio_cases import RECORDED, STORY, TEXT, odd_article, odd_base, odd_graph, recorded_articles

FORMAT = formats.get("labelstudio", reads=True)


@pytest.fixture(scope="module")
def articles() -> list[Json]:
    """The open articles of the corpus."""
    paths = sorted((REPOSITORY / "corpus").glob("[a-z][a-z]/*/[a-z][a-z]-*.json"))
    some = [json.loads(path.read_bytes()) for path in paths if b'"access": "open"' in path.read_bytes()]
    assert len(some) > 200
    return some


def reads_of(tasks: Any, folder: Path) -> list[Read]:
    path = folder / "project.json"
    path.write_bytes(tasks if isinstance(tasks, bytes) else json.dumps(tasks).encode())
    return list(labelstudio.read(path))


def codes(reads: list[Read]) -> list[list[str]]:
    return [[incident.code for incident in one.incidents] for one in reads]


def exported(article: Json) -> Json:
    """A task as Label Studio exports it: numbered, completed by somebody."""
    task = writing.task(article)
    task["id"], task["predictions"] = 7, [12]
    task["annotations"][0].update(id=9, completed_by=1, was_cancelled=False)
    return task


def rows_of(task: Json) -> list[Json]:
    rows: list[Json] = task["annotations"][0]["result"]
    return rows


def region(ident: str, words: str, label: str, text: str = TEXT, **values: Any) -> list[Json]:
    """The rows of a region as the labelling page writes them: ``record="army"``, ``entities_type="person"``."""
    start = text.index(words)
    place = {"start": start, "end": start + len(words), "text": words}
    rows = [("mark", "labels", {"labels": [label]})]
    for name, value in values.items():
        control = CONTROLS[name]
        rows.append((name, control.type, {control.key: value if control.kind == "number" else [value]}))
    common = {"id": ident, "to_name": "text", "origin": "manual"}
    return [{**common, "from_name": f, "type": t, "value": {**place, **v}} for f, t, v in rows]


def relation(one: str, other: str, *names: str, direction: str = "right") -> Json:
    ends = {"from_id": one, "to_id": other}
    return {"type": "relation", **ends, "direction": direction, "labels": list(names)}


def taken_with(rows: list[Json], tmp_path: Path) -> taking.Taken:
    """The odd article after somebody added rows to it in the tool."""
    task = exported(odd_article())
    rows_of(task).extend(rows)
    (one,) = reads_of([task], tmp_path)
    article = odd_article()
    return taking.take(one, {article["id"]: article}, None, None)


def article_of(taken: taking.Taken) -> Json:
    assert taken.article is not None, taken.incidents
    return taken.article


# --- there and back --------------------------------------------------------------------------------------


def test_every_part_of_every_open_article_comes_back_on_the_bare_text(articles: list[Json]) -> None:
    assert set(labelstudio.CARRIED) == set(PARTS)
    assert {carried.how for carried in labelstudio.CARRIED.values()} == {"shown"}
    for part, measured in fidelity.measure(FORMAT, articles).items():
        assert measured.items > 0, part
        assert (measured.same, measured.items_same) == (measured.articles, measured.items), part
    assert fidelity.losses(FORMAT, articles) == []


def test_every_open_article_comes_back_byte_for_byte(articles: list[Json], tmp_path: Path) -> None:
    (tmp_path / "tasks.json").write_bytes(dict(labelstudio.write(articles))["tasks.json"])
    bases = {one["id"]: one for one in articles}
    reads = list(labelstudio.read(tmp_path / "tasks.json"))
    assert len(reads) == len(articles)
    for one in reads:
        taken = taking.take(one, bases, None, "a-diallo")
        assert (taken.incidents, taken.notes, taken.changed) == ([], [], False)
        assert jsonio.dumps(taken.article) == jsonio.dumps(bases[one.id])


def test_the_same_articles_give_the_same_bytes(articles: list[Json]) -> None:
    assert list(labelstudio.write(articles[:5])) == list(labelstudio.write(copy.deepcopy(articles[:5])))


def test_offsets_are_code_points_in_a_text_with_emoji_arabic_and_combining_marks(tmp_path: Path) -> None:
    article = odd_article()
    for row in rows_of(writing.task(article)):
        if row["type"] == "labels":
            assert TEXT[row["value"]["start"] : row["value"]["end"]] == row["value"]["text"]
    (one,) = reads_of([exported(article)], tmp_path)
    assert one.graph is not None
    assert all(same(part, one.graph, graphs.of(article)) for part in PARTS)


def test_offsets_count_where_the_tool_mangled_the_words(tmp_path: Path) -> None:
    task = exported(odd_article())
    for row in rows_of(task):
        if row["type"] == "labels":
            row["value"]["text"] = row["value"]["text"].replace(" ", "\r\n")
    (one,) = reads_of([task], tmp_path)
    assert taking.take(one, {odd_base()["id"]: odd_article()}, None, None).article == odd_article()


@pytest.mark.parametrize(
    "text", ["\ufeffForty died.\r\nThree 🙂\rfled.", "e\u0301\u200f Forty died. Three fled"]
)
def test_a_text_of_somebody_elses_project_is_read_as_it_stands(text: str, tmp_path: Path) -> None:
    rows = [*region("x", "Forty", "figure", text), *region("y", "Three", "figure", text)]
    (one,) = reads_of([{"data": {"text": text}, "annotations": [{"result": rows}]}], tmp_path)
    assert (one.id, one.incidents) == ("", [])
    assert one.graph is not None
    assert [text[m.start : m.end] for m in one.graph.marks] == ["Forty", "Three"]


words = st.text(st.characters(exclude_categories=["Cs"]), min_size=3, max_size=30)


@given(
    text=words, cuts=st.lists(st.tuples(st.integers(0, 2), st.integers(1, 28)), max_size=6), data=st.data()
)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_any_graph_on_any_text_comes_back(
    text: str, cuts: list[tuple[int, int]], data: st.DataObject
) -> None:
    graph = Graph(odd_base()["id"], text)
    for n, (start, end) in enumerate(cuts, 1):
        layer = data.draw(st.sampled_from(["entities", "events", "attributions"]))
        ident = f"{ {'entities': 'e', 'events': 'ev', 'attributions': 'a'}[layer] }{n}"
        where = {
            "entities": ("mentions", "nominal"),
            "events": ("triggers", None),
            "attributions": ("quotes", None),
        }
        graph.nodes[ident] = Node(layer, ident)
        if data.draw(st.booleans()):
            graph.marks.append(Mark(layer, ident, *where[layer], start, min(len(text), max(start + 1, end))))
    for one in graph.nodes.values():
        for other in graph.nodes.values():
            if (one.layer, other.layer) == ("events", "entities"):
                fates = data.draw(
                    st.lists(st.sampled_from([None, "killed", "wounded"]), max_size=3, unique=True)
                )
                graph.arrows += [Arrow("target", one.id, other.id, {"fate": fate}) for fate in fates]
            if one.layer == "attributions" and one is not other and other.layer != "entities":
                graph.arrows.append(Arrow("content", one.id, other.id))
    article = {**odd_base(), "text": {**odd_base()["text"], "content": text}}
    rows = json.loads(json.dumps(list(writing.rows(graph))))
    found = graph_of(article["id"], text, rows, None, "x.json")
    assert (found.incidents, found.notes) == ([], [])
    assert set(found.graph.nodes) == set(graph.nodes)
    assert all(same(part, found.graph, graph) for part in PARTS)


# --- the configuration -----------------------------------------------------------------------------------


def test_the_configuration_offers_every_label_in_a_colour_of_its_own() -> None:
    view = ET.fromstring(config.xml())
    marks = {one.get("value"): one.get("background") for one in view.iter("Label")}
    assert list(marks) == list(graphs.MARKS.values())
    assert len(set(marks.values())) == len(marks)
    assert [one.get("value") for one in view.iter("Relation")] == list(RELATIONS)
    assert set(graphs.ARROWS) < set(RELATIONS)
    text = view.find(".//Text")
    assert text is not None
    assert text.get("value") == "$text"


def test_every_value_of_a_record_can_be_set_on_its_regions_and_on_no_others() -> None:
    view = ET.fromstring(config.xml())
    controls = {one.get("name"): one for one in view.iter() if one.get("perRegion") == "true"}
    assert set(controls) == set(CONTROLS)
    for layer, fields in graphs.VALUES.items():
        own = {name for (of, _, _), name in graphs.MARKS.items() if of == layer}
        for field in fields:
            tag = controls[f"{layer}_{field}"]
            assert tag.get("visibleWhen") == "region-selected"
            assert set((tag.get("whenLabelValue") or "").split(",")) == own
            if inventory := graphs.INVENTORIES.get((layer, field)):
                assert [one.get("value") for one in tag.iter("Choice")] == list(labels.names(inventory))
            elif field in graphs.NUMBERS:
                assert tag.tag == "Number"


# --- what Label Studio itself wrote ----------------------------------------------------------------------


def test_a_recorded_export_is_equal_in_every_layer() -> None:
    reads = list(labelstudio.read(RECORDED / "export.json"))
    for one, article in zip(reads, recorded_articles(), strict=True):
        taken = taking.take(one, {article["id"]: article}, None, "a-diallo")
        assert (taken.incidents, taken.notes) == ([], [])
        assert jsonio.dumps(taken.article) == jsonio.dumps(article)


def test_what_was_added_in_the_labelling_page_comes_in_and_nothing_else_changes() -> None:
    (one,) = labelstudio.read(RECORDED / "edited.json")
    before = odd_article()
    after = article_of(taking.take(one, {before["id"]: before}, None, "a-diallo"))
    place = after["entities"].pop()
    assert (place["id"], place["name"], place["place_kind"]) == ("e4", "Café", "settlement")
    assert place["mentions"] == [{"kind": "name", "start": 2, "end": 7, "surface": "Cafe\u0301"}]
    event = after["events"][0]
    assert event["places"] == ["e3", "e4"]
    assert [span["surface"] for span in event["triggers"]] == ["blast", "died", "lost"]
    event["places"].pop()
    event["triggers"].pop()
    source = after["sources"].pop()
    assert (source["id"], source["kind"], source["named"]) == ("s3", "witness", False)
    assert after["figures"][2]["measure"] == "displaced"
    after["figures"][2]["measure"] = "killed"
    signed = {layer for layer, one in after["provenance"].items() if one["annotator"] == "a-diallo"}
    assert signed == {"entities", "events", "figures", "sources"}
    assert {**after, "provenance": 0} == {**before, "provenance": 0}


def test_two_annotators_of_a_task_are_told_apart_and_skipped_ones_are_not_read() -> None:
    reads = list(labelstudio.read(RECORDED / "two-people.json"))
    assert len(json.loads((RECORDED / "two-people.json").read_bytes())[0]["annotations"]) == 3
    assert (len(reads), len({one.annotator for one in reads})) == (2, 2)
    assert codes(taking.chosen(reads, None)) == [["B866"], ["B866"]]


def test_the_address_of_an_annotator_is_used_where_the_export_has_it(tmp_path: Path) -> None:
    task = exported(odd_article())
    task["annotations"][0]["completed_by"] = {"id": 3, "email": "ada@example.org", "first_name": "Ada"}
    assert [one.annotator for one in reads_of([task], tmp_path)] == ["ada@example.org"]


def test_two_annotations_of_a_task_by_one_person_are_not_chosen_between(tmp_path: Path) -> None:
    task = exported(odd_article())
    task["annotations"].append({**task["annotations"][0], "id": 10})
    assert codes(reads_of([task], tmp_path)) == [["B866"], ["B866"]]


@pytest.mark.parametrize(
    ("name", "said"),
    [("json_min.json", "JSON_MIN"), ("csv.txt", "CSV"), ("tsv.txt", "TSV"), ("conll2003.txt", "CONLL2003")],
)
def test_exports_without_relations_are_refused_by_name(name: str, said: str) -> None:
    with pytest.raises(BilanError) as error:
        list(labelstudio.read(RECORDED / f"refused-{name}"))
    (incident,) = error.value.incidents
    assert incident.code == "B867"
    assert f"export {said}:" in incident.message
    assert "JSON" in incident.mend


# --- what a user of the tool adds ------------------------------------------------------------------------


def test_a_new_figure_with_an_arrow_gets_an_id_and_the_value_of_its_words(tmp_path: Path) -> None:
    said = {"figures_of": "people", "figures_measure": "wounded", "figures_scope": "event"}
    rows = [*region("aB3", "2", "figure", **said), relation("aB3", "ev1", "counts")]
    rows[0]["value"].update(start=TEXT.index("2 were"), end=TEXT.index("2 were") + 1)
    figure = article_of(taken_with(rows, tmp_path))["figures"][-1]
    assert (figure["id"], figure["surface"], figure["event"]) == ("f4", "2", "ev1")
    assert (figure["stated"], figure["low"], figure["high"], figure["modifier"]) == (2, 2, 2, "exact")


@pytest.mark.parametrize("order", [1, -1])
def test_regions_joined_by_same_are_one_record_in_whatever_order(order: int, tmp_path: Path) -> None:
    rows = [
        *region("aB3", "them", "nominal"),
        *region("cD4", "We", "nominal"),
        *[relation("aB3", "cD4", "same"), relation("cD4", "e1-2", "same")][::order],
    ]
    mentions = article_of(taken_with(rows, tmp_path))["entities"][0]["mentions"]
    assert [one["surface"] for one in mentions] == ["army of Mali", "الجيش المالي", "We", "them"]


def test_regions_with_one_name_in_the_field_record_are_one_record(tmp_path: Path) -> None:
    rows = [
        *region(
            "aB3", "them", "nominal", record="the dead", entities_type="population", entities_name="dead"
        ),
        *region("cD4", "12 soldiers", "nominal", record=" the dead "),
        *region("gH6", "We", "nominal", record="e1"),
        *region("eF5", "three", "source", record="the dead", sources_kind="resident"),
    ]
    article = article_of(taken_with(rows, tmp_path))
    assert [one["surface"] for one in article["entities"][-1]["mentions"]] == ["12 soldiers", "them"]
    assert [one["surface"] for one in article["entities"][0]["mentions"]][-1] == "We"
    assert article["sources"][-1]["mentions"][0]["surface"] == "three"


def test_a_source_that_no_words_name_is_a_region_with_a_tick(tmp_path: Path) -> None:
    rows = [
        *region("aB3", "added", "source", wordless="no words", sources_kind="unspecified"),
        relation("a1", "aB3", "said_by"),
    ]
    article = article_of(taken_with(rows, tmp_path))
    assert article["sources"][-1]["mentions"] == []
    assert article["attributions"][0]["sources"] == ["s1", article["sources"][-1]["id"]]


def test_a_record_whose_name_is_taken_out_is_a_new_one(tmp_path: Path) -> None:
    task = exported(odd_article())
    rows = rows_of(task)
    rows[:] = [row for row in rows if not (row.get("id") == "e1-2" and row["from_name"] == "record")]
    rows += region("e1-2", "الجيش المالي", "name", entities_type="state_force", entities_name="Army")[1:]
    (one,) = reads_of([task], tmp_path)
    entities = article_of(taking.take(one, {odd_base()["id"]: odd_article()}, None, None))["entities"]
    assert [len(one["mentions"]) for one in entities] == [1, 1, 1, 1]


def test_an_arrow_drawn_the_other_way_round_leads_where_it_points(tmp_path: Path) -> None:
    article = article_of(taken_with([relation("e2", "f2", "side", direction="left")], tmp_path))
    assert article["figures"][1]["entity"] == "e2"


def test_an_arrow_drawn_twice_is_one(tmp_path: Path) -> None:
    rows = [relation("f2", "ev1", "counts"), relation("f2", "f1", "restates"), relation("f1", "e1", "side")]
    assert not taken_with(rows, tmp_path).changed


def test_a_value_emptied_in_the_tool_is_empty(tmp_path: Path) -> None:
    task = exported(odd_article())
    for row in rows_of(task):
        if row.get("from_name") == "attributions_said":
            row["value"]["text"] = [" "]
        if row.get("from_name") == "figures_references":
            row["value"]["text"] = ["r1, r3"]
    (one,) = reads_of([task], tmp_path)
    article = article_of(taking.take(one, {odd_base()["id"]: odd_article()}, None, None))
    assert article["attributions"][0]["said"] is None
    assert article["figures"][1]["references"] == ["r1", "r3"]


def test_what_is_none_of_ours_is_left_out_and_told(tmp_path: Path) -> None:
    rows = [
        {"id": "f1", "from_name": "difficulty", "to_name": "text", "type": "rating", "value": {"rating": 3}},
        {**region("f1", "at least 12 soldiers", "figure", sources_kind="military")[1]},
        {**region("n1", "Mali", "name", record="e2")[0], "meta": {"text": ["is this right?"]}},
        region("n1", "Mali", "name", record="e2")[1],
    ]
    taken = taken_with(rows, tmp_path)
    assert not taken.changed
    assert [note.split(":")[1].split()[:3] for note in taken.notes] == [
        ["the", "note", "on"],
        ["1", "values", "of"],
        ["sources_kind", "of", "figure"],
    ]


# --- what cannot be taken --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        (region("x", "them", "nominal", record="f1"), "'them'"),
        (region("x", "them", "penguin"), "has penguin"),
        ([{**region("x", "them", "name")[0], "value": {"start": 1, "end": 2}}], "has no label"),
        (
            [{**region("x", "them", "name")[0], "value": {"start": 1, "end": 2, "labels": ["name", "cue"]}}],
            "name, cue",
        ),
        (
            [{**region("x", "them", "name")[0], "value": {"start": "/p[1]", "end": 2, "labels": ["name"]}}],
            "plain text",
        ),
        (
            [{**region("x", "them", "name")[0], "value": {"start": -4, "end": 2, "labels": ["name"]}}],
            "-4 to 2",
        ),
        (
            [{**region("x", "them", "name")[0], "value": {"start": 4, "end": 9999, "labels": ["name"]}}],
            "9999",
        ),
        ([{**region("x", "them", "name")[0], "id": None}], "no id"),
        (region("f1", "them", "figure"), "two regions have the id f1"),
        (region("e1", "army of Mali", "name", entities_name="Other")[1:], "is there twice"),
        (region("e1-2", "الجيش المالي", "name", entities_name="Other")[1:], "says name Other"),
        ([relation("e1", "e2", "same")], "another region of its record"),
        ([relation("e1", "f1", "same")], "'same' joins"),
        ([relation("f1", "gone", "counts")], "a region that is not there"),
        ([relation("f1", "gone", "same")], "a region that is not there"),
        ([relation("f2", "e1")], "has no label"),
        ([relation("f2", "e1", "side", direction="bi")], "leads both ways"),
        ([relation("f2", "e1", "likes")], "no such label"),
        ([relation("e1", "f2", "side")], "is none of figures"),
        ([relation("f1", "e2", "side")], "has another one"),
        ([relation("ev1", "e3", "happened_at", "fate: killed")], "'fate' needs a role"),
        (region("f1", "at least 12 soldiers", "figure", figures_high="40")[1:], "is no number"),
        (region("f1", "at least 12 soldiers", "figure", figures_high=True)[1:], "is no number"),
        (region("x", "them", "nominal", record="e" + "9" * 1999), "too long"),
        (region("x", "them", "nominal", entities_name="n" * 3000), "longer than any"),
        (region("nowhere", "them", "nominal", entities_name="n")[1:], "region that is not there"),
        ([{**region("x", "them", "name")[0], "from_name": "label"}], "another control than 'mark'"),
        ([7, None, []], "3 rows of the result are no objects"),
        ([{"type": "relation"}, {"from_name": "mark"}], "no id or no value"),
    ],
)
def test_what_is_impossible_is_named_with_article_and_words(
    rows: list[Json], said: str, tmp_path: Path
) -> None:
    taken = taken_with(rows, tmp_path)
    assert taken.article is None
    assert {incident.code for incident in taken.incidents} == {"B864"}
    assert said in "; ".join(incident.message + incident.mend for incident in taken.incidents)
    assert all(incident.file.endswith(f"project.json#{STORY}.en.9") for incident in taken.incidents)


def test_a_label_that_there_is_not_is_an_incident_of_the_schema(tmp_path: Path) -> None:
    rows = region("aB3", "them", "nominal", entities_type="penguin", entities_name="x")
    assert [i.pointer for i in taken_with(rows, tmp_path).incidents] == ["/entities/3/type"]


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (b"", "B861"),
        (b"[", "B861"),
        (b"nonsense, nothing", "B861"),
        (b"\xff\xfe[\x00]\x00", "B861"),
        ('[{"data": {"text": "é"}}]'.encode("latin-1"), "B861"),
        (b"[" * 100_000 + b"]" * 100_000, "B861"),
        (b'{"a": ' * 900 + b"1" + b"}" * 900, "B861"),
        (b'[{"data": {"text": "\\ud83d"}}]', "B861"),
        (b'[{"data": {"text": NaN}}]', "B861"),
        (b'{"text": "x"}', "B861"),
        (b"[1, 2]", "B861"),
        (b'[{"id": 1, "completions": []}]', "B861"),
        (b"PK\x03\x04....", "B867"),
    ],
)
def test_files_that_are_no_export_are_refused_as_a_whole(raw: bytes, code: str, tmp_path: Path) -> None:
    with pytest.raises(BilanError) as error:
        reads_of(raw, tmp_path)
    assert [incident.code for incident in error.value.incidents] == [code]


def test_a_file_beyond_the_bound_is_not_read(tmp_path: Path) -> None:
    with open(tmp_path / "huge.json", "wb") as file:
        file.truncate(65 * 1024 * 1024)
    with pytest.raises(BilanError) as error:
        list(labelstudio.read(tmp_path / "huge.json"))
    assert [incident.code for incident in error.value.incidents] == ["B114"]


def test_every_truncation_of_an_export_is_an_incident(tmp_path: Path) -> None:
    raw = json.dumps([exported(odd_article())]).encode()
    for size in range(0, len(raw), 997):
        with pytest.raises(BilanError):
            reads_of(raw[:size], tmp_path)


@pytest.mark.parametrize(
    ("break_", "code"),
    [
        (lambda t: t["data"].update(text=TEXT.replace("forty", "fifty")), "B863"),
        (lambda t: t["data"].pop("text"), "B861"),
        (lambda t: t.update(data=None), "B861"),
        (lambda t: t.update(annotations=4), "B861"),
        (lambda t: t.update(annotations=[None]), "B861"),
        (lambda t: t["annotations"][0].update(result={"a": 1}), "B861"),
        (lambda t: rows_of(t).append(5), "B864"),
        (lambda t: rows_of(t)[0].update(value=[[[]]] * 3), "B864"),
        (lambda t: rows_of(t).append({"from_name": ["x"], "id": {}, "type": 4, "value": "x"}), None),
        (lambda t: [row.update(labels={"a": 1}) for row in rows_of(t) if row["type"] == "relation"], "B864"),
        (lambda t: [row.update(from_id=[1]) for row in rows_of(t) if row["type"] == "relation"], "B864"),
    ],
)
def test_one_broken_task_does_not_block_the_others(
    break_: Callable[[Json], Any], code: str | None, tmp_path: Path
) -> None:
    broken, sound = exported(odd_article()), exported(recorded_articles()[0])
    break_(broken)
    reads = reads_of([broken, sound], tmp_path)
    assert len(reads) == 2
    assert ({i.code for i in reads[0].incidents} or {None}) == {code}
    assert reads[1].incidents == []
    assert reads[1].graph is not None
    assert assembly.article(reads[1].graph, recorded_articles()[0]) == recorded_articles()[0]


def test_a_task_that_nobody_annotated_is_passed_over(tmp_path: Path) -> None:
    task = {**exported(odd_article()), "annotations": []}
    assert reads_of([task], tmp_path) == []


def test_relations_of_figures_keep_their_ids_and_new_ones_get_free_ones(tmp_path: Path) -> None:
    article = article_of(taken_with([relation("f3", "f1", "part_of")], tmp_path))
    assert [(one["id"], one["type"]) for one in article["relations"]] == [
        ("rel2", "updates"),
        ("rel7", "restates"),
        ("rel8", "part_of"),
    ]


def test_a_byte_order_mark_before_the_export_is_no_harm(tmp_path: Path) -> None:
    raw = json.dumps([exported(odd_article())]).encode("utf-8-sig")
    assert codes(reads_of(raw, tmp_path)) == [[]]


# --- the commands ----------------------------------------------------------------------------------------


def test_export_and_import_say_what_they_do(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(REPOSITORY)
    assert main(["export", "labelstudio", "ng-2024-06-29-gwoza.fr.1", "--out", str(tmp_path)]) == 0
    assert "Label Studio carries everything." in capsys.readouterr().out
    assert sorted(path.name for path in tmp_path.iterdir()) == ["config.xml", "tasks.json"]
    assert main(["import", "labelstudio", str(tmp_path / "tasks.json"), "--dry-run"]) == 0
    assert "ng-2024-06-29-gwoza.fr.1: nothing changed" in capsys.readouterr().out
    refused = str(RECORDED / "refused-csv.txt")
    assert main(["import", "labelstudio", str(tmp_path / "tasks.json"), refused, "--dry-run"]) == 1
    assert "B867" in (said := capsys.readouterr().out)
    assert "1 of 2 came in" in said


def test_the_odd_graph_has_what_the_corpus_lacks() -> None:
    graph = odd_graph()
    assert len({(a.source, a.target) for a in graph.arrows}) < len(graph.arrows)
    assert any(not graph.marks_of(ident) for ident in graph.nodes)
