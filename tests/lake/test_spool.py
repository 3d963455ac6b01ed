"""The work folder: locked, adopted, sealed, removed."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from lake import failpoints, ids, keys
from lake.errors import LakeBusyError, LakeFormatError, StorageError
from lake.parquet import conform, encode
from lake.runs.spool import Manifest, RecordLog, Spool, list_orphans, read_records
from lake.schema import ARTICLES, STATE
from lake.storage.files import checksum
from lake.tables import Lake
from tests.lake.making import HOUR, NOW, spool_of

RUN = ids.new_run_id(NOW)

_HOLD = """
import sys, time
from pathlib import Path
from lake.runs.spool import Spool
spool = Spool.create(Path(sys.argv[1]), sys.argv[2])
print("held", flush=True)
time.sleep(60)
"""


def test_a_living_owner_keeps_its_spool(spools: Path) -> None:
    with Spool.create(spools, RUN) as spool:
        assert spool.run_id == RUN
        assert spool.still_owned()
        assert list_orphans(spools) == []
        with pytest.raises(LakeBusyError, match=f"process {os.getpid()}"):
            Spool.adopt(spool.path)
    assert list_orphans(spools) == [spool.path]


def test_the_spool_of_a_killed_process_is_adopted(spools: Path) -> None:
    owner = subprocess.Popen(
        [sys.executable, "-c", _HOLD, str(spools), RUN], stdout=subprocess.PIPE
    )
    assert owner.stdout is not None
    assert owner.stdout.readline() == b"held\n"
    assert list_orphans(spools) == []
    owner.send_signal(signal.SIGKILL)
    owner.communicate()
    assert list_orphans(spools) == [spools / RUN]
    with Spool.adopt(spools / RUN) as spool:
        assert spool.run_id == RUN
        assert list_orphans(spools) == []


def test_orphans_are_listed_oldest_first_and_litter_is_tidied(spools: Path) -> None:
    later, earlier = ids.new_run_id(NOW + HOUR), ids.new_run_id(NOW)
    for run_id in (later, earlier):
        Spool.create(spools, run_id).release()
    (spools / f".new-{RUN}-0").mkdir()
    (spools / f".gone-{RUN}").mkdir()
    (spools / "notes.txt").write_text("mine")
    assert [p.name for p in list_orphans(spools)] == [earlier, later]
    assert sorted(p.name for p in spools.iterdir()) == [earlier, later, "notes.txt"]
    assert list_orphans(spools / "none") == []


def test_a_spool_that_is_gone_cannot_be_adopted(spools: Path) -> None:
    with pytest.raises(LakeBusyError, match="gone"):
        Spool.adopt(spools / RUN)


def test_an_owner_notices_that_its_spool_is_gone(spools: Path) -> None:
    spool = Spool.create(spools, RUN)
    (spool.path / "lock").rename(spool.path / "moved")
    (spool.path / "lock").write_text("another's")
    assert not spool.still_owned()
    with pytest.raises(LakeBusyError, match="taken away"):
        spool.seal([])
    spool.remove()
    assert spool.path.exists()  # It was not ours to remove.
    assert not spool.still_owned()


def test_no_run_id_no_spool(spools: Path) -> None:
    with pytest.raises(ValueError, match="not a run id"):
        Spool.create(spools, "../else")


def test_records_are_read_back(spools: Path) -> None:
    with Spool.create(spools, RUN) as spool:
        for shard in range(2):
            with RecordLog(spool.shard_path(shard) / "records.jsonl") as log:
                log.append({"kind": "url", "shard": shard, "title": "प्रधानमंत्री\nने"})
        assert [r["shard"] for r in spool.records()] == [0, 1]
        assert next(spool.records())["title"] == "प्रधानमंत्री\nने"
        assert len(spool.shard_paths()) == 2


@pytest.mark.parametrize("tail", [b'{"n":3', b'{"n":3}', b"\xe0\xa4", b"{\n", b"\x00\x00\n\x00"])
def test_an_incomplete_end_does_not_count(tmp_path: Path, tail: bytes) -> None:
    path = tmp_path / "records.jsonl"
    with RecordLog(path) as log:
        log.append({"n": 1})
        log.append({"n": 2})
    path.write_bytes(path.read_bytes() + tail)
    assert [r["n"] for r in read_records(path)] == [1, 2]


def test_a_log_goes_on_after_an_incomplete_line(tmp_path: Path) -> None:
    path = tmp_path / "records.jsonl"
    path.write_bytes(b'{"n":1}\n' + b'{"n":2' + b" " * 100_000)
    with RecordLog(path) as log:
        log.append({"n": 3})
    assert [r["n"] for r in read_records(path)] == [1, 3]
    path.write_bytes(b'{"n":2')
    with RecordLog(path) as log:
        log.append({"n": 4})
    assert [r["n"] for r in read_records(path)] == [4]


def test_damage_in_the_middle_is_no_end(tmp_path: Path) -> None:
    path = tmp_path / "records.jsonl"
    path.write_bytes(b'{"n":1}\n[]\n{"n":3}\n')
    with pytest.raises(LakeFormatError) as caught:
        list(read_records(path))
    assert caught.value.where == f"{path}:2"


def test_a_missing_log_has_no_records(tmp_path: Path) -> None:
    assert list(read_records(tmp_path / "none")) == []


def test_a_full_disk_leaves_the_log_whole(tmp_path: Path) -> None:
    path = tmp_path / "records.jsonl"
    with RecordLog(path) as log:
        log.append({"n": 1})
        failpoints.arm("records.append=enospc")
        with pytest.raises(StorageError, match="disk is full"):
            log.append({"n": 2})
        failpoints.arm(None)
        log.append({"n": 3})
    assert [r["n"] for r in read_records(path)] == [1, 3]


def test_a_long_record_is_written_as_json_is(tmp_path: Path) -> None:
    path = tmp_path / "records.jsonl"
    lists = {f"n{n}": [{"शीर्षक": "अ", "n": i} for i in range(n)] for n in (0, 1, 100, 101, 250)}
    records: list[dict[str, Any]] = [
        {"kind": "feed", **lists, "end": None},
        {},
        {"n": [[1, 2], "]["] * 99},
    ]
    with RecordLog(path) as log:
        for record in records:
            log.append(record)
    lines = [json.dumps(r, ensure_ascii=False, separators=(",", ":")) for r in records]
    assert path.read_text(encoding="utf-8") == "\n".join([*lines, ""])


def test_the_seal(spools: Path, tmp_path: Path) -> None:
    page = tmp_path / "page"
    page.write_bytes(b"warc")
    with Spool.create(spools, RUN) as spool:
        with pytest.raises(ValueError, match="not sealed"):
            spool.manifest()
        manifest = spool.seal([("pages/a", page), ("b", b"bytes")])
        assert [(o.key, o.bytes) for o in manifest.objects] == [("pages/a", 4), ("b", 5)]
        assert spool.manifest() == manifest == Manifest.from_json(manifest.to_json())
        assert spool.sealed_file(manifest.objects[0]).read_bytes() == b"warc"
        with pytest.raises(ValueError, match="sealed already"):
            spool.seal([])
        spool.unseal()
        with pytest.raises(ValueError, match="twice"):
            spool.seal([("b", b""), ("b", b"")])
        assert spool.seal([("b", b"new")]).objects[0].bytes == 3
        spool.remove()
    assert not (spools / RUN).exists()
    assert list_orphans(spools) == []


def test_pages_on_another_disk_are_copied(
    spools: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise OSError(18, "Invalid cross-device link")

    monkeypatch.setattr(os, "link", refuse)
    page = tmp_path / "page"
    page.write_bytes(b"warc")
    with Spool.create(spools, RUN) as spool:
        manifest = spool.seal([("pages/a", page)])
        assert spool.sealed_file(manifest.objects[0]).read_bytes() == b"warc"


@pytest.mark.parametrize("point", ["seal.object", "seal.manifest", "seal.rename"])
def test_a_full_disk_leaves_the_spool_open(spools: Path, point: str) -> None:
    with Spool.create(spools, RUN) as spool:
        failpoints.arm(f"{point}=enospc")
        with pytest.raises(StorageError, match="disk is full"):
            spool.seal([("a", b"x")])
        assert not spool.sealed
        failpoints.arm(None)
        spool.seal([("a", b"x")])
        assert spool.sealed


@pytest.mark.parametrize("nth", [1, 2, 9])
def test_a_disk_that_fills_while_a_table_is_written(spools: Path, nth: int) -> None:
    rows = conform(STATE.schema.empty_table(), STATE, {b"a": b"b"})
    with Spool.create(spools, RUN) as spool:
        failpoints.arm(f"seal.write=enospc@{nth}")
        with pytest.raises(StorageError, match="disk is full"):
            spool.seal([("state/x.parquet", rows), ("a", b"x")])
        assert not spool.sealed
        failpoints.arm(None)
        manifest = spool.seal([("state/x.parquet", rows), ("a", b"x")])
        assert spool.sealed_file(manifest.objects[0]).read_bytes() == encode(rows)


def test_the_manifest_tells_what_is_in_the_files(spools: Path, tmp_path: Path) -> None:
    page = tmp_path / "page"
    page.write_bytes(b"warc")
    rows = conform(STATE.schema.empty_table(), STATE, {b"a": b"b"})
    with Spool.create(spools, RUN) as spool:
        manifest = spool.seal([("pages/a", page), ("b", b"x" * 99), ("c.parquet", rows)])
        for entry in manifest.objects:
            path = spool.sealed_path / entry.key
            assert (entry.bytes, entry.blake2b) == (path.stat().st_size, checksum(path))


def test_a_full_disk_before_the_first_record(spools: Path) -> None:
    failpoints.arm("spool.create=enospc")
    with pytest.raises(StorageError, match="disk is full"):
        Spool.create(spools, RUN)


def test_a_damaged_manifest(spools: Path) -> None:
    with Spool.create(spools, RUN) as spool:
        spool.seal([("a", b"x")])
        (spool.sealed_path / "manifest.json").write_text(json.dumps({"run_id": RUN}))
        with pytest.raises(LakeFormatError, match="manifest"):
            spool.manifest()


def test_a_table_in_the_seal_is_parquet(spools: Path) -> None:
    with Spool.create(spools, RUN) as spool:
        rows = conform(STATE.schema.empty_table(), STATE, {b"a": b"b"})
        manifest = spool.seal([("state/x.parquet", rows)])
        path = spool.sealed_file(manifest.objects[0])
        assert (pq.read_schema(path).metadata or {})[b"a"] == b"b"


def test_a_sealed_object_is_linked_into_a_folder_and_a_page_copied(
    local_lake: Lake, spools: Path
) -> None:
    spool = spool_of(local_lake, spools, ["a"])
    (page,) = (e.key for e in spool.manifest().objects if e.key.startswith("pages/"))
    commit = keys.run_key(ARTICLES, spool.run_id)
    local_lake.publish(spool)
    root = Path(local_lake.storage.url)
    assert (root / commit).samefile(spool.sealed_path / commit)
    # A crawl process that lives on may still have the archive open under its other name.
    assert not (root / page).samefile(spool.sealed_path / page)
    spool.remove()
    assert (root / commit).stat().st_nlink == 1


def test_what_was_touched_since_it_was_sealed_is_read_again(local_lake: Lake, spools: Path) -> None:
    spool = spool_of(local_lake, spools, ["a"])
    entry = spool.manifest().objects[-1]
    path = spool.sealed_file(entry)
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    with pytest.raises(LakeFormatError, match="not what was sealed"):
        spool.sealed_file(entry)
