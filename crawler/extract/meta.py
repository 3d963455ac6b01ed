"""What the head of a page says: meta elements, links, canonical URL, image, tags, rights.

Here belongs reading declarations outside of JSON-LD. Not here: dates (`dates`) and what is
visible in the page.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final
from urllib.parse import urljoin, urlsplit

from selectolax.lexbor import LexborHTMLParser

from crawler.extract import normal, page

_HEAD_ELEMENTS: Final = (
    'meta, link[rel], title, script[type*="ld+json" i], [itemprop="articleSection"]'
)
_MAX_TAGS: Final = 30
_MAX_TAG_CHARS: Final = 80
# Hosts that say the same as the host without them.
_SAME_HOST: Final = re.compile(r"^(?:www|m|amp|mobile)\d?\.")
# "www", "com" and "co" are none.
_MIN_HOST_NAME: Final = 4
_HOST_ALONE: Final = re.compile(r"[A-Za-z0-9.-]*[a-z0-9]")
_HOME: Final = re.compile(
    r"^\W*(?:home|होम|मुख्य\s*पृष्ठ|मुखपृष्ठ|hindi\s+news|(?:हिंदी|हिन्दी)\s+(?:न्यूज\u093c?|समाचार))\W*$",
    re.IGNORECASE,
)
# noai and noimageai: DeviantArt's proposal of 2022, widely copied. The tdm names: the TDM
# Reservation Protocol of the W3C community group.
_ROBOTS_RIGHTS: Final = frozenset({"noai", "noimageai"})


@dataclass(slots=True)
class Head:
    """The declarations of a page.

    Attributes:
        contents: Contents of the meta elements as written, by lower-case name, property or
            itemprop, in order. `all` and `first` give them as lines: most are never asked for.
        links: href by lower-case rel.
        title: Text of the title element.
        scripts: JSON-LD scripts as written.
    """

    contents: dict[str, list[str | None]] = field(default_factory=dict)
    links: dict[str, str] = field(default_factory=dict)
    title: str = ""
    scripts: list[str] = field(default_factory=list)

    def all(self, name: str) -> list[str]:
        """All contents under a name, empty ones among them."""
        return [normal.line(content) for content in self.contents.get(name, ())]

    def first(self, *names: str) -> str | None:
        """The first content that is not empty under the first of the names that has one."""
        for name in names:
            for content in self.contents.get(name, ()):
                text = normal.line(content)
                if text:
                    return text
        return None


def read_head(tree: LexborHTMLParser) -> Head:
    """Collects the declarations, wherever in the page they stand."""
    head = Head()
    for node in page.css(tree.root, _HEAD_ELEMENTS):
        attributes = node.attributes
        tag = node.tag
        if tag == "meta":
            for key in ("property", "name", "itemprop"):
                name = attributes.get(key)
                if name:
                    content = attributes.get("content")
                    head.contents.setdefault(name.strip().lower(), []).append(content)
        elif tag == "link":
            href = (attributes.get("href") or "").strip()
            for rel in (attributes.get("rel") or "").lower().split():
                head.links.setdefault(rel, href)
        elif tag == "script":
            head.scripts.append(node.text_lexbor())
        elif tag == "title" and not head.title:
            head.title = normal.line(node.text())
        elif tag != "title":
            head.contents.setdefault("articlesection", []).append(node.text())
    return head


def web_url(base: str, href: str | None) -> str | None:
    """An absolute http or https URL, or None if `href` does not give one."""
    if not href or len(href) > 2000:
        return None
    try:
        url = href.strip()
        parts = urlsplit(url)
        if not (parts.scheme and parts.netloc):
            parts = urlsplit(urljoin(base, url))
        url = parts.geturl()
        # Nearly all name a host alone, which need not be taken apart.
        named = bool(parts.netloc) if _HOST_ALONE.fullmatch(parts.netloc) else bool(parts.hostname)
        _ = ":" in parts.netloc and parts.port  # Raises ValueError for a port that is no number.
    except ValueError:
        return None
    if parts.scheme not in {"http", "https"} or not named or url.split() != [url]:
        return None
    return url


def same_site(one: str, other: str) -> bool:
    """Whether two URLs are of one site: the same host, or one a subdomain of the other.

    Prefixes such as ``www.`` and ``m.`` do not count. Two sisters under one domain are two sites:
    a canonical link from one to the other says that the text is a copy, not where this page is.
    """
    try:
        parts, others = urlsplit(one), urlsplit(other)
        if parts.netloc == others.netloc and _HOST_ALONE.fullmatch(parts.netloc):
            return True
        hosts = parts.hostname or "", others.hostname or ""
    except ValueError:
        return False
    first, second = (_SAME_HOST.sub("", host) for host in hosts)
    if not first or not second:
        return False
    return first == second or first.endswith("." + second) or second.endswith("." + first)


def host_names(url: str) -> tuple[str, ...]:
    """The parts of a URL's host that may be the name of its site: "patrika" of www.patrika.com."""
    try:
        return _host_names(urlsplit(url).netloc)
    except ValueError:
        return ()


@lru_cache(maxsize=1_000)
def _host_names(netloc: str) -> tuple[str, ...]:
    """Cached: the pages of a site share it."""
    host = urlsplit(f"//{netloc}").hostname or ""
    return tuple(part for part in host.split(".")[:-1] if len(part) >= _MIN_HOST_NAME)


def is_home(url: str) -> bool:
    """Whether a URL is that of a home page: without path and query. Not if it is no URL."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.path.strip("/") == "" and not parts.query and bool(parts.hostname)


def canonical_url(head: Head, url: str) -> str | None:
    """The URL that the page declares for itself.

    Args:
        head: The declarations.
        url: Where the page came from.

    Returns:
        rel=canonical or else og:url, if on the same site and not a home page; templates that
        declare the home page on every article are common.
    """
    for declared in (head.links.get("canonical"), head.first("og:url")):
        found = web_url(url, declared)
        if found is None or not same_site(found, url):
            continue
        if not is_home(found):
            return urlsplit(found)._replace(fragment="").geturl()
    return None


def image(head: Head, url: str) -> str | None:
    """URL of the main image."""
    return web_url(
        url, head.first("og:image", "og:image:secure_url", "og:image:url", "twitter:image")
    ) or web_url(url, head.links.get("image_src"))


def tags(head: Head, declared: list[str], linked: list[str], boxed: list[str]) -> tuple[str, ...]:
    """Tags of an article.

    Args:
        head: The declarations.
        declared: Keywords of the JSON-LD.
        linked: Links with rel=tag.
        boxed: Links in the visible box of tags.

    Returns:
        article:tag, or else those that the page links to, or its keywords: keywords are often
        written for search engines and say less.
    """
    for listed in (head.all("article:tag"), linked, declared, boxed):
        found = clean_tags(listed)
        if found:
            return found
    return clean_tags([head.first("news_keywords", "keywords") or ""])


def section(head: Head, declared: str | None, seen: list[str], headline: str) -> str | None:
    """The section of an article.

    Args:
        head: The declarations.
        declared: articleSection of the JSON-LD.
        seen: Links of the path from the home page, then links to sections.
        headline: The headline, which ends many such paths.

    Returns:
        The declared section, or else the last link that is not the home page.
    """
    named = declared or head.first("article:section", "articlesection", "section")
    if named:
        return named
    own = (
        text
        for text in reversed(seen)
        if not _HOME.match(text) and not normal.same_line(text, headline)
    )
    return next((text for text in own if len(text) <= _MAX_TAG_CHARS), None)


def split_tags(text: str) -> list[str]:
    """Tags out of one string with commas."""
    return re.split(r"\s*[,;|،]\s*", text)


def clean_tags(listed: list[str]) -> tuple[str, ...]:
    """Tags without repetition, in order, apart at commas; those too long to be tags left out."""
    seen: dict[str, str] = {}
    for tag in (tag for text in listed for tag in split_tags(text)):
        name = normal.line(tag).strip(" #,;")
        if name and len(name) <= _MAX_TAG_CHARS:
            seen.setdefault(name.casefold(), name)
    return tuple(list(seen.values())[:_MAX_TAGS])


def is_paywalled(head: Head) -> bool:
    """Whether the head says that the article is for subscribers (Facebook's and Google's names)."""
    tier = head.first("article:content_tier", "article:opinion_tier", "content_tier") or ""
    return tier.lower() in {"locked", "metered"}


def next_url(head: Head, url: str) -> str | None:
    """The next part of an article in several pages: rel=next to the same path or one below it.

    Themes use rel=next for the next story too, so anything else is not believed.
    """
    found = web_url(url, head.links.get("next"))
    if found is None or not same_site(found, url):
        return None
    own, other = urlsplit(url).path.rstrip("/"), urlsplit(found).path.rstrip("/")
    below = re.fullmatch(re.escape(own) + r"(?:/(?:page/)?[\d०-९]{1,2})?", other)
    return found if below and found != url else None


def rights(head: Head) -> tuple[str, ...]:
    """Reservations against text and data mining or AI use, as "name: value"."""
    found = []
    for name in ("robots", "googlebot", "bots"):
        for content in head.all(name):
            words = {word.strip() for word in content.lower().split(",")}
            found += [f"{name}: {word}" for word in sorted(words & _ROBOTS_RIGHTS)]
    for name in ("tdm-reservation", "tdm-policy"):
        value = head.first(name)
        if value and not (name == "tdm-reservation" and value == "0"):
            found.append(f"{name}: {value}")
    return tuple(dict.fromkeys(found))
