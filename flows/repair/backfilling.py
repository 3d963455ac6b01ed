"""Older articles: what a source's archive lists of a range of days, fetched as politely as news.

Here belongs the plan of such a run and its course, which is that of any run but for one thing: it
leaves the state of feeds alone. So it never stands in the way of news: what it does not reach in
its time is not owed to anybody, and the same command goes on from there. Not here: which entries
are of the range (`crawler.listings.archives`).
"""

from __future__ import annotations

import re
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from datetime import time as daytime
from typing import Final
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa

from crawler.listings.polls import MAX_ARCHIVES
from crawler.plan import FeedTask, Plan
from crawler.source_model import FeedKind, Source
from crawler.urls import is_web_url
from flows.opening import check_certificates, check_overrides, given_sources, open_lake, spool_root
from flows.settings import Settings
from flows.stepping import Clock, Step, part, plain_step
from flows.steps.carry_out import carry_out
from flows.steps.choose import choose_sources
from flows.steps.known import known_keys, url_ids
from flows.steps.planning import make_plan
from flows.steps.recovery import finish_sealed
from flows.steps.summarise import summarise
from flows.summary import RunSummary
from lake import failpoints
from lake.errors import ConfigError
from lake.runs.spool import Spool

_SITEMAP_SIGNS: Final = (".xml", "sitemap")
_DAY_SIGNS: Final = ("%Y", "%m", "%d")
_STRAY_PERCENT: Final = re.compile(r"%(?![0-9A-Fa-f]{2}).?")
"""What begins neither a date nor an encoded byte (RFC 3986, 2.1)."""


@dataclass(frozen=True, slots=True)
class Range:
    """What is to be backfilled.

    Attributes:
        source_id: The source.
        since: First day of publication, in the zone of the source.
        until: Last day, included.
        listings: Sitemaps or section pages to look into. One with ``%Y``, ``%m`` or ``%d`` stands
            for those of all days of the range. None: the sitemaps of the source.
    """

    source_id: str
    since: date
    until: date
    listings: tuple[str, ...] = ()


async def backfill(
    settings: Settings, wanted: Range, *, clock: Clock, step: Step = plain_step
) -> RunSummary:
    """Runs one backfill: look into the archive, fetch what is not known, label, publish.

    Args:
        settings: Where to, and with which thresholds; ``budget_s`` is the time for crawling.
        wanted: What.
        clock: The present.
        step: Wraps each part of the run.

    Raises:
        ConfigError: If the source, the days or the listings are wrong; nothing was started.
        TaarError: If the run failed. Its spool stays; the next run takes it over.
    """
    started = time.perf_counter()
    failpoints.arm(settings.failpoints)
    every = given_sources(settings)
    (source,) = choose_sources(every, [wanted.source_id], where="ID")
    tasks = archive_tasks(source, wanted, clock())
    check_certificates(settings)
    check_overrides(settings)
    lake = await step("open the lake", part(open_lake, settings))
    root = spool_root(settings, lake)
    with lake.lock(clock()):
        finished = await step("recover", part(finish_sealed, lake, root))
        run_id = lake.new_run_id(clock())
        with Spool.create(root, run_id) as spool:
            known = lake.known()
            plan = archive_plan(run_id, clock(), settings, source, tasks, known.slice(0, 0))
            np.save(spool.known_path, known_keys(url_ids(known)))
            plan.write(spool.path)
            by_id = {s.id: s for s in every}
            done = await carry_out(plan, lake, spool, settings, by_id, clock, step)
    return summarise(run_id, time.perf_counter() - started, done, finished)


def archive_tasks(source: Source, wanted: Range, now: datetime) -> tuple[FeedTask, ...]:
    """The listings to look into, with the range.

    Raises:
        ConfigError: If the days or the listings are wrong, or there are none.
    """
    zone = ZoneInfo(source.timezone)
    since = datetime.combine(wanted.since, daytime(), zone).astimezone(UTC)
    until = datetime.combine(wanted.until + timedelta(days=1), daytime(), zone).astimezone(UTC)
    if until <= since:
        raise ConfigError(
            f"the range ends on {wanted.until} and begins later, on {wanted.since}",
            where="--from, --to",
            remedy="swap them",
        )
    if since > now:
        raise ConfigError(
            f"{wanted.since} is yet to come", where="--from", remedy="name days that are past"
        )
    urls = _spelled_out(wanted.listings, wanted.since, wanted.until) or [
        feed.url for feed in source.feeds if feed.kind == "sitemap"
    ]
    if not urls:
        raise ConfigError(
            f"source {source.id!r} has no sitemap to look into",
            where="--listing",
            remedy="name one; robots.txt of the site may tell",
        )
    return tuple(
        FeedTask(
            source_id=source.id,
            url=url,
            kind=_kind(url, source),
            conditional=False,
            listed_since=since,
            listed_until=until,
        )
        for url in urls
    )


def _spelled_out(listings: Sequence[str], since: date, until: date) -> list[str]:
    days = [since + timedelta(days=n) for n in range((until - since).days + 1)]
    urls: dict[str, None] = {}
    for listing in listings:
        if not is_web_url(listing):
            raise ConfigError(
                f"{listing!r} is no address", where="--listing", remedy="write https://..."
            )
        # An encoded byte stays what it is: URLs have those too.
        for day in days:
            url = listing
            for sign in _DAY_SIGNS:
                url = url.replace(sign, f"{day:{sign}}")
            if stray := _STRAY_PERCENT.search(url):
                raise ConfigError(
                    f"{stray[0]!r} stands for nothing",
                    where=f"--listing {listing}",
                    remedy=f"use {', '.join(_DAY_SIGNS)} for a day, %25 for a percent sign",
                )
            urls[url] = None
    if len(urls) > MAX_ARCHIVES:
        raise ConfigError(
            f"{len(urls)} listings are too many for one run",
            where="--from, --to",
            remedy=f"take a shorter range: {MAX_ARCHIVES} at most",
        )
    return list(urls)


def _kind(url: str, source: Source) -> FeedKind:
    own = {feed.url: feed.kind for feed in source.feeds}
    if url in own:
        return own[url]
    return "sitemap" if any(sign in url.lower() for sign in _SITEMAP_SIGNS) else "section"


def archive_plan(
    run_id: str,
    now: datetime,
    settings: Settings,
    source: Source,
    tasks: tuple[FeedTask, ...],
    nothing_known: pa.Table,
) -> Plan:
    """The plan of a run that asks for these listings alone."""
    plan = make_plan(run_id, now, settings, [source], (), nothing_known)
    return replace(plan, feeds=tasks, pending={}, rechecks=(), shards=1)
