"""taar forget: the article goes, everywhere, and does not come back."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from flows.cli import main
from flows.repair.forget import forget
from flows.settings import Settings
from flows.stepping import clock_from
from lake import keys
from lake.errors import ConfigError, LakeBusyError, TaarError
from lake.schema import ARTICLES, FAMILIES, FETCHES, RELATIONS
from lake.storage import open_storage
from lake.tables import Lake
from lake.verify import verify
from press import BASE, Press
from tests.flows.conftest import HALF_HOUR, collect, link, maintain, query, settings_for

ONLY = ["janrekha", "udgam", "samvadkendra"]


@pytest.fixture(scope="module")
def press_() -> Iterator[Press]:
    with Press() as running:
        yield running


@pytest.fixture(scope="module")
def original(press_: Press, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A lake with one run, linked."""
    folder = tmp_path_factory.mktemp("forget")
    settings = settings_for(press_, folder)
    collect(settings, BASE, only=ONLY)
    link(settings, BASE + HALF_HOUR)
    return folder


@pytest.fixture
def settings(press_: Press, original: Path, tmp_path: Path) -> Settings:
    shutil.copytree(original, tmp_path / "x")
    return settings_for(press_, tmp_path / "x")


def lake_of(settings: Settings) -> Lake:
    return Lake(open_storage(settings.lake))


def in_a_family(settings: Settings) -> tuple[str, str, str]:
    """URL, id and text of an article that has copies."""
    rows = query(settings)(
        "select url, article_id, text from articles join families using (article_id) "
        "where role = 'first' order by size desc, url limit 1"
    )
    url, article_id, text = rows[0]
    return url, article_id, text


def stored(folder: Path, words: bytes) -> list[str]:
    """Objects that hold some words, unpacked."""
    import gzip

    import pyarrow.parquet as pq

    found = []
    for path in sorted(folder.rglob("*.*")):
        if path.name.endswith(".gz"):
            data = gzip.decompress(path.read_bytes())
        elif path.suffix == ".parquet":
            data = repr(pq.ParquetFile(path).read().to_pylist()).encode()
        else:
            continue
        if words in data:
            found.append(str(path.relative_to(folder)))
    return found


def test_an_article_is_gone_everywhere(settings: Settings, press_: Press) -> None:
    url, article_id, text = in_a_family(settings)
    lake = Path(settings.lake)
    assert stored(lake, article_id.encode())
    before = query(settings)("select count(*) from articles")[0][0]
    done = forget(settings, url, clock=clock_from(BASE + 2 * HALF_HOUR), reason="asked to")
    assert done.removal.articles == 1
    assert done.removal.fingerprints == 1
    assert done.removal.records == 2, "a response and its request"
    assert done.removal.derived > 0

    after = lake_of(settings)
    assert after.read(ARTICLES).num_rows == before - 1
    for dataset in (RELATIONS, FAMILIES):
        assert article_id not in repr(after.read_derived(dataset).to_pylist())
    # Its sentences are nowhere; its id is in the tombstone, and in what others say of it.
    assert not [p for p in stored(lake, text[:60].encode()) if not p.startswith("articles")]
    assert url not in repr(after.read(ARTICLES, ["url"]).to_pylist())
    assert stored(lake, f"WARC-Target-URI: {url}\r\n".encode()) == []
    (fetch,) = [r for r in after.read(FETCHES).to_pylist() if r["url"] == url]
    assert (fetch["outcome"], fetch["title"], fetch["warc_file"]) == ("published", None, None)
    report = verify(after)
    assert report.sound, report.to_text()

    press_.set_now(BASE + 3 * HALF_HOUR)
    shutil.rmtree(lake / "state")  # Every feed is read anew, as if nothing had been polled.
    again = collect(settings, BASE + timedelta(hours=26), only=ONLY)
    assert url not in repr(lake_of(settings).read(ARTICLES, ["url"]).to_pylist())
    assert again.taken_up == 0 or url not in repr(
        lake_of(settings).read(FETCHES, ["url", "run_id"], runs=[again.run_id or ""]).to_pylist()
    )
    link(settings, BASE + timedelta(hours=27))
    maintain(settings, BASE + timedelta(days=4))
    report = verify(lake_of(settings))
    assert report.sound, report.to_text()
    assert query(settings)("select count(*) from tombstones where reason = 'asked to'") != [(0,)]


def test_a_dry_run_counts_and_changes_nothing(settings: Settings) -> None:
    url, *_ = in_a_family(settings)
    lake = Path(settings.lake)
    before = {p: p.stat().st_mtime_ns for p in lake.rglob("*.*") if p.name != ".lock"}
    clock = clock_from(BASE + 2 * HALF_HOUR)
    would = forget(settings, url, clock=clock, dry_run=True)
    assert {p: p.stat().st_mtime_ns for p in lake.rglob("*.*") if p.name != ".lock"} == before
    did = forget(settings, url, clock=clock)
    assert would.article_ids == did.article_ids
    assert would.removal == did.removal
    twice = forget(settings, url, clock=clock)
    assert twice.before
    assert twice.removal.articles == twice.removal.records == twice.removal.fetches == 0


def test_a_dry_run_needs_no_lock(settings: Settings) -> None:
    url, *_ = in_a_family(settings)
    lake, clock = lake_of(settings), clock_from(BASE + 2 * HALF_HOUR)
    with lake.lock(clock()):  # A writer is at work.
        assert forget(settings, url, clock=clock, dry_run=True).removal.articles
        with pytest.raises(LakeBusyError):
            forget(settings, url, clock=clock)
    (Path(settings.lake) / keys.LOCK).unlink()
    forget(settings, url, clock=clock, dry_run=True)
    assert not (Path(settings.lake) / keys.LOCK).exists(), "it may be read-only"


def test_a_url_that_is_not_there(settings: Settings) -> None:
    clock = clock_from(BASE + 2 * HALF_HOUR)
    with pytest.raises(TaarError, match="no article and no fetch") as caught:
        forget(settings, "https://janrekha.test/never", clock=clock)
    assert "--even-if-absent" in str(caught.value)
    with pytest.raises(ConfigError, match="not a web URL"):
        forget(settings, "never", clock=clock)
    assert not (Path(settings.lake) / "tombstones").exists()


def test_a_url_forbidden_in_advance_is_never_crawled(press_: Press, tmp_path: Path) -> None:
    settings = settings_for(press_, tmp_path, archive_pages=True)
    press_.set_now(BASE)
    first = settings_for(press_, tmp_path / "first")
    collect(first, BASE, only=["udgam"])
    rows = query(first)("select url from articles order by url limit 1")
    url = rows[0][0]
    Path(settings.lake).mkdir(parents=True, exist_ok=True)
    forget(settings, url, clock=clock_from(BASE), even_if_absent=True)
    summary = collect(settings, BASE, only=["udgam"])
    assert summary.published == query(first)("select count(*) from articles")[0][0] - 1
    assert not stored(Path(settings.lake) / "pages", url.encode() + b"\r\n")
    assert verify(lake_of(settings)).sound


def test_the_command_says_what_it_did(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TAAR_SOURCE_PACK", str(settings.source_pack))
    url, article_id, _ = in_a_family(settings)
    run = CliRunner().invoke
    absent = run(main, ["forget", "https://janrekha.test/x", "--lake", settings.lake])
    assert absent.exit_code == 1
    assert "remedy" in absent.stderr
    told = json.loads(run(main, ["forget", url, "--lake", settings.lake, "--json"]).output)
    assert told["article_ids"] == [article_id]
    assert told["removed"]["articles"] == 1
    again = run(main, ["forget", url, "--lake", settings.lake])
    assert again.exit_code == 0
    assert "taken down before" in again.output


def warc_of(settings: Settings, url: str) -> tuple[Path, int]:
    found = query(settings)(f"select warc_file, warc_offset from articles where url = '{url}'")
    ((name, offset),) = found
    return Path(settings.lake) / name, offset


def test_another_damaged_record_is_no_hindrance(settings: Settings) -> None:
    url, *_ = in_a_family(settings)
    path, offset = warc_of(settings, url)
    ((other,),) = query(settings)(
        "select warc_offset from articles where warc_file = "
        f"'{path.relative_to(settings.lake)}' and warc_offset <> {offset} order by 1 limit 1"
    )
    data = bytearray(path.read_bytes())
    data[other + 100 : other + 140] = bytes(40)
    path.write_bytes(data)
    before = verify(lake_of(settings)).findings
    assert [(f.check, f"byte {other} is damaged" in f.what) for f in before] == [("pages", True)]
    done = forget(settings, url, clock=clock_from(BASE + 2 * HALF_HOUR))
    assert (done.removal.articles, done.removal.records) == (1, 2)
    after = path.read_bytes()
    assert after[other : other + 140] == bytes(data[other : other + 140])
    assert after[offset : offset + 140] != bytes(data[offset : offset + 140])
    assert verify(lake_of(settings)).findings == before


def test_a_missing_archive_is_told(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TAAR_SOURCE_PACK", str(settings.source_pack))
    url, *_ = in_a_family(settings)
    path, _ = warc_of(settings, url)
    path.unlink()
    told = CliRunner().invoke(main, ["forget", url, "--lake", settings.lake])
    assert told.exit_code == 0, told.output
    assert "records of raw pages: 0" in told.output
    assert "archives of raw pages that rows name and that are not there: 1" in told.output
    assert url not in repr(lake_of(settings).read(ARTICLES, ["url"]).to_pylist())


def test_a_url_that_is_almost_one_of_the_lake_is_offered(settings: Settings) -> None:
    url, _, _ = in_a_family(settings)
    host, _, path = url.partition("://")[2].partition("/")
    slash = path.removesuffix("/") if path.endswith("/") else f"{path}/"
    for wrong in (f"https://{host}/{slash}", f"http://www.{host}/{path.upper()}#top"):
        with pytest.raises(TaarError) as caught:
            forget(settings, wrong, clock=clock_from(BASE + HALF_HOUR))
        assert f"did you mean {url}" in str(caught.value.remedy)
    with pytest.raises(TaarError) as caught:
        forget(settings, f"{url}-and-more", clock=clock_from(BASE + HALF_HOUR))
    assert "did you mean" not in str(caught.value.remedy)


def test_many_urls_go_together_or_not_at_all(settings: Settings, tmp_path: Path) -> None:
    urls = [str(row[0]) for row in query(settings)("select url from articles order by 1 limit 3")]

    def run(*args: str, given: str | None = None) -> Result:
        return CliRunner().invoke(main, ["forget", *args, "--lake", settings.lake], input=given)

    def left() -> set[str]:
        rows = query(settings)("select url from articles")
        return {str(row[0]) for row in rows}.intersection(urls)

    wrong = run(urls[0], "https://nowhere.test/x")
    assert wrong.exit_code == 1
    assert "https://nowhere.test/x" in wrong.stderr
    assert left() == set(urls)
    done = run(urls[0], "--from", "-", "--json", given=f"{urls[1]}\n\n{urls[0]}\n")
    assert done.exit_code == 0, done.output
    assert len(json.loads(done.stdout)) == 2
    assert left() == {urls[2]}
    listed = tmp_path / "urls.txt"
    listed.write_text(f"{urls[2]}\r\n", encoding="utf-8-sig")
    marked = run("--from", str(listed), "--dry-run")
    assert marked.exit_code == 0, marked.output
    assert run().exit_code == 2
    assert run("--from", str(tmp_path / "none")).exit_code == 2
