"""Which of the bodies that the steps found is the article's.

Here belongs the comparison of the generic body with the one that JSON-LD declares. A declared
body is believed only if the page agrees with it: many are teasers, some are of another story.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from crawler.extract import normal
from crawler.extract.body import Body

GENERIC: Final = "generic"
JSON_LD: Final = "json_ld"
SELECTORS: Final = "selectors"

_MIN_DECLARED_WORDS: Final = 30
# The declared body adds nothing if so much of it is in the generic one.
_INSIDE: Final = 0.9
# It agrees with the page if so much of it can be seen there, or so much of the generic body is in
# it (the page shows the beginning, the rest is behind a button).
_VISIBLE: Final = 0.9
_CONTAINS: Final = 0.8
_LONGER: Final = 1.15
_SELECTED_SHARE: Final = 0.5
_BEGINNING_CHARS: Final = 60


def selected_wins(selected: Body | None, found: Body | None) -> bool:
    """Whether the body that a source's selectors found is taken.

    A site that changed its templates leaves selectors that find nothing, a teaser or a box of
    links: a body with little prose beside what the page shows is not taken.
    """
    if selected is None or selected.prose < _MIN_DECLARED_WORDS:
        return False
    return found is None or selected.prose >= found.prose * _SELECTED_SHARE


def adds_nothing(found: Body | None, declared: str) -> bool:
    """Whether a declared body can be left unread: it begins in the one found and is no longer.

    That is how nearly all pages with an articleBody are, and comparing whole texts costs time.
    """
    if found is None or len(declared) > found.chars * _LONGER:
        return False
    beginning = normal.line(declared[: 2 * _BEGINNING_CHARS])[:_BEGINNING_CHARS]
    return len(beginning) == _BEGINNING_CHARS and beginning in " ".join(found.paragraphs)


def choose_body(
    found: Body | None, declared: Body | None, visible: Iterable[str], *, trusted: bool
) -> tuple[Body | None, str]:
    """Chooses.

    Args:
        found: What the generic step found.
        declared: articleBody, tidied.
        visible: All texts of the page.
        trusted: Whether the JSON-LD is surely this page's: its headline agrees.

    Returns:
        The body, or None if there is none, and the step that found it.
    """
    if declared is None or declared.prose < _MIN_DECLARED_WORDS:
        return found, GENERIC
    told = _shingles(declared.paragraphs)
    if found is None:
        # A page that is built by its scripts shows nothing that could contradict.
        return (declared, JSON_LD) if trusted else (None, GENERIC)
    seen = _shingles(found.paragraphs)
    shared = len(told & seen)
    if shared >= len(told) * _INSIDE or (len(told) < len(seen) * _LONGER and shared):
        return found, GENERIC
    contains = shared >= len(seen) * _CONTAINS and len(told) >= len(seen) * _LONGER
    if contains or len(told & _shingles(visible)) >= len(told) * _VISIBLE:
        return declared, JSON_LD
    return found, GENERIC


def _shingles(texts: Iterable[str]) -> set[tuple[str, str, str]]:
    """Runs of three words; a text of fewer has none."""
    words = normal.body_key("\n".join(texts)).split()
    return set(zip(words, words[1:], words[2:], strict=False))
