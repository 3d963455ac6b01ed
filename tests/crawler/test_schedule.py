"""Which feeds are due, and when they are due again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.listings.schedule import after_poll, due_feeds
from crawler.plan import FeedTask
from crawler.records import Answer, feed_record
from crawler.source_model import FeedKind, Source
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
    kind: FeedKind = "rss",
) -> dict[str, Any]:
    record = feed_record(
        FeedTask("alpha", URL, kind),
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


def test_sitemaps_are_polled_later_than_feeds_within_the_ceiling_of_their_source() -> None:
    assert poll(kind="section")["interval_s"] == poll()["interval_s"] == 900
    row = poll(kind="sitemap")
    assert row["interval_s"] == 1800
    # Half an hour later it is due all the same, and however much is new, never sooner than that
    # of a feed twice over.
    for n in range(5):
        row = poll(row, row["next_due_at"], listed=[f"{n}-{u}" for u in range(9)], kind="sitemap")
    assert row["interval_s"] == 1200
    often = source(polling={"floor_s": 600, "start_s": 3600, "ceiling_s": 3600})
    assert poll(of=often, kind="sitemap")["interval_s"] == 3600


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


def test_a_feed_polled_by_a_clock_that_was_ahead_is_due_by_the_right_one() -> None:
    ahead = poll(at=NOW + timedelta(days=1))
    assert due(ahead, NOW)
    assert due(poll(at=NOW + timedelta(days=1), status="failed", failure="timeout"), NOW)
    # Two machines differ by seconds, and take turns all the same.
    assert not due(poll(at=NOW + MINUTE / 2), NOW)


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
        row = poll(row, NOW + n * 15 * MINUTE, listed=[f"{n}a", f"{n}b"])
        intervals.append(row["interval_s"])
    assert intervals == [900, 900, 600, 600]


def test_after_a_long_pause_everything_is_new_and_says_nothing() -> None:
    row: dict[str, Any] | None = None
    for n in range(5):
        row = poll(row, NOW + n * 15 * MINUTE)
    assert row is not None
    slow = row["interval_s"]
    assert slow > 900
    late = poll(row, NOW + timedelta(days=2), listed=["n1", "n2"])
    assert late["interval_s"] == slow
    # In time, it would have said that the feed is awake.
    assert poll(row, row["next_due_at"], listed=["n1", "n2"])["interval_s"] < slow


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


def test_retry_after_stands_above_the_back_off() -> None:
    until = NOW + timedelta(hours=7)
    record = feed_record(
        FeedTask("alpha", URL), NOW, status="failed", failure="http_5xx", not_before=until
    )
    row = after_poll(poll(), record, source(), NOW)
    assert row["next_due_at"] == until
    # Nor is a feed polled a little early after a failure.
    assert not due(row, until - MINUTE)
    assert due(row, until)
    held = after_poll(poll(), {**record, "failure": "held"}, source(), NOW)
    assert (held["failures"], held["next_due_at"]) == (0.0, until)


FAILURES = (
    *("dns", "connect", "timeout", "http_4xx", "http_5xx", "not_a_feed", "robots", "held"),
    "crawl_delay",
)
STEPS = st.lists(
    st.tuples(
        st.sampled_from(["ok", "ok", "not_modified", *FAILURES]),
        st.frozensets(st.sampled_from("abcdefgh"), max_size=6),
        # How late the poll comes, seconds.
        st.sampled_from([0, 0, 60, 1800, 86_400, 40 * 86_400]),
        # Retry-After, seconds.
        st.sampled_from([None, None, 30, 5_000, 86_400]),
    ),
    min_size=1,
    max_size=40,
)


@given(
    steps=STEPS,
    floor_s=st.integers(60, 4_000),
    start_more=st.integers(0, 4_000),
    ceiling_more=st.integers(0, 90_000),
)
@settings(max_examples=150, deadline=None)
def test_whatever_happens_a_feed_is_polled_again_within_bounds(
    steps: list[tuple[str, frozenset[str], int, int | None]],
    floor_s: int,
    start_more: int,
    ceiling_more: int,
) -> None:
    polling = {
        "floor_s": floor_s,
        "start_s": floor_s + start_more,
        "ceiling_s": floor_s + start_more + ceiling_more,
    }
    own = source(polling=polling)
    row: dict[str, Any] | None = None
    now = NOW
    for what, listed, late_s, wait_s in steps:
        failed = what in FAILURES
        record = feed_record(
            FeedTask("alpha", URL),
            now,
            status="failed" if failed else what,
            failure=what if failed else None,
            listed=sorted(listed) if what == "ok" else [],
            not_before=now + timedelta(seconds=wait_s) if failed and wait_s else None,
        )
        before, row = row, after_poll(row, record, own, now)
        assert polling["floor_s"] <= row["interval_s"] <= polling["ceiling_s"]
        wait = row["next_due_at"] - now
        # Never at once, never given up.
        assert timedelta(seconds=floor_s) <= wait <= timedelta(days=30)
        assert due_feeds([own], [row], now) == []
        assert len(due_feeds([own], [row], now + timedelta(days=30))) == 1
        if failed:
            assert row["successes"] == 0
            assert before is None or row["failures"] >= before["failures"]
            assert row["interval_s"] == (before or row)["interval_s"]
            if wait_s:
                # The server's word: not a second before it.
                until = now + timedelta(seconds=wait_s)
                assert due_feeds([own], [row], until - timedelta(seconds=1)) == []
        else:
            assert (row["failures"], row["last_success_at"]) == (0.0, now)
            assert wait == timedelta(seconds=row["interval_s"])
        now = row["next_due_at"] + timedelta(seconds=late_s)
    # One success, and all is forgotten.
    assert row is not None
    back = poll(row, now, of=own)
    assert back["next_due_at"] - now <= timedelta(seconds=polling["ceiling_s"])


@given(share=st.integers(0, 10), start_s=st.integers(600, 86_400))
@settings(deadline=None)
def test_more_news_is_never_polled_later(share: int, start_s: int) -> None:
    def interval(new: int) -> int:
        row: dict[str, Any] | None = None
        names = [f"u{n}" for n in range(10)]
        own = source(polling={"start_s": start_s})
        for n in range(2):
            row = poll(row, NOW + n * timedelta(seconds=start_s), listed=names, of=own)
        listed = names[new:] + [f"n{n}" for n in range(new)]
        after = poll(row, NOW + 2 * timedelta(seconds=start_s), listed=listed, of=own)
        return int(after["interval_s"])

    assert interval(share) >= interval(min(share + 1, 10))
