"""The report of a day, for people: what came in, who copied whom, which sources need somebody.

Here belong the questions asked of the lake. Not here: how the answers are written
(`flows.watch.report_forms`), the judgement of sources (`flows.watch.health`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import duckdb

from crawler.sources import load_sources
from flows.opening import open_lake
from flows.settings import Settings
from flows.watch.report_forms import Link, Report, Section
from flows.watch.watching import unwell
from lake import ids
from lake.orders import read_orders
from lake.reading.views import connect, damage_named

_MOST: Final = 15
"""Rows of a table in which one seldom reads on."""


def make_report(settings: Settings, *, now: datetime, hours: float = 24) -> Report:
    """Asks the lake about the last hours.

    Args:
        settings: Where it is, and the sources.
        now: The clock; times are shown in its zone.
        hours: How far the report goes back.

    Raises:
        ConfigError: If there is no lake, or the source file is wrong.
        LakeFormatError: If an object is damaged.
        StorageError: If it cannot be read.
    """
    lake = open_lake(settings, create=False)
    since = now - timedelta(hours=hours)
    newest = lake.newest_run()
    db = connect(lake)
    with damage_named(lake):
        db.execute(
            # Run ids begin with the time, and are in the files' statistics; pages fetched a while
            # ago may be published by a run of today.
            "create temp table new as select * exclude (text) from articles where run_id >= ? and "
            "run_id <= ?",
            [_stamp(since), _stamp(now) + "~"],
        )
        ((runs,),) = db.execute(
            "select count(*) from (select run_id from source_runs where run_id >= ? and "
            "run_id <= ? union select run_id from new)",
            [_stamp(since), _stamp(now) + "~"],
        ).fetchall()
        lead, sections = _lead(db), _sections(db, since, now)
    sources = load_sources(settings.source_pack, settings.sources)
    found = unwell(lake, sources, read_orders(lake.storage), now)
    health = tuple((c.source_id, c.what, c.since and c.since.astimezone(now.tzinfo)) for c in found)
    # A collector that stands still accuses no source: it cannot call them well either.
    well = "All are well." if runs else "Unknown: no run has looked at them in this time."
    return Report(
        since,
        now,
        (f"{lead} {_health(len(found))}" if runs else _standstill(newest, now),),
        (
            *sections,
            Section("Sources that need somebody", ("source", "is", "since"), health, well),
        ),
    )


def _health(unwell_count: int) -> str:
    if not unwell_count:
        return "All sources are well."
    return f"{unwell_count} sources need somebody."


def _standstill(newest: str | None, now: datetime) -> str:
    if newest is None:
        return "Nothing was collected in this time: the lake has no runs yet. `taar collect` runs."
    at = ids.run_time(newest).astimezone(now.tzinfo)
    return (
        f"Nothing was collected in this time. The newest run of the lake began at "
        f"{at:%Y-%m-%d %H:%M %Z}."
    )


def _stamp(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y%m%dT%H%M%S%f}Z"


def _lead(db: duckdb.DuckDBPyConnection) -> str:
    new, versions, sources, copies = db.execute(
        "select count(*) filter (version = 1), count(*) filter (version > 1), "
        "count(distinct source_id), count(*) filter (version = 1 and copy_of is not null) from new"
    ).fetchall()[0]
    share = f" ({copies / new:.0%})" if new else ""
    return (
        f"{_count(new, 'new article')} and {_count(versions, 'new version')} from "
        f"{_count(sources, 'source')}. {copies} of the new articles{share} are copies of earlier "
        "ones."
    )


def _count(number: int, thing: str) -> str:
    return f"{number} {thing}" + ("" if number == 1 else "s")


def _no_families(ask: Callable[[str], Sequence[Sequence[Any]]]) -> str:
    ((all_families, new),) = ask(
        "select (select count(*) from families), (select count(*) from new)"
    )
    if not new:
        return "No articles in this time. Only families with an article of it are counted."
    if not all_families:
        return "No families of copies yet: `taar link` derives them."
    return "No article of this time is in a family of copies (as of the last `taar link`)."


def _sections(db: duckdb.DuckDBPyConnection, since: datetime, now: datetime) -> tuple[Section, ...]:
    def ask(query: str, *given: object) -> tuple[tuple[Any, ...], ...]:
        return tuple(tuple(row) for row in db.execute(query, list(given)).fetchall())

    families = ask(
        "with touched as (select distinct family_id from families join new using (article_id)) "
        "select any_value(coalesce(o.title, a.title)), any_value(coalesce(o.url, a.url)), "
        "any_value(f.size), any_value(f.sources), any_value(f.first_source_id) "
        "from families f join touched using (family_id) join articles a using (article_id) "
        "left join articles o on o.article_id = f.first_id "
        "group by f.family_id order by 3 desc, 1 limit ?",
        _MOST,
    )
    firsts = ask(
        "with touched as (select distinct family_id from families join new using (article_id)) "
        "select first_source_id, count(distinct family_id), sum(size - 1) from ("
        "select distinct family_id, first_source_id, size from families join touched "
        "using (family_id)) where first_source_id is not null "
        "group by 1 order by 2 desc, 1 limit ?",
        _MOST,
    )
    agencies = ask(
        "select agency.id, count(*), count(distinct source_id), "
        "count(*) filter (copy_of is not null) from "
        "(select unnest(agencies) as agency, source_id, copy_of from new where version = 1) "
        "group by 1 order by 2 desc, 1 limit ?",
        _MOST,
    )
    by_source = ask(
        "select source_name, count(*) filter (version = 1), count(*) filter (version > 1), "
        "count(*) filter (version = 1 and copy_of is not null), "
        "count(*) filter (version = 1 and published_at is null), "
        "cast(median(word_count) as integer) from new group by 1 order by 2 desc, 1"
    )
    outcomes = ask(
        "select outcome, count(*) from fetches where run_id >= ? and run_id <= ? "
        "group by 1 order by 2 desc, 1",
        _stamp(since),
        _stamp(now) + "~",
    )
    return (
        Section(
            "The most copied",
            ("headline", "copies", "sources", "first"),
            tuple((Link(title, url), size, n, first or "undetermined")
                  for title, url, size, n, first in families),
            _no_families(ask),
        ),
        Section("First publishers", ("source", "families begun", "copies by others"), firsts),
        Section("Agencies", ("agency", "articles", "sources", "of these copies"), agencies),
        Section(
            "By source",
            ("source", "new", "versions", "copies", "without a date", "median words"),
            by_source,
        ),
        Section("URLs taken up", ("outcome", "URLs"), outcomes),
    )  # fmt: skip
