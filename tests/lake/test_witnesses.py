"""A run that was committed and lost its articles is no left-over."""

from __future__ import annotations

from pathlib import Path

import pytest

from lake import keys
from lake.schema import ARTICLES, FETCHES, KNOWN, STATE
from lake.tables import Lake
from lake.upkeep.days import Retention, expire, mark_final
from tests.lake.making import DAY, HOUR, NOW, publish

LATER = NOW + 9 * DAY


def pages_of(lake: Lake, run_id: str) -> list[str]:
    stored = [info.key for info in lake.storage.list("pages/")]
    return [key for key in stored if keys.pages_run(key) == run_id]


def maintain(lake: Lake) -> tuple[int, list[str]]:
    lake.compact(LATER)
    lake.build_known(LATER)
    removed = lake.remove_leftovers(LATER)
    return removed.leftovers, sorted(removed.damaged)


def lose(lake: Lake, run_id: str) -> None:
    lake.storage.delete([keys.run_key(ARTICLES, run_id)])


def test_a_later_state_speaks_of_a_damaged_run(local_lake: Lake, spools: Path) -> None:
    lost = publish(local_lake, spools, ["a"])
    publish(local_lake, spools, ["b"], at=NOW + HOUR)
    lose(local_lake, lost)
    for _ in range(2):
        assert maintain(local_lake) == (0, [lost])
        assert pages_of(local_lake, lost)
        assert local_lake.storage.head(keys.run_key(FETCHES, lost)) is not None


def test_the_index_speaks_of_its_articles(local_lake: Lake, spools: Path) -> None:
    lost = publish(local_lake, spools, ["a"])
    local_lake.build_known(NOW + HOUR)
    lose(local_lake, lost)
    local_lake.storage.delete(info.key for info in local_lake.storage.list(f"{STATE.name}/"))
    for _ in range(2):
        assert maintain(local_lake) == (0, [lost])
        assert pages_of(local_lake, lost)


def test_day_files_of_other_datasets_speak_of_all_runs_of_their_day(
    local_lake: Lake, spools: Path
) -> None:
    runs = [publish(local_lake, spools, [name], at=NOW + i * HOUR) for i, name in enumerate("ab")]
    local_lake.compact(LATER)
    files = [i.key for i in local_lake.storage.list("articles/")]
    assert len(files) == 1
    local_lake.storage.delete(files)
    removed = local_lake.remove_leftovers(LATER)
    assert sorted(removed.damaged) == runs
    assert all(pages_of(local_lake, run) for run in runs)


@pytest.mark.parametrize("again", [False, True])
def test_a_run_that_died_is_a_left_over(again: bool, local_lake: Lake, spools: Path) -> None:
    publish(local_lake, spools, ["b"])
    dead = publish(local_lake, spools, ["a"], at=NOW + HOUR)
    lose(local_lake, dead)
    if again:  # The same article, under the same id.
        publish(local_lake, spools, ["a"], at=NOW + 2 * HOUR)
    left, damaged = maintain(local_lake)
    assert (left, damaged) == (4, [])
    assert pages_of(local_lake, dead), "nobody can tell for sure: they go by their retention"


@pytest.mark.parametrize("alone", [False, True])
def test_pages_outlive_all_that_names_their_run(
    alone: bool, local_lake: Lake, spools: Path
) -> None:
    lost = publish(local_lake, spools, ["a"])
    publish(local_lake, spools, ["b"], at=NOW + (2 * DAY if alone else HOUR))
    local_lake.build_known(NOW + 2 * DAY)
    # What `taar rebuild` does, and what time does: nothing speaks of the run any more.
    lose(local_lake, lost)
    for dataset in (KNOWN, STATE):
        local_lake.storage.delete(i.key for i in local_lake.storage.list(f"{dataset.name}/"))
    local_lake.build_known(NOW + 3 * DAY, afresh=True)
    assert maintain(local_lake) == (3, [])
    assert maintain(local_lake) == (0, [])
    assert pages_of(local_lake, lost)
    mark_final(local_lake, LATER)
    expire(local_lake, Retention(pages=10 * DAY), LATER)
    assert pages_of(local_lake, lost)
    expire(local_lake, Retention(pages=8 * DAY), LATER)
    assert not pages_of(local_lake, lost)


def test_what_a_full_disk_left_behind_is_swept(local_lake: Lake) -> None:
    import os

    folder = Path(local_lake.storage.url) / ".tmp"
    folder.mkdir(exist_ok=True)
    for name, age in (("old", 2 * DAY), ("new", HOUR)):
        path = folder / f"{name}.tmp"
        path.write_bytes(b"half")
        os.utime(path, ((LATER - age).timestamp(),) * 2)
    assert local_lake.remove_leftovers(LATER).temporary == 1
    assert [path.name for path in folder.glob("*.tmp")] == ["new.tmp"]
