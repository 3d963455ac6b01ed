"""The doctor: what is wrong with a deployment is named, with a remedy, and sets the exit code."""

from __future__ import annotations

import json
import shutil
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import pyarrow as pa
import pytest
from click.testing import CliRunner, Result

from crawler.sources import load_sources
from flows import pipeline
from flows.cli import main
from flows.commands.doctor import _judgement
from flows.opening import check_overrides, open_lake
from flows.prefect_api import workers_at
from flows.repair import orders
from flows.settings import Settings, load_settings
from flows.watch import doctor
from flows.watch.doctor import Check, Diagnosis, examine
from flows.watch.health import Complaint
from flows.watch.watching import is_time_to_judge, unwell
from lake import failpoints, schema
from lake.errors import ConfigError, TaarError
from lake.ids import new_run_id
from lake.orders import Order
from lake.storage.local import LocalStorage
from lake.tables import Lake
from press import BASE, Press
from tests.flows.conftest import collect, settings_for

ONLY = ["janrekha"]


@pytest.fixture(autouse=True)
def _home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PREFECT_HOME", str(tmp_path / "prefect"))


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A lake after one collect."""
    folder = tmp_path_factory.mktemp("filled")
    with Press() as press:
        collect(settings_for(press, folder), BASE, only=ONLY)
    return folder / "lake"


@pytest.fixture
def used(filled: Path, press: Press, tmp_path: Path) -> Settings:
    """Settings for a copy of it."""
    shutil.copytree(filled, tmp_path / "lake")
    return settings_for(press, tmp_path)


def by_name(found: Diagnosis) -> dict[str, Check]:
    return {check.name: check for check in found.checks}


def wrong(found: Diagnosis) -> set[str]:
    return {check.name for check in found.checks if not check.ok}


def run(settings: Settings, **env: str) -> Result:
    given = {
        "TAAR_LAKE": settings.lake,
        "TAAR_CACHE": str(settings.cache),
        "TAAR_SOURCE_PACK": str(settings.source_pack),
        "TAAR_CONTACT": "tests@press.test",
    }
    return CliRunner().invoke(main, ["doctor", "--json"], env=given | env)


def test_a_set_up_without_a_run_is_well(press: Press, tmp_path: Path) -> None:
    settings = settings_for(press, tmp_path)
    found = examine(settings, now=BASE)
    assert found.well, found
    assert not Path(settings.lake).exists(), "a doctor makes nothing"
    done = run(settings)
    assert done.exit_code == 0, done.output
    assert json.loads(done.output)["well"] is True


def test_a_lake_in_use_is_well_until_nothing_collects(press: Press, used: Settings) -> None:
    settings = used
    before = sorted(p for p in Path(settings.lake).rglob("*") if p.is_file())
    found = examine(settings, now=BASE + timedelta(hours=1))
    assert found.well, found
    assert {"clock", "writing", "runs"} <= set(by_name(found))
    assert sorted(p for p in Path(settings.lake).rglob("*") if p.is_file()) == before
    late = examine(settings, now=BASE + timedelta(days=3))
    assert wrong(late) == {"runs"}
    assert "nothing collects" in by_name(late)["runs"].what
    for site in press.sites:
        orders.pause(settings, site.id, None, BASE)
    paused = examine(settings, now=BASE + timedelta(days=3))
    assert paused.well
    assert "janrekha" in paused.paused


@pytest.mark.parametrize(
    ("given", "name", "words"),
    [
        ({"contact": None}, "contact", "TAAR_CONTACT"),
        ({"lake": "gopher://x"}, "lake", "s3://bucket/prefix"),
        ({"lake": "/dev/null"}, "lake", "folder"),
        ({"cache": Path("/proc/nowhere")}, "cache", "folder"),
        ({"source_pack": Path("/no/such.yaml")}, "sources", "path"),
        ({"agencies": Path("/no/such.yaml")}, "agencies", ""),
        ({"ca_file": Path("/no/such.pem")}, "certificates", "PEM"),
        ({"ca_file": Path(__file__)}, "certificates", "PEM"),
        ({"crawl_overrides": {"DOWNLOAD_DELAY": "abc"}}, "overrides", "a number"),
        ({"crawl_overrides": {"RETRY_TIMES": 1.5}}, "overrides", "whole number"),
        ({"crawl_overrides": {"ROBOTSTXT_OBEY": "perhaps"}}, "overrides", "true or false"),
    ],
)
def test_what_is_wrong_is_named_with_a_remedy(
    given: dict[str, Any], name: str, words: str, press: Press, tmp_path: Path
) -> None:
    settings = settings_for(press, tmp_path).model_copy(update=given)
    found = examine(settings, now=BASE)
    assert name in wrong(found)
    assert words in by_name(found)[name].remedy
    assert not found.well


def test_a_table_of_frequencies_that_is_not_there_is_told_before_link_fails(
    used: Settings,
) -> None:
    found = examine(used.model_copy(update={"frequencies": "xx"}), now=BASE)
    assert "frequencies" in wrong(found)
    assert "hi-1" in by_name(found)["frequencies"].remedy
    assert by_name(examine(used, now=BASE))["frequencies"].ok


@pytest.mark.parametrize(
    "given",
    [{"DOWNLOAD_DELAY": 0}, {"DOWNLOAD_DELAY": "0.5"}, {"RETRY_TIMES": "0"}, {"LOG_LEVEL": "INFO"},
     {"ROBOTSTXT_OBEY": True}, {"HTTPERROR_ALLOW_ALL": True}, {"RETRY_HTTP_CODES": "500,503"},
     {"DOWNLOAD_MAXSIZE": 200_000}],
)  # fmt: skip
def test_overrides_that_scrapy_reads_are_taken(given: dict[str, Any]) -> None:
    check_overrides(load_settings(crawl_overrides=given))


@pytest.mark.parametrize(
    "given",
    [{"DOWNLOAD_DELAY": "abc"}, {"DOWNLOAD_DELAY": -1}, {"DOWNLOAD_DELAY": float("nan")},
     {"CONCURRENT_REQUESTS": []}, {"DOWNLOAD_HANDLERS": 1}, {"LOG_LEVEL": 3}],
)  # fmt: skip
def test_others_are_refused_before_a_crawl_begins(given: dict[str, Any]) -> None:
    with pytest.raises(ConfigError, match=next(iter(given))):
        check_overrides(load_settings(crawl_overrides=given))


def test_a_damaged_order_is_named_in_full_before_the_first_run_too(
    press: Press, tmp_path: Path
) -> None:
    settings = settings_for(press, tmp_path)
    open_lake(settings).storage.put("orders/janrekha.json", b"{")
    check = by_name(examine(settings, now=BASE))["runs"]
    assert not check.ok
    assert f"{settings.lake}/orders/janrekha.json" in check.what
    assert "taar sources resume janrekha" in check.remedy


def test_a_clock_that_is_off(used: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(LocalStorage, "server_time", lambda _: BASE - timedelta(minutes=2))
    found = examine(used, now=BASE)
    assert wrong(found) == {"clock"}
    assert "120 s" in by_name(found)["clock"].what


def test_a_lake_that_cannot_be_written(used: Settings) -> None:
    failpoints.arm("local.put=enospc")
    try:
        assert "writing" in wrong(examine(used, now=BASE))
    finally:
        failpoints.arm(None)


def test_a_disk_that_is_nearly_full(
    press: Press, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doctor, "_FREE_BYTES", 1 << 60)
    found = examine(settings_for(press, tmp_path), now=BASE)
    assert wrong(found) == {"cache", "lake's disk"}


def test_a_source_that_is_unwell_is_named_and_sets_the_exit_code(
    used: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    silent = Complaint("janrekha", "silent", "silent: nothing new for 3 days", BASE)
    monkeypatch.setattr(doctor, "unwell", lambda *_: [silent])
    found = examine(used, now=BASE + timedelta(hours=1))
    assert not wrong(found)
    assert not found.well
    done = run(used)
    assert done.exit_code == 1
    (told,) = json.loads(done.output)["sources"]
    assert told["kind"] == "silent"
    shown = CliRunner().invoke(main, ["doctor", "--lake", used.lake])
    assert "nothing new for 3 days" in " ".join(shown.output.split())


def test_the_first_collect_of_an_hour_tells_of_them(
    used: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    silent = Complaint("udgam", "silent", "silent: nothing new for 3 days", BASE)
    monkeypatch.setattr(pipeline, "unwell", lambda *_: [silent])
    at = BASE + timedelta(hours=2)
    told = "udgam is silent: nothing new for 3 days"
    assert told in collect(used, at, only=ONLY).warnings
    again = collect(used, at + timedelta(minutes=29), only=ONLY)
    assert again.run_id is not None
    assert told not in again.warnings


def test_only_sources_of_which_something_is_expected_are_judged(used: Settings) -> None:
    lake = open_lake(used)
    sources = load_sources(used.source_pack)
    later = BASE + timedelta(days=20)
    assert unwell(lake, sources, {}, later) == [], "one run is no history"
    frozen = [s.model_copy(update={"enabled": False}) for s in sources]
    # Its newest item is old at once, if the press had stood still for long.
    rows = lake.read(schema.SOURCE_RUNS).to_pylist()
    old = [row | {"newest_at": row["started_at"] - timedelta(days=30)} for row in rows if row]

    class Old(Lake):
        def read(self, *_: object, **__: object) -> Any:
            return pa.Table.from_pylist(old, schema=schema.SOURCE_RUNS.schema)

    standing = Old(lake.storage)
    (found,) = unwell(standing, sources, {}, later)
    assert (found.source_id, found.kind) == ("janrekha", "stale")
    assert unwell(standing, frozen, {}, later) == []
    order = Order("janrekha", paused_at=BASE)
    assert unwell(standing, sources, {"janrekha": order}, later) == []


@pytest.mark.parametrize("api", ["http://127.0.0.1:9/api", "nonsense"])
def test_a_prefect_server_that_is_not_there_is_told_at_once(
    api: str, press: Press, tmp_path: Path
) -> None:
    from prefect.settings import PREFECT_API_URL, temporary_settings

    settings = settings_for(press, tmp_path)
    env = {"TAAR_LAKE": settings.lake, "TAAR_CACHE": str(settings.cache), "PREFECT_API_URL": api}
    with temporary_settings({PREFECT_API_URL: api}):
        done = run(settings, PREFECT_API_URL=api)
        told = [CliRunner().invoke(main, [name], env=env) for name in ("collect", "maintain")]
    assert done.exit_code == 1
    (check,) = [c for c in json.loads(done.output)["checks"] if c["name"] == "Prefect"]
    assert check["ok"] is False
    assert "--no-prefect" in check["remedy"]
    for failed in told:
        assert failed.exit_code == 1, failed.output
        assert api in failed.output
        assert "--no-prefect" in failed.output
        assert "Traceback" not in failed.output


def test_a_home_that_cannot_be_written_and_a_wrong_lake_are_told_at_once(tmp_path: Path) -> None:
    (tmp_path / "lake").mkdir()
    env = {"TAAR_LAKE": str(tmp_path / "lake"), "PREFECT_HOME": "/proc/nowhere"}
    failed = CliRunner().invoke(main, ["maintain"], env=env)
    assert failed.exit_code == 2
    assert "PREFECT_HOME" in failed.output
    env["TAAR_LAKE"] = "gopher://x"
    failed = CliRunner().invoke(main, ["maintain"], env=env)
    assert failed.exit_code == 2
    assert "gopher://" in failed.output, "the lake is looked at before Prefect"


def test_deployments_are_looked_at() -> None:
    well = {"collect": False, "link": False, "maintain": False}
    assert doctor._deployments(well).ok
    assert "link" in doctor._deployments({"collect": False, "maintain": False}).what
    assert "collect paused" in doctor._deployments(well | {"collect": True}).what


def test_a_pool_without_a_worker_is_a_warning() -> None:
    """Over a server that answers as Prefect does: with nobody, with workers, without a pool."""
    worker = {"name": "w1", "work_pool_id": str(uuid4()), "status": "ONLINE"}
    gone = worker | {"name": "w2", "status": "OFFLINE"}
    answers: list[tuple[int, Any]] = [(200, [gone]), (200, [gone, worker]), (404, {}), (500, {})]
    asked: list[str] = []

    class Server(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked.append(self.path)
            self.rfile.read(int(self.headers["Content-Length"]))
            self.answer(*answers.pop(0))

        def do_GET(self) -> None:
            # The client asks for the server's version, or for a token that it does not use here.
            if self.path == "/api/admin/version":
                self.answer(200, prefect.__version__)
            else:
                self.answer(422, {"detail": "CSRF protection is disabled."})

        def answer(self, status: int, told: object) -> None:
            body = json.dumps(told).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    import prefect
    from prefect.settings import PREFECT_API_URL, temporary_settings

    with ThreadingHTTPServer(("127.0.0.1", 0), Server) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        api = f"http://127.0.0.1:{server.server_port}/api"
        with temporary_settings({PREFECT_API_URL: api}):
            assert [workers_at(api) for _ in range(3)] == [(), ("w1",), ()]
            with pytest.raises(TaarError, match="it answers 500"):
                workers_at(api)
        server.shutdown()
    assert set(asked) == {"/api/work_pools/taar/workers/filter"}
    assert doctor._workers(("w1",)).remedy == ""
    nobody = doctor._workers(())
    assert nobody.ok
    assert "worker start --pool taar" in nobody.remedy
    assert _judgement(nobody) == "warning"


def test_sources_are_judged_once_an_hour() -> None:
    at = datetime(2024, 11, 22, 9, 45, tzinfo=UTC)
    previous = new_run_id(at)
    assert not is_time_to_judge(previous, at + timedelta(minutes=14))
    assert is_time_to_judge(previous, at + timedelta(minutes=15))
    india = ZoneInfo("Asia/Kolkata")
    assert not is_time_to_judge(previous, (at + timedelta(minutes=14)).astimezone(india))
    assert not is_time_to_judge(None, at)


@pytest.mark.parametrize("spelt", ["~/lake", "file://{}/lake"])
def test_a_lake_is_found_however_its_folder_is_spelt(
    spelt: str, used: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = Path(used.lake).parent
    monkeypatch.setenv("HOME", str(home))
    given = used.model_copy(update={"lake": spelt.format(home)})
    checks = {check.name: check for check in examine(given, now=BASE).checks}
    assert checks["lake"].what == str(home / "lake")
    assert str(home / "lake") in checks["lake's disk"].what
    assert "hours old" in checks["runs"].what
