"""Which line of a page is its headline, and where it stands.

Here belongs choosing among the lines that call themselves the headline (h1, og:title, JSON-LD,
the title element, the feed's title). Not here: removing it from the body (`generic`).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from crawler.extract import debris, normal
from crawler.extract.meta import Head
from crawler.extract.normal import same_line
from crawler.extract.outline import Outline
from crawler.extract.sounds import consonants

# What parts the headline from the name of the site in a title.
_SITE_SEPARATOR: Final = re.compile(r"\s+[|–—»›:·•-]+\s+|\s*[|]\s*")
_LEADS: Final = (":", "|", "»", "–", "-", "›")
_AGREE: Final = 0.6
_MAX_SITE_WORDS: Final = 8
_MIN_HEADLINE_WORDS: Final = 5
_MAX_HEADLINE_WORDS: Final = 30
_ABOVE: Final = 5
_MIN_SOUNDS: Final = 4
_MAX_NAME_WORDS: Final = 5


@dataclass(frozen=True, slots=True)
class Headline:
    """The headline.

    Attributes:
        text: As the page shows it; empty if there is none.
        at: Index of its block in the outline, or None if it is not visible.
    """

    text: str
    at: int | None


def find_headline(
    page: Outline,
    head: Head,
    declared: str | None,
    listed: str | None,
    sites: Sequence[str] = (),
) -> Headline:
    """Finds the headline.

    The visible h1 counts if any other source agrees with it; sites set their own name as h1, and
    write headlines for search engines into the head. Without an h1 that agrees, the head's.

    Args:
        page: The outline.
        head: The meta elements.
        declared: headline of the JSON-LD.
        listed: Title in the feed.
        sites: Names of the site: what is called so is no headline, if anything else is.

    Returns:
        The headline.
    """
    social = without_site(head.first("og:title", "twitter:title") or "", head)
    title = without_site(head.title, head)
    others = [line for line in (declared, social, title, normal.line(listed)) if line]
    others = [line for line in others if not names_site(line, sites)] or others
    shown = [(i, page.blocks[i]) for i in page.headings]
    firsts = [(i, b) for i, b in shown if b.kind == "h1"]
    for index, block in firsts:
        if any(agreement(block.text, other) >= _AGREE for other in others):
            return Headline(block.text, index)
    for index, block in shown:
        if any(same_line(block.text, other) for other in others):
            return Headline(block.text, index)
    if others:
        for index, block in shown:
            if block.size >= _MIN_HEADLINE_WORDS and _ends(head.title, block.text):
                return Headline(block.text, index)
        for part in _title_parts(head.title):
            at = next((i for i, b in enumerate(page.blocks) if same_line(b.text, part)), None)
            if at is not None:
                return Headline(page.blocks[at].text, at)
        at = next((i for i, b in enumerate(page.blocks) if same_line(b.text, others[0])), None)
        # Without a heading that agrees, one lone h1 that is long enough to be a headline still
        # marks the place.
        if at is None and len(firsts) == 1 and firsts[0][1].size >= 4:
            return Headline(firsts[0][1].text if not declared else others[0], firsts[0][0])
        return Headline(others[0], at)
    if firsts:
        longest = max(firsts, key=lambda item: item[1].size)
        return Headline(longest[1].text, longest[0])
    return Headline("", None)


def _ends(title: str, line: str) -> bool:
    """Whether a title is a line behind the name of a site, as blogs have it: "Name: Headline"."""
    before = title.removesuffix(line)
    if len(before) == len(title) or len(before.split()) > _MAX_SITE_WORDS:
        return False
    return before.rstrip().endswith(_LEADS)


def names_site(line: str, sites: Sequence[str]) -> bool:
    """Whether a line is nothing but the name of the site, in either script."""
    if line.count(" ") >= _MAX_NAME_WORDS:
        return False
    sounds = consonants(line)
    return len(sounds) >= _MIN_SOUNDS and sounds in {consonants(site) for site in sites}


def above(page: Outline, first: int) -> Headline | None:
    """The headline of a page that declares none but the name of its site.

    Args:
        page: The outline.
        first: Index of the first block of the body.

    Returns:
        The first heading or bold line right above the body; None if there is none.
    """
    low, high = _MIN_HEADLINE_WORDS - 1, _MAX_HEADLINE_WORDS
    for index in range(max(first - _ABOVE, 0), first):
        block = page.blocks[index]
        if not (block.heading or block.bold) or not low <= block.size <= high:
            continue
        if not (block.debris or block.linked or debris.match(block.text, block.size)):
            return Headline(block.text, index)
    return None


def agreement(one: str, other: str) -> float:
    """Share of the words of the shorter line that are in the longer one, 0 to 1."""
    if one == other:
        return 1.0 if normal.has_letter(one) else 0.0
    first, second = set(normal.body_key(one).split()), set(normal.body_key(other).split())
    if not first or not second:
        return 0.0
    # One or two words, as the name of a site, are contained in many lines.
    if min(len(first), len(second)) < 3:
        return 1.0 if first == second else 0.0
    return len(first & second) / min(len(first), len(second))


def _title_parts(title: str) -> list[str]:
    """The parts of a title that are long enough for a headline, if it has several."""
    parts = [part.strip() for part in _SITE_SEPARATOR.split(title)]
    return [p for p in parts if len(p.split()) >= _MIN_HEADLINE_WORDS] if len(parts) > 1 else []


def without_site(title: str, head: Head) -> str:
    """A title without the name of the site at its end or beginning."""
    site = head.first("og:site_name", "application-name")
    if not title:
        return title
    parts = [p.strip() for p in _SITE_SEPARATOR.split(title) if p.strip()]
    if len(parts) < 2:
        return title
    if site and same_line(parts[-1], site):
        return _before(title, parts[-1])
    if site and same_line(parts[0], site):
        return title[title.index(parts[0]) + len(parts[0]) :].lstrip(" |–—»›:·•-")
    # Without a declared name: a short Latin or branded tail behind a bar.
    cut = re.split(r"\s*[|]\s*|\s+[–—»›·•-]\s+(?=[^–—»›·•|-]*$)", title, maxsplit=1)
    tail = title[len(cut[0]) :].strip(" |–—»›·•-")
    if len(cut[0].split()) >= 4 and len(tail.split()) <= _MAX_SITE_WORDS:
        looks_like_site = re.search(r"[A-Za-z]|न्यूज|समाचार|हिंदी|हिन्दी|टाइम्स|खबर|भारत", tail)
        if "|" in title or looks_like_site:
            return cut[0].strip()
    return title


def _before(title: str, tail: str) -> str:
    return title[: title.rindex(tail)].rstrip(" |–—»›:·•-")
