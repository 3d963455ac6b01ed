"""The flow `reextract`: makes articles again from the archive, with today's extractor.

A thin Prefect flow over `flows.repair.correcting`. It has no schedule: somebody starts it after the
extractor or a source's selectors have changed. Work on articles does not belong here.
"""

from __future__ import annotations

from datetime import date

from prefect import flow
from prefect.client.schemas.objects import State

from flows.dashboard import as_task, failed, show, writer_slot
from flows.repair.comparing import COMPARED
from flows.repair.correcting import reextract as extract_again
from flows.repair.correction import Asked, Correction
from flows.running import run_as_command
from flows.settings import load_settings
from flows.stepping import clock_from
from lake.errors import TaarError


@flow(name="reextract", persist_result=False)
async def reextract(
    lake: str | None = None,
    sources: list[str] | None = None,
    since: date | None = None,
    until: date | None = None,
    fields: list[str] | None = None,
    publish: bool = False,
) -> Correction | State[None]:
    """Runs one reextract.

    Args:
        lake: Folder or ``s3://bucket/prefix``; default: what TAAR_LAKE says.
        sources: Ids of the sources; default: all.
        since: First crawl date.
        until: Last crawl date, included.
        fields: Only changes of these fields count; default: all.
        publish: Whether what differs is published; else it is only reported.

    Returns:
        What differs and what was published, or a failed state whose message says what to mend.
    """
    asked = Asked(
        only=tuple(sources) if sources else None,
        since=since,
        until=until,
        fields=tuple(fields or COMPARED),
        publish=publish,
    )
    try:
        settings = load_settings(lake=lake)
        async with writer_slot():
            done = await extract_again(settings, asked, clock=clock_from(None), step=as_task)
        await show("taar-reextract", done.to_markdown())
    except TaarError as error:
        return failed(error)
    return done


if __name__ == "__main__":
    run_as_command("reextract")
