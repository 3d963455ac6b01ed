"""Page -> article, or the reason why there is none: the order of the steps.

Here belongs what is asked of which module and in which order. Not here: any rule about pages.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

from selectolax.lexbor import LexborHTMLParser, SelectolaxError

from crawler.extract import debris, generic, headline, jsonld, meta, normal, page, tidy, weigh
from crawler.extract.agencies import AgencyBook, load_agencies
from crawler.extract.authors import find_authors
from crawler.extract.body import Body
from crawler.extract.charset import to_utf8
from crawler.extract.choose import (
    GENERIC,
    SELECTORS,
    adds_nothing,
    choose_body,
    selected_wins,
)
from crawler.extract.credits import find_credits
from crawler.extract.dates import Dated, find_dates
from crawler.extract.headline import Headline
from crawler.extract.language import find_language
from crawler.extract.outline import Block, Mark, Outline
from crawler.extract.places import PLACES
from crawler.extract.result import Extracted, Listed, NoArticle
from crawler.extract.selectors import NOTHING, Selected, Selectors, select
from crawler.extract.visible import Region
from crawler.extract.walk import outline
from lake.ids import content_hash
from lake.outcomes import Outcome

EXTRACTOR_VERSION: Final = "5"
"""Goes up with every change that can change what is made of a page."""

_HINDI: Final = "hi"
_PARTED: Final = "\n\n"
_NO_TEXT_WORDS: Final = 5
_TRUSTED: Final = 0.6
_HEAD_BLOCKS: Final = 12
_LINES_BELOW: Final = 2
_MAX_BELOW_WORDS: Final = 8
_STANDFIRST_WORDS: Final = (10, 100)
_STOPS_OF_PLACE: Final = " :।-–—"


@dataclass(frozen=True, slots=True)
class _Read:
    """A page as read, before anything is made of it."""

    outline: Outline
    head: meta.Head
    declared: jsonld.Declared | None
    headline: Headline
    body: Body | None
    extractor: str
    selected: Selected = NOTHING


def extract(
    html: bytes,
    *,
    url: str,
    charset: str | None = None,
    listed: Listed | None = None,
    timezone: str = "Asia/Kolkata",
    now: datetime,
    min_words: int = 40,
    agencies: AgencyBook | None = None,
    selectors: Selectors | None = None,
) -> Extracted | NoArticle:
    """Makes an article of a page.

    Args:
        html: Body of the response, decompressed.
        url: Where it came from.
        charset: Character set that the HTTP header names.
        listed: What the feed, sitemap or section page said of it.
        timezone: Zone of dates that name none, as in the tz database.
        now: The clock, timezone-aware: dates more than a day after it are not believed.
        min_words: Texts with fewer words are too short.
        agencies: The agencies; those of seeds/agencies.yaml if None.
        selectors: Those that the source declares for pages of that day; general rules if None.

    Returns:
        The article, or the outcome not_hindi, too_short or no_text. Nothing is raised for any
        bytes.

    Raises:
        ConfigError: If `agencies` is None and seeds/agencies.yaml is missing or wrong.
        zoneinfo.ZoneInfoNotFoundError: If there is no such time zone.
    """
    book = agencies or load_agencies()
    zone = _zone(timezone)
    try:
        tree = page.parse(to_utf8(html, charset))
    except (page.MarkupError, SelectolaxError) as error:
        return NoArticle(Outcome.NO_TEXT, f"the page cannot be parsed: {error}")
    read = _read(tree, url, listed)
    if selectors is not None:
        read = _selected(read, select(tree, read.outline, selectors))
    canonical = meta.canonical_url(read.head, url)
    count = normal.words_of(read.body.paragraphs) if read.body else 0
    refused = _refused(read, url, canonical, count, min_words)
    if refused is not None:
        return refused
    assert read.body is not None
    region = Region(read.headline.at, read.body.first, read.body.last)
    dated = find_dates(
        declared=read.declared,
        head=read.head,
        page=read.outline,
        region=region,
        listed=listed,
        url=url,
        zone=zone,
        now=now,
        selected=read.selected.published,
    )
    return _article(read, url, canonical, dated, count, book)


def text_of(html: bytes, *, url: str, charset: str | None = None) -> str:
    """The text of a page alone, as `extract` finds it by the page's word and general rules.

    Args:
        html: Body of the response, decompressed.
        url: Where it came from.
        charset: Character set that the HTTP header names.

    Returns:
        Its paragraphs, a blank line between two; empty if nothing in it reads like prose. Whether
        that is Hindi, and enough for an article, is not asked. Nothing is raised for any bytes.
    """
    try:
        body = _read(page.parse(to_utf8(html, charset)), url, None).body
    except (page.MarkupError, SelectolaxError):
        return ""
    return _PARTED.join(body.paragraphs) if body else ""


@lru_cache(maxsize=64)
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)


def _read(tree: LexborHTMLParser, url: str, listed: Listed | None) -> _Read:
    head = meta.read_head(tree)
    title = normal.line(listed.title) if listed else ""
    titles = [head.first("og:title") or "", head.title, title]
    declared = jsonld.read(head.scripts, url, tuple(t for t in titles if t))
    sites = (*meta.host_names(url), head.first("og:site_name") or "")
    seen = _find(outline(tree.body), head, declared, title, sites)
    if seen.body is None or seen.body.prose < _NO_TEXT_WORDS * 4:
        hidden = _find(outline(tree.body, hidden=True), head, declared, title, sites)
        if hidden.body is not None and (
            seen.body is None or hidden.body.prose > 2 * seen.body.prose
        ):
            return hidden
    return seen


def _selected(read: _Read, found: Selected) -> _Read:
    """A page as a source's selectors read it, as far as they can be believed."""
    if not selected_wins(found.body, read.body):
        return read
    line = Headline(found.title, read.headline.at) if found.title else read.headline
    return replace(read, headline=line, body=found.body, extractor=SELECTORS, selected=found)


def _find(
    seen: Outline,
    head: meta.Head,
    declared: jsonld.Declared | None,
    listed: str,
    sites: Sequence[str],
) -> _Read:
    """Headline and body of an outline."""
    own = declared.headline if declared else None
    line = headline.find_headline(seen, head, own, listed, sites)
    found = generic.find_body(seen, line.text, _description(head, declared))
    if found is not None and headline.names_site(line.text, sites):
        line = headline.above(seen, found.first) or line
    if declared is None or not declared.body or adds_nothing(found, declared.body):
        return _Read(seen, head, declared, line, found, GENERIC)
    told = tidy.from_text(declared.body, line.text)
    trusted = headline.agreement(declared.headline, line.text) >= _TRUSTED
    body, extractor = choose_body(found, told, [b.text for b in seen.blocks], trusted=trusted)
    return _Read(seen, head, declared, line, body, extractor)


def _refused(
    read: _Read, url: str, canonical: str | None, count: int, min_words: int
) -> NoArticle | None:
    """Why a page with so many words of text is no article, if it is none."""
    if meta.is_home(url):
        return NoArticle(Outcome.NO_TEXT, "the URL is that of a home page", canonical)
    if read.body is None:
        return NoArticle(Outcome.NO_TEXT, "no block of the page reads like prose", canonical)
    if count < _NO_TEXT_WORDS:
        return NoArticle(Outcome.NO_TEXT, f"{count} words of text", canonical)
    text = "\n".join((*read.body.paragraphs, read.headline.text))
    language = find_language(text)
    if language != _HINDI:
        return NoArticle(Outcome.NOT_HINDI, f"the language is {language}", canonical)
    if count < min_words:
        detail = f"{count} words, an article has {min_words} or more"
        return NoArticle(Outcome.TOO_SHORT, detail, canonical)
    return None


def _article(
    read: _Read, url: str, canonical: str | None, dated: Dated, count: int, book: AgencyBook
) -> Extracted:
    assert read.body is not None
    declared, head = read.declared or jsonld.Declared(), read.head
    paragraphs = read.body.paragraphs
    text = _PARTED.join(paragraphs)
    site = head.first("og:site_name", "application-name")
    sites = [name for name in (site, declared.publisher, *meta.host_names(url)) if name]
    lines, marks = _head_lines(read)
    told = (*declared.authors, *head.all("author"), *_author_names(head))
    said = list(read.selected.authors) or list(dict.fromkeys(told))
    credited = find_credits(
        book, authors=said, bylines=lines, paragraphs=paragraphs, below=_lines_below(read)
    )
    return Extracted(
        title=read.headline.text,
        summary=_summary(read),
        text=text,
        authors=find_authors(book, said, marks, lines, sites),
        section=meta.section(head, declared.section, read.outline.sections, read.headline.text),
        tags=meta.tags(head, list(declared.tags), read.outline.tag_links, read.outline.tag_box),
        image_url=meta.image(head, url) or meta.web_url(url, declared.image),
        language=_HINDI,
        published_at=dated.published_at,
        published_raw=dated.raw,
        published_precision=dated.precision,
        date_source=dated.source,
        modified_at=dated.modified_at,
        agencies=credited.agencies,
        dateline=credited.dateline or _place_above(read),
        word_count=count,
        content_hash=content_hash(normal.body_key(text)),
        canonical_url=canonical,
        extractor=read.extractor,
        extractor_version=EXTRACTOR_VERSION,
        rights=meta.rights(head),
        paywalled=declared.paywalled or meta.is_paywalled(head),
        next_url=meta.next_url(head, url),
    )


def _author_names(head: meta.Head) -> list[str]:
    """article:author, where it is a name and not the address of a profile."""
    return [n for n in head.all("article:author") if "/" not in n and not n.isdigit()]


def _head_lines(read: _Read) -> tuple[list[str], list[Mark]]:
    """Lines between headline and body, and the elements there that call themselves a byline."""
    assert read.body is not None
    blocks, first = read.outline.blocks, read.body.first
    at = read.headline.at
    start = at + 1 if at is not None and at < first else max(first - 4, 0)
    start = max(start, first - _HEAD_BLOCKS)
    near = [b.text for b in blocks[start:first] if b.kind not in {"caption", "nav"}]
    top = max(start - 4, 0)
    marks = [m for m in read.outline.bylines if top <= m.at <= read.body.last and m.text]
    before_text = [m for m in marks if m.at <= first] or marks
    return [*near, *(m.text for m in before_text)], before_text


def _place_above(read: _Read) -> str | None:
    """The place that a report is dated from, where it stands in an element of its own."""
    assert read.body is not None
    first = read.body.first
    line = read.outline.blocks[first - 1].text if first else ""
    place = line.rstrip(_STOPS_OF_PLACE)
    return place if place != line and place in PLACES else None


def _lines_below(read: _Read) -> list[str]:
    """Short lines right below the body: a credit set apart from the text."""
    assert read.body is not None
    blocks = read.outline.blocks[read.body.last : read.body.last + _LINES_BELOW]
    return [b.text for b in blocks if b.size <= _MAX_BELOW_WORDS and not (b.linked or b.debris)]


def _summary(read: _Read) -> str | None:
    """What the page declares as its description, or else the visible standfirst."""
    assert read.body is not None
    description = read.selected.summary or _description(read.head, read.declared)
    if description and not normal.same_line(description, read.headline.text):
        return description
    at = read.headline.at
    if at is None:
        return None
    low, high = _STANDFIRST_WORDS
    between = read.outline.blocks[at + 1 : read.body.first]
    signed = {mark.text for mark in read.outline.bylines if mark.text}
    return next(
        (b.text for b in between if low <= b.size <= high and _is_standfirst(b, signed)), None
    )


def _is_standfirst(block: Block, signed: set[str]) -> bool:
    """Whether a block above the text sums it up: a sentence, or a heading; no byline, no stamp."""
    if block.debris or block.linked or not (block.heading or block.kind in {"p", "div"}):
        return False
    if "|" in block.text or not (block.heading or weigh.ends_sentence(block.text)):
        return False
    if any(text in block.text for text in signed):
        return False
    return debris.match(block.text, block.size) is None


def _description(head: meta.Head, declared: jsonld.Declared | None) -> str | None:
    texts: Sequence[str | None] = (
        declared.description if declared else None,
        head.first("og:description", "description", "twitter:description"),
    )
    return next((text for text in texts if text), None)
