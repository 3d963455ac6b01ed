"""The table of features names tests that exist."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_the_table_of_features_names_tests_that_exist() -> None:
    text = (ROOT / "docs" / "crawler.md").read_text(encoding="utf-8")
    rows = [line for line in text.splitlines() if line.startswith("| ") and "`" in line]
    assert len(rows) > 25
    for row in rows:
        file = ""
        named = re.findall(r"`([\w/]*\.py)?(?:::(\w+))?`", row.rpartition(" | ")[2])
        assert named, row
        for path, test in named:
            file = path or file
            source = (ROOT / "tests" / file).read_text(encoding="utf-8")
            assert not test or f"def {test}(" in source, f"{file}::{test}"
