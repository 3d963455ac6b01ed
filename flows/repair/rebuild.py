"""Everything derived, made anew from what is public: after damage, or a change of the scheme.

Here belongs the order: what is damaged is deleted, then come fingerprints from articles, relations,
families and threads, and the index of known URLs from fetches. Each step replaces what was there as
a whole, so a crash leaves the old or the new, and the same command goes on. Not here: how each is
made (`dedup`, `flows.steps.linking`, `lake.reading.known`).
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from crawler.sources import load_sources
from dedup import SCHEME_VERSION, fingerprint
from flows.opening import dedup_settings, open_lake
from flows.repair.resigning import stored_prints, unlike
from flows.settings import Settings
from flows.steps.frequencies import frequencies_in_use
from flows.steps.linking import derive
from lake import failpoints, keys, parquet
from lake.errors import LakeFormatError
from lake.schema import ARTICLES, DAYS, FINGERPRINTS, KNOWN, RUN_ID, Dataset
from lake.storage import ObjectInfo
from lake.tables import Lake
from lake.upkeep.days import mark_final


@dataclass(frozen=True, slots=True)
class RebuildSummary:
    """What one rebuild made.

    Attributes:
        seconds: Wall time.
        days: Crawl dates whose fingerprints were made anew.
        kept: Crawl dates whose fingerprints are as they should be, and were left alone.
        fingerprints: Fingerprints made.
        relations: Pairs derived; None if only fingerprints were asked for, as the next three.
        families: Families derived.
        threads: Edges derived.
        known_urls: URLs in the index.
        deleted: Keys of objects that were damaged, and are made anew.
        changes: In what link went by other settings than the time before.
    """

    seconds: float
    days: int
    kept: int
    fingerprints: int
    relations: int | None = None
    families: int | None = None
    threads: int | None = None
    known_urls: int | None = None
    deleted: tuple[str, ...] = ()
    changes: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """For ``--json``."""
        return {**asdict(self), "seconds": round(self.seconds, 2)}


def rebuild(settings: Settings, *, clock: Callable[[], datetime]) -> RebuildSummary:
    """Makes everything derived anew, from the public datasets alone, damaged or not.

    Args:
        settings: Where, and with which thresholds.
        clock: The present.

    Raises:
        TaarError: If a public object is damaged or the lake is in use.
    """
    started = time.perf_counter()
    failpoints.arm(settings.failpoints)
    sources = load_sources(settings.source_pack, settings.sources)
    lake = open_lake(settings, create=False)
    with lake.lock(clock()):
        deleted = (*_delete_damaged(lake), *_delete_unlisted(lake))
        frequencies = frequencies_in_use(lake, settings.frequencies)
        days, kept, made = _fingerprints(lake, clock, everything=True)
        run_id = lake.new_run_id(clock())
        derived = derive(lake, sources, dedup_settings(settings), run_id, frequencies)
        keep = timedelta(days=settings.known_days)
        # Without the days nobody knows which fetches are gone: what the index has is kept then.
        recount = any(key.startswith(keys.folder(DAYS)) for key in deleted)
        known = lake.build_known(clock(), keep, afresh=not recount)
        if recount:
            mark_final(lake, clock())
    return RebuildSummary(
        time.perf_counter() - started,
        days,
        kept,
        made,
        relations=derived.relations.num_rows,
        families=len(set(derived.families["family_id"].to_pylist())),
        threads=derived.threads.num_rows,
        known_urls=known,
        deleted=deleted,
        changes=derived.changes,
    )


def rebuild_fingerprints(
    settings: Settings, *, clock: Callable[[], datetime], everything: bool = False
) -> RebuildSummary:
    """Makes fingerprints anew where they are missing, damaged, or not what the articles give.

    To find the last ones it makes all of them, and writes those days where one differs.

    Args:
        settings: Where.
        clock: The present.
        everything: Whether those that are as they should be are made anew too.

    Raises:
        TaarError: If an object of articles is damaged or the lake is in use.
    """
    started = time.perf_counter()
    failpoints.arm(settings.failpoints)
    lake = open_lake(settings, create=False)
    with lake.lock(clock()):
        deleted = _delete_unlisted(lake)
        days, kept, made = _fingerprints(lake, clock, everything=everything)
    return RebuildSummary(time.perf_counter() - started, days, kept, made, deleted=deleted)


def _delete_damaged(lake: Lake) -> tuple[str, ...]:
    """Deletes objects that are damaged and can be made anew; returns their keys."""
    catalog = lake.catalog()
    damaged = [
        info.key
        for dataset in (*keys.DERIVED, DAYS, KNOWN)
        for info in catalog.flat(dataset).values()
        if not _readable(lake, dataset, info)
    ]
    lake.storage.delete(damaged)
    return tuple(damaged)


def _delete_unlisted(lake: Lake) -> tuple[str, ...]:
    """Deletes day files of fingerprints that do not even say whose they are; returns their keys.

    Nobody could tell which objects of the day count. Others are replaced, day by day.
    """
    found = []
    for info in lake.storage.list(keys.folder(FINGERPRINTS)):
        place = keys.place(FINGERPRINTS, info.key)
        if place is not None and place.generation is not None:
            try:
                lake.footers.runs(info)
            except LakeFormatError:
                found.append(info.key)
    lake.storage.delete(found)
    return tuple(found)


def _readable(lake: Lake, dataset: Dataset, info: ObjectInfo) -> bool:
    try:
        with lake.storage.open_input(info.key, info.size) as source:
            parquet.read(source, info.key, dataset, checksums=True)
    except LakeFormatError:
        return False
    return True


def _fingerprints(
    lake: Lake, clock: Callable[[], datetime], *, everything: bool
) -> tuple[int, int, int]:
    """Day by day; returns the days that were made anew, those that were not, and rows."""
    expired = lake.removed_dates().get(FINGERPRINTS.name, frozenset())
    days = kept = made = 0
    for name in lake.look(lambda catalog: list(catalog.days(ARTICLES))):
        day = date.fromisoformat(name)
        if name in expired:
            continue
        if not everything and _current(lake, day):
            kept += 1
            continue
        tables = [FINGERPRINTS.stored_schema.empty_table()]
        for articles in lake.scan(ARTICLES, since=day, until=day):
            prints = fingerprint(articles)
            runs = pc.index_in(prints["article_id"], articles["article_id"].combine_chunks())
            tables.append(
                prints.append_column(RUN_ID.field, articles["run_id"].take(runs)).select(
                    FINGERPRINTS.stored_schema.names
                )
            )
        rows = pa.concat_tables(tables, promote_options="permissive")
        lake.rewrite_day(FINGERPRINTS, day, rows, clock())
        days, made = days + 1, made + rows.num_rows
    return days, kept, made


def _current(lake: Lake, day: date) -> bool:
    """Whether each article of a day has its fingerprint, as today's scheme makes it."""
    try:
        prints = stored_prints(lake, day)
    except LakeFormatError:
        return False
    if not set(prints["scheme"].unique().to_pylist()) <= {SCHEME_VERSION}:
        return False
    # Repetitions do no harm here, and to look for them would be to read all other days.
    there = {
        name
        for table in lake.scan(ARTICLES, ["article_id"], since=day, until=day, repeats=True)
        for name in table["article_id"].to_pylist()
    }
    return set(prints["article_id"].to_pylist()) == there and not unlike(lake, day, prints)
