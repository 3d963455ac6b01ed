"""How many documents use a word: the weights behind keywords and the weighted cosine.

Here belong the table of document frequencies, its start version that ships with the project, and
how one is counted. A table is frozen and versioned, because drifting weights would make a
rebuild differ from the incremental way; its version stands in every thread edge. It holds hashes
of words and counts, no text. Not here: what a content word is (`dedup.words`).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import BinaryIO, Final

import numpy as np
import pyarrow as pa

from dedup.hashing import U32
from dedup.sheet import read_sheet

F64 = np.ndarray[tuple[int, ...], np.dtype[np.float64]]

START_VERSION: Final = "hi-1"
"""The table that ships with the project: counts over 1,602 Hindi news articles of 2000 to 2025."""
LEAST_DOCUMENTS: Final = 1000
"""Texts that a new table is counted from at least: the one that ships comes from 1,602."""
LEAST_COUNT: Final = 2
"""Words in fewer documents are not kept: a word that the table does not know counts as one
document's, and half of all words are names and misspellings seen once."""


@dataclass(frozen=True, slots=True)
class Frequencies:
    """Document frequencies.

    Attributes:
        version: Name of the table; stands in the column ``frequencies`` of threads.
        documents: How many documents were counted.
        terms: uint32, sorted hashes of words.
        counts: uint32, the number of documents that use each.
    """

    version: str
    documents: int
    terms: U32
    counts: U32

    def idf(self, terms: U32) -> F64:
        """Weighs terms by rarity: ``log((N + 1) / df)``.

        Args:
            terms: uint32 hashes of words, any order.

        Returns:
            float64, one for each; a word that the table does not know counts as one document's.
        """
        if not len(self.terms):
            return np.ones(len(terms), dtype=np.float64)
        at = np.minimum(np.searchsorted(self.terms, terms), len(self.terms) - 1)
        known = self.terms[at] == terms
        counts = np.where(known, self.counts[at], 1).astype(np.float64)
        return np.asarray(np.log((self.documents + 1) / counts), dtype=np.float64)


@lru_cache(maxsize=1)
def start_frequencies() -> Frequencies:
    """The table that ships with the project."""
    file = resources.files("dedup") / "data" / f"frequencies-{START_VERSION}.npz"
    with file.open("rb") as stream, np.load(stream) as stored:
        return Frequencies(
            START_VERSION, int(stored["documents"]), stored["terms"], stored["counts"]
        )


def write_frequencies(table: Frequencies, stream: BinaryIO) -> None:
    """Writes a table in the form that ships with the project: a compressed NumPy archive."""
    np.savez_compressed(
        stream,
        version=np.array(table.version),
        documents=np.int64(table.documents),
        terms=table.terms,
        counts=table.counts,
    )


def read_frequencies(stream: BinaryIO) -> Frequencies:
    """Reads what `write_frequencies` wrote."""
    with np.load(stream) as stored:
        return Frequencies(
            str(stored["version"]), int(stored["documents"]), stored["terms"], stored["counts"]
        )


def propose_frequencies(fingerprints: Iterable[pa.Table], version: str) -> Frequencies:
    """Proposes a new table from what a lake holds: every text counts once, however often copied.

    A proposal changes nothing by itself. Threads that were found with another version keep its
    name, and a lake that takes a new one up derives all its threads anew.

    Args:
        fingerprints: Tables as `dedup.fingerprint` makes them, in any order.
        version: Name of the new table, such as ``hi-2026-07``.

    Raises:
        ValueError: If there are fewer than `LEAST_DOCUMENTS` texts, from which no weights follow,
            or the version is that of the table that ships with the project.
    """
    if version == START_VERSION:
        raise ValueError(f"{version!r} is the table that ships with the project: name another")
    seen: set[int] = set()
    proposed = count_documents((_once(table, seen) for table in fingerprints), version)
    if proposed.documents < LEAST_DOCUMENTS:
        raise ValueError(
            f"{proposed.documents} texts are too few for a table of frequencies: "
            f"it takes {LEAST_DOCUMENTS}"
        )
    return proposed


def _once(table: pa.Table, seen: set[int]) -> pa.Table:
    """The rows whose body has not come before."""
    fresh: list[int] = []
    for row, key in enumerate(table.column("body_key").to_numpy().tolist()):
        if key not in seen:
            seen.add(key)
            fresh.append(row)
    return table.take(pa.array(fresh, pa.int64()))


def count_documents(fingerprints: Iterable[pa.Table], version: str) -> Frequencies:
    """Counts in how many articles each content word occurs.

    Args:
        fingerprints: Tables as `dedup.fingerprint` makes them; hand in each text once, since a
            copy would count its words again.
        version: Name of the new table.

    Returns:
        The words in `LEAST_COUNT` articles or more.
    """
    documents = 0
    seen: list[U32] = []
    for table in fingerprints:
        sheet = read_sheet(table)
        documents += int(np.count_nonzero(sheet.token_counts))
        seen.append(sheet.terms.values)
    everything = np.concatenate(seen) if seen else np.empty(0, dtype=np.uint32)
    terms, counts = np.unique(everything, return_counts=True)
    kept = counts >= LEAST_COUNT
    return Frequencies(version, documents, terms[kept], counts[kept].astype(np.uint32))
