"""Whether what is derived is what would be derived: the slow part of `taar verify`.

Here belongs the comparison of relations, families and threads with those that `link` makes of the
same articles. Not here: the making (`flows.steps.linking`), and all other checks (`lake.verify`).
"""

from __future__ import annotations

from dataclasses import replace

import pyarrow as pa

from crawler.sources import load_sources
from flows.opening import dedup_settings
from flows.settings import Settings
from flows.steps.frequencies import frequencies_in_use
from flows.steps.linking import compute
from lake import parquet
from lake.schema import FAMILIES, Dataset
from lake.tables import Lake
from lake.verify.findings import Finding, Report


def with_derived(report: Report, lake: Lake, settings: Settings) -> Report:
    """A report of `lake.verify.verify`, with what is derived compared as well.

    Args:
        report: Of the same lake; where something cannot be read, nothing is derived.
        lake: The lake. Nothing is changed.
        settings: Thresholds and sources, as `link` had them.

    Raises:
        TaarError: If the lake cannot be read.
    """
    if any(finding.check == "readable" for finding in report.findings):
        return report
    linked = lake.linked(FAMILIES)
    if linked is None:  # Nothing was ever linked, or by a version that did not say how far.
        return report
    sources = load_sources(settings.source_pack, settings.sources)
    frequencies = frequencies_in_use(lake, settings.frequencies)
    derived = compute(
        lake, sources, dedup_settings(settings), before=linked, frequencies=frequencies
    )
    found = [
        Finding(
            "derived",
            dataset.name,
            "it is not what `taar link` derives from the articles: run it again",
            rows,
        )
        for dataset, table in derived.tables()
        if (rows := _different(dataset, lake.read_derived(dataset), table))
    ]
    return replace(report, findings=(*report.findings, *found))


def _different(dataset: Dataset, stored: pa.Table, made: pa.Table) -> int:
    """Number of rows that only one of two tables has."""
    ours = parquet.conform(made, dataset, {})
    if ours.equals(stored):
        return 0
    one, other = ({repr(row) for row in table.to_pylist()} for table in (stored, ours))
    return len(one ^ other)
