"""What a source is: the models behind `seeds/sources.yaml`.

Here belong its fields, their bounds and defaults. Not here: reading the file and telling where it
is wrong (`crawler.sources`), when a feed is due (`crawler.listings.schedule`), how politely the
crawler goes about it in general (`crawler.settings`).
"""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator
from selectolax.lexbor import LexborHTMLParser, SelectolaxError

from crawler.urls import host_of, is_web_url, on_hosts, site_of

if TYPE_CHECKING:
    from crawler.extract.selectors import Selectors

FeedKind = Literal["rss", "sitemap", "section"]
Status = Literal["unverified", "reported_dead", "verified"]

MINUTE_S: Final = 60
DAY_S: Final = 24 * 60 * MINUTE_S

_RAREST_S: Final = 30 * DAY_S
"""The longest interval: what is listed is gone by then. Without a bound a slip of the pen adds up
to a date that no calendar has, and ends the run of every source."""

_SLOWEST_S: Final = 60 * MINUTE_S
"""The longest delay: six times the usual budget of a run, which so asks a site for one thing."""

_MOST_PAGES: Final = 1_000_000

# RFC 1035, 2.3.4: labels of 63 octets, names of 255 with their lengths. Underscores do occur.
_NAME: Final = re.compile(r"(?=.{1,253}$)[a-z0-9_-]{1,63}(?:\.[a-z0-9_-]{1,63})*")


def web_url(value: str) -> str:
    """An address as a source may have it, as it was written.

    Raises:
        ValueError: If it is none that could be asked for.
    """
    if not is_web_url(value):
        raise ValueError(f"not an absolute http or https URL: {value!r}")
    host = host_of(value)
    if ":" not in host and not _NAME.fullmatch(host):
        raise ValueError(f"not a host that can be asked for: {value!r}")
    if "@" in urlsplit(value.strip()).netloc:
        raise ValueError(f"a name or a password in an address: {value!r}")
    return value


def _pattern(value: str) -> str:
    try:
        re.compile(value)
    except re.error as error:
        raise ValueError(f"not a regular expression: {value!r} ({error})") from error
    return value


def _zone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (ValueError, OSError, KeyError) as error:
        raise ValueError(f"not a time zone of the IANA database: {value!r}") from error
    return value


def _host(value: str) -> str:
    if not re.fullmatch(r"[a-z0-9:]([a-z0-9.:-]*[a-z0-9])?", value):
        raise ValueError(f"not a host name or address in lower case: {value!r}")
    return value


def _css(value: str) -> str:
    try:
        LexborHTMLParser("<p>").css(value)
    except SelectolaxError as error:
        raise ValueError(f"not a CSS selector: {value!r}") from error
    if not value.strip():
        raise ValueError("an empty selector")
    return value


Css = Annotated[str, AfterValidator(_css)]
WebUrl = Annotated[str, AfterValidator(web_url)]
Pattern = Annotated[str, AfterValidator(_pattern)]
Zone = Annotated[str, AfterValidator(_zone)]
Host = Annotated[str, AfterValidator(_host)]


class _Model(BaseModel):
    """What all models share: no unknown keys, no changes after reading."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Feed(_Model):
    """One address that lists articles."""

    url: WebUrl = Field(description="Address of the feed, sitemap or section page")
    kind: FeedKind = Field(
        default="rss",
        description="rss (RSS, RDF, Atom or JSON Feed), sitemap (index or not, gz or not), or "
        "section: an HTML page whose links match the source's `links`, or look like articles",
    )
    section: str | None = Field(default=None, description="What it lists, as a word")
    enabled: bool = Field(default=True, description="Whether it is polled")
    status: Status = Field(
        default="unverified",
        description="unverified: nobody has looked; reported_dead: others report that it is "
        "broken; verified: seen working",
    )
    note: str | None = Field(default=None, description="What is known of it")
    conditional: bool = Field(
        default=True,
        description="Whether to ask with ETag and Last-Modified; false for servers that lie",
    )


class Politeness(_Model):
    """How often one site is asked, where it differs from `crawler.settings`.

    robots.txt can make it slower, never faster.
    """

    delay_s: float | None = Field(
        default=None,
        ge=0,
        le=_SLOWEST_S,
        allow_inf_nan=False,
        description="Least seconds from one request to the next, per host; by default 2, at most "
        "3600",
    )
    concurrency: int | None = Field(
        default=None, ge=1, le=16, description="Requests at once, per host; by default 1"
    )
    max_pages: int | None = Field(
        default=None,
        ge=0,
        le=_MOST_PAGES,
        description="Most pages of this source that one run asks for; by default 300",
    )


class Polling(_Model):
    """Bounds of the adaptive polling interval, each from a minute to 30 days."""

    floor_s: int = Field(
        default=10 * MINUTE_S, ge=MINUTE_S, le=_RAREST_S, description="Shortest, seconds"
    )
    start_s: int = Field(
        default=15 * MINUTE_S, ge=MINUTE_S, le=_RAREST_S, description="At first, seconds"
    )
    ceiling_s: int = Field(
        default=DAY_S, ge=MINUTE_S, le=_RAREST_S, description="Longest, seconds; at most 30 days"
    )

    @model_validator(mode="after")
    def _in_order(self) -> Polling:
        if not self.floor_s <= self.start_s <= self.ceiling_s:
            raise ValueError(
                "floor_s, start_s and ceiling_s must not decrease, and are "
                f"{self.floor_s}, {self.start_s} and {self.ceiling_s}"
            )
        return self


class PageRules(_Model):
    """Selectors for the pages of a source, where the general rules get them wrong."""

    body: Css = Field(description="CSS selector of the elements that hold the text")
    remove: tuple[Css, ...] = Field(default=(), description="Elements inside that are no text")
    title: Css | None = Field(default=None, description="The headline")
    summary: Css | None = Field(default=None, description="The standfirst")
    authors: Css | None = Field(default=None, description="The names in the byline")
    published: Css | None = Field(default=None, description="The date of publication")
    since: date | None = Field(default=None, description="First day of fetching they hold for")
    until: date | None = Field(default=None, description="Last day of fetching they hold for")

    @model_validator(mode="after")
    def _in_order(self) -> PageRules:
        if self.since and self.until and self.since > self.until:
            raise ValueError(f"since is after until: {self.since}, {self.until}")
        return self


class Source(_Model):
    """One publisher."""

    id: str = Field(
        pattern=r"^[a-z0-9][a-z0-9_-]*$",
        max_length=64,
        description="Stable id: lower-case letters, digits, - and _; it is in every row",
    )
    name: str = Field(min_length=1, description="Name of the publisher, in Latin letters")
    name_hi: str | None = Field(default=None, description="Name of the publisher, in Devanagari")
    home: WebUrl = Field(description="Home page; its host is the form that hosts are brought to")
    language: str = Field(
        default="hi", pattern=r"^[a-z]{2}$", description="ISO 639-1 code of what it publishes"
    )
    timezone: Zone = Field(
        default="Asia/Kolkata", description="IANA zone of its dates that name none"
    )
    enabled: bool = Field(default=True, description="Whether it is crawled at all")
    status: Status = Field(default="unverified", description="As for feeds")
    agency: str | None = Field(
        default=None,
        pattern=r"^[a-z0-9][a-z0-9_-]*$",
        description="Id of the news agency (seeds/agencies.yaml) whose own site this is",
    )
    hosts: tuple[Host, ...] = Field(
        default=(),
        description="Hosts whose pages are its own, subdomains included; by default the "
        "registrable domain of `home`",
    )
    links: tuple[Pattern, ...] = Field(
        default=(),
        description="Regular expressions; a link of a section page is an article if one of them "
        "is found in its absolute URL; without any, the looks of its address and words decide",
    )
    feeds: tuple[Feed, ...] = Field(default=(), description="Where it lists its articles")
    politeness: Politeness = Field(default=Politeness(), description="How often it is asked")
    polling: Polling = Field(default=Polling(), description="How often its feeds are polled")
    extract: tuple[PageRules, ...] = Field(
        default=(),
        description="Selectors for its pages; of several that hold for a day the first counts",
    )
    notes: str | None = Field(default=None, description="What is known of it")

    @model_validator(mode="after")
    def _whole(self) -> Source:
        urls = [feed.url for feed in self.feeds]
        twice = sorted({url for url in urls if urls.count(url) > 1})
        if twice:
            raise ValueError(f"feed listed twice: {twice[0]}")
        return self

    @property
    def own_hosts(self) -> tuple[str, ...]:
        """Hosts whose pages are the source's own (see `crawler.urls.on_hosts`)."""
        return self.hosts or (site_of(host_of(self.home)),)

    def leads_to(self, url: str, feed: str | None = None) -> bool:
        """Whether a request for the source may go to a URL.

        Args:
            url: The URL.
            feed: Of a request for a feed: where it lives, which may be elsewhere than the pages
                (FeedBurner, a CDN).
        """
        host = host_of(feed) if feed is not None else ""
        # A feed where it is said to be needs no look at the list of public suffixes.
        return (
            (bool(host) and host_of(url) == host)
            or on_hosts(url, self.own_hosts)
            or (bool(host) and on_hosts(url, (site_of(host),)))
        )

    def selectors_on(self, day: date) -> Selectors | None:
        """The selectors for pages that were fetched on a day, if there are any."""
        # Loaded for pages only: a run in which nothing is new reads the sources and no page.
        from crawler.extract.selectors import Selectors

        for rules in self.extract:
            if (rules.since or day) <= day <= (rules.until or day):
                return Selectors(**rules.model_dump(exclude={"since", "until"}))
        return None

    @property
    def polled(self) -> tuple[Feed, ...]:
        """The feeds that are polled, if the source is crawled at all."""
        return tuple(feed for feed in self.feeds if feed.enabled) if self.enabled else ()


class SourceFile(_Model):
    """A source file: `seeds/sources.yaml`, or one of the user's laid over it."""

    version: Literal[1] = Field(default=1, description="Version of this format")
    sources: tuple[Source, ...] = Field(description="The publishers")


def json_schema() -> dict[str, Any]:
    """The JSON Schema of a source file, for editors; committed as seeds/sources.schema.json."""
    schema = SourceFile.model_json_schema()
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **schema,
        "title": "Taar sources",
        "description": "Publishers and their feeds, sitemaps and section pages",
    }
