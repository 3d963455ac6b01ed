"""Serving by hand, and the small choices."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import urllib.request
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from press import Press
from press.__main__ import main
from press.chance import below, between, choose, shuffled
from press.roundups import bundle_all, load_openings
from press.specials import special_pages
from press.story import load_stories
from press.web import collect
from press.wire import carry_all
from tests.press.conftest import SAMPLES

ROOT = Path(__file__).parents[2]


def test_by_hand_it_says_where_it_serves() -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "press", "--now", "2024-06-18T12:00", "--still"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    try:
        word, _, rest = process.stdout.readline().partition(" ")
        assert word == "host_map"
        address = json.loads(rest)["*.press.test"]["80"]
        sources = Path(process.stdout.readline().split()[1])
        assert "janrekha" in sources.read_text(encoding="utf-8")
        request = urllib.request.Request(
            f"http://{address}/feed/", headers={"Host": "janrekha.press.test"}
        )
        with urllib.request.urlopen(request, timeout=20) as reply:
            assert reply.read().count(b"<item>") == 1
    finally:
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=20) == 0
        process.stdout.close()
    assert not sources.exists()


def test_a_time_that_is_none_is_wrong_use() -> None:
    result = CliRunner().invoke(main, ["--now", "yesterday"])
    assert result.exit_code == 2
    assert "'yesterday' is no ISO 8601 time" in result.output


def test_choices_are_the_same_every_time_and_spread() -> None:
    assert [below(10, "a", n) for n in range(5)] == [below(10, "a", n) for n in range(5)]
    assert len({below(10, "a", n) for n in range(200)}) == 10
    assert all(2 <= between(2, 3, n) < 3 for n in range(100))
    assert sorted(shuffled("abcdef", 1)) == list("abcdef")
    assert shuffled("abcdef", 1) != shuffled("abcdef", 2)
    assert choose(["x"], "any") == "x"
    with pytest.raises(ValueError, match="limit must be 1 or more, not 0"):
        choose([], "any")


def test_a_round_up_holds_three_stories_that_have_nothing_in_common() -> None:
    stories = {s.id: s for s in load_stories()}
    pages = list(bundle_all(list(stories.values())))
    assert len(pages) == len(load_openings())
    used = [root for page in pages for root in page.roots]
    assert len(used) == len(set(used)) == 3 * len(pages)
    for page in pages:
        held = [stories[root] for root in page.roots]
        assert len({s.section for s in held}) == 3
        assert page.published_at > max(s.published_at for s in held)
        for story in held:
            assert story.paragraphs[0] in page.versions[0].text
    assert list(bundle_all(load_stories(SAMPLES)[:2])) == []


def test_specials_and_addresses_are_checked(tmp_path: Path) -> None:
    wrong = tmp_path / "specials.yaml"
    wrong.write_text("- {name: ghost}\n", encoding="utf-8")
    with pytest.raises(ValueError, match="unknown special 'ghost'"):
        list(special_pages(wrong))
    page = Press().web.pages[0]
    with pytest.raises(ValueError, match="two pages have the address"):
        collect([page, page])


def test_a_dated_story_needs_the_look_of_its_first_site() -> None:
    dated = replace(load_stories(SAMPLES)[0], fixed=True, site="gazette")
    with pytest.raises(ValueError, match="no site looks like 'gazette'"):
        carry_all([dated])
