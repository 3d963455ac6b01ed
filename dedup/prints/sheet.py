"""Fingerprints as NumPy columns.

Here belongs the one way from an Arrow table of fingerprints to the arrays that the engine works
on, and the arithmetic of ragged columns. Not here: what is compared, and how it is judged.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final, cast

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from dedup.compiled import scoring
from dedup.compiled.naming import hash_strings
from dedup.index import Rows
from dedup.prints.columns import HEAVY, LIGHT
from dedup.prints.hashing import U32, U64
from dedup.prints.marks import BANDS
from dedup.scheme import check_scheme
from dedup.tables import conform, require_table
from lake.schema import FINGERPRINTS

I64 = npt.NDArray[np.int64]
_SCHEMA: Final = FINGERPRINTS.schema


@dataclass(frozen=True, slots=True)
class Ragged:
    """A list column: row i is ``values[offsets[i]:offsets[i + 1]]``.

    Attributes:
        values: uint32, the rows one after another.
        offsets: int64, one more than rows.
    """

    values: U32
    offsets: I64

    def row(self, index: int) -> U32:
        """One row, as a view."""
        return self.values[self.offsets[index] : self.offsets[index + 1]]

    @property
    def lengths(self) -> I64:
        """int64, the length of each row."""
        return np.diff(self.offsets)

    @property
    def owners(self) -> I64:
        """int64, the row that each value belongs to."""
        return np.repeat(np.arange(len(self.offsets) - 1, dtype=np.int64), self.lengths)

    def take(self, rows: I64) -> Ragged:
        """The given rows, one after another."""
        offsets = np.zeros(len(rows) + 1, dtype=np.int64)
        np.cumsum(self.lengths[rows], out=offsets[1:])
        values = np.empty(offsets[-1], dtype=np.uint32)
        scoring.gather(self.values, self.offsets, rows, values)
        return Ragged(values, offsets)


@dataclass(frozen=True, slots=True)
class Sheet:
    """Fingerprints of n articles.

    Attributes:
        ids: n article_ids.
        urls: n url_ids.
        effective: int64, microseconds since 1970 UTC; windows go by it.
        fetched: int64, microseconds since 1970 UTC.
        token_counts: int64.
        body_keys: uint64.
        shingles3: 3-word shingles.
        shingles5: 5-word shingles.
        order3: The place in `shingles3` of each 3-word shingle, in the order of the text.
        terms: Content words.
        term_counts: How often each occurs.
        numbers: Numerals.
        slots: Words around numerals.
        slot_values: Numerals in them.
    """

    ids: list[str]
    urls: list[str]
    effective: I64
    fetched: I64
    token_counts: I64
    body_keys: U64
    shingles3: Ragged
    shingles5: Ragged
    order3: Ragged
    terms: Ragged
    term_counts: Ragged
    numbers: Ragged
    slots: Ragged
    slot_values: Ragged

    def __len__(self) -> int:
        return len(self.ids)

    def later(self, mine: int, other: Sheet, theirs: int) -> bool:
        """Whether article `mine` came later than article `theirs` of another sheet."""
        return (int(self.effective[mine]), int(self.fetched[mine]), self.ids[mine]) > (
            int(other.effective[theirs]),
            int(other.fetched[theirs]),
            other.ids[theirs],
        )


def read_sheet(fingerprints: pa.Table) -> Sheet:
    """Turns a fingerprint table into arrays.

    Args:
        fingerprints: The columns `dedup.prints.columns.HEAVY`, in any order, and perhaps more.

    Raises:
        ValueError: If it was made by another scheme.
    """
    table = checked(fingerprints, HEAVY).combine_chunks()
    lists = {
        name: _ragged(table.column(name))
        for name in ("shingles3", "shingles5", "terms", "numbers", "slots")
    }
    return Sheet(
        ids=[str(i) for i in table.column("article_id").to_pylist()],
        urls=[str(i) for i in table.column("url_id").to_pylist()],
        effective=_micros(table.column("effective_at")),
        fetched=_micros(table.column("fetched_at")),
        token_counts=table.column("token_count").to_numpy().astype(np.int64),
        body_keys=table.column("body_key").to_numpy().astype(np.uint64),
        order3=_ragged(table.column("order3"), "<u2"),
        term_counts=_ragged(table.column("term_counts"), "<u2"),
        slot_values=_ragged(table.column("slot_values")),
        **lists,
    )


def read_terms(fingerprints: pa.Table) -> tuple[I64, Ragged]:
    """The number of tokens (int64) and the content words of each row.

    Args:
        fingerprints: The columns ``scheme``, ``token_count`` and ``terms``, and perhaps more.

    Raises:
        ValueError: If it was made by another scheme.
    """
    fingerprints = checked(fingerprints, ("scheme", "token_count", "terms"))
    tokens = fingerprints.column("token_count").to_numpy().astype(np.int64)
    return tokens, _ragged(fingerprints.column("terms"))


def read_rows(fingerprints: pa.Table) -> Rows:
    """Turns the columns `dedup.prints.columns.LIGHT` of a fingerprint table into arrays.

    Args:
        fingerprints: These columns, in any order, and perhaps more.

    Raises:
        ValueError: If it was made by another scheme.
    """
    table = checked(fingerprints, LIGHT).select(list(LIGHT)).combine_chunks()
    sketches = _ragged(table.column("sketch"))
    return Rows(
        effective=_micros(table.column("effective_at")),
        tokens=table.column("token_count").to_numpy().astype(np.int64),
        bodies=table.column("body_key").to_numpy().astype(np.uint64, copy=False),
        urls=_hashed(table.column("url_id")),
        bands=_bands(table.column("low")),
        sketches=sketches.values,
        offsets=sketches.offsets,
    )


def checked(fingerprints: pa.Table, names: Iterable[str]) -> pa.Table:
    """A fingerprint table whose columns can be read as they lie.

    Args:
        fingerprints: The columns `names`, and perhaps more.
        names: Columns of `lake.schema.FINGERPRINTS`, ``scheme`` among them.

    Raises:
        TypeError: If it is no table.
        ValueError: If it was made by another scheme, or a column is missing, has nulls, or is of a
            type that does not mean the same.
    """
    check_scheme(fingerprints)
    return cast_to_schema(fingerprints, names)


def cast_to_schema(fingerprints: pa.Table, names: Iterable[str]) -> pa.Table:
    """As `checked`, of fingerprints whose scheme is checked elsewhere."""
    return conform(fingerprints, names, _SCHEMA, "fingerprints")


def within(fingerprints: pa.Table, start: int, end: int) -> pa.Table:
    """The rows with ``effective_at`` between two times, both included (microseconds since 1970)."""
    effective = pc.cast(fingerprints.column("effective_at"), pa.int64())
    ends: Any = pc.min_max(effective).as_py()
    if not len(effective) or (ends["min"] >= start and ends["max"] <= end):
        return fingerprints  # As it is: a filter would copy it.
    inside = pc.and_(
        pc.greater_equal(effective, pa.scalar(start, pa.int64())),
        pc.less_equal(effective, pa.scalar(end, pa.int64())),
    )
    return fingerprints.filter(inside)


def one_of_each(tables: Iterable[pa.Table]) -> pa.Table:
    """Joins fingerprint tables and keeps the first row of each article_id."""
    parts = list(tables)
    for part in parts:
        require_table(part, "fingerprints")
        if "article_id" not in part.column_names:
            raise ValueError("fingerprints lack the columns article_id")
    table = pa.concat_tables(parts).combine_chunks()
    column = table.column("article_id")
    if len(column.unique()) == len(column):
        return table
    ids = column.to_pylist()
    first = {article_id: row for row, article_id in reversed(list(enumerate(ids)))}
    return table.take(pa.array(sorted(first.values()), pa.int64()))


def _flat(column: pa.ChunkedArray[Any]) -> pa.Array[Any]:
    """The only chunk of a combined column; the stubs do not know that it is an array."""
    flat = column.chunk(0) if column.num_chunks else pa.array([], column.type)
    return cast("pa.Array[Any]", flat)


def _bands(column: pa.ChunkedArray[Any]) -> U32:
    low: Any = _flat(column)
    keys = np.frombuffer(low.buffers()[1] or b"", dtype="<u4").reshape(-1, BANDS)
    return keys[low.offset : low.offset + len(low)].astype(np.uint32, copy=False)


def _hashed(column: pa.ChunkedArray[Any]) -> U64:
    """Hashes strings, for comparing them in memory."""
    array: Any = pc.cast(_flat(column), pa.string())
    hashes = np.empty(len(array), dtype=np.uint64)
    if len(array):
        _, places, content = array.buffers()
        offsets = np.frombuffer(places, dtype=np.int32)
        part = offsets[array.offset : array.offset + len(array) + 1].astype(np.int64)
        hash_strings(np.frombuffer(content or b"", dtype=np.uint8), part, hashes)
    return hashes


def _micros(column: pa.ChunkedArray[Any]) -> I64:
    return np.asarray(pc.cast(column, pa.int64()).to_numpy(), dtype=np.int64)


def _ragged(column: pa.ChunkedArray[Any], width: str = "<u4") -> Ragged:
    """A column of `lake.schema.PACKED` numbers of the given kind, however many chunks it has."""
    parts = [_unpacked(chunk, width) for chunk in column.chunks]
    if len(parts) == 1:
        return parts[0]
    lengths = [part.lengths for part in parts]
    offsets = np.zeros(len(column) + 1, dtype=np.int64)
    np.cumsum(np.concatenate(lengths or [offsets[:0]]), out=offsets[1:])
    values = [part.values for part in parts]
    return Ragged(np.concatenate(values or [np.empty(0, dtype=np.uint32)]), offsets)


def _unpacked(packed: Any, width: str) -> Ragged:  # noqa: ANN401 - the stubs know no buffers.
    kind = np.dtype(width)
    if not len(packed):
        return Ragged(np.empty(0, dtype=np.uint32), np.zeros(1, dtype=np.int64))
    _, places, content = packed.buffers()
    ends = np.frombuffer(places, dtype=np.int32)[packed.offset : packed.offset + len(packed) + 1]
    data = np.frombuffer(content or b"", dtype=np.uint8)[ends[0] : ends[-1]]
    offsets, rest = np.divmod(ends.astype(np.int64) - ends[0], kind.itemsize)
    if rest.any():
        raise ValueError(f"packed numbers of other than {kind.itemsize} bytes")
    return Ragged(data.view(kind).astype(np.uint32, copy=False), offsets)
