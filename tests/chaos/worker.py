"""The process that is harmed: one collect, link or maintain, by the pipeline or through Prefect.

Here belongs what runs in the child: settings from its environment, the work, and a diary that
says how far it came and how it ended. Who starts and kills it is `tests.chaos.children`.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any, Final, TypeVar

from flows import opening, pipeline, running
from flows.settings import load_settings
from flows.stepping import clock_from
from lake import keys
from lake.errors import TaarError
from lake.storage import S3Options
from tests.chaos.points import Work

T = TypeVar("T")

READ_TIMEOUT_S: Final = 0.7
"""What a harmed process waits for the S3 server: with the time-outs of a deployment a round would
take minutes."""

_ATTEMPTS: Final = 4

OTHER_LOCK: Final = ".lock-of-nobody"
"""What a process locks that sees no lock."""

FAILED: Final = 3
"""Exit code of a run that failed as runs may; 1 is Python's, for an exception nobody expected."""


@dataclass(frozen=True, slots=True)
class Job:
    """What a process is to do.

    Attributes:
        work: What it does.
        now: Its clock, ISO 8601.
        env: The variables that it runs with, beside those of the harness.
        diary: Where it writes how far it came.
        hasty: Whether it soon gives up on the S3 server.
        prefect: Whether the flow runs through Prefect.
        blind: Whether it locks something else than the lake, and so works beside others.
    """

    work: Work
    now: str
    env: dict[str, str]
    diary: Path
    hasty: bool = True
    prefect: bool = False
    blind: bool = False

    def to_json(self) -> str:
        """The job for another process."""
        return json.dumps(
            {
                "work": self.work.value,
                "now": self.now,
                "env": self.env,
                "diary": str(self.diary),
                "hasty": self.hasty,
                "prefect": self.prefect,
                "blind": self.blind,
            }
        )

    @classmethod
    def from_json(cls, text: str) -> Job:
        """Reads a job."""
        raw = json.loads(text)
        return cls(**{**raw, "work": Work(raw["work"]), "diary": Path(raw["diary"])})


class Diary:
    """Lines of JSON; each is in the file before the next thing happens."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def write(self, **entry: Any) -> None:
        with self._path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(entry, ensure_ascii=False) + "\n")

    async def step(self, name: str, work: Callable[[], Awaitable[T]]) -> T:
        """A `flows.stepping.Step` that says which step begins."""
        self.write(step=name)
        return await work()


def run(job: Job) -> None:
    """Does the work; exits with `FAILED` if the run fails."""
    for name in [n for n in os.environ if n.startswith(("TAAR_", "PREFECT_"))]:
        del os.environ[name]
    os.environ.update(job.env)
    diary = Diary(job.diary)
    if job.blind:
        vars(keys)["LOCK"] = OTHER_LOCK
    if job.hasty:
        hasty = partial(
            S3Options,
            read_timeout_s=READ_TIMEOUT_S,
            connect_timeout_s=READ_TIMEOUT_S,
            max_attempts=_ATTEMPTS,
        )
        setattr(opening, S3Options.__name__, hasty)
    try:
        warnings = asyncio.run(_by_prefect(job) if job.prefect else _by_pipeline(job, diary))
    except TaarError as error:
        diary.write(failed=type(error).__name__, what=str(error))
        sys.exit(FAILED)
    diary.write(done=True, warnings=warnings)


async def _by_pipeline(job: Job, diary: Diary) -> list[str]:
    settings = load_settings()
    clock = clock_from(datetime.fromisoformat(job.now))
    if job.work is Work.COLLECT:
        summary = await pipeline.collect(settings, clock=clock, step=diary.step)
        return list(summary.warnings)
    if job.work is Work.LINK:
        await pipeline.link(settings, clock=clock, step=diary.step)
    else:
        await pipeline.maintain(settings, clock=clock, step=diary.step)
    return []


async def _by_prefect(job: Job) -> list[str]:
    running.prepare_prefect()
    from flows.collect import collect
    from flows.link import link
    from flows.maintain import maintain

    flows: dict[Work, Callable[..., Any]] = {
        Work.COLLECT: collect,
        Work.LINK: link,
        Work.MAINTAIN: maintain,
    }
    summary = await running.run_flow(flows[job.work], now=datetime.fromisoformat(job.now))
    return list(getattr(summary, "warnings", ()))


if __name__ == "__main__":
    run(Job.from_json(sys.argv[1]))
