"""A batch searched for in a window: slice by slice, several at a time.

Here belongs how a window of any length is streamed past a batch in bounded memory, and the first
of the two steps in which relations can be found: candidates from a few light columns. Not here:
what makes a candidate (`dedup.window`), and the second step, which reads the rest of the
candidates alone (`dedup.relations.verify`).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from dedup.compiled.compiling import cores
from dedup.index import Index
from dedup.prints.columns import LIGHT
from dedup.prints.marks import I64
from dedup.prints.sheet import cast_to_schema, checked, one_of_each, read_rows, within
from dedup.settings import DEFAULT, DedupSettings
from dedup.window import Pairs, index_batch
from dedup.window import candidates as propose
from lake.schema import FINGERPRINTS

CANDIDATES: Final = pa.schema(
    {
        "article_id": pa.string(),
        "other_id": pa.string(),
        "other_effective_at": FINGERPRINTS.schema.field("effective_at").type,
    }
)
"""Candidate pairs: an article of the batch, another of the window or the batch, and the time that
windows go by of the other."""

_PAIRS_HELD: Final = 1 << 20
"""Pairs of one slice that are held; what there are more of, is looked for when these are done."""
_MICROSECOND: Final = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Match:
    """Pairs of the batch and one slice of the window.

    Attributes:
        part: The slice, as handed in; the batch itself for pairs within it.
        mine: int64, rows of the batch.
        theirs: int64, rows of `part`.
    """

    part: pa.Table
    mine: I64
    theirs: I64


def matches(
    batch: pa.Table, window: pa.Table | Iterable[pa.Table], settings: DedupSettings = DEFAULT
) -> Iterator[Match]:
    """Finds the candidate pairs of a batch and a window, and within the batch.

    Args:
        batch: Fingerprints, at least the columns `dedup.prints.columns.LIGHT`; each article once.
        window: Likewise, a table or several in any order and of any size; each is read once, while
            those before it are still worked on.
        settings: Thresholds; ``slice_rows`` bounds the memory.

    Yields:
        Matches, in the order of the window, those within the batch first. A pair within the batch
        comes once; articles that are in the batch are not looked for in the window.

    Raises:
        ValueError: If a table was made by another scheme.
    """
    batch = cast_to_schema(batch, LIGHT)
    rows = read_rows(batch)
    index = index_batch(rows)
    if not batch.num_rows:
        return
    reach = settings.copy_window // _MICROSECOND
    start, end = int(rows.effective.min()) - reach, int(rows.effective.max()) + reach
    own = pa.array(batch.column("article_id").to_pylist(), pa.string())
    # A part of one chunk is read where it lies; to join chunks is to copy them.
    slices = (
        pa.Table.from_batches([part])
        for table in ([window] if isinstance(window, pa.Table) else window)
        for part in within(cast_to_schema(table, LIGHT), start, end).to_batches(settings.slice_rows)
        if part.num_rows
    )
    threads = cores()
    waiting: deque[Future[_Search]] = deque()
    with ThreadPoolExecutor(threads) as pool:
        try:
            waiting.append(pool.submit(_begin, index, batch, None, settings))
            while True:
                while len(waiting) <= threads and (part := next(slices, None)) is not None:
                    waiting.append(pool.submit(_begin, index, part, own, settings))
                if not waiting:
                    return
                search = waiting.popleft().result()
                yield from search.found
                if not search.done:
                    waiting.appendleft(pool.submit(search.advance))
        finally:
            for future in waiting:
                future.cancel()


def candidates(
    batch: pa.Table, window: pa.Table | Iterable[pa.Table], settings: DedupSettings = DEFAULT
) -> pa.Table:
    """The first of two steps: which articles a batch has to be compared with.

    Args:
        batch: Fingerprints, at least the columns `dedup.prints.columns.LIGHT`.
        window: Likewise.
        settings: Thresholds.

    Returns:
        Rows of `CANDIDATES`, each pair once. They hold every related pair and few others;
        `dedup.relations.verify` tells which.

    Raises:
        ValueError: If a table was made by another scheme.
    """
    batch = one_of_each([checked(batch, LIGHT).select(list(LIGHT))])
    found = [_named(batch, match) for match in matches(batch, window, settings)]
    return pa.concat_tables([CANDIDATES.empty_table(), *found]).combine_chunks()


def _named(batch: pa.Table, match: Match) -> pa.Table:
    """The pairs of a match by article_id."""
    mine, theirs = pa.array(match.mine, pa.int64()), pa.array(match.theirs, pa.int64())
    return pa.table(
        [
            batch.column("article_id").take(mine).cast(pa.string()),
            match.part.column("article_id").take(theirs).cast(pa.string()),
            match.part.column("effective_at").take(theirs),
        ],
        schema=CANDIDATES,
    )


class _Search:
    """The search of one slice, which may be interrupted.

    It is told which articles are in the batch, to leave them out; or nothing, if the slice is the
    batch itself.
    """

    def __init__(
        self, index: Index, part: pa.Table, own: pa.Array[Any] | None, settings: DedupSettings
    ) -> None:
        self._pairs = propose(index, read_rows(part), settings)
        self._part = part
        self._own = own
        self.found: list[Match] = []
        self.done = False

    def advance(self) -> _Search:
        """Looks on, until the slice is done or enough is found."""
        self.found = []
        held = 0
        for pairs in self._pairs:
            self.found.append(self._match(pairs))
            held += len(pairs.mine)
            if held >= _PAIRS_HELD:
                return self
        self.done = True
        return self

    def _match(self, pairs: Pairs) -> Match:
        if self._own is None:
            later = pairs.mine < pairs.theirs
            return Match(self._part, pairs.mine[later], pairs.theirs[later])
        ids = self._part.column("article_id").take(pa.array(pairs.theirs, pa.int64()))
        keep = pc.invert(pc.is_in(ids.cast(pa.string()), value_set=self._own)).to_numpy()
        return Match(self._part, pairs.mine[keep], pairs.theirs[keep])


def _begin(
    index: Index, part: pa.Table, own: pa.Array[Any] | None, settings: DedupSettings
) -> _Search:
    return _Search(index, part, own, settings).advance()
