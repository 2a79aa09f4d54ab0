"""Pages of ``bilan view``: what stands on them is what stands in the data, and every string is text."""

from __future__ import annotations

import base64
import copy
import hashlib
import json
import re
import stat
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import bilan
from bilan import jsonio, labels, model, reductions, toll_forms
from bilan.__main__ import main
from bilan.agreement import compare, files
from bilan.hydration import withholding
from bilan.tables import article_order
from bilan.tables.views import view
from bilan.viewing import chart, compared, marks, page, running, scale, sections, tolls
from bilan.viewing.markup import address, plain, shown, tag
from conftest import REPOSITORY
from pages import Node, read
from viewed import ARABIC, CORPUS, HOSTILE, Json, arabic, at, blank, figure, hostile, said, story_of

STORIES = sorted(f"{path.parent.parent.name}-{path.parent.name}" for path in CORPUS.glob("*/*/story.json"))
ROUND = CORPUS / "agreement" / "round-1"
SALT = "0123456789abcdef0123456789abcdef"
STYLE = (REPOSITORY / "scripts/bilan/viewing/style.css").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def every() -> dict[str, tuple[list[Json], Json, str]]:
    """Story → its articles in the order of the page, story.json, page."""
    out = {}
    for ident in STORIES:
        found, about = story_of(ident)
        found.sort(key=lambda one: article_order(one["id"]))
        if found:
            out[ident] = found, about, page.story(found, about)
    return out


@pytest.fixture(scope="module")
def trees(every: dict[str, tuple[list[Json], Json, str]]) -> dict[str, Node]:
    return {ident: read(html) for ident, (_, _, html) in every.items()}


def articles_on(tree: Node) -> list[Node]:
    return list(tree.all("article"))


# --- the text --------------------------------------------------------------------------------------------


def test_every_open_text_stands_on_its_page_letter_for_letter(
    every: dict[str, tuple[list[Json], Json, str]], trees: dict[str, Node]
) -> None:
    seen = 0
    for ident, (found, _, _) in every.items():
        for article, node in zip(found, articles_on(trees[ident]), strict=True):
            content = article["text"].get("content")
            texts = list(node.all("div", "text"))
            assert len(texts) == (content is not None)
            if content is not None:
                lines = [line for line in content.split("\n") if line.strip()]
                assert [p.text("ctl") for p in texts[0].all("p")] == lines, article["id"]
                assert texts[0].attributes["lang"] == article["lang"]
                seen += 1
    assert seen == 225


def test_every_span_is_marked_with_its_words(
    every: dict[str, tuple[list[Json], Json, str]], trees: dict[str, Node]
) -> None:
    """The pieces of a record's marks, put together, are the surfaces of its spans."""
    for ident, (found, _, _) in every.items():
        for number, (article, node) in enumerate(zip(found, articles_on(trees[ident]), strict=True), 1):
            if article["text"]["access"] == "withheld":
                continue
            words: Counter[tuple[str, str]] = Counter()
            for one in node.all("span", "m"):
                for record in one.attributes["data-r"].split():
                    words[record.removeprefix(f"a{number}-"), one.classes[1]] += len(one.text())
            wanted: Counter[tuple[str, str]] = Counter()
            for span in marks.of(article):
                for record in span.records:
                    inside = article["text"]["content"][span.start : span.end].replace("\n", "")
                    wanted[record, span.layer] += len(inside)
            assert words == wanted, article["id"]
            spans = {(at.id, at.span["start"], at.span["end"]) for at in model.spans(article)}
            assert spans == {(r, s.start, s.end) for s in marks.of(article) for r in s.records}


def test_stretches_that_overlap_have_lanes_of_their_own_and_the_longer_one_runs_below(
    every: dict[str, tuple[list[Json], Json, str]],
) -> None:
    deepest = 0
    for found, _, _ in every.values():
        for article in found:
            some = marks.of(article)
            for i, one in enumerate(some):
                deepest = max(deepest, one.lane)
                for other in some[i + 1 :]:
                    if other.start < one.end and one.start < other.end:
                        assert one.lane != other.lane
                        if one.start <= other.start and other.end < one.end:
                            assert other.lane < one.lane
    assert 2 <= deepest < running.DEEPEST


@given(st.lists(st.tuples(st.integers(0, 40), st.integers(1, 12)), max_size=12), st.integers(0, 3))
def test_stretches_may_nest_and_cross_in_any_way(some: list[tuple[int, int]], breaks: int) -> None:
    """Each piece is inside of its paragraph, the label is on the last piece, and no letter is lost."""
    text = "".join("\n" if breaks and i % (9 + breaks) == 8 else "abcdefgh "[i % 9] for i in range(53))
    stretches = marks.laned(
        [
            marks.Stretch(start, start + length, "names", f"r{i}", (f"r{i}",))
            for i, (start, length) in enumerate(some)
        ]
    )
    tree = read(running.text(text, stretches, "en", "p-"))
    lines = [line for line in text.split("\n") if line.strip()]
    assert [p.text() for p in tree.all("p")] == lines
    for i, (start, length) in enumerate(some):
        pieces = [m for m in tree.all("span", "m") if m.attributes["data-r"] == f"p-r{i}"]
        assert "".join(piece.text() for piece in pieces) == text[start : start + length].replace("\n", "")
        labelled = [piece for piece in pieces if piece.attributes.get("data-l") == f"r{i}"]
        assert labelled == pieces[-1:]


def test_a_figure_leads_to_its_sources_its_event_and_its_row(trees: dict[str, Node]) -> None:
    article = articles_on(trees["bf-2021-11-14-inata"])[0]
    mark = next(m for m in article.all("span", "figures") if m.text() == "46 gendarmes")
    assert mark.attributes["tabindex"] == "0"
    assert mark.attributes["data-l"] == "46 other"
    ends = {m.text() for m in article.all("span", "m") for r in mark.attributes["data-s"].split()
            if r in m.attributes["data-r"].split()}  # fmt: skip
    assert "Tamboura" in ends
    row = next(r for r in article.all("tr") if r.attributes.get("id") == mark.attributes["aria-describedby"])
    assert "46" in row.text()
    assert "Ousséni Tamboura (government)" in row.text()
    link = next(a for a in row.all("a") if a.attributes["href"].startswith("#"))
    assert link.attributes["href"] == f"#{mark.attributes['id']}"


def test_every_link_inside_a_page_arrives(trees: dict[str, Node]) -> None:
    for ident, tree in trees.items():
        ids = {node.attributes["id"] for node in tree.all() if "id" in node.attributes}
        for node in tree.all():
            for name in ("aria-describedby", "aria-labelledby"):
                assert set(node.attributes.get(name, "").split()) <= ids, ident
            if node.name == "a" and node.attributes["href"].startswith("#"):
                assert node.attributes["href"][1:] in ids, ident


# --- the tables ------------------------------------------------------------------------------------------


def test_the_table_of_figures_says_what_the_data_say_in_every_article(
    every: dict[str, tuple[list[Json], Json, str]], trees: dict[str, Node]
) -> None:
    for ident, (found, about, _) in every.items():
        pages_of = {one["id"]: one for one in about["references"]}
        for article, node in zip(found, articles_on(trees[ident]), strict=True):
            rows = [row for table in node.all("table", "figures") for row in table.one("tbody").all("tr")]
            ordered = sorted(article["figures"], key=lambda f: (f["start"], f["end"], f["id"]))
            assert len(rows) == len(ordered)
            one = view(article, about, {})
            for row, record in zip(rows, ordered, strict=True):
                cells = dict(
                    zip(sections.FIGURES, (c for c in row.children if isinstance(c, Node)), strict=True)
                )
                assert row.attributes["id"].endswith(f"row-{record['id']}")
                assert record.get("surface", "characters") in cells["figure"].text("ctl")
                unit = f" {record['unit']}" if record["unit"] else ""
                assert (
                    cells["read as"].one("b").text() == toll_forms.span(record["low"], record["high"]) + unit
                )
                assert record["of"].replace("_", " ") in cells["counts"].text()
                assert (record["event"] or "") in cells["event"].text()
                side = one.get(record["entity"])
                assert cells["side"].text() == (side["name"] if side else "")
                who = cells["who says it"].text()
                spoken = list(one.spoken(record["id"]))
                assert spoken or who == "the article's own voice"
                for attribution, source in spoken:
                    assert source["kind"].replace("_", " ") in who
                    assert attribution["stance"].replace("_", " ") in who
                    assert (one.source_name(source) or "") in who
                    for channel in one.through(attribution["id"]):
                        assert f"← through {channel['name'] or 'somebody unnamed'}" in who
                links = {a.attributes["href"] for a in cells["page"].all("a")}
                for reference in record["references"]:
                    assert pages_of[reference]["publisher"] in cells["page"].text()
                    if address(pages_of[reference]["url"]):
                        assert pages_of[reference]["url"] in links


def test_the_tolls_of_documents_are_those_of_the_tables(
    every: dict[str, tuple[list[Json], Json, str]],
) -> None:
    wanted: dict[str, list[reductions.Toll]] = {}
    for toll in bilan.tolls(measure=None, source=CORPUS):
        wanted.setdefault(toll.story, []).append(toll)
    for ident, (found, about, _) in every.items():
        ours = reductions.of_story([view(one, about, {}) for one in found])
        assert sorted(ours, key=repr) == sorted(wanted.get(ident, []), key=repr), ident


def test_the_claims_on_a_page_are_those_of_the_tolls(
    every: dict[str, tuple[list[Json], Json, str]], trees: dict[str, Node]
) -> None:
    for ident, (found, about, _) in every.items():
        known = reductions.distinct(reductions.of_story([view(one, about, {}) for one in found]))
        wanted = Counter(
            (
                tolls.title_of(toll),
                tuple(
                    (
                        claim.date or "undated",
                        toll_forms.span(claim.low, claim.high),
                        claim.surface or "withheld",
                    )
                    for claim in toll.claims
                ),
            )
            for toll in known
        )
        shown_on: Counter[tuple[str, tuple[tuple[str, ...], ...]]] = Counter()
        for table in trees[ident].all("table", "claims"):
            rows = []
            for row in table.one("tbody").all("tr"):
                cells = [c for c in row.children if isinstance(c, Node)]
                rows.append((cells[0].text(), cells[1].one("b").text(), cells[2].text("ctl")))
            title = table.one("caption").text().removeprefix("Claims: ")
            shown_on[title, tuple(rows)] += 1
        assert shown_on == wanted, ident


def test_the_reductions_stand_beside_the_claims(trees: dict[str, Node]) -> None:
    section = next(s for s in trees["bf-2021-11-14-inata"].all("section") if s.attributes["id"] == "tolls")
    first = next(section.all("div", "toll"))
    told = {d.one("dt").text(): d.one("dd").text() for d in first.one("dl").all("div")}
    assert told["interval"] == "20–57"
    assert told["acled conservative"] == "20"
    assert told["latest"] == "own voice 53; government 57"
    assert told["UCDP GED 24.1 (422539)"] == "57, best 57"


# --- the chart -------------------------------------------------------------------------------------------


def test_every_source_kind_has_one_shape() -> None:
    kinds = [kind for _, some in chart.SHAPES.values() for kind in some]
    assert Counter(kinds) == Counter([*labels.names("source_kind"), None])


def test_a_chart_shows_each_claim_and_each_reduction_once(
    every: dict[str, tuple[list[Json], Json, str]],
) -> None:
    for found, about, _ in every.values():
        for toll in reductions.of_story([view(one, about, {}) for one in found]):
            svg = read(chart.drawing(toll, "x")).one("svg")
            assert svg.attributes["role"] == "img"
            assert {"x-title", "x-desc"} == set(svg.attributes["aria-labelledby"].split())
            groups = list(svg.all("g"))
            assert len(groups) == len(toll.claims) + len(chart.beside(toll))
            told = [g.one("title").text() for g in groups]
            for claim, words in zip(toll.claims, told, strict=False):
                assert words.startswith(
                    f"{claim.date or 'undated'}: {toll_forms.span(claim.low, claim.high)}"
                )
            hollow = sum(any(g.all("", "hollow")) for g in groups[: len(toll.claims)])
            assert hollow == sum(not claim.reduced for claim in toll.claims)
            width, height = (float(svg.attributes[name]) for name in ("width", "height"))
            for node in svg.all():
                for key, most in (("x", width), ("x1", width), ("x2", width), ("cx", width), ("y1", height)):
                    if key in node.attributes:
                        assert -0.5 <= float(node.attributes[key]) <= most + 0.5


@given(st.lists(st.integers(0, 3_000_000), min_size=1, max_size=20))
def test_the_axis_keeps_the_order_of_numbers_and_has_room_for_all(numbers: list[int]) -> None:
    axis = scale.fit([float(n) for n in numbers], 300, 40)
    places = [axis(n) for n in sorted(numbers)]
    assert places == sorted(places, reverse=True)
    assert all(40 <= place <= 300 for place in places)
    for one, two in zip(sorted(set(numbers)), sorted(set(numbers))[1:], strict=False):
        assert axis(one) > axis(two)
    ticks = axis.ticks()
    assert 1 <= len(ticks) <= 24
    assert ticks == sorted(set(ticks))
    assert all(axis.low <= tick <= axis.high for tick in ticks)


def test_an_axis_goes_by_tenfolds_where_the_numbers_ask_for_it() -> None:
    assert not scale.fit([20, 57], 300, 40).tenfold
    wide = scale.fit([0, 3, 9000], 300, 40)
    assert wide.tenfold
    assert wide(0) == 300
    assert wide(3) - wide(30) == pytest.approx(wide(30) - wide(300))


@pytest.mark.parametrize(
    ("date", "lines"),
    [
        ("2021-11-14", ("14 Nov", "2021")),
        ("2021-11", ("Nov", "2021")),
        ("2022", ("2022", "")),
        ("202X", ("202X", "")),
        (None, ("undated", "")),
    ],
)
def test_a_day_is_told_as_far_as_it_is_known(date: str | None, lines: tuple[str, str]) -> None:
    assert chart.day(date) == lines


# --- every string is text --------------------------------------------------------------------------------


def elements(tree: Node) -> set[str]:
    return {node.name for node in tree.all()}


def test_hostile_strings_are_text_wherever_they_stand(trees: dict[str, Node]) -> None:
    article, about = hostile()
    html = page.story([article], about)
    tree = read(html)
    assert "javascript:alert" not in "".join(a.attributes["href"] for a in tree.all("a"))
    assert len(list(tree.all("script"))) == 1
    assert not list(tree.all("img"))
    known = set().union(*(elements(one) for one in trees.values()))
    assert elements(tree) <= known
    assert all(not name.startswith("on") for node in tree.all() for name in node.attributes)
    visible = HOSTILE.replace("\u202e", "U+202E").replace("\u202c", "U+202C").replace("\u200b", "U+200B")
    assert tree.one("h1").text() == visible
    assert tree.text().count(visible) > 12
    assert any(
        HOSTILE[:40] in node.attributes.get("aria-label", "") for node in tree.all("div")
    )  # the chart's
    assert not set("\u202e\u202c\u200b") & set(html)


def test_an_attribute_cannot_be_broken_out_of() -> None:
    (node,) = read(tag("p", "x", title="\"'><script>&amp;\u202e")).children
    assert isinstance(node, Node)
    assert node.attributes == {"title": "\"'><script>&amp;‹U+202E›"}


def test_bad_strings_in_a_comparison_are_text_too() -> None:
    article, _ = hostile()
    other = copy.deepcopy(article)
    other.update(figures=[], attributions=[])
    tree = read(page.comparison(article, other, (HOSTILE, "<b>")))
    assert len(list(tree.all("script"))) == 1
    assert not list(tree.all("img"))


@given(st.text(alphabet=st.characters(codec=None), max_size=30))
def test_any_text_at_all_is_shown_as_it_is_but_for_what_cannot_be_seen(text: str) -> None:
    tree = read(tag("p", text))
    left = "".join(c for c in tree.text("ctl") if c not in "\u200e\u200f\u061c")
    kept = "".join(c for c in text if c in left)
    assert left == "".join(c for c in kept if c not in "\u200e\u200f\u061c")
    tree.text().encode()
    assert all(c.isprintable() or c in "\n\t" or c in left for c in tree.text())
    assert "\u202e" not in plain(text)


def test_joiners_stay_where_a_script_needs_them() -> None:
    persian = "می‌خواهم"
    assert "\u200c" in shown(persian)
    assert "U+200C" not in shown(persian)
    assert "U+200C" in shown("ad\u200cmin")
    assert "U+200F" in shown("a\u200fb")
    assert "\u200f" in shown("a\u200fb")


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "data:text/html,x",
        "file:///etc/passwd",
        "file://example.org/x",
        "javascript://example.org/%0aalert(1)",
        "ftp://example.org/x",
        "//example.org/",
        "http://",
        "http://user@example.org/",
        "https://example.org/\u202e",
        "https://example.org/a b",
        'https://example.org/"onclick="x',
        "http://[::1",
        "",
        None,
    ],
)
def test_only_plain_addresses_of_the_web_are_links(url: str | None) -> None:
    assert address(url) is None


def test_links_tell_the_other_side_nothing(trees: dict[str, Node]) -> None:
    seen = 0
    for tree in trees.values():
        for link in tree.all("a"):
            if not link.attributes["href"].startswith("#"):
                seen += 1
                assert link.attributes["rel"] == "noopener noreferrer"
                assert re.match("https?://", link.attributes["href"])
    assert seen > 1000


def test_the_policy_lets_in_the_style_and_the_script_of_the_page_and_nothing_else(
    trees: dict[str, Node],
) -> None:
    tree = trees["bf-2021-11-14-inata"]
    metas = {m.attributes.get("http-equiv", m.attributes.get("name")): m for m in tree.all("meta")}
    policy = metas["Content-Security-Policy"].attributes["content"]
    rules = dict(rule.strip().split(" ", 1) for rule in policy.split(";"))
    assert rules["default-src"] == "'none'"
    for name in ("style", "script"):
        content = tree.one(name).text().encode()
        digest = base64.b64encode(hashlib.sha256(content).digest()).decode()
        assert rules[f"{name}-src"] == f"'sha256-{digest}'"
    assert not any("style" in node.attributes for node in tree.all())
    assert not any(node.name in ("link", "img", "iframe", "object", "form", "base") for node in tree.all())
    assert not any("src" in node.attributes for node in tree.all())
    assert "url(" not in STYLE
    assert "@import" not in STYLE


def test_pages_are_light_and_the_same_every_time(every: dict[str, tuple[list[Json], Json, str]]) -> None:
    for ident, (found, about, html) in every.items():
        assert len(html.encode()) < 300_000, ident
        assert page.story(found[::-1], copy.deepcopy(about)) == html


# --- languages and looks ---------------------------------------------------------------------------------


def test_an_arabic_text_runs_from_right_to_left_and_its_words_keep_their_direction() -> None:
    _, about = story_of("ml-2025-05-23-dioura")
    tree = read(page.story([arabic()], about, of=4))
    text = tree.one("div", "text")
    assert (text.attributes["lang"], text.attributes["dir"]) == ("ar", "rtl")
    assert [p.attributes["dir"] for p in text.all("p")] == ["rtl", "rtl"]
    assert [p.text() for p in text.all("p")] == [line for line in ARABIC.split("\n") if line]
    cells = [b for row in tree.all("table", "figures") for b in row.all("bdi")]
    assert any(b.text() == "نحو 40 جنديا" and b.attributes["lang"] == "ar" for b in cells)
    assert "From 1 of the 4 articles" in tree.text()


def test_a_text_of_a_language_that_is_not_known_runs_as_its_letters_say() -> None:
    tree = read(running.text("x", [], "xx", ""))
    assert tree.one("div").attributes["dir"] == "auto"
    assert running.direction("fa-IR") == "rtl"


def test_the_style_is_logical_so_that_it_turns_with_the_text() -> None:
    physical = r"(?:margin|padding|border)-(?:left|right|top|bottom)|text-align: (?:left|right)|float: (?:left|right)"
    assert not re.findall(physical, STYLE)


def test_the_style_names_the_columns_as_the_tables_do() -> None:
    for look, heads in (("figures", sections.FIGURES), ("claims", tolls.CLAIMS)):
        for i, name in enumerate(heads[1:], 2):
            assert f'.{look} td:nth-child({i})::before {{ content: "{name}\\a0"; }}' in STYLE


def _luminance(colour: str) -> float:
    colour = colour if len(colour) == 7 else "#" + "".join(c * 2 for c in colour[1:])
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _contrast(one: str, two: str) -> float:
    low, high = sorted((_luminance(one), _luminance(two)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("block", range(3), ids=["light", "dark", "print"])
def test_every_colour_of_words_can_be_read_on_every_ground(block: int) -> None:
    """WCAG 2 AA: 4.5 to 1."""
    blocks = re.findall(r":root \{(.*?)\}", STYLE, re.S)
    assert len(blocks) == 3
    colours = dict(re.findall(r"--([a-z-]+): (#[0-9a-f]+)", blocks[0]))
    colours.update(re.findall(r"--([a-z-]+): (#[0-9a-f]+)", blocks[block]))
    grounds = ["paper", "soft"]
    for name in ("ink", "quiet", "link", *marks.LAYERS, *compared.STATES):
        on = grounds + (["figures-fill"] if name in ("ink", "figures") else [])
        on += ["aim"] if block < 2 and name in ("ink", "link", "quiet", *marks.LAYERS) else []
        for ground in on:
            if block == 2 and name in compared.STATES:
                continue  # as in light, on white
            assert _contrast(colours[name], colours[ground]) >= 4.5, (name, ground)


def test_layers_differ_by_line_or_ground_not_by_colour_alone() -> None:
    base = {"w": "1.5px", "s": "solid", "ground": ""}
    looks = {}
    for name in ("figures", "sources", "said", "events", "names", "nominal", "times", "zones", "quote"):
        own = (
            dict(base)
            if name not in ("nominal", "quote")
            else dict(looks["names" if name == "nominal" else "said"])
        )
        for rule in re.findall(rf"^(?:.*\}} )?\.m\.{name} \{{ (.*?) \}}", STYLE, re.M):
            own.update(re.findall(r"--([ws]): ([^;]+);", rule))
            own["ground"] = own["ground"] or ("filled" if "background: var" in rule else "")
        looks[name] = own
    assert len({tuple(sorted(look.items())) for look in looks.values()}) == len(looks), looks
    for mark in read(page.story([arabic()], None)).all("span", "fe"):
        assert mark.attributes["data-l"]


def test_every_layer_can_be_taken_off_without_a_script(trees: dict[str, Node]) -> None:
    boxes = [box.attributes["id"] for box in trees["bf-2021-11-14-inata"].all("input")]
    assert boxes == [f"show-{name}" for name in (*marks.LAYERS, "labels")]
    for box in boxes:
        assert f"body:has(#{box}:not(:checked))" in STYLE
    for state in compared.STATES:
        assert f"body:has(#show-x-{state}:not(:checked)) .m.x-{state}" in STYLE


# --- withheld texts --------------------------------------------------------------------------------------


def test_a_withheld_text_shows_its_marks_and_no_words_that_are_withheld(
    every: dict[str, tuple[list[Json], Json, str]], trees: dict[str, Node]
) -> None:
    seen = 0
    for ident, (found, _, _) in every.items():
        for article, node in zip(found, articles_on(trees[ident]), strict=True):
            if article["text"]["access"] != "withheld":
                continue
            seen += 1
            assert "The text is withheld" in node.text()
            stretches = marks.of(article)
            ruler = next(node.all("div", "drawing"))
            assert len(list(ruler.all("rect"))) == len(stretches)
            listed = next(d for d in node.all("details") if d.one("summary").text().startswith("All "))
            rows = list(listed.one("tbody").all("tr"))
            assert len(rows) == len(stretches)
            for row, one in zip(rows, stretches, strict=True):
                cells = [c.text("ctl") for c in row.children if isinstance(c, Node)]
                assert cells[0] == f"{one.start:,}–{one.end:,}"
                clear = {
                    span.span["surface"]
                    for span in model.spans(article)
                    if (span.span["start"], span.span["end"]) == (one.start, one.end)
                    and "surface" in span.span
                }
                assert cells[3] in (clear or {f"withheld, {one.end - one.start} characters"})
    withheld = [a for found, _, _ in every.values() for a in found if a["text"]["access"] == "withheld"]
    assert seen == len(withheld) > 1


@pytest.fixture
def withheld(valid: Path) -> tuple[Path, Json]:
    """A corpus with one withheld article, and the article as it was."""
    path = valid / "xx" / "2024-03-01-tessara" / "fr-1.json"
    article = json.loads(path.read_bytes())
    path.write_bytes(jsonio.dumps(withholding.withheld(article, SALT)))
    return path, article


def test_a_copy_brings_the_text_back_and_the_page_stays_with_its_user(
    withheld: tuple[Path, Json], tmp_path: Path, capsys: pytest.CaptureFixture[str],
    tmp_path_factory: pytest.TempPathFactory,
) -> None:  # fmt: skip
    path, article = withheld
    copies = tmp_path / "copies"
    copies.mkdir()
    (copies / "one.txt").write_text(article["text"]["content"], encoding="utf-8")
    inside = ["view", str(path), "--corpus", "corpus", "--hydrate", "copies", "--no-open"]
    assert main([*inside, "--out", "page.html"]) == 1
    assert "B875" in capsys.readouterr().err
    assert not Path("page.html").exists()
    Path(".gitignore").write_text("/work/\n", encoding="utf-8")
    assert main([*inside, "--out", "work/page.html"]) == 0  # git does not take it
    out = tmp_path_factory.mktemp("outside") / "page.html"
    assert main([*inside, "--out", str(out)]) == 0
    tree = read(out.read_text(encoding="utf-8"))
    lines = [line for line in article["text"]["content"].split("\n") if line.strip()]
    assert [p.text("ctl") for p in tree.one("div", "text").all("p")] == lines
    assert "(exact), and not to be passed on" in tree.text()
    assert stat.S_IMODE(out.stat().st_mode) == 0o600


def test_in_a_copy_that_differs_marks_are_placed_and_tolls_keep_every_claim() -> None:
    from bilan.hydration import align, filling

    found, about = story_of("bf-2021-11-14-inata")
    article = next(one for one in found if one["id"].endswith("en.1"))
    hidden = withholding.withheld(article, SALT)
    text = article["text"]["content"].replace(
        "The current figure, which reflects the situation", "The figure, on"
    )
    text = text.replace("It is made up of 49 gendarmes and four civilians. ", "")
    result = align.hydrate(hidden, text)
    assert result.state == "aligned"
    back = filling.filled(hidden, result)
    assert len(back["figures"]) < len(article["figures"])
    tree = read(page.story([back], about, hidden=[hidden]))
    shown_on = [row.text() for table in tree.all("table", "claims") for row in table.one("tbody").all("tr")]
    whole = reductions.distinct(reductions.of_story([view(hidden, about, {})]))
    assert len(shown_on) == sum(len(toll.claims) for toll in whole)
    lost = reductions.distinct(reductions.of_story([view(back, about, {})]))
    assert sum(len(toll.claims) for toll in lost) < len(shown_on)


def test_claims_of_figures_that_were_not_placed_lead_to_nothing_that_is_not_there() -> None:
    from bilan.hydration import align, filling

    found, about = story_of("bf-2021-11-14-inata")
    article = next(one for one in found if one["id"].endswith("en.1"))
    hidden = withholding.withheld(article, SALT)
    text = article["text"]["content"].replace("It is made up of 49 gendarmes and four civilians. ", "")
    back = filling.filled(hidden, align.hydrate(hidden, text))
    tree = read(page.story([back], about, hidden=[hidden]))
    ids = {node.attributes["id"] for node in tree.all() if "id" in node.attributes}
    assert {a.attributes["href"][1:] for a in tree.all("a") if a.attributes["href"].startswith("#")} <= ids


# --- two annotations -------------------------------------------------------------------------------------


def test_a_comparison_counts_what_agreement_counts() -> None:
    states: Counter[str] = Counter()
    for ours, theirs in files.pairs(ROUND / "first", ROUND / "second")[:12]:
        some = compared.pairs(ours, theirs)
        states.update(pair.state for pair in some)
        found = compare(ours, theirs)
        for name, layer, look in (
            ("figures", "figures", ""),
            ("times", "times", ""),
            ("triggers", "events", ""),
            ("cues", "said", "cue"),
            ("source mentions", "sources", ""),
        ):
            here = [p for p in some for s in [p.ours or p.theirs] if s and (s.layer, s.look) == (layer, look)]
            first, second, equal, overlapping = found.spans[name]
            assert sum(p.ours is not None for p in here) == first
            assert sum(p.theirs is not None for p in here) == second
            assert sum(p.ours is not None and p.theirs is not None for p in here) == overlapping
            assert sum(p.state in ("same", "other") for p in here) == equal
        tree = read(page.comparison(ours, theirs))
        rows = sum(
            len(list(t.one("tbody").all("tr"))) for t in tree.all("table") if "numbers" not in t.classes
        )
        assert rows == len(found.items)
        text = ours["text"]["content"]
        assert [p.text("ctl") for p in tree.one("div", "text").all("p")] == [
            line for line in text.split("\n") if line.strip()
        ]
    assert set(states) == set(compared.STATES)


def test_a_comparison_of_an_annotation_with_itself_finds_nothing() -> None:
    ours = arabic()
    assert {pair.state for pair in compared.pairs(ours, copy.deepcopy(ours))} == {"same"}
    assert "do not differ" in page.comparison(ours, ours)


def test_two_labels_and_two_edges_are_told_apart() -> None:
    text = "Forty soldiers died, said the army."
    ours, theirs = blank(text, "en"), blank(text, "en")
    for one in (ours, theirs):
        one["events"] = [
            {"id": "ev1", "type": "armed_clash", "date": None, "times": [], "places": [], "participants": [],
             "story_event": None, "part_of": None, "triggers": [at(text, "died")]}
        ]  # fmt: skip
        one["sources"] = [{"id": "s1", "kind": "military", "form": None, "named": False, "entity": None,
                           "mentions": [at(text, "the army")]}]  # fmt: skip
    ours["figures"] = [figure("f1", at(text, "Forty soldiers"), 40, 40, 40)]
    theirs["figures"] = [figure("f9", at(text, "Forty soldiers"), 40, 35, 45, "approximate")]
    theirs["sources"][0]["mentions"] = [at(text, "army")]
    ours["attributions"] = [said("a1", "s1", ["f1"], at(text, "said"))]
    states = {(p.ours or p.theirs).layer: p.state for p in compared.pairs(ours, theirs) if p.ours or p.theirs}  # type: ignore[union-attr]
    assert states == {"events": "same", "figures": "other", "sources": "edge", "said": "first"}
    html = page.comparison(ours, theirs)
    assert "A 40 soldiers killed, event | B 35–45 soldiers killed, event" in html


# --- the command -----------------------------------------------------------------------------------------

DIOURA = "corpus/ml/2025-05-23-dioura/en-1.json"


@pytest.fixture
def home(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(REPOSITORY)


@pytest.mark.usefixtures("home")
def test_a_story_is_a_page_in_a_new_folder_outside_of_the_repository(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    opened: list[str] = []
    monkeypatch.setattr("webbrowser.open", lambda url: opened.append(url) or True)
    monkeypatch.setenv("DISPLAY", ":0")
    assert main(["view", "ml-2025-05-23-dioura"]) == 0
    path = Path(capsys.readouterr().out.strip())
    assert path.is_relative_to(tmp_path)
    assert opened == [path.as_uri()]
    assert len(articles_on(read(path.read_text(encoding="utf-8")))) == 3


@pytest.mark.usefixtures("home")
def test_without_a_screen_the_path_is_enough(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "BROWSER"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("sys.platform", "linux")
    assert main(["view", DIOURA, "--out", str(tmp_path / "a.html")]) == 0
    told = capsys.readouterr()
    assert told.out == f"{tmp_path / 'a.html'}\n"
    assert "open the page yourself" in told.err


@pytest.mark.usefixtures("home")
def test_one_article_says_that_it_is_one_of_several(tmp_path: Path) -> None:
    assert main(["view", DIOURA, "--out", str(tmp_path / "a.html"), "--no-open"]) == 0
    assert "From 1 of the 3 articles of this story" in (tmp_path / "a.html").read_text(encoding="utf-8")


@pytest.mark.usefixtures("home")
def test_the_file_of_a_story_stands_for_its_articles(tmp_path: Path) -> None:
    out = tmp_path / "a.html"
    assert main(["view", "corpus/ml/2025-05-23-dioura/story.json", "--out", str(out), "--no-open"]) == 0
    assert len(articles_on(read(out.read_text(encoding="utf-8")))) == 3


def test_two_annotations_of_a_withheld_text_are_compared_without_it() -> None:
    (hidden,) = [one for one in story_of("ml-2025-05-23-dioura")[0] if one["id"].endswith("fr.1")]
    other = copy.deepcopy(hidden)
    gone = hidden["figures"][-1]
    hidden["figures"] = hidden["figures"][:-1]
    hidden["attributions"] = [
        {**a, "content": kept}
        for a in hidden["attributions"]
        if (kept := [c for c in a["content"] if c != gone["id"]])
    ]
    hidden["relations"] = [r for r in hidden["relations"] if gone["id"] not in (r["from"], r["to"])]
    tree = read(page.comparison(hidden, other))
    row = next(r for r in tree.all("tr") if "B 41 soldiers killed" in r.text())
    assert "41 soldats précisément" in row.text()


@pytest.mark.usefixtures("home")
def test_several_stories_go_into_a_folder(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    two = ["view", "ml-2025-05-23-dioura", "bf-2021-11-14-inata", "--no-open"]
    assert main([*two, "--out", str(tmp_path / "page.html")]) == 1
    assert "B877" in capsys.readouterr().err
    assert main([*two, "--out", str(tmp_path / "pages")]) == 0
    names = sorted(path.name for path in (tmp_path / "pages").iterdir())
    assert names == ["bf-2021-11-14-inata.html", "ml-2025-05-23-dioura.html"]


@pytest.mark.usefixtures("home")
def test_only_its_own_pages_are_overwritten(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "a.html"
    ask = ["view", DIOURA, "--no-open", "--out", str(path)]
    assert main(ask) == main(ask) == 0
    path.write_text("my notes", encoding="utf-8")
    assert main(ask) == 1
    assert "B808" in capsys.readouterr().err
    assert path.read_text(encoding="utf-8") == "my notes"
    assert main([*ask, "--force"]) == 0
    assert page.is_page(path.read_bytes())


@pytest.mark.usefixtures("home")
def test_two_annotations_of_an_article_are_compared_not_shown_as_one(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    name = "bf-2021-11-14-inata.en.1.md"
    first, second = (str(ROUND / side / name) for side in ("first", "second"))
    out = tmp_path / "a.html"
    assert main(["view", first, second, "--no-open", "--out", str(out)]) == 1
    assert "B876" in capsys.readouterr().err
    assert main(["view", first, "--against", second, "--no-open", "--out", str(out)]) == 0
    assert "two annotations" in read(out.read_text(encoding="utf-8")).one("h1").text()
    assert main(["view", first, "--against", str(ROUND / "second"), "--no-open", "--out", str(out)]) == 0
    assert main(["view", DIOURA, "--against", second, "--no-open", "--out", str(out)]) == 1
    assert "B810" in capsys.readouterr().err
    assert main(["view", DIOURA, "--against", str(ROUND / "second"), "--no-open", "--out", str(out)]) == 1
    assert "B810" in capsys.readouterr().err


@pytest.mark.usefixtures("home")
def test_what_is_no_article_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["view", "zz-2020-01-01-nowhere", "--no-open"]) == 1
    assert "B112" in capsys.readouterr().err
    broken = tmp_path / "en-1.json"
    broken.write_text('{"id": ', encoding="utf-8")
    assert main(["view", str(broken), "--no-open"]) == 1
    assert "B101" in capsys.readouterr().err


def test_an_article_alone_with_no_story_beside_it_is_a_page_all_the_same(
    tmp_path: Path, valid: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shelf = tmp_path / "shelf"
    shelf.mkdir()
    (shelf / "fr-1.json").write_bytes((valid / "xx/2024-03-01-tessara/fr-1.json").read_bytes())
    empty = tmp_path / "empty"
    (empty / "registry").mkdir(parents=True)
    out = tmp_path / "a.html"
    assert (
        main(["view", str(shelf / "fr-1.json"), "--corpus", str(empty), "--no-open", "--out", str(out)]) == 0
    )
    tree = read(out.read_text(encoding="utf-8"))
    assert tree.one("h1").text() == "xx-2024-03-01-tessara"
    assert list(tree.all("table", "figures"))
    (shelf / "story.json").write_text("{}", encoding="utf-8")
    assert (
        main(["view", str(shelf / "fr-1.json"), "--corpus", str(empty), "--no-open", "--out", str(out)]) == 1
    )
    assert "B20" in capsys.readouterr().err
