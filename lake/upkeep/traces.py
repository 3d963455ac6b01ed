"""Everything in a lake that is about some URLs.

Here belongs the search over committed objects, hidden rows included, and what it finds. Not here:
removing it (`lake.upkeep.forgetting`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from lake import ids
from lake.outcomes import Outcome
from lake.reading.scan import Scan, query_of
from lake.schema import ARTICLES, FETCHES, FINGERPRINTS, Dataset
from lake.upkeep.tombstones import NOTHING, REDACTED

if TYPE_CHECKING:
    from lake.tables import Lake

_OF_FETCHES: Final = (
    *("run_id", "url_id", "article_url_id", "url", "requested_url", "canonical_url"),
    *("article_id", "outcome"),
    *REDACTED,
)
_OF_ARTICLES: Final = (
    *("run_id", "url_id", "article_id", "url", "requested_url", "warc_file", "warc_offset"),
)

_MADE: Final = frozenset({Outcome.PUBLISHED.value, Outcome.UPDATED.value})

_NAMING: Final = ("run_id", "url_id", "article_url_id", "url", "requested_url")
"""Columns that tell whether a row is about a URL."""

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Removal:
    """What a takedown removed, or would remove.

    Attributes:
        articles: Versions of articles.
        fetches: Rows of fetches that were emptied; the row stays, for the counts.
        fingerprints: Rows.
        records: Records of archived pages that were emptied, requests included.
        pending: Entries of feeds that were still to be fetched.
        known: Rows of the index of known URLs.
        derived: Rows of relations, families and threads.
        objects: Objects rewritten.
        files_missing: WARC files that rows name and that are not there: neither are their records.
    """

    articles: int = 0
    fetches: int = 0
    fingerprints: int = 0
    records: int = 0
    pending: int = 0
    known: int = 0
    derived: int = 0
    objects: int = 0
    files_missing: int = 0

    def to_json(self) -> dict[str, int]:
        """The counts by name."""
        return asdict(self)


@dataclass(slots=True)
class Found:
    """Everything in a lake that is about some URLs.

    Attributes:
        url_ids: All addresses of the articles.
        article_ids: Their versions, those included that only rows of fetches still name.
        urls: The addresses themselves.
        offsets: By WARC file: where responses to them begin.
        dates: By dataset: crawl dates with rows to remove.
        removal: The counts, as far as rows tell them.
    """

    url_ids: set[str] = field(default_factory=set)
    article_ids: set[str] = field(default_factory=set)
    urls: set[str] = field(default_factory=set)
    offsets: dict[str, set[int]] = field(default_factory=lambda: defaultdict(set))
    dates: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    removal: Removal = field(default_factory=Removal)


def find(lake: Lake, url_ids: Iterable[str], urls: Iterable[str] = ()) -> Found:
    """Everything about some URLs that lies in committed objects, hidden or not.

    Args:
        lake: The lake.
        url_ids: Hashes of the URLs, and so of all that goes by them.
        urls: The URLs as people write them, for rows that name them otherwise.

    Returns:
        What was found. Another address of the same article is a URL of it too.
    """
    found = Found(set(url_ids))
    spelled = set(urls)
    while True:  # An address leads to an article, which leads to its other addresses.
        before = len(found.url_ids)
        fetches = _rows(lake, FETCHES, _OF_FETCHES, found.url_ids, spelled)
        articles = _rows(lake, ARTICLES, _OF_ARTICLES, found.url_ids, spelled)
        for row in (*fetches, *articles):
            found.url_ids |= {row["url_id"], row.get("article_url_id") or row["url_id"]}
        if len(found.url_ids) == before:
            break
    prints = _rows(lake, FINGERPRINTS, ("url_id", "run_id"), found.url_ids, ())
    full = [row for row in fetches if any(row[name] is not None for name in REDACTED)]
    for dataset, rows in ((FETCHES, full), (ARTICLES, articles), (FINGERPRINTS, prints)):
        found.dates[dataset.name] = {ids.crawl_date(row["run_id"]) for row in rows}
    for row in (*fetches, *articles):
        names = ("url", "requested_url", "canonical_url")
        found.urls |= {url for name in names if (url := row.get(name)) is not None}
        if row["warc_file"] is not None:
            found.offsets[row["warc_file"]].add(int(row["warc_offset"]))
    there = {row["article_id"] for row in articles}
    # A tombstone that was lost had named the versions that are gone, and rows of fetches still do.
    published = {row["article_id"] for row in fetches if row["outcome"] in _MADE}
    found.article_ids = there | (published - {None})
    found.removal = Removal(articles=len(there), fetches=len(full), fingerprints=len(prints))
    return found


def _rows(
    lake: Lake, dataset: Dataset, columns: Sequence[str], url_ids: set[str], urls: Iterable[str]
) -> list[Row]:
    values = pa.array(sorted(url_ids), pa.string())
    wanted = pc.field("url_id").isin(values)
    if "article_url_id" in columns:
        wanted = wanted | pc.field("article_url_id").isin(values)
    spelled = pa.array(sorted(urls), pa.string())
    if len(spelled):
        wanted = wanted | pc.field("url").isin(spelled) | pc.field("requested_url").isin(spelled)
    # Most objects hold nothing of the kind: their ids tell, and are a small part of them.
    named = [c for c in _NAMING if c in columns and (len(spelled) or c.endswith("_id"))]
    runs = {row["run_id"] for row in _scan(lake, dataset, named, wanted, None)}
    return _scan(lake, dataset, columns, wanted, runs) if runs else []


def _scan(
    lake: Lake,
    dataset: Dataset,
    columns: Sequence[str],
    wanted: pc.Expression,
    runs: set[str] | None,
) -> list[Row]:
    # Neither tombstones count here nor repetitions: all that is stored is what we look for.
    query = replace(query_of(dataset, columns, filter=wanted, runs=runs), repeats=True)
    scan = Scan(lake.storage, lake.catalog, lake.distinct, query, lambda _: NOTHING)
    return [row for table in scan.tables() for row in table.to_pylist()]
