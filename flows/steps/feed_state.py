"""The state that the next run goes on from: every feed, and what it still owes.

A pure function of the state before and of what the run recorded. Not here: polling intervals
(`crawler.listings.schedule`), and what the next run makes of the state (`flows.steps.planning`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from crawler.listings.schedule import after_poll
from crawler.source_model import Source
from flows.steps.rows import Row
from flows.steps.taken import TakenUp


def state_after(
    before: Iterable[Row],
    feed_records: Iterable[Row],
    sources: Mapping[str, Source],
    taken: Mapping[str, TakenUp],
    fetches: Iterable[Row],
    known: Mapping[str, Row],
) -> list[Row]:
    """The state that the next run goes on from: every feed, polled now or earlier.

    Args:
        before: Rows of `lake.schema.STATE` of the run before.
        feed_records: ``feed`` records of this run (and of spools that it adopted).
        sources: By id; feeds of sources that are gone keep their row, and their pending entries.
        taken: Every URL taken up, by url_id.
        fetches: The rows that `settle` returned.
        known: As for `settle`.
    """
    rows: dict[tuple[str, str], Row] = {(r["source_id"], r["feed_url"]): dict(r) for r in before}
    for record in sorted(feed_records, key=lambda r: str(r["polled_at"])):
        key = (str(record["source_id"]), str(record["feed_url"]))
        source = sources.get(key[0])
        if source is not None:
            polled_at = datetime.fromisoformat(str(record["polled_at"]))
            rows[key] = dict(after_poll(rows.get(key), record, source, polled_at))
    by_url = {row["url_id"]: row for row in fetches}
    for row in rows.values():
        row["pending"] = _pending_after(row, taken, by_url, known)
    return list(rows.values())


def _pending_after(
    row: Row, taken: Mapping[str, TakenUp], fetches: Mapping[str, Row], known: Mapping[str, Row]
) -> list[Row]:
    """The entries that one feed still owes, with their tries."""
    owed: dict[str, Row] = {p["url_id"]: p for p in row["pending"] or []}
    for url in taken.values():
        if url.recheck is None and url.entry.discovered_from == row["feed_url"]:
            entry = url.entry
            owed.setdefault(
                entry.url_id,
                {
                    "url_id": entry.url_id,
                    "url": entry.url,
                    "requested_url": entry.requested_url,
                    "title": entry.title,
                    "published_at": entry.published_at,
                    "published_raw": entry.published_raw,
                    "first_listed_at": entry.first_listed_at,
                    "tries": entry.tries,
                    "not_before": None,
                },
            )
    left = []
    for url_id, entry_row in owed.items():
        fetch = fetches.get(url_id)
        if fetch is None:
            if url_id not in known:
                left.append(entry_row)
        elif not fetch["final"]:
            tried = {"tries": fetch["tries"], "not_before": fetch["next_try_at"]}
            left.append({**entry_row, **tried})
    return left


def all_unreachable(feed_records: Sequence[Row]) -> bool:
    """Whether every feed of two or more was asked in vain, and none by a fault of its own."""
    reasons = {record["failure"] for record in feed_records}
    hosts = {str(record["feed_url"]).split("/")[2] for record in feed_records}
    return len(hosts) > 1 and reasons <= {"dns", "connect", "timeout"}
