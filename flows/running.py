"""Runs a flow from the command line: with Prefect (an embedded server if none is set) or without.

Here belongs what a run by hand needs around it. Not here: the flows themselves.
"""

from __future__ import annotations

import asyncio
import logging
import os
import sys
from collections.abc import Callable, Coroutine
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final, NoReturn, TypeVar

from flows.opening import open_lake
from flows.prefect_api import require_prefect
from flows.prefect_home import WITHOUT
from flows.settings import Settings
from flows.stepping import clock_from
from flows.stopping import Terminated
from lake.errors import TaarError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flows.repair.backfilling import Range
    from flows.repair.correction import Asked, Correction
    from flows.summary import LinkSummary, MaintainSummary, RunSummary

T = TypeVar("T")

_QUIET = {
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "DO_NOT_TRACK": "1",
    # The default of 20 s is thin on a loaded machine; a fresh database alone takes 8 s.
    "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": "120",
}


_NOT_STARTED: Final = "connect to ephemeral Prefect API server"
"""Of the message of `prefect.server.api.server.SubprocessASGIServer.start`."""


@contextmanager
def waiting(quiet: bool, words: str) -> Iterator[None]:
    """Shows on standard error that something goes on, unless `quiet`."""
    if quiet:
        yield
        return
    from rich.console import Console

    with Console(stderr=True).status(words):
        yield


def run_as_command(name: str) -> NoReturn:
    """Makes `python -m flows.NAME` what `taar NAME` is.

    In place of this process, because Prefect is imported here already, and wants to be set up
    before that.
    """
    command = [sys.executable, "-m", "flows.cli", name, *sys.argv[1:]]
    os.execv(sys.executable, command)  # noqa: S606 (a shell is what is not wanted)


def _mute_console() -> None:
    """Takes Prefect's logs off the terminal; they still reach its API.

    A run by hand prints its own summary, and its own message when it fails.
    """
    for name in ("prefect", "prefect.flow_runs", "prefect.task_runs"):
        logger = logging.getLogger(name)
        for handler in list(logger.handlers):
            if type(handler).__name__ == "PrefectConsoleHandler":
                logger.removeHandler(handler)
        logger.propagate = False


async def run_flow(flow: Callable[..., Any], **parameters: Any) -> Any:  # noqa: ANN401
    """Runs a Prefect flow in this process and returns what it returned.

    Raises:
        TaarError: If the flow ended in the failed state of one; any other exception of the flow
            is raised as it was.
    """
    state = await flow(**parameters, return_state=True)
    result = await state.aresult(raise_on_failure=False)
    if isinstance(result, BaseException):
        raise result
    return result


def run_to_end(work: Coroutine[Any, Any, T]) -> T:
    """Runs a flow to its end. Prefect takes SIGTERM for itself meanwhile.

    Raises:
        Terminated: If it came.
        TaarError: If Prefect's own server did not start, for a reason that nobody foresaw.
    """
    from prefect.exceptions import TerminationSignal

    try:
        return asyncio.run(work)
    except TerminationSignal:
        raise Terminated from None
    except RuntimeError as error:
        if _NOT_STARTED not in str(error):
            raise
        raise TaarError(
            "Prefect's own server does not start",
            where=f"PREFECT_HOME ({os.environ.get('PREFECT_HOME') or '~/.prefect'})",
            remedy=f"see above what it says; set PREFECT_HOME to an empty folder, {WITHOUT}",
        ) from error


def prepare_prefect(settings: Settings | None = None, *, create: bool = True) -> None:
    """Sets what Prefect needs to run offline and quietly; call it before Prefect is imported.

    Args:
        settings: What is to be run with; a wrong address of its lake is told before Prefect starts.
        create: Whether a lake that does not exist is made.

    Raises:
        ConfigError: If the lake's address or a setting of Prefect is wrong, or Prefect has nowhere
            to keep its database.
        StorageError: If the lake cannot be reached.
        TaarError: If a Prefect server is set and does not answer, or Prefect's own database cannot
            be used.
    """
    if settings is not None:
        open_lake(settings, create=create)
    for name, value in _QUIET.items():
        os.environ.setdefault(name, value)
    require_prefect()
    _mute_console()


def run_collect(
    settings: Settings, only: list[str] | None, *, with_prefect: bool, quiet: bool
) -> RunSummary:
    """Runs one collect.

    Raises:
        TaarError: If the run failed, or not one source answered.
    """
    from flows import pipeline
    from flows.steps.summarise import fail_if_nothing_answered

    with waiting(quiet, "collecting ..."):
        if with_prefect:
            prepare_prefect(settings)
            from flows.collect import collect

            summary: RunSummary = run_to_end(run_flow(collect, lake=settings.lake, sources=only))
            return summary
        summary = asyncio.run(pipeline.collect(settings, clock=clock_from(None), only=only))
        fail_if_nothing_answered(summary)
        return summary


def run_link(settings: Settings, *, with_prefect: bool, quiet: bool) -> LinkSummary:
    """Runs one link."""
    from flows import pipeline

    with waiting(quiet, "linking ..."):
        if with_prefect:
            prepare_prefect(settings, create=False)
            from flows.link import link

            linked: LinkSummary = run_to_end(run_flow(link, lake=settings.lake))
            return linked
        return asyncio.run(pipeline.link(settings, clock=clock_from(None)))


def run_maintain(settings: Settings, *, with_prefect: bool, quiet: bool) -> MaintainSummary:
    """Runs one maintain."""
    from flows import pipeline

    with waiting(quiet, "putting the lake in order ..."):
        if with_prefect:
            prepare_prefect(settings, create=False)
            from flows.maintain import maintain

            done: MaintainSummary = run_to_end(run_flow(maintain, lake=settings.lake))
            return done
        return asyncio.run(pipeline.maintain(settings, clock=clock_from(None)))


def run_backfill(
    settings: Settings, wanted: Range, *, with_prefect: bool, quiet: bool
) -> RunSummary:
    """Runs one backfill.

    Raises:
        TaarError: If the run failed, or no listing answered.
    """
    from flows.repair import backfilling
    from flows.steps.summarise import fail_if_nothing_answered

    with waiting(quiet, "collecting older articles ..."):
        if with_prefect:
            prepare_prefect(settings)
            from flows.backfill import backfill

            summary: RunSummary = run_to_end(
                run_flow(
                    backfill,
                    source=wanted.source_id,
                    since=wanted.since,
                    until=wanted.until,
                    listings=list(wanted.listings),
                    lake=settings.lake,
                )
            )
            return summary
        clock = clock_from(None)
        summary = asyncio.run(backfilling.backfill(settings, wanted, clock=clock))
        fail_if_nothing_answered(summary)
        return summary


def run_reextract(
    settings: Settings, asked: Asked, *, with_prefect: bool, quiet: bool
) -> Correction:
    """Runs one reextract; a mere report needs no Prefect, as it writes nothing."""
    from flows.repair import correcting

    with waiting(quiet, "reading the archive again ..."):
        if with_prefect and asked.publish:
            prepare_prefect(settings, create=False)
            from flows.reextract import reextract

            done: Correction = run_to_end(
                run_flow(
                    reextract,
                    lake=settings.lake,
                    sources=list(asked.only) if asked.only else None,
                    since=asked.since,
                    until=asked.until,
                    fields=list(asked.fields),
                    publish=True,
                )
            )
            return done
        clock = clock_from(None)
        return asyncio.run(correcting.reextract(settings, asked, clock=clock))
