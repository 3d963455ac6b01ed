"""A command that is stopped ends in order: one line, its exit code, nothing half published."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from flows.settings import ROOT
from press import BASE, Press
from tests.flows.conftest import (
    assert_stopped,
    collect,
    environment,
    of_a_child,
    query,
    settings_for,
)

ONLY = "janrekha"


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_collect_that_is_stopped_leaves_its_work_to_the_next(
    number: signal.Signals, code: int, press: Press, tmp_path: Path
) -> None:
    settings = settings_for(press, tmp_path)
    press.faults.delays = {"*.press.test/*": 0.2}
    command = [sys.executable, "-m", "flows.cli", "collect", "--no-prefect", "--source", ONLY]
    env = of_a_child(**environment(settings))
    running = subprocess.Popen(
        command, cwd=ROOT, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    end = time.monotonic() + 60
    while len(press.requests) < 8 and time.monotonic() < end:
        time.sleep(0.05)
    running.send_signal(number)
    assert_stopped(running, code, resumed=True)
    assert not list(Path(settings.lake).rglob("*.parquet"))
    press.faults.delays = {}
    summary = collect(settings, datetime.now(UTC), only=[ONLY])
    assert len(summary.adopted) == 1
    expected = [
        a for a in press.truth(BASE).articles.values()
        if a.source_id == ONLY and a.outcome == "published"
    ]  # fmt: skip
    assert query(settings)("select count(*) from articles") == [(len(expected),)]
