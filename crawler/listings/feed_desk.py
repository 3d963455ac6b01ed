"""The feed desk: polls feeds, sitemaps and section pages, and takes up what is new in them.

Here belongs the course of polls between Scrapy and `crawler.listings.polls`. Not here: the pages of
what is taken up (`crawler.page_desk`).
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import replace
from datetime import datetime

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.http import Response
from twisted.python.failure import Failure

from crawler.ledger import Ledger
from crawler.listings.listing import Item
from crawler.listings.polls import Poll, newest_time
from crawler.page_desk import PageDesk
from crawler.plan import Clock, Entry, FeedTask
from crawler.records import Record, Work, feed_record
from crawler.requests import (
    answer_of,
    charset_of,
    child_request,
    feed_request,
    request_of,
    trouble_of,
    was_redirected,
)
from crawler.source_model import Source
from crawler.troubles import Trouble
from crawler.urls import canonical_url, host_of
from lake.errors import TaarError
from lake.ids import url_id
from lake.outcomes import Outcome


class FeedDesk:
    """Polls, records each poll, then hands what is new to the page desk."""

    def __init__(
        self,
        ledger: Ledger,
        clock: Clock,
        crawler: Crawler,
        pages: PageDesk,
        fail: Callable[[TaarError], None],
    ) -> None:
        """Opens the desk.

        Args:
            ledger: What is known and taken up.
            clock: The run's clock.
            crawler: Scrapy's, for its settings and middlewares.
            pages: Asks for the pages.
            fail: Is told when the run cannot go on.
        """
        self._ledger = ledger
        self._clock = clock
        self._crawler = crawler
        self._pages = pages
        self._fail = fail
        self._reading = asyncio.Lock()
        self._maxsize = crawler.settings.getint("FEED_MAXSIZE")
        self._open: dict[tuple[str, str], Poll] = {}

    def request(self, task: FeedTask, source: Source) -> Request:
        """The first request of a poll."""
        request = feed_request(task, source, self.on_feed, self.on_feed_failed, self._maxsize)
        poll = Poll(task, source, self._reading)
        self._open[task.source_id, task.url] = poll
        request.cb_kwargs["poll"] = poll
        return request

    def close(self, left_alone: Callable[[str], Trouble | None]) -> None:
        """Records the polls that were not made because their host wants to be left alone.

        Other polls that were not made have no record, and are due as before.

        Args:
            left_alone: Says of a host why it was given up, and until when, if it was.
        """
        for poll in list(self._open.values()):
            trouble = left_alone(host_of(poll.task.url))
            if trouble is not None:
                self._failed(poll, trouble)

    async def on_feed(self, response: Response, poll: Poll) -> AsyncIterator[Request]:
        """Takes the first answer of a poll."""
        found = await poll.first(
            answer_of(response),
            response.body,
            charset_of(response),
            redirected=was_redirected(response),
            now=self._clock.now(),
        )
        if isinstance(found, Trouble):
            until = response.meta.get("not_before")
            self._failed(poll, replace(found, not_before=until) if until else found)
        elif found is None:
            now = self._clock.now()
            self._record(
                poll, feed_record(poll.task, now, status="not_modified", answer=poll.answer)
            )
        else:
            for request in self._go_on(poll, found, depth=1):
                yield request

    def on_feed_failed(self, failure: Failure) -> None:
        """Takes a poll that got no answer."""
        poll: Poll = request_of(failure).cb_kwargs["poll"]
        self._failed(poll, trouble_of(failure, self._crawler))

    async def on_child(self, response: Response, poll: Poll, depth: int) -> AsyncIterator[Request]:
        """Takes a sitemap that an index listed."""
        found = await poll.child(
            answer_of(response),
            response.body,
            charset_of(response),
            depth,
            self._clock.now(),
            response.meta.get("not_before"),
        )
        for request in self._go_on(poll, found, depth=depth + 1):
            yield request

    def on_child_failed(self, failure: Failure) -> Iterator[Request]:
        """Takes a sitemap that could not be had."""
        poll: Poll = request_of(failure).cb_kwargs["poll"]
        trouble = trouble_of(failure, self._crawler)
        # Else the poll stays unfinished: the time was over.
        if trouble.outcome is not Outcome.DEFERRED or trouble.not_before is not None:
            poll.child_failed(trouble)
            yield from self._go_on(poll, [], depth=1)

    def _go_on(self, poll: Poll, sitemaps: list[str], depth: int) -> Iterator[Request]:
        for url in sitemaps:
            request = child_request(
                url, poll.task, poll.source, self.on_child, self.on_child_failed, self._maxsize
            )
            request.cb_kwargs.update(poll=poll, depth=depth)
            yield request
        if poll.open:
            return
        if poll.failed is not None:
            self._failed(poll, poll.failed)
        else:
            try:
                self._finish(poll)
            except TaarError as error:  # A poll without a record is due as before.
                self._fail(error)

    def _finish(self, poll: Poll) -> None:
        """Records a good poll, and only then asks for the pages of what is new in it.

        Raises:
            StorageError: If the disk is full.
        """
        now = self._clock.now()
        items = poll.listing
        entries: dict[str, Entry] = {}
        for item in items:
            entry = _entry(item, poll, now)
            if entry is not None:
                entries.setdefault(entry.url_id, entry)
        fresh: dict[int, Work] = {}
        for entry in entries.values():
            if self._ledger.is_news(entry.url_id):
                work = Work(entry, poll.source)
                place = self._ledger.take_up(work)
                if place is not None:
                    fresh[place] = work
        self._record(
            poll,
            feed_record(
                poll.task,
                now,
                status="ok",
                detail=poll.remark,
                answer=poll.answer,
                keep_validators=poll.keep_validators,
                body_hash=poll.body_hash if poll.keep_validators else None,
                listed=list(entries),
                newest_at=newest_time(items, now),
                taken_up=[work.entry for work in fresh.values()],
                not_before=poll.not_before,
            ),
        )
        for place, work in fresh.items():
            self._pages.ask_for(place, work)

    def _failed(self, poll: Poll, trouble: Trouble) -> None:
        if trouble.outcome is Outcome.DEFERRED and trouble.not_before is None:
            return  # It was not polled, and is due as before.
        self._record(
            poll,
            feed_record(
                poll.task,
                self._clock.now(),
                status="failed",
                failure=trouble.failure,
                detail=trouble.detail,
                answer=poll.answer,
                keep_validators=False,
                not_before=trouble.not_before,
            ),
        )

    def _record(self, poll: Poll, record: Record) -> None:
        self._open.pop((poll.task.source_id, poll.task.url), None)
        self._ledger.poll(record)


def _entry(item: Item, poll: Poll, now: datetime) -> Entry | None:
    try:
        canonical = canonical_url(item.url, home=poll.source.home)
    except ValueError:
        return None
    return Entry(
        url_id=url_id(canonical),
        url=canonical,
        # As a rule they are the same: one string then.
        requested_url=canonical if canonical == item.url else item.url,
        title=item.title,
        published_at=item.published_at,
        published_raw=item.published_raw,
        first_listed_at=now,
        discovered_from=poll.task.url,
    )
