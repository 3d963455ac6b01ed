"""The report in a real browser, where one is installed: nothing runs over the edge of a screen."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from datetime import timedelta
from html import unescape
from pathlib import Path
from typing import Any

import pytest

from flows.watch.report_forms import Link, Report, Section
from press import BASE

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "chrome"))), None)
QUIET = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-sync"),
    *("--disable-background-networking", "--disable-component-update", "--hide-scrollbars"),
)
MEASURE = """<script>
const tables = [...document.querySelectorAll("table")];
const right = e => e.getBoundingClientRect().right;
document.body.dataset.seen = JSON.stringify({
  page: document.documentElement.scrollWidth,
  screen: innerWidth,
  headline: document.querySelector("td").getBoundingClientRect().width,
  numbers: tables.map(t => [...t.querySelectorAll("th.n, td.n")].map(
    e => [e.cellIndex, getComputedStyle(e).textAlign, Math.round(right(e))])),
});
</script>"""

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")


def report() -> Report:
    headline = Link(
        "काशी में मल्लाहों ने गंगा से निकाली 18 टन प्लास्टिक, बदले में मिला नाव का बीमा", "https://a.test/1"
    )
    copied = Section(
        "The most copied",
        ("headline", "copies", "sources", "first"),
        ((headline, 1234, 5, "samvadkendra"),),
    )
    wide = Section(
        "Wide", ("source", *(f"a long name {n}" for n in range(12))), (("janrekha", *range(12)),)
    )
    return Report(BASE, BASE + timedelta(days=1), ("Some words.",), (copied, wide))


def seen(folder: Path, width: int) -> Any:
    """What a browser of this width makes of the page."""
    page = folder / "report.html"
    page.write_text(report().to_html().replace("</body>", f"{MEASURE}</body>"), encoding="utf-8")
    assert CHROMIUM
    told = subprocess.run(
        [CHROMIUM, *QUIET, f"--user-data-dir={folder}/profile", f"--window-size={width},900",
         "--dump-dom", page.as_uri()],
        capture_output=True, text=True, timeout=120, check=True,
    ).stdout  # fmt: skip
    found = re.search(r'data-seen="([^"]*)"', told)
    assert found, told[:500]
    return json.loads(unescape(found[1]))


@pytest.mark.parametrize("width", [500, 1200])
def test_the_page_fits_its_screen(tmp_path: Path, width: int) -> None:
    found = seen(tmp_path, width)
    assert found["screen"] == width
    assert found["page"] <= width, "the page scrolls sideways"
    assert found["headline"] >= 170, "a headline is broken into single words"
    for cells in found["numbers"]:
        assert cells
        ends: dict[int, set[int]] = {}
        for column, align, end in cells:
            assert align == "right"
            ends.setdefault(column, set()).add(end)
        assert all(len(edge) == 1 for edge in ends.values()), "a name stands apart from its numbers"
