"""The whole-corpus checks over summaries of shards: the same answers as in memory, exact, in bounded memory."""

from __future__ import annotations

import copy
import hashlib
import importlib
import random
import resource
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from itertools import islice, pairwise
from pathlib import Path
from typing import Any

import duckdb
import pyarrow.parquet as pq
import pytest

from bilan import corpus, releases
from bilan.checks import overlap
from bilan.checks import whole as in_memory
from bilan.checks.context import Context, Exempted, Summary
from bilan.incidents import BilanError, Incident
from bilan.jsonio import canonical_sha256
from bilan.shards import database, shared_words, summary, whole
from conftest import REPOSITORY

Json = dict[str, Any]
Group = tuple[Json | None, list[Json]]
"""A story and its articles; no story where its own checks refused it."""

FIRST_LINE = 1001
"""So that places sort as text in the order of the lines."""


@cache
def real() -> corpus.Corpus:
    return corpus.read(REPOSITORY / "corpus")


def real_groups() -> list[Group]:
    articles: dict[str, list[Json]] = {}
    for article in real().articles.values():
        articles.setdefault(article["story"], []).append(article)
    return [(real().stories[ident], found) for ident, found in sorted(articles.items())]


def open_articles() -> Iterator[Json]:
    return (a for a in real().articles.values() if a["text"]["access"] == "open")


def with_text(article: Json, content: str) -> Json:
    """The article with another text. Its annotations do not fit any more; these checks look at few of them."""
    sha = hashlib.sha256(content.encode()).hexdigest()
    text = {**article["text"], "content": content, "length": len(content), "sha256": sha}
    return {**article, "text": text, "entities": [], "times": []}


def withheld(article: Json) -> Json:
    text = {k: v for k, v in article["text"].items() if k != "content"} | {
        "access": "withheld",
        "licence": None,
    }
    return {**article, "text": text}


def write(folder: Path, shards: list[list[Group]], exempted: tuple[Exempted, ...] = ()) -> list[Path]:
    """Summaries of the shards, as the workers write them."""
    paths = []
    for number, shard in enumerate(shards):
        paths.append(folder / f"s{number}.parquet")
        with whole.Writer(paths[-1], f"s{number}.jsonl") as writer:
            line = FIRST_LINE
            for story, articles in shard:
                if story is not None:
                    writer.add_story(story, line)
                for article in articles:
                    line += 1
                    writer.add_article(article, line, [e for e in exempted if e.key[1] == article["id"]])
                line += 1
    return paths


Told = tuple[str, str, str, str, str, str, int]


def told(incidents: list[Incident], places: dict[str, str]) -> list[Told]:
    """Incidents as plain data; ``places`` says where a file of the folder layout stands in the shards."""
    return [
        (
            i.code,
            i.message,
            i.mend,
            f"{i.file}:{i.line}" if i.line else places.get(i.file, i.file),
            i.pointer,
            i.subject,
            i.offset,
        )
        for i in incidents
    ]


def by_memory(
    shards: list[list[Group]], context: Context, exempted: list[Exempted], texts: bool = True
) -> list[Told]:
    """What ``bilan.checks.whole`` says of the same documents, each at its place in the shards."""
    summaries = []
    places = {}
    stories = {}
    for number, shard in enumerate(shards):
        line = FIRST_LINE
        for story, articles in shard:
            if story is not None:
                ident = story["id"]
                stories[ident] = story
                places[f"corpus/{ident[:2]}/{ident[3:]}/story.json"] = f"s{number}.jsonl:{line}"
            for article in articles:
                line += 1
                text = article["text"]
                found = overlap.print_of(article) if texts else None
                file = f"s{number}.jsonl:{line}"
                summaries.append(
                    Summary(article["id"], article["story"], file, text["access"], text["sha256"], found)
                )
            line += 1
    context = Context(stories=stories, exemptions=context.exemptions)
    return told(in_memory.check(summaries, context, exempted, "corpus", texts), places)


def by_shards(
    paths: list[Path], context: Context, exempted: list[Exempted], texts: bool = True
) -> list[Told]:
    return told(list(whole.check(paths, context, exempted, "corpus", texts, threads=2)), {})


# --- a real corpus ---------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def summaries(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    groups = real_groups()
    third = len(groups) // 3
    return write(
        tmp_path_factory.mktemp("summaries"), [groups[:third], groups[third : 2 * third], groups[2 * third :]]
    )


def test_the_real_corpus_in_three_shards_has_no_incident(summaries: list[Path]) -> None:
    assert by_shards(summaries, Context(), []) == []


def test_a_long_look_draws_no_bar_between_the_lines_of_a_report(summaries: list[Path]) -> None:
    with database.database(summaries, None, database.MEMORY, None) as (base, _):
        assert base.execute("SELECT current_setting('enable_progress_bar')").fetchone() == (False,)


def test_the_root_hash_of_three_shards_is_that_of_the_release(summaries: list[Path]) -> None:
    assert whole.root(summaries, real().registry) == releases.manifest(real(), "1.0.0", "2025-01-01")["root"]


def test_the_root_hash_does_not_depend_on_the_order_of_the_shards(summaries: list[Path]) -> None:
    assert whole.root(summaries[::-1], real().registry) == whole.root(summaries, real().registry)


def test_the_root_hash_of_no_documents_is_that_of_empty_tables() -> None:
    entries = releases.registry_hashes(real().registry)
    assert whole.root([], real().registry) == releases.root_hash(entries, {}, {})


def test_the_root_hash_of_a_shard_without_articles_is_that_of_its_stories(tmp_path: Path) -> None:
    story = real_groups()[0][0]
    assert story is not None
    paths = write(tmp_path, [[(story, [])]])
    assert whole.root(paths, {}) == releases.root_hash({}, {story["id"]: canonical_sha256(story)}, {})


def test_a_root_hash_is_refused_where_an_id_stands_twice(tmp_path: Path) -> None:
    story, articles = real_groups()[0]
    paths = write(tmp_path, [[(story, [articles[0]])], [(None, [articles[0]])]])
    with pytest.raises(BilanError, match="B601 the id"):
        whole.root(paths, {})


def test_what_a_summary_tells_of_an_article_can_be_read_by_duckdb(summaries: list[Path]) -> None:
    names = ("id", "story", "shard", "line", "access", "licence", "lang")
    found = duckdb.execute(
        f"SELECT {', '.join(names)}, lower(hex(text)), lower(hex(digest)) FROM read_parquet($1)"
        f" WHERE kind = {summary.ARTICLE} ORDER BY file_index, row",
        [[str(path) for path in summaries]],
    ).fetchall()
    expected = [a for _, articles in real_groups() for a in articles]
    assert [row[0] for row in found] == [a["id"] for a in expected]
    assert [row[1] for row in found] == [a["story"] for a in expected]
    assert [(row[4], row[5], row[6]) for row in found] == [
        (a["text"]["access"], a["text"]["licence"], a["lang"]) for a in expected
    ]
    assert [row[7] for row in found] == [a["text"]["sha256"] for a in expected]
    assert [row[8] for row in found] == [canonical_sha256(a) for a in expected]
    assert {row[2] for row in found} == {"s0.jsonl", "s1.jsonl", "s2.jsonl"}


# --- the same answers as in memory -----------------------------------------------------------------------

PHRASES = [
    " ".join(words[i : i + 11])
    for article in list(open_articles())[:4]
    for words in [article["text"]["content"].split()]
    for i in range(0, 110, 11)
]
"""Eleven words each, of real articles: texts of a few of them share runs, and many are near-duplicates."""

FAULTS = (
    "same id",
    "same text",
    "twin",
    "twin",
    "twin of the same id",
    "withheld",
    "withheld",
    "no story",
    "short",
)


def planted(seed: int) -> tuple[list[list[Group]], Context, list[Exempted]]:
    """Shards of real documents with texts of real phrases, and faults of every kind planted in them."""
    rng = random.Random(seed)
    groups: list[Group] = []
    pool = rng.sample(PHRASES, rng.randint(5, 25))
    for number, model in enumerate(islice(open_articles(), rng.randint(2, 7))):
        story = {**real().stories[model["story"]], "id": f"ml-2025-05-{number + 10}-dioura"}
        story |= {
            "country": rng.choice(("ML", "BF", "HT")),
            "split": rng.choice(("train", "validation", "test")),
        }
        story["subset"] = "unseen_conflict" if rng.random() < 0.1 else None
        articles = []
        for i in range(rng.choice((0, 1, 3, 4, 5))):
            article = {**copy.deepcopy(model), "id": f"{story['id']}.fr.{i + 1}", "story": story["id"]}
            articles.append(with_text(article, ". ".join(rng.choices(pool, k=rng.randint(1, 8)))))
        groups.append((story, articles))
    everything = [article for _, articles in groups for article in articles]
    for fault in rng.choices(FAULTS, k=rng.randint(0, 6)) if everything else ():
        one, two = rng.choice(everything), rng.choice(everything)
        if fault == "same text":
            one["text"] = copy.deepcopy(two["text"])
        elif fault == "withheld":
            one["text"] = withheld(one)["text"]
        elif fault == "short":
            one.update(with_text(one, "Hardly a word."))
        elif fault == "no story":
            number = rng.randrange(len(groups))
            groups[number] = (None, groups[number][1])
        elif "content" in two["text"] and fault != "same id":
            one.update(with_text(one, two["text"]["content"] + " said two witnesses"))
        if fault in ("same id", "twin of the same id"):
            one["id"] = two["id"]
    idents = [article["id"] for article in everything]
    keys = [
        (rng.choice(("B606", "B607", "B607", "B401")), rng.choice(idents), rng.choice(idents))
        for _ in range(rng.choice((0, 3, 12)))
        if idents
    ]
    context = Context(exemptions=dict.fromkeys(keys, "for a reason"))
    used = [Exempted(Incident("B401", "other"), key, "for a reason") for key in keys if key[0] == "B401"][:1]
    edges = [0, *sorted(rng.choices(range(len(groups) + 1), k=rng.randint(0, 3))), len(groups)]
    return [groups[a:b] for a, b in pairwise(edges)], context, used


SEEDS = range(24)


@pytest.mark.parametrize("seed", SEEDS)
def test_shards_have_the_same_incidents_as_the_same_documents_in_memory(
    seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shards, context, used = planted(seed)
    texts = seed % 6 > 0
    if seed % 2:  # every buffer is flushed many times, and the hashes are looked through in many ranges
        monkeypatch.setattr(summary, "ROWS_AT_ONCE", 2)
        monkeypatch.setattr(summary, "RUNS_AT_ONCE", 50)
        monkeypatch.setattr(summary, "ROW_GROUP", 7)
        monkeypatch.setattr(shared_words, "BYTES_A_RUN", 1 << 24)
        monkeypatch.setattr(shared_words, "PAIRS_AT_ONCE", 3)
    paths = write(tmp_path, shards, tuple(used))
    in_memory_exempted, exempted = list(used), list(used) if seed % 3 else []
    expected = by_memory(shards, context, in_memory_exempted, texts)
    found = by_shards(paths, context, exempted, texts)
    assert sorted(found) == sorted(expected)
    shared = ("B606", "B607")  # these are told in the same order, too
    assert [one for one in found if one[0] in shared] == [one for one in expected if one[0] in shared]
    assert [one.key for one in exempted if one.key[0] in shared] == [
        one.key for one in in_memory_exempted if one.key[0] in shared
    ]


def test_the_planted_faults_give_every_incident_of_a_whole_corpus_and_exempt_some() -> None:
    codes, exempted = Counter[str](), Counter[str]()
    for seed in SEEDS:
        shards, context, used = planted(seed)
        codes.update(one[0] for one in by_memory(shards, context, used))
        exempted.update(one.key[0] for one in used)
    assert {code for code, count in codes.items() if count >= 5} == {
        *("B601", "B602", "B604", "B605", "B606", "B607", "B608")
    }
    assert set(exempted) == {"B401", "B606", "B607"}


# --- one fault of each kind, by hand ---------------------------------------------------------------------


def story_and_articles(number: int, split: str = "train", country: str = "ML") -> tuple[Json, list[Json]]:
    """A real story with two open articles or more, in this split."""
    opened = [
        (story, [a for a in articles if a["text"]["access"] == "open"]) for story, articles in real_groups()
    ]
    story, articles = [group for group in opened if len(group[1]) > 1][number]
    assert story is not None
    return {**story, "split": split, "country": country, "subset": None}, articles


def lines(paths: list[Path], context: Context | None = None) -> list[str]:
    found = whole.check(paths, context or Context(), [], "corpus", threads=2)
    return [f"{i.file}:{i.line}: {i.code} {i.message} [{i.pointer}]" for i in found]


def test_b601_an_id_in_two_shards_is_told_at_the_second_one(tmp_path: Path) -> None:
    story, (article, other, *_) = story_and_articles(0)
    second, _ = story_and_articles(1)
    again = {**other, "id": article["id"], "story": second["id"]}
    paths = write(tmp_path, [[(story, [article])], [(second, [again])]])
    assert lines(paths) == [f"s1.jsonl:1002: B601 the id {article['id']} is also in s0.jsonl:1002 [/id]"]


def test_b601_a_text_in_two_shards_is_told_at_the_second_one(tmp_path: Path) -> None:
    story, (article, *_) = story_and_articles(0)
    second, _ = story_and_articles(1)
    again = {**article, "id": f"{second['id']}.fr.9", "story": second["id"]}
    paths = write(tmp_path, [[(story, [article])], [(second, [again])]])
    assert lines(paths) == ["s1.jsonl:1002: B601 the same text as s0.jsonl:1002 [/text]"]


def test_b602_b605_and_b608_are_told_at_the_line_of_the_story(tmp_path: Path) -> None:
    story, (article, *_) = story_and_articles(0)
    empty, _ = story_and_articles(1)
    unseen, (third, *_) = story_and_articles(2, "test", "HT")
    beside, (fourth, *_) = story_and_articles(3, "train", "HT")
    unseen["subset"] = "unseen_conflict"
    paths = write(
        tmp_path, [[(story, [withheld(article)]), (empty, [])], [(unseen, [third]), (beside, [fourth])]]
    )
    assert lines(paths) == [
        "s0.jsonl:1001: B602 split train, but the story has a withheld article [/split]",
        "s0.jsonl:1003: B605 a story without articles []",
        "s1.jsonl:1003: B608 HT is an unseen conflict, this story of it is not in the subset [/subset]",
    ]


def test_b606_and_b607_over_shards_are_those_of_two_texts_in_memory(tmp_path: Path) -> None:
    story, (article, other, *_) = story_and_articles(0)
    second, (third, fourth, *_) = story_and_articles(1, "test")
    twin = with_text(third, article["text"]["content"] + " The figures are those of the army.")
    borrowed = with_text(
        fourth, fourth["text"]["content"] + " " + " ".join(other["text"]["content"].split()[:40])
    )
    paths = write(tmp_path, [[(story, [article, other])], [(second, [twin, borrowed])]])
    found = list(whole.check(paths, Context(), [], "corpus"))
    assert [(i.code, i.file, i.line, i.subject) for i in found] == [
        ("B606", "s1.jsonl", 1002, article["id"]),
        ("B607", "s1.jsonl", 1003, other["id"]),
    ]
    assert found[0].message.endswith("of the shingles), test and train")
    assert found[1].offset >= len(fourth["text"]["content"])


def test_b604_an_exemption_that_no_shard_needs_is_stale(tmp_path: Path) -> None:
    story, (article, *_) = story_and_articles(0)
    needed, stale = ("B401", article["id"], "f1"), ("B401", article["id"], "f2")
    context = Context(exemptions={needed: "the words say so", stale: "once needed"})
    used = Exempted(Incident("B401", "other value"), needed, "the words say so")
    paths = write(tmp_path, [[(story, [article])]], (used,))
    assert lines(paths, context) == [
        f"corpus/exemptions.json:0: B604 stale exemption B401 {article['id']} f2 (once needed) []"
    ]
    assert lines([], context) == [
        f"corpus/exemptions.json:0: B604 stale exemption B401 {article['id']} f1 (the words say so) []",
        f"corpus/exemptions.json:0: B604 stale exemption B401 {article['id']} f2 (once needed) []",
    ]


def test_b898_a_story_that_is_split_over_two_shards_is_told_at_its_second_line(tmp_path: Path) -> None:
    story, (article, other, *_) = story_and_articles(0)
    paths = write(tmp_path, [[(story, [article])], [(story, [other])]])
    assert lines(paths) == [f"s1.jsonl:1001: B898 the story {story['id']} also begins at s0.jsonl:1001 [/id]"]
    elsewhere = {**story, "split": "test"}
    paths = write(tmp_path, [[(story, [article])], [(elsewhere, [other])]])
    assert lines(paths) == [
        f"s1.jsonl:1001: B898 the story {story['id']} also begins at s0.jsonl:1001, and is another there [/id]"
    ]


# --- faults of the machine -------------------------------------------------------------------------------


def test_b899_summaries_that_are_cut_off_or_something_else_are_all_named(
    summaries: list[Path], tmp_path: Path
) -> None:
    cut, other, missing = tmp_path / "cut.parquet", tmp_path / "other.parquet", tmp_path / "missing.parquet"
    cut.write_bytes(summaries[0].read_bytes()[:-100])
    pq.write_table(pq.read_table(summaries[0]).replace_schema_metadata({}), other)
    with pytest.raises(BilanError) as caught:
        list(whole.check([cut, summaries[0], other, missing], Context(), [], "corpus"))
    assert [(i.code, Path(i.file).name) for i in caught.value.incidents] == [
        ("B899", "cut.parquet"),
        ("B899", "other.parquet"),
        ("B899", "missing.parquet"),
    ]


def test_b809_without_duckdb_the_extra_is_named(
    summaries: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "duckdb", None)
    with pytest.raises(BilanError) as caught:
        whole.root(summaries, {})
    assert caught.value.incidents[0].mend == "pip install 'bilan[scale]'"
    assert caught.value.incidents[0].code == "B809"


def test_a_writer_that_is_left_by_an_exception_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    story, (article, *_) = story_and_articles(0)
    paths = write(tmp_path, [[(story, [article])]])
    before = paths[0].read_bytes()
    del story["subset"]
    with pytest.raises(KeyError), whole.Writer(paths[0], "s0.jsonl") as writer:
        writer.add_story(story, 1)
    assert paths[0].read_bytes() == before
    assert list(tmp_path.iterdir()) == paths


def test_the_same_shard_gives_the_same_bytes(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    groups = real_groups()[:5]
    (one,), (two,) = (write(tmp_path / name, [groups]) for name in ("a", "b"))
    assert one.read_bytes() == two.read_bytes()


def test_odd_names_of_folders_and_shards_are_no_patterns_and_no_sql(tmp_path: Path) -> None:
    story, (article, *_) = story_and_articles(0)
    folder = tmp_path / "it's [a-z]* {x} ?"
    path = folder / "o'clock.parquet"
    for shard in ("s3://b/it's 100%.jsonl", "a\nb.jsonl"):
        with whole.Writer(path, shard) as writer:
            writer.add_story(story, 1)
            writer.add_article(article, 2)
            writer.add_article({**article, "id": "ml-2025-05-23-dioura.fr.99"}, 3)
        found = list(whole.check([path], Context(), [], "corpus", work=folder / "w'ork"))
        assert [(i.code, i.file, i.line, i.message) for i in found] == [
            ("B601", shard, 3, f"the same text as {shard}:2")
        ]
        assert list((folder / "w'ork").iterdir()) == []


@contextmanager
def files_of_at_most(size: int) -> Iterator[None]:
    """Writing beyond this many bytes of a file fails, as on a full disk."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_b803_names_the_work_folder_where_there_is_no_room(summaries: list[Path], tmp_path: Path) -> None:
    with files_of_at_most(4096), pytest.raises(BilanError) as caught:
        list(whole.check(summaries, Context(), [], "corpus", work=tmp_path))
    assert [(i.code, i.file) for i in caught.value.incidents] == [("B803", str(tmp_path))]
    assert list(tmp_path.iterdir()) == []
    assert by_shards(summaries, Context(), []) == []  # with room it is as it was


def test_a_summary_that_finds_no_room_leaves_the_old_one_and_nothing_else(tmp_path: Path) -> None:
    paths = write(tmp_path, [real_groups()[:1]])
    before = paths[0].read_bytes()
    with files_of_at_most(4096), pytest.raises(OSError, match="File too large"):
        write(tmp_path, [real_groups()[:9]])
    assert paths[0].read_bytes() == before
    assert list(tmp_path.iterdir()) == paths


def test_b899_a_byte_that_rotted_on_the_disk_is_noticed(summaries: list[Path], tmp_path: Path) -> None:
    raw = bytearray(summaries[0].read_bytes())
    raw[len(raw) // 2] ^= 1
    rotten = tmp_path / "rotten.parquet"
    rotten.write_bytes(raw)
    with pytest.raises(BilanError, match="B899 no whole summary of a shard"):
        list(whole.check([summaries[1], rotten], Context(), [], "corpus"))


# --- memory ----------------------------------------------------------------------------------------------


def test_ten_times_the_articles_take_no_more_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(REPOSITORY / "scripts" / "bench")  # for the measuring process, too
    bench = importlib.import_module("whole")
    memory, taken = 64 << 20, []
    for articles in (3_000, 30_000):
        folder = tmp_path / str(articles)
        folder.mkdir()
        paths = bench.write_all(folder, articles, 4, runs=20)
        result = bench.apart(paths, folder / "work", memory, "check")
        assert result["found"] == dict(bench.planted(articles))
        taken.append(result["own"])
    # what DuckDB may use is not reached by the smaller one; the rest is there for any number
    assert taken[1] < taken[0] + memory, taken
