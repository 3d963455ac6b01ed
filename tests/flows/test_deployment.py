"""A deployment as docs/deploy.md tells it: server, deployments, worker, a run, its artifacts."""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from flows.settings import ROOT
from press import Press

BIN = Path(sys.executable).parent
PATIENCE_S = 120.0


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def until(what: str, found: Callable[[], Any]) -> Any:
    """Waits until something is found, and returns it."""
    end = time.monotonic() + PATIENCE_S
    while time.monotonic() < end:
        value = found()
        if value:
            return value
        time.sleep(0.5)
    raise AssertionError(f"waited {PATIENCE_S:.0f} s in vain for {what}")


def test_only_a_locked_database_is_forgiven() -> None:
    raised = 'Traceback (most recent call last):\n  File "a.py", line 1, in f\n    g()\n'
    locked = f"{raised}sqlite3.OperationalError: database is locked"
    wrapped = f"{raised}x.Error: (y) database is locked\n[SQL: z]"
    other = f"{raised}sqlalchemy.exc.MissingGreenlet: spawn"
    assert errors_in("all well") == set()
    assert errors_in(f"{locked}\n\nThe above\n\n{wrapped}\n") == set()
    assert errors_in(f"{locked}\n{other}\n") == {"sqlalchemy.exc.MissingGreenlet: spawn"}


def errors_in(log: str) -> set[str]:
    """The errors whose tracebacks a server wrote, but for the one that SQLite is known for.

    Prefect's loops write at the same time; on SQLite one of them may find the database locked,
    logs its traceback and comes back at its next turn (docs/deploy.md says what to run in its
    place). Every other error is one that nobody should meet: a scheduler that dies at each turn
    once showed itself nowhere else.
    """
    ends = re.findall(r"Traceback \(most recent call last\):\n(?:[ \t].*\n|\n)*(\S.*)", log)
    assert bool(ends) == ("Traceback" in log), f"a traceback without an end:\n{log}"
    return {end for end in ends if not end.endswith("database is locked")}


class Deployment:
    """A Prefect server with a database of its own, and what a shell beside it would do."""

    def __init__(self, folder: Path, press: Press) -> None:
        self.folder = folder
        self.port = free_port()
        self.api = f"http://127.0.0.1:{self.port}/api"
        self.lake = folder / "lake"
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("TAAR_", "PREFECT_"))}
        kept.pop("PYTHONDONTWRITEBYTECODE", None)
        self.env = {
            **kept,
            "PATH": f"{BIN}:{kept['PATH']}",
            "PREFECT_HOME": str(folder / "prefect"),
            "PREFECT_API_URL": self.api,
            "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
            "DO_NOT_TRACK": "1",
            "TAAR_LAKE": str(self.lake),
            "TAAR_CACHE": str(folder / "cache"),
            "TAAR_SOURCE_PACK": str(press.sources_file),
            "TAAR_HOST_MAP": json.dumps(press.host_map),
            "TAAR_CA_FILE": str(press.ca_file),
        }
        self.processes: list[subprocess.Popen[bytes]] = []

    def run(self, *command: str) -> str:
        done = subprocess.run(
            command, cwd=ROOT, env=self.env, capture_output=True, text=True, check=False,
            timeout=PATIENCE_S,
        )  # fmt: skip
        assert done.returncode == 0, f"{command}: {done.stdout}\n{done.stderr}"
        return done.stdout

    def start(self, name: str, *command: str) -> Path:
        log = self.folder / f"{name}.log"
        with log.open("wb") as out:
            self.processes.append(
                subprocess.Popen(command, cwd=ROOT, env=self.env, stdout=out, stderr=out)
            )
        return log

    def doctor(self) -> str:
        """What `taar doctor` says, whatever it thinks of the rest of this machine."""
        command = [str(BIN / "taar"), "doctor", "--json"]
        return subprocess.run(
            command, cwd=ROOT, env=self.env, capture_output=True, text=True, check=False,
            timeout=PATIENCE_S,
        ).stdout  # fmt: skip

    def ask(self, path: str, body: dict[str, Any] | None = None) -> Any:
        answer = httpx.post(f"{self.api}/{path}", json=body or {}, timeout=30)
        answer.raise_for_status()
        return answer.json()

    def healthy(self) -> bool:
        try:
            return httpx.get(f"{self.api}/health", timeout=5).status_code == 200
        except httpx.HTTPError:
            return False

    def stop(self) -> None:
        for process in reversed(self.processes):
            process.terminate()
        for process in self.processes:
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


@pytest.fixture
def deployment(press: Press, tmp_path: Path) -> Iterator[Deployment]:
    made = Deployment(tmp_path, press)
    try:
        yield made
    finally:
        made.stop()


def test_a_deployed_collect_runs_on_a_worker_and_shows_its_artifacts(
    deployment: Deployment,
) -> None:
    prefect = str(BIN / "prefect")
    server_log = deployment.start(
        "server", prefect, "server", "start", "--port", str(deployment.port)
    )
    until("the server", deployment.healthy)
    make = ["make", "--no-print-directory", f"PYTHON={sys.executable}", f"BIN={BIN}", "deploy"]
    deployment.run(*make)
    deployment.run(*make)  # What is there already is left as it is.
    names = {d["name"] for d in deployment.ask("deployments/filter")}
    assert names == {"backfill", "collect", "link", "maintain", "reextract"}
    automations = deployment.ask("automations/filter")
    assert [a["name"] for a in automations] == ["taar-crash-silent-runs"]

    def scheduled() -> dict[str, str]:
        runs = deployment.ask(
            "flow_runs/filter", {"flow_runs": {"state": {"type": {"any_": ["SCHEDULED"]}}}}
        )
        flows = {f["id"]: f["name"] for f in deployment.ask("flows/filter")}
        found = {flows[r["flow_id"]]: r["expected_start_time"] for r in runs}
        return found if len(found) == 3 else {}

    times = until("runs of all three schedules", scheduled)
    # By the clock of Asia/Kolkata, which is half an hour off that of UTC.
    assert re.search(r"T\d\d:(00|15|30|45):00", times["collect"])
    assert "T21:00:00" in times["maintain"]

    deployment.start("worker", prefect, "worker", "start", "--pool", "taar")
    deployment.run(prefect, "deployment", "run", "collect/collect")

    def finished(name: str) -> Callable[[], dict[str, Any] | None]:
        ended = {"state": {"type": {"any_": ["COMPLETED", "FAILED", "CRASHED"]}}}

        def look() -> dict[str, Any] | None:
            runs = deployment.ask(
                "flow_runs/filter", {"flow_runs": ended, "flows": {"name": {"any_": [name]}}}
            )
            return runs[0] if runs else None

        return look

    run = until("the run", finished("collect"))
    worker_log = (deployment.folder / "worker.log").read_text(errors="replace")
    assert run["state_type"] == "COMPLETED", worker_log
    # A run that fails by a mistake leaves the message of it, and no traceback of nothing.
    deployment.run(prefect, "deployment", "run", "maintain/maintain", "--param", 'lake="/dev/null"')
    run = until("the run that fails", finished("maintain"))
    assert run["state_type"] == "FAILED"
    assert "/dev/null" in run["state"]["message"]
    worker_log = (deployment.folder / "worker.log").read_text(errors="replace")
    assert "/dev/null" in worker_log
    assert "Traceback" not in worker_log
    assert "NoneType" not in worker_log
    assert list(deployment.lake.glob("articles/*/*.parquet"))
    artifacts = {a["key"]: a for a in deployment.ask("artifacts/filter")}
    assert "new articles" in artifacts["taar-collect"]["data"]
    assert "Janrekha" in artifacts["taar-collect-sources"]["data"]
    limits = deployment.ask("v2/concurrency_limits/filter")
    assert ("taar-writer", 1) in {(limit["name"], limit["limit"]) for limit in limits}
    tasks = {t["name"].rsplit("-", 1)[0] for t in deployment.ask("task_runs/filter")}
    assert {"plan", "crawl", "assemble", "find copies", "publish"} <= tasks
    told = {check["name"]: check for check in json.loads(deployment.doctor())["checks"]}
    assert told["Prefect"]["what"] == deployment.api
    assert told["deployments"]["ok"], told["deployments"]
    assert errors_in(server_log.read_text(errors="replace")) == set()
