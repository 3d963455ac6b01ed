"""The file ``/.well-known/tdmrep.json``: which pages of a host are reserved, and asking for it.

Here belongs its form (TDM Reservation Protocol of the W3C community group), and the one request for
it per host that a run makes which honours reservations. Not here: what robots.txt, headers and
pages say of the same (`crawler.manners.rights`, `crawler.extract.meta`).

It is asked for before the first page of a host, and by no other run: that would be one request more
for every host and every quarter of an hour, for a word that few sites say.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Self
from urllib.parse import urlsplit

from protego import Protego
from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.http.request import NO_CALLBACK

from crawler.listings.listing import well_formed
from crawler.manners.rights import reserved
from crawler.troubles import NO_PAGE, Refused

PATH: Final = "/.well-known/tdmrep.json"
_MAXSIZE: Final = 512 * 1024
_PRIORITY: Final = 1000
_MOST_RULES: Final = 1000


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of the file.

    Attributes:
        location: Path pattern, as in robots.txt: ``*`` for anything, ``$`` for the end.
        reserved: Whether the rights of what it matches are reserved.
        policy: Address of the licence that can be had, if one is named.
    """

    location: str
    reserved: bool
    policy: str | None = None


def read_rules(body: bytes) -> tuple[Rule, ...]:
    """Reads the file; what is none has no rules.

    Args:
        body: Its bytes: a JSON array of objects.
    """
    try:
        data = json.loads(body)
    except (ValueError, RecursionError):
        return ()
    rules = []
    for item in data[:_MOST_RULES] if isinstance(data, list) else ():
        if not isinstance(item, dict) or not isinstance(item.get("location"), str):
            continue
        policy = item.get("tdm-policy")
        held = str(item.get("tdm-reservation", "")).strip() == "1"
        named = well_formed(policy) if isinstance(policy, str) else None
        rules.append(Rule(well_formed(item["location"]), held, named))
    return tuple(rules)


def reservations(rules: Sequence[Rule], url: str) -> tuple[str, ...]:
    """What the rules reserve of a page: the longest pattern that matches it counts.

    Args:
        rules: Those of its host.
        url: The page.
    """
    matching = [rule for rule in rules if _matches(rule.location, url)]
    if not matching:
        return ()
    best = max(matching, key=lambda rule: len(rule.location))
    if not best.reserved:
        return ()
    policy = (f"tdm-policy: {best.policy}",) if best.policy else ()
    return ("tdmrep.json: 1", *policy)


def _matches(location: str, url: str) -> bool:
    pattern = location if location.startswith("/") else f"/{location}"
    if "\n" in pattern or "\r" in pattern:
        return False
    # The patterns are those of robots.txt, and so is the reader.
    return not Protego.parse(f"User-agent: *\nDisallow: {pattern}\n").can_fetch(url, "*")


class TdmGuard:
    """Asks each host once what it reserves, and for no page that it does."""

    def __init__(self, crawler: Crawler, *, honour: bool) -> None:
        self._crawler = crawler
        self._honour = honour
        self._rules: dict[str, asyncio.Future[tuple[Rule, ...]]] = {}

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """What Scrapy calls."""
        plan = crawler.spider.plan  # type: ignore[union-attr]
        return cls(crawler, honour=plan.honour_rights)

    async def process_request(self, request: Request) -> None:
        """Refuses a page that is reserved.

        Raises:
            Refused: With `Outcome.ROBOTS`.
        """
        if not self._honour or "work" not in request.meta:
            return
        words = reservations(await self._of_host(request), request.url)
        if words:
            raise Refused(reserved(words))

    async def _of_host(self, page: Request) -> tuple[Rule, ...]:
        parts = urlsplit(page.url)
        found = self._rules.get(parts.netloc)
        if found is None:
            found = self._rules[parts.netloc] = asyncio.get_running_loop().create_future()
            # Whatever goes wrong, those that wait must not wait for ever.
            rules: tuple[Rule, ...] = ()
            try:
                rules = await self._ask(f"{parts.scheme}://{parts.netloc}{PATH}", page)
            finally:
                found.set_result(rules)
        return await found

    async def _ask(self, url: str, page: Request) -> tuple[Rule, ...]:
        request = Request(
            url,
            callback=NO_CALLBACK,
            meta={
                "source": page.meta["source"],
                "download_maxsize": _MAXSIZE,
                "dont_retry": True,
            },
            priority=_PRIORITY,
            dont_filter=True,
        )
        try:
            response = await self._crawler.engine.download_async(request)
        except NO_PAGE:  # Whichever it was, the host says nothing.
            return ()
        return read_rules(response.body) if response.status == 200 else ()
