"""The same pipeline against an S3 server: the same rows, and clear words when it cannot be had."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from flows.cli import main
from lake.errors import StorageError, TaarError
from press import BASE, Press
from tests.flows.conftest import HALF_HOUR, collect, link, maintain, query, settings_for

ONLY = ["janrekha", "udgam", "samvadkendra"]
ROWS = (
    "select url, version, title, text, published_at, agencies, word_count, content_hash "
    "from articles order by 1, 2"
)
# Of two copies published in the same minute the one fetched first counts as the earlier, and that
# differs from run to run: so pairs are compared without their order.
RELATED = (
    "select least(a.url, b.url), greatest(a.url, b.url), a.version + b.version, r.kind "
    "from relations r join articles a on a.article_id = r.article_id "
    "join articles b on b.article_id = r.other_id order by all"
)


def two_runs(press: Press, folder: Path, **given: Any) -> tuple[list[Any], list[Any], list[Any]]:
    """The rows of a lake after two runs, a link and a maintain, on two different machines."""
    press.set_now(BASE)
    collect(settings_for(press, folder / "first-machine", **given), BASE, only=ONLY)
    press.set_now(BASE + HALF_HOUR)
    settings = settings_for(press, folder / "second-machine", **given)
    collect(settings, BASE + HALF_HOUR, only=ONLY)
    link(settings, BASE + HALF_HOUR)
    ask = query(settings)
    before = ask(ROWS)
    maintain(settings, BASE + 200 * HALF_HOUR)
    assert ask(ROWS) == before
    outcomes = "select outcome, count(*) from fetches group by 1 order by 1"
    return before, ask(RELATED), ask(outcomes)


def test_s3_holds_the_rows_that_a_folder_holds(
    press: Press, tmp_path: Path, s3_endpoint: str, bucket: str
) -> None:
    folder = two_runs(press, tmp_path / "folder", lake=str(tmp_path / "lake"))
    on_s3 = two_runs(
        press, tmp_path / "s3", lake=f"s3://{bucket}/hindi/news", s3_endpoint_url=s3_endpoint
    )
    assert len(folder[0]) > 100
    assert on_s3 == folder


@pytest.mark.usefixtures("s3_endpoint")
@pytest.mark.parametrize(
    ("place", "endpoint", "words"),
    [
        ("s3://no-such-bucket-here/x", None, ["no-such-bucket-here", "remedy"]),
        ("s3://bucket/x", "http://127.0.0.1:9", ["127.0.0.1:9", "remedy"]),
        ("s3://bucket/x", "127.0.0.1:9", ["127.0.0.1:9", "remedy"]),
        ("s3://", None, ["remedy"]),
    ],
)
def test_a_lake_that_cannot_be_had_is_told_clearly(
    place: str, endpoint: str | None, words: list[str], s3_endpoint: str, tmp_path: Path
) -> None:
    env = {
        "TAAR_LAKE": place,
        "TAAR_S3_ENDPOINT_URL": endpoint or s3_endpoint,
        "TAAR_CACHE": str(tmp_path / "cache"),
    }
    result = CliRunner().invoke(main, ["collect", "--no-prefect"], env=env)
    assert result.exit_code in (1, 2), result.output
    for word in words:
        assert word in result.output
    assert "Traceback" not in result.output
    assert result.exception is None or isinstance(result.exception, SystemExit)


def test_missing_credentials_are_told_clearly(
    s3_endpoint: str, bucket: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in list(os.environ):
        if name.startswith("AWS_") and "KEY" in name:
            monkeypatch.delenv(name)
    env = {
        "TAAR_LAKE": f"s3://{bucket}/x",
        "TAAR_S3_ENDPOINT_URL": s3_endpoint,
        "TAAR_CACHE": str(tmp_path / "cache"),
    }
    result = CliRunner().invoke(main, ["collect", "--no-prefect"], env=env)
    assert result.exit_code in (1, 2)
    assert "AWS_ACCESS_KEY_ID" in result.output
    assert "Traceback" not in result.output


@pytest.mark.parametrize("point", ["publish.commit", "publish.done"])
def test_a_disk_that_is_full_at_any_point_is_told_and_not_raised_raw(
    point: str, press: Press, tmp_path: Path
) -> None:
    full = settings_for(press, tmp_path, failpoints=f"{point}=enospc")
    with pytest.raises(StorageError, match="full") as caught:
        collect(full, BASE, only=["janrekha"])
    assert "remedy" in str(caught.value)


def test_a_full_disk_publishes_nothing_and_loses_nothing(press: Press, tmp_path: Path) -> None:
    full = settings_for(press, tmp_path, failpoints="seal.object=enospc")
    with pytest.raises(TaarError, match="full") as caught:
        collect(full, BASE, only=["janrekha"])
    assert isinstance(caught.value, StorageError)
    assert "remedy" in str(caught.value)
    assert not list(Path(full.lake).glob("articles/**/*.parquet"))
    asked = len(press.requests)
    later = collect(settings_for(press, tmp_path), BASE + HALF_HOUR / 30, only=["janrekha"])
    assert len(later.adopted) == 1
    expected = [
        a for a in press.truth(BASE).articles.values()
        if a.source_id == "janrekha" and a.outcome == "published"
    ]  # fmt: skip
    assert later.published == len(expected)
    # What had been fetched before the disk was full is not fetched again.
    assert len(press.requests) - asked < 5
