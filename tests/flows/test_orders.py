"""Orders for single sources: who is paused, and what is fetched anew."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from flows.cli import main
from flows.opening import open_lake
from flows.repair import orders
from flows.settings import Settings
from flows.steps.rechecks import share_out
from lake.errors import ConfigError, LakeFormatError
from lake.orders import Order, read_orders, write_order
from press import BASE, Press
from tests.flows.conftest import HALF_HOUR, collect, query, settings_for

ONLY = ["janrekha"]
DAY = timedelta(days=1)


def asked(press: Press, start: int) -> list[str]:
    """Hosts that were asked for something since."""
    return sorted({request.host for request in press.requests[start:]})


def test_a_paused_source_is_left_alone_until_the_pause_ends(press: Press, tmp_path: Path) -> None:
    settings = settings_for(press, tmp_path)
    open_lake(settings)
    for site in press.sites:
        if site.id != "janrekha":
            orders.pause(settings, site.id, None, BASE)
    orders.pause(settings, "janrekha", BASE + DAY, BASE)
    assert collect(settings, BASE).run_id is None
    assert press.requests == []
    # Who is named is crawled all the same.
    assert collect(settings, BASE, only=ONLY).published > 0
    start = len(press.requests)
    press.set_now(BASE + HALF_HOUR)
    assert collect(settings, BASE + HALF_HOUR).run_id is None
    assert len(press.requests) == start
    press.set_now(BASE + DAY)
    collect(settings, BASE + DAY)
    assert asked(press, start) == ["janrekha.press.test"]


def test_a_pause_is_ended_by_hand(press: Press, tmp_path: Path) -> None:
    settings = settings_for(press, tmp_path)
    open_lake(settings)
    orders.pause(settings, "janrekha", None, BASE)
    assert read_orders(open_lake(settings).storage)["janrekha"].is_paused(BASE + 1000 * DAY)
    assert orders.resume(settings, "janrekha").empty
    assert read_orders(open_lake(settings).storage) == {}


def test_articles_are_fetched_anew_once_and_in_bounded_numbers(
    press: Press, tmp_path: Path
) -> None:
    settings = settings_for(press, tmp_path, rechecks_per_run=20)
    first = collect(settings, BASE, only=ONLY)
    count = first.published
    assert count > 25
    minute = timedelta(minutes=1)
    _, told = orders.refetch(settings, "janrekha", None, BASE + minute)
    assert told == count
    looked_at = 0
    for n in range(2, 6):
        summary = collect(settings, BASE + n * minute, only=ONLY)
        fresh = summary.outcomes.get("unchanged", 0) + summary.outcomes.get("updated", 0)
        assert fresh <= 20
        looked_at += fresh
        if summary.run_id is None:
            break
    assert looked_at == count
    assert orders.standing_orders(settings, BASE) == [], "it was carried out"
    # The page was wanted whole, not the word that it is unchanged.
    details = query(settings)("select distinct detail, http_status from fetches "
                              "where outcome = 'unchanged'")  # fmt: skip
    assert ("HTTP 304", 304) not in details


def test_only_articles_since_a_day_are_fetched_anew(press: Press, tmp_path: Path) -> None:
    settings = settings_for(press, tmp_path)
    collect(settings, BASE, only=ONLY)
    since = BASE - DAY
    ((young, every),) = query(settings)(
        f"select count(*) filter (published_at >= '{since.isoformat()}'), count(*) from articles"
    )
    _, told = orders.refetch(settings, "janrekha", since, BASE + DAY)
    assert told == young
    assert 0 < young < every


def test_rechecks_are_shared_out() -> None:
    regular: list[Any] = [{"url_id": f"r{n}"} for n in range(10)]
    again: list[Any] = [{"url_id": f"a{n}"} for n in range(10)]
    assert len(share_out(regular, again, 10)) == 10
    assert sum(row["url_id"][0] == "a" for row in share_out(regular, again, 10)) == 5
    assert share_out([], again, 10) == again
    assert share_out(regular, [], 4) == regular[:4]
    assert share_out(regular, regular, 10) == regular[5:] + regular[:5]
    assert share_out(regular, again, 0) == []


def test_orders_that_make_no_sense_are_refused(press: Press, tmp_path: Path) -> None:
    settings = settings_for(press, tmp_path)
    open_lake(settings)
    with pytest.raises(ConfigError, match="no source 'nope'") as caught:
        orders.pause(settings, "nope", None, BASE)
    assert caught.value.where == "ID"  # These commands have no --source.
    with pytest.raises(ConfigError, match="is past"):
        orders.pause(settings, "janrekha", BASE - DAY, BASE)
    with pytest.raises(ConfigError, match="yet to come"):
        orders.refetch(settings, "janrekha", BASE + DAY, BASE)
    assert read_orders(open_lake(settings).storage) == {}


@pytest.mark.parametrize(
    "words",
    [
        ("sources", "pause", "janrekha"),
        ("sources", "resume", "janrekha"),
        ("sources", "refetch", "janrekha"),
        ("sources", "orders"),
        ("link", "--no-prefect"),
        ("maintain", "--no-prefect"),
    ],
)
def test_a_mistyped_lake_is_not_made(words: tuple[str, ...], press: Press, tmp_path: Path) -> None:
    env = {"TAAR_CACHE": str(tmp_path / "c"), "TAAR_SOURCE_PACK": str(press.sources_file)}
    lake = tmp_path / "nolake"
    done = CliRunner().invoke(main, [*words, "--lake", str(lake)], env=env)
    assert done.exit_code == 2
    assert "there is no lake here" in done.output
    assert ("enabled: false" in done.output.replace("\n", " ")) == (words[1] == "pause")
    assert not lake.exists()


def test_an_order_for_a_source_that_is_gone_can_be_taken_back(press: Press, tmp_path: Path) -> None:
    settings = settings_for(press, tmp_path)
    storage = open_lake(settings).storage
    write_order(storage, Order("gone", paused_at=BASE))
    orders.resume(settings, "gone")
    assert read_orders(storage) == {}


@pytest.mark.parametrize(
    "text",
    [
        "{",
        "[1]",
        json.dumps({"source_id": "another"}),
        json.dumps({"source_id": "janrekha", "paused_at": "soon"}),
        json.dumps({"source_id": "janrekha", "paused_at": "2024-11-22T09:00:00"}),
    ],
)
def test_a_damaged_order_is_named(text: str, press: Press, tmp_path: Path) -> None:
    settings: Settings = settings_for(press, tmp_path)
    storage = open_lake(settings).storage
    storage.put("orders/janrekha.json", text.encode())
    with pytest.raises(LakeFormatError, match="cannot be read") as caught:
        collect(settings, BASE)
    assert caught.value.where == f"{storage.url}/orders/janrekha.json"
    # It stands in nobody else's way.
    orders.pause(settings, "udgam", None, BASE)
    with pytest.raises(LakeFormatError, match="cannot be read"):
        orders.refetch(settings, "janrekha", None, BASE)
    # What the remedy names replaces it.
    assert "`taar sources pause janrekha`" in str(caught.value.remedy)
    assert orders.pause(settings, "janrekha", None, BASE).is_paused(BASE)
    assert sorted(read_orders(storage)) == ["janrekha", "udgam"]
    storage.put("orders/janrekha.json", text.encode())
    orders.resume(settings, "janrekha")
    assert sorted(read_orders(storage)) == ["udgam"]


def test_the_commands(press: Press, tmp_path: Path) -> None:
    env = {
        "TAAR_LAKE": str(tmp_path / "lake"),
        "TAAR_CACHE": str(tmp_path / "cache"),
        "TAAR_SOURCE_PACK": str(press.sources_file),
    }

    (tmp_path / "lake").mkdir()

    def taar(*words: str) -> Any:
        done = CliRunner().invoke(main, ["sources", *words], env=env)
        assert done.exit_code == 0, done.output
        return done.output

    assert "janrekha is paused until 2099-01-01" in taar(
        "pause", "janrekha", "--until", "2099-01-01"
    )
    assert "0 articles of udgam" in taar("refetch", "udgam", "--since", "2024-01-01")
    told = {row["source_id"]: row for row in json.loads(taar("orders", "--json"))}
    assert told["janrekha"]["paused"] is True
    assert "udgam" not in told
    assert "janrekha" in taar("orders")
    taar("resume", "janrekha")
    assert "janrekha" not in taar("orders")
