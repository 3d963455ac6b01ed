"""Reservations of rights that do not stand in the page: robots.txt and HTTP headers.

Here belongs what robots.txt says to crawlers for artificial intelligence, what the headers
``TDM-Reservation`` (W3C TDM Reservation Protocol) and ``X-Robots-Tag`` say, and the refusal of
what is reserved where a deployment wants that. Not here: the same words in the page's own head
(`crawler.extract.meta`), robots.txt rules for us (Scrapy).

A reservation is recorded as "where: what", for example ``robots.txt: GPTBot``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final, Self
from urllib.parse import urlsplit

from protego import Protego
from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.http import Response

from crawler.troubles import Refused, Trouble
from lake.outcomes import Outcome

AI_AGENTS: Final = (
    # From the manuals of their operators: OpenAI, Google, Common Crawl, Anthropic, Perplexity,
    # Apple, ByteDance, Meta, Amazon, Cohere, Diffbot, Huawei, Webz.io, the Allen Institute, xAI,
    # Mistral, DuckDuckGo, You.com, Timpi, Image2dataset.
    *("GPTBot", "ChatGPT-User", "OAI-SearchBot", "Google-Extended", "CCBot", "ClaudeBot"),
    *("anthropic-ai", "Claude-Web", "PerplexityBot", "Applebot-Extended", "Bytespider"),
    *("meta-externalagent", "FacebookBot", "Amazonbot", "cohere-ai", "Diffbot", "PanguBot"),
    *("omgili", "omgilibot", "AI2Bot", "xAI-Bot", "MistralAI-User", "DuckAssistBot", "YouBot"),
    *("Timpibot", "img2dataset"),
)
"""Names that robots.txt rules against text and data mining and AI use go by."""

_AGENT_LINE: Final = re.compile(r"^\s*user-agent\s*:\s*([^\s#]+)", re.IGNORECASE | re.MULTILINE)
# Cloudflare's Content Signals: Content-Signal: search=yes, ai-train=no
_SIGNAL_LINE: Final = re.compile(r"^\s*content-signal\s*:([^#\n]*)", re.IGNORECASE | re.MULTILINE)
_SIGNAL_NO: Final = re.compile(r"\b(ai-train|ai-input)\s*=\s*no\b", re.IGNORECASE)
_TAGS: Final = ("noai", "noimageai")
_TEXT_CAP: Final = 512 * 1024
"""What of a robots.txt is read: RFC 9309 asks for 500 KiB at least."""


@dataclass(frozen=True, slots=True)
class _Rules:
    parser: Protego
    agents: tuple[str, ...]
    signals: tuple[str, ...]


class Reservations:
    """What is known of the reservations of hosts during a run. A Scrapy extension."""

    def __init__(self) -> None:
        self._rules: dict[str, _Rules] = {}

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:  # noqa: ARG003
        """What Scrapy calls."""
        return cls()

    def learn(self, netloc: str, robots: bytes) -> None:
        """Reads a robots.txt.

        Args:
            netloc: The host and port whose pages it is about.
            robots: Its bytes.
        """
        # With a mark at its front, as some editors write it, the first line would be none.
        text = robots[:_TEXT_CAP].decode("utf-8-sig", "replace")
        named = {name.lower() for name in _AGENT_LINE.findall(text)}
        agents = tuple(agent for agent in AI_AGENTS if agent.lower() in named)
        signals = dict.fromkeys(
            f"robots.txt: {word.lower()}=no"
            for line in _SIGNAL_LINE.findall(text)
            for word in _SIGNAL_NO.findall(line)
        )
        if agents or signals:
            self._rules[netloc] = _Rules(Protego.parse(text), agents, tuple(signals))

    def in_robots(self, url: str) -> tuple[str, ...]:
        """What the robots.txt of a page reserves.

        Only rules that name an agent for AI count: what is forbidden to everybody is forbidden to
        us too, and says nothing of the use.
        """
        rules = self._rules.get(urlsplit(url).netloc)
        if rules is None:
            return ()
        barred = [a for a in rules.agents if not rules.parser.can_fetch(url, a)]
        return (*(f"robots.txt: {agent}" for agent in barred), *rules.signals)

    def of_response(self, response: Response) -> tuple[str, ...]:
        """What robots.txt and the headers of a page reserve."""
        values = {
            name.decode("latin-1").lower(): [value.decode("latin-1") for value in lines]
            for name, lines in response.headers.items()
        }
        return (*self.in_robots(response.url), *in_headers(values))


def in_headers(headers: Mapping[str, Iterable[str]]) -> tuple[str, ...]:
    """What HTTP headers reserve.

    Args:
        headers: Values by name in lower case.
    """
    found = []
    if any(value.strip() == "1" for value in headers.get("tdm-reservation", ())):
        found.append("tdm-reservation: 1")
        found += [f"tdm-policy: {v.strip()}" for v in headers.get("tdm-policy", ()) if v.strip()]
    words = {
        word.strip().rpartition(":")[2].strip().lower()
        for value in headers.get("x-robots-tag", ())
        for word in value.split(",")
    }
    found += [f"x-robots-tag: {tag}" for tag in _TAGS if tag in words]
    return tuple(found)


def merged(*parts: Iterable[str]) -> tuple[str, ...]:
    """All reservations, each once, in their order."""
    return tuple(dict.fromkeys(word for part in parts for word in part))


def reserved(rights: Iterable[str]) -> Trouble:
    """The refusal of a page whose rights are reserved, where a run honours that."""
    return Trouble(Outcome.ROBOTS, "robots", f"rights reserved: {', '.join(rights)}"[:300])


class RightsGuard:
    """Asks for no page that its robots.txt reserves, in runs that honour reservations.

    It stands behind Scrapy's own robots.txt middleware, which has fetched the file by then.
    """

    def __init__(self, reservations: Reservations, *, honour: bool) -> None:
        self._reservations = reservations
        self._honour = honour

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """What Scrapy calls."""
        plan = crawler.spider.plan  # type: ignore[union-attr]
        return cls(reservations_of(crawler), honour=plan.honour_rights)

    def process_request(self, request: Request) -> None:
        """Refuses a page that is reserved.

        Raises:
            Refused: With `Outcome.ROBOTS`.
        """
        if not self._honour or "work" not in request.meta:
            return
        words = self._reservations.in_robots(request.url)
        if words:
            raise Refused(reserved(words))


def reservations_of(crawler: Crawler) -> Reservations:
    """The extension of a crawl.

    Raises:
        RuntimeError: If it is switched off.
    """
    found = crawler.get_extension(Reservations)
    if found is None:
        raise RuntimeError("the extension crawler.manners.rights.Reservations is not there")
    return found
