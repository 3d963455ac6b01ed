"""Orders of the operator for single sources: a pause, or a second look at what was published.

Here belongs their form and where they are kept: in the lake, because it is the only state, and a
run on any machine must heed them. One object for each source, so that orders for two sources never
overwrite each other; of two for the same source the last counts. Not here: what a run makes of
them (`flows.steps.choose`, `flows.steps.rechecks`).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from lake import keys
from lake.errors import LakeFormatError, ObjectMissingError
from lake.storage import Storage


@dataclass(frozen=True, slots=True)
class Order:
    """What was ordered for one source.

    Attributes:
        source_id: The source.
        paused_at: When it was paused; None if it is not.
        paused_until: When the pause ends by itself; None: when somebody ends it.
        refetch_at: When a second look was asked for; articles looked at later are done.
        refetch_since: Only articles published since; None: all.
    """

    source_id: str
    paused_at: datetime | None = None
    paused_until: datetime | None = None
    refetch_at: datetime | None = None
    refetch_since: datetime | None = None

    def is_paused(self, now: datetime) -> bool:
        """Whether the source is to be left alone now."""
        return self.paused_at is not None and (self.paused_until is None or now < self.paused_until)

    @property
    def empty(self) -> bool:
        """Whether nothing is ordered."""
        return self.paused_at is None and self.refetch_at is None


_TIMES = ("paused_at", "paused_until", "refetch_at", "refetch_since")


def read_orders(storage: Storage) -> dict[str, Order]:
    """All orders, by source id.

    Raises:
        LakeFormatError: If one cannot be read.
        StorageError: If the storage fails.
    """
    found = {}
    for info in storage.list(f"{keys.ORDERS}/"):
        try:
            order = order_at(storage, info.key)
        except ObjectMissingError:
            continue  # Taken back this very moment.
        found[order.source_id] = order
    return found


def read_order(storage: Storage, source_id: str) -> Order | None:
    """The order for one source, whatever is the matter with those for others; None: there is none.

    Raises:
        LakeFormatError: If it cannot be read.
        StorageError: If the storage fails.
    """
    key = keys.order_key(source_id)
    # Looked for in the listing: an id that somebody mistyped need not make a key.
    if all(info.key != key for info in storage.list(f"{keys.ORDERS}/")):
        return None
    try:
        return order_at(storage, key)
    except ObjectMissingError:
        return None


def write_order(storage: Storage, order: Order) -> None:
    """Puts an order in place of the one before; an empty one removes it."""
    key = keys.order_key(order.source_id)
    if order.empty:
        storage.delete([key])
        return
    told: dict[str, str | None] = {"source_id": order.source_id}
    for name in _TIMES:
        moment: datetime | None = getattr(order, name)
        told[name] = moment.astimezone(UTC).isoformat() if moment else None
    storage.put(key, json.dumps(told, indent=2).encode())


def order_at(storage: Storage, key: str) -> Order:
    """The order that an object holds.

    Raises:
        LakeFormatError: If it cannot be read.
        ObjectMissingError: If it is not there.
        StorageError: If the storage fails.
    """
    data = storage.get(key)
    source_id = key.removeprefix(f"{keys.ORDERS}/").removesuffix(".json")
    ours = key == keys.order_key(source_id)
    try:
        if not ours:
            raise ValueError("Taar writes no object of this name")
        told: Mapping[str, Any] = json.loads(data)
        times = {n: datetime.fromisoformat(told[n]) if told.get(n) else None for n in _TIMES}
        if any(moment is not None and moment.tzinfo is None for moment in times.values()):
            raise ValueError("a time without a zone")
        order = Order(str(told["source_id"]), **times)
        if order.source_id != source_id:
            raise ValueError("it is for another source than its name says")
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise LakeFormatError(
            f"the order cannot be read: {error}",
            where=f"{storage.url}/{key}",
            remedy=f"`taar sources pause {source_id}` or `taar sources resume {source_id}` "
            "replaces it; a `refetch` that was ordered is to be ordered again"
            if ours
            else "delete it",
        ) from error
    return order
