"""Taking down: finding everything about some URLs, and removing it for good.

Here belongs the order of a takedown, which a kill at any moment leaves hidden from readers and
`maintain` finishes: the tombstone first, from when on readers leave out what it names; then
archived pages, rows of days, state, the index of known URLs, derived rows. Everything is found
anew from the tombstones, so it can be done again at any time. Not here: what a tombstone hides
(`lake.tombstones`), and which URLs a person means (`flows.repair.forget`).
"""

from __future__ import annotations

import io
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from lake import ids, keys, parquet
from lake.compaction import Merge
from lake.failpoints import failpoint
from lake.scan import Scan, query_of
from lake.schema import ARTICLES, FETCHES, FINGERPRINTS, KNOWN, STATE, TOMBSTONES, Dataset
from lake.tombstones import NOTHING, REDACTED, Forgotten
from lake.warcs import emptied, to_empty

if TYPE_CHECKING:
    from lake.catalog import Catalog
    from lake.tables import Lake

_OF_FETCHES: Final = (
    *("run_id", "url_id", "article_url_id", "url", "requested_url", "canonical_url"),
    *REDACTED,
)
_OF_ARTICLES: Final = (
    *("run_id", "url_id", "article_id", "url", "requested_url", "warc_file", "warc_offset"),
)

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
        article_ids: Their versions.
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
    found.article_ids = {row["article_id"] for row in articles}
    found.removal = Removal(
        articles=len(found.article_ids), fetches=len(full), fingerprints=len(prints)
    )
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


def bury(lake: Lake, found: Found, now: datetime, reason: str | None) -> str | None:
    """Writes the tombstone; from then on readers leave out what it names.

    Args:
        lake: The lake; the caller holds its lock.
        found: What is to be hidden.
        now: The clock.
        reason: In the words of whoever does it.

    Returns:
        Its key; None if other tombstones say the same already.
    """
    forgotten = lake.forgotten()
    if found.url_ids <= forgotten.url_ids and found.article_ids <= forgotten.article_ids:
        return None
    rows = [
        {
            "url_id": url_id,
            "article_ids": sorted(found.article_ids - forgotten.article_ids),
            "forgotten_at": now,
            "reason": reason,
        }
        for url_id in sorted(found.url_ids)
    ]
    table = pa.Table.from_pylist(rows, schema=TOMBSTONES.schema)
    key = keys.flat_key(TOMBSTONES, lake.new_run_id(now))
    failpoint("forget.tombstone")
    lake.storage.put(key, parquet.encode(parquet.conform(table, TOMBSTONES, {})))
    return key


def remove_forgotten(lake: Lake, now: datetime, *, dry_run: Found | None = None) -> Removal:
    """Removes for good what tombstones hide; does nothing where there is nothing left.

    Args:
        lake: The lake; the caller holds its lock.
        now: The clock.
        dry_run: Only counts, what would go if this were forgotten.

    Returns:
        What was removed.
    """
    forgotten = lake.forgotten()
    if dry_run is not None:
        gone = dry_run
        times = dict.fromkeys(gone.url_ids, now)
        forgotten = Forgotten(frozenset(gone.url_ids), frozenset(gone.article_ids), times)
    elif not forgotten:
        return Removal()
    else:
        gone = find(lake, forgotten.url_ids)
        # What was published later under a URL that was forgotten: by a run on another machine.
        if bury(lake, gone, now, None) is not None:
            forgotten = lake.forgotten()
    writes = dry_run is None
    removal = gone.removal
    # The pages first: once the rows are gone nobody knows which records were theirs.
    records, objects = _empty_pages(lake, gone, writes=writes)
    missing = gone.offsets.keys() - {i.key for i in lake.storage.list(f"{keys.PAGES}/")}
    removal = replace(removal, records=records, objects=objects, files_missing=len(missing))
    objects = _rewrite_days(lake, gone, now, writes=writes)
    removal = replace(removal, objects=removal.objects + objects)
    pending, objects = _rewrite_state(lake, forgotten, writes=writes)
    removal = replace(removal, pending=pending, objects=removal.objects + objects)
    known, objects = _rewrite_known(lake, forgotten, writes=writes)
    removal = replace(removal, known=known, objects=removal.objects + objects)
    derived, objects = _rewrite_derived(lake, forgotten, now, writes=writes)
    removal = replace(removal, derived=derived, objects=removal.objects + objects)
    if writes:
        _merge_tombstones(lake, now)
    return removal


def _empty_pages(lake: Lake, found: Found, *, writes: bool) -> tuple[int, int]:
    """Empties records in WARC files, in place: an object is replaced whole or not at all."""
    storage, catalog = lake.storage, lake.catalog()
    there = {info.key for info in storage.list(f"{keys.PAGES}/")}
    runs = {key: keys.pages_run(key) for key in there}
    # Nobody's rows lead into the files of runs that were never committed.
    dead = {key for key, run in runs.items() if run is not None and not catalog.is_committed(run)}
    records = objects = 0
    for key in sorted((there & found.offsets.keys()) | dead):
        data = storage.get(key)
        places = to_empty(io.BytesIO(data), found.offsets.get(key, set()), found.urls)
        if not places:
            continue
        records, objects = records + len(places), objects + 1
        if writes:
            failpoint("forget.pages")
            storage.put(key, emptied(data, places))
    return records, objects


def _rewrite_days(lake: Lake, found: Found, now: datetime, *, writes: bool) -> int:
    """Writes the days that hold such rows anew, without them, in the way of compaction."""
    written = 0
    for dataset in keys.BY_RUN:  # Articles last, as always: they commit the others.
        for date in sorted(found.dates.get(dataset.name, ())):
            catalog = lake.catalog()
            day = catalog.days(dataset).get(date)
            if day is None:
                continue
            written += 1
            if not writes:
                continue
            generation = ids.new_run_id(now, max(day.merged, default=None))
            hidden = lake.tombstones.of(catalog)
            merge = Merge(lake.storage, catalog, lake.footers, dataset, date, {}, hidden)
            failpoint(f"forget.rows.{dataset.name.partition('/')[0]}")
            merge.write(catalog.cover(dataset, date), generation)
    return written


def _rewrite_state(lake: Lake, forgotten: Forgotten, *, writes: bool) -> tuple[int, int]:
    """Takes pending entries out of every state object that is kept, in place."""
    entries = objects = 0
    for info in lake.catalog().flat(STATE).values():
        with lake.storage.open_input(info.key, info.size) as source:
            table, metadata = parquet.read(source, info.key, STATE)
        kept = forgotten.honour(table, STATE)
        gone = _pending(table) - _pending(kept)
        if gone:
            entries, objects = max(entries, gone), objects + 1
            if writes:
                _replace(lake, info.key, kept, STATE, metadata, parquet.COMMITS)
    return entries, objects


def _pending(table: pa.Table) -> int:
    return int(pc.sum(pc.list_value_length(table.column("pending"))).as_py() or 0)


def _rewrite_known(lake: Lake, forgotten: Forgotten, *, writes: bool) -> tuple[int, int]:
    """Takes the rows out of the index, in place: tombstones say that these URLs are done with."""
    rows = objects = 0
    for info in lake.catalog().flat(KNOWN).values():
        with lake.storage.open_input(info.key, info.size) as source:
            table, metadata = parquet.read(source, info.key, KNOWN)
        kept = forgotten.honour(table, KNOWN)
        if kept.num_rows < table.num_rows:
            rows, objects = max(rows, table.num_rows - kept.num_rows), objects + 1
            if writes:
                _replace(lake, info.key, kept, KNOWN, metadata, parquet.INDEXED, parquet.RUNS)
    return rows, objects


def _replace(
    lake: Lake,
    key: str,
    table: pa.Table,
    dataset: Dataset,
    metadata: dict[bytes, bytes],
    *kept: bytes,
) -> None:
    parquet.refuse_newer(metadata, key)
    own = {name: metadata[name] for name in kept if name in metadata}
    failpoint(f"forget.{dataset.name}")
    lake.storage.put(key, parquet.encode(parquet.conform(table, dataset, own)))


def _rewrite_derived(
    lake: Lake, forgotten: Forgotten, now: datetime, *, writes: bool
) -> tuple[int, int]:
    """Writes derived datasets that name such articles anew; what follows from it `link` derives."""
    rows = objects = 0
    for dataset in keys.DERIVED:
        catalog: Catalog = lake.catalog()
        newest = list(catalog.flat(dataset).values())[-1:]
        for info in newest:
            with lake.storage.open_input(info.key, info.size) as source:
                table, _ = parquet.read(source, info.key, dataset)
            kept = forgotten.honour(table, dataset)
            if kept.num_rows < table.num_rows:
                rows, objects = rows + table.num_rows - kept.num_rows, objects + 1
                if writes:
                    failpoint("forget.derived")
                    lake.write_derived(dataset, kept, lake.new_run_id(now))
    return rows, objects


def _merge_tombstones(lake: Lake, now: datetime) -> None:
    """Puts all tombstones into one object; all count together, so a crash here does no harm."""
    infos = lake.catalog().flat(TOMBSTONES)
    if len(infos) < 2:
        return
    tables = []
    for info in infos.values():
        with lake.storage.open_input(info.key, info.size) as source:
            table, metadata = parquet.read(source, info.key, TOMBSTONES)
        parquet.refuse_newer(metadata, info.key)
        tables.append(table)
    by_url: dict[str, Row] = {}
    for row in pa.concat_tables(tables).to_pylist():
        held = by_url.setdefault(row["url_id"], row)
        held["article_ids"] = sorted({*held["article_ids"], *row["article_ids"]})
        if row["forgotten_at"] < held["forgotten_at"]:
            held["forgotten_at"], held["reason"] = row["forgotten_at"], row["reason"]
    merged = pa.Table.from_pylist(list(by_url.values()), schema=TOMBSTONES.schema)
    key = keys.flat_key(TOMBSTONES, ids.new_run_id(now, max(infos)))
    failpoint("forget.merge")
    lake.storage.put(key, parquet.encode(parquet.conform(merged, TOMBSTONES, {})))
    if any(info.key == key for info in lake.storage.list(key)):
        lake.storage.delete(info.key for info in infos.values())
