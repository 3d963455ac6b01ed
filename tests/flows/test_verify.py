"""A lake that the pipeline wrote is sound, and every corruption planted in it is found."""

from __future__ import annotations

import json
import math
import shutil
import unicodedata
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner

from flows.cli import main
from flows.repair.measuring import measured
from lake import ids
from lake.storage import S3Options, open_storage
from lake.tables import Lake
from lake.verify import Kept, verify
from lake.verify.findings import CHECKS, Finding, Report
from tests.lake.making import NOW, publish

Change = Callable[[pa.Table], pa.Table]


@pytest.fixture
def place(two_days: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(two_days / "lake", tmp_path / "lake"))


def report_of(place: Path, **options: Any) -> Report:
    return verify(Lake(open_storage(str(place))), measure=measured, **options)


def one(place: Path, pattern: str) -> Path:
    return min(place.glob(pattern))


def rewrite(place: Path, pattern: str, change: Change) -> None:
    """Replaces the first object of a pattern by a changed one; its metadata stays."""
    path = one(place, pattern)
    before = pq.ParquetFile(path).read()
    after = change(before)
    pq.write_table(after.replace_schema_metadata(before.schema.metadata), path)


def put(name: str, values: Callable[[list[Any]], list[Any]]) -> Change:
    """Changes the values of one column."""

    def change(table: pa.Table) -> pa.Table:
        field = table.schema.field(name)
        column = pa.array(values(table.column(name).to_pylist()), field.type)
        return table.set_column(table.schema.get_field_index(name), field, column)

    return change


def first(value: Any) -> Callable[[list[Any]], list[Any]]:
    return lambda values: [value, *values[1:]]


def drop_first(table: pa.Table) -> pa.Table:
    return table.slice(1)


def first_twice(table: pa.Table) -> pa.Table:
    return pa.concat_tables([table.slice(0, 1), table])


def roll(values: list[Any]) -> list[Any]:
    return [*values[1:], *values[:1]]


def other_original(values: list[Any]) -> list[Any]:
    at = next(place for place, value in enumerate(values) if value is not None)
    return [*values[:at], NOBODY, *values[at + 1 :]]


def decomposed(values: list[Any]) -> list[Any]:
    return [unicodedata.normalize("NFD", f"{value} \u0928\u093c") for value in values]


def boss(relations: list[Any]) -> list[Any]:
    return [[{**one, "kind": "boss"} for one in row] for row in relations]


def drop_made(table: pa.Table) -> pa.Table:
    made = pc.equal(table.column("outcome"), pa.scalar("published"))
    return table.filter(pc.invert(made))


LONG_AGO = datetime(1990, 1, 1, tzinfo=UTC)
MERGED, RUN = "crawl_date=*/day-*.parquet", "crawl_date=*/2*.parquet"
NOBODY = "0" * 32

ROWS: list[tuple[str, str, str, Change]] = [
    # What is planted, in which object, what must be found.
    ("type", "schema", f"articles/{RUN}", lambda t: t.set_column(
        2, "version", t.column("version").cast(pa.int64()))),
    ("undeclared column", "schema", f"articles/{MERGED}", lambda t: t.append_column(
        "mood", pa.array(["good"] * len(t)))),
    ("required column gone", "schema", f"fetches/{RUN}", lambda t: t.drop_columns(["outcome"])),
    ("rows of another run", "runs", f"fetches/{RUN}", put(
        "run_id", first(ids.new_run_id(NOW)))),
    ("unsorted", "order", f"articles/{MERGED}", lambda t: t.take(
        pa.array(range(len(t) - 1, -1, -1)))),
    ("id", "ids", f"articles/{RUN}", put("article_id", first(NOBODY))),
    ("URL", "ids", f"fetches/{MERGED}", put("url", first("http://other.test/"))),
    ("row twice", "ids", f"articles/{MERGED}", first_twice),
    ("fetch lost", "outcomes", f"fetches/{RUN}", drop_first),
    ("fetches lost", "articles", f"fetches/{MERGED}", drop_made),
    ("count", "outcomes", f"source_runs/{RUN}", put("taken_up", lambda v: [v[0] + 1, *v[1:]])),
    ("no such outcome", "outcomes", f"fetches/{RUN}", put("outcome", first("lost"))),
    ("source forgotten", "outcomes", f"source_runs/{MERGED}", drop_first),
    ("article lost", "articles", f"articles/{MERGED}", drop_first),
    ("no such original", "references", f"articles/{MERGED}", put("copy_of", first(NOBODY))),
    ("no such version", "references", f"articles/{RUN}", put("supersedes", first(NOBODY))),
    ("fingerprint lost", "fingerprints", f"fingerprints/v1/{RUN}", drop_first),
    ("fingerprint of another text", "fingerprints", f"fingerprints/v1/{MERGED}", put(
        "content_hash", first(NOBODY))),
    ("relation to nobody", "derived", "relations/*.parquet", put("other_id", first(NOBODY))),
    ("thread twice", "derived", "threads/*.parquet", first_twice),
    ("family size", "derived", "families/*.parquet", put("size", lambda v: [v[0] + 1, *v[1:]])),
    ("first publisher elsewhere", "derived", "families/*.parquet", put(
        "first_id", first(NOBODY))),
    ("another's text", "values", f"articles/{MERGED}", put("text", roll)),
    ("words miscounted", "values", f"articles/{RUN}", put("word_count", first(1))),
    ("text empty", "values", f"articles/{RUN}", put("text", first(""))),
    ("not NFC", "values", f"articles/{MERGED}", put("title", decomposed)),
    ("title listed not NFC", "values", f"fetches/{MERGED}", put("title", decomposed)),
    ("share above 1", "values", f"articles/{MERGED}", put("jaccard", first(5.0))),
    ("share that is no number", "values", "relations/*.parquet", put(
        "cosine", first(math.nan))),
    ("count below 0", "values", f"fetches/{RUN}", put("bytes", first(-1))),
    ("word of no list", "values", f"articles/{MERGED}", put("copy_kind", first("bogus"))),
    ("word within a list", "values", f"articles/{MERGED}", put("relations", boss)),
    ("role of no list", "values", "families/*.parquet", put("role", first("boss"))),
    ("role of another", "values", "families/*.parquet", put("role", roll)),
    ("source without a date", "values", f"articles/{RUN}", put(
        "published_at", lambda v: [None] * len(v))),
    ("no id", "values", "families/*.parquet", put("family_id", first("1"))),
    ("fetched long ago", "articles", f"articles/{MERGED}", put("fetched_at", first(LONG_AGO))),
    ("fetched before it was listed", "values", f"fetches/{MERGED}", put(
        "fetched_at", first(LONG_AGO))),
    ("fetched long after", "values", f"fetches/{MERGED}", put(
        "fetched_at", lambda v: [*v[:-1], v[-1] + timedelta(days=99)])),
    ("done with, and owed", "values", f"fetches/{MERGED}", put(
        "next_try_at", lambda v: [LONG_AGO] * len(v))),
    ("more with a date than made", "values", f"source_runs/{MERGED}", put(
        "with_date", first(10**6))),
    ("minhash of another", "values", f"fingerprints/v1/{MERGED}", put("minhash", roll)),
    ("counts of another", "values", f"fingerprints/v1/{MERGED}", put("term_counts", roll)),
    ("fingerprint of another day", "fingerprints", f"fingerprints/v1/{MERGED}", put(
        "fetched_at", first(LONG_AGO))),
    ("offset", "pages", f"articles/{RUN}", put("warc_offset", first(7))),
    ("page of another", "pages", f"fetches/{MERGED}", put(
        "warc_offset", lambda v: sorted(v, key=lambda x: (x is None, -(x or 0))))),
    ("feed twice", "state", "state/*.parquet", first_twice),
    ("known URL twice", "known", "known/*.parquet", first_twice),
    ("known article that is not", "known", "known/*.parquet", put("article_id", first(NOBODY))),
]  # fmt: skip


def test_a_lake_of_the_pipeline_is_sound(place: Path) -> None:
    report = report_of(place)
    assert report.findings == ()
    assert report.sound
    assert report.rows["articles"] > 100
    assert min(report.rows.values()) > 0
    assert report.left_over == 0
    assert list(place.glob(f"articles/{MERGED}"))
    assert list(place.glob(f"articles/{RUN}"))


@pytest.mark.parametrize(("name", "check", "pattern", "change"), ROWS, ids=[r[0] for r in ROWS])
def test_rows_that_break_a_promise_are_found(
    name: str, check: str, pattern: str, change: Change, place: Path
) -> None:
    # The newest state and index count.
    if name.startswith(("feed", "known")):
        pattern = str(max(place.glob(pattern)).relative_to(place))
    rewrite(place, pattern, change)
    found = report_of(place).findings
    assert check in {finding.check for finding in found}, found
    assert {finding.check for finding in found} <= CHECKS.keys()
    assert all(finding.count > 0 and finding.where for finding in found)


def test_what_a_newer_version_computes_or_names_is_left_alone(place: Path) -> None:
    path = one(place, f"articles/{MERGED}")
    before = pq.ParquetFile(path).read()
    later = put("extractor_version", lambda v: ["99"] * len(v))(put("word_count", first(1))(before))
    pq.write_table(later.replace_schema_metadata(before.schema.metadata), path)
    assert report_of(place).sound
    newer = put("extractor", lambda v: ["telepathy"] * len(v))(later)
    pq.write_table(newer.replace_schema_metadata(before.schema.metadata), path)
    assert [f.check for f in report_of(place).findings] == ["values"]
    named = {**(before.schema.metadata or {}), b"taar.schema_version": b"99"}
    pq.write_table(newer.replace_schema_metadata(named), path)
    assert report_of(place).sound


def test_row_groups_are_read_one_by_one_and_told_as_one(place: Path) -> None:
    path = one(place, f"articles/{MERGED}")
    before = pq.ParquetFile(path).read()
    wrong = put("word_count", lambda v: [1] * len(v))(before)
    wrong = wrong.replace_schema_metadata(before.schema.metadata)
    pq.write_table(wrong, path, row_group_size=10)
    (finding,) = report_of(place).findings
    assert (finding.check, finding.count) == ("values", len(before))


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-50])


def scratch(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[40:140] = bytes(100)  # Of the first page, or record.
    path.write_bytes(data)


def misname(path: Path) -> None:
    path.rename(path.with_name("notes.parquet"))


def misdate(path: Path) -> None:
    other = path.parent.with_name("crawl_date=2020-01-01")
    other.mkdir()
    shutil.copy(path, other / path.name)


@pytest.mark.parametrize(
    ("check", "pattern", "harm"),
    [
        ("readable", f"articles/{RUN}", cut),
        ("readable", f"articles/{RUN}", scratch),
        ("readable", f"articles/{MERGED}", cut),
        ("readable", f"fetches/{MERGED}", scratch),
        ("readable", f"fingerprints/v1/{RUN}", scratch),
        ("readable", "families/*.parquet", cut),
        ("pages", "pages/*/*.warc.gz", cut),
        ("pages", "pages/*/*.warc.gz", scratch),
        ("pages", "pages/*/*.warc.gz", Path.unlink),
        ("keys", f"fetches/{RUN}", misname),
        ("keys", f"fetches/{RUN}", misdate),
    ],
)
def test_objects_that_are_damaged_or_elsewhere_are_found(
    check: str, pattern: str, harm: Callable[[Path], None], place: Path
) -> None:
    harm(one(place, pattern))
    assert check in {finding.check for finding in report_of(place).findings}


def test_a_damaged_state_is_told_and_not_raised(place: Path) -> None:
    cut(max(place.glob("state/*.parquet")))
    (finding,) = report_of(place).findings
    assert finding.check == "readable"
    assert finding.where.startswith("state/")


def test_what_a_merged_day_hides_is_found_if_nothing_else_holds_it(place: Path) -> None:
    merged = one(place, f"articles/{MERGED}")
    whole = pq.ParquetFile(merged).read()
    (run_id,) = set(whole.column("run_id").to_pylist())
    own = merged.with_name(f"{run_id}.parquet")
    shutil.copy(merged, own)
    left = report_of(place)
    assert left.sound, left.findings
    assert left.left_over == 1
    pq.write_table(whole.slice(1), merged)
    assert "overlap" in {finding.check for finding in report_of(place).findings}


def test_who_forgets_rows_may_lack_what_they_pointed_to(place: Path) -> None:
    rewrite(place, f"articles/{RUN}", put("copy_of", other_original))
    assert not report_of(place).sound
    assert report_of(place, kept=Kept(rows=date(2100, 1, 1))).sound


def test_pages_may_be_kept_for_a_shorter_time(place: Path) -> None:
    for path in place.glob("pages/*/*.gz"):
        path.unlink()
    assert {finding.check for finding in report_of(place).findings} == {"pages"}
    assert report_of(place, pages=False).sound
    assert report_of(place, kept=Kept(pages=date(2100, 1, 1))).sound


def test_the_command_reports_and_fails(place: Path) -> None:
    good = CliRunner().invoke(main, ["verify", "--lake", str(place)])
    assert good.exit_code == 0, good.output
    assert good.output.startswith("sound: ")
    rewrite(place, f"articles/{RUN}", put("copy_of", other_original))
    bad = CliRunner().invoke(main, ["verify", "--lake", str(place)])
    assert bad.exit_code == 1
    assert "copy_of points to no other article" in bad.output
    told = json.loads(
        CliRunner().invoke(main, ["verify", "--lake", str(place), "--json", "--no-pages"]).output
    )
    assert told["sound"] is False
    assert told["checks"]["references"] >= 1
    assert told["checks"].keys() == CHECKS.keys()
    assert told["findings"][0]["where"] == "articles"


def test_an_empty_lake_is_sound(tmp_path: Path) -> None:
    assert report_of(tmp_path / "lake").sound


def test_two_runs_with_the_same_article_on_an_s3_server_are_sound(
    s3_endpoint: str, bucket: str, tmp_path: Path
) -> None:
    lake = Lake(open_storage(f"s3://{bucket}/x", S3Options(endpoint_url=s3_endpoint)))
    for n in range(2):
        publish(lake, tmp_path, ["a"], at=NOW + n * timedelta(hours=1))
    # The counts and the archives of these runs are made up.
    for _ in range(2):
        assert {f.check for f in verify(lake).findings} == {"outcomes", "pages"}
        lake.compact(NOW + timedelta(days=4))


def rewriting(pattern: str, change: Change) -> Callable[[Path], str]:
    def harm(place: Path) -> str:
        rewrite(place, pattern, change)
        return one(place, pattern).relative_to(place).as_posix()

    return harm


def harming(pattern: str, harm: Callable[[Path], None]) -> Callable[[Path], str]:
    def act(place: Path) -> str:
        path = one(place, pattern)
        harm(path)
        return path.relative_to(place).as_posix()

    return act


TWELVE: dict[str, tuple[str, Callable[[Path], str]]] = {
    # What a hand, a disk or a bug may do to a lake; each is another check's to find.
    "01 an object lies in the folder of another day": (
        "keys", harming(f"fetches/{RUN}", misdate)),
    "02 an object is torn": (
        "readable", harming(f"articles/{MERGED}", cut)),
    "03 a column has another type": (
        "schema", rewriting(f"articles/{RUN}", ROWS[0][3])),
    "04 an object has the rows of another run": (
        "runs", rewriting(f"fetches/{RUN}", put("run_id", first(ids.new_run_id(NOW))))),
    "05 the rows are in no order": (
        "order", rewriting(f"articles/{MERGED}", lambda t: t.take(list(range(len(t)))[::-1]))),
    "06 an article is there twice": (
        "ids", rewriting(f"articles/{MERGED}", first_twice)),
    "07 the outcome of a URL is gone": (
        "outcomes", rewriting(f"fetches/{RUN}", drop_first)),
    "08 an article is gone": (
        "articles", rewriting(f"articles/{MERGED}", drop_first)),
    "09 a version follows upon one that never was": (
        "references", rewriting(f"articles/{RUN}", put("supersedes", first(NOBODY)))),
    "10 a fingerprint is gone": (
        "fingerprints", rewriting(f"fingerprints/v1/{RUN}", drop_first)),
    "11 a relation leads to nobody": (
        "derived", rewriting("relations/*.parquet", put("other_id", first(NOBODY)))),
    "12 an archive of pages breaks off": (
        "pages", harming("pages/*/*.warc.gz", cut)),
}  # fmt: skip


@pytest.mark.parametrize("name", TWELVE)
def test_each_of_12_corruptions_is_found_and_told(name: str, place: Path) -> None:
    check, harm = TWELVE[name]
    assert len({check for check, _ in TWELVE.values()}) == 12
    where = harm(place)
    report = report_of(place)
    assert not report.sound
    mine = [finding for finding in report.findings if finding.check == check]
    assert mine, report.findings
    # It says where to look: the object, or the dataset, or the run whose rows do not agree.
    dataset, run_id = where.split("/")[0], Path(where).stem
    assert any(dataset in f.where or run_id in f.where or dataset in f.what for f in mine), mine
    assert f"{check}: it should be that {CHECKS[check]}" in report.to_text()


def test_one_finding_is_not_called_findings() -> None:
    found = Finding("readable", "articles/x", "cannot be read", 1)
    text = Report((found,), objects=1, rows={"articles": 1}, left_over=1).to_text()
    last = "1 finding: 1 object, 1 article, 1 left-over object that nobody reads"
    assert text.splitlines()[-1] == last
    more = Report((found, found), objects=2, rows={}, left_over=0).to_text()
    assert more.splitlines()[-1] == "2 findings: 2 objects, 0 articles"
