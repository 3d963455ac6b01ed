"""Objects that another program or a hand has written again are named, and cost nobody a row."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from lake.errors import LakeFormatError
from lake.orders import Order, read_orders, write_order
from lake.schema import ARTICLES, SOURCE_RUNS
from lake.tables import Lake
from lake.upkeep.days import mark_final
from lake.verify import verify
from lake.verify.findings import Finding
from tests.lake.making import DAY, HOUR, NOW, publish

LATER = NOW + 4 * DAY

Change = Callable[[pa.Table], pa.Table]


def first(lake: Lake, pattern: str) -> Path:
    return min(Path(lake.storage.url).glob(pattern))


def again(path: Path, change: Change) -> None:
    """Writes an object again, as a program would that keeps what metadata it is given."""
    before = pq.ParquetFile(path).read()
    pq.write_table(change(before), path)


def bare(table: pa.Table) -> pa.Table:
    return table.replace_schema_metadata(None)


def naming(runs: bytes) -> Change:
    return lambda table: table.replace_schema_metadata(
        {**(table.schema.metadata or {}), b"taar.runs": runs}
    )


def put(name: str, values: Callable[[pa.Table], pa.Array]) -> Change:  # type: ignore[type-arg]
    def change(table: pa.Table) -> pa.Table:
        place = table.schema.get_field_index(name)
        column = values(table)
        return table.set_column(place, pa.field(name, column.type), column)

    return change


def about(lake: Lake, path: Path) -> list[Finding]:
    return [f for f in verify(lake, pages=False).findings if f.where.endswith(path.name)]


@pytest.mark.parametrize(
    "change", [bare, naming(b"7"), naming(b"[1]"), naming(b"\xff"), naming(b"[" * 99_999)]
)
def test_a_day_file_that_names_no_runs_is_damaged_and_never_deleted(
    change: Change, local_lake: Lake, spools: Path
) -> None:
    publish(local_lake, spools, ["a", "b"])
    local_lake.compact(LATER)
    path = first(local_lake, "articles/*/day-*.parquet")
    publish(local_lake, spools, ["late"], at=NOW + HOUR)
    again(path, change)
    lake = Lake(local_lake.storage)
    with pytest.raises(LakeFormatError, match=r"taar\.runs|names no runs") as caught:
        lake.compact(LATER)
    assert caught.value.where is not None
    assert caught.value.where.endswith(path.name)
    assert path.exists()
    (found,) = about(lake, path)
    assert found.check == "readable"


def test_a_version_that_is_no_number_stands_in_nobodys_way(local_lake: Lake, spools: Path) -> None:
    publish(local_lake, spools, ["a"])
    path = first(local_lake, "source_runs/*/*.parquet")
    again(
        path,
        lambda t: t.replace_schema_metadata(
            {**t.schema.metadata, b"taar.schema_version": "९".encode(), b"taar.dataset": b"\xff"}
        ),
    )
    assert {f.check for f in about(local_lake, path)} == {"schema"}
    local_lake.compact(LATER)
    assert local_lake.read(SOURCE_RUNS).num_rows == 1


@pytest.mark.parametrize("name", ["modified_at", "place"])
def test_a_bit_that_turns_over_in_a_name_loses_no_column(
    name: str, local_lake: Lake, spools: Path
) -> None:
    publish(local_lake, spools, ["a"])
    path = first(local_lake, "articles/*/*.parquet")
    body = path.read_bytes()
    footer = len(body) - 8 - int.from_bytes(body[-8:-4], "little")
    at = body.index(name.encode(), footer)
    for bit in (1, 0x80):
        path.write_bytes(body[:at] + bytes([body[at] ^ bit]) + body[at + 1 :])
        with pytest.raises(LakeFormatError, match="damaged") as caught:
            Lake(local_lake.storage).compact(LATER)
        assert str(caught.value.where).endswith(path.name)
        assert about(Lake(local_lake.storage), path)
        assert path.exists()


def test_a_column_of_a_type_that_is_never_ours_is_damage(local_lake: Lake, spools: Path) -> None:
    publish(local_lake, spools, ["a"])
    path = first(local_lake, "articles/*/*.parquet")
    again(path, put("title", lambda t: pa.array([{"a": 1}] * t.num_rows)))
    with pytest.raises(LakeFormatError, match="damaged") as caught:
        local_lake.read(ARTICLES)
    assert caught.value.where is not None
    assert caught.value.where.endswith(path.name)
    assert "schema" in {f.check for f in about(local_lake, path)}


def test_bytes_that_are_no_utf_8_are_found(local_lake: Lake, spools: Path) -> None:
    publish(local_lake, spools, ["a"])
    path = first(local_lake, "articles/*/*.parquet")
    again(path, put("title", lambda t: pa.array([b"\xff"] * t.num_rows).view(pa.string())))
    found = [f for f in about(local_lake, path) if f.check == "readable"]
    assert "UTF8" in found[0].what


def test_rows_that_lack_what_is_required_are_told_and_stop_no_other_check(
    local_lake: Lake, spools: Path
) -> None:
    publish(local_lake, spools, ["a", "b"])
    path = first(local_lake, "articles/*/*.parquet")
    again(path, put("article_id", lambda t: pa.nulls(t.num_rows, pa.string())))
    found = verify(local_lake, pages=False).findings
    assert any("article_id is required" in f.what for f in found)
    assert any(f.check == "articles" for f in found)  # Its fetch looks for it in vain.
    with pytest.raises(LakeFormatError, match="article_id is required") as caught:
        local_lake.read(ARTICLES)
    assert str(caught.value.where).endswith(path.name)


@pytest.mark.parametrize("place", [0, -1])
def test_both_copies_of_days_are_read(place: int, local_lake: Lake, spools: Path) -> None:
    publish(local_lake, spools, ["a"])
    local_lake.compact(LATER)
    with local_lake.lock(LATER):
        mark_final(local_lake, LATER)
    copies = sorted(Path(local_lake.storage.url).glob("days/*.parquet"))
    assert len(copies) == 2
    copies[place].write_bytes(b"PAR1")
    (found,) = about(Lake(local_lake.storage), copies[place])
    assert found.check == "readable"


@pytest.mark.parametrize(
    ("name", "body", "remedy"),
    [
        ("janrekha.json", b"[" * 99_999, "pause janrekha"),
        ("janrekha.json", b"", "pause janrekha"),
        ("janrekha.json~", b"{}", "delete it"),
    ],
)
def test_an_order_that_cannot_be_read_is_found(
    name: str, body: bytes, remedy: str, local_lake: Lake, spools: Path
) -> None:
    publish(local_lake, spools, ["a"])
    write_order(local_lake.storage, Order("udgam", paused_at=NOW))
    local_lake.storage.put(f"orders/{name}", body)
    (found,) = [f for f in verify(local_lake).findings if f.where.startswith("orders/")]
    assert (found.check, found.where) == ("readable", f"orders/{name}")
    assert remedy in found.what
    with pytest.raises(LakeFormatError, match="cannot be read"):
        read_orders(local_lake.storage)
