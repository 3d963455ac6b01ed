"""The operator's orders for single sources: giving them, and what is left of them.

Not here: their form and place (`lake.orders`), and how a run heeds them (`flows.steps.choose`,
`flows.steps.rechecks`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from crawler.sources import load_sources
from flows.opening import open_lake
from flows.settings import Settings
from flows.steps.choose import choose_sources
from flows.steps.rechecks import asked_again
from lake.errors import ConfigError, LakeFormatError
from lake.orders import Order, read_order, read_orders, write_order
from lake.storage import local_root
from lake.tables import Lake


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
    """The orders of a lake that hold, by source id: not those carried out or ended."""
    lake = open_lake(settings, create=False)
    orders = read_orders(lake.storage)
    known = lake.known() if any(order.refetch_at for order in orders.values()) else None
    found = []
    for source_id, order in sorted(orders.items()):
        left = [] if known is None else asked_again(known, orders, {source_id})
        standing = Standing(order, order.is_paused(now), len(left))
        if standing.paused or standing.waiting:
            found.append(standing)
    return found


def pause(settings: Settings, source_id: str, until: datetime | None, now: datetime) -> Order:
    """Leaves a source alone, until a time or until `resume`; replaces an order that is damaged.

    Raises:
        ConfigError: If there is no such source or no lake, or the time is past.
    """
    if until is not None and until <= now:
        raise ConfigError(f"{until:%Y-%m-%d} is past", where="--until", remedy="name a day to come")
    root = local_root(settings.lake)
    if root is not None and not root.exists():
        raise ConfigError(
            "there is no lake here",
            where=str(root),
            remedy="run `taar collect` first, or name another folder; to leave the source out of "
            "the first run too, write `enabled: false` for it into your own source file, which "
            "TAAR_SOURCES names",
        )
    return _change(
        settings,
        source_id,
        lambda order: replace(order, paused_at=now, paused_until=until),
        anew=True,
    )


def resume(settings: Settings, source_id: str) -> Order:
    """Ends a pause; removes an order that is damaged.

    Raises:
        ConfigError: If there is no such source and no order for one, or no lake.
    """
    return _change(
        settings,
        source_id,
        lambda order: replace(order, paused_at=None, paused_until=None),
        anew=True,
    )


def refetch(
    settings: Settings, source_id: str, since: datetime | None, now: datetime
) -> tuple[Order, int]:
    """Has the published articles of a source looked at again by the next runs.

    Returns:
        The order, and how many articles it is about.

    Raises:
        ConfigError: If there is no such source, or no lake, or `since` is yet to come.
    """
    if since is not None and since > now:
        raise ConfigError(
            f"{since:%Y-%m-%d} is yet to come", where="--since", remedy="name a day that is past"
        )
    order = _change(
        settings, source_id, lambda order: replace(order, refetch_at=now, refetch_since=since)
    )
    known = open_lake(settings, create=False).known()
    return order, len(asked_again(known, {source_id: order}, {source_id}))


def _change(
    settings: Settings,
    source_id: str,
    change: Callable[[Order], Order],
    *,
    anew: bool = False,
) -> Order:
    """Changes the order for a source; `anew`: also one that cannot be read, which is then lost."""
    lake: Lake = open_lake(settings, create=False)
    try:
        before = read_order(lake.storage, source_id)
    except LakeFormatError:
        if not anew:
            raise
        before = Order(source_id)
    if before is None:
        choose_sources(
            load_sources(settings.source_pack, settings.sources), [source_id], where="ID"
        )
        before = Order(source_id)
    order = change(before)
    write_order(lake.storage, order)
    return order
