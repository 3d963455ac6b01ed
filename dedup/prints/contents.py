"""What is in the texts of related articles, by article_id.

Here belongs the way from a pair of ids to their shingles, for what only several texts together
can tell (`dedup.labels.roundups`, `dedup.labels.templates`). Not here: what is made of it.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from dedup.labels.passages import in_order
from dedup.prints.hashing import U32
from dedup.prints.sheet import cast_to_schema

COLUMNS: Final = ("article_id", "effective_at", "shingles3", "order3")
"""Columns of `lake.schema.FINGERPRINTS` that are read."""
_NONE: Final[U32] = np.empty(0, dtype=np.uint32)
_DAY: Final = 86_400_000_000
_MIDNIGHTS: Final = (0, _DAY - 19_800_000_000)
"""Microseconds of the day, UTC, at which a date without a time is put: midnight in UTC and in
India."""


class Contents:
    """Shingles and dates of articles; what is not known of an article counts as empty."""

    def __init__(self, fingerprints: pa.Table | None) -> None:
        self._rows: dict[str, int] = {}
        if fingerprints is None:
            return
        table = cast_to_schema(fingerprints, COLUMNS)
        table = table.select(list(COLUMNS)).combine_chunks()
        self._rows = {str(name): row for row, name in enumerate(table.column(0).to_pylist())}
        self._times = pc.cast(table.column("effective_at"), pa.int64()).to_numpy()
        self._packed = {name: table.column(name) for name in COLUMNS[2:]}

    def __contains__(self, article_id: str) -> bool:
        return article_id in self._rows

    def time(self, article_id: str) -> int:
        """``effective_at`` in microseconds since 1970 UTC.

        Raises:
            KeyError: If the article is not known.
        """
        return int(self._times[self._rows[article_id]])

    def is_day_only(self, article_id: str) -> bool:
        """Whether no more than the day of publication seems to be known."""
        return article_id in self._rows and self.time(article_id) % _DAY in _MIDNIGHTS

    def threes(self, article_id: str) -> U32:
        """The 3-word shingles of an article, sorted and distinct."""
        return self._numbers("shingles3", article_id, "<u4")

    def in_order(self, article_id: str) -> U32:
        """The 3-word shingles of an article, in the order of its text."""
        return in_order(self.threes(article_id), self._numbers("order3", article_id, "<u2"))

    def _numbers(self, name: str, article_id: str, kind: str) -> U32:
        row = self._rows.get(article_id)
        if row is None:
            return _NONE
        packed: Any = self._packed[name][row]
        return np.frombuffer(packed.as_buffer(), dtype=kind).astype(np.uint32, copy=False)


def common(*sets: U32) -> U32:
    """The values that are in all of some sorted, distinct arrays."""
    shared = sets[0]
    for other in sets[1:]:
        shared = np.intersect1d(shared, other, assume_unique=True)
    return shared
