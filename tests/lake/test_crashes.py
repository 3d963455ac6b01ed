"""Kill -9 at every point, then go on: every row is there once, and none is lost."""

from __future__ import annotations

from pathlib import Path

import pytest

from lake.runs.spool import Spool, list_orphans
from lake.schema import ARTICLES, FAMILIES, FETCHES, FINGERPRINTS, SOURCE_RUNS, STATE
from lake.storage import Storage
from lake.tables import Lake
from tests.lake.crashing import crash
from tests.lake.making import DAY, HOUR, NOW, glob_names, names_in, publish

BEFORE_SEAL = ("seal.object", "seal.object@4", "seal.manifest", "seal.rename")
BEFORE_COMMIT = (
    "seal.done",
    *(f"publish.{name}" for name in ("pages", "fetches", "source_runs", "fingerprints")),
    "publish.commit",
    "publish.articles",
)
AFTER_COMMIT = ("publish.state", "publish.done", "spool.remove")


def _spec(point: str) -> str:
    name, _, nth = point.partition("@")
    return f"{name}=kill" + (f"@{nth}" if nth else "")


def _endpoint(request: pytest.FixtureRequest, storage: Storage) -> str | None:
    if not storage.url.startswith("s3://"):
        return None
    endpoint: str = request.getfixturevalue("s3_endpoint")
    return endpoint


def _counts(lake: Lake) -> dict[str, int]:
    return {d.name: lake.read(d).num_rows for d in (ARTICLES, FETCHES, SOURCE_RUNS, FINGERPRINTS)}


@pytest.mark.parametrize("point", [*BEFORE_SEAL, *BEFORE_COMMIT, *AFTER_COMMIT])
def test_a_run_killed_anywhere_is_finished_by_the_next(
    request: pytest.FixtureRequest, storage: Storage, spools: Path, point: str
) -> None:
    remote = storage.url.startswith("s3://")
    if remote and point not in (
        "seal.done",
        "publish.fetches",
        "publish.articles",
        "publish.state",
    ):
        pytest.skip("the same steps as in a folder")
    lake = Lake(storage)
    first = publish(lake, spools, ["a"])
    crash(
        "publish",
        _spec(point),
        _endpoint(request, storage),
        storage.url,
        (NOW + HOUR).isoformat(),
        str(spools),
        "b",
        "c",
    )
    committed = point in AFTER_COMMIT
    # Whole or not at all, at once.
    assert names_in(lake) == (["a", "b", "c"] if committed else ["a"])
    assert len(lake.committed_runs()) == (2 if committed else 1)
    assert lake.read(FETCHES).num_rows == (3 if committed else 1)
    if not committed:
        assert lake.state().column("etag").to_pylist() == [first]

    orphans = list_orphans(spools)
    assert len(orphans) == (0 if point == "spool.remove" else 1)
    for path in orphans:
        spool = Spool.adopt(path)
        assert spool.sealed == (point not in BEFORE_SEAL)
        if spool.sealed:
            lake.publish(spool)
        spool.remove()
    if point in BEFORE_SEAL:  # The records would join the adopter's own run.
        publish(lake, spools, ["b", "c"], at=NOW + 2 * HOUR)

    expected = {"articles": 3, "fetches": 3, "source_runs": 2, "fingerprints/v1": 3}
    assert _counts(lake) == expected
    assert names_in(lake) == ["a", "b", "c"]
    lake.compact(NOW + 4 * DAY)
    assert _counts(Lake(storage)) == expected
    if not remote:
        assert glob_names(Path(storage.url)) == ["a", "b", "c"]


@pytest.mark.parametrize("point", [*BEFORE_COMMIT, "publish.state"])
def test_the_spool_is_lost_with_its_machine(local: Storage, spools: Path, point: str) -> None:
    lake = Lake(local)
    publish(lake, spools, ["a"])
    at = NOW + HOUR
    crash("publish", _spec(point), None, local.url, at.isoformat(), str(spools), "b")
    committed = point == "publish.state"
    known = set(lake.known(["url_id"]).column("url_id").to_pylist())
    assert len(known) == (2 if committed else 1)
    if not committed:
        publish(lake, spools.with_name("other"), ["b"], at=NOW + 2 * HOUR)
    assert names_in(lake) == ["a", "b"]
    # What the dead run left behind goes after a week, but for its pages.
    assert lake.remove_leftovers(NOW + 6 * DAY).leftovers == 0
    nothing_yet = ("seal.done", "publish.pages", "publish.fetches")
    left_something = not committed and point not in nothing_yet
    assert (lake.remove_leftovers(NOW + 9 * DAY).leftovers > 0) == left_something
    assert names_in(lake) == ["a", "b"]
    runs = lake.committed_runs()
    for info in local.list():
        assert info.key.startswith("pages/") or any(run in info.key for run in runs), info.key


COMPACTION = [
    f"compact.{step}.{name}{nth}"
    for name in ("fetches", "source_runs", "fingerprints", "articles")
    for step, nth in (("put", ""), ("delete", ""), ("delete", "@2"), ("delete", "@5"))
]


@pytest.mark.parametrize("point", COMPACTION)
def test_a_compaction_killed_anywhere_is_finished_by_the_next(
    request: pytest.FixtureRequest, storage: Storage, spools: Path, point: str
) -> None:
    if storage.url.startswith("s3://") and "@5" not in point:
        pytest.skip("the same steps as in a folder")
    lake = Lake(storage)
    for i in range(5):
        publish(lake, spools, [f"n{i}", "twice"] if i in (1, 3) else [f"n{i}"], at=NOW + i * HOUR)
    expected = _counts(lake)
    assert expected == {"articles": 6, "fetches": 7, "source_runs": 5, "fingerprints/v1": 6}
    runs = lake.committed_runs()
    later = NOW + 4 * DAY
    crash("compact", _spec(point), _endpoint(request, storage), storage.url, later.isoformat())

    assert _counts(Lake(storage)) == expected
    assert Lake(storage).committed_runs() == runs
    assert Lake(storage).state().column("etag").to_pylist() == [max(runs)]
    done = Lake(storage).compact(later)
    assert done.deleted > 0
    assert _counts(Lake(storage)) == expected
    assert Lake(storage).committed_runs() == runs
    for dataset in (ARTICLES, FETCHES, SOURCE_RUNS, FINGERPRINTS):
        assert len(storage.list(f"{dataset.name}/")) == 1
    if not storage.url.startswith("s3://"):
        assert glob_names(Path(storage.url)) == ["n0", "n1", "n2", "n3", "n4", "twice"]
    assert Lake(storage).compact(later).days == 0


def test_a_derivation_killed_between_two_generations(local: Storage, spools: Path) -> None:
    lake = Lake(local)
    publish(lake, spools, ["a"])
    crash("derive", "derive.put.families=kill", None, local.url, NOW.isoformat())
    assert lake.read_derived(FAMILIES).num_rows == 0
    crash("derive", "derive.delete.families=kill", None, local.url, NOW.isoformat())
    publish(lake, spools, ["b"], at=NOW + HOUR)
    crash("derive", "derive.delete.families=kill", None, local.url, (NOW + DAY).isoformat())
    assert len(local.list("families/")) == 2
    assert lake.read_derived(FAMILIES).num_rows == 2
    assert lake.remove_leftovers(NOW).generations == 1
    assert lake.read_derived(FAMILIES).num_rows == 2


def test_an_index_of_known_urls_killed_between_two_generations(
    local: Storage, spools: Path
) -> None:
    lake = Lake(local)
    publish(lake, spools, ["a"])
    lake.build_known(NOW)
    publish(lake, spools, ["b"], at=NOW + HOUR)
    before = lake.known()
    crash("known", "known.delete=kill", None, local.url, (NOW + DAY).isoformat())
    assert len(local.list("known/")) == 2
    assert Lake(local).known().equals(before)
    lake.build_known(NOW + DAY)
    assert len(local.list("known/")) == 1
    assert Lake(local).known().equals(before)
    assert len(local.list(f"{STATE.name}/")) == 2
