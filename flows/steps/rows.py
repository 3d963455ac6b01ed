"""Rows of the lake's datasets as a run holds them, and the batch that it publishes.

Here belongs their form alone. Not here: what stands in them (`flows.steps.settle`,
`flows.steps.feed_state`, `flows.steps.source_counts`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import pyarrow as pa

from lake import schema

Row = dict[str, Any]


@dataclass(slots=True)
class Batch:
    """What one run has to publish; copies are not labelled yet.

    Attributes:
        articles: Rows of `lake.schema.ARTICLES`.
        fetches: Rows of `lake.schema.FETCHES`: one for every URL taken up.
        source_runs: Rows of `lake.schema.SOURCE_RUNS`.
        state: Rows of `lake.schema.STATE`: every feed, polled in this run or not.
    """

    articles: list[Row] = field(default_factory=list)
    fetches: list[Row] = field(default_factory=list)
    source_runs: list[Row] = field(default_factory=list)
    state: list[Row] = field(default_factory=list)

    @property
    def outcomes(self) -> dict[str, int]:
        """Number of URLs by outcome; they add up to the URLs taken up."""
        return dict(Counter(str(row["outcome"]) for row in self.fetches))

    @property
    def empty(self) -> bool:
        """Whether the run has nothing to record."""
        return not (self.fetches or self.source_runs)


def parse_times(row: Mapping[str, Any], columns: Iterable[schema.Column]) -> Row:
    """Turns the ISO 8601 strings of a JSON record into datetimes, by the columns' types."""
    parsed = dict(row)
    for column in columns:
        value = parsed.get(column.name)
        if column.type == schema.TIME and isinstance(value, str):
            parsed[column.name] = datetime.fromisoformat(value)
    return parsed


def table(rows: Sequence[Row], dataset: schema.Dataset) -> pa.Table:
    """Rows to an Arrow table of the dataset's schema; columns that a row lacks are null."""
    return pa.Table.from_pylist(list(rows), schema=dataset.schema)
