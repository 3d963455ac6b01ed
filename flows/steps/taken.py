"""The URLs that a run took up: by its plan, and because a feed listed them.

Each of them is owed one outcome. Not here: which one it is (`flows.steps.settle`).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from crawler.plan import Entry, Plan, Recheck
from flows.steps.rows import Row


@dataclass(frozen=True, slots=True)
class TakenUp:
    """A URL that the run took up: where from, and how often it had been tried before."""

    entry: Entry
    source_id: str
    recheck: Recheck | None = None


def taken_up(plan: Plan) -> dict[str, TakenUp]:
    """The URLs that a plan alone makes a run take up: pending and due, or looked at again."""
    found: dict[str, TakenUp] = {}
    for source_id, entries in plan.pending.items():
        for entry in entries:
            if entry.not_before is None or entry.not_before <= plan.now:
                found.setdefault(entry.url_id, TakenUp(entry, source_id))
    for recheck in plan.rechecks:
        entry = Entry(
            url_id=recheck.url_id,
            url=recheck.url,
            requested_url=recheck.requested_url or recheck.url,
            title=None,
            published_at=None,
            published_raw=None,
            first_listed_at=recheck.first_listed_at or plan.now,
        )
        found.setdefault(entry.url_id, TakenUp(entry, recheck.source_id, recheck))
    return found


def taken_up_by_feeds(feed_records: Iterable[Row]) -> dict[str, TakenUp]:
    """The URLs that were taken up because a feed listed them."""
    found: dict[str, TakenUp] = {}
    for record in feed_records:
        for listed in record["taken_up"]:
            entry = Entry.from_json({**listed, "discovered_from": record["feed_url"]})
            found.setdefault(entry.url_id, TakenUp(entry, str(record["source_id"])))
    return found
