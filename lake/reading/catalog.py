"""Which objects count: one look at the lake, and the exact cover of its rows.

Here belongs the reading of a listing: which runs are committed, which object holds the rows of
which run, what is left over. Not here: reading rows (`lake.reading.scan`) and changing anything.

A run is committed when it has an articles object, or when a day file of articles names it. Each
run is read from exactly one object of a dataset: the newest day file that names it, else its own.
"""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from lake import keys, parquet
from lake.errors import LakeFormatError
from lake.ids import crawl_date, is_run_id
from lake.remedies import remedy_for
from lake.schema import ARTICLES, STATE, Dataset
from lake.storage import ObjectInfo, Storage

_LOG = logging.getLogger(__name__)


@dataclass(slots=True)
class Day:
    """The objects of one dataset and crawl date: of single runs, and day files by generation."""

    runs: dict[str, ObjectInfo] = field(default_factory=dict)
    merged: dict[str, ObjectInfo] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Piece:
    """An object to read.

    Attributes:
        info: The object.
        runs: The runs whose rows are to be taken from it; None when that is all it holds.
        run_id: The run, when it is the object of one run.
    """

    info: ObjectInfo
    runs: frozenset[str] | None = None
    run_id: str | None = None


@dataclass(frozen=True, slots=True)
class Cover:
    """What to make of the objects of one dataset and crawl date.

    Attributes:
        pieces: Together they hold each row of each committed run once; in order of time.
        redundant: Hold only rows that `pieces` hold too.
        uncommitted: Of runs that are not committed (yet).
    """

    pieces: tuple[Piece, ...]
    redundant: tuple[ObjectInfo, ...]
    uncommitted: tuple[ObjectInfo, ...]


class Footers:
    """The metadata of objects, each read once. Shared by the catalogs of one process."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage
        self._read: dict[tuple[str, str], dict[bytes, bytes]] = {}
        self._warned: set[tuple[str, str]] = set()

    def of(self, info: ObjectInfo) -> dict[bytes, bytes]:
        """The metadata of an object.

        Raises:
            ObjectMissingError: If it has been deleted since it was listed.
            LakeFormatError: If it is damaged.
        """
        name = (info.key, info.etag)
        if name not in self._read:
            with self._storage.open_input(info.key, info.size) as source:
                self._read[name] = parquet.footer(source, info.key)
        return self._read[name]

    def fetch(self, infos: Iterable[ObjectInfo]) -> None:
        """Reads the metadata of many objects at once."""
        missing = [i for i in infos if (i.key, i.etag) not in self._read]
        if missing:
            with ThreadPoolExecutor(self._storage.parallel) as pool:
                list(pool.map(self.of, missing))

    def warn_once(self, info: ObjectInfo, error: LakeFormatError) -> None:
        """Tells of a damaged object that is passed over, the first time that it is."""
        if (info.key, info.etag) not in self._warned:
            self._warned.add((info.key, info.etag))
            _LOG.warning("taar: warning: %s is passed over: %s", info.key, error.what)
            _LOG.warning("  remedy: %s", error.remedy)

    def runs(self, info: ObjectInfo) -> frozenset[str]:
        """The runs that a day file names.

        Raises:
            ObjectMissingError: If it has been deleted since it was listed.
            LakeFormatError: If it is damaged. That is one without names too: it would pass for
                empty, and `maintain` would delete it beside a newer one.
        """
        runs = frozenset(parquet.names_in(self.of(info), parquet.RUNS, info.key))
        if not runs:
            raise LakeFormatError(
                "the object is damaged: its metadata names no runs",
                where=info.key,
                remedy=remedy_for(info.key),
            )
        return runs


class Catalog:
    """The lake as it was at one moment; what is listed is listed once.

    Args:
        storage: Of the lake.
        footers: The metadata of its objects.
    """

    def __init__(self, storage: Storage, footers: Footers) -> None:
        self.storage = storage
        self.footers = footers
        self._days: dict[str, dict[str, Day]] = {}
        self._committed: dict[str, frozenset[str]] = {}
        self._flat: dict[str, dict[str, ObjectInfo]] = {}

    def days(self, dataset: Dataset) -> dict[str, Day]:
        """The objects of a dataset that runs publish, by crawl date, oldest first."""
        if dataset.name not in self._days:
            # The commits are listed first: what is listed later can only be newer.
            if dataset.name != ARTICLES.name:
                self.days(ARTICLES)
            days: dict[str, Day] = defaultdict(Day)
            for info in self.storage.list(keys.folder(dataset)):
                place = keys.place(dataset, info.key)
                if place is None:
                    continue
                if place.run_id is not None:
                    days[place.date].runs[place.run_id] = info
                elif place.generation is not None:
                    days[place.date].merged[place.generation] = info
            self._add_named(dataset, days)
            self._days[dataset.name] = {date: days[date] for date in sorted(days)}
        return self._days[dataset.name]

    def _add_named(self, dataset: Dataset, days: dict[str, Day]) -> None:
        # Some servers list an object only a while after they have stored it. The newest state
        # names the newest commits, and those are looked up by key.
        for run_id in self.last_commits():
            key = keys.run_key(dataset, run_id)
            place = keys.place(dataset, key)
            date = place.date if place else ""
            if date in days and (
                run_id in days[date].runs
                or any(run_id in self.footers.runs(m) for m in days[date].merged.values())
            ):
                continue
            info = self.storage.head(key)
            if info is not None:
                days[date].runs[run_id] = info

    def flat(self, dataset: Dataset) -> dict[str, ObjectInfo]:
        """The objects of a dataset that is kept whole, by run or generation, oldest first."""
        if dataset.name not in self._flat:
            listed = self.storage.list(keys.folder(dataset))
            named = ((keys.flat_generation(dataset, info.key), info) for info in listed)
            self._flat[dataset.name] = {g: info for g, info in named if g is not None}
        return self._flat[dataset.name]

    def last_commits(self) -> list[str]:
        """The commits that the newest state object names; empty when there is none.

        One that is damaged is passed over, with a warning: what was published stands without it.
        """
        for info in reversed(self.flat(STATE).values()):
            try:
                return self.commits_in(info)
            except LakeFormatError as error:
                self.footers.warn_once(info, error)
        return []

    def commits_in(self, info: ObjectInfo) -> list[str]:
        """The commits that a state object names.

        Raises:
            LakeFormatError: If it is damaged.
        """
        named = parquet.names_in(self.footers.of(info), parquet.COMMITS, info.key)
        if not all(map(is_run_id, named)):
            raise LakeFormatError(
                "the object is damaged: what it names are no runs",
                where=info.key,
                remedy=remedy_for(info.key),
            )
        return named

    def committed_on(self, date: str) -> frozenset[str]:
        """The committed runs of one crawl date."""
        if date not in self._committed:
            day = self.days(ARTICLES).get(date, Day())
            named = (self.footers.runs(info) for info in day.merged.values())
            self._committed[date] = frozenset(day.runs).union(*named)
        return self._committed[date]

    def is_committed(self, run_id: str) -> bool:
        """Whether a run is committed."""
        place = keys.place(ARTICLES, keys.run_key(ARTICLES, run_id))
        return place is not None and run_id in self.committed_on(place.date)

    def has_run(self, run_id: str) -> bool:
        """Whether a run is committed, or older than all of which articles are kept.

        Args:
            run_id: A run id.
        """
        oldest = next(iter(self.days(ARTICLES)), None)
        return oldest is None or crawl_date(run_id) < oldest or self.is_committed(run_id)

    def committed(self) -> frozenset[str]:
        """All committed runs: this reads the metadata of every day file of articles."""
        days = self.days(ARTICLES)
        self.footers.fetch(info for day in days.values() for info in day.merged.values())
        return frozenset[str]().union(*(self.committed_on(date) for date in days))

    def newest(self) -> str | None:
        """The newest committed run; None in an empty lake."""
        for date in reversed(self.days(ARTICLES)):
            if runs := self.committed_on(date):
                return max(runs)
        return None

    def cover(self, dataset: Dataset, date: str) -> Cover:
        """What to read of one dataset and crawl date, and what is left over."""
        day = self.days(dataset).get(date, Day())
        if len(day.merged) == 1 and not day.runs:
            return Cover(tuple(Piece(info) for info in day.merged.values()), (), ())
        pieces: list[Piece] = []
        redundant: list[ObjectInfo] = []
        taken: frozenset[str] = frozenset()
        for generation in sorted(day.merged, reverse=True):
            info = day.merged[generation]
            held = self.footers.runs(info)
            if left := held - taken:
                pieces.append(Piece(info, left if left != held else None))
                taken |= left
            else:
                redundant.append(info)
        committed = self.committed_on(date) if day.runs else frozenset()
        own: list[Piece] = []
        uncommitted: list[ObjectInfo] = []
        for run_id, info in sorted(day.runs.items()):
            if run_id in taken:
                redundant.append(info)
            elif run_id in committed:
                own.append(Piece(info, run_id=run_id))
            else:
                uncommitted.append(info)
        return Cover((*reversed(pieces), *own), tuple(redundant), tuple(uncommitted))

    def held_by(self, piece: Piece) -> frozenset[str]:
        """The runs whose rows are taken from a piece."""
        if piece.run_id is not None:
            return frozenset({piece.run_id})
        return piece.runs if piece.runs is not None else self.footers.runs(piece.info)
