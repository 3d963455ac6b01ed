from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from unittest import mock

import pytest

from lake import keys
from lake.errors import LakeBusyError
from lake.storage import Storage
from lake.tables import Lake
from tests.lake.making import HOUR, NOW, spool_of


def test_one_writer_at_a_time(lake: Lake) -> None:
    with lake.lock(NOW):
        with pytest.raises(LakeBusyError, match="process") as caught, Lake(lake.storage).lock(NOW):
            pass
        assert "wait" in str(caught.value)
    with lake.lock(NOW):
        pass


def test_the_lock_is_let_go_after_an_error(lake: Lake) -> None:
    with pytest.raises(ZeroDivisionError), lake.lock(NOW):
        _ = 1 / 0
    with lake.lock(NOW):
        pass


def _lease(s3: Storage, host: str, pid: int) -> None:
    held = {"token": "t", "host": host, "pid": pid, "expires_at": (NOW + HOUR).isoformat()}
    s3.put(keys.LOCK, json.dumps(held).encode())


def test_a_lease_of_another_machine_runs_out(s3: Storage) -> None:
    _lease(s3, "elsewhere", 1)
    with pytest.raises(LakeBusyError, match="process 1 on elsewhere"), Lake(s3).lock(NOW):
        pass
    with Lake(s3).lock(NOW + HOUR + timedelta(seconds=1)):
        pass
    assert s3.head(keys.LOCK) is None


def test_a_lease_of_a_dead_process_of_ours_does_not_count(s3: Storage) -> None:
    import socket

    dead = subprocess.Popen([sys.executable, "-c", ""])
    dead.wait()
    _lease(s3, socket.gethostname(), dead.pid)
    with Lake(s3).lock(NOW):
        pass


def test_a_lease_that_another_took_over_is_left_to_it(s3: Storage) -> None:
    with Lake(s3).lock(NOW):
        _lease(s3, "elsewhere", 1)
    assert s3.head(keys.LOCK) is not None


@pytest.mark.parametrize("garbage", [b"", b"{}", b"[1]", b"\xff"])
def test_a_lease_that_cannot_be_read_does_not_count(s3: Storage, garbage: bytes) -> None:
    s3.put(keys.LOCK, garbage)
    with Lake(s3).lock(NOW):
        pass


def until(done: Callable[[], bool]) -> None:
    """Waits for what another thread does."""
    for _ in range(500):
        if done():
            return
        time.sleep(0.01)
    raise AssertionError("it never came")


def expiry(s3: Storage) -> str:
    return str(json.loads(s3.get(keys.LOCK))["expires_at"])


def test_a_lease_is_renewed_for_as_long_as_its_owner_works(s3: Storage) -> None:
    with Lake(s3).lock(NOW, timedelta(seconds=0.3)):
        first = expiry(s3)
        until(lambda: expiry(s3) > first)
        later = NOW + timedelta(seconds=0.3)
        with pytest.raises(LakeBusyError), Lake(s3).lock(later - timedelta(seconds=0.1)):
            pass
    assert s3.head(keys.LOCK) is None
    assert "lease" not in {thread.name for thread in threading.enumerate()}


def taken_over(s3: Storage) -> bool:
    """Takes the lease away; whether that has outlived a renewal."""
    _lease(s3, "elsewhere", 1)
    time.sleep(0.2)
    return bool(json.loads(s3.get(keys.LOCK))["host"] == "elsewhere")


def test_who_has_lost_the_lease_neither_renews_it_nor_publishes(s3: Storage, spools: Path) -> None:
    lake = Lake(s3)
    with lake.lock(NOW, timedelta(seconds=0.3)):
        spool = spool_of(lake, spools, ["a"])
        # A renewal that has just looked writes once more over what came meanwhile.
        until(lambda: taken_over(s3))
        with pytest.raises(LakeBusyError, match="taken away by process 1 on elsewhere"):
            lake.publish(spool)
        with pytest.raises(LakeBusyError, match="taken away"):
            lake.compact(NOW)
        until(lambda: "lease" not in {thread.name for thread in threading.enumerate()})
        assert json.loads(s3.get(keys.LOCK))["host"] == "elsewhere"
    assert not lake.committed_runs()
    assert s3.head(keys.LOCK) is not None
    s3.delete([keys.LOCK])
    lake.publish(spool)  # Nothing of it was lost.
    assert lake.committed_runs() == {spool.run_id}


def test_a_lease_lost_in_the_middle_stops_before_the_commit(s3: Storage, spools: Path) -> None:
    lake = Lake(s3)
    with lake.lock(NOW):
        spool = spool_of(lake, spools, ["a"])
        put = s3.put

        def steal(key: str, data: bytes | Path) -> None:
            put(key, data)
            if key.startswith("fingerprints"):
                put(keys.LOCK, b"{}")

        with mock.patch.object(s3, "put", steal), pytest.raises(LakeBusyError, match="taken away"):
            lake.publish(spool)
    assert not lake.committed_runs()


def test_a_folder_whose_lock_file_was_replaced_is_lost(local_lake: Lake, spools: Path) -> None:
    with local_lake.lock(NOW):
        spool = spool_of(local_lake, spools, ["a"])
        (Path(local_lake.storage.url) / keys.LOCK).unlink()
        with pytest.raises(LakeBusyError, match="taken away"):
            local_lake.publish(spool)
    local_lake.publish(spool)
    assert local_lake.committed_runs()
