"""Damage is named, with a remedy that is true; what is derived is what would be derived."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner

from flows.cli import main
from flows.look.query import ask
from flows.repair.forget import forget
from flows.repair.rebuild import rebuild, rebuild_fingerprints
from flows.settings import Settings, load_settings
from flows.stepping import clock_from
from lake.remedies import remedy_for
from lake.schema import DATASETS
from lake.storage import open_storage
from lake.tables import Lake
from lake.verify import verify
from press import BASE, Press
from tests.flows.conftest import collect, link, maintain, settings_for

ONLY = ["janrekha", "udgam", "samvadkendra"]
LATER = BASE + timedelta(days=3)


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A merged day, linked, and a run after it that is not."""
    folder = tmp_path_factory.mktemp("damage")
    with Press() as press:
        settings = settings_for(press, folder)
        collect(settings, BASE, only=ONLY[:2])
        maintain(settings, LATER)
        link(settings, LATER)
        collect(settings, LATER, only=ONLY)
        shutil.copy(press.sources_file, folder / "sources.yaml")
    return folder


@pytest.fixture
def settings(original: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    shutil.copytree(original / "lake", tmp_path / "lake")
    monkeypatch.setenv("TAAR_SOURCE_PACK", str(original / "sources.yaml"))
    return load_settings(lake=str(tmp_path / "lake"), cache=tmp_path / "cache")


def one(settings: Settings, pattern: str) -> Path:
    found = sorted(Path(settings.lake).glob(pattern))
    # Of days the last one counts, and the other is a copy of it.
    return found[-1 if pattern.startswith("days") else 0]


def scratch(path: Path, name: str = "text") -> None:
    """Other bytes where the values of a column begin."""
    group = pq.read_metadata(path).row_group(0)
    column = next(
        group.column(n) for n in range(group.num_columns) if group.column(n).path_in_schema == name
    )
    data = bytearray(path.read_bytes())
    at = column.data_page_offset + 60
    data[at : at + 40] = bytes(40)
    path.write_bytes(data)


def cut_footer(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-30])


@pytest.mark.parametrize("pattern", ["articles/*/day-*.parquet", "articles/*/2*.parquet"])
@pytest.mark.parametrize("harm", [scratch, cut_footer])
def test_a_query_over_a_damaged_object_names_it(
    pattern: str, harm: Callable[[Path], None], settings: Settings
) -> None:
    path = one(settings, pattern)
    harm(path)
    run = CliRunner().invoke
    asked = run(main, ["sql", "select max(text) from articles", "--lake", settings.lake])
    out = Path(settings.lake).parent / "out.parquet"
    exported = run(main, ["export", "--out", str(out), "--lake", settings.lake])
    for result in (asked, exported):
        assert result.exit_code == 1, result.output
        assert path.name in result.stderr
        assert "damaged" in result.stderr
        assert "restore it from a copy" in result.stderr
    assert not out.exists()


@pytest.mark.parametrize(
    ("pattern", "column", "remedy"),
    [
        ("articles/*/2*.parquet", "title", "restore it from a copy"),
        ("families/*.parquet", "article_id", "run `taar link`"),
    ],
)
def test_a_report_over_a_damaged_column_names_the_object(
    pattern: str, column: str, remedy: str, settings: Settings
) -> None:
    path = one(settings, pattern)
    scratch(path, column)
    until = (LATER + timedelta(hours=1)).isoformat()
    result = CliRunner().invoke(
        main, ["report", "--until", until, "--hours", "100", "--lake", settings.lake]
    )
    assert result.exit_code == 1, result.output
    assert isinstance(result.exception, SystemExit)
    for word in (path.name, "damaged", remedy):
        assert word in result.stderr


@pytest.mark.parametrize("dataset", ["days", "tombstones"])
def test_damage_of_the_small_datasets_is_named(dataset: str, settings: Settings) -> None:
    if dataset == "tombstones":
        url = "https://nowhere.press.test/x"
        forget(settings, url, clock=clock_from(LATER), even_if_absent=True)
    path = one(settings, f"{dataset}/*.parquet")
    scratch(path, "crawl_date" if dataset == "days" else "url_id")
    query = f"select max(columns(*)::varchar) from {dataset}"
    result = CliRunner().invoke(main, ["sql", query, "--lake", settings.lake])
    assert result.exit_code == 1, result.output
    assert path.name in result.stderr
    assert remedy_for(f"{dataset}/x") in result.stderr


def test_a_query_that_is_wrong_is_no_damage(settings: Settings) -> None:
    result = CliRunner().invoke(
        main, ["sql", "select nothing from articles", "--lake", settings.lake]
    )
    assert result.exit_code == 2
    assert "nothing" in result.stderr
    bad = CliRunner().invoke(main, ["sql", "select cast('x' as int)", "--lake", settings.lake])
    assert bad.exit_code == 2, bad.stderr


def test_every_dataset_has_its_remedy() -> None:
    told = {remedy_for(f"{dataset.name}/x.parquet") for dataset in DATASETS}
    assert remedy_for("pages/x") not in told
    made_anew = {remedy_for(f"{name}/x.parquet") for name in ("fingerprints/v1", "known")}
    assert all("delete it" in words for words in told - made_anew)
    assert remedy_for("elsewhere") == "restore it from a copy (a bucket with versions has one)"


def lake_of(settings: Settings) -> Lake:
    return Lake(open_storage(settings.lake))


@pytest.mark.parametrize(
    ("pattern", "mend"),
    [
        ("fingerprints/v1/*/day-*", lambda s: rebuild_fingerprints(s, clock=clock_from(LATER))),
        ("fingerprints/v1/*/2*", lambda s: rebuild_fingerprints(s, clock=clock_from(LATER))),
        ("relations/*", lambda s: link(s, LATER)),
        ("families/*", lambda s: link(s, LATER)),
        ("threads/*", lambda s: link(s, LATER)),
        ("known/*", lambda s: rebuild(s, clock=clock_from(LATER))),
        ("days/*", lambda s: maintain(s, LATER)),
    ],
)
def test_the_remedy_for_what_is_derived_brings_it_back(
    pattern: str, mend: Callable[[Settings], object], settings: Settings
) -> None:
    path = one(settings, f"{pattern}.parquet")
    cut_footer(path)
    told = [f for f in verify(lake_of(settings), pages=False).findings if f.check == "readable"]
    assert [f.where for f in told] == [str(path.relative_to(settings.lake))]
    if not pattern.startswith(("fingerprints", "known")):
        assert "delete it" in told[0].what
        path.unlink()
    else:
        assert "delete" not in told[0].what, "it is seen to"
    mend(settings)
    report = verify(lake_of(settings))
    assert report.sound, report.to_text()


def test_a_rebuild_mends_whatever_is_derived(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = ("relations", "families", "threads", "known", "days")
    damaged = [one(settings, f"{name}/*.parquet") for name in names]
    for path in (*damaged, one(settings, "fingerprints/v1/*/*.parquet")):
        cut_footer(path)
    monkeypatch.setenv("TAAR_CACHE", str(settings.cache))
    result = CliRunner().invoke(main, ["rebuild", "--lake", settings.lake])
    assert result.exit_code == 0, result.output
    for path in damaged:
        assert f"{path.parent.name}/{path.name}" in result.output
        assert not path.exists()
    report = verify(lake_of(settings))
    assert report.sound, report.to_text()
    assert all(one(settings, f"{name}/*.parquet") for name in names)
    assert "deleted" not in CliRunner().invoke(main, ["rebuild", "--lake", settings.lake]).output


def test_a_fingerprint_that_cannot_be_read_is_made_anew(settings: Settings) -> None:
    scratch(one(settings, "fingerprints/v1/*/day-*.parquet"), "minhash")
    assert not verify(lake_of(settings), pages=False).sound
    assert rebuild_fingerprints(settings, clock=clock_from(LATER)).days == 1
    assert verify(lake_of(settings), pages=False).sound


def test_what_is_derived_is_what_would_be_derived(settings: Settings) -> None:
    run = CliRunner().invoke
    command = ["verify", "--derived", "--no-pages", "--lake", settings.lake]
    # The newest run came after the last link, and does not count.
    good = run(main, command)
    assert good.exit_code == 0, good.output
    path = one(settings, "threads/*.parquet")
    table = pq.ParquetFile(path).read()
    pq.write_table(table.slice(1), path)
    bad = run(main, [*command, "--json"])
    assert bad.exit_code == 1
    (found,) = json.loads(bad.output)["findings"]
    assert (found["check"], found["where"], found["count"]) == ("derived", "threads", 1)
    link(settings, LATER)
    assert run(main, command).exit_code == 0
    url = lake_of(settings).storage.list("articles/")[0].key
    assert url


def test_a_takedown_after_the_last_link_is_still_derivable(settings: Settings) -> None:
    query = "select url from articles left join families using (article_id) where size is null"
    url = str(ask(settings, f"{query} order by 1 limit 1")[1][0][0])
    forget(settings, url, clock=clock_from(LATER))
    result = CliRunner().invoke(
        main, ["verify", "--derived", "--no-pages", "--lake", settings.lake]
    )
    assert result.exit_code == 0, result.output


def test_maintain_keeps_what_is_left_of_a_run_that_lost_its_articles(settings: Settings) -> None:
    path = one(settings, "articles/*/day-*.parquet")
    pages = sorted(Path(settings.lake).glob("pages/*/*.warc.gz"))
    assert pages
    path.unlink()
    for days in (10, 20):
        summary = maintain(settings, LATER + timedelta(days=days))
        assert sorted(Path(settings.lake).glob("pages/*/*.warc.gz")) == pages
        assert any("was committed" in line for line in summary.warnings)
        assert "warning: run" in summary.to_markdown()


def test_no_remedy_promises_what_cannot_be() -> None:
    for name in ("articles", "fetches", "source_runs", "tombstones", "pages"):
        words = remedy_for(f"{name}/x.parquet")
        assert words.startswith("restore it from a copy")
        assert "fetched again" not in words
        assert "anew" not in words
    # One bad record is no reason to lose the others.
    assert "leave it" in remedy_for("pages/x.warc.gz")


@pytest.mark.parametrize("all_of_them", [False, True])
def test_a_damaged_state_stops_nobody_who_does_not_crawl(
    all_of_them: bool, settings: Settings
) -> None:
    states = sorted(Path(settings.lake).glob("state/*.parquet"))
    damaged = states if all_of_them else states[-1:]
    assert len(states) > 1
    run = CliRunner().invoke
    query = "select count(*), min(url) as url from articles"
    (before,) = json.loads(run(main, ["sql", query, "--json", "--lake", settings.lake]).stdout)
    for path in damaged:
        cut_footer(path)
    told = verify(lake_of(settings)).findings
    assert [(f.check, f.where) for f in told] == [
        ("readable", f"state/{path.name}") for path in damaged
    ]
    link(settings, LATER)
    forget(settings, before["url"], clock=clock_from(LATER))
    (after,) = json.loads(run(main, ["sql", query, "--json", "--lake", settings.lake]).stdout)
    assert after["count_star()"] == before["count_star()"] - 1
    for path in damaged:
        path.unlink()
    report = verify(lake_of(settings))
    assert [f.check for f in report.findings] == ["state"] * all_of_them, report.to_text()


def test_a_state_that_is_passed_over_is_told_of(
    settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    path = max(Path(settings.lake).glob("state/*.parquet"))
    table = pq.read_table(path)
    broken = {**(table.schema.metadata or {}), b"taar.commits": b'["no run"]'}
    pq.write_table(table.replace_schema_metadata(broken), path)
    lake = lake_of(settings)
    assert lake.committed_runs()
    assert lake.newest_run()
    assert [r.message for r in caplog.records if path.name in r.message] == [
        f"taar: warning: state/{path.name} is passed over: the object is damaged: what it names "
        "are no runs"
    ]
    found = [f.where for f in verify(lake).findings if "no runs" in f.what]
    assert found == [f"state/{path.name}"]


def test_damaged_tombstones_are_one_finding(settings: Settings) -> None:
    # One that others refer to: without its tombstone it would be missed.
    query = "select url from articles join relations using (article_id) order by 1 limit 1"
    forget(settings, str(ask(settings, query)[1][0][0]), clock=clock_from(LATER))
    path = one(settings, "tombstones/*.parquet")
    cut_footer(path)
    (found,) = verify(lake_of(settings)).findings
    assert (found.check, found.where) == ("readable", f"tombstones/{path.name}")
    assert remedy_for(found.where) in found.what
    path.unlink()
    assert not verify(lake_of(settings)).sound
