"""Pages: from the answer for one URL to its verdict.

Here belongs the decision which outcome a page has and by which URL its article goes, with the
archive of raw responses. It is the border at which one bad page is one outcome. Not here: what an
article is (`crawler.extract`), the record (`crawler.records`).
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Final, Protocol

from scrapy.http import Response

from crawler.capture import Raw, header_lines
from crawler.extract.result import Extracted, Listed, ListedBy, NoArticle
from crawler.ledger import Ledger, Standing
from crawler.manners.rights import merged, reserved
from crawler.parts import PART_WORDS, Begun
from crawler.plan import Clock
from crawler.records import Answer, Verdict, Work
from crawler.requests import answer_of, charset_of, was_redirected
from crawler.troubles import of_status
from crawler.urls import canonical_url, is_home, is_web_url, on_hosts
from crawler.warc import Archive, Exchange
from lake.errors import TaarError
from lake.ids import url_id
from lake.outcomes import Outcome

if TYPE_CHECKING:
    from crawler.extract.selectors import Selectors

logger = logging.getLogger(__name__)

_LISTED_BY: Final[dict[str, ListedBy]] = {
    "rss": "feed",
    "sitemap": "sitemap",
    "section": "section",
}
# Nothing new in it, or nothing that we may keep.
_NOT_ARCHIVED: Final = (Outcome.UNCHANGED, Outcome.DUPLICATE_URL, Outcome.ROBOTS)
_READABLE: Final = ("html", "xml", "text/plain")


class Extract(Protocol):
    """`crawler.extract.extract`, or a stand-in of a test."""

    def __call__(
        self,
        html: bytes,
        /,
        *,
        url: str,
        charset: str | None,
        listed: Listed | None,
        timezone: str,
        now: datetime,
        min_words: int,
        selectors: Selectors | None,
    ) -> Extracted | NoArticle:
        """Makes an article of a page."""
        ...


@dataclass(frozen=True, slots=True)
class PageJudge:
    """Gives pages their verdicts.

    Attributes:
        ledger: What is taken up and known.
        clock: The run's clock.
        extract: How an article is made of a page.
        min_words: A text with fewer words is too short.
        feed_kinds: URL of a feed -> its kind.
        rights: Says what is reserved outside of the page: by robots.txt, by its headers.
        honour_rights: Whether a page whose rights are reserved makes no article.
        archive: Where raw responses are kept, if they are.
        archive_key: Key that the archive will have in the lake.
    """

    ledger: Ledger
    clock: Clock
    extract: Extract
    min_words: int
    feed_kinds: dict[str, str]
    rights: Callable[[Response], tuple[str, ...]] = lambda _: ()
    honour_rights: bool = False
    archive: Archive | None = None
    archive_key: str | None = None

    def judge(self, work: Work, response: Response) -> Verdict | Begun:
        """Judges one page. Whatever goes wrong with it becomes its outcome.

        Returns:
            The verdict, or an article that goes on in another page.

        Raises:
            TaarError: If the run cannot go on: the archive cannot be written.
        """
        answer = answer_of(response)
        try:
            found = self._judge(work, response, answer)
        except TaarError:
            raise
        except Exception as error:  # The border of one page.
            logger.warning("cannot judge %s", work.entry.requested_url, exc_info=True)
            detail = f"{type(error).__name__}: {error}"[:300]
            found = Verdict(Outcome.ERROR, detail, answer)
        unchanged = isinstance(found, Verdict) and found.outcome in _NOT_ARCHIVED
        if unchanged or response.status != 200:
            return found
        return replace(found, answer=self._archived(response, answer))

    def judge_part(self, work: Work, begun: Begun, response: Response) -> Verdict | Begun:
        """Takes a further page of an article. What is wrong with it costs that page alone.

        Returns:
            The verdict, or the article that goes on in yet another page.

        Raises:
            TaarError: If the run cannot go on: the archive cannot be written.
        """
        try:
            part = self._part(work, begun, response)
        except TaarError:
            raise
        except Exception:  # The border of one page.
            logger.warning("cannot read the part %s", response.url, exc_info=True)
            part = None
        if part is None:
            return self.finish(work, begun)
        self._archived(response, answer_of(response))
        further = begun.with_part(response.url, part)
        return further if further.next_url else self.finish(work, further)

    def finish(self, work: Work, begun: Begun) -> Verdict:
        """The verdict on an article with the parts that there are."""
        return self._verdict_on(work, begun.made, begun.answer, redirected=begun.redirected)

    def _part(self, work: Work, begun: Begun, response: Response) -> Extracted | None:
        """What a further page says, if it says anything and is free to be taken."""
        if response.status != 200 or was_redirected(response):
            return None
        if self.honour_rights and self.rights(response):
            return None
        # By the URL of the first page: the links to all parts are below that one.
        made = self._extracted(work, response, begun.answer.url, None, PART_WORDS)
        return made if isinstance(made, Extracted) else None

    def _extracted(
        self, work: Work, response: Response, url: str, listed: Listed | None, min_words: int
    ) -> Extracted | NoArticle:
        return self.extract(
            response.body,
            url=url,
            charset=charset_of(response),
            listed=listed,
            timezone=work.source.timezone,
            now=self.clock.now(),
            min_words=min_words,
            selectors=work.source.selectors_on(self.clock.now().date()),
        )

    def _judge(self, work: Work, response: Response, answer: Answer) -> Verdict | Begun:
        if answer.status == 304 and work.recheck is not None:
            # A 304 need not repeat the validators; those that were sent have just been confirmed.
            kept = replace(
                answer,
                etag=answer.etag or work.recheck.etag,
                last_modified=answer.last_modified or work.recheck.last_modified,
            )
            return Verdict(Outcome.UNCHANGED, "HTTP 304", kept)
        trouble = of_status(answer.status)
        if trouble is not None:
            wait = response.request.meta.get("not_before") if response.request else None
            return Verdict(trouble.outcome, trouble.detail, answer, not_before=wait)
        redirected = was_redirected(response)
        if redirected and is_home(answer.url, work.source.home):
            return Verdict(Outcome.HTTP_4XX, "redirected to the home page", answer)
        kind = (response.headers.get("Content-Type") or b"").decode("latin-1").lower()
        if kind and not any(readable in kind for readable in _READABLE):
            return Verdict(Outcome.NO_TEXT, f"no page: {kind[:80]}", answer)
        if redirected:
            there = _identity(canonical_url(answer.url, home=work.source.home))
            if self._standing(work, there) == "theirs":
                return Verdict(Outcome.DUPLICATE_URL, f"is {there[0]}", answer, there)
        rights = self.rights(response)
        if rights and self.honour_rights:
            return _reserved(rights, answer)
        made = self._extracted(work, response, answer.url, self._listed(work), self.min_words)
        if isinstance(made, Extracted):
            made = replace(made, rights=merged(rights, made.rights))
            if made.rights and self.honour_rights:
                return _reserved(made.rights, answer)
        verdict = self._verdict_on(work, made, answer, redirected=redirected)
        if isinstance(made, Extracted) and verdict.outcome is not Outcome.DUPLICATE_URL:
            begun = Begun(made, answer, redirected, (answer.url,))
            if begun.next_url and on_hosts(begun.next_url, work.source.own_hosts):
                return begun
        return verdict

    def _verdict_on(
        self, work: Work, made: Extracted | NoArticle, answer: Answer, *, redirected: bool
    ) -> Verdict:
        own = _identity(canonical_for(work, made.canonical_url, answer.url if redirected else None))
        standing = self._standing(work, own)
        if standing == "theirs":
            return Verdict(Outcome.DUPLICATE_URL, f"is {own[0]}", answer, own)
        behind = own if standing == "open" else None
        if isinstance(made, NoArticle):
            return Verdict(made.outcome, made.detail, answer, behind=behind)
        if work.recheck is None:
            return Verdict(Outcome.PUBLISHED, None, answer, own, made, behind=behind)
        if made.content_hash == work.recheck.content_hash:
            return Verdict(Outcome.UNCHANGED, "the text is as published", answer)
        return Verdict(Outcome.UPDATED, None, answer, None, made)

    def _standing(self, work: Work, own: tuple[str, str]) -> Standing:
        """Whose it is to make the article that goes by a canonical URL."""
        if work.recheck is not None:
            return "mine"
        return self.ledger.standing(own[1], work.entry.url_id)

    def _listed(self, work: Work) -> Listed | None:
        entry = work.entry
        if work.recheck is not None:
            return None
        kind = self.feed_kinds.get(entry.discovered_from or "", "rss")
        return Listed(entry.title, entry.published_at, entry.published_raw, _LISTED_BY[kind])

    def _archived(self, response: Response, answer: Answer) -> Answer:
        if self.archive is None or response.request is None:
            return answer
        raw = response.request.meta.get("raw") or Raw.of(response)
        offset = self.archive.add(
            Exchange(
                url=raw.url,
                at=self.clock.now(),
                request_headers=header_lines(response.request.headers),
                status=raw.status,
                protocol=raw.protocol or "HTTP/1.1",
                headers=raw.headers,
                body=raw.body,
                ip_address=raw.ip_address,
            )
        )
        return replace(answer, warc_file=self.archive_key, warc_offset=offset)


def _identity(canonical: str) -> tuple[str, str]:
    return canonical, url_id(canonical)


def _reserved(rights: tuple[str, ...], answer: Answer) -> Verdict:
    return Verdict(Outcome.ROBOTS, reserved(rights).detail, answer)


def canonical_for(work: Work, declared: str | None, responded: str | None) -> str:
    """The URL that an article goes by: what the page declares, else what answered, else listed.

    A recheck keeps the URL that the article was published under. A declared home page, or a page
    of another site, is a mistake of the page.

    Args:
        work: The URL that was taken up.
        declared: The canonical URL that the page declares, if it does.
        responded: The URL that answered, if a redirect led there.
    """
    entry, source = work.entry, work.source
    if work.recheck is not None:
        return entry.url
    if declared and is_web_url(declared) and on_hosts(declared, source.own_hosts):
        canonical = canonical_url(declared, home=source.home)
        if not is_home(canonical, source.home):
            return canonical
    return canonical_url(responded, home=source.home) if responded else entry.url
