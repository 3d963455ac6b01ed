"""The benchmark of the lake runs, and its two systems do the same work."""

from __future__ import annotations

import shutil
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from benchmarks.lake.making import BEGIN, of_run, runs
from benchmarks.lake.work import TASKS
from lake.ids import new_run_id
from lake.schema import ARTICLES, FETCHES, FINGERPRINTS, SOURCE_RUNS
from lake.storage import open_storage
from lake.tables import Lake


@pytest.fixture(scope="module")
def given(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tables of a run of 12 articles, and a day of 3 runs of 4."""
    folder = tmp_path_factory.mktemp("given")
    for name, table in of_run(new_run_id(BEGIN), 12).items():
        pq.write_table(table, folder / f"{name.replace('/', '-')}.parquet")
    runs(folder / "day", 1, 3, 4, (FETCHES, SOURCE_RUNS, FINGERPRINTS, ARTICLES))
    return folder


@pytest.mark.parametrize(
    ("task", "rows"), [("publish", 12), ("load_window", 12), ("compact", 12), ("query", 12)]
)
def test_both_systems_move_the_same_rows(task: str, rows: int, given: Path, tmp_path: Path) -> None:
    for system in ("taar", "pyarrow"):
        folder = tmp_path / system
        if task != "publish":
            shutil.copytree(given / "day", folder)
        assert TASKS[task, system](str(folder), given, None)() == rows


def test_what_is_measured_is_a_whole_lake(given: Path, tmp_path: Path) -> None:
    TASKS["publish", "taar"](str(tmp_path), given, None)()
    lake = Lake(open_storage(str(tmp_path)))
    assert lake.read(ARTICLES).num_rows == lake.read(FINGERPRINTS).num_rows == 12
