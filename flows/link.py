"""The flow `link`: derives relations, families and threads from what is published.

A thin Prefect flow over `flows.pipeline.link`. Work on articles does not belong here.
"""

from __future__ import annotations

from datetime import datetime

from prefect import flow
from prefect.client.schemas.objects import State

from flows import pipeline
from flows.dashboard import as_task, failed, show, writer_slot
from flows.running import run_as_command
from flows.settings import load_settings
from flows.stepping import clock_from
from flows.summary import LinkSummary
from lake.errors import TaarError


@flow(name="link", persist_result=False)
async def link(lake: str | None = None, now: datetime | None = None) -> LinkSummary | State[None]:
    """Runs one link.

    Args:
        lake: Folder or ``s3://bucket/prefix``; default: what TAAR_LAKE says.
        now: The clock at the start, for demos and tests; default: the present.

    Returns:
        The summary of the run, or a failed state whose message says what to mend.
    """
    try:
        settings = load_settings(lake=lake)
        async with writer_slot():
            summary = await pipeline.link(settings, clock=clock_from(now), step=as_task)
        await show("taar-link", summary.to_markdown())
    except TaarError as error:
        return failed(error)
    return summary


if __name__ == "__main__":
    run_as_command("link")
