"""What today's extractor makes of the archive, page by page, beside what was published.

Here belongs the extraction, and what is to be said of it. Nothing is written and no network is
asked. Not here: which pages are read (`flows.repair.archived`), the further pages of an article in
several (`flows.steps.parted`), in what two articles differ (`flows.repair.comparing`), what a
record says (`flows.repair.recording`), publishing it (`flows.repair.correcting`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

import numpy as np
import numpy.typing as npt

from crawler.extract import AgencyBook, Extracted, NoArticle
from crawler.manners.rights import in_headers, merged
from crawler.pages import canonical_for
from crawler.parts import PART_WORDS, Begun
from crawler.records import Record, Work
from crawler.source_model import Source
from crawler.stored import StoredPage, extract_stored
from flows.repair.archived import Lost, Wanted, archived_pages
from flows.repair.comparing import differing, shown
from flows.repair.recording import (
    answer_of,
    entry_of,
    listed_by,
    record_of,
    robots_rights,
    was_moved,
)
from flows.steps.known import known_keys
from flows.steps.older_extractor import source_of
from flows.steps.parted import Parts, joined
from flows.steps.rows import Row, parse_times
from lake import schema
from lake.ids import url_id
from lake.tables import Lake


@dataclass(frozen=True, slots=True)
class Reread:
    """What today's extractor makes of one page.

    Attributes:
        kind: same, changed, new (refused then, an article now), still_refused, refused (an article
            then, and none now), duplicate (an article that goes by another URL), reserved (not
            published, as the deployment honours rights), part_missing (of an article in several
            pages not all are in the archive, so it stays as it is), missing (its archive is not
            there: no longer kept, or lost), damaged (its record cannot be read).
        url: The article's URL, else the page's.
        source_id: Its source.
        fields: Of a changed article, what differs: some of `flows.repair.comparing.COMPARED`.
        before: The differing fields as published; of a new one ``outcome``.
        after: The same as they are now.
        replaces: article_id of the version that was compared.
        record: What a crawl process would have recorded; of changed and new articles.
        lost: Of a missing or damaged page, where it was.
    """

    kind: str
    url: str
    source_id: str
    fields: tuple[str, ...] = ()
    before: Mapping[str, Any] = field(default_factory=dict)
    after: Mapping[str, Any] = field(default_factory=dict)
    replaces: str | None = None
    record: Record | None = None
    lost: Lost | None = None


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads archived pages again.

    Attributes:
        sources: By id.
        agencies: The news agencies.
        min_words: A text with fewer words is too short.
        honour_rights: Whether reserved pages make no article.
        now: The clock, for pages that do not say when they were fetched.
        known: url_ids of published articles, as `flows.steps.known.known_keys` has them.
        parts: Finds the further pages of an article in several.
    """

    sources: Mapping[str, Source]
    agencies: AgencyBook
    min_words: int
    honour_rights: bool
    now: datetime
    known: npt.NDArray[np.uint64]
    parts: Parts

    def is_known(self, url_id: str) -> bool:
        """Whether a URL is that of a published article."""
        key = known_keys([url_id])[0]
        at = int(np.searchsorted(self.known, key))
        return at < len(self.known) and bool(self.known[at] == key)

    def read(self, page: StoredPage, wanted: Wanted) -> Reread:
        """Makes an article of a page and compares it with what was published."""
        fetch, article = wanted.fetch, wanted.article
        source = source_of(fetch, self.sources)
        made = extract_stored(
            page,
            source,
            now=self.now,
            agencies=self.agencies,
            listed=listed_by(fetch, source),
            min_words=self.min_words,
        )
        url = article["url"] if article else fetch["url"]
        if isinstance(made, NoArticle):
            return _refused(made, url, fetch, article)
        rights = merged(robots_rights(article), in_headers(page.headers), made.rights)
        if rights and self.honour_rights:
            return Reread("reserved", url, source.id)
        begun = Begun(replace(made, rights=rights), answer_of(fetch), was_moved(fetch), (page.url,))
        begun, missing = self._joined(begun, wanted, source)
        if article is not None and isinstance(missing, NoArticle):
            return _refused(missing, url, fetch, article)
        if article is not None and missing is not None:
            told = {"title": article["title"]}
            return Reread("part_missing", url, source.id, (), told, {"part": missing})
        made = begun.made
        work = Work(entry_of(fetch), source)
        if article is None:
            responded = fetch["responded_url"] if begun.redirected else None
            url = canonical_for(work, made.canonical_url, responded)
            if self.is_known(url_id(url)):
                return Reread("duplicate", url, source.id)
        record = record_of(work, begun, url, wanted)
        if article is None:
            after = {"title": made.title, "words": made.word_count}
            before = {"outcome": fetch["outcome"]}
            return Reread("new", url, source.id, (), before, after, None, record)
        now = parse_times(record["article"], schema.ARTICLES.columns)
        fields = differing(article, now)
        if not fields:
            return Reread("same", url, source.id)
        return Reread(
            "changed",
            url,
            source.id,
            fields,
            {name: shown(article, name) for name in fields},
            {name: shown(now, name) for name in fields},
            article["article_id"],
            record,
        )

    def _joined(
        self, begun: Begun, wanted: Wanted, source: Source
    ) -> tuple[Begun, NoArticle | str | None]:
        """An article with its further pages, and what it lacks: see `flows.steps.parted.joined`."""
        row = wanted.article or wanted.fetch

        def read(page: StoredPage) -> Extracted | NoArticle:
            return extract_stored(
                page, source, now=self.now, agencies=self.agencies, min_words=PART_WORDS
            )

        place = row["warc_file"], row["warc_offset"]
        return joined(begun, self.parts, place, source, read, honour=self.honour_rights)


def reread(
    lake: Lake,
    reader: Reader,
    *,
    only: Sequence[str] | None = None,
    since: date | None = None,
    until: date | None = None,
) -> Iterator[Reread]:
    """Reads archived pages again.

    `flows.repair.archived.archived_pages` says which, and their order.

    Args:
        lake: Where articles and pages are.
        reader: How they are read.
        only: Ids of sources; None: all.
        since: First crawl date.
        until: Last crawl date, included.
    """
    pages = archived_pages(lake, reader.is_known, only=only, since=since, until=until)
    new: set[str] = set()
    for wanted, page in pages:
        if isinstance(page, Lost):
            kind = "missing" if page.file_missing else "damaged"
            yield Reread(kind, wanted.fetch["url"], wanted.fetch["source_id"], lost=page)
            continue
        made = reader.read(page, wanted)
        if made.kind == "new" and made.url in new:  # One article under two addresses.
            made = Reread("duplicate", made.url, made.source_id)
        elif made.kind == "new":
            new.add(made.url)
        yield made


def _refused(made: NoArticle, url: str, fetch: Row, article: Row | None) -> Reread:
    if article is None:
        return Reread("still_refused", url, fetch["source_id"])
    told = {"outcome": str(made.outcome), "detail": made.detail}
    return Reread(
        "refused", url, fetch["source_id"], (), {"title": article["title"]}, told,
        article["article_id"],
    )  # fmt: skip
