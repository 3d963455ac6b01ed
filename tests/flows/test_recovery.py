"""A run is killed at any point: the next one loses nothing and doubles nothing."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
import threading
import time
from datetime import timedelta
from pathlib import Path

import pytest

from flows.settings import ROOT, Settings
from flows.steps.recovery import adopt_open
from lake.errors import LakeBusyError
from lake.ids import new_run_id
from lake.runs.spool import RecordLog, Spool
from press import BASE, Press
from tests.flows.conftest import collect, environment, maintain, of_a_child, query, settings_for

ONLY = ["pathdarpan"]

RUN = """
import asyncio, sys
from datetime import datetime
from flows import pipeline
from flows.settings import load_settings
from flows.stepping import clock_from
clock = clock_from(datetime.fromisoformat(sys.argv[1]))
asyncio.run(pipeline.collect(load_settings(), clock=clock, only=sys.argv[2].split(",")))
"""


def start(settings: Settings, failpoints: str = "") -> subprocess.Popen[bytes]:
    """A collect at the press's base time in a process of its own."""
    env = of_a_child(**environment(settings), TAAR_FAILPOINTS=failpoints)
    return subprocess.Popen(
        [sys.executable, "-c", RUN, BASE.isoformat(), ",".join(ONLY)], cwd=ROOT, env=env
    )


def expected(press: Press) -> set[str]:
    return {
        url
        for url, article in press.truth(BASE).articles.items()
        if article.source_id in ONLY and article.outcome == "published"
    }


def assert_exactly_once(settings: Settings, press: Press) -> None:
    ask = query(settings)
    urls = [url for (url,) in ask("select url from articles")]
    assert sorted(urls) == sorted(expected(press))
    for (offset,) in ask("select min(warc_offset) from articles"):
        assert offset is not None
    missing = [
        key
        for (key,) in ask("select distinct warc_file from articles")
        if not (Path(settings.lake) / key).is_file()
    ]
    assert missing == []
    sums = ask(
        "select run_id, taken_up, list_sum(map_values(outcomes)) from source_runs"
        " where taken_up <> list_sum(map_values(outcomes))"
    )
    assert sums == []


SAME, OTHER = "the same machine goes on", "another machine goes on, without the spool"


@pytest.mark.parametrize(
    ("point", "then"),
    [
        ("spool.create", SAME),
        ("seal.object", OTHER),
        ("seal.manifest", SAME),
        ("seal.rename", OTHER),
        ("seal.done", SAME),
        ("publish.pages", OTHER),
        ("publish.fetches", SAME),
        ("publish.fingerprints", OTHER),
        ("publish.articles", SAME),
        ("publish.articles", OTHER),
        ("publish.state", SAME),
        ("publish.state", OTHER),
        ("publish.done", SAME),
        ("spool.remove", OTHER),
    ],
)
def test_a_kill_at_any_point_of_a_publish_loses_and_doubles_nothing(
    point: str, then: str, press: Press, tmp_path: Path
) -> None:
    settings = settings_for(press, tmp_path)
    killed = start(settings, f"{point}=kill")
    assert killed.wait(120) == -signal.SIGKILL, f"{point} was not passed"
    if then is OTHER:
        shutil.rmtree(settings.cache, ignore_errors=True)
    collect(settings, BASE + timedelta(seconds=30), only=ONLY)
    assert_exactly_once(settings, press)
    # A plain glob is exact once maintain has run.
    maintain(settings, BASE + timedelta(days=8))
    assert_exactly_once(settings, press)
    left = [p for p in Path(settings.cache).glob("spool/*/*") if p.is_dir()]
    assert left == []


@pytest.mark.parametrize("after_s", [0.5, 1.5, 2.5])
def test_a_kill_in_the_middle_of_the_crawl_keeps_what_was_fetched(
    after_s: float, press: Press, tmp_path: Path
) -> None:
    settings = settings_for(press, tmp_path)
    press.faults.delays = {"*.press.test/*": 0.05}
    process = start(settings)
    time.sleep(after_s)
    process.kill()
    process.wait(30)
    press.faults.delays = {}
    collect(settings, BASE + timedelta(seconds=30), only=ONLY)
    assert_exactly_once(settings, press)


def test_a_crawl_process_that_outlives_its_run_is_waited_for(tmp_path: Path) -> None:
    run_ids = [new_run_id(BASE + timedelta(minutes=n)) for n in range(2)]
    with Spool.create(tmp_path, run_ids[0]) as dead:
        log = RecordLog(dead.shard_path(0) / "records.jsonl")
    with Spool.create(tmp_path, run_ids[1]) as spool:
        assert adopt_open(tmp_path, spool, patience_s=0.2) == []
        with pytest.raises(LakeBusyError):
            RecordLog(log.path)
        threading.Timer(0.3, log.close).start()
        assert adopt_open(tmp_path, spool, patience_s=20) == [run_ids[0]]
        assert not dead.path.exists()


def test_what_a_clock_that_was_ahead_left_over_is_tried_by_the_right_one(
    press: Press, tmp_path: Path
) -> None:
    settings = settings_for(press, tmp_path, shards=1)
    ahead = settings.model_copy(update={"failpoints": "records.append=kill@6"})
    summary = collect(ahead, BASE + timedelta(days=1), only=ONLY)
    assert summary.outcomes["deferred"] > 0
    collect(settings, BASE, only=ONLY)
    assert_exactly_once(settings, press)


def test_a_spool_is_adopted_through_two_deaths(press: Press, tmp_path: Path) -> None:
    settings = settings_for(press, tmp_path)
    for _ in range(2):
        assert start(settings, "seal.rename=kill").wait(120) == -signal.SIGKILL
    asked = len(press.requests)
    summary = collect(settings, BASE + timedelta(seconds=30), only=ONLY)
    assert len(summary.adopted) == 1
    assert_exactly_once(settings, press)
    assert len(press.requests) == asked
