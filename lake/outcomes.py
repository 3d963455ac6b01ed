"""The named outcomes of a URL, and what follows from each.

Every URL that a run takes up ends in exactly one of these. Here belongs the list and the rule of
each (final, or tried again after so long and so often); not the code that decides which one a
page gets (`crawler`), nor the bookkeeping of tries (`flows.steps.settle`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum


class Outcome(StrEnum):
    """How the work on one URL ended in one run."""

    PUBLISHED = "published"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    DUPLICATE_URL = "duplicate_url"
    NOT_HINDI = "not_hindi"
    TOO_SHORT = "too_short"
    NO_TEXT = "no_text"
    ROBOTS = "robots"
    HTTP_4XX = "http_4xx"
    HTTP_5XX = "http_5xx"
    TIMEOUT = "timeout"
    TOO_LARGE = "too_large"
    BLOCKED_ADDRESS = "blocked_address"
    OFF_SITE = "off_site"
    FORGOTTEN = "forgotten"
    DEFERRED = "deferred"
    GAVE_UP = "gave_up"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class Rule:
    """What follows from an outcome.

    Attributes:
        meaning: One sentence for the documentation and the reports.
        retry_after: When to try again; None means that the outcome is final. The wait doubles
            with every further try.
        max_tries: How many tries in all; the outcome of the last one is `Outcome.GAVE_UP`.
            None means without limit.
    """

    meaning: str
    retry_after: timedelta | None = None
    max_tries: int | None = None

    @property
    def final(self) -> bool:
        """Whether the URL is done with."""
        return self.retry_after is None


_HOUR = timedelta(hours=1)

RULES: dict[Outcome, Rule] = {
    Outcome.PUBLISHED: Rule("a new article, published in this run"),
    Outcome.UPDATED: Rule("a changed article, published in this run as a new version"),
    Outcome.UNCHANGED: Rule("looked at again: the article is as published"),
    Outcome.DUPLICATE_URL: Rule("another address of an article that is already known"),
    Outcome.NOT_HINDI: Rule("the text is in another language"),
    # A page of breaking news starts with one line and grows.
    Outcome.TOO_SHORT: Rule("fewer words than an article has", 2 * _HOUR, 3),
    Outcome.NO_TEXT: Rule("no article was found in the page", 2 * _HOUR, 3),
    Outcome.ROBOTS: Rule("robots.txt forbids it", 24 * _HOUR, 3),
    Outcome.HTTP_4XX: Rule("the server answered 4xx", 2 * _HOUR, 3),
    Outcome.HTTP_5XX: Rule("the server answered 5xx", _HOUR / 4, 6),
    Outcome.TIMEOUT: Rule("no answer in time, or the connection broke", _HOUR / 4, 6),
    Outcome.TOO_LARGE: Rule("larger than the size limit"),
    Outcome.BLOCKED_ADDRESS: Rule("the host resolves to an address that is not public"),
    Outcome.OFF_SITE: Rule("redirected to a site that is not the source's"),
    Outcome.FORGOTTEN: Rule("taken down by `taar forget`: nothing of it is kept"),
    Outcome.DEFERRED: Rule("not reached in this run; the next run takes it up", timedelta(0)),
    Outcome.GAVE_UP: Rule("tried as often as its rule allows"),
    Outcome.ERROR: Rule("our own failure on this page", 2 * _HOUR, 3),
}


def next_try(outcome: Outcome, tries: int) -> timedelta | None:
    """Says when a URL is tried again.

    Args:
        outcome: How the last try ended.
        tries: How often the URL has been tried, the last try included; 1 or more.

    Returns:
        The wait until the next try, or None when there is none: the outcome is final or the
        tries are used up.

    Raises:
        ValueError: If `tries` is below 1.
    """
    if tries < 1:
        raise ValueError(f"tries must be 1 or more, not {tries}")
    rule = RULES[outcome]
    if rule.retry_after is None:
        return None
    if rule.max_tries is not None and tries >= rule.max_tries:
        return None
    doublings: int = 2 ** min(tries - 1, 10)
    return rule.retry_after * doublings
