"""Verifying archived pages: WARC files are whole, and offsets lead to the right records.

Here belongs what rows and archived pages owe each other. Not here: the walk over the records of a
file (`lake.upkeep.warcs`).
"""

from __future__ import annotations

from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from typing import IO, Any, cast

import pyarrow as pa

from lake import keys
from lake.errors import ObjectMissingError
from lake.ids import crawl_date
from lake.reading.catalog import Catalog
from lake.remedies import remedy_for
from lake.storage import ObjectInfo, Storage
from lake.upkeep.warcs import Damaged, walk
from lake.verify.findings import Finding, offending

Wanted = dict[int, list[tuple[str, frozenset[str]]]]
"""By offset: the rows that name it, each with the URLs that its record may have."""


def check_pages(
    storage: Storage,
    catalog: Catalog,
    tables: dict[str, pa.Table],
    kept_since: str,
    removed: frozenset[str] = frozenset(),
) -> list[Finding]:
    """Every WARC file of a committed run is whole, and every row finds its record there.

    Args:
        storage: Of the lake.
        catalog: The lake.
        tables: Rows of articles and of fetches, by name of the dataset.
        kept_since: Pages of earlier crawl dates may be gone.
        removed: Crawl dates whose pages are no longer kept.
    """
    wanted: dict[str, Wanted] = defaultdict(lambda: defaultdict(list))
    for name, table in tables.items():
        columns = ["warc_file", "warc_offset", "url", "requested_url", "responded_url", "run_id"]
        for row in table.select(columns).to_pylist():
            if row["warc_file"] is not None:
                wanted[row["warc_file"]][_offset(row)].append((name, _urls(row)))
    found: list[Finding] = []
    stored = {info.key: info for info in storage.list(f"{keys.PAGES}/")}
    for key in sorted(wanted.keys() - stored.keys()):
        run_id = keys.pages_run(key)
        date = "" if run_id is None else crawl_date(run_id)
        if run_id is None or (date >= kept_since and date not in removed):
            rows = sum(len(named) for named in wanted[key].values())
            found.append(Finding("pages", key, "rows name it, and it is not there", rows))
    runs = {key: keys.pages_run(key) for key in stored}
    counted = [info for key, info in stored.items() if _counts(catalog, runs[key])]
    with ThreadPoolExecutor(storage.parallel) as pool:
        for more in pool.map(lambda i: _check(storage, i, wanted.get(i.key, {})), counted):
            found += more
    return found


def _counts(catalog: Catalog, run_id: str | None) -> bool:
    return run_id is not None and catalog.is_committed(run_id)


def _offset(row: dict[str, Any]) -> int:
    return -1 if row["warc_offset"] is None else int(row["warc_offset"])


def _urls(row: dict[str, Any]) -> frozenset[str]:
    named = (row[name] for name in ("url", "requested_url", "responded_url"))
    return frozenset(url for url in named if url is not None)


def _check(storage: Storage, info: ObjectInfo, wanted: Wanted) -> list[Finding]:
    left = dict(wanted)
    other: list[str] = []
    found: list[Finding] = []
    try:
        with storage.open_input(info.key, info.size) as source:
            for record in walk(cast("IO[bytes]", source)):
                if isinstance(record, Damaged):
                    broken = [o for o in left if record.start <= o < record.end]
                    rows = sum(len(left.pop(o)) for o in broken)
                    what = f"{record.what} ({rows} rows name it); {remedy_for(info.key)}"
                    found.append(Finding("pages", info.key, what))
                    continue
                offset, header = record.start, record.fields
                if not header:
                    found.append(Finding("pages", info.key, f"no WARC record at byte {offset}"))
                target = header.get("warc-target-uri", "").strip("<>")
                for name, urls in left.pop(offset, ()):
                    if header.get("warc-type") != "response" or target not in urls:
                        other.append(f"{name} at byte {offset}")
    except ObjectMissingError:
        return []  # Pages may be removed at any time.
    found += offending("pages", info.key, "the record is no response for the row's URL", other)
    lost = [f"{name} at byte {offset}" for offset, rows in left.items() for name, _ in rows]
    return found + offending("pages", info.key, "no record begins where rows say", lost)
