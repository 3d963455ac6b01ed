"""Merging the run objects of a day, and removing what nobody reads any more.

Here belongs the rewriting of objects that are published already. Every step leaves a lake that
readers see the same rows in: a day file is written first, under a name of its own, and what it
replaces is deleted after; a crash in between is finished by the next time.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

import pyarrow as pa

from lake import ids, keys, parquet
from lake.errors import LakeFormatError
from lake.failpoints import failpoint
from lake.reading.catalog import Catalog, Cover
from lake.reading.distinct import Distinct, Surplus, leave_out
from lake.reading.scan import has_article_ids
from lake.runs.witnesses import committed_once
from lake.schema import ARTICLES, KNOWN, STATE, Dataset
from lake.storage import ObjectInfo
from lake.upkeep.tombstones import NOTHING, Forgotten

RIPE: Final = timedelta(hours=48)
"""A day is merged when its newest run is older than this: hardly anything comes late then."""

LEFT_OVER: Final = timedelta(days=7)
"""So long a run that died has for being published from its spool."""

WRITTEN: Final = timedelta(days=1)
"""No object takes so long to be written: a temporary file that is older is nobody's."""

KEPT_STATES: Final = 3
"""Committed state objects that are kept, for looking into what happened."""


@dataclass(frozen=True, slots=True)
class Compacted:
    """What a compaction did.

    Attributes:
        days: Day files written.
        merged: Objects that went into them.
        deleted: Objects deleted, those of crashes before included.
        repeats: Rows left out because an older run has published them too.
    """

    days: int = 0
    merged: int = 0
    deleted: int = 0
    repeats: int = 0

    def __add__(self, other: Compacted) -> Compacted:
        return Compacted(
            self.days + other.days,
            self.merged + other.merged,
            self.deleted + other.deleted,
            self.repeats + other.repeats,
        )


def compact(
    catalog: Catalog,
    distinct: Distinct,
    now: datetime,
    ripe: timedelta = RIPE,
    forgotten: Forgotten = NOTHING,
) -> Compacted:
    """Merges the run objects of days that are over, and writes out rows that repeat others.

    Args:
        catalog: The lake, seen just now.
        distinct: For the rows that two runs have published.
        now: The clock.
        ripe: How old the newest run object of a day must be.
        forgotten: What was taken down: it does not come along.

    Raises:
        LakeFormatError: If an object is damaged, or a newer version of Taar wrote it: that day is
            left as it is, and told of once all others are merged.
    """
    done = Compacted()
    failed: list[LakeFormatError] = []
    # Articles last: until then the run objects that commit the others are in their place.
    for dataset in keys.BY_RUN:
        surplus: Surplus = {}
        try:
            if has_article_ids(dataset):
                surplus = distinct.surplus(catalog, dataset)
        except LakeFormatError as error:
            failed.append(error)
            continue
        for date in catalog.days(dataset):
            repeats = {r: i for r, i in surplus.items() if ids.crawl_date(r) == date}
            try:
                done += _compact_day(Merge(catalog, dataset, date, repeats, forgotten), now, ripe)
            except LakeFormatError as error:
                failed.append(error)
    if failed:
        first, more = failed[0], len(failed) - 1
        raise LakeFormatError(
            f"{first.what}{f' (and {more} more: `taar verify` names them)' if more else ''}",
            where=first.where,
            remedy=first.remedy,
        ) from first
    return done


def _compact_day(merge: Merge, now: datetime, ripe: timedelta) -> Compacted:
    """Merges one day of a dataset if it is time, or finishes what a crash has left of that."""
    catalog = merge.catalog
    cover = catalog.cover(merge.dataset, merge.date)
    newest = max((p.run_id for p in cover.pieces if p.run_id), default=None)
    over = newest is not None and ids.run_time(newest) <= now - ripe
    due = over or bool(merge.repeats) or any(p.runs for p in cover.pieces)
    if due and cover.pieces:
        merged = catalog.days(merge.dataset)[merge.date].merged
        return merge.write(cover, ids.new_run_id(now, max(merged, default=None)))
    if cover.redundant:
        catalog.storage.delete(info.key for info in cover.redundant)
    return Compacted(deleted=len(cover.redundant))


@dataclass(frozen=True, slots=True)
class Merge:
    """What to merge: one dataset and crawl date, less repeated rows and what was taken down."""

    catalog: Catalog
    dataset: Dataset
    date: str
    repeats: Surplus
    forgotten: Forgotten

    def write(self, cover: Cover, generation: str) -> Compacted:
        """Writes the day file, then deletes what it replaces."""
        tables: list[pa.Table] = []
        runs: set[str] = set()
        dataset, storage = self.dataset, self.catalog.storage
        for piece in cover.pieces:
            parquet.refuse_newer(self.catalog.footers.of(piece.info), piece.info.key)
            with storage.open_input(piece.info.key, piece.info.size) as source:
                table, _ = parquet.read(source, piece.info.key, dataset, runs=piece.runs)
            tables.append(table)
            runs |= self.catalog.held_by(piece)
        rows = pa.concat_tables(tables)
        kept = leave_out(rows, self.repeats)
        seen = self.forgotten.honour(kept, dataset)
        key = keys.day_key(dataset, self.date, generation)
        data = parquet.encode(parquet.conform(seen, dataset, parquet.runs_metadata(runs)))
        failpoint(f"compact.put.{dataset.name.partition('/')[0]}")
        storage.put(key, data)
        replaced = [*(p.info for p in cover.pieces), *cover.redundant]
        # Where a listing lags, readers would find neither the old nor the new: leave both for now.
        if any(info.key == key for info in storage.list(key)):
            for info in replaced:
                failpoint(f"compact.delete.{dataset.name.partition('/')[0]}")
                storage.delete([info.key])
        else:
            replaced = []
        return Compacted(1, len(cover.pieces), len(replaced), rows.num_rows - kept.num_rows)


def rewrite_day(
    catalog: Catalog, dataset: Dataset, day: str, table: pa.Table, now: datetime
) -> None:
    """Writes a day file of all committed runs of a crawl date, then deletes what it replaces.

    Args:
        catalog: The lake, seen just now.
        dataset: One that is derived from articles, and so may be written anew.
        day: The crawl date.
        table: Its rows, with their ``run_id``.
        now: The clock.
    """
    storage = catalog.storage
    held = catalog.days(dataset).get(day)
    cover = catalog.cover(dataset, day)
    runs = catalog.committed_on(day)
    newest = max(held.merged, default=None) if held is not None else None
    key = keys.day_key(dataset, day, ids.new_run_id(now, newest))
    data = parquet.encode(parquet.conform(table, dataset, parquet.runs_metadata(runs)))
    failpoint(f"rewrite.put.{dataset.name.partition('/')[0]}")
    storage.put(key, data)
    if any(info.key == key for info in storage.list(key)):
        failpoint(f"rewrite.delete.{dataset.name.partition('/')[0]}")
        storage.delete(info.key for info in (*(p.info for p in cover.pieces), *cover.redundant))


@dataclass(frozen=True, slots=True)
class Removed:
    """What `remove_leftovers` removed: objects of dead runs, old generations, temporary files.

    Attributes:
        leftovers: Objects of runs that were never committed.
        generations: Objects that newer ones replace.
        temporary: Files that a kill or a full disk left behind.
        damaged: Runs that were committed and lack their articles, each with the key of an object
            that says so; everything of them stays.
    """

    leftovers: int = 0
    generations: int = 0
    temporary: int = 0
    damaged: Mapping[str, str] = field(default_factory=dict)


def remove_leftovers(
    catalog: Catalog,
    now: datetime,
    age: timedelta = LEFT_OVER,
) -> Removed:
    """Removes objects of runs that were never committed, and generations that nobody reads.

    A run that lost its articles after it was committed is no left-over: it stays as it is. What
    says so may be gone as well, and nothing brings archived pages back: they go by their retention
    alone (`lake.upkeep.days`), whosever they are.

    Args:
        catalog: The lake, seen just now.
        now: The clock.
        age: How long after a run began its objects are left for it to be published after all.

    Raises:
        LakeFormatError: If there are left-overs, and an object that may speak of them is damaged.
    """
    storage = catalog.storage
    dead = {
        info.key: run_id
        for info, run_id in _uncommitted(catalog)
        if ids.run_time(run_id) < now - age
    }
    # One more look, by key: it may have been published from its spool this very moment.
    dead = {
        key: run for key, run in dead.items() if storage.head(keys.run_key(ARTICLES, run)) is None
    }
    damaged = committed_once(catalog, set(dead.values()))
    dead = {key: run for key, run in dead.items() if run not in damaged}
    states = [run for run in catalog.flat(STATE) if catalog.is_committed(run)]
    old = [catalog.flat(STATE)[run].key for run in states[:-KEPT_STATES]]
    for dataset in (KNOWN, *keys.DERIVED):
        old += [info.key for info in list(catalog.flat(dataset).values())[:-1]]
    # What speaks of a damaged run has to speak of it the next time too.
    old = [key for key in old if key not in damaged.values()]
    failpoint("leftovers.delete")
    storage.delete(dead)
    failpoint("generations.delete")
    storage.delete(old)
    return Removed(len(dead), len(old), storage.sweep(now - min(age, WRITTEN)), damaged)


def _uncommitted(catalog: Catalog) -> Iterable[tuple[ObjectInfo, str]]:
    for dataset in keys.BY_RUN:
        if dataset is ARTICLES:
            continue
        for date, day in catalog.days(dataset).items():
            if day.runs:
                lost = {info.key for info in catalog.cover(dataset, date).uncommitted}
                yield from ((info, run) for run, info in day.runs.items() if info.key in lost)
    for run, info in catalog.flat(STATE).items():
        if not catalog.is_committed(run):
            yield info, run
