"""Verifying columns of one row against each other: what cannot be true together.

Here belongs a check for each dataset whose columns depend on one another. Not here: what one column
may hold (`lake.verify.values`), nor what rows owe each other (`lake.verify.rows`).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any, Final, TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from lake import ids
from lake.schema import ARTICLES, FAMILIES, FETCHES, FINGERPRINTS, SOURCE_RUNS, Dataset

Bad: TypeAlias = tuple[str, "pa.Array[Any]"]
"""What is wrong with some rows, and which they are: their indices."""

_LANGUAGE: Final = "^[a-z]{2}$"

SLACK: Final = timedelta(days=1)
"""By how much the clocks of two machines that crawl into one lake may differ."""
LONGEST: Final = timedelta(days=30)
"""No run goes on for longer: a backfill of a whole archive takes days."""


def check_agreeing(dataset: Dataset, rows: pa.Table) -> list[Bad]:
    """What columns of one row say against each other.

    Args:
        dataset: What they are rows of.
        rows: Rows, with all columns of the stored schema; required ones without nulls.
    """
    return _AGREEING.get(dataset.name, _nothing)(rows)


def where(holds: Any, places: Any = None) -> Any:  # noqa: ANN401 - any Arrow array.
    """The rows for which something holds; null is no answer, and does not."""
    if isinstance(holds, pa.ChunkedArray):
        holds = holds.combine_chunks()
    bad: Any = pc.indices_nonzero(pc.fill_null(holds, False))
    return bad if places is None else places.take(bad)


def _together(rows: pa.Table, *names: str) -> Bad:
    """Columns that are null in the same rows."""
    nulls = [pc.is_null(rows.column(name)) for name in names]
    differ = pc.xor(nulls[0], nulls[1])
    for other in nulls[2:]:
        differ = pc.or_(differ, pc.xor(nulls[0], other))
    return f"one of {', '.join(names)} is null, and another is not", where(differ)


def _nothing(_: pa.Table) -> list[Bad]:
    return []


def _articles(rows: pa.Table) -> list[Bad]:
    dated = pc.is_valid(rows.column("published_at"))
    named = pc.or_(
        pc.is_valid(rows.column("date_source")), pc.is_valid(rows.column("published_precision"))
    )
    formed = pc.match_substring_regex(rows.column("language"), _LANGUAGE)
    return [
        _together(rows, "copy_of", "copy_kind", "jaccard", "containment"),
        _together(rows, "warc_file", "warc_offset"),
        ("date_source without published_at", where(pc.and_(named, pc.invert(dated)))),
        ("text is empty", where(pc.equal(rows.column("text"), pa.scalar("")))),
        ("language is no code of two letters", where(pc.invert(formed))),
        *_late(rows),
    ]


def _fetches(rows: pa.Table) -> list[Bad]:
    final, owed = rows.column("final"), pc.is_valid(rows.column("next_try_at"))
    early = pc.less(
        pc.add(rows.column("fetched_at"), pa.scalar(SLACK)), rows.column("first_listed_at")
    )
    return [
        ("fetched_at is before first_listed_at", where(early)),
        ("final, and to be tried again; or neither", where(pc.equal(final, owed))),
        _together(rows, "warc_file", "warc_offset"),
        *_late(rows),
    ]


def _late(rows: pa.Table) -> list[Bad]:
    """Rows of pages that came long after their run began.

    A page may have come before it: from a run that died and was gone on with, or from an archive.
    """
    runs: Any = rows.column("run_id").combine_chunks().dictionary_encode()
    ends = pa.array(
        [
            ids.run_time(r) + LONGEST if ids.is_run_id(r) else None
            for r in runs.dictionary.to_pylist()
        ],
        rows.schema.field("fetched_at").type,
    )
    late = pc.greater(rows.column("fetched_at").combine_chunks(), ends.take(runs.indices))
    return [(f"fetched_at is {LONGEST.days} days after the run began", where(late))]


def _source_runs(rows: pa.Table) -> list[Bad]:
    answered = pc.add(rows.column("feeds_not_modified"), rows.column("feeds_failed"))
    found = [
        (
            "more feeds failed or were not modified than were polled",
            where(pc.greater(answered, rows.column("feeds_polled"))),
        )
    ]
    for name in ("with_date", "with_author", "with_agency"):
        more = pc.greater(rows.column(name), rows.column("published"))
        found.append((f"{name} is more than published", where(more)))
    return found


def _families(rows: pa.Table) -> list[Bad]:
    same: Any = pc.equal(rows.column("article_id"), rows.column("first_id"))
    first: Any = pc.fill_null(same, False)
    role = rows.column("role")
    unknown = pc.is_null(rows.column("first_id"))
    return [
        _together(rows, "first_id", "first_source_id", "first_by"),
        ("role says first of another than first_id", where(
            pc.xor(first, pc.equal(role, pa.scalar("first"))))),
        ("role copy without a first, or undetermined with one", where(
            pc.if_else(unknown, pc.equal(role, pa.scalar("copy")),
                       pc.equal(role, pa.scalar("undetermined"))))),
        ("more sources than members", where(
            pc.greater(rows.column("sources"), rows.column("size")))),
    ]  # fmt: skip


def _fingerprints(rows: pa.Table) -> list[Bad]:
    dated = pc.coalesce(rows.column("published_at"), rows.column("fetched_at"))
    lengths = {
        name: pc.binary_length(rows.column(name))
        for name in ("terms", "term_counts", "slots", "slot_values")
    }
    doubled = pc.multiply(lengths["term_counts"], pa.scalar(2))
    found = [
        (
            "effective_at is neither published_at nor fetched_at",
            where(pc.not_equal(dated, rows.column("effective_at"))),
        ),
        ("not one of term_counts for each of terms", where(
            pc.not_equal(lengths["terms"], doubled))),
        ("not one of slot_values for each of slots", where(
            pc.not_equal(lengths["slots"], lengths["slot_values"]))),
    ]  # fmt: skip
    whole = rows.select(["minhash", "low"]).combine_chunks()
    if not any(column.null_count for column in whole.columns):
        packed: list[list[Any]] = [whole.column(n).to_pylist() for n in ("minhash", "low")]
        full, low = map(b"".join, packed)
        lowest = np.frombuffer(full, "<u4").astype(np.uint8)
        other = (lowest != np.frombuffer(low, np.uint8)).reshape(len(rows), -1).any(axis=1)
        found.append(("low is not the lowest bytes of minhash", pa.array(np.flatnonzero(other))))
    return found


_AGREEING: Final[dict[str, Callable[[pa.Table], list[Bad]]]] = {
    ARTICLES.name: _articles,
    FETCHES.name: _fetches,
    SOURCE_RUNS.name: _source_runs,
    FAMILIES.name: _families,
    FINGERPRINTS.name: _fingerprints,
}
