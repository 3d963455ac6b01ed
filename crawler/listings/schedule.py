"""Which feeds are due, and when they are due again.

Pure functions over rows of `lake.schema.STATE` and the records of polls; the clock is passed in.
Not here: the polling itself (`crawler.spiders`), which pending entries are tried (`flows`).

The ways are those of Media Cloud's rss-fetcher: poll by overlap (mostly new entries -> sooner,
none -> later), judge only after two successes on time, weigh failures, never give a feed up. A
server's Retry-After stands above all of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from crawler.plan import FeedTask, to_time
from crawler.source_model import Polling, Source

StateRow = Mapping[str, Any]
"""A row of `lake.schema.STATE`; times are datetimes."""

TOLERANCE: Final = 0.1
"""A feed is due this share of its interval early, so that a schedule of the same period as the
interval never misses it by seconds."""

SKEW: Final = timedelta(minutes=1)
"""So far apart are the clocks of two machines that take turns, at most."""

_SUCCESSES_TO_JUDGE: Final = 2
_PUNCTUAL: Final = 3.0
"""A poll is on time if no more than so many intervals have passed since the last success. After a
longer pause everything in a feed is new, which says nothing of its rhythm; that nothing is new
says the more. It is not 1, as runs may come rarer than the shortest interval."""
_MOSTLY_NEW: Final = 0.5
_SOONER: Final = 0.5
_LATER: Final = 1.5

_SITEMAP: Final = 2
"""Sitemaps are polled so many times later than feeds: they are larger, an index of them is several
requests, and what they list stays listed for two days."""

_BACK_OFF_CAP: Final = timedelta(days=30)
_FAILURE_WEIGHTS: Final[Mapping[str, float]] = {
    # Nobody's: its host had asked to be left alone, and it was not asked for.
    "held": 0.0,
    "crawl_delay": 0.0,
    # Ours or the network's, and soon over.
    "dns": 0.25,
    # The server's, and likely to pass.
    "connect": 0.5,
    "timeout": 0.5,
    "http_5xx": 0.5,
}
_HARD: Final = 1.0


def due_feeds(
    sources: Iterable[Source], state: Iterable[StateRow], now: datetime
) -> list[FeedTask]:
    """The feeds that are to be polled now.

    Args:
        sources: All sources; disabled ones and disabled feeds are skipped.
        state: What is known of their feeds; a feed without a row has never been polled.
        now: The clock.

    Returns:
        One task per feed that is due, in the order of the sources.
    """
    rows = {(row["source_id"], row["feed_url"]): row for row in state}
    tasks = []
    for source in sources:
        for feed in source.polled:
            row = rows.get((source.id, feed.url))
            if row is not None and not _is_due(row, now):
                continue
            known: StateRow = row or {}
            tasks.append(
                FeedTask(
                    source_id=source.id,
                    url=feed.url,
                    kind=feed.kind,
                    etag=known.get("etag"),
                    last_modified=known.get("last_modified"),
                    body_hash=known.get("body_hash"),
                    conditional=feed.conditional,
                )
            )
    return tasks


def after_poll(
    row: StateRow | None, record: Mapping[str, Any], source: Source, now: datetime
) -> dict[str, Any]:
    """The state of a feed after a poll.

    Args:
        row: Its state before, or None.
        record: Its ``feed`` record (see `crawler.records.feed_record`).
        source: Its source; the bounds of the interval are there.
        now: When it was polled.

    Returns:
        Its row of `lake.schema.STATE`; `pending` is as before (an empty list without a row).
    """
    before = dict(row) if row else _blank(record, source)
    polling = bounds(source.polling, record.get("feed_kind"))
    interval = _interval(before, polling)
    after = {**before, "last_polled_at": now}
    if record["status"] == "failed":
        failures = float(before["failures"]) + _FAILURE_WEIGHTS.get(str(record["failure"]), _HARD)
        wait = min(timedelta(seconds=interval) * 2 ** min(failures, 20.0), _BACK_OFF_CAP)
        due_at = now + max(wait, timedelta(seconds=polling.floor_s))
        return {
            **after,
            "failures": failures,
            "successes": 0,
            "interval_s": interval,
            "next_due_at": max(due_at, to_time(record.get("not_before")) or due_at),
        }
    if record["status"] == "ok":
        # A poll that found nothing changed keeps what the last full answer said.
        after |= {key: record[key] for key in ("etag", "last_modified", "body_hash", "listed")}
    successes = int(before["successes"]) + 1
    if successes > _SUCCESSES_TO_JUDGE:
        share_new = _share_new(before, record)
        if share_new == 0 or _is_punctual(before, interval, now):
            interval = _adapted(interval, share_new, polling)
    due_at, until = now + timedelta(seconds=interval), to_time(record.get("not_before"))
    if until is not None:
        # A sitemap of an index has asked to wait, while others were good. That is not due early.
        due_at = max(due_at, until + timedelta(seconds=TOLERANCE * interval))
    return {
        **after,
        "last_success_at": now,
        "failures": 0.0,
        "successes": successes,
        "interval_s": interval,
        "next_due_at": due_at,
    }


def bounds(polling: Polling, kind: str | None) -> Polling:
    """The bounds of the interval of one kind of feed.

    Args:
        polling: Those of its source.
        kind: rss, sitemap or section.
    """
    if kind != "sitemap":
        return polling
    return Polling(
        floor_s=min(_SITEMAP * polling.floor_s, polling.ceiling_s),
        start_s=min(_SITEMAP * polling.start_s, polling.ceiling_s),
        ceiling_s=polling.ceiling_s,
    )


def due_from(row: StateRow) -> datetime | None:
    """When a feed may be polled again; None: at once.

    Args:
        row: Its state.
    """
    due_at = to_time(row["next_due_at"])
    if due_at is None:
        return None
    # After a failure the wait is a back-off, or the server's own word: nobody is early for that.
    early = TOLERANCE if row["successes"] else 0.0
    return due_at - timedelta(seconds=early * (row["interval_s"] or 0))


def clock_was_ahead(row: StateRow, now: datetime) -> bool:
    """Whether a feed was polled in the future: a clock has been set back since.

    What that clock said of the next time may be days off, and meanwhile stories would leave the
    listing unseen.

    Args:
        row: The state of the feed.
        now: The clock.
    """
    polled_at = to_time(row["last_polled_at"])
    return polled_at is not None and polled_at > now + SKEW


def _is_due(row: StateRow, now: datetime) -> bool:
    due_at = due_from(row)
    return due_at is None or due_at <= now or clock_was_ahead(row, now)


def _is_punctual(row: StateRow, interval_s: int, now: datetime) -> bool:
    last = to_time(row["last_success_at"])
    return last is not None and now - last <= _PUNCTUAL * timedelta(seconds=interval_s)


def _blank(record: Mapping[str, Any], source: Source) -> dict[str, Any]:
    return {
        "source_id": source.id,
        "feed_url": record["feed_url"],
        "etag": None,
        "last_modified": None,
        "body_hash": None,
        "last_polled_at": None,
        "last_success_at": None,
        "next_due_at": None,
        "interval_s": None,
        "failures": 0.0,
        "successes": 0,
        "listed": [],
        "pending": [],
    }


def _interval(row: StateRow, polling: Polling) -> int:
    """The present interval in seconds, within the bounds that the source has now."""
    interval = row["interval_s"] or polling.start_s
    return int(min(max(interval, polling.floor_s), polling.ceiling_s))


def _share_new(row: StateRow, record: Mapping[str, Any]) -> float:
    """Share of the listing that the one before did not have, 0 to 1."""
    listed: Sequence[str] = record["listed"]
    if record["status"] != "ok" or not listed:
        return 0.0
    return len(set(listed) - set(row["listed"] or ())) / len(set(listed))


def _adapted(interval: int, share_new: float, polling: Polling) -> int:
    factor = _SOONER if share_new > _MOSTLY_NEW else _LATER if share_new == 0 else 1.0
    return int(min(max(interval * factor, polling.floor_s), polling.ceiling_s))
