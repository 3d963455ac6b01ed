"""Which published articles a run looks at again: by their age, and because it was ordered.

Not here: what becomes of a second look (`flows.steps.settle`), the giving of orders
(`flows.repair.orders`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

from flows.settings import Settings
from flows.steps.rows import Row
from lake.orders import Order

_RECHECK_SHARE: Final = 0.2
"""An article is looked at again when the time since the last look is this share of its age: often
while it is young and still being written, seldom later (the rule of the diffengine project)."""

_RECHECK_EARLIEST: Final = timedelta(minutes=20)
"""However young an article is, its site is not asked for it more often than this."""


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


def asked_again(known: pa.Table, orders: Mapping[str, Order], sources: set[str]) -> list[Row]:
    """Published articles that a second look was ordered at and that have not had it.

    Args:
        known: Rows of `lake.schema.KNOWN`.
        orders: By source id.
        sources: Ids of the sources of this run.

    Returns:
        The rows, newest publication first, without validators: the page is wanted whole, and not
        the word that it is unchanged.
    """
    found: list[Row] = []
    for source_id in sorted(sources & orders.keys()):
        order = orders[source_id]
        if order.refetch_at is None:
            continue
        mine = pc.and_(
            pc.equal(known["source_id"], pa.scalar(source_id)), pc.is_valid(known["article_id"])
        )
        for row in known.filter(mine).to_pylist():
            born = row["published_at"] or row["checked_at"]
            if row["checked_at"] < order.refetch_at and (
                order.refetch_since is None or born >= order.refetch_since
            ):
                found.append({**row, "etag": None, "last_modified": None})
    found.sort(key=lambda row: row["published_at"] or row["checked_at"], reverse=True)
    return found


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
