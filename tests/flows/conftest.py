"""A press, and settings that lead the crawler to it."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from flows import pipeline
from flows.settings import Settings, load_settings
from flows.stepping import clock_from
from flows.summary import LinkSummary, MaintainSummary, RunSummary
from press import Press

HALF_HOUR = timedelta(minutes=30)


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
