"""Feeds and sitemaps of the sites, in the manners of their content systems.

Here belongs the XML, and the JSON. Which pages are listed is decided in `press.web`; section pages
are HTML and stand with the looks in `press.cms`.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final
from xml.sax.saxutils import escape

from press.cms.common import image_url
from press.dates import IST, http_date, iso, rfc822
from press.page import Page
from press.sites import Feed, Site
from press.story import SECTIONS

LIMIT: Final = 100
"""Most items of a feed."""
LATEST: Final = timedelta(days=2)
"""Age up to which an article is in the sitemap of the latest; older ones are in the archive."""
TRACKING: Final = "?utm_source=rss&utm_medium=feed&utm_campaign=latest"
"""What the newspaper's feed appends to every address."""
_TEASER: Final = 180
_BROKEN_ITEMS: Final = 3


def rss(site: Site, feed: Feed, pages: Sequence[Page], now: datetime) -> str:
    """Returns RSS 2.0."""
    name = f"{site.name} - {SECTIONS[feed.section]}" if feed.section else site.name
    built = max((p.at(now).at for p in pages), default=None)
    build_date = f"<lastBuildDate>{_pub_date(site, built)}</lastBuildDate>" if built else ""
    made = "\n".join(_rss_item(site, page, now) for page in pages[:LIMIT])
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"
 xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:atom="http://www.w3.org/2005/Atom">
<channel>
<title>{escape(name)}</title>
<atom:link href="{site.home.rstrip("/")}{feed.path}" rel="self" type="application/rss+xml" />
<link>{site.home}</link>
<description>{escape(site.name)} की ताजा खबरें</description>
<language>hi</language>
{build_date}
{made}
</channel>
</rss>
"""


def _pub_date(site: Site, when: datetime) -> str:
    if site.look == "wordpress":
        return rfc822(when, local=False)
    if site.look == "hocalwire":
        return http_date(when)
    return rfc822(when)


def _rss_item(site: Site, page: Page, now: datetime) -> str:
    version = page.at(now)
    creator = page.author or page.credit.byline or site.name
    lines = [
        f"<title>{escape(version.headline)}</title>",
        f"<link>{escape(page.url)}</link>",
        f"<pubDate>{_pub_date(site, page.published_at)}</pubDate>",
        f"<dc:creator><![CDATA[{creator}]]></dc:creator>",
        f"<category><![CDATA[{SECTIONS[page.section]}]]></category>",
    ]
    if site.look == "wordpress":
        more = (
            f'<p>The post <a href="{page.url}">{escape(version.headline)}</a> appeared first on '
            f'<a href="{site.home}">{escape(site.latin)}</a>.</p>'
        )
        teaser = _teaser(" ".join(version.shown))
        lines += [
            f'<guid isPermaLink="false">{site.home}?p={page.number}</guid>',
            f"<description><![CDATA[<p>{escape(page.summary)} [&#8230;]</p>{more}]]></description>",
            # A teaser where other sites put the whole text.
            f"<content:encoded><![CDATA[<p>{escape(teaser)}</p>{more}]]></content:encoded>",
        ]
    else:
        image = f'<img src="{image_url(page)}" alt="" />' if site.look == "hocalwire" else ""
        lines += [
            f'<guid isPermaLink="true">{escape(page.url)}</guid>',
            f"<description><![CDATA[{image}{escape(page.summary)}]]></description>",
        ]
    return "<item>\n" + "\n".join(lines) + "\n</item>"


def _teaser(text: str) -> str:
    """Cuts at a space: never inside a syllable."""
    return text if len(text) <= _TEASER else text[:_TEASER].rsplit(" ", 1)[0] + " ..."


def broken(site: Site, feed: Feed, pages: Sequence[Page], now: datetime) -> str:
    """Returns RSS with a bare ampersand that breaks off in the middle of an item."""
    whole = rss(site, feed, pages[:_BROKEN_ITEMS], now)
    whole = whole.replace("<title>", "<title>फोटो & वीडियो: ")
    last = whole.rfind("<description>")
    return whole[: last + 40] if last >= 0 else whole[: len(whole) // 2]


def rdf(site: Site, pages: Sequence[Page], now: datetime) -> str:
    """Returns RSS 1.0, which is RDF."""
    shown = pages[:LIMIT]
    toc = "\n".join(f'<rdf:li rdf:resource="{escape(page.url)}" />' for page in shown)
    made = "\n".join(
        f"""<item rdf:about="{escape(page.url)}">
<title>{escape(page.at(now).headline)}</title>
<link>{escape(page.url)}</link>
<description>{escape(page.summary)}</description>
<dc:date>{iso(page.published_at)}</dc:date>
<dc:creator>{escape(page.author or page.credit.byline or site.name)}</dc:creator>
</item>"""
        for page in shown
    )
    return f"""<?xml version="1.0" encoding="utf-8"?>
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"
 xmlns:dc="http://purl.org/dc/elements/1.1/">
<channel rdf:about="{site.home}">
<title>{escape(site.name)}</title>
<link>{site.home}</link>
<description>{escape(site.name)}</description>
<items><rdf:Seq>
{toc}
</rdf:Seq></items>
</channel>
{made}
</rdf:RDF>
"""


def atom(site: Site, feed: Feed, links: Sequence[tuple[Page, str]], now: datetime) -> str:
    """Returns Atom.

    Args:
        site: The site.
        feed: The feed.
        links: Each page with the address under which it is listed.
        now: The clock of the press.
    """
    updated = max((page.at(now).at for page, _ in links), default=datetime(2024, 1, 1, tzinfo=IST))
    made = "\n".join(
        f"""<entry>
<title type="html">{escape(page.at(now).headline)}</title>
<id>tag:{site.host},2024:{page.number}</id>
<link rel="alternate" type="text/html" href="{escape(address)}"/>
<published>{iso(page.published_at)}</published>
<updated>{iso(page.at(now).at)}</updated>
<author><name>{escape(page.author or page.credit.byline or site.name)}</name></author>
<category term="{page.section}"/>
<summary type="html">{escape(page.summary)}</summary>
</entry>"""
        for page, address in links[:LIMIT]
    )
    return f"""<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="hi">
<title>{escape(site.name)}</title>
<id>{site.home}</id>
<link rel="self" href="{site.home.rstrip("/")}{feed.path}"/>
<link rel="alternate" href="{site.home}"/>
<updated>{iso(updated)}</updated>
{made}
</feed>
"""


def json_feed(site: Site, feed: Feed, pages: Sequence[Page], now: datetime) -> str:
    """Returns JSON Feed 1.1."""
    items = [
        {
            "id": f"{site.home}?p={page.number}",
            "url": page.url,
            "title": page.at(now).headline,
            "summary": page.summary,
            "date_published": iso(page.published_at),
            "date_modified": iso(page.at(now).at),
            "authors": [{"name": page.author or page.credit.byline or site.name}],
        }
        for page in pages[:LIMIT]
    ]
    data = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": site.name,
        "home_page_url": site.home,
        "feed_url": site.home.rstrip("/") + feed.path,
        "language": "hi-IN",
        "items": items,
    }
    return json.dumps(data, ensure_ascii=False, indent=1)


def news_sitemap(site: Site, pages: Sequence[Page], now: datetime) -> str:
    """Returns a sitemap with the news extension."""
    made = "\n".join(
        f"""<url><loc>{escape(page.url)}</loc><lastmod>{iso(page.at(now).at)}</lastmod>
<news:news><news:publication><news:name>{escape(site.name)}</news:name>
<news:language>hi</news:language></news:publication>
<news:publication_date>{iso(page.published_at)}</news:publication_date>
<news:title>{escape(page.at(now).headline)}</news:title></news:news></url>"""
        for page in pages
    )
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"
 xmlns:news="http://www.google.com/schemas/sitemap-news/0.9">
{made}
</urlset>
"""


def sitemap_index(children: Sequence[tuple[str, datetime | None]]) -> str:
    """Returns a sitemap index.

    Args:
        children: Address of each sitemap, and when it last changed, if that is known.
    """
    made = "\n".join(
        f"<sitemap><loc>{escape(url)}</loc>"
        + (f"<lastmod>{iso(changed)}</lastmod>" if changed else "")
        + "</sitemap>"
        for url, changed in children
    )
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">
{made}
</sitemapindex>
"""
