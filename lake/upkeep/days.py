"""Days that are final, and how long the rows of each dataset are kept.

Here belongs the dataset `lake.schema.DAYS`: written when a day has been merged, and before rows
that are no longer kept are removed. Both can be done again at any time; a crash in between is
finished by the next time. Not here: merging (`lake.upkeep.compaction`), and how long what is kept
(`flows.settings`).

The day files of articles are never deleted, but replaced by ones without rows: they name the
runs that are committed, and what other datasets keep of these runs counts by that.

What was removed on purpose stands nowhere else: where rows are gone, nothing tells retention from
loss. So the newest generation lies there twice, under two names: one may be lost.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any, Final

import pyarrow as pa
import pyarrow.parquet as pq

from lake import ids, keys, parquet
from lake.errors import LakeFormatError
from lake.failpoints import failpoint
from lake.schema import ARTICLES, DAYS, FETCHES, FINGERPRINTS, SOURCE_RUNS, Dataset
from lake.upkeep.compaction import RIPE

if TYPE_CHECKING:
    from lake.reading.catalog import Catalog
    from lake.storage import ObjectInfo
    from lake.tables import Lake

COUNTED: Final[tuple[Dataset, ...]] = (ARTICLES, FETCHES, SOURCE_RUNS)

Row = dict[str, Any]

_COPIES: Final = 2
"""Objects with the same rows: one may be lost."""


@dataclass(frozen=True, slots=True)
class Retention:
    """How long what is kept, counted from the crawl date; None: for ever.

    Attributes:
        articles: With them go their fingerprints, and what is derived from them.
        fingerprints: Older articles are no longer compared with new ones.
        fetches: URLs stay known without them.
        source_runs: Counts and freshness.
        pages: Raw responses.
    """

    articles: timedelta | None = None
    fingerprints: timedelta | None = None
    fetches: timedelta | None = None
    source_runs: timedelta | None = None
    pages: timedelta | None = None

    def over(self, now: datetime) -> dict[str, str]:
        """By dataset (or `lake.keys.PAGES`): the first crawl date that is kept."""
        spans = {
            ARTICLES.name: self.articles,
            FINGERPRINTS.name: _shorter(self.fingerprints, self.articles),
            FETCHES.name: self.fetches,
            SOURCE_RUNS.name: self.source_runs,
            keys.PAGES: self.pages,
        }
        return {
            name: (now - span).astimezone(UTC).date().isoformat()
            for name, span in spans.items()
            if span is not None
        }


def _shorter(a: timedelta | None, b: timedelta | None) -> timedelta | None:
    return min((span for span in (a, b) if span is not None), default=None)


@dataclass(frozen=True, slots=True)
class Expired:
    """What retention removed: objects by dataset, and whether articles were among them."""

    objects: Mapping[str, int]

    @property
    def articles(self) -> bool:
        """Whether articles were removed, so that what is derived from them has to follow."""
        return bool(self.objects.get(ARTICLES.name))


def removed_dates(days: pa.Table) -> dict[str, frozenset[str]]:
    """By dataset: the crawl dates whose rows are no longer kept.

    Args:
        days: Rows of `lake.schema.DAYS`.
    """
    found: dict[str, set[str]] = {}
    for row in days.select(["crawl_date", "removed"]).to_pylist():
        for name in row["removed"]:
            found.setdefault(name, set()).add(row["crawl_date"].isoformat())
    return {name: frozenset(dates) for name, dates in found.items()}


def read_days(lake: Lake, catalog: Catalog) -> pa.Table:
    """Rows of `lake.schema.DAYS`: the newest generation."""
    info = next(reversed(catalog.flat(DAYS).values()), None)
    if info is None:
        return DAYS.stored_schema.empty_table()
    return _read(lake, info)


def _read(lake: Lake, info: ObjectInfo) -> pa.Table:
    with lake.storage.open_input(info.key, info.size) as source:
        return parquet.read(source, info.key, DAYS)[0]


def mark_final(lake: Lake, now: datetime, ripe: timedelta = RIPE) -> int:
    """Notes the days that have become final, and those that have changed since all the same.

    Args:
        lake: The lake; the caller holds its lock.
        now: The clock.
        ripe: How long after its end a day is final, if it has been merged.

    Returns:
        Number of days that are final.
    """
    catalog = lake.catalog()
    before = {row["crawl_date"]: row for row in read_days(lake, catalog).to_pylist()}
    rows: dict[date, Row] = {}
    for name in catalog.days(ARTICLES):
        day = date.fromisoformat(name)
        end = datetime.combine(day, time(), UTC) + timedelta(days=1)
        held = before.get(day)
        generation = _merged(catalog, name)
        if generation is None or end + ripe > now:
            if held is not None:
                rows[day] = held
            continue
        if held is not None and held["generation"] == generation:
            rows[day] = held
            continue
        counts = {d.name: _count(lake, catalog, d, name) for d in COUNTED}
        removed = list(held["removed"]) if held is not None else []
        if held is not None:  # What is not kept is still known to have been there.
            counts |= {n: held[n] for n in counts if n in removed}
        runs = len(catalog.committed_on(name))
        rows[day] = {
            "crawl_date": day, "final_at": now, "runs": runs, **counts,
            "generation": generation, "removed": removed,
        }  # fmt: skip
    if rows != before or (rows and not _doubled(lake, catalog)):
        _write(lake, catalog, rows.values(), now)
    return len(rows)


def _doubled(lake: Lake, catalog: Catalog) -> bool:
    """Whether the newest generation lies there twice: a copy may be lost, or of an older Taar."""
    infos = list(catalog.flat(DAYS).values())[-_COPIES:]
    try:
        one, *others = (_read(lake, info) for info in infos)
    except LakeFormatError:
        return False
    return len(infos) == _COPIES and all(one.equals(other) for other in others)


def _merged(catalog: Catalog, name: str) -> str | None:
    """The generation of the day file of articles, if all datasets of the day are merged."""
    for dataset in keys.BY_RUN:
        day = catalog.days(dataset).get(name)
        if day is not None and (day.runs or len(day.merged) > 1):
            return None
    return next(iter(catalog.days(ARTICLES)[name].merged), None)


def _count(lake: Lake, catalog: Catalog, dataset: Dataset, name: str) -> int:
    total = 0
    for piece in catalog.cover(dataset, name).pieces:
        with lake.storage.open_input(piece.info.key, piece.info.size) as source:
            total += pq.read_metadata(source).num_rows
    return total


def _write(lake: Lake, catalog: Catalog, rows: Iterable[Row], now: datetime) -> None:
    older = catalog.flat(DAYS)
    table = pa.Table.from_pylist(list(rows), schema=DAYS.schema)
    data = parquet.encode(parquet.conform(table, DAYS, {}))
    generation = max(older, default=None)
    for _ in range(_COPIES):
        generation = ids.new_run_id(now, generation)
        failpoint("days.put")
        lake.storage.put(keys.flat_key(DAYS, generation), data)
    failpoint("days.delete")
    lake.storage.delete(info.key for info in older.values())


def expire(lake: Lake, retention: Retention, now: datetime) -> Expired:
    """Removes rows and pages of final days that are no longer kept.

    With the pages go those of runs that were never committed, or of which nothing else is left.

    Args:
        lake: The lake; the caller holds its lock, and has built the index of known URLs.
        retention: How long what is kept.
        now: The clock.
    """
    limits = retention.over(now)
    catalog = lake.catalog()
    rows: dict[date, Row] = {r["crawl_date"]: r for r in read_days(lake, catalog).to_pylist()}
    changed = False
    for day, row in rows.items():
        due = {name for name, first in limits.items() if day.isoformat() < first}
        if not due <= set(row["removed"]):
            row["removed"] = sorted({*row["removed"], *due})
            changed = True
    if changed:  # It is told first: who looks in between knows that these may be gone.
        _write(lake, catalog, rows.values(), now)
        catalog = lake.catalog()
    objects: dict[str, int] = {}
    # Articles last, as always: they commit the others.
    for name in (keys.PAGES, *(dataset.name for dataset in keys.BY_RUN)):
        dates = {day.isoformat() for day, row in rows.items() if name in row["removed"]}
        if name == keys.PAGES and name in limits:
            dates |= _undated_pages(lake, catalog, limits[name])
        gone = _remove(lake, catalog, name, dates, now) if dates else 0
        if gone:
            objects[name] = gone
    return Expired(objects)


def _undated_pages(lake: Lake, catalog: Catalog, first: str) -> set[str]:
    """Crawl dates before one that have pages, and no run that is committed."""
    runs = (keys.pages_run(info.key) for info in lake.storage.list(f"{keys.PAGES}/"))
    dates = {ids.crawl_date(run) for run in runs if run is not None}
    return {date for date in dates if date < first and not catalog.committed_on(date)}


def _remove(lake: Lake, catalog: Catalog, name: str, dates: set[str], now: datetime) -> int:
    if name == keys.PAGES:
        listed = [(i.key, keys.pages_run(i.key)) for i in lake.storage.list(f"{keys.PAGES}/")]
        gone = [key for key, run in listed if run is not None and ids.crawl_date(run) in dates]
    elif name == ARTICLES.name:
        return sum(_empty(lake, catalog, day, now) for day in sorted(dates))
    else:
        dataset = next(d for d in keys.BY_RUN if d.name == name)
        gone = [
            info.key
            for day, objects in catalog.days(dataset).items()
            if day in dates
            for info in (*objects.merged.values(), *objects.runs.values())
        ]
    for key in gone:
        failpoint(f"expire.{name.partition('/')[0]}")
        lake.storage.delete([key])
    return len(gone)


def _empty(lake: Lake, catalog: Catalog, day: str, now: datetime) -> int:
    """Puts a day file without rows in place of a day's articles; the runs stay committed."""
    held = catalog.days(ARTICLES).get(day)
    if held is None:
        return 0
    infos = [*held.merged.values(), *held.runs.values()]
    if len(infos) == 1 and not _count(lake, catalog, ARTICLES, day):
        return 0
    metadata = parquet.runs_metadata(catalog.committed_on(day))
    empty = parquet.conform(ARTICLES.stored_schema.empty_table(), ARTICLES, metadata)
    key = keys.day_key(ARTICLES, day, ids.new_run_id(now, max(held.merged, default=None)))
    failpoint("expire.articles")
    lake.storage.put(key, parquet.encode(empty))
    if any(info.key == key for info in lake.storage.list(key)):
        lake.storage.delete(info.key for info in infos)
    return 1
