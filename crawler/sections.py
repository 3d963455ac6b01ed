"""Section pages: the links of an HTML page that lead to articles, for sites without a feed.

Which links do is data of the source (`links`). Not here: what an article looks like
(`crawler.extract`).
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from crawler.extract.normal import line
from crawler.extract.page import MarkupError, parse
from crawler.listing import Item, Listing, ListingError, listed_url


def read_section(text: str, *, url: str, links: Sequence[str]) -> Listing:
    """Finds the articles that a section page links to.

    Args:
        text: The page, decoded.
        url: Its URL; relative links start from it, or from its <base>.
        links: Regular expressions; a link is an article if one is found in its absolute URL.

    Returns:
        One item for each address, in the order of the page, with its longest link text as title.

    Raises:
        ListingError: If no link matches (``no_links``): the commonest way for a section to break
            is that the site changed its addresses.
    """
    try:
        tree = parse(text.encode())
    except MarkupError as error:
        raise ListingError("not_a_feed", str(error)) from error
    base_node = tree.css_first("base[href]")
    base = listed_url(url, base_node.attributes.get("href")) if base_node else None
    patterns = [re.compile(pattern) for pattern in links]
    titles: dict[str, str] = {}
    count = 0
    for node in tree.css("a[href]"):
        count += 1
        target = listed_url(base or url, node.attributes.get("href"))
        target = target.partition("#")[0] if target else None
        if target is None or not any(pattern.search(target) for pattern in patterns):
            continue
        title = line(node.text(separator=" "))
        titles[target] = max(titles.get(target, ""), title, key=len)
    if not titles:
        raise ListingError("no_links", f"none of its {count} links matches a pattern of `links`")
    return Listing(
        "section", tuple(Item(target, title or None) for target, title in titles.items())
    )
