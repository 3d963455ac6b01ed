"""One round: harm, then one undisturbed run, then a look at every promise.

Here belongs the course of a round and what counts as trouble. What a round does is planned in
`tests.chaos.plans`, what it shares with others is made in `tests.chaos.world`.
"""

from __future__ import annotations

import io
import random
import shutil
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import pyarrow.parquet as pq

from flows import pipeline
from flows.settings import Settings, load_settings
from lake import keys
from lake.errors import TaarError
from lake.storage import Storage, open_storage
from lake.tables import Lake
from lake.verify import verify
from tests.chaos.children import Child, End, until
from tests.chaos.faults import Weather
from tests.chaos.plans import Round, Step
from tests.chaos.points import Work
from tests.chaos.prefect_server import free_slot
from tests.chaos.proxy import FaultProxy
from tests.chaos.report import Report
from tests.chaos.worker import OTHER_LOCK, Job
from tests.chaos.world import (
    BETWEEN,
    LAST,
    NOW,
    TIDIED,
    Bucket,
    Rows,
    Scene,
    as_env,
    fill,
    run,
    view,
)

PATIENCE_S: Final = 120.0
"""No process takes so long, whatever is done to it."""

_PREFECT_S: Final = 3.0
"""How much longer a run through Prefect takes: its imports, mostly."""

_ELSEWHERE: Final = 90
"""Number of the machine that runs beside another."""


@dataclass(frozen=True, slots=True)
class Stage:
    """What all rounds are played on.

    Attributes:
        folder: For lakes and machines.
        some: A part of the press.
        whole: All of it; None: no round needs it.
        bucket: On the S3 server.
        proxy: In front of that server.
        prefect_env: How to reach a Prefect server; None: the flows run without Prefect.
    """

    folder: Path
    some: Scene
    whole: Scene | None
    bucket: Bucket
    proxy: FaultProxy
    prefect_env: dict[str, str] | None = None

    def play(self, plan: Round, report: Report) -> None:
        """Plays a round and adds what came of it to a report."""
        _Play(self, plan, report).play()


class _Play:
    """The course of one round."""

    def __init__(self, stage: Stage, plan: Round, report: Report) -> None:
        self._stage = stage
        self._plan = plan
        self._report = report
        self._scene = stage.whole if plan.whole and stage.whole is not None else stage.some
        self._folder = stage.folder / f"round-{plan.number}"
        self._prefix = f"round-{plan.number}"
        self._troubles: list[str] = []

    def play(self) -> None:
        expected = self._scene.expected(aged=self._plan.aged)
        storage = self._lake()
        if self._plan.aged:
            fill(storage, self._scene.aged())
        before = self._stage.proxy.injected.copy(), self._stage.proxy.requests
        for number, step in enumerate(self._plan.steps):
            self._step(number, step, storage, expected.seconds)
        self._report.faults += self._stage.proxy.injected - before[0]
        self._report.requests += self._stage.proxy.requests - before[1]
        if self._plan.spool_lost:
            for machine in self._folder.glob("machine-*"):
                if machine != self._machine(self._plan.last_machine):
                    shutil.rmtree(machine)
        self._look(storage, expected.rows)
        self._report.rounds += 1
        self._report.buckets += self._plan.bucket
        self._report.spools_lost += self._plan.spool_lost
        self._report.published += len(expected.rows)
        if self._troubles:
            told = "\n    ".join(self._troubles)
            self._report.troubles.append(f"TROUBLE in {self._plan}\n    {told}")
        elif self._plan.bucket:
            storage.delete(info.key for info in storage.list())
        if not self._troubles:
            shutil.rmtree(self._folder, ignore_errors=True)

    def _lake(self) -> Storage:
        self._folder.mkdir(parents=True)
        if self._plan.bucket:
            return self._stage.bucket.open(self._prefix)
        return open_storage(str(self._folder / "lake"))

    def _machine(self, number: int) -> Path:
        return self._folder / f"machine-{number}"

    def _settings(self, machine: int, **more: Any) -> dict[str, Any]:
        address = str(self._folder / "lake")
        if self._plan.bucket:
            address = f"s3://{self._stage.bucket.name}/{self._prefix}"
        return self._scene.settings(address, self._machine(machine), **more)

    def _child(
        self,
        name: str,
        work: Work,
        now: datetime,
        machine: int,
        failpoints: str,
        *,
        blind: bool = False,
    ) -> Child:
        given = self._settings(machine, failpoints=failpoints)
        if self._plan.bucket:
            given["s3_endpoint_url"] = self._stage.proxy.url
        prefect = self._stage.prefect_env
        diary = self._folder / f"{name}.jsonl"
        env = as_env(given) | (prefect or {})
        through = prefect is not None
        return Child(Job(work, now.isoformat(), env, diary, prefect=through, blind=blind))

    def _step(self, number: int, step: Step, storage: Storage, seconds: float) -> None:
        now = NOW + number * BETWEEN + step.skew
        self._report.skews += bool(step.skew)
        self._scene.press.faults.delays = {"*": step.slow_pages_s} if step.slow_pages_s else {}
        dice = random.Random(f"{self._plan.seed}-{number}")
        self._stage.proxy.weather = Weather(step.rules, step.share, dice)
        armed = step.strike.spec if step.strike else ""
        child = self._child(f"step-{number}", step.work, now, step.machine, armed)
        beside = None
        if step.beside is not None:
            if self._stage.prefect_env is None:
                until(lambda: len(child.steps()) > 1 or child.wait(0) is not None, 20)
                if not step.blind:
                    storage.delete([keys.LOCK])  # Or two got a lease at once.
            self._report.at_once += 1
            name = f"step-{number}-beside"
            beside = self._child(name, step.beside, now, _ELSEWHERE, "", blind=step.blind)
        if step.kill_at is not None:
            longer = _PREFECT_S if self._stage.prefect_env is not None else 0.0
            child.wait(step.kill_at * (seconds + longer))
            child.kill(with_children=step.kill_all)
        self._note(step, child.end(PATIENCE_S))
        if beside is not None:
            end = beside.end(PATIENCE_S)
            storage.delete([OTHER_LOCK])
            self._note(replace(step, strike=None), end)
        self._stage.proxy.weather = Weather()
        self._scene.press.faults.delays = {}
        if self._stage.prefect_env is not None:
            free_slot(self._stage.prefect_env)

    def _note(self, step: Step, end: End) -> None:
        """Counts how a harmed process ended, and whether it might end like that."""
        self._report.ends[end.ended] += 1
        if end.ended == "killed":
            self._report.kills[end.steps[-1] if end.steps else "start"] += 1
        if step.strike is not None:
            words = f"(failpoint {step.strike.point})"
            hit = end.ended == "struck" or words in end.words or "by signal 9" in end.words
            (self._report.hits if hit else self._report.missed)[step.strike.spec] += 1
        elif end.ended == "struck":
            self._troubles.append("a process was killed by nobody")
        excused = step.strike or step.rules or step.share or step.beside
        if end.ended.startswith("exit") or (end.ended == "failed" and not excused):
            self._troubles.append(f"{step}: {end.ended}: {end.words}")

    def _look(self, storage: Storage, expected: Rows) -> None:
        """One undisturbed run, and every promise after it."""
        settings = load_settings(**self._settings(self._plan.last_machine))
        if self._plan.bucket:
            settings = settings.model_copy(update={"s3_endpoint_url": self._stage.bucket.endpoint})
        try:
            self._undisturbed(settings)
            self._sound(storage, "after the undisturbed run")
            self._compare(expected, view(settings), "the view")
            run(pipeline.link, settings, LAST)
            run(pipeline.maintain, settings, TIDIED)
            self._sound(storage, "after maintain", tidy=True)
            self._compare(expected, view(settings), "the view after maintain")
            self._compare(expected, glob(storage), "a plain glob")
        except TaarError as error:
            self._troubles.append(f"the undisturbed run failed: {error}")
        left = [p.name for p in settings.cache.glob("spool/*/*") if p.is_dir()]
        if left:
            self._troubles.append(f"spools are left: {left}")

    def _undisturbed(self, settings: Settings) -> None:
        if self._stage.prefect_env is None:
            summary = run(pipeline.collect, settings, LAST)
            self._report.adopted += bool(summary.adopted)
            return
        child = self._child("last", Work.COLLECT, LAST, self._plan.last_machine, "")
        end = child.end(PATIENCE_S)
        if end.ended != "done":
            self._troubles.append(f"the undisturbed run: {end.ended}: {end.words}")

    def _sound(self, storage: Storage, when: str, *, tidy: bool = False) -> None:
        report = verify(Lake(storage))
        if not report.sound:
            self._troubles.append(f"{when}: {report.to_text()}")
        elif tidy and report.left_over:
            self._troubles.append(f"{when}: {report.left_over} objects that nobody reads")

    def _compare(self, expected: Rows, found: Rows, where: str) -> None:
        self._troubles += compare(expected, found, where, self._report)


def compare(expected: Rows, found: Rows, where: str, report: Report) -> list[str]:
    """Counts what is not there, and what is there too often; tells of both."""
    told = []
    lost, doubled = expected - found, found - expected
    report.lost += lost.total()
    report.doubled += doubled.total()
    for what, rows in (("lost from", lost), ("too many in", doubled)):
        if rows:
            some = ", ".join(f"{url} v{version}" for url, version, _ in list(rows)[:3])
            told.append(f"{rows.total()} {what} {where}: {some}")
    return told


def glob(storage: Storage) -> Rows:
    """The articles as somebody sees them who reads every Parquet file."""
    rows: Rows = Rows()
    for info in storage.list("articles/"):
        if info.key.endswith(".parquet"):
            table = pq.read_table(io.BytesIO(storage.get(info.key)), partitioning=None)
            names = ("url", "version", "content_hash")
            rows.update(zip(*(table.column(name).to_pylist() for name in names), strict=True))
    return rows
