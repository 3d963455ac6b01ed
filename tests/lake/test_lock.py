from __future__ import annotations

import json
import subprocess
import sys
from datetime import timedelta

import pytest

from lake import keys
from lake.errors import LakeBusyError
from lake.storage import Storage
from lake.tables import Lake
from tests.lake.making import HOUR, NOW


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
