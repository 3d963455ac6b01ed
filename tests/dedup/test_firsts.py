from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import permutations

import pytest

from dedup.labels.firsts import DecidedBy, Publication, first_publisher

NOON = datetime(2024, 6, 18, 6, 30, tzinfo=UTC)
MIDNIGHT_IN_INDIA = datetime(2024, 6, 17, 18, 30, tzinfo=UTC)


def page(
    name: str,
    published: datetime | None = NOON,
    precision: str | None = "second",
    listed: datetime | None = None,
    own: bool = False,
) -> Publication:
    return Publication(name, f"source {name}", published, precision, listed, own)


def decide(*pages: Publication) -> tuple[str, str] | None:
    answers = {first_publisher(order) for order in permutations(pages)}
    assert len(answers) == 1, "the order of the pages decided"
    answer = answers.pop()
    return (answer[0].article_id, answer[1].value) if answer else None


def test_the_earliest_wins() -> None:
    later = NOON + timedelta(seconds=1)
    assert decide(page("a", later), page("b"), page("c", later)) == ("b", "published_at")


def test_seconds_do_not_count_against_minutes() -> None:
    later = NOON + timedelta(seconds=20)
    assert decide(page("a", later), page("b", NOON, "minute")) is None
    listed = {"a": NOON, "b": NOON + timedelta(minutes=15)}
    assert decide(page("a", later, listed=listed["a"]), page("b", NOON, "minute", listed["b"])) == (
        "a",
        "first_listed_at",
    )


def test_a_day_is_a_day_in_india() -> None:
    """Half past six in the evening UTC is the next day there."""
    day = page("a", MIDNIGHT_IN_INDIA, "day")
    assert decide(day, page("b", NOON)) is None
    evening_before = page("b", MIDNIGHT_IN_INDIA - timedelta(minutes=1))
    assert decide(day, evening_before) == ("b", "published_at")
    assert decide(day, page("b", MIDNIGHT_IN_INDIA + timedelta(days=1))) == ("a", "published_at")


def test_an_unknown_precision_counts_as_a_day() -> None:
    assert decide(page("a", NOON, None), page("b", NOON + timedelta(hours=1))) is None


def test_the_agencys_own_page_wins_ties_alone() -> None:
    assert decide(page("a"), page("b", own=True)) == ("b", "agency")
    listed = NOON - timedelta(hours=1)
    assert decide(page("a", listed=listed), page("b", own=True, listed=NOON)) == ("b", "agency")
    assert decide(page("a"), page("b", NOON + timedelta(seconds=1), own=True)) == (
        "a",
        "published_at",
    )
    assert decide(page("a", own=True), page("b", own=True)) is None


def test_without_dates_the_listing_counts() -> None:
    assert (
        decide(page("a", None, None, NOON), page("b", NOON + timedelta(hours=1), listed=None))
        is None
    )
    assert decide(
        page("a", None, None, NOON), page("b", None, None, NOON + timedelta(minutes=1))
    ) == ("a", "first_listed_at")


def test_the_weakest_evidence_needed_is_named() -> None:
    assert decide(
        page("a", NOON, listed=NOON),
        page("b", NOON, listed=NOON + timedelta(minutes=9)),
        page("c", NOON + timedelta(hours=3)),
    ) == ("a", "first_listed_at")


def test_a_circle_has_no_first() -> None:
    """a before b by publication, b before c and c before a by listing."""
    assert (
        decide(
            page("a", NOON, listed=NOON + timedelta(minutes=3)),
            page("b", NOON + timedelta(seconds=5), listed=NOON + timedelta(minutes=1)),
            page("c", None, None, listed=NOON + timedelta(minutes=2)),
        )
        is None
    )


def test_one_page_is_first() -> None:
    only = page("a")
    assert first_publisher([only]) == (only, DecidedBy.PUBLISHED_AT)
    undated = page("a", None)
    assert first_publisher([undated]) == (undated, DecidedBy.FIRST_LISTED_AT)


def test_there_must_be_a_page() -> None:
    with pytest.raises(ValueError, match="one publication"):
        first_publisher([])
