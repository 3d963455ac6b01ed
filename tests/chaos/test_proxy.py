"""The fault proxy passes requests on unharmed, and harms those that it is told to."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from lake.errors import StorageError
from lake.storage import S3Options, Storage, open_storage
from tests.chaos.faults import Kind, Rule, Weather
from tests.chaos.proxy import FaultProxy

PATIENCE_S = 2.0


@pytest.fixture
def proxy(s3_endpoint: str) -> Iterator[FaultProxy]:
    with FaultProxy(s3_endpoint, patience_s=PATIENCE_S) as running:
        yield running


@pytest.fixture
def storage(proxy: FaultProxy, bucket: str) -> Storage:
    options = S3Options(endpoint_url=proxy.url, max_attempts=2, read_timeout_s=PATIENCE_S / 2)
    return open_storage(f"s3://{bucket}/x", options)


def test_everything_passes_in_good_weather(proxy: FaultProxy, storage: Storage) -> None:
    data = bytes(range(256)) * 1000
    storage.put("a b/ü.parquet", data)
    assert storage.get("a b/ü.parquet") == data
    assert storage.get_range("a b/ü.parquet", 5, 3) == data[5:8]
    info = storage.head("a b/ü.parquet")
    assert info is not None
    assert (info.size, [i.key for i in storage.list()]) == (len(data), ["a b/ü.parquet"])
    storage.delete(["a b/ü.parquet"])
    assert storage.list() == []
    assert proxy.injected.total() == 0
    assert proxy.requests >= 7


@pytest.mark.parametrize("kind", list(Kind))
def test_one_fault_is_outlived_and_more_are_told(
    kind: Kind, proxy: FaultProxy, storage: Storage
) -> None:
    storage.put("k", b"content")
    for method in ("GET", "PUT"):
        proxy.weather = Weather((Rule(kind, method),))
        if method == "GET":
            assert storage.get("k") == b"content"
        else:
            storage.put("k", b"content")
    assert proxy.injected.total() == 2
    if kind is Kind.SLOW:
        return
    proxy.weather = Weather((Rule(kind, "PUT", "", times=2),))
    with pytest.raises(StorageError):
        storage.put("new", b"1")
    proxy.weather = Weather()
    done = kind in (Kind.LOST, Kind.LATE, Kind.ERROR_AFTER, Kind.TRUNCATED)
    assert (storage.head("new") is not None) == done
