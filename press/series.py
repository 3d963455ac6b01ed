"""Series: reports filled anew every day from one template; alike as copies are, and none.

Here belongs filling the templates of ``data/series.yaml``. The numbers are made up, the same on
every machine, and change every day as those of markets and weather do.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

from ruamel.yaml import YAML

from press.chance import below, between, choose
from press.dates import hindi_day, story_time, weekday
from press.page import Carry, Page
from press.sites import SITES, Site
from press.story import Story
from press.wire import make_page

DAYS: Final = 9
"""Issues of each series."""
_FILE: Final = Path(__file__).parent / "data" / "series.yaml"
_SITES: Final = {site.id: site for site in SITES}
_SATURDAY: Final = 5
_STEPS: Final = 4
"""A slot moves by one to this many of its least steps from day to day."""


def issue_all(path: Path = _FILE) -> Iterator[Page]:
    """Makes the pages of all series, oldest first, and copies of the latest issues of each."""
    for template in YAML(typ="safe").load(path.read_text(encoding="utf-8")):
        yield from _issues(template)


def _issues(template: Mapping[str, Any]) -> Iterator[Page]:
    first, second = (_SITES[site] for site in template["sites"])
    copied = {2 * index + 1 for index in range(template["copies"])}
    days = _days(template["time"], skip_weekends=template["days"] == "weekdays")
    values = {name: _walk(template["id"], name, slot) for name, slot in template["slots"].items()}
    for index, when in enumerate(days):
        fill = _fill(template, values, index, when)
        story = _story(template, fill, when)
        yield _page(first, story, Carry.SERIES, when, template["id"])
        if index in copied:
            later = when + timedelta(minutes=25 + below(40, story.id))
            yield _page(second, story, Carry.WHOLE, later, template["id"])


def _page(site: Site, story: Story, carry: Carry, when: datetime, series: str) -> Page:
    return make_page(site, story, carry, story.paragraphs, when, story.headline, series=series)


def _days(clock: str, *, skip_weekends: bool) -> list[datetime]:
    found: list[datetime] = []
    before = 0
    while len(found) < DAYS:
        when = story_time(before, clock)
        if not (skip_weekends and when.weekday() >= _SATURDAY):
            found.append(when)
        before += 1
    return found[::-1]


def _walk(series: str, name: str, slot: Mapping[str, Any]) -> list[float]:
    """Returns the value of a slot on the day before the first issue and on each day."""
    low, high = slot["range"]
    value = between(low, high, series, name)
    values = [_rounded(value, slot)]
    for day in range(DAYS):
        move = slot["step"] * between(1, _STEPS, series, name, day)
        up = below(2, series, name, day, "up") == 0
        if (up and value + move > high) or (not up and value - move < low):
            up = not up
        value += move if up else -move
        values.append(_rounded(value, slot))
    return values


def _rounded(value: float, slot: Mapping[str, Any]) -> float:
    if "round" in slot:
        unit = float(slot["round"])
        return round(value / unit) * unit
    return round(value, int(slot.get("places", 0)))


def _fill(
    template: Mapping[str, Any], values: Mapping[str, list[float]], index: int, when: datetime
) -> dict[str, str]:
    fill = {"day": hindi_day(when), "weekday": weekday(when)}
    for name, options in template.get("words", {}).items():
        fill[name] = choose(options, template["id"], name, index)
    for name, slot in template["slots"].items():
        before, now = values[name][index], values[name][index + 1]
        places = slot.get("places", 0)
        change = abs(now - before)
        fill[name] = grouped(now, places)
        fill[f"{name}_was"] = grouped(before, places)
        fill[f"{name}_by"] = f"{change * 100:.0f}" if slot.get("cents") else grouped(change, places)
        if "ways" in slot:
            fill[f"{name}_way"] = slot["ways"][0 if now >= before else 1]
    return fill


def grouped(value: float, places: int) -> str:
    """Writes a number with commas as India sets them: ``1,07,300`` or ``77,155.79``."""
    whole, _, part = f"{value:.{places}f}".partition(".")
    head, tail = whole[:-3], whole[-3:]
    groups: list[str] = []
    while head:
        groups.insert(0, head[-2:])
        head = head[:-2]
    text = ",".join([*groups, tail])
    return f"{text}.{part}" if part else text


def _story(template: Mapping[str, Any], fill: Mapping[str, str], when: datetime) -> Story:
    blank = Story(
        id=f"{template['id']}-{when:%Y%m%d}",
        slug=template["slug"],
        section=template["section"],
        agency=template["agency"],
        author=template["author"],
        place=template["place"],
        published_at=when,
        fixed=False,
        headline="",
        alt_headlines=(),
        summary=template["summary"].format_map(fill),
        tags=tuple(template["tags"]),
        paragraphs=(),
        more=(),
        edits=(),
    )
    return replace(
        blank,
        headline=template["headline"].format_map(fill),
        paragraphs=tuple(text.format_map(fill) for text in template["paragraphs"]),
    )
