"""A plan carried out: crawl, assemble, find copies, publish.

Here belongs what `collect` and `backfill` have in common once their plan is written. Not here:
each of these steps.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

from crawler.plan import Plan
from crawler.source_model import Source
from flows.settings import Settings
from flows.stepping import Clock, Step, part
from flows.steps.assemble import make_batch
from flows.steps.publish import add_labels, publish_crawl
from flows.steps.records import Recorded, read_spool, under_one_run
from flows.steps.rows import Batch
from flows.steps.supervise import ShardExit, crawl
from lake.runs.spool import Spool
from lake.tables import Lake


@dataclass(frozen=True, slots=True)
class CarriedOut:
    """What a run came to.

    Attributes:
        recorded: What its crawl processes recorded, and what it took over.
        batch: The rows that were published.
        exits: How the crawl processes ended.
    """

    recorded: Recorded
    batch: Batch
    exits: tuple[ShardExit, ...]


async def carry_out(
    plan: Plan,
    lake: Lake,
    spool: Spool,
    settings: Settings,
    sources: Mapping[str, Source],
    clock: Clock,
    step: Step,
) -> CarriedOut:
    """Crawls by a plan and publishes what came of it; the spool is gone afterwards.

    Args:
        plan: As it stands in the spool.
        lake: The lake; the caller holds its lock.
        spool: Of the run.
        settings: With which thresholds.
        sources: All of them, by id.
        clock: The present.
        step: Wraps each part.

    Raises:
        TaarError: If the run failed. Its spool stays; the next run takes it over.
    """
    exits = await step("crawl", partial(crawl, spool.path, plan.shards, plan.budget_s))
    recorded = under_one_run(read_spool(spool.path), spool.run_id)
    batch = await step("assemble", part(make_batch, lake, recorded, sources, spool.run_id, clock()))
    prints = await step("find copies", part(add_labels, lake, batch, settings))
    await step("publish", part(publish_crawl, lake, spool, recorded, batch, prints))
    return CarriedOut(recorded, batch, tuple(exits))
