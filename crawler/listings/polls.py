"""Polls: from the answers of a feed, sitemap or section page to one record.

Here belongs the course of one poll, which for a sitemap index is several requests. It yields plain
values and knows no Scrapy; a large body is read in a thread, and nothing else is done there. Not
here: reading the bytes (`crawler.listings.feeds`), taking entries up
(`crawler.listings.feed_desk`).
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from hashlib import blake2b
from typing import Final

from crawler.listings.archives import in_range, of_range
from crawler.listings.listing import GZIP_MAGIC, Child, Item, Listing, ListingError
from crawler.plan import FeedTask
from crawler.records import Answer
from crawler.source_model import Source
from crawler.troubles import Trouble, of_status
from crawler.urls import is_home
from lake.outcomes import Outcome

logger = logging.getLogger(__name__)

MAX_CHILDREN: Final = 20
"""Sitemaps of one index that one poll asks for, newest first."""

MAX_ARCHIVES: Final = 100
"""The same for a look into an archive, which somebody has asked for."""

CHILD_MAX_AGE: Final = timedelta(days=180)
"""A sitemap that has not changed for so long is an archive; Media Cloud's figure."""

_MAX_DEPTH: Final = 2

_STRAY: Final = "HTTP 304, though no version was asked about"

_LARGE: Final = 128 * 1024
"""A body from which on a listing is read beside the crawl, bytes. The reader takes 0.4 ms for an
entry and some 10 ms for 100 KB: 5 MB would keep every other host waiting for two seconds."""


@dataclass(slots=True)
class Poll:
    """One poll under way.

    Attributes:
        task: What is polled.
        source: Its source.
        reading: Held while a large body is read, by all polls of a crawl.
        answer: What the server answered to the first request.
        items: What has been listed so far.
        open: Sitemaps that have been asked for and have not answered.
        asked: URLs of all sitemaps asked for.
        troubles: What went wrong with them.
        body_hash: Hash of the first body, once it could be read.
        dated: Whether the index says of each sitemap when it was changed. Only then does an
            unchanged index mean that nothing has changed.
    """

    task: FeedTask
    source: Source
    reading: asyncio.Lock = field(default_factory=asyncio.Lock)
    answer: Answer | None = None
    items: list[Item] = field(default_factory=list)
    open: int = 0
    asked: set[str] = field(default_factory=set)
    troubles: list[Trouble] = field(default_factory=list)
    body_hash: str | None = None
    dated: bool = True

    async def first(
        self, answer: Answer, body: bytes, charset: str | None, *, redirected: bool, now: datetime
    ) -> Trouble | list[str] | None:
        """Takes the answer to the first request.

        Returns:
            What is wrong with it; or the URLs of sitemaps to ask for (none: all is listed); or
            None if nothing has changed since the last poll.
        """
        self.answer = answer
        if answer.status == 304:
            # Without a version in the question it says nothing: the feed has never been read.
            return None if self.task.names_version else Trouble(Outcome.ERROR, "not_a_feed", _STRAY)
        trouble = of_status(answer.status)
        if trouble is not None:
            return trouble
        if redirected and is_home(answer.url, self.source.home):
            return Trouble(Outcome.ERROR, "redirected_home", f"redirected to {answer.url}")
        digest = blake2b(body, digest_size=16).hexdigest()
        if self.task.conditional and digest == self.task.body_hash:
            return None
        read = await self._read(body, charset, answer.url)
        if isinstance(read, Trouble):
            return read
        self.body_hash = digest
        return self._add(read, 1, now)

    async def child(
        self,
        answer: Answer,
        body: bytes,
        charset: str | None,
        depth: int,
        now: datetime,
        not_before: datetime | None = None,
    ) -> list[str]:
        """Takes the answer of a sitemap of the index.

        Args:
            answer: The answer.
            body: Its bytes.
            charset: Character set that its header names.
            depth: 1 for a sitemap of the index that is polled, and one more for each below.
            now: The clock.
            not_before: When its host wants to be asked again, if the answer says so.

        Returns:
            The URLs of further sitemaps to ask for.
        """
        trouble = of_status(answer.status)
        read = trouble or await self._read(body, charset, answer.url)
        if isinstance(read, Trouble):
            self.child_failed(replace(read, not_before=not_before))
            return []
        self.open -= 1
        return self._add(read, depth + 1, now)

    def child_failed(self, trouble: Trouble) -> None:
        """Takes note that a sitemap of the index could not be had."""
        self.open -= 1
        self.troubles.append(trouble)

    @property
    def listing(self) -> Sequence[Item]:
        """All that was listed, newest first, each URL once."""
        from crawler.listings.feeds import bounded

        if self.task.listed_since is None or self.task.listed_until is None:
            return bounded(self.items)
        since, until = self.task.listed_since, self.task.listed_until
        return bounded([item for item in self.items if in_range(item, since, until)])

    @property
    def keep_validators(self) -> bool:
        """Whether an unchanged first answer will mean that nothing has changed."""
        return self.dated and not self.troubles

    @property
    def not_before(self) -> datetime | None:
        """When the hosts of its sitemaps want to be asked again, if one has said so."""
        return max((t.not_before for t in self.troubles if t.not_before), default=None)

    @property
    def failed(self) -> Trouble | None:
        """Why the poll failed although its first answer was good: no sitemap could be had."""
        if self.troubles and len(self.troubles) == len(self.asked):
            return replace(self.troubles[0], not_before=self.not_before)
        return None

    @property
    def remark(self) -> str | None:
        """What a good poll has to say."""
        if not self.troubles:
            return None
        first = self.troubles[0].detail
        return f"{len(self.troubles)} of {len(self.asked)} sitemaps failed: {first}"

    async def _read(self, body: bytes, charset: str | None, url: str) -> Listing | Trouble:
        # Loaded when there is something to read: most polls of most runs find nothing changed.
        from crawler.listings.feeds import read_listing

        read = partial(
            read_listing,
            body,
            url=url,
            kind=self.task.kind,
            charset=charset,
            zone=self.source.timezone,
            links=self.source.links,
        )
        try:
            # What is packed may be any size.
            if len(body) >= _LARGE or body.startswith(GZIP_MAGIC):
                # One after the other: reading takes ten times the size of the body, and two at
                # once are not sooner done.
                async with self.reading:
                    return await asyncio.to_thread(read)
            return read()
        except ListingError as error:
            return Trouble(Outcome.ERROR, error.failure, str(error))
        except Exception as error:  # A listing is a page too, and this is the border of one page.
            logger.warning("cannot read %s", url, exc_info=True)
            return Trouble(Outcome.ERROR, "error", f"{type(error).__name__}: {error}"[:300])

    def _add(self, listing: Listing, depth: int, now: datetime) -> list[str]:
        self.items.extend(listing.items)
        if not listing.is_index or depth > _MAX_DEPTH:
            return []
        self.dated = self.dated and all(child.changed_at for child in listing.children)
        if self.task.listed_since is None or self.task.listed_until is None:
            live, most = _newest(listing.children, now), MAX_CHILDREN
        else:
            since, until = self.task.listed_since, self.task.listed_until
            live, most = of_range(listing.children, since, until), MAX_ARCHIVES
        chosen = [c.url for c in live if c.url not in self.asked][: most - len(self.asked)]
        self.asked.update(chosen)
        self.open += len(chosen)
        return chosen


def newest_time(items: Sequence[Item], now: datetime) -> datetime | None:
    """The newest publication time of a listing; times in the future are mistakes."""
    soon = now + timedelta(days=1)
    return max(
        (i.published_at for i in items if i.published_at and i.published_at <= soon), default=None
    )


def _newest(children: Sequence[Child], now: datetime) -> list[Child]:
    """The sitemaps that may list news: changed lately, or of unknown age; newest first."""
    once = {child.url: child for child in children}.values()
    live = [c for c in once if c.changed_at is None or now - c.changed_at <= CHILD_MAX_AGE]
    # Undated ones keep their place at the front: the index alone does not tell which is new.
    return sorted(live, key=lambda c: -c.changed_at.timestamp() if c.changed_at else float("-inf"))
