"""Telling a run that was committed and then damaged from one that never was.

Here belongs the search for what still speaks of a run whose articles object is not there. A run
that died before its commit is named by nothing but its own objects; one that was committed is named
by others, and what is left of it may be all that brings it back. Not here: removing left-overs
(`lake.upkeep.compaction`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

from lake import ids, keys, parquet
from lake.errors import LakeFormatError
from lake.outcomes import Outcome
from lake.reading.catalog import Catalog
from lake.schema import (
    ARTICLES,
    DAYS,
    FAMILIES,
    FETCHES,
    FINGERPRINTS,
    KNOWN,
    RELATIONS,
    STATE,
    Dataset,
)
from lake.storage import ObjectInfo

_REFERRING: Final = {
    KNOWN.name: ("article_id",),
    FAMILIES.name: ("article_id",),
    RELATIONS.name: ("article_id", "other_id"),
}
_MADE: Final = pa.array([Outcome.PUBLISHED.value, Outcome.UPDATED.value])


def committed_once(catalog: Catalog, runs: Collection[str]) -> dict[str, str]:
    """Which of some runs that are not committed have been committed, by what others say.

    Args:
        catalog: The lake, seen just now.
        runs: Runs without an articles object, that no day file of articles names.

    Returns:
        By run, the key of an object that speaks of it.

    Raises:
        LakeFormatError: If an object that many runs share is damaged.
    """
    if not runs:
        return {}
    search = _Search(catalog, frozenset(runs))
    found: dict[str, str] = {}
    for run_id, key in (*search.named(), *search.counted()):
        found.setdefault(run_id, key)
    for run_id, key in search.referred(search.runs - found.keys()):
        found.setdefault(run_id, key)
    return found


@dataclass(frozen=True, slots=True)
class _Search:
    catalog: Catalog
    runs: frozenset[str]

    def named(self) -> Iterator[tuple[str, str]]:
        """By metadata: later states, the index of known URLs, day files of other datasets."""
        for generation, info in self.catalog.flat(STATE).items():
            # A state names its own run too, before that is committed.
            for run_id in self._names(info, parquet.COMMITS) - {generation}:
                yield run_id, info.key
        for info in self.catalog.flat(KNOWN).values():
            indexed = set(
                parquet.names_in(self.catalog.footers.of(info), parquet.INDEXED, info.key)
            )
            for run_id in self.runs:
                if keys.run_key(FETCHES, run_id) in indexed:
                    yield run_id, info.key
        dates = {ids.crawl_date(run_id) for run_id in self.runs}
        for dataset in keys.BY_RUN:
            days = self.catalog.days(dataset)
            for date in sorted(dates & days.keys()):
                for info in days[date].merged.values():
                    for run_id in self._names(info, parquet.RUNS):
                        yield run_id, info.key

    def _names(self, info: ObjectInfo, entry: bytes) -> frozenset[str]:
        metadata = self.catalog.footers.of(info)
        return self.runs.intersection(parquet.names_in(metadata, entry, info.key))

    def counted(self) -> Iterator[tuple[str, str]]:
        """Runs of a final day that had more of them than are there."""
        for info in list(self.catalog.flat(DAYS).values())[-1:]:
            for row in self._read(info, DAYS, ("crawl_date", "runs")).to_pylist():
                date = row["crawl_date"].isoformat()
                mine = [run_id for run_id in self.runs if ids.crawl_date(run_id) == date]
                if mine and row["runs"] > len(self.catalog.committed_on(date)):
                    yield from ((run_id, info.key) for run_id in mine)

    def referred(self, runs: Collection[str]) -> Iterator[tuple[str, str]]:
        """Runs whose articles others refer to, and nothing else holds.

        An article that a dead run has made is made again by the next one, under the same id.
        """
        made: dict[str, set[str]] = defaultdict(set)
        for run_id in sorted(runs):
            for dataset in (FINGERPRINTS, FETCHES):
                info = self.catalog.storage.head(keys.run_key(dataset, run_id))
                if info is None:
                    continue
                try:
                    for article_id in self._made(info, dataset):
                        made[article_id].add(run_id)
                except LakeFormatError:
                    yield run_id, info.key  # Nobody can tell: it stays.
        speakers = self._speakers(set(made))
        for article_id in speakers.keys() - self._held(speakers.keys()):
            for run_id in made[article_id]:
                yield run_id, speakers[article_id]

    def _made(self, info: ObjectInfo, dataset: Dataset) -> list[str]:
        if dataset is not FETCHES:
            return parquet.strings(self._read(info, dataset, ("article_id",)).column(0))
        rows = self._read(info, dataset, ("article_id", "outcome"))
        rows = rows.filter(pc.is_in(rows.column("outcome"), value_set=_MADE))
        return parquet.strings(rows.column("article_id").drop_null())

    def _speakers(self, article_ids: Collection[str]) -> dict[str, str]:
        found: dict[str, str] = {}
        wanted = pa.array(sorted(article_ids), pa.string())
        if not len(wanted):
            return found
        for dataset in (KNOWN, FAMILIES, RELATIONS):
            for info in self.catalog.flat(dataset).values():
                table = self._read(info, dataset, _REFERRING[dataset.name])
                for column in table.columns:
                    named = column.filter(pc.is_in(column, value_set=wanted))
                    found |= dict.fromkeys(parquet.strings(named), info.key)
        return found

    def _held(self, article_ids: Collection[str]) -> frozenset[str]:
        """Those of some articles that committed objects hold."""
        held: set[str] = set()
        if not article_ids:
            return frozenset()
        wanted = pc.field("article_id").isin(pa.array(sorted(article_ids), pa.string()))
        for date in self.catalog.days(ARTICLES):
            for piece in self.catalog.cover(ARTICLES, date).pieces:
                with self.catalog.storage.open_input(piece.info.key, piece.info.size) as source:
                    table, _ = parquet.read(
                        source, piece.info.key, ARTICLES, ("article_id",), wanted
                    )
                held |= set(parquet.strings(table.column(0)))
        return frozenset(held)

    def _read(self, info: ObjectInfo, dataset: Dataset, columns: tuple[str, ...]) -> pa.Table:
        with self.catalog.storage.open_input(info.key, info.size) as source:
            return parquet.read(source, info.key, dataset, columns)[0]
