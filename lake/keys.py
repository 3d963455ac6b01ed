"""Object keys: the only place that builds or reads one.

Here belongs where each dataset lies under the lake's root. Not here: what is in the objects
(`lake.schema`, `lake.parquet`) and which of them count (`lake.reading.catalog`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from lake.ids import crawl_date, is_run_id
from lake.runs.naming import PAGES, pages_key
from lake.schema import (
    ARTICLES,
    FAMILIES,
    FETCHES,
    FINGERPRINTS,
    RELATIONS,
    SOURCE_RUNS,
    THREADS,
    Dataset,
)

__all__ = [
    "BY_RUN",
    "DERIVED",
    "LOCK",
    "PAGES",
    "Place",
    "day_key",
    "flat_generation",
    "flat_key",
    "folder",
    "pages_key",
    "pages_run",
    "place",
    "run_key",
]

BY_RUN: Final[tuple[Dataset, ...]] = (FETCHES, SOURCE_RUNS, FINGERPRINTS, ARTICLES)
"""Datasets that a run publishes, in the order of publication: articles is the commit."""

DERIVED: Final[tuple[Dataset, ...]] = (RELATIONS, FAMILIES, THREADS)
"""Datasets that `link` derives, each as one object: the newest counts."""

ORDERS: Final = "orders"
"""Folder of what the operator has ordered for single sources."""

FREQUENCIES: Final = "frequencies"
"""Folder of tables of document frequencies that `maintain` has proposed."""

LOCK: Final = ".lock"
"""The writer's lock."""

_BY_RUN_KEY: Final = re.compile(
    r"(?P<folder>.+)/crawl_date=(?P<date>\d{4}-\d\d-\d\d)/(?P<name>[^/]+)\.parquet"
)
_PAGES_KEY: Final = re.compile(
    rf"{PAGES}/crawl_date=(?P<date>\d{{4}}-\d\d-\d\d)/(?P<run>.+)-(?P<number>\d\d+)\.warc\.gz"
)
_DAY: Final = "day-"


@dataclass(frozen=True, slots=True)
class Place:
    """What the key of a dataset's object says.

    Attributes:
        date: The crawl date, ``YYYY-MM-DD``.
        run_id: The run, for an object of one run.
        generation: Sorts by time, for a day file, which holds several runs.
    """

    date: str
    run_id: str | None = None
    generation: str | None = None


def folder(dataset: Dataset) -> str:
    """The prefix of all keys of a dataset."""
    return f"{dataset.name}/"


def run_key(dataset: Dataset, run_id: str) -> str:
    """The key of what one run publishes in one dataset."""
    return f"{dataset.name}/crawl_date={crawl_date(run_id)}/{run_id}.parquet"


def day_key(dataset: Dataset, date: str, generation: str) -> str:
    """The key of a day file: the merged runs of one crawl date."""
    return f"{dataset.name}/crawl_date={date}/{_DAY}{generation}.parquet"


def flat_key(dataset: Dataset, generation: str) -> str:
    """The key of a whole dataset as of one run or generation: state, known, derived datasets."""
    return f"{dataset.name}/{generation}.parquet"


def place(dataset: Dataset, key: str) -> Place | None:
    """Reads a key of a dataset that runs publish; None if it is none of ours."""
    match = _BY_RUN_KEY.fullmatch(key)
    if match is None or match["folder"] != dataset.name:
        return None
    name = match["name"]
    if name.startswith(_DAY) and is_run_id(name.removeprefix(_DAY)):
        return Place(match["date"], generation=name.removeprefix(_DAY))
    return Place(match["date"], run_id=name) if is_run_id(name) else None


def flat_generation(dataset: Dataset, key: str) -> str | None:
    """The run or generation in a `flat_key`; None if it is none of ours."""
    name = key.removeprefix(folder(dataset)).removesuffix(".parquet")
    return name if is_run_id(name) and key == flat_key(dataset, name) else None


def order_key(source_id: str) -> str:
    """The key of the orders for one source."""
    return f"{ORDERS}/{source_id}.json"


def frequencies_key(version: str) -> str:
    """The key of a table of document frequencies."""
    return f"{FREQUENCIES}/{version}.npz"


def frequencies_version(key: str) -> str | None:
    """The version in a `frequencies_key`; None if it is none of ours."""
    name = key.removeprefix(f"{FREQUENCIES}/").removesuffix(".npz")
    return name if key == frequencies_key(name) and "/" not in name else None


def pages_run(key: str) -> str | None:
    """The run in a `pages_key`; None if it is none of ours."""
    match = _PAGES_KEY.fullmatch(key)
    return match["run"] if match is not None and is_run_id(match["run"]) else None
