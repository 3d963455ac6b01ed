from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lake import ids

NOW = datetime(2024, 6, 18, 6, 30, 0, 123456, tzinfo=UTC)


def test_ids_of_urls_and_bodies() -> None:
    assert ids.url_id("http://a.test/1") == ids.url_id("http://a.test/1")
    assert len({ids.url_id(f"http://a.test/{i}") for i in range(100)}) == 100
    assert len(ids.content_hash("हिन्दी")) == ids.ID_LENGTH
    assert int(ids.url_id("x"), 16) >= 0


def test_an_edit_and_its_undoing_have_three_ids() -> None:
    url, one, two = ids.url_id("u"), ids.content_hash("1"), ids.content_hash("2")
    versions = [ids.article_id(url, v, c) for v, c in ((1, one), (2, two), (3, one))]
    assert len(set(versions)) == 3
    assert versions[0] == ids.article_id(url, 1, one)
    with pytest.raises(ValueError, match="version"):
        ids.article_id(url, 0, one)


def test_a_run_id_tells_its_time() -> None:
    run_id = ids.new_run_id(NOW)
    assert run_id.startswith("20240618T063000123456Z-")
    assert ids.run_time(run_id) == NOW
    assert ids.crawl_date(run_id) == "2024-06-18"
    assert ids.is_run_id(run_id)
    indian = datetime(2024, 6, 19, 2, 0, tzinfo=timezone(timedelta(hours=5.5)))
    assert ids.crawl_date(ids.new_run_id(indian)) == "2024-06-18"


def test_no_run_id() -> None:
    for text in ("", "x", "20240618T063000123456Z", "20241318T063000123456Z-0123456789abcdef"):
        with pytest.raises(ValueError):
            ids.run_time(text)
    with pytest.raises(ValueError, match="time zone"):
        ids.new_run_id(NOW.replace(tzinfo=None))


@given(st.lists(st.integers(-(10**9), 10**9), max_size=20))
def test_run_ids_always_go_forward(offsets: list[int]) -> None:
    newest: str | None = None
    for offset in offsets:
        run_id = ids.new_run_id(NOW + timedelta(microseconds=offset), newest)
        assert newest is None or run_id > newest
        assert newest is None or ids.run_time(run_id) > ids.run_time(newest)
        newest = run_id
