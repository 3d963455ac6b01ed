"""How many documents use a word: the weights behind keywords and the weighted cosine.

Here belong the table of document frequencies, its start version that ships with the project, and
how one is counted. A table is frozen and versioned, because drifting weights would make a
rebuild differ from the incremental way; its version stands in every thread edge. It holds hashes
of words and counts, no text. Not here: what a content word is (`dedup.text.words`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import Any, BinaryIO, Final
from zipfile import BadZipFile

import numpy as np
import pyarrow as pa

from dedup.compiled import scoring
from dedup.prints.hashing import U32, U64
from dedup.prints.sheet import I64, checked, read_terms
from dedup.scheme import SCHEME_VERSION

F64 = np.ndarray[tuple[int, ...], np.dtype[np.float64]]

START_VERSION: Final = "hi-1"
"""The table that ships with the project: counts over 1,602 Hindi news articles of 2000 to 2025."""
LEAST_DOCUMENTS: Final = 1000
"""Texts that a new table is counted from at least: the one that ships comes from 1,602."""
LEAST_COUNT: Final = 2
"""Words in fewer documents are not kept: a word that the table does not know counts as one
document's, and half of all words are names and misspellings seen once."""
NEEDED: Final = ("body_key", "scheme", "token_count", "terms")
"""Columns of fingerprints that a table is counted from."""

_COUNTED_AT_ONCE: Final = 4_000_000
"""Words that are held, 16 MB, before they become counts: some 20,000 articles."""


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
        known = np.log((self.documents + 1) / self.counts.astype(np.float64))
        bits = len(self.terms).bit_length()
        heads = np.searchsorted(self.terms, np.arange(1 << bits, dtype=np.uint64) << (32 - bits))
        heads = np.append(heads, len(self.terms)).astype(np.int64)
        found = np.empty(len(terms), dtype=np.float64)
        unknown = float(np.log(float(self.documents + 1)))
        scoring.look_up(terms, self.terms, heads, known, unknown, found)
        return found


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
        scheme=np.int64(SCHEME_VERSION),
        documents=np.int64(table.documents),
        terms=table.terms,
        counts=table.counts,
    )


def read_frequencies(stream: BinaryIO) -> Frequencies:
    """Reads what `write_frequencies` wrote.

    Raises:
        ValueError: If it is none, or was counted from fingerprints of another scheme, whose hashes
            stand for other words.
    """
    with _loaded(stream) as stored:
        missing = {"version", "scheme", "documents", "terms", "counts"} - set(stored)
        if missing:
            raise ValueError(
                f"it is no table of frequencies: it lacks {', '.join(sorted(missing))}"
            )
        if int(stored["scheme"]) != SCHEME_VERSION:
            raise ValueError(
                f"it was counted from fingerprints of scheme {int(stored['scheme'])}, and those of "
                f"today are of scheme {SCHEME_VERSION}"
            )
        return Frequencies(
            str(stored["version"]), int(stored["documents"]), stored["terms"], stored["counts"]
        )


def _loaded(stream: BinaryIO) -> Any:  # noqa: ANN401 - the stubs know no NpzFile.
    try:
        stored = np.load(stream)
    except (OSError, EOFError, BadZipFile) as error:
        raise ValueError(f"it is no table of frequencies: {error}") from error
    if not isinstance(stored, np.lib.npyio.NpzFile):
        raise ValueError("it is no table of frequencies")
    return stored


def propose_frequencies(fingerprints: Iterable[pa.Table], version: str) -> Frequencies:
    """Proposes a new table from what a lake holds: every text counts once, however often copied.

    A proposal changes nothing by itself. Threads that were found with another version keep its
    name, and a lake that takes a new one up derives all its threads anew.

    Args:
        fingerprints: Tables as `dedup.fingerprint` makes them, or their columns `NEEDED`, in any
            order. One at a time is held, and 8 bytes for each text.
        version: Name of the new table, such as ``hi-2026-07``.

    Raises:
        ValueError: If there are fewer than `LEAST_DOCUMENTS` texts, from which no weights follow,
            or the version is that of the table that ships with the project.
    """
    if version == START_VERSION:
        raise ValueError(f"{version!r} is the table that ships with the project: name another")
    proposed = count_documents(_each_once(fingerprints), version)
    if proposed.documents < LEAST_DOCUMENTS:
        raise ValueError(
            f"{proposed.documents} texts are too few for a table of frequencies: "
            f"it takes {LEAST_DOCUMENTS}"
        )
    return proposed


def _each_once(fingerprints: Iterable[pa.Table]) -> Iterator[pa.Table]:
    """The rows whose body has not come before."""
    seen: U64 = np.empty(0, dtype=np.uint64)
    for part in fingerprints:
        table = checked(part, NEEDED).select(list(NEEDED))
        keys = table.column("body_key").to_numpy().astype(np.uint64)
        fresh, rows = np.unique(keys, return_index=True)
        new = ~np.isin(fresh, seen, assume_unique=True)
        seen = np.concatenate((seen, fresh[new]))
        yield table.take(pa.array(np.sort(rows[new]), pa.int64()))


def count_documents(fingerprints: Iterable[pa.Table], version: str) -> Frequencies:
    """Counts in how many articles each content word occurs.

    Args:
        fingerprints: Tables as `dedup.fingerprint` makes them; hand in each text once, since a
            copy would count its words again.
        version: Name of the new table.

    Returns:
        The words in `LEAST_COUNT` articles or more.
    """
    documents = held = 0
    parts: list[U32] = []
    terms, counts = np.empty(0, dtype=np.uint32), np.empty(0, dtype=np.int64)
    for table in fingerprints:
        tokens, words = read_terms(table)
        documents += int(np.count_nonzero(tokens))
        parts.append(words.values)
        held += len(words.values)
        if held >= _COUNTED_AT_ONCE:
            terms, counts = _added(terms, counts, np.concatenate(parts))
            parts, held = [], 0
    if parts:
        terms, counts = _added(terms, counts, np.concatenate(parts))
    kept = counts >= LEAST_COUNT
    return Frequencies(version, documents, terms[kept], counts[kept].astype(np.uint32))


def _added(terms: U32, counts: I64, more: U32) -> tuple[U32, I64]:
    """Sorted words and their counts, with each of `more` counted as well."""
    fresh, times = np.unique(more, return_counts=True)
    together, places = np.unique(np.concatenate((terms, fresh)), return_inverse=True)
    totals = np.zeros(len(together), dtype=np.int64)
    totals[places[: len(terms)]] = counts
    totals[places[len(terms) :]] += times
    return together, totals
