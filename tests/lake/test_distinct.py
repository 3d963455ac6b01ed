from __future__ import annotations

from pathlib import Path

import pyarrow as pa

from lake.reading.distinct import leave_out
from lake.runs.spool import Spool
from lake.schema import ARTICLES
from lake.tables import Lake
from tests.lake.making import HOUR, NOW, article, seal


def test_rows_are_left_out_by_run_and_id() -> None:
    rows = pa.table({"article_id": ["a", "b", "a"], "run_id": ["1", "1", "2"]})
    left = leave_out(rows, {"2": frozenset({"a", "b"}), "3": frozenset({"a"})})
    assert left.to_pylist() == rows.slice(0, 2).to_pylist()
    assert leave_out(rows, {}).equals(rows)


def test_ids_that_are_no_hexadecimal_are_told_apart_too(lake: Lake, spools: Path) -> None:
    for hours, names in enumerate((["ab", "मेरा लेख", "0123456789abcdef"], ["ab", "ba"])):
        spool = Spool.create(spools, lake.new_run_id(NOW + hours * HOUR))
        seal(lake, spool, [article(n, spool.run_id, article_id=n) for n in names])
        lake.publish(spool)
    found = lake.read(ARTICLES, ["article_id"]).column("article_id").to_pylist()
    assert sorted(map(str, found)) == ["0123456789abcdef", "ab", "ba", "मेरा लेख"]
