"""Every URL taken up ends in exactly one record, and what follows from its outcome."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from crawler.extract import Agency, Extracted
from crawler.ledger import KnownUrls, Ledger
from crawler.plan import Clock, FeedTask, to_time
from crawler.records import Answer, Verdict, Work, feed_record, url_record
from lake.ids import url_id
from lake.outcomes import Outcome
from lake.schema import ARTICLES, FETCHES
from tests.crawler.crawls import NOW, backlog, entry, recheck, source

U1, U2, U3, U4 = (f"http://alpha.test/{n}" for n in (1, 2, 3, 4))


def known(*urls: str) -> KnownUrls:
    keys = sorted(int(url_id(url)[:16], 16) for url in urls)
    return KnownUrls(lambda: np.array(keys, np.uint64))


def ledger(*urls: str, dead: KnownUrls | None = None) -> tuple[Ledger, list[dict[str, Any]]]:
    written: list[dict[str, Any]] = []
    return Ledger(known(*urls), Clock.starting(NOW), written.append, backlog(), dead), written


def work(url: str = U1, **fields: Any) -> Work:
    return Work(entry(url, **fields), source())


def made(**fields: Any) -> Extracted:
    return Extracted(
        **{
            "title": "शीर्षक",
            "summary": None,
            "text": "पाठ",
            "authors": ("लेखक",),
            "section": "देश",
            "tags": ("एक", "दो"),
            "image_url": None,
            "language": "hi",
            "published_at": NOW,
            "published_raw": "18 जून 2024",
            "published_precision": "day",
            "date_source": "time",
            "modified_at": None,
            "agencies": (Agency("pti", "(भाषा)", "credit"),),
            "dateline": None,
            "word_count": 1,
            "content_hash": "c" * 32,
            "canonical_url": None,
            "extractor": "generic",
            "extractor_version": "1",
            "rights": (),
            **fields,
        }
    )


def test_known_urls(tmp_path: Path) -> None:
    urls = known(U1, U2)
    assert url_id(U1) in urls
    assert url_id(U3) not in urls
    assert "f" * 32 not in urls
    assert url_id(U1) not in KnownUrls.load(tmp_path / "none.npy")
    np.save(tmp_path / "known.npy", np.array([int(url_id(U1)[:16], 16)], np.uint64))
    assert url_id(U1) in KnownUrls.load(tmp_path / "known.npy")


def test_a_url_is_taken_up_once_and_settled_once() -> None:
    books, written = ledger()
    assert books.is_news(url_id(U1))
    assert books.take_up(work()) == 0
    assert books.take_up(work()) is None
    assert not books.is_news(url_id(U1))
    books.settle(work(), Verdict(Outcome.NO_TEXT))
    books.settle(work(), Verdict(Outcome.ERROR))
    books.close("over")
    assert [r["fetch"]["outcome"] for r in written] == ["no_text"]


def test_what_is_open_at_the_end_is_deferred_and_costs_no_try() -> None:
    books, written = ledger()
    books.take_up(work(tries=2))
    assert books.close("the time was over") == 1
    assert books.close("again") == 0
    (record,) = written
    fetch = record["fetch"]
    assert (fetch["outcome"], fetch["final"], fetch["tries"]) == ("deferred", False, 2)
    assert fetch["next_try_at"] == fetch["fetched_at"]
    assert fetch["detail"] == "the time was over"


def test_known_and_waiting_urls_are_no_news() -> None:
    books, _ = ledger(U1)
    books.wait_with([entry(U2)])
    assert [books.is_news(url_id(url)) for url in (U1, U2, U3)] == [False, False, True]


def test_an_article_under_its_canonical_url_claims_it() -> None:
    books, written = ledger()
    alias = work(U1)
    books.take_up(alias)
    assert books.standing(url_id(U2), url_id(U1)) == "mine"
    books.settle(alias, Verdict(Outcome.PUBLISHED, canonical=(U2, url_id(U2)), article=made()))
    assert not books.is_news(url_id(U2))
    assert books.standing(url_id(U2), url_id(U3)) == "theirs"
    fetch, article = written[0]["fetch"], written[0]["article"]
    assert (fetch["url"], fetch["canonical_url"]) == (U1, U2)
    assert (article["url"], article["url_id"], article["requested_url"]) == (U2, url_id(U2), U1)


def behind(target: str) -> Verdict:
    """An article that stands back for another URL, as far as that has one."""
    own = (target, url_id(target))
    return Verdict(Outcome.PUBLISHED, canonical=own, article=made(), behind=own)


def outcomes(written: list[dict[str, Any]]) -> dict[str, str]:
    return {r["fetch"]["url"]: r["fetch"]["outcome"] for r in written}


def test_a_page_stands_back_for_its_canonical_url_that_has_an_article() -> None:
    books, written = ledger()
    first, second = work(U1), work(U2)
    books.take_up(first)
    books.take_up(second)
    assert books.standing(url_id(U2), url_id(U1)) == "open"
    books.settle(first, behind(U2))
    assert written == []
    books.settle(second, Verdict(Outcome.PUBLISHED, canonical=(U2, url_id(U2)), article=made()))
    assert outcomes(written) == {U2: "published", U1: "duplicate_url"}


@pytest.mark.parametrize("failure", [Outcome.HTTP_4XX, Outcome.TIMEOUT, Outcome.DEFERRED])
def test_a_canonical_url_that_fails_loses_no_article(failure: Outcome) -> None:
    books, written = ledger()
    for url in (U1, U2, U3):
        books.take_up(work(url))
    books.settle(work(U1), behind(U2))
    books.settle(work(U3), behind(U2))
    books.settle(work(U2), Verdict(failure))
    assert outcomes(written) == {U2: str(failure), U1: "published", U3: "duplicate_url"}
    (article,) = [r["article"] for r in written if r["article"]]
    assert (article["url"], article["requested_url"]) == (U2, U1)


def test_a_canonical_url_that_was_not_reached_loses_no_article() -> None:
    books, written = ledger()
    books.take_up(work(U1))
    books.take_up(work(U2))
    books.settle(work(U1), behind(U2))
    assert books.close("the time was over") == 1
    assert outcomes(written) == {U2: "deferred", U1: "published"}


def test_nobody_stands_back_for_what_is_dead() -> None:
    books, _ = ledger(U2, U3, dead=known(U2))
    assert books.standing(url_id(U2), url_id(U1)) == "mine"
    assert books.standing(url_id(U3), url_id(U1)) == "theirs"
    # Of an entry that has failed before and waits for another try, this may be all there is.
    books.wait_with([entry(U4)])
    assert books.standing(url_id(U4), url_id(U1)) == "mine"


def test_pages_that_declare_each_other_do_not_all_stand_back() -> None:
    books, written = ledger()
    for url in (U1, U2, U3):
        books.take_up(work(url))
    books.settle(work(U1), behind(U2))
    books.settle(work(U2), behind(U3))
    assert books.standing(url_id(U1), url_id(U3)) == "mine"
    own = (U1, url_id(U1))
    books.settle(work(U3), Verdict(Outcome.PUBLISHED, canonical=own, article=made()))
    assert Counter(outcomes(written).values()) == Counter(published=1, duplicate_url=2)


def times(fetch: dict[str, Any]) -> timedelta | None:
    at = to_time(fetch["next_try_at"])
    return at - NOW if at else None


@pytest.mark.parametrize(
    ("outcome", "tries", "expected", "wait"),
    [
        (Outcome.HTTP_5XX, 0, "http_5xx", timedelta(minutes=15)),
        (Outcome.HTTP_5XX, 2, "http_5xx", timedelta(hours=1)),
        (Outcome.HTTP_5XX, 5, "gave_up", None),
        (Outcome.HTTP_4XX, 0, "http_4xx", timedelta(hours=2)),
        (Outcome.NOT_HINDI, 0, "not_hindi", None),
        (Outcome.TOO_SHORT, 2, "gave_up", None),
    ],
)
def test_what_follows_from_an_outcome(
    outcome: Outcome, tries: int, expected: str, wait: timedelta | None
) -> None:
    fetch = url_record(work(tries=tries), Verdict(outcome, "because"), NOW)["fetch"]
    assert (fetch["outcome"], fetch["tries"], times(fetch)) == (expected, tries + 1, wait)
    assert fetch["final"] == (wait is None)
    # Of what was given up, the last reason is kept.
    assert fetch["detail"] == (f"{outcome}: because" if expected == "gave_up" else "because")


def test_the_servers_own_word_for_when_to_come_again_counts() -> None:
    later = NOW + timedelta(hours=6)
    verdict = Verdict(Outcome.HTTP_5XX, not_before=later)
    assert times(url_record(work(), verdict, NOW)["fetch"]) == timedelta(hours=6)
    sooner = Verdict(Outcome.HTTP_5XX, not_before=NOW)
    assert times(url_record(work(), sooner, NOW)["fetch"]) == timedelta(minutes=15)


def test_a_recheck_is_never_tried_again_for_its_answer() -> None:
    again = Work(entry(U1), source(), recheck(U1))
    for outcome in (Outcome.HTTP_4XX, Outcome.UNCHANGED, Outcome.DEFERRED):
        fetch = url_record(again, Verdict(outcome), NOW)["fetch"]
        assert (fetch["outcome"], fetch["final"], fetch["next_try_at"]) == (outcome, True, None)
    fetch = url_record(again, Verdict(Outcome.UNCHANGED), NOW)["fetch"]
    assert (fetch["article_id"], fetch["article_url_id"]) == ("a" * 32, url_id(U1))


def test_a_recheck_does_not_invent_when_it_was_listed() -> None:
    for first in (None, NOW):
        again = Work(entry(U1), source(), recheck(U1, first_listed_at=first))
        article = url_record(again, Verdict(Outcome.UPDATED, article=made()), NOW)["article"]
        assert to_time(article["first_listed_at"]) == first


def test_the_columns_are_those_of_the_contract() -> None:
    answer = Answer(U2, 200, 10, 5, '"e"', "lm", "pages/x.warc.gz", 7)
    verdict = Verdict(Outcome.PUBLISHED, None, answer, (U2, url_id(U2)), made())
    record = url_record(work(), verdict, NOW)
    assert set(record["fetch"]) == {c.name for c in FETCHES.columns} - {"run_id"}
    unknown = {"article_id", "version", "supersedes", "copy_of", "copy_kind", "jaccard"}
    unknown |= {"containment", "relations", "run_id"}
    assert set(record["article"]) == {c.name for c in ARTICLES.columns} - unknown
    article = {
        key: to_time(value) if key.endswith("_at") and isinstance(value, str) else value
        for key, value in record["article"].items()
    }
    row = {**article, "article_id": "a", "version": 1, "run_id": "r"}
    table = pa.Table.from_pylist([row], schema=ARTICLES.schema)
    assert table.to_pylist()[0]["agencies"][0]["evidence"] == "(भाषा)"


def test_a_feed_record_says_what_the_next_poll_needs() -> None:
    task = FeedTask("alpha", "http://alpha.test/f", "rss")
    answer = Answer(task.url, 200, etag='"1"')
    record = feed_record(task, NOW, status="ok", answer=answer, listed=["u"], newest_at=NOW)
    assert (record["etag"], record["entries"]) == ('"1"', 1)
    assert datetime.fromisoformat(record["newest_at"]) == NOW
    dropped = feed_record(task, NOW, status="ok", answer=answer, keep_validators=False)
    assert (dropped["etag"], dropped["http_status"]) == (None, 200)
