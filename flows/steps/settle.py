"""One outcome for every URL taken up, one version for every article.

A pure function of records, known URLs and the clock. Not here: where records come from
(`crawler`, `flows.steps.records`), what an outcome means (`lake.outcomes`) and the search for
copies (`flows.steps.labels`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Set
from datetime import datetime

from flows.steps.rows import Row, parse_times
from flows.steps.taken import TakenUp
from lake import ids, schema
from lake.outcomes import Outcome
from lake.upkeep.tombstones import REDACTED


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
