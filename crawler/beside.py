"""What stands beside a stored page: its URL, its time, and what is expected of its article.

Here belongs the reading of ``x.json`` beside ``x.html``, and what is wrong with one. Not here: the
pages (`crawler.stored`), the gold files of the tests, which say more than this.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from crawler.extract import Extracted, NoArticle
from crawler.urls import is_web_url
from lake.errors import ConfigError

_KEYS: Final = ("url", "charset", "fetched_at", "now", "article", "expect", "note")
_FIELDS: Final = frozenset(f.name for made in (Extracted, NoArticle) for f in fields(made))
_FORM: Final = 'write an object, such as {"url": "https://...", "article": {"title": "..."}}'


@dataclass(frozen=True, slots=True)
class Beside:
    """What is said of a page.

    Attributes:
        url: The URL that answered, if it is said.
        charset: Character set that the HTTP header named.
        fetched_at: When it was fetched, UTC.
        expected: Fields that its article must have, by name, with their values in JSON.
    """

    url: str | None = None
    charset: str | None = None
    fetched_at: datetime | None = None
    expected: Mapping[str, Any] = field(default_factory=dict)


def read_beside(file: Path) -> Beside:
    """Reads what is said of a page; nothing, where the file is not there.

    Raises:
        ConfigError: If anything in it is not understood: an expectation that nobody reads would
            always hold.
    """
    if not file.exists():
        return Beside()
    try:
        said = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise _refused(file, f"it is no JSON object: {error}") from error
    if not isinstance(said, dict):
        raise _refused(file, "it is no JSON object")
    for key in said:
        if key not in _KEYS:
            raise _refused(file, f"{key!r} says nothing here", f"use {', '.join(_KEYS)}")
    url, charset = said.get("url"), said.get("charset")
    if "url" in said and not (isinstance(url, str) and is_web_url(url)):
        raise _refused(file, f"url is {url!r}, no address")
    if not isinstance(charset, str | None):
        raise _refused(file, f"charset is {charset!r}, no name of a character set")
    at = _fetched(file, _either(file, said, "fetched_at", "now"))
    return Beside(url, charset, at, _expected(file, said))


def _either(file: Path, said: Mapping[str, Any], key: str, other: str) -> Any:  # noqa: ANN401 - JSON
    """What stands under one of two names of the same thing."""
    if key in said and other in said:
        raise _refused(file, f"{key} and {other} mean the same", "write one of them")
    return said.get(key, said.get(other))


def _fetched(file: Path, value: object) -> datetime | None:
    if value is None:
        return None
    try:
        at = datetime.fromisoformat(value) if isinstance(value, str) else None
        if at is not None and at.tzinfo is not None:
            return at.astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    raise _refused(
        file, f"{value!r} is no time with a zone", "write it like 2024-11-22T09:00+05:30"
    )


def _expected(file: Path, said: Mapping[str, Any]) -> Mapping[str, Any]:
    if "article" not in said and "expect" not in said:
        return {}
    wanted = _either(file, said, "article", "expect")
    if not isinstance(wanted, dict):
        raise _refused(file, f"article is {wanted!r}, no object with fields")
    for name in wanted:
        if name not in _FIELDS:
            known = ", ".join(sorted(_FIELDS))
            raise _refused(file, f"an article has no field {name!r}", f"name one of {known}")
    return wanted


def _refused(file: Path, what: str, remedy: str = _FORM) -> ConfigError:
    return ConfigError(what, where=str(file), remedy=remedy)
