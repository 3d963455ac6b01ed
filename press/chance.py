"""Choices that look random and are the same on every machine.

Here belong the few functions by which the press decides who carries what and when. Nothing is
kept between calls: the same words give the same choice. Not for secrets.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from hashlib import blake2b
from typing import TypeVar

T = TypeVar("T")


def number(*parts: object) -> int:
    """Returns a number from 0 to 2**64 - 1 that depends on `parts` alone."""
    text = "\x1f".join(str(part) for part in parts)
    return int.from_bytes(blake2b(text.encode(), digest_size=8).digest(), "big")


def below(limit: int, *parts: object) -> int:
    """Returns a number from 0 to `limit` - 1.

    Raises:
        ValueError: If `limit` is below 1.
    """
    if limit < 1:
        raise ValueError(f"limit must be 1 or more, not {limit}")
    return number(*parts) % limit


def between(low: float, high: float, *parts: object) -> float:
    """Returns a number from `low` up to, not including, `high`."""
    return low + (high - low) * (number(*parts) / 2**64)


def choose(items: Sequence[T], *parts: object) -> T:
    """Returns one of `items`.

    Raises:
        ValueError: If there are none.
    """
    return items[below(len(items), *parts)]


def shuffled(items: Iterable[T], *parts: object) -> list[T]:
    """Returns `items` in another order; equal `parts` give the same order."""
    return sorted(items, key=lambda item: number(*parts, item))
