"""Page debris: chrome and promotions left in a text, datelines and credits restyled.

Here belongs what is set around the words of a story without changing them; the lines are in
``data/chrome.yaml``. The truth of a pair goes by the clean texts.
"""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache
from typing import Any

from benchmarks.yardstick.texts import read, stories
from press.chance import below, choose
from press.dates import hindi_day


@lru_cache(maxsize=1)
def _lines() -> dict[str, Any]:
    lines: dict[str, Any] = read("chrome.yaml")
    return lines


def with_chrome(paragraphs: tuple[str, ...], headline: str, key: str) -> tuple[str, ...]:
    """Leaves the page in: headline on top, promotions between paragraphs, boxes below."""
    lines = _lines()
    others = sorted(story.headline for story in stories().values())
    shown: list[str] = [headline] if below(2, key, "head") else []
    for place, paragraph in enumerate(paragraphs):
        shown.append(paragraph)
        if place < len(paragraphs) - 1 and below(3, key, place) == 0:
            line = choose(lines["inside"], key, place, "line")
            shown.append(line.format(headline=choose(others, key, place, "other")))
    feet = range(1 + below(2, key, "after"))
    return (*shown, *(choose(lines["after"], key, step, "foot") for step in feet))


def with_credit(
    paragraphs: tuple[str, ...], place: str, when: datetime, key: str
) -> tuple[str, ...]:
    """Sets a dateline before the first word, and mostly a credit after the last."""
    lines = _lines()
    head = choose(lines["head"], key, "head").format(
        place=place, day=hindi_day(when), agency=choose(lines["agency"], key, "agency")
    )
    shown = [head + paragraphs[0], *paragraphs[1:]]
    if below(3, key, "tail"):
        tail = choose(lines["tail"], key, "tail")
        if tail.startswith("("):
            shown[-1] = f"{shown[-1]} {tail}"
        else:
            shown.append(tail)
    return tuple(shown)
