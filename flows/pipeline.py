"""The pipeline: collect, link and maintain as plain functions over the three rooms.

Everything works through this module alone; Prefect stands above it and is not imported here. A
`Step` lets the caller wrap each part of a run (the flows make tasks of them). Not here: the
bookkeeping of outcomes (`flows.steps.assemble`), the labels (`flows.steps.labels`), what happens to
the work of runs that died (`flows.steps.recovery`).
"""

from __future__ import annotations

import os
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import ParamSpec, Protocol, TypeVar

import numpy as np
import pyarrow as pa

from crawler.extract import load_agencies
from crawler.plan import Plan
from crawler.source_model import Source
from crawler.sources import load_sources
from crawler.warc import complete_length
from flows.opening import dedup_settings, open_lake, retention, spool_root
from flows.repair.orders import asked_again, unpaused
from flows.settings import Settings
from flows.steps import assemble, planning, recovery
from flows.steps.assemble import Batch
from flows.steps.forgotten import empty_archives
from flows.steps.older_extractor import up_to_date
from flows.steps.planning import Recorded
from flows.steps.supervise import ShardExit, crawl
from flows.summary import LinkSummary, MaintainSummary, RunSummary
from flows.watch.watching import is_time_to_judge, unwell
from lake import failpoints, schema
from lake.days import expire, mark_final
from lake.errors import ConfigError, LakeFormatError, TaarError
from lake.naming import DEAD
from lake.orders import Order, read_orders
from lake.remedies import lost_articles
from lake.spool import Spool
from lake.tables import Lake

P = ParamSpec("P")
T = TypeVar("T")
Clock = Callable[[], datetime]


class Step(Protocol):
    """Runs one named part of a run and returns what it returns."""

    async def __call__(self, name: str, work: Callable[[], Awaitable[T]]) -> T:
        """Calls the work and awaits it."""
        ...


async def plain_step(name: str, work: Callable[[], Awaitable[T]]) -> T:  # noqa: ARG001
    """The `Step` that only runs the work."""
    return await work()


def part(work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> Callable[[], Awaitable[T]]:
    """A plain call as the work of a `Step`."""

    async def call() -> T:
        return work(*args, **kwargs)

    return call


def clock_from(start: datetime | None) -> Clock:
    """A clock that begins at `start` and goes on with real time; None: the present."""
    if start is None:
        return lambda: datetime.now(UTC)
    if start.tzinfo is None:
        raise ConfigError(
            f"the clock {start.isoformat()} has no time zone",
            where="now",
            remedy="write it like 2024-11-22T09:00:00+05:30",
        )
    begin, origin = start.astimezone(UTC), time.monotonic()
    return lambda: begin + timedelta(seconds=time.monotonic() - origin)


async def collect(
    settings: Settings,
    *,
    clock: Clock,
    only: Sequence[str] | None = None,
    step: Step = plain_step,
) -> RunSummary:
    """Runs one collect: recover, plan, crawl, assemble, label, publish.

    Args:
        settings: Where to, and with which thresholds.
        clock: The present.
        only: Ids of the sources to crawl; None: all that are enabled.
        step: Wraps each part of the run.

    Returns:
        What the run did. Its `run_id` is None if nothing was due.

    Raises:
        ConfigError: If a setting or the source file is wrong; nothing was started.
        TaarError: If the run failed. Its spool stays; the next run takes it over.
    """
    started = time.perf_counter()
    failpoints.arm(settings.failpoints)
    every = load_sources(settings.source_pack, settings.sources)
    sources = planning.choose_sources(every, only)
    load_agencies(settings.agencies)  # Its mistakes are told before anything is started.
    by_id = {source.id: source for source in every}
    lake = await step("open the lake", part(open_lake, settings))
    root = spool_root(settings, lake)
    orders = read_orders(lake.storage)
    if only is None:  # Who is named is crawled all the same.
        sources = unpaused(sources, orders, clock())
    with lake.lock(clock()):
        finished = await step("recover", part(recovery.finish_sealed, lake, root))
        previous = lake.newest_run()
        run_id = lake.new_run_id(clock())
        with Spool.create(root, run_id) as spool:
            adopted = recovery.adopt_open(root, spool)
            plan = await step(
                "plan", part(write_plan, lake, spool, settings, sources, by_id, clock(), orders)
            )
            if not planning.has_work(plan) and not adopted:
                spool.remove()
                return RunSummary(
                    None,
                    time.perf_counter() - started,
                    adopted=tuple(finished),
                    only=tuple(only or ()),
                    next_due_at=planning.next_due(plan, lake.state().to_pylist()),
                )
            exits = await step("crawl", partial(crawl, spool.path, plan.shards, plan.budget_s))
            recorded = recovery.under_one_run(recovery.read_spool(spool.path), run_id)
            batch = await step("assemble", part(make_batch, lake, recorded, by_id, run_id, clock()))
            prints = await step("find copies", part(add_labels, lake, batch, settings))
            await step("publish", part(publish, lake, spool, recorded, batch, prints))
    summary = summarise(
        run_id, time.perf_counter() - started, batch, recorded, [*finished, *adopted], exits
    )
    if not is_time_to_judge(previous, clock()):
        return summary
    found = await step("look after the sources", part(unwell, lake, every, orders, clock()))
    return replace(summary, warnings=(*summary.warnings, *map(str, found)))


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
    inherited = recovery.read_spool(spool.path)
    if inherited.plans:
        # As if what was taken over had been published just now.
        batch = make_batch(lake, inherited, by_id, spool.run_id, now)
        state = batch.state
        done = [row["url_id"] for row in batch.fetches if row["final"]]
        done += [row["url_id"] for row in batch.articles]
    else:
        done = []
    again = asked_again(known, orders, {source.id for source in sources})
    plan = planning.make_plan(spool.run_id, now, settings, sources, state, known, again)
    np.save(spool.known_path, planning.known_keys([*planning.url_ids(known), *done]))
    np.save(spool.path / DEAD, planning.known_keys(planning.dead_ids(known)))
    plan.write(spool.path)
    failpoints.failpoint("collect.planned")
    return plan


def make_batch(
    lake: Lake, recorded: Recorded, by_id: dict[str, Source], run_id: str, now: datetime
) -> Batch:
    """Turns what was recorded into the rows of one run; what the lake knows is read anew."""
    failpoints.failpoint("collect.assemble")
    taken: dict[str, assemble.TakenUp] = {}
    for found in (
        *(assemble.taken_up(plan) for plan in recorded.plans),
        assemble.taken_up_by_feeds(recorded.feeds),
    ):
        # A URL is taken up once, however many runs that died had begun with it.
        taken |= {url_id: url for url_id, url in found.items() if url_id not in taken}
    known = planning.by_url(lake.known(), planning.touched_ids(recorded, taken))
    known = up_to_date(lake, known, recorded, by_id, now)
    fetches, articles = assemble.settle(
        run_id, now, taken, recorded.urls, known, lake.forgotten().url_ids
    )
    # Where nobody can be reached, it is our own network: that says nothing of any feed.
    polls = () if assemble.all_unreachable(recorded.feeds) else planning.of_news(recorded)
    state = assemble.state_after(lake.state().to_pylist(), polls, by_id, taken, fetches, known)
    return Batch(
        articles=articles,
        fetches=fetches,
        source_runs=assemble.source_rows(run_id, now, by_id, recorded.feeds, fetches, articles),
        state=state,
    )


def add_labels(lake: Lake, batch: Batch, settings: Settings) -> pa.Table:
    """Labels the copies in a batch; returns its fingerprints."""
    if not batch.articles:
        # Most runs are such: the compiled kernels need not even be loaded.
        return assemble.table([], schema.FINGERPRINTS)
    from flows.steps import labels

    batch.articles, prints = labels.label(batch.articles, lake, dedup_settings(settings))
    return prints


def publish(lake: Lake, spool: Spool, recorded: Recorded, batch: Batch, prints: pa.Table) -> None:
    """Seals the spool and publishes it; the articles object is the commit."""
    for archive in recorded.archives:
        whole = complete_length(archive.path)
        if whole < archive.path.stat().st_size:
            os.truncate(archive.path, whole)  # A kill has torn the last record.
    empty_archives(recorded, lake.forgotten())
    lake.seal(
        spool,
        articles=assemble.table(batch.articles, schema.ARTICLES),
        fetches=assemble.table(batch.fetches, schema.FETCHES),
        source_runs=assemble.table(batch.source_runs, schema.SOURCE_RUNS),
        fingerprints=prints,
        state=assemble.table(batch.state, schema.STATE),
        pages=list(enumerate(archive.path for archive in recorded.archives)),
    )
    lake.publish(spool)
    spool.remove()


def summarise(
    run_id: str,
    seconds: float,
    batch: Batch,
    recorded: Recorded,
    adopted: Sequence[str],
    exits: Iterable[ShardExit],
) -> RunSummary:
    """Counts what a run did."""
    copies = Counter(row["copy_kind"] for row in batch.articles if row["version"] == 1)
    failed = [line for row in batch.source_runs for line in row["errors"]]
    complaints = [exit_.complaint for exit_ in exits]
    return RunSummary(
        run_id=run_id,
        seconds=seconds,
        outcomes=batch.outcomes,
        taken_up=len(batch.fetches),
        published=sum(row["version"] == 1 for row in batch.articles),
        updated=sum(row["version"] > 1 for row in batch.articles),
        exact=copies["exact"],
        near=copies["near"],
        partial=copies["partial"],
        feeds=len(recorded.feeds),
        not_modified=sum(record["status"] == "not_modified" for record in recorded.feeds),
        sources=tuple(batch.source_runs),
        adopted=tuple(adopted),
        warnings=(*(c for c in complaints if c), *_not_asked(recorded), *failed),
    )


def _not_asked(recorded: Recorded) -> list[str]:
    due = {task.url for plan in recorded.plans[-1:] for task in plan.feeds}
    missed = due - {str(record["feed_url"]) for record in recorded.feeds}
    if not missed:
        return []
    return [f"{len(missed)} of {len(due)} feeds that were due were not asked in the time given"]


def fail_if_nothing_answered(summary: RunSummary) -> None:
    """Makes a failure of a run in which every feed that was asked for failed.

    Raises:
        TaarError: With one line for each source.
    """
    polled = [row for row in summary.sources if row["feeds_polled"]]
    if not polled or any(row["feeds_failed"] < row["feeds_polled"] for row in polled):
        return
    lines = [f"    {row['source_id']}: {row['errors'][0]}" for row in polled]
    raise TaarError(
        "not one source answered:\n" + "\n".join(lines),
        where=f"run {summary.run_id}",
        remedy="check the network of this machine; `taar demo` shows Taar without one",
    )


async def link(settings: Settings, *, clock: Clock, step: Step = plain_step) -> LinkSummary:
    """Derives relations, families and threads from what is published.

    Args:
        settings: Where, and with which thresholds.
        clock: The present.
        step: Wraps each part of the run.
    """
    from flows.steps import labels, linking
    from flows.steps.frequencies import frequencies_in_use

    started = time.perf_counter()
    failpoints.arm(settings.failpoints)
    every = load_sources(settings.source_pack, settings.sources)
    lake = await step("open the lake", part(open_lake, settings, create=False))
    with lake.lock(clock()):
        frequencies = frequencies_in_use(lake, settings.frequencies)
        run_id = lake.new_run_id(clock())
        derived = await step(
            "derive",
            part(linking.derive, lake, every, dedup_settings(settings), run_id, frequencies),
        )
    return LinkSummary(
        run_id=run_id,
        seconds=time.perf_counter() - started,
        articles=derived.articles,
        relations=labels.kinds(derived.relations),
        families=len(set(derived.families["family_id"].to_pylist())),
        threads=derived.threads.num_rows,
        doubts=[f"{d.family_id} ({d.size} articles): {d.why}" for d in derived.doubts],
    )


def propose_frequencies(
    lake: Lake, settings: Settings, now: datetime
) -> tuple[str | None, list[str]]:
    """Proposes a table of document frequencies if it is time to.

    Returns:
        The newest one in the lake, if another is in use, and what stood in the way of a new one.
    """
    from flows.steps.frequencies import newest_proposal, propose

    warnings = []
    try:
        propose(lake, now, timedelta(days=settings.thread_window_days))
    except LakeFormatError as error:  # Damage to one of the fingerprints; the lake is in order.
        warnings.append(f"no table of document frequencies could be proposed: {error}")
    newest = newest_proposal(lake)
    return (None if newest == settings.frequencies else newest), warnings


async def maintain(settings: Settings, *, clock: Clock, step: Step = plain_step) -> MaintainSummary:
    """Compacts days that are over, removes what is no longer kept, rebuilds the index of URLs.

    Args:
        settings: Where, and how long what is kept and remembered.
        clock: The present.
        step: Wraps each part of the run.
    """
    started = time.perf_counter()
    failpoints.arm(settings.failpoints)
    lake = await step("open the lake", part(open_lake, settings, create=False))
    with lake.lock(clock()):
        keep = timedelta(days=settings.known_days)
        compacted = await step("compact", part(lake.compact, clock()))
        # After the merge the index names day files, not hundreds of runs.
        known = await step("index known URLs", part(lake.build_known, clock(), keep))
        # Then the index remembers what is about to go.
        final = await step("mark days that are final", part(mark_final, lake, clock()))
        expired = await step(
            "remove what is no longer kept", part(expire, lake, retention(settings), clock())
        )
        if expired.articles:
            from flows.steps.linking import drop_lost

            every = load_sources(settings.source_pack, settings.sources)
            await step(
                "follow in what is derived",
                part(drop_lost, lake, every, lake.new_run_id(clock())),
            )
        removed = await step("remove left-overs", part(lake.remove_leftovers, clock()))
        proposed, untold = await step(
            "propose a table of frequencies", part(propose_frequencies, lake, settings, clock())
        )
    return MaintainSummary(
        seconds=time.perf_counter() - started,
        compacted_days=compacted.days,
        removed=removed.leftovers + removed.generations + removed.temporary,
        known_urls=known,
        final_days=final,
        expired=dict(expired.objects),
        proposed=proposed,
        warnings=[*(lost_articles(*pair) for pair in sorted(removed.damaged.items())), *untold],
    )
