"""Publishing and reading: every row of every committed run, exactly once."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from lake import ids, keys
from lake.errors import LakeBusyError, LakeFormatError
from lake.parquet import conform, encode
from lake.runs.spool import Spool
from lake.schema import (
    ARTICLES,
    DATASETS,
    FAMILIES,
    FETCHES,
    FINGERPRINTS,
    RELATIONS,
    SCHEMA_VERSION,
    SOURCE_RUNS,
    STATE,
)
from lake.tables import Lake
from tests.lake.making import (
    DAY,
    HOUR,
    NOW,
    article,
    names_in,
    publish,
    row,
    seal,
    spool_of,
    table,
)


def test_an_empty_lake_reads_as_empty(lake: Lake) -> None:
    assert lake.committed_runs() == frozenset()
    assert lake.newest_run() is None
    assert lake.read(ARTICLES).schema.names == ARTICLES.schema.names
    assert list(lake.scan(FETCHES)) == []
    assert lake.state().num_rows == 0
    assert lake.known().num_rows == 0
    assert lake.read_derived(RELATIONS).schema.names == RELATIONS.schema.names


def test_a_published_run_is_read_back(lake: Lake, spools: Path) -> None:
    run_id = publish(lake, spools, ["b", "a"])
    assert lake.committed_runs() == {run_id}
    assert lake.newest_run() == run_id
    assert names_in(lake) == ["a", "b"]
    rows = lake.read(ARTICLES)
    assert rows.schema.equals(ARTICLES.schema)
    assert set(rows.column("title").to_pylist()) == {"शीर्षक a", "शीर्षक b"}
    assert lake.read(FETCHES).num_rows == 2
    assert lake.read(SOURCE_RUNS).num_rows == 1
    assert lake.read(FINGERPRINTS, ["run_id"]).column("run_id").to_pylist() == [run_id] * 2
    assert lake.read(FINGERPRINTS).schema.equals(FINGERPRINTS.schema)
    assert lake.state().column("etag").to_pylist() == [run_id]
    listed = [info.key for info in lake.storage.list()]
    assert keys.pages_key(run_id, 0) in listed
    assert len(listed) == 6


def test_a_run_without_articles_is_committed_too(lake: Lake, spools: Path) -> None:
    run_id = publish(lake, spools, [], pages=0)
    assert lake.committed_runs() == {run_id}
    assert lake.read(SOURCE_RUNS).num_rows == 1


def test_objects_of_a_run_without_articles_object_are_ignored(lake: Lake, spools: Path) -> None:
    first = publish(lake, spools, ["a"])
    second = publish(lake, spools, ["b"], at=NOW + HOUR)
    lake.storage.delete([keys.run_key(ARTICLES, second)])
    assert lake.committed_runs() == {first}
    assert lake.read(FETCHES).column("run_id").to_pylist() == [first]
    assert lake.read(FINGERPRINTS).num_rows == 1
    assert lake.state().column("etag").to_pylist() == [first]


def test_publishing_again_changes_nothing(lake: Lake, spools: Path) -> None:
    spool = spool_of(lake, spools, ["a"])
    lake.publish(spool)
    before = {info.key: lake.storage.get(info.key) for info in lake.storage.list()}
    lake.publish(spool)
    assert {info.key: lake.storage.get(info.key) for info in lake.storage.list()} == before


def test_publishing_a_merged_run_again_brings_nothing_back(lake: Lake, spools: Path) -> None:
    spool = spool_of(lake, spools, ["a"])
    lake.publish(spool)
    publish(lake, spools, ["b"], at=NOW + HOUR)
    lake.compact(NOW + 4 * DAY)
    lake.publish(spool)
    listed = [info.key for info in lake.storage.list(keys.folder(ARTICLES))]
    assert len(listed) == 1
    assert names_in(lake) == ["a", "b"]


def test_the_order_of_publication(local_lake: Lake, spools: Path) -> None:
    spool = spool_of(local_lake, spools, ["a"])
    folders = [entry.key.partition("/")[0] for entry in spool.manifest().objects]
    assert folders == ["pages", "fetches", "source_runs", "fingerprints", "articles", "state"]


def test_a_damaged_seal_is_not_published(local_lake: Lake, spools: Path) -> None:
    spool = spool_of(local_lake, spools, ["a"])
    path = spool.sealed_path / keys.run_key(ARTICLES, spool.run_id)
    path.write_bytes(path.read_bytes()[:-1] + b"?")
    with pytest.raises(LakeFormatError, match="not what was sealed"):
        local_lake.publish(spool)
    assert local_lake.committed_runs() == frozenset()


def test_an_owner_without_its_lock_stops(local_lake: Lake, spools: Path) -> None:
    spool = spool_of(local_lake, spools, ["a"])
    (spool.path / "lock").unlink()
    with pytest.raises(LakeBusyError, match="taken away"):
        local_lake.publish(spool)
    assert local_lake.storage.list() == []


def test_two_runs_at_once_publish_the_same_row_once(lake: Lake, spools: Path) -> None:
    first = spool_of(lake, spools, ["a", "b"])
    second = spool_of(lake, spools, ["b", "c"], at=NOW + HOUR)
    lake.publish(second)
    lake.publish(first)
    assert names_in(lake) == ["a", "b", "c"]
    assert lake.read(FINGERPRINTS).num_rows == 3
    # Each fetch is an observation of its own.
    assert lake.read(FETCHES).num_rows == 4
    assert names_in(lake, runs=[second.run_id]) == ["c"]
    late = pc.field("fetched_at") > pa.scalar(NOW, ARTICLES.schema.field("fetched_at").type)
    assert names_in(lake, filter=late) == ["c"]
    columns = lake.read(ARTICLES, ["title"])
    assert columns.column_names == ["title"]
    assert columns.num_rows == 3


def test_the_same_row_on_two_days_is_read_once(lake: Lake, spools: Path) -> None:
    publish(lake, spools, ["a"])
    publish(lake, spools, ["a", "b"], at=NOW + DAY)
    assert names_in(lake) == ["a", "b"]
    assert names_in(lake, since=date(2024, 6, 19)) == ["b"]


def test_scan_by_dates_columns_and_runs(lake: Lake, spools: Path) -> None:
    runs = [publish(lake, spools, [f"n{i}"], at=NOW + i * DAY) for i in range(3)]
    assert names_in(lake, since=date(2024, 6, 19)) == ["n1", "n2"]
    assert names_in(lake, until=date(2024, 6, 18)) == ["n0"]
    assert names_in(lake, since=date(2024, 6, 19), until=date(2024, 6, 19)) == ["n1"]
    assert names_in(lake, runs=[runs[2]]) == ["n2"]
    assert names_in(lake, runs=[]) == []
    dates = [t.column("run_id")[0].as_py() for t in lake.scan(ARTICLES, ["run_id"])]
    assert dates == runs
    with pytest.raises(ValueError, match="no columns"):
        lake.scan(ARTICLES, ["nonsense"])
    with pytest.raises(ValueError, match="kept whole"):
        lake.read(STATE)


def test_a_read_survives_a_merge_in_its_middle(lake: Lake, spools: Path) -> None:
    for i in range(20):
        publish(lake, spools, [f"n{i:02d}"], at=NOW + i * HOUR / 2, pages=0)
    seen: list[str] = []
    for number, part in enumerate(lake.scan(ARTICLES, ["url"])):
        if number == 0:
            assert Lake(lake.storage).compact(NOW + 4 * DAY).days == 4
        seen += [str(u).rpartition("/")[2] for u in part.column("url").to_pylist()]
    assert sorted(seen) == [f"n{i:02d}" for i in range(20)]


def test_an_object_of_an_older_schema_is_read(local_lake: Lake, spools: Path) -> None:
    run_id = publish(local_lake, spools, ["a"])
    key = keys.run_key(ARTICLES, run_id)
    path = Path(local_lake.storage.url) / key
    old = pq.read_table(path, partitioning=None).drop_columns(["rights", "dateline"])
    pq.write_table(old, path)
    rows = Lake(local_lake.storage).read(ARTICLES)
    assert rows.schema.equals(ARTICLES.schema)
    assert rows.column("rights").null_count == 1


def test_a_damaged_object_is_named(lake: Lake, spools: Path) -> None:
    run_id = publish(lake, spools, ["a"])
    key = keys.run_key(ARTICLES, run_id)
    lake.storage.put(key, b"PAR1 this is no Parquet PAR1")
    with pytest.raises(LakeFormatError, match="damaged") as caught:
        lake.read(ARTICLES)
    assert caught.value.where == key


def test_files_describe_themselves(local_lake: Lake, spools: Path) -> None:
    run_id = publish(local_lake, spools, ["b", "a"])
    path = Path(local_lake.storage.url) / keys.run_key(ARTICLES, run_id)
    file = pq.ParquetFile(path)
    metadata = file.schema_arrow.metadata or {}
    assert metadata[b"taar.schema_version"] == str(SCHEMA_VERSION).encode()
    assert metadata[b"taar.dataset"] == b"articles"
    for column in ARTICLES.columns:
        field = file.schema_arrow.field(column.name)
        assert (field.metadata or {})[b"description"].decode() == column.meaning
    group = file.metadata.row_group(0)
    assert group.column(0).compression == "ZSTD"
    assert group.column(0).has_column_index
    assert [s.column_index for s in group.sorting_columns] == [
        ARTICLES.schema.get_field_index(name) for name in ARTICLES.sort_by
    ]


@pytest.mark.parametrize(
    ("column", "value", "match"),
    [
        ("article_id", None, "required"),
        ("run_id", "20240618T063000000000Z-0000000000000000", "other runs"),
    ],
)
def test_rows_that_do_not_fit_are_refused(
    local_lake: Lake, spools: Path, column: str, value: object, match: str
) -> None:
    run_id = local_lake.new_run_id(NOW)
    spool = Spool.create(spools, run_id)
    with pytest.raises(ValueError, match=match):
        seal(local_lake, spool, [{**article("a", run_id), column: value}], fetches=[])
    assert not spool.sealed


def test_an_article_twice_in_one_run_is_refused(local_lake: Lake, spools: Path) -> None:
    with pytest.raises(ValueError, match="same article_id"):
        spool_of(local_lake, spools, ["a", "a"])


def test_unknown_columns_are_refused(local_lake: Lake) -> None:
    with pytest.raises(ValueError, match="has no columns"):
        local_lake.write_derived(RELATIONS, pa.table({"wrong": [1]}), ids.new_run_id(NOW))


def test_derived_datasets_are_replaced_whole(lake: Lake) -> None:
    runs = [ids.new_run_id(NOW + i * HOUR) for i in range(3)]
    for i, run_id in enumerate(runs):
        rows = [row(RELATIONS, article_id=f"a{n}", other_id=f"b{i}") for n in range(i + 1)]
        lake.write_derived(RELATIONS, table(RELATIONS, rows), run_id)
    assert lake.read_derived(RELATIONS, ["other_id"]).column("other_id").to_pylist() == ["b2"] * 3
    assert [i.key for i in lake.storage.list("relations/")] == [keys.flat_key(RELATIONS, runs[2])]
    # With the clock set back the newest write still is what readers see.
    lake.write_derived(RELATIONS, table(RELATIONS, []), runs[0])
    assert lake.read_derived(RELATIONS).num_rows == 0
    with pytest.raises(ValueError, match="not derived"):
        lake.read_derived(ARTICLES)


def test_a_crash_between_two_generations_leaves_the_newer(lake: Lake) -> None:
    for i in range(2):
        key = keys.flat_key(RELATIONS, ids.new_run_id(NOW + i * HOUR))
        rows = table(RELATIONS, [row(RELATIONS, other_id=f"b{i}")])
        lake.storage.put(key, encode(conform(rows, RELATIONS, {})))
    assert lake.read_derived(RELATIONS, ["other_id"]).column("other_id").to_pylist() == ["b1"]
    assert lake.remove_leftovers(NOW).generations == 1
    assert len(lake.storage.list("relations/")) == 1


def test_run_ids_go_forward_when_the_clock_goes_back(lake: Lake, spools: Path) -> None:
    first = publish(lake, spools, ["a"])
    second = lake.new_run_id(NOW - 5 * DAY)
    assert second > first


def test_every_dataset_has_a_key() -> None:
    run_id = ids.new_run_id(NOW)
    for dataset in DATASETS:
        if dataset.by_run:
            key = keys.run_key(dataset, run_id)
            place = keys.place(dataset, key)
            assert place is not None
            assert place.run_id == run_id
            day = keys.place(dataset, keys.day_key(dataset, "2024-06-18", run_id))
            assert day is not None
            assert (day.generation, day.run_id) == (run_id, None)
        else:
            assert keys.flat_generation(dataset, keys.flat_key(dataset, run_id)) == run_id
    assert keys.pages_run(keys.pages_key(run_id, 3)) == run_id
    assert keys.place(ARTICLES, f"fetches/crawl_date=2024-06-18/{run_id}.parquet") is None
    assert keys.place(ARTICLES, "articles/crawl_date=2024-06-18/mine.parquet") is None
    assert keys.flat_generation(STATE, "state/mine.parquet") is None
    assert keys.pages_run("pages/crawl_date=2024-06-18/mine-00.warc.gz") is None


def test_commits_that_a_listing_does_not_show_yet(lake: Lake, spools: Path) -> None:
    class Lagging:
        """A storage whose listing lags behind by one run."""

        def __init__(self, inner: object, hidden: str) -> None:
            self._inner, self._hidden = inner, hidden

        def __getattr__(self, name: str) -> object:
            return getattr(self._inner, name)

        def list(self, prefix: str = "") -> list[object]:
            found = lake.storage.list(prefix)
            return [i for i in found if self._hidden not in i.key or prefix == "state/"]

    publish(lake, spools, ["a"])
    second = publish(lake, spools, ["b"], at=NOW + HOUR)
    lagging = Lake(Lagging(lake.storage, second))  # type: ignore[arg-type]
    assert names_in(lagging) == ["a", "b"]
    assert lagging.read(FETCHES).num_rows == 2
    assert lagging.newest_run() == second


def test_a_run_after_a_link_has_a_later_id_whatever_the_clock_says(local_lake: Lake) -> None:
    linked = local_lake.new_run_id(NOW)
    local_lake.write_derived(FAMILIES, FAMILIES.schema.empty_table(), linked)
    assert local_lake.new_run_id(NOW - HOUR) > linked
