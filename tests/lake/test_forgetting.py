"""Taking down: hidden at once, gone in the end, whatever happens in between."""

from __future__ import annotations

import gzip
import io
import os
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from warcio.archiveiterator import ArchiveIterator

from lake import failpoints, ids, keys
from lake.errors import StorageError
from lake.reading.views import connect
from lake.schema import ARTICLES, FAMILIES, FETCHES, FINGERPRINTS, RELATIONS, STATE, THREADS
from lake.storage import Storage
from lake.tables import Lake
from lake.upkeep.forgetting import bury, remove_forgotten
from lake.upkeep.traces import find
from lake.upkeep.warcs import Damaged, Record, emptied, filler, to_empty, walk
from lake.verify import verify
from tests.lake.making import DAY, HOUR, NOW, article, names_in, publish, row, spool_of, table
from tests.lake.test_exactness import CrashError, Memory

URL = "http://a.test/gone"
NAME = ids.url_id(URL)


def write_derived(lake: Lake, root: Path) -> None:  # noqa: ARG001
    gone = article("gone", ids.new_run_id(NOW))["article_id"]
    other = article("other", ids.new_run_id(NOW))["article_id"]
    third = article("third", ids.new_run_id(NOW))["article_id"]
    run_id = lake.new_run_id(NOW)
    for dataset in (RELATIONS, THREADS):
        more = {"larger": gone} if dataset is RELATIONS else {}
        pairs = [
            row(dataset, article_id=other, other_id=gone, **more),
            row(dataset, article_id=third, other_id=other, **more),
        ]
        lake.write_derived(dataset, table(dataset, pairs), run_id)
    members = [
        row(FAMILIES, family_id="f", article_id=n, first_id=gone, first_by="agency")
        for n in (gone, other, third)
    ]
    lake.write_derived(FAMILIES, table(FAMILIES, members), run_id)


def fill(lake: Lake, root: Path) -> None:
    """A merged day, a run after it, a second version, derived rows, an index, pending entries."""
    publish(lake, root, ["gone", "other"])
    publish(lake, root, ["third"], at=NOW + HOUR)
    lake.compact(NOW + 3 * DAY)
    publish(lake, root, ["gone"], at=NOW + 4 * DAY, version=2)
    lake.build_known(NOW + 4 * DAY)
    write_derived(lake, root)


def take_down(lake: Lake) -> None:
    found = find(lake, [NAME], [URL])
    bury(lake, found, NOW + 5 * DAY, "because")
    remove_forgotten(lake, NOW + 5 * DAY)


def hidden(lake: Lake) -> None:
    """No reader sees it."""
    assert names_in(lake) == ["other", "third"]
    gone = article("gone", ids.new_run_id(NOW))["article_id"]
    for dataset in (RELATIONS, THREADS, FAMILIES):
        rows = lake.read_derived(dataset)
        assert rows.num_rows in (1, 2)
        for end in ("article_id", "other_id", "first_id"):
            if end in rows.column_names:
                assert gone not in rows.column(end).to_pylist()
    assert lake.read(FINGERPRINTS, ["version"]).num_rows == 2
    mine = [r for r in lake.read(FETCHES).to_pylist() if r["url_id"] == NAME]
    assert [(r["outcome"], r["etag"]) for r in mine] == [("published", None), ("updated", None)]
    assert lake.read(FETCHES, ["etag"]).column("etag").null_count == 2
    known = {r["url_id"]: r for r in lake.known().to_pylist()}
    assert known[NAME]["article_id"] is None
    assert known[NAME]["url"] is None


def everything(storage: Storage) -> str:
    """All that is stored but tombstones, fetches, and what rows of others say of it."""
    return "\n".join(
        repr(pq.read_table(pa.BufferReader(storage.get(info.key))).to_pylist())
        for info in storage.list()
        if info.key.endswith(".parquet") and not info.key.startswith(("tombstones", "fetches"))
    )


def test_hidden_at_once_and_then_gone(lake: Lake, spools: Path) -> None:
    fill(lake, spools)
    found = find(lake, [], [URL])
    assert found.url_ids == {NAME}
    assert len(found.article_ids) == 2
    assert bury(lake, found, NOW + 5 * DAY, None)
    fresh = Lake(lake.storage)
    hidden(fresh)
    with connect(fresh) as connection:
        assert connection.sql("select count(*) from articles").fetchall() == [(2,)]
        assert connection.sql("select count(*) from relations").fetchall() == [(1,)]
        assert connection.sql("select count(etag) from fetches").fetchall() == [(2,)]
        assert connection.sql("select count(*) from fetches").fetchall() == [(4,)]
        assert connection.sql("select count(*) from tombstones").fetchall() == [(1,)]
    assert "forgotten" in {finding.check for finding in verify(fresh, pages=False).findings}
    removal = remove_forgotten(fresh, NOW + 5 * DAY)
    assert (removal.articles, removal.fetches, removal.fingerprints) == (2, 2, 2)
    assert (removal.known, removal.derived) == (1, 3)
    hidden(Lake(lake.storage))
    assert NAME not in everything(lake.storage)
    assert find(fresh, [NAME]).removal.articles == 0
    assert remove_forgotten(fresh, NOW + 6 * DAY).objects == 0


def test_killed_at_any_step_it_is_finished_by_the_next_maintain(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "fsync", lambda _: None)
    steps = 0
    while True:
        storage = Memory()
        fill(Lake(storage), tmp_path / f"{steps}")
        storage.lives = steps
        try:
            take_down(Lake(storage))
        except CrashError:
            storage.lives = None
            # Nothing has happened, or nobody sees it any more.
            if Lake(storage).forgotten():
                hidden(Lake(storage))
            else:
                assert len(names_in(Lake(storage))) == 4
                take_down(Lake(storage))
            Lake(storage).compact(NOW + 6 * DAY)
            hidden(Lake(storage))
            assert NAME not in everything(storage), steps
            steps += 1
            continue
        break
    assert steps > 10


def test_a_run_that_had_it_and_comes_late_does_not_bring_it_back(
    local_lake: Lake, spools: Path
) -> None:
    lake = local_lake
    publish(lake, spools, ["gone", "other"])
    publish(lake, spools, ["third"], at=NOW + HOUR)
    late = spool_of(lake, spools, ["gone"], at=NOW + 2 * HOUR, version=2)
    take_down(lake)
    lake.publish(late)
    assert names_in(lake) == ["other", "third"]
    lake.compact(NOW + HOUR)
    assert NAME not in everything(lake.storage)
    assert len(lake.forgotten().article_ids) == 2
    report = verify(lake, pages=False)
    assert {f.check for f in report.findings} == {"outcomes"}, "made-up counts"


def test_what_a_spool_sends_again_is_not_what_was_taken_down(
    local_lake: Lake, spools: Path
) -> None:
    lake = local_lake
    spool = spool_of(lake, spools, ["gone", "other"])
    failpoints.arm("publish.state=eio")
    with pytest.raises(StorageError, match=r"publish\.state"):
        lake.publish(spool)
    failpoints.arm(None)
    take_down(lake)
    lake.publish(spool)
    assert NAME not in everything(lake.storage)
    assert lake.state().num_rows == 1


def test_pending_entries_are_taken_out_of_the_state(local_lake: Lake, spools: Path) -> None:
    lake = local_lake
    run_id = publish(lake, spools, ["gone"])
    key = keys.flat_key(STATE, run_id)
    state = pq.read_table(pa.BufferReader(lake.storage.get(key)))
    owed = [
        {"url_id": i, "url": u, "title": "x", "tries": 1}
        for i, u in ((NAME, URL), (ids.url_id("http://a.test/new"), "http://a.test/new"))
    ]
    at = state.schema.get_field_index("pending")
    filled = state.set_column(
        at, state.schema.field(at), pa.array([owed], state.schema.field(at).type)
    )
    sink = pa.BufferOutputStream()
    pq.write_table(filled, sink)
    lake.storage.put(key, sink.getvalue().to_pybytes())
    assert len(Lake(lake.storage).state().column("pending")[0].as_py()) == 2
    found = find(lake, [NAME], [URL])
    bury(lake, found, NOW, None)
    assert len(Lake(lake.storage).state().column("pending")[0].as_py()) == 1
    assert remove_forgotten(lake, NOW).pending == 1
    assert NAME not in everything(lake.storage)


@pytest.mark.parametrize("length", [22, 100, 185, 186, 190, 400, 65558, 65559, 70000, 131093])
def test_a_filler_has_exactly_the_length(length: int) -> None:
    made = filler(length, "x")
    assert len(made) == length
    assert made == filler(length, "x")
    words = gzip.decompress(made)
    if length >= 186:
        (record,) = ArchiveIterator(io.BytesIO(made))
        assert record.rec_type == "metadata"
        assert record.content_stream().read().strip() == b""
        assert words.startswith(b"WARC/1.1")
    else:
        assert words == b""


def test_no_gzip_member_is_that_short() -> None:
    with pytest.raises(ValueError, match="21 bytes"):
        filler(21, "x")


def record(kind: str, url: str) -> bytes:
    head = f"WARC/1.1\r\nWARC-Type: {kind}\r\nWARC-Target-URI: {url}\r\nContent-Length: 3\r\n\r\n"
    return gzip.compress(head.encode() + b"abc\r\n\r\n")


def records(data: bytes) -> list[Record]:
    return [item for item in walk(io.BytesIO(data)) if isinstance(item, Record)]


def test_records_are_emptied_where_they_lie() -> None:
    kinds = [("warcinfo", ""), ("response", URL), ("request", URL), ("response", "http://b.test/")]
    kinds += [("request", "http://b.test/"), ("response", "http://a.test/by-offset")]
    data = b"".join(record(*kind) for kind in kinds)
    starts = [r.start for r in records(data)]
    places = to_empty(io.BytesIO(data), {starts[5]}, {URL})
    assert [start for start, _ in places] == [starts[1], starts[2], starts[5]]
    after = emptied(data, places)
    assert len(after) == len(data)
    assert [r.start for r in records(after)] == starts
    left = [r.fields["warc-type"] for r in records(after) if r.fields]
    assert left.count("response") == left.count("request") == 1
    assert URL.encode() not in gzip.decompress(after)
    assert to_empty(io.BytesIO(after), {starts[5]}, {URL}) == []
    *_, torn = walk(io.BytesIO(data[:-5]))
    assert isinstance(torn, Damaged)
    assert "ends within" in torn.what


def test_a_damaged_record_stays_unless_it_is_to_go() -> None:
    kinds = [("response", URL), ("request", URL), ("response", "http://b.test/")]
    whole = b"".join(record(*kind) for kind in kinds)
    starts = [r.start for r in records(whole)]
    data = bytearray(whole)
    data[starts[2] + 20 : starts[2] + 24] = bytes(4)
    places = to_empty(io.BytesIO(bytes(data)), {starts[0]}, {URL})
    assert [start for start, _ in places] == starts[:2]
    after = emptied(bytes(data), places)
    assert after[starts[2] :] == data[starts[2] :]
    gone = to_empty(io.BytesIO(bytes(data)), {starts[2]}, ())
    assert gone == [(starts[2], len(data))]
    assert len(emptied(bytes(data), gone)) == len(data)
    assert len(records(emptied(bytes(data), gone))) == len(starts)
    # A torn tail too short for any record is blanked all the same.
    assert emptied(whole[: starts[2] + 9], [(starts[2], starts[2] + 9)])[starts[2] :] == bytes(9)


def test_articles_of_two_runs_go_with_both(local_lake: Lake, spools: Path) -> None:
    lake = local_lake
    publish(lake, spools, ["gone", "other"])
    publish(lake, spools, ["gone", "third"], at=NOW + DAY)
    take_down(lake)
    assert names_in(lake) == ["other", "third"]
    assert NAME not in everything(lake.storage)
    assert lake.read(ARTICLES, ["run_id"]).num_rows == 2


def test_taken_down_again_after_its_tombstone_was_lost_a_lake_is_whole(
    local_lake: Lake, spools: Path
) -> None:
    fill(local_lake, spools)
    take_down(local_lake)
    named = local_lake.forgotten().article_ids
    assert len(named) == 2
    checks = {f.check for f in verify(local_lake).findings}
    local_lake.storage.delete(info.key for info in local_lake.storage.list("tombstones/"))
    lake = Lake(local_lake.storage)
    found = find(lake, [NAME], [URL])
    assert found.article_ids == named, "rows of fetches name them still"
    assert found.removal.articles == 0
    bury(lake, found, NOW + 6 * DAY, None)
    assert lake.forgotten().article_ids == named
    assert {f.check for f in verify(lake).findings} == checks
