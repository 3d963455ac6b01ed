"""Blocks of a bucket kept on this machine: the same bytes, fewer requests, never too many."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from random import Random
from typing import Any
from unittest import mock

import pytest

from lake.schema import ARTICLES
from lake.storage import S3Options, Storage, open_storage
from lake.storage import cache as cache_module
from lake.storage.cache import BLOCK, BlockCache
from lake.tables import Lake
from tests.lake.making import HOUR, NOW, names_in, publish

DATA = Random(1).randbytes(5 * BLOCK + 123)


def serve(asked: list[tuple[int, int]], data: bytes = DATA) -> Callable[[int, int], bytes]:
    def fetch(start: int, length: int) -> bytes:
        asked.append((start, length))
        return data[start : start + length]

    return fetch


def test_only_what_is_missing_is_fetched(tmp_path: Path) -> None:
    cache = BlockCache(tmp_path / "c", 1 << 30)
    asked: list[tuple[int, int]] = []
    for start, length in [(0, 10), (5, 20), (BLOCK - 3, 6), (0, len(DATA)), (len(DATA) - 5, 99)]:
        got = cache.read("x", len(DATA), start, length, serve(asked))
        assert got == DATA[start : start + length]
    assert asked == [(0, BLOCK), (BLOCK, BLOCK), (2 * BLOCK, 3 * BLOCK + 123)]
    assert cache.read("y", len(DATA), 0, 3, serve(asked)) == DATA[:3], "another object"
    assert len(asked) == 4
    assert cache.read("x", len(DATA), len(DATA), 10, serve(asked)) == b""


def test_large_gaps_are_fetched_in_parts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache_module, "_PART", 2 * BLOCK)
    cache = BlockCache(tmp_path, 1 << 30)
    asked: list[tuple[int, int]] = []
    cache.read("x", len(DATA), 3 * BLOCK, 10, serve(asked))
    assert cache.read("x", len(DATA), 0, len(DATA), serve(asked)) == DATA
    parts = [(0, 2 * BLOCK), (2 * BLOCK, BLOCK), (4 * BLOCK, BLOCK + 123)]
    assert sorted(asked[1:]) == parts


def test_blocks_that_are_damaged_or_gone_are_fetched_again(tmp_path: Path) -> None:
    cache = BlockCache(tmp_path / "c", 1 << 30)
    for harm in (
        lambda p: p.write_bytes(b""),
        lambda p: p.write_bytes(p.read_bytes()[:-1]),
        lambda p: p.write_bytes(b"x" + p.read_bytes()[1:]),
        Path.unlink,
    ):
        asked: list[tuple[int, int]] = []
        cache.read("x", len(DATA), 0, len(DATA), serve(asked))
        for path in (tmp_path / "c").rglob("*-1"):
            harm(path)
        asked.clear()
        assert cache.read("x", len(DATA), 0, len(DATA), serve(asked)) == DATA
        assert asked == [(BLOCK, BLOCK)]
    shutil.rmtree(tmp_path / "c")
    assert cache.read("x", len(DATA), 0, 9, serve([])) == DATA[:9]


def test_a_folder_that_cannot_be_written_does_no_harm(tmp_path: Path) -> None:
    (tmp_path / "c").write_text("a file")
    cache = BlockCache(tmp_path / "c", 1 << 30)
    assert cache.read("x", len(DATA), 7, 9, serve([])) == DATA[7:16]


def test_it_stays_within_its_limit_and_the_unread_go_first(tmp_path: Path) -> None:
    limit = 4 * BLOCK + 1000
    cache = BlockCache(tmp_path, limit)
    for n in range(8):
        cache.read(f"{n}", BLOCK, 0, BLOCK, serve([]))
        cache.read("0", BLOCK, 0, 5, serve([]))
    assert sum(p.stat().st_size for p in tmp_path.rglob("*") if p.is_file()) <= limit
    asked: list[tuple[int, int]] = []
    cache.read("7", BLOCK, 0, BLOCK, serve(asked))
    assert asked == [], "the newest is there"
    cache.read("1", BLOCK, 0, BLOCK, serve(asked))
    assert len(asked) == 1, "one of the oldest is not"


def test_many_readers_at_once_read_the_right_bytes(tmp_path: Path) -> None:
    caches = [BlockCache(tmp_path, 3 * BLOCK) for _ in range(2)]
    random = Random(2)
    spans = [(random.randrange(len(DATA)), random.randrange(2 * BLOCK)) for _ in range(120)]

    def read(n: int) -> bool:
        start, length = spans[n]
        got = caches[n % 2].read("x", len(DATA), start, length, serve([]))
        return got == DATA[start : start + length]

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(read, range(len(spans))))


@pytest.fixture
def reopen(s3_endpoint: str, bucket: str, tmp_path: Path) -> Callable[[], Storage]:
    options = S3Options(endpoint_url=s3_endpoint, cache=tmp_path / "blocks", cache_bytes=1 << 28)
    return lambda: open_storage(f"s3://{bucket}/x", options)


def gets(storage: Any) -> mock.Mock:
    """Counts the objects, or parts of them, that are asked for."""
    spy = mock.Mock(wraps=storage._client.get_object)
    storage._client.get_object = spy
    return spy


def test_a_lake_is_read_again_without_a_request_for_an_object(
    reopen: Callable[[], Storage], tmp_path: Path
) -> None:
    first = Lake(reopen())
    for n in range(3):
        publish(first, tmp_path, [f"n{n}"], at=NOW + n * HOUR)
    first.storage.put("big", DATA)
    assert first.storage.get_range("big", 5, 5) == DATA[5:10]
    names = names_in(first)
    for expected in (DATA[BLOCK : BLOCK + 10], DATA[BLOCK : BLOCK + 10]):
        with first.storage.open_input("big") as file:
            file.seek(BLOCK)
            assert file.read(10) == expected
    again = Lake(reopen())
    asked = gets(again.storage)
    assert names_in(again) == names
    again.storage.list()
    with again.storage.open_input("big", len(DATA)) as file:
        file.seek(BLOCK)
        assert file.read(10) == DATA[BLOCK : BLOCK + 10]
    assert asked.call_count == 0
    shutil.rmtree(tmp_path / "blocks")
    assert names_in(Lake(reopen())) == names


def test_an_object_that_was_replaced_is_not_mistaken(
    reopen: Callable[[], Storage], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "lake.storage.s3._WHOLE", 0
    )  # No object is small enough to be read at once.
    storage, other = reopen(), reopen()
    storage.put("k", DATA)
    storage.list()
    assert storage.open_input("k", len(DATA)).read(3) == DATA[:3]
    newer = bytes(len(DATA))
    other.put("k", newer)
    # It was listed before: what it reads now it does not keep under the old name.
    with storage.open_input("k", len(DATA)) as file:
        file.seek(3 * BLOCK)
        assert file.read(3) == bytes(3)
    storage.list()
    with storage.open_input("k", len(DATA)) as file:
        assert file.read() == newer
    assert Lake(storage).read(ARTICLES).num_rows == 0
