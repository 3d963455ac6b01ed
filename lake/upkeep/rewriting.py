"""Taking what was forgotten out of the datasets that are kept whole.

Here belongs the rewriting of state, the index of known URLs, derived datasets and the tombstones
themselves. Not here: days of rows, archived pages, and the order of it all
(`lake.upkeep.forgetting`).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc

from lake import ids, keys, parquet
from lake.errors import LakeFormatError
from lake.failpoints import failpoint
from lake.schema import KNOWN, STATE, TOMBSTONES, Dataset

if TYPE_CHECKING:
    from lake.tables import Lake
    from lake.upkeep.tombstones import Forgotten


def rewrite_state(lake: Lake, forgotten: Forgotten, *, writes: bool) -> tuple[int, int]:
    """Takes pending entries out of every state object that is kept, in place.

    One that is damaged stays as it is, with a warning: nobody can read it, but its bytes are there
    until somebody deletes it.

    Args:
        lake: The lake; the caller holds its lock.
        forgotten: What was taken down.
        writes: Whether anything is changed.

    Returns:
        The number of entries, and of objects.
    """
    return _rewrite(lake, STATE, forgotten, _pending, (parquet.COMMITS,), writes=writes)


def _pending(table: pa.Table) -> int:
    return int(pc.sum(pc.list_value_length(table.column("pending"))).as_py() or 0)


def rewrite_known(lake: Lake, forgotten: Forgotten, *, writes: bool) -> tuple[int, int]:
    """Takes rows out of the index, in place: tombstones say that these URLs are done with.

    Args:
        lake: The lake; the caller holds its lock.
        forgotten: What was taken down.
        writes: Whether anything is changed.

    Returns:
        The number of rows, and of objects.
    """
    told = (parquet.INDEXED, parquet.RUNS)
    return _rewrite(lake, KNOWN, forgotten, len, told, writes=writes)


def _rewrite(
    lake: Lake,
    dataset: Dataset,
    forgotten: Forgotten,
    count: Callable[[pa.Table], int],
    told: tuple[bytes, ...],
    *,
    writes: bool,
) -> tuple[int, int]:
    """Writes each object anew that counts more than it should; keeps what its metadata told."""
    most = objects = 0
    for info in lake.catalog().flat(dataset).values():
        try:
            with lake.storage.open_input(info.key, info.size) as source:
                table, metadata = parquet.read(source, info.key, dataset)
        except LakeFormatError as error:
            if dataset is not STATE:
                raise
            lake.footers.warn_once(info, error)
            continue
        kept = forgotten.honour(table, dataset)
        gone = count(table) - count(kept)
        if not gone:
            continue
        most, objects = max(most, gone), objects + 1
        if writes:
            parquet.refuse_newer(metadata, info.key)
            own = {name: metadata[name] for name in told if name in metadata}
            failpoint(f"forget.{dataset.name}")
            lake.storage.put(info.key, parquet.encode(parquet.conform(kept, dataset, own)))
    return most, objects


def rewrite_derived(
    lake: Lake, forgotten: Forgotten, now: datetime, *, writes: bool
) -> tuple[int, int]:
    """Writes derived datasets that name such articles anew; what follows from it `link` derives.

    Args:
        lake: The lake; the caller holds its lock.
        forgotten: What was taken down.
        now: The clock.
        writes: Whether anything is changed.

    Returns:
        The number of rows, and of objects.
    """
    rows = objects = 0
    for dataset in keys.DERIVED:
        for info in list(lake.catalog().flat(dataset).values())[-1:]:
            with lake.storage.open_input(info.key, info.size) as source:
                table, _ = parquet.read(source, info.key, dataset)
            kept = forgotten.honour(table, dataset)
            if kept.num_rows < table.num_rows:
                rows, objects = rows + table.num_rows - kept.num_rows, objects + 1
                if writes:
                    failpoint("forget.derived")
                    lake.write_derived(dataset, kept, lake.new_run_id(now))
    return rows, objects


def merge_tombstones(lake: Lake, now: datetime) -> None:
    """Puts all tombstones into one object; all count together, so a crash here does no harm.

    Args:
        lake: The lake; the caller holds its lock.
        now: The clock, for the generation.
    """
    infos = lake.catalog().flat(TOMBSTONES)
    if len(infos) < 2:
        return
    tables = []
    for info in infos.values():
        with lake.storage.open_input(info.key, info.size) as source:
            table, metadata = parquet.read(source, info.key, TOMBSTONES)
        parquet.refuse_newer(metadata, info.key)
        tables.append(table)
    by_url: dict[str, dict[str, Any]] = {}
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
