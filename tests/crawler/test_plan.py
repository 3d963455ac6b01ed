"""The plan's JSON form, its clock, and how sources are shared out."""

from __future__ import annotations

import json
import time
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest

from crawler.plan import Clock, Entry, FeedTask, Plan, from_time, shard_of, to_time
from tests.crawler.crawls import NOW, entry, plan, recheck, source


def full() -> Plan:
    waiting = entry("http://alpha.test/2", published_at=NOW, not_before=NOW + timedelta(hours=1))
    return plan(
        [source(), source("beta")],
        {"*.test": {"80": "127.0.0.1:8080"}},
        feeds=[FeedTask("alpha", "http://alpha.test/feed.xml", "sitemap", etag='"1"')],
        pending={"alpha": (entry("http://alpha.test/1", tries=2), waiting)},
        rechecks=(recheck("http://alpha.test/3", published_at=NOW),),
        user_agent="Taar/1 (+a@b.in)",
    )


def test_a_plan_survives_its_file(tmp_path: Path) -> None:
    made = full()
    made.write(tmp_path)
    assert Plan.read(tmp_path) == made
    raw = json.loads((tmp_path / "plan.json").read_text(encoding="utf-8"))
    assert raw["pending"]["alpha"][1]["not_before"] == "2024-06-18T08:00:00.000000+00:00"


def test_what_is_owed_is_handed_over_once() -> None:
    made = full()
    bare, owed = made.parted()
    pending, rechecks = owed.take()
    assert [len(entries) for entries in pending.values()] == [2]
    assert [r.url for r in rechecks] == ["http://alpha.test/3"]
    assert owed.take() == ({}, ())
    # The plan that is held to the end of the crawl has none of it; all else it has.
    assert bare == replace(made, pending={}, rechecks=())
    assert (len(made.pending["alpha"]), len(made.rechecks)) == (2, 1)


def test_a_plan_with_a_field_that_is_not_known_is_refused() -> None:
    with pytest.raises(TypeError, match="colour"):
        Plan.from_json({**full().to_json(), "colour": "red"})
    with pytest.raises(TypeError, match="missing"):
        Entry.from_json({"url_id": "x"})


def test_times_are_utc_and_must_name_their_zone() -> None:
    india = datetime(2024, 6, 18, 12, 30, 1, 5, tzinfo=timezone(timedelta(hours=5.5)))
    assert from_time(india) == "2024-06-18T07:00:01.000005+00:00"
    assert to_time("2024-06-18T12:30:00+05:30") == datetime(2024, 6, 18, 7, tzinfo=UTC)
    assert (to_time(None), from_time(None)) == (None, None)
    with pytest.raises(ValueError, match="without a zone"):
        to_time("2024-06-18T12:30:00")
    with pytest.raises(ValueError, match="needs `now`"):
        Plan.from_json({**full().to_json(), "now": None})


def test_every_source_is_in_one_shard_and_a_site_in_one() -> None:
    sources = [source(f"s{n}") for n in range(60)]
    shared = plan(sources, {}, shards=3)
    shards = [shared.sources_of(n) for n in range(3)]
    counts = Counter(name for shard in shards for name in shard)
    assert set(counts.values()) == {1}
    assert len(counts) == 60
    assert all(len(shard) > 5 for shard in shards)
    one = source("one", home="https://www.jagran.com/")
    two = source("two", home="https://rss.jagran.com/hindi")
    assert shard_of(one, 7) == shard_of(two, 7)


def test_the_clock_goes_on_from_the_plans_time() -> None:
    clock = Clock(NOW, time.monotonic() - 90)
    assert timedelta(seconds=90) <= clock.now() - NOW < timedelta(seconds=95)
    assert Clock.starting(NOW).elapsed_s() < 5
