"""The whole way of a story over the press: crawl, labels, lake, link, without Prefect."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb
import pandas as pd
import polars as pl
import pytest

from flows.settings import Settings
from flows.steps.summarise import fail_if_nothing_answered
from flows.summary import LinkSummary, RunSummary
from lake.errors import ConfigError, LakeBusyError, TaarError
from press import BASE, Press
from tests.flows.conftest import HALF_HOUR, collect, link, maintain, query, settings_for

PUTIN_2024 = (
    "select * from articles where url like '%putin-pyongyang-yatra%' and source_id='janrekha'"
)


@dataclass(frozen=True)
class TwoRuns:
    """Two runs half an hour apart, and one link."""

    settings: Settings
    press: Press
    first: RunSummary
    second: RunSummary
    linked: LinkSummary


@pytest.fixture(scope="module")
def two_runs(tmp_path_factory: pytest.TempPathFactory) -> TwoRuns:
    press = Press()
    press.start()
    try:
        settings = settings_for(press, tmp_path_factory.mktemp("two-runs"))
        first = collect(settings, BASE)
        press.set_now(BASE + HALF_HOUR)
        second = collect(settings, BASE + HALF_HOUR)
        linked = link(settings, BASE + HALF_HOUR)
    finally:
        press.stop()
    return TwoRuns(settings, press, first, second, linked)


def test_outcomes_are_as_the_press_says_and_add_up(two_runs: TwoRuns) -> None:
    ask = query(two_runs.settings)
    run_id = two_runs.first.run_id
    found: dict[str, str] = dict(ask(f"select url, outcome from fetches where run_id = '{run_id}'"))
    truth = two_runs.press.truth(BASE)
    expected = {url: article.outcome for url, article in truth.articles.items()}
    assert {url: found.get(url) for url in expected} == expected
    for run in (two_runs.first, two_runs.second):
        assert sum(run.outcomes.values()) == run.taken_up
    sums = ask("select sum(taken_up), sum(published) from source_runs")
    assert sums == [
        (
            two_runs.first.taken_up + two_runs.second.taken_up,
            sum(r.published + r.updated for r in (two_runs.first, two_runs.second)),
        )
    ]


def test_the_second_run_publishes_only_what_changed(two_runs: TwoRuns) -> None:
    before = set(two_runs.press.truth(BASE).articles)
    after = two_runs.press.truth(BASE + HALF_HOUR)
    new = {u for u, a in after.articles.items() if u not in before and a.outcome == "published"}
    healed = {
        u
        for u, a in two_runs.press.truth(BASE).articles.items()
        if a.outcome == "http_5xx" and after.articles[u].outcome == "published"
    }
    ask = query(two_runs.settings)
    run_id = two_runs.second.run_id
    rows = ask(f"select url, version from articles where run_id = '{run_id}'")
    assert {url for url, version in rows if version == 1} == new | healed
    changed = {u for u, a in after.articles.items() if a.versions == 2 and u in before}
    assert {url for url, version in rows if version == 2} == changed
    assert changed
    assert two_runs.second.not_modified > 0


def test_relations_are_as_the_press_says(two_runs: TwoRuns) -> None:
    ask = query(two_runs.settings)
    found = ask(
        "select a.url, b.url, r.kind from relations r "
        "join articles a on a.article_id = r.article_id "
        "join articles b on b.article_id = r.other_id"
    )
    marks = two_runs.press.evaluate(found, BASE + HALF_HOUR)
    for kind, floor in (("exact", 0.98), ("near", 0.98), ("partial", 0.9)):
        assert marks[kind]["precision"] >= floor, (kind, marks[kind])
        assert marks[kind]["recall"] >= floor, (kind, marks[kind])


def test_rows_name_their_best_earlier_copy(two_runs: TwoRuns) -> None:
    ask = query(two_runs.settings)
    (count,) = ask(
        "select count(*) from articles a join articles b on a.copy_of = b.article_id "
        "where coalesce(b.published_at, b.fetched_at) > coalesce(a.published_at, a.fetched_at)"
    )[0]
    assert count == 0
    kinds: dict[str, int] = dict(ask("select copy_kind, count(*) from articles group by 1"))
    assert {"exact", "near", "partial", "update"} <= set(kinds)
    ((dangling,),) = ask(
        "select count(*) from (select unnest(relations).article_id as id from articles) "
        "where id not in (select article_id from articles)"
    )
    assert dangling == 0


def test_plain_readers_see_the_rows_of_the_view(two_runs: TwoRuns) -> None:
    ask = query(two_runs.settings)
    expected: dict[str, int] = dict(ask("select source_id, count(*) from articles group by 1"))
    root = f"{two_runs.settings.lake}/articles"
    glob = f"{root}/**/*.parquet"
    by_duckdb = duckdb.sql(
        f"select source_id, count(*) from read_parquet('{glob}') group by 1"
    ).fetchall()
    assert dict(by_duckdb) == expected
    by_pandas = pd.read_parquet(root)["source_id"].astype(str).value_counts().to_dict()
    assert by_pandas == expected
    by_polars = pl.scan_parquet(glob).group_by("source_id").len().collect()
    assert dict(by_polars.iter_rows()) == expected


def test_the_piece_of_2024_is_clean_dated_and_credited(two_runs: TwoRuns) -> None:
    settings, story = two_runs.settings, "putin-pyongyang-yatra"
    ((title, text, published, precision, source, agencies),) = query(settings)(
        "select title, text, published_at, published_precision, date_source, agencies "
        f"from articles where source_id = 'janrekha' and url like '%{story}%'"
    )
    assert published == datetime(2024, 6, 18, 4, 10, tzinfo=UTC)
    assert source == "feed"
    assert precision in ("second", "minute")
    for debris in ("Related Post", "Leave a Reply", "Your email address", "Nov 22nd", title):
        assert debris not in text
    (credit,) = agencies
    assert credit["id"] == "afp"
    assert credit["place"] == "phrase"
    assert credit["evidence"] in text
    assert "एएफपी" in credit["evidence"]


def test_the_piece_of_2023_is_clean_and_dated(two_runs: TwoRuns) -> None:
    ((text, published),) = query(two_runs.settings)(
        "select text, published_at from articles "
        "where source_id = 'pathdarpan' and url like '%lukashenko-kim-prastav%'"
    )
    assert published == datetime(2023, 9, 16, 8, 18, tzinfo=UTC)
    for debris in ("Update:", "Tags:", "Similar News", "GMT"):
        assert debris not in text


def test_the_two_pieces_are_a_thread_and_no_copies(two_runs: TwoRuns) -> None:
    ask = query(two_runs.settings)
    pair = (
        "join articles a on a.article_id = x.article_id join articles b on b.article_id = "
        "x.other_id where a.url like '%putin-pyongyang-yatra%' and a.source_id = 'janrekha' "
        "and b.url like '%lukashenko-kim-prastav%' and b.source_id = 'pathdarpan'"
    )
    ((cosine, jaccard, terms),) = ask(
        f"select x.cosine, x.jaccard, x.shared_terms from threads x {pair}"
    )
    assert cosine >= two_runs.settings.thread_cosine
    assert jaccard < 0.1
    assert "पुतिन" in terms
    assert ask(f"select 1 from relations x {pair}") == []


def test_a_thread_is_found_on_a_fresh_machine_nine_months_later(tmp_path: Path) -> None:
    in_2023 = datetime(2023, 9, 16, 12, tzinfo=UTC)
    in_2024 = datetime(2024, 6, 18, 12, tzinfo=UTC)
    with Press(now=in_2023) as press:
        settings = settings_for(press, tmp_path)
        assert collect(settings, in_2023).published > 0
        press.set_now(in_2024)
        compacted = maintain(settings, in_2024 - timedelta(days=30))
        assert compacted.compacted_days == 4  # articles, fetches, source_runs, fingerprints
        assert [p.name[:4] for p in Path(settings.lake).glob("articles/*/*")] == ["day-"]
        shutil.rmtree(settings.cache)
        assert collect(settings, in_2024).published > 0
        link(settings, in_2024)
    rows = query(settings)(
        "select a.published_at, b.published_at, t.cosine from threads t "
        "join articles a on a.article_id = t.article_id "
        "join articles b on b.article_id = t.other_id"
    )
    assert any(
        (a.date().isoformat(), b.date().isoformat()) == ("2024-06-18", "2023-09-16")
        and cosine >= settings.thread_cosine
        for a, b, cosine in rows
    )


def test_a_run_right_after_another_asks_for_nothing(press: Press, tmp_path: Path) -> None:
    settings = settings_for(press, tmp_path)
    collect(settings, BASE, only=["janrekha"])
    asked = len(press.requests)
    again = collect(settings, BASE + timedelta(minutes=1), only=["janrekha"])
    assert again.run_id is None
    assert len(press.requests) == asked


def test_no_network_fails_with_a_line_for_each_source(press: Press, tmp_path: Path) -> None:
    press.faults.down = True
    settings = settings_for(press, tmp_path)
    summary = collect(settings, BASE)
    assert summary.published == 0
    with pytest.raises(TaarError, match="not one source answered") as caught:
        fail_if_nothing_answered(summary)
    for site in press.sites:
        assert f"    {site.id}: " in str(caught.value)
    assert "taar demo" in str(caught.value)
    # When the network is back, nothing has been forgotten.
    press.faults.down = False
    later = BASE + timedelta(days=1)
    press.set_now(later)
    assert collect(settings, later).published > 300


def test_an_unknown_source_is_named_with_its_neighbours(press: Press, tmp_path: Path) -> None:
    settings = settings_for(press, tmp_path)
    with pytest.raises(ConfigError, match="no source 'janrekka'") as caught:
        collect(settings, BASE, only=["janrekka"])
    assert "janrekha" in str(caught.value)


@pytest.mark.parametrize(
    ("name", "text", "where"),
    [
        ("ca_file", None, "TAAR_CA_FILE"),
        ("ca_file", "no certificate", "TAAR_CA_FILE"),
        ("sources", "sources:\n  - id: udgam\n    agency: nosuch\n", "given:3"),
    ],
)
def test_a_wrong_file_is_told_before_anything_is_started(
    name: str, text: str | None, where: str, press: Press, tmp_path: Path
) -> None:
    file = tmp_path / "given"
    if text is not None:
        file.write_text(text, encoding="utf-8")
    settings = settings_for(press, tmp_path, **{name: file})
    with pytest.raises(ConfigError) as caught:
        collect(settings, BASE)
    assert str(caught.value.where).endswith(where)
    assert (press.requests, Path(settings.lake).exists()) == ([], False)


def test_a_second_writer_is_told_who_holds_the_lake(press: Press, tmp_path: Path) -> None:
    from flows.opening import open_lake

    settings = settings_for(press, tmp_path)
    with open_lake(settings).lock(BASE), pytest.raises(LakeBusyError, match="in use"):
        collect(settings, BASE, only=["janrekha"])
    assert press.requests == []
