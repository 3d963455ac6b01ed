"""What the tables of this benchmark share: options, results, and rivals in a process of their own.

A table is made by a function ``measure(options) -> Measured`` in a module of its own, which is
registered in ``benchmarks/dedup/__main__.py``.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).resolve().parents[2]
BENCH_PYTHON: Final = ROOT / ".venv-bench" / "bin" / "python"

Tables = dict[str, dict[str, dict[str, float]]]


@dataclass(frozen=True, slots=True)
class Options:
    """How much is measured.

    Attributes:
        rounds: Interleaved rounds; medians are reported.
        small: A few rows, to see that everything runs: the numbers mean nothing.
        only: Tables to make; all where empty.
        corpus: Folder of real articles, if it is there.
        scratch: Folder for generated windows, kept between runs; a temporary one if None.
    """

    rounds: int = 5
    small: bool = False
    only: tuple[str, ...] = ()
    corpus: Path | None = None
    scratch: Path | None = None

    @contextmanager
    def folder(self, name: str) -> Iterator[Path]:
        """A folder for generated data."""
        if self.scratch is not None:
            path = self.scratch / name
            path.mkdir(parents=True, exist_ok=True)
            yield path
        else:
            with tempfile.TemporaryDirectory(prefix=f"taar-{name}-") as made:
                yield Path(made)


@dataclass(frozen=True, slots=True)
class Measured:
    """What a module measured.

    Attributes:
        tables: ``{TABLE: {SYSTEM: {METRIC: number}}}``; ours is `taar`.
        versions: Of the rivals.
        notes: What has to be known to read the tables.
    """

    tables: Tables
    versions: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


class Rivals:
    """A process of .venv-bench that answers one order after another.

    Args:
        data: What the rivals work on: JSON that benchmarks/dedup/rival.py understands.
    """

    def __init__(self, data: object) -> None:
        # A clean environment: none of ours on the rivals' path.
        keep = {"PATH", "HOME", "LANG", "TMPDIR"}
        self._process = subprocess.Popen(
            [str(BENCH_PYTHON), str(Path(__file__).with_name("rival.py"))],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            env={k: v for k, v in os.environ.items() if k in keep} | {"DO_NOT_TRACK": "1"},
        )
        self.versions: dict[str, str] = self.ask(data)

    def ask(self, order: object) -> Any:  # noqa: ANN401 - JSON.
        """Sends an order and waits for the answer.

        Raises:
            RuntimeError: If the process has died.
        """
        stdin, stdout = self._process.stdin, self._process.stdout
        assert stdin is not None
        assert stdout is not None
        stdin.write(json.dumps(order) + "\n")
        stdin.flush()
        line = stdout.readline()
        if not line:
            raise RuntimeError(f"the rivals' process ended with {self._process.wait()}")
        return json.loads(line)

    def close(self) -> None:
        """Ends the process."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait()


def measured(module: str, arguments: Iterable[object]) -> dict[str, float]:
    """Runs a module of this project in a process of its own and returns what it prints as JSON.

    Raises:
        RuntimeError: If it fails.
    """
    done = subprocess.run(
        [sys.executable, "-m", module, *map(str, arguments)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"{module} failed: {done.stderr[-2000:]}")
    answer: dict[str, float] = json.loads(done.stdout)
    return answer


def peak_mb() -> float:
    """The most memory that this process has held, in megabytes.

    Not ``ru_maxrss``: that of a child begins with what its parent held.
    """
    status = Path("/proc/self/status").read_text()
    return next(int(v.split()[1]) for v in status.splitlines() if v.startswith("VmHWM")) / 1024


def median(values: list[float]) -> float:
    """The median of some rounds."""
    return statistics.median(values)
