"""A difference names exactly what was edited, by id and place, and what it demands of the version number."""

from __future__ import annotations

import copy
import hashlib
import json
import random
import shutil
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bilan import build, corpus, diffing, history, jsonio, model, operands, releases
from bilan.__main__ import main
from bilan.corpus import Corpus
from bilan.diffing import Diff, DocumentChange, form, report, rule
from bilan.diffing.carry import Carrier
from bilan.incidents import BilanError
from conftest import FIXTURES, REPOSITORY
from test_history import STORY, clone, commit, edit, git  # noqa: F401

Json = dict[str, Any]
FRENCH, ENGLISH, WITHHELD = (f"{STORY}.{tail}" for tail in ("fr.1", "en.1", "en.2"))
PLACE = "xx/2024-03-01-tessara"
seeds = st.integers(0, 2**32)


@cache
def real() -> Corpus:
    return corpus.read(REPOSITORY / "corpus")


@pytest.fixture
def small() -> Corpus:
    return corpus.read(FIXTURES / "valid" / "corpus")


def copied(data: Corpus) -> Corpus:
    return Corpus(*(json.loads(json.dumps(part)) for part in (data.articles, data.stories, data.registry)))


def one_of(ident: str, data: Corpus) -> Corpus:
    """A corpus with one article, its story, and of each registry the first entries."""
    article = data.articles[ident]
    registry = {kind: {**document, kind: document[kind][:3]} for kind, document in data.registry.items()}
    return copied(Corpus({ident: article}, {article["story"]: data.stories[article["story"]]}, registry))


def between(old: Corpus, new: Corpus) -> DocumentChange:
    """The change of the one article that differs."""
    diff = diffing.compare(old, new)
    assert (diff.stories, diff.registry, diff.released, diff.reshaped) == ((), (), (), ())
    (change,) = diff.articles
    return change


def told(change: DocumentChange) -> list[tuple[str, str, str | None, str | None, tuple[str, ...]]]:
    """The records of a change: layer, kind, ids, changed fields."""
    return [
        (r.layer, r.kind, r.old_id, r.new_id, tuple(one.field for one in r.changes)) for r in change.records
    ]


# --- edits ------------------------------------------------------------------------------------------------


def insert(article: Json, at: int, words: str) -> None:
    """Puts words into the text and moves what stands behind them."""
    text = article["text"]
    text["content"] = text["content"][:at] + words + text["content"][at:]
    text["length"] = len(text["content"])
    text["sha256"] = hashlib.sha256(text["content"].encode()).hexdigest()
    for found in list(model.spans(article)):
        for edge in ("start", "end"):
            if found.span[edge] > at or (edge == "start" and found.span[edge] == at):
                found.span[edge] += len(words)


def renumber(article: Json, layer: str, new_ids: dict[str, str]) -> None:
    """Gives the records of a layer other ids, wherever they are named."""
    references = list(model.references(article))
    for record in article[layer]:
        record["id"] = new_ids[record["id"]]
    for path, target, layers in references:
        if target in new_ids and layer in layers:
            place: Any = article
            for step in path[:-1]:
                place = place[step]
            place[path[-1]] = new_ids[target]


def shuffle(article: Json, chance: random.Random) -> None:
    """Puts the records of every layer, and the lists inside them, in another order."""
    for layer in model.LAYERS:
        chance.shuffle(article[layer])
        for record in article[layer]:
            for field, value in record.items():
                if isinstance(value, list) and field != "anchor":  # before and after: no mere list
                    chance.shuffle(value)


def new_value(article: Json, chance: random.Random) -> str | None:
    """Changes the value of one figure; returns its id."""
    if not article["figures"]:
        return None
    figure = chance.choice(article["figures"])
    figure["low"] += 1
    return str(figure["id"])


def shuffled_ids(article: Json, layer: str, chance: random.Random) -> dict[str, str]:
    ids = [record["id"] for record in article[layer]]
    return dict(zip(ids, chance.sample(ids, len(ids)), strict=True))


def has_twins(article: Json, layer: str) -> bool:
    """Whether two records of a layer are equal but for their ids: then nobody can say which is which."""
    bare = [form.normal(record, layer, lambda _, value: value, frozenset()) for record in article[layer]]
    return len(set(bare)) < len(bare)


drawn = st.tuples(st.sampled_from(sorted(real().articles)), seeds)


@settings(max_examples=25, deadline=None)
@given(drawn)
def test_a_copy_differs_in_nothing(case: tuple[str, int]) -> None:
    old = one_of(case[0], real())
    diff = diffing.compare(old, copied(old))
    assert not diff
    assert diff == Diff()


def test_the_whole_corpus_differs_from_a_copy_in_nothing() -> None:
    assert not diffing.compare(real(), copied(real()))


@settings(max_examples=25, deadline=None)
@given(drawn)
def test_another_value_is_found_and_nothing_else(case: tuple[str, int]) -> None:
    old = one_of(case[0], real())
    new = copied(old)
    figure = new_value(new.articles[case[0]], random.Random(case[1]))
    if figure is not None:
        change = between(old, new)
        assert told(change) == [("figures", "changed", figure, figure, ("value",))]
        assert (change.text, change.shifts, change.reordered, change.changes) == ((), (), (), ())


@settings(max_examples=25, deadline=None)
@given(drawn, st.sampled_from(["x", "Update. ", "A first paragraph.\n\n", "41 soldats "]))
def test_words_put_in_at_the_top_change_no_record(case: tuple[str, int], words: str) -> None:
    old = one_of(case[0], real())
    article = old.articles[case[0]]
    if article["text"]["access"] == "open":
        new = copied(old)
        insert(new.articles[case[0]], 0, words)
        change = between(old, new)
        assert change.records == change.changes == change.reordered == ()
        assert len(change.text) == 1
        (shift,) = change.shifts
        assert (shift.by, shift.spans) == (len(words), len(list(model.spans(article))))


@settings(max_examples=25, deadline=None)
@given(drawn)
def test_a_sentence_put_in_between_paragraphs_changes_no_record(case: tuple[str, int]) -> None:
    old = one_of(case[0], real())
    article = old.articles[case[0]]
    breaks = [
        i + 2
        for i in range(len(article["text"].get("content", "")))
        if article["text"]["content"][i : i + 2] == "\n\n"
    ]
    if breaks:
        at = random.Random(case[1]).choice(breaks)
        new = copied(old)
        insert(new.articles[case[0]], at, "Nobody had expected this.\n\n")
        change = between(old, new)
        assert change.records == ()
        assert [(one.old, one.new) for one in change.text] == [("", "Nobody had expected this.\n\n")]
        behind = sum(found.span["start"] >= at for found in model.spans(article))
        assert sum(shift.spans for shift in change.shifts) == behind


@settings(max_examples=50, deadline=None)
@given(drawn, st.sampled_from(model.LAYERS))
def test_other_ids_are_a_renumbering_and_change_nothing(case: tuple[str, int], layer: str) -> None:
    old = one_of(case[0], real())
    new = copied(old)
    article = new.articles[case[0]]
    new_ids = shuffled_ids(article, layer, random.Random(case[1]))
    other = {ident: new_id for ident, new_id in new_ids.items() if ident != new_id}
    if other and not has_twins(article, layer):
        renumber(article, layer, new_ids)
        change = between(old, new)
        assert {r.old_id: r.new_id for r in change.records} == other
        assert {(r.layer, r.kind) for r in change.records} == {(layer, "renumbered")}
        assert (change.text, change.changes, change.reordered) == ((), (), ())


@settings(max_examples=25, deadline=None)
@given(drawn)
def test_another_order_is_no_change_of_any_record(case: tuple[str, int]) -> None:
    old = one_of(case[0], real())
    new = copied(old)
    shuffle(new.articles[case[0]], random.Random(case[1]))
    if new.articles != old.articles:
        change = between(old, new)
        assert change.records == change.changes == change.text == ()
        assert change.reordered


@settings(max_examples=25, deadline=None)
@given(drawn, st.sampled_from(["zones", "attributions", "relations"]))
def test_a_record_that_is_taken_out_is_removed_and_put_in_is_added(case: tuple[str, int], layer: str) -> None:
    old = one_of(case[0], real())
    new = copied(old)
    article = new.articles[case[0]]
    named = {target for _, target, _ in model.references(article)}
    free = [i for i, record in enumerate(article[layer]) if record["id"] not in named]
    if free:
        taken = article[layer].pop(random.Random(case[1]).choice(free))["id"]
        assert told(between(old, new)) == [(layer, "removed", taken, None, ())]
        assert told(between(new, old)) == [(layer, "added", None, taken, ())]


@settings(max_examples=25, deadline=None)
@given(drawn)
def test_all_of_these_at_once_are_told_apart(case: tuple[str, int]) -> None:
    old = one_of(case[0], real())
    new = copied(old)
    article, chance = new.articles[case[0]], random.Random(case[1])
    if article["text"]["access"] == "withheld" or any(has_twins(article, layer) for layer in model.LAYERS):
        return
    figure = new_value(article, chance)
    ids = {}
    for layer in model.LAYERS:
        ids[layer] = shuffled_ids(article, layer, chance)
        renumber(article, layer, ids[layer])
    shuffle(article, chance)
    insert(article, 0, "Later: ")
    change = between(old, new)
    assert [one.new for one in change.text] == ["Later: "]
    found = {(r.layer, r.kind, r.old_id, r.new_id) for r in change.records}
    expected = {
        (layer, "renumbered", ident, new_id)
        for layer, some in ids.items()
        for ident, new_id in some.items()
        if ident != new_id and ident != figure
    }
    if figure is not None:
        expected.add(("figures", "changed", figure, ids["figures"][figure]))
    assert found == expected


SWAPPED = {"added": "removed", "removed": "added"}


@settings(max_examples=25, deadline=None)
@given(drawn, drawn)
def test_every_record_of_both_sides_is_accounted_for_once(
    one: tuple[str, int], other: tuple[str, int]
) -> None:
    """Two articles that have nothing in common but their id are the hardest case."""
    old = one_of(one[0], real())
    own = {key: old.articles[one[0]][key] for key in ("id", "story", "added_in")}
    new = copied(old)
    new.articles[one[0]] = {**json.loads(json.dumps(real().articles[other[0]])), **own}
    diff = diffing.compare(old, new)
    assert bool(diff) == (old.articles != new.articles)
    for change in diff.articles:
        for layer in model.LAYERS:
            some = [record for record in change.records if record.layer == layer]
            for side, corpus_ in (("old_id", old), ("new_id", new)):
                named = [getattr(record, side) for record in some if getattr(record, side)]
                assert len(set(named)) == len(named)
                assert set(named) <= {record["id"] for record in corpus_.articles[one[0]][layer]}
            kinds = [record.kind for record in some]
            grown = len(new.articles[one[0]][layer]) - len(old.articles[one[0]][layer])
            assert kinds.count("added") - kinds.count("removed") == grown


SWAPPED = {"added": "removed", "removed": "added"}


@settings(max_examples=15, deadline=None)
@given(st.sets(st.sampled_from(sorted(real().articles))), st.sets(st.sampled_from(sorted(real().articles))))
def test_documents_added_one_way_are_removed_the_other(ours: set[str], theirs: set[str]) -> None:
    def part(idents: set[str]) -> Corpus:
        articles = {ident: real().articles[ident] for ident in sorted(idents)}
        stories = {a["story"]: real().stories[a["story"]] for a in articles.values()}
        return Corpus(articles, stories, real().registry)

    there, back = diffing.compare(part(ours), part(theirs)), diffing.compare(part(theirs), part(ours))
    assert {(one.ident, one.kind) for one in there.articles} == {
        *((ident, "removed") for ident in ours - theirs),
        *((ident, "added") for ident in theirs - ours),
    }
    for documents, reverse in ((there.articles, back.articles), (there.stories, back.stories)):
        assert [(d.ident, SWAPPED[d.kind]) for d in documents] == [(d.ident, d.kind) for d in reverse]


def leaves(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Paths to every value of a document that holds no other."""
    if isinstance(value, dict) and value:
        return [leaf for key, one in value.items() for leaf in leaves(one, (*path, key))]
    if isinstance(value, list) and value:
        return [leaf for i, one in enumerate(value) for leaf in leaves(one, (*path, i))]
    return [path]


def touched(value: Any) -> Any:
    """Another value of the same kind; of a whole number the same with a point, which is another document too."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return float(value)
    if isinstance(value, float):
        return value + 1
    return value + "x" if isinstance(value, str) else "x" if value is None else value


@settings(max_examples=200, deadline=None)
@given(drawn, st.sampled_from(["articles", "stories", "registry"]))
def test_no_change_of_a_document_goes_unreported(case: tuple[str, int], part: str) -> None:
    old = one_of(case[0], real())
    new = copied(old)
    chance = random.Random(case[1])
    documents: dict[str, Json] = getattr(new, part)
    document: Any = documents[chance.choice(sorted(documents))]
    if part == "registry":
        document = next(value for value in document.values() if isinstance(value, list))
    path = chance.choice(leaves(document))
    place = document
    for step in path[:-1]:
        place = place[step]
    before = place[path[-1]]
    place[path[-1]] = touched(before)
    hashes = [releases.manifest(data, "0.1.0", "2026-01-01")["root"] for data in (old, new)]
    diff = diffing.compare(old, new)
    assert bool(diff) == (hashes[0] != hashes[1])
    if diff:
        assert rule.nature(diff) == "edit"
        assert list(report.lines(diff))


# --- what a person reads -----------------------------------------------------------------------------------


def edited(small: Corpus, change: Callable[[Json], None], ident: str = FRENCH) -> list[str]:
    """The lines that tell a change of one article, without the document's own."""
    new = copied(small)
    change(new.articles[ident])
    diff = diffing.compare(small, new)
    assert len(diff.articles) == 1
    return [words for depth, words in report.lines(diff) if depth > 1]


def test_a_value_is_shown_as_people_read_it(small: Corpus) -> None:
    def change(article: Json) -> None:
        article["figures"][1].update(low=40, high=41, modifier="range")
        article["figures"][0].update(low=21, high=None, unit="t")

    assert edited(small, change) == [
        "~ figure f1 “une quarantaine de soldats”",
        "value: 35–45 → 21–∞ t",
        "~ figure f2 “cinquante-trois”",
        "value: 53 → 40–41",
    ]


def test_two_values_that_look_alike_are_shown_whole(small: Corpus) -> None:
    assert edited(small, lambda a: a["figures"][1].update(modifier="at_least")) == [
        "~ figure f2 “cinquante-trois”",
        "value: 53 (exact, stated 53) → 53 (at_least, stated 53)",
    ]


def test_references_are_shown_with_what_they_stand_for(small: Corpus) -> None:
    def change(article: Json) -> None:
        article["figures"][0]["entity"] = "e1"
        article["attributions"][0].update(sources=["s2"], reference="r1")
        article["events"][0]["participants"][0]["role"] = "party"

    assert edited(small, change) == [
        "~ event ev1 armed_clash “attaque”",
        "participants: − e2 Northern Army (target) + e2 Northern Army (party)",
        "~ figure f1 “une quarantaine de soldats”",
        "entity: e2 Northern Army → e1 Tessara",
        "~ attribution a1 states “compte”",
        "sources: − s1 military “armée du Nord” + s2 unspecified",
        "reference: r2 → r1",
    ]


def test_rewritten_words_are_shown_and_the_figure_in_them_is_the_same_figure(small: Corpus) -> None:
    def change(article: Json) -> None:
        text, figure = article["text"], article["figures"][1]
        text["content"] = text["content"].replace("cinquante-trois", "54")
        text.update(length=len(text["content"]), sha256="0" * 64)
        figure.update(surface="54", end=figure["start"] + 2, stated=54, low=54, high=54)

    assert edited(small, change) == [
        "text at 145: “cinquante-trois” → “54”",
        "~ figure f2 “54”",
        "span: “cinquante-trois” → “54”",
        "value: 53 → 54",
    ]


def test_a_span_that_grows_is_the_same_record_elsewhere(small: Corpus) -> None:
    def change(article: Json) -> None:
        article["sources"][0]["mentions"][0].update(start=109, surface="l'armée du Nord")
        article["times"][0].update(end=41, surface="vendred")

    assert edited(small, change) == [
        "~ time t1 “vendred”",
        "span: “vendredi” → “vendred”",
        "~ source s1 military “l'armée du Nord”",
        "mentions: − “armée du Nord” + “l'armée du Nord”",
    ]


def test_metadata_and_provenance_are_told_by_field(small: Corpus) -> None:
    def change(article: Json) -> None:
        article["provenance"]["figures"]["status"] = "adjudicated"
        article["text"]["licence"] = "CC0-1.0"
        article["published"] = "2024-03-06"

    before = small.articles[FRENCH]
    status, licence = before["provenance"]["figures"]["status"], before["text"]["licence"]
    assert edited(small, change) == [
        f"published: {before['published']} → 2024-03-06",
        f"text/licence: {licence} → CC0-1.0",
        f"provenance/figures/status: {status} → adjudicated",
    ]


def test_a_number_in_another_notation_is_another_document_and_told(small: Corpus) -> None:
    def change(article: Json) -> None:
        article["figures"][1]["start"] = 145.0

    assert edited(small, change) == ["notation: a number → the same, written otherwise"]


def test_a_withheld_article_is_compared_by_its_offsets(small: Corpus) -> None:
    new = copied(small)
    figure = new.articles[WITHHELD]["figures"][0]
    figure["start"] += 1
    change = between(small, new)
    assert told(change) == [("figures", "changed", figure["id"], figure["id"], ("span",))]


def test_a_document_that_was_edited_has_another_number_in_one_story_only(small: Corpus) -> None:
    new = copied(small)
    new.stories[STORY]["title"]["en"] = "Other"
    diff = diffing.compare(small, new)
    assert [(one.ident, one.kind, [c.field for c in one.changes]) for one in diff.stories] == [
        (STORY, "changed", ["title"])
    ]
    assert diff.articles == ()


def test_pages_of_a_story_that_got_other_ids_are_the_same_pages(small: Corpus) -> None:
    new = copied(small)
    story, article = new.stories[STORY], new.articles[FRENCH]
    other = {"r1": "r2", "r2": "r1"}
    story["references"] = [
        {
            **one,
            "id": other.get(one["id"], one["id"]),
            "derived_from": other.get(one["derived_from"], one["derived_from"]),
        }
        for one in story["references"]
    ]
    for figure in article["figures"]:
        figure["references"] = [other.get(one, one) for one in figure["references"]]
    for attribution in article["attributions"]:
        attribution["reference"] = other.get(attribution["reference"], attribution["reference"])
    article["references"] = [other.get(one, one) for one in article["references"]]
    diff = diffing.compare(small, new)
    assert {(r.layer, r.kind, r.old_id, r.new_id) for r in diff.stories[0].records} == {
        ("references", "renumbered", "r1", "r2"),
        ("references", "renumbered", "r2", "r1"),
    }
    article_change = next(one for one in diff.articles if one.ident == FRENCH)
    assert article_change.records == ()
    assert [(c.field, c.new_shown) for c in article_change.changes] == [
        ("references", "the same pages and events by new ids")
    ]


# --- places -------------------------------------------------------------------------------------------------

texts = st.text(alphabet="ab é.\n", max_size=60)


@given(texts, texts)
def test_what_two_texts_share_is_carried_to_the_same_letters(old: str, new: str) -> None:
    carrier = Carrier(old, new)
    for a, b, size in carrier.blocks:
        assert old[a : a + size] == new[b : b + size]
    for start in range(len(old)):
        for end in range(start + 1, min(len(old), start + 8) + 1):
            first, last, exact = carrier.span(start, end)
            assert 0 <= first <= last <= len(new)
            if exact:
                assert new[first] == old[start]
                assert new[last - 1] == old[end - 1]


@given(texts, texts)
def test_the_changed_stretches_turn_one_text_into_the_other(old: str, new: str) -> None:
    out, at = [], 0
    for change in Carrier(old, new).changes:
        assert old[change.old_start : change.old_end] == change.old
        assert new[change.new_start : change.new_end] == change.new
        out += [old[at : change.old_start], change.new]
        at = change.old_end
    assert "".join([*out, old[at:]]) == new


def test_a_comma_behind_a_word_does_not_change_the_word() -> None:
    assert Carrier("forty men fell", "forty, men fell").span(0, 5) == (0, 5, True)
    assert Carrier("the camp", "the old camp").span(4, 8) == (8, 12, True)


# --- the version rule ---------------------------------------------------------------------------------------


def grown(small: Corpus, change: Callable[[Corpus], None]) -> Diff:
    new = copied(small)
    change(new)
    return diffing.compare(small, new)


def new_story(data: Corpus) -> None:
    story = copy.deepcopy(data.stories[STORY])
    story["id"] = "xx-2024-03-02-other"
    article = copy.deepcopy(data.articles[FRENCH])
    article.update(id="xx-2024-03-02-other.fr.1", story="xx-2024-03-02-other")
    data.stories[story["id"]], data.articles[article["id"]] = story, article


def new_article(data: Corpus) -> None:
    data.articles[f"{STORY}.fr.9"] = {**copy.deepcopy(data.articles[FRENCH]), "id": f"{STORY}.fr.9"}


def new_page(data: Corpus) -> None:
    references = data.stories[STORY]["references"]
    references.append({**references[0], "id": "r99", "url": "https://example.org/new", "publisher": "New"})


def new_event(data: Corpus) -> None:
    data.stories[STORY]["events"].append({**data.stories[STORY]["events"][0], "id": "second"})


def new_entry(data: Corpus) -> None:
    data.registry["actors"]["actors"].append({**data.registry["actors"]["actors"][0], "id": "zz-new"})


ADDITIONS = (new_story, new_article, new_page, new_event, new_entry)


def lost_article(data: Corpus) -> None:
    del data.articles[ENGLISH]


def lost_page(data: Corpus) -> None:
    data.stories[STORY]["references"].pop()


def other_split(data: Corpus) -> None:
    data.stories[STORY]["split"] = "train" if data.stories[STORY]["split"] != "train" else "test"


def other_order_of_events(data: Corpus) -> None:
    new_event(data)
    data.stories[STORY]["events"].reverse()


def new_record(data: Corpus) -> None:
    relations = data.articles[FRENCH]["relations"]
    relations.append({"id": "rel9", "type": "restates", "from": "f2", "to": "f1"})


def other_entry(data: Corpus) -> None:
    data.registry["actors"]["actors"][0]["country"] = "ZZ"


def other_value(data: Corpus) -> None:
    data.articles[FRENCH]["figures"][0]["low"] += 1


EDITS = (lost_article, lost_page, other_split, new_record, other_entry, other_value)


@pytest.mark.parametrize("change", ADDITIONS)
def test_additions_are_a_minor_before_and_after_1_0_0(
    small: Corpus, change: Callable[[Corpus], None]
) -> None:
    diff = grown(small, change)
    assert rule.nature(diff) == "addition"
    assert diffing.demands(diff, "1.2.3") == diffing.demands(diff, "0.2.0") == "minor"


@pytest.mark.parametrize("change", EDITS)
def test_an_edit_is_a_major_and_before_1_0_0_a_minor(small: Corpus, change: Callable[[Corpus], None]) -> None:
    diff = grown(small, change)
    assert rule.nature(diff) == "edit"
    assert (diffing.demands(diff, "1.2.3"), diffing.demands(diff, "0.2.0")) == ("major", "minor")


@pytest.mark.parametrize("change", EDITS)
def test_an_edit_among_additions_is_an_edit(small: Corpus, change: Callable[[Corpus], None]) -> None:
    def both(data: Corpus) -> None:
        change(data)
        for addition in ADDITIONS:
            addition(data)

    assert diffing.demands(grown(small, both), "1.0.0") == "major"


def test_an_event_put_before_the_main_one_is_an_edit(small: Corpus) -> None:
    """The order of a story's events says which is the main one."""

    def change(data: Corpus) -> None:
        new_event(data)
        data.stories[STORY]["events"].append({**data.stories[STORY]["events"][0], "id": "third"})

    before = copied(small)
    change(before)
    after = copied(before)
    after.stories[STORY]["events"].reverse()
    diff = diffing.compare(before, after)
    assert diff.stories[0].reordered == ("events",)
    assert rule.nature(diff) == "edit"
    assert rule.nature(grown(small, other_order_of_events)) == "edit"


def test_a_story_in_another_split_moves_its_open_articles(small: Corpus) -> None:
    old = copied(small)
    diff = grown(small, other_split)
    split = old.stories[STORY]["split"]
    moved = {one.ident: one.moved for one in diff.articles}
    opened = [i for i, a in old.articles.items() if a["text"]["access"] == "open"]
    assert set(moved) == set(opened)
    assert all(one is not None and one[0] == split for one in moved.values())
    assert {one.kind for one in diff.articles} == {"moved"}


def test_the_version_that_an_article_came_in_is_no_edit(small: Corpus) -> None:
    drafts = copied(small)
    for article in drafts.articles.values():
        article["added_in"] = None

    def released(data: Corpus) -> None:
        for article in data.articles.values():
            article["added_in"] = "0.1.0"

    diff = grown(drafts, released)
    assert diff.articles == ()
    assert diff.released == tuple((ident, "0.1.0") for ident in sorted(small.articles))
    assert diffing.demands(diff, "0.1.0") == "patch"
    back = diffing.compare(copied(drafts), drafts)
    assert not back
    assert rule.nature(grown(copied(drafts), lambda data: (released(data), other_value(data))[0])) == "edit"


def test_a_version_once_written_is_not_written_over(small: Corpus) -> None:
    one, other = copied(small), copied(small)
    one.articles[FRENCH]["added_in"], other.articles[FRENCH]["added_in"] = "0.1.0", "0.2.0"
    assert [c.field for c in between(one, other).changes] == ["added_in"]


def test_a_newer_shape_of_the_same_data_is_a_patch(small: Corpus) -> None:
    older = copied(small)
    assert older.stories[STORY].pop("subset") is None
    diff = diffing.compare(older, small)
    assert (diff.stories, diff.reshaped) == ((), (f"stories/{STORY}",))
    assert diffing.demands(diff, "1.0.0") == "patch"
    assert not diffing.compare(older, copied(older))


def test_the_same_data_demand_nothing(small: Corpus) -> None:
    diff = diffing.compare(small, copied(small))
    assert diffing.demands(diff, "1.0.0") == "none"
    assert "PATCH" in rule.sentence(diff, "1.0.0")


@pytest.mark.parametrize(
    "old, demand, new",
    [
        ("0.2.3", "minor", "0.3.0"),
        ("1.2.3", "major", "2.0.0"),
        ("1.2.3", "minor", "1.3.0"),
        ("1.2.3", "patch", "1.2.4"),
        ("1.2.3", "none", "1.2.3"),
    ],
)
def test_the_next_version_meets_the_demand_and_no_more(old: str, demand: rule.Demand, new: str) -> None:
    assert diffing.next_version(old, demand) == new


def test_what_is_no_version_is_refused(small: Corpus) -> None:
    with pytest.raises(ValueError, match="no version"):
        diffing.demands(Diff(), "1.0")
    with pytest.raises(ValueError, match="no version"):
        diffing.next_version("one", "minor")


# --- the command --------------------------------------------------------------------------------------------


@pytest.fixture
def here(clone: Path, monkeypatch: pytest.MonkeyPatch) -> Path:  # noqa: F811
    """A checkout with a release, then another value and a commit, to stand in."""
    shutil.copytree(REPOSITORY / "schema", clone / "schema")
    manifest = releases.manifest(corpus.read(clone / "corpus"), "0.1.0", "2026-01-01")
    jsonio.write_atomic(clone / "corpus" / "releases" / "0.1.0.json", jsonio.dumps(manifest))
    commit(clone)
    figures = corpus.read(clone / "corpus").articles[FRENCH]["figures"]
    figures[1].update(low=40, high=41, modifier="range")
    edit(clone, f"{PLACE}/fr-1.json", figures=figures)
    commit(clone)
    monkeypatch.chdir(clone)
    return clone


EXPECTED = f"""\
articles
  ~ {FRENCH}  Le bilan de l'attaque de Tessara, vendredi,…du Nord en compte désormais cinquante-trois.
    ~ figure f2 “cinquante-trois”
      value: 53 → 40–41

articles: 1 changed
something was edited, removed or moved: before 1.0.0 this is a MINOR, next 0.2.0
"""


@pytest.mark.parametrize(
    "operands_, head",
    [
        ([], "0.1.0 → corpus"),
        (["v0.1.0"], "0.1.0 → corpus"),
        (["0.1.0", "HEAD"], "0.1.0 → HEAD"),
        (["HEAD~1", "main"], "HEAD~1 → main"),
        (["HEAD~1", "corpus"], "HEAD~1 → corpus"),
        (["HEAD~1", "."], "HEAD~1 → ."),
    ],
)
def test_versions_commits_and_folders_are_compared(
    here: Path, operands_: list[str], head: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["diff", *operands_]) == 0
    assert capsys.readouterr().out == f"{head}\n\n{EXPECTED}"
    assert git(here, "status", "--porcelain") == ""


def test_a_built_copy_is_compared_like_the_corpus_it_was_built_from(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    build.build(FIXTURES / "valid" / "corpus", tmp_path / "hf", workers=1)
    arguments = ["diff", str(FIXTURES / "valid" / "corpus"), str(tmp_path / "hf"), "--exit-code"]
    assert main(arguments) == 0
    assert "no difference" in capsys.readouterr().out


def test_the_exit_status_can_tell(here: Path) -> None:
    assert main(["diff", "--exit-code"]) == 1
    assert main(["diff", "HEAD", "--exit-code"]) == 0
    assert main(["diff", "--exit-code", "--only", "entities"]) == 0


def test_counts_alone(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["diff", "--stat"]) == 0
    out = capsys.readouterr().out
    assert [line.split() for line in out.splitlines() if line.startswith(("articles ", "figures"))] == [
        ["articles", "1"],
        ["figures", "1", "1"],
    ]
    assert "“" not in out


def test_the_json_has_all_of_it(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["diff", "--format", "json"]) == 0
    told_ = json.loads(capsys.readouterr().out)
    assert (told_["old"], told_["new"]["name"]) == ({"name": "0.1.0", "version": "0.1.0"}, "corpus")
    assert (told_["nature"], told_["demands"], told_["next_version"]) == ("edit", "minor", "0.2.0")
    assert told_["stat"]["figures"] == {
        "added": 0,
        "removed": 0,
        "changed": 1,
        "moved_or_renumbered": 0,
        "in_articles": 1,
    }
    (article,) = told_["diff"]["articles"]
    (record,) = article["records"]
    (change,) = record["changes"]
    assert (change["old"]["low"], change["new"]["low"], change["new_shown"]) == (53, 40, "40–41")
    assert main(["diff", "--format", "json", "--stat"]) == 0
    assert "diff" not in json.loads(capsys.readouterr().out)


def test_the_markdown_reads_as_notes_on_a_release(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["diff", "--format", "markdown"]) == 0
    out = capsys.readouterr().out
    assert out.startswith("## 0.1.0 → corpus\n\narticles: 1 changed.\n")
    assert "| figures |  |  | 1 |  | 1 |" in out
    assert f"\n* \\~ {FRENCH}" in out
    assert "\n    * value: 53 → 40–41\n" in out


@pytest.mark.parametrize(
    "only, shown", [("figures", True), ("figures,text", True), ("events,stories", False)]
)
def test_chosen_parts_alone_are_shown_and_the_demand_is_that_of_all(
    here: Path, only: str, shown: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["diff", "--only", only]) == 0
    out = capsys.readouterr().out
    assert ("value: 53" in out) is shown
    assert out.endswith("this is a MINOR, next 0.2.0\n")


@pytest.mark.parametrize(
    "arguments, code",
    [
        (["0.1"], "B830"),
        (["no-such-thing"], "B830"),
        (["a\0b"], "B830"),
        (["schema"], "B830"),
        (["9.9.9"], "B702"),
        (["--only", "figure"], "B806"),
    ],
)
def test_what_cannot_be_compared_is_refused_with_a_mend(
    here: Path, arguments: list[str], code: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["diff", *arguments]) == 1
    said = capsys.readouterr()
    assert said.out == ""
    assert code in said.err
    assert "mend:" in said.err


def test_another_order_is_shown_under_the_layer_that_it_is_of(small: Corpus) -> None:
    new = copied(small)
    new.articles[FRENCH]["figures"].reverse()
    new.articles[FRENCH]["figures"][0]["references"] += ["r1"]
    old = copied(new)
    new.articles[FRENCH]["figures"][0]["references"].reverse()
    new.articles[FRENCH]["attributions"].reverse()
    change = between(old, new)
    assert change.reordered == ("attributions", "f2 references")
    assert report.only(Diff(articles=(change,)), ["figures"]).articles[0].reordered == ("f2 references",)
    assert report.only(Diff(articles=(change,)), ["entities"]).articles == ()


def test_what_a_terminal_would_obey_is_not_printed(small: Corpus) -> None:
    lines = edited(small, lambda a: a["entities"][0].update(name="Tess\x1b[31mara\x9b"))
    assert lines == ["~ entity e1 Tess\ufffd[31mara\ufffd", "name: Tessara → Tess\ufffd[31mara\ufffd"]


def test_a_document_that_is_none_is_refused(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = here / "corpus" / PLACE / "fr-1.json"
    path.write_text(json.dumps({"id": FRENCH}), "utf-8")
    assert main(["diff"]) == 1
    assert "B830" in capsys.readouterr().err


def test_without_git_the_version_at_hand_can_still_be_compared(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.rmtree(here / ".git")
    git(here.parent, "init", "--quiet")  # and the folder lies in some other repository
    assert main(["diff", "0.1.0"]) == 1
    assert "B83" in capsys.readouterr().err
    manifest = releases.manifest(corpus.read(here / "corpus"), "0.2.0", "2026-01-02")
    jsonio.write_atomic(here / "corpus" / "releases" / "0.2.0.json", jsonio.dumps(manifest))
    assert main(["diff", "0.2.0", "--exit-code"]) == 0


# --- this repository ----------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def versions() -> tuple[Corpus, Corpus]:
    try:
        return history.release(REPOSITORY, "0.1.0"), history.release(REPOSITORY, "0.2.0")
    except BilanError as error:
        if {incident.code for incident in error.incidents} <= {"B831", "B833"}:
            pytest.skip(f"the history of the repository is not here: {error}")
        raise


def test_the_two_released_versions_differ_as_the_changelog_says(versions: tuple[Corpus, Corpus]) -> None:
    diff = diffing.compare(*versions)
    kinds = [(one.kind, "stories") for one in diff.stories] + [
        (one.kind, "articles") for one in diff.articles
    ]
    assert kinds.count(("added", "stories")) == 83 - 14
    assert kinds.count(("added", "articles")) == 226 - 37
    assert ("removed", "stories") not in kinds
    assert ("removed", "articles") not in kinds
    assert diffing.demands(diff, "0.1.0") == "minor"
    assert diffing.next_version("0.1.0", "minor") == "0.2.0"


def test_documents_that_the_manifests_know_as_changed_are_those_that_the_difference_names(
    versions: tuple[Corpus, Corpus],
) -> None:
    diff = diffing.compare(*versions)
    old, new = (releases.read_manifest(REPOSITORY / "corpus", version) for version in ("0.1.0", "0.2.0"))
    for name in ("articles", "stories", "registry"):
        other = {ident for ident in old[name] if old[name][ident] != new[name].get(ident)}
        reshaped = {one.partition("/")[2] for one in diff.reshaped if one.startswith(f"{name}/")}
        found = {one.ident for one in getattr(diff, name) if one.kind == "changed"}
        assert found | reshaped == other
        assert not found & reshaped


def test_no_story_changed_only_because_stories_have_subsets_now(versions: tuple[Corpus, Corpus]) -> None:
    for one in diffing.compare(*versions).stories:
        for change in one.changes:
            assert (change.field, change.new) in [("subset", "unseen_conflict"), ("split", change.new)]


def test_the_newest_release_is_what_is_compared_with_where_nothing_is_said() -> None:
    from bilan.paths import Home

    home = Home(REPOSITORY, "checkout")
    newest = operands.newest(home)
    assert newest.version == list(releases.manifests(REPOSITORY / "corpus"))[-1]
    assert operands.at_hand(home).data == real()
