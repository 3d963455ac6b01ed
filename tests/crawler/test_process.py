"""The life of the crawl process: ended by time, by signal, by its parent's death, by a kill."""

from __future__ import annotations

import asyncio
import json
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from warcio.archiveiterator import ArchiveIterator

from crawler import run
from crawler.plan import Plan
from crawler.warc import complete_length
from lake.errors import ConfigError
from tests.crawler.crawls import NOW, ROOT, Spool, entry, plan, source
from tests.crawler.web import Web, article, rss

HOST = "http://alpha.test"
COUNT = 40


async def unhurried(request: web.Request) -> web.Response:
    await asyncio.sleep(0.05)
    return web.Response(text=article(int(request.path[1:])), content_type="text/html")


def pages() -> dict[str, Any]:
    links = [f"{HOST}/{n}" for n in range(COUNT)]
    return {
        "alpha.test/feed.xml": rss(*links),
        **{f"alpha.test/{n}": unhurried for n in range(COUNT)},
    }


def wait_for_records(spool: Spool, count: int) -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        if len(spool.records()) >= count:
            return
        time.sleep(0.02)
    raise AssertionError(f"no {count} records: {spool.records()}")


def finish(process: subprocess.Popen[str], within: float = 20) -> float:
    """Waits for the end of a process; returns the seconds that it took."""
    began = time.monotonic()
    try:
        process.wait(within)
    finally:
        process.kill()
        for stream in (process.stdin, process.stdout, process.stderr):
            assert stream is not None
            stream.close()
    return time.monotonic() - began


def check_whole(spool: Spool) -> None:
    """Each URL that was taken up has one record; published ones are in the archive."""
    (feed,) = spool.feeds()
    assert len(feed["taken_up"]) == COUNT
    outcomes = spool.outcomes()
    assert len(outcomes) == COUNT
    assert set(outcomes.values()) == {"published", "deferred"}


@pytest.mark.parametrize("how", ["SIGTERM", "SIGINT", "end of input"])
def test_told_to_stop_it_records_everything(tmp_path: Path, how: str) -> None:
    with Web(pages()) as loopback:
        spool = Spool(tmp_path, plan([source()], loopback.host_map))
        process = spool.start()
        wait_for_records(spool, 5)
        if how == "end of input":
            assert process.stdin is not None
            process.stdin.close()
        else:
            process.send_signal(getattr(signal, how))
        seconds = finish(process)
    assert process.returncode == 0
    assert seconds < 5
    check_whole(spool)
    words = "died" if how == "end of input" else "stopped"
    deferred = [f for f in spool.fetches().values() if f["outcome"] == "deferred"]
    assert all(words in fetch["detail"] for fetch in deferred)


def test_a_server_that_does_not_answer_cannot_keep_it(tmp_path: Path) -> None:
    async def stuck(_: web.Request) -> web.Response:
        await asyncio.sleep(60)
        return web.Response()

    with Web({**pages(), "alpha.test/3": stuck}) as loopback:
        spool = Spool(tmp_path, plan([source()], loopback.host_map))
        process = spool.start()
        wait_for_records(spool, 3)
        time.sleep(0.5)
        process.send_signal(signal.SIGTERM)
        seconds = finish(process)
    assert process.returncode == 0
    assert seconds < run.GRACE_S + 4
    check_whole(spool)


def test_at_the_end_of_its_time_it_defers_the_rest(tmp_path: Path) -> None:
    with Web(pages()) as loopback:
        made = plan([source()], loopback.host_map, budget_s=6.0, overrides={"DOWNLOAD_DELAY": 1})
        spool = Spool(tmp_path, made)
        began = time.monotonic()
        spool.run()
    # Long before the 40 seconds that all pages take; the start of a process counts as well.
    assert time.monotonic() - began < 20
    check_whole(spool)
    deferred = [f for f in spool.fetches().values() if f["outcome"] == "deferred"]
    assert len(deferred) > COUNT / 2
    assert deferred[0]["detail"] == "the time for crawling was over"
    assert (deferred[0]["tries"], deferred[0]["final"]) == (0, False)


def test_without_any_time_nothing_is_polled_and_nothing_lost(tmp_path: Path) -> None:
    with Web(pages()) as loopback:
        owed = {"alpha": (entry(HOST + "/1", tries=1),)}
        spool = Spool(tmp_path, plan([source()], loopback.host_map, budget_s=0.0, pending=owed))
        spool.run()
    assert spool.feeds() == []
    assert spool.outcomes() == {HOST + "/1": "deferred"}
    assert loopback.paths() == []


def test_killed_it_leaves_complete_records_only(tmp_path: Path) -> None:
    with Web(pages()) as loopback:
        spool = Spool(tmp_path, plan([source()], loopback.host_map))
        process = spool.start()
        wait_for_records(spool, 8)
        process.kill()
        finish(process)
        assert process.returncode == -signal.SIGKILL
        shard = spool.path / "shard-00"
        lines = (shard / "records.jsonl").read_bytes().splitlines(keepends=True)
        whole = [line for line in lines if line.endswith(b"\n")]
        assert len(whole) >= 8
        assert all(json.loads(line) for line in whole)
        # What was taken up is known although most of it has no record.
        (feed,) = spool.feeds()
        assert len(feed["taken_up"]) == COUNT > len(spool.fetches())
        # An offset is written only once its response is in the file.
        archive = shard / "pages-000.warc.gz"
        end = complete_length(archive)
        for fetch in spool.fetches().values():
            assert fetch["warc_offset"] < end
            with archive.open("rb") as file:
                file.seek(fetch["warc_offset"])
                record = next(iter(ArchiveIterator(file)))
                assert record.rec_headers.get_header("WARC-Target-URI") == fetch["url"]
                assert b"</html>" in record.raw_stream.read()


def ended_by_itself(spool: Spool) -> subprocess.CompletedProcess[str]:
    """What a process that cannot go on leaves: an exit code, a message and no traceback."""
    done = subprocess.run(
        spool.command("--alone"),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        cwd=ROOT,
    )
    assert "Traceback" not in done.stderr
    return done


def test_a_full_disk_ends_it_with_one_clear_message(tmp_path: Path) -> None:
    with Web(pages()) as loopback:
        made = plan([source()], loopback.host_map, failpoints="records.append=enospc@4")
        spool = Spool(tmp_path, made)
        done = ended_by_itself(spool)
    assert done.returncode == 1
    assert "disk is full" in done.stderr
    assert len(spool.records()) == 3


def test_a_disk_that_is_full_when_urls_are_set_aside(tmp_path: Path) -> None:
    with Web(pages()) as loopback:
        made = plan([source()], loopback.host_map, failpoints="backlog.add=enospc@4")
        spool = Spool(tmp_path, made)
        done = ended_by_itself(spool)
    assert done.returncode == 1
    assert "disk is full" in done.stderr
    # The poll is due as before, and nothing was taken up.
    assert spool.records() == []


def test_owed_urls_that_cannot_be_set_aside(tmp_path: Path) -> None:
    owed = {"alpha": tuple(entry(f"{HOST}/{n}") for n in range(3))}
    with Web(pages()) as loopback:
        made = plan([source()], loopback.host_map, pending=owed, failpoints="backlog.add=enospc@2")
        spool = Spool(tmp_path, made)
        done = ended_by_itself(spool)
    assert done.returncode == 1
    assert "disk is full" in done.stderr
    assert spool.records() == []
    assert loopback.paths() == []


def test_a_wrong_list_of_agencies_is_told_at_the_first_page(tmp_path: Path) -> None:
    with Web(pages()) as loopback:
        wrong = str(tmp_path / "none.yaml")
        spool = Spool(tmp_path, plan([source()], loopback.host_map, agencies_file=wrong))
        done = ended_by_itself(spool)
    assert done.returncode == 2
    assert "none.yaml" in done.stderr
    # What was taken up is the next run's.
    assert spool.outcomes() == {}
    assert len(spool.feeds()[0]["taken_up"]) == COUNT


def test_wrong_use(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run.main([str(tmp_path)]) == ConfigError.exit_code == 2
    assert "plan" in capsys.readouterr().err
    (tmp_path / "plan.json").write_text("{")
    assert run.main([str(tmp_path)]) == 2
    made = plan([source()], {})
    made.write(tmp_path)
    assert run.main([str(tmp_path), "--shard", "1"]) == 2
    assert "no shard 1" in capsys.readouterr().err
    (tmp_path / "plan.json").write_text(json.dumps({**made.to_json(), "sources": [{"id": "x"}]}))
    assert run.main([str(tmp_path)]) == 2
    with pytest.raises(SystemExit) as caught:
        run.main([])
    assert caught.value.code == 2


def test_settings_of_a_plan() -> None:
    made = plan([source()], {"*.test": {"80": "127.0.0.1:1"}}, user_agent="Taar/9 (+a@b.in)")
    settings = run.scrapy_settings(made)
    assert settings["USER_AGENT"] == "Taar/9 (+a@b.in)"
    assert settings.getdict("HOST_MAP") == {"*.test": {"80": "127.0.0.1:1"}}
    assert settings.getfloat("DOWNLOAD_DELAY") == 0
    shipped = run.scrapy_settings(Plan("r", made.now, 1.0, ()))
    assert shipped.getfloat("DOWNLOAD_DELAY") == 2
    assert shipped.getbool("ROBOTSTXT_OBEY")
    assert shipped.getbool("DOWNLOAD_VERIFY_CERTIFICATES")
    assert not shipped.getbool("TELNETCONSOLE_ENABLED")
    assert not shipped.getbool("REMOTE_CONTROL_ENABLED")


def test_what_an_idle_run_does_not_need_is_not_loaded() -> None:
    code = "import sys, crawler.run; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT)
    loaded = set(done.stdout.split())
    assert "crawler.spiders.news" in loaded
    for name in ("numpy", "feedparser", "crawler.extract.article", "crawler.extract.normal"):
        assert name not in loaded


def test_only_the_parts_that_are_named_run() -> None:
    settings = run.scrapy_settings(Plan("r", NOW, 1.0, ()))
    extensions = settings.get_component_priority_dict_with_base("EXTENSIONS")
    assert {str(name).partition(".")[0] for name in extensions} == {"crawler"}
    named = settings.get_component_priority_dict_with_base("DOWNLOADER_MIDDLEWARES")
    order = [str(name).rpartition(".")[2] for name in sorted(named, key=lambda name: named[name])]
    assert order.index("SiteGuard") < order.index("RobotsTxtMiddleware")
    assert order.index("RobotsAnswers") < order.index("RetryMiddleware") < order.index("RetryAfter")
    assert "HttpProxyMiddleware" not in order, "a proxy would resolve names past the guard"
    assert "CookiesMiddleware" not in order


def test_scrapys_own_command_finds_the_project(tmp_path: Path) -> None:
    with Web({"alpha.test/feed.xml": rss()}) as loopback:
        spool = Spool(tmp_path, plan([source()], loopback.host_map))
        host_map = json.dumps(loopback.host_map)
        command = ["-m", "scrapy", "crawl", "taar", "-a", f"spool={spool.path}"]
        done = subprocess.run(
            [spool.command()[0], *command, "-s", f"HOST_MAP={host_map}"],
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
            cwd=ROOT,
        )
    assert done.returncode == 0, done.stderr
    assert [record["status"] for record in spool.feeds()] == ["ok"]
