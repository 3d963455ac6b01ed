"""Which sources a run is about: those that are enabled or named, but for those that are paused.

Not here: which of their feeds are due (`crawler.listings.schedule`), the giving of orders
(`flows.repair.orders`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from crawler.source_model import Source
from lake.errors import ConfigError
from lake.orders import Order


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


def unpaused(sources: Iterable[Source], orders: Mapping[str, Order], now: datetime) -> list[Source]:
    """The sources that nobody has paused."""
    return [s for s in sources if s.id not in orders or not orders[s.id].is_paused(now)]
