"""Older articles: only those of the range are fetched, and the news is not disturbed."""

from __future__ import annotations

import asyncio
import json
from datetime import date, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from click.testing import CliRunner

from crawler.sources import load_sources
from flows.cli import main
from flows.opening import open_lake
from flows.repair.backfilling import Range, archive_tasks, backfill
from flows.settings import Settings
from flows.stepping import clock_from
from flows.steps.summarise import fail_if_nothing_answered
from flows.summary import RunSummary
from lake.errors import ConfigError, TaarError
from lake.verify import verify
from press import BASE, Press
from tests.flows.conftest import collect, environment, query, settings_for

SITE = "khabarsagar"
INDIA = ZoneInfo("Asia/Kolkata")


def run(settings: Settings, wanted: Range) -> RunSummary:
    return asyncio.run(backfill(settings, wanted, clock=clock_from(BASE)))


def days(press: Press) -> dict[date, int]:
    """Articles of the site by day of publication."""
    found: dict[date, int] = {}
    for article in press.truth(BASE).articles.values():
        if article.source_id == SITE and article.outcome == "published" and article.published_at:
            day = article.published_at.astimezone(INDIA).date()
            found[day] = found.get(day, 0) + 1
    return found


def test_only_the_range_is_fetched_and_the_news_comes_as_ever(press: Press, tmp_path: Path) -> None:
    settings = settings_for(press, tmp_path)
    by_day = days(press)
    day = sorted(by_day)[len(by_day) // 2]
    summary = run(settings, Range(SITE, day, day))
    ask = query(settings)
    dates = {at.astimezone(INDIA).date() for (at,) in ask("select published_at from articles")}
    assert dates == {day}
    assert summary.published == by_day[day]
    assert open_lake(settings).state().num_rows == 0, "the state of feeds is left alone"
    # Again: all is known.
    assert run(settings, Range(SITE, day, day)).taken_up == 0
    # And the news: everything else that the sitemap lists, without a validator in the way.
    later = collect(settings, BASE + timedelta(minutes=1), only=[SITE])
    assert later.published == sum(by_day.values()) - by_day[day]
    assert verify(open_lake(settings)).findings == ()


def test_days_and_listings_are_spelled_out(press: Press) -> None:
    (source,) = [s for s in load_sources(press.sources_file) if s.id == SITE]
    since, until = date(2024, 11, 1), date(2024, 11, 3)
    daily = "https://khabarsagar.press.test/s-%Y-%m-%d.xml?q=%E0"
    tasks = archive_tasks(source, Range(SITE, since, until, (daily, "http://a.test/desh/")), BASE)
    assert [task.url for task in tasks] == [
        *(f"https://khabarsagar.press.test/s-2024-11-0{n}.xml?q=%E0" for n in (1, 2, 3)),
        "http://a.test/desh/",
    ]
    assert [task.kind for task in tasks] == ["sitemap"] * 3 + ["section"]
    assert len({(task.listed_since, task.listed_until) for task in tasks}) == 1
    assert tasks[0].listed_since is not None
    assert tasks[0].listed_until is not None
    assert tasks[0].listed_since.astimezone(INDIA).isoformat() == "2024-11-01T00:00:00+05:30"
    assert tasks[0].listed_until.astimezone(INDIA).isoformat() == "2024-11-04T00:00:00+05:30"
    assert not any(task.conditional for task in tasks)
    (own,) = archive_tasks(source, Range(SITE, since, until), BASE)
    assert (own.url, own.kind) == ("http://khabarsagar.press.test/sitemap.xml", "sitemap")


@pytest.mark.parametrize(
    ("wanted", "words"),
    [
        (Range("nope", date(2024, 11, 1), date(2024, 11, 2)), "no source"),
        (Range(SITE, date(2024, 11, 2), date(2024, 11, 1)), "begins later"),
        (Range(SITE, date(2030, 1, 1), date(2030, 1, 2)), "yet to come"),
        (Range("janrekha", date(2024, 11, 1), date(2024, 11, 2)), "no sitemap"),
        (Range(SITE, date(2024, 11, 1), date(2024, 11, 2), ("ftp://x",)), "no address"),
        (Range(SITE, date(2023, 1, 1), date(2024, 1, 1), ("http://a.test/%d%m%Y",)), "too many"),
        (Range(SITE, date(2024, 11, 1), date(2024, 11, 2), ("http://a.test/%Y-%Q",)), "'%Q'"),
    ],
)
def test_wrong_wishes_are_refused(wanted: Range, words: str, press: Press, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=words):
        run(settings_for(press, tmp_path), wanted)
    assert press.requests == []


def test_the_command(press: Press, tmp_path: Path) -> None:
    env = environment(settings_for(press, tmp_path))
    day = min(days(press))
    words = ["backfill", SITE, "--from", str(day), "--to", str(day), "--json", "--no-prefect"]
    done = CliRunner().invoke(main, words, env=env)
    assert done.exit_code == 0, done.output
    assert json.loads(done.output)["published"] == days(press)[day]
    assert CliRunner().invoke(main, words[:4], env=env).exit_code == 2


def test_a_listing_that_is_not_there_is_not_called_a_broken_network(
    press: Press, tmp_path: Path
) -> None:
    day = min(days(press))
    listing = f"http://{SITE}.press.test/no-such-sitemap.xml"
    summary = run(settings_for(press, tmp_path), Range(SITE, day, day, (listing,)))
    with pytest.raises(TaarError, match="http_4xx") as caught:
        fail_if_nothing_answered(summary)
    assert "--listing" in str(caught.value)
    assert "network" not in str(caught.value)


@pytest.mark.parametrize(
    ("since", "until"), [("0001-01-01", "0001-01-02"), ("2024-11-22", "9999-12-31")]
)
def test_days_at_the_ends_of_the_calendar_are_refused(since: str, until: str) -> None:
    words = ["backfill", SITE, "--from", since, "--to", until, "--no-prefect"]
    done = CliRunner().invoke(main, words)
    assert done.exit_code == 2
    assert "is not in the years 1990 to 2100" in done.output
