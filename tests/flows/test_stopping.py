"""A command that is stopped ends in order: one line, its exit code, nothing half published."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from flows.settings import ROOT
from press import BASE, Press
from tests.flows.conftest import collect, query, settings_for

ONLY = "janrekha"


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_collect_that_is_stopped_leaves_its_work_to_the_next(
    number: signal.Signals, code: int, press: Press, tmp_path: Path
) -> None:
    settings = settings_for(press, tmp_path)
    press.faults.delays = {"*.press.test/*": 0.2}
    env = {k: v for k, v in os.environ.items() if not k.startswith("TAAR_")}
    env |= {
        "TAAR_LAKE": settings.lake,
        "TAAR_CACHE": str(settings.cache),
        "TAAR_SOURCE_PACK": str(settings.source_pack),
        "TAAR_HOST_MAP": json.dumps(settings.host_map),
        "TAAR_CA_FILE": str(settings.ca_file),
    }
    command = [sys.executable, "-m", "flows.cli", "collect", "--no-prefect", "--source", ONLY]
    running = subprocess.Popen(
        command, cwd=ROOT, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    end = time.monotonic() + 60
    while len(press.requests) < 8 and time.monotonic() < end:
        time.sleep(0.05)
    running.send_signal(number)
    out, told = running.communicate(timeout=60)
    assert running.returncode == code, told
    assert out == ""
    assert [line for line in told.splitlines() if line.strip()] == [
        "taar: stopped; nothing is half done, the next run goes on here"
    ]
    assert not list(Path(settings.lake).rglob("*.parquet"))
    press.faults.delays = {}
    summary = collect(settings, datetime.now(UTC), only=[ONLY])
    assert len(summary.adopted) == 1
    expected = [
        a for a in press.truth(BASE).articles.values()
        if a.source_id == ONLY and a.outcome == "published"
    ]  # fmt: skip
    assert query(settings)("select count(*) from articles") == [(len(expected),)]
