"""The six tables: their features, sentences and tokens, and what stands in each row."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import bilan
import small_corpus
from bilan import jsonio, labels, model, segment, tables
from bilan.checks import parts
from bilan.tables import articles, features, ner, tolls
from bilan.tables.views import View, view
from conftest import REPOSITORY

Json = dict[str, Any]


def small_views() -> list[View]:
    stories = {story["id"]: story for story in small_corpus.STORIES}
    registry = {kind: {e["id"]: e for e in entries} for kind, entries in small_corpus.REGISTRY.items()}
    return [view(document, stories[document["story"]], registry) for document in small_corpus.documents()]


def views_of(corpus: Path) -> list[View]:
    from bilan import build

    if not small_corpus.has_articles(corpus):
        return []
    survey = build.survey(corpus)
    found = [parts.check(parts.load(one, survey.base), survey.base) for one in survey.parts]
    registry = survey.context.registry
    return [view(d, one.stories[d["story"]], registry) for one in found for d in one.documents]


VIEWS = {one.id: one for one in small_views()}
FIXTURE = Path(__file__).parent / "fixtures" / "valid" / "corpus"
ALL = [*VIEWS.values(), *views_of(FIXTURE), *views_of(small_corpus.REAL)]
OPEN = [one for one in ALL if one.text is not None]
WITHHELD = [one for one in ALL if one.text is None]
every_article = pytest.mark.parametrize("one", ALL, ids=lambda one: one.id)
every_open_article = pytest.mark.parametrize("one", OPEN, ids=lambda one: one.id)
every_withheld_article = pytest.mark.parametrize("one", WITHHELD, ids=lambda one: one.id)


def all_rows(one: View, config: str) -> list[Json]:
    found = tables.story_tables(one.story, [one.article], one.registry, [config])
    return [row for rows in found.rows.values() for row in rows]


# --- features --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("config", tables.CONFIGS)
class TestFeatures:
    def test_the_arrow_schema_is_that_of_the_datasets_features_metadata_included(self, config: str) -> None:
        assert features.arrow_schema(config).equals(
            features.features(config).arrow_schema, check_metadata=True
        )

    def test_the_features_of_the_card_are_those_that_datasets_writes(self, config: str) -> None:
        assert features.card_features(config) == features.features(config)._to_yaml_list()

    def test_the_features_of_the_card_are_read_back_alike(self, config: str) -> None:
        import datasets

        read = datasets.Features._from_yaml_list(features.card_features(config))
        assert read == features.features(config)
        assert read.arrow_schema == features.arrow_schema(config)

    def test_every_list_of_structs_is_a_list_not_a_struct_of_lists(self, config: str) -> None:
        assert "Sequence" not in str(features.features(config).to_dict())
        assert "LargeList" not in str(features.features(config).to_dict())

    def test_every_row_has_exactly_the_columns(self, config: str) -> None:
        for one in ALL:
            for row in all_rows(one, config):
                assert set(row) == set(features.columns(config))


def test_labels_keep_the_order_of_the_inventory() -> None:
    figures = features.features("figures")
    assert figures["of"].names == list(labels.names("figure_of"))
    assert figures["sources"].feature["stance"].names == list(labels.names("stance"))
    assert figures["of"].dtype == "int64"


def test_bio_labels_are_o_then_b_and_i_of_every_entity_type() -> None:
    first = labels.names("entity_type")[0]
    assert features.bio_labels().names[:3] == ("O", f"B-{first}", f"I-{first}")
    assert len(features.bio_labels().names) == 1 + 2 * len(labels.names("entity_type"))


def test_the_arrow_schemas_need_neither_datasets_nor_pandas() -> None:
    program = (
        "import sys; from bilan.tables import CONFIGS, features; [features.arrow_schema(c) for c in CONFIGS];"
        "assert not {'datasets', 'pandas', 'huggingface_hub'} & set(sys.modules), sorted(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", program], check=True)


def test_the_tables_load_no_heavy_library_by_themselves() -> None:
    program = (
        "import sys, bilan.build, bilan.load, bilan.tables.parquet, bilan.records;"
        "heavy = {'datasets', 'pandas', 'pyarrow', 'jsonschema', 'jsonschema_rs'} & set(sys.modules);"
        "assert not heavy, heavy"
    )
    subprocess.run([sys.executable, "-c", program], check=True)


# --- sentences -------------------------------------------------------------------------------------------


def cut_up(text: str) -> list[str]:
    return [text[start:end] for start, end in segment.sentences(text)]


@pytest.mark.parametrize(
    "text, expected",
    [
        ("Un mort. Deux blessés.", ["Un mort.", "Deux blessés."]),
        ("M. Diallo parle. Mme Ba aussi.", ["M. Diallo parle.", "Mme Ba aussi."]),
        ("Le col. Traoré et le Gén. Ba sont morts.", ["Le col. Traoré et le Gén. Ba sont morts."]),
        ("Col. Azem Bermandoa spoke.", ["Col. Azem Bermandoa spoke."]),
        ("Lt. Gen. Ochieng flew to the U.N. base.", ["Lt. Gen. Ochieng flew to the U.N. base."]),
        ("He left the U.S. The army stayed.", ["He left the U.S.", "The army stayed."]),
        ("The U.S. Air Force flew.", ["The U.S. Air Force flew."]),
        ("J. B. Ouédraogo est mort.", ["J. B. Ouédraogo est mort."]),
        ("It began at 5 a.m. Residents fled.", ["It began at 5 a.m.", "Residents fled."]),
        ("It began at 5 a.m. Friday.", ["It began at 5 a.m. Friday."]),
        ("Some 3.5 tonnes burnt. 41 died.", ["Some 3.5 tonnes burnt.", "41 died."]),
        ("Rule No. 5 holds. No. It does not.", ["Rule No. 5 holds.", "No.", "It does not."]),
        (
            "« Nous avons perdu 41 hommes !\u00a0» Il se tait.",
            ["« Nous avons perdu 41 hommes !\u00a0»", "Il se tait."],
        ),
        ("« Où sont-ils ? » demande une mère. Rien.", ["« Où sont-ils ? » demande une mère.", "Rien."]),
        (
            "«\u00a0Où sont-ils\u00a0?\u00a0», dit-il. Rien.",
            ["«\u00a0Où sont-ils\u00a0?\u00a0», dit-il.", "Rien."],
        ),
        ('"We lost 20 men." The army agreed.', ['"We lost 20 men."', "The army agreed."]),
        ("Ils sont partis… Puis revenus.", ["Ils sont partis…", "Puis revenus."]),
        ("Ils sont partis… puis revenus.", ["Ils sont partis… puis revenus."]),
        ("Titre sans point\nPremière phrase.", ["Titre sans point", "Première phrase."]),
        ("BAMAKO, 26 mai — Un mort.", ["BAMAKO, 26 mai — Un mort."]),
        ("  \n \n", []),
    ],
)
def test_sentences_end_where_a_reader_ends_them(text: str, expected: list[str]) -> None:
    assert cut_up(text) == expected


def test_no_sentence_begins_inside_a_span_that_stays_whole() -> None:
    text = "The Dr. No. Camp fell. It burnt."
    camp = (text.index("Dr."), text.index(" fell"))
    assert [text[a:b] for a, b in segment.sentences(text, [camp])] == ["The Dr. No. Camp fell.", "It burnt."]
    glued = segment.sentences("One. Two. Three.", [(3, 6), (8, 12)])
    assert glued == [(0, 16)]


def covers(text: str, intervals: list[tuple[int, int]]) -> bool:
    """In order, without overlap or empty ones, and all that is left out is white space."""
    position = 0
    for start, end in intervals:
        if not position <= start < end or text[position:start].strip():
            return False
        position = end
    return not text[position:].strip()


NEWS = st.text(
    st.one_of(
        st.sampled_from("aéÉAMUNl'’«»\"“”().,;!?… \n\u00a0\u202f-–—0123456789%€_\t\u0301ع你\U0001f600"),
        st.characters(),
    ),
    max_size=80,
)


TRICKY = segment._words("""
    a.m p.m J.-C U.S N.A.T.O l' L’ d’ qu' jusqu’ Aujourd'hui 's ’s 'll 'S ' ’ ʼ - ‑ – — _ . .. … ? ! , ; :
    « » “ ” " ( ) [ ] / % € 1 12 1,234 1.5 ² ½ ٣ http://a.b/c https:// 中 ñ É ǅ 😀 M x
    attack Mopti tués 12h30 Saint-Louis
""")
SPACES = (
    " ",
    " ",
    "  ",
    "\n",
    "\t",
    "\u00a0",
    "\u202f",
    "\u2009",
    "\u2028",
    "\x85",
    "\u200b",
    "\u0301",
    "e\u0301",
)
# What the rules for sentences and tokens look at.
PIECES = (*TRICKY, *SPACES, *sorted({*segment._STOPPED, *segment._BEFORE_DIGITS, *segment._STARTERS}))


def pairs(first: str) -> str:
    """A text in which the piece stands before every other, with and without a stop or more words behind."""
    return " ".join(
        f"{first}{second}{end}" for second in PIECES for end in ("", ".", ". ", " x", ". Mort", ".\u00a0Mort")
    )


@pytest.mark.parametrize("first", PIECES)
def test_what_surely_ends_a_sentence_ends_it_by_the_whole_rule(first: str) -> None:
    for line in pairs(first).split("\n"):
        for end in segment._END.finditer(line):
            assert not segment._surely_ends(line, end) or segment._ends_sentence(line, end)


@given(NEWS)
def test_sentences_cover_everything_but_white_space(text: str) -> None:
    assert covers(text, segment.sentences(text))


@given(NEWS, st.lists(st.tuples(st.integers(0, 80), st.integers(0, 80)), max_size=4))
def test_sentences_cover_everything_whatever_is_kept_whole(text: str, spans: list[tuple[int, int]]) -> None:
    whole = [
        (min(a, b), min(max(a, b), len(text))) for a, b in spans if min(a, b) < min(max(a, b), len(text))
    ]
    found = segment.sentences(text, whole)
    assert covers(text, found)
    for start, end in whole:
        assert not any(start < begin < end for begin, _ in found[1:])


@given(NEWS, st.sampled_from(labels.names("lang")))
def test_tokens_cover_everything_but_white_space_and_hold_none(text: str, lang: str) -> None:
    found = segment.tokens(text, lang)
    assert covers(text, found)
    assert not any(c.isspace() for start, end in found for c in text[start:end])


def test_remembered_words_stay_few_and_short_and_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    text = " ".join([f"l'an-{number}," for number in range(30)] + ["d'" + "x" * 50])
    before = segment.tokens(text, "fr")
    monkeypatch.setattr(segment, "_KEPT_WORDS", 8)
    known = segment._splits("fr")
    known.clear()
    assert segment.tokens(text, "fr") == before
    assert 0 < len(known) <= 8
    assert max(map(len, known)) <= segment._LONGEST_KEPT


@given(NEWS, st.sampled_from(labels.names("lang")))
def test_tokens_stay_inside_their_sentence(text: str, lang: str) -> None:
    bounds = segment.sentences(text)
    for start, end in segment.tokens(text, lang):
        assert any(first <= start and end <= last for first, last in bounds)


@given(NEWS, st.lists(st.integers(0, 80)))
def test_cutting_loses_nothing_and_leaves_no_edge_inside(text: str, edges: list[int]) -> None:
    before = segment.tokens(text, "en")
    after, cuts = segment.cut(before, edges)
    assert covers(text, after)
    assert len(after) == len(before) + cuts
    assert not any(start < edge < end for start, end in after for edge in edges)


# --- tokens ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "lang, text, expected",
    [
        ("fr", "L'armée n’a qu'un mort.", "L' | armée | n’ | a | qu' | un | mort | ."),
        ("fr", "Aujourd'hui, l'attentat-suicide", "Aujourd'hui | , | l' | attentat-suicide"),
        ("fr", "«\u00a0Non\u00a0!\u00a0»", "« | Non | ! | »"),
        ("fr", "M. Ba, 1,5 million, 41,3 %", "M. | Ba | , | 1,5 | million | , | 41,3 | %"),
        ("fr", "14h30 le 1er mai", "14h30 | le | 1er | mai"),
        ("en", "the army's U.N. base", "the | army | 's | U.N. | base"),
        ("en", "Ka'aba's al-Shabaab didn't", "Ka'aba | 's | al-Shabaab | didn't"),
        ("en", "soldiers' families (FAMa)...", "soldiers | ' | families | ( | FAMa | ) | ..."),
        ("en", "7.62mm and Mi-35", "7.62 | mm | and | Mi-35"),
        ("en", "see https://a.org/x?y=1.", "see | https://a.org/x?y=1 | ."),
        ("en", "Cafe\u0301s", "Cafe\u0301s"),
    ],
)
def test_tokens_part_words_as_their_language_does(lang: str, text: str, expected: str) -> None:
    assert " | ".join(text[start:end] for start, end in segment.tokens(text, lang)) == expected


def by_the_pattern_alone(text: str, lang: str, start: int, end: int) -> list[tuple[int, int]]:
    pattern, _ = segment._token_patterns(lang)
    return [match.span() for match in pattern.finditer(text, start, end)]


@pytest.mark.parametrize("first", PIECES)
def test_tokens_are_what_the_pattern_alone_finds(first: str) -> None:
    text = pairs(first)
    for lang in labels.names("lang"):
        found = by_the_pattern_alone(text, lang, 0, len(text))
        words, starts, ends = segment.token_columns(text, lang)
        assert list(zip(starts, ends, strict=True)) == found == segment.tokens(text, lang)
        assert words == [text[a:b] for a, b in found]


@given(NEWS, st.sampled_from(labels.names("lang")), st.integers(0, 40), st.integers(0, 90))
def test_tokens_of_a_part_know_what_stands_before_it(text: str, lang: str, start: int, end: int) -> None:
    assert segment.tokens(text, lang, start, end) == by_the_pattern_alone(text, lang, start, end)


@pytest.mark.parametrize("piece", [" ", "\t ", "\n ", ". ", "\t. ", "-a", "a-b ", "M. "])
def test_tokens_of_a_long_text_take_no_longer_for_each_character(piece: str) -> None:
    text = piece * 20_000
    begun = time.process_time()
    found = segment.tokens(text, "fr")
    assert covers(text, found)
    segment.cut(found, range(len(text)))
    assert time.process_time() - begun < 3


# --- ner -------------------------------------------------------------------------------------------------


def spans_of_tags(row: Json) -> list[tuple[int, int, str]]:
    """What an evaluation of the tags would find: (start, end, type) in the article."""
    names = features.bio_labels().names
    found: list[tuple[int, int, str]] = []
    for tag, start, end in zip(row["ner_tags"], row["token_starts"], row["token_ends"], strict=True):
        edge, _, kind = names[tag].partition("-")
        if edge == "B":
            found.append((start, end, kind))
        elif edge == "I":
            assert found[-1][2] == kind, "an I tag follows its own kind only"
            found[-1] = (found[-1][0], end, kind)
    return found


@every_open_article
def test_the_tags_say_exactly_which_names_are_outermost(one: View) -> None:
    mentions = [
        {**mention, "type": entity["type"]}
        for entity in one.article["entities"]
        for mention in entity["mentions"]
    ]
    mentions.sort(key=lambda m: (m["start"], -m["end"]))
    expected = [(m["start"], m["end"], m["type"]) for m in ner.outermost(mentions)]
    assert [at for row in all_rows(one, "ner") for at in spans_of_tags(row)] == expected


@every_open_article
def test_tokens_repeat_the_text_at_their_offsets(one: View) -> None:
    assert one.text is not None
    for row in all_rows(one, "ner"):
        assert row["text"] == one.text[row["start"] : row["end"]]
        assert row["tokens"] == [
            one.text[a:b] for a, b in zip(row["token_starts"], row["token_ends"], strict=True)
        ]
        for mention in row["mentions"]:
            assert row["start"] <= mention["start"] < mention["end"] <= row["end"]
            assert mention["surface"] == one.text[mention["start"] : mention["end"]]
            assert mention["start"] in row["token_starts"]
            assert mention["end"] in row["token_ends"]


@every_article
def test_every_mention_stands_in_one_row(one: View) -> None:
    expected = sum(len(entity["mentions"]) for entity in one.article["entities"])
    assert sum(len(row["mentions"]) for row in all_rows(one, "ner")) == expected


def test_a_name_inside_a_token_cuts_it_and_is_counted() -> None:
    rows, cuts = ner.rows_and_cuts(VIEWS["ml-2025-05-23-dioura.en.1"])
    assert cuts == 1
    assert rows[1]["tokens"][2:4] == ["JNIM", "-led"]
    assert rows[0]["zone"] == "headline"


def test_a_nested_name_is_left_to_the_name_around_it_and_a_description_is_not_tagged() -> None:
    names = features.bio_labels().names
    row = all_rows(VIEWS["ml-2025-05-23-dioura.fr.2"], "ner")[0]
    tagged = {token: names[tag] for token, tag in zip(row["tokens"], row["ner_tags"], strict=True)}
    assert tagged["camp"] == "B-facility"
    assert tagged["Dioura"] == "I-facility"
    headline = all_rows(VIEWS["ml-2025-05-23-dioura.en.1"], "ner")[0]
    assert names[headline["ner_tags"][headline["tokens"].index("camp")]] == "O"


# --- figures and attributions ----------------------------------------------------------------------------


def readable(row: Json, config: str) -> Json:
    """The row as a user sees it, with label names in place of numbers."""
    decoded = features.features(config)

    def name(feature: Any, value: Any) -> Any:
        if value is None:
            return None
        if hasattr(feature, "int2str"):
            return feature.int2str(value)
        if isinstance(value, list):
            return [name(feature.feature, item) for item in value]
        if isinstance(value, dict):
            return {key: name(feature[key], item) for key, item in value.items()}
        return value

    return {key: name(decoded[key], value) for key, value in row.items()}


@every_open_article
def test_a_figure_stands_in_its_sentence_at_its_offsets(one: View) -> None:
    assert one.text is not None
    rows = all_rows(one, "figures")
    assert len(rows) == len(one.article["figures"])
    for row in rows:
        assert row["surface"] == one.text[row["start"] : row["end"]]
        assert row["surface"] == row["sentence"][row["start_in_sentence"] : row["end_in_sentence"]]
        assert row["sentence"] == one.text[row["sentence_start"] : row["sentence_end"]]


def test_a_figure_has_its_value_event_side_and_sources() -> None:
    row = readable(all_rows(VIEWS["ml-2025-05-23-dioura.en.1"], "figures")[1], "figures")
    assert (row["surface"], row["of"], row["measure"], row["low"], row["high"]) == (
        "41 soldiers",
        "soldiers",
        "killed",
        41,
        41,
    )
    assert (row["event_type"], row["event_date"], row["story_event"]) == ("armed_clash", "2025-05-23", "main")
    assert (row["entity_name"], row["entity_type"], row["entity_registry"]) == (
        "Malian army",
        "state_force",
        "malian-army",
    )
    (source,) = row["sources"]
    assert (source["name"], source["kind"], source["stance"], source["said"]) == (
        "security source",
        "security_forces",
        "confirms",
        "2025-05-26",
    )
    assert source["through"] == [{"kind": "media", "name": "RFI"}]


def test_a_figure_without_attribution_is_the_articles_own_voice() -> None:
    rows = {row["figure"]: row for row in all_rows(VIEWS["ml-2025-05-23-dioura.en.1"], "figures")}
    assert rows["f4"]["sources"] == []
    assert readable(rows["f3"], "figures")["relations"] == [{"type": "part_of", "figure": "f2"}]


@every_article
def test_a_figure_has_every_source_of_every_statement_that_holds_it_in_the_order_of_the_file(
    one: View,
) -> None:
    for row in all_rows(one, "figures"):
        assert [(source["attribution"], source["id"]) for source in row["sources"]] == [
            (attribution["id"], source)
            for attribution in one.article["attributions"]
            for said in attribution["content"]
            if said == row["figure"]
            for source in attribution["sources"]
        ]


@every_open_article
def test_the_stretch_of_some_spans_begins_and_ends_with_their_sentences(one: View) -> None:
    figures = one.article["figures"]
    assert one.stretch([]) is None
    for some in (figures[:1], figures[1:3], figures[::-2], figures):
        if some:
            first, last = min(f["start"] for f in some), max(f["end"] for f in some)
            begun = [start for start, _ in one.sentences if start <= first]
            ended = [end for _, end in one.sentences if end >= last]
            assert one.stretch(some) == (max(begun), min(ended))


@every_article
def test_attributions_have_all_their_cues_and_content(one: View) -> None:
    rows = {row["attribution"]: row for row in all_rows(one, "attributions")}
    for attribution in one.article["attributions"]:
        row = rows.pop(attribution["id"])
        assert [cue["start"] for cue in row["cues"]] == [cue["start"] for cue in attribution["cues"]]
        assert [item["id"] for item in row["content"]] == attribution["content"]
        assert [source["id"] for source in row["sources"]] == attribution["sources"]
        if one.text is not None and row["context"] is not None:
            assert row["context"] == one.text[row["context_start"] : row["context_end"]]
            for span in [*row["cues"], *row["quotes"]]:
                assert row["context_start"] <= span["start"] < span["end"] <= row["context_end"]
                assert one.text[span["start"] : span["end"]] == span["surface"]
    assert not rows


def test_a_nested_statement_names_who_reports_it() -> None:
    rows = {row["attribution"]: row for row in all_rows(VIEWS["ml-2025-05-23-dioura.en.1"], "attributions")}
    inner, outer = readable(rows["a2"], "attributions"), readable(rows["a3"], "attributions")
    assert inner["through"] == [{"kind": "media", "name": "RFI"}]
    assert outer["content"][0]["layer"] == "attributions"
    assert outer["content"][0]["label"] == "confirms"
    assert "RFI" in outer["context"]


# --- articles, extraction, withheld texts ----------------------------------------------------------------


@every_article
def test_a_row_of_articles_holds_everything_that_the_file_holds(one: View) -> None:
    (row,) = all_rows(one, "articles")
    assert jsonio.dumps(articles.document(row)) == jsonio.dumps(one.article)


@every_article
def test_a_row_of_articles_survives_arrow(one: View) -> None:
    from bilan.tables import parquet

    (row,) = all_rows(one, "articles")
    (back,) = parquet.batch("articles", [row]).to_pylist()
    assert back == filled(row, features.columns("articles"))
    assert jsonio.canonical_json(articles.document(back)) == jsonio.canonical_json(one.article)


def filled(value: Any, kind: Any) -> Any:
    """The value with every key that its kind has."""
    if isinstance(kind, dict) and value is not None:
        return {key: filled(value.get(key), inner) for key, inner in kind.items()}
    if isinstance(kind, list) and value is not None and not isinstance(kind, features.Labels):
        return [filled(item, kind[0]) for item in value]
    return value


def test_an_article_brings_the_references_it_cites_and_what_they_derive_from() -> None:
    (row,) = all_rows(VIEWS["ml-2025-05-23-dioura.fr.2"], "articles")
    assert [reference["id"] for reference in row["references"]] == ["r1", "r2"]
    (withheld,) = all_rows(VIEWS["ml-2025-05-23-dioura.fr.1"], "articles")
    assert [reference["id"] for reference in withheld["references"]] == ["r1", "r2"]
    assert withheld["cites"] == []


def test_an_entity_of_the_registry_brings_its_coordinates() -> None:
    (row,) = all_rows(VIEWS["ml-2025-05-23-dioura.en.1"], "articles")
    places = {entity["name"]: entity for entity in row["entities"]}
    assert (places["Dioura"]["lat"], places["Dioura"]["country"]) == (14.8252, "ML")
    assert places["JNIM"]["acled_actor_class"] == "rebel_groups"


@every_article
def test_the_target_is_json_in_the_order_of_the_text(one: View) -> None:
    (row,) = all_rows(one, "extraction")
    target = json.loads(row["target"])
    assert len(target["figures"]) == len(one.article["figures"])
    assert [event["id"] for event in target["events"]] == [f"E{i + 1}" for i in range(len(target["events"]))]
    assert {figure["event"] for figure in target["figures"]} <= {None, *(e["id"] for e in target["events"])}
    if one.text is not None:
        assert all(figure["words"] in one.text for figure in target["figures"])


@every_withheld_article
@pytest.mark.parametrize("config", tables.CONFIGS)
def test_a_withheld_article_gives_no_text_to_any_table(one: View, config: str) -> None:
    found = tables.story_tables(one.story, [one.article], one.registry, [config])
    assert {split for _, split in found.rows} <= {"wild"}
    clear = {at.span["surface"] for at in model.spans(one.article) if "surface" in at.span}
    for rows in found.rows.values():
        for row in rows:
            for key in ("text", "sentence", "context", "tokens"):
                assert row.get(key) is None
            for pointer, value in jsonio.walk(row):
                if pointer.endswith("/surface") and value is not None:
                    assert value in clear


# --- tolls -----------------------------------------------------------------------------------------------


def toll_rows(*idents: str) -> dict[str, Json]:
    chosen = [one for one in VIEWS.values() if not idents or one.id in idents]
    out = {}
    for story in small_corpus.STORIES:
        group = [one.article for one in chosen if one.story["id"] == story["id"]]
        found = tables.story_tables(story, group, chosen[0].registry, ["tolls"])
        out.update({row["id"]: row for rows in found.rows.values() for row in rows})
    return out


class TestTolls:
    rows = toll_rows()

    def of(self, toll: str) -> list[Json]:
        return [row for row in self.rows.values() if row["toll"] == toll]

    def test_a_claim_is_a_figure_in_the_words_of_one_source(self) -> None:
        row = self.rows["ml-2025-05-23-dioura.en.1/f1/a1/s1"]
        assert (row["source_kind"], row["source_name"], row["stance"]) == ("armed_group", "JNIM", "claims")
        assert (row["reference"], row["publisher"], row["date"]) == ("r3", "Reuters", "2025-05-26")

    def test_a_figure_without_source_is_a_claim_of_the_article(self) -> None:
        row = self.rows["ml-2025-05-23-dioura.en.1/f4"]
        assert (row["source_kind"], row["attribution"], row["asserts"]) == (None, None, True)

    def test_figures_of_background_events_enter_no_toll(self) -> None:
        assert not [row for row in self.rows.values() if row["figure"] == "f3" and "solhan" in row["article"]]

    def test_claims_are_grouped_by_event_measure_and_entity(self) -> None:
        assert {row["toll"] for row in self.rows.values()} == {
            "bf-2021-06-05-solhan/main/killed/-",
            "bf-2021-06-05-solhan/main/wounded/-",
            "ml-2025-05-23-dioura/main/killed/-",
            "ml-2025-05-23-dioura/main/killed/malian-army",
        }

    def test_copies_of_one_source_count_once(self) -> None:
        # English article cites RFI, French a page that rewrites RFI; the withheld one is that page
        same = [row for row in self.of("ml-2025-05-23-dioura/main/killed/malian-army") if row["low"] == 41]
        assert len(same) == 3
        assert {row["root"] for row in same} == {"r2"}
        assert [row["counted"] for row in same].count(True) == 1

    def test_a_denial_of_another_number_puts_none_forward(self) -> None:
        denial = self.rows["bf-2021-06-05-solhan.fr.1/f2/a4/s1"]
        assert denial["asserts"] is False
        assert denial["contradicts"] == []
        assert {row["interval_high"] for row in self.of(denial["toll"])} == {160}

    def test_the_interval_goes_from_the_lowest_low_to_the_highest_high(self) -> None:
        for row in self.of("ml-2025-05-23-dioura/main/killed/malian-army"):
            assert (row["interval_low"], row["interval_high"]) == (12, 99)

    def test_the_latest_claim_of_each_kind_of_source_wins(self) -> None:
        row = self.of("bf-2021-06-05-solhan/main/killed/-")[0]
        latest = {item["source_kind"]: item["stated"] for item in row["latest"]}
        assert latest == {"government": 132, "resident": 160}

    def test_claims_whose_intervals_exclude_each_other_contradict(self) -> None:
        government = self.rows["bf-2021-06-05-solhan.fr.1/f1/a1/s1"]
        assert government["contradicts"] == [
            "bf-2021-06-05-solhan.fr.1/f5/a2/s2",
            "bf-2021-06-05-solhan.fr.1/f2/a3/s2",
        ]

    def test_an_updated_figure_contradicts_nothing_of_its_successor(self) -> None:
        update = self.rows["bf-2021-06-05-solhan.fr.1/f2/a3/s2"]
        assert "bf-2021-06-05-solhan.fr.1/f5/a2/s2" not in update["contradicts"]

    def test_a_part_is_compared_with_parts_of_its_kind_only(self) -> None:
        part = self.rows["ml-2025-05-23-dioura.en.1/f3"]
        assert part["part"] is True
        assert (part["interval_low"], part["interval_high"]) == (2, 2)

    def test_the_split_of_a_row_is_that_of_its_article(self) -> None:
        stories = {story["id"]: story for story in small_corpus.STORIES}
        dioura = [one.article for one in VIEWS.values() if one.story["id"] == "ml-2025-05-23-dioura"]
        found = tables.story_tables(stories["ml-2025-05-23-dioura"], dioura, {}, ["tolls"])
        assert {split: {row["article"][-4:] for row in rows} for (_, split), rows in found.rows.items()} == {
            "test": {"en.1", "fr.2"},
            "wild": {"fr.1"},
        }


def claim(**changes: Any) -> Json:
    return {"stance": "states", "modifier": "exact", "stated": 41, "low": 41, "high": 41, **changes}


@pytest.mark.parametrize(
    "claims, expected",
    [
        ([claim(), claim(stated=38)], 38),
        ([claim(modifier="approximate", stated=40, low=35, high=45)], 40),
        ([claim(modifier="at_least", stated=20, low=20, high=None)], 20),
        ([claim(modifier="more_than", stated=20, low=21, high=None)], 20),
        ([claim(modifier="range", stated=None, low=50, high=60)], 50),
        ([claim(modifier="indefinite", stated=None, low=20, high=99)], 10),
        ([claim(modifier="indefinite", stated=None, low=24, high=99)], 12),
        ([claim(modifier="indefinite", stated=None, low=200, high=999)], 100),
        ([claim(modifier="indefinite", stated=None, low=2, high=None)], 2),
        ([claim(modifier="at_most", stated=200, low=0, high=200)], 200),
        ([claim(modifier="at_most", stated=200, low=0, high=200), claim(stated=300)], 300),
        ([claim(stance="denies", stated=0, low=0, high=0), claim()], 41),
        ([claim(stance="denies", stated=0, low=0, high=0)], None),
        ([], None),
    ],
)
def test_the_conservative_number_reads_vague_words_as_the_field_does(
    claims: list[Json], expected: Any
) -> None:
    assert tolls.conservative(claims) == expected


def test_a_reference_derives_from_its_first_origin_even_in_a_circle() -> None:
    known = {"r1": {"derived_from": "r2"}, "r2": {"derived_from": "r3"}, "r3": {"derived_from": None}}
    assert tolls.root("r1", known) == "r3"
    assert tolls.root("r9", known) == "r9"
    assert tolls.root(None, known) is None
    assert tolls.root("a", {"a": {"derived_from": "b"}, "b": {"derived_from": "a"}}) in ("a", "b")


@pytest.mark.parametrize(
    "edtf, expected",
    [
        ("2025-05-23", "2025-05-23"),
        ("2025-05-23~", "2025-05-23"),
        ("2025-05-23/2025-05-25", "2025-05-25"),
        ("../2025-05-25", "2025-05-25"),
        ("2015/..", "2015"),
        (None, None),
    ],
)
def test_a_date_sorts_by_the_end_that_is_known(edtf: str | None, expected: str | None) -> None:
    assert tolls.last_day(edtf) == expected


def test_soldiers_and_civilians_in_one_breath_are_parts_not_rivals() -> None:
    one = VIEWS["bf-2021-06-05-solhan.en.1"]
    figure = one.article["figures"][0]
    sibling = {**figure, "id": "f2", "of": "soldiers", "stated": 12, "low": 12, "high": 12}
    attribution = {**one.article["attributions"][0], "content": ["f1", "f2"]}
    article = {**one.article, "figures": [figure, sibling], "attributions": [attribution]}
    found = tables.story_tables(one.story, [article], one.registry, ["tolls"])
    rows = [row for some in found.rows.values() for row in some]
    assert [(row["of"], row["part"], row["contradicts"]) for row in rows] == [
        ("civilians", True, []),
        ("soldiers", True, []),
    ]


def test_the_toll_of_a_part_of_the_event_is_a_part_only_beside_the_toll_of_the_whole() -> None:
    one = VIEWS["bf-2021-06-05-solhan.en.1"]
    (whole,), (event,) = one.article["figures"], one.article["events"]
    burnt = {**whole, "id": "f2", "event": "ev2", "stated": 7, "low": 7, "high": 7}
    events = [event, {**event, "id": "ev2", "part_of": "ev1"}]
    for figures_there, expected in (([whole, burnt], [False, True]), ([burnt], [False])):
        article = {**one.article, "figures": figures_there, "events": events, "attributions": []}
        found = tables.story_tables(one.story, [article], one.registry, ["tolls"])
        assert [row["part"] for some in found.rows.values() for row in some] == expected


@pytest.mark.parametrize(
    "whole, expected",
    [
        ({"measure": "killed"}, True),  # "132 dead, 30 of them at the market"
        ({"measure": "casualties"}, False),  # "200 victims, 30 of them dead"
        ({"measure": "present"}, False),  # "200 in the village, 30 of them killed"
        ({"measure": "affected"}, True),  # "200 brought to a hospital, 30 of them died there"
        (
            {"measure": "killed", "event": None, "scope": "total"},
            False,
        ),  # "200 dead in a month, 30 of them here"
    ],
)
def test_a_part_of_another_toll_is_no_part_of_its_own(whole: Json, expected: bool) -> None:
    one = VIEWS["bf-2021-06-05-solhan.en.1"]
    (figure,) = one.article["figures"]
    other = {**figure, "id": "f2", "stated": 200, "low": 200, "high": 200, **whole}
    relation = {"id": "rel1", "type": "part_of", "from": "f1", "to": "f2"}
    article = {**one.article, "figures": [figure, other], "relations": [relation], "attributions": []}
    found = tables.story_tables(one.story, [article], one.registry, ["tolls"])
    parts = {row["figure"]: row["part"] for rows in found.rows.values() for row in rows}
    assert parts["f1"] is expected


def test_a_claim_contradicts_all_that_it_excludes_and_nothing_else() -> None:
    dataset = bilan.load("tolls", source=REPOSITORY / "corpus")
    by_toll: dict[str, list[Json]] = {}
    for split in dataset.values():
        for row in split:
            by_toll.setdefault(row["toll"], []).append(row)
    contradictions = 0
    for together in by_toll.values():
        for row in together:
            used = [o for o in together if o["counted"] and o["asserts"] and tolls.quantified(o)]
            rivals = [o for o in used if row["asserts"] and tolls.compare(row, o) and tolls.disjoint(row, o)]
            # within an article a series of revised figures may be left out
            elsewhere = {o["id"] for o in rivals if o["article"] != row["article"]}
            assert elsewhere <= set(row["contradicts"]) <= {o["id"] for o in rivals}
            contradictions += len(elsewhere)
    assert contradictions > 1000


@pytest.mark.parametrize(
    "pairs, expected",
    [
        ((), {"f1": ["f2", "f3", "f4"], "f4": ["f1", "f2", "f3"]}),
        ((("f2", "f1"), ("f4", "f3")), {"f1": ["f3", "f4"], "f4": ["f1", "f2"]}),
        ((("f2", "f1"), ("f4", "f3"), ("f3", "f2")), {"f1": [], "f4": []}),
        ((("f2", "f1"), ("f1", "f2"), ("f3", "f1")), {"f1": ["f4"], "f4": ["f1", "f2", "f3"]}),
    ],
)
def test_a_series_holds_together_over_all_its_steps_in_whatever_order_they_are_written(
    pairs: tuple[tuple[str, str], ...], expected: dict[str, list[str]]
) -> None:
    one = VIEWS["bf-2021-06-05-solhan.en.1"]
    (figure,) = one.article["figures"]
    figures_there = [
        {**figure, "id": f"f{n}", "start": n, "stated": n, "low": n, "high": n} for n in range(1, 5)
    ]
    relations = [
        {"id": f"rel{n}", "type": ("updates", "restates")[n % 2], "from": new, "to": old}
        for n, (new, old) in enumerate(pairs, 1)
    ]
    article = {**one.article, "figures": figures_there, "relations": relations, "attributions": []}
    found = tables.story_tables(one.story, [article], one.registry, ["tolls"])
    rows = {row["figure"]: row for some in found.rows.values() for row in some}
    for ident, others in expected.items():
        assert rows[ident]["contradicts"] == [f"{one.id}/{other}" for other in others]


def test_two_records_of_one_entity_are_one_toll_and_keep_their_names() -> None:
    one = VIEWS["ml-2025-05-23-dioura.en.1"]
    figure = next(f for f in one.article["figures"] if f["entity"] and f["scope"] == "event" and f["event"])
    entity = one.by_id[figure["entity"]]
    again = {**entity, "id": "e90", "name": f"the {entity['name']}", "registry": "malian-army"}
    entities = [
        again,
        *({**e, "registry": "malian-army"} if e is entity else e for e in one.article["entities"]),
    ]
    figures_there = [figure, {**figure, "id": "f90", "entity": "e90"}]
    article = {
        **one.article,
        "entities": entities,
        "figures": figures_there,
        "attributions": [],
        "relations": [],
    }
    found = tables.story_tables(one.story, [article], one.registry, ["tolls"])
    rows = [row for some in found.rows.values() for row in some]
    assert {row["toll"] for row in rows} == {f"{one.story['id']}/main/{figure['measure']}/malian-army"}
    assert [row["entity_name"] for row in rows] == [entity["name"], f"the {entity['name']}"]


def test_a_row_has_its_columns_in_the_order_of_the_table() -> None:
    for row in toll_rows().values():
        assert list(row) == list(features.columns("tolls"))


def test_rows_do_not_depend_on_the_order_in_which_articles_come() -> None:
    story = small_corpus.STORIES[0]
    documents = [one.article for one in VIEWS.values() if one.story["id"] == story["id"]]
    forth = tables.story_tables(story, documents, {})
    back = tables.story_tables(story, reversed(documents), {})
    assert forth.rows == back.rows


def test_articles_are_sorted_as_people_count() -> None:
    idents = ["ml-2025-05-23-x.fr.10", "ml-2025-05-23-x.fr.2", "ml-2025-05-23-x.en.1"]
    assert sorted(idents, key=tables.article_order) == [idents[2], idents[1], idents[0]]


def _toll(name: str) -> list[dict[str, Any]]:
    dataset = bilan.load("tolls", source=REPOSITORY / "corpus")
    return [row for split in dataset.values() for row in split if row["toll"] == name]


def test_the_toll_of_dioura_keeps_every_claim_and_reduces_them_three_ways() -> None:
    rows = _toll("ml-2025-05-23-dioura/main/killed/malian-armed-forces")
    own = [row for row in rows if row["article"] == "ml-2025-05-23-dioura.fr.1"]
    assert {(row["surface"], row["source_kind"]) for row in own} == {
        ("une quarantaine de soldats", None),
        ("quarante militaires", "armed_group"),
        ("41 soldats précisément", "security_forces"),
        ("nombreux militaires", "armed_group"),
    }
    reductions = {(row["interval_low"], row["interval_high"], row["acled_conservative"]) for row in rows}
    assert reductions == {(35, 65, 40)}, "'nombreux' counts in no reduction"


def test_a_series_of_revised_tolls_does_not_contradict_itself() -> None:
    rows = _toll("bf-2021-11-14-inata/main/killed/-")
    one = [row for row in rows if row["article"].endswith("en.1") and not row["part"]]
    assert {row["stated"] for row in one} >= {20, 32, 53}
    assert all(not c.startswith("bf-2021-11-14-inata.en.1/") for row in one for c in row["contradicts"])
