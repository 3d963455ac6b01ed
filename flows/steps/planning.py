"""What a run shall crawl: from the lake's state and the sources to a plan.

Here belongs the choice of feeds, pending entries and articles to look at again, and the reading
back of what earlier, dead runs recorded. The choice is a pure function of state, known URLs and
the clock. Not here: polling intervals (`crawler.schedule`) and outcomes (`flows.steps.assemble`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib.metadata import version
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from crawler.plan import Entry, Plan, Recheck
from crawler.schedule import clock_was_ahead, due_feeds, due_from
from crawler.source_model import Source
from flows.settings import Settings
from flows.steps.assemble import Row
from lake import ids
from lake.errors import ConfigError

_RECHECK_SHARE: Final = 0.2
"""An article is looked at again when the time since the last look is this share of its age: often
while it is young and still being written, seldom later (the rule of the diffengine project)."""

_RECHECK_EARLIEST: Final = timedelta(minutes=20)
"""However young an article is, its site is not asked for it more often than this."""

_FEW: Final = 100
"""So many requests are done by one crawl process as soon as by two: to start one costs the
processor time of a hundred pages. A feed that was never polled may list any number."""


def user_agent(settings: Settings) -> str | None:
    """What the crawler calls itself; None: its default, which names no contact."""
    return f"Taar/{version('taar')} (+{settings.contact})" if settings.contact else None


def choose_sources(
    sources: Iterable[Source], only: Iterable[str] | None, *, where: str = "--source"
) -> list[Source]:
    """The sources that a run is about.

    Args:
        sources: All of them.
        only: Ids; a disabled source that is named is crawled all the same. None: all enabled.
        where: The option or argument that they came from, for the message.

    Raises:
        ConfigError: If an id is unknown.
    """
    by_id = {source.id: source for source in sources}
    if only is None:
        return [source for source in by_id.values() if source.enabled]
    chosen = []
    for name in only:
        if name not in by_id:
            near = [known for known in by_id if known.startswith(name[:3])]
            raise ConfigError(
                f"there is no source {name!r}",
                where=where,
                remedy="see `taar sources list`" + (f"; near: {', '.join(near)}" if near else ""),
            )
        chosen.append(by_id[name].model_copy(update={"enabled": True}))
    return chosen


def due_rechecks(
    known: pa.Table, sources: set[str], settings: Settings, now: datetime
) -> list[Row]:
    """Published articles that are to be looked at again, those waiting longest for it first.

    Args:
        known: Rows of `lake.schema.KNOWN`.
        sources: Ids of the sources of this run.
        settings: How long and how many.
        now: The clock.
    """
    if not settings.rechecks_per_run or not settings.recheck_days:
        return []
    horizon = pa.scalar(now - timedelta(days=settings.recheck_days), pa.timestamp("us", tz="UTC"))
    young = known.filter(
        pc.and_(pc.is_valid(known["article_id"]), pc.greater(known["last_seen_at"], horizon))
    )
    due = []
    for row in young.to_pylist():
        born = row["published_at"] or row["checked_at"]
        since, age = now - row["checked_at"], now - born
        if (
            row["source_id"] in sources
            and age <= timedelta(days=settings.recheck_days)
            and since >= max(_RECHECK_SHARE * age, _RECHECK_EARLIEST)
        ):
            due.append((since / max(age, _RECHECK_EARLIEST), row))
    due.sort(key=lambda pair: (-pair[0], pair[1]["url_id"]))
    return [row for _, row in due[: settings.rechecks_per_run]]


def share_out(regular: list[Row], again: Sequence[Row], most: int) -> list[Row]:
    """The rechecks of one run: both kinds come forward, however many there are of the other.

    Args:
        regular: Those that are due by their age.
        again: Those that were ordered.
        most: How many in all.
    """
    ordered = list(again[: max(most - len(regular), most // 2)])
    taken = {row["url_id"] for row in ordered}
    others = [row for row in regular if row["url_id"] not in taken]
    return others[: most - len(ordered)] + ordered


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
        again: Rows of it that a second look was ordered at (see `flows.repair.orders`).
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
    rechecks = tuple(
        Recheck(
            url_id=row["url_id"],
            url=row["url"],
            source_id=row["source_id"],
            article_id=row["article_id"],
            version=row["version"],
            content_hash=row["content_hash"],
            published_at=row["published_at"],
            etag=row["etag"],
            last_modified=row["last_modified"],
        )
        for row in looks
    )
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


def known_keys(url_ids: Iterable[str]) -> npt.NDArray[np.uint64]:
    """The ids of known URLs as a crawl process looks them up.

    Returns:
        Sorted uint64, distinct: the first 8 bytes of each id, big endian.
    """
    joined = bytes.fromhex("".join(url_id[:16] for url_id in url_ids))
    return np.unique(np.frombuffer(joined, dtype=">u8").astype(np.uint64))


@dataclass(frozen=True, slots=True)
class Archive:
    """A WARC file in a spool.

    Attributes:
        key: The key that the records of its run name it by.
        path: Where it lies.
    """

    key: str
    path: Path


@dataclass(frozen=True, slots=True)
class Recorded:
    """What a run has recorded so far, and what it took over from runs that died.

    Attributes:
        plans: One for each run, its own last.
        feeds: ``feed`` records.
        urls: ``url`` records.
        archives: WARC files.
    """

    plans: tuple[Plan, ...] = ()
    feeds: tuple[Row, ...] = ()
    urls: tuple[Row, ...] = ()
    archives: tuple[Archive, ...] = ()


def of_news(recorded: Recorded) -> tuple[Row, ...]:
    """The polls but for looks into archives: those say nothing of what a feed lists now."""
    archives = {
        (task.source_id, task.url)
        for plan in recorded.plans
        for task in plan.feeds
        if task.listed_since is not None
    }
    return tuple(r for r in recorded.feeds if (r["source_id"], r["feed_url"]) not in archives)


def by_url(known: pa.Table, url_ids: Iterable[str]) -> dict[str, Row]:
    """The rows of `lake.schema.KNOWN` for the given ids, by id."""
    wanted = pa.array(sorted(set(url_ids)), pa.string())
    found = known.filter(pc.is_in(known["url_id"], value_set=wanted))
    return {row["url_id"]: row for row in found.to_pylist()}


def touched_ids(recorded: Recorded, taken: Mapping[str, object]) -> set[str]:
    """Every url_id that a run's rows speak of: URLs taken up, and what their articles go by."""
    return set(taken) | {
        record["article"]["url_id"] for record in recorded.urls if record.get("article")
    }


def url_ids(known: pa.Table) -> list[str]:
    """The ids of the URLs in a table of `lake.schema.KNOWN`."""
    return [str(url_id) for url_id in known["url_id"].to_pylist()]


def dead_ids(known: pa.Table) -> list[str]:
    """The ids of known URLs that no article came of: no other page need stand back for them.

    Args:
        known: Rows of `lake.schema.KNOWN`.
    """
    without = known.filter(pc.is_null(known["article_id"])).select(["url_id", "url"])
    # Another address of an article names that one's URL in place of its own.
    return [
        str(row["url_id"])
        for row in without.to_pylist()
        if not row["url"] or ids.url_id(row["url"]) == row["url_id"]
    ]
