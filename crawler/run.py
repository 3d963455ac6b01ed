"""The crawl process: ``python -m crawler.run SPOOL_DIR --shard N``.

Here belongs the life of the process: it reads the plan, crawls its share of the sources, and ends
by itself: when all is done, when the time is up, on SIGTERM or SIGINT, and when its standard input
ends, which is how it learns that whoever started it has died. Exit codes: 0 done or stopped, 1
the crawl failed, 2 wrong use. Not here: what is crawled (`crawler.spiders`).
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import os
import signal
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final, NoReturn

# Scrapy would load it deep within the reactor, and it reads the source of every frame of the stack
# that it is loaded from: a twentieth of what a crawl costs in which nothing is new.
import scrapy.core.downloader.contextfactory  # noqa: F401
from scrapy import signals
from scrapy.crawler import AsyncCrawlerProcess, Crawler
from scrapy.settings import Settings
from scrapy.utils.asyncio import call_later

from crawler.plan import Clock, Owed, Plan
from crawler.spiders.news import NewsSpider
from lake import failpoints
from lake.errors import ConfigError, TaarError

GRACE_S: Final = 5.0
"""What responses under way get to finish once we are told to stop, seconds."""

_GARBAGE: Final = (20_000, 20, 100)
"""Thresholds of the garbage collector (Python's own: 700, 10, 10)."""


def main(argv: Sequence[str] | None = None) -> int:
    """Runs one crawl process to its end.

    Args:
        argv: Arguments; by default those of the process.

    Returns:
        The exit code.
    """
    began = time.monotonic()
    parser = argparse.ArgumentParser(prog="python -m crawler.run", description=__doc__)
    parser.add_argument("spool", type=Path, help="folder of the run, with plan.json")
    parser.add_argument("--shard", type=int, default=0, help="which share of the sources (from 0)")
    parser.add_argument(
        "--alone", action="store_true", help="go on when standard input ends (to run it by hand)"
    )
    options = parser.parse_args(argv)
    try:
        plan, owed = _read_plan(options.spool, options.shard)
        failpoints.arm(plan.failpoints)
        crawl(options.spool, options.shard, plan, owed, began=began, alone=options.alone)
    except TaarError as error:
        sys.stderr.write(f"{error}\n")
        return error.exit_code
    return 0


def crawl(
    spool: Path, shard: int, plan: Plan, owed: Owed, *, began: float, alone: bool = False
) -> None:
    """Crawls the sources of one shard. Once in a process: Twisted's reactor cannot start again.

    Args:
        spool: Folder of the run.
        shard: Which share of the sources.
        plan: The plan, without what earlier runs left.
        owed: What they left.
        began: `time.monotonic()` at the start of the process; the budget counts from there.
        alone: Whether to go on when standard input ends.

    Raises:
        TaarError: If the crawl failed.
    """
    if plan.ca_file:
        # Read by OpenSSL when the first TLS connection is made.
        os.environ["SSL_CERT_FILE"] = plan.ca_file
    process = AsyncCrawlerProcess(scrapy_settings(plan))
    crawler = process.create_crawler(NewsSpider)
    supervisor = _Supervisor(crawler, alone=alone)
    crawler.signals.connect(supervisor.begin, signal=signals.spider_opened)
    clock = Clock(plan.now, began)
    # What is loaded by now stays: it need not be looked through for garbage again and again. A page
    # leaves thousands of objects, of which none is in a cycle: 7 % of its time went into looking.
    gc.freeze()
    gc.set_threshold(*_GARBAGE)
    task = process.crawl(crawler, spool=spool, shard=shard, plan=plan, owed=owed, clock=clock)
    process.start(install_signal_handlers=False)
    if task.done() and (error := task.exception()) is not None:
        raise error
    if isinstance(crawler.spider, NewsSpider) and crawler.spider.fatal is not None:
        raise crawler.spider.fatal


def scrapy_settings(plan: Plan) -> Settings:
    """The Scrapy settings of a plan: `crawler.settings`, what the plan says, its overrides."""
    settings = Settings()
    settings.setmodule("crawler.settings", priority="project")
    settings.set("HOST_MAP", dict(plan.host_map), priority="cmdline")
    if plan.user_agent:
        settings.set("USER_AGENT", plan.user_agent, priority="cmdline")
    settings.setdict(dict(plan.overrides), priority="cmdline")
    return settings


class _Supervisor:
    """Tells the spider to stop when we are told to, or when whoever started us is gone."""

    def __init__(self, crawler: Crawler, *, alone: bool) -> None:
        self._crawler = crawler
        self._alone = alone

    def begin(self) -> None:
        """Watches; called in the loop, once the spider is open."""
        self._loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            self._loop.add_signal_handler(number, self._stop, "the crawl was stopped")
        if not self._alone:
            threading.Thread(target=self._watch_input, name="stdin", daemon=True).start()

    def _watch_input(self) -> None:
        # Not through sys.stdin: its lock, held here for ever, would break the interpreter's exit.
        try:
            while os.read(0, 4096):
                pass
        except OSError:
            pass
        try:
            self._loop.call_soon_threadsafe(self._stop, "the process that started the crawl died")
        except RuntimeError:
            return  # The loop has ended meanwhile.

    def _stop(self, why: str) -> None:
        spider = self._crawler.spider
        if isinstance(spider, NewsSpider):
            spider.stop(why)
            call_later(GRACE_S, self._abandon, spider)

    def _abandon(self, spider: NewsSpider) -> NoReturn:
        """Ends at once: some server is slower than we may wait for. The records are complete."""
        spider.closed("abandoned")
        os._exit(1 if spider.fatal else 0)


def _read_plan(spool: Path, shard: int) -> tuple[Plan, Owed]:
    try:
        plan = Plan.read(spool)
        plan.sources_of(shard)
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise ConfigError(
            f"the plan cannot be read: {error}",
            where=str(spool),
            remedy="name the work folder of a run; to crawl, use: taar collect",
        ) from error
    if not 0 <= shard < plan.shards:
        raise ConfigError(
            f"there is no shard {shard}",
            where="--shard",
            remedy=f"the plan has {plan.shards}, counted from 0",
        )
    return plan.parted()


if __name__ == "__main__":
    sys.exit(main())
