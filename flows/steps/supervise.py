"""Crawl processes: started together, watched, and never left behind.

Here belongs the life of the child processes. What they do is `crawler.run`; what comes of their
records is `flows.steps.records`.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from dataclasses import dataclass
from pathlib import Path

_OVERTIME_S = 90.0
"""A child ends by itself at the end of its budget, once the requests under way are answered. Three
times the download time-out of 30 s in `crawler.settings` is the latest that this can be."""

_GRACE_S = 15.0
"""What a child gets between SIGTERM and SIGKILL: it flushes its records and its archive."""


@dataclass(frozen=True, slots=True)
class ShardExit:
    """How one crawl process ended.

    Attributes:
        shard: Its number, from 0.
        returncode: 0 if it finished; negative: the signal that ended it.
        complaint: What to tell people, if it did not end well. Read from its log at once, because
            the spool with the log is gone once the run is published.
    """

    shard: int
    returncode: int
    complaint: str | None


def _exit(shard: int, returncode: int, log: Path) -> ShardExit:
    if returncode == 0:
        return ShardExit(shard, returncode, None)
    end = (
        f"was ended by signal {-returncode}"
        if returncode < 0
        else f"ended with exit code {returncode}"
    )
    told = _last_words(log.read_text(errors="replace"))
    return ShardExit(shard, returncode, f"crawl process {shard} {end}{told and ': '}{told}")


def _last_words(log: str) -> str:
    """The last message of a log in one line: place and remedy stand below it, indented."""
    lines = log.strip().splitlines()
    begin = max((n for n, line in enumerate(lines) if not line.startswith(" ")), default=0)
    return "; ".join(line.strip() for line in lines[begin:])


async def _start(spool: Path, shard: int) -> asyncio.subprocess.Process:
    log = spool / f"shard-{shard:02}.log"
    with log.open("ab") as out:
        return await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "crawler.run",
            str(spool),
            "--shard",
            str(shard),
            # The child ends by itself at end-of-file here: the pipe closes when we die, however.
            stdin=asyncio.subprocess.PIPE,
            stdout=out,
            stderr=out,
            start_new_session=True,
        )


def _signal_group(process: asyncio.subprocess.Process, number: signal.Signals) -> None:
    if process.returncode is None:
        try:
            os.killpg(process.pid, number)
        except ProcessLookupError:
            return


async def _stop(processes: list[asyncio.subprocess.Process]) -> None:
    # All are told before any is waited for: a sibling told late crawls on to its end.
    for process in processes:
        _signal_group(process, signal.SIGTERM)
    waits = [asyncio.ensure_future(p.wait()) for p in processes]
    _, late = await asyncio.wait(waits, timeout=_GRACE_S)
    for process in processes:
        _signal_group(process, signal.SIGKILL)
    if late:
        await asyncio.wait(late)


async def crawl(spool: Path, shards: int, budget_s: float) -> list[ShardExit]:
    """Runs the crawl processes of one run to their end.

    Args:
        spool: The run's folder, with its plan.json.
        shards: How many processes; each crawls its share of the sources.
        budget_s: Time for crawling, seconds. A child that overruns it by far is stopped; what it
            has recorded counts.

    Returns:
        How each ended, by shard. A child that died is reported, not raised: its complete records
        are as good as any.
    """
    processes: list[asyncio.subprocess.Process] = []
    try:
        for shard in range(shards):
            # One by one: a child must be in the list as soon as it lives, or it is left behind.
            processes.append(await _start(spool, shard))  # noqa: PERF401
        waits = [asyncio.ensure_future(p.wait()) for p in processes]
        await asyncio.wait(waits, timeout=budget_s + _OVERTIME_S)
    finally:
        if any(p.returncode is None for p in processes):
            await _stop(processes)
    return [
        _exit(n, p.returncode if p.returncode is not None else -9, spool / f"shard-{n:02}.log")
        for n, p in enumerate(processes)
    ]
