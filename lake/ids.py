"""Identities: of URLs, article versions and runs.

Here belongs how an id is made and what can be read from one. Not here: how a URL is made
canonical (`crawler.urls`) or a body folded for comparison (`crawler.extract`).
"""

from __future__ import annotations

import re
import secrets
from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from typing import Final

ID_LENGTH: Final = 32
"""Hex characters in `url_id`, `content_hash` and `article_id`: 128 bits."""

_RUN_ID: Final = re.compile(r"(\d{8}T\d{12}Z)-[0-9a-f]{16}")
_RUN_TIME: Final = "%Y%m%dT%H%M%S%fZ"


def _digest(text: str) -> str:
    return blake2b(text.encode(), digest_size=ID_LENGTH // 2).hexdigest()


def url_id(canonical_url: str) -> str:
    """The id of a URL: 32 hex characters, the blake2b of its canonical form."""
    return _digest(canonical_url)


def content_hash(folded_body: str) -> str:
    """The hash of a body that the caller has folded: 32 hex characters."""
    return _digest(folded_body)


def article_id(url_id: str, version: int, content_hash: str) -> str:
    """The id of one version of one article: 32 hex characters.

    Two runs that publish the same version at once give it the same id; an edit and its undoing
    have different ones, because they are different versions.

    Args:
        url_id: As `url_id` returns it.
        version: 1 for the first published version of the URL.
        content_hash: As `content_hash` returns it.

    Raises:
        ValueError: If `version` is below 1.
    """
    if version < 1:
        raise ValueError(f"version must be 1 or more, not {version}")
    return _digest(f"{url_id}\n{version}\n{content_hash}")


def new_run_id(now: datetime, newest: str | None = None) -> str:
    """A run id that sorts after every committed one: time in microseconds, and 64 random bits.

    Args:
        now: The clock, with a time zone.
        newest: The newest committed run. A clock that has fallen behind it does not count.

    Returns:
        Such as ``20240618T063000123456Z-9f86d081884c7d65``.

    Raises:
        ValueError: If `now` has no time zone, or `newest` is no run id.
    """
    if now.tzinfo is None:
        raise ValueError(f"the clock {now!r} has no time zone")
    moment = now.astimezone(UTC)
    if newest is not None:
        moment = max(moment, run_time(newest) + timedelta(microseconds=1))
    return f"{moment.strftime(_RUN_TIME)}-{secrets.token_hex(8)}"


def is_run_id(text: str) -> bool:
    """Whether the text has the form of a run id."""
    return _RUN_ID.fullmatch(text) is not None


def run_time(run_id: str) -> datetime:
    """When a run began (UTC, microseconds), as its id says.

    Raises:
        ValueError: If it is no run id.
    """
    match = _RUN_ID.fullmatch(run_id)
    if match is None:
        raise ValueError(f"not a run id: {run_id!r}")
    return datetime.strptime(match.group(1), _RUN_TIME).replace(tzinfo=UTC)


def crawl_date(run_id: str) -> str:
    """The UTC date of a run, ``YYYY-MM-DD``: the partition that its objects lie in."""
    return run_time(run_id).date().isoformat()
