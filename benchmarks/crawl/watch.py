"""Processes under measurement: wall time, processor time and peak memory of a group of children.

Here belongs starting and watching. Not here: what the children do.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[2]
BENCH_PYTHON: Final = ROOT / ".venv-bench" / "bin" / "python"

_LOOK_S: Final = 0.1


@dataclass(frozen=True, slots=True)
class Spent:
    """What a group of processes took.

    Attributes:
        wall_s: From the start of the first to the end of the last, seconds.
        cpu_s: Processor time of all, their own children included, seconds.
        peak_mb: The most memory that any one of them has held, megabytes; 0 where the system
            does not tell.
        said: Standard output of each.
    """

    wall_s: float
    cpu_s: float
    peak_mb: float
    said: tuple[str, ...]


def run(
    commands: Sequence[Sequence[str]],
    inputs: Sequence[str] | None = None,
    environment: Mapping[str, str] | None = None,
) -> Spent:
    """Runs commands side by side to their end.

    Args:
        commands: The commands.
        inputs: Standard input of each; none if left out.
        environment: Their environment; ours if None.

    Raises:
        SystemExit: If one of them fails.
    """
    started = time.perf_counter()
    children = [
        subprocess.Popen(
            list(command),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=ROOT,
            env=dict(environment) if environment is not None else None,
        )
        for command in commands
    ]
    said = [""] * len(children)
    errors = [""] * len(children)

    def talk(n: int) -> None:
        given = inputs[n] if inputs is not None else None
        said[n], errors[n] = children[n].communicate(given)

    before = os.times()
    talks = [threading.Thread(target=talk, args=(n,)) for n in range(len(children))]
    for thread in talks:
        thread.start()
    peak = 0.0
    while any(thread.is_alive() for thread in talks):
        peak = max([peak, *(_peak_mb(child.pid) for child in children)])
        time.sleep(_LOOK_S)
    wall = time.perf_counter() - started
    after = os.times()
    for command, child, error in zip(commands, children, errors, strict=True):
        if child.returncode:
            raise SystemExit(f"{' '.join(command)} failed: {error[-2000:]}")
    cpu = (
        after.children_user + after.children_system - before.children_user - before.children_system
    )
    return Spent(wall, cpu, peak, tuple(said))


def _peak_mb(process: int) -> float:
    """Not ``ru_maxrss``: that of a child begins with what its parent held."""
    try:
        status = Path(f"/proc/{process}/status").read_text()
    except OSError:
        return 0.0
    found = [line.split()[1] for line in status.splitlines() if line.startswith("VmHWM")]
    return int(found[0]) / 1024 if found else 0.0


class Serving:
    """The generated press in a process of its own, as a context.

    Attributes:
        port: Where it serves.
        cpu_s: Its processor time while it served, once it has ended.
    """

    def __init__(self, sites: int, pages: int, *, zipped: bool) -> None:
        command = [sys.executable, "-m", "benchmarks.crawl.server"]
        command += ["--sites", str(sites), "--pages", str(pages)]
        command += ["--zipped"] if zipped else []
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT
        )
        self.port = 0
        self.cpu_s = 0.0

    def __enter__(self) -> Serving:
        assert self._process.stdout is not None
        self.port = json.loads(self._process.stdout.readline())["port"]
        return self

    def __exit__(self, *_: object) -> None:
        said, _errors = self._process.communicate()
        self.cpu_s = json.loads(said)["cpu_s"]
