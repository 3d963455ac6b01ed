"""Retention through the pipeline: settings that are refused, and a lake that follows."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest

from flows.opening import dedup_settings, retention, window
from flows.settings import load_settings
from lake.errors import ConfigError
from lake.schema import ARTICLES, FAMILIES, FINGERPRINTS, RELATIONS, THREADS
from lake.storage import open_storage
from lake.tables import Lake
from lake.verify import verify
from press import BASE, Press
from tests.flows.conftest import collect, link, maintain, settings_for

ONLY = ["janrekha", "udgam", "samvadkendra"]
DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("given", "variable"),
    [
        ({"keep_articles_days": 399}, "TAAR_KEEP_ARTICLES_DAYS"),
        ({"keep_fingerprints_days": 30}, "TAAR_KEEP_FINGERPRINTS_DAYS"),
        ({"keep_articles_days": 31, "thread_window_days": 40, "copy_window_days": 40}, "ARTICLES"),
        ({"keep_fetches_days": 30}, "TAAR_KEEP_FETCHES_DAYS"),
        ({"keep_fetches_days": 30, "keep_pages_days": 31}, "TAAR_KEEP_FETCHES_DAYS"),
    ],
)
def test_what_is_still_needed_is_not_thrown_away(given: dict[str, float], variable: str) -> None:
    with pytest.raises(ConfigError) as caught:
        load_settings(**given)
    assert variable in str(caught.value)
    assert caught.value.remedy


@pytest.mark.parametrize("kept", [5, 31])
def test_windows_that_the_remedy_names_are_taken(kept: float) -> None:
    with pytest.raises(ConfigError) as caught:
        load_settings(keep_articles_days=kept)
    named = re.findall(r"TAAR_(\w+_WINDOW_DAYS)", str(caught.value.remedy))
    assert "THREAD_WINDOW_DAYS" in named
    followed = {name.lower(): kept for name in named}
    assert dedup_settings(load_settings(keep_articles_days=kept, **followed))


def test_settings_become_spans() -> None:
    given = load_settings(keep_articles_days=500, keep_pages_days=7, keep_fetches_days=90)
    kept = retention(given)
    assert (kept.articles, kept.pages, kept.fetches) == (500 * DAY, 7 * DAY, 90 * DAY)
    assert kept.fingerprints is kept.source_runs is None
    assert window(given) == 400 * DAY
    assert retention(load_settings()) == type(kept)()


def test_a_lake_that_forgets_old_days_stays_sound(press: Press, tmp_path: Path) -> None:
    windows = {"thread_window_days": 20, "copy_window_days": 20}
    settings = settings_for(press, tmp_path, **windows)
    collect(settings, BASE, only=ONLY)
    press.set_now(BASE + 3 * DAY)
    collect(settings, BASE + 3 * DAY, only=ONLY)
    link(settings, BASE + 3 * DAY)
    maintain(settings, BASE + 7 * DAY)
    lake = Lake(open_storage(settings.lake))
    before = {d.name: lake.read_derived(d) for d in (RELATIONS, FAMILIES, THREADS)}
    assert all(table.num_rows for table in before.values())

    # Without fingerprints nothing can be compared, and what was found stays found.
    lean = settings_for(press, tmp_path, **windows, keep_fingerprints_days=20, keep_pages_days=1)
    done = maintain(lean, BASE + 22 * DAY)
    assert done.final_days == 2
    assert done.expired["fingerprints/v1"] == 1
    assert "no longer kept" in done.to_markdown()
    link(lean, BASE + 22 * DAY)
    for name, table in before.items():
        after = Lake(lake.storage).read_derived(next(d for d in (RELATIONS, FAMILIES, THREADS)
                                                     if d.name == name))  # fmt: skip
        assert after.num_rows == table.num_rows, name
    assert verify(Lake(lake.storage)).sound
    count = lake.read(ARTICLES, ["run_id"]).num_rows

    strict = settings_for(press, tmp_path, **windows, keep_articles_days=20)
    assert maintain(strict, BASE + 22 * DAY).expired["articles"] == 1
    report = verify(Lake(lake.storage), window=20 * DAY)
    assert report.sound, report.to_text()
    left = Lake(lake.storage).read(ARTICLES, ["run_id"]).num_rows
    assert 0 < left < count
    assert lake.read(FINGERPRINTS, ["run_id"]).num_rows == left
    link(strict, BASE + 22 * DAY)
    assert verify(Lake(lake.storage), window=20 * DAY).sound
