"""The flow `backfill`: older articles of a source, from what its archive lists of a range of days.

A thin Prefect flow over `flows.repair.backfilling`. It has no schedule. Work on articles
does not belong here.
"""

from __future__ import annotations

from datetime import date

from prefect import flow
from prefect.client.schemas.objects import State

from flows.dashboard import as_task, failed, show, writer_slot
from flows.repair.backfilling import Range
from flows.repair.backfilling import backfill as fill
from flows.running import run_as_command
from flows.settings import load_settings
from flows.stepping import clock_from
from flows.steps.summarise import fail_if_nothing_answered
from flows.summary import RunSummary
from lake.errors import TaarError


@flow(name="backfill", persist_result=False)
async def backfill(
    source: str,
    since: date,
    until: date,
    listings: list[str] | None = None,
    lake: str | None = None,
) -> RunSummary | State[None]:
    """Runs one backfill.

    Args:
        source: Id of the source.
        since: First day of publication.
        until: Last day, included.
        listings: Sitemaps or section pages to look into; default: the sitemaps of the source.
        lake: Folder or ``s3://bucket/prefix``; default: what TAAR_LAKE says.

    Returns:
        The summary of the run, or a failed state whose message says what to mend.
    """
    wanted = Range(source, since, until, tuple(listings or ()))
    try:
        settings = load_settings(lake=lake)
        async with writer_slot():
            summary = await fill(settings, wanted, clock=clock_from(None), step=as_task)
        await show("taar-backfill", summary.to_markdown(), summary.source_table())
        fail_if_nothing_answered(summary)
    except TaarError as error:
        return failed(error)
    return summary


if __name__ == "__main__":
    run_as_command("backfill")
