"""``bilan.subwords``: labels for the sub-words of any fast tokenizer, and back, without loss.

The tokenizers are trained here, on the corpus' texts, one of each family that people fine-tune.
"""

from __future__ import annotations

import subprocess
import sys
import unicodedata
from collections.abc import Callable
from functools import cache
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tokenizers import (
    Tokenizer,
    decoders,
    models,
    normalizers,
    pre_tokenizers,
    processors,
    trainers,
)

import bilan
from bilan import labels, segment, subwords
from bilan.incidents import BilanError
from bilan.records import Article
from bilan.subwords import IGNORED, Window

NAMES = {layer: subwords.bio(labels.names(kind)) for layer, kind in bilan.layers.INVENTORIES.items()}
ODD = ["قُتل 12 جنديا في غاو", "👩🏽‍🚒 48\u00a0000 déplacés", "e\u0301te\u0301", "\u200d", "x" * 400]


@cache
def open_articles() -> list[Article]:
    return [article for article in bilan.articles() if article.text is not None]


def texts() -> list[str]:
    return [str(article.text) for article in open_articles()]


# --- one tokenizer of each family ------------------------------------------------------------------------


def word_piece() -> Tokenizer:
    """As BERT's: lower case, no accents, continuing pieces with ##, characters of control dropped."""
    tokenizer = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=True, strip_accents=True)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]"]
    tokenizer.train_from_iterator(
        texts(), trainers.WordPieceTrainer(vocab_size=3000, special_tokens=special, show_progress=False)
    )
    tokenizer.post_processor = processors.BertProcessing(("[SEP]", 3), ("[CLS]", 2))
    return tokenizer


def byte_level(prefix: bool = True) -> Tokenizer:
    """As RoBERTa's: bytes. With the prefix every word gets a space before it, as models for words have it."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=prefix)
    tokenizer.train_from_iterator(
        texts(),
        trainers.BpeTrainer(
            vocab_size=3000,
            special_tokens=["<s>", "<pad>", "</s>"],
            initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
            show_progress=False,
        ),
    )
    tokenizer.post_processor = processors.RobertaProcessing(("</s>", 2), ("<s>", 0))
    return tokenizer


def unigram() -> Tokenizer:
    """As XLM-R's: SentencePiece's Unigram, NFKC."""
    tokenizer = Tokenizer(models.Unigram())
    tokenizer.normalizer = normalizers.Sequence([normalizers.Nmt(), normalizers.NFKC()])
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    tokenizer.train_from_iterator(
        texts(),
        trainers.UnigramTrainer(
            vocab_size=2000,
            special_tokens=["<s>", "<pad>", "</s>", "<unk>"],
            unk_token="<unk>",
            show_progress=False,
        ),
    )
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>", special_tokens=[("<s>", 0), ("</s>", 2)]
    )
    return tokenizer


def byte_fallback() -> Tokenizer:
    """As Llama's: characters, bytes for those that it does not know, one special token in front."""
    known = ["<unk>", "<s>", *(f"<0x{byte:02X}>" for byte in range(256)), "▁", *"abcdefghijklmnopqrstuvwxyz"]
    tokenizer = Tokenizer(
        models.BPE({word: i for i, word in enumerate(known)}, [], unk_token="<unk>", byte_fallback=True)
    )
    tokenizer.normalizer = normalizers.Sequence([normalizers.Prepend("▁"), normalizers.Replace(" ", "▁")])
    tokenizer.decoder = decoders.ByteFallback()
    tokenizer.post_processor = processors.TemplateProcessing(single="<s> $A", special_tokens=[("<s>", 1)])
    return tokenizer


FAMILIES: dict[str, Callable[[], Tokenizer]] = {
    "WordPiece": word_piece,
    "byte-level BPE": byte_level,
    "byte-level BPE, no prefix": lambda: byte_level(prefix=False),
    "Unigram": unigram,
    "byte fallback": byte_fallback,
}


@cache
def made(family: str) -> Tokenizer:
    return FAMILIES[family]()


@pytest.fixture(params=FAMILIES)
def tokenizer(request: pytest.FixtureRequest) -> Tokenizer:
    return made(request.param)


SIZES = [(64, 16), (512, 128)]


def encoded(article: Article, tokenizer: Tokenizer, size: tuple[int, int]) -> list[Window]:
    return subwords.encode(str(article.text), article.lang, tokenizer, max_length=size[0], stride=size[1])


# --- the corpus ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", SIZES)
def test_every_layer_of_every_open_article_comes_back_as_it_went(
    tokenizer: Tokenizer, size: tuple[int, int]
) -> None:
    assert len(open_articles()) > 200
    for article in open_articles():
        windows = encoded(article, tokenizer, size)
        for layer, names in NAMES.items():
            gold = subwords.spans_of(article, layer)
            for first_only in (True, False):
                marked = subwords.labels(windows, gold, names, first_only=first_only)
                assert subwords.spans(windows, marked, names) == gold
            assert subwords.kept(windows, gold) == gold


@pytest.mark.parametrize("size", [*SIZES, (24, 0)])
def test_windows_hold_every_word_and_are_no_longer_than_asked(
    tokenizer: Tokenizer, size: tuple[int, int]
) -> None:
    longest, stride = size
    specials = tokenizer.num_special_tokens_to_add(False)
    for article in open_articles()[:40]:
        windows = encoded(article, tokenizer, size)
        assert {word for w in windows for word in range(w.first, w.last)} == set(range(len(windows[0].words)))
        for window in windows:
            assert len(window.input_ids) == len(window.word_ids) <= longest
            assert window.word_ids.count(None) == specials
            assert {word for word in window.word_ids if word is not None} <= set(
                range(window.first, window.last)
            )
        for one, other in pairwise(windows):
            assert one.first < other.first <= one.last < other.last
            shared = sum(word is not None and word < one.last for word in other.word_ids)
            assert shared <= stride


@pytest.mark.parametrize("family", [family for family in FAMILIES if "no prefix" not in family])
def test_the_ids_of_a_window_are_those_that_the_tokenizer_gives_for_its_words(family: str) -> None:
    text = texts()[0]
    for window in encoded(open_articles()[0], made(family), (64, 16)):
        listed = [text[start:end] for start, end in window.words[window.first : window.last]]
        assert window.input_ids == made(family).encode(listed, is_pretokenized=True).ids


@pytest.mark.parametrize("family", [family for family in FAMILIES if "BPE" not in family or "no" in family])
def test_words_have_the_sub_words_of_running_text(family: str) -> None:
    # the same for those that put spaces before words: a word alone looks like one behind a space
    text = "Le groupe a revendiqué la mort de quarante soldats à Gao"
    (window,) = subwords.encode(text, "fr", made(family))
    assert window.input_ids == made(family).encode(text).ids


def test_words_lie_inside_tokens_and_every_edge_of_a_span_is_one_of_a_word() -> None:
    inside_tokens = 0
    for article in open_articles():
        text = str(article.text)
        tokens, words = segment.tokens(text, article.lang), subwords.words(text, article.lang)
        joined = "".join(text[start:end] for start, end in words)
        assert joined == "".join(text[start:end] for start, end in tokens)
        assert {edge for token in tokens for edge in token} <= {edge for word in words for edge in word}
        for layer in subwords.LAYERS:
            for start, end, _ in subwords.spans_of(article, layer):
                assert start in {first for first, _ in words}
                assert end in {last for _, last in words}
                inside_tokens += start not in {first for first, _ in tokens} or end not in {
                    last for _, last in tokens
                }
    assert inside_tokens > 0  # else nothing need be cut at hyphens


def test_words_are_tokens_cut_on_both_sides_of_every_hyphen() -> None:
    text = "L’ex-camp d’Ougarou‑Boungou - à 10-15 km -, dit-il"
    found = [text[start:end] for start, end in subwords.words(text, "fr")]
    assert " ".join(found) == "L’ ex - camp d’ Ougarou ‑ Boungou - à 10 - 15 km - , dit - il"
    assert subwords.words("Hamas-run", "en", edges=[2]) == [(0, 2), (2, 5), (5, 6), (6, 9)]


def test_the_names_of_a_layer_are_those_of_the_table_ner() -> None:
    rows = bilan.load("ner", split="validation")
    names = rows.features["ner_tags"].feature.names
    assert tuple(names) == NAMES["names"]
    for article in bilan.articles(split="validation"):
        tagged = []
        for row in rows.to_list():
            if row["article"] == article.id:
                for tag, start, end in zip(
                    row["ner_tags"], row["token_starts"], row["token_ends"], strict=True
                ):
                    if names[tag].startswith("B"):
                        tagged.append((start, end, names[tag][2:]))
                    elif tag:
                        tagged[-1] = (tagged[-1][0], end, tagged[-1][2])
        assert tagged == subwords.spans_of(article, "names")


# --- any text --------------------------------------------------------------------------------------------

PIECES = st.one_of(
    st.text(max_size=12),
    st.sampled_from(
        [*ODD, "dit-il", "Hamas-run", "l’armée", "\u00a0", "\u202f", " ", "\n", "12\u202f000", "☠️"]
    ),
)
SOME_TEXT = st.lists(PIECES, max_size=30).map(" ".join)


@st.composite
def texts_and_spans(draw: st.DrawFn) -> tuple[str, list[subwords.Span]]:
    text = draw(SOME_TEXT)
    edges = sorted(draw(st.sets(st.integers(0, len(text)), max_size=12)))
    spans = [(a, b, draw(st.sampled_from("xy"))) for a, b in zip(edges[::2], edges[1::2], strict=False)]
    return text, spans


@pytest.mark.parametrize("family", FAMILIES)
@settings(deadline=None, max_examples=150)
@given(
    case=texts_and_spans(),
    lang=st.sampled_from(["fr", "en"]),
    size=st.sampled_from([(24, 5), (64, 16), (512, 128)]),
    first_only=st.booleans(),
)
def test_a_round_trip_gives_what_kept_foretells(
    family: str,
    case: tuple[str, list[subwords.Span]],
    lang: str,
    size: tuple[int, int],
    first_only: bool,
) -> None:
    text, gold = case
    names = subwords.bio("xy")
    edges = [edge for span in gold for edge in span[:2]]
    windows = subwords.encode(text, lang, made(family), max_length=size[0], stride=size[1], edges=edges)
    foretold = subwords.kept(windows, gold)
    possible = [span for span, will in zip(gold, foretold, strict=True) if will]
    marked = subwords.labels(windows, possible, names, first_only=first_only)
    assert subwords.spans(windows, marked, names) == [will for will in foretold if will]
    seen = {word for window in windows for word in window.word_ids}
    for (start, end, label), will in zip(gold, foretold, strict=True):
        inside = [
            word
            for number, word in enumerate(windows[0].words if windows else ())
            if start <= word[0] and word[1] <= end and number in seen
        ]
        assert will == ((inside[0][0], inside[-1][1], label) if inside else None)
    covered = {at for window in windows for start, end in window.words for at in range(start, end)}
    assert all(character.isspace() for at, character in enumerate(text) if at not in covered)


@pytest.mark.parametrize("text", ODD)
def test_offsets_are_code_points(text: str, tokenizer: Tokenizer) -> None:
    before = "🕯️ À Gao, "
    whole = before + text
    windows = subwords.encode(whole, "fr", tokenizer, max_length=64, stride=16)
    gold = [(len(before), len(whole), "x")]
    names = subwords.bio(["x"])
    if subwords.kept(windows, gold) == [None]:
        assert unicodedata.category(text[0]) == "Cf"  # a joiner alone, which BERT's normaliser drops
        return
    marked = subwords.labels(windows, gold, names)
    ((start, end, _),) = subwords.spans(windows, marked, names)
    assert whole[start:end] == text


def test_a_word_longer_than_a_window_is_halved_until_it_fits(tokenizer: Tokenizer) -> None:
    text = "voir https://example.org/" + "a1é" * 100 + " donc"
    windows = subwords.encode(text, "fr", tokenizer, max_length=16, stride=4)
    assert max(len(window.input_ids) for window in windows) <= 16
    assert "".join(text[start:end] for start, end in windows[0].words) == text.replace(" ", "")
    gold = [(5, len(text) - 5, "x")]
    names = subwords.bio(["x"])
    assert subwords.spans(windows, subwords.labels(windows, gold, names), names) == gold


def test_words_that_the_normaliser_drops_lose_no_span_that_has_others() -> None:
    text, names = "Le \u200d camp \u200d de Gao", subwords.bio(["x"])
    windows = subwords.encode(text, "fr", made("WordPiece"))
    seen = {word for word in windows[0].word_ids if word is not None}
    assert len(windows[0].words) - len(seen) == 2
    gold = [(5 - 2, 15, "x")]  # "‍ camp ‍ de"
    back = subwords.spans(windows, subwords.labels(windows, gold, names), names)
    assert [text[start:end] for start, end, _ in back] == ["camp \u200d de"]
    assert subwords.kept(windows, [*gold, (3, 4, "x")]) == [back[0], None]
    with pytest.raises(BilanError, match=r"\(3, 4, 'x'\) has no sub-word"):
        subwords.labels(windows, [(3, 4, "x")], names)


# --- labels ----------------------------------------------------------------------------------------------

SENTENCE = "Le groupe revendique 40 morts, dit-il."
FIGURE = (21, 29, "killed")


def test_special_tokens_and_later_sub_words_are_not_counted(tokenizer: Tokenizer) -> None:
    names = subwords.bio(["killed"])
    (window,) = subwords.encode(SENTENCE, "fr", tokenizer)
    (marked,) = subwords.labels([window], [FIGURE], names)
    (every,) = subwords.labels([window], [FIGURE], names, first_only=False)
    before = None
    for word, one, other in zip(window.word_ids, marked, every, strict=True):
        if word is None:
            assert one == other == IGNORED
            continue
        start, end = window.words[word]
        inside = start >= 21 and end <= 29
        begins = inside and start == 21
        if word == before:
            assert one == IGNORED
            assert names[other] == ("I-killed" if inside else "O")
        else:
            assert names[one] == names[other] == ("B-killed" if begins else "I-killed" if inside else "O")
        before = word


@pytest.mark.parametrize(
    "spans, why",
    [
        ([FIGURE, (24, 29, "killed")], "overlaps"),
        ([FIGURE, FIGURE], "overlaps"),
        ([(0, 38, "killed"), (3, 9, "killed"), FIGURE], "overlaps"),
        ([(22, 29, "killed")], "edge inside a word"),
        ([(21, 28, "killed")], "edge inside a word"),
        ([(21, 29, "wounded")], "label that is not among the names"),
        ([(21, 99, "killed")], "not in the text"),
        ([(-3, 2, "killed")], "not in the text"),
        ([(29, 21, "killed")], "not in the text"),
        ([(20, 21, "killed")], "no word"),
    ],
)
def test_a_span_that_cannot_be_labelled_is_named(spans: list[subwords.Span], why: str) -> None:
    windows = subwords.encode(SENTENCE, "fr", made("WordPiece"))
    with pytest.raises(BilanError, match=why) as caught:
        subwords.labels(windows, spans, subwords.bio(["killed"]))
    assert {incident.code for incident in caught.value.incidents} == {"B824"}
    assert any(repr(span) in incident.message for span in spans for incident in caught.value.incidents)


def test_all_spans_that_cannot_be_labelled_are_named_at_once() -> None:
    windows = subwords.encode(SENTENCE, "fr", made("WordPiece"))
    with pytest.raises(BilanError) as caught:
        subwords.labels(windows, [(0, 1, "killed"), (4, 9, "killed"), FIGURE], subwords.bio(["killed"]))
    assert len(caught.value.incidents) == 2


def test_edges_inside_words_can_be_given_to_encode() -> None:
    names = subwords.bio(["killed"])
    gold = [(22, 27, "killed")]  # 4[0 mor]ts
    windows = subwords.encode(SENTENCE, "fr", made("Unigram"), edges=[22, 27])
    assert subwords.spans(windows, subwords.labels(windows, gold, names), names) == gold


# --- predictions -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("stride", [24, 55])
def test_a_word_is_read_where_it_stands_farthest_from_a_cut_edge(tokenizer: Tokenizer, stride: int) -> None:
    windows = encoded(open_articles()[0], tokenizer, (64, stride))
    assert len(windows) > 2
    read = subwords.places(windows)
    for number, place in enumerate(read):
        holders = [i for i, window in enumerate(windows) if number in window.word_ids]
        if place is None:
            assert not holders
            continue
        margins = {i: margin(windows, i, number) for i in holders}
        assert place[0] == max(margins, key=lambda i: (margins[i], -i))  # of two alike the earlier
        assert windows[place[0]].word_ids.index(number) == place[1]
    assert read[0] is not None
    assert read[0][0] == 0
    assert read[-1] is not None
    assert read[-1][0] == len(windows) - 1


def margin(windows: list[Window], i: int, word: int) -> float:
    """How many sub-words lie between a word and the nearest edge behind which the text goes on."""
    window = windows[i]
    inside = [number for number in window.word_ids if number is not None]
    at = inside.index(word)
    left = at if window.first else float("inf")
    right = len(inside) - 1 - at if window.last < len(window.words) else float("inf")
    return min(left, right)


def test_what_a_window_says_near_its_edge_does_not_count() -> None:
    names = subwords.bio(["killed"])
    windows = encoded(open_articles()[0], made("WordPiece"), (64, 24))
    gold = subwords.spans_of(open_articles()[0], "figures")
    plain = [(start, end, "killed") for start, end, _ in gold]
    marked = subwords.labels(windows, plain, names)
    read = set(subwords.places(windows))
    for i, row in enumerate(marked):
        for at in range(len(row)):
            if (i, at) not in read:
                row[at] = 1  # nonsense
    assert subwords.spans(windows, marked, names) == plain


@pytest.mark.parametrize("kind", ["lists", "array", "padded array", "rows of arrays"])
def test_scores_are_read_like_labels(kind: str, tokenizer: Tokenizer) -> None:
    names = NAMES["figures"]
    windows = encoded(open_articles()[3], tokenizer, (64, 16))
    gold = subwords.spans_of(open_articles()[3], "figures")
    random = np.random.default_rng(0)
    width = max(len(window.input_ids) for window in windows) + 3
    scores = random.normal(size=(len(windows), width, len(names)))
    for i, row in enumerate(subwords.labels(windows, gold, names)):
        for at, label in enumerate(row):
            if label != IGNORED:
                scores[i, at, label] += 100
    cut = [scores[i, : len(window.input_ids)] for i, window in enumerate(windows)]
    given: dict[str, Any] = {
        "lists": [one.tolist() for one in cut],
        "array": cut,
        "padded array": scores,
        "rows of arrays": [list(one) for one in cut],
    }
    assert subwords.spans(windows, given[kind], names) == gold


@pytest.mark.parametrize(
    "tags, chunks",
    [
        ("O I-x I-x O", [(1, 3, "x")]),
        ("I-x O I-x O", [(0, 1, "x"), (2, 3, "x")]),
        ("B-x I-y I-y O", [(0, 1, "x"), (1, 3, "y")]),
        ("B-x B-x I-x I-y", [(0, 1, "x"), (1, 3, "x"), (3, 4, "y")]),
    ],
)
def test_broken_chunks_are_mended_as_conlleval_does(tags: str, chunks: list[subwords.Span]) -> None:
    names = subwords.bio("xy")
    (window,) = subwords.encode("un deux trois quatre", "fr", made("Unigram"))
    predicted = [0 if word is None else names.index(tags.split()[word]) for word in window.word_ids]
    found = subwords.spans([window], [predicted], names)
    starts, ends = zip(*window.words, strict=True)
    assert [(starts.index(start), ends.index(end) + 1, label) for start, end, label in found] == chunks


def test_a_prediction_that_does_not_fit_is_refused() -> None:
    names = subwords.bio(["x"])
    windows = encoded(open_articles()[0], made("Unigram"), (64, 16))
    others = encoded(open_articles()[1], made("Unigram"), (64, 16))
    fitting = [[0] * len(window.input_ids) for window in windows]
    for predicted, why in [
        (fitting[1:], "windows"),
        ([fitting[0][1:], *fitting[1:]], "window 0"),
        ([[3] * len(row) for row in fitting], "no label 3"),
        ([[-100] * len(row) for row in fitting], "no label -100"),
        ([[[0.1, 0.2]] * len(row) for row in fitting], "2 scores for 3 names"),
    ]:
        with pytest.raises(BilanError, match=f"B826.*{why}"):
            subwords.spans(windows, predicted, names)
    with pytest.raises(BilanError, match=r"B826.*several texts"):
        subwords.places([windows[0], others[0]])


# --- encoding --------------------------------------------------------------------------------------------


def test_a_text_without_words_has_no_windows(tokenizer: Tokenizer) -> None:
    for text in ("", " \n\u00a0"):
        windows = subwords.encode(text, "en", tokenizer)
        assert windows == []
        assert subwords.labels(windows, [], subwords.bio("x")) == []
        assert subwords.spans(windows, [], subwords.bio("x")) == []
        with pytest.raises(BilanError, match="not in the text"):
            subwords.labels(windows, [(0, 1, "x")], subwords.bio("x"))


def test_the_settings_of_the_tokenizer_stay_and_do_not_matter() -> None:
    tokenizer = Tokenizer.from_str(made("WordPiece").to_str())
    plain = encoded(open_articles()[0], tokenizer, (64, 16))
    tokenizer.enable_truncation(max_length=8)
    tokenizer.enable_padding(length=128)
    before = (tokenizer.truncation, tokenizer.padding)
    assert encoded(open_articles()[0], tokenizer, (64, 16)) == plain
    assert (tokenizer.truncation, tokenizer.padding) == before


@pytest.mark.parametrize(
    "size, why", [((2, 0), "room for 0"), ((64, 62), "stride is 62"), ((64, -1), "stride is -1")]
)
def test_a_window_without_room_is_refused(size: tuple[int, int], why: str) -> None:
    with pytest.raises(BilanError, match=f"B825.*{why}"):
        encoded(open_articles()[0], made("WordPiece"), size)


def test_a_character_larger_than_a_window_is_refused() -> None:
    with pytest.raises(BilanError, match=r"B825.*'🕯' has 5 sub-words"):
        subwords.encode("🕯", "fr", made("byte fallback"), max_length=5, stride=0)


def test_a_tokenizer_that_cannot_name_words_is_refused() -> None:
    with pytest.raises(BilanError, match="B825"):
        subwords.encode("un", "fr", str.split)
    with pytest.raises(BilanError, match="B825"):
        subwords.encode("un", "fr", object())


def test_an_unknown_layer_names_those_that_exist() -> None:
    with pytest.raises(BilanError, match="names, figures, cues, sources, triggers"):
        subwords.spans_of(open_articles()[0], "times")


def test_the_module_loads_no_library() -> None:
    program = (
        "import sys, bilan; bilan.subwords.encode; "
        "sys.exit(bool({'tokenizers', 'transformers', 'torch', 'numpy', 'datasets'} & set(sys.modules)))"
    )
    subprocess.run([sys.executable, "-c", program], check=True)


# --- transformers ----------------------------------------------------------------------------------------


@pytest.mark.recipes
@pytest.mark.parametrize("family", FAMILIES)
def test_a_fast_tokenizer_of_transformers_gives_the_same_windows(family: str) -> None:
    transformers = pytest.importorskip("transformers")
    own = Tokenizer.from_str(made(family).to_str())
    wrapped = transformers.PreTrainedTokenizerFast(tokenizer_object=own, model_max_length=16)
    for article in open_articles()[:20]:
        windows = encoded(article, wrapped, (64, 16))
        assert windows == encoded(article, made(family), (64, 16))
        if "no prefix" not in family:
            for window in windows:
                listed = [str(article.text)[a:b] for a, b in window.words[window.first : window.last]]
                theirs = wrapped(listed, is_split_into_words=True)
                assert window.input_ids == theirs["input_ids"]
                numbers = [None if word is None else word + window.first for word in theirs.word_ids()]
                assert window.word_ids == numbers


@pytest.mark.recipes
def test_a_slow_tokenizer_of_transformers_is_refused() -> None:
    transformers = pytest.importorskip("transformers")
    with pytest.raises(BilanError, match="CanineTokenizer cannot tell"):
        subwords.encode("un", "fr", transformers.CanineTokenizer())
