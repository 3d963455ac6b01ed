"""The whole press, crawled twice: real looks of pages and feeds, and what half an hour changes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from crawler.listings.schedule import after_poll, due_feeds
from crawler.plan import Entry
from crawler.sources import Source, load_sources
from lake.ids import new_run_id
from press import BASE, Press
from tests.crawler.crawls import Spool, plan

LATER = BASE + timedelta(minutes=30)


def pending_after(first: Spool) -> dict[str, tuple[Entry, ...]]:
    """What the first run owes, as the flow would carry it on."""
    entries = {e["url_id"]: (r["source_id"], e) for r in first.feeds() for e in r["taken_up"]}
    owed: dict[str, list[Entry]] = {}
    for fetch in first.fetches().values():
        if not fetch["final"]:
            source_id, listed = entries[fetch["url_id"]]
            tried = {"tries": fetch["tries"], "not_before": fetch["next_try_at"]}
            owed.setdefault(source_id, []).append(Entry.from_json({**listed, **tried}))
    return {source_id: tuple(found) for source_id, found in owed.items()}


def state_after(first: Spool, sources: list[Source]) -> list[dict[str, Any]]:
    by_id = {source.id: source for source in sources}
    return [after_poll(None, r, by_id[r["source_id"]], BASE) for r in first.feeds()]


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Spool, Spool]]:
    folder = tmp_path_factory.mktemp("press")
    with Press(BASE) as press:
        sources = load_sources(press.sources_file)
        common: dict[str, Any] = {"ca_file": str(press.ca_file), "shards": 2}
        first = Spool(
            folder, plan(sources, press.host_map, now=BASE, run_id=new_run_id(BASE), **common)
        )
        for shard in (0, 1):
            first.run(shard)
        press.set_now(LATER)
        known = [f["canonical_url"] or f["url"] for f in first.fetches().values() if f["final"]]
        known += [f["url"] for f in first.fetches().values() if f["final"]]
        second = Spool(
            folder,
            plan(
                sources,
                press.host_map,
                now=LATER,
                run_id=new_run_id(LATER),
                feeds=due_feeds(sources, state_after(first, sources), LATER),
                pending=pending_after(first),
                **common,
            ),
            known=sorted(set(known)),
        )
        for shard in (0, 1):
            second.run(shard)
        yield first, second


def test_everything_that_was_taken_up_has_one_outcome(runs: tuple[Spool, Spool]) -> None:
    first, _ = runs
    taken = [e["url_id"] for r in first.feeds() for e in r["taken_up"]]
    assert len(taken) == len(set(taken))
    assert sorted(taken) == sorted(f["url_id"] for f in first.fetches().values())
    outcomes = Counter(first.outcomes().values())
    assert outcomes["published"] >= 60
    # The press has one of each in it.
    for outcome in ("robots", "http_4xx", "http_5xx", "not_hindi", "duplicate_url"):
        assert outcomes[outcome] >= 1, outcomes
    assert not {"error", "timeout", "deferred", "off_site"} & set(outcomes), outcomes


def test_every_site_gives_articles(runs: tuple[Spool, Spool]) -> None:
    by_source = Counter(a["source_id"] for a in runs[0].articles())
    assert len(by_source) == 6
    assert min(by_source.values()) >= 5


def test_feeds_are_judged_by_what_comes_out(runs: tuple[Spool, Spool]) -> None:
    failures = {r["feed_url"]: r["failure"] for r in runs[0].feeds() if r["status"] == "failed"}
    assert list(failures.values()) == ["not_a_feed"]
    assert all(r["entries"] for r in runs[0].feeds() if r["status"] == "ok")


def test_half_an_hour_later_little_is_new(runs: tuple[Spool, Spool]) -> None:
    first, second = runs
    again = {r["feed_url"]: r["status"] for r in second.feeds()}
    assert set(again) <= {r["feed_url"] for r in first.feeds()}
    assert Counter(again.values())["not_modified"] >= len(again) / 2
    # What is done with is not asked for again, and nothing is published twice.
    done = {f["url_id"] for f in first.fetches().values() if f["final"]}
    assert not done & {f["url_id"] for f in second.fetches().values()}
    assert len(second.fetches()) < len(first.fetches()) / 10
