"""Rows, each exactly once: reading datasets while others write and merge them.

Here belongs the walk over the objects that `lake.reading.catalog` chooses. Not here: choosing them,
and the datasets that are kept whole (`lake.tables`).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Collection, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

from lake import parquet
from lake.errors import ObjectMissingError
from lake.ids import crawl_date, is_run_id
from lake.reading.catalog import Catalog, Piece
from lake.reading.distinct import Distinct, Surplus, leave_out
from lake.schema import FETCHES, Dataset
from lake.storage import Storage
from lake.upkeep.tombstones import NAMED_BY, NOTHING, Forgotten

_ATTEMPTS: Final = 5
"""How often a reader looks anew when objects vanish under it."""


@dataclass(frozen=True, slots=True)
class Query:
    """What to read.

    Attributes:
        dataset: One that runs publish.
        columns: In this order, of `Dataset.stored_schema`; None for all of `Dataset.schema`.
        since: First crawl date.
        until: Last crawl date, included.
        runs: Only the rows of these runs.
        after: Only the rows of runs that began after this one.
        filter: Only rows for which this holds.
        repeats: Whether an article that two runs have published comes twice.
        checksums: Whether what is read is compared with its checksums, as `lake.parquet.read`
            does.
    """

    dataset: Dataset
    columns: tuple[str, ...] | None = None
    since: date | None = None
    until: date | None = None
    runs: frozenset[str] | None = None
    after: str | None = None
    filter: pc.Expression | None = None
    repeats: bool = False
    checksums: bool = True

    @property
    def names(self) -> list[str]:
        """The columns to return."""
        return self.dataset.schema.names if self.columns is None else list(self.columns)

    @property
    def schema(self) -> pa.Schema:
        """The schema of the tables to return."""
        stored = self.dataset.stored_schema
        return pa.schema([stored.field(name) for name in self.names])

    def wants(self, day: str) -> bool:
        """Whether a crawl date is asked for."""
        at = date.fromisoformat(day)
        return (
            (self.since is None or at >= self.since)
            and (self.until is None or at <= self.until)
            and (self.runs is None or any(crawl_date(run) == day for run in self.runs))
            and (self.after is None or day >= crawl_date(self.after))
        )


def has_article_ids(dataset: Dataset) -> bool:
    """Whether the rows of a dataset are articles, which two runs at once may both publish."""
    return "article_id" in dataset.sort_by


class Scan:
    """One pass over the rows of a query."""

    def __init__(
        self,
        storage: Storage,
        look: Callable[[], Catalog],
        distinct: Distinct,
        query: Query,
        forgotten: Callable[[Catalog], Forgotten] = lambda _: NOTHING,
    ) -> None:
        self._storage = storage
        self._look = look
        self._distinct = distinct
        self._query = query
        self._forgotten = forgotten
        self._done: set[str] = set()

    def tables(self) -> Iterator[pa.Table]:
        """The rows, object by object, in order of crawl dates; empty tables are left out.

        Raises:
            ObjectMissingError: If objects keep vanishing.
            LakeFormatError: If an object is damaged.
        """
        for attempt in range(_ATTEMPTS):
            try:
                yield from self._pass(self._look())
            except ObjectMissingError:
                # A day was merged while we read. What we have returned is not read again.
                if attempt == _ATTEMPTS - 1:
                    raise
            else:
                return

    def _pass(self, catalog: Catalog) -> Iterator[pa.Table]:
        query = self._query
        surplus: Surplus = {}
        if has_article_ids(query.dataset) and not query.repeats:
            surplus = self._distinct.surplus(catalog, query.dataset)
        forgotten = self._forgotten(catalog)
        pieces = deque(self._pieces(catalog))
        with ThreadPoolExecutor(self._storage.parallel) as pool:
            ahead: deque[Future[tuple[pa.Table, frozenset[str]]]] = deque()
            try:
                while pieces or ahead:
                    while pieces and len(ahead) < self._storage.parallel:
                        ahead.append(pool.submit(self._read, pieces.popleft(), surplus, forgotten))
                    table, runs = ahead.popleft().result()
                    self._done |= runs
                    if table.num_rows:
                        yield table
            finally:
                for future in ahead:
                    future.cancel()

    def _pieces(self, catalog: Catalog) -> Iterator[Piece]:
        for day in catalog.days(self._query.dataset):
            if not self._query.wants(day):
                continue
            for piece in catalog.cover(self._query.dataset, day).pieces:
                query = self._query
                if not (self._done or query.runs is not None or query.after is not None):
                    yield piece
                    continue
                held = catalog.held_by(piece)
                wanted = held - self._done
                if query.after is not None:
                    wanted = frozenset(run for run in wanted if run > query.after)
                if self._query.runs is not None:
                    wanted &= self._query.runs
                if wanted:
                    whole = wanted == held and piece.runs is None
                    yield Piece(piece.info, None if whole else wanted, piece.run_id)

    def _read(
        self, piece: Piece, surplus: Surplus, forgotten: Forgotten
    ) -> tuple[pa.Table, frozenset[str]]:
        query = self._query
        mine = self._surplus_of(piece, surplus)
        names = query.names
        extra = [n for n in ("article_id", "run_id") if mine and n not in names]
        where = query.filter
        hidden = forgotten.matches(query.dataset)
        if hidden is not None:
            if query.dataset is FETCHES:
                extra += [n for n in NAMED_BY[FETCHES.name] if n not in (*names, *extra)]
            else:  # The filter reads the column itself, and so does nobody else.
                where = ~hidden if where is None else where & ~hidden
        with self._storage.open_input(piece.info.key, piece.info.size) as source:
            table, metadata = parquet.read(
                source,
                piece.info.key,
                query.dataset,
                [*names, *extra],
                where,
                piece.runs,
                checksums=query.checksums,
            )
        runs = piece.runs or parquet.names_in(metadata, parquet.RUNS, piece.info.key)
        if hidden is not None and query.dataset is FETCHES:
            table = forgotten.honour(table, FETCHES)
        if mine:
            table = leave_out(table, mine)
        return (table.select(names) if extra else table), frozenset(runs)

    @staticmethod
    def _surplus_of(piece: Piece, surplus: Surplus) -> Surplus:
        if not surplus or piece.run_id is None:
            return surplus
        return {piece.run_id: surplus[piece.run_id]} if piece.run_id in surplus else {}


def query_of(
    dataset: Dataset,
    columns: Sequence[str] | None = None,
    *,
    since: date | None = None,
    until: date | None = None,
    runs: Collection[str] | None = None,
    after: str | None = None,
    filter: pc.Expression | None = None,  # noqa: A002 - as Arrow calls it.
) -> Query:
    """Makes a query; the arguments are those of `Query`.

    Raises:
        ValueError: If a column is unknown, or the dataset is not one that runs publish.
    """
    if not dataset.by_run:
        raise ValueError(f"{dataset.name} is kept whole: use read_derived, state or known")
    unknown = set(columns or ()) - set(dataset.stored_schema.names)
    if unknown:
        raise ValueError(f"{dataset.name} has no columns {sorted(unknown)}")
    if after is not None and not is_run_id(after):
        raise ValueError(f"not a run id: {after!r}")
    return Query(
        dataset,
        tuple(columns) if columns is not None else None,
        since,
        until,
        frozenset(runs) if runs is not None else None,
        after,
        filter,
    )
