"""Agreement between two annotations: what is counted, what it comes to, and that public scorers say the same."""

from __future__ import annotations

import copy
import json
import math
import random
import shutil
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from bilan import model, sampling, segment, textform
from bilan.__main__ import main
from bilan.agreement import align, compare, coreference, files, measures, readings, rounds, rows
from bilan.incidents import BilanError
from conftest import FIXTURES, REPOSITORY, articles_of

Json = dict[str, Any]


@pytest.fixture(scope="module")
def originals() -> list[Json]:
    every = articles_of(REPOSITORY / "corpus").values()
    return [article for article in every if article["text"]["access"] == "open"][:24]


def second(article: Json, seed: int) -> Json:
    """Another annotation of the same text, as it might be: things missed, moved by a token, called otherwise."""
    draw = random.Random(f"{seed}/{article['id']}")
    out = copy.deepcopy(article)
    for figure in list(out["figures"]):
        if draw.random() < 0.1:
            _drop(out, figure["id"])
            continue
        if draw.random() < 0.15:
            _move(out, figure)
        if draw.random() < 0.2:
            figure["of"] = draw.choice(("people", "civilians", "soldiers"))
        if draw.random() < 0.1:
            figure["low"] += draw.randrange(1, 20)
    for entity in out["entities"]:
        entity["mentions"] = [m for m in entity["mentions"] if draw.random() > 0.1] or entity["mentions"][:1]
        if draw.random() < 0.1:
            entity["type"] = draw.choice(("person", "organization", "armed_group"))
    if len(out["entities"]) > 2:  # two clusters taken for one, and one torn in two
        first, other = out["entities"][:2]
        first["mentions"] += other["mentions"]
        other["mentions"] = []
        longest = max(out["entities"], key=lambda e: len(e["mentions"]))
        torn = copy.deepcopy(longest)
        torn["id"], torn["mentions"] = "e999", longest["mentions"][1::2]
        longest["mentions"] = longest["mentions"][::2]
        out["entities"].append(torn)
    for attribution in out["attributions"]:
        if draw.random() < 0.2:
            attribution["stance"] = draw.choice(("states", "claims", "denies"))
        if draw.random() < 0.1:
            attribution["content"] = attribution["content"][:1]
    return out


def _drop(article: Json, ident: str) -> None:
    article["figures"] = [f for f in article["figures"] if f["id"] != ident]
    article["relations"] = [r for r in article["relations"] if ident not in (r["from"], r["to"])]
    gone = {ident}
    while gone:  # a statement about nothing is none; nor is a report of it
        for attribution in article["attributions"]:
            attribution["content"] = [c for c in attribution["content"] if c not in gone]
        gone = {a["id"] for a in article["attributions"] if not a["content"]}
        article["attributions"] = [a for a in article["attributions"] if a["content"]]


def _move(article: Json, figure: Json) -> None:
    """The end to another token, where no other figure stands in the way."""
    tokens = segment.tokens(article["text"]["content"], article["lang"], figure["start"], figure["end"])
    if len(tokens) > 1:
        figure["end"] = tokens[-2][1]


def both(originals: list[Json], seed: int = 1) -> list[tuple[Json, Json]]:
    return [(article, second(article, seed)) for article in originals]


def row(found: list[measures.Row], section: str, name: str, measure: str) -> measures.Row:
    (one,) = [r for r in found if (r.section, r.name, r.measure) == (section, name, measure)]
    return one


# --- what it comes to ------------------------------------------------------------------------------------


def test_an_annotation_agrees_with_itself(originals: list[Json]) -> None:
    found = rows([compare(a, a) for a in originals], draws=20)
    assert {r.value for r in found if not math.isnan(r.value)} == {1.0}
    assert {r.section for r in found} == {
        "spans", "labels", "values", "links", "coreference", "records per article",
    }  # fmt: skip
    assert [item for a in originals for item in compare(a, a).items] == []


def test_agreement_does_not_depend_on_who_comes_first(originals: list[Json]) -> None:
    pairs = both(originals)
    forth = rows([compare(a, b) for a, b in pairs], draws=0)
    back = rows([compare(b, a) for a, b in pairs], draws=0)
    for one, other in zip(forth, back, strict=True):
        assert (one.ours, one.theirs, one.both) == (other.theirs, other.ours, other.both), one
        assert one.value == pytest.approx(other.value, nan_ok=True), one


def test_what_only_one_has_is_told_by_id_and_words(originals: list[Json]) -> None:
    article = originals[0]
    other = copy.deepcopy(article)
    gone = other["figures"][0]
    _drop(other, gone["id"])
    items = [item for item in compare(article, other).items if item.layer == "figures"]
    assert [(item.words, item.ours, item.theirs) for item in items] == [(gone["surface"], gone["id"], "")]


def test_a_link_counts_only_with_both_ends(valid: Path) -> None:
    article = articles_of(valid)["xx/2024-03-01-tessara/en-1.json"]
    other = copy.deepcopy(article)
    other["figures"][2]["event"] = "ev2"
    found = compare(article, other)
    total = len([f for f in article["figures"] if f["event"]])
    assert found.links["figure → event"] == (total, total, total - 1, total, total)
    _drop(other, "f4")
    found = compare(article, other)
    assert found.links["figure → event"] == (total, total - 1, total - 2, total - 1, total - 1)


def test_ids_do_not_matter_words_do(originals: list[Json]) -> None:
    article = originals[0]
    text = json.dumps(article)
    for layer, prefix in (("figures", "f"), ("entities", "e"), ("sources", "s")):
        for i in range(len(article[layer]), 0, -1):
            text = text.replace(f'"{prefix}{i}"', f'"{prefix}{i + 200}"')
    found = compare(article, json.loads(text))
    assert all(
        counts[0] == counts[1] == counts[2] for counts in (*found.spans.values(), *found.links.values())
    )


def test_two_speakers_without_words_are_told_apart_by_what_they_say() -> None:
    form = (FIXTURES / "valid" / "fr-1.md").read_text(encoding="utf-8")
    article = textform.unmark(form)
    assert align.records(article, article)["sources"] == {"s1": "s1", "s2": "s2"}


def test_intervals_hold_the_value_and_are_the_same_every_time(originals: list[Json]) -> None:
    found = [compare(a, b) for a, b in both(originals)]
    first, again = rows(found, draws=200), rows(found, draws=200)
    assert first == again
    for one in first:
        if not math.isnan(one.low):
            assert one.low - 1e-9 <= one.value <= one.high + 1e-9 or one.section in ("labels", "values"), one
    assert row(first, "spans", "figures", "F1 exact").low < row(first, "spans", "figures", "F1 exact").high


def test_other_texts_are_refused(originals: list[Json]) -> None:
    with pytest.raises(BilanError, match="B810"):
        compare(originals[0], originals[1])


# --- public scorers --------------------------------------------------------------------------------------


@pytest.mark.oracle
def test_exact_spans_are_those_of_seqeval(originals: list[Json]) -> None:
    from seqeval.metrics import f1_score

    pairs = both(originals)

    def tags(article: Json) -> list[str]:
        out = []
        for start, _ in segment.tokens(article["text"]["content"], article["lang"]):
            inside = [f for f in article["figures"] if f["start"] <= start < f["end"]]
            out.append(("B-FIG" if inside[0]["start"] == start else "I-FIG") if inside else "O")
        return out

    expected = f1_score([tags(a) for a, _ in pairs], [tags(b) for _, b in pairs])
    found = row(rows([compare(a, b) for a, b in pairs], draws=0), "spans", "figures", "F1 exact")
    assert found.value == pytest.approx(expected)
    assert 0.5 < found.value < 1


@pytest.mark.oracle
@pytest.mark.parametrize("name", ["figures.of", "attributions.stance", "mentions.type", "figures.modifier"])
def test_alpha_of_labels_is_that_of_krippendorff(originals: list[Json], name: str) -> None:
    import krippendorff

    found = [compare(a, b) for a, b in both(originals)]
    pairs: Counter[tuple[str, str]] = sum((c.labels[name] for c in found), Counter())
    known = sorted({label for pair in pairs for label in pair})
    units = [(known.index(a), known.index(b)) for (a, b), n in pairs.items() for _ in range(n)]
    expected = krippendorff.alpha(
        reliability_data=np.array(units).T,
        level_of_measurement="nominal",
        value_domain=list(range(len(known))),
    )
    assert row(rows(found, draws=0), "labels", name, "alpha").value == pytest.approx(expected)


@pytest.mark.oracle
def test_alpha_of_values_is_that_of_krippendorff(originals: list[Json]) -> None:
    import krippendorff

    found = [compare(a, b) for a, b in both(originals)]
    values = np.array([[a["low"], b["low"]] for c in found for a, b in c.values], dtype=float).T
    table = rows(found, draws=0)
    for name, data in (("low", values), ("log(1 + low)", np.log1p(values))):
        expected = krippendorff.alpha(reliability_data=data, level_of_measurement="interval")
        assert row(table, "values", name, "alpha interval").value == pytest.approx(expected)


@pytest.mark.oracle
def test_coreference_scores_are_those_of_scorch(originals: list[Json]) -> None:
    from scorch import scores

    public = {"MUC": scores.muc, "B³": scores.b_cubed, "CEAF-e": scores.ceaf_e}
    for a, b in both(originals):
        ours, theirs = (
            [frozenset(align.place(m) for m in e["mentions"]) for e in x["entities"] if e["mentions"]]
            for x in (a, b)
        )
        seen: set[Any] = set()
        if any(place in seen or seen.add(place) for cluster in ours for place in cluster):
            continue  # a place with two entities: scorers know of none
        counts = coreference.scores(ours, theirs)
        for measure, score in public.items():
            *_, expected = score([set(c) for c in ours], [set(c) for c in theirs])
            found = coreference.f1(counts[measure])
            if math.isnan(found):  # nothing to link on either side: for a scorer 0, for us nothing to measure
                found = 0.0
            assert found == pytest.approx(expected), (a["id"], measure)


def test_the_conll_score_is_the_mean_of_three(originals: list[Json]) -> None:
    found = rows([compare(a, b) for a, b in both(originals)], draws=0)
    three = [row(found, "coreference", "entities", m).value for m in coreference.MEASURES]
    assert row(found, "coreference", "entities", "CoNLL F1").value == pytest.approx(sum(three) / 3)
    assert 0.5 < min(three) < 1


def test_a_known_case_of_coreference() -> None:
    """The example of the paper on B³: one cluster of five torn, two joined (Bagga & Baldwin 1998)."""
    key = [frozenset("12345"), frozenset("67"), frozenset("89ABC")]
    response = [frozenset("12345"), frozenset("6789ABC")]
    counts = coreference.scores(key, response)
    recall, precision = counts["MUC"][0] / counts["MUC"][1], counts["MUC"][2] / counts["MUC"][3]
    assert (recall, precision) == (1.0, 0.9)
    assert counts["B³"][2] / counts["B³"][3] == pytest.approx(0.76, abs=0.005)


# --- the commands ----------------------------------------------------------------------------------------


def test_agree_reads_json_and_text_forms_and_groups(
    tmp_path: Path, originals: list[Json], capsys: pytest.CaptureFixture[str]
) -> None:
    for article in originals[:4]:
        other = second(article, 3)
        other["entities"] = article["entities"]
        (tmp_path / "b").mkdir(exist_ok=True)
        (tmp_path / "b" / f"{article['id']}.json").write_text(json.dumps(other), encoding="utf-8")
    form = textform.mark(originals[0])
    (tmp_path / "b" / f"{originals[0]['id']}.json").unlink()
    (tmp_path / "b" / "one.md").write_text(form, encoding="utf-8")
    (tmp_path / "b" / "GUIDELINES.md").write_text("# Rules\n", encoding="utf-8")
    options = ["--by", "lang,style", "--worst", "2", "--draws", "20"]
    assert main(["agree", str(REPOSITORY / "corpus"), str(tmp_path / "b"), *options]) == 0
    out = capsys.readouterr().out
    assert "== 4 articles" in out
    assert "== lang " in out
    assert "articles that agree least" in out
    assert main(["agree", str(REPOSITORY / "corpus"), str(tmp_path / "b"), "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out)["articles"] == sorted(a["id"] for a in originals[:4])


def test_a_text_form_with_line_ends_of_windows_is_not_passed_over_in_a_folder(tmp_path: Path) -> None:
    source = REPOSITORY / "corpus/agreement/round-2/second/bf-2021-06-05-solhan.fr.2.md"
    windows = b"\xef\xbb\xbf" + source.read_bytes().replace(b"\n", b"\r\n")
    (tmp_path / "solhan.md").write_bytes(windows)
    (tmp_path / "GUIDELINES.md").write_bytes(b"# Guidelines\r\n")
    assert files.read(tmp_path) == files.read(source)


def test_agree_says_what_is_wrong(tmp_path: Path, valid: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "empty").mkdir()
    assert main(["agree", str(valid), str(tmp_path / "empty")]) == 1
    assert "B810" in capsys.readouterr().err
    assert main(["agree", str(valid), str(tmp_path / "nowhere")]) == 1
    assert "B112" in capsys.readouterr().err
    assert main(["agree", str(valid), str(valid), "--by", "weather"]) == 2


def test_without_scipy_agree_names_the_extra(monkeypatch: pytest.MonkeyPatch, originals: list[Json]) -> None:
    import sys

    monkeypatch.setitem(sys.modules, "scipy.optimize", None)
    with pytest.raises(BilanError, match="B809"):
        compare(originals[0], originals[0])


def test_a_sample_is_spread_and_reproducible(originals: list[Json]) -> None:
    every = list(articles_of(REPOSITORY / "corpus").values())
    chosen = sampling.draw(every, 20, "0123abcd")
    assert chosen == sampling.draw(reversed(every), 20, "0123abcd")
    assert len(set(chosen)) == 20
    assert chosen != sampling.draw(every, 20, "0123abce")
    langs = Counter(ident.split(".")[1] for ident in chosen)
    assert abs(langs["fr"] - langs["en"]) <= 4
    assert not set(sampling.draw(every, 20, "0123abcd", chosen)) & set(chosen)
    with pytest.raises(ValueError, match="asked for"):
        sampling.draw(every, 10_000, "0123abcd")


def test_a_laid_out_sample_shows_the_text_and_nothing_else(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "bare"
    assert (
        main(["sample", "3", "--seed", "abc", "--to", str(folder), "--corpus", str(REPOSITORY / "corpus")])
        == 0
    )
    chosen = capsys.readouterr().out.split()
    assert {path.name for path in folder.iterdir()} == {"GUIDELINES.md", *(f"{ident}.md" for ident in chosen)}
    for ident, article in files.read(folder).items():
        original = next(a for a in articles_of(REPOSITORY / "corpus").values() if a["id"] == ident)
        assert article["text"] == original["text"]
        assert all(article[layer] == [] for layer in model.LAYERS)
    assert main(["sample", "3", "--seed", "abc", "--to", str(folder)]) == 1  # never over begun work


# --- what the corpus keeps of them ------------------------------------------------------------------------


def test_the_rounds_of_this_repository_are_of_the_same_texts_and_sound() -> None:
    folders = [f.parent for f in sorted((REPOSITORY / "corpus" / "agreement").glob("*/second"))]
    assert [f.name for f in folders] == ["round-1", "round-2", "wild-1"]
    for folder in folders:
        first, second = files.read(folder / "first"), files.read(folder / "second")
        assert first.keys() == second.keys()
        for ident, article in first.items():
            assert article["text"]["sha256"] == second[ident]["text"]["sha256"]


def test_a_second_annotation_of_a_withheld_text_shows_no_word_of_it() -> None:
    for path in sorted((REPOSITORY / "corpus" / "agreement").glob("wild-*/second/*.json")):
        article = json.loads(path.read_bytes())
        assert article["text"]["access"] == "withheld"
        assert not any("surface" in at.span for at in model.spans(article)), path


def test_the_table_of_rounds_has_a_line_for_every_layer_and_a_value_for_every_round(tmp_path: Path) -> None:
    source = REPOSITORY / "corpus" / "agreement" / "round-1"
    for side in ("first", "second"):
        (tmp_path / "agreement" / "round-1" / side).mkdir(parents=True)
        for path in sorted((source / side).glob("*.md"))[:3]:
            shutil.copy(path, tmp_path / "agreement" / "round-1" / side)
    head, lines = rounds.table(rounds.read(tmp_path))
    assert head[3:] == ["round-1: 3 articles, ours / theirs", "value (95 %)"]
    assert {line[1] for line in lines} >= {
        "names",
        "figures",
        "cues",
        "figures.of",
        "low and high",
        "entities",
    }
    assert all(len(line) == len(head) for line in lines)
    assert rounds.read(tmp_path / "nowhere") == {}


def test_readings_are_summed_by_layer_and_a_broken_line_is_named(tmp_path: Path) -> None:
    folder = tmp_path / "agreement" / "readings"
    folder.mkdir(parents=True)
    layers = {layer: [10, 1] for layer in readings.LAYERS}
    rows = [{"article": f"a{i}", "layers": {**layers, "times": [5, i]}, "found": []} for i in (0, 1)]
    (folder / "1-x.jsonl").write_text("".join(json.dumps(r) + "\n" for r in rows), encoding="utf-8")
    _, lines = readings.table(readings.read(tmp_path))
    assert ["entities", "2 of 20 (10.0%)"] in lines
    assert ["times", "1 of 10 (10.0%)"] in lines
    (folder / "2-y.jsonl").write_text('{"article": "a1", "layers": {}}\n', encoding="utf-8")
    with pytest.raises(BilanError, match="B206"):
        readings.read(tmp_path)


def test_every_open_article_of_this_repository_was_read_by_an_opponent() -> None:
    read = {row["article"] for row in readings.read(REPOSITORY / "corpus")["1-opponent"]}
    every = {a["id"] for a in articles_of(REPOSITORY / "corpus").values() if a["text"]["access"] == "open"}
    assert every == read
