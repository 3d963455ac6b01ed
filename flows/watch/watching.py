"""The health of sources over a lake: which rows are read for it, and when.

Here belongs the reading. The judgement is `flows.watch.health`; what is printed is
`flows.watch.doctor` and the summaries of runs.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime

from crawler.source_model import Source
from flows.watch.health import HISTORY, Complaint, complaints
from lake import schema
from lake.ids import run_time
from lake.orders import Order
from lake.tables import Lake

_COLUMNS = tuple(c.name for c in schema.SOURCE_RUNS.columns if c.name != "source_name")


def is_time_to_judge(previous: str | None, now: datetime) -> bool:
    """Whether a run is the first of its hour, by UTC: a month takes a second or two to read.

    Args:
        previous: The committed run before; None if there is none.
        now: The clock.
    """
    if previous is None:
        return False
    return _hour(run_time(previous)) != _hour(now)


def _hour(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(minute=0, second=0, microsecond=0)


def unwell(
    lake: Lake, sources: Iterable[Source], orders: Mapping[str, Order], now: datetime
) -> list[Complaint]:
    """What is wrong with the sources that a lake knows.

    Args:
        lake: The lake.
        sources: All of them; nobody expects anything of disabled ones, nor of those gone.
        orders: By source id; nor of paused ones.
        now: The clock.
    """
    expected = {
        source.id
        for source in sources
        if source.enabled and not (source.id in orders and orders[source.id].is_paused(now))
    }
    rows = lake.read(schema.SOURCE_RUNS, _COLUMNS, since=(now - HISTORY).date()).to_pylist()
    past = [row for row in rows if row is not None and row["started_at"] <= now]
    seen = {row["source_id"] for row in past}
    return complaints(past, lake.state().to_pylist(), now, skip=seen - expected)
