"""Pages of ``bilan view`` in a real Chromium: arcs, layers, print, direction, and nothing that leaves the machine.

Needs Playwright for Python and a Chromium of the system: ``BILAN_CHROMIUM``, or ``chromium`` on the path.
"""

from __future__ import annotations

import itertools
import os
import shutil
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from bilan.agreement import files
from bilan.viewing import marks, page
from viewed import CORPUS, HOSTILE, Json, arabic, hostile, story_of

pytestmark = pytest.mark.browser

STARTED = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
STORY = "bf-2021-11-14-inata"
Open = Callable[..., Any]


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    api = pytest.importorskip("playwright.sync_api")
    path = os.environ.get("BILAN_CHROMIUM") or shutil.which("chromium")
    assert path, "no chromium on the path: apt-get install chromium, or set BILAN_CHROMIUM"
    with api.sync_playwright() as play:
        browser = play.chromium.launch(executable_path=path, args=STARTED)
        yield browser
        browser.close()


@pytest.fixture
def opened(chromium: Any, tmp_path: Path) -> Iterator[Open]:
    """Opens the HTML of a page from a file. At the end: nothing was asked for but files, nothing was complained of."""
    said: list[str] = []
    contexts = []

    def begin(
        html: str, width: int = 1180, height: int = 900, script: bool = True, scheme: str = "light"
    ) -> Any:
        path = tmp_path / f"page-{len(contexts)}.html"
        path.write_text(html, encoding="utf-8")
        context = chromium.new_context(
            viewport={"width": width, "height": height}, java_script_enabled=script, color_scheme=scheme
        )
        contexts.append(context)
        tab = context.new_page()
        tab.on("request", lambda r: said.append(f"asks for {r.url}") if r.url != path.as_uri() else None)
        tab.on("console", lambda m: said.append(f"console: {m.text}"))
        tab.on("pageerror", lambda e: said.append(f"error: {e}"))
        tab.on("dialog", lambda d: (said.append(f"dialog: {d.message}"), d.dismiss()))
        tab.goto(path.as_uri())
        return tab

    yield begin
    for context in contexts:
        context.close()
    assert said == []


@pytest.fixture(scope="module")
def story() -> str:
    found, about = story_of(STORY)
    return page.story(found, about)


# --- arcs ------------------------------------------------------------------------------------------------

ENDS = """() => {
  const box = (e) => { const r = e.getClientRects()[0]; return [r.left, r.top, r.right, r.bottom]; };
  const area = document.querySelector('.wires').getBoundingClientRect();
  return {
    tips: [...document.querySelectorAll('.wires path:not(.tip)')].map((p) => {
      const at = p.getPointAtLength(p.getTotalLength());
      const from = p.getPointAtLength(0);
      return [from.x + area.left, from.y + area.top, at.x + area.left, at.y + area.top, p.getAttribute('class')];
    }),
    lit: [...document.querySelectorAll('.m.lit')].map((e) => [e.className, e.textContent, ...box(e)]),
    rows: [...document.querySelectorAll('tr.lit')].map((e) => e.id),
  };
}"""


def arrives(tip: list[Any], box: list[float]) -> bool:
    return box[0] - 1 <= tip[2] <= box[2] + 1 and abs(tip[3] - box[1]) <= 5


def test_a_focused_figure_has_arcs_to_its_source_and_its_event(opened: Open, story: str) -> None:
    tab = opened(story)
    tab.locator(".text .figures", has_text="46 gendarmes").first.focus()
    found = tab.evaluate(ENDS)
    looks = sorted(tip[4] for tip in found["tips"])
    assert looks == ["to-e", "to-s"]
    lit = {text: (look.split()[1], box) for look, text, *box in found["lit"]}
    assert set(lit) == {
        "46 gendarmes",
        "Tamboura",
        *(t for t, (layer, _) in lit.items() if layer == "events"),
    }
    for tip in found["tips"]:
        wanted = "events" if tip[4] == "to-e" else "sources"
        assert any(layer == wanted and arrives(tip, box) for layer, box in lit.values())
    figure = lit["46 gendarmes"][1]
    assert all(figure[0] <= tip[0] <= figure[2] for tip in found["tips"])
    assert found["rows"] == ["a1-row-f11"]
    tab.keyboard.press("Escape")
    assert tab.locator(".wires, .lit").count() == 0


def test_the_keyboard_walks_from_figure_to_figure(opened: Open, story: str) -> None:
    tab = opened(story)
    tab.locator(".text .figures").first.focus()
    seen = []
    for _ in range(5):
        seen.append(tab.evaluate("document.activeElement.id"))
        assert tab.locator(".wires").count() == 1
        assert tab.evaluate("getComputedStyle(document.activeElement).outlineStyle") != "none"
        tab.keyboard.press("Tab")
    assert len(set(seen)) == 5
    assert all(ident.startswith("a1-f") for ident in seen)


def test_the_mouse_draws_arcs_too_and_so_does_a_row_of_the_table(opened: Open, story: str) -> None:
    tab = opened(story)
    tab.locator(".text .figures").nth(3).hover()
    by_mark = tab.evaluate(ENDS)["lit"]
    tab.locator("h1").hover()
    assert tab.locator(".wires").count() == 0
    ident = tab.locator(".text .figures").nth(3).get_attribute("aria-describedby")
    tab.locator(f"#{ident} td").first.hover()
    assert [one[:2] for one in tab.evaluate(ENDS)["lit"]] == [one[:2] for one in by_mark]
    assert tab.locator(f"#{ident}.lit").count() == 1


def test_arcs_follow_the_text_when_the_window_changes(opened: Open, story: str) -> None:
    tab = opened(story)
    tab.locator(".text .figures", has_text="46 gendarmes").first.focus()
    tab.set_viewport_size({"width": 700, "height": 900})
    tab.wait_for_timeout(100)
    found = tab.evaluate(ENDS)
    assert all(any(arrives(tip, one[2:]) for one in found["lit"]) for tip in found["tips"])


def test_every_figure_of_a_story_has_the_arcs_that_the_data_have(opened: Open) -> None:
    found, about = story_of("ml-2025-05-23-dioura")
    tab = opened(page.story(found, about))
    for figure in tab.locator(".text .figures[data-s]").all():
        wanted = len((figure.get_attribute("data-s") + " " + figure.get_attribute("data-e")).split())
        figure.focus()
        assert tab.locator(".wires path:not(.tip)").count() == wanted


# --- without a script, and in print ----------------------------------------------------------------------


def test_without_a_script_drawing_and_table_are_there_and_layers_can_be_taken_off(
    opened: Open, story: str
) -> None:
    tab = opened(story, script=False)
    assert tab.locator(".arcs svg").first.is_visible()
    assert tab.locator("table.figures").first.is_visible()
    assert tab.locator("table.figures tbody tr").count() == tab.locator(".arc").count()


@pytest.mark.parametrize("layer", [*marks.LAYERS, "labels"])
def test_a_box_takes_a_layer_off(layer: str, opened: Open, story: str) -> None:
    tab = opened(story)
    look = """(layer) => { const e = document.querySelector('.m.' + layer + '.fe');
      const own = getComputedStyle(e);
      return [own.borderBottomColor, getComputedStyle(e, '::after').content, own.backgroundColor]; }"""
    at = "names" if layer == "labels" else layer
    before = tab.evaluate(look, at)
    tab.locator(f"#show-{layer}").uncheck()
    after = tab.evaluate(look, at)
    assert before[1] != "none"
    assert after[1] == "none"
    assert (after[0] == "rgba(0, 0, 0, 0)") == (layer != "labels")
    tab.locator(f"#show-{layer}").check()
    assert tab.evaluate(look, at) == before


def test_in_print_the_arcs_are_drawn_and_the_boxes_are_gone(opened: Open, story: str) -> None:
    tab = opened(story)
    tab.emulate_media(media="print")
    assert not tab.locator(".layers").is_visible()
    for name in (".arcs svg", "table.figures", ".text", ".toll svg"):
        assert tab.locator(name).first.is_visible()
    assert tab.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert tab.locator(".arcs path.link").count() > 20
    assert len(tab.pdf(format="A4", print_background=True)) > 50_000


# --- the text as it is seen ------------------------------------------------------------------------------

PIECES = """(area) => [...document.querySelectorAll(area + ' .m')].map((e) => ({
  words: e.textContent, boxes: [...e.getClientRects()].map((r) => [r.left, r.top, r.right, r.bottom]) }))"""


def test_lines_of_nested_marks_lie_apart(opened: Open, story: str) -> None:
    """Wherever two marks share a stretch of a line, the lines below them are at least two pixels apart."""
    tab = opened(story)
    pieces = tab.evaluate(PIECES, ".text")
    shared = 0
    for one, two in itertools.combinations(pieces, 2):
        for a, b in itertools.product(one["boxes"], two["boxes"]):
            if min(a[2], b[2]) - max(a[0], b[0]) > 2 and abs(a[1] - b[1]) < 12:
                shared += 1
                assert abs(a[3] - b[3]) >= 2, (one, two)
    assert shared > 20


def test_marks_of_one_line_do_not_reach_into_the_next(opened: Open, story: str) -> None:
    tab = opened(story)
    over = tab.evaluate("""() => [...document.querySelectorAll('.text p')].filter((p) => {
      const line = parseFloat(getComputedStyle(p).lineHeight);
      const boxes = [...p.querySelectorAll('.m')].flatMap((m) => [...m.getClientRects()]);
      return boxes.some((r) => r.height > line); }).length""")
    assert over == 0


@pytest.mark.parametrize("width", [390, 768, 1180])
def test_nothing_sticks_out_of_the_window(width: int, opened: Open, story: str) -> None:
    second = files.pairs(CORPUS / "agreement/round-1/first", CORPUS / "agreement/round-1/second")[1]
    for html in (story, page.comparison(*second), page.story([arabic()], None), page.story(*_hostile())):
        tab = opened(html, width=width)
        assert tab.evaluate("document.documentElement.scrollWidth") <= width


def _hostile() -> tuple[list[Json], Json]:
    article, about = hostile()
    return [article], about


def test_words_on_a_chart_stay_inside_of_it(opened: Open, story: str) -> None:
    tab = opened(story)
    out = tab.evaluate("""() => [...document.querySelectorAll('.drawing svg')].flatMap((svg) => {
      const r = svg.getBoundingClientRect();
      const out = (b) => b.left < r.left - 1 || b.right > r.right + 1 || b.top < r.top - 1 || b.bottom > r.bottom + 1;
      return [...svg.querySelectorAll('text')].filter((t) => {
        const b = t.getBoundingClientRect(); return b.width && out(b);
      }).map((t) => t.textContent); })""")
    assert out == []


def test_the_dark_page_is_dark(opened: Open, story: str) -> None:
    grounds = [
        opened(story, scheme=scheme).evaluate("getComputedStyle(document.body).backgroundColor")
        for scheme in ("light", "dark")
    ]
    assert grounds == ["rgb(253, 252, 249)", "rgb(21, 24, 28)"]


def test_an_arabic_text_is_set_from_the_right(opened: Open) -> None:
    _, about = story_of("ml-2025-05-23-dioura")
    tab = opened(page.story([arabic()], about))
    boxes = tab.evaluate("""() => [...document.querySelectorAll('.text p:first-child .m')].map((e) => {
      const r = e.getBoundingClientRect(); return [e.textContent, r.left, r.right]; })""")
    figure = next(box for box in boxes if box[0] == "نحو 40 جنديا")
    event = next(box for box in boxes if box[0] == "هجوم")
    assert figure[1] > event[2]  # what is read first stands further to the right
    edge = tab.evaluate("document.querySelector('.text').getBoundingClientRect().right")
    first = tab.evaluate("""() => { const p = document.querySelectorAll('.text p')[1]; const r = document.createRange();
      const t = document.createTreeWalker(p, NodeFilter.SHOW_TEXT).nextNode(); r.setStart(t, 0); r.setEnd(t, 1);
      return r.getBoundingClientRect().right; }""")
    assert abs(edge - first) < 3
    assert tab.evaluate("getComputedStyle(document.body).direction") == "ltr"
    tab.locator(".text .figures").nth(2).focus()
    found = tab.evaluate(ENDS)
    assert all(any(arrives(tip, one[2:]) for one in found["lit"]) for tip in found["tips"])


def test_arabic_words_in_a_drawing_are_read_from_the_right(opened: Open) -> None:
    tab = opened(page.story([arabic()], None))
    places = tab.evaluate("""() => { const t = [...document.querySelectorAll('.arcs .name')]
      .find((e) => e.textContent.includes('41')); const s = t.textContent;
      return [...'41 جن'].map((c) => t.getStartPositionOfChar(s.indexOf(c)).x); }""")
    number, noun = places[0], places[3]
    assert number > noun


def test_the_text_is_read_and_copied_without_the_labels(opened: Open, story: str) -> None:
    tab = opened(story)
    text = tab.evaluate("document.querySelector('.text').innerText")
    article = next(one for one in story_of(STORY)[0] if one["id"].endswith("en.1"))
    assert [line for line in text.split("\n") if line] == [
        line for line in article["text"]["content"].split("\n") if line
    ]


# --- nothing runs, nothing leaves ------------------------------------------------------------------------


def test_hostile_strings_run_nothing_and_ask_for_nothing(opened: Open) -> None:
    article, about = hostile()
    tab = opened(page.story([article], about))
    assert "alert(1)" in tab.inner_text("h1")
    assert tab.locator("img").count() == 0
    assert tab.locator("script").count() == 1
    other = opened(page.comparison(article, article, (HOSTILE, HOSTILE)))
    assert other.locator("img").count() == 0


def received(server: socket.socket) -> bytes:
    """What was sent to a server. Chromium connects for a frame before it reads that it may not ask for it."""
    got = b""
    while True:
        try:
            connection, _ = server.accept()
            connection.settimeout(0.3)
            got += connection.recv(1000)
        except TimeoutError:
            return got


def test_the_policy_stops_what_is_put_into_a_page_afterwards(
    chromium: Any, tmp_path: Path, story: str
) -> None:
    """Even if something got past the escaping, it would neither run nor reach a server."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.3)
        url = f"http://127.0.0.1:{server.getsockname()[1]}/"
        ran = "document.title = 'ran'"
        bad = (
            f'<script>{ran}</script><img src="{url}" onerror="{ran}"><script src="{url}"></script>'
            f'<style>@import "{url}"; h1 {{ color: red }}</style><iframe src="{url}"></iframe>'
        )
        path = tmp_path / "bad.html"
        path.write_text(story.replace("<main>", f"<main>{bad}"), encoding="utf-8")
        tab = chromium.new_page()
        refused: list[str] = []
        tab.on("console", lambda message: refused.append(message.text))
        tab.goto(path.as_uri())
        assert received(server) == b""
        assert tab.title() != "ran"
        assert tab.evaluate("getComputedStyle(document.querySelector('h1')).color") != "rgb(255, 0, 0)"
        assert sum("Content Security Policy" in text for text in refused) >= 5, refused
        tab.close()


@pytest.mark.parametrize(
    "ident", ["sd-2019-06-03-khartoum", "ua-2022-04-08-kramatorsk", "ml-2025-05-23-dioura"]
)
def test_whole_stories_open_without_a_complaint(ident: str, opened: Open) -> None:
    found, about = story_of(ident)
    tab = opened(page.story(found, about))
    assert tab.locator("article").count() == len(found)
