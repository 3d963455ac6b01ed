"""The index of known URLs as a run uses it: rows by id, and ids as numbers.

Not here: the index itself (`lake.reading.known`).
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from flows.steps.rows import Row
from lake import ids


def by_url(known: pa.Table, url_ids: Iterable[str]) -> dict[str, Row]:
    """The rows of `lake.schema.KNOWN` for the given ids, by id."""
    wanted = pa.array(sorted(set(url_ids)), pa.string())
    found = known.filter(pc.is_in(known["url_id"], value_set=wanted))
    return {row["url_id"]: row for row in found.to_pylist()}


def url_ids(known: pa.Table) -> list[str]:
    """The ids of the URLs in a table of `lake.schema.KNOWN`."""
    return [str(url_id) for url_id in known["url_id"].to_pylist()]


def dead_ids(known: pa.Table) -> list[str]:
    """The ids of known URLs that no article came of: no other page need stand back for them.

    Args:
        known: Rows of `lake.schema.KNOWN`.
    """
    without = known.filter(pc.is_null(known["article_id"])).select(["url_id", "url"])
    # Another address of an article names that one's URL in place of its own.
    return [
        str(row["url_id"])
        for row in without.to_pylist()
        if not row["url"] or ids.url_id(row["url"]) == row["url_id"]
    ]


def known_keys(url_ids: Iterable[str]) -> npt.NDArray[np.uint64]:
    """The ids of known URLs as a crawl process looks them up.

    Returns:
        Sorted uint64, distinct: the first 8 bytes of each id, big endian.
    """
    joined = bytes.fromhex("".join(url_id[:16] for url_id in url_ids))
    return np.unique(np.frombuffer(joined, dtype=">u8").astype(np.uint64))
