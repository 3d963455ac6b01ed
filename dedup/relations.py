"""Relations: candidate pairs, verified and named.

Here belong the kinds of relation and the exact rules that give a pair its kind, and the search of
a batch against a window. LSH only proposes; the label comes from the stored shingle hashes. Not
here: what a pair cannot tell by itself (`dedup.labels.roundups`), and who belongs together
(`dedup.families`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from itertools import islice
from typing import Any, Final

import numpy as np
import pyarrow as pa

from dedup.frequencies import Frequencies, start_frequencies
from dedup.labels.passages import in_order, longest_run
from dedup.labels.scores import Scores, score_pairs
from dedup.labels.series import compare_pairs, is_series
from dedup.prints.columns import HEAVY, LIGHT
from dedup.prints.sheet import I64, Sheet, cast_to_schema, one_of_each, read_sheet
from dedup.search import CANDIDATES, matches
from dedup.settings import DEFAULT, DedupSettings
from dedup.tables import conform
from lake.schema import RELATIONS


class Kind(StrEnum):
    """How two articles are related; the better comes first."""

    EXACT = "exact"
    NEAR = "near"
    PARTIAL = "partial"
    UPDATE = "update"
    ROUNDUP = "roundup"
    EXCERPT = "excerpt"
    SERIES = "series"


RANK: Final = {kind.value: rank for rank, kind in enumerate(Kind)}
COPY_KINDS: Final = frozenset({Kind.EXACT, Kind.NEAR, Kind.PARTIAL, Kind.UPDATE})
"""The kinds that make a family, and that ``copy_of`` may name."""

FETCHED_AT_ONCE: Final = 8192
"""Articles whose shingles are asked for, and held, at a time: about 50 MB."""

_PRINTS: Final = list(dict.fromkeys((*LIGHT, *HEAVY)))
_MICROSECOND: Final = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Evidence:
    """What the label of one pair goes by.

    Attributes:
        same_body: Whether the two bodies are the same sequence of folded tokens.
        same_url: Whether they are versions of one URL.
        apart: How far apart their ``effective_at`` are.
        jaccard: Of the 3-word shingles.
        containment: 5-word shingles shared / of the smaller.
        shared: 5-word shingles shared.
        running: Words of the longest passage in common, or a lower bound of it.
        series: Whether the numerals say that one template was filled anew.
    """

    same_body: bool
    same_url: bool
    apart: timedelta
    jaccard: float
    containment: float
    shared: int
    running: int
    series: bool


def label(evidence: Evidence, settings: DedupSettings = DEFAULT) -> Kind | None:
    """Names the relation of a pair from its scores; the best kind that fits wins.

    Args:
        evidence: The scores.
        settings: The thresholds.

    Returns:
        The kind, or None for a pair that is not related.
    """
    near = evidence.jaccard >= settings.near_jaccard
    partial = (
        evidence.containment >= settings.partial_containment
        and evidence.shared >= settings.partial_shared
    )
    excerpt = (
        evidence.containment >= settings.excerpt_containment
        and evidence.running >= settings.excerpt_words
    )
    if evidence.same_url:
        related = near or evidence.containment >= settings.update_containment
        if evidence.series and related and evidence.apart >= settings.series_gap:
            return Kind.SERIES
        return Kind.UPDATE if related or evidence.same_body else None
    if evidence.same_body:
        return Kind.EXACT
    if not (near or partial or excerpt):
        return None
    if evidence.series:
        return Kind.SERIES
    if near:
        return Kind.NEAR
    return Kind.PARTIAL if partial else Kind.EXCERPT


def find_relations(
    batch: pa.Table,
    window: pa.Table | Iterable[pa.Table],
    settings: DedupSettings = DEFAULT,
    frequencies: Frequencies | None = None,
) -> pa.Table:
    """Finds every relation between a batch and a window, and within the batch.

    Args:
        batch: Fingerprints of the new articles.
        window: Fingerprints to look among, a table or several in any order and of any size; each
            is read once. Rows outside ``settings.copy_window`` of the batch are skipped, and so are
            articles that are in the batch.
        settings: Thresholds.
        frequencies: Weights for the cosine; the start table if not given.

    Returns:
        `lake.schema.RELATIONS`, sorted, one row per pair. The later article of a pair, by
        ``(effective_at, fetched_at, article_id)``, comes first in it. The rows do not depend on
        what is in the batch and what in the window, as long as one of the two is in the batch.

    Raises:
        ValueError: If a table was made by another scheme.
    """
    weights = frequencies if frequencies is not None else start_frequencies()
    # Cast before the search, which hands slices back as it has got them.
    tables = [window] if isinstance(window, pa.Table) else window
    once = one_of_each([_whole(batch)])
    fresh = read_sheet(once)
    rows: dict[tuple[str, str], Row] = {}
    for match in matches(once, map(_whole, tables), settings):
        if match.part is once:
            part, theirs = fresh, match.theirs
        else:
            taken, theirs = np.unique(match.theirs, return_inverse=True)
            part = read_sheet(match.part.take(pa.array(taken, pa.int64())))
        found = judge(fresh, match.mine, part, theirs, settings, weights)
        rows.update((row.key, row) for row in found)
    return as_table(rows.values())


def _whole(fingerprints: pa.Table) -> pa.Table:
    """The columns of fingerprints by which candidates are found and verified."""
    return cast_to_schema(fingerprints, _PRINTS).select(_PRINTS)


def verify(
    batch: pa.Table,
    pairs: pa.Table,
    fetch: Callable[[list[str]], pa.Table],
    settings: DedupSettings = DEFAULT,
    frequencies: Frequencies | None = None,
) -> pa.Table:
    """The second of two steps: which candidates are related, from their shingles alone.

    Args:
        batch: Fingerprints of the new articles, all columns.
        pairs: Candidates, as `dedup.search.candidates` returns them.
        fetch: Given article_ids, returns their fingerprints (`dedup.prints.columns.HEAVY` and
            perhaps more columns, rows in any order). It is asked for `FETCHED_AT_ONCE` at a time,
            close ones in time together, in a thread of its own: for the next ones while the last
            ones are compared. What it does not return is related to nothing.
        settings: Thresholds.
        frequencies: Weights for the cosine; the start table if not given.

    Returns:
        As `find_relations` does from the same batch and the window that the pairs are from.

    Raises:
        ValueError: If a table was made by another scheme, or a pair is not of the batch.
    """
    weights = frequencies if frequencies is not None else start_frequencies()
    batch = one_of_each([batch])
    own = {str(name): row for row, name in enumerate(batch.column("article_id").to_pylist())}
    pairs = conform(pairs, CANDIDATES.names, CANDIDATES, "pairs")
    ordered = pairs.sort_by([("other_effective_at", "ascending"), ("other_id", "ascending")])
    names = ordered.column("article_id").to_pylist()
    others = [str(other) for other in ordered.column("other_id").to_pylist()]
    if strangers := [name for name in names if name not in own]:
        raise ValueError(f"candidates of articles that are not in the batch: {strangers[:3]}")
    by_other: dict[str, list[int]] = {}
    for name, other in zip(names, others, strict=True):
        by_other.setdefault(other, []).append(own[str(name)])
    outside = [other for other in by_other if other not in own]
    parts = iter(range(0, len(outside), FETCHED_AT_ONCE))
    rows: dict[tuple[str, str], Row] = {}

    def read(start: int) -> Sheet:
        return read_sheet(one_of_each([fetch(outside[start : start + FETCHED_AT_ONCE])]))

    def compare(part: Sheet) -> None:
        found = [(mine, row) for row, id_ in enumerate(part.ids) for mine in by_other.get(id_, ())]
        mine, theirs = np.array(found, dtype=np.int64).reshape(-1, 2).T
        verified = judge(fresh, mine, part, theirs, settings, weights)
        rows.update((row.key, row) for row in verified)

    with ThreadPoolExecutor(1) as pool:
        coming = [pool.submit(read, start) for start in islice(parts, 1)]
        fresh = read_sheet(batch)
        if any(other in own for other in by_other):
            compare(fresh)
        while coming:
            part = coming.pop().result()
            coming = [pool.submit(read, start) for start in islice(parts, 1)]
            compare(part)
    return as_table(rows.values())


@dataclass(frozen=True, slots=True)
class Row:
    """One row of `lake.schema.RELATIONS`."""

    article_id: str
    other_id: str
    kind: str
    jaccard: float
    containment: float
    cosine: float
    shared: int
    larger: str

    @property
    def key(self) -> tuple[str, str]:
        """The two article_ids, the later article's first."""
        return self.article_id, self.other_id


def judge(
    fresh: Sheet,
    mine: I64,
    part: Sheet,
    theirs: I64,
    settings: DedupSettings,
    weights: Frequencies,
    *,
    dated: bool = True,
) -> Iterator[Row]:
    """Scores pairs exactly, and names those that are related.

    Args:
        fresh: Fingerprints that `mine` points into.
        mine: int64, a row of it for each pair.
        part: Fingerprints that `theirs` points into; may be the same.
        theirs: int64, a row of it for each pair.
        settings: Thresholds; how far apart two articles are is not looked at.
        weights: Of the cosine.
        dated: Whether the times in the fingerprints are those of publication; where they are not,
            nothing is known of how far apart two articles are.

    Yields:
        A row for each related pair.
    """
    scores = score_pairs(fresh, mine, part, theirs, weights)
    same_body = (fresh.body_keys[mine] == part.body_keys[theirs]) & (fresh.token_counts[mine] > 0)
    likely = np.flatnonzero(
        same_body
        | (scores.jaccard >= settings.near_jaccard)
        | (scores.containment >= min(settings.excerpt_containment, settings.update_containment))
    )
    compared = compare_pairs(fresh, mine[likely], part, theirs[likely])
    for pair, numbers in zip(likely.tolist(), compared, strict=True):
        a, b = int(mine[pair]), int(theirs[pair])
        jaccard = float(scores.jaccard[pair])
        containment = float(scores.containment[pair])
        apart = abs(int(fresh.effective[a] - part.effective[b])) * _MICROSECOND
        near = jaccard >= settings.near_jaccard
        whole = near or containment >= settings.partial_containment
        kind = label(
            Evidence(
                same_body=bool(same_body[pair]),
                same_url=fresh.urls[a] == part.urls[b],
                apart=apart,
                jaccard=jaccard,
                containment=containment,
                shared=int(scores.shared[pair]),
                running=int(scores.running[pair]) if whole else _running(fresh, a, part, b),
                series=is_series(
                    numbers, jaccard, settings, apart=apart if dated else None, whole=whole
                ),
            ),
            settings,
        )
        if kind is not None:
            yield _row(fresh, a, part, b, kind, scores, pair)


def _running(fresh: Sheet, a: int, part: Sheet, b: int) -> int:
    """Words of the longest passage in common, exactly."""
    return longest_run(
        in_order(fresh.shingles3.row(a), fresh.order3.row(a)),
        in_order(part.shingles3.row(b), part.order3.row(b)),
    )


def _row(fresh: Sheet, a: int, part: Sheet, b: int, kind: Kind, scores: Scores, pair: int) -> Row:
    id_a, id_b = fresh.ids[a], part.ids[b]
    larger = max((int(fresh.token_counts[a]), id_a), (int(part.token_counts[b]), id_b))[1]
    later, earlier = (id_a, id_b) if fresh.later(a, part, b) else (id_b, id_a)
    return Row(
        later,
        earlier,
        kind.value,
        float(scores.jaccard[pair]),
        float(scores.containment[pair]),
        float(scores.cosine[pair]),
        int(scores.shared[pair]),
        larger,
    )


def as_table(rows: Iterable[Row]) -> pa.Table:
    """Rows of `lake.schema.RELATIONS`, sorted."""
    ordered = sorted(rows, key=lambda row: row.key)
    columns: dict[str, list[Any]] = {
        name: [getattr(row, name) for row in ordered] for name in RELATIONS.schema.names
    }
    return pa.table(columns, schema=RELATIONS.schema)
