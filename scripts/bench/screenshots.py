"""The pictures of docs/view.md: pages of ``bilan view`` in a real Chromium.

    pip install -e '.[browser]' && python scripts/bench/screenshots.py

Needs a Chromium of the system (``BILAN_CHROMIUM``, or ``chromium`` on the path); nothing is asked from the network.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

from bilan.__main__ import main as bilan

ROOT = Path(__file__).resolve().parents[2]
OUT = ROOT / "docs" / "images"
ROUND = ROOT / "corpus" / "agreement" / "round-1"
PAIR = "ye-2018-08-09-dahyan.en.1.md"
SIZE = {"width": 1000, "height": 760}


def main() -> int:
    from playwright.sync_api import sync_playwright

    path = os.environ.get("BILAN_CHROMIUM") or shutil.which("chromium")
    if not path:
        print("no chromium on the path: install it, or set BILAN_CHROMIUM", file=sys.stderr)
        return 2
    OUT.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as play:
        story, two = Path(folder, "story.html"), Path(folder, "two.html")
        pair = [str(ROUND / "first" / PAIR), "--against", str(ROUND / "second" / PAIR)]
        asked = (["bf-2021-11-14-inata", "--corpus", str(ROOT / "corpus")], story), (pair, two)
        for words, page in asked:
            if status := bilan(["view", *words, "--no-open", "--out", str(page)]):
                return status
        browser = play.chromium.launch(
            executable_path=path, args=["--headless", "--no-sandbox", "--disable-gpu"]
        )
        tab = browser.new_page(viewport=SIZE)
        tab.goto(story.as_uri())
        _shot(tab, "text=Who says how many", "toll.png")
        tab.locator(".m.figures", has_text="22 survivors").first.hover()
        _shot(tab, None, "text.png")
        tab.goto(two.as_uri())
        _shot(tab, "text=On the text", "two.png")
        browser.close()
    return 0


def _shot(tab: Any, place: str | None, name: str) -> None:
    """What stands at a place, or on the screen as it is."""
    if place:
        tab.locator(place).first.evaluate("one => { one.scrollIntoView(); scrollBy(0, -40) }")
    tab.screenshot(path=str(OUT / name))
    print(f"wrote docs/images/{name}")


if __name__ == "__main__":
    sys.exit(main())
