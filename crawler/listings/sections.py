"""Section pages: the links of an HTML page that lead to articles, for sites without a feed.

Which links do is data of the source (`links`); where it says nothing, the looks of the links
decide. Not here: what an article looks like (`crawler.extract`), links to feeds
(`crawler.listings.discovery`).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final
from urllib.parse import unquote, urlsplit

from crawler.extract.normal import line
from crawler.extract.page import MarkupError, parse
from crawler.listings.listing import Item, Listing, ListingError, listed_url
from crawler.urls import is_home, same_site

# The looks of an address. Figures are from the addresses of the sites of seeds/sources.yaml: an id
# has five digits or more at all of them, a slug of an article more words than one of a section.
_ID: Final = re.compile(r"(?<!\d)\d{5,}(?!\d)")
_DATE: Final = re.compile(r"[/-]20\d\d[/-]?[01]\d(?:[/-]?[0-3]\d)?(?:[/.-]|$)")
_IDENTITY: Final = re.compile(r"(?:^|&)(?:id|p|story|storyid|newsid|nid)=\d+", re.IGNORECASE)
_SLUG_WORDS: Final = 5
_ENDINGS: Final = frozenset({"html", "htm", "cms", "php", "aspx", "amp"})
# The words of a link: a headline has more of them than the name of a section.
_TITLE_WORDS: Final = 5
_NO_ARTICLE: Final = re.compile(
    r"/(?:tags?|topics?|categor(?:y|ies)|authors?|author-profile|profile|search|page|about(?:-us)?"
    r"|contact(?:-us)?|privacy[^/]*|terms[^/]*|disclaimer|advertise[^/]*|careers?|login|signin"
    r"|sign-?up|subscri[^/]*|e-?paper|live-?tv|rss[^/]*|feeds?|sitemaps?[^/]*|archives?|grievance"
    r"[^/]*|code-of-ethics|wp-[^/]+|cdn-cgi|share|print)(?:/|\.|$)",
    re.IGNORECASE,
)
_NO_PAGE: Final = re.compile(
    r"\.(?:jpe?g|png|gif|webp|svg|pdf|mp[34]|m3u8|xml|json|zip|apk|css|js|ico)$", re.IGNORECASE
)


def read_section(text: str, *, url: str, links: Sequence[str]) -> Listing:
    """Finds the articles that a section page links to.

    Args:
        text: The page, decoded.
        url: Its URL; relative links start from it, or from its <base>.
        links: Regular expressions; a link is an article if one is found in its absolute URL.
            Without any, the links that look like articles are taken (see `looks_like_article`).

    Returns:
        One item for each address, in the order of the page, with its longest link text as title.

    Raises:
        ListingError: If no link matches (``no_links``): the commonest way for a section to break
            is that the site changed its addresses.
    """
    found = page_links(text, url=url)
    if links:
        patterns = [re.compile(pattern) for pattern in links]
        chosen = {u: t for u, t in found.items() if any(p.search(u) for p in patterns)}
        why = f"none of its {len(found)} links matches a pattern of `links`"
    else:
        chosen = {u: t for u, t in found.items() if looks_like_article(u, t, page=url)}
        why = f"none of its {len(found)} links looks like one to an article"
    if not chosen:
        raise ListingError("no_links", why)
    return Listing("section", tuple(Item(u, title or None) for u, title in chosen.items()))


def page_links(text: str, *, url: str) -> dict[str, str]:
    """The addresses that a page links to, in its order, each with its longest link text.

    Args:
        text: The page, decoded.
        url: Its URL; relative links start from it, or from its <base>.

    Raises:
        ListingError: If it is no HTML (``not_a_feed``).
    """
    try:
        tree = parse(text.encode())
    except MarkupError as error:
        raise ListingError("not_a_feed", str(error)) from error
    base_node = tree.css_first("base[href]")
    base = listed_url(url, base_node.attributes.get("href")) if base_node else None
    titles: dict[str, str] = {}
    for node in tree.css("a[href]"):
        target = listed_url(base or url, node.attributes.get("href"))
        if target is None:
            continue
        target = target.partition("#")[0]
        title = line(node.text(separator=" "))
        titles[target] = max(titles.get(target, ""), title, key=len)
    return titles


def looks_like_article(url: str, title: str, *, page: str) -> bool:
    """Whether a link looks like one to an article, by its address and its words.

    The address must be of the page's site and speak for an article: by an id, a date, or a long
    slug. Where only one of these does, and weakly, the words of the link must be a headline's.
    A section page taken for an article costs one request and ends as ``no_text``.

    Args:
        url: The absolute address.
        title: The words of the link.
        page: Address of the page that it stands on.
    """
    parts = urlsplit(url)
    path = unquote(parts.path)
    if not same_site(url, page) or is_home(url, page) or url == page:
        return False
    if _NO_ARTICLE.search(path) or _NO_PAGE.search(path):
        return False
    last = path.rstrip("/").rpartition("/")[2]
    words = [w for w in re.split(r"[-_.]", last) if w and not w.isdigit() and w not in _ENDINGS]
    has_id = bool(_ID.search(last) or _IDENTITY.search(parts.query))
    is_headline = len(title.split()) >= _TITLE_WORDS
    if has_id and (len(words) >= _SLUG_WORDS or is_headline):
        return True
    if _DATE.search(path) and (len(words) >= 3 or is_headline):
        return True
    return len(words) >= _SLUG_WORDS and is_headline
