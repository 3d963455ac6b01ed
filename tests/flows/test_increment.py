"""What a run asks for half an hour after another, and a minute after it."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from flows.settings import Settings
from flows.steps import supervise
from press import BASE, Faults, Press, Request
from tests.flows.conftest import collect, query, settings_for

SITES = ["pathdarpan", "khabarsagar", "vindhyatara"]
"""With feeds, with a sitemap index, with section pages."""


@dataclass(frozen=True)
class Ran:
    """A press that has been crawled once, and stands still."""

    press: Press
    settings: Settings

    def asked(self, minutes: float) -> list[Request]:
        """What a run so long after the first asks for, robots.txt left out."""
        before = len(self.press.requests)
        collect(self.settings, BASE + timedelta(minutes=minutes))
        return [r for r in self.press.requests[before:] if r.path != "/robots.txt"]


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ran]:
    folder = tmp_path_factory.mktemp("first")
    with Press(BASE, Faults.none(), sites=SITES) as press:
        pack = folder / "sources.yaml"
        rarely = "id: pathdarpan\n  polling: {floor_s: 3600, start_s: 3600}\n"
        pack.write_text(press.sources_yaml().replace("id: pathdarpan\n", rarely), encoding="utf-8")
        settings = settings_for(press, folder, source_pack=pack)
        assert collect(settings, BASE).published > 100
        yield Ran(press, settings)


@pytest.fixture
def ran(first: Ran, tmp_path: Path) -> Ran:
    """The same after the first run, for each test anew."""
    shutil.copytree(first.settings.lake, tmp_path / "lake")
    return Ran(first.press, first.settings.model_copy(update={"lake": str(tmp_path / "lake")}))


def test_half_an_hour_later_only_due_feeds_are_asked_and_nothing_has_changed(ran: Ran) -> None:
    asked = ran.asked(30)
    due = {f"{s.host}{f.path}" for s in ran.press.sites for f in s.feeds if f.polled}
    due = {address for address in due if not address.startswith("pathdarpan")}
    feeds = [r for r in asked if f"{r.host}{r.path}" in due]
    assert len(feeds) == len(due)
    # What else is asked for are young articles, to see whether they were edited.
    again = [r for r in asked if r not in feeds]
    assert all("If-None-Match" in r.headers for r in asked)
    assert Counter(r.status for r in asked) == Counter({304: len(asked)})
    assert len(again) < 40
    ((rows, new),) = query(ran.settings)(
        "select count(*), count(*) filter (outcome <> 'unchanged') from fetches "
        "where run_id = (select max(run_id) from fetches)"
    )
    assert (rows, new) == (len(again), 0)


def test_without_second_looks_no_page_is_asked_for(ran: Ran) -> None:
    settings = ran.settings.model_copy(update={"rechecks_per_run": 0})
    asked = Ran(ran.press, settings).asked(30)
    assert asked
    assert {r.host for r in asked} == {"khabarsagar.press.test", "vindhyatara.press.test"}
    addresses = {f"{r.host}{r.path}" for r in asked}
    assert addresses <= {f"{s.host}{f.path}" for s in ran.press.sites for f in s.feeds}
    assert {r.status for r in asked} == {304}


def test_a_minute_later_nothing_is_asked_and_no_process_started(
    ran: Ran, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def refuse(*_: object) -> None:
        raise AssertionError("a crawl process was started")

    monkeypatch.setattr(supervise, "_start", refuse)
    before = len(ran.press.requests)
    summary = collect(ran.settings, BASE + timedelta(minutes=1))
    assert summary.run_id is None
    assert len(ran.press.requests) == before
