"""bilan adjudicate: what all agree on is kept, the rest is asked, and the decisions make the gold article."""

from __future__ import annotations

import copy
import dataclasses
import functools
import json
import random
import re
from pathlib import Path
from typing import Any

import pytest

from bilan import jsonio, model, textform
from bilan.__main__ import main
from bilan.adjudication import (
    deciding,
    desk,
    finishing,
    history,
    inputs,
    is_worksheet,
    joining,
    notation,
    opening,
    plain,
    questions,
    worksheet,
)
from bilan.agreement import compare, files
from bilan.checks import schema, spans
from bilan.hydration import withholding
from bilan.incidents import BilanError
from conftest import REPOSITORY, articles_of

Json = dict[str, Any]

ROUNDS = REPOSITORY / "corpus" / "agreement"
SMALL = "ml-2023-09-07-tombouctou.fr.2"
SALT = "0123456789abcdef" * 2
LOOKED_UP = {(layer, field) for layer, some in plain.MAY_LACK.items() for field in some}


@functools.cache
def pairs(name: str) -> dict[str, list[tuple[str, Json]]]:
    return inputs.read([ROUNDS / name / "first", ROUNDS / name / "second"])


@functools.cache
def sheets(name: str) -> dict[str, tuple[worksheet.Sheet, str]]:
    """Article → its worksheet, as data and as text."""
    made = {ident: inputs.sheet(some, None, "a-diallo", None) for ident, some in pairs(name).items()}
    return {ident: (sheet, worksheet.written(sheet)) for ident, sheet in made.items()}


def third(article: Json, seed: int) -> Json:
    """A third annotation, as it might be: labels otherwise, mentions, links and a statement missed."""
    draw = random.Random(f"{seed}/{article['id']}")
    out = copy.deepcopy(article)
    for figure in out["figures"]:
        if draw.random() < 0.3:
            figure["of"] = draw.choice(("civilians", "soldiers", "people"))
        if draw.random() < 0.2:
            figure["entity"] = None
    for entity in out["entities"]:
        if len(entity["mentions"]) > 1 and draw.random() < 0.4:
            del entity["mentions"][draw.randrange(len(entity["mentions"]))]
    for event in out["events"]:
        if draw.random() < 0.5:
            event["participants"] = event["participants"][:1]
    nested = {target for one in out["attributions"] for target in one["content"]}
    loose = [one for one in out["attributions"] if one["id"] not in nested]
    if loose:
        out["attributions"].remove(draw.choice(loose))
    for one in out["attributions"]:
        if draw.random() < 0.2:
            one["stance"] = draw.choice(("claims", "states", "denies"))
    if out["relations"]:
        out["relations"].pop(draw.randrange(len(out["relations"])))
    for layer in model.LAYERS:
        out["provenance"][layer]["annotator"] = "third-annotator"
    return out


def decided(text: str, decisions: str | int | dict[str, Any]) -> str:
    """A worksheet with every question decided so, or each as the mapping says."""
    current = ""
    out = []
    for line in text.split("\n"):
        if found := re.fullmatch(r"  (Q[0-9]+):", line):
            current = found[1]
        if line.startswith("    decision:"):
            one = decisions.get(current) if isinstance(decisions, dict) else decisions
            line = "    decision:" if one is None else f"    decision: {one}"
        out.append(line)
    return "\n".join(out)


def finish(text: str) -> finishing.Finished:
    return finishing.finish(opening.open_(text, "worksheet.md"))


def finished_for_each(text: str, number: int) -> list[Json]:
    """The gold articles of a worksheet decided always for one annotator, for each: read once, since YAML is slow."""
    opened = opening.open_(decided(text, 1), "worksheet.md")
    assert set(opened.decisions.values()) <= {1}
    out = []
    for one in range(1, number + 1):
        form = copy.copy(opened.form)
        form.parts, form.records = copy.deepcopy((form.parts, form.records))
        always = dict.fromkeys(opened.decisions, one)
        out.append(finishing.finish(dataclasses.replace(opened, form=form, decisions=always)).article)
    return out


def codes(text: str) -> list[str]:
    with pytest.raises(BilanError) as caught:
        finish(text)
    assert all(one.mend and one.line for one in caught.value.incidents)
    return [one.code for one in caught.value.incidents]


def question(sheet: worksheet.Sheet, layer: str, field: str | None = None) -> questions.Question:
    """The first question of a layer: on a record that not all have, or on this field."""
    return next(
        one
        for one in sheet.asked.questions
        if one.layer == layer
        and (one.existence if field is None else not one.existence and field in one.fields)
    )


def apart(gold: Json, wanted: Json) -> list[tuple[str, str]]:
    """Where an article differs from an annotation in the common ids, fields that are looked up aside."""
    out = []
    for layer in model.LAYERS:
        ours = {one["id"]: plain.reading(layer, one) for one in gold[layer]}
        theirs = {one["id"]: plain.reading(layer, one) for one in wanted[layer]}
        out += [(ident, "") for ident in sorted(ours.keys() ^ theirs.keys())]
        for ident in ours.keys() & theirs.keys():
            out += [
                (ident, field)
                for field in ours[ident]
                if (layer, field) not in LOOKED_UP
                and plain.key(ours[ident][field]) != plain.key(theirs[ident][field])
            ]
    return out


# --- what is proved by construction ----------------------------------------------------------------------


@pytest.mark.parametrize("name", ["round-1", "round-2"])
def test_deciding_always_for_one_annotator_gives_that_annotation(name: str) -> None:
    for ident, (sheet, text) in sheets(name).items():
        for number, gold in enumerate(finished_for_each(text, 2), 1):
            assert apart(gold, sheet.joined.articles[number - 1]) == [], ident
            own = pairs(name)[ident][number - 1][1]
            found = compare(own, gold)
            assert found.items == [], ident
            assert all(ours == theirs for ours, theirs in found.counts.values())
            assert schema.check(gold, "article", ident) == spans.inside(gold, ident) == []


@pytest.mark.parametrize("name", ["round-1", "round-2"])
def test_every_difference_that_agree_lists_is_covered_by_a_question(name: str) -> None:
    listed = 0
    for ident, (sheet, _) in sheets(name).items():
        asked = {one.record for one in sheet.asked.questions}
        common: list[dict[str, str]] = [{}, {}]
        for record, own in sheet.joined.ids.items():
            for table, one in zip(common, own, strict=True):
                if one:
                    table[one] = record
        (_, ours), (_, theirs) = pairs(name)[ident]
        for item in compare(ours, theirs).items:
            told = [side.split(" ")[0] for side in (item.ours, item.theirs)]
            if item.layer == "figure → figure":  # a record of its own
                told = [
                    next(
                        (r["id"] for r in one["relations"] if side == f"{r['from']} → {r['to']} {r['type']}"),
                        "",
                    )
                    for one, side in ((ours, item.ours), (theirs, item.theirs))
                ]
            records = {table[one] for table, one in zip(common, told, strict=True) if one}
            assert records & asked, (ident, item)
            listed += 1
    assert listed > 400


def test_what_all_agree_on_is_never_asked() -> None:
    for _, (sheet, _) in sheets("round-2").items():
        for one in sheet.asked.questions:
            if one.existence:
                assert None in one.readings
                continue
            for field in one.fields:
                assert len({plain.key(reading[field]) for reading in one.readings if reading}) > 1, one


def test_an_annotation_settled_with_itself_is_itself() -> None:
    every = articles_of(REPOSITORY / "corpus")
    some = [one for one in every.values() if one["text"]["access"] == "open"][::15]
    assert len(some) > 12
    for article in some:
        sheet = inputs.sheet([("a", article), ("b", copy.deepcopy(article))], None, "a-diallo", None)
        assert sheet.asked.questions == []
        gold = finish(worksheet.written(sheet)).article
        for key in gold:
            if key != "provenance":
                assert jsonio.dumps({key: gold[key]}) == jsonio.dumps({key: article[key]}), (
                    article["id"],
                    key,
                )


def test_three_annotators_each_get_their_own_when_always_decided_for() -> None:
    for ident, some in list(pairs("round-2").items())[:8]:
        first, second = (article for _, article in some)
        annotations = [("a", first), ("b", second), ("c", third(first, 3))]
        sheet = inputs.sheet(annotations, None, "a-diallo", None)
        text = worksheet.written(sheet)
        for number, gold in enumerate(finished_for_each(text, 3), 1):
            assert apart(gold, sheet.joined.articles[number - 1]) == [], ident
            assert compare(annotations[number - 1][1], gold).items == []


def test_decisions_at_random_give_every_record_as_its_annotator_reads_it_or_say_what_is_missing() -> None:
    whole = 0
    refused: set[str] = set()
    for seed in range(2):
        for ident, (sheet, text) in list(sheets("round-1").items())[seed::8]:
            draw = random.Random(f"{seed}/{ident}")
            chosen = {one.name: draw.choice((1, 2)) for one in sheet.asked.questions}
            opened = opening.open_(decided(text, chosen), ident)
            try:
                gold = finishing.finish(opened).article
            except BilanError as error:
                refused.update(one.code for one in error.incidents)
                continue
            whole += 1
            of = {one.record: chosen[one.name] for one in sheet.asked.questions}
            wrong = [
                apart_
                for number in (1, 2)
                for apart_ in apart(gold, sheet.joined.articles[number - 1])
                if of.get(apart_[0], number) == number
            ]
            assert wrong == [], ident
    assert whole
    assert "B872" in refused
    assert refused <= {"B872", "B311"}  # something is missing; figures that overlap


# --- the worksheet ---------------------------------------------------------------------------------------


def test_a_worksheet_is_the_same_however_often_it_is_written_and_reads_back_whole() -> None:
    for ident, (sheet, text) in list(sheets("round-1").items())[:10]:
        assert worksheet.written(inputs.sheet(pairs("round-1")[ident], None, "a-diallo", None)) == text
        opened = opening.open_(text, "w.md")
        assert [worksheet.sealed(one) for one in opened.questions] == [
            worksheet.sealed(one) for one in sheet.asked.questions
        ]
        assert opening.by_hand(opened) == {"changed": [], "removed": [], "added": []}
        assert opening.ids_of(opened) == {record: list(own) for record, own in sheet.joined.ids.items()}


def test_a_question_shows_the_words_in_their_sentence_and_both_readings() -> None:
    _, text = sheets("round-1")[SMALL]
    assert "  # Q10: figures f9 “plusieurs membres”\n" in text
    assert "et ⟦plusieurs membres⟧ de l’équipage." in text
    assert "    about: f9\n    '1': {of: people}\n    '2': {of: civilians}\n    decision:\n" in text
    assert "    '2': none\n" in text


def test_a_record_in_dispute_stands_below_with_what_all_agree_on() -> None:
    _, text = sheets("round-1")[SMALL]
    assert "\n  f9: {measure: killed, scope: event, event: ev1," in text
    assert "[plusieurs membres]{.f9}" in text
    assert "[7 septembre 2023]" not in text  # where t2 begins is in dispute


def test_what_only_one_looked_up_is_no_dispute() -> None:
    sheet, text = sheets("round-1")[SMALL]
    second = pairs("round-1")[SMALL][1][1]
    assert not any(entity["registry"] for entity in second["entities"])
    assert "name: Mali, registry: mali" in text
    for one in sheet.asked.questions:
        assert not ({"registry", "references"} & set(one.fields)) or one.existence


def test_readings_of_a_record_that_one_lacks_are_the_same_if_only_one_looked_something_up() -> None:
    first, second = (article for _, article in pairs("round-1")[SMALL])
    without = copy.deepcopy(second)
    without["relations"], without["figures"] = [], []
    for one in without["attributions"]:
        one["content"] = [c for c in one["content"] if not c.startswith("f")]
    kept = {one["id"] for one in without["attributions"] if one["content"]}
    for one in without["attributions"]:
        one["content"] = [c for c in one["content"] if c in kept or not c.startswith("a")]
    without["attributions"] = [one for one in without["attributions"] if one["content"]]
    sheet = inputs.sheet([("a", first), ("b", second), ("c", without)], None, "x", None)
    (one,) = (one for one in sheet.asked.questions if one.record == "f1")
    assert first["figures"][0]["references"]
    assert not second["figures"][0]["references"]
    assert [by for by, _ in one.groups()] == [(1, 2), (3,)]
    assert one.proposal() == 1


def test_the_page_on_adjudication_shows_a_worksheet_as_it_is() -> None:
    page = (REPOSITORY / "docs" / "adjudication.md").read_text(encoding="utf-8")
    _, text = sheets("round-1")[SMALL]
    (shown,) = re.findall(r"```yaml\n(.*?)```", page, re.DOTALL)
    assert shown in text
    some = [len(sheet.asked.questions) for sheet, _ in sheets("round-1").values()]
    assert f"there are {sum(some) / len(some):.0f} questions an article" in page
    for place in re.findall(r"`(\w+@[0-9]+(?: nominal)?)`", page):
        words, at = place.removesuffix(" nominal").split("@")
        assert pairs("round-1")[SMALL][0][1]["text"]["content"][int(at) :].startswith(words)


def test_a_worksheet_is_no_annotation(tmp_path: Path) -> None:
    _, text = sheets("round-1")[SMALL]
    path = tmp_path / "w.md"
    path.write_text(text, encoding="utf-8")
    assert is_worksheet(text)
    assert not is_worksheet(textform.mark(pairs("round-1")[SMALL][0][1]))
    with pytest.raises(BilanError) as caught:
        files.read(path)
    assert [one.code for one in caught.value.incidents] == ["B874"]
    assert files.read(tmp_path) == {}


def test_of_three_the_reading_of_two_is_proposed_and_of_two_nothing() -> None:
    first, second = (article for _, article in pairs("round-1")[SMALL])
    two = inputs.sheet([("a", first), ("b", second)], None, None, None)
    assert {one.proposal() for one in two.asked.questions} == {None}
    three = inputs.sheet([("a", first), ("b", second), ("c", copy.deepcopy(second))], None, "x", None)
    assert {one.proposal() for one in three.asked.questions} == {2}
    text = worksheet.written(three)
    assert "    2,3: {of: civilians}\n    decision: 2  # proposed: 2 of 3\n" in text
    assert apart(finish(text).article, three.joined.articles[1]) == []


def test_places_are_words_with_the_offset_where_they_begin() -> None:
    text = "Ten of the 10 men, 10 in all\nwrote a@b@c."
    at = {"start": 11, "end": 13}
    assert notation.place(at, text) == "10@11"
    assert notation.read({"span": "10@11"}, "figures", text) == {"span": at}
    assert notation.read({"span": "men"}, "figures", text) == {"span": {"start": 14, "end": 17}}
    assert (
        notation.read({"mentions": ["men@14 nominal"]}, "entities", text)["mentions"][0]["kind"] == "nominal"
    )
    start = text.index("a@b")
    assert notation.read({"span": f"a@b@c@{start}"}, "figures", text)["span"]["end"] == start + 5
    for odd, said in (
        ("10", "stands at 11, 19"),
        ("10@12", "stand at 11, 19"),
        ("12", "not in the text"),
        (7, "no place"),
    ):
        with pytest.raises(ValueError, match=said):
            notation.read({"span": odd}, "figures", text)


# --- deciding --------------------------------------------------------------------------------------------


def test_nothing_is_finished_while_something_is_undecided_and_all_of_it_is_listed() -> None:
    sheet, text = sheets("round-1")[SMALL]
    incidents = []
    with pytest.raises(BilanError) as caught:
        finish(text.replace("adjudicator: a-diallo", "adjudicator:"))
    incidents = caught.value.incidents
    assert [one.code for one in incidents] == ["B870"] * (1 + len(sheet.asked.questions))
    lines = text.split("\n")
    assert lines[incidents[0].line - 1].startswith("  adjudicator:")
    assert all(lines[one.line - 1] == "    decision:" for one in incidents[1:])


@pytest.mark.parametrize(
    ("odd", "said"),
    [
        ("7", "7 is no reading; there are 1 to 2"),
        ("-1", "no decision"),
        ("1.0", "no decision"),
        ("true", "no decision"),
        ("yes", "no decision"),
        ("[1, 2]", "no decision"),
        ("0+1", "no reading"),
        ("1+2", "they differ in of"),
        ("{of: 3}", "no reading 3"),
        ("{take: 7}", "no reading"),
        ("{take: 1, colour: red}", "no field in question"),
        ("{take: 1, measure: wounded}", "all agree on measure"),
        ("{}", "nothing is said of of"),
    ],
)
def test_what_is_no_decision_is_refused_with_its_line(odd: str, said: str) -> None:
    _, text = sheets("round-1")[SMALL]
    every = dict.fromkeys((f"Q{i}" for i in range(1, 20)), "1")
    with pytest.raises(BilanError) as caught:
        finish(decided(text, {**every, "Q10": odd}))
    (one,) = caught.value.incidents
    assert one.code == "B871"
    assert said in one.message
    assert text.split("\n")[one.line - 2].startswith("    '2': {of: civilians}")


def test_a_reading_may_be_edited_mixed_and_put_together() -> None:
    _, text = sheets("round-1")[SMALL]
    every: Json = dict.fromkeys((f"Q{i}" for i in range(1, 20)), 1)
    gold = finish(
        decided(
            text,
            {
                **every,
                "Q1": "1+2",  # mentions: [] and [Mali@616]
                "Q10": "{of: officials}",
                "Q15": "{take: 1, content: [f8, f9], stance: 2}",
            },
        )
    ).article
    by_id = {one["id"]: one for layer in model.LAYERS for one in gold[layer]}
    assert [mention["start"] for mention in by_id["e1"]["mentions"]] == [0, 616]
    assert by_id["f9"]["of"] == "officials"
    assert (by_id["a7"]["content"], by_id["a7"]["stance"]) == (["f8", "f9"], "states")
    assert [cue["surface"] for cue in by_id["a7"]["cues"]] == ["À l’en croire"]


def test_readings_that_do_not_go_together_are_found_at_their_decision() -> None:
    sheet, text = sheets("round-1")[SMALL]
    every: Json = dict.fromkeys((one.name for one in sheet.asked.questions), 1)
    with pytest.raises(BilanError) as caught:
        finish(decided(text, {**every, "Q13": "1+2"}))  # cues lisait-on and lisait
    (one,) = caught.value.incidents
    assert one.code == "B308"
    assert "decision: 1+2" in one.excerpt


def test_fields_of_the_article_itself_are_asked_too() -> None:
    first, second = (copy.deepcopy(article) for _, article in pairs("round-1")[SMALL])
    second["published"], second["references"] = "2024-09-10", []
    sheet = inputs.sheet([("a", first), ("b", second)], None, "x", None)
    text = worksheet.written(sheet)
    assert (
        "  Q1:\n    about: article\n    '1': {published: '2024-09-09'}\n    '2': {published: '2024-09-10'}\n"
        in text
    )
    every: Json = dict.fromkeys((one.name for one in sheet.asked.questions), 1)
    assert finish(decided(text, {**every, "Q1": 2})).article["published"] == "2024-09-10"
    assert finish(decided(text, {**every, "Q1": "{published: 2024-09}"})).article["published"] == "2024-09"
    assert finish(decided(text, every)).article["references"] == first["references"]
    assert codes(decided(text, {**every, "Q1": 0})) == ["B871"]
    assert codes(decided(text, every).replace("published: null", "published: '2024'")) == ["B871"]


def test_a_label_that_does_not_exist_is_found_at_its_decision() -> None:
    _, text = sheets("round-1")[SMALL]
    every: Json = dict.fromkeys((f"Q{i}" for i in range(1, 20)), 1)
    with pytest.raises(BilanError) as caught:
        finish(decided(text, {**every, "Q10": "{of: knights}"}))
    (one,) = caught.value.incidents
    assert one.code == "B204"
    assert "decision: {of: knights}" in one.excerpt


def dependent() -> tuple[str, str, str, Json]:
    """A worksheet, a question on a figure that points at what only annotator 2 has, the question on that, and all 1."""
    for _, (sheet, text) in sheets("round-1").items():
        asked = {one.record: one for one in sheet.asked.questions}
        every: Json = dict.fromkeys((one.name for one in sheet.asked.questions), 1)
        for one in sheet.asked.questions:
            reading = one.readings[1]
            for target in plain.references(one.layer, reading or {}):
                other = asked.get(target)
                if other is not None and other.readings[0] is None and one.layer == "figures":
                    return text, one.name, other.name, every
    raise AssertionError("the rounds have such a question")


def test_a_decision_takes_along_the_record_that_it_needs() -> None:
    text, figure, event, every = dependent()
    finished = finish(decided(text, {**every, figure: 2, event: None}))
    came = finished.decided.decisions[event]
    assert came.how == "reading"
    assert came.take == (2,)
    opened = opening.open_(decided(text, {**every, figure: 2, event: None}), "w.md")
    asked = {one.name: one.record for one in opened.questions}
    assert came.along == (asked[figure],)
    assert asked[event] in {one["id"] for one in finished.article["events"] + finished.article["entities"]}
    told = history.history(opened, finish(decided(text, {**every, figure: 2, event: None})), "2025-06-01")
    (one,) = (one for one in told["decisions"] if one["question"] == event)
    assert one["needed_by"] == [asked[figure]]


def test_a_decision_for_a_record_that_another_leaves_out_says_what_is_missing() -> None:
    text, figure, event, every = dependent()
    with pytest.raises(BilanError) as caught:
        finish(decided(text, {**every, figure: 2, event: 0}))
    (one,) = caught.value.incidents
    assert one.code == "B872"
    assert figure in one.message
    assert f"which {event} leaves out" in one.message
    assert f"decide 2 at {event}" in one.mend


def test_taking_out_what_agreed_records_point_at_says_who_does() -> None:
    _, text = sheets("round-1")[SMALL]
    every: Json = dict.fromkeys((f"Q{i}" for i in range(1, 20)), 1)
    with pytest.raises(BilanError) as caught:
        finish(decided(text, {**every, "Q9": 0}))  # the event ev2; a13 claims responsibility for it
    assert {one.code for one in caught.value.incidents} == {"B872"}
    assert any("a13 points at ev2, which Q9 leaves out" in one.message for one in caught.value.incidents)


def test_what_is_decided_below_stands_as_it_is_written_there() -> None:
    _, text = sheets("round-1")[SMALL]
    every: Json = dict.fromkeys((f"Q{i}" for i in range(1, 20)), 1)
    text = decided(text, {**every, "Q3": "below", "Q5": "below", "Q10": "below"})
    text = text.replace("le 7 septembre 2023, le «", "le [7 septembre]{.t2} 2023, le «")
    text = text.replace("parlent]{.a5} aujourd’hui de", "parlent]{.a5} [aujourd’hui]{.t11} de")
    text = text.replace("\n  t10: ", "\n  t11: {kind: date, edtf: 2024-09}\n  t10: ")
    text = text.replace("\n  f9: {measure", "\n  f9: {of: women, measure")
    gold = finish(text).article
    by_id = {one["id"]: one for layer in model.LAYERS for one in gold[layer]}
    assert by_id["t2"]["surface"] == "7 septembre"
    assert (by_id["t11"]["surface"], by_id["t11"]["edtf"]) == ("aujourd’hui", "2024-09")
    assert by_id["f9"]["of"] == "women"


def test_a_decision_and_something_else_written_below_are_not_both_taken() -> None:
    _, text = sheets("round-1")[SMALL]
    text = decided(text, 1)
    twice = text.replace("\n  f9: {measure", "\n  f9: {of: women, measure")
    assert codes(twice) == ["B871"]
    span = text.replace("le 7 septembre 2023, le «", "le [7 septembre]{.t2} 2023, le «")
    assert codes(span) == ["B871"]
    record = text.replace("\n  t10: ", "\n  t11: {kind: date, edtf: 2024-09}\n  t10: ")
    assert codes(record) == ["B871"]
    gone = re.sub(r"\n  s15: .*", "", text).replace("a17: {sources: [s15]", "a17: {sources: [s4]")
    assert codes(gone) == ["B871"]


def test_the_body_may_be_edited_freely_and_the_history_says_where() -> None:
    _, text = sheets("round-1")[SMALL]
    text = decided(text, 1)
    text = text.replace("[bateau]{.e2 .nominal} en flammes", "bateau en flammes")  # a mention less
    text = text.replace("\n  rel3: {type: part_of, from: f17, to: f16}", "")
    text = text.replace("des survivants assurent", "des [survivants]{.s77} assurent")
    text = text.replace("\n  s15: ", "\n  s77: {kind: victim, form: group}\n  s15: ")
    opened = opening.open_(text, "w.md")
    finished = finishing.finish(opened)
    assert finished.by_hand == {"changed": ["e2"], "removed": ["rel3"], "added": ["s77"]}
    told = history.history(opened, finished, "2025-06-01")
    assert told["by_hand"] == finished.by_hand
    dated = finish(text.replace("published: '2024-09-09'", "published: '2024-09-10'"))
    assert dated.by_hand["changed"] == ["article", "e2"]
    assert "rel3" not in told["records"]


def test_a_figure_given_by_its_words_alone_has_the_value_of_the_words() -> None:
    first, second = (copy.deepcopy(article) for _, article in pairs("round-1")[SMALL])
    for article in (second,):
        for one in article["attributions"]:
            one["content"] = [c for c in one["content"] if c != "f13"]
        article["attributions"] = [one for one in article["attributions"] if one["content"]]
        article["figures"] = [one for one in article["figures"] if one["id"] != "f13"]
    sheet = inputs.sheet([("a", first), ("b", second)], None, "x", None)
    name = question(sheet, "figures").name
    every: Json = dict.fromkeys((one.name for one in sheet.asked.questions), 1)
    edited = "{span: des dizaines de vies, of: people, measure: killed, scope: context}"
    gold = finish(decided(worksheet.written(sheet), {**every, name: edited})).article
    (figure,) = (one for one in gold["figures"] if one["id"] == "f13")
    assert (figure["low"], figure["high"], figure["modifier"]) == (20, 99, "indefinite")


# --- mishaps of editors ----------------------------------------------------------------------------------


def test_windows_line_ends_and_a_byte_order_mark_do_no_harm(tmp_path: Path) -> None:
    _, text = sheets("round-1")[SMALL]
    plainly = finish(decided(text, 1)).article
    path = tmp_path / "w.md"
    path.write_bytes(b"\xef\xbb\xbf" + decided(text, 1).replace("\n", "\r\n").encode())
    done = desk.finish(path, "2025-06-01")
    assert done.incidents == []
    assert json.loads((tmp_path / f"{SMALL}.json").read_bytes()) == plainly


def test_a_deleted_question_is_missed() -> None:
    _, text = sheets("round-1")[SMALL]
    text = decided(text, 1)
    begin, end = text.index("  Q2:\n"), text.index("  # Q3")
    with pytest.raises(BilanError) as caught:
        finish(text[:begin] + text[end:])
    (one,) = caught.value.incidents
    assert one.code == "B873"
    assert "Q2 is gone" in one.message


def test_an_altered_reading_is_found() -> None:
    _, text = sheets("round-1")[SMALL]
    text = decided(text, 1)
    for old, new in (
        ("'2': {of: civilians}", "'2': {of: women}"),
        ("about: f9", "about: f10"),
        ("'2': {of: civilians}", "'2': {of: civilians, measure: wounded}"),
        ("    '2': {of: civilians}\n", ""),
        ("'1': {span: le 7 septembre 2023@192}", "'1': {span: le 8 septembre 2023@192}"),
        ("'2': {of: civilians}", "'2': {of: civilians}\n    note: women, I think"),
    ):
        assert old in text
        assert codes(text.replace(old, new)) == ["B873"]


def test_a_question_that_was_not_asked_is_refused() -> None:
    _, text = sheets("round-1")[SMALL]
    text = decided(text, 1)
    assert codes(text.replace("decisions:\n", "decisions:\n  Q99:\n    decision: 1\n")) == ["B873"]


def test_a_mended_letter_of_the_text_is_found_in_its_line() -> None:
    _, text = sheets("round-1")[SMALL]
    text = decided(text, 1)
    changed = text.replace("Le commissaire de bord", "Le comissaire de bord")
    with pytest.raises(BilanError) as caught:
        finish(changed)
    (one,) = caught.value.incidents
    assert one.code == "B873"
    assert "comissaire" in changed.split("\n")[one.line - 1]
    assert codes(text + "Encore une ligne.\n") == ["B873"]
    assert codes(text[: text.rindex("\nRegroupés")]) == ["B873"]


def test_altered_annotators_or_origins_are_found() -> None:
    _, text = sheets("round-1")[SMALL]
    text = decided(text, 1)
    assert codes(text.replace("annotator: second-annotator", "annotator: someone-else")) == ["B873"]
    assert codes(text.replace("f9 f9 f9", "f9 f9 f8")) == ["B873"]
    assert codes(re.sub(r"\n  seal: .*", "", text)) == ["B873"]


def test_yaml_that_is_broken_or_says_a_thing_twice_is_told_with_its_line() -> None:
    _, text = sheets("round-1")[SMALL]
    text = decided(text, 1)
    line = "    '2': {of: civilians}\n    decision: 1"
    assert codes(text.replace(line, line + "\n    decision: 2")) == ["B150"]
    assert codes(text.replace(line, line.replace("    decision", "\tdecision"))) == ["B150"]
    assert codes(text.replace(line, line.replace("decision: 1", "decision: {take: 1"))) == ["B150"]
    assert codes(text.replace(line, line.replace("decision: 1", "decision:1"))) == ["B150"]
    assert codes(text.replace("{.f9}", "{.f9")) == ["B152"]


def test_a_question_without_its_decision_line_is_undecided() -> None:
    _, text = sheets("round-1")[SMALL]
    text = decided(text, 1)
    line = "    '2': {of: civilians}\n    decision: 1"
    assert codes(text.replace(line, "    '2': {of: civilians}")) == ["B870"]


def test_a_name_that_cannot_stand_in_an_article_is_refused() -> None:
    _, text = sheets("round-1")[SMALL]
    text = decided(text, 1)
    assert codes(text.replace("adjudicator: a-diallo", "adjudicator: Awa Diallo!")) == ["B871"]
    assert codes(text.replace("adjudicator: a-diallo", "adjudicator: 12")) == ["B871"]


def test_another_id_language_or_version_of_the_guidelines_is_told() -> None:
    _, text = sheets("round-1")[SMALL]
    text = decided(text, 1)
    assert codes(text.replace(f"\nid: {SMALL}", "\nid: ml-2023-09-07-tombouctou.fr.3")) == ["B873"]
    assert codes(text.replace("\nlang: fr", "\nlang: en")) == ["B873"]
    assert codes(text.replace("\n  guidelines: '1.0'", "\n  guidelines: 1.10")) == ["B871"]
    assert finish(text.replace("\n  guidelines: '1.0'", "\n  guidelines: '1.10'")).guidelines == "1.10"


def test_a_seal_of_digits_alone_is_still_a_word(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worksheet, "whole_seal", lambda fixed, annotators: "123456789e01")
    sheet, _ = sheets("round-1")[SMALL]
    assert opening.open_(worksheet.written(sheet), "w.md").origin["seal"] == "123456789e01"


# --- gold and history ------------------------------------------------------------------------------------


def test_the_gold_article_is_signed_by_who_decided() -> None:
    _, text = sheets("round-1")[SMALL]
    gold = finish(decided(text, 1)).article
    for layer in model.LAYERS:
        assert gold["provenance"][layer] == {
            "method": "machine_then_manual",
            "annotator": "a-diallo",
            "guidelines": "1.0",
            "status": "adjudicated",
        }


def test_the_history_holds_every_reading_and_what_was_chosen() -> None:
    sheet, text = sheets("round-1")[SMALL]
    every: Json = dict.fromkeys((one.name for one in sheet.asked.questions), 1)
    text = decided(text, {**every, "Q10": 2, "Q2": "{name: la mairie}", "Q5": 0, "Q18": 2, "Q17": 2})
    opened = opening.open_(text, "w.md")
    finished = finishing.finish(opened)
    told = history.history(opened, finished, "2025-06-01")
    assert told["format"] == "bilan-adjudication-1"
    assert told["article_sha256"] == jsonio.canonical_sha256(finished.article)
    assert [one["provenance"]["annotator"] for one in told["annotators"]] == [
        "bilan-machine-1",
        "second-annotator",
    ]
    by = {one["question"]: one for one in told["decisions"]}
    assert len(by) == len(sheet.asked.questions)
    assert by["Q10"]["readings"] == [
        {"by": [1], "reading": {"of": "people"}},
        {"by": [2], "reading": {"of": "civilians"}},
    ]
    assert (by["Q10"]["decision"], by["Q10"]["chosen"]) == ("reading 2", {"of": "civilians"})
    assert (by["Q2"]["decision"], by["Q2"]["chosen"]) == ("edited", {"name": "la mairie"})
    assert (by["Q5"]["decision"], by["Q5"]["chosen"]) == ("none", None)
    assert by["Q18"]["readings"][0] == {"by": [1], "reading": None}
    assert told["layers"]["figures"] == {"records": 17, "agreed": 16, "decided": {"reading 2": 1}}
    assert told["agreement"]["1 and 2"]["figures: F1"] == 1.0
    assert told["records"]["e10"] == ["e10", "e11"]
    for counts in told["layers"].values():
        assert counts["records"] == counts["agreed"] + sum(counts["decided"].values())


def test_a_withheld_article_is_settled_on_its_text_and_comes_back_withheld(tmp_path: Path) -> None:
    first, second = (article for _, article in pairs("round-1")[SMALL])
    text = first["text"]["content"]
    for name, article in (("a", first), ("b", second)):
        (tmp_path / name).mkdir()
        hidden = withholding.withheld(article, SALT)
        (tmp_path / name / f"{SMALL}.json").write_bytes(jsonio.dumps(hidden))
    (tmp_path / "text.txt").write_text(text, encoding="utf-8")
    places = [str(tmp_path / "a"), str(tmp_path / "b"), "--out", str(tmp_path / "w"), "--by", "x"]
    assert main(["adjudicate", *places]) == 1  # B862: no text
    assert main(["adjudicate", *places, "--hydrate", str(tmp_path / "text.txt")]) == 0
    one = (tmp_path / "w" / f"{SMALL}.md").read_bytes()
    (tmp_path / "w" / f"{SMALL}.md").unlink()
    windows = b"\xef\xbb\xbf" + f"{text}\n".replace("\n", "\r\n").encode()
    (tmp_path / "text.txt").write_bytes(windows)  # as an editor may leave it
    assert main(["adjudicate", *places, "--text", str(tmp_path / "text.txt")]) == 0
    path = tmp_path / "w" / f"{SMALL}.md"
    assert path.read_bytes() == one
    path.write_text(decided(one.decode(), 1), encoding="utf-8")
    assert main(["adjudicate", "--finish", str(path)]) == 0
    gold = json.loads((tmp_path / "w" / f"{SMALL}.json").read_bytes())
    hidden = json.loads((tmp_path / "a" / f"{SMALL}.json").read_bytes())
    for layer in model.LAYERS:
        assert gold[layer] == hidden[layer]
    assert gold["text"] == hidden["text"]
    told = (tmp_path / "w" / f"{SMALL}.history.json").read_text(encoding="utf-8")
    assert "septembre 2023" not in told
    assert "plusieurs membres" not in told
    assert "@192-211" in told


def test_another_text_than_the_withheld_one_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    first = pairs("round-1")[SMALL][0][1]
    for name in ("a.json", "b.json"):
        (tmp_path / name).write_bytes(jsonio.dumps(withholding.withheld(first, SALT)))
    (tmp_path / "text.txt").write_text("something else", encoding="utf-8")
    some = [str(tmp_path / "a.json"), str(tmp_path / "b.json"), "--text", str(tmp_path / "text.txt")]
    assert main(["adjudicate", *some, "--out", str(tmp_path)]) == 1
    told = capsys.readouterr()
    assert "B306" in told.err
    assert told.out == ""  # no worksheet, and nothing to keep to oneself


# --- the command -----------------------------------------------------------------------------------------


@pytest.fixture
def desk_of_two(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two annotators, two articles each."""
    for name in ("first", "second"):
        (tmp_path / name).mkdir()
        for ident in (SMALL, "bf-2021-11-14-inata.fr.1"):
            source = ROUNDS / "round-1" / name / f"{ident}.md"
            (tmp_path / name / f"{ident}.md").write_bytes(source.read_bytes())
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_from_two_folders_to_gold_articles(desk_of_two: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["adjudicate", "first", "second", "--by", "a-diallo"]) == 0
    assert "2 of 2 to settle" in capsys.readouterr().out
    path = desk_of_two / "adjudication" / f"{SMALL}.md"
    path.write_text(decided(path.read_text(encoding="utf-8"), 1), encoding="utf-8")
    assert main(["adjudicate", "--finish", "adjudication", "--date", "2025-06-01"]) == 1
    out, err = capsys.readouterr()
    assert f"wrote adjudication/{SMALL}.json and adjudication/{SMALL}.history.json: 19 decisions" in out
    assert "1 of 2 finished" in out
    story, lang, number = SMALL.split(".")
    assert f"({SMALL}: {story[:2]}/{story[3:]}/{lang}-{number}.json)" in out
    assert "B870" in err
    assert json.loads((path.parent / f"{SMALL}.history.json").read_bytes())["date"] == "2025-06-01"
    # the same command on the worksheet, another day: nothing new
    before = {file.name: file.read_bytes() for file in path.parent.iterdir()}
    assert main(["adjudicate", f"adjudication/{SMALL}.md", "--date", "2025-07-01"]) == 0
    assert {file.name: file.read_bytes() for file in path.parent.iterdir()} == before


def test_a_worksheet_that_was_begun_is_never_overwritten(
    desk_of_two: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["adjudicate", "first", "second"])
    path = desk_of_two / "adjudication" / f"{SMALL}.md"
    begun = path.read_text(encoding="utf-8").replace("    decision:\n", "    decision: 2\n", 3)
    path.write_text(begun, encoding="utf-8")
    capsys.readouterr()
    assert main(["adjudicate", "first", "second", "--force"]) == 0
    assert f"kept adjudication/{SMALL}.md: 3 of 19 decided" in capsys.readouterr().out
    assert path.read_text(encoding="utf-8") == begun
    assert main(["adjudicate", "first", "second", "--by", "a-diallo"]) == 0
    assert (
        "it names no adjudicator, which you change in it, not with --by a-diallo" in capsys.readouterr().out
    )
    assert path.read_text(encoding="utf-8") == begun
    path.write_text(begun.replace("decisions:\n", "decisions: [\n"), encoding="utf-8")  # broken meanwhile
    assert main(["adjudicate", "first", "second"]) == 0
    assert "needs mending" in capsys.readouterr().out
    path.write_text(begun, encoding="utf-8")
    assert main(["adjudicate", "second", "first", "--force"]) == 1  # other readings: 1 is 2 and 2 is 1
    assert "B808" in capsys.readouterr().err
    assert path.read_text(encoding="utf-8") == begun
    path.write_text("my notes", encoding="utf-8")
    assert main(["adjudicate", "first", "second", "--force"]) == 1
    assert path.read_text(encoding="utf-8") == "my notes"


def test_a_gold_article_that_was_worked_on_is_overwritten_by_force_only(
    desk_of_two: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["adjudicate", f"first/{SMALL}.md", f"second/{SMALL}.md", "--by", "x"])
    path = desk_of_two / "adjudication" / f"{SMALL}.md"
    text = path.read_text(encoding="utf-8")
    path.write_text(decided(text, 1), encoding="utf-8")
    assert main(["adjudicate", "--finish", str(path)]) == 0
    path.write_text(decided(text, 2), encoding="utf-8")
    gold = path.with_name(f"{SMALL}.json").read_bytes()
    assert main(["adjudicate", "--finish", str(path)]) == 1
    assert "B808" in capsys.readouterr().err
    assert path.with_name(f"{SMALL}.json").read_bytes() == gold
    assert main(["adjudicate", "--finish", str(path), "--force"]) == 0
    assert path.with_name(f"{SMALL}.json").read_bytes() != gold
    assert path.read_text(encoding="utf-8") == decided(text, 2)


def test_bad_arguments_are_told_not_traced(desk_of_two: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["adjudicate", "first"]) == 1
    assert "B874" in capsys.readouterr().err
    assert main(["adjudicate", "first", "nowhere"]) == 1
    assert "B112" in capsys.readouterr().err
    (desk_of_two / "empty").mkdir()
    assert main(["adjudicate", "first", "empty"]) == 1
    assert "B810" in capsys.readouterr().err
    assert main(["adjudicate", "--finish", "empty"]) == 1
    assert "B112" in capsys.readouterr().err
    assert main(["adjudicate", "--finish", f"first/{SMALL}.md"]) == 1
    assert "B873" in capsys.readouterr().err
    (desk_of_two / "gold.json").write_text("{}", encoding="utf-8")
    assert main(["adjudicate", "--finish", "gold.json"]) == 1
    assert "gold.json: B112 this is no worksheet" in capsys.readouterr().err
    assert main(["adjudicate", "first", "second", "--text", f"first/{SMALL}.md"]) == 1
    assert "B874" in capsys.readouterr().err
    assert main(["adjudicate", "first", "second", "--by", "Awa Diallo"]) == 2
    assert main(["adjudicate", "first", "second", "--date", "yesterday"]) == 2
    assert main(["adjudicate", "first", "second", "--guidelines", "new"]) == 2


def test_annotations_of_different_texts_are_not_settled(
    desk_of_two: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = desk_of_two / "second" / f"{SMALL}.md"
    path.write_text(path.read_text(encoding="utf-8") + "Une ligne.\n", encoding="utf-8")
    assert main(["adjudicate", "first", "second"]) == 1
    out, err = capsys.readouterr()
    assert "B810" in err
    assert "1 of 2 to settle" in out  # the other is not held up


def test_the_ids_of_the_first_annotation_stay_and_new_ones_are_numbered_on() -> None:
    first, second = (article for _, article in pairs("round-1")[SMALL])
    joined = joining.join([first, second])
    assert joined.articles[0] == first
    new = [ident for ident, own in joined.ids.items() if own[0] is None]
    taken = {one["id"] for layer in model.LAYERS for one in first[layer]}
    assert new
    assert not taken & set(new)
    assert deciding.BELOW == "below"
