"""Reading without Taar, and by SQL: equal rows whoever reads."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.dataset as ds
import pytest

from lake import ids, keys
from lake.errors import LakeFormatError
from lake.parquet import strings
from lake.reading.views import connect, damage_named
from lake.runs.spool import Spool
from lake.schema import ARTICLES, FAMILIES, FETCHES, RELATIONS, SOURCE_RUNS, THREADS
from lake.storage import Storage
from lake.storage.local import LocalStorage
from lake.tables import Lake
from tests.lake.making import DAY, HOUR, NOW, article, overlap, publish, row, seal, table

VIEWS = (
    "articles",
    "latest",
    "originals",
    "fetches",
    "source_runs",
    "relations",
    "families",
    "threads",
)


def test_duckdb_pandas_polars_and_arrow_read_equal_rows(local: Storage, spools: Path) -> None:
    lake = Lake(local)
    for i in range(3):
        publish(lake, spools, [f"n{i}", f"m{i}"], at=NOW + i * DAY)
    lake.compact(NOW + 3 * DAY + HOUR)
    publish(lake, spools, ["new"], at=NOW + 4 * DAY)
    folder = Path(local.url) / "articles"
    columns = ["article_id", "title", "fetched_at", "crawl_date"]

    by_duckdb = duckdb.sql(
        f"select article_id, title, fetched_at, crawl_date "
        f"from read_parquet('{folder}/**/*.parquet', hive_partitioning=true) order by article_id"
    ).to_arrow_table()
    by_pandas = pd.read_parquet(folder)[columns].sort_values("article_id")
    by_polars = pl.scan_parquet(folder).select(columns).sort("article_id").collect()
    by_arrow = ds.dataset(folder, partitioning="hive").to_table().select(columns)
    by_arrow = by_arrow.sort_by("article_id")

    expected = sorted(strings(lake.read(ARTICLES, ["article_id"]).column(0)))
    assert len(expected) == 7
    titles = by_arrow.column("title").to_pylist()
    assert all(str(t).startswith("शीर्षक") for t in titles)
    for ids_of, titles_of, dates_of in (
        (
            by_duckdb.column("article_id").to_pylist(),
            by_duckdb.column("title").to_pylist(),
            by_duckdb.column("crawl_date").to_pylist(),
        ),
        (list(by_pandas["article_id"]), list(by_pandas["title"]), list(by_pandas["crawl_date"])),
        (
            by_polars["article_id"].to_list(),
            by_polars["title"].to_list(),
            by_polars["crawl_date"].to_list(),
        ),
    ):
        assert ids_of == expected
        assert titles_of == titles
        assert sorted({str(d) for d in dates_of}) == [
            "2024-06-18",
            "2024-06-19",
            "2024-06-20",
            "2024-06-22",
        ]
    times = [t.astimezone(NOW.tzinfo) for t in by_duckdb.column("fetched_at").to_pylist() if t]
    assert times == by_arrow.column("fetched_at").to_pylist()
    assert times == [t.to_pydatetime() for t in by_pandas["fetched_at"]]
    assert times == by_polars["fetched_at"].to_list()


def test_pandas_reads_while_a_write_is_under_way(local: Storage, spools: Path) -> None:
    lake = Lake(local)
    publish(lake, spools, ["a"])
    temporary = Path(local.url) / ".tmp" / "half.tmp"
    temporary.write_bytes(b"PAR1 half")
    folder = Path(local.url) / "articles"
    assert len(pd.read_parquet(folder)) == 1
    assert pl.scan_parquet(folder).collect().height == 1
    assert not [p for p in Path(local.url).rglob("*.parquet") if p.name.startswith(".")]


def test_an_empty_lake_has_empty_views(lake: Lake) -> None:
    connection = connect(lake)
    for view in VIEWS:
        assert connection.sql(f"select count(*) from {view}").fetchall() == [(0,)]
    for dataset in (ARTICLES, FETCHES, SOURCE_RUNS, RELATIONS, FAMILIES, THREADS):
        described = connection.sql(f"select * from {dataset.name}")
        dated = ["crawl_date"] if dataset.by_run else []
        assert described.columns == [*dataset.schema.names, *dated]
    assert connection.sql("select title from latest").columns == ["title"]


def test_views_are_exact(lake: Lake, spools: Path) -> None:
    publish(lake, spools, ["a", "b"])
    publish(lake, spools, ["b", "c"], at=NOW + HOUR)
    publish(lake, spools, ["a"], at=NOW + DAY, version=2)
    dead = publish(lake, spools, ["dead"], at=NOW + 2 * DAY)
    lake.storage.delete([keys.run_key(ARTICLES, dead)])

    def check() -> None:
        connection = connect(Lake(lake.storage))

        def ask(query: str) -> list[tuple[object, ...]]:
            return connection.sql(query).fetchall()

        assert ask("select url from articles order by all") == [
            (f"http://a.test/{n}",) for n in ("a", "a", "b", "c")
        ]
        assert ask("select url, version from latest order by all") == [
            ("http://a.test/a", 2),
            ("http://a.test/b", 1),
            ("http://a.test/c", 1),
        ]
        assert ask("select count(*) from fetches") == [(5,)]
        assert ask("select sum(taken_up) from source_runs") == [(3,)]
        assert ask("select outcomes['published'] from source_runs limit 1") == [(1,)]
        assert ask("select title from articles where version = 2") == [("शीर्षक a",)]

    check()
    lake.compact(NOW + DAY)
    check()
    lake.compact(NOW + 9 * DAY)
    check()


def test_a_connection_reads_rows_when_a_query_asks_for_them(
    local: Storage, spools: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lake = Lake(local)
    for hour in range(4):  # Two runs have both published "b": one of these rows is left out.
        publish(lake, spools, [f"n{hour}", "b"], at=NOW + hour * HOUR)
    opened: list[str] = []
    open_input = LocalStorage.open_input

    def told(self: LocalStorage, key: str, size: int | None = None) -> pa.NativeFile:
        opened.append(key.partition("/")[0])
        return open_input(self, key, size)

    monkeypatch.setattr(LocalStorage, "open_input", told)
    connection = connect(Lake(local))
    assert connection.sql("select 1").fetchall() == [(1,)]
    assert connection.sql("select count(*) from fetches").fetchall() == [(8,)]
    assert set(opened) == {"state"}
    assert connection.sql("select count(*) from articles").fetchall() == [(5,)]
    assert "articles" in opened
    there = len(opened)
    assert connection.sql("select count(*) from latest").fetchall() == [(5,)]
    assert len(opened) == there


def test_an_object_that_is_damaged_is_named_when_it_is_read(local: Storage, spools: Path) -> None:
    lake = Lake(local)
    damaged = keys.run_key(ARTICLES, publish(lake, spools, ["a"]))
    publish(lake, spools, ["b"], at=NOW + HOUR)
    local.put(damaged, b"PAR1 nothing of the kind PAR1")
    fresh = Lake(local)
    connection = connect(fresh)
    with pytest.raises(LakeFormatError) as caught, damage_named(fresh):
        connection.sql("select count(*) from articles").fetchall()
    assert caught.value.where == damaged


def test_a_crawl_date_is_a_column_and_only_its_objects_are_read(lake: Lake, spools: Path) -> None:
    runs = [publish(lake, spools, [f"n{day}", "again"], at=NOW + day * DAY) for day in range(3)]
    dates = [(NOW + day * DAY).date() for day in range(3)]
    connection = connect(Lake(lake.storage))
    found = connection.sql("select distinct crawl_date, run_id from fetches order by 1").fetchall()
    assert found == list(zip(dates, runs, strict=True))
    # Of "again" the row of the first day counts, so the others come out of objects read in part.
    counted = connection.sql("select crawl_date, count(*) from articles group by 1 order by 1")
    assert counted.fetchall() == [(dates[0], 2), (dates[1], 1), (dates[2], 1)]
    assert connection.sql("select crawl_date from latest order by 1").fetchall() == [
        *([(dates[0],)] * 2),
        *((date,) for date in dates[1:]),
    ]
    lake.storage.put(keys.run_key(FETCHES, runs[2]), b"PAR1 nothing of the kind PAR1")
    early = f"select count(*) from fetches where crawl_date < '{dates[2]}'"
    connection = connect(Lake(lake.storage))
    assert connection.sql(early).fetchall() == [(4,)]
    with pytest.raises(duckdb.Error, match="Parquet"):
        connection.sql("select sum(duration_ms) from fetches").fetchall()


def test_originals_are_what_link_found_else_what_was_known(lake: Lake, spools: Path) -> None:
    spool = Spool.create(spools, lake.new_run_id(NOW))
    made = {n: article(n, spool.run_id) for n in ("first", "copy", "late")}
    made["copy"].update(copy_of=made["late"]["article_id"], copy_kind="exact")
    made["late"].update(copy_of="0" * 32, copy_kind="near")
    seal(lake, spool, list(made.values()))
    lake.publish(spool)

    def originals() -> list[str]:
        urls = connect(lake).sql("select url from originals order by all").fetchall()
        return [url.rpartition("/")[2] for (url,) in urls]

    assert originals() == ["first"]
    families = [
        row(FAMILIES, family_id="f", article_id=made["late"]["article_id"], role="first"),
        row(FAMILIES, family_id="f", article_id=made["first"]["article_id"], role="copy"),
    ]
    lake.write_derived(FAMILIES, table(FAMILIES, families), ids.new_run_id(NOW))
    assert originals() == ["late"]
    assert connect(lake).sql("select count(*) from families").fetchall() == [(2,)]


def test_a_view_over_day_files_that_overlap(local: Storage, spools: Path) -> None:
    lake = Lake(local)
    runs = [publish(lake, spools, [f"n{i}", "all"], at=NOW + i * HOUR) for i in range(3)]
    overlap(local, runs, spools)
    connection = connect(Lake(local))
    names = connection.sql("select url from articles order by all").fetchall()
    assert names == [(f"http://a.test/{n}",) for n in ("all", "n0", "n1", "n2")]
    assert connection.sql("select count(*) from latest").fetchall() == [(4,)]
