"""Looking at sources live: the plans of a check and of a first visit, and what comes of them.

A look is a small crawl: the same process with the same courtesy, guards and readers, with all
feeds due and few pages. Here belong its plans and the reading of its records. Not here: running
it (`flows.commands.sources`), finding addresses in a home page (`crawler.listings.discovery`).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final
from urllib.parse import urljoin

from crawler.listings.discovery import Found
from crawler.plan import Entry, FeedTask, Plan, to_time
from crawler.records import Record
from crawler.source_model import Feed, Politeness, Source, web_url
from crawler.urls import canonical_url, host_of, site_of
from lake.ids import url_id

PREVIEW_PAGES: Final = 3
"""Pages of a source that a look asks for: enough to see whether articles come out."""

_MAX_CANDIDATES: Final = 12
_LONGEST_ID: Final = 64
_WORST: Final = 2


@dataclass(frozen=True, slots=True)
class FeedLook:
    """What a look saw of one feed.

    Attributes:
        url: Its address.
        kind: rss, sitemap or section.
        ok: Whether it was reached and could be read.
        entries: How many entries it lists.
        newest_at: Publication time of its newest entry, if it tells any.
        why_not: Why it failed, in words.
    """

    url: str
    kind: str
    ok: bool
    entries: int
    newest_at: datetime | None
    why_not: str | None


@dataclass(frozen=True, slots=True)
class SourceLook:
    """What a look saw of one source.

    Attributes:
        id: The source.
        feeds: Its feeds.
        pages: Pages that were asked for.
        outcomes: How they ended, outcome -> count.
        articles: The articles that came out: columns of `lake.schema.ARTICLES`.
        why_not: Why no article came out, in words; None if one did.
    """

    id: str
    feeds: tuple[FeedLook, ...]
    pages: int
    outcomes: Mapping[str, int]
    articles: tuple[Mapping[str, Any], ...]
    why_not: str | None

    @property
    def reachable(self) -> bool:
        """Whether one feed could be read."""
        return any(feed.ok for feed in self.feeds)

    @property
    def entries(self) -> int:
        """Entries of all feeds."""
        return sum(feed.entries for feed in self.feeds)

    @property
    def newest_at(self) -> datetime | None:
        """Publication time of the newest entry."""
        return max((f.newest_at for f in self.feeds if f.newest_at), default=None)

    def to_json(self) -> dict[str, Any]:
        """The look as JSON values, without the texts of the articles."""
        wanted = ("url", "title", "published_at", "word_count", "language", "agencies", "rights")
        return {
            "id": self.id,
            "reachable": self.reachable,
            "entries": self.entries,
            "newest_at": self.newest_at,
            "pages": self.pages,
            "outcomes": dict(self.outcomes),
            "articles": [{key: a.get(key) for key in wanted} for a in self.articles],
            "why_not": self.why_not,
            "feeds": [
                {
                    "url": f.url,
                    "kind": f.kind,
                    "ok": f.ok,
                    "entries": f.entries,
                    "newest_at": f.newest_at,
                    "why_not": f.why_not,
                }
                for f in self.feeds
            ],
        }


def check_plan(base: Plan, sources: Iterable[Source], pages: int = PREVIEW_PAGES) -> Plan:
    """The plan of a check: every feed that is polled, and a few pages of each source.

    Args:
        base: A plan whose run, clock, budget, host map and the like are taken over.
        sources: What to check.
        pages: Pages of each source.
    """
    few = [_few_pages(source, pages) for source in sources]
    return replace(
        base,
        sources=tuple(source.model_dump(mode="json") for source in few),
        feeds=tuple(
            FeedTask(source.id, feed.url, feed.kind) for source in few for feed in source.polled
        ),
        archive_pages=False,
        shards=1,
    )


def visit_plan(base: Plan, source: Source) -> Plan:
    """The plan of a first visit: the home page and robots.txt, kept as they come."""
    urls = (source.home, urljoin(source.home, "/robots.txt"))
    return replace(
        base,
        sources=(source.model_dump(mode="json"),),
        pending={source.id: tuple(entry_for(url, base.now) for url in urls)},
        archive_pages=True,
        shards=1,
    )


def new_source(home: str, name: str | None = None, source_id: str | None = None) -> Source:
    """A source of which nothing but the home page is known.

    Args:
        home: Its home page.
        name: Its name; by default the host.
        source_id: Its id; by default the first part of its site.

    Raises:
        ValueError: If `home` is no web address, or the id is none (`pydantic.ValidationError`).
    """
    canonical_url(home)
    web_url(home)
    site = site_of(host_of(home))
    return Source(id=source_id or _as_id(site.partition(".")[0]), name=name or site, home=home)


def longer_id(source: Source) -> str:
    """An id from the whole site, for a source whose short one another has: `jagran-co-in`."""
    return _as_id(site_of(host_of(source.home)))


def _as_id(words: str) -> str:
    return re.sub(r"[^a-z0-9_-]", "-", words.lower())[:_LONGEST_ID].strip("-_") or "site"


def with_candidates(source: Source, found: Sequence[Found]) -> Source:
    """The source with what was found as its feeds, and its home page as a section page."""
    once = {f.url: f for f in found if f.url != source.home}
    feeds = [Feed(url=f.url, kind=f.kind) for f in list(once.values())[:_MAX_CANDIDATES]]
    feeds.append(Feed(url=source.home, kind="section", note="articles go by their looks"))
    return source.model_copy(update={"feeds": tuple(feeds)})


def with_working(source: Source, look: SourceLook) -> Source:
    """The source with the feeds that a look has seen working; the home page only without any."""
    good = {f.url for f in look.feeds if f.ok and f.entries}
    named = [f for f in source.feeds if f.url in good and f.kind != "section"]
    kept = named or [f for f in source.feeds if f.url in good]
    seen = tuple(feed.model_copy(update={"status": "verified"}) for feed in kept)
    status = "verified" if look.articles else "unverified"
    return source.model_copy(update={"feeds": seen, "status": status})


def looks(sources: Iterable[Source], records: Sequence[Record]) -> list[SourceLook]:
    """What the records of a look say of each source, in the order of the sources."""
    return [_look(source, [r for r in records if _source_of(r) == source.id]) for source in sources]


def _look(source: Source, records: Sequence[Record]) -> SourceLook:
    polls = {r["feed_url"]: r for r in records if r["kind"] == "feed"}
    feeds = tuple(_feed_look(feed, polls.get(feed.url)) for feed in source.polled)
    fetches = [r["fetch"] for r in records if r["kind"] == "url"]
    asked = [fetch for fetch in fetches if fetch["outcome"] != "deferred"]
    articles = tuple(r["article"] for r in records if r["kind"] == "url" and r["article"])
    return SourceLook(
        id=source.id,
        feeds=feeds,
        pages=len(asked),
        outcomes=Counter(fetch["outcome"] for fetch in asked),
        articles=articles,
        why_not=None if articles else _why_not(source, feeds, asked),
    )


def _feed_look(feed: Feed, record: Record | None) -> FeedLook:
    if record is None:
        return FeedLook(feed.url, feed.kind, False, 0, None, "not reached in time")
    why = None
    if record["status"] == "failed":
        why = ": ".join(filter(None, (record["failure"], record["detail"])))
    elif not record["entries"]:
        why = "it lists nothing"
    return FeedLook(
        url=feed.url,
        kind=feed.kind,
        ok=record["status"] != "failed",
        entries=record["entries"],
        newest_at=to_time(record["newest_at"]),
        why_not=why,
    )


def _why_not(source: Source, feeds: Sequence[FeedLook], asked: Sequence[Mapping[str, Any]]) -> str:
    if not feeds:
        return "it has no feed that is polled" if source.enabled else "it is disabled"
    if not any(feed.ok for feed in feeds):
        reasons = Counter(feed.why_not or "?" for feed in feeds).most_common(_WORST)
        return "; ".join(reason for reason, _ in reasons)
    if not asked:
        return "its feeds list no page that was asked for"
    reasons = Counter(f"{f['outcome']}: {f['detail']}" for f in asked).most_common(_WORST)
    return "; ".join(reason for reason, _ in reasons)


def _source_of(record: Record) -> str:
    source_id: str = (record if record["kind"] == "feed" else record["fetch"])["source_id"]
    return source_id


def _few_pages(source: Source, pages: int) -> Source:
    few: Politeness = source.politeness.model_copy(update={"max_pages": pages})
    return source.model_copy(update={"politeness": few})


def entry_for(url: str, now: datetime) -> Entry:
    """An entry for a page that nobody lists: somebody has named its URL."""
    return Entry(
        url_id=url_id(canonical_url(url)),
        url=canonical_url(url),
        requested_url=url,
        title=None,
        published_at=None,
        published_raw=None,
        first_listed_at=now,
    )
