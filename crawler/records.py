"""Records: what a crawl process hands to the flow, one JSON line each.

Here belongs their form: a ``feed`` record for each poll, a ``url`` record for each URL taken up,
and the rule by which an outcome becomes a next try. Not here: when they are written
(`crawler.ledger`), the file (`lake.runs.records`).

Times are ISO 8601 in UTC with microseconds. A ``url`` record holds the columns of
`lake.schema.FETCHES` and, if an article was made, those of `lake.schema.ARTICLES`, each without
what only the publishing run can know.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from crawler.extract.result import Extracted
from crawler.plan import Entry, FeedTask, Recheck, from_time
from crawler.source_model import Source
from lake.outcomes import RULES, Outcome, next_try

Record = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Work:
    """A URL that was taken up.

    Attributes:
        entry: The entry; of a recheck, what is known of the article's URL.
        source: Its source.
        recheck: If the URL is that of a published article.
    """

    entry: Entry
    source: Source
    recheck: Recheck | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """What the server answered.

    Attributes:
        url: The URL that answered, after redirects.
        status: HTTP status code.
        size: Bytes of the body, decoded.
        duration_ms: From request to last byte, milliseconds.
        etag: Its ETag.
        last_modified: Its Last-Modified.
        warc_file: Key of the WARC object with the raw response.
        warc_offset: Byte offset of the response record in it.
    """

    url: str
    status: int
    size: int = 0
    duration_ms: int | None = None
    etag: str | None = None
    last_modified: str | None = None
    warc_file: str | None = None
    warc_offset: int | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """How the work on one URL ended.

    Attributes:
        outcome: The outcome.
        detail: Why, in words.
        answer: What the server answered, if it did.
        canonical: Canonical URL of the article and its hash, where the article goes by another
            URL than the one taken up.
        article: The article, with `Outcome.PUBLISHED` or `Outcome.UPDATED`.
        not_before: The server's own word for when to come again (Retry-After).
        behind: A canonical URL and its hash that the page stands back for while that one is being
            asked; the verdict holds if no article comes of it.
        led_on: Of what is deferred: whether it was asked for, and a redirect led to a host that is
            not to be asked now. It counts as a try, for its own host wants nobody to wait.
    """

    outcome: Outcome
    detail: str | None = None
    answer: Answer | None = None
    canonical: tuple[str, str] | None = None
    article: Extracted | None = None
    not_before: datetime | None = None
    behind: tuple[str, str] | None = None
    led_on: bool = False


def feed_record(
    task: FeedTask,
    now: datetime,
    *,
    status: str,
    failure: str | None = None,
    detail: str | None = None,
    answer: Answer | None = None,
    keep_validators: bool = True,
    body_hash: str | None = None,
    listed: Sequence[str] = (),
    newest_at: datetime | None = None,
    taken_up: Sequence[Entry] = (),
    not_before: datetime | None = None,
) -> Record:
    """The record of one poll.

    Args:
        task: What was polled.
        now: The clock.
        status: ok, not_modified or failed.
        failure: One word, if it failed: dns, connect, timeout, http_4xx, http_5xx, robots,
            blocked_address, off_site, redirected_home, too_large, not_a_feed, no_links, error; and
            held: it was not asked for, because its host wants to be left alone; crawl_delay:
            because the Crawl-delay of its host left no time for it.
        detail: Why, in words.
        answer: What the server answered, if it did.
        keep_validators: Whether the next poll may send this answer's ETag and Last-Modified.
        body_hash: Hash of the body, if it was parsed.
        listed: url_ids of what it lists.
        newest_at: Newest publication time in it.
        taken_up: Entries that this poll made the run take up.
        not_before: When the server wants to be asked again (Retry-After).
    """
    validators = answer if answer is not None and keep_validators else None
    return {
        "kind": "feed",
        "source_id": task.source_id,
        "feed_url": task.url,
        "feed_kind": task.kind,
        "polled_at": from_time(now),
        "status": status,
        "failure": failure,
        "detail": detail,
        "http_status": answer.status if answer else None,
        "etag": validators.etag if validators else None,
        "last_modified": validators.last_modified if validators else None,
        "body_hash": body_hash,
        "entries": len(listed),
        "newest_at": from_time(newest_at),
        "listed": list(listed),
        "taken_up": [entry.to_json() for entry in taken_up],
        "not_before": from_time(not_before),
    }


def url_record(work: Work, verdict: Verdict, now: datetime) -> Record:
    """The record of one URL taken up.

    Args:
        work: The URL.
        verdict: How it ended.
        now: When that was known.
    """
    entry, answer = work.entry, verdict.answer
    outcome, final, tries, next_try_at = _fate(work, verdict, now)
    detail = verdict.detail
    if outcome is not verdict.outcome:
        detail = f"{verdict.outcome}: {detail}" if detail else str(verdict.outcome)
    canonical_url, article_url_id = verdict.canonical or (
        (entry.url, entry.url_id) if verdict.article or work.recheck else (None, None)
    )
    fetch: Record = {
        "url_id": entry.url_id,
        "url": entry.url,
        "requested_url": entry.requested_url,
        "responded_url": answer.url if answer else None,
        "canonical_url": canonical_url,
        "article_url_id": article_url_id,
        "article_id": work.recheck.article_id
        if outcome is Outcome.UNCHANGED and work.recheck
        else None,
        "source_id": work.source.id,
        "discovered_from": entry.discovered_from,
        "title": entry.title,
        "listed_published_at": from_time(entry.published_at),
        "listed_published_raw": entry.published_raw,
        "first_listed_at": from_time(entry.first_listed_at),
        "fetched_at": from_time(now),
        "outcome": str(outcome),
        "final": final,
        "tries": tries,
        "next_try_at": from_time(next_try_at),
        "detail": detail,
        "http_status": answer.status if answer else None,
        "bytes": answer.size if answer else None,
        "duration_ms": answer.duration_ms if answer else None,
        "etag": answer.etag if answer else None,
        "last_modified": answer.last_modified if answer else None,
        "warc_file": answer.warc_file if answer else None,
        "warc_offset": answer.warc_offset if answer else None,
    }
    article = None
    if verdict.article is not None and canonical_url is not None:
        article = _article(work, verdict.article, fetch, canonical_url, article_url_id)
    return {"kind": "url", "fetch": fetch, "article": article}


def _fate(
    work: Work, verdict: Verdict, now: datetime
) -> tuple[Outcome, bool, int, datetime | None]:
    """Outcome, whether it is final, tries, and when to try again."""
    outcome = verdict.outcome
    if work.recheck is not None:
        # The article stands, whatever this answer was; its age decides when to look again.
        return outcome, True, 1, None
    if outcome is Outcome.DEFERRED:
        return outcome, False, work.entry.tries + verdict.led_on, verdict.not_before or now
    tries = work.entry.tries + 1
    wait = next_try(outcome, tries)
    if wait is not None:
        return outcome, False, tries, max(now + wait, verdict.not_before or now)
    final = outcome if RULES[outcome].final else Outcome.GAVE_UP
    return final, True, tries, None


def _article(work: Work, made: Extracted, fetch: Record, url: str, url_id: str | None) -> Record:
    return {
        "url_id": url_id,
        "url": url,
        "requested_url": fetch["requested_url"],
        "responded_url": fetch["responded_url"],
        "discovered_from": fetch["discovered_from"],
        "source_id": work.source.id,
        "source_name": work.source.name,
        "title": made.title,
        "summary": made.summary,
        "text": made.text,
        "authors": list(made.authors),
        "section": made.section,
        "tags": list(made.tags),
        "image_url": made.image_url,
        "language": made.language,
        "published_at": from_time(made.published_at),
        "published_raw": made.published_raw,
        "published_precision": made.published_precision,
        "date_source": made.date_source,
        "modified_at": from_time(made.modified_at),
        # Of a recheck it may be unknown, and the time of the look is not it.
        "first_listed_at": (
            from_time(work.recheck.first_listed_at) if work.recheck else fetch["first_listed_at"]
        ),
        "fetched_at": fetch["fetched_at"],
        "agencies": [{"id": a.id, "evidence": a.evidence, "place": a.place} for a in made.agencies],
        "dateline": made.dateline,
        "word_count": made.word_count,
        "content_hash": made.content_hash,
        "rights": list(made.rights),
        "extractor": made.extractor,
        "extractor_version": made.extractor_version,
        "warc_file": fetch["warc_file"],
        "warc_offset": fetch["warc_offset"],
    }
