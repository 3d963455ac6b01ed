"""docs/data.md: its tables are the schema's, and its recipes read a lake on an S3 server."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path
from typing import Any

import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from lake import document
from lake.schema import ARTICLES, DATASETS
from lake.storage import S3Options, Storage, open_storage
from lake.tables import Lake
from tests.lake.making import DAY, HOUR, NOW, publish

PAGE = Path(__file__).parent.parent / "docs" / "data.md"
RECIPES = {
    next(name for name in ("duckdb", "polars", "pyarrow", "pyspark") if name in code): code
    for code in re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
}
COLUMNS = ["article_id", "source_name", "title", "published_at", "copy_of", "run_id"]


def fill(storage: Storage, folder: Path) -> list[tuple[Any, ...]]:
    """A lake with every trap: a row twice, a merged day, an object of an older schema, a date that
    is not asked for. Returns the rows that a reader must find."""
    lake = Lake(storage)
    publish(lake, folder, ["a", "b"])
    publish(lake, folder, ["b", "c"], at=NOW + HOUR)
    publish(lake, folder, ["d"], at=NOW + DAY)
    lake.compact(NOW + 3 * DAY + HOUR / 2)
    publish(lake, folder, ["c"], at=NOW + 2 * DAY, version=2)
    publish(lake, folder, ["a"], at=NOW + 3 * DAY)  # The same article_id as of the first run.
    publish(lake, folder, ["later"], at=NOW + 30 * DAY)
    first = storage.list("articles/")[0].key
    table = pq.read_table(pa.BufferReader(storage.get(first)))
    sink = pa.BufferOutputStream()
    pq.write_table(table.drop_columns(["copy_of"]), sink)
    storage.put(first, sink.getvalue().to_pybytes())
    found = Lake(storage).read(ARTICLES, COLUMNS, until=(NOW + 10 * DAY).date()).to_pylist()
    assert len(found) == 5
    return sorted(tuple(row.values()) for row in found)


def rows_of(answer: Any) -> list[tuple[Any, ...]]:
    """The rows of whatever a recipe has made."""
    if isinstance(answer, pl.DataFrame):
        listed = answer.select(COLUMNS).to_dicts()
    elif isinstance(answer, pd.DataFrame):
        listed = pa.Table.from_pandas(answer[COLUMNS], preserve_index=False).to_pylist()
    elif hasattr(answer, "to_arrow_table"):
        listed = answer.to_arrow_table().select(COLUMNS).to_pylist()
    else:
        listed = [row.asDict() for row in answer.collect()]
    return sorted(tuple(row[name] for name in COLUMNS) for row in listed)


def test_the_tables_are_those_of_the_schema() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert page == document.fill(page), "run: python -m lake.document docs/data.md"
    for dataset in DATASETS:
        for column in dataset.columns:
            assert f"| `{column.name}` |" in page
            assert column.meaning in page
    assert "taar.schema_version" in page


def test_a_page_without_marks_is_refused() -> None:
    with pytest.raises(ValueError, match="lacks"):
        document.fill("# No marks")


@pytest.mark.parametrize("name", ["duckdb", "polars", "pyarrow"])
def test_a_recipe_reads_exactly_the_rows(
    name: str, s3_endpoint: str, bucket: str, tmp_path: Path
) -> None:
    place = f"s3://{bucket}/hindi"
    expected = fill(open_storage(place, S3Options(endpoint_url=s3_endpoint)), tmp_path)
    code = RECIPES[name].replace("news/hindi", f"{bucket}/hindi")
    names: dict[str, Any] = {}
    exec(code.replace("127.0.0.1:9000", s3_endpoint.removeprefix("http://")), names)
    assert rows_of(names["articles"]) == expected


@pytest.mark.skipif(importlib.util.find_spec("pyspark") is None, reason="needs Spark")
def test_the_recipe_for_spark_reads_exactly_the_rows(tmp_path: Path) -> None:
    expected = fill(open_storage(str(tmp_path / "lake")), tmp_path / "spools")
    names: dict[str, Any] = {}
    exec(RECIPES["pyspark"].replace("s3a://news/hindi", str(tmp_path / "lake")), names)
    found = rows_of(names["articles"])
    assert [row[:3] for row in found] == [row[:3] for row in expected]
