"""Days that are final, what is kept how long, and what is new since a run."""

from __future__ import annotations

import os
from datetime import date, timedelta
from pathlib import Path

import pytest

from lake import keys
from lake.reading.views import connect
from lake.schema import ARTICLES, FETCHES, FINGERPRINTS, SOURCE_RUNS
from lake.storage import Storage
from lake.tables import Lake
from lake.upkeep.days import Retention, expire, mark_final
from lake.verify import verify
from tests.lake.making import DAY, HOUR, NOW, names_in, publish
from tests.lake.test_exactness import CrashError, Memory

LATER = NOW + 10 * DAY


def fill(lake: Lake, root: Path) -> list[str]:
    """Three days of two runs each, merged, and a day that is not over."""
    runs = []
    for n in range(3):
        runs += [publish(lake, root, [f"a{n}"], at=NOW + n * DAY)]
        runs += [publish(lake, root, [f"b{n}", f"c{n}"], at=NOW + n * DAY + HOUR)]
    lake.compact(LATER - DAY)
    lake.build_known(LATER - DAY)
    runs.append(publish(lake, root, ["young"], at=LATER - HOUR))
    return runs


def test_days_that_are_final_are_counted(lake: Lake, spools: Path) -> None:
    fill(lake, spools)
    assert mark_final(lake, LATER) == 3
    rows = lake.days().to_pylist()
    assert [r["crawl_date"] for r in rows] == [date(2024, 6, 18 + n) for n in range(3)]
    assert {(r["runs"], r["articles"], r["fetches"], r["source_runs"]) for r in rows} == {
        (2, 3, 3, 2)
    }
    assert {r["final_at"] for r in rows} == {LATER}
    before = [info.key for info in lake.storage.list("days/")]
    assert mark_final(lake, LATER + DAY) == 3
    assert [info.key for info in lake.storage.list("days/")] == before, "nothing to say"
    assert connect(lake).sql("select sum(articles) from days").fetchall() == [(9,)]


def test_a_day_is_not_final_before_it_is_over_and_merged(lake: Lake, spools: Path) -> None:
    publish(lake, spools, ["a"])
    assert mark_final(lake, LATER) == 0, "not merged"
    lake.compact(NOW + 2 * DAY + HOUR)
    assert mark_final(lake, NOW + 2 * DAY + HOUR) == 0, "its last hours are not so long ago"
    assert mark_final(lake, NOW + 3 * DAY) == 1


def test_a_day_that_changed_all_the_same_is_noted_anew(lake: Lake, spools: Path) -> None:
    publish(lake, spools, ["a"])
    lake.compact(LATER)
    mark_final(lake, LATER)
    publish(lake, spools, ["b"], at=NOW + HOUR)
    assert mark_final(lake, LATER + DAY) == 1, "it stays until it is merged again"
    lake.compact(LATER + DAY)
    mark_final(lake, LATER + DAY)
    (row,) = lake.days().to_pylist()
    assert (row["articles"], row["runs"], row["final_at"]) == (2, 2, LATER + DAY)


def span(days: float) -> timedelta:
    return timedelta(days=days)


def test_what_is_not_kept_goes_day_by_day(lake: Lake, spools: Path) -> None:
    runs = fill(lake, spools)
    mark_final(lake, LATER)
    known = lake.known(["url_id"]).num_rows
    kept = Retention(fetches=span(8), pages=span(8), source_runs=span(9))
    gone = expire(lake, kept, LATER)
    assert gone.objects == {"pages": 4, "fetches": 2, "source_runs": 1}
    assert not gone.articles
    assert lake.read(FETCHES, ["run_id"]).num_rows == 4
    assert lake.read(SOURCE_RUNS, ["run_id"]).num_rows == 5
    assert len(names_in(lake)) == 10
    lake.build_known(LATER)
    assert lake.known(["url_id"]).num_rows == known, "the index outlives the fetches"
    assert lake.committed_runs() == set(runs)
    assert {f.check for f in verify(lake).findings} <= {"outcomes", "pages"}, "made-up counts"
    assert lake.removed_dates()["fetches"] == {"2024-06-18", "2024-06-19"}
    assert expire(lake, kept, LATER).objects == {}
    mark_final(lake, LATER)
    assert [r["fetches"] for r in lake.days().to_pylist()] == [3, 3, 3], "what was there"


def test_articles_go_with_their_fingerprints_and_the_runs_stay(lake: Lake, spools: Path) -> None:
    runs = fill(lake, spools)
    mark_final(lake, LATER)
    gone = expire(lake, Retention(articles=span(8)), LATER)
    assert gone.articles
    assert names_in(lake) == ["a2", "b2", "c2", "young"]
    assert lake.read(FINGERPRINTS, ["article_id"]).num_rows == 4
    assert lake.read(FETCHES, ["run_id"]).num_rows == 10
    assert lake.committed_runs() == set(runs)
    found = verify(Lake(lake.storage), pages=False).findings
    assert {f.check for f in found} <= {"outcomes"}, found
    lake.compact(LATER + 3 * DAY)
    lake.remove_leftovers(LATER + 30 * DAY)
    assert names_in(lake) == ["a2", "b2", "c2", "young"]
    assert connect(lake).sql("select count(*) from articles").fetchall() == [(4,)]


def test_killed_at_any_step_retention_is_finished_the_next_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "fsync", lambda _: None)
    everything = Retention(*[span(8)] * 5)
    steps = 0
    while True:
        storage = Memory()
        lake = Lake(storage)
        runs = fill(lake, tmp_path / f"{steps}")
        storage.lives = steps
        try:
            mark_final(lake, LATER)
            expire(lake, everything, LATER)
        except CrashError:
            storage.lives = None
            again = Lake(storage)
            assert again.committed_runs() == set(runs)
            found = {f.check for f in verify(again, pages=False).findings}
            assert found <= {"outcomes", "known"}, (steps, found)
            mark_final(again, LATER)
            expire(again, everything, LATER)
            assert names_in(again) == ["a2", "b2", "c2", "young"]
            assert again.read(FETCHES, ["run_id"]).num_rows == 4
            steps += 1
            continue
        break
    assert steps > 8


def test_only_final_days_are_thrown_away(local: Storage, spools: Path) -> None:
    lake = Lake(local)
    publish(lake, spools, ["a"])
    assert expire(lake, Retention(pages=span(1)), LATER).objects == {}
    assert lake.storage.list(f"{keys.PAGES}/")


def test_what_is_new_since_a_run(lake: Lake, spools: Path) -> None:
    runs = fill(lake, spools)
    for n, expected in ((0, 9), (1, 7), (3, 4), (5, 1), (6, 0)):
        assert len(names_in(lake, after=runs[n])) == expected
        view = f"select count(*) from articles_since('{runs[n]}')"
        assert connect(lake).sql(view).fetchall() == [(expected,)]
    with pytest.raises(ValueError, match="not a run id"):
        lake.read(ARTICLES, after="yesterday")


@pytest.mark.parametrize("newest", [True, False])
def test_one_of_two_objects_of_days_may_be_lost(
    newest: bool, local_lake: Lake, spools: Path
) -> None:
    fill(local_lake, spools)
    mark_final(local_lake, LATER)
    expire(local_lake, Retention(fetches=span(8)), LATER)
    before = local_lake.days()
    listed = [info.key for info in local_lake.storage.list("days/")]
    assert len(listed) == 2
    lost = listed[-1 if newest else 0]
    local_lake.storage.delete([lost])
    assert local_lake.days().equals(before)
    mark_final(local_lake, LATER)
    assert local_lake.days().equals(before)
    again = [info.key for info in local_lake.storage.list("days/")]
    assert len(again) == 2
    # A copy that cannot be read is replaced too.
    local_lake.storage.put(again[0], b"nothing")
    mark_final(local_lake, LATER)
    assert [Lake(local_lake.storage).days().equals(before), lost in again] == [True, False]
    assert not set(again) & {info.key for info in local_lake.storage.list("days/")}


def test_a_lake_of_an_older_taar_has_one_object_of_days(local_lake: Lake, spools: Path) -> None:
    fill(local_lake, spools)
    mark_final(local_lake, LATER)
    before = local_lake.days()
    local_lake.storage.delete([local_lake.storage.list("days/")[0].key])
    assert local_lake.days().equals(before)
    assert mark_final(local_lake, LATER + DAY) == 3
    assert local_lake.days().equals(before)
    assert len(local_lake.storage.list("days/")) == 2


def test_without_days_maintain_with_the_same_spans_notes_again_what_was_removed(
    local_lake: Lake, spools: Path
) -> None:
    fill(local_lake, spools)
    kept = Retention(fetches=span(8), pages=span(8))
    mark_final(local_lake, LATER)
    expire(local_lake, kept, LATER)
    removed = local_lake.removed_dates()
    known = local_lake.known(["url_id"])
    local_lake.storage.delete(info.key for info in local_lake.storage.list("days/"))
    assert local_lake.build_known(LATER, afresh=True) == known.num_rows, "nobody knows what is gone"
    mark_final(local_lake, LATER)
    expire(local_lake, kept, LATER)
    assert local_lake.removed_dates() == removed
