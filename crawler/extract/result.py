"""What the extraction of a page gives: an article, or the reason why there is none.

Here belong the frozen records at the border of this package, and nothing that computes them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from lake.outcomes import Outcome

ListedBy = Literal["feed", "sitemap", "section"]
Precision = Literal["second", "minute", "day"]
Place = Literal["author", "byline", "dateline", "credit", "phrase"]


@dataclass(frozen=True, slots=True)
class Listed:
    """What the feed, sitemap or section page said of the page.

    Attributes:
        title: Title of the entry.
        published_at: Publication time, timezone-aware, if the lister could read it.
        published_raw: The string that stood there, whether it could be read or not.
        source: What kind of list it was.
    """

    title: str | None = None
    published_at: datetime | None = None
    published_raw: str | None = None
    source: ListedBy = "feed"


@dataclass(frozen=True, slots=True)
class Agency:
    """A news agency that the page credits.

    Attributes:
        id: As in seeds/agencies.yaml.
        evidence: The exact phrase of the page, in NFC with single spaces.
        place: Where it stood.
    """

    id: str
    evidence: str
    place: Place


@dataclass(frozen=True, slots=True)
class Extracted:
    """An article made of a page.

    Attributes:
        title: Headline in NFC; empty if the page has none.
        summary: Standfirst or description, not part of `text`.
        text: Body in NFC, a blank line between paragraphs; the headline is not repeated in it.
        authors: Names in the byline, without agencies.
        section: Section as the page names it.
        tags: Tags or keywords as the page names them.
        image_url: Absolute URL of the main image.
        language: ISO 639-1 code of the text: "hi".
        published_at: When the page says that it was published, UTC. A date without a time is
            midnight in the time zone of the source.
        published_raw: The string that it was read from; kept when the string could not be
            believed and `published_at` is None.
        published_precision: How exact it is.
        date_source: selectors, json_ld, meta, time, feed, sitemap, section, url or text.
        modified_at: When the page says that it was last changed, UTC.
        agencies: Credited agencies, each once, in the order of the places of `Agency`.
        dateline: Place that the report is dated from.
        word_count: Words of `text`.
        content_hash: Hash of `body_key(text)`, 32 hex digits.
        canonical_url: Absolute URL that the page declares for itself, if it is on the same site
            and not a home page.
        extractor: Step that won: selectors, json_ld or generic.
        extractor_version: `EXTRACTOR_VERSION`.
        rights: Reservations against text and data mining or AI use, as "name: value".
        paywalled: Whether the page says that it shows only a part of the article for free.
        next_url: Absolute URL of the next part, where an article is cut into pages.
    """

    title: str
    summary: str | None
    text: str
    authors: tuple[str, ...]
    section: str | None
    tags: tuple[str, ...]
    image_url: str | None
    language: str
    published_at: datetime | None
    published_raw: str | None
    published_precision: Precision | None
    date_source: str | None
    modified_at: datetime | None
    agencies: tuple[Agency, ...]
    dateline: str | None
    word_count: int
    content_hash: str
    canonical_url: str | None
    extractor: str
    extractor_version: str
    rights: tuple[str, ...]
    paywalled: bool = False
    next_url: str | None = None


@dataclass(frozen=True, slots=True)
class NoArticle:
    """Why no article was made of a page.

    Attributes:
        outcome: not_hindi, too_short or no_text.
        detail: Why, in words.
        canonical_url: As in `Extracted`.
    """

    outcome: Outcome
    detail: str
    canonical_url: str | None = None
