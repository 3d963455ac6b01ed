"""The one spider: polls what is due, takes entries up, asks for their pages.

Here belongs the course of a crawl process, from Scrapy's start to its end. A site that needs code
of its own would get a file beside this one. Not here: feeds (`crawler.listings.feed_desk`), pages
(`crawler.page_desk`), the process around it (`crawler.run`).
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path
from typing import Any, Final

from scrapy import Request, Spider
from scrapy.http import Response
from scrapy.utils.asyncio import call_later

from crawler.backlog import Backlog
from crawler.extract.result import Extracted, NoArticle
from crawler.ledger import KnownUrls, Ledger
from crawler.listings.feed_desk import FeedDesk
from crawler.manners.courtesy import Courtesy, turn_away
from crawler.manners.rights import reservations_of
from crawler.page_desk import PageDesk
from crawler.pages import PageJudge
from crawler.plan import Clock, Owed, Plan
from crawler.records import Record
from crawler.settings import BOT_NAME, PRODUCT, VERSION
from crawler.troubles import NOT_REACHED
from crawler.warc import Archive
from lake.errors import TaarError
from lake.runs.naming import DEAD, KNOWN, RECORDS, pages_key
from lake.runs.records import RecordLog

ARCHIVE: Final = "pages-000.warc.gz"
"""Name of the archive in a shard's folder."""

_LEFT_ALONE: Final = "its host asked to be left alone for longer than the run"


class NewsSpider(Spider):
    """Crawls the sources of one shard of a plan.

    Attributes:
        plan: The plan.
        clock: The run's clock.
        fatal: Why the process cannot go on, if it cannot.
    """

    name = BOT_NAME

    def __init__(
        self,
        spool: str | Path,
        shard: str | int = 0,
        plan: Plan | None = None,
        owed: Owed | None = None,
        clock: Clock | None = None,
        **kwargs: Any,  # noqa: ANN401
    ) -> None:
        """Opens the records and the archive of a shard.

        Args:
            spool: Folder of the run.
            shard: Which share of the sources.
            plan: The plan, without what earlier runs left; by default it is read from the spool.
            owed: What they left, of a plan that is given.
            clock: The run's clock; by default it starts now.
            **kwargs: As Scrapy has it.

        Raises:
            StorageError: If the records cannot be written.
        """
        super().__init__(**kwargs)
        folder, number = Path(spool), int(shard)
        if plan is None:
            plan, owed = Plan.read(folder).parted()
        self.plan = plan
        self._owed = owed or Owed()
        self.clock = clock or Clock.starting(self.plan.now)
        self.fatal: TaarError | None = None
        self._sources = self.plan.sources_of(number)
        self._feeds: FeedDesk | None = None
        self._closing: asyncio.Future[None] | None = None
        self._unreached = NOT_REACHED.detail
        place = folder / f"shard-{number:02d}"
        self._log = RecordLog(place / RECORDS)
        self._archive: Archive | None = None
        if self.plan.archive_pages:
            self._archive = Archive(place / ARCHIVE, f"{PRODUCT}/{VERSION}")
        known, dead = KnownUrls.load(folder / KNOWN), KnownUrls.load(folder / DEAD)
        self._backlog = Backlog(place, self._sources)
        self._ledger = Ledger(known, self.clock, self._write, self._backlog, dead)
        agencies = Path(self.plan.agencies_file) if self.plan.agencies_file else None
        self._judge = PageJudge(
            ledger=self._ledger,
            clock=self.clock,
            extract=partial(_extract, agencies),
            min_words=self.plan.min_words,
            feed_kinds={f.url: f.kind for s in self._sources.values() for f in s.feeds},
            rights=self._rights,
            honour_rights=self.plan.honour_rights,
            archive=self._archive,
            archive_key=pages_key(self.plan.run_id, number),
        )

    async def start(self) -> AsyncIterator[Request]:
        """What Scrapy begins with: due feeds, what is pending, what is looked at again."""
        pages = PageDesk(
            self._ledger, self._backlog, self.clock, self._judge, self.crawler, self._fail
        )
        feeds = FeedDesk(self._ledger, self.clock, self.crawler, pages, self._fail)
        self._feeds = feeds
        try:
            owed = pages.owed(self._owed, self._sources)
        except TaarError as error:
            self._fail(error)
            return
        left_s = self.plan.budget_s - self.clock.elapsed_s()
        if left_s <= 0:
            self.stop(NOT_REACHED.detail)
            return
        call_later(left_s, self.stop, NOT_REACHED.detail)
        for task in self.plan.feeds:
            source = self._sources.get(task.source_id)
            if source is not None:
                yield feeds.request(task, source)
        try:
            pages.ask_for_owed(owed)
        except TaarError as error:
            self._fail(error)

    def stop(self, why: str) -> None:
        """Ends the crawl: what is being received is finished, everything else deferred.

        Args:
            why: The reason that the records of the deferred URLs give.
        """
        if self._closing is not None:
            return
        self._unreached = why
        courtesy = self.crawler.get_extension(Courtesy)
        if courtesy is not None:
            courtesy.end()
        engine = self.crawler.engine
        for slot in engine.downloader.slots.values():  # Requests that only wait for their turn.
            turn_away(slot, NOT_REACHED)
        self._closing = asyncio.ensure_future(engine.close_spider_async(reason="stopped"))

    def closed(self, reason: str) -> None:  # noqa: ARG002
        """Gives everything that is open its record; Scrapy calls it at the end."""
        courtesy = self.crawler.get_extension(Courtesy)
        left_alone = courtesy.left_alone if courtesy is not None else lambda _: None
        if self._feeds is not None:
            self._feeds.close(left_alone)
        try:
            self._ledger.close(self._unreached if self._closing else _LEFT_ALONE, left_alone)
        except TaarError as error:
            self.fatal = self.fatal or error
        self._backlog.close()
        self._log.close()
        if self._archive is not None:
            self._archive.close()

    def _write(self, record: Record) -> None:
        if self.fatal is None:
            try:
                self._log.append(record)
            except TaarError as error:
                self._fail(error)

    def _rights(self, response: Response) -> tuple[str, ...]:
        return reservations_of(self.crawler).of_response(response)

    def _fail(self, error: TaarError) -> None:
        """Nothing more can be recorded: the disk is full, or the like."""
        self.fatal = self.fatal or error
        self.stop(error.what)


def _extract(agencies: Path | None, html: bytes, /, **known: Any) -> Extracted | NoArticle:  # noqa: ANN401
    """As `crawler.extract.extract`, which is loaded for the first page: most runs read none."""
    from crawler.extract import extract, load_agencies

    return extract(html, **known, agencies=load_agencies(agencies))
