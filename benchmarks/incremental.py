"""What a run costs in which nothing is new: processor time of the flow against a Prefect server.

    python -m benchmarks.incremental [--json] [--rounds N]

The press of the demo stands still. After a first run the flow `collect` is started again in a
process of its own, against a server that runs already, with its clock half an hour later (feeds are
due, all answer 304) and one minute later (nothing is due). `cpu_s` is the processor time of the
whole process tree, crawl processes included, `wall_s` the time on the wall, `requests` what the
press was asked for. Not measured: the server's own time, which is told as `server_cpu_s`. Pandas,
which Arrow loads wherever it finds it, is hidden: a deployment has none, only the tests do.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import timedelta
from pathlib import Path
from typing import Final

from press import BASE, Faults, Press
from tests.chaos.prefect_server import prefect_server

ROOT: Final = Path(__file__).resolve().parents[1]
_FLOW: Final = """
import asyncio, sys
class Hidden:
    @staticmethod
    def find_spec(name, *_):
        if name == "pandas":
            raise ModuleNotFoundError(name)
sys.meta_path.insert(0, Hidden)
from datetime import datetime
from flows.collect import collect
asyncio.run(collect(now=datetime.fromisoformat(sys.argv[1])))
"""

Row = dict[str, float]


def main() -> int:
    """Measures, and prints a table or JSON."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--rounds", type=int, default=3, help="medians are printed")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="taar-incremental-") as made:
        tables = _measure(Path(made), options.rounds)
    if options.json:
        print(json.dumps(tables, indent=1))
        return 0
    print(f"Python {platform.python_version()}, {platform.machine()}, {os.cpu_count()} cores")
    print(f"{'':16}{'CPU s':>8}{'wall s':>8}{'requests':>10}{'server CPU s':>14}")
    for name, table in tables.items():
        row = table["taar"]
        print(
            f"{name:16}{row['cpu_s']:8.2f}{row['wall_s']:8.2f}{row['requests']:10.0f}"
            f"{row['server_cpu_s']:14.2f}"
        )
    return 0


def _measure(folder: Path, rounds: int) -> dict[str, dict[str, Row]]:
    tables: dict[str, dict[str, Row]] = {}
    with Press(BASE, Faults.none()) as press, prefect_server(folder / "prefect") as server:
        environment = _environment(folder, press, server.env)
        _flow(environment, 0.0)
        lake = folder / "lake"
        for name, minutes in (("half_hour_later", 30.0), ("minute_later", 1.0)):
            rows = []
            for n in range(rounds):
                # Each round finds the lake as the first run left it.
                again = folder / f"{name}-{n}"
                shutil.copytree(lake, again)
                asked, busy = len(press.requests), _cpu_s(server.process)
                row = _flow(environment | {"TAAR_LAKE": str(again)}, minutes)
                row |= {
                    "requests": float(len(press.requests) - asked),
                    "server_cpu_s": round(_cpu_s(server.process) - busy, 2),
                }
                rows.append(row)
            tables[name] = {"taar": {k: statistics.median(r[k] for r in rows) for k in rows[0]}}
    return tables


def _environment(folder: Path, press: Press, of_server: dict[str, str]) -> dict[str, str]:
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("TAAR_", "PREFECT_"))}
    kept.pop("PYTHONDONTWRITEBYTECODE", None)
    return (
        kept
        | of_server
        | {
            "TAAR_LAKE": str(folder / "lake"),
            "TAAR_CACHE": str(folder / "cache"),
            "TAAR_SOURCE_PACK": str(press.sources_file),
            "TAAR_HOST_MAP": json.dumps(press.host_map),
            "TAAR_CA_FILE": str(press.ca_file),
        }
    )


def _flow(environment: dict[str, str], minutes: float) -> Row:
    """Runs the flow in a process of its own."""
    before, started = os.times(), time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-c", _FLOW, (BASE + timedelta(minutes=minutes)).isoformat()],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    wall, after = time.perf_counter() - started, os.times()
    if done.returncode:
        raise SystemExit(f"the flow failed: {done.stderr[-2000:]}")
    cpu = after.children_user - before.children_user
    cpu += after.children_system - before.children_system
    return {"cpu_s": round(cpu, 2), "wall_s": round(wall, 2)}


def _cpu_s(process: subprocess.Popen[bytes]) -> float:
    """Processor time of a running process; 0 where the system does not tell."""
    try:
        fields = Path(f"/proc/{process.pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


if __name__ == "__main__":
    sys.exit(main())
