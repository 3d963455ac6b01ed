"""A better extractor alone never makes a version."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from flows.opening import open_lake
from flows.steps import older_extractor
from flows.steps.known import by_url
from flows.steps.records import Recorded
from lake import schema
from lake.tables import Lake
from press import BASE, Press
from tests.flows.conftest import collect, settings_for


@pytest.fixture
def lake(press: Press, tmp_path: Path) -> Lake:
    settings = settings_for(press, tmp_path)
    collect(settings, BASE, only=["janrekha"])
    return open_lake(settings)


def known_and_article(lake: Lake) -> tuple[dict[str, Any], dict[str, Any]]:
    article = lake.read(schema.ARTICLES).to_pylist()[0]
    assert article is not None
    return by_url(lake.known(), [article["url_id"]]), article


def looked_at_again(article: dict[str, Any], content_hash: str) -> Recorded:
    made = {"url_id": article["url_id"], "content_hash": content_hash}
    return Recorded(urls=({"kind": "url", "fetch": {}, "article": made},))


def test_a_page_that_another_extractor_read_is_read_again_before_it_is_compared(
    lake: Lake, monkeypatch: pytest.MonkeyPatch
) -> None:
    known, article = known_and_article(lake)
    url_id, today = article["url_id"], article["content_hash"]
    known[url_id]["content_hash"] = "as an older extractor saw it"
    monkeypatch.setattr("crawler.extract.EXTRACTOR_VERSION", "another")
    rows = older_extractor.up_to_date(
        lake, known, looked_at_again(article, "of the page today"), {}, BASE + timedelta(hours=1)
    )
    assert rows[url_id]["content_hash"] == today
    assert rows[url_id]["first_listed_at"] == article["first_listed_at"]


def test_without_its_page_a_published_version_stands_as_it_is(
    lake: Lake, monkeypatch: pytest.MonkeyPatch
) -> None:
    known, article = known_and_article(lake)
    before = dict(known[article["url_id"]])
    monkeypatch.setattr("crawler.extract.EXTRACTOR_VERSION", "another")
    lake.storage.delete([article["warc_file"]])
    rows = older_extractor.up_to_date(lake, known, looked_at_again(article, "new"), {}, BASE)
    assert rows[article["url_id"]]["content_hash"] == before["content_hash"]


def test_the_same_extractor_asks_the_archive_for_nothing(
    lake: Lake, monkeypatch: pytest.MonkeyPatch
) -> None:
    known, article = known_and_article(lake)

    def never(*_: object) -> bytes:
        raise AssertionError("the archive was asked")

    monkeypatch.setattr(type(lake.storage), "get_range", never)
    rows = older_extractor.up_to_date(lake, known, looked_at_again(article, "new"), {}, BASE)
    assert rows[article["url_id"]]["content_hash"] == article["content_hash"]
