"""What the looks share: the view of a page, escaping, lists of links, JSON-LD.

Here belongs no look of any one site.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from html import escape
from typing import Final
from urllib.parse import quote

from press.credits import AGENCIES
from press.dates import iso
from press.page import Page, Version
from press.sites import Site
from press.story import SECTIONS

_HEAD_WORDS: Final = 9
_ENDINGS: Final = "।.?!…,:;"


@dataclass(frozen=True, slots=True)
class View:
    """A page at a moment.

    Attributes:
        page: The page.
        version: What it says now.
        now: The clock of the press.
        related: Pages of the same section that are older than it; the same at all times.
        latest: The newest pages of the site.
        noise: A number for counters and the like; changes with the clock where the chrome does.
        amp: Whether the AMP form is asked for.
    """

    page: Page
    version: Version
    now: datetime
    related: Sequence[Page]
    latest: Sequence[Page]
    noise: int
    amp: bool = False

    @property
    def site(self) -> Site:
        """The site of the page."""
        return self.page.site

    @property
    def modified_at(self) -> datetime:
        """When the page last changed what it says."""
        return self.version.at


@dataclass(frozen=True, slots=True)
class ListView:
    """A page of links: the home page or a section.

    Attributes:
        site: The site.
        section: Key of the section; None for the home page.
        now: The clock of the press.
        pages: What is listed, newest first.
    """

    site: Site
    section: str | None
    now: datetime
    pages: Sequence[Page]


def esc(text: str) -> str:
    """Escapes text for HTML, quotes included."""
    return escape(text, quote=True)


def is_heading(paragraph: str) -> bool:
    """Says whether a paragraph is a line over the ones that follow, by its length and end."""
    words = paragraph.split()
    return 0 < len(words) <= _HEAD_WORDS + 6 and paragraph.rstrip('”’")')[-1:] not in _ENDINGS


def blocks(
    view: View, *, heading: str = "h3", attributes: str = "", inline: Callable[[str], str] = esc
) -> list[str]:
    """Returns the text of a page as HTML blocks, with dateline and credit in place.

    Args:
        view: The page.
        heading: Tag of lines between paragraphs.
        attributes: Attributes of every paragraph, with a leading space.
        inline: Makes HTML of the text of a paragraph.
    """
    credit = view.page.credit
    made: list[str] = []
    for index, paragraph in enumerate(view.version.shown):
        if index and is_heading(paragraph):
            made.append(f"<{heading}>{esc(paragraph)}</{heading}>")
            continue
        head = esc(credit.head) if index == 0 else ""
        made.append(f"<p{attributes}>{head}{inline(paragraph)}</p>")
    made += [f"<p{attributes}>{esc(line)}</p>" for line in credit.tail]
    return made


def items(
    pages: Iterable[Page], now: datetime, *, pattern: str = '<li><a href="{url}">{title}</a></li>'
) -> str:
    """Returns a list of links; the pattern may use ``url``, ``title`` and ``image``."""
    return "\n".join(
        pattern.format(
            url=esc(page.path), title=esc(page.at(now).headline), image=esc(image_path(page))
        )
        for page in pages
    )


def menu(pattern: str, path: str = "/{key}/") -> str:
    """Returns the links of a menu to all sections; the pattern has ``url`` and ``title``."""
    return "\n".join(
        pattern.format(url=path.format(key=key), title=title) for key, title in SECTIONS.items()
    )


def image_path(page: Page) -> str:
    """Returns the path of the main image; the press does not serve it."""
    return f"/images/{page.number}/{quote(page.section)}-lead.jpg"


def image_url(page: Page) -> str:
    """Returns the address of the main image."""
    return f"{page.site.scheme}://{page.site.host}{image_path(page)}"


def open_graph(view: View) -> str:
    """Returns the usual meta elements for sharing; no dates."""
    page = view.page
    pairs = {
        "og:type": "article",
        "og:locale": "hi_IN",
        "og:site_name": page.site.name,
        "og:title": view.version.headline,
        "og:description": page.summary,
        "og:url": page.url,
        "og:image": image_url(page),
    }
    return "\n".join(
        f'<meta property="{name}" content="{esc(value)}">' for name, value in pairs.items()
    )


def news_article(view: View, *, body: bool) -> dict[str, object]:
    """Returns the NewsArticle of JSON-LD.

    Args:
        view: The page.
        body: Whether it holds the text.
    """
    page = view.page
    data: dict[str, object] = {
        "@type": "NewsArticle",
        "mainEntityOfPage": {"@type": "WebPage", "@id": page.url},
        "url": page.url,
        "headline": view.version.headline,
        "description": page.summary,
        "inLanguage": page.language,
        "articleSection": SECTIONS[page.section],
        "keywords": list(page.tags),
        "datePublished": iso(page.published_at),
        "dateModified": iso(view.modified_at),
        "image": [image_url(page)],
        "author": _author(page),
        "publisher": {
            "@type": "NewsMediaOrganization",
            "name": page.site.name,
            "logo": {"@type": "ImageObject", "url": page.site.home + "logo.png"},
        },
    }
    if body:
        data["articleBody"] = " ".join(view.version.shown)
    return data


def _author(page: Page) -> dict[str, str]:
    if page.author:
        return {"@type": "Person", "name": page.author}
    if page.agency and page.site.look == "newspaper" and page.credit.agency:
        return {"@type": "Organization", "name": AGENCIES[page.agency].spoken}
    return {"@type": "Organization", "name": page.credit.byline or page.site.name}


def json_ld(data: dict[str, object]) -> str:
    """Returns data as a JSON-LD script element."""
    text = json.dumps({"@context": "https://schema.org", **data}, ensure_ascii=False, indent=1)
    # A closing tag inside a string would end the script.
    return f'<script type="application/ld+json">{text.replace("</", "<" + chr(92) + "/")}</script>'
