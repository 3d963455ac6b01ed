"""Merged days: fewer files, the same rows; a plain glob is exact afterwards."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from lake import ids, keys
from lake.errors import LakeFormatError
from lake.parquet import RUNS
from lake.parquet import names_in as named
from lake.schema import ARTICLES, FETCHES, STATE
from lake.storage import Storage, open_storage
from lake.tables import Lake
from tests.lake.making import (
    DAY,
    HOUR,
    NOW,
    glob_names,
    names_in,
    overlap,
    publish,
    spool_of,
)

LATER = NOW + 4 * DAY


def objects(lake: Lake, folder: str) -> list[str]:
    return [info.key.rpartition("/")[2] for info in lake.storage.list(f"{folder}/")]


def test_a_day_becomes_one_file_a_dataset(lake: Lake, spools: Path) -> None:
    runs = [publish(lake, spools, [f"n{i}"], at=NOW + i * HOUR) for i in range(4)]
    before = lake.read(ARTICLES).sort_by("article_id")
    done = lake.compact(LATER)
    assert (done.days, done.merged, done.deleted, done.repeats) == (4, 16, 16, 0)
    for folder in ("articles", "fetches", "source_runs", "fingerprints"):
        (name,) = objects(lake, folder)
        assert name.startswith("day-2024")
    assert len(objects(lake, "pages")) == 4
    assert lake.read(ARTICLES).sort_by("article_id").equals(before)
    assert lake.committed_runs() == set(runs)
    assert lake.newest_run() == runs[-1]
    assert names_in(lake, runs=runs[1:3]) == ["n1", "n2"]
    assert lake.state().column("etag").to_pylist() == [runs[-1]]


def test_a_day_file_lists_its_runs_and_is_sorted(local_lake: Lake, spools: Path) -> None:
    runs = [publish(local_lake, spools, [f"n{i}", f"m{i}"], at=NOW + i * HOUR) for i in range(3)]
    empty = publish(local_lake, spools, [], at=NOW + 5 * HOUR)
    local_lake.compact(LATER)
    (path,) = Path(local_lake.storage.url).glob("articles/*/*.parquet")
    file = pq.ParquetFile(path)
    assert named(file.metadata.metadata, RUNS, path.name) == [*runs, empty]
    times = [t for t in file.read(["fetched_at"]).column(0).to_pylist() if t]
    assert len(times) == 6
    assert times == sorted(times)


def test_young_days_are_left_alone(lake: Lake, spools: Path) -> None:
    publish(lake, spools, ["a"])
    publish(lake, spools, ["b"], at=NOW + HOUR)
    assert lake.compact(NOW + 48 * HOUR).days == 0
    assert lake.compact(NOW + 49 * HOUR).days == 4
    assert lake.compact(NOW + 49 * HOUR).days == 0


def test_a_late_run_leads_to_a_new_generation(lake: Lake, spools: Path) -> None:
    late = spool_of(lake, spools, ["late"], at=NOW + HOUR)
    publish(lake, spools, ["a"])
    lake.compact(LATER)
    (old,) = objects(lake, "articles")
    lake.publish(late)
    assert names_in(lake) == ["a", "late"]
    assert lake.compact(LATER + DAY).days == 4
    (new,) = objects(lake, "articles")
    assert new > old
    assert names_in(lake) == ["a", "late"]
    assert len(lake.committed_runs()) == 2


def test_uncommitted_objects_are_not_merged(lake: Lake, spools: Path) -> None:
    publish(lake, spools, ["a"])
    dead = publish(lake, spools, ["dead"], at=NOW + HOUR)
    lake.storage.delete([keys.run_key(ARTICLES, dead)])
    lake.compact(LATER)
    assert lake.read(FETCHES).num_rows == 1
    assert f"{dead}.parquet" in objects(lake, "fetches")
    assert lake.remove_leftovers(NOW + 7 * DAY).leftovers == 0
    assert lake.remove_leftovers(NOW + 8 * DAY).leftovers == 4
    assert f"{dead}.parquet" not in objects(lake, "fetches")
    assert names_in(lake) == ["a"]


def test_rows_that_two_runs_published_are_written_out_at_once(
    local_lake: Lake, spools: Path
) -> None:
    root = Path(local_lake.storage.url)
    publish(local_lake, spools, ["a"])
    publish(local_lake, spools, ["a", "b"], at=NOW + DAY)
    assert glob_names(root) == ["a", "a", "b"]
    done = local_lake.compact(NOW + DAY + HOUR)  # Long before the day is over.
    assert done.repeats == 2  # Of articles and of fingerprints.
    assert glob_names(root) == ["a", "b"]
    assert names_in(local_lake) == ["a", "b"]
    assert len(local_lake.committed_runs()) == 2
    # The older run keeps the row, though it came late.
    late = spool_of(local_lake, spools, ["b", "c"], at=NOW, run_id=ids.new_run_id(NOW - DAY))
    local_lake.publish(late)
    assert names_in(local_lake, runs=[late.run_id]) == ["b", "c"]
    assert names_in(local_lake) == ["a", "b", "c"]
    local_lake.compact(LATER)
    assert glob_names(root) == ["a", "b", "c"]


def test_two_compactions_at_once_do_no_harm(local: Storage, spools: Path) -> None:
    lake = Lake(local)
    runs = [publish(lake, spools, [f"n{i}", "all"], at=NOW + i * HOUR) for i in range(3)]
    overlap(local, runs, spools)
    expected = ["all", "n0", "n1", "n2"]
    lake = Lake(local)
    assert names_in(lake) == expected
    assert lake.committed_runs() == set(runs)
    assert names_in(lake, runs=runs[1:2]) == ["n1"]
    assert lake.read(FETCHES).num_rows == 6
    # Two fingerprints, and one article if the later pair is read first.
    assert lake.compact(LATER + HOUR).repeats in (2, 3)
    assert names_in(Lake(local)) == expected
    assert glob_names(Path(local.url)) == expected
    assert len(local.list("articles/")) == 1


def test_a_newer_schema_is_not_rewritten(
    local_lake: Lake, spools: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(local_lake, spools, ["a"])
    monkeypatch.setattr("lake.parquet.SCHEMA_VERSION", 0)
    with pytest.raises(LakeFormatError, match="newer version"):
        local_lake.compact(LATER)
    assert names_in(local_lake) == ["a"]


def test_day_files_stay_where_a_listing_lags(local: Storage, spools: Path) -> None:
    class Lagging:
        def __getattr__(self, name: str) -> object:
            return getattr(local, name)

        def list(self, prefix: str = "") -> list[object]:
            return [i for i in local.list(prefix) if "day-" not in i.key]

    publish(Lake(local), spools, ["a"])
    done = Lake(Lagging()).compact(LATER)  # type: ignore[arg-type]
    assert (done.days, done.deleted) == (4, 0)
    assert names_in(Lake(local)) == ["a"]
    assert Lake(local).compact(LATER).deleted == 4


def test_only_the_newest_states_are_kept(lake: Lake, spools: Path) -> None:
    runs = [publish(lake, spools, [], at=NOW + i * HOUR, pages=0) for i in range(6)]
    dead = publish(lake, spools, [], at=NOW + 7 * HOUR, pages=0)
    lake.storage.delete([keys.run_key(ARTICLES, dead)])
    assert lake.remove_leftovers(NOW + 8 * HOUR).generations == 3
    assert objects(lake, STATE.name) == [f"{r}.parquet" for r in [*runs[-3:], dead]]
    assert lake.state().column("etag").to_pylist() == [runs[-1]]


def test_the_same_rows_give_the_same_bytes(tmp_path: Path) -> None:
    run_id = ids.new_run_id(NOW)
    seen = []
    for name in ("one", "two"):
        lake = Lake(open_storage(str(tmp_path / name)))
        publish(lake, tmp_path / f"spool-{name}", ["b", "a", "c"], run_id=run_id)
        seen.append({i.key: lake.storage.get(i.key) for i in lake.storage.list()})
    assert seen[0] == seen[1]


def test_a_ripe_age_can_be_given(lake: Lake, spools: Path) -> None:
    publish(lake, spools, ["a"])
    assert lake.compact(NOW + HOUR, timedelta(minutes=10)).days == 4
