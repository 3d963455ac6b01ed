"""A press, and settings that lead the crawler to it."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from flows import pipeline
from flows.settings import Settings, load_settings
from flows.stepping import clock_from
from flows.summary import LinkSummary, MaintainSummary, RunSummary
from press import BASE, Press

HALF_HOUR = timedelta(minutes=30)
THREE_DAYS = timedelta(days=3)


@pytest.fixture(autouse=True)
def _no_settings_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.startswith(("TAAR_", "PREFECT_")):
            monkeypatch.delenv(name)


@pytest.fixture
def press() -> Iterator[Press]:
    with Press() as running:
        yield running


def settings_for(press: Press, folder: Path, **given: Any) -> Settings:
    """Settings that know only the press, with lake and spools in a folder."""
    return load_settings(
        **{
            "lake": str(folder / "lake"),
            "cache": folder / "cache",
            "source_pack": press.sources_file,
            "host_map": press.host_map,
            "ca_file": press.ca_file,
            "contact": "tests@press.test",
            "budget_s": 120,
            **given,
        }
    )


def environment(settings: Settings) -> dict[str, str]:
    """The variables that lead a command to the same lake and press as some settings."""
    return {
        "TAAR_LAKE": settings.lake,
        "TAAR_CACHE": str(settings.cache),
        "TAAR_SOURCE_PACK": str(settings.source_pack),
        "TAAR_HOST_MAP": json.dumps(settings.host_map),
        "TAAR_CA_FILE": str(settings.ca_file),
    }


def of_a_child(**given: str) -> dict[str, str]:
    """The environment of a process in which nothing of Taar is set but what is given."""
    return {k: v for k, v in os.environ.items() if not k.startswith("TAAR_")} | given


def assert_stopped(running: subprocess.Popen[str], code: int, *, resumed: bool) -> None:
    """Waits for a command that was sent a signal: it says one line, and has its exit code.

    Args:
        running: The command.
        code: Its exit code.
        resumed: Whether the line promises that a next run goes on.
    """
    out, told = running.communicate(timeout=60)
    assert running.returncode == code, told
    assert out == ""
    assert [line for line in told.splitlines() if line.strip()] == [
        "taar: stopped" + ("; nothing is half done, the next run goes on here" if resumed else "")
    ]


@pytest.fixture(scope="session")
def two_days(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with ``sources.yaml`` and a linked ``lake``: a merged day, and a day of one run.

    It is for all tests of a process, and to be copied by each. The lake has new versions,
    relations, families, threads and pages.
    """
    folder = tmp_path_factory.mktemp("two-days")
    later = BASE + THREE_DAYS
    only = ["janrekha", "udgam", "samvadkendra"]
    with Press() as press:
        settings = settings_for(press, folder)
        collect(settings, BASE, only=only)
        maintain(settings, later)
        press.set_now(later)
        collect(settings, later, only=only)
        link(settings, later)
        maintain(settings, later)
        shutil.copy(press.sources_file, folder / "sources.yaml")
    return folder


def collect(settings: Settings, now: datetime, only: list[str] | None = None) -> RunSummary:
    """One collect at a time of the press, without Prefect."""
    return asyncio.run(pipeline.collect(settings, clock=clock_from(now), only=only))


def link(settings: Settings, now: datetime) -> LinkSummary:
    """One link, without Prefect."""
    return asyncio.run(pipeline.link(settings, clock=clock_from(now)))


def maintain(settings: Settings, now: datetime) -> MaintainSummary:
    """One maintain, without Prefect."""
    return asyncio.run(pipeline.maintain(settings, clock=clock_from(now)))


Rows = list[tuple[Any, ...]]
Query = Callable[[str], Rows]


def query(settings: Settings) -> Query:
    """Asks the lake of some settings in SQL."""
    from flows.look.query import ask

    return lambda text: [tuple(row) for row in ask(settings, text)[1]]
