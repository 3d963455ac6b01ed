"""A Prefect server for flows that run as in a deployment.

Here belongs the life of the server, and what an operator may do at it. The flows are started by
`tests.chaos.children` and `benchmarks.incremental`.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import httpx

from flows.settings import ROOT

_START_S: Final = 180.0
_LIMITS: Final = "v2/concurrency_limits"


@dataclass(frozen=True, slots=True)
class PrefectServer:
    """A server that runs.

    Attributes:
        process: Its process.
        env: The variables that lead a flow to it.
    """

    process: subprocess.Popen[bytes]
    env: dict[str, str]


@contextmanager
def prefect_server(folder: Path) -> Iterator[PrefectServer]:
    """Runs a server with a database of its own.

    Args:
        folder: For its files; it is made.

    Yields:
        The server, once it answers.

    Raises:
        RuntimeError: If it does not start.
    """
    folder.mkdir(parents=True)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    env = {
        "PREFECT_API_URL": f"http://127.0.0.1:{port}/api",
        "PREFECT_HOME": str(folder),
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "DO_NOT_TRACK": "1",
    }
    with (folder / "server.log").open("wb") as log:
        server = subprocess.Popen(
            [sys.executable, "-m", "prefect", "server", "start", "--port", str(port)],
            cwd=ROOT,
            env={k: v for k, v in os.environ.items() if not k.startswith("PREFECT_")} | env,
            stdout=log,
            stderr=log,
        )
    try:
        _wait(env["PREFECT_API_URL"], server, folder)
        yield PrefectServer(server, env)
    finally:
        server.terminate()
        try:
            server.wait(20)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


def free_slot(env: dict[str, str]) -> None:
    """Gives back the writer's slot of a run that was killed.

    By itself it is free again after a minute (`flows.dashboard`); waiting for it would be most of
    the time of a round.
    """
    answer = httpx.post(f"{env['PREFECT_API_URL']}/{_LIMITS}/filter", json={}, timeout=30)
    for limit in answer.raise_for_status().json():
        url = f"{env['PREFECT_API_URL']}/{_LIMITS}/{limit['id']}"
        httpx.delete(url, timeout=30).raise_for_status()


def _wait(api: str, server: subprocess.Popen[bytes], folder: Path) -> None:
    end = time.monotonic() + _START_S
    while time.monotonic() < end and server.poll() is None:
        try:
            if httpx.get(f"{api}/health", timeout=5).status_code == 200:
                return
        except httpx.HTTPError:
            time.sleep(0.3)
    raise RuntimeError(f"no Prefect server: {(folder / 'server.log').read_text()[-2000:]}")
