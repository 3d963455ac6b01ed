"""The page desk: asks for the pages of what was taken up, and settles each.

Here belongs the course of pages between Scrapy and their judge (`crawler.pages`). Not here: which
URLs are news (`crawler.listings.feed_desk`).
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.http import Response
from twisted.python.failure import Failure

from crawler.backlog import Backlog
from crawler.ledger import Ledger
from crawler.manners.courtesy import PATIENCE_S, courtesy_of
from crawler.manners.waiting import waiting_of
from crawler.pages import PageJudge
from crawler.parts import Begun
from crawler.plan import Clock, Entry, Owed, Recheck
from crawler.records import Verdict, Work
from crawler.requests import (
    page_priority,
    page_request,
    part_request,
    request_of,
    trouble_of,
)
from crawler.source_model import Source
from crawler.urls import host_of, on_hosts
from lake.errors import TaarError
from lake.outcomes import Outcome


class PageDesk:
    """Asks for pages and settles them."""

    def __init__(
        self,
        ledger: Ledger,
        backlog: Backlog,
        clock: Clock,
        judge: PageJudge,
        crawler: Crawler,
        fail: Callable[[TaarError], None],
    ) -> None:
        """Opens the desk.

        Args:
            ledger: What is taken up.
            backlog: Where that is kept.
            clock: The run's clock.
            judge: Says what becomes of a page.
            crawler: Scrapy's, for its settings and middlewares.
            fail: Is told when the run cannot go on.
        """
        self._ledger = ledger
        self._backlog = backlog
        self._clock = clock
        self._judge = judge
        self._crawler = crawler
        self._fail = fail
        self._cap = crawler.settings.getint("MAX_PAGES_PER_SOURCE")
        self._asked: Counter[str] = Counter()
        self._waiting = waiting_of(crawler)
        self._waiting.begin(self._request)

    def owed(self, left: Owed, sources: Mapping[str, Source]) -> list[int]:
        """Takes up what earlier runs left, and the articles that are to be looked at again.

        A host that a page waits for, and that has asked an earlier run to wait, is left alone until
        then, by feeds and second looks too.

        Returns:
            Their places in the backlog.

        Raises:
            StorageError: If the disk is full.
        """
        now = self._clock.now()
        works = []
        pending, rechecks = left.take()
        for source in sources.values():
            entries = pending.get(source.id, ())
            waiting = [e for e in entries if e.not_before and e.not_before > now]
            self._ledger.wait_with(waiting)
            self._leave_alone(waiting, now)
            works += [Work(e, source) for e in entries if not e.not_before or e.not_before <= now]
        for recheck in rechecks:
            found = sources.get(recheck.source_id)
            if found is not None:
                works.append(Work(_entry_of(recheck, now), found, recheck))
        places = map(self._ledger.take_up, works)
        return [place for place in places if place is not None]

    def _leave_alone(self, waiting: Iterable[Entry], now: datetime) -> None:
        """Heeds in this run too what hosts have asked earlier runs for.

        A page that nobody has tried waits for nothing but its host. Without this, what is not
        among those pages would be asked for meanwhile: a feed that was polled before the host
        wanted peace, an article that is to be looked at again.
        """
        courtesy = courtesy_of(self._crawler)
        for entry in waiting:
            if entry.not_before is not None and not entry.tries:
                left_s = (entry.not_before - now).total_seconds()
                # Two machines that take turns may be seconds apart: that is to cost no run.
                wait_s = left_s if left_s <= PATIENCE_S else math.inf
                courtesy.hold(host_of(entry.requested_url), wait_s, entry.not_before)

    def ask_for_owed(self, places: Iterable[int]) -> None:
        """Lets what earlier runs left wait for its turn, behind what is new.

        Args:
            places: What `owed` has returned.

        Raises:
            StorageError: If the backlog cannot be read.
        """
        for place in places:
            self.ask_for(place, self._backlog[place], owed=True)

    def ask_for(self, place: int, work: Work, *, owed: bool = False) -> None:
        """Lets a URL wait for its turn; what is not asked for is settled at once.

        Args:
            place: Its place in the backlog.
            work: The URL, open in the ledger.
            owed: Whether an earlier run has left it.
        """
        source, url = work.source, work.entry.requested_url
        cap = self._cap_of(source)
        if not on_hosts(url, source.own_hosts):
            detail = "listed, but not on a host of the source: not asked for"
            self._ledger.settle(work, Verdict(Outcome.OFF_SITE, detail))
        elif self._asked[source.id] >= cap:
            detail = f"a run asks this source for {cap} pages at most"
            self._ledger.settle(work, Verdict(Outcome.DEFERRED, detail))
        else:
            self._asked[source.id] += 1
            priority = page_priority(work, self._clock.now())
            self._waiting.put(place, host_of(url), priority, owed=owed)

    def _request(self, place: int) -> Request | None:
        """The request of a URL whose turn it is."""
        try:
            work = self._backlog[place]
        except TaarError as error:
            self._fail(error)
            return None
        try:
            return page_request(work, self.on_page, self.on_failed, self._clock.now())
        except ValueError as error:
            self._ledger.settle(work, Verdict(Outcome.ERROR, str(error)))
            return None

    def on_page(self, response: Response) -> Iterator[Request]:
        """Takes a page."""
        work: Work = response.meta["work"]
        try:
            found = self._judge.judge(work, response)
        except TaarError as error:
            self._fail(error)
        else:
            yield from self._settled(work, found)

    def on_part(self, response: Response) -> Iterator[Request]:
        """Takes a further page of an article."""
        work: Work = response.meta["work"]
        try:
            found = self._judge.judge_part(work, response.meta["begun"], response)
        except TaarError as error:
            self._fail(error)
        else:
            yield from self._settled(work, found)

    def on_part_failed(self, failure: Failure) -> None:
        """Takes a further page that got no answer: the article is what there is without it."""
        meta = request_of(failure).meta
        if trouble_of(failure, self._crawler).outcome is not Outcome.DEFERRED:
            self._ledger.settle(meta["work"], self._judge.finish(meta["work"], meta["begun"]))

    def _settled(self, work: Work, found: Verdict | Begun) -> Iterator[Request]:
        """Settles a page, or asks for the next part of its article."""
        if isinstance(found, Verdict):
            self._ledger.settle(work, found)
        elif self._asked[work.source.id] >= self._cap_of(work.source):
            self._ledger.settle(work, self._judge.finish(work, found))
        else:
            self._asked[work.source.id] += 1
            yield part_request(work, found, self.on_part, self.on_part_failed)

    def _cap_of(self, source: Source) -> int:
        wanted = source.politeness.max_pages
        return self._cap if wanted is None else wanted

    def on_failed(self, failure: Failure) -> None:
        """Takes a page that got no answer."""
        trouble = trouble_of(failure, self._crawler)
        until = trouble.not_before
        # A page that was not asked for, because its host wants to be asked later, is not tried.
        outcome = trouble.outcome if until is None else Outcome.DEFERRED
        if outcome is not Outcome.DEFERRED or until is not None:  # Else it stays open, to the end.
            meta = request_of(failure).meta
            verdict = Verdict(
                outcome, trouble.detail, not_before=until, led_on="redirect_urls" in meta
            )
            self._ledger.settle(meta["work"], verdict)


def _entry_of(recheck: Recheck, now: datetime) -> Entry:
    return Entry(
        url_id=recheck.url_id,
        url=recheck.url,
        requested_url=recheck.requested_url or recheck.url,
        title=None,
        published_at=recheck.published_at,
        published_raw=None,
        first_listed_at=recheck.first_listed_at or now,
    )
