"""The lake: what is published, read exactly once, derived and kept in order.

Here belongs the one class that the other rooms use; each method is a few lines over the module
that does the work: `lake.reading.catalog` (what counts), `lake.reading.scan` (rows),
`lake.reading.whole` (state and what is derived), `lake.reading.known` (known URLs),
`lake.upkeep.compaction` (merging, tidying), `lake.runs.lock` (one writer). Keys are built in
`lake.keys` alone. Nothing here reads the clock or the environment.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, Final, TypeVar

import pyarrow as pa
import pyarrow.compute as pc

from lake import ids
from lake.errors import ObjectMissingError
from lake.reading import whole
from lake.reading.catalog import Catalog, Footers
from lake.reading.distinct import Distinct
from lake.reading.known import KEEP, build, known_table
from lake.reading.picking import Wanted, pick
from lake.reading.plain import Locate
from lake.reading.scan import Query, Scan, query_of
from lake.runs import lock, publishing
from lake.runs.sealing import Manifest
from lake.runs.spool import Spool
from lake.schema import FAMILIES, FETCHES, Dataset
from lake.storage import Storage
from lake.upkeep import compaction, forgetting
from lake.upkeep.days import read_days, removed_dates
from lake.upkeep.tombstones import Forgotten, Tombstones

T = TypeVar("T")

_ATTEMPTS: Final = 5
"""How often a reader looks anew when objects vanish under it."""


class Lake:
    """Everything that is kept, under one root.

    Args:
        storage: As `lake.storage.open_storage` returns it.
    """

    def __init__(self, storage: Storage) -> None:
        self.storage = storage
        self.footers = Footers(storage)
        self.distinct = Distinct(storage)
        self.tombstones = Tombstones(storage)
        self._held: lock.Held | None = None

    def catalog(self) -> Catalog:
        """A look at the lake as it is now."""
        return Catalog(self.storage, self.footers)

    @contextmanager
    def lock(self, now: datetime, lease: timedelta = lock.LEASE) -> Iterator[None]:
        """Holds the lake for one writer, as `lake.runs.lock.hold` does.

        While it is held, what publishes, derives or merges makes sure that it still is.

        Raises:
            LakeBusyError: On entering, if another writer holds it.
        """
        with lock.hold(self.storage, now, lease) as held:
            before, self._held = self._held, held
            try:
                yield
            finally:
                self._held = before

    def require_lock(self) -> None:
        """Stops a writer that has lost the lake; does nothing for one that never took the lock.

        Raises:
            LakeBusyError: If another writer has it now.
        """
        if self._held is not None:
            self._held.require()

    def forgotten(self) -> Forgotten:
        """Everything that was taken down."""
        return self.look(self.tombstones.of)

    def days(self) -> pa.Table:
        """The crawl dates that are final: rows of `lake.schema.DAYS`."""
        return self.look(lambda catalog: read_days(self, catalog))

    def removed_dates(self) -> dict[str, frozenset[str]]:
        """By dataset (or `lake.keys.PAGES`): crawl dates whose rows are no longer kept."""
        return removed_dates(self.days())

    def new_run_id(self, now: datetime) -> str:
        """A run id that sorts after every committed run, and after the last link.

        What a link has seen is told by its run id: a run that begins after it has a later one,
        whatever the clock says.
        """
        linked = self.look(lambda catalog: next(reversed(catalog.flat(FAMILIES)), None))
        known = [run for run in (self.newest_run(), linked) if run is not None]
        return ids.new_run_id(now, max(known, default=None))

    def newest_run(self) -> str | None:
        """The newest committed run; None in an empty lake."""
        return self.look(Catalog.newest)

    def committed_runs(self) -> frozenset[str]:
        """The ids of all committed runs."""
        return self.look(Catalog.committed)

    def is_committed(self, run_id: str) -> bool:
        """Whether a run is committed."""
        return self.look(lambda catalog: catalog.is_committed(run_id))

    def has_run(self, run_id: str) -> bool:
        """Whether a run is committed, or older than all of which articles are kept."""
        return self.look(lambda catalog: catalog.has_run(run_id))

    def seal(
        self,
        spool: Spool,
        *,
        articles: pa.Table,
        fetches: pa.Table,
        source_runs: pa.Table,
        fingerprints: pa.Table,
        state: pa.Table,
        pages: Sequence[tuple[int, Path]] = (),
    ) -> Manifest:
        """Makes the final objects of a run and seals its spool with them.

        Args:
            spool: Of the run; all rows are of its ``run_id``.
            articles: Rows of `lake.schema.ARTICLES`, maybe none.
            fetches: Rows of `lake.schema.FETCHES`.
            source_runs: Rows of `lake.schema.SOURCE_RUNS`.
            fingerprints: Rows of `lake.schema.FINGERPRINTS`, one for each article.
            state: Rows of `lake.schema.STATE`: all feeds, polled in this run or not.
            pages: WARC files with the numbers that `lake.keys.pages_key` gives them.

        Raises:
            ValueError: If rows do not fit the schema, or are of another run.
            StorageError: If the disk is full; the spool is then open as before.
        """
        tables = publishing.Tables(articles, fetches, source_runs, fingerprints, state)
        commits = self.look(publishing.last_commits)
        return spool.seal(publishing.objects(spool.run_id, tables, pages, commits))

    def publish(self, spool: Spool) -> Manifest:
        """Sends the objects of a sealed spool, the articles last of those that count.

        It may be repeated, by this process or an adopter, until it returns; then the spool can
        be removed. What is sent again is the same, byte for byte.

        Raises:
            LakeBusyError: If the spool, or the lake, is no longer ours.
            LakeFormatError: If a sealed object is damaged.
            StorageError: If the storage refuses.
        """
        committed = self.is_committed(spool.run_id)
        return publishing.publish(self.storage, spool, committed=committed, guard=self.require_lock)

    def scan(
        self,
        dataset: Dataset,
        columns: Sequence[str] | None = None,
        *,
        since: date | None = None,
        until: date | None = None,
        runs: Collection[str] | None = None,
        after: str | None = None,
        filter: pc.Expression | None = None,  # noqa: A002 - as Arrow calls it.
        repeats: bool = False,
        checksums: bool = True,
    ) -> Iterator[pa.Table]:
        """Reads a dataset that runs publish: each row of each committed run exactly once.

        An article that two runs at once have published comes once, from the older run. Objects
        of older versions of the schema are read as well: columns that they lack are null.

        Args:
            dataset: ARTICLES, FETCHES, SOURCE_RUNS or FINGERPRINTS of `lake.schema`.
            columns: In this order, of `Dataset.stored_schema`; all of `Dataset.schema` by default.
            since: First crawl date.
            until: Last crawl date, included.
            runs: Only the rows of these runs.
            after: Only the rows of runs that began after this one: what is new since it.
            filter: Only rows for which this holds.
            repeats: Whether such an article may come twice: it takes time to look for them.
            checksums: Whether what is read is compared with its checksums, as `lake.parquet.read`
                does.

        Returns:
            Tables in order of crawl dates, none of them empty.

        Raises:
            ValueError: If a column is unknown or the dataset is another one.
        """
        query = query_of(
            dataset, columns, since=since, until=until, runs=runs, after=after, filter=filter
        )
        return self._scan(replace(query, repeats=repeats, checksums=checksums)).tables()

    def pick(
        self,
        dataset: Dataset,
        columns: Sequence[str],
        wanted: Wanted,
        locate: Locate | None = None,
    ) -> pa.Table:
        """Reads the rows of a few articles, as `lake.reading.picking.pick` does."""
        return self.look(
            lambda catalog: pick(self.storage, catalog, dataset, columns, wanted, locate)
        )

    def read(
        self,
        dataset: Dataset,
        columns: Sequence[str] | None = None,
        *,
        since: date | None = None,
        until: date | None = None,
        runs: Collection[str] | None = None,
        after: str | None = None,
        filter: pc.Expression | None = None,  # noqa: A002 - as Arrow calls it.
    ) -> pa.Table:
        """All that `scan` returns, as one table; an empty one with the right columns if none."""
        query = query_of(
            dataset, columns, since=since, until=until, runs=runs, after=after, filter=filter
        )
        return pa.concat_tables([query.schema.empty_table(), *self._scan(query).tables()])

    def _scan(self, query: Query) -> Scan:
        return Scan(self.storage, self.catalog, self.distinct, query, self.tombstones.of)

    def state(self) -> pa.Table:
        """The state of the feeds as the newest committed run left it: rows of STATE.

        Empty when no run has left one: then every feed is polled, and known URLs skipped.
        """
        return self.look(lambda catalog: whole.newest_state(catalog, self.tombstones.of(catalog)))

    def known(self, columns: Sequence[str] | None = None) -> pa.Table:
        """All URLs that are done with: rows of KNOWN, sorted by url_id, one for each.

        The canonical URL of an article has its newest version; another address of it has no
        article_id, and neither has a URL that was taken down.

        Args:
            columns: Which to return; all by default.
        """
        table = self.look(
            lambda catalog: self.tombstones.of(catalog).known(known_table(self.storage, catalog))
        )
        return table if columns is None else table.select(list(columns))

    def build_known(self, now: datetime, keep: timedelta = KEEP, *, afresh: bool = False) -> int:
        """Writes the index of known URLs anew and forgets those long unseen.

        Args:
            now: The clock.
            keep: How long after it was last fetched or listed a URL is remembered.
            afresh: From the fetches alone, whatever the index says; where rows of fetches are no
                longer kept, or `days` does not say whether they are, the index is all that knows of
                them, and counts all the same.

        Returns:
            Number of URLs in the index.
        """
        state = self.state()
        # Without days nobody knows whether any are gone.
        days = self.days()
        afresh = afresh and bool(days.num_rows) and FETCHES.name not in removed_dates(days)
        return self.look(
            lambda catalog: build(self.storage, catalog, state, now, keep, afresh=afresh)
        )

    def rewrite_day(self, dataset: Dataset, day: date, table: pa.Table, now: datetime) -> None:
        """Puts other rows in place of a crawl date's, as a day file of all its committed runs.

        Args:
            dataset: FINGERPRINTS, or another that is derived from articles.
            day: The crawl date.
            table: All of its rows, with their ``run_id``.
            now: The clock, for the generation.

        Raises:
            LakeBusyError: If the lake is no longer ours.
            ValueError: If the rows do not fit the schema.
        """
        self.require_lock()
        self.look(
            lambda catalog: compaction.rewrite_day(catalog, dataset, day.isoformat(), table, now)
        )

    def write_derived(
        self,
        dataset: Dataset,
        table: pa.Table,
        run_id: str,
        *,
        linked: str | None = None,
        derivation: str | None = None,
    ) -> str:
        """Replaces a derived dataset: writes a new generation, then deletes the older ones.

        Args:
            dataset: RELATIONS, FAMILIES or THREADS of `lake.schema`.
            table: All of its rows.
            run_id: Of the deriving run; the generation is named after it.
            linked: All articles of runs before this one went into it; None: it was only cut down,
                and covers what the generation before did, by the same derivation.
            derivation: What it was derived by beside the articles: a JSON object.

        Returns:
            The key of the new generation.

        Raises:
            ValueError: If the rows do not fit the schema, or the dataset is another one.
        """
        self.require_lock()
        return whole.write_derived(self.catalog(), dataset, table, run_id, linked, derivation)

    def read_derived(self, dataset: Dataset, columns: Sequence[str] | None = None) -> pa.Table:
        """The newest generation of a derived dataset; an empty table when there is none.

        Raises:
            ValueError: If the dataset is not RELATIONS, FAMILIES or THREADS.
        """
        return self.look(
            lambda catalog: whole.read_derived(
                catalog, dataset, self.tombstones.of(catalog), columns
            )
        )

    def linked(self, dataset: Dataset) -> str | None:
        """All articles of runs before this one went into a derived dataset; None if unknown."""
        return self.look(lambda catalog: whole.linked_in(catalog, dataset))

    def derivation(self, dataset: Dataset) -> dict[str, Any] | None:
        """What a derived dataset was derived by beside the articles; None if it does not say."""
        return self.look(lambda catalog: whole.derivation_in(catalog, dataset))

    def compact(self, now: datetime, ripe: timedelta = compaction.RIPE) -> compaction.Compacted:
        """Merges the run objects of days that are over; the caller holds the `lock`.

        A takedown that was cut short is finished first: merging leaves out what tombstones hide,
        and then nobody would know which pages belong to it.

        Args:
            now: The clock.
            ripe: How old the newest run object of a day must be.
        """
        self.require_lock()
        forgetting.remove_forgotten(self, now)
        catalog = self.catalog()
        forgotten = self.tombstones.of(catalog)
        return compaction.compact(catalog, self.distinct, now, ripe, forgotten)

    def remove_leftovers(
        self, now: datetime, age: timedelta = compaction.LEFT_OVER
    ) -> compaction.Removed:
        """Removes what dead runs left behind and generations that nobody reads any more.

        Args:
            now: The clock.
            age: How long after a run began its objects are left for it to be published after all.
        """
        return compaction.remove_leftovers(self.catalog(), now, age)

    def look(self, at: Callable[[Catalog], T]) -> T:
        """Does something with a look at the lake, and looks again if objects vanish meanwhile.

        Between a listing and the reading another writer may have merged and deleted.

        Args:
            at: May be called several times.

        Raises:
            ObjectMissingError: If objects keep vanishing.
        """
        for _ in range(_ATTEMPTS - 1):
            try:
                return at(self.catalog())
            except ObjectMissingError:
                continue
        return at(self.catalog())
