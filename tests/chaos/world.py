"""Everything around a round: the press, the lakes, the machines, and what ought to be published.

Here belongs what the rounds share, made once: presses that stand still, lakes with some history,
and the articles that an undisturbed crawl publishes. What happens in a round is
`tests.chaos.rounds`.
"""

from __future__ import annotations

import asyncio
import json
import shutil
import time
from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any, Final

import boto3

from flows import pipeline
from flows.look import query
from flows.settings import Settings, load_settings
from flows.stepping import clock_from
from lake.storage import S3Options, Storage, open_storage
from press import BASE, Press
from press.story import STORIES

NOW: Final = BASE + timedelta(minutes=30)
"""Where the clock of the press stands."""

BETWEEN: Final = timedelta(hours=4)
"""From one step to the next: every feed is due again."""

LAST: Final = NOW + timedelta(hours=34)
"""When the undisturbed run begins: after as many steps as a round can have."""

TIDIED: Final = LAST + timedelta(days=9)
"""When the lake is put in order: every day is over, and every left-over old enough to go."""

_AGES: Final = (timedelta(hours=54), timedelta(hours=50))
"""How long before `NOW` the earlier runs were: of one day, and old enough to be merged."""

_SITES: Final = ("pathdarpan", "samvadkendra")
_STORIES: Final = 12

Rows = Counter[tuple[str, int, str]]
"""URL, version and content hash of articles, with how often each is there."""


@dataclass(frozen=True, slots=True)
class Expected:
    """What an undisturbed crawl makes of a press.

    Attributes:
        rows: What is published.
        seconds: How long it took.
    """

    rows: Rows
    seconds: float


class Scene:
    """A press that stands still, lakes to begin with, and what ought to come of each."""

    def __init__(self, folder: Path, *, whole: bool) -> None:
        self.folder = folder
        if whole:
            self.press = Press(_AGES_AGO)
        else:
            some = folder / "stories"
            some.mkdir(parents=True)
            for path in sorted(STORIES.glob("*.yaml"))[:_STORIES]:
                shutil.copy(path, some)
            self.press = Press(_AGES_AGO, sites=_SITES, stories=some)
        # A page that takes its time is nothing new here.
        self.press.faults.slow_s = 0.1
        self.press.start()

    def settings(self, lake: str, machine: Path, **more: Any) -> dict[str, Any]:
        """Fields of `flows.settings.Settings` for a lake, a machine and this press."""
        return {
            "lake": lake,
            "cache": str(machine),
            "source_pack": str(self.press.sources_file),
            "host_map": self.press.host_map,
            "ca_file": str(self.press.ca_file),
            "contact": "chaos@press.test",
            "budget_s": 60,
            "shards": 1,
            **more,
        }

    @cache  # noqa: B019 - a scene lives as long as the process.
    def aged(self) -> Path:
        """A lake in a folder with two runs of one day that is over, linked."""
        lake = self.folder / "aged"
        settings = load_settings(**self.settings(str(lake), self.folder / "aged-cache"))
        for age in _AGES:
            self.press.set_now(NOW - age)
            run(pipeline.collect, settings, NOW - age)
        run(pipeline.link, settings, NOW - _AGES[-1])
        self.press.set_now(NOW)
        return lake

    @cache  # noqa: B019
    def expected(self, *, aged: bool) -> Expected:
        """What an undisturbed crawl publishes.

        Args:
            aged: Whether the lake has runs of some days ago.
        """
        lake = self.folder / f"undisturbed-{aged}"
        if aged:
            shutil.copytree(self.aged(), lake)
        self.press.set_now(NOW)
        settings = load_settings(**self.settings(str(lake), self.folder / "undisturbed-cache"))
        began = time.monotonic()
        run(pipeline.collect, settings, LAST)
        return Expected(view(settings), time.monotonic() - began)

    def stop(self) -> None:
        """Ends the press."""
        self.press.stop()


_AGES_AGO: Final = NOW - _AGES[0]


def run(work: Any, settings: Settings, now: Any) -> Any:
    """Runs a function of the pipeline, undisturbed, in this process."""
    return asyncio.run(work(settings, clock=clock_from(now)))


def view(settings: Settings) -> Rows:
    """The articles as `taar sql` shows them."""
    _, rows = query.ask(settings, "select url, version, content_hash from articles")
    return Counter((str(url), int(str(version)), str(content)) for url, version, content in rows)


def as_env(settings: dict[str, Any]) -> dict[str, str]:
    """Settings as the variables that a deployment would set."""
    return {
        f"TAAR_{name.upper()}": value if isinstance(value, str) else json.dumps(value)
        for name, value in settings.items()
        if value is not None
    }


class Bucket:
    """A bucket on an S3 server, and lakes in it."""

    def __init__(self, endpoint: str, name: str) -> None:
        self.endpoint = endpoint
        self.name = name
        boto3.client("s3", endpoint_url=endpoint).create_bucket(Bucket=name)

    def open(self, prefix: str) -> Storage:
        """A prefix as a storage, past every proxy."""
        options = S3Options(endpoint_url=self.endpoint)
        return open_storage(f"s3://{self.name}/{prefix}", options)


def fill(storage: Storage, lake: Path) -> None:
    """Copies a lake in a folder into a storage."""
    for path in sorted(lake.rglob("*")):
        key = path.relative_to(lake).as_posix()
        if path.is_file() and not key.startswith("."):
            storage.put(key, path)
