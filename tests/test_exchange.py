"""Articles taken apart for other tools and put together again: nothing is lost, nothing impossible comes in."""

from __future__ import annotations

import copy
import json
import random
from dataclasses import replace
from pathlib import Path

import pytest

from bilan import jsonio, model
from bilan.__main__ import main
from bilan.exchange import assembly, choosing, formats, taking
from bilan.exchange import graph as graphs
from bilan.exchange.formats import Read
from bilan.exchange.graph import Arrow, Graph, Mark, Node
from bilan.exchange.parts import PARTS
from bilan.hydration import withholding
from bilan.incidents import BilanError
from bilan.model import Json
from conftest import REPOSITORY

FILES = sorted(
    path
    for path in (REPOSITORY / "corpus").glob("[a-z][a-z]/*/[a-z][a-z]-*.json")
    if b'"access": "open"' in path.read_bytes()
)
DIOURA = REPOSITORY / "corpus" / "ml" / "2025-05-23-dioura" / "en-1.json"
SALT = "0123456789abcdef0123456789abcdef"


@pytest.fixture
def dioura() -> Json:
    article: Json = json.loads(DIOURA.read_bytes())
    return article


def codes(error: pytest.ExceptionInfo[BilanError]) -> list[str]:
    return [incident.code for incident in error.value.incidents]


# --- apart and together ----------------------------------------------------------------------------------


def test_every_article_comes_back_byte_for_byte_however_a_tool_orders_its_parts() -> None:
    draw = random.Random(7)
    for path in FILES:
        raw = path.read_bytes()
        article = json.loads(raw)
        graph = graphs.of(article)
        draw.shuffle(graph.marks)
        draw.shuffle(graph.arrows)
        order = list(graph.nodes.items())
        draw.shuffle(order)
        graph.nodes = dict(order)
        assert jsonio.dumps(assembly.article(graph, article)) == raw, path


def test_on_the_bare_text_everything_but_the_order_comes_back(dioura: Json) -> None:
    bare = {**dioura, **{layer: [] for layer in model.LAYERS}}
    back = assembly.article(graphs.of(dioura), bare)
    for layer in model.LAYERS:
        assert sorted(back[layer], key=json.dumps) == sorted(dioura[layer], key=json.dumps)


def test_every_field_of_the_model_is_a_value_a_stretch_or_an_arrow() -> None:
    for layer in model.LAYERS:
        arrows = {key for of, key in graphs.ARROWS.values() if of == layer}
        spans = {*model.SPAN_LISTS.get(layer, ()), *(model.SPAN_KEYS if layer in model.SELF_SPANNED else ())}
        if layer == "relations":
            arrows = {"type", "from", "to"}
        assert set(model.record_keys(layer)) == {"id", *graphs.VALUES[layer], *arrows, *spans}


def test_the_parts_together_are_the_whole_annotation(dioura: Json) -> None:
    """Whatever is changed in a graph, some part tells."""
    whole = graphs.of(dioura)

    def told(changed: Graph) -> list[str]:
        return [name for name, part in PARTS.items() if part.items(changed) != part.items(whole)]

    assert told(copy.deepcopy(whole)) == []
    for mark in whole.marks:
        changed = copy.deepcopy(whole)
        changed.marks.remove(mark)
        assert told(changed)
    for arrow in whole.arrows:
        changed = copy.deepcopy(whole)
        changed.arrows.remove(arrow)
        assert told(changed)
    for ident, node in whole.nodes.items():
        for key, value in node.values.items():
            if value not in (None, [], False):
                changed = copy.deepcopy(whole)
                changed.nodes[ident].values[key] = None
                assert told(changed), (ident, key)


# --- what tools leave out --------------------------------------------------------------------------------


def small(text: str = "Forty soldiers died in Dioura, the army said.") -> Graph:
    """A figure of an event, told by a source, as a tool without ids of ours would give it."""
    graph = Graph("", text)
    for layer, ident, words, field, kind in (
        ("figures", "x1", "Forty soldiers", "", None),
        ("events", "x2", "died", "triggers", None),
        ("entities", "x3", "Dioura", "mentions", "name"),
        ("sources", "x4", "army", "mentions", None),
        ("attributions", "x5", "said", "cues", None),
    ):
        start = text.index(words)
        graph.nodes[ident] = Node(layer, ident)
        graph.marks.append(Mark(layer, ident, field, kind, start, start + len(words)))
    graph.nodes["x1"].values = {"of": "soldiers", "measure": "killed", "scope": "event"}
    graph.nodes["x2"].values = {"type": "armed_clash"}
    graph.nodes["x3"].values = {"type": "place", "place_kind": "settlement", "name": "Dioura"}
    graph.nodes["x4"].values = {"kind": "military", "form": "group"}
    graph.nodes["x5"].values = {"stance": "states"}
    graph.arrows = [
        Arrow("counts", "x1", "x2"),
        Arrow("happened_at", "x2", "x3"),
        Arrow("said_by", "x5", "x4"),
        Arrow("content", "x5", "x1"),
    ]
    return graph


def base(text: str = "Forty soldiers died in Dioura, the army said.") -> Json:
    read = Read("", "new.ann", graph=Graph("", text))
    taken = taking.take(read, {}, "ml-2025-05-23-dioura", None)
    assert taken.article is not None
    return taken.article


def test_records_without_ids_of_ours_get_them_and_figures_get_the_value_of_their_words() -> None:
    article = assembly.article(small(), base())
    (figure,), (attribution,) = article["figures"], article["attributions"]
    assert (figure["id"], figure["event"], figure["stated"], figure["low"]) == ("f1", "ev1", 40, 40)
    assert (attribution["sources"], attribution["content"]) == (["s1"], ["f1"])
    assert article["events"][0]["places"] == ["e1"]


def test_ids_of_the_base_are_not_given_to_new_records(dioura: Json) -> None:
    graph = graphs.of(dioura)
    start = dioura["text"]["content"].index("Africanews")
    last = max(int(one["id"][1:]) for one in dioura["entities"])
    graph.nodes["tool-77"] = Node("entities", "tool-77", {"type": "media", "name": "A"})
    graph.marks.append(Mark("entities", "tool-77", "mentions", "name", start, start + 6))
    article = assembly.article(graph, dioura)
    assert article["entities"][-1]["id"] == f"e{last + 1}"


def test_a_relation_that_was_deleted_and_drawn_again_keeps_its_id() -> None:
    path = next(p for p in FILES if len(json.loads(p.read_bytes())["relations"]) > 1)
    article = json.loads(path.read_bytes())
    graph = graphs.of(article)
    graph.arrows = [Arrow(a.label, a.source, a.target) if "id" in a.values else a for a in graph.arrows]
    assert assembly.article(graph, article) == article


def test_an_id_of_a_thousand_digits_is_none_of_ours() -> None:
    graph = small()
    for kept in (graph.marks, graph.arrows):
        assert kept
    graph.nodes["x1"].id = long = "f" + "9" * 5000
    graph.nodes = {long if k == "x1" else k: v for k, v in graph.nodes.items()}
    graph.marks = [replace(m, record=long) if m.record == "x1" else m for m in graph.marks]
    graph.arrows = [
        Arrow(a.label, *(long if end == "x1" else end for end in (a.source, a.target)), a.values)
        for a in graph.arrows
    ]
    assert assembly.article(graph, base())["figures"][0]["id"] == "f1"


def test_a_figure_without_a_number_is_told_of() -> None:
    graph = small("The army soldiers died in Dioura, army said. Forty soldiers")
    graph.marks[0] = Mark("figures", "x1", "", None, 0, 8)
    with pytest.raises(BilanError) as error:
        assembly.article(graph, base(graph.text))
    assert "no number can be read" in str(error.value)


# --- what cannot be --------------------------------------------------------------------------------------


def test_another_text_is_refused_with_the_place_where_it_differs(dioura: Json) -> None:
    graph = graphs.of(dioura)
    graph.text = graph.text.replace("BAMAKO", "Bamako")
    with pytest.raises(BilanError) as error:
        assembly.article(graph, dioura)
    assert codes(error) == ["B863"]
    assert "from code point 78 on: 'amako" in str(error.value)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (lambda g: g.marks.append(Mark("figures", "x1", "", None, 5, 9)), "second stretch"),
        (lambda g: g.marks.append(Mark("events", "x2", "triggers", None, 40, 400)), "of 45 code points"),
        (lambda g: g.marks.append(Mark("events", "x2", "triggers", None, 4, 4)), "marks 4 to 4"),
        (lambda g: g.marks.append(Mark("events", "zz", "triggers", None, 0, 5)), "no record"),
        (lambda g: g.marks.append(Mark("events", "x1", "triggers", None, 0, 5)), "its record x1 is one of"),
        (lambda g: g.nodes.update(t1=Node("times", "t1")), "marks no words"),
        (lambda g: g.nodes.update(t1=Node("sources", "t1")), "its id is one of times"),
        (lambda g: g.nodes.update(q=Node("weather", "q")), "of no layer"),
        (lambda g: g.arrows.append(Arrow("counts", "x4", "x2")), "x4 is none of figures"),
        (lambda g: g.arrows.append(Arrow("counts", "x1", "x2")), "has another one"),
        (lambda g: g.arrows.append(Arrow("likes", "x1", "x2")), "no such label"),
        (lambda g: g.arrows.append(Arrow("content", "x5", "gone")), "gone is no record"),
    ],
)
def test_what_no_article_can_hold_is_named(wrong: object, message: str) -> None:
    graph = small()
    wrong(graph)  # type: ignore[operator]
    with pytest.raises(BilanError) as error:
        assembly.article(graph, base())
    assert set(codes(error)) == {"B864"}
    assert message in str(error.value)


def test_everything_wrong_with_one_annotation_is_said_at_once() -> None:
    graph = small()
    graph.arrows += [Arrow("likes", "x1", "x2"), Arrow("counts", "x4", "x2")]
    with pytest.raises(BilanError) as error:
        assembly.article(graph, base())
    assert len(codes(error)) == 2


# --- taken in --------------------------------------------------------------------------------------------


def test_layers_that_changed_are_signed_and_no_others(dioura: Json) -> None:
    graph = graphs.of(dioura)
    graph.nodes["f1"].values["of"] = "people"
    taken = taking.take(Read(dioura["id"], "x", graph=graph), {dioura["id"]: dioura}, None, "a-diallo")
    assert taken.article is not None
    signed = {k for k, v in taken.article["provenance"].items() if v["annotator"] == "a-diallo"}
    assert signed == {"figures"}
    assert taken.article["provenance"]["figures"]["status"] == "human_reviewed"
    assert taken.changed


def test_values_alone_are_put_on_the_article_and_refused_on_another_state_of_its_text(dioura: Json) -> None:
    bases = {dioura["id"]: dioura}
    edits = {"f1": {"of": "people"}}
    right = Read(dioura["id"], "x.csv", edits=edits, sha256=dioura["text"]["sha256"])
    taken = taking.take(right, bases, None, None)
    assert taken.article is not None
    assert taken.article["figures"][0]["of"] == "people"
    assert {**taken.article, "figures": 0} == {**dioura, "figures": 0}
    stale = Read(dioura["id"], "x.csv", edits=edits, sha256="0" * 64)
    assert [i.code for i in taking.take(stale, bases, None, None).incidents] == ["B863"]
    unknown = Read(dioura["id"], "x.csv", edits={"f999": {"of": "people"}})
    assert [i.code for i in taking.take(unknown, bases, None, None).incidents] == ["B864"]


def test_a_label_that_there_is_not_is_an_incident_of_the_schema(dioura: Json) -> None:
    edits = {"f1": {"of": "penguins"}}
    taken = taking.take(Read(dioura["id"], "x.csv", edits=edits), {dioura["id"]: dioura}, None, None)
    assert taken.article is None
    assert [i.pointer for i in taken.incidents] == ["/figures/0/of"]


def test_an_annotation_of_a_withheld_text_comes_back_withheld_with_the_same_salt(dioura: Json) -> None:
    hidden = withholding.withheld(dioura, SALT)
    taken = taking.take(Read(dioura["id"], "x", graph=graphs.of(dioura)), {dioura["id"]: hidden}, None, None)
    assert taken.article == hidden
    assert not taken.changed
    with pytest.raises(BilanError) as error:
        graphs.of(hidden)
    assert codes(error) == ["B862"]


def test_a_text_that_is_no_article_needs_a_story_and_gets_the_next_number(dioura: Json) -> None:
    bases = {dioura["id"]: dioura}
    read = Read("", "new.ann", graph=small())
    assert [i.code for i in taking.take(read, bases, None, None).incidents] == ["B865"]
    first = taking.take(read, bases, "ml-2025-05-23-dioura", None)
    other = replace(small(), text=small().text + " More follows.")
    second = taking.take(Read("", "n.ann", graph=other), bases, "ml-2025-05-23-dioura", None)
    assert (first.id, second.id) == ("ml-2025-05-23-dioura.en.2", "ml-2025-05-23-dioura.en.3")
    assert first.article is not None
    assert first.article["figures"][0]["stated"] == 40


def test_a_text_that_is_an_article_already_does_not_become_a_second_one(dioura: Json) -> None:
    graph = replace(small(), text=dioura["text"]["content"])
    taken = taking.take(
        Read("notes", "notes.ann", graph=graph), {dioura["id"]: dioura}, dioura["story"], None
    )
    assert [(i.code, i.file) for i in taken.incidents] == [("B865", "notes.ann")]
    assert dioura["id"] in taken.incidents[0].mend


def test_a_file_that_is_given_twice_comes_in_once(tmp_path: Path, dioura: Json) -> None:
    fmt = formats.get("brat")
    for name, data in fmt.load().write([dioura]):
        (tmp_path / name).write_bytes(data)
    path = tmp_path / f"{dioura['id']}.ann"
    reads = taking.chosen(taking.read(fmt, [path, path]), None)
    assert [(one.id, one.incidents) for one in reads] == [(dioura["id"], [])]
    with pytest.raises(BilanError) as error:
        taking.chosen(reads, "eve")
    assert error.value.incidents[0].mend == "the files do not say who annotated: leave --by away"


def test_import_beside_the_corpus_says_what_can_be_done_there(
    tmp_path: Path, dioura: Json, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, data in formats.get("brat").load().write([dioura]):
        (tmp_path / name).write_bytes(data)
    out = tmp_path / "second"
    words = ["import", "brat", str(tmp_path / f"{dioura['id']}.ann"), "--corpus", str(REPOSITORY / "corpus")]
    assert main([*words, "--out", str(out)]) == 0
    said = capsys.readouterr().out
    assert "bilan check" not in said  # which wants a file in its place in a corpus
    assert said.endswith(f"{out}\n")
    assert "compare: bilan agree " in said
    assert json.loads((out / f"{dioura['id']}.json").read_bytes()) == dioura
    assert main([*words, "--annotator", "A Diallo", "--out", str(out)]) == 2
    assert "'A Diallo' is no name" in capsys.readouterr().err


def test_a_new_text_is_in_the_language_of_its_little_words() -> None:
    text = "Forty soldiers died. Une quarantaine de soldats ont été tués à Dioura, selon l'armée."
    taken = taking.take(Read("", "n.ann", graph=Graph("", text)), {}, "ml-2025-05-23-dioura", None)
    assert taken.id == "ml-2025-05-23-dioura.fr.1"


def test_of_several_annotations_of_a_text_one_must_be_chosen(dioura: Json) -> None:
    def reads() -> list[Read]:
        return [Read(dioura["id"], "x", graph=graphs.of(dioura), annotator=name) for name in ("ada", "bob")]

    undecided = taking.chosen(reads(), None)
    assert [i.code for one in undecided for i in one.incidents] == ["B866", "B866"]
    assert "ada, bob" in undecided[0].incidents[0].message
    assert [one.annotator for one in taking.chosen(reads(), "bob")] == ["bob"]
    with pytest.raises(BilanError) as error:
        taking.chosen(reads(), "eve")
    assert codes(error) == ["B866"]


# --- which articles --------------------------------------------------------------------------------------


def test_articles_are_named_by_file_folder_and_id_and_taken_once(tmp_path: Path) -> None:
    corpus = REPOSITORY / "corpus"
    story = "bf-2021-06-05-solhan"
    found, incidents = choosing.articles([f"{story}.en.1", story, str(corpus / "bf")], corpus)
    assert incidents == []
    ids = [one["id"] for one in found]
    assert ids[0] == f"{story}.en.1"
    assert len(ids) == len(set(ids)) > 3
    with pytest.raises(BilanError) as error:
        choosing.articles(["xx-2020-01-01-nowhere", "\0"], corpus)
    assert codes(error) == ["B112", "B112"]


SECOND = REPOSITORY / "corpus" / "agreement" / "round-2" / "second"


def test_a_folder_of_text_forms_is_a_folder_of_articles_and_a_worksheet_is_none(tmp_path: Path) -> None:
    corpus = REPOSITORY / "corpus"
    found, incidents = choosing.articles([str(SECOND), str(SECOND)], corpus)
    assert incidents == []
    assert [f"{one['id']}.md" for one in found] == [path.name for path in sorted(SECOND.glob("*.md"))]
    source = (SECOND / "bf-2021-06-05-solhan.fr.2.md").read_text(encoding="utf-8")
    sheet = tmp_path / "sheet.md"
    sheet.write_text(source.replace("\nstory:", "\nadjudication: {}\nstory:", 1), encoding="utf-8")
    (tmp_path / "story.json").write_bytes((corpus / "bf/2021-06-05-solhan/story.json").read_bytes())
    _, incidents = choosing.articles([str(sheet)], corpus)
    assert [one.code for one in incidents] == ["B874"]
    with pytest.raises(BilanError, match="there is no article in this folder"):
        choosing.articles([str(tmp_path)], corpus)


def test_an_empty_name_is_not_the_whole_corpus() -> None:
    with pytest.raises(BilanError) as error:
        choosing.articles([""], REPOSITORY / "corpus")
    assert codes(error) == ["B112"]


@pytest.mark.parametrize("suffix", ["md", "json"])
def test_line_ends_and_layout_of_an_editor_do_not_keep_an_article_out(suffix: str, tmp_path: Path) -> None:
    corpus = REPOSITORY / "corpus"
    source = {
        "md": SECOND / "bf-2021-06-05-solhan.fr.2.md",
        "json": corpus / "bf" / "2021-06-05-solhan" / "fr-2.json",
    }[suffix]
    path = tmp_path / f"fr-2.{suffix}"
    path.write_bytes(b"\xef\xbb\xbf" + source.read_bytes().replace(b"\n", b"\r\n"))
    ((plain,), _), (found, incidents) = (choosing.articles([str(p)], corpus) for p in (source, path))
    assert incidents == []
    assert found == [plain]
    assert choosing.articles([str(tmp_path)], corpus)[0] == [plain]


def test_two_annotations_of_an_article_do_not_hide_each_other_in_an_export(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    corpus = REPOSITORY / "corpus"
    ids = "bf-2021-06-05-solhan.fr.2", "ng-2024-06-29-gwoza.en.2", "bf-2021-06-05-solhan.en.1"
    names = [ids[0], str(SECOND / f"{ids[0]}.md"), str(SECOND / f"{ids[1]}.md"), ids[2]]
    assert main(["export", "brat", *names, "--corpus", str(corpus), "--out", str(tmp_path)]) == 1
    told = capsys.readouterr()
    assert f"{ids[0]}: B866 {ids[0]} is here 2 times" in told.err
    assert "wrote 6 files of 2 articles" in told.out
    assert "1 incident, see above" in told.out
    assert sorted(path.stem for path in tmp_path.glob("*.ann")) == sorted(ids[1:])


def test_no_export_of_a_withheld_text_lies_where_it_would_travel_with_the_data(
    tmp_path: Path, dioura: Json, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "corpus" / "registry").mkdir(parents=True)
    (tmp_path / ".gitignore").write_text("/work/\n", encoding="utf-8")
    (tmp_path / "text.txt").write_text(dioura["text"]["content"], encoding="utf-8")
    for name in ("a", "b"):
        (tmp_path / f"{name}.json").write_bytes(jsonio.dumps(withholding.withheld(dioura, SALT)))
    export = ["export", "brat", "a.json", "--hydrate", "text.txt", "--out"]
    settle = ["adjudicate", "a.json", "b.json", "--hydrate", "text.txt", "--out"]
    for command in (export, settle):
        for place in ("brat", "corpus/agreement", "."):
            assert main([*command, place]) == 1
            assert f"{Path(place)}: B875" in capsys.readouterr().err
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        ".gitignore", "a.json", "b.json", "corpus", "text.txt"
    ]  # fmt: skip
    assert main([*export, "work/brat"]) == 0
    assert main([*settle, "work/settled"]) == 0
    assert main([*export, str(tmp_path.parent / "outside-brat")]) == 0


def test_a_format_for_export_only_says_just_that() -> None:
    with pytest.raises(BilanError, match="TEI P5 standOff is for export only, and is not read back"):
        formats.get("tei", reads=True)


def test_a_broken_article_is_told_of_and_does_not_block_the_others(tmp_path: Path, dioura: Json) -> None:
    (tmp_path / "en-1.json").write_bytes(jsonio.dumps(dioura))
    (tmp_path / "en-2.json").write_bytes(jsonio.dumps({**dioura, "style": "song"}))
    (tmp_path / "en-3.json").write_bytes(b"{")
    moved = {**dioura, "zones": [{**dioura["zones"][0], "start": 1}]}
    (tmp_path / "en-4.json").write_bytes(jsonio.dumps(moved))
    found, incidents = choosing.articles([str(tmp_path)], REPOSITORY / "corpus")
    assert [one["id"] for one in found] == [dioura["id"]]
    assert {Path(i.file).name for i in incidents} == {"en-2.json", "en-3.json", "en-4.json"}


def test_a_withheld_article_goes_out_with_an_exact_copy_only(tmp_path: Path, dioura: Json) -> None:
    hidden = withholding.withheld(dioura, SALT)
    _, without = choosing.with_texts([hidden], None)
    assert [i.code for i in without] == ["B862"]
    (tmp_path / "copy.txt").write_text(dioura["text"]["content"], encoding="utf-8")
    (filled,), none = choosing.with_texts([hidden], tmp_path)
    assert none == []
    assert graphs.of(filled).marks == graphs.of(dioura).marks
    (tmp_path / "copy.txt").write_text(
        dioura["text"]["content"].replace("destruction", "damage"), encoding="utf-8"
    )
    _, without = choosing.with_texts([hidden], tmp_path)
    assert "the copy differs" in without[0].message


# --- formats ---------------------------------------------------------------------------------------------


def test_formats_are_asked_for_by_name_and_for_reading_only_where_they_hold_links() -> None:
    assert formats.get("brat").title == "brat standoff"
    for name, reads in (("doc", False), ("conll2003", True), ("tei", True)):
        with pytest.raises(BilanError) as error:
            formats.get(name, reads)
        assert codes(error) == ["B860"]


def test_a_library_that_is_not_installed_is_named_with_its_extra() -> None:
    missing = formats.Format("x", "X", "bilan.exchange.graph", needs=("no_such_library_at_all", "exchange"))
    with pytest.raises(BilanError) as error:
        missing.load()
    assert codes(error) == ["B868"]
    assert "bilan[exchange]" in str(error.value.incidents[0].mend)


def test_what_lies_beside_an_export_for_the_tool_is_passed_over(tmp_path: Path, dioura: Json) -> None:
    for name in ("labelstudio", "csv", "brat", "cas"):
        fmt = formats.get(name)
        folder = tmp_path / name
        for file, data in fmt.load().write([dioura]):
            (folder / file).parent.mkdir(parents=True, exist_ok=True)
            (folder / file).write_bytes(data)
        reads = taking.read(fmt, sorted(folder.iterdir()))
        assert [(one.id, one.incidents) for one in reads] == [(dioura["id"], [])], name


def test_one_broken_file_of_the_corpus_does_not_block_an_import(
    valid: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    first, second, *_ = sorted(
        p for p in valid.glob("[a-z][a-z]/*/[a-z][a-z]-*.json") if b'"open"' in p.read_bytes()
    )
    assert main(["export", "brat", str(first), "--out", "brat"]) == 0
    second.write_text("{", encoding="utf-8")
    files = [str(p) for p in sorted(Path("brat").glob("*.ann"))]
    assert main(["import", "brat", *files, "--corpus", str(valid)]) == 0
    said = capsys.readouterr()
    assert "1 of 1 came in" in said.out
    assert second.name in said.err


def test_a_report_is_not_written_over_something_else(valid: Path) -> None:
    Path("README.md").write_text("mine", encoding="utf-8")
    assert main(["check", "--corpus", str(valid), "--sarif", "README.md"]) == 1
    assert Path("README.md").read_text(encoding="utf-8") == "mine"
    again = ["check", "--corpus", str(valid), "--sarif", "report.sarif"]
    assert main(again) == main(again) == 0
