"""The border of one page: whatever goes wrong with it is its outcome."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from scrapy import Request
from scrapy.exceptions import DownloadFailedError, IgnoreRequest
from scrapy.http import HtmlResponse

from crawler.extract import Extracted, NoArticle
from crawler.extract.result import Listed
from crawler.ledger import KnownUrls, Ledger
from crawler.pages import PageJudge
from crawler.plan import Clock
from crawler.records import Verdict, Work
from crawler.troubles import Refused, Trouble, of_exception, of_status
from crawler.warc import Archive
from lake.errors import StorageError
from lake.outcomes import Outcome
from tests.crawler.crawls import NOW, backlog, entry, source
from tests.crawler.test_ledger import known, made

URL = "http://alpha.test/1"


class Fake:
    """Stands for `crawler.extract.extract`."""

    def __init__(self, result: Extracted | NoArticle | Exception) -> None:
        self.result = result
        self.asked: dict[str, Any] = {}

    def __call__(self, _: bytes, /, **asked: Any) -> Extracted | NoArticle:
        self.asked = asked
        if isinstance(self.result, Exception):
            raise self.result
        return self.result


def judge(fake: Fake, known_urls: KnownUrls | None = None, **fields: Any) -> PageJudge:
    books = Ledger(known_urls or known(), Clock.starting(NOW), lambda _: None, backlog())
    kinds = {"http://alpha.test/map.xml": "sitemap"}
    return PageJudge(books, Clock.starting(NOW), fake, 40, kinds, **fields)


def verdict_of(judged_by: PageJudge, asked: Work, answered: HtmlResponse) -> Verdict:
    """The verdict on a page that does not go on in another."""
    found = judged_by.judge(asked, answered)
    assert isinstance(found, Verdict)
    return found


def response(**fields: Any) -> HtmlResponse:
    headers = fields.pop("headers", {"Content-Type": "text/html; charset=utf-8", "ETag": '"1"'})
    request = Request(URL, meta=fields.pop("meta", {}))
    return HtmlResponse(URL, body=b"<html>", headers=headers, request=request, **fields)


def work(**fields: Any) -> Work:
    return Work(entry(URL, **fields), source())


def test_a_crash_in_extraction_is_an_outcome_with_its_reason() -> None:
    verdict = verdict_of(judge(Fake(RecursionError("too deep"))), work(), response())
    assert (verdict.outcome, verdict.detail) == (Outcome.ERROR, "RecursionError: too deep")
    assert verdict.answer is not None
    assert verdict.answer.status == 200


def test_a_full_disk_is_the_runs_business(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> int:
        raise StorageError("the disk is full")

    with Archive(tmp_path / "p.warc.gz", "x") as archive:
        strict = judge(Fake(made()), archive=archive, archive_key="k")
        assert strict.judge(work(), response()).answer is not None

        monkeypatch.setattr(Archive, "add", full)
        with pytest.raises(StorageError):
            strict.judge(work(), response())


def test_extraction_is_told_what_is_known() -> None:
    fake = Fake(made())
    listed = work(title="शीर्षक", published_raw="कल", discovered_from="http://alpha.test/map.xml")
    verdict = verdict_of(judge(fake), listed, response())
    assert fake.asked["charset"] == "utf-8"
    assert fake.asked["listed"] == Listed("शीर्षक", None, "कल", "sitemap")
    assert (fake.asked["timezone"], fake.asked["min_words"]) == ("Asia/Kolkata", 40)
    assert verdict.answer is not None
    assert (verdict.answer.etag, verdict.answer.size) == ('"1"', 6)


def test_reasons_for_no_article_are_passed_on() -> None:
    fake = Fake(NoArticle(Outcome.NOT_HINDI, "it is English"))
    verdict = verdict_of(judge(fake), work(), response())
    assert (verdict.outcome, verdict.detail) == (Outcome.NOT_HINDI, "it is English")


@pytest.mark.parametrize(
    ("declared", "canonical"),
    [
        (None, URL),
        ("http://alpha.test/real?utm_source=x", "http://alpha.test/real"),
        ("http://alpha.test/", URL),
        ("http://other.test/real", URL),
        ("/real", URL),
    ],
)
def test_the_canonical_url_of_a_page(declared: str | None, canonical: str) -> None:
    verdict = verdict_of(judge(Fake(made(canonical_url=declared))), work(), response())
    assert verdict.canonical is not None
    assert verdict.canonical[0] == canonical


def test_a_known_article_under_another_address() -> None:
    fake = Fake(NoArticle(Outcome.TOO_SHORT, "", "http://alpha.test/real"))
    verdict = verdict_of(judge(fake, known("http://alpha.test/real")), work(), response())
    assert verdict.outcome is Outcome.DUPLICATE_URL


def test_an_unasked_304_is_no_article() -> None:
    verdict = verdict_of(
        judge(Fake(NoArticle(Outcome.NO_TEXT, "empty"))), work(), response(status=304)
    )
    assert verdict.outcome is Outcome.NO_TEXT


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        *((200, None), (206, None), (304, None), (301, "http_4xx"), (404, "http_4xx")),
        *((451, "http_4xx"), (500, "http_5xx"), (599, "http_5xx")),
    ],
)
def test_status_codes(status: int, outcome: str | None) -> None:
    trouble = of_status(status)
    assert (trouble.outcome if trouble else None) == outcome


def test_exceptions() -> None:
    trouble = Trouble(Outcome.OFF_SITE, "off_site", "elsewhere")
    assert of_exception(Refused(trouble)) is trouble
    assert of_exception(OSError("unreachable")).failure == "connect"
    unknown = of_exception(KeyError("x"))
    assert (unknown.outcome, unknown.detail) == (Outcome.ERROR, "KeyError: 'x'")
    assert of_exception(IgnoreRequest("no")).outcome is Outcome.ERROR
    tls = of_exception(DownloadFailedError("[('SSL routines', '', 'certificate verify failed')]"))
    assert tls.detail == "the connection broke: TLS: certificate verify failed"
