"""The pipeline: collect, link and maintain as plain functions over the three rooms.

Here belongs the order of their steps. Prefect stands above and is not imported here. Not here: the
steps (`flows.steps`), what wraps each of them (`flows.stepping`), and what is done by hand to a
lake (`flows.repair`).
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from crawler.sources import load_sources
from flows.opening import (
    check_certificates,
    check_overrides,
    dedup_settings,
    given_sources,
    open_lake,
    retention,
    spool_root,
)
from flows.settings import Settings
from flows.stepping import Clock, Step, part, plain_step
from flows.steps.carry_out import carry_out
from flows.steps.choose import choose_sources, unpaused
from flows.steps.planning import has_work, next_due, write_plan
from flows.steps.recovery import adopt_open, finish_sealed
from flows.steps.summarise import summarise
from flows.summary import LinkSummary, MaintainSummary, RunSummary
from flows.watch.watching import is_time_to_judge, unwell
from lake import failpoints
from lake.orders import read_orders
from lake.remedies import lost_articles
from lake.runs.spool import Spool
from lake.upkeep.days import expire, mark_final


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
    # Mistakes are told before anything is started.
    every = given_sources(settings)
    sources = choose_sources(every, only)
    check_certificates(settings)
    check_overrides(settings)
    by_id = {source.id: source for source in every}
    lake = await step("open the lake", part(open_lake, settings))
    root = spool_root(settings, lake)
    orders = read_orders(lake.storage)
    if only is None:  # Who is named is crawled all the same.
        sources = unpaused(sources, orders, clock())
    with lake.lock(clock()):
        finished = await step("recover", part(finish_sealed, lake, root))
        previous = lake.newest_run()
        run_id = lake.new_run_id(clock())
        with Spool.create(root, run_id) as spool:
            adopted = adopt_open(root, spool)
            plan = await step(
                "plan", part(write_plan, lake, spool, settings, sources, by_id, clock(), orders)
            )
            if not has_work(plan) and not adopted:
                spool.remove()
                return RunSummary(
                    None,
                    time.perf_counter() - started,
                    adopted=tuple(finished),
                    only=tuple(only or ()),
                    next_due_at=next_due(plan, lake.state().to_pylist()),
                )
            done = await carry_out(plan, lake, spool, settings, by_id, clock, step)
    summary = summarise(run_id, time.perf_counter() - started, done, [*finished, *adopted])
    if not is_time_to_judge(previous, clock()):
        return summary
    found = await step("look after the sources", part(unwell, lake, every, orders, clock()))
    return replace(summary, warnings=(*summary.warnings, *map(str, found)))


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
        changes=list(derived.changes),
    )


async def maintain(settings: Settings, *, clock: Clock, step: Step = plain_step) -> MaintainSummary:
    """Compacts days that are over, removes what is no longer kept, rebuilds the index of URLs.

    Args:
        settings: Where, and how long what is kept and remembered.
        clock: The present.
        step: Wraps each part of the run.
    """
    from flows.steps.frequencies import propose_if_due

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
            "propose a table of frequencies", part(propose_if_due, lake, settings, clock())
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
