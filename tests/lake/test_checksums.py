"""One flipped bit is an error wherever rows are read: no garbled row is ever written elsewhere."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from lake.errors import LakeFormatError
from lake.reading.views import connect
from lake.remedies import remedy_for
from lake.schema import ARTICLES, FAMILIES, FETCHES, FINGERPRINTS, RELATIONS, Dataset
from lake.tables import Lake
from lake.upkeep.days import mark_final
from lake.upkeep.forgetting import bury, remove_forgotten
from lake.upkeep.traces import find
from lake.verify import verify
from tests.lake.making import DAY, NOW, names_in, overlap, publish
from tests.lake.test_forgetting import NAME, URL, fill

LATER = NOW + 4 * DAY


def flip_bit(path: Path, name: str) -> None:
    """Flips a bit of a column, so that Arrow reads other values and says nothing."""
    whole = path.read_bytes()
    good = pq.read_table(path, columns=[name])
    group = pq.read_metadata(path).row_group(0)
    column = next(
        group.column(n)
        for n in range(group.num_columns)
        if group.column(n).path_in_schema.partition(".")[0] == name
    )
    start = column.dictionary_page_offset or column.data_page_offset
    for at in range(start + column.total_compressed_size - 1, start, -1):
        data = bytearray(whole)
        data[at] ^= 1
        try:
            table = pq.read_table(io.BytesIO(data), columns=[name])
            table.validate(full=True)
        except (OSError, pa.ArrowException):
            continue
        if not table.equals(good):
            path.write_bytes(data)
            return
    raise AssertionError(f"every flipped bit of {name} is noticed without checksums")


def path_of(lake: Lake, pattern: str) -> Path:
    return max(Path(lake.storage.url).glob(f"{pattern}.parquet"))


@pytest.mark.parametrize(
    ("dataset", "column"),
    [(ARTICLES, "text"), (ARTICLES, "article_id"), (FETCHES, "url"), (FINGERPRINTS, "minhash")],
)
def test_a_day_with_a_flipped_bit_is_left_as_it_is_and_the_others_are_merged(
    dataset: Dataset, column: str, local_lake: Lake, spools: Path
) -> None:
    for day in range(2):
        publish(local_lake, spools, [f"a{day}"], at=NOW + day * DAY)
    path = path_of(local_lake, f"{dataset.name}/*/2*")
    flip_bit(path, column)
    before = path.read_bytes()
    key = str(path.relative_to(local_lake.storage.url))
    with pytest.raises(LakeFormatError) as told:
        local_lake.compact(LATER)
    assert told.value.where == key
    assert told.value.remedy == remedy_for(key)
    assert path.read_bytes() == before
    day_files = list(Path(local_lake.storage.url).glob("**/day-*.parquet"))
    # An id that is wrong may be that of any day: then none of the dataset is merged.
    assert len(day_files) == (6 if column == "article_id" else 7)
    assert [f.where for f in verify(local_lake).findings if f.check == "readable"] == [key]


def test_the_message_counts_what_else_could_not_be_merged(local_lake: Lake, spools: Path) -> None:
    for day in range(3):
        publish(local_lake, spools, [f"a{day}"], at=NOW + day * DAY)
    root = Path(local_lake.storage.url)
    for path in sorted(root.glob("articles/*/2*.parquet"))[:2]:
        flip_bit(path, "text")
    with pytest.raises(LakeFormatError, match="and 1 more"):
        local_lake.compact(NOW + 9 * DAY)


@pytest.mark.parametrize(
    ("pattern", "column", "read"),
    [
        ("articles/*/2*", "text", lambda lake: lake.read(ARTICLES)),
        ("fingerprints/v1/*/2*", "minhash", lambda lake: lake.read(FINGERPRINTS)),
        ("state/*", "etag", lambda lake: lake.state()),
        ("known/*", "url_id", lambda lake: lake.known()),
        ("known/*", "url_id", lambda lake: lake.build_known(LATER)),
        ("fetches/*/*", "url_id", lambda lake: lake.build_known(LATER, afresh=True)),
        ("relations/*", "other_id", lambda lake: lake.read_derived(RELATIONS)),
        ("families/*", "article_id", lambda lake: lake.read_derived(FAMILIES)),
        ("days/*", "articles", lambda lake: lake.days()),
        ("days/*", "articles", lambda lake: mark_final(lake, LATER + DAY)),
    ],
)
def test_a_reader_is_told_of_a_flipped_bit(
    pattern: str, column: str, read: Callable[[Lake], object], local_lake: Lake, spools: Path
) -> None:
    fill(local_lake, spools)
    mark_final(local_lake, LATER)
    path = path_of(local_lake, pattern)
    flip_bit(path, column)
    with pytest.raises(LakeFormatError, match="CRC checksum") as told:
        read(Lake(local_lake.storage))
    assert told.value.where == str(path.relative_to(local_lake.storage.url))


@pytest.mark.parametrize(
    ("pattern", "column"),
    [
        ("known/*", "url_id"),
        ("relations/*", "other_id"),
        ("articles/*/day-*", "text"),
        ("tombstones/*", "url_id"),
    ],
)
def test_a_takedown_writes_nothing_anew_from_a_flipped_bit(
    pattern: str, column: str, local_lake: Lake, spools: Path
) -> None:
    fill(local_lake, spools)
    bury(local_lake, find(local_lake, [NAME], [URL]), LATER, None)
    path = path_of(local_lake, pattern)
    flip_bit(path, column)
    before = path.read_bytes()
    with pytest.raises(LakeFormatError, match="CRC checksum"):
        remove_forgotten(Lake(local_lake.storage), LATER)
    assert path.read_bytes() == before


def test_a_view_over_parts_of_objects_is_told(local_lake: Lake, spools: Path) -> None:
    runs = [publish(local_lake, spools, [f"n{i}"], at=NOW + i * DAY / 24) for i in range(3)]
    overlap(local_lake.storage, runs, spools)
    lake = Lake(local_lake.storage)
    assert names_in(lake) == ["n0", "n1", "n2"]
    for path in Path(lake.storage.url).glob("articles/*/day-*.parquet"):
        flip_bit(path, "text")
    with pytest.raises(Exception, match="CRC checksum"):
        connect(lake).sql("select max(text) from articles").fetchall()
