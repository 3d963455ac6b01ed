"""From the records of the crawl processes to the rows of one run.

Here belongs the bookkeeping: one outcome for every URL taken up, versions of articles, counts per
source, and the state that the next run goes on from. All of it is a pure function of records,
known URLs and the clock. Not here: where records come from (`crawler`, `lake.spool`) and the
search for copies (`dedup`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field
from datetime import UTC, datetime
from statistics import median
from typing import Any

import pyarrow as pa

from crawler.plan import Entry, Plan, Recheck
from crawler.schedule import after_poll
from crawler.source_model import Source
from lake import ids, schema
from lake.outcomes import Outcome
from lake.tombstones import REDACTED

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class TakenUp:
    """A URL that the run took up: where from, and how often it had been tried before."""

    entry: Entry
    source_id: str
    recheck: Recheck | None = None


@dataclass(slots=True)
class Batch:
    """What one run has to publish; copies are not labelled yet.

    Attributes:
        articles: Rows of `lake.schema.ARTICLES`.
        fetches: Rows of `lake.schema.FETCHES`: one for every URL taken up.
        source_runs: Rows of `lake.schema.SOURCE_RUNS`.
        state: Rows of `lake.schema.STATE`: every feed, polled in this run or not.
    """

    articles: list[Row] = field(default_factory=list)
    fetches: list[Row] = field(default_factory=list)
    source_runs: list[Row] = field(default_factory=list)
    state: list[Row] = field(default_factory=list)

    @property
    def outcomes(self) -> dict[str, int]:
        """Number of URLs by outcome; they add up to the URLs taken up."""
        return dict(Counter(str(row["outcome"]) for row in self.fetches))

    @property
    def empty(self) -> bool:
        """Whether the run has nothing to record."""
        return not (self.fetches or self.source_runs)


def parse_times(row: Mapping[str, Any], columns: Iterable[schema.Column]) -> Row:
    """Turns the ISO 8601 strings of a JSON record into datetimes, by the columns' types."""
    parsed = dict(row)
    for column in columns:
        value = parsed.get(column.name)
        if column.type == schema.TIME and isinstance(value, str):
            parsed[column.name] = datetime.fromisoformat(value)
    return parsed


def table(rows: Sequence[Row], dataset: schema.Dataset) -> pa.Table:
    """Rows to an Arrow table of the dataset's schema; columns that a row lacks are null."""
    return pa.Table.from_pylist(list(rows), schema=dataset.schema)


def taken_up(plan: Plan) -> dict[str, TakenUp]:
    """The URLs that a plan alone makes a run take up: pending and due, or looked at again."""
    found: dict[str, TakenUp] = {}
    for source_id, entries in plan.pending.items():
        for entry in entries:
            if entry.not_before is None or entry.not_before <= plan.now:
                found.setdefault(entry.url_id, TakenUp(entry, source_id))
    for recheck in plan.rechecks:
        entry = Entry(
            url_id=recheck.url_id,
            url=recheck.url,
            requested_url=recheck.requested_url or recheck.url,
            title=None,
            published_at=None,
            published_raw=None,
            first_listed_at=recheck.first_listed_at or plan.now,
        )
        found.setdefault(entry.url_id, TakenUp(entry, recheck.source_id, recheck))
    return found


def taken_up_by_feeds(feed_records: Iterable[Row]) -> dict[str, TakenUp]:
    """The URLs that were taken up because a feed listed them."""
    found: dict[str, TakenUp] = {}
    for record in feed_records:
        for listed in record["taken_up"]:
            entry = Entry.from_json({**listed, "discovered_from": record["feed_url"]})
            found.setdefault(entry.url_id, TakenUp(entry, str(record["source_id"])))
    return found


def _deferred(url: TakenUp, now: datetime) -> Row:
    entry = url.entry
    return {
        "url_id": entry.url_id,
        "url": entry.url,
        "requested_url": entry.requested_url,
        "source_id": url.source_id,
        "discovered_from": entry.discovered_from,
        "title": entry.title,
        "listed_published_at": entry.published_at,
        "listed_published_raw": entry.published_raw,
        "first_listed_at": entry.first_listed_at,
        "fetched_at": now,
        "outcome": Outcome.DEFERRED.value,
        "final": False,
        "tries": entry.tries,
        "next_try_at": now,
        "detail": "the crawl process ended before it came to this URL",
    }


def one_per_url(records: Iterable[Row]) -> dict[str, tuple[Row, Row | None]]:
    """The one record that counts for each url_id: a final one, else the newest.

    A URL has several when a run adopts the spool of one that died and tries again.
    """
    best: dict[str, tuple[Row, Row | None]] = {}
    for record in records:
        fetch = parse_times(record["fetch"], schema.FETCHES.columns)
        article = record.get("article")
        parsed = parse_times(article, schema.ARTICLES.columns) if article else None
        held = best.get(fetch["url_id"])
        if held is None or _rank(fetch) > _rank(held[0]):
            best[fetch["url_id"]] = (fetch, parsed)
    return best


def _rank(fetch: Row) -> tuple[bool, datetime]:
    # `deferred` says nothing of the page, so any other outcome is better news.
    return bool(fetch["final"]), fetch["fetched_at"]


class _Versions:
    """Which version of which URL is the newest, as rows are accepted one after the other."""

    def __init__(self, known: Mapping[str, Row]) -> None:
        self._known = known
        self._accepted: dict[str, Row] = {}

    def accept(self, fetch: Row, article: Row, run_id: str) -> Row | None:
        """Completes an article row and the outcome of its fetch; None if it is no news."""
        url_id = article["url_id"]
        twin = self._accepted.get(url_id)
        if twin is not None:
            fetch["outcome"], fetch["article_id"] = Outcome.DUPLICATE_URL.value, twin["article_id"]
            fetch["detail"] = f"the same article as {twin['requested_url']}"
            return None
        before = self._known.get(url_id)
        if before is not None and before["article_id"] is None:
            before = None
        if before is not None and before["content_hash"] == article["content_hash"]:
            same_url = fetch["url_id"] == url_id
            outcome = Outcome.UNCHANGED if same_url else Outcome.DUPLICATE_URL
            fetch["outcome"], fetch["article_id"] = outcome.value, before["article_id"]
            return None
        version = 1 if before is None else int(before["version"]) + 1
        row = {
            **article,
            "version": version,
            "supersedes": None if before is None else before["article_id"],
            "article_id": ids.article_id(url_id, version, article["content_hash"]),
            "run_id": run_id,
        }
        if before is not None:
            # When it was first listed is a fact about the URL, and a later look does not see it.
            row["first_listed_at"] = before.get("first_listed_at") or row.get("first_listed_at")
        fetch["outcome"] = (Outcome.PUBLISHED if before is None else Outcome.UPDATED).value
        fetch["article_id"] = row["article_id"]
        self._accepted[url_id] = row
        return row


def is_forgotten(fetch: Row, article: Row | None, forgotten: Set[str]) -> bool:
    """Whether a fetch, or the article that was made of it, is about a URL that was taken down."""
    names = {fetch["url_id"], fetch.get("article_url_id"), (article or {}).get("url_id")}
    return not names.isdisjoint(forgotten)


def _forget(fetch: Row) -> None:
    """Takes out of a fetch what was made of the page, and makes it final."""
    fetch |= dict.fromkeys(("article_id", "next_try_at", *REDACTED))
    fetch |= {"outcome": Outcome.FORGOTTEN.value, "final": True}


def settle(
    run_id: str,
    now: datetime,
    taken: Mapping[str, TakenUp],
    records: Iterable[Row],
    known: Mapping[str, Row],
    forgotten: Set[str] = frozenset(),
) -> tuple[list[Row], list[Row]]:
    """Gives every URL taken up its one outcome, and every article its version.

    Args:
        run_id: The run that publishes.
        now: The clock.
        taken: Every URL taken up, by url_id.
        records: ``url`` records of the crawl processes, complete ones only.
        known: Rows of `lake.schema.KNOWN` for the URLs at hand, by url_id, read after the crawl.
        forgotten: url_ids that were taken down: no article is made of them.

    Returns:
        The rows of fetches and of articles.
    """
    best = one_per_url(records)
    versions = _Versions(known)
    fetches: list[Row] = []
    articles: list[Row] = []
    # Oldest first, so that of two addresses of one article the first fetched is published.
    for fetch, article in sorted(best.values(), key=lambda pair: pair[0]["fetched_at"]):
        url = taken.get(fetch["url_id"])
        if is_forgotten(fetch, article, forgotten):
            _forget(fetch)
            fetches.append({**fetch, "run_id": run_id})
            continue
        before = known.get(fetch["url_id"])
        if before is not None and (url is None or url.recheck is None) and article is None:
            # Done with by another run meanwhile: nothing is owed for it.
            fetch["final"], fetch["next_try_at"] = True, None
        if article is not None:
            row = versions.accept(fetch, article, run_id)
            if row is not None:
                articles.append(row)
        if url is not None and url.recheck is not None:
            # The article stands whatever this answer was; when to look again goes by its age.
            fetch["final"], fetch["next_try_at"] = True, None
            fetch["article_url_id"] = fetch.get("article_url_id") or fetch["url_id"]
        fetches.append({**fetch, "run_id": run_id})
    for url_id, url in taken.items():
        if url_id not in best:
            row = _deferred(url, now)
            if url_id in forgotten:
                _forget(row)
            if url.recheck is not None:
                row["final"], row["next_try_at"] = True, None
            fetches.append({**row, "run_id": run_id})
    return fetches, articles


def _pending_after(
    row: Row, taken: Mapping[str, TakenUp], fetches: Mapping[str, Row], known: Mapping[str, Row]
) -> list[Row]:
    """The entries that one feed still owes, with their tries."""
    owed: dict[str, Row] = {p["url_id"]: p for p in row["pending"] or []}
    for url in taken.values():
        if url.recheck is None and url.entry.discovered_from == row["feed_url"]:
            entry = url.entry
            owed.setdefault(
                entry.url_id,
                {
                    "url_id": entry.url_id,
                    "url": entry.url,
                    "requested_url": entry.requested_url,
                    "title": entry.title,
                    "published_at": entry.published_at,
                    "published_raw": entry.published_raw,
                    "first_listed_at": entry.first_listed_at,
                    "tries": entry.tries,
                    "not_before": None,
                },
            )
    left = []
    for url_id, entry_row in owed.items():
        fetch = fetches.get(url_id)
        if fetch is None:
            if url_id not in known:
                left.append(entry_row)
        elif not fetch["final"]:
            tried = {"tries": fetch["tries"], "not_before": fetch["next_try_at"]}
            left.append({**entry_row, **tried})
    return left


def state_after(
    before: Iterable[Row],
    feed_records: Iterable[Row],
    sources: Mapping[str, Source],
    taken: Mapping[str, TakenUp],
    fetches: Iterable[Row],
    known: Mapping[str, Row],
) -> list[Row]:
    """The state that the next run goes on from: every feed, polled now or earlier.

    Args:
        before: Rows of `lake.schema.STATE` of the run before.
        feed_records: ``feed`` records of this run (and of spools that it adopted).
        sources: By id; feeds of sources that are gone keep their row, and their pending entries.
        taken: Every URL taken up, by url_id.
        fetches: The rows that `settle` returned.
        known: As for `settle`.
    """
    rows: dict[tuple[str, str], Row] = {(r["source_id"], r["feed_url"]): dict(r) for r in before}
    for record in sorted(feed_records, key=lambda r: str(r["polled_at"])):
        key = (str(record["source_id"]), str(record["feed_url"]))
        source = sources.get(key[0])
        if source is not None:
            polled_at = datetime.fromisoformat(str(record["polled_at"]))
            rows[key] = dict(after_poll(rows.get(key), record, source, polled_at))
    by_url = {row["url_id"]: row for row in fetches}
    for row in rows.values():
        row["pending"] = _pending_after(row, taken, by_url, known)
    return list(rows.values())


def all_unreachable(feed_records: Sequence[Row]) -> bool:
    """Whether every feed of two or more was asked in vain, and none by a fault of its own."""
    reasons = {record["failure"] for record in feed_records}
    hosts = {str(record["feed_url"]).split("/")[2] for record in feed_records}
    return len(hosts) > 1 and reasons <= {"dns", "connect", "timeout"}


def _newest(values: Iterable[datetime | str | None]) -> datetime | None:
    times = [datetime.fromisoformat(v) if isinstance(v, str) else v for v in values if v]
    return max((t.astimezone(UTC) for t in times), default=None)


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
