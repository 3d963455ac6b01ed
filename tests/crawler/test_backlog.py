"""What is set aside comes back as it was, costs next to no memory, and leaves nothing behind."""

from __future__ import annotations

import tracemalloc
from datetime import UTC
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.backlog import Backlog
from crawler.ledger import KnownUrls, Ledger
from crawler.manners.waiting import Waiting
from crawler.plan import Clock
from crawler.records import Work
from lake import failpoints
from lake.errors import StorageError
from tests.crawler.crawls import NOW, backlog, entry, recheck, source

ALPHA, BETA = source("alpha"), source("beta")
URL = "http://alpha.test/1"

texts = st.none() | st.text(st.characters(), max_size=5_000)
times = st.none() | st.datetimes(timezones=st.just(UTC))
works = st.builds(
    lambda owner, again, **fields: Work(entry(URL, **fields), owner, again),
    st.sampled_from([ALPHA, BETA]),
    st.none() | st.builds(lambda at: recheck(URL, published_at=at, etag='"1"'), times),
    title=texts,
    published_at=times,
    published_raw=texts,
    tries=st.integers(0, 9),
    not_before=times,
)


@given(st.lists(works, max_size=8), st.randoms())
def test_what_was_set_aside_comes_back_as_it_was(added: list[Work], chance: object) -> None:
    aside = backlog(ALPHA, BETA)
    places = [aside.add(work) for work in added]
    assert places == sorted(set(places))
    order = list(range(len(added)))
    chance.shuffle(order)  # type: ignore[attr-defined]
    assert [aside[places[n]] for n in order] == [added[n] for n in order]
    assert all(aside[place].source in (ALPHA, BETA) for place in places)
    assert list(aside) == added
    aside.close()


def test_half_a_surrogate_pair_is_no_trouble() -> None:
    aside, work = backlog(), Work(entry(URL, title="अ\ud83d\n\0"), source())
    assert aside[aside.add(work)] == work


def test_nothing_is_made_before_it_is_needed_and_nothing_is_left(tmp_path: Path) -> None:
    folder = tmp_path / "shard-00"
    aside = Backlog(folder, {"alpha": ALPHA})
    assert list(aside) == []
    assert not folder.exists()
    aside.add(Work(entry(URL), ALPHA))
    # A file without a name: no kill can leave it there for the next run.
    assert list(folder.iterdir()) == []


def test_a_full_disk_is_told_and_leaves_it_as_it_was() -> None:
    aside = backlog()
    first, second = (Work(entry(f"http://alpha.test/{n}"), ALPHA) for n in (1, 2))
    aside.add(first)
    failpoints.arm("backlog.add=enospc")
    try:
        with pytest.raises(StorageError, match="disk is full"):
            aside.add(second)
    finally:
        failpoints.arm(None)
    assert list(aside) == [first]
    assert aside[aside.add(second)] == second


def test_a_url_that_cannot_be_set_aside_is_not_taken_up() -> None:
    books = Ledger(KnownUrls.none(), Clock.starting(NOW), lambda _: None, backlog())
    failpoints.arm("backlog.add=enospc")
    try:
        with pytest.raises(StorageError):
            books.take_up(Work(entry(URL), ALPHA))
    finally:
        failpoints.arm(None)
    assert books.close("over") == 0


def test_what_is_gone_from_the_disk_is_told() -> None:
    aside = backlog()
    place = aside.add(Work(entry(URL), ALPHA))
    assert aside._file is not None
    aside._file.truncate(place + 10)
    with pytest.raises(StorageError, match="is gone"):
        aside[place]


def held(count: int) -> int:
    """Bytes that are held of so many URLs that were taken up and wait."""
    aside, waiting = backlog(), Waiting()
    books = Ledger(KnownUrls.none(), Clock.starting(NOW), lambda _: None, aside)
    tracemalloc.start()
    try:
        for n in range(count):
            url = f"http://alpha.test/{n}-{'x' * 100}.html"
            place = books.take_up(Work(entry(url, title=f"{n} {'शीर्षक ' * 10}"), ALPHA))
            assert place is not None
            waiting.put(place, "alpha.test", n % 4)
        return tracemalloc.get_traced_memory()[0]
    finally:
        tracemalloc.stop()
        aside.close()


def test_what_waits_costs_its_place_and_its_number() -> None:
    # 48 bytes for the number of a URL, up to 90 for its share of the ledger's table, 9 for its
    # place. Its entry, were it held, would be 900 more.
    few, many = held(2_000), held(20_000)
    assert (many - few) / 18_000 < 200
