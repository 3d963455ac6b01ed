"""Rows by id, out of objects of many row groups."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from lake import parquet
from lake.reading.picking import Wanted
from lake.schema import ARTICLES, FINGERPRINTS
from lake.tables import Lake
from tests.lake.making import DAY, HOUR, NOW, publish

COLUMNS = ["article_id", "effective_at", "terms"]


def wanted(rows: pa.Table) -> Wanted:
    times = np.unique(rows.column("effective_at").cast(pa.int64()).to_numpy())
    return Wanted(rows.column("article_id").combine_chunks().cast(pa.string()), times)


@pytest.fixture
def filled(lake: Lake, spools: Path, monkeypatch: pytest.MonkeyPatch) -> Lake:
    """Three runs on two days, one day merged, with row groups of two rows."""
    monkeypatch.setattr(parquet, "_ROW_GROUP_BYTES", 0)
    monkeypatch.setattr(parquet, "_LEAST_ROWS", 2)
    publish(lake, spools, [f"a{i}" for i in range(7)], at=NOW)
    publish(lake, spools, [f"b{i}" for i in range(5)], at=NOW + HOUR)
    lake.compact(NOW + 4 * DAY)
    publish(lake, spools, [f"c{i}" for i in range(6)], at=NOW + DAY)
    return lake


def test_a_row_group_holds_two_rows(filled: Lake) -> None:
    info = filled.storage.list("fingerprints/")[0]
    with filled.storage.open_input(info.key) as source:
        assert parquet.open_file(source).num_row_groups == 6


@pytest.mark.parametrize("size", [0, 1, 3, 18])
def test_what_is_picked_is_what_a_scan_would_find(filled: Lake, size: int) -> None:
    rows = filled.read(FINGERPRINTS, COLUMNS)
    assert rows.num_rows == 18
    some = rows.take(pa.array(np.random.default_rng(size).permutation(18)[:size], pa.int64()))
    picked = filled.pick(FINGERPRINTS, COLUMNS, wanted(some))
    assert picked.schema.names == COLUMNS
    assert picked.sort_by("article_id").to_pylist() == some.sort_by("article_id").to_pylist()


def test_columns_that_nobody_wrote_are_null(filled: Lake) -> None:
    rows = filled.read(FINGERPRINTS, COLUMNS)
    of_articles = Wanted(wanted(rows).ids, np.arange(0, dtype=np.int64))
    assert filled.pick(ARTICLES, ["section"], of_articles).num_rows == 0


def test_times_rule_row_groups_out(filled: Lake) -> None:
    rows = filled.read(FINGERPRINTS, COLUMNS)
    of_another_day = Wanted(wanted(rows).ids, np.array([0], dtype=np.int64))
    assert filled.pick(FINGERPRINTS, COLUMNS, of_another_day).num_rows == 0


@pytest.mark.parametrize(
    ("first", "last", "found"),
    [
        (0, 9, False),
        (0, 10, True),
        (10, 10, True),
        (11, 19, False),
        (20, 99, True),
        (31, 99, False),
    ],
)
def test_times_are_looked_for_between_two(first: int, last: int, found: bool) -> None:
    at = Wanted(pa.array([], pa.string()), np.array([10, 20, 30], dtype=np.int64))
    assert at.may_lie(first, last) is found
