"""Labels, seal and commit of a batch.

Here belongs what comes between the rows of a run and their being in the lake. Not here: the rows
(`flows.steps.assemble`), how copies are found (`flows.steps.labels`), what a publish is
(`lake.runs.publishing`).
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa

from crawler.warc import complete_length
from flows.opening import dedup_settings
from flows.settings import Settings
from flows.steps.forgotten import empty_archives
from flows.steps.records import Recorded
from flows.steps.rows import Batch, table
from lake import schema
from lake.runs.spool import Spool
from lake.tables import Lake


def add_labels(lake: Lake, batch: Batch, settings: Settings) -> pa.Table:
    """Labels the copies in a batch; returns its fingerprints."""
    if not batch.articles:
        # Most runs are such: the compiled kernels need not even be loaded.
        return table([], schema.FINGERPRINTS)
    from flows.steps import labels

    batch.articles, prints = labels.label(batch.articles, lake, dedup_settings(settings))
    return prints


def publish_crawl(
    lake: Lake, spool: Spool, recorded: Recorded, batch: Batch, prints: pa.Table
) -> None:
    """Publishes a batch with the archives of its crawl."""
    for archive in recorded.archives:
        whole = complete_length(archive.path)
        if whole < archive.path.stat().st_size:
            os.truncate(archive.path, whole)  # A kill has torn the last record.
    empty_archives(recorded, lake.forgotten())
    publish(lake, spool, batch, prints, [archive.path for archive in recorded.archives])


def publish(
    lake: Lake, spool: Spool, batch: Batch, prints: pa.Table, archives: Sequence[Path] = ()
) -> None:
    """Seals the spool and publishes it; the articles object is the commit.

    Args:
        lake: Where to.
        spool: Of the run; it is gone afterwards.
        batch: With its labels.
        prints: Its fingerprints.
        archives: WARC files of whole records, in the order of their numbers.
    """
    lake.seal(
        spool,
        articles=table(batch.articles, schema.ARTICLES),
        fetches=table(batch.fetches, schema.FETCHES),
        source_runs=table(batch.source_runs, schema.SOURCE_RUNS),
        fingerprints=prints,
        state=table(batch.state, schema.STATE),
        pages=list(enumerate(archives)),
    )
    lake.publish(spool)
    spool.remove()
