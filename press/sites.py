"""The six sites of the press, as data: names, hosts, looks, feeds, addresses.

Here belongs what a site is. What it prints is told in `press.cms` and `press.feeds`, what it
carries in `press.wire`. The names are invented.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal
from urllib.parse import quote

from press.story import SECTIONS

Look = Literal["wordpress", "hocalwire", "newspaper", "tv", "regional", "drupal"]
FeedFormat = Literal[
    "rss",
    "atom",
    "amp",
    "rdf",
    "json",
    "utf16",
    "sitemap_index",
    "news_sitemap",
    "section",
    "broken",
    "html",
]


@dataclass(frozen=True, slots=True)
class Feed:
    """A feed, a sitemap or a section page.

    Attributes:
        path: Path on the site.
        format: How it is written; ``amp`` is Atom that lists the AMP pages, ``utf16`` RSS in
            UTF-16, ``broken`` RSS that breaks off, ``html`` an HTML page where a feed should be.
        section: The section it is limited to, if it is.
        polled: Whether it stands in the sources file; the others are found from these, or from the
            home page.
    """

    path: str
    format: FeedFormat
    section: str | None = None
    polled: bool = True


@dataclass(frozen=True, slots=True)
class Site:
    """One site.

    Attributes:
        id: Its id as a source.
        name: Its name in Devanagari.
        latin: Its name in Latin letters.
        scheme: ``http`` or ``https``.
        agency: Id of the agency whose own site it is.
        json_ld: Which of its pages have JSON-LD.
        link_pattern: Regular expression for the addresses of articles, where section pages need it.
    """

    id: str
    name: str
    latin: str
    host: str
    look: Look
    feeds: tuple[Feed, ...]
    scheme: Literal["http", "https"] = "http"
    agency: str | None = None
    json_ld: Literal["all", "half", "none"] = "none"
    link_pattern: str | None = None

    @property
    def home(self) -> str:
        """The address of the home page."""
        return f"{self.scheme}://{self.host}/"


JANREKHA: Final = Site(
    id="janrekha",
    name="जनरेखा न्यूज",
    latin="Janrekha News",
    host="janrekha.press.test",
    look="wordpress",
    feeds=(
        Feed("/feed/", "rss"),
        Feed("/category/duniya/feed/", "rss", "duniya"),
        Feed("/videos/feed/", "html"),
        Feed("/feed/json/", "json", polled=False),
    ),
)
PATHDARPAN: Final = Site(
    id="pathdarpan",
    name="पथ दर्पण",
    latin="Path Darpan",
    host="pathdarpan.press.test",
    look="hocalwire",
    feeds=(
        Feed("/feeds.xml", "rss"),
        Feed("/category/duniya/google_feeds.xml", "rss", "duniya"),
        Feed("/utf16.xml", "utf16", polled=False),
    ),
    json_ld="half",
)
UDGAM: Final = Site(
    id="udgam",
    name="दैनिक उद्गम",
    latin="Dainik Udgam",
    host="udgam.press.test",
    look="newspaper",
    feeds=(
        Feed("/feed/latest.atom", "atom"),
        Feed("/feed/desh.atom", "atom", "desh"),
        Feed("/feed/amp.atom", "amp", polled=False),
    ),
    scheme="https",
    json_ld="all",
)
KHABARSAGAR: Final = Site(
    id="khabarsagar",
    name="खबर सागर टीवी",
    latin="Khabar Sagar TV",
    host="khabarsagar.press.test",
    look="tv",
    feeds=(
        Feed("/sitemap.xml", "sitemap_index"),
        Feed("/sitemaps/news-index.xml", "sitemap_index", polled=False),
        Feed("/sitemaps/news-latest.xml", "news_sitemap", polled=False),
        Feed("/sitemaps/news-archive.xml.gz", "news_sitemap", polled=False),
    ),
    json_ld="all",
)
VINDHYATARA: Final = Site(
    id="vindhyatara",
    name="विंध्य तारा",
    latin="Vindhya Tara",
    host="vindhyatara.press.test",
    look="regional",
    feeds=tuple(Feed(f"/{section}/", "section", section) for section in SECTIONS),
    link_pattern=r"vindhyatara\.press\.test/[a-z]+/[^/]+-\d{6}\.html$",
)
SAMVADKENDRA: Final = Site(
    id="samvadkendra",
    name="संवाद केंद्र",
    latin="Samvad Kendra",
    host="samvadkendra.press.test",
    look="drupal",
    feeds=(
        Feed("/hindi/rss.xml", "rss"),
        Feed("/hindi/taxonomy/karobar/rdf", "rdf", "karobar"),
        Feed("/hindi/photos/rss.xml", "broken"),
    ),
    agency="pti",
)
SITES: Final = (JANREKHA, PATHDARPAN, UDGAM, KHABARSAGAR, VINDHYATARA, SAMVADKENDRA)
PAPERS: Final = tuple(site for site in SITES if site.agency is None)
"""The sites that carry the copy of agencies."""


def article_path(site: Site, section: str, slug: str, headline: str, number: int) -> str:
    """Returns the path of an article in the manner of the site's CMS.

    Args:
        site: The site.
        section: A key of `SECTIONS`.
        slug: ASCII words.
        headline: Used where addresses are made of Devanagari.
        number: Six digits that tell the articles of a site apart.
    """
    if site.look == "wordpress":
        # No date in the address either: the theme hides it everywhere.
        return f"/{slug}-{number}/"
    if site.look == "hocalwire":
        return f"/{section}/{slug}-{number}"
    if site.look == "newspaper":
        return f"/{section}/{slug}-23{number}.html"
    if site.look == "tv":
        return f"/india-news/{slug}-story-{number}"
    if site.look == "regional":
        return f"/{section}/{quote(_hindi_slug(headline))}-{number}.html"
    return f"/hindi/{section}/story/{number}"


def _hindi_slug(headline: str) -> str:
    kept = "".join(c if "\u0900" <= c <= "\u0963" or c.isalnum() else " " for c in headline)
    return "-".join(kept.split()[:7])
