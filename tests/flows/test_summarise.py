"""What a run says of feeds that were not asked or not read, and whether it was in vain."""

from __future__ import annotations

from pathlib import Path

import pytest

from flows.steps.summarise import fail_if_nothing_answered
from flows.summary import RunSummary
from lake.errors import TaarError
from press import BASE, Press
from tests.flows.conftest import collect, settings_for


def summary(*errors: str, polled: int = 1) -> RunSummary:
    """A run of one source for each error, each with so many feeds polled."""
    return RunSummary(
        run_id="run",
        seconds=1.0,
        outcomes={},
        taken_up=0,
        published=0,
        updated=0,
        exact=0,
        near=0,
        partial=0,
        feeds=len(errors),
        not_modified=0,
        sources=tuple(
            {
                "source_id": f"s{n}",
                "feeds_polled": polled,
                "feeds_failed": 1,
                "errors": [f"http://s{n}.test/feed: {error}"],
            }
            for n, error in enumerate(errors)
        ),
        adopted=(),
        warnings=(),
    )


@pytest.mark.parametrize(
    ("errors", "what", "remedy"),
    [
        (["dns: no name", "timeout: no answer"], "not one source answered", "network"),
        (["http_4xx: HTTP 404"], "not one feed", "addresses"),
        (["http_5xx: HTTP 503", "http_4xx: HTTP 404"], "not one feed", "addresses"),
        (["http_5xx: robots.txt: HTTP 503"], "not one feed", "ask them again"),
        (["http_4xx: robots.txt: HTTP 429", "http_5xx: HTTP 500"], "not one feed", "ask them"),
        (["http_5xx: HTTP 503", "dns: no name"], "not one source answered", "network"),
    ],
)
def test_a_run_in_vain_says_whose_fault_it_is(errors: list[str], what: str, remedy: str) -> None:
    with pytest.raises(TaarError, match=what) as caught:
        fail_if_nothing_answered(summary(*errors))
    assert remedy in str(caught.value.remedy)


def test_feeds_that_were_not_to_be_asked_yet_make_no_run_fail() -> None:
    fail_if_nothing_answered(summary("crawl_delay: 99999 s", "held: until later"))
    fail_if_nothing_answered(summary("dns: no name", polled=2))


def test_a_run_whose_crawl_processes_all_died_has_failed(press: Press, tmp_path: Path) -> None:
    mistake = {"LOG_LEVEL": "NIX"}
    done = collect(settings_for(press, tmp_path, crawl_overrides=mistake, shards=1), BASE)
    with pytest.raises(TaarError, match="Unknown level: 'NIX'") as caught:
        fail_if_nothing_answered(done)
    assert "TAAR_CRAWL_OVERRIDES" in str(caught.value.remedy)
    assert press.requests == []
