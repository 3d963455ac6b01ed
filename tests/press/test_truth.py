"""The truth: enough of everything, and labels that follow from the texts."""

from __future__ import annotations

import re
from collections import Counter
from datetime import datetime, timedelta
from itertools import combinations

import pytest

from press import BASE, Carry, Faults, Press, Truth
from press.dates import IST
from press.page import CARRIED
from press.series import DAYS, grouped
from tests.press.conftest import SAMPLES


@pytest.fixture(scope="module")
def truth() -> Truth:
    return Press().truth()


def shingle_set(text: str, size: int) -> set[str]:
    tokens = [t for t in re.split(r"[\s।.,;:!?“”‘’\"'()\-–—/%₹…]+", text.casefold()) if t]
    return {" ".join(tokens[i : i + size]) for i in range(len(tokens) - size + 1)}


def test_at_least_25_true_pairs_of_each_way_of_carrying(truth: Truth) -> None:
    counts = Counter(p.carry for p in truth.pairs if p.label != "none")
    for carry in CARRIED:
        assert counts[carry.value] >= 25, carry


def test_at_least_200_hard_negatives_of_both_sorts(truth: Truth) -> None:
    counts = Counter(p.carry for p in truth.pairs if p.label in ("none", "series"))
    assert counts["series"] >= 200
    assert counts["retelling"] >= 50


def test_the_size_of_the_web() -> None:
    press = Press()
    assert 300 <= len(press.web.pages) <= 420
    assert len(press.sites) == 6
    per_site = Counter(page.site.id for page in press.web.pages)
    assert min(per_site.values()) >= 30
    with_ld = sum(page.has_json_ld for page in press.web.pages)
    assert 0.4 <= with_ld / len(press.web.pages) <= 0.55


def test_labels_follow_from_the_texts(truth: Truth) -> None:
    press = Press()
    texts = {page.url: " ".join(page.versions[0].text) for page in press.web.pages}
    for pair in truth.pairs:
        three = [shingle_set(texts[url], 3) for url in (pair.url_a, pair.url_b)]
        five = [shingle_set(texts[url], 5) for url in (pair.url_a, pair.url_b)]
        jaccard = len(three[0] & three[1]) / len(three[0] | three[1])
        shared = len(five[0] & five[1])
        containment = shared / min(len(five[0]), len(five[1]))
        # The thresholds are met by some distance, so another way of counting agrees.
        assert jaccard == pytest.approx(pair.jaccard, abs=0.02)
        assert containment == pytest.approx(pair.containment, abs=0.02)
        if pair.carry in ("series", "thread"):
            assert pair.label == pair.carry
        elif three[0] == three[1]:
            assert pair.label == "exact"
        elif jaccard >= 0.5:
            assert pair.label == "near"
        elif containment >= 0.6 and shared >= 20:
            assert pair.label == ("roundup" if pair.carry == "roundup" else "partial")
        else:
            assert pair.label == "none"


def test_no_copy_lies_on_a_threshold(truth: Truth) -> None:
    for pair in truth.pairs:
        if pair.label in ("near", "partial"):
            assert abs(pair.jaccard - 0.5) > 0.025, pair
        if pair.label == "partial":
            assert pair.containment > 0.625, pair


def test_pairs_stand_once_earlier_first(truth: Truth) -> None:
    keys = [frozenset((p.url_a, p.url_b)) for p in truth.pairs]
    assert len(set(keys)) == len(keys)
    for pair in truth.pairs:
        first, second = truth.articles[pair.url_a], truth.articles[pair.url_b]
        assert first.published_at <= second.published_at


def test_pages_without_a_common_past_are_far_apart() -> None:
    press = Press()
    pages = [p for p in press.web.pages if p.carry in (Carry.WHOLE, Carry.OWN) and not p.series]
    shingles = {p.url: shingle_set(" ".join(p.versions[0].text), 3) for p in pages}
    for a, b in combinations(pages, 2):
        if set(a.roots) & set(b.roots):
            continue
        share = len(shingles[a.url] & shingles[b.url])
        assert share / min(len(shingles[a.url]), len(shingles[b.url])) < 0.1, (a.url, b.url)


def test_the_retellings_share_next_to_nothing(truth: Truth) -> None:
    told = [p for p in truth.pairs if p.carry == "retelling"]
    assert max(p.containment for p in told) < 0.1
    assert {p.label for p in told} == {"none"}


def test_the_putin_kim_pieces_are_a_thread_and_have_copies(truth: Truth) -> None:
    thread = [p for p in truth.pairs if p.label == "thread"]
    assert thread
    assert max(p.jaccard for p in thread) < 0.1
    for story in ("900", "901"):
        urls = {u for u, a in truth.articles.items() if a.stories == (story,)}
        labels = {p.label for p in truth.pairs if {p.url_a, p.url_b} <= urls}
        assert labels & {"exact", "near", "partial"}


def test_an_agency_page_ties_with_some_carriers(truth: Truth) -> None:
    own = {a.stories: a for a in truth.articles.values() if a.source_id == "samvadkendra"}
    ties = [
        a
        for a in truth.articles.values()
        if a.source_id != "samvadkendra"
        and a.stories in own
        and a.published_at == own[a.stories].published_at
    ]
    assert ties


def test_series_have_an_issue_for_each_day_and_numbers_that_differ() -> None:
    press = Press()
    names = {p.series for p in press.web.pages if p.series}
    assert len(names) == 6
    for name in names:
        issues = [p for p in press.web.pages if p.series == name and p.carry is Carry.SERIES]
        assert len(issues) == DAYS
        numbers = [set(re.findall(r"[\d,.]*\d", " ".join(p.versions[0].text))) for p in issues]
        for a, b in combinations(numbers, 2):
            assert min(len(a), len(b)) >= 5
            assert len(a & b) / len(a | b) < 0.35


@pytest.mark.parametrize(
    ("value", "places", "text"),
    [(107300, 0, "1,07,300"), (77155.79, 2, "77,155.79"), (9.5, 1, "9.5"), (450, 0, "450")],
)
def test_numbers_are_grouped_as_in_india(value: float, places: int, text: str) -> None:
    assert grouped(value, places) == text


def test_truth_grows_with_the_clock() -> None:
    press = Press()
    assert [a.stories for a in press.truth(_day(2023, 9, 16)).articles.values()] == [("901",)]
    at_june = press.truth(_day(2024, 6, 18)).articles.values()
    assert {a.stories for a in at_june} == {("900",), ("901",)}
    assert {a.source_id for a in at_june if a.stories == ("900",)} == {"janrekha"}
    base = set(press.truth().articles)
    later = press.truth(BASE + timedelta(minutes=30)).articles
    assert base < set(later)
    assert len(later) - len(base) == 6
    late = [a for u, a in later.items() if u not in base]
    assert {a.carry for a in late} & {"edited", "whole", "shortened", "extended", "orthography"}


def _day(year: int, month: int, day: int) -> datetime:
    return datetime(year, month, day, 20, tzinfo=IST)


def test_outcomes_follow_the_clock_and_the_faults() -> None:
    press = Press()
    outcomes = Counter(a.outcome for a in press.truth().articles.values())
    assert outcomes["not_hindi"] == 2
    for outcome in ("http_4xx", "http_5xx", "robots", "too_short"):
        assert outcomes[outcome] == 1
    healed = press.truth(BASE + timedelta(minutes=30)).articles.values()
    assert all(a.outcome != "http_5xx" for a in healed)
    plain = Press(faults=Faults.none()).truth().articles.values()
    assert {a.outcome for a in plain} == {"published"}


def test_the_changed_article_has_a_second_version_later() -> None:
    press = Press()

    def changed(at: datetime, by: Press = press) -> tuple[int, str]:
        article = next(a for a in by.truth(at).articles.values() if a.special == "changes")
        return article.versions, article.paragraphs[-1]

    first, second = changed(BASE), changed(BASE + timedelta(minutes=15))
    assert (first[0], second[0]) == (1, 2)
    assert first[1] != second[1]
    still = Press(faults=Faults.none())
    assert changed(BASE + timedelta(minutes=15), still)[0] == 1


def test_agencies_and_authors_are_told_only_where_the_page_names_them(truth: Truth) -> None:
    for article in truth.articles.values():
        assert not (article.agency and article.author)
        if article.source_id == "samvadkendra" and article.carry == "whole":
            assert article.agency == "pti"
    piece = next(
        a
        for u, a in truth.articles.items()
        if u.startswith("http://janrekha") and a.stories == ("900",)
    )
    assert piece.agency == "afp"
    assert not piece.dateline
    assert not piece.credits
    dropped = [a for a in truth.articles.values() if a.carry == "edited" and a.agency is None]
    assert dropped, "some desks drop the credit"


def test_the_truth_is_the_same_every_time() -> None:
    one, other = Press(stories=SAMPLES), Press(stories=SAMPLES)
    assert one.truth() == other.truth()
    assert len(one.truth().pairs) > 0


def test_a_press_of_some_sites_knows_only_their_truth() -> None:
    press = Press(sites=["udgam", "janrekha"])
    assert {a.source_id for a in press.truth().articles.values()} == {"udgam", "janrekha"}
    with pytest.raises(ValueError, match="unknown sites: nowhere"):
        Press(sites=["nowhere"])
