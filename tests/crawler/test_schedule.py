"""Which feeds are due, and when they are due again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pyarrow as pa
import pytest

from crawler.plan import FeedTask
from crawler.records import Answer, feed_record
from crawler.schedule import after_poll, due_feeds
from crawler.source_model import Source
from lake.schema import STATE
from tests.crawler.crawls import source

NOW = datetime(2024, 6, 18, 7, 0, tzinfo=UTC)
URL = "http://alpha.test/feed.xml"
MINUTE = timedelta(minutes=1)


def poll(
    row: dict[str, Any] | None = None,
    at: datetime = NOW,
    status: str = "ok",
    failure: str | None = None,
    listed: list[str] | None = None,
    of: Source | None = None,
) -> dict[str, Any]:
    record = feed_record(
        FeedTask("alpha", URL),
        at,
        status=status,
        failure=failure,
        answer=Answer(URL, 200, etag='"1"', last_modified="yesterday"),
        body_hash="b" if status == "ok" else None,
        listed=listed if listed is not None else ["u1", "u2"],
    )
    return after_poll(row, record, of or source(), at)


def due(row: dict[str, Any] | None, at: datetime) -> bool:
    return bool(due_feeds([source()], [row] if row else [], at))


def test_a_feed_that_was_never_polled_is_due() -> None:
    (task,) = due_feeds([source()], [], NOW)
    assert task == FeedTask("alpha", URL, "rss")


def test_a_run_a_minute_later_asks_for_nothing_and_one_half_an_hour_later_does() -> None:
    row = poll()
    assert row["next_due_at"] == NOW + 15 * MINUTE
    assert not due(row, NOW + MINUTE)
    assert due(row, NOW + 30 * MINUTE)
    # A schedule of the same period as the interval never misses it by seconds.
    assert due(row, NOW + 14 * MINUTE)
    assert not due(row, NOW + 13 * MINUTE)


def test_a_task_carries_what_the_last_answer_said() -> None:
    (task,) = due_feeds([source()], [poll()], NOW + 30 * MINUTE)
    assert (task.etag, task.last_modified, task.body_hash) == ('"1"', "yesterday", "b")
    feeds = [{"url": URL, "conditional": False}]
    (task,) = due_feeds([source(feeds=feeds)], [poll()], NOW + 30 * MINUTE)
    assert not task.conditional


def test_disabled_feeds_are_not_due() -> None:
    assert due_feeds([source(enabled=False)], [], NOW) == []
    assert due_feeds([source(feeds=[{"url": URL, "enabled": False}])], [], NOW) == []


def test_the_row_is_one_of_the_schema() -> None:
    row = poll()
    table = pa.Table.from_pylist([row], schema=STATE.schema)
    assert set(row) == set(table.column_names)
    assert row["pending"] == []
    assert poll({**row, "pending": ["kept"]})["pending"] == ["kept"]


def test_nothing_new_makes_polls_rarer_once_it_can_be_judged() -> None:
    row: dict[str, Any] | None = None
    intervals = []
    for n in range(5):
        row = poll(row, NOW + n * timedelta(hours=1))
        intervals.append(row["interval_s"])
    assert intervals == [900, 900, 1350, 2025, 3037]
    unchanged = poll(row, NOW + timedelta(hours=6), "not_modified", listed=[])
    assert unchanged["interval_s"] == 4555
    # What the last full answer said stays.
    assert (unchanged["listed"], unchanged["etag"], unchanged["body_hash"]) == (
        ["u1", "u2"],
        '"1"',
        "b",
    )


def test_mostly_new_entries_make_polls_more_frequent_down_to_the_floor() -> None:
    row: dict[str, Any] | None = None
    intervals = []
    for n in range(4):
        row = poll(row, NOW + n * timedelta(hours=1), listed=[f"{n}a", f"{n}b"])
        intervals.append(row["interval_s"])
    assert intervals == [900, 900, 600, 600]


def test_a_source_sets_its_own_bounds() -> None:
    slow = source(polling={"floor_s": 3600, "start_s": 3600, "ceiling_s": 4000})
    row: dict[str, Any] | None = None
    for n in range(4):
        row = poll(row, NOW + n * timedelta(hours=2), of=slow)
    assert row is not None
    assert row["interval_s"] == 4000
    # Bounds that were changed meanwhile hold at once.
    assert poll(row, NOW + timedelta(days=1), "not_modified")["interval_s"] <= 86400
    assert poll(poll(), NOW, of=slow)["interval_s"] == 3600


@pytest.mark.parametrize(
    ("failure", "weight"),
    [
        *(("not_a_feed", 1.0), ("http_4xx", 1.0), ("redirected_home", 1.0)),
        *(("http_5xx", 0.5), ("timeout", 0.5), ("connect", 0.5), ("dns", 0.25)),
    ],
)
def test_failures_weigh_and_back_off(failure: str, weight: float) -> None:
    row: dict[str, Any] | None = poll()
    waits = []
    for n in range(1, 4):
        row = poll(row, NOW, "failed", failure)
        assert row["failures"] == n * weight
        waits.append((row["next_due_at"] - NOW).total_seconds())
    assert waits == sorted(waits)
    assert waits[-1] == pytest.approx(900 * 2 ** (3 * weight))
    assert row is not None
    # The validators of the last good answer are still good, and so is its listing.
    assert (row["etag"], row["listed"], row["successes"]) == ('"1"', ["u1", "u2"], 0)


def test_no_feed_is_ever_given_up() -> None:
    row: dict[str, Any] | None = None
    for _ in range(100):
        row = poll(row, NOW, "failed", "not_a_feed")
    assert row is not None
    assert row["next_due_at"] == NOW + timedelta(days=30)
    back = poll(row, NOW + timedelta(days=30))
    assert (back["failures"], back["successes"]) == (0.0, 1)
    assert back["next_due_at"] == NOW + timedelta(days=30, minutes=15)
