"""What a run makes of the operator's orders for single sources.

Here belongs who is left alone and which articles are looked at again, and the giving of orders from
the command line. Not here: their form and place (`lake.orders`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

import pyarrow as pa
import pyarrow.compute as pc

from crawler.source_model import Source
from crawler.sources import load_sources
from flows.opening import open_lake
from flows.settings import Settings
from flows.steps.assemble import Row
from flows.steps.planning import choose_sources
from lake.errors import ConfigError
from lake.orders import Order, read_orders, write_order
from lake.tables import Lake


def unpaused(sources: Iterable[Source], orders: Mapping[str, Order], now: datetime) -> list[Source]:
    """The sources that nobody has paused."""
    return [s for s in sources if s.id not in orders or not orders[s.id].is_paused(now)]


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


@dataclass(frozen=True, slots=True)
class Standing:
    """An order and what is left of it.

    Attributes:
        order: The order.
        paused: Whether the source is paused now.
        waiting: Articles that still wait for their second look.
    """

    order: Order
    paused: bool
    waiting: int


def standing_orders(settings: Settings, now: datetime) -> list[Standing]:
    """All orders of a lake, by source id."""
    lake = open_lake(settings, create=False)
    orders = read_orders(lake.storage)
    known = lake.known() if any(order.refetch_at for order in orders.values()) else None
    found = []
    for source_id, order in sorted(orders.items()):
        left = [] if known is None else asked_again(known, orders, {source_id})
        found.append(Standing(order, order.is_paused(now), len(left)))
    return found


def pause(settings: Settings, source_id: str, until: datetime | None, now: datetime) -> Order:
    """Leaves a source alone, until a time or until `resume`.

    Raises:
        ConfigError: If there is no such source or no lake, or the time is past.
    """
    if until is not None and until <= now:
        raise ConfigError(f"{until:%Y-%m-%d} is past", where="--until", remedy="name a day to come")
    return _change(
        settings, source_id, lambda order: replace(order, paused_at=now, paused_until=until)
    )


def resume(settings: Settings, source_id: str) -> Order:
    """Ends a pause.

    Raises:
        ConfigError: If there is no such source and no order for one, or no lake.
    """
    return _change(
        settings, source_id, lambda order: replace(order, paused_at=None, paused_until=None)
    )


def refetch(
    settings: Settings, source_id: str, since: datetime | None, now: datetime
) -> tuple[Order, int]:
    """Has the published articles of a source looked at again by the next runs.

    Returns:
        The order, and how many articles it is about.

    Raises:
        ConfigError: If there is no such source, or no lake.
    """
    order = _change(
        settings, source_id, lambda order: replace(order, refetch_at=now, refetch_since=since)
    )
    known = open_lake(settings, create=False).known()
    return order, len(asked_again(known, {source_id: order}, {source_id}))


def _change(settings: Settings, source_id: str, change: Callable[[Order], Order]) -> Order:
    lake: Lake = open_lake(settings, create=False)
    before = read_orders(lake.storage).get(source_id)
    if before is None:
        choose_sources(
            load_sources(settings.source_pack, settings.sources), [source_id], where="ID"
        )
        before = Order(source_id)
    order = change(before)
    write_order(lake.storage, order)
    return order
