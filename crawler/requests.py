"""Requests, and what is read off their answers and failures.

Here belongs the one way in which a Scrapy request is made for a feed, a child sitemap, a page or a
recheck, and in which an `Answer` is made of a response and a `Trouble` of a failure. Not here: what
becomes of them (`crawler.listings.polls`, `crawler.pages`).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Final
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.http import Response
from twisted.python.failure import Failure
from w3lib.encoding import http_content_type_encoding

from crawler.manners.middlewares import RobotsAnswers
from crawler.parts import Begun
from crawler.plan import FeedTask
from crawler.records import Answer, Work
from crawler.source_model import Source
from crawler.troubles import Trouble, of_exception
from lake.outcomes import Outcome

# Feeds first: they say what there is. Fresh news before old, and looking again last.
_FEED_PRIORITY: Final = 100
_CHILD_PRIORITY: Final = 90
_PART_PRIORITY: Final = 80
_PAGE_PRIORITIES: Final = (
    (timedelta(hours=6), 30),
    (timedelta(days=1), 20),
    (timedelta(days=7), 10),
)
_OLD_PRIORITY: Final = 5
_RECHECK_PRIORITY: Final = 0

Callback = Callable[..., Any]


def feed_request(
    task: FeedTask, source: Source, callback: Callback, errback: Callback, maxsize: int
) -> Request:
    """The request of a poll, with the validators of the last answer if the feed may have them."""
    headers = _validators(task.etag, task.last_modified) if task.conditional else {}
    return _request(
        task.url,
        source,
        callback,
        errback,
        headers=headers,
        priority=_FEED_PRIORITY,
        feed=task.url,
        maxsize=maxsize,
    )


def child_request(
    url: str, task: FeedTask, source: Source, callback: Callback, errback: Callback, maxsize: int
) -> Request:
    """The request of a sitemap that an index lists."""
    return _request(
        url,
        source,
        callback,
        errback,
        priority=_CHILD_PRIORITY,
        feed=task.url,
        maxsize=maxsize,
    )


def page_priority(work: Work, now: datetime) -> int:
    """How soon a page is asked for: fresh news before old, looking again last.

    Args:
        work: The page.
        now: The clock.
    """
    if work.recheck is not None:
        return _RECHECK_PRIORITY
    age = now - (work.entry.published_at or work.entry.first_listed_at)
    return next((p for limit, p in _PAGE_PRIORITIES if age <= limit), _OLD_PRIORITY)


def page_request(work: Work, callback: Callback, errback: Callback, now: datetime) -> Request:
    """The request of a page; of a recheck, with the validators of the last answer.

    Raises:
        ValueError: If the URL is none that Scrapy can ask for.
    """
    recheck = work.recheck
    headers = _validators(recheck.etag, recheck.last_modified) if recheck else {}
    request = _request(
        work.entry.requested_url,
        work.source,
        callback,
        errback,
        headers=headers,
        priority=page_priority(work, now),
    )
    request.meta["work"] = work
    return request


def part_request(work: Work, begun: Begun, callback: Callback, errback: Callback) -> Request:
    """The request of the next part of an article.

    Raises:
        ValueError: If there is none.
    """
    if begun.next_url is None:
        raise ValueError(f"no next part of {work.entry.url}")
    request = _request(
        begun.next_url,
        work.source,
        callback,
        errback,
        priority=_PART_PRIORITY,
    )
    request.meta.update(work=work, begun=begun)
    return request


def answer_of(response: Response) -> Answer:
    """What the server answered, after redirects and decompression."""
    meta = response.request.meta if response.request else {}
    return Answer(
        url=response.url,
        status=response.status,
        size=len(response.body),
        duration_ms=meta.get("duration_ms"),
        etag=_header(response, "ETag"),
        last_modified=_header(response, "Last-Modified"),
    )


def request_of(failure: Failure) -> Request:
    """The request that failed; Scrapy hangs it on the failure."""
    request = getattr(failure, "request", None)
    if not isinstance(request, Request):
        raise TypeError(f"a failure without its request: {failure!r}")
    return request


def trouble_of(failure: Failure, crawler: Crawler) -> Trouble:
    """What went wrong with a request.

    Where robots.txt is said to forbid it, but could not be had, the reason for that counts.
    """
    error = failure.value
    if error is None:
        raise TypeError(f"a failure without its error: {failure!r}")
    trouble = of_exception(error)
    robots = crawler.get_downloader_middleware(RobotsAnswers)
    if trouble.outcome is Outcome.ROBOTS and robots is not None:
        return robots.unreachable.get(urlsplit(request_of(failure).url).netloc, trouble)
    return trouble


def charset_of(response: Response) -> str | None:
    """The character set that the HTTP header names."""
    return http_content_type_encoding(_header(response, "Content-Type"))


def was_redirected(response: Response) -> bool:
    """Whether another URL answered than the one asked for."""
    return bool(response.request and response.request.meta.get("redirect_urls"))


def _request(
    url: str,
    source: Source,
    callback: Callback,
    errback: Callback,
    *,
    priority: int,
    feed: str | None = None,
    headers: dict[str, str] | None = None,
    maxsize: int | None = None,
) -> Request:
    meta: dict[str, Any] = {"source": source}
    if feed is not None:
        meta["feed"] = feed
    if maxsize is not None:
        meta["download_maxsize"] = maxsize
    return Request(
        url,
        callback=callback,
        errback=errback,
        headers=headers or {},
        meta=meta,
        priority=priority,
        # The ledger takes every URL up once; a redirect may well lead to one that was asked for.
        dont_filter=True,
    )


def _validators(etag: str | None, last_modified: str | None) -> dict[str, str]:
    named = {"If-None-Match": etag, "If-Modified-Since": last_modified}
    return {name: value for name, value in named.items() if value}


def _header(response: Response, name: str) -> str | None:
    value = response.headers.get(name)
    return value.decode("latin-1").strip() or None if value else None
