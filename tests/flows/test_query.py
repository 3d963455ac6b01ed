"""What `taar sql` lets through: one statement that reads the views, and no more."""

from __future__ import annotations

import csv
import io
import json
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import duckdb
import pytest
from click.testing import CliRunner, Result

from flows.cli import main
from flows.settings import ROOT
from lake.reading.views import LIST_RUNS, connect
from lake.storage import open_storage
from lake.tables import Lake
from tests.flows.conftest import assert_stopped, of_a_child
from tests.lake.making import HOUR, NOW, publish


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("query")
    lake = Lake(open_storage(str(folder / "lake")))
    publish(lake, folder / "spools", ["a", "b"])
    publish(lake, folder / "spools", ["c"], at=NOW + HOUR)
    return lake.storage.url


def ask(place: str, query: str, *options: str) -> Result:
    return CliRunner().invoke(main, ["sql", query, "--lake", place, *options])


@pytest.mark.parametrize(
    ("query", "word"),
    [
        ("select count(*) from articles;", "3"),
        ("with x as (from articles) select count(*) from x", "3"),
        ("from (values (17))", "17"),
        ("explain select url from articles", "ARROW_SCAN"),
        ("describe latest", "article_id"),
        ("summarize days", "crawl_date"),
        ("show tables", "originals"),
        ("pragma table_info('days')", "crawl_date"),
        ("pivot (select version, url from articles) on version using count(*)", "1"),
    ],
)
def test_what_reads_is_answered(query: str, word: str, place: str) -> None:
    result = ask(place, query)
    assert result.exit_code == 0, result.output
    assert word in result.output


def test_tables_are_the_views_and_nothing_else(place: str) -> None:
    result = CliRunner().invoke(main, ["sql", "show tables", "--lake", place, "--csv"])
    assert result.stdout.split() == [
        "name", "articles", "days", "families", "fetches", "latest", "originals", "relations",
        "source_runs", "threads", "tombstones",
    ]  # fmt: skip


TYPES = (
    "select 'nan'::double n, 1.5::decimal(4,2) d, 2::decimal(4,2) e, 'a'::blob b, "
    "timestamptz '2024-06-18 06:30:00+00' t, [1.5::decimal(4,2), 'inf'::double] l, "
    "map {1: true} m, null z, 'क, \"ख\"' w, 1 x, 2 x, 3 x_1"
)


def test_rows_as_json(place: str) -> None:
    def refuse(word: str) -> None:
        raise AssertionError(f"{word} is no JSON")

    result = CliRunner().invoke(main, ["sql", TYPES, "--lake", place, "--json"])
    (row,) = json.loads(result.stdout, parse_constant=refuse)
    assert row == {
        "n": None, "d": 1.5, "e": 2, "b": "61", "t": "2024-06-18T06:30:00+00:00",
        "l": [1.5, None], "m": {"1": True}, "z": None, "w": 'क, "ख"', "x": 1, "x_2": 2, "x_1": 3,
    }  # fmt: skip


def test_rows_as_csv(place: str) -> None:
    result = CliRunner().invoke(main, ["sql", TYPES, "--lake", place, "--csv"])
    head, row = csv.reader(io.StringIO(result.stdout))
    assert dict(zip(head, row, strict=True)) == {
        "n": "", "d": "1.5", "e": "2", "b": "61", "t": "2024-06-18T06:30:00+00:00",
        "l": "[1.5, null]", "m": '{"1": true}', "z": "", "w": 'क, "ख"', "x": "1", "x_2": "2",
        "x_1": "3",
    }  # fmt: skip
    both = CliRunner().invoke(main, ["sql", "from days", "--lake", place, "--csv", "--json"])
    assert both.exit_code == 2


@pytest.mark.parametrize(
    "query",
    [
        "copy (select 1) to '{folder}/out.csv'",
        "copy (select 1 as x) to '{folder}/lake/articles/x.parquet'",
        "attach '{folder}/other.db'",
        "export database '{folder}/whole'",
        "explain analyze copy (select 1) to '{folder}/out.csv'",
        "create table t as from articles",
        "drop view articles",
        "set lock_configuration = false",
        "install httpfs",
        "call duckdb_functions()",
        "select 1; select 2",
        "pivot articles on version; drop view articles",
        "",
        "/* nothing */",
    ],
)
def test_what_writes_is_refused(query: str, place: str, tmp_path: Path) -> None:
    before = {p: p.stat().st_mtime_ns for p in Path(place).rglob("*")}
    result = ask(place, query.format(folder=tmp_path))
    assert result.exit_code == 2, result.output
    assert "remedy" in result.stderr
    assert list(tmp_path.iterdir()) == []
    assert {p: p.stat().st_mtime_ns for p in Path(place).rglob("*")} == before


@pytest.mark.parametrize(
    "table",
    [
        "read_csv('{file}')",
        "read_text('{file}')",
        "read_parquet('{file}')",
        "glob('{folder}/*')",
        "'{file}'",
        "sniff_csv('{file}')",
        "parquet_metadata('{file}')",
        "'http://127.0.0.1:9/x.parquet'",
    ],
)
def test_other_files_are_out_of_reach(table: str, place: str, tmp_path: Path) -> None:
    secret = tmp_path / "secret.csv"
    secret.write_text("word\nhush\n")
    result = ask(place, f"select * from {table.format(file=secret, folder=tmp_path)}")
    assert result.exit_code == 2, result.output
    assert "hush" not in result.output
    assert "secret.csv" not in result.stdout


def test_the_connection_stays_locked(place: str) -> None:
    connection = connect(Lake(open_storage(place)))
    mine = [1]
    for query in (
        "set enable_external_access = true",
        "set python_enable_replacements = true",
        "copy articles to '/tmp/never.csv'",
        "from mine",
    ):
        with pytest.raises(duckdb.Error):
            connection.sql(query)
    assert mine


@pytest.mark.parametrize("run", ["'bogus'", "null", "3", "'20240618T063000123456Z'", "''"])
def test_what_is_no_run_id_is_no_news_from_nowhere(run: str, place: str) -> None:
    result = ask(place, f"select count(*) from articles_since({run})")
    assert result.exit_code == 2, result.output
    assert "this is none" in result.stderr


@pytest.mark.parametrize("moved", ["20260101T000000000000Z-0000000000000000", "a", "after"])
def test_a_run_that_is_not_there_is_named(moved: str, place: str) -> None:
    lake = Lake(open_storage(place))
    newest = lake.newest_run()
    assert newest is not None
    if moved == "a":
        moved = newest[:-1] + ("1" if newest[-1] == "0" else "0")  # On a day of which there is one.
    elif moved == "after":
        moved = f"29990101{newest[8:]}"
    result = ask(place, f"select count(*) from articles_since('{moved}')")
    assert result.exit_code == 2, result.output
    assert f"there is no run {moved}" in result.stderr
    told = result.stderr[result.stderr.index("list the runs with: ") + 20 :].splitlines()[0]
    assert newest in ask(place, told).output
    # What is older than all that is kept is no mistake: nothing is left out.
    older = f"20000101{newest[8:]}"
    every = ask(place, f"select count(*) from articles_since('{older}')")
    assert every.exit_code == 0, every.output
    assert every.output == ask(place, "select count(*) from articles").output
    none = ask(place, f"select count(*) from articles_since('{newest}')")
    assert none.exit_code == 0, none.output


@pytest.mark.parametrize("query", ["explain", "explain analyze"])
def test_a_plan_is_shown_whole(place: str, query: str) -> None:
    query += " select url, count(*) from articles group by 1 having count(*) > 1 order by 1"
    shown = ask(place, query)
    assert shown.exit_code == 0, shown.output
    (plan,) = json.loads(ask(place, query, "--json").output)
    for step in ("ORDER_BY", "FILTER", "GROUP_BY", "ARROW_SCAN"):
        assert step in plan["explain_value"]
        assert step in shown.output
    lines = shown.output.splitlines()
    assert len(lines) > 20
    assert not any("…" in line for line in lines)


def test_runs_are_listed_when_their_source_runs_are_gone(place: str) -> None:
    lake = Lake(open_storage(place))
    newest = lake.newest_run()
    told = LIST_RUNS.removeprefix("list the runs with: ")
    connection = connect(lake)
    both = {run for (run,) in connection.sql(told).fetchall()}
    kept = {run for (run,) in connection.sql("select run_id from articles").fetchall()}
    assert newest in both
    assert kept <= both
    alone = told.replace("source_runs", "(from source_runs limit 0)")
    assert {run for (run,) in connection.sql(alone).fetchall()} == kept


def test_help_names_every_view(place: str) -> None:
    views = connect(Lake(open_storage(place))).sql(
        "select view_name from duckdb_views() where not internal and schema_name = 'main'"
    )
    told = CliRunner().invoke(main, ["sql", "--help"]).output
    names = told[told.index("Views: ") + 7 : told.index("; and")].replace(",", " ").split()
    assert sorted(names) == sorted(str(name) for (name,) in views.fetchall())
    assert "articles_since('RUN')" in told


LONG = "select count(*) from range(100000000) a, range(1000000) b where a.range * b.range % 7 = 3"


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_query_that_is_stopped_says_one_line(
    number: signal.Signals, code: int, place: str, tmp_path: Path
) -> None:
    # The query begins when it has named itself: until then a signal is met in Python.
    mark = tmp_path / "asked"
    program = (
        "import pathlib, sys\n"
        "from flows.cli import main\n"
        "from flows.look import query\n"
        "check = query._require_reading\n"
        "def checked(*given):\n"
        "    check(*given)\n"
        "    pathlib.Path(sys.argv.pop()).touch()\n"
        "query._require_reading = checked\n"
        "main(sys.argv[1:-1])\n"
    )
    env = of_a_child()
    command = [sys.executable, "-c", program, "sql", LONG, "--lake", place, str(mark)]
    running = subprocess.Popen(
        command, cwd=ROOT, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    end = time.monotonic() + 60
    while not mark.exists() and running.poll() is None and time.monotonic() < end:
        time.sleep(0.05)
    threading.Event().wait(0.3)
    running.send_signal(number)
    assert_stopped(running, code, resumed=False)
