"""In what two rows of one article differ.

Not here: where the rows come from (`flows.repair.rereading`).
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from flows.steps.rows import Row

COMPARED: Final = (
    *("text", "title", "published_at", "agencies", "authors", "dateline", "summary"),
    *("section", "tags", "image_url", "modified_at", "rights"),
)
"""What an article is compared in. The text by its content hash, agencies by their ids: a blank or
another piece of evidence is no change."""


def differing(before: Row, after: Row) -> tuple[str, ...]:
    """The fields of `COMPARED` in which two rows of one article differ."""
    return tuple(name for name in COMPARED if _value(before, name) != _value(after, name))


def shown(row: Row, name: str) -> object:
    """A field as a report shows it."""
    if name == "text":
        return f"{row['word_count']} words"
    value = _value(row, name)
    return value.isoformat() if isinstance(value, datetime) else value


def _value(row: Row, name: str) -> object:
    if name == "text":
        return row["content_hash"]
    if name == "agencies":
        return sorted(agency["id"] for agency in row[name] or ())
    return row[name] or None if name != "rights" else sorted(row[name] or ())
