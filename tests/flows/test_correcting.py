"""Articles made again from the archive: what differs is told, and published when asked for."""

from __future__ import annotations

import asyncio
import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from flows.cli import main
from flows.opening import open_lake
from flows.repair import correcting, rereading
from flows.repair.correction import Asked, Correction
from flows.repair.forget import forget
from flows.settings import Settings
from flows.stepping import clock_from
from lake.errors import ConfigError
from lake.verify import verify
from press import BASE, Press
from tests.flows.conftest import HALF_HOUR, collect, query, settings_for

ONLY = ["janrekha", "udgam"]
LATER = BASE + timedelta(minutes=5)
OLD_AGENCIES = """
agencies:
  - id: pti
    name: पीटीआई
    names: [ऐसी कोई एजेंसी नहीं]
"""


@dataclass(frozen=True)
class Then:
    """A lake that was filled when texts had to be long and no agency was known."""

    old: Settings
    now: Settings
    press: Press


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Press, Settings]]:
    folder = tmp_path_factory.mktemp("filled")
    few = folder / "agencies.yaml"
    few.write_text(OLD_AGENCIES, encoding="utf-8")
    with Press() as press:
        old = settings_for(press, folder, agencies=few, min_words=170)
        collect(old, BASE, only=ONLY)
        yield press, old


@pytest.fixture
def then(filled: tuple[Press, Settings], tmp_path: Path) -> Then:
    press, old = filled
    shutil.copytree(old.lake, tmp_path / "lake")
    here = {"lake": str(tmp_path / "lake"), "cache": tmp_path / "cache"}
    return Then(old.model_copy(update=here), settings_for(press, tmp_path), press)


def again(settings: Settings, **given: object) -> Correction:
    asked = Asked(**given)  # type: ignore[arg-type]
    return asyncio.run(correcting.reextract(settings, asked, clock=clock_from(LATER)))


def test_the_same_extractor_finds_nothing(then: Then) -> None:
    done = again(then.old, publish=True)
    assert set(done.pages) == {"same", "still_refused"}
    assert done.runs == []


def test_a_report_tells_what_differs_and_writes_nothing(then: Then) -> None:
    before = sorted(Path(then.now.lake).rglob("*.parquet"))
    asked = len(then.press.requests)
    done = again(then.now)
    assert {"agencies"} <= set(done.fields) <= {"agencies", "authors", "dateline"}
    assert done.pages["changed"] == done.fields["agencies"] > 10
    assert done.pages["new"] > 3
    assert done.pages["refused"] == 0
    first = next(r for r in done.told if r.kind == "changed")
    assert first.before["agencies"] == []
    assert first.after["agencies"]
    assert sorted(Path(then.now.lake).rglob("*.parquet")) == before
    assert len(then.press.requests) == asked
    # A stricter extractor of another day loses articles, and the report says so.
    assert again(then.now.model_copy(update={"min_words": 400})).pages["refused"] > 0


def test_what_differs_is_published_as_new_versions_and_articles(then: Then) -> None:
    told = again(then.now)
    ask = query(then.now)
    old = {row[0]: row[1:] for row in ask(
        "select url_id, article_id, first_listed_at, fetched_at, warc_file, warc_offset, "
        "content_hash from articles"
    )}  # fmt: skip
    done = again(then.now, publish=True)
    assert (done.updated, done.published) == (told.pages["changed"], told.pages["new"])
    (run_id,) = done.runs
    rows = ask(
        "select url_id, supersedes, first_listed_at, fetched_at, warc_file, warc_offset, "
        f"content_hash, version, len(agencies) from articles where run_id = '{run_id}'"
    )
    corrected = [row for row in rows if row[7] == 2]
    assert len(corrected) == done.updated
    for url_id, *same, _, agencies in corrected:
        assert tuple(same) == old[url_id]
        assert agencies > 0
    new = [row for row in rows if row[7] == 1]
    assert len(new) == done.published
    for row in new:
        assert row[0] not in old
        assert BASE <= row[3] < LATER, "the time of an article is that of its fetch"
    assert verify(open_lake(then.now)).findings == ()
    owed = {
        p["url_id"] for feed in open_lake(then.now).state().to_pylist() for p in feed["pending"]
    }
    assert not owed & {row[0] for row in new}
    assert "extracted again" in ask(f"select detail from fetches where run_id = '{run_id}'")[0][0]
    # Once is enough: the archive says the same as the articles now.
    assert set(again(then.now, publish=True).pages) <= {"same", "still_refused", "duplicate"}


def test_the_next_collect_goes_on_from_it(then: Then) -> None:
    done = again(then.now, publish=True)
    then.press.set_now(BASE + HALF_HOUR)
    summary = collect(then.now, BASE + HALF_HOUR, only=ONLY)
    then.press.set_now(BASE)
    assert summary.updated <= 1, "a page that did not change makes no version"
    counted = query(then.now)("select count(*), count(distinct article_id) from articles")
    assert counted[0][0] == counted[0][1]
    assert done.published > 0


def test_only_some_sources_days_and_fields(then: Then) -> None:
    every = again(then.now)
    one = again(then.now, only=("janrekha",))
    assert 0 < sum(one.pages.values()) < sum(every.pages.values())
    assert {r.source_id for r in one.told} == {"janrekha"}
    assert again(then.now, since=BASE.date() + timedelta(days=1)).pages == {}
    titles = again(then.now, fields=("title",))
    assert titles.pages["changed"] == 0
    assert titles.pages["new"] == every.pages["new"]
    for wrong in ({"only": ("nope",)}, {"fields": ("colour",)}):
        with pytest.raises(ConfigError, match=r"nope|colour"):
            again(then.now, **wrong)
    with pytest.raises(ConfigError, match="begins later"):
        again(then.now, since=LATER.date(), until=LATER.date() - timedelta(days=1))


def test_it_publishes_in_runs_of_bounded_size(then: Then, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(correcting, "_PER_RUN", 50)
    done = again(then.now, publish=True)
    assert len(done.runs) == -(-(done.updated + done.published) // 50) > 1
    assert verify(open_lake(then.now)).findings == ()


def test_an_article_that_was_published_anew_meanwhile_is_left_alone(
    then: Then, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = rereading.reread

    def slow(*args: object, **given: object) -> Iterator[object]:
        found = list(real(*args, **given))  # type: ignore[arg-type]
        monkeypatch.setattr(correcting, "reread", real)
        again(then.now, publish=True)
        yield from found

    monkeypatch.setattr(correcting, "reread", slow)
    done = again(then.now, publish=True)
    assert done.overtaken == done.pages["changed"] + done.pages["new"] > 0
    assert done.runs == []


def test_what_was_taken_down_stays_away(then: Then, monkeypatch: pytest.MonkeyPatch) -> None:
    real = rereading.reread
    gone = {page.kind: page.url for page in again(then.now).told}

    def slow(*args: object, **given: object) -> Iterator[object]:
        found = list(real(*args, **given))  # type: ignore[arg-type]
        for url in gone.values():
            forget(then.now, url, clock=lambda: LATER)
        yield from found

    monkeypatch.setattr(correcting, "reread", slow)
    assert set(gone) == {"changed", "new"}
    assert again(then.now, publish=True).overtaken == 2
    monkeypatch.setattr(correcting, "reread", real)
    assert not {page.url for page in again(then.now).told} & set(gone.values())
    urls = {url for (url,) in query(then.now)("select url from articles")}
    assert not urls & set(gone.values())
    assert verify(open_lake(then.now)).findings == ()


def test_a_bucket_gives_what_a_folder_gives(then: Then, s3_endpoint: str, bucket: str) -> None:
    on_s3 = then.now.model_copy(
        update={"lake": f"s3://{bucket}/news", "s3_endpoint_url": s3_endpoint}
    )
    target = open_lake(on_s3).storage
    for path in sorted(Path(then.now.lake).rglob("*")):
        key = str(path.relative_to(then.now.lake))
        if path.is_file() and not key.startswith("."):
            target.put(key, path)
    folder, there = again(then.now), again(on_s3)
    assert there.pages == folder.pages
    assert there.told == folder.told
    assert again(on_s3, publish=True).updated == folder.pages["changed"]


def test_pages_that_are_gone_are_counted(then: Then) -> None:
    lake = open_lake(then.now)
    lake.storage.delete([info.key for info in lake.storage.list("pages/")])
    assert set(again(then.now, publish=True).pages) == {"missing"}


def test_the_command_tells_and_publishes(then: Then) -> None:
    env = {
        "TAAR_LAKE": then.now.lake,
        "TAAR_CACHE": str(then.now.cache),
        "TAAR_SOURCE_PACK": str(then.press.sources_file),
    }
    shown = CliRunner().invoke(main, ["reextract"], env=env)
    assert shown.exit_code == 0, shown.output
    assert "--publish" in shown.output
    assert "agencies" in shown.output
    published = CliRunner().invoke(
        main, ["reextract", "--publish", "--no-prefect", "--json"], env=env
    )
    assert published.exit_code == 0, published.output
    told = json.loads(published.output)
    assert told["updated"] == told["pages"]["changed"] == told["fields"]["agencies"]
    assert len(told["changes"]) == told["updated"] + told["published"]


def test_damaged_and_lost_pages_are_named_once(then: Then, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TAAR_SOURCE_PACK", str(then.now.source_pack))
    ((name, offset),) = query(then.now)(
        "select warc_file, warc_offset from articles order by warc_offset desc limit 1 offset 5"
    )
    whole = again(then.now)
    assert not whole.lost
    path = Path(then.now.lake) / name
    data = bytearray(path.read_bytes())
    data[offset + 90 : offset + 130] = bytes(40)
    path.write_bytes(data)
    done = again(then.now)
    assert done.pages["damaged"] == 1
    assert done.pages.total() == whole.pages.total()
    ((line, pages),) = done.lost.items()
    assert pages == 1
    assert line.startswith(f"{name}: the record at byte {offset} is damaged")
    run = CliRunner().invoke
    told = run(main, ["reextract", "--lake", then.now.lake])
    assert told.exit_code == 1
    assert told.stderr.count("is damaged") == 1
    assert "remedy: restore" in told.stderr
    path.unlink()
    gone = run(main, ["reextract", "--lake", then.now.lake, "--json"])
    assert gone.exit_code == 1
    assert f"{name}: not there" in json.loads(gone.stdout)["lost"]


def test_pages_that_are_no_longer_kept_are_no_loss(then: Then) -> None:
    for path in Path(then.now.lake).glob("pages/*/*"):
        path.unlink()
    assert again(then.now).lost
    short = then.now.model_copy(update={"keep_pages_days": 1})
    late = clock_from(LATER + timedelta(days=3))
    done = asyncio.run(correcting.reextract(short, Asked(), clock=late))
    assert set(done.pages) == {"missing"}
    assert not done.lost
