"""Making articles again from the archive: the counting, and the runs that publish what differs.

Here belongs what becomes of the comparisons of `flows.repair.rereading`: they are counted and,
if that was asked for, published as runs of their own through the same seal and commit as any run.
Not here: which pages are read, what is made of them, the form of the report
(`flows.repair.correction`).

A published correction is a new version whose ``supersedes`` names the one before, whose page
(``warc_file``, ``fetched_at``) is the same and whose ``extractor_version`` is today's. A page that
was refused when it was fetched becomes an article with the time of its fetch.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from itertools import islice
from typing import Final

from crawler.extract import load_agencies
from crawler.source_model import Source
from crawler.sources import load_sources
from flows.opening import open_lake, retention, spool_root
from flows.repair.correction import Asked, Correction, check_asked
from flows.repair.rereading import Reader, Reread, reread
from flows.settings import Settings
from flows.stepping import Clock, Step, part, plain_step
from flows.steps.feed_state import state_after
from flows.steps.known import by_url, known_keys
from flows.steps.parted import Parts
from flows.steps.publish import add_labels, publish
from flows.steps.recovery import finish_sealed
from flows.steps.rows import Batch
from flows.steps.settle import is_forgotten, settle
from flows.steps.source_counts import source_rows
from lake import failpoints, ids, keys
from lake.runs.spool import Spool
from lake.tables import Lake
from lake.upkeep.days import read_days, removed_dates

_PER_RUN: Final = 2_000
"""Articles that one run publishes: they are in memory together, with their texts."""

_TOLD: Final = frozenset({"changed", "new", "refused", "part_missing"})
"""Kinds that the report lists one by one."""


async def reextract(
    settings: Settings, asked: Asked, *, clock: Clock, step: Step = plain_step
) -> Correction:
    """Extracts archived pages again, reports what differs, and publishes it if that is asked for.

    Args:
        settings: Where to, and with which thresholds.
        asked: What.
        clock: The present.
        step: Wraps each part of the run.

    Raises:
        ConfigError: If a setting, a source id, a field or the dates are wrong.
        TaarError: If the lake cannot be read or written, or another writer holds it. What earlier
            runs of it have published stays.
    """
    started = time.perf_counter()
    failpoints.arm(settings.failpoints)
    sources = {s.id: s for s in load_sources(settings.source_pack, settings.sources)}
    check_asked(asked, sources.values())
    lake = await step("open the lake", part(open_lake, settings, create=False))
    work = _Work(lake, settings, sources, asked, clock)
    # In a thread: it takes long, and whoever awaits it has a lease to renew.
    done = await step("extract again", partial(asyncio.to_thread, work.run))
    done.seconds = time.perf_counter() - started
    return done


@dataclass(frozen=True, slots=True)
class _Work:
    lake: Lake
    settings: Settings
    sources: dict[str, Source]
    asked: Asked
    clock: Clock

    def run(self) -> Correction:
        """Reads everything again, and publishes in runs of bounded size."""
        known = self.lake.known(["url_id", "article_id"])
        reader = Reader(
            sources=self.sources,
            agencies=load_agencies(self.settings.agencies),
            min_words=self.settings.min_words,
            honour_rights=self.settings.honour_rights,
            now=self.clock(),
            known=known_keys(row["url_id"] for row in known.to_pylist() if row["article_id"]),
            parts=Parts(self.lake),
        )
        done = Correction()
        found = reread(
            self.lake, reader, only=self.asked.only, since=self.asked.since, until=self.asked.until
        )
        worthy = _counted(found, self.asked, done, self._is_kept())
        while batch := list(islice(worthy, _PER_RUN)):
            if self.asked.publish:
                self._publish(batch, done)
        return done

    def _is_kept(self) -> Callable[[str], bool]:
        """Tells whether the archive of a key should still be there."""
        since = retention(self.settings).over(self.clock()).get(keys.PAGES, "")
        removed = removed_dates(read_days(self.lake, self.lake.catalog())).get(keys.PAGES, ())

        def kept(key: str) -> bool:
            run_id = keys.pages_run(key)
            date = "" if run_id is None else ids.crawl_date(run_id)
            return run_id is None or (date >= since and date not in removed)

        return kept

    def _publish(self, batch: Sequence[Reread], done: Correction) -> None:
        now = self.clock()
        root = spool_root(self.settings, self.lake)
        with self.lake.lock(now):
            # What died before us comes first, or its state would be out of date.
            finish_sealed(self.lake, root)
            run_id = self.lake.new_run_id(now)
            rows = _rows(self.lake, self.sources, batch, run_id, now)
            done.overtaken += len(batch) - len(rows.articles)
            if not rows.articles:
                return
            prints = add_labels(self.lake, rows, self.settings)
            with Spool.create(root, run_id) as spool:
                publish(self.lake, spool, rows, prints)
        done.runs.append(run_id)
        done.published += sum(row["version"] == 1 for row in rows.articles)
        done.updated += sum(row["version"] > 1 for row in rows.articles)


def _counted(
    found: Iterable[Reread], asked: Asked, done: Correction, is_kept: Callable[[str], bool]
) -> Iterator[Reread]:
    """Counts every page, and passes on what is worth publishing."""
    for page in found:
        wanted = page.kind != "changed" or set(page.fields) & set(asked.fields)
        kind = page.kind if wanted else "same"
        done.pages[kind] += 1
        lost = page.lost
        if lost is not None and not (lost.file_missing and not is_kept(lost.key)):
            done.lost[f"{lost.key}: {lost.why}"] += 1
        if kind in _TOLD:
            done.fields.update(page.fields)
            done.told.append(replace(page, record=None))
        if kind in ("changed", "new"):
            yield page


def _rows(
    lake: Lake, sources: dict[str, Source], batch: Sequence[Reread], run_id: str, now: datetime
) -> Batch:
    """The rows of a run that publishes what differs, but for what changed or went meanwhile."""
    records = [page.record for page in batch if page.record is not None]
    replaces = {
        str(page.record["article"]["url_id"]): page.replaces
        for page in batch
        if page.record is not None
    }
    known = by_url(lake.known(), replaces)
    forgotten = lake.forgotten().url_ids
    still = [
        record
        for record in records
        for before in [known.get(record["article"]["url_id"])]
        if (before or {}).get("article_id") == replaces[record["article"]["url_id"]]
        and not is_forgotten(record["fetch"], record["article"], forgotten)
    ]
    # Not compared by its text: another title or date is a correction too.
    open_to = {url_id: {**row, "content_hash": None} for url_id, row in known.items()}
    fetches, articles = settle(run_id, now, {}, still, open_to)
    before = lake.state().to_pylist()
    return Batch(
        articles=articles,
        fetches=fetches,
        source_runs=source_rows(run_id, now, sources, (), fetches, articles),
        state=state_after(before, (), sources, {}, fetches, {}),
    )
