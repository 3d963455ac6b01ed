"""The report of a day: what it says agrees with the lake, and nothing in it is taken for markup."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from flows.cli import main
from flows.settings import Settings
from flows.watch.report import make_report
from flows.watch.report_forms import Link, Report, Section
from lake.errors import ConfigError
from press import BASE, Press
from tests.flows.conftest import collect, link, query, settings_for

ONLY = ["janrekha", "udgam", "samvadkendra"]
HOUR = timedelta(hours=1)


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    folder = tmp_path_factory.mktemp("report")
    with Press() as press:
        pack = folder / "sources.yaml"
        press.write_sources(pack)
        settings = settings_for(press, folder, source_pack=pack)
        collect(settings, BASE, only=ONLY)
    link(settings, BASE)
    return settings


def sections(report: Report) -> dict[str, tuple[tuple[Any, ...], ...]]:
    """The rows of each table, by its title."""
    return {section.title: section.rows for section in report.sections}


def test_the_report_agrees_with_the_lake(filled: Settings) -> None:
    report = make_report(filled, now=BASE + HOUR)
    found = sections(report)
    ask = query(filled)
    ((articles, copies),) = ask("select count(*), count(copy_of) from articles")
    assert f"{articles} new articles" in report.lead[0]
    assert f"{copies} of the new articles" in report.lead[0]
    assert sum(row[1] for row in found["By source"]) == articles
    assert dict(found["URLs taken up"]) == dict(
        ask("select outcome, count(*) from fetches group by 1")
    )
    sizes = [row[1] for row in found["The most copied"]]
    assert sizes == sorted(sizes, reverse=True)
    assert sizes[0] == ask("select max(size) from families")[0][0]
    agencies = {row[0]: row[1] for row in found["Agencies"]}
    assert (
        agencies["pti"]
        == ask(
            "select count(*) from articles where list_contains(list_transform(agencies, "
            "lambda a: a.id), 'pti')"
        )[0][0]
    )
    assert found["Sources that need somebody"] == ()
    assert {row[0] for row in found["First publishers"]} <= set(ONLY)


def test_only_the_hours_asked_for_count(filled: Settings) -> None:
    later = make_report(filled, now=BASE + 30 * HOUR)
    assert sections(later)["By source"] == ()
    longer = make_report(filled, now=BASE + 30 * HOUR, hours=31).lead[0]
    assert re.match(r"[1-9]\d* new articles", longer)
    before = make_report(filled, now=BASE - HOUR)
    assert sections(before)["By source"] == ()


def test_a_time_without_runs_calls_nothing_well(filled: Settings, tmp_path: Path) -> None:
    later = make_report(filled, now=BASE + 30 * HOUR)
    assert later.lead[0] == (
        "Nothing was collected in this time. The newest run of the lake began at "
        f"{BASE:%Y-%m-%d %H:%M %Z}."
    )
    empty = tmp_path / "empty"
    empty.mkdir()
    never = make_report(filled.model_copy(update={"lake": str(empty)}), now=BASE)
    assert "the lake has no runs yet" in never.lead[0]
    for report in (later, never):
        text = report.to_markdown()
        assert "All are well" not in text
        assert "All sources are well" not in text
        assert "`taar link` derives them" not in text
        assert "Only families with an article of it are counted" in text
    assert "All are well" in make_report(filled, now=BASE + HOUR).to_markdown()


class Tags(HTMLParser):
    """The tags and links of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.links += [value or "" for name, value in attrs if name in ("href", "src")]


def test_headlines_of_others_are_no_markup() -> None:
    evil = '<script>alert(1)</script> | [x](javascript:1) "q" *b*'
    section = Section(
        "Evil <b>", ("a", "b"),
        ((Link(evil, "http://a.test/?a=1&b=<x>"), evil), (Link("bad", "javascript:alert(1)"), 3)),
    )  # fmt: skip
    report = Report(BASE, BASE + HOUR, ("A & B <i>",), (section,))
    page = Tags()
    page.feed(report.to_html())
    assert page.links == ["http://a.test/?a=1&b=<x>"]
    assert not {"script", "b", "i"} & set(page.tags)
    assert "&lt;script&gt;" in report.to_html()
    text = report.to_markdown()
    assert "<script>" not in text
    assert not re.search(r"(?<!\\)\]\(javascript", text)
    (row,) = [line for line in text.splitlines() if "alert(1)&lt;" in line]
    cells = row.replace("\\|", "").strip("|").split("|")
    assert len(cells) == 2


def test_the_page_asks_nobody_for_anything(filled: Settings) -> None:
    text = make_report(filled, now=BASE + HOUR).to_html()
    page = Tags()
    page.feed(text)
    assert not {"script", "link", "img", "iframe"} & set(page.tags)
    assert page.links
    assert all(".press.test" in url for url in page.links)
    assert 'charset="utf-8"' in text


def run(settings: Settings, *words: str) -> Result:
    env = {"TAAR_LAKE": settings.lake, "TAAR_SOURCE_PACK": str(settings.source_pack)}
    return CliRunner().invoke(main, ["report", "--until", BASE.isoformat(), *words], env=env)


def test_the_command_writes_and_prints(filled: Settings, tmp_path: Path) -> None:
    later = ["--until", (BASE + HOUR).isoformat()]
    assert "## Agencies" in run(filled, *later).output
    out = tmp_path / "day.html"
    assert run(filled, *later, "--out", str(out)).exit_code == 0
    assert out.read_text(encoding="utf-8").startswith("<!doctype html>")
    told = json.loads(run(filled, *later, "--json").output)
    assert {s["title"] for s in told["sections"]} >= {"By source", "Agencies"}
    for wrong in (["--out", "day.pdf"], ["--until", "yesterday"], ["--hours", "-1"]):
        assert run(filled, *wrong).exit_code == 2
    full = run(filled, "--out", "/proc/nowhere/day.md")
    assert full.exit_code == 1
    assert "remedy" in full.output


def test_without_a_lake_there_is_no_report(filled: Settings, tmp_path: Path) -> None:
    with pytest.raises(ConfigError):
        make_report(filled.model_copy(update={"lake": str(tmp_path / "none")}), now=BASE)


@pytest.mark.parametrize(
    "words",
    [
        ("--hours", "nan"),
        ("--hours", "inf"),
        ("--until", "9999-12-31T23:59:59-12:00"),
        ("--until", "0001-01-01T00:00+05:30"),
    ],
)
def test_times_out_of_all_bounds_are_refused(filled: Settings, words: tuple[str, ...]) -> None:
    done = run(filled, *words)
    assert done.exit_code == 2
    assert "Invalid value" in done.output
