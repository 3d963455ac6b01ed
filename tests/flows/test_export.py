"""One file out of the lake: the rows, their types, and clear errors."""

from __future__ import annotations

import csv
import json
from datetime import UTC, datetime
from pathlib import Path

import click
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner, Result

from flows.cli import main
from flows.commands import reading
from flows.look.export import VIEWS
from lake.schema import ARTICLES, DATASETS, RELATIONS, SCHEMA_VERSION
from lake.storage import S3Options, open_storage
from lake.tables import Lake
from tests.lake.making import DAY, HOUR, NOW, publish, row, table


@pytest.fixture
def place(tmp_path: Path) -> str:
    return fill(Lake(open_storage(str(tmp_path / "lake"))), tmp_path)


def fill(lake: Lake, folder: Path) -> str:
    publish(lake, folder / "spools", ["a", "b"])
    publish(lake, folder / "spools", ["b", "c"], at=NOW + HOUR)
    publish(lake, folder / "spools", ["a"], at=NOW + DAY, version=2)
    publish(lake, folder / "spools", ["d"], at=NOW + 2 * DAY)
    return lake.storage.url


def export(place: str, out: Path, *args: str, **env: str) -> Result:
    return CliRunner().invoke(main, ["export", "--lake", place, "--out", str(out), *args], env=env)


def urls(out: Path) -> list[str]:
    return [str(url)[-1] for url in pq.read_table(out).column("url").to_pylist()]


@pytest.mark.parametrize(
    ("args", "expected"),
    [
        (["--view", "articles"], "abcad"),
        ([], "bcad"),
        (["--from", "2024-06-19"], "ad"),
        (["--to", "2024-06-18", "--view", "articles"], "abc"),
        (["--from", "2024-06-19", "--to", "2024-06-19"], "a"),
        (["--from", "2024-06-18", "--to", "2024-06-20", "--view", "originals"], "abcad"),
        (["--from", "2025-01-01"], ""),
        (["--from", "1990-01-01"], "bcad"),
        (["--to", "1990-01-01"], ""),
        (["--from", "1990-01-01", "--to", "2100-12-31"], "bcad"),
    ],
)
def test_the_rows_of_a_range(args: list[str], expected: str, place: str, tmp_path: Path) -> None:
    out = tmp_path / "news.parquet"
    result = export(place, out, *args, "--json")
    assert result.exit_code == 0, result.output
    assert sorted(urls(out)) == sorted(expected)
    assert json.loads(result.output) == {
        "newest_run": Lake(open_storage(place)).newest_run(),
        "file": str(out),
        "rows": len(expected),
        "bytes": out.stat().st_size,
    }


def test_parquet_keeps_types_descriptions_and_order(place: str, tmp_path: Path) -> None:
    out = tmp_path / "news.parquet"
    out.write_text("something older")
    assert export(place, out).exit_code == 0
    table = pq.read_table(out)
    assert table.schema.equals(ARTICLES.schema, check_metadata=False)
    assert (table.schema.metadata or {})[b"taar.schema_version"] == str(SCHEMA_VERSION).encode()
    assert (table.schema.field("title").metadata or {})[b"description"] == b"headline, in NFC"
    times = table.column("fetched_at").to_pylist()
    assert times == sorted(times, key=str)
    assert [path.name for path in tmp_path.glob(".*")] == []


def test_csv_has_every_column_and_lists_as_json(place: str, tmp_path: Path) -> None:
    out = tmp_path / "news.csv"
    result = export(place, out, "--view", "articles")
    assert result.exit_code == 0
    assert "5 rows" in result.output
    with out.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert list(rows[0]) == ARTICLES.schema.names
    assert len(rows) == 5
    assert {row["title"] for row in rows} == {f"शीर्षक {n}" for n in "abcd"}
    assert datetime.fromisoformat(rows[0]["fetched_at"]) == NOW.astimezone(UTC)


@pytest.mark.parametrize(
    ("view", "rows"),
    [
        *(("fetches", 6), ("source_runs", 4), ("relations", 1), ("families", 0), ("threads", 0)),
        *(("days", 0), ("tombstones", 0)),
    ],
)
def test_every_dataset_for_analysts_can_be_written(
    view: str, rows: int, place: str, tmp_path: Path
) -> None:
    lake = Lake(open_storage(place))
    ends = lake.read(ARTICLES, ["article_id"]).column(0).to_pylist()[:2]
    pair = row(RELATIONS, article_id=ends[0], other_id=ends[1])
    with lake.lock(NOW):
        lake.write_derived(RELATIONS, table(RELATIONS, [pair]), lake.new_run_id(NOW))
    assert export(place, tmp_path / "x.parquet", "--view", view).exit_code == 0
    written = pq.read_table(tmp_path / "x.parquet")
    (dataset,) = [d for d in DATASETS if d.name == view]
    assert written.num_rows == rows
    assert written.schema.equals(dataset.schema, check_metadata=False)
    assert export(place, tmp_path / "x.csv", "--view", view).exit_code == 0
    with (tmp_path / "x.csv").open(encoding="utf-8", newline="") as file:
        read = list(csv.DictReader(file))
    assert len(read) == rows
    if view == "source_runs":
        assert isinstance(json.loads(read[0]["outcomes"]), dict)


def test_fetches_of_a_range(place: str, tmp_path: Path) -> None:
    out = tmp_path / "fetches.parquet"
    assert export(place, out, "--view", "fetches", "--from", "2024-06-19").exit_code == 0
    assert pq.read_table(out).num_rows == 2


def test_capitals_name_a_format_too(place: str, tmp_path: Path) -> None:
    assert export(place, tmp_path / "x.PARQUET").exit_code == 0
    assert sorted(urls(tmp_path / "x.PARQUET")) == ["a", "b", "c", "d"]
    assert export(place, tmp_path / "x.Csv").exit_code == 0
    assert (tmp_path / "x.Csv").read_text(encoding="utf-8").startswith('"article_id"')


def test_an_empty_lake_has_no_newest_run(tmp_path: Path) -> None:
    place = Lake(open_storage(str(tmp_path / "empty"))).storage.url
    result = export(place, tmp_path / "x.csv")
    assert result.exit_code == 0, result.output
    assert "0 rows" in result.stdout
    assert "the lake holds no run yet" in result.stdout


def test_an_s3_lake_exports_alike(s3_endpoint: str, bucket: str, tmp_path: Path) -> None:
    place = f"s3://{bucket}/x"
    fill(Lake(open_storage(place, S3Options(endpoint_url=s3_endpoint))), tmp_path)
    out = tmp_path / "news.parquet"
    result = export(place, out, "--from", "2024-06-19", TAAR_S3_ENDPOINT_URL=s3_endpoint)
    assert result.exit_code == 0, result.output
    assert urls(out) == ["a", "d"]


@pytest.mark.parametrize(
    ("out", "args", "code", "words"),
    [
        ("news.xlsx", [], 2, ["'.xlsx'", "*.parquet or *.csv"]),
        ("news", [], 2, ["is 'news'", "*.parquet or *.csv"]),
        (".csv", [], 2, ["is '.csv'", "*.parquet or *.csv"]),
        ("news.csv", ["--from", "22.11.2024"], 2, ["22.11.2024", "2024-11-22"]),
        ("news.csv", ["--from", "2024-11-22", "--to", "2024-11-20"], 2, ["swap"]),
        ("news.csv", ["--view", "state"], 2, ["state", "latest"]),
        ("news.csv", ["--view", "threads", "--to", "2024-11-22"], 2, ["threads", "--to"]),
        ("no/such/folder/news.csv", [], 1, ["no/such/folder", "remedy"]),
    ],
)
def test_what_is_wrong_is_told(
    out: str, args: list[str], code: int, words: list[str], place: str, tmp_path: Path
) -> None:
    result = export(place, tmp_path / out, *args)
    assert result.exit_code == code, result.output
    for word in words:
        assert word in result.output
    assert "Traceback" not in result.output
    assert not list(tmp_path.glob("*news*"))


def test_a_lake_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    result = export(str(tmp_path / "nowhere"), tmp_path / "news.csv")
    assert result.exit_code == 2
    assert "remedy" in result.output
    assert not (tmp_path / "nowhere").exists()


def test_a_damaged_lake_leaves_no_file(place: str, tmp_path: Path) -> None:
    victim = next((tmp_path / "lake" / "articles").rglob("*.parquet"))
    data = victim.read_bytes()
    victim.write_bytes(data[:4] + bytes(len(data) // 2) + data[4 + len(data) // 2 :])
    result = export(place, tmp_path / "news.parquet")
    assert result.exit_code == 1, result.output
    assert "remedy" in result.output
    assert [p.name for p in tmp_path.iterdir() if "news" in p.name] == []


def test_what_is_new_since_a_run(place: str, tmp_path: Path) -> None:
    out = tmp_path / "new.parquet"
    lake = Lake(open_storage(place))
    runs = sorted(lake.committed_runs())
    told = json.loads(export(place, out, "--since-run", runs[1], "--json").output)
    assert sorted(urls(out)) == ["a", "d"]
    assert told["newest_run"] == runs[-1]
    told = json.loads(export(place, out, "--since-run", told["newest_run"], "--json").output)
    assert told["rows"] == 0
    publish(lake, tmp_path / "spools", ["e"], at=NOW + 3 * DAY)
    assert export(place, out, "--since-run", told["newest_run"]).exit_code == 0
    assert urls(out) == ["e"]
    wrong = export(place, out, "--since-run", "yesterday")
    assert wrong.exit_code == 2
    assert "no run id" in wrong.stderr


@pytest.mark.parametrize("command", ["export", "report"])
@pytest.mark.parametrize("way", ["plain", "file://", "link to the lake", "link to an object"])
def test_no_file_is_written_into_the_lake(
    command: str, way: str, place: str, tmp_path: Path
) -> None:
    obj = min(Path(place).glob("articles/*/*.parquet"))
    before = obj.read_bytes()
    out, address = obj, place
    if command == "report":
        out = obj.with_suffix(".md")
        out.write_bytes(before)
    if way == "file://":
        address = f"file://{place}"
    elif way == "link to the lake":
        (tmp_path / "other").symlink_to(place)
        out = tmp_path / "other" / out.relative_to(place)
    elif way == "link to an object":
        (tmp_path / f"linked{out.suffix}").symlink_to(out)
        out = tmp_path / f"linked{out.suffix}"
    result = CliRunner().invoke(main, [command, "--lake", address, "--out", str(out)])
    assert result.exit_code == 2, result.output
    assert "lies inside the lake" in result.stderr
    assert "--out" in result.stderr
    assert out.read_bytes() == before


def test_the_command_offers_every_view_there_is() -> None:
    (choice,) = [p.type for p in reading.export.params if p.name == "view"]
    assert isinstance(choice, click.Choice)
    assert sorted(choice.choices) == sorted(VIEWS)
