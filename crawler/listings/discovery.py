"""Where a site lists its articles: what its home page and its robots.txt say of it.

Here belongs the finding of addresses in bytes that others have fetched, and the few addresses that
are worth a guess. Not here: asking for them (`crawler.scouting`), reading them
(`crawler.listings.feeds`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final, Literal
from urllib.parse import unquote, urljoin, urlsplit

from crawler.extract.charset import to_utf8
from crawler.extract.normal import line
from crawler.extract.page import MarkupError, parse
from crawler.listings.listing import ListingError, listed_url
from crawler.listings.sections import page_links
from crawler.source_model import FeedKind
from crawler.urls import same_site

FoundBy = Literal["link", "robots", "anchor", "guess"]

_FEED_TYPES: Final = frozenset(
    {
        *("application/rss+xml", "application/atom+xml", "application/rdf+xml"),
        *("application/feed+json", "application/json", "application/xml", "text/xml"),
    }
)
# Feeds that no reader of news wants: comments, and the WordPress endpoint for embedding.
_UNWANTED: Final = re.compile(
    r"comments?/feed|oembed|wp-json/(?!.*feed)|/comments\.xml", re.IGNORECASE
)
_SITEMAP: Final = re.compile(r"^\s*sitemap\s*:\s*(\S+)", re.IGNORECASE | re.MULTILINE)
_FEEDISH: Final = re.compile(
    r"(?:^|/)(?:rss|feeds?|atom)(?:/|$)|[/_-]rss[^/]*$|\.(?:rss|atom|rdf)$|(?:rss|feed)[^/]*\.xml$",
    re.IGNORECASE,
)
_SITEMAPISH: Final = re.compile(r"sitemap[^/]*\.xml(?:\.gz)?$", re.IGNORECASE)

GUESSES: Final[tuple[tuple[str, FeedKind], ...]] = (
    # WordPress; many others; Blogger and Hocalwire; the news sitemap of most systems.
    ("/feed/", "rss"),
    ("/rss.xml", "rss"),
    ("/feeds.xml", "rss"),
    ("/news-sitemap.xml", "sitemap"),
    ("/sitemap.xml", "sitemap"),
)
"""Addresses that are worth a guess where a site names none."""


@dataclass(frozen=True, slots=True)
class Found:
    """An address that may list articles.

    Attributes:
        url: Absolute.
        kind: What it is said, or looks, to be.
        by: How it was found: a link element, robots.txt, an anchor, a guess.
        title: What the site calls it.
    """

    url: str
    kind: FeedKind
    by: FoundBy
    title: str | None = None


def find_listings(home: bytes, *, url: str, charset: str | None = None) -> list[Found]:
    """The feeds and sitemaps that a home page names.

    Args:
        home: Its bytes.
        url: Its address.
        charset: Character set named by the HTTP header.

    Returns:
        Those of link elements first, then those of anchors; each once. Anchors count only on the
        page's own site.
    """
    text = to_utf8(home, charset).decode()
    try:
        tree = parse(text.encode())
        anchors = page_links(text, url=url)
    except (MarkupError, ListingError):
        return []
    found: dict[str, Found] = {}
    for node in tree.css("link[rel][href]"):
        rels = (node.attributes.get("rel") or "").lower().split()
        kind = (node.attributes.get("type") or "").partition(";")[0].strip().lower()
        target = listed_url(url, node.attributes.get("href"))
        if target is None or _UNWANTED.search(target):
            continue
        title = line(node.attributes.get("title") or "") or None
        if "sitemap" in rels:
            found.setdefault(target, Found(target, "sitemap", "link", title))
        elif "alternate" in rels and kind in _FEED_TYPES:
            found.setdefault(target, Found(target, "rss", "link", title))
    for target, title in anchors.items():
        named = _kind_by_name(target)
        if named and same_site(target, url) and not _UNWANTED.search(target):
            found.setdefault(target, Found(target, named, "anchor", title))
    return list(found.values())


def find_sitemaps(robots: bytes, *, url: str) -> list[Found]:
    """The sitemaps that a robots.txt names, each once.

    Args:
        robots: Its bytes.
        url: Its address.
    """
    text = robots.decode("utf-8-sig", "replace")
    targets = dict.fromkeys(listed_url(url, named) for named in _SITEMAP.findall(text))
    return [Found(target, "sitemap", "robots") for target in targets if target]


def guesses(home: str, found: list[Found]) -> list[Found]:
    """Addresses to try where a site does not name a feed, or does not name a sitemap.

    Args:
        home: Address of the home page.
        found: What it names.
    """
    have = {f.kind for f in found}
    root = urljoin(home, "/")
    tried = {f.url for f in found}
    return [
        Found(url, kind, "guess")
        for path, kind in GUESSES
        if kind not in have and (url := urljoin(root, path)) not in tried
    ]


def _kind_by_name(url: str) -> FeedKind | None:
    path = unquote(urlsplit(url).path)
    if _SITEMAPISH.search(path):
        return "sitemap"
    return "rss" if _FEEDISH.search(path) else None
