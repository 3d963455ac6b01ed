"""The flow `collect`: polls what is due, fetches what is new, labels copies, publishes.

A thin Prefect flow over `flows.pipeline.collect`: it adds the writer's slot, tasks that the
dashboard shows, and artifacts. Work on articles does not belong here.
"""

from __future__ import annotations

from datetime import datetime

from prefect import flow, get_run_logger
from prefect.client.schemas.objects import State

from flows import pipeline
from flows.dashboard import as_task, failed, show, writer_slot
from flows.running import run_as_command
from flows.settings import load_settings
from flows.stepping import clock_from
from flows.steps.summarise import fail_if_nothing_answered
from flows.summary import RunSummary
from lake.errors import TaarError


@flow(name="collect", persist_result=False)
async def collect(
    lake: str | None = None, sources: list[str] | None = None, now: datetime | None = None
) -> RunSummary | State[None]:
    """Runs one collect.

    Args:
        lake: Folder or ``s3://bucket/prefix``; default: what TAAR_LAKE says.
        sources: Ids of the sources to crawl; default: all that are enabled.
        now: The clock at the start, for demos and tests; default: the present.

    Returns:
        The summary of the run, or a failed state whose message says what to mend.
    """
    try:
        settings = load_settings(lake=lake)
        async with writer_slot():
            summary = await pipeline.collect(
                settings, clock=clock_from(now), only=sources, step=as_task
            )
        await show("taar-collect", summary.to_markdown(), summary.source_table())
        logger = get_run_logger()
        for warning in summary.warnings:
            logger.warning(warning)
        fail_if_nothing_answered(summary)
    except TaarError as error:
        return failed(error)
    return summary


if __name__ == "__main__":
    run_as_command("collect")
