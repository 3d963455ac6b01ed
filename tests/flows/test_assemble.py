"""One outcome for every URL taken up, versions of articles, and the state that is left."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from crawler.plan import Entry, Plan, Recheck, from_time
from crawler.source_model import Source
from flows.steps.feed_state import state_after
from flows.steps.rows import Batch, table
from flows.steps.settle import settle as settle_all
from flows.steps.source_counts import source_rows
from flows.steps.taken import TakenUp, taken_up, taken_up_by_feeds
from lake import ids, schema
from lake.outcomes import Outcome

NOW = datetime(2024, 11, 22, 3, 30, tzinfo=UTC)
RUN = ids.new_run_id(NOW)
FEED = "http://ek.test/feed"
SOURCE = Source.model_validate(
    {"id": "ek", "name": "Ek", "home": "http://ek.test/", "feeds": [{"url": FEED}]}
)


def entry(path: str, **given: Any) -> Entry:
    url = f"http://ek.test/{path}"
    return Entry(
        url_id=ids.url_id(url),
        url=url,
        requested_url=url,
        title=f"शीर्षक {path}",
        published_at=None,
        published_raw=None,
        first_listed_at=NOW,
        discovered_from=FEED,
        **given,
    )


def fetch(
    of: Entry, outcome: str, *, final: bool, minute: int = 0, tries: int = 1
) -> dict[str, Any]:
    return {
        "url_id": of.url_id,
        "url": of.url,
        "requested_url": of.requested_url,
        "source_id": "ek",
        "discovered_from": of.discovered_from,
        "first_listed_at": from_time(of.first_listed_at),
        "fetched_at": from_time(NOW + timedelta(minutes=minute)),
        "outcome": outcome,
        "final": final,
        "tries": tries,
        "next_try_at": None if final else from_time(NOW + timedelta(hours=1)),
    }


def article(of: Entry, body: str, *, canonical: Entry | None = None) -> dict[str, Any]:
    by = canonical or of
    return {
        "url_id": by.url_id,
        "url": by.url,
        "requested_url": of.requested_url,
        "source_id": "ek",
        "source_name": "Ek",
        "text": body,
        "language": "hi",
        "fetched_at": from_time(NOW),
        "word_count": 50,
        "content_hash": ids.content_hash(body),
        "extractor": "generic",
        "extractor_version": "1",
    }


def record(
    of: Entry, outcome: str = "published", body: str | None = None, **given: Any
) -> dict[str, Any]:
    canonical = given.pop("canonical", None)
    made = article(of, body, canonical=canonical) if body else None
    return {"kind": "url", "fetch": fetch(of, outcome, **{"final": True, **given}), "article": made}


def known(of: Entry, body: str, version: int = 1) -> dict[str, Any]:
    digest = ids.content_hash(body)
    return {
        "url_id": of.url_id,
        "article_id": ids.article_id(of.url_id, version, digest),
        "version": version,
        "content_hash": digest,
    }


def taken(*entries: Entry, recheck: Recheck | None = None) -> dict[str, TakenUp]:
    return {e.url_id: TakenUp(e, "ek", recheck) for e in entries}


def settle(
    up: dict[str, TakenUp], records: list[dict[str, Any]], known_rows: dict[str, Any] | None = None
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    return settle_all(RUN, NOW, up, records, known_rows or {})


def test_every_url_taken_up_has_one_outcome_even_without_a_record() -> None:
    one, two = entry("one"), entry("two", tries=2)
    fetches, articles = settle(taken(one, two), [record(one, body="पाठ")])
    assert {f["url_id"]: f["outcome"] for f in fetches} == {
        one.url_id: "published",
        two.url_id: "deferred",
    }
    (left,) = [f for f in fetches if f["outcome"] == "deferred"]
    assert left["tries"] == 2
    assert not left["final"]
    assert [a["url_id"] for a in articles] == [one.url_id]
    assert articles[0]["version"] == 1
    assert articles[0]["supersedes"] is None


def test_of_several_records_of_a_url_the_final_one_counts_then_the_newest() -> None:
    one, two = entry("one"), entry("two")
    fetches, _ = settle(
        taken(one, two),
        [
            record(one, "timeout", final=False, minute=5),
            record(one, "not_hindi", minute=1),
            record(two, "timeout", final=False, minute=1),
            record(two, "http_5xx", final=False, minute=2),
        ],
    )
    assert {f["url_id"]: f["outcome"] for f in fetches} == {
        one.url_id: "not_hindi",
        two.url_id: "http_5xx",
    }


def test_two_addresses_of_one_article_publish_it_once() -> None:
    plain, amp = entry("story"), entry("amp/story")
    fetches, articles = settle(
        taken(plain, amp),
        [
            record(amp, body="एक ही पाठ", canonical=plain, minute=0),
            record(plain, body="एक ही पाठ", minute=1),
        ],
    )
    assert len(articles) == 1
    outcomes = {f["url_id"]: f["outcome"] for f in fetches}
    assert outcomes == {amp.url_id: "published", plain.url_id: "duplicate_url"}
    assert {f["article_id"] for f in fetches} == {articles[0]["article_id"]}


def test_what_another_run_has_published_meanwhile_is_not_published_again() -> None:
    one = entry("one")
    before = known(one, "पाठ")
    fetches, articles = settle(taken(one), [record(one, body="पाठ")], {one.url_id: before})
    assert articles == []
    assert fetches[0]["outcome"] == "unchanged"
    assert fetches[0]["article_id"] == before["article_id"]


def test_a_changed_article_is_a_new_version_that_names_the_one_before() -> None:
    one = entry("one")
    before = known(one, "पुराना पाठ", version=3)
    fetches, (row,) = settle(
        taken(one), [record(one, "updated", body="नया पाठ")], {one.url_id: before}
    )
    assert (row["version"], row["supersedes"]) == (4, before["article_id"])
    assert row["article_id"] == ids.article_id(one.url_id, 4, ids.content_hash("नया पाठ"))
    assert fetches[0]["outcome"] == "updated"


def test_an_edit_and_its_undoing_are_three_different_rows() -> None:
    one = entry("one")
    first = ids.article_id(one.url_id, 1, ids.content_hash("क"))
    undone = ids.article_id(one.url_id, 3, ids.content_hash("क"))
    assert first != undone


def test_a_recheck_that_fails_owes_nothing() -> None:
    one = entry("one")
    again = Recheck(one.url_id, one.url, "ek", "id", 1, "hash")
    fetches, _ = settle(
        taken(one, recheck=again),
        [record(one, "http_5xx", final=False)],
        {one.url_id: known(one, "पाठ")},
    )
    assert fetches[0]["final"]
    assert fetches[0]["next_try_at"] is None


def feed_record(*entries: Entry, status: str = "ok") -> dict[str, Any]:
    return {
        "kind": "feed",
        "source_id": "ek",
        "feed_url": FEED,
        "feed_kind": "rss",
        "polled_at": from_time(NOW),
        "status": status,
        "failure": "http_5xx" if status == "failed" else None,
        "detail": "503" if status == "failed" else None,
        "http_status": 200,
        "etag": '"e"',
        "last_modified": None,
        "body_hash": "b",
        "entries": len(entries),
        "newest_at": None,
        "listed": [e.url_id for e in entries],
        "taken_up": [{**e.to_json(), "discovered_from": None} for e in entries],
    }


def test_state_keeps_what_is_owed_and_forgets_what_is_done() -> None:
    done, failed, missed = entry("done"), entry("failed"), entry("missed")
    feed = feed_record(done, failed, missed)
    up = taken_up_by_feeds([feed])
    assert set(up) == {done.url_id, failed.url_id, missed.url_id}
    fetches, _ = settle(up, [record(done, body="पाठ"), record(failed, "timeout", final=False)])
    (row,) = state_after([], [feed], {"ek": SOURCE}, up, fetches, {})
    owed = {p["url_id"]: p for p in row["pending"]}
    assert set(owed) == {failed.url_id, missed.url_id}
    assert owed[failed.url_id]["tries"] == 1
    assert owed[failed.url_id]["not_before"] == NOW + timedelta(hours=1)
    assert owed[missed.url_id]["tries"] == 0
    # A later run that polls nothing of this feed still carries what is owed.
    (later,) = state_after([row], [], {"ek": SOURCE}, {}, [], {})
    assert {p["url_id"] for p in later["pending"]} == set(owed)
    # What another run has finished meanwhile is no longer owed.
    (later,) = state_after([row], [], {"ek": SOURCE}, {}, [], {failed.url_id: known(failed, "पाठ")})
    assert {p["url_id"] for p in later["pending"]} == {missed.url_id}
    assert table([row], schema.STATE).num_rows == 1


def test_pending_entries_are_taken_up_when_their_time_has_come() -> None:
    due, early = entry("due"), entry("early", not_before=NOW + timedelta(minutes=1))
    plan = Plan(RUN, NOW, 60, (), pending={"ek": (due, early)})
    assert set(taken_up(plan)) == {due.url_id}


def test_counts_of_a_source_add_up() -> None:
    one, two = entry("one"), entry("two")
    feed = feed_record(one, two)
    up = taken_up_by_feeds([feed])
    fetches, articles = settle(up, [record(one, body="पाठ")])
    broken = feed_record(status="failed")
    (row,) = source_rows(RUN, NOW, {"ek": SOURCE}, [feed, broken], fetches, articles)
    assert row["taken_up"] == sum(count for _, count in row["outcomes"]) == 2
    assert dict(row["outcomes"]) == {"published": 1, "deferred": 1}
    assert (row["feeds_polled"], row["feeds_failed"], row["published"]) == (2, 1, 1)
    assert row["errors"] == [f"{FEED}: http_5xx: 503"]
    assert row["median_words"] == 50
    assert table([row], schema.SOURCE_RUNS).num_rows == 1


@pytest.mark.parametrize("outcome", list(Outcome))
def test_a_batch_counts_its_outcomes(outcome: Outcome) -> None:
    batch = Batch(fetches=[{"outcome": outcome.value}])
    assert batch.outcomes == {outcome.value: 1}
