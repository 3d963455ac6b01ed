"""Whether `compare` says of a pair what the engine finds among all articles of the press."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

import dedup
from dedup.compiled.sharing import sharing
from dedup.frequencies import start_frequencies
from dedup.labels.scores import cosines_of, weigh
from dedup.prints.sheet import read_sheet
from dedup.settings import DEFAULT
from dedup.threads import keywords, two_lists
from press.web import build_web
from tests.dedup.stories import FUEL_MONDAY, START, articles

SCORES = ("jaccard", "containment", "cosine")


@lru_cache(maxsize=1)
def news() -> pa.Table:
    """The articles of the press, each version with its headline, address and time."""
    texts: dict[str, str] = {}
    columns: dict[str, dict[str, Any]] = {
        name: {} for name in ("title", "url_id", "version", "published_at", "fetched_at")
    }
    for page in build_web().pages:
        for number, version in enumerate(page.versions, 1):
            name = f"{page.url} {number}"
            texts[name] = "\n\n".join(version.shown)
            columns["title"][name] = version.headline
            columns["url_id"][name] = page.url
            columns["version"][name] = number
            columns["published_at"][name] = columns["fetched_at"][name] = version.at
    return articles(texts, **columns)


@lru_cache(maxsize=1)
def found() -> tuple[pa.Table, pa.Table, pa.Table]:
    """The fingerprints, the relations and the edges of threads."""
    prints = dedup.fingerprint(news())
    pairs = dedup.find_relations(prints, [])
    return prints, pairs, dedup.find_threads(prints, pairs)


def rows_of(*names: str) -> pa.Table:
    ids = [str(name) for name in news().column("article_id").to_pylist()]
    return news().take([ids.index(name) for name in names])


def test_every_relation_has_the_same_kind_and_scores() -> None:
    pairs = found()[1].to_pylist()
    updates = [row for row in pairs if row["kind"] == "update"]
    assert updates
    kinds = set()
    for row in [*pairs[::13], *updates]:
        one = dedup.compare_articles(rows_of(row["article_id"], row["other_id"]))
        assert one.kind == row["kind"]
        assert [getattr(one, s) for s in SCORES] == pytest.approx(
            [row[s] for s in SCORES], abs=1e-6
        )
        kinds.add(one.kind)
    assert kinds >= {"exact", "near", "partial", "series", "update"}


def test_every_thread_has_the_same_scores_with_headlines_and_times() -> None:
    edges = found()[2].to_pylist()
    assert len(edges) > 50
    without = 0
    for edge in edges:
        a, b = rows_of(edge["article_id"], edge["other_id"]).to_pylist()
        one = dedup.compare(
            a["text"],
            b["text"],
            titles=(a["title"], b["title"]),
            times=(a["published_at"], b["published_at"]),
        )
        assert one.kind == "thread"
        assert [getattr(one, s) for s in SCORES] == pytest.approx(
            [edge[s] for s in SCORES], abs=1e-6
        )
        without += dedup.compare(a["text"], b["text"]).cosine != one.cosine
    assert without > 0


def test_lists_of_different_figures_are_no_thread() -> None:
    prints, pairs, _ = found()
    sheet = read_sheet(prints)
    vectors = weigh(sheet.terms, sheet.term_counts, start_frequencies())
    related = {frozenset((row["article_id"], row["other_id"])) for row in pairs.to_pylist()}
    refused = 0
    everywhen = np.zeros(len(sheet), dtype=np.int64)
    keys = keywords(vectors, DEFAULT.keywords)
    for rows_a, rows_b in sharing(keys, everywhen, DEFAULT.thread_shared, 1):
        alike = cosines_of(vectors, rows_a, rows_b) >= DEFAULT.thread_cosine
        for a, b in zip(rows_a[alike].tolist(), rows_b[alike].tolist(), strict=True):
            names = (sheet.ids[a], sheet.ids[b])
            if frozenset(names) in related or not two_lists(sheet, a, b, DEFAULT):
                continue
            one = dedup.compare_articles(rows_of(*names))
            assert (one.kind, one.figures) == ("none", True)
            refused += 1
    assert refused > 0


def test_times_tell_a_correction_within_hours_from_a_series() -> None:
    later = FUEL_MONDAY.replace("104.21", "104.31").replace("92.15", "92.25")
    hours = [START.replace(hour=hour) for hour in (6, 9)]
    assert dedup.compare(FUEL_MONDAY, later, times=(hours[0], hours[1])).kind == "near"
    days = (START, START.replace(year=START.year + 2))
    one = dedup.compare(FUEL_MONDAY, FUEL_MONDAY, times=days)
    assert one.kind == "none"
    assert one.apart_s == 730 * 86400
    assert dedup.compare(FUEL_MONDAY, FUEL_MONDAY).apart_s is None


def test_what_cannot_be_compared_is_named() -> None:
    with pytest.raises(ValueError, match="a time has no zone"):
        dedup.compare("क", "ख", times=(START.replace(tzinfo=None), START))
    with pytest.raises(TypeError, match="a title must be a string, not int"):
        dedup.compare("क", "ख", titles=(5, None))  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="two articles are compared, not 1"):
        dedup.compare_articles(articles({"a": "क"}))
