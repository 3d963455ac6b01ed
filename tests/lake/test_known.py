"""Known URLs: what is done with, from fetches or from the index over them."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from lake import ids
from lake.runs.spool import Spool
from lake.schema import KNOWN
from lake.storage import Storage
from lake.tables import Lake
from tests.lake.making import DAY, HOUR, NOW, article, fetch, publish, seal, spool_of


def known(lake: Lake) -> dict[str, dict[str, Any]]:
    table = lake.known()
    assert table.schema.equals(KNOWN.schema)
    rows = table.to_pylist()
    assert [r["url_id"] for r in rows] == sorted(r["url_id"] for r in rows)
    by_url = {str(r["url_id"]): r for r in rows}
    assert len(by_url) == len(rows)
    return by_url


def run_with(
    lake: Lake, root: Path, at: Any, made: list[dict[str, Any]], fetches: list[dict[str, Any]]
) -> None:
    spool = Spool.create(root, lake.new_run_id(at))
    own = [{**a, "run_id": spool.run_id} for a in made]
    seal(lake, spool, own, fetches=[{**f, "run_id": spool.run_id} for f in fetches], pages=0)
    lake.publish(spool)
    spool.remove()


def both_ways(lake: Lake) -> dict[str, dict[str, Any]]:
    """The same from the fetches and from a new index."""
    fresh = known(lake)
    lake.build_known(NOW + 9 * DAY)
    assert known(Lake(lake.storage)) == fresh
    lake.compact(NOW + 9 * DAY)
    assert known(Lake(lake.storage)) == fresh
    lake.build_known(NOW + 9 * DAY)
    assert known(Lake(lake.storage)) == fresh
    return fresh


def test_a_published_article_is_known(lake: Lake, spools: Path) -> None:
    run_id = publish(lake, spools, ["a"])
    made = article("a", run_id)
    row = both_ways(lake)[made["url_id"]]
    assert row["article_id"] == made["article_id"]
    assert row["version"] == 1
    assert row["content_hash"] == made["content_hash"]
    assert row["published_at"] == made["published_at"]
    assert row["checked_at"] == row["last_seen_at"] == made["fetched_at"]
    assert row["url"] == "http://a.test/a"
    assert row["source_id"] == "a"
    assert row["etag"]


def test_requested_and_canonical_url_are_both_known(lake: Lake, spools: Path) -> None:
    made = article("a", ids.new_run_id(NOW))
    alias = ids.url_id("http://a.test/a?amp")
    run_with(lake, spools, NOW, [made], [fetch(made, url_id=alias, url="http://a.test/a?amp")])
    rows = both_ways(lake)
    assert rows[made["url_id"]]["version"] == 1
    assert rows[alias]["article_id"] is None
    assert rows[alias]["version"] is None
    assert rows[alias]["url"] == "http://a.test/a"


def test_the_newest_version_counts(lake: Lake, spools: Path) -> None:
    publish(lake, spools, ["a"])
    run_id = publish(lake, spools, ["a"], at=NOW + HOUR, version=2)
    made = article("a", run_id, version=2)
    row = both_ways(lake)[made["url_id"]]
    assert (row["version"], row["article_id"]) == (2, made["article_id"])
    assert row["content_hash"] == made["content_hash"]


def test_looking_again_moves_checked_at_alone(lake: Lake, spools: Path) -> None:
    run_id = publish(lake, spools, ["a"])
    made = article("a", run_id)
    lake.build_known(NOW + HOUR)
    for hours, outcome, etag in (
        (1, "unchanged", None),
        (2, "http_5xx", None),
        (3, "deferred", "x"),
    ):
        again = fetch(
            made, outcome=outcome, fetched_at=NOW + hours * HOUR, etag=etag, article_id=None
        )
        run_with(lake, spools, NOW + hours * HOUR, [], [again])
    row = both_ways(lake)[made["url_id"]]
    assert row["checked_at"] == NOW + 2 * HOUR
    assert row["last_seen_at"] == NOW + 3 * HOUR
    assert (row["version"], row["article_id"]) == (1, made["article_id"])
    assert row["etag"] == fetch(made)["etag"]


def test_final_outcomes_are_known_and_others_are_not(lake: Lake, spools: Path) -> None:
    made = article("a", ids.new_run_id(NOW))
    none = {"article_id": None, "article_url_id": None, "canonical_url": None}
    fetches = [
        fetch(made, url_id=ids.url_id(name), url=name, outcome=name, final=final, **none)
        for name, final in (("not_hindi", True), ("gave_up", True), ("http_5xx", False))
    ]
    run_with(lake, spools, NOW, [], fetches)
    rows = both_ways(lake)
    assert set(rows) == {ids.url_id("not_hindi"), ids.url_id("gave_up")}
    assert rows[ids.url_id("not_hindi")]["article_id"] is None
    assert rows[ids.url_id("not_hindi")]["url"] == "not_hindi"


def test_another_address_of_a_known_article(lake: Lake, spools: Path) -> None:
    run_id = publish(lake, spools, ["a"])
    made = article("a", run_id)
    alias = ids.url_id("http://a.test/a?x")
    again = fetch(
        made, url_id=alias, url="http://a.test/a?x", outcome="duplicate_url", fetched_at=NOW + HOUR
    )
    run_with(lake, spools, NOW + HOUR, [], [again])
    rows = both_ways(lake)
    assert rows[alias]["article_id"] is None
    assert rows[made["url_id"]]["checked_at"] == made["fetched_at"]


def test_an_article_that_two_runs_published_is_known_once(lake: Lake, spools: Path) -> None:
    publish(lake, spools, ["a"])
    publish(lake, spools, ["a"], at=NOW + HOUR)
    made = article("a", "20240618T063000000000Z-0123456789abcdef")
    row = both_ways(lake)[made["url_id"]]
    assert (row["version"], row["article_id"]) == (1, made["article_id"])


def test_a_late_run_does_not_undo_a_newer_one(lake: Lake, spools: Path) -> None:
    late = spool_of(lake, spools, ["a", "b"])
    run_id = publish(lake, spools, ["a"], at=NOW + HOUR, version=2)
    lake.build_known(NOW + HOUR)
    lake.publish(late)
    rows = both_ways(lake)
    assert rows[article("a", run_id)["url_id"]]["version"] == 2
    assert len(rows) == 2


def test_forgetting_goes_by_when_a_url_was_last_listed(lake: Lake, spools: Path) -> None:
    publish(lake, spools, ["a", "b"])
    b = article("b", lake.new_run_id(NOW))["url_id"]
    unheard = ids.url_id("never fetched")
    later = NOW + 390 * DAY
    publish(lake, spools, ["c"], at=later, listed=[b, unheard])
    assert lake.build_known(NOW + 399 * DAY) == 3
    assert lake.build_known(NOW + 401 * DAY) == 2
    row = {r["url_id"]: r for r in lake.known().to_pylist()}
    assert unheard not in row
    assert row[b]["last_seen_at"] == later
    assert row[b]["version"] == 1


def test_the_time_to_remember_can_be_given(local: Storage, spools: Path) -> None:
    lake = Lake(local)
    publish(lake, spools, ["a"])
    assert lake.build_known(NOW + 3 * DAY, timedelta(days=2)) == 0


def test_the_index_outlives_the_fetches(local: Storage, spools: Path) -> None:
    lake = Lake(local)
    publish(lake, spools, ["a"])
    lake.build_known(NOW + HOUR)
    before = known(lake)
    local.delete(i.key for i in local.list("fetches/"))
    local.delete(i.key for i in local.list("articles/"))
    assert known(Lake(local)) == before


def test_columns_of_known(local: Storage, spools: Path) -> None:
    lake = Lake(local)
    publish(lake, spools, ["a"])
    assert lake.known(["url_id"]).column_names == ["url_id"]


@pytest.mark.parametrize("merged", [False, True])
def test_a_new_generation_of_a_day_is_read_anew(local: Storage, spools: Path, merged: bool) -> None:
    lake = Lake(local)
    late = spool_of(lake, spools, ["late"], at=NOW + HOUR)
    publish(lake, spools, ["a"])
    lake.compact(NOW + 4 * DAY)
    lake.build_known(NOW + 4 * DAY)
    lake.publish(late)
    if merged:
        lake.compact(NOW + 5 * DAY)
    assert len(known(lake)) == 2
