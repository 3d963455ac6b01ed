"""Rows that two runs at once have both published: which of them to leave out.

Here belongs the search for the same article_id in two objects. The row of the older run stays.
Nearly always there is nothing to leave out, so the search looks at the first 64 bits of each id
and reads rows only where those agree.
"""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from hashlib import blake2b
from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from lake import parquet
from lake.reading.catalog import Catalog, Piece
from lake.schema import Dataset
from lake.storage import ObjectInfo, Storage

Keys = npt.NDArray[np.uint64]

Surplus = Mapping[str, frozenset[str]]
"""Rows to leave out: run id to article_ids."""

_NAMES: Final = ["article_id", "run_id"]
_HEX: Final = 16
"""Hex characters in 64 bits."""


class Distinct:
    """Finds surplus rows; remembers the ids of each object for as long as the process lives."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage
        self._keys: dict[tuple[str, str], Keys] = {}

    def surplus(self, catalog: Catalog, dataset: Dataset) -> Surplus:
        """The rows of a dataset that repeat an article_id of an older run.

        Args:
            catalog: The lake.
            dataset: Articles or fingerprints.

        Raises:
            ObjectMissingError: If an object has been deleted since it was listed.
        """
        dates = catalog.days(dataset)
        pieces = [p for date in dates for p in catalog.cover(dataset, date).pieces]
        if len(pieces) < 2:  # No object holds an article_id twice.
            return {}
        with ThreadPoolExecutor(self._storage.parallel) as pool:
            keys = list(pool.map(lambda p: self._of(p.info, dataset), pieces))
        repeated = _repeated(np.concatenate(keys))
        if not len(repeated):
            return {}
        suspects = [p for p, k in zip(pieces, keys, strict=True) if np.isin(k, repeated).any()]
        rows = [row for piece in suspects for row in self._rows(piece, dataset, repeated)]
        first: dict[str, str] = {}
        surplus: dict[str, set[str]] = {}
        for run_id, article_id in sorted(rows):
            if first.setdefault(article_id, run_id) != run_id:
                surplus.setdefault(run_id, set()).add(article_id)
        return {run_id: frozenset(ids) for run_id, ids in surplus.items()}

    def _of(self, info: ObjectInfo, dataset: Dataset) -> Keys:
        name = (info.key, info.etag)
        if name not in self._keys:
            with self._storage.open_input(info.key, info.size) as source:
                table, _ = parquet.read(source, info.key, dataset, ["article_id"])
            self._keys[name] = np.sort(_first_bits(table))
        return self._keys[name]

    def _rows(self, piece: Piece, dataset: Dataset, repeated: Keys) -> list[tuple[str, str]]:
        with self._storage.open_input(piece.info.key, piece.info.size) as source:
            table, _ = parquet.read(source, piece.info.key, dataset, _NAMES, runs=piece.runs)
        table = table.filter(pa.array(np.isin(_first_bits(table), repeated)))
        runs = parquet.strings(table.column("run_id"))
        return list(zip(runs, parquet.strings(table.column("article_id")), strict=True))


def leave_out(table: pa.Table, surplus: Surplus) -> pa.Table:
    """Drops surplus rows from a table with the columns article_id and run_id."""
    for run_id, ids in surplus.items():
        mine = pc.equal(table.column("run_id"), pa.scalar(run_id))
        repeats = pc.is_in(table.column("article_id"), value_set=pa.array(sorted(ids)))
        table = table.filter(pc.invert(pc.and_(mine, repeats)))
    return table


def _repeated(keys: Keys) -> Keys:
    ordered = np.sort(keys)
    return np.unique(ordered[1:][ordered[1:] == ordered[:-1]])


def _first_bits(table: pa.Table) -> Keys:
    """The first 64 bits of each article_id, shape (rows,), uint64."""
    ids = table.column("article_id")
    text = "".join(parquet.strings(pc.utf8_slice_codeunits(ids, 0, _HEX)))
    try:
        if len(text) == _HEX * table.num_rows:
            return np.frombuffer(bytes.fromhex(text), dtype=">u8").astype(np.uint64)
    except ValueError:  # Not hexadecimal.
        pass
    return np.array([_bits_of(name) for name in parquet.strings(ids)], dtype=np.uint64)


def _bits_of(name: str) -> int:
    # Ids that somebody else has made: any 64 bits will do, if they are always the same.
    try:
        head = bytes.fromhex(name[:_HEX])
    except ValueError:
        head = b""
    return int.from_bytes(head if len(head) == _HEX // 2 else _hash(name))


def _hash(name: str) -> bytes:
    return blake2b(name.encode(), digest_size=_HEX // 2).digest()
