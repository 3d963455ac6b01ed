"""What is told of a crawl process that did not end well."""

from __future__ import annotations

from pathlib import Path

import pytest

from flows.steps.supervise import _exit
from lake.errors import StorageError

FULL = StorageError("the disk is full", where="/spool", remedy="free some space")


@pytest.mark.parametrize(
    ("log", "returncode", "told"),
    [
        ("", 1, "crawl process 0 ended with exit code 1"),
        ("", -9, "crawl process 0 was ended by signal 9"),
        ("noise\nValueError: 7\n", 1, "crawl process 0 ended with exit code 1: ValueError: 7"),
        (
            f"noise\n{FULL}\n",
            1,
            "crawl process 0 ended with exit code 1: the disk is full; where:  /spool; "
            "remedy: free some space",
        ),
    ],
)
def test_a_crawl_process_says_what_ended_it(
    tmp_path: Path, log: str, returncode: int, told: str
) -> None:
    file = tmp_path / "shard.log"
    file.write_text(log, encoding="utf-8")
    assert _exit(0, returncode, file).complaint == told


def test_one_that_ended_well_says_nothing(tmp_path: Path) -> None:
    file = tmp_path / "shard.log"
    file.write_text("a line", encoding="utf-8")
    assert _exit(0, 0, file).complaint is None
