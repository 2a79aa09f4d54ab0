"""UIMA CAS JSON: everything goes out and comes back, and what people do in INCEpTION comes in."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bilan import jsonio, model, segment
from bilan.exchange import cas, fidelity, formats, regions, taking
from bilan.exchange import graph as graphs
from bilan.exchange.cas import sifting, types, writing
from bilan.exchange.formats import Read
from bilan.exchange.parts import PARTS
from bilan.incidents import BilanError
from bilan.model import Json
from conftest import REPOSITORY
from odd_article import ODD, odd_article

cassis = pytest.importorskip("cassis")

FILES = sorted(
    path
    for path in (REPOSITORY / "corpus").glob("[a-z][a-z]/*/[a-z][a-z]-*.json")
    if b'"access": "open"' in path.read_bytes()
)
FORMAT = formats.get("cas")
DIOURA = "ml-2025-05-23-dioura.en.1"


@pytest.fixture(scope="module")
def articles() -> list[Json]:
    return [json.loads(path.read_bytes()) for path in FILES]


@pytest.fixture(scope="module")
def files(articles: list[Json]) -> dict[str, bytes]:
    return dict(cas.write(articles))


@pytest.fixture
def dioura() -> Json:
    article: Json = json.loads((REPOSITORY / "corpus/ml/2025-05-23-dioura/en-1.json").read_bytes())
    return article


def document(article: Json) -> bytes:
    return writing.document(article, types.type_system())


class Inception:
    """A document opened with cassis by the types in the file, as any program would, edited and saved."""

    def __init__(self, article: Json) -> None:
        self.cas = cassis.load_cas_from_json(document(article).decode())

    def mark(self, label: str, words: str, **features: Any) -> Any:
        start = self.cas.sofa_string.index(words)
        kind = self.cas.typesystem.get_type("bilan.Mark")
        out = kind(begin=start, end=start + len(words), label=label, **features)
        self.cas.add(out)
        return out

    def arrow(self, label: str, source: Any, target: Any, **features: Any) -> Any:
        kind = self.cas.typesystem.get_type("bilan.Arrow")
        out = kind(
            begin=target.begin, end=target.end, label=label, Governor=source, Dependent=target, **features
        )
        self.cas.add(out)
        return out

    def find(self, label: str, words: str) -> Any:
        found = [
            m for m in self.cas.select("bilan.Mark") if m.label == label and m.get_covered_text() == words
        ]
        return found[0]

    def by_user(self, name: str) -> None:
        """What INCEpTION writes over our metadata when it exports the document of a user."""
        (metadata,) = self.cas.select(types.METADATA)
        metadata.documentTitle, metadata.documentId = f"{metadata.documentTitle}.json", name
        metadata.documentUri, metadata.collectionId = f"project/{metadata.documentTitle}", "project"

    def read(self, folder: Path, name: str = "x.json") -> Read:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(self.cas.to_json(), encoding="utf-8")
        (found,) = cas.read(path)
        return found

    def taken(self, folder: Path, base: Json) -> Json:
        taken = taking.take(self.read(folder), {base["id"]: base}, None, None)
        assert taken.incidents == []
        assert taken.article is not None
        return taken.article

    def faults(self, folder: Path) -> list[str]:
        found = self.read(folder)
        assert found.graph is None
        return [f"{one.code}: {one.message} | {one.mend}" for one in found.incidents]


# --- out and back ----------------------------------------------------------------------------------------


def test_every_part_of_every_open_article_comes_back(articles: list[Json]) -> None:
    assert set(cas.CARRIED) == set(PARTS)
    assert all(one.how in ("shown", "kept") for one in cas.CARRIED.values())
    for name, measured in fidelity.measure(FORMAT, articles).items():
        assert measured.articles > 0, name
        assert (measured.same, measured.items_same) == (measured.articles, measured.items), name
    assert fidelity.losses(FORMAT, articles) == []


def test_every_open_article_comes_back_onto_itself_byte_for_byte(
    articles: list[Json], tmp_path: Path
) -> None:
    for name, data in cas.write(articles):
        (tmp_path / name).write_bytes(data)
    bases = {one["id"]: one for one in articles}
    reads = taking.read(FORMAT, sorted(tmp_path.iterdir()))
    assert sorted(one.id for one in reads) == sorted(bases)  # layers and types are no annotation
    for read in reads:
        taken = taking.take(read, dict(bases), None, None)
        assert (taken.incidents, taken.notes, taken.annotator) == ([], [], "")
        assert jsonio.dumps(taken.article) == jsonio.dumps(bases[read.id])


def test_the_same_articles_give_the_same_bytes(articles: list[Json], files: dict[str, bytes]) -> None:
    again = dict(cas.write(articles[:10]))
    assert list(again)[:2] == ["layers.json", "typesystem.xml"]
    assert again == {name: files[name] for name in again}


def test_a_document_opened_and_saved_by_another_program_is_the_same(dioura: Json, tmp_path: Path) -> None:
    opened = Inception(dioura)
    assert opened.cas.typecheck() == []
    assert opened.taken(tmp_path, dioura) == dioura


# --- what INCEpTION wants --------------------------------------------------------------------------------


def test_the_types_are_what_inception_takes_for_a_span_layer_and_a_relation_layer() -> None:
    """As its TypeSystemAnalysis tells them apart: plain features only; and Governor and Dependent of one span type."""
    system = cassis.load_typesystem(types.type_system().to_xml())
    found: dict[str, dict[str, str]] = {}
    for name in (types.MARK, types.ARROW):
        kind = system.get_type(name)
        assert kind.supertype.name == "uima.tcas.Annotation"
        found[name] = {feature.name: feature.rangeType.name for feature in kind.features}
    plain = {"uima.cas.String", "uima.cas.Boolean"}
    assert set(found[types.MARK].values()) == plain
    links = {name: kind for name, kind in found[types.ARROW].items() if kind not in plain}
    assert links == {"Governor": types.MARK, "Dependent": types.MARK}


def test_the_layers_are_those_of_the_type_system_with_our_labels_to_choose_from() -> None:
    mark, arrow = json.loads(types.layers())
    system = types.type_system()
    for layer, kind in ((mark, "span"), (arrow, "relation")):
        assert layer["type"] == kind
        features = {one.name: one.rangeType.name for one in system.get_type(layer["name"]).features}
        listed = {one["name"]: one["type"] for one in layer["features"]}
        assert listed == {k: v for k, v in features.items() if k not in ("Governor", "Dependent")}
        assert [one["rank"] for one in layer["features"]] == list(range(len(listed)))
    assert arrow["attach_type"] == {"name": mark["name"]}
    tags = {
        one["name"]: [t["tag_name"] for t in one["tag_set"]["tags"]]
        for one in mark["features"]
        if "tag_set" in one
    }
    assert tags["label"] == list(regions.LABELS)
    assert {"killed", "wounded"} < set(tags["measure"])
    names = [
        one["tag_set"]["name"] for layer in (mark, arrow) for one in layer["features"] if "tag_set" in one
    ]
    assert len(set(names)) == len(names)
    assert set(tags) == {"label"} | {regions.NAMES[place] for place in graphs.INVENTORIES}


def test_the_type_system_is_well_formed_and_names_every_type_of_a_document(dioura: Json) -> None:
    root = ElementTree.fromstring(types.type_system().to_xml())
    names = {one.text for one in root.iterfind(".//{*}typeDescription/{*}name")}
    used = {one["%TYPE"] for one in json.loads(document(dioura))["%FEATURE_STRUCTURES"]}
    assert {name for name in used if not name.startswith("uima.")} <= names


def test_sentences_and_tokens_are_ours_and_the_document_says_what_it_is(dioura: Json) -> None:
    opened = Inception(dioura).cas
    text = dioura["text"]["content"]
    sentences = [(one.begin, one.end) for one in opened.select(types.SENTENCE)]
    tokens = [(one.begin, one.end) for one in opened.select(types.TOKEN)]
    assert sentences == segment.sentences(
        text, [(at.span["start"], at.span["end"]) for at in model.spans(dioura)]
    )
    assert [text[a:b] for a, b in tokens[:4]] == ["Some", "40", "soldiers", "reported"]
    assert all(any(a <= start and end <= b for a, b in sentences) for start, end in tokens)
    (metadata,) = opened.select("uima.tcas.DocumentAnnotation")
    assert (metadata.documentTitle, metadata.language) == (DIOURA, "en")
    assert (metadata.begin, metadata.end) == (0, len(text))


def test_without_the_library_the_table_of_what_is_carried_is_there_all_the_same() -> None:
    code = "import sys; sys.modules['cassis'] = None; from bilan.exchange import fidelity, formats\n"
    code += "print(len(formats.FORMATS['cas'].carried)); formats.FORMATS['cas'].load()"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.stdout.strip() == str(len(PARTS))
    assert "B868" in done.stderr


# --- what people do in INCEpTION -------------------------------------------------------------------------


def test_a_figure_with_its_source_is_added_without_any_id(dioura: Json, tmp_path: Path) -> None:
    one = Inception(dioura)
    figure = one.mark(
        "figure",
        "guns",
        figure_of="weapons",
        measure="seized",
        scope="context",
        stated="2",
        low="2",
        high="2",
    )
    figure.modifier = "exact"
    source = one.mark("source", "Footage", source_kind="social_media", named=False)
    cue = one.mark("cue", "shows", stance="states", hedged=True)
    one.arrow("said_by", cue, source)
    one.arrow("content", cue, figure)
    article = one.taken(tmp_path, dioura)
    new = {layer: [r for r in article[layer] if r not in dioura[layer]] for layer in model.LAYERS}
    (attribution,), (told,), (said,) = new["attributions"], new["figures"], new["sources"]
    assert (told["surface"], told["of"], told["low"]) == ("guns", "weapons", 2)
    assert (attribution["sources"], attribution["content"]) == ([said["id"]], [told["id"]])
    assert attribution["hedged"] is True


def test_stretches_with_one_invented_id_or_joined_by_same_are_one_record(
    dioura: Json, tmp_path: Path
) -> None:
    one = Inception(dioura)
    one.mark("nominal", "aircraft", bilan_id="planes", entity_type="vehicle")
    one.mark("nominal", "vehicles", bilan_id="planes")
    relief = one.mark("nominal", "relief force", entity_type="state_force")
    one.arrow("same", relief, one.find("nominal", "army detachment"))
    relief.entity_type = None
    entities = one.taken(tmp_path, dioura)["entities"]
    assert [m["surface"] for m in entities[-1]["mentions"]] == ["aircraft", "vehicles"]
    assert entities[-1]["name"] == "aircraft"
    assert ["relief force", "army detachment"] in [[m["surface"] for m in e["mentions"]] for e in entities]


def test_values_and_arrows_are_changed_and_taken_away(dioura: Json, tmp_path: Path) -> None:
    one = Inception(dioura)
    figure = one.find("figure", "41 soldiers")
    figure.figure_of, figure.low = "people", "40"
    (side,) = [a for a in one.cas.select("bilan.Arrow") if a.label == "side" and a.Governor is figure]
    one.cas.remove(side)
    one.cas.remove(one.find("zone", "BAMAKO, 27 May"))
    article = one.taken(tmp_path, dioura)
    told = article["figures"][1]
    assert (told["of"], told["low"], told["high"], told["entity"]) == ("people", 40, 41, None)
    assert [zone["id"] for zone in article["zones"]] == ["z1"]


def test_a_figure_whose_value_is_emptied_is_read_from_its_words(dioura: Json, tmp_path: Path) -> None:
    one = Inception(dioura)
    figure = one.find("figure", "41 soldiers")
    figure.stated = figure.low = figure.high = figure.modifier = None
    assert one.taken(tmp_path, dioura) == dioura


def test_the_user_is_the_annotator_and_the_name_of_the_document_the_article(
    dioura: Json, tmp_path: Path
) -> None:
    one = Inception(dioura)
    one.by_user("a-diallo")
    read = one.read(tmp_path, "a-diallo.json")
    assert (read.id, read.annotator) == (DIOURA, "a-diallo")
    one.by_user("INITIAL_CAS")
    assert one.read(tmp_path).annotator == ""


def test_without_metadata_folder_and_file_say_whose_it_is_as_in_an_exported_project(
    dioura: Json, tmp_path: Path
) -> None:
    one = Inception(dioura)
    one.cas.remove(*one.cas.select(types.METADATA))
    read = one.read(tmp_path, f"annotation/{DIOURA}.json/b.traore.json")
    assert (read.id, read.annotator) == (DIOURA, "b.traore")
    assert one.read(tmp_path, f"{DIOURA}.json").id == DIOURA
    assert one.read(tmp_path, "notes.json").id == "notes"


def test_layers_of_others_are_named_and_left_out(dioura: Json, tmp_path: Path) -> None:
    one = Inception(dioura)
    kind = one.cas.typesystem.create_type("custom.NamedEntity", "uima.tcas.Annotation")
    one.cas.typesystem.create_feature(kind, "value", "uima.cas.String")
    for start in (0, 5):
        one.cas.add(kind(begin=start, end=start + 4, value="PER"))
    read = one.read(tmp_path)
    assert read.notes == ["2 × 'NamedEntity' is left out: it is none of ours"]
    assert taking.take(read, {DIOURA: dioura}, None, None).article == dioura


def test_a_new_text_becomes_an_article_of_a_story(dioura: Json, tmp_path: Path) -> None:
    one = Inception(dioura)
    (metadata,) = one.cas.select(types.METADATA)
    metadata.documentTitle = metadata.documentId = None
    read = one.read(tmp_path, "notes.json")
    assert [i.code for i in taking.take(read, {}, None, None).incidents] == ["B865"]
    another = {**dioura, "text": {**dioura["text"], "sha256": "0" * 64}}  # the first article of that story
    taken = taking.take(read, {DIOURA: another}, "ml-2025-05-23-dioura", None)
    assert taken.id == "ml-2025-05-23-dioura.en.2"
    assert taken.article is not None
    assert taken.article["figures"] == dioura["figures"]


# --- offsets ---------------------------------------------------------------------------------------------


def test_offsets_are_utf_16_in_the_file_and_code_points_here(tmp_path: Path) -> None:
    article = odd_article()
    data = json.loads(document(article))
    figure = next(one for one in data["%FEATURE_STRUCTURES"] if one.get("bilan_id") == "f2")
    units = ODD.encode("utf-16-le")
    words = units[2 * figure["begin"] : 2 * figure["end"]].decode("utf-16-le")
    assert words == "Forty 👩\u200d👩\u200d👧 soldiers"
    assert figure["begin"] == ODD.index("Forty") + 1  # the emoji before it is two units
    assert Inception(article).taken(tmp_path, article) == article


@pytest.mark.parametrize("text", ["\r\nforty\r\n", "\ufeffforty", "a\u0085b\u2028forty", "\x01forty\x7f"])
def test_no_character_of_a_text_is_changed(dioura: Json, tmp_path: Path, text: str) -> None:
    """JSON keeps what XML and plain files do not; the text is compared with the article's elsewhere."""
    data = json.loads(document(dioura))
    kept = [one for one in data["%FEATURE_STRUCTURES"] if one["%TYPE"] == "uima.cas.Sofa"]
    kept[0]["sofaString"] = text
    data["%FEATURE_STRUCTURES"] = kept
    data["%VIEWS"]["_InitialView"]["%MEMBERS"] = []
    (tmp_path / f"{DIOURA}.json").write_text(json.dumps(data), encoding="utf-8")
    (read,) = cas.read(tmp_path / f"{DIOURA}.json")
    assert read.graph is not None
    assert read.graph.text == text
    assert [i.code for i in taking.take(read, {DIOURA: dioura}, None, None).incidents] == ["B863"]


@pytest.mark.parametrize(
    ("start", "end"), [(1, 2), (-1, 2), (0, 10**6), (3, 3), (5, 3), (None, 3), ("0", 2), (0, 2.0)]
)
def test_a_stretch_inside_a_character_or_outside_the_text_is_told_of(
    tmp_path: Path, start: Any, end: Any
) -> None:
    data = json.loads(document(odd_article()))
    mark = next(one for one in data["%FEATURE_STRUCTURES"] if one["%TYPE"] == types.MARK)
    mark["begin"], mark["end"] = start, end
    (tmp_path / "x.json").write_text(json.dumps(data), encoding="utf-8")
    (read,) = cas.read(tmp_path / "x.json")
    assert "that is no stretch of the text" in read.incidents[0].message


# --- damage ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda one: one.mark("Person", "guns"), "'Person' is no label of ours"),
        (lambda one: one.mark(None, "guns"), "'guns' has no label"),
        (lambda one: one.mark("figure", "guns"), "'guns' has no figure_of"),
        (lambda one: one.mark("name", "Footage", entity_type="place"), "is a place and has no place_kind"),
        (lambda one: one.mark("name", "Footage", entity_type="ghost"), "entity_type is 'ghost'"),
        (
            lambda one: one.mark("cue", "shows", stance="states", figure_of="people"),
            "'figure_of' says nothing",
        ),
        (lambda one: one.mark("cue", "shows", stance="states", bilan_id="f1"), "none of attributions"),
        (lambda one: one.mark("figure", "guns", bilan_id="f1"), "a figure has one stretch"),
        (lambda one: setattr(one.find("figure", "41 soldiers"), "low", "many"), "low is 'many', no number"),
        (lambda one: one.arrow("likes", *[one.find("figure", "41 soldiers")] * 2), "there is no such label"),
        (
            lambda one: one.arrow("counts", one.find("cue", "told"), one.find("figure", "41 soldiers")),
            "draw it from figures to events",
        ),
        (
            lambda one: one.arrow("same", one.find("cue", "told"), one.find("figure", "41 soldiers")),
            "are joined as one",
        ),
        (lambda one: setattr(one.cas.select("bilan.Arrow")[0], "Governor", None), "has no start"),
        (lambda one: setattr(one.cas.select("bilan.Arrow")[0], "fate", "killed"), "says nothing about it"),
    ],
)
def test_what_cannot_be_is_said_with_the_words(
    dioura: Json, tmp_path: Path, change: Callable[[Inception], object], said: str
) -> None:
    one = Inception(dioura)
    change(one)
    assert any(said in fault and fault.startswith("B864") for fault in one.faults(tmp_path)), one.faults(
        tmp_path
    )


def broken(change: Callable[[Json], object]) -> bytes:
    data = json.loads(document(odd_article()))
    change(data)
    return json.dumps(data).encode()


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "no JSON"),
        (b"{", "no JSON"),
        (b"[1, 2]", "no UIMA CAS"),
        (b"{}", "no UIMA CAS"),
        (b'{"_context": {}, "_views": {}}', "not the legacy one"),
        (b"<?xml version='1.0'?><xmi:XMI/>", "XMI"),
        (b"PK\x03\x04", "zip"),
        (b'{"a": "\xe9"}', "is not UTF-8"),
        (b"[" * 100_000 + b"]" * 100_000, "nested too deep"),
        (b'{"%FEATURE_STRUCTURES": [], "%VIEWS": {}}', "it holds no text"),
        (b'{"%FEATURE_STRUCTURES": 7, "%VIEWS": {}}', "is no list"),
        (b'{"%FEATURE_STRUCTURES": [7], "%VIEWS": {}}', "no whole number as %ID"),
        (b'{"%FEATURE_STRUCTURES": [{"%ID": "1", "%TYPE": "x"}], "%VIEWS": {}}', "no whole number as %ID"),
        (broken(lambda d: d["%FEATURE_STRUCTURES"].append(d["%FEATURE_STRUCTURES"][-1])), "is here twice"),
        (
            broken(lambda d: d["%FEATURE_STRUCTURES"][-1].update({f"f{i}": 1 for i in range(300)})),
            "200 at most",
        ),
        (
            broken(lambda d: d["%FEATURE_STRUCTURES"][0].update(sofaString="x" * 1_000_001)),
            "1,000,000 at most",
        ),
        (broken(lambda d: d["%FEATURE_STRUCTURES"][0].update(sofaString="\ud800")), "dkpro-cassis"),
        (
            broken(lambda d: d["%FEATURE_STRUCTURES"].extend({} for _ in range(sifting.MAX_STRUCTURES))),
            "at most",
        ),
        (b" " * (9 << 20), "at most"),
    ],
)
def test_a_file_that_is_no_cas_is_refused_and_does_not_block_the_others(
    dioura: Json, tmp_path: Path, data: bytes, said: str
) -> None:
    (tmp_path / "bad.json").write_bytes(data)
    (tmp_path / "good.json").write_bytes(document(dioura))
    bad, good = taking.read(FORMAT, [tmp_path / "bad.json", tmp_path / "good.json"])
    assert [one.code for one in bad.incidents] in (["B861"], ["B114"])
    assert said in f"{bad.incidents[0].message} {bad.incidents[0].mend}"
    assert taking.take(good, {DIOURA: dioura}, None, None).article == dioura


def test_names_in_a_file_never_become_code(dioura: Json, tmp_path: Path) -> None:
    """cassis makes classes out of types; types and features of a file do not reach it."""
    trap = f"x=open({str(tmp_path / 'trapped')!r}, 'w')"
    data = json.loads(document(dioura))
    data["%TYPES"]["bilan.Mark"][trap] = {"%NAME": trap, "%RANGE": "uima.cas.String"}
    data["%TYPES"][f"bad.Type; {trap}"] = {"%NAME": "bad", "%SUPER_TYPE": "uima.tcas.Annotation"}
    next(one for one in data["%FEATURE_STRUCTURES"] if one["%TYPE"] == types.MARK)[trap] = "x"
    (tmp_path / "x.json").write_text(json.dumps(data), encoding="utf-8")
    (read,) = cas.read(tmp_path / "x.json")
    assert len(read.notes) == 1
    assert taking.take(read, {DIOURA: dioura}, None, None).article == dioura
    assert not (tmp_path / "trapped").exists()


def test_values_that_are_no_text_are_refused_or_left_out(dioura: Json, tmp_path: Path) -> None:
    data = json.loads(document(dioura))
    mark = next(one for one in data["%FEATURE_STRUCTURES"] if one.get("bilan_id") == "f2")
    mark.update(measure=["killed"], low={"a": 1}, unit="\ud800")
    (tmp_path / "x.json").write_text(json.dumps(data), encoding="utf-8")
    (read,) = cas.read(tmp_path / "x.json")
    said = " ".join(one.message for one in read.incidents)
    assert "has no measure" in said
    assert "half of a character" in said
    assert read.notes[0].startswith("1 × 'feature low of bilan.Mark'")


def test_marks_of_another_view_are_named_and_left_out(dioura: Json, tmp_path: Path) -> None:
    one = Inception(dioura)
    other = one.cas.create_view("translation")
    other.sofa_string = "Quarante soldats"
    kind = one.cas.typesystem.get_type("bilan.Mark")
    other.add(kind(begin=0, end=8, label="figure"))
    read = one.read(tmp_path)
    assert read.notes == ["1 × 'bilan.Mark of another view' is left out: it is none of ours"]
    assert taking.take(read, {DIOURA: dioura}, None, None).article == dioura


def test_feature_structures_by_id_are_read_as_well(dioura: Json, tmp_path: Path) -> None:
    data = json.loads(document(dioura))
    data["%FEATURE_STRUCTURES"] = {str(one.pop("%ID")): one for one in data["%FEATURE_STRUCTURES"]}
    (tmp_path / "x.json").write_text(json.dumps(data), encoding="utf-8-sig")
    (read,) = cas.read(tmp_path / "x.json")
    assert taking.take(read, {DIOURA: dioura}, None, None).article == dioura


def test_truncated_anywhere_it_is_refused(dioura: Json, tmp_path: Path) -> None:
    whole = document(dioura)
    path = tmp_path / "x.json"
    for cut in range(0, len(whole) - 2, 997):
        path.write_bytes(whole[:cut])
        with pytest.raises(BilanError, match="B861"):
            list(cas.read(path))


@settings(max_examples=40, deadline=None)
@given(st.text(st.sampled_from("ab \r\n\t😀é\u0301ق\u2028\x85\ufeff"), min_size=1, max_size=20), st.data())
def test_any_stretches_of_any_text_come_back(
    tmp_path_factory: pytest.TempPathFactory, text: str, data: st.DataObject
) -> None:
    article = {**odd_article(), **{layer: [] for layer in model.LAYERS}}
    article["text"] = {**article["text"], "content": text}
    pairs = st.tuples(st.integers(0, len(text)), st.integers(0, len(text)))
    spans = {(min(p), max(p)) for p in data.draw(st.lists(pairs, max_size=4)) if p[0] != p[1]}
    article["zones"] = [
        {"id": f"z{i}", "kind": "caption", "start": a, "end": b, "surface": text[a:b]}
        for i, (a, b) in enumerate(sorted(spans), 1)
    ]
    path = tmp_path_factory.mktemp("x") / "x.json"
    path.write_bytes(document(article))
    (read,) = cas.read(path)
    assert read.incidents == []
    assert read.graph is not None
    assert read.graph.text == text
    assert sorted(read.graph.marks) == sorted(graphs.of(article).marks)
