"""From the tables of a run to sealed objects, and from those to the lake.

Here belongs the order of publication, which makes a run visible whole or not at all: pages,
fetches, source_runs, fingerprints, then articles, which is the commit, then state. Not here: the
seal itself (`lake.runs.spool`).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

from lake import keys, parquet
from lake.failpoints import failpoint
from lake.reading.catalog import Catalog
from lake.runs.sealing import Manifest
from lake.runs.spool import Spool
from lake.schema import (
    ARTICLES,
    FETCHES,
    FINGERPRINTS,
    RUN_ID,
    SOURCE_RUNS,
    STATE,
    Dataset,
)
from lake.storage import Storage
from lake.storage.files import os_errors

_COMMITS: Final = 20
"""How many of the newest commits a state object names, for servers whose listings lag."""


@dataclass(frozen=True, slots=True)
class Tables:
    """What one run publishes; all rows are of that run."""

    articles: pa.Table
    fetches: pa.Table
    source_runs: pa.Table
    fingerprints: pa.Table
    state: pa.Table

    def of(self, dataset: Dataset) -> pa.Table:
        """The rows of one of the datasets that runs publish."""
        by_name = {
            ARTICLES.name: self.articles,
            FETCHES.name: self.fetches,
            SOURCE_RUNS.name: self.source_runs,
            FINGERPRINTS.name: self.fingerprints,
        }
        return by_name[dataset.name]


def objects(
    run_id: str,
    tables: Tables,
    pages: Iterable[tuple[int, Path]],
    commits: Sequence[str],
) -> list[tuple[str, Path | bytes | pa.Table]]:
    """The objects of a run, in the order of publication.

    Args:
        run_id: The run.
        tables: Its rows.
        pages: Its WARC files by number.
        commits: The newest committed runs before this one.

    Raises:
        ValueError: If rows do not fit the schema, or are of another run.
    """
    listed: list[tuple[str, Path | bytes | pa.Table]] = [
        (keys.pages_key(run_id, number), path) for number, path in pages
    ]
    named = parquet.runs_metadata([run_id])

    def conformed(dataset: Dataset) -> tuple[str, pa.Table]:
        table = _of_run(tables.of(dataset), dataset, run_id)
        return keys.run_key(dataset, run_id), parquet.conform(table, dataset, named)

    with ThreadPoolExecutor(2) as pool:  # Sorting takes one core, and two of them are large.
        listed += pool.map(conformed, keys.BY_RUN)
    names = {parquet.COMMITS: json.dumps([*commits, run_id][-_COMMITS:]).encode()}
    listed.append((keys.flat_key(STATE, run_id), parquet.conform(tables.state, STATE, names)))
    return listed


def _of_run(table: pa.Table, dataset: Dataset, run_id: str) -> pa.Table:
    if RUN_ID.name not in table.column_names:
        return table.append_column(RUN_ID.field, pa.array([run_id] * len(table), pa.string()))
    others = set(pc.unique(table.column(RUN_ID.name)).to_pylist()) - {run_id}
    if others:
        raise ValueError(f"{dataset.name} has rows of other runs than {run_id}: {others}")
    return table


def last_commits(catalog: Catalog) -> list[str]:
    """The newest committed runs of the newest two crawl dates, oldest first."""
    runs: list[str] = []
    for date in sorted(catalog.days(ARTICLES))[-2:]:
        runs += sorted(catalog.committed_on(date))
    return runs[-_COMMITS:]


def publish(
    storage: Storage,
    spool: Spool,
    *,
    committed: bool,
    guard: Callable[[], None] = lambda: None,
) -> Manifest:
    """Sends the objects of a sealed spool, in order.

    Args:
        storage: Of the lake.
        spool: Sealed.
        committed: Whether its articles are in the lake. Then all that goes before them is too, and
            may have been merged since, or taken down in part: only the state is sent.
        guard: Called at first and before the commit; raises if the lake is another's by now.

    Raises:
        LakeBusyError: If the spool is no longer ours.
        LakeFormatError: If a sealed object is damaged.
        StorageError: If the storage refuses.
    """
    manifest = spool.manifest()
    guard()
    commit = keys.run_key(ARTICLES, spool.run_id)
    for entry in manifest.objects:
        if committed and not entry.key.startswith(keys.folder(STATE)):
            continue
        path = spool.sealed_file(entry)
        if entry.key == commit:
            guard()
            _passing("publish.commit", spool)
        _passing(f"publish.{entry.key.partition('/')[0]}", spool)
        spool.require_owned()
        storage.put(entry.key, path)
    _passing("publish.done", spool)
    return manifest


def _passing(point: str, spool: Spool) -> None:
    """A failpoint that stands for the storage failing there, and so fails as it does."""
    with os_errors("publish the run", spool.path):
        failpoint(point)
