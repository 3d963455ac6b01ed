"""A few rows out of columns that are stored plainly are what Arrow reads of them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from hypothesis import given, settings
from hypothesis import strategies as st

from dedup import fingerprint
from dedup.compiled.paging import locate
from lake import parquet
from lake.reading.picking import Wanted, pick_from
from lake.reading.plain import plain_chunks
from lake.schema import FINGERPRINTS
from lake.storage.rangefile import FarFile, RangeFile
from tests.dedup.stories import BRIDGE, COURT, CRICKET, articles, body

STORIES = (("bridge", BRIDGE), ("court", COURT), ("cricket", CRICKET))
VALUES = st.lists(st.binary(max_size=40), min_size=1, max_size=60)


def written(values: list[bytes], **options: Any) -> bytes:
    schema = pa.schema([pa.field("v", pa.binary(), nullable=False)])
    sink = pa.BufferOutputStream()
    chosen: dict[str, Any] = {
        "compression": "none",
        "use_dictionary": False,
        "write_batch_size": 4,
    } | options
    pq.write_table(
        pa.table([pa.array(values, pa.binary())], schema=schema), sink, data_page_size=100, **chosen
    )
    return sink.getvalue().to_pybytes()


def chunk_of(data: bytes) -> np.ndarray[Any, np.dtype[np.uint8]]:
    column: Any = pq.ParquetFile(pa.BufferReader(data)).metadata.row_group(0).column(0)
    start = column.data_page_offset
    return np.frombuffer(data, dtype=np.uint8)[start : start + column.total_compressed_size]


def found(chunk: Any, rows: list[int]) -> list[bytes]:
    at = np.array(rows, dtype=np.int64)
    begins, ends = np.empty_like(at), np.empty_like(at)
    count = locate(chunk, at, begins, ends)
    return [chunk[b:e].tobytes() for b, e in zip(begins[:count], ends[:count], strict=True)]


@settings(deadline=None)  # The first call compiles.
@given(VALUES, st.data(), st.booleans(), st.booleans())
def test_values_are_found_whatever_the_pages(
    values: list[bytes], data: st.DataObject, statistics: bool, checksums: bool
) -> None:
    chunk = chunk_of(written(values, write_statistics=statistics, write_page_checksum=checksums))
    places = st.sets(st.integers(0, len(values) - 1))
    rows = sorted(data.draw(places))
    assert found(chunk, rows) == [values[row] for row in rows]


@settings(deadline=None)  # The first call compiles.
@given(VALUES, st.data())
def test_broken_pages_are_never_read_beyond_their_end(
    values: list[bytes], data: st.DataObject
) -> None:
    chunk = chunk_of(written(values))
    broken = chunk[: data.draw(st.integers(0, len(chunk)))].copy()
    for place in data.draw(st.sets(st.integers(0, max(0, len(broken) - 1)), max_size=4)):
        if place < len(broken):
            broken[place] = data.draw(st.integers(0, 255))
    rows = np.arange(len(values), dtype=np.int64)
    begins, ends = np.full_like(rows, -1), np.full_like(rows, -1)
    count = locate(broken, rows, begins, ends)
    assert 0 <= count <= len(rows)
    assert np.all((begins[:count] >= 0) & (begins[:count] <= ends[:count]))
    assert np.all(ends[:count] <= len(broken))


def test_what_is_not_stored_plainly_is_left_to_arrow() -> None:
    values = [b"one", b"two"] * 20
    for options in (
        {"compression": "zstd"},
        {"use_dictionary": True},
        {"use_dictionary": False, "column_encoding": "DELTA_LENGTH_BYTE_ARRAY"},
    ):
        file = pq.ParquetFile(pa.BufferReader(written(values, **options)))
        assert plain_chunks(file, 0, ["v"]) == {}
    nullable = pa.table({"v": pa.array(values, pa.binary())})
    sink = pa.BufferOutputStream()
    pq.write_table(nullable, sink, compression="none", use_dictionary=False)
    assert plain_chunks(pq.ParquetFile(pa.BufferReader(sink.getvalue())), 0, ["v"]) == {}
    # Pages of the second version are not known here, and are told by their headers alone.
    assert found(chunk_of(written(values, data_page_version="2.0")), [0]) == []


def test_rows_of_fingerprints_are_those_that_arrow_decodes(tmp_path: Path) -> None:
    texts = {f"{name}{i}": body(story)[i * 40 :] for i in range(5) for name, story in STORIES}
    prints = fingerprint(articles(texts))
    runs = pa.array(["20240101T000000000000Z-0000000000000000"] * len(texts))
    prints = prints.append_column(pa.field("run_id", pa.string(), nullable=False), runs)
    path = tmp_path / "prints.parquet"
    parquet.write(parquet.conform(prints, FINGERPRINTS, {}), path)
    names = FINGERPRINTS.schema.names
    times = np.unique(prints.column("effective_at").cast(pa.int64()).to_numpy())
    ids = prints.column("article_id").combine_chunks().cast(pa.string())
    wanted = Wanted(ids.take(pa.array([0, 3, 4, 11])), times)
    data = path.read_bytes()
    far = FarFile(RangeFile(lambda start, length: data[start : start + length], "key", len(data)))
    with pa.OSFile(str(path), "rb") as near, pa.BufferReader(data) as held_whole:
        decoded = pick_from(near, "key", FINGERPRINTS, names, wanted)
        assert decoded[0].num_rows == 4
        held = plain_chunks(parquet.open_file(near), 0, names)
        assert {"article_id", "shingles3", "shingles5", "order3", "terms", "slots"} <= set(held)
        for source in (near, held_whole, far):
            mine = pick_from(source, "key", FINGERPRINTS, names, wanted, locate)
            assert [table.to_pylist() for table in mine] == [t.to_pylist() for t in decoded]
