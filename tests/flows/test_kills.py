"""kill -9 of the crawl process at ten random moments: the union is what one quiet run publishes."""

from __future__ import annotations

import asyncio
import random
import time
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from crawler.stored import read_stored
from flows.settings import Settings
from flows.steps import supervise
from lake.runs.naming import RECORDS
from lake.runs.records import read_records
from press import BASE, Faults, Press
from tests.flows.conftest import Rows, collect, query, settings_for

SITE = "pathdarpan"
KILLS = 10


@dataclass
class Killer:
    """Starts crawl processes as the flow does, and kills each at a random moment."""

    start: Any
    dice: random.Random = field(default_factory=lambda: random.Random(20241122))
    killed: int = 0

    async def __call__(self, spool: Path, shard: int) -> asyncio.subprocess.Process:
        process: asyncio.subprocess.Process = await self.start(spool, shard)
        records = spool / f"shard-{shard:02}" / RECORDS
        # From before the feed is read to the midst of the pages.
        self.task = asyncio.create_task(self._kill(process, records, self.dice.randint(0, 5)))
        return process

    async def _kill(self, process: asyncio.subprocess.Process, records: Path, enough: int) -> None:
        deadline = time.monotonic() + 30
        while process.returncode is None and len(list(read_records(records))) < enough:
            assert time.monotonic() < deadline
            await asyncio.sleep(0.01)
        await asyncio.sleep(self.dice.uniform(0, 0.05))
        if process.returncode is None:
            process.kill()
            self.killed += 1


def published(settings: Settings) -> Rows:
    return query(settings)("select url, version, content_hash, title from articles order by all")


def test_ten_kills_lose_nothing_and_double_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Press(BASE, Faults.none(), sites=[SITE]) as press:
        quiet = settings_for(press, tmp_path / "quiet")
        collect(quiet, BASE)
        assert len(published(quiet)) > 50
        settings = settings_for(press, tmp_path / "killed")
        killer = Killer(supervise._start)
        press.faults.delays = {"*": 0.03}
        with monkeypatch.context() as patch:
            patch.setattr(supervise, "_start", killer)
            for minute in range(KILLS):
                summary = collect(settings, BASE + timedelta(minutes=minute))
                assert sum(summary.outcomes.values()) == summary.taken_up
        assert killer.killed >= KILLS - 1
        assert len(published(settings)) < len(published(quiet))
        press.faults.delays = {}
        collect(settings, BASE + timedelta(minutes=KILLS))
    assert published(settings) == published(quiet)
    # Every article of every run, killed or not, is in an archive that can be read.
    named = query(settings)("select warc_file, warc_offset from articles")
    kept = {
        (key, page.offset)
        for key in {key for key, _ in named}
        for page in read_stored(Path(settings.lake) / key, url="http://x.test/")
    }
    assert set(named) <= kept
