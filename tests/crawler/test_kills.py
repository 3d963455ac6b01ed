"""kill -9 of the crawl process at ten random moments: the next run completes, nothing is lost."""

from __future__ import annotations

import random
import signal
import time
from pathlib import Path
from typing import Any

from crawler.plan import Entry
from crawler.stored import read_stored
from lake.ids import new_run_id
from tests.crawler.crawls import NOW, Spool, plan, source
from tests.crawler.web import Web, article, rss

HOST = "http://alpha.test"
COUNT = 120
KILLS = 10


def pages() -> dict[str, Any]:
    made: dict[str, Any] = {f"alpha.test/{n}": article(n) for n in range(COUNT)}
    return made | {"alpha.test/feed.xml": rss(*(f"{HOST}/{n}" for n in range(COUNT)))}


def taken_up(spools: list[Spool]) -> dict[str, Entry]:
    listed = [e for s in spools for r in s.feeds() for e in r["taken_up"]]
    return {e["url_id"]: Entry.from_json(e) for e in listed}


def settled(spools: list[Spool]) -> list[dict[str, Any]]:
    rows = [r["fetch"] for s in spools for r in s.records() if r["kind"] == "url"]
    return [row for row in rows if row["final"]]


def kill_at(spool: Spool, records: int, more_s: float) -> bool:
    """Kills a crawl once so many records are there, and a little later; whether it still ran."""
    process = spool.start()
    deadline = time.monotonic() + 30
    while process.poll() is None and len(spool.records()) < records:
        assert time.monotonic() < deadline
        time.sleep(0.005)
    time.sleep(more_s)
    running = process.poll() is None
    process.send_signal(signal.SIGKILL)
    process.communicate()
    return running


def test_ten_kills_lose_nothing_and_double_nothing(tmp_path: Path) -> None:
    dice = random.Random(20240618)
    spools: list[Spool] = []
    killed = 0
    with Web(pages()) as loopback:
        for round_ in range(KILLS + 1):
            done = {row["url_id"] for row in settled(spools)}
            owed = [e for e in taken_up(spools).values() if e.url_id not in done]
            made = plan(
                [source()],
                loopback.host_map,
                run_id=new_run_id(NOW),
                pending={"alpha": tuple(owed)},
                # A fifth of the speed that would be had: the kills shall come in its midst.
                overrides={"DOWNLOAD_DELAY": 0.01, "DOWNLOAD_DELAY_JITTER": 0},
            )
            spool = Spool(tmp_path, made, known=[row["url"] for row in settled(spools)])
            spools.append(spool)
            if round_ < KILLS:
                killed += kill_at(spool, dice.randint(0, 12), dice.uniform(0, 0.05))
            else:
                spool.run()
    assert killed >= KILLS - 2
    published = [a["url"] for s in spools for a in s.articles()]
    assert len(published) == len(set(published))
    assert set(published) == {f"{HOST}/{n}" for n in range(COUNT)}
    assert {row["outcome"] for row in settled(spools)} == {"published"}
    # Every article of every run, killed or not, is in an archive that can be read.
    for spool in spools:
        file = spool.path / "shard-00" / "pages-000.warc.gz"
        offsets = {a["warc_offset"] for a in spool.articles()}
        if offsets:
            assert offsets <= {p.offset for p in read_stored(file, url=HOST)}
