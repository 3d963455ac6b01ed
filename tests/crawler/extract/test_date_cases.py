"""Dates as sites write them: never a wrong one, and nearly every one."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from crawler.extract import Extracted, ago, datetext, extract
from tests.crawler.extract import templates

KOLKATA = ZoneInfo("Asia/Kolkata")
NOW = datetime(2024, 6, 18, 12, 0, tzinfo=KOLKATA)
FILE = Path(__file__).parent / "data" / "dates.txt"
RECALL_FLOOR = 0.98


def cases() -> list[tuple[str, str | None, str | None]]:
    made = []
    for line in FILE.read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            text, moment, precision = line.rsplit("|", 2)
            none = moment == "-"
            made.append((text, None if none else moment, None if none else precision))
    return made


def read(text: str) -> tuple[str, str] | None:
    found = datetext.read(text, KOLKATA) or ago.read(text, KOLKATA, NOW)
    return (f"{found.at:%Y-%m-%dT%H:%M:%SZ}", found.precision) if found else None


def test_cases() -> None:
    wrong, missed, dated = [], [], 0
    for text, moment, precision in cases():
        found = read(text)
        dated += moment is not None
        if found is None:
            if moment is not None:
                missed.append(text)
        elif found != (moment, precision):
            wrong.append((text, found, moment, precision))
    assert wrong == []
    assert 1 - len(missed) / dated >= RECALL_FLOOR, missed


def test_there_are_enough() -> None:
    listed = cases()
    assert len(listed) >= 120
    assert len({text for text, _, _ in listed}) >= len(listed) - 1  # One in NFC and as nukta apart.


def test_time_ago_below_the_headline_is_read_and_among_other_stories_is_not() -> None:
    body = templates.body()
    page = "<html><title>{0}</title><h1>{0}</h1><p>{1}</p>{2}<h3>और खबरें</h3><p>{3}</p></html>"
    made = extract(
        page.format(templates.HEADLINE, "देहरादून | 2 घंटे पहले", body, "").encode(),
        url=templates.URL,
        now=NOW,
    )
    assert isinstance(made, Extracted)
    assert (made.published_precision, made.date_source) == ("day", "text")
    assert made.published_at == NOW - timedelta(hours=2)
    other = extract(
        page.format(templates.HEADLINE, "देहरादून", body, "2 घंटे पहले").encode(),
        url=templates.URL,
        now=NOW,
    )
    assert isinstance(other, Extracted)
    assert other.published_at is None
