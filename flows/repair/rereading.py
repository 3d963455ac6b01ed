"""What today's extractor makes of the archive, page by page, beside what was published.

Here belongs the extraction and the comparison. Nothing is written and no network is asked. Not
here: which pages are read (`flows.repair.archived`), publishing what differs
(`flows.repair.correcting`), the question whether an edit is one (`flows.steps.older_extractor`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from crawler.extract import EXTRACTOR_VERSION, AgencyBook, Extracted, Listed, NoArticle
from crawler.extract.result import ListedBy
from crawler.pages import canonical_for
from crawler.plan import Entry, from_time
from crawler.records import Answer, Record, Verdict, Work, url_record
from crawler.rights import in_headers, merged
from crawler.source_model import Source
from crawler.stored import StoredPage, extract_stored
from flows.repair.archived import Lost, Wanted, archived_pages
from flows.steps.known import known_keys
from flows.steps.older_extractor import source_of
from flows.steps.rows import Row, parse_times
from lake import schema
from lake.ids import url_id
from lake.outcomes import Outcome
from lake.tables import Lake

COMPARED: Final = (
    *("text", "title", "published_at", "agencies", "authors", "dateline", "summary"),
    *("section", "tags", "image_url", "modified_at", "rights"),
)
"""What an article is compared in. The text by its content hash, agencies by their ids: a blank or
another piece of evidence is no change."""

_OK: Final = 200
_OF_ROBOTS: Final = "robots.txt:"
_LISTED_BY: Final[dict[str, ListedBy]] = {
    "rss": "feed",
    "sitemap": "sitemap",
    "section": "section",
}


@dataclass(frozen=True, slots=True)
class Reread:
    """What today's extractor makes of one page.

    Attributes:
        kind: same, changed, new (refused then, an article now), still_refused, refused (an article
            then, and none now), duplicate (an article that goes by another URL), reserved (not
            published, as the deployment honours rights), missing (its archive is not there: no
            longer kept, or lost), damaged (its record cannot be read).
        url: The article's URL, else the page's.
        source_id: Its source.
        fields: Of a changed article, what differs: some of `COMPARED`.
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
    """

    sources: Mapping[str, Source]
    agencies: AgencyBook
    min_words: int
    honour_rights: bool
    now: datetime
    known: npt.NDArray[np.uint64]

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
            listed=_listed(fetch, source),
            min_words=self.min_words,
        )
        url = article["url"] if article else fetch["url"]
        if isinstance(made, NoArticle):
            return _refused(made, url, fetch, article)
        if article is not None and made.next_url is not None:
            # In several pages, of which only the first is named: it stays as it was published.
            return Reread("same", url, source.id)
        rights = merged(_robots(article), in_headers(page.headers), made.rights)
        if rights and self.honour_rights:
            return Reread("reserved", url, source.id)
        made = replace(made, rights=rights)
        work = Work(_entry(fetch), source)
        if article is None:
            moved = fetch["responded_url"] != fetch["requested_url"]
            responded = fetch["responded_url"] if moved else None
            url = canonical_for(work, made.canonical_url, responded)
            if self.is_known(url_id(url)):
                return Reread("duplicate", url, source.id)
        record = _record(work, made, url, wanted)
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
            {name: _shown(article, name) for name in fields},
            {name: _shown(now, name) for name in fields},
            article["article_id"],
            record,
        )


def differing(before: Row, after: Row) -> tuple[str, ...]:
    """The fields of `COMPARED` in which two rows of one article differ."""
    return tuple(name for name in COMPARED if _value(before, name) != _value(after, name))


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


def _listed(fetch: Row, source: Source) -> Listed:
    kinds = {feed.url: feed.kind for feed in source.feeds}
    return Listed(
        fetch["title"],
        fetch["listed_published_at"],
        fetch["listed_published_raw"],
        _LISTED_BY[kinds.get(fetch["discovered_from"] or "", "rss")],
    )


def _robots(article: Row | None) -> tuple[str, ...]:
    """What robots.txt reserved: the archive does not have it."""
    words = (article or {}).get("rights") or ()
    return tuple(word for word in words if word.startswith(_OF_ROBOTS))


def _entry(fetch: Row) -> Entry:
    return Entry(
        url_id=fetch["url_id"],
        url=fetch["url"],
        requested_url=fetch["requested_url"],
        title=fetch["title"],
        published_at=fetch["listed_published_at"],
        published_raw=fetch["listed_published_raw"],
        first_listed_at=fetch["first_listed_at"],
        tries=max(fetch["tries"] - 1, 0),
        discovered_from=fetch["discovered_from"],
    )


def _record(work: Work, made: Extracted, url: str, wanted: Wanted) -> Record:
    fetch, article = wanted.fetch, wanted.article
    answer = Answer(
        url=fetch["responded_url"] or fetch["requested_url"],
        status=fetch["http_status"] or _OK,
        size=fetch["bytes"] or 0,
        duration_ms=fetch["duration_ms"],
        etag=fetch["etag"],
        last_modified=fetch["last_modified"],
        warc_file=fetch["warc_file"],
        warc_offset=fetch["warc_offset"],
    )
    was = f"version {article['extractor_version']}" if article else fetch["outcome"]
    verdict = Verdict(
        Outcome.UPDATED if article else Outcome.PUBLISHED,
        f"extracted again from the archive by version {EXTRACTOR_VERSION}, was {was}",
        answer,
        (url, url_id(url)),
        made,
    )
    record = url_record(work, verdict, fetch["fetched_at"])
    if article:
        record["article"]["first_listed_at"] = from_time(article["first_listed_at"])
    return record


def _value(row: Row, name: str) -> object:
    if name == "text":
        return row["content_hash"]
    if name == "agencies":
        return sorted(agency["id"] for agency in row[name] or ())
    return row[name] or None if name != "rights" else sorted(row[name] or ())


def _shown(row: Row, name: str) -> object:
    """A field as a report shows it."""
    if name == "text":
        return f"{row['word_count']} words"
    value = _value(row, name)
    return value.isoformat() if isinstance(value, datetime) else value
