"""Compiled comparison of sorted rows: what two texts share.

Here belong merges of two sorted, distinct rows, for many pairs of rows at once, and what comes
before them: rows taken, hashes looked up. Not here: what the numbers mean (`dedup.labels.scores`).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from dedup.compiled.compiling import compiled, int64
from dedup.compiled.postings import shift_of
from dedup.prints.hashing import U32
from dedup.prints.marks import I64

F64 = npt.NDArray[np.float64]


@compiled
def _distinct(values: U32, size: int) -> int:
    """Counts the distinct of the first `size` values, which it sorts (Shell's sort)."""
    gap = size // 2
    while gap > 0:
        for i in range(gap, size):
            value = values[i]
            j = i
            while j >= gap and values[j - gap] > value:
                values[j] = values[j - gap]
                j -= gap
            values[j] = value
        gap //= 2
    count = min(size, 1)
    for i in range(1, size):
        count += values[i] != values[i - 1]
    return count


@compiled
def _run(slots: U32, start: int, end: int) -> int:
    """Where the run of equal slots that begins at `start` ends."""
    stop = start + 1
    while stop < end and slots[stop] == slots[start]:
        stop += 1
    return stop


@compiled
def slots(
    a: U32,
    a_values: U32,
    a_offsets: I64,
    mine: I64,
    b: U32,
    b_values: U32,
    b_offsets: I64,
    theirs: I64,
    scratch: U32,
    conflicts: I64,
    agreements: I64,
) -> None:
    """Compares what stands in the same places of two texts: `dedup.labels.series.compare_numerals`.

    Args:
        a: uint32, places, rows one after another, each sorted; a place with several values comes
            several times.
        a_values: uint32, the value in each of them, rising within a place.
        a_offsets: int64, where each row begins and ends.
        mine: int64, a row of `a` for each pair.
        b: As `a`; may be the same.
        b_values: As `a_values`.
        b_offsets: As `a_offsets`.
        theirs: int64, a row of `b` for each pair.
        scratch: uint32, 3 x the longest row.
        conflicts: int64, where the numbers of distinct values that changed go.
        agreements: int64, where the numbers of distinct values that stayed go.
    """
    for pair in range(len(mine)):
        i, i_end = a_offsets[mine[pair]], a_offsets[mine[pair] + 1]
        j, j_end = b_offsets[theirs[pair]], b_offsets[theirs[pair] + 1]
        same, changed_a, changed_b = 0, 0, 0
        while i < i_end and j < j_end:
            if a[i] != b[j]:
                i, j = i + (a[i] < b[j]), j + (b[j] < a[i])
                continue
            i_stop, j_stop = _run(a, i, i_end), _run(b, j, j_end)
            before, k, m = same, i, j
            while k < i_stop and m < j_stop:
                one, other = a_values[k], b_values[m]
                if one == other:
                    scratch[0, same] = one
                    same += 1
                k += one <= other
                m += other <= one
            if same == before:
                for k in range(i, i_stop):
                    scratch[1, changed_a] = a_values[k]
                    changed_a += 1
                for m in range(j, j_stop):
                    scratch[2, changed_b] = b_values[m]
                    changed_b += 1
            i, j = i_stop, j_stop
        agreements[pair] = _distinct(scratch[0], same)
        conflicts[pair] = min(_distinct(scratch[1], changed_a), _distinct(scratch[2], changed_b))


@compiled
def shared(
    a: U32, a_offsets: I64, mine: I64, b: U32, b_offsets: I64, theirs: I64, out: I64
) -> None:
    """Counts the values that the rows of each pair share.

    Args:
        a: uint32, rows one after another, each sorted and distinct.
        a_offsets: int64, where each begins and ends.
        mine: int64, a row of `a` for each pair.
        b: As `a`; may be the same.
        b_offsets: As `a_offsets`.
        theirs: int64, a row of `b` for each pair.
        out: int64, where the counts go.
    """
    for pair in range(len(mine)):
        i, i_end = a_offsets[mine[pair]], a_offsets[mine[pair] + 1]
        j, j_end = b_offsets[theirs[pair]], b_offsets[theirs[pair] + 1]
        count = 0
        while i < i_end and j < j_end:
            one, other = a[i], b[j]
            count += one == other
            i += one <= other
            j += other <= one
        out[pair] = count


@compiled
def gather(values: U32, offsets: I64, rows: I64, out: U32) -> None:
    """Copies rows one after another.

    Args:
        values: uint32, rows one after another.
        offsets: int64, where each begins and ends.
        rows: int64, which to copy.
        out: uint32, where they go, as long as all of them.
    """
    place = 0
    for row in rows:
        for at in range(offsets[row], offsets[row + 1]):
            out[place] = values[at]
            place += 1


@compiled
def look_up(keys: U32, table: U32, heads: I64, values: F64, otherwise: float, out: F64) -> None:
    """Looks up hashes: those of good hash functions are spread evenly, so none takes long.

    Args:
        keys: uint32, what to look for.
        table: uint32, sorted and distinct.
        heads: int64, one more than a power of 2: where in `table` the hashes begin that have 0,
            1, 2 ... in their upper bits.
        values: float64, one for each of `table`.
        otherwise: The value of a hash that is not there.
        out: float64, where the values go.
    """
    shift = shift_of(len(heads) - 1)
    for i in range(len(keys)):
        key = keys[i]
        bucket = int64(key >> shift)
        found = otherwise
        for at in range(heads[bucket], heads[bucket + 1]):
            if table[at] == key:
                found = values[at]
        out[i] = found


@compiled
def dots(
    a: U32,
    a_weights: F64,
    a_offsets: I64,
    mine: I64,
    b: U32,
    b_weights: F64,
    b_offsets: I64,
    theirs: I64,
    out: F64,
) -> None:
    """Multiplies weighted rows: the sum, over shared values, of the products of their weights.

    The sum goes by rising values, so that it does not depend on which of the two comes first.

    Args:
        a: uint32, rows one after another, each sorted and distinct.
        a_weights: float64, one for each value.
        a_offsets: int64, where each row begins and ends.
        mine: int64, a row of `a` for each pair.
        b: As `a`; may be the same.
        b_weights: As `a_weights`.
        b_offsets: As `a_offsets`.
        theirs: int64, a row of `b` for each pair.
        out: float64, where the sums go.
    """
    for pair in range(len(mine)):
        i, i_end = a_offsets[mine[pair]], a_offsets[mine[pair] + 1]
        j, j_end = b_offsets[theirs[pair]], b_offsets[theirs[pair] + 1]
        total = 0.0
        while i < i_end and j < j_end:
            one, other = a[i], b[j]
            if one == other:
                total += a_weights[i] * b_weights[j]
            i += one <= other
            j += other <= one
        out[pair] = total
