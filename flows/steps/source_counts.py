"""What a run did for each source: counts, freshness, failures.

Here belong the rows of `lake.schema.SOURCE_RUNS`. Not here: what they say of a source's health
(`flows.watch.health`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from statistics import median
from typing import Final

from crawler.source_model import Source
from flows.steps.rows import Row

NOT_ASKED: Final = frozenset({"held", "crawl_delay"})
"""Words of failures that are nobody's: the host asked to be left alone, and it is."""


def source_rows(
    run_id: str,
    now: datetime,
    sources: Mapping[str, Source],
    feed_records: Sequence[Row],
    fetches: Sequence[Row],
    articles: Sequence[Row],
) -> list[Row]:
    """Counts and freshness of every source that the run touched."""
    touched = {str(r["source_id"]) for r in (*feed_records, *fetches)}
    rows = []
    for source_id in sorted(touched):
        feeds = [r for r in feed_records if r["source_id"] == source_id]
        mine = [r for r in fetches if r["source_id"] == source_id]
        made = [a for a in articles if a["source_id"] == source_id]
        source = sources.get(source_id)
        rows.append(
            {
                "run_id": run_id,
                "source_id": source_id,
                "source_name": source.name if source else source_id,
                "started_at": now,
                "feeds_polled": len(feeds),
                "feeds_not_modified": sum(r["status"] == "not_modified" for r in feeds),
                "feeds_failed": sum(r["status"] == "failed" for r in feeds),
                "entries": sum(r["entries"] for r in feeds),
                "new_entries": sum(len(r["taken_up"]) for r in feeds),
                "taken_up": len(mine),
                "outcomes": sorted(Counter(str(r["outcome"]) for r in mine).items()),
                "published": len(made),
                "with_date": sum(a.get("published_at") is not None for a in made),
                "with_author": sum(bool(a.get("authors")) for a in made),
                "with_agency": sum(bool(a.get("agencies")) for a in made),
                "median_words": round(median(a["word_count"] for a in made)) if made else None,
                "newest_at": _newest(
                    [*(r.get("newest_at") for r in feeds), *(a.get("published_at") for a in made)]
                ),
                "errors": [
                    f"{r['feed_url']}: {r['failure']}" + (f": {r['detail']}" if r["detail"] else "")
                    for r in feeds
                    if r["status"] == "failed"
                ],
            }
        )
    return rows


def failure_word(error: str) -> str:
    """The failure in a line of `errors`: ``URL: failure: detail``."""
    return [*error.split(": ", 2), "", ""][1]


def failure_detail(error: str) -> str:
    """What a line of ``errors`` tells behind that word; the word itself where it tells no more."""
    return error.split(": ", 2)[-1]


def _newest(values: Iterable[datetime | str | None]) -> datetime | None:
    times = [datetime.fromisoformat(v) if isinstance(v, str) else v for v in values if v]
    return max((t.astimezone(UTC) for t in times), default=None)
