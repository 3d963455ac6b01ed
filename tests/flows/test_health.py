"""Sources are judged by their own history: written ones, with the false alarms that they avoid."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from flows.watch.health import complaints

NOW = datetime(2024, 11, 22, 12, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
FEED = "http://ek.test/feed.xml"

Row = dict[str, Any]


def run(at: datetime, source_id: str = "ek", **given: Any) -> Row:
    """A row of source_runs: by default one feed that answered and listed nothing new."""
    row: Row = {
        "run_id": at.isoformat(),
        "source_id": source_id,
        "started_at": at,
        "feeds_polled": 1,
        "feeds_failed": 0,
        "entries": 20,
        "new_entries": 0,
        "taken_up": 0,
        "outcomes": [],
        "published": 0,
        "with_date": 0,
        "with_author": 0,
        "with_agency": 0,
        "median_words": None,
        "newest_at": None,
        "errors": [],
    }
    return row | given


def news(at: datetime, count: int = 2, **given: Any) -> Row:
    """A run that found news of a well-read source."""
    made: Row = {
        "new_entries": count,
        "taken_up": count,
        "published": count,
        "outcomes": [("published", count)],
        "with_date": count,
        "with_author": count,
        "median_words": 300,
        "newest_at": at - HOUR / 2,
    }
    return run(at, **(made | given))


def failed(at: datetime, word: str = "http_4xx", **given: Any) -> Row:
    made: Row = {"feeds_failed": 1, "errors": [f"{FEED}: {word}: why"]}
    return run(at, **(made | given))


def history(
    days: float, make: Callable[[datetime], Row | None], end: datetime = NOW, step: timedelta = HOUR
) -> list[Row]:
    """Rows of the days before `end`, one for each step."""
    count = int(days * DAY / step)
    rows = (make(end - n * step) for n in range(count, 0, -1))
    return [row for row in rows if row is not None]


def by_day(at: datetime) -> Row:
    """A paper that writes from six to eighteen."""
    return news(at) if 6 <= at.hour < 18 else run(at)


def state(**given: Any) -> Row:
    return {"source_id": "ek", "feed_url": FEED, "failures": 0.0, "last_success_at": NOW} | given


def kinds(rows: Iterable[Row], feeds: Iterable[Row] = (), now: datetime = NOW) -> list[str]:
    return [c.kind for c in complaints(rows, feeds, now)]


def test_a_source_that_goes_on_as_ever_is_well() -> None:
    assert kinds(history(20, by_day)) == []
    assert kinds([]) == []


def test_a_source_that_fell_silent_is_named_with_its_habit() -> None:
    rows = history(20, by_day, end=NOW - 2 * DAY) + history(2, run)
    (found,) = complaints(rows, [], NOW)
    assert found.kind == "silent"
    assert "nothing new for" in str(found)
    assert "13 hours" in str(found), "the night is its longest habit"
    assert found.since is not None
    assert NOW - 3 * DAY < found.since < NOW - 2 * DAY


def test_a_small_site_may_sleep_at_night_and_on_sundays() -> None:
    morning = NOW.replace(hour=5, minute=30)
    assert kinds(history(10, by_day, end=morning), now=morning) == []

    def but_sunday(at: datetime) -> Row:
        return run(at) if at.weekday() == 6 else by_day(at)

    monday = datetime(2024, 11, 25, 5, tzinfo=UTC)
    assert kinds(history(25, but_sunday, end=monday), now=monday) == []


def test_an_outage_of_once_is_no_habit() -> None:
    def broken(at: datetime) -> Row:
        return run(at) if NOW - 20 * DAY < at < NOW - 15 * DAY else by_day(at)

    rows = history(30, broken, end=NOW - 2 * DAY) + history(2, run)
    assert kinds(rows) == ["silent"]


def test_a_new_source_is_not_judged_by_a_history_that_it_has_not() -> None:
    start = [news(NOW - 20 * HOUR), news(NOW - 19 * HOUR)]
    assert kinds(start + history(0.7, run)) == []
    assert kinds([run(NOW - HOUR)]) == []


def test_a_collector_that_stood_still_accuses_nobody() -> None:
    assert kinds(history(20, by_day, end=NOW - 5 * DAY)) == []


def test_a_feed_that_stands_still_is_stale_even_without_a_history() -> None:
    frozen = NOW - 40 * DAY
    rows = [news(NOW - 6 * HOUR, 20, newest_at=frozen), run(NOW - HOUR, newest_at=frozen)]
    (found,) = complaints(rows, [], NOW)
    assert (found.kind, found.since) == ("stale", frozen)
    assert "40 days old" in str(found)


def test_dates_in_the_future_hide_nothing() -> None:
    rows = [
        news(NOW - 6 * HOUR, newest_at=NOW - 40 * DAY),
        run(NOW - HOUR, newest_at=NOW + 9 * DAY),
    ]
    assert kinds(rows) == ["stale"]


def test_a_weekly_paper_is_not_stale_after_eight_days() -> None:
    def weekly(at: datetime) -> Row:
        return news(at) if at.weekday() == 4 and at.hour == 9 else run(at)

    end = datetime(2024, 11, 23, 12, tzinfo=UTC)
    assert kinds(history(30, weekly, end=end), now=end) == []


def test_the_same_failure_again_and_again_is_named() -> None:
    rows = history(10, by_day, end=NOW - DAY) + history(1, failed)
    (found,) = complaints(rows, [state(failures=24.0)], NOW)
    assert found.kind == "failing"
    assert "24 times in a row: http_4xx" in str(found)
    assert found.since == NOW - DAY


def test_some_failures_are_nothing() -> None:
    rows = history(10, by_day, end=NOW - 4 * HOUR) + [failed(NOW - n * HOUR) for n in (4, 3, 2, 1)]
    assert kinds(rows) == []
    flaky = history(10, lambda at: failed(at, "http_5xx") if at.hour % 3 == 0 else by_day(at))
    assert kinds(flaky) == []
    quick = [failed(NOW - timedelta(minutes=n)) for n in range(20, 0, -1)]
    assert kinds(quick) == [], "five times within minutes are one outage"


def test_one_dead_feed_of_several_is_named() -> None:
    def half(at: datetime) -> Row:
        lines = [f"{FEED}: not_a_feed: HTML"]
        return by_day(at) | {"feeds_polled": 2, "feeds_failed": 1, "errors": lines}

    rows = history(10, by_day, end=NOW - DAY) + history(1, half)
    dead = state(failures=24.0, last_success_at=NOW - DAY - HOUR)
    (found,) = complaints(rows, [dead], NOW)
    assert found.kind == "failing"
    assert FEED in str(found)
    assert "not_a_feed" in str(found)
    # Once it answers again, the past is past.
    assert kinds(rows, [state()]) == []


def test_a_host_that_asked_for_peace_is_not_failing() -> None:
    assert kinds(history(2, lambda at: failed(at, "held"))) == []


def test_a_crawl_delay_that_leaves_no_time_is_told_at_once_and_until_it_does() -> None:
    late = [f"{FEED}: crawl_delay: robots.txt asks for 99999 s between requests"]
    (found,) = complaints([failed(NOW - DAY, errors=late)], [state()], NOW)
    assert str(found) == (
        "ek is slow: robots.txt asks for 99999 s between requests, which left no time for 1 of 1 "
        "feeds"
    )
    assert found.since == NOW - DAY
    # Runs that polled nothing say nothing; one that came to all of its feeds does.
    quiet = run(NOW - 2 * HOUR, feeds_polled=0)
    assert kinds([failed(NOW - DAY, errors=late), quiet]) == ["slow"]
    assert kinds([failed(NOW - DAY, errors=late), run(NOW - HOUR)]) == []


def test_a_robots_txt_that_cannot_be_had_is_named() -> None:
    told = [f"{FEED}: http_5xx: robots.txt: HTTP 503"]
    (found,) = complaints(history(1, lambda at: failed(at, errors=told)), [state()], NOW)
    assert str(found).endswith("in a row: http_5xx (robots.txt: HTTP 503)")


def test_our_own_network_is_nobodys_fault() -> None:
    rows = history(10, by_day, end=NOW - DAY)
    for name in ("ek", "do", "tin"):
        rows += history(1, lambda at, name=name: failed(at, "dns", source_id=name))  # type: ignore[misc]
    assert kinds(rows) == []
    rows += history(1, lambda at: failed(at, "http_4xx", source_id="char"))
    assert {c.source_id for c in complaints(rows, [], NOW)} == {"ek", "do", "tin", "char"}


@pytest.mark.parametrize("outcome", ["too_short", "no_text", "not_hindi"])
def test_a_changed_template_shows_as_pages_that_make_no_article(outcome: str) -> None:
    def unread(at: datetime) -> Row:
        return by_day(at) | {"published": 0, "outcomes": [(outcome, 2)]}

    rows = history(12, by_day, end=NOW - DAY) + history(1, unread)
    (found,) = complaints(rows, [], NOW)
    assert found.kind == "extraction"
    assert "make no article, 0% before" in str(found)


@pytest.mark.parametrize(
    ("column", "words"),
    [("with_date", "have no date"), ("with_author", "have no author")],
)
def test_fields_that_articles_lack_all_at_once_are_named(column: str, words: str) -> None:
    rows = history(12, by_day, end=NOW - 2 * DAY) + history(2, lambda at: by_day(at) | {column: 0})
    (found,) = complaints(rows, [], NOW)
    assert words in str(found)


def test_texts_that_are_half_as_long_are_named() -> None:
    rows = history(12, by_day, end=NOW - 2 * DAY) + history(
        2, lambda at: by_day(at) | {"median_words": 90}
    )
    (found,) = complaints(rows, [], NOW)
    assert "90 words, 300 before" in str(found)


def test_what_was_never_there_is_not_missed() -> None:
    def poor(at: datetime) -> Row:
        few = 1 if at.day % 2 else 0
        return by_day(at) | {"with_author": 0, "with_agency": few if at.hour == 9 else 0}

    assert kinds(history(20, poor)) == []

    def agency(at: datetime) -> Row:
        return by_day(at) | {"with_agency": 1}

    gone = history(12, agency, end=NOW - 2 * DAY) + history(2, by_day)
    (found,) = complaints(gone, [], NOW)
    assert "name no agency" in str(found)


def test_a_few_bad_pages_and_chance_are_nothing() -> None:
    def sometimes(at: datetime) -> Row:
        bad = (at.day * 24 + at.hour) % 4 == 0
        return by_day(at) | ({"published": 0, "outcomes": [("too_short", 2)]} if bad else {})

    assert kinds(history(14, sometimes)) == []
    two = [by_day(NOW - HOUR) | {"published": 0, "outcomes": [("no_text", 2)]}]
    assert kinds(history(12, by_day, end=NOW - HOUR) + two) == []


def test_a_run_over_the_archive_is_no_history() -> None:
    again = run(
        NOW - 3 * DAY, feeds_polled=0, taken_up=900, published=900, with_date=900, with_author=0,
        outcomes=[("updated", 900)], median_words=900,
    )  # fmt: skip
    assert kinds([*history(12, by_day), again]) == []


def test_who_is_paused_is_left_alone() -> None:
    rows = history(10, by_day, end=NOW - 3 * DAY) + history(3, run)
    assert complaints(rows, [], NOW, skip={"ek"}) == []
    assert len(complaints(rows, [], NOW)) == 1
