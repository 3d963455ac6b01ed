"""What every run is given: a clock, and a wrapper for each of its steps.

The flows make tasks of the steps (`flows.dashboard`); a run without Prefect takes `plain_step`.
Not here: the steps (`flows.steps`) and their order (`flows.pipeline`).
"""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import ParamSpec, Protocol, TypeVar

from lake.errors import ConfigError

P = ParamSpec("P")
T = TypeVar("T")
Clock = Callable[[], datetime]


class Step(Protocol):
    """Runs one named part of a run and returns what it returns."""

    async def __call__(self, name: str, work: Callable[[], Awaitable[T]]) -> T:
        """Calls the work and awaits it."""
        ...


async def plain_step(name: str, work: Callable[[], Awaitable[T]]) -> T:  # noqa: ARG001
    """The `Step` that only runs the work."""
    return await work()


def part(work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> Callable[[], Awaitable[T]]:
    """A plain call as the work of a `Step`."""

    async def call() -> T:
        return work(*args, **kwargs)

    return call


def clock_from(start: datetime | None) -> Clock:
    """A clock that begins at `start` and goes on with real time; None: the present."""
    if start is None:
        return lambda: datetime.now(UTC)
    if start.tzinfo is None:
        raise ConfigError(
            f"the clock {start.isoformat()} has no time zone",
            where="now",
            remedy="write it like 2024-11-22T09:00:00+05:30",
        )
    begin, origin = start.astimezone(UTC), time.monotonic()
    return lambda: begin + timedelta(seconds=time.monotonic() - origin)
