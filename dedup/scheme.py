"""The scheme of fingerprints: what exactly is hashed, permuted and kept.

Here belong its version, its parameters, and the refusal of fingerprints of another one. Not here:
how fingerprints are made (`dedup.signature`).
"""

from __future__ import annotations

import json
from typing import Final

import pyarrow as pa

from dedup.prints.marks import (
    CONTAINED_WORDS,
    NEAR_WORDS,
    PERMUTATIONS,
    SAMPLE,
    SEED,
    SHORT_TEXT,
)
from dedup.tables import require_table

SCHEME_VERSION: Final = 2
"""Raised whenever folding, cleaning, hashing or sampling changes: old rows must be made anew."""

SCHEME: Final[dict[str, str | int]] = {
    "version": SCHEME_VERSION,
    "scheme": "affine32",
    "permutations": PERMUTATIONS,
    "seed": SEED,
    "shingle_words": NEAR_WORDS,
    "containment_words": CONTAINED_WORDS,
    "sample": SAMPLE,
    "short_text": SHORT_TEXT,
    "token_hash": "fnv1a64-codepoints+fmix64",
}
METADATA_KEY: Final = b"taar.scheme"
"""Metadata key under which a fingerprint table carries `SCHEME` as JSON."""


def check_scheme(fingerprints: pa.Table) -> None:
    """Refuses fingerprints that were made by another version of the scheme.

    Args:
        fingerprints: A fingerprint table, whole or some columns of it; ``scheme`` must be there.

    Raises:
        TypeError: If it is no table.
        ValueError: If the column or the metadata names another version, or the column is missing.
    """
    require_table(fingerprints, "fingerprints")
    remedy = "make the fingerprints anew from the articles"
    if "scheme" not in fingerprints.column_names:
        raise ValueError(f"fingerprints do not name their scheme: {remedy}")
    versions = set(fingerprints.column("scheme").unique().to_pylist())
    if versions - {SCHEME_VERSION}:
        raise ValueError(
            f"fingerprints of scheme {sorted(versions, key=str)} cannot be compared with scheme "
            f"{SCHEME_VERSION}: {remedy}"
        )
    noted = (fingerprints.schema.metadata or {}).get(METADATA_KEY)
    if noted is not None and not _is_ours(noted):
        named = noted.decode(errors="backslashreplace")
        raise ValueError(f"fingerprints of scheme {named} are not of {SCHEME}: {remedy}")


def _is_ours(noted: bytes) -> bool:
    try:
        return bool(json.loads(noted) == SCHEME)
    except ValueError:  # No JSON, or no UTF-8.
        return False
