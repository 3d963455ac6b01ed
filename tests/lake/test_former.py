"""Columns in the form of older versions of the schema."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from lake import ids, parquet
from lake.reading.former import is_former, renew
from lake.schema import ARTICLES, FINGERPRINTS, PACKED
from lake.storage import open_storage
from lake.verify.objects import examine
from tests.lake.making import NOW, article, fingerprint, table

RUN = ids.new_run_id(NOW, None)
LISTS = {
    **dict.fromkeys(("sketch", "shingles3", "shingles5", "terms", "numbers"), pa.uint32()),
    **dict.fromkeys(("slots", "slot_values"), pa.uint32()),
    **dict.fromkeys(("order3", "term_counts"), pa.uint16()),
}
"""Columns of fingerprints that were lists before they were packed."""


def numbers(value: bytes, kind: pa.DataType) -> list[int]:
    found = np.frombuffer(value, dtype="<u2" if kind == pa.uint16() else "<u4")
    return [int(number) for number in found]


@pytest.mark.parametrize("kind", [pa.uint32(), pa.uint16()])
def test_lists_are_packed_whatever_slices_and_nulls(kind: pa.DataType) -> None:
    lists = [[1, 2, 3], [], None, [65535], [7] * 9]
    for start in range(5):
        for rest in ([], [[4]]):
            column: Any = pa.chunked_array(
                [pa.array(lists, pa.list_(kind)).slice(start), pa.array(rest, pa.list_(kind))]
            )
            packed = renew(column, PACKED)
            assert packed.type == PACKED
            packed.validate(full=True)
            wanted = [*lists[start:], *rest]
            assert [v if v is None else numbers(v, kind) for v in packed.to_pylist()] == wanted


def test_only_lists_of_numbers_were_ever_packed() -> None:
    assert is_former(pa.list_(pa.uint32()), PACKED)
    assert not is_former(pa.list_(pa.string()), PACKED)
    assert not is_former(pa.string(), PACKED)
    assert not is_former(pa.list_(pa.uint32()), pa.string())


def former(where: Path, lists: list[list[int]]) -> pa.Table:
    """Writes fingerprints as schema version 1 had them; returns them as they are today."""
    rows = [fingerprint(article(f"{i}", RUN)) | {"run_id": RUN} for i in range(len(lists))]
    today = table(FINGERPRINTS, rows)
    today = today.append_column(
        FINGERPRINTS.stored_schema.field("run_id"), pa.array([RUN] * len(rows))
    )
    written = today
    for name, kind in LISTS.items():
        place = FINGERPRINTS.schema.get_field_index(name)
        # One value for each of the column before it.
        most = place if name in ("term_counts", "slot_values") else 1 + place
        values = [v[:most] for v in lists]
        width = "<u2" if kind == pa.uint16() else "<u4"
        packed = [np.array(v, dtype=width).tobytes() for v in values]
        today = today.set_column(place, today.schema.field(place), pa.array(packed, PACKED))
        field = pa.field(name, pa.list_(kind), nullable=False)
        written = written.set_column(place, field, pa.array(values, pa.list_(kind)))
    order: list[tuple[str, Literal["ascending", "descending"]]]
    order = [("effective_at", "ascending"), ("article_id", "ascending")]
    metadata = {**(written.schema.metadata or {}), **parquet.runs_metadata([RUN])}
    metadata[b"taar.schema_version"] = b"1"
    pq.write_table(written.sort_by(order).replace_schema_metadata(metadata), where)
    return today.sort_by(order)


def test_an_object_of_version_1_is_read_as_today(tmp_path: Path) -> None:
    key = f"fingerprints/v1/crawl_date=2024-06-18/{RUN}.parquet"
    where = tmp_path / key
    where.parent.mkdir(parents=True)
    today = former(where, [[1, 5, 9], [], [3] * 40])
    storage = open_storage(str(tmp_path))
    whole, metadata = parquet.read(storage.open_input(key), key, FINGERPRINTS)
    assert metadata[b"taar.schema_version"] == b"1"
    assert whole.select(today.column_names).to_pylist() == today.to_pylist()
    one = today.column("article_id")[1].as_py()
    some, _ = parquet.read(
        storage.open_input(key), key, FINGERPRINTS, ["terms"], pc.field("article_id") == one
    )
    assert some.to_pylist() == [{"terms": today.column("terms")[1].as_py()}]
    # It can be compacted and verified like any other.
    again = parquet.encode(parquet.conform(whole, FINGERPRINTS, parquet.runs_metadata([RUN])))
    assert pq.read_schema(pa.BufferReader(again)).field("terms").type == PACKED
    (info,) = storage.list()
    assert examine(storage, FINGERPRINTS, info).findings == ()


def test_a_column_that_was_added_later_is_null(tmp_path: Path) -> None:
    rows = table(ARTICLES, [article("a", RUN)]).drop_columns(["section"])
    pq.write_table(rows, tmp_path / "a.parquet")
    with pa.OSFile(str(tmp_path / "a.parquet"), "rb") as source:
        found, _ = parquet.read(source, "a", ARTICLES, ["section", "url"])
    assert found.to_pylist() == [{"section": None, "url": "http://a.test/a"}]


def test_hashes_are_neither_compressed_nor_counted(tmp_path: Path) -> None:
    rows = table(FINGERPRINTS, [fingerprint(article("a", RUN)) | {"run_id": RUN}])
    rows = rows.append_column(FINGERPRINTS.stored_schema.field("run_id"), pa.array([RUN]))
    parquet.write(parquet.conform(rows, FINGERPRINTS, {}), tmp_path / "a.parquet")
    group = pq.read_metadata(tmp_path / "a.parquet").row_group(0)
    chunks = {group.column(i).path_in_schema: group.column(i) for i in range(group.num_columns)}
    assert chunks["shingles3"].compression == "UNCOMPRESSED"
    assert not chunks["shingles3"].is_stats_set
    assert chunks["article_id"].compression == "UNCOMPRESSED"
    assert chunks["source_id"].compression == "ZSTD"
    assert chunks["effective_at"].is_stats_set
