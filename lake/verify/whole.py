"""Verifying what is kept whole and is not derived by `link`: states, orders, and the index.

Here belongs what these owe the rest of the lake. Not here: relations, families and threads
(`lake.verify.rows`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import pyarrow as pa
import pyarrow.compute as pc

from lake import keys
from lake.errors import LakeFormatError, ObjectMissingError
from lake.orders import order_at
from lake.reading.catalog import Catalog
from lake.schema import STATE
from lake.storage import ObjectInfo, Storage
from lake.verify.findings import Finding, offending
from lake.verify.rows import Articles


def check_state(
    catalog: Catalog,
    read: Callable[[ObjectInfo], pa.Table | None],
    *,
    complete: bool,
) -> list[Finding]:
    """Committed states: all readable, and the newest has each feed once.

    Until `maintain` removes the older ones, they stand in for a newest one that is damaged.

    Args:
        catalog: The lake.
        read: Gives the rows of a state object; None if it is damaged, which has been told.
        complete: Whether no rows were removed, so that the commits that it names must be there.
    """
    states = catalog.flat(STATE)
    committed = [run for run in states if catalog.is_committed(run)]
    if not committed:
        if catalog.newest() is None:
            return []
        return [Finding("state", "state/", "runs are committed, and none has left a state")]
    for run_id in committed[:-1]:
        read(states[run_id])
    info = states[committed[-1]]
    rows = read(info)
    if rows is None:
        return []
    try:
        named = catalog.commits_in(info) if complete else []
    except LakeFormatError as error:
        return [Finding("readable", info.key, f"{error.what}; {error.remedy}")]
    dead = [run for run in named if not catalog.is_committed(run)]
    feeds = Counter(zip(*(rows[n].to_pylist() for n in ("source_id", "feed_url")), strict=True))
    twice = [feed for feed, count in feeds.items() if count > 1]
    return [
        *offending("state", info.key, "it names commits that are not there", dead),
        *offending("state", info.key, "a feed comes twice", twice),
    ]


def check_orders(storage: Storage) -> list[Finding]:
    """Orders for single sources: all readable, or the next run would fail."""
    found = []
    for info in storage.list(f"{keys.ORDERS}/"):
        try:
            order_at(storage, info.key)
        except ObjectMissingError:
            continue  # Taken back this very moment.
        except LakeFormatError as error:
            found.append(Finding("readable", info.key, f"{error.what}; {error.remedy}"))
    return found


def check_known(index: pa.Table, articles: Articles, *, complete: bool) -> list[Finding]:
    """The index of known URLs: each URL once, with an article that exists.

    Args:
        index: Rows of `lake.schema.KNOWN`.
        articles: What the lake holds.
        complete: Whether no rows were removed, so that the articles that it names must be there.
    """
    names = index.column("url_id")
    found = []
    if len(pc.unique(names)) != len(names):
        found.append(Finding("known", "known/", "a URL comes twice"))
    if complete:
        named = {name for name in index.column("article_id").to_pylist() if name is not None}
        lost = named - articles.rows.keys() - articles.gone
        found += offending("known", "known/", "articles that do not exist", lost)
    return found
