"""Taking down: removing everything about some URLs for good.

Here belongs the order of a takedown, which a kill at any moment leaves hidden from readers and
`maintain` finishes: the tombstone first, from when on readers leave out what it names; then
archived pages, rows of days, state, the index of known URLs, derived rows. Everything is found
anew from the tombstones, so it can be done again at any time. Not here: what a tombstone hides
(`lake.upkeep.tombstones`), the search (`lake.upkeep.traces`), what is kept whole
(`lake.upkeep.rewriting`), and which URLs a person means (`flows.repair.forget`).
"""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

import pyarrow as pa

from lake import ids, keys, parquet
from lake.failpoints import failpoint
from lake.schema import TOMBSTONES
from lake.upkeep.compaction import Merge
from lake.upkeep.rewriting import merge_tombstones, rewrite_derived, rewrite_known, rewrite_state
from lake.upkeep.tombstones import Forgotten
from lake.upkeep.traces import Found, Removal, find
from lake.upkeep.warcs import emptied, to_empty

if TYPE_CHECKING:
    from lake.tables import Lake


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
    pending, objects = rewrite_state(lake, forgotten, writes=writes)
    removal = replace(removal, pending=pending, objects=removal.objects + objects)
    known, objects = rewrite_known(lake, forgotten, writes=writes)
    removal = replace(removal, known=known, objects=removal.objects + objects)
    derived, objects = rewrite_derived(lake, forgotten, now, writes=writes)
    removal = replace(removal, derived=derived, objects=removal.objects + objects)
    if writes:
        merge_tombstones(lake, now)
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
            merge = Merge(catalog, dataset, date, {}, hidden)
            failpoint(f"forget.rows.{dataset.name.partition('/')[0]}")
            merge.write(catalog.cover(dataset, date), generation)
    return written
