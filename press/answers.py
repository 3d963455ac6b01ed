"""What the press answers to a request: pages, feeds, lists, robots.txt, with validators.

Here belongs everything between an address and a body; pure functions of the web, the clock and
the faults. Sockets, connections and the faults of connections are in `press.server`.
"""

from __future__ import annotations

import gzip
from collections.abc import Callable, Sequence
from datetime import datetime
from hashlib import blake2b
from typing import Final
from urllib.parse import quote

from press import feeds
from press.chance import below
from press.cms import drupal, hocalwire, newspaper, regional, tv, wordpress
from press.cms.common import ListView, View
from press.dates import http_date
from press.faults import Faults
from press.mangle import MANGLES
from press.page import Page
from press.response import Answer
from press.sites import Feed, Look, Site
from press.story import SECTIONS
from press.web import Web, is_out, seen

_ARTICLES: Final[dict[Look, Callable[[View], str]]] = {
    "wordpress": wordpress.article,
    "hocalwire": hocalwire.article,
    "newspaper": newspaper.article,
    "tv": tv.article,
    "regional": regional.article,
    "drupal": drupal.article,
}
_LISTINGS: Final[dict[Look, Callable[[ListView], str]]] = {
    "wordpress": wordpress.listing,
    "hocalwire": hocalwire.listing,
    "newspaper": newspaper.listing,
    "tv": tv.listing,
    "regional": regional.listing,
    "drupal": drupal.listing,
}
_INTERNAL_ERROR: Final = b"<html><head><title>500</title></head><body><h1>Error</h1></body></html>"
_XML: Final = "application/xml; charset=utf-8"
_FEED_TYPES: Final = {
    "rss": "application/rss+xml; charset=UTF-8",
    "broken": "application/rss+xml; charset=UTF-8",
    "atom": "application/atom+xml; charset=utf-8",
    "amp": "application/atom+xml; charset=utf-8",
    "rdf": "application/rdf+xml; charset=utf-8",
    "json": "application/feed+json; charset=utf-8",
    "utf16": "application/rss+xml",
}
_LATEST: Final = 20
_ROBOTS: Final[dict[Look, str]] = {
    "wordpress": "User-agent: *\nDisallow: /wp-admin/\nAllow: /wp-admin/admin-ajax.php\n",
    "hocalwire": "User-agent: *\nDisallow: /premium/\nDisallow: /search\n",
    "newspaper": "User-agent: *\nDisallow: /search/\nDisallow: /api/\n",
    "tv": "User-agent: *\nDisallow: /live-tv/embed\n\nSitemap: {home}sitemap.xml\n",
    "regional": "User-agent: *\nDisallow: /admin/\n",
    "drupal": "User-agent: *\nDisallow: /user/\nDisallow: /print/\n",
}


def answer(
    web: Web, site: Site, path: str, query: str, now: datetime, faults: Faults, asked: int = 0
) -> Answer:
    """Answers a GET.

    Args:
        web: All pages.
        site: The site that is asked.
        path: The path, encoded or not.
        query: The query string, without question mark.
        now: The clock of the press.
        faults: What goes wrong.
        asked: How many requests this path has had before.
    """
    if path == "/robots.txt":
        text = _ROBOTS[site.look].format(home=site.home)
        return Answer(200, text.encode(), {"Content-Type": "text/plain; charset=utf-8"})
    for feed in site.feeds:
        if feed.path == path:
            given = _feed(web, site, feed, now, faults)
            wrong = faults.feed_fault(site.host + path)
            return MANGLES[wrong](given, site, now) if wrong else given
    page = web.find(site.host, path)
    if page is not None and is_out(page, now, faults):
        return _article(web, page, path, now, faults, asked)
    section = _section_of(site, path)
    if section is not None or path == "/":
        return _listing(web, site, section, now, faults)
    if site.look == "wordpress" and page is None and not path.endswith("/"):
        return Answer(301, b"", {"Location": quote(path, safe="/%") + "/" + _and(query)})
    return _missing(site)


def _and(query: str) -> str:
    return f"?{query}" if query else ""


def _section_of(site: Site, path: str) -> str | None:
    last = path.strip("/").rpartition("/")[2]
    return last if last in SECTIONS and site.look != "regional" else None


def _article(web: Web, page: Page, path: str, now: datetime, faults: Faults, asked: int) -> Answer:
    if page.special == "not_found":
        return _missing(page.site)
    if page.special == "server_error" and not faults.healed(now, asked):
        return Answer(500, _INTERNAL_ERROR, {"Content-Type": "text/html; charset=utf-8"})
    page = seen(page, faults)
    view = _view(web, page, now, faults, amp=path.startswith("/amp/"))
    body = _ARTICLES[page.site.look](view).encode()
    headers = {"Content-Type": _html_type(page.site), "ETag": f'W/"{_digest(body)}"'}
    if page.site.look != "wordpress":
        headers["Last-Modified"] = http_date(view.modified_at)
    return Answer(200, body, headers)


def _view(web: Web, page: Page, now: datetime, faults: Faults, *, amp: bool) -> View:
    of_site = [p for p in web.of_site(page.site, now, faults) if p.url != page.url]
    older = [p for p in of_site if p.published_at < page.published_at and p.special is None]
    alike = [p for p in older if p.section == page.section]
    related = [*alike[:12], *(p for p in older[:12] if p not in alike[:12])]
    counting = page.special == "chrome" and "chrome" in faults.specials
    minutes = int(now.timestamp()) // 60 if counting else 0
    return View(
        page=page,
        version=page.at(now),
        now=now,
        related=related,
        latest=of_site[:_LATEST],
        noise=minutes % 90000 + below(5000, page.url),
        amp=amp,
    )


def _listing(web: Web, site: Site, section: str | None, now: datetime, faults: Faults) -> Answer:
    pages = web.of_site(site, now, faults)
    if section:
        pages = [p for p in pages if p.section == section]
    view = ListView(site, section, now, [seen(p, faults) for p in pages])
    body = _LISTINGS[site.look](view).encode()
    return Answer(200, body, {"Content-Type": _html_type(site), "ETag": f'W/"{_digest(body)}"'})


def _missing(site: Site) -> Answer:
    body = f"""<!DOCTYPE html>
<html lang="hi"><head><meta charset="utf-8"><title>404 - {site.name}</title></head>
<body><h1>पृष्ठ नहीं मिला</h1><p>आप जिस पृष्ठ को खोज रहे हैं, वह हटा दिया गया है या उसका पता बदल गया है।</p>
<a href="/">मुख्य पृष्ठ पर जाएं</a></body></html>
"""
    return Answer(404, body.encode(), {"Content-Type": "text/html; charset=utf-8"})


def _html_type(site: Site) -> str:
    # The regional site leaves the charset to a meta element.
    return "text/html" if site.look == "regional" else "text/html; charset=UTF-8"


def _feed(web: Web, site: Site, feed: Feed, now: datetime, faults: Faults) -> Answer:
    if feed.format == "section":
        return _listing(web, site, feed.section, now, faults)
    if feed.format == "html" and "html_feed" in faults.specials:
        return _listing(web, site, None, now, faults)
    pages = [seen(p, faults) for p in web.of_site(site, now, faults)]
    if feed.section:
        pages = [p for p in pages if p.section == feed.section]
    changed = max((p.at(now).at for p in pages), default=None)
    text = _feed_text(site, feed, pages, now, faults)
    body = text.encode("utf-16" if feed.format == "utf16" else "utf-8")
    kind = _FEED_TYPES.get(feed.format, _XML)
    if feed.path.endswith(".gz"):
        # mtime=0: the same bytes for the same pages.
        body, kind = gzip.compress(body, mtime=0), "application/x-gzip"
    headers = {"Content-Type": kind, "ETag": f'"{_digest(body)}"'}
    if changed:
        headers["Last-Modified"] = http_date(changed)
    return Answer(200, body, headers)


def _feed_text(site: Site, feed: Feed, pages: Sequence[Page], now: datetime, faults: Faults) -> str:
    if feed.format == "atom":
        return feeds.atom(site, feed, _addresses(site, feed, pages, faults), now)
    if feed.format == "amp":
        root = site.home.rstrip("/")
        return feeds.atom(site, feed, [(page, f"{root}/amp{page.path}") for page in pages], now)
    if feed.format == "rdf":
        return feeds.rdf(site, pages, now)
    if feed.format == "json":
        return feeds.json_feed(site, feed, pages, now)
    if feed.format == "broken" and "broken_feed" in faults.specials:
        return feeds.broken(site, feed, pages, now)
    if feed.format == "sitemap_index":
        return feeds.sitemap_index(_children(site, feed, pages, now))
    if feed.format == "news_sitemap":
        young = "latest" in feed.path
        return feeds.news_sitemap(site, [p for p in pages if _is_young(p, now) == young], now)
    text = feeds.rss(site, feed, pages, now)
    return text.replace("UTF-8", "UTF-16", 1) if feed.format == "utf16" else text


def _is_young(page: Page, now: datetime) -> bool:
    return now - page.published_at <= feeds.LATEST


def _children(
    site: Site, feed: Feed, pages: Sequence[Page], now: datetime
) -> list[tuple[str, datetime | None]]:
    """The sitemaps of an index: the outer one leads to the inner, the inner to the lists."""
    root = site.home.rstrip("/")
    others = [f for f in site.feeds if not f.polled]
    if feed.polled:
        changed = max((p.at(now).at for p in pages), default=None)
        return [(root + f.path, changed) for f in others if f.format == "sitemap_index"]
    children: list[tuple[str, datetime | None]] = []
    for child in others:
        if child.format == "news_sitemap":
            of_child = [p for p in pages if _is_young(p, now) == ("latest" in child.path)]
            children.append(
                (root + child.path, max((p.at(now).at for p in of_child), default=None))
            )
    return children


def _addresses(
    site: Site, feed: Feed, pages: Sequence[Page], faults: Faults
) -> list[tuple[Page, str]]:
    """The addresses under which the newspaper's feeds list pages."""
    root = site.home.rstrip("/")
    if feed.section is None:
        return [(page, page.url + feeds.TRACKING) for page in pages]
    links: list[tuple[Page, str]] = []
    for page in pages:
        if page.special == "addresses" and "addresses" in faults.specials:
            links += [(page, root + alias) for alias in page.aliases]
        else:
            links.append((page, page.url))
    return links


def _digest(body: bytes) -> str:
    return blake2b(body, digest_size=10).hexdigest()
