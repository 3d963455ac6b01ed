"""What went wrong with a request: from status codes and exceptions to names.

Here belongs the one table of failures. Each has an outcome, for a page, and a word, for a poll
(see `crawler.records.feed_record`). Not here: noticing them (`crawler.manners.middlewares`,
Scrapy).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    IgnoreRequest,
    ResponseDataLossError,
)
from twisted.internet.error import ConnectError, ConnectionLost

from lake.outcomes import Outcome


@dataclass(frozen=True, slots=True)
class Trouble:
    """A failure by its names.

    Attributes:
        outcome: What it is for a page.
        failure: What it is for a poll.
        detail: Why, in words.
        not_before: When the server wants to be asked again.
    """

    outcome: Outcome
    failure: str
    detail: str
    not_before: datetime | None = None


class Refused(IgnoreRequest):
    """We decided against a request, for a reason that has a name."""

    def __init__(self, trouble: Trouble) -> None:
        super().__init__(trouble.detail)
        self.trouble = trouble


NOT_REACHED: Final = Trouble(Outcome.DEFERRED, "deferred", "the time for crawling was over")

_NO_ANSWER: Final[tuple[tuple[type[Exception], str, str], ...]] = (
    (DownloadTimeoutError, "timeout", "no answer in time"),
    (CannotResolveHostError, "dns", "the name of the host cannot be resolved"),
    (DownloadConnectionRefusedError, "connect", "the host refuses connections"),
    (ResponseDataLossError, "connect", "the answer was cut short"),
    (DownloadFailedError, "connect", "the connection broke"),
    (ConnectionLost, "connect", "the connection broke"),
    (ConnectError, "connect", "no connection"),
    (OSError, "connect", "no connection"),
)
NO_PAGE: Final[tuple[type[Exception], ...]] = (
    IgnoreRequest,
    DownloadCancelledError,
    *(kind for kind, *_ in _NO_ANSWER),
)
"""What a request may end with in place of an answer: refused by us, broken off, or failed on the
way. Anything else is a mistake of a program."""

_UNREADABLE: Final = (Outcome.NO_TEXT, Outcome.TOO_LARGE, Outcome.BLOCKED_ADDRESS)

# What Scrapy says in an IgnoreRequest that has no type of its own.
_ROBOTS: Final = "Forbidden by robots.txt"
_REDIRECTS: Final = "max redirections reached"
_UNPACKED: Final = "exceeded DOWNLOAD_MAXSIZE"


def of_exception(error: BaseException) -> Trouble:
    """Names what made a request fail."""
    if isinstance(error, Refused):
        return error.trouble
    if isinstance(error, DownloadCancelledError):
        # Scrapy cancels a download for nothing else.
        return _too_large()
    if isinstance(error, IgnoreRequest):
        return _of_ignored(str(error))
    for kind, failure, words in _NO_ANSWER:
        if isinstance(error, kind):
            return Trouble(Outcome.TIMEOUT, failure, _with_cause(words, error))
    return Trouble(Outcome.ERROR, "error", f"{type(error).__name__}: {error}"[:300])


def of_status(status: int) -> Trouble | None:
    """Names what a status code says; None for 200 to 299 and for 304."""
    if 200 <= status < 300 or status == 304:
        return None
    if status >= 500:
        return Trouble(Outcome.HTTP_5XX, "http_5xx", f"HTTP {status}")
    # A redirect without a target is as little an answer as a 404.
    return Trouble(Outcome.HTTP_4XX, "http_4xx", f"HTTP {status}")


def robots_unreachable(trouble: Trouble) -> Trouble:
    """What a robots.txt that cannot be had means for the pages of its host.

    Without it nothing may be asked for (RFC 9309, 2.3.1.4). That is the host's failure, soon
    tried again, and not a rule against the page. A file that cannot be read may well hold one.
    """
    detail = f"robots.txt: {trouble.detail}"
    if trouble.outcome in _UNREADABLE:
        return Trouble(Outcome.ROBOTS, "robots", detail)
    return replace(trouble, detail=detail)


def _of_ignored(message: str) -> Trouble:
    if _ROBOTS in message:
        return Trouble(Outcome.ROBOTS, "robots", "robots.txt forbids it")
    if _REDIRECTS in message:
        # A loop, as a rule: the address is as dead as one that is not found.
        return Trouble(Outcome.HTTP_4XX, "http_4xx", "too many redirects")
    if _UNPACKED in message:
        return _too_large()
    return Trouble(Outcome.ERROR, "error", message[:300])


def _too_large() -> Trouble:
    return Trouble(Outcome.TOO_LARGE, "too_large", "larger than the size limit")


def _with_cause(words: str, error: BaseException) -> str:
    """The words, and what the TLS library says if it was the one that refused."""
    text = str(error)
    for mark in ("certificate verify failed", "CertificateError", "VerificationError", "SSL"):
        if mark in text:
            return f"{words}: TLS: {'certificate verify failed' if 'certif' in text else mark}"
    return words
