"""Downloader middlewares: where we may go, when to come again, what a robots.txt answer means.

Here belong the checks that every request passes, redirects included. Not here: waits between
requests (`crawler.manners.courtesy`), robots.txt rules themselves (Scrapy), validators of feeds and
pages (`crawler.requests`).
"""

from __future__ import annotations

import asyncio
import math
from dataclasses import replace
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Final, Self
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import CannotResolveHostError
from scrapy.http import Response, TextResponse

from crawler.manners.courtesy import PATIENCE_S, Courtesy, courtesy_of
from crawler.manners.resolver import GuardedResolver
from crawler.manners.rights import Reservations, reservations_of
from crawler.plan import Clock
from crawler.troubles import (
    NOT_REACHED,
    Refused,
    Trouble,
    of_exception,
    of_status,
    robots_unreachable,
)
from crawler.urls import host_of
from lake.outcomes import Outcome

RETRY_AFTER_CAP: Final = timedelta(days=1)
"""The longest Retry-After that is believed: more is a mistake, or a way to say no."""

_BACK_OFF_S: Final = 10.0
"""Wait after a 429 or 503 that names none; doubles each time."""

_STRIKES: Final = 3
"""After so many 429 or 503 in a row a host is left alone for the rest of the run."""

_BUSY: Final = (429, 503)

_LOOK_AGAIN_S: Final = 0.2
"""How often those look that wait for a host outside the scheduler."""

_REFUSED: Final = "robots_refused"
"""Where the request for a robots.txt has why that was refused."""

_NOBODY: Final = b"User-agent: *\nDisallow: /\n"


class SiteGuard:
    """Keeps redirects on the hosts that a source may lead to.

    A request names its source in ``meta["source"]``, and that of a feed where the feed lives in
    ``meta["feed"]``.
    """

    def __init__(self, courtesy: Courtesy) -> None:
        self._courtesy = courtesy

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """What Scrapy calls."""
        return cls(courtesy_of(crawler))

    def process_request(self, request: Request) -> None:
        """Refuses what leads off the site, and to a host that was given up.

        Raises:
            Refused: With `Outcome.OFF_SITE`, or with `Outcome.DEFERRED`.
        """
        source = request.meta.get("source")
        if source is None:  # A robots.txt.
            return
        host = host_of(request.url)
        if not source.leads_to(request.url, request.meta.get("feed")):
            led = "redirected" if request.meta.get("redirect_urls") else "led"
            raise Refused(Trouble(Outcome.OFF_SITE, "off_site", f"{led} to {host}"))
        given_up = self._courtesy.left_alone(host)
        if given_up is not None:
            raise Refused(given_up)
        self._courtesy.introduce(host, source)


def refuse(request: Request, trouble: Trouble) -> Response:
    """Ends a request for a reason that has a name.

    Returns:
        Of a request for robots.txt, what stands for its answer until `RobotsAnswers` has it: what
        is raised behind that one, Scrapy takes for leave to ask for everything.

    Raises:
        Refused: Of any other.
    """
    if not _is_robots(request):
        raise Refused(trouble)
    request.meta[_REFUSED] = trouble
    return Response(request.url, request=request)


class AddressGuard:
    """Tells a refused address from a name that does not resolve."""

    def process_exception(self, request: Request, exception: Exception) -> Response | None:
        """Names what the resolver refused.

        Raises:
            Refused: With `Outcome.BLOCKED_ADDRESS`.
        """
        from twisted.internet import reactor

        resolver = getattr(reactor, "nameResolver", None)
        if not isinstance(exception, CannotResolveHostError):
            return None
        host = host_of(request.url)
        if not isinstance(resolver, GuardedResolver) or host not in resolver.refused:
            return None
        detail = f"{host} is at {resolver.refused[host]}, which is not a public address"
        trouble = Trouble(Outcome.BLOCKED_ADDRESS, "blocked_address", detail)
        if "redirect_urls" in request.meta:
            return refuse(request, trouble)
        # Of a robots.txt too: the pages of its host are refused by themselves, with the reason.
        raise Refused(trouble)


class HoldGuard:
    """Lets nothing out to a host that wants to be left alone.

    What waits in the scheduler is not served meanwhile (`crawler.manners.hostqueue`). But a
    robots.txt, a tdmrep.json, where those redirect to, and what waited for them are past it.
    """

    def __init__(self, courtesy: Courtesy) -> None:
        self._courtesy = courtesy

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """What Scrapy calls."""
        return cls(courtesy_of(crawler))

    async def process_request(self, request: Request) -> None:
        """Waits until the host may be asked.

        Raises:
            Refused: With `Outcome.DEFERRED`, if that is not in this run.
        """
        host = host_of(request.url)
        while self._courtesy.is_held(host):
            trouble = self._courtesy.left_alone(host)
            if trouble is not None or self._courtesy.is_over:
                raise Refused(trouble or NOT_REACHED)
            await asyncio.sleep(_LOOK_AGAIN_S)


class RetryAfter:
    """Stays away from a host for as long as it asks with 429 or 503."""

    def __init__(self, courtesy: Courtesy, clock: Clock, deadline_s: float) -> None:
        self._courtesy = courtesy
        self._clock = clock
        self._deadline_s = deadline_s
        self._strikes: dict[str, int] = {}

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """What Scrapy calls; the spider has the clock."""
        spider = crawler.spider
        return cls(courtesy_of(crawler), spider.clock, spider.plan.budget_s)  # type: ignore[union-attr]

    def process_response(self, request: Request, response: Response) -> Response:
        """Holds the host, and forbids the second try where it would come too soon."""
        host = host_of(request.url)
        if response.status not in _BUSY:
            self._strikes.pop(host, None)
            return response
        strikes = self._strikes[host] = self._strikes.get(host, 0) + 1
        now = self._clock.now()
        asked = retry_after(response.headers.get("Retry-After"), now)
        wait_s = _BACK_OFF_S * 2 ** (strikes - 1) if asked is None else asked.total_seconds()
        until = None if asked is None else now + asked
        if until is not None:
            request.meta["not_before"] = until
        if _is_robots(request):
            # A second try would not pass the scheduler, and without the file nothing may be asked
            # for: the next run asks for it again.
            request.meta["dont_retry"] = True
            if until is not None:
                for name in {host, host_of(_first_url(request))}:
                    self._courtesy.hold(
                        name, math.inf, until, f"robots.txt: HTTP {response.status}"
                    )
            return response
        left_s = self._deadline_s - self._clock.elapsed_s()
        if strikes >= _STRIKES or wait_s > min(PATIENCE_S, left_s):
            wait_s = math.inf
            request.meta["dont_retry"] = True
        self._courtesy.hold(host, wait_s, until)
        return response


def retry_after(header: bytes | None, now: datetime) -> timedelta | None:
    """Reads a Retry-After header: seconds, or an HTTP date (RFC 9110, 10.2.3).

    Args:
        header: Its value.
        now: The clock, for dates.

    Returns:
        How long to wait, from zero to `RETRY_AFTER_CAP`; None if it says nothing.
    """
    text = (header or b"").decode("latin-1").strip()
    if text.isascii() and text.isdigit():
        # Compared as numbers: a timedelta of 400 digits cannot be made.
        seconds = min(int(text[:12]), RETRY_AFTER_CAP.total_seconds())
        return timedelta(seconds=seconds)
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError):
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=now.tzinfo)
    return min(max(moment - now, timedelta(0)), RETRY_AFTER_CAP)


class RobotsAnswers:
    """Brings answers to requests for robots.txt into the form that RFC 9309 gives them.

    Scrapy parses whatever comes as rules, and allows everything where nothing comes. By the RFC,
    4xx, and redirects without end, allow everything; 5xx, and no answer at all, allow nothing for
    now (429 too: who asks us to wait does not invite us). A file that is there and cannot be read
    (not packed as it says, larger than the limit, led to a private address) is nowhere in the RFC,
    but there are rules, and nobody knows them: that allows nothing either.

    Attributes:
        unreachable: ``host:port`` of a robots.txt that could not be had -> why.
    """

    def __init__(self, reservations: Reservations) -> None:
        self.unreachable: dict[str, Trouble] = {}
        self._reservations = reservations

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """What Scrapy calls."""
        return cls(reservations_of(crawler))

    def process_response(self, request: Request, response: Response) -> Response:
        """Replaces the body of an answer that is not the file."""
        if not _is_robots(request):
            return response
        refused: Trouble | None = request.meta.pop(_REFUSED, None)
        if refused is not None:
            return self._nobody(request, refused)
        status = response.status
        if status == 429 or status >= 500:
            trouble = of_status(status)
            if trouble is not None:
                until = request.meta.get("not_before")
                return self._nobody(request, replace(trouble, not_before=until))
        if not 200 <= status < 300:
            return TextResponse(request.url, status=200, body=b"", request=request)
        self._reservations.learn(_asked_host(request), response.body)
        return response

    def process_exception(self, request: Request, exception: Exception) -> Response | None:
        """Answers in place of a host that did not."""
        if not _is_robots(request):
            return None
        return self._nobody(request, of_exception(exception))

    def _nobody(self, request: Request, trouble: Trouble) -> Response:
        deferred = trouble is NOT_REACHED
        self.unreachable[_asked_host(request)] = (
            trouble if deferred else robots_unreachable(trouble)
        )
        return TextResponse(request.url, status=200, body=_NOBODY, request=request)


def _asked_host(request: Request) -> str:
    """Host and port whose file was asked for, wherever a redirect led."""
    return urlsplit(_first_url(request)).netloc


def _first_url(request: Request) -> str:
    first: str = request.meta.get("redirect_urls", [request.url])[0]
    return first


def _is_robots(request: Request) -> bool:
    # Scrapy marks its own requests for the file so that they do not wait for themselves.
    return bool(request.meta.get("dont_obey_robotstxt")) and "source" not in request.meta
