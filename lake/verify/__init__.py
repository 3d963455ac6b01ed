"""Verifying a lake: every promise of docs/data.md, checked over all that is there.

Here belongs the one walk over a lake that feeds the checks. Not here: the checks themselves
(`lake.verify.objects`, `lake.verify.values`, `lake.verify.agreeing`, `lake.verify.rows`,
`lake.verify.whole`, `lake.verify.pages`) and the report
(`lake.verify.findings`). Nothing is changed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

from lake import ids, keys, parquet
from lake.errors import LakeFormatError
from lake.reading.catalog import Catalog, Piece
from lake.reading.distinct import leave_out
from lake.schema import (
    ARTICLES,
    DAYS,
    FAMILIES,
    FETCHES,
    FINGERPRINTS,
    KNOWN,
    RELATIONS,
    SOURCE_RUNS,
    STATE,
    THREADS,
    TOMBSTONES,
    Dataset,
)
from lake.storage import ObjectInfo
from lake.tables import Lake
from lake.upkeep.days import removed_dates
from lake.upkeep.tombstones import NOTHING
from lake.verify import rows as rows
from lake.verify.findings import Finding, Report
from lake.verify.objects import HEAVY, Examined, blind_spots, examine, misplaced, overlaps
from lake.verify.pages import check_pages
from lake.verify.values import Measure
from lake.verify.whole import check_known, check_orders, check_state

WINDOW: Final = timedelta(days=400)
"""How far back rows point by default: the larger of the windows, `TAAR_THREAD_WINDOW_DAYS`."""


@dataclass(frozen=True, slots=True)
class Kept:
    """Since when a lake is complete: what points further back may point to nothing.

    What retention has removed the dataset `days` says; this is for what else was removed.

    Attributes:
        rows: Rows crawled before this day may lack what they point to; None: nothing was removed.
            It is the first crawl date that is kept, and the largest window after it.
        pages: Pages archived before this day may be gone; None: none was removed.
    """

    rows: date | None = None
    pages: date | None = None


def verify(
    lake: Lake,
    kept: Kept | None = None,
    *,
    pages: bool = True,
    window: timedelta = WINDOW,
    measure: Measure | None = None,
) -> Report:
    """Checks every promise of the data contract over a whole lake.

    Args:
        lake: The lake. It may be written to meanwhile, by a new run or by `maintain`.
        kept: Since when it is complete.
        pages: Whether the archived pages are read as well.
        window: How far back rows point; articles that retention has removed may be pointed to.
        measure: Repeats what crawls computed from texts, which the lake does not know how to do;
            without it ``content_hash`` and ``word_count`` are not compared with them.

    Raises:
        StorageError: If the lake cannot be read.
    """
    return lake.look(
        lambda catalog: _Walk(lake, catalog, kept or Kept(), window, measure).report(pages=pages)
    )


class _Walk:
    """One look at everything."""

    def __init__(
        self,
        lake: Lake,
        catalog: Catalog,
        kept: Kept,
        window: timedelta,
        measure: Measure | None,
    ) -> None:
        self._lake = lake
        self._catalog = catalog
        self._kept = kept
        self._window = window
        self._measure = measure
        self._hidden = NOTHING
        self._removed: Mapping[str, frozenset[str]] = {}
        self._findings: list[Finding] = []
        self._objects = 0
        self._left_over = 0
        self._derived: dict[str, pa.Table] = {}
        for dataset in keys.DERIVED:  # Listed first: they speak of articles that are there by then.
            catalog.flat(dataset)

    def report(self, *, pages: bool) -> Report:
        self._findings += blind_spots(self._catalog)
        if self._findings:
            return Report(tuple(self._findings), self._objects, {}, self._left_over)
        self._look_back()
        self._derived = {d.name: self._newest(d) for d in keys.DERIVED}
        self._findings += misplaced(self._lake.storage)
        stored = {dataset.name: self._stored(dataset) for dataset in keys.BY_RUN}
        articles, fetches = stored[ARTICLES.name], stored[FETCHES.name]
        forgotten = self._kept.rows.isoformat() if self._kept.rows else ""
        known = rows.Articles.of(
            _without(articles, self._hidden.matches(ARTICLES)), forgotten, self._hidden.article_ids
        )
        unfetched = self._removed.get(FETCHES.name, frozenset())
        uncounted = self._removed.get(SOURCE_RUNS.name, frozenset())
        counted = _but_on(stored[SOURCE_RUNS.name], unfetched), _but_on(fetches, uncounted)
        seen = {
            dataset.name: self._seen(dataset, stored[dataset.name])
            for dataset in (ARTICLES, FINGERPRINTS)
        }
        self._findings += [
            *rows.check_ids(articles, fetches),
            *rows.check_view(seen[ARTICLES.name]),
            *rows.check_stored("articles", articles, self._hidden.matches(ARTICLES)),
            *rows.check_stored(
                "fingerprints", stored[FINGERPRINTS.name], self._hidden.matches(FINGERPRINTS)
            ),
            *rows.check_outcomes(*counted),
            *rows.check_articles(articles, fetches, known, unfetched),
            *rows.check_references(articles, known),
            *rows.check_fingerprints(
                seen[FINGERPRINTS.name], known, self._removed.get(FINGERPRINTS.name, frozenset())
            ),
            *rows.check_pairs("relations", self._derived[RELATIONS.name], known.rows.keys()),
            *rows.check_pairs("threads", self._derived[THREADS.name], known.rows.keys()),
            *rows.check_families(self._derived[FAMILIES.name], known),
            *check_state(
                self._catalog,
                lambda info: self._examine(STATE, [info])[0].rows,
                complete=self._kept.rows is None,
            ),
            *check_orders(self._lake.storage),
            *check_known(self._newest(KNOWN), known, complete=self._kept.rows is None),
        ]
        if pages:
            since = self._kept.pages.isoformat() if self._kept.pages else ""
            self._findings += check_pages(
                self._lake.storage,
                self._catalog,
                {ARTICLES.name: articles, FETCHES.name: fetches},
                since,
                self._removed.get(keys.PAGES, frozenset()),
            )
        counts = {name: table.num_rows for name, table in {**stored, **seen}.items()}
        counts |= {name: table.num_rows for name, table in self._derived.items()}
        notes = () if self._catalog.newest() else (f"no runs here yet: {self._lake.storage.url}",)
        return Report(tuple(self._findings), self._objects, counts, self._left_over, notes)

    def _look_back(self) -> None:
        """What was taken down, and what is no longer kept."""
        try:
            self._hidden = self._lake.tombstones.of(self._catalog)
        except LakeFormatError:  # It is found below, with what to do about it.
            # An article that is not there may have been taken down: it would be no finding.
            self._kept = replace(self._kept, rows=date.max)
        self._examine(TOMBSTONES, list(self._catalog.flat(TOMBSTONES).values()))
        # There is a copy, which counts as soon as the newest one is lost, or cannot be read.
        days = self._examine(DAYS, list(self._catalog.flat(DAYS).values()))
        readable = (one.rows for one in reversed(days) if one.rows is not None)
        self._removed = removed_dates(next(readable, _slim(DAYS)))
        gone = max(self._removed.get(ARTICLES.name, ()), default=None)
        if gone is not None and self._kept.rows is None:
            reach = date.fromisoformat(gone) + timedelta(days=1) + self._window
            self._kept = replace(self._kept, rows=reach)

    def _examine(self, dataset: Dataset, infos: Sequence[ObjectInfo]) -> list[Examined]:
        storage, measure = self._lake.storage, self._measure
        with ThreadPoolExecutor(storage.parallel) as pool:
            examined = list(pool.map(lambda i: examine(storage, dataset, i, measure), infos))
        self._objects += len(examined)
        self._findings += [finding for one in examined for finding in one.findings]
        return examined

    def _stored(self, dataset: Dataset) -> pa.Table:
        """The rows of all objects in use, rows that two runs have published included."""
        tables = [_slim(dataset)]
        left_over: list[tuple[str, list[ObjectInfo]]] = []
        for day in self._catalog.days(dataset):
            cover = self._catalog.cover(dataset, day)
            examined = self._examine(dataset, [piece.info for piece in cover.pieces])
            for piece, one in zip(cover.pieces, examined, strict=True):
                if one.rows is not None:
                    tables.append(_of_runs(one.rows, piece))
            if cover.redundant and day not in self._removed.get(dataset.name, ()):
                left_over.append((day, list(cover.redundant)))
            self._left_over += len(cover.redundant) + len(cover.uncommitted)
        taken = pa.concat_tables(tables, promote_options="permissive")
        for day, infos in left_over:
            examined = self._examine(dataset, infos)
            hidden = self._hidden.matches(dataset) if dataset is not FETCHES else None
            self._findings += overlaps(dataset, day, taken, examined, hidden)
        return taken.sort_by("run_id")

    def _seen(self, dataset: Dataset, stored: pa.Table) -> pa.Table:
        """The rows that readers see; where they see an error, those that they would see."""
        try:
            surplus = self._lake.distinct.surplus(self._catalog, dataset)
        except LakeFormatError:  # It has been found already.
            runs: dict[str, set[str]] = {}
            first: set[str] = set()
            for run, name in zip(
                *(stored[n].to_pylist() for n in ("run_id", "article_id")), strict=True
            ):
                if name in first:
                    runs.setdefault(str(run), set()).add(str(name))
                first.add(str(name))
            surplus = {run: frozenset(names) for run, names in runs.items()}
        return _without(leave_out(stored, surplus), self._hidden.matches(dataset))

    def _newest(self, dataset: Dataset) -> pa.Table:
        info = next(reversed(self._catalog.flat(dataset).values()), None)
        if info is None:
            return _slim(dataset)
        table = self._examine(dataset, [info])[0].rows
        return _slim(dataset) if table is None else table


def _slim(dataset: Dataset) -> pa.Table:
    schema = dataset.stored_schema
    return schema.empty_table().select([n for n in schema.names if n not in HEAVY])


def _without(table: pa.Table, hidden: pc.Expression | None) -> pa.Table:
    return table if hidden is None else table.filter(~hidden)


def _but_on(table: pa.Table, dates: frozenset[str]) -> pa.Table:
    """The rows of runs on other crawl dates."""
    if not dates:
        return table
    kept = [ids.crawl_date(run) not in dates for run in parquet.strings(table.column("run_id"))]
    return table.filter(pa.array(kept, pa.bool_()))


def _of_runs(table: pa.Table, piece: Piece) -> pa.Table:
    if piece.runs is None:
        return table
    mine = pa.array(sorted(piece.runs), pa.string())
    return table.filter(pc.is_in(table.column("run_id"), value_set=mine))
