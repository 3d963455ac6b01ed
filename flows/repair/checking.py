"""Whether what is derived is what would be derived: the slow part of `taar verify`.

Here belongs the comparison of fingerprints with those that are made of the same articles, and of
relations, families and threads with those that `link` makes of these. Not here: the making
(`dedup.signature`, `flows.steps.linking`), and all other checks (`lake.verify`).
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Final

import pyarrow as pa

from crawler.sources import load_sources
from dedup import SCHEME_VERSION, Frequencies
from flows.opening import dedup_settings
from flows.repair.resigning import stored_prints, unlike
from flows.settings import Settings
from flows.steps.derivation import Derivation, agencies_of, stored_derivation
from flows.steps.frequencies import frequencies_in_use
from flows.steps.linking import compute
from lake import parquet
from lake.errors import ConfigError
from lake.schema import FAMILIES, FINGERPRINTS, Dataset
from lake.tables import Lake
from lake.verify.findings import Finding, Report, offending

_OWN: Final = (
    "relations, families and threads do not say what they were derived by, because an older "
    "version of Taar did it: they were compared by the settings of this machine"
)


def with_derived(report: Report, lake: Lake, settings: Settings) -> Report:
    """A report of `lake.verify.verify`, with what is derived compared as well.

    Args:
        report: Of the same lake; where something cannot be read, nothing is derived.
        lake: The lake. Nothing is changed.
        settings: Thresholds and sources, where the lake does not say what `link` had.

    Raises:
        TaarError: If the lake cannot be read.
    """
    if any(finding.check == "readable" for finding in report.findings):
        return report
    found, older = _fingerprints(lake)
    if older:
        note = f"{older}: their fingerprints are of another scheme; see `taar dedup rebuild`"
        return replace(report, notes=(*report.notes, note))
    if found:  # What would be derived from these is no measure.
        return replace(report, findings=(*report.findings, *found))
    linked = lake.linked(FAMILIES)
    if linked is None:  # Nothing was ever linked, or by a version that did not say how far.
        return report
    found_by, notes = _derived_by(lake, settings)
    if found_by is None:
        return replace(report, notes=(*report.notes, *notes))
    by, frequencies = found_by
    derived = compute(lake, by.agencies, by.settings, before=linked, frequencies=frequencies)
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
    return replace(report, findings=(*report.findings, *found), notes=(*report.notes, *notes))


def _fingerprints(lake: Lake) -> tuple[list[Finding], str]:
    """Fingerprints that are not those of their articles, and days that cannot be compared."""
    expired = lake.removed_dates().get(FINGERPRINTS.name, frozenset())
    days = lake.look(lambda catalog: list(catalog.days(FINGERPRINTS)))
    other: set[str] = set()
    older = []
    for day in (date.fromisoformat(name) for name in days if name not in expired):
        schemes = {
            scheme
            for part in lake.scan(FINGERPRINTS, ["scheme"], since=day, until=day, repeats=True)
            for scheme in part["scheme"].unique().to_pylist()
        }
        if schemes - {SCHEME_VERSION}:
            older.append(day.isoformat())
        else:
            other |= unlike(lake, day, stored_prints(lake, day))
    what = (
        "not what is made of their articles (`taar dedup rebuild` makes them anew; then run "
        "`taar link`)"
    )
    return offending("fingerprints", "fingerprints", what, other), ", ".join(older)


def _derived_by(
    lake: Lake, settings: Settings
) -> tuple[tuple[Derivation, Frequencies] | None, list[str]]:
    """What the lake says that it was derived by, or else this machine; None: not to be repeated."""
    stored = stored_derivation(lake)
    if stored is None:
        sources = load_sources(settings.source_pack, settings.sources)
        own = Derivation(agencies_of(sources), dedup_settings(settings), settings.frequencies)
        return (own, frequencies_in_use(lake, own.frequencies)), [_OWN]
    if stored.scheme != SCHEME_VERSION:
        return None, [
            f"what is derived goes by fingerprints of scheme {stored.scheme}, which this version "
            "of Taar does not make: it was not compared; `taar link` derives it anew"
        ]
    try:
        return (stored, frequencies_in_use(lake, stored.frequencies)), []
    except ConfigError:
        return None, [
            f"what is derived goes by the table of document frequencies {stored.frequencies}, "
            "which is no longer kept: it was not compared; `taar link` derives it anew"
        ]


def _different(dataset: Dataset, stored: pa.Table, made: pa.Table) -> int:
    """Number of rows that only one of two tables has."""
    ours = parquet.conform(made, dataset, {})
    if ours.equals(stored):
        return 0
    one, other = ({repr(row) for row in table.to_pylist()} for table in (stored, ours))
    return len(one ^ other)
