"""What a run shall crawl: from the lake's state and the sources to a plan.

Here belongs the plan, which is a pure function of state, known URLs and the clock, and its writing
into the spool. Not here: polling intervals (`crawler.listings.schedule`), which sources
(`flows.steps.choose`), which articles are looked at again (`flows.steps.rechecks`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from importlib.metadata import version
from typing import Final

import numpy as np
import pyarrow as pa

from crawler.listings.schedule import clock_was_ahead, due_feeds, due_from
from crawler.plan import Entry, Plan, Recheck
from crawler.source_model import Source
from flows.settings import Settings
from flows.steps.assemble import make_batch
from flows.steps.known import dead_ids, known_keys, url_ids
from flows.steps.rechecks import asked_again, due_rechecks, share_out
from flows.steps.records import read_spool
from flows.steps.rows import Row
from lake import failpoints
from lake.orders import Order
from lake.runs.naming import DEAD
from lake.runs.spool import Spool
from lake.tables import Lake

_FEW: Final = 100
"""So many requests are done by one crawl process as soon as by two: to start one costs the
processor time of a hundred pages. A feed that was never polled may list any number."""

_OF_KNOWN: Final = (
    *("url_id", "url", "source_id", "article_id", "version", "content_hash"),
    *("published_at", "etag", "last_modified"),
)
"""Columns of `lake.schema.KNOWN` that a second look takes over."""


def user_agent(settings: Settings) -> str | None:
    """What the crawler calls itself; None: its default, which names no contact."""
    return f"Taar/{version('taar')} (+{settings.contact})" if settings.contact else None


def write_plan(
    lake: Lake,
    spool: Spool,
    settings: Settings,
    sources: Sequence[Source],
    by_id: dict[str, Source],
    now: datetime,
    orders: Mapping[str, Order],
) -> Plan:
    """Plans a run, what it took over included, and writes the plan into its spool."""
    state = lake.state().to_pylist()
    known = lake.known()
    inherited = read_spool(spool.path)
    if inherited.plans:
        # As if what was taken over had been published just now.
        batch = make_batch(lake, inherited, by_id, spool.run_id, now)
        state = batch.state
        done = [row["url_id"] for row in batch.fetches if row["final"]]
        done += [row["url_id"] for row in batch.articles]
    else:
        done = []
    again = asked_again(known, orders, {source.id for source in sources})
    plan = make_plan(spool.run_id, now, settings, sources, state, known, again)
    np.save(spool.known_path, known_keys([*url_ids(known), *done]))
    np.save(spool.path / DEAD, known_keys(dead_ids(known)))
    plan.write(spool.path)
    failpoints.failpoint("collect.planned")
    return plan


def make_plan(
    run_id: str,
    now: datetime,
    settings: Settings,
    sources: Iterable[Source],
    state: Iterable[Row],
    known: pa.Table,
    again: Sequence[Row] = (),
) -> Plan:
    """Decides what a run crawls.

    Args:
        run_id: The run.
        now: The clock.
        settings: Budget, shards, rechecks and the rest.
        sources: The sources of this run.
        state: Rows of `lake.schema.STATE`.
        known: Rows of `lake.schema.KNOWN`.
        again: Rows of it that a second look was ordered at (see `flows.steps.rechecks`).
    """
    chosen = list(sources)
    named = {source.id for source in chosen}
    rows = [row for row in state if row["source_id"] in named]
    pending: dict[str, tuple[Entry, ...]] = {}
    for row in rows:
        waits = {"not_before": None} if clock_was_ahead(row, now) else {}
        owed = tuple(
            Entry(discovered_from=row["feed_url"], **{**entry, **waits})
            for entry in row["pending"] or ()
        )
        pending[row["source_id"]] = pending.get(row["source_id"], ()) + owed
    feeds = tuple(due_feeds(chosen, rows, now))
    looks = share_out(due_rechecks(known, named, settings, now), again, settings.rechecks_per_run)
    rechecks = tuple(Recheck(**{name: row[name] for name in _OF_KNOWN}) for row in looks)
    requests = len(feeds) + len(rechecks) + sum(map(len, pending.values()))
    polled = {(row["source_id"], row["feed_url"]) for row in rows if row.get("last_success_at")}
    small = requests <= _FEW and all((task.source_id, task.url) in polled for task in feeds)
    return Plan(
        run_id=run_id,
        now=now,
        budget_s=settings.budget_s,
        sources=tuple(source.model_dump(mode="json") for source in chosen),
        feeds=feeds,
        pending=pending,
        rechecks=rechecks,
        user_agent=user_agent(settings),
        archive_pages=settings.archive_pages,
        shards=1 if small else min(settings.shards, max(1, len(chosen))),
        host_map=settings.host_map,
        ca_file=str(settings.ca_file) if settings.ca_file else None,
        overrides=settings.crawl_overrides,
        min_words=settings.min_words,
        honour_rights=settings.honour_rights,
        agencies_file=str(settings.agencies),
        failpoints=settings.failpoints,
    )


def has_work(plan: Plan) -> bool:
    """Whether the plan asks anybody for anything."""
    return bool(
        plan.feeds
        or plan.rechecks
        or any(is_due(entry, plan.now) for owed in plan.pending.values() for entry in owed)
    )


def next_due(plan: Plan, state: Iterable[Row]) -> datetime | None:
    """When there is work again for a plan that has none; None if nobody can say.

    Args:
        plan: Without anything to do.
        state: Rows of `lake.schema.STATE`.
    """
    feeds = {
        (source["id"], feed["url"])
        for source in plan.sources
        for feed in source["feeds"]
        if feed["enabled"]
    }
    times = [due_from(row) for row in state if (row["source_id"], row["feed_url"]) in feeds]
    times += [entry.not_before for owed in plan.pending.values() for entry in owed]
    return min((at for at in times if at is not None), default=None)


def is_due(entry: Entry, now: datetime) -> bool:
    """Whether a pending entry may be tried now."""
    return entry.not_before is None or entry.not_before <= now
