"""What the three flows share of Prefect: the writer's slot, steps as tasks, artifacts.

Here belongs everything that speaks to Prefect's API beside the flow decorators themselves. Not
here: any work on articles; `flows.pipeline` does that without Prefect.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import TypeVar

from prefect import task
from prefect.artifacts import acreate_markdown_artifact, acreate_table_artifact
from prefect.cache_policies import NO_CACHE
from prefect.client.orchestration import get_client
from prefect.client.schemas.actions import GlobalConcurrencyLimitCreate
from prefect.client.schemas.objects import State
from prefect.concurrency.asyncio import concurrency
from prefect.exceptions import ObjectAlreadyExists, ObjectNotFound
from prefect.states import Completed, Failed

from lake.errors import TaarError

T = TypeVar("T")

WRITER = "taar-writer"
"""The global concurrency limit that every flow that writes takes a slot of."""

_WAIT_FOR_SLOT_S = 30 * 60.0
"""`link` and `maintain` wait for a collect, whose budget is 10 minutes by default."""


_LEASE_S = 60.0
"""A writer that was killed blocks the others for so long; a living one renews its lease. Prefect
takes nothing shorter."""


async def _ensure_limit() -> None:
    async with get_client() as client:
        try:
            await client.read_global_concurrency_limit_by_name(WRITER)
        except ObjectNotFound:
            try:
                await client.create_global_concurrency_limit(
                    GlobalConcurrencyLimitCreate(name=WRITER, limit=1, active=True)
                )
            except ObjectAlreadyExists:
                return  # Another flow was quicker.


@asynccontextmanager
async def writer_slot() -> AsyncIterator[None]:
    """One writer at a time over all flows of this Prefect server.

    The lake's own lock says no to a second writer too, at once and with an error; waiting here
    makes a queue of what would be failures.
    """
    await _ensure_limit()
    async with concurrency(
        WRITER,
        occupy=1,
        timeout_seconds=_WAIT_FOR_SLOT_S,
        lease_duration=_LEASE_S,
        strict=True,
    ):
        yield


def _never(*_: object) -> bool:
    return False


async def as_task(name: str, work: Callable[[], Awaitable[T]]) -> T:
    """Runs one step of the pipeline as a task, so that the dashboard shows it and its time.

    Raises:
        TaarError: As the step raised it. Prefect is told of it as a failed state, because it would
            log an exception with its traceback, and this is a message for people.
    """
    done: list[T] = []
    mistakes: list[TaarError] = []

    # It is never tried again. But where a retry is thinkable and refused, Prefect logs the state
    # alone; where none is, it adds the traceback of the exception, and there is none to add.
    @task(
        name=name,
        cache_policy=NO_CACHE,
        persist_result=False,
        retries=1,
        retry_condition_fn=_never,
    )
    async def step() -> State[None]:
        try:
            done.append(await work())
        except TaarError as error:
            mistakes.append(error)
            return Failed(message=str(error))
        return Completed()

    state: State[None] = await step(return_state=True)  # type: ignore[misc]
    if mistakes:
        raise mistakes[0]
    if not done:  # Any other exception is a fault of ours, and is raised as it was.
        await state.aresult(raise_on_failure=True)
    return done[0]


def failed(error: TaarError) -> State[None]:
    """The final state of a flow that a person can mend: its message is the error's."""
    return Failed(message=str(error), data=error)


async def show(key: str, markdown: str, rows: list[dict[str, object]] | None = None) -> None:
    """Puts a summary on the dashboard: markdown under `key`, rows under `key`-sources."""
    await acreate_markdown_artifact(markdown, key=key)
    if rows:
        await acreate_table_artifact(rows, key=f"{key}-sources")
