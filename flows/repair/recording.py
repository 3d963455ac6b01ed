"""What a crawl process would have recorded of an archived page, from the rows that tell of it.

Not here: the extraction (`flows.repair.rereading`), and records in general (`crawler.records`).
"""

from __future__ import annotations

from typing import Final

from crawler.extract import EXTRACTOR_VERSION, Listed
from crawler.extract.result import ListedBy
from crawler.parts import Begun
from crawler.plan import Entry, from_time
from crawler.records import Answer, Record, Verdict, Work, url_record
from crawler.source_model import Source
from flows.repair.archived import Wanted
from flows.steps.rows import Row
from lake.ids import url_id
from lake.outcomes import Outcome

_OK: Final = 200
_OF_ROBOTS: Final = "robots.txt:"
_LISTED_BY: Final[dict[str, ListedBy]] = {
    "rss": "feed",
    "sitemap": "sitemap",
    "section": "section",
}


def listed_by(fetch: Row, source: Source) -> Listed:
    """What the listing said of a page."""
    kinds = {feed.url: feed.kind for feed in source.feeds}
    return Listed(
        fetch["title"],
        fetch["listed_published_at"],
        fetch["listed_published_raw"],
        _LISTED_BY[kinds.get(fetch["discovered_from"] or "", "rss")],
    )


def robots_rights(article: Row | None) -> tuple[str, ...]:
    """What robots.txt reserved: the archive does not have it."""
    words = (article or {}).get("rights") or ()
    return tuple(word for word in words if word.startswith(_OF_ROBOTS))


def entry_of(fetch: Row) -> Entry:
    """The entry that a page was fetched for."""
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


def was_moved(fetch: Row) -> bool:
    """Whether another URL answered than the one asked for."""
    return bool(fetch["responded_url"] != fetch["requested_url"])


def answer_of(fetch: Row) -> Answer:
    """The answer of a page, as its row has it."""
    return Answer(
        url=fetch["responded_url"] or fetch["requested_url"],
        status=fetch["http_status"] or _OK,
        size=fetch["bytes"] or 0,
        duration_ms=fetch["duration_ms"],
        etag=fetch["etag"],
        last_modified=fetch["last_modified"],
        warc_file=fetch["warc_file"],
        warc_offset=fetch["warc_offset"],
    )


def record_of(work: Work, begun: Begun, url: str, wanted: Wanted) -> Record:
    """What a crawl process would have recorded of an article.

    Args:
        work: What the page was fetched for.
        begun: The article, with all of its pages.
        url: Its canonical URL.
        wanted: The rows of the page.
    """
    fetch, article = wanted.fetch, wanted.article
    was = f"version {article['extractor_version']}" if article else fetch["outcome"]
    verdict = Verdict(
        Outcome.UPDATED if article else Outcome.PUBLISHED,
        f"extracted again from the archive by version {EXTRACTOR_VERSION}, was {was}",
        begun.answer,
        (url, url_id(url)),
        begun.made,
    )
    record = url_record(work, verdict, fetch["fetched_at"])
    if article:
        record["article"]["first_listed_at"] = from_time(article["first_listed_at"])
    return record
