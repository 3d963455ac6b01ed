"""Which columns of fingerprints each step reads.

Here are names alone, so that a reader can begin to read before the engine is loaded.
"""

from __future__ import annotations

from typing import Final

LIGHT: Final = (
    *("article_id", "url_id", "effective_at", "scheme", "body_key", "token_count", "low"),
    "sketch",
)
"""The columns of `lake.schema.FINGERPRINTS` by which candidates are found: a tenth of the bytes."""

HEAVY: Final = (
    *("article_id", "url_id", "effective_at", "fetched_at", "scheme", "body_key", "token_count"),
    *("shingles3", "shingles5", "order3", "terms", "term_counts"),
    *("numbers", "slots", "slot_values"),
)
"""The columns by which candidates are verified."""
