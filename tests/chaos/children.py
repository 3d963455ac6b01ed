"""Starting, killing and asking the processes that are harmed.

Here belongs the life of a child, seen from the harness. A process that is forked from one that has
imported everything is there in 50 ms in place of two seconds, and dies of SIGKILL like any other;
for Prefect a fresh interpreter is started.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from flows.settings import ROOT
from tests.chaos import worker
from tests.chaos.worker import Job

_FORKS: Final = multiprocessing.get_context("forkserver")
_FORKS.set_forkserver_preload(["tests.chaos.preload"])


@dataclass(frozen=True, slots=True)
class End:
    """How a process ended.

    Attributes:
        code: Its exit code; -9 if it was killed.
        killed: Whether the harness has killed it, and found it alive.
        steps: The steps of the pipeline that it began.
        told: What it said of its end: ``done`` or ``failed``; empty if it was killed.
    """

    code: int
    killed: bool
    steps: tuple[str, ...]
    told: dict[str, Any]

    @property
    def ended(self) -> str:
        """In one word."""
        if self.code == -signal.SIGKILL:
            return "killed" if self.killed else "struck"
        for word in ("done", "failed"):
            if word in self.told:
                return word
        return f"exit code {self.code}"

    @property
    def words(self) -> str:
        """All that it said."""
        return json.dumps(self.told, ensure_ascii=False)


class Child:
    """A process at work."""

    def __init__(self, job: Job) -> None:
        self._job = job
        self._killed = False
        self._fork = None if job.prefect else _FORKS.Process(target=worker.run, args=(job,))
        self._shell = None
        if self._fork is not None:
            self._fork.start()
        else:
            self._shell = subprocess.Popen(
                [sys.executable, "-m", "tests.chaos.worker", job.to_json()],
                cwd=ROOT,
                env={k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"},
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )

    @property
    def pid(self) -> int:
        """Its process id."""
        process = self._fork or self._shell
        assert process is not None
        assert process.pid is not None
        return process.pid

    def wait(self, seconds: float) -> int | None:
        """Waits for its end; its exit code, or None if it is still running."""
        if self._fork is not None:
            self._fork.join(max(0.0, seconds))
            return self._fork.exitcode
        assert self._shell is not None
        try:
            return self._shell.wait(max(0.0, seconds))
        except subprocess.TimeoutExpired:
            return None

    def kill(self, *, with_children: bool) -> None:
        """Kills it, if it still runs."""
        if self.wait(0) is not None:
            return
        self._killed = True
        for pid in [*(_children(self.pid) if with_children else []), self.pid]:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                continue

    def steps(self) -> list[str]:
        """The steps that it has begun."""
        return [entry["step"] for entry in self._diary() if "step" in entry]

    def end(self, patience_s: float) -> End:
        """Waits for its end and says how it was.

        Raises:
            RuntimeError: If it hangs; it is killed then.
        """
        code = self.wait(patience_s)
        if code is None:
            self.kill(with_children=True)
            self.wait(10)
            steps = ", ".join(self.steps())
            raise RuntimeError(f"{self._job.work} did not end in {patience_s:.0f} s: {steps}")
        entries = self._diary()
        told = entries[-1] if entries and "step" not in entries[-1] else {}
        return End(code, self._killed, tuple(self.steps()), told)

    def _diary(self) -> list[dict[str, Any]]:
        path = self._job.diary
        if not path.exists():
            return []
        lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
        return [json.loads(line) for line in lines if line.endswith("\n")]


def _children(pid: int) -> list[int]:
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            # The name of a program may hold blanks and brackets; the parent is behind the last.
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[1]) == pid:
            found.append(int(stat.parent.name))
    return found


def until(found: Any, seconds: float) -> bool:
    """Waits until something is true; whether it was in time."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if found():
            return True
        time.sleep(0.01)
    return False
