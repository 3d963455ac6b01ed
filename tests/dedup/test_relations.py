from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

import pyarrow as pa
import pytest

from dedup import DedupSettings, Kind, find_relations, fingerprint
from dedup.relations import Evidence, label
from lake.schema import RELATIONS
from tests.dedup.stories import (
    BRIDGE,
    BRIDGE_EDITS,
    COURT,
    CRICKET,
    FUEL_MONDAY,
    FUEL_TUESDAY,
    LOCAL,
    SATELLITE,
    START,
    articles,
    body,
    edited,
)


def related(
    texts: dict[str, str], **columns: dict[str, Any]
) -> dict[tuple[str, str], dict[str, Any]]:
    """Relations within one batch, by (earlier, later)."""
    prints = fingerprint(articles(texts, **columns))
    found = find_relations(prints, [])
    assert found.schema.equals(RELATIONS.schema)
    return {(row["other_id"], row["article_id"]): row for row in found.to_pylist()}


def kind_of(a: str, b: str, **columns: dict[str, Any]) -> str | None:
    rows = related({"a": a, "b": b}, **columns)
    return rows[("a", "b")]["kind"] if rows else None


def test_a_republished_text_is_exact_whatever_its_dress() -> None:
    dressed = (
        "सोनपुरा, 17 जून (भाषा) "
        + unicodedata.normalize("NFD", body(BRIDGE)).replace("\u093c", "").replace("।", ".")
        + "\n\nभाषा सुरेश नरेश\n\nयह भी पढ़ें: राजधानी में बारिश"
    )
    rows = related({"a": body(BRIDGE), "b": dressed})
    row = rows[("a", "b")]
    assert row["kind"] == "exact"
    assert row["jaccard"] == row["containment"] == 1
    assert row["cosine"] == pytest.approx(1)


def test_paragraphs_in_another_order_are_near() -> None:
    assert kind_of(body(BRIDGE), body([BRIDGE[0], *reversed(BRIDGE[1:])])) == "near"


def test_a_lightly_edited_copy_is_near() -> None:
    row = related({"a": body(BRIDGE), "b": edited(body(BRIDGE), BRIDGE_EDITS)})[("a", "b")]
    assert row["kind"] == "near"
    assert 0.7 < row["jaccard"] < 1


def test_a_copy_cut_short_is_partial_and_the_long_one_the_larger() -> None:
    row = related({"a": body(BRIDGE), "b": body(BRIDGE[:2])})[("a", "b")]
    assert row["kind"] == "partial"
    assert row["larger"] == "a"
    assert row["containment"] > 0.9
    assert row["jaccard"] < 0.5


def test_a_copy_with_much_added_is_partial() -> None:
    row = related({"a": body(BRIDGE[:3]), "b": body([*BRIDGE[:3], *LOCAL, *BRIDGE[4:], *COURT])})
    assert row[("a", "b")]["kind"] == "partial"
    assert row[("a", "b")]["larger"] == "b"


def test_a_toll_brought_up_to_date_stays_a_copy() -> None:
    later = edited(body(BRIDGE), {"15 लोगों": "20 लोगों", "28 अन्य": "34 अन्य"})
    assert kind_of(body(BRIDGE), later) == "near"


def test_a_toll_as_word_and_as_digit_is_the_same_text() -> None:
    other = edited(body(BRIDGE), {"दो साल": "2 साल", "4 टीमों": "चार टीमों", "रुपये": "रुपए"})
    assert kind_of(body(BRIDGE), other) == "exact"


def test_a_template_filled_anew_is_a_series() -> None:
    row = related({"a": FUEL_MONDAY, "b": FUEL_TUESDAY})[("a", "b")]
    assert row["kind"] == "series"
    assert row["jaccard"] > 0.5  # By its shingles it would be a copy.


def test_a_copy_within_a_series_is_a_copy() -> None:
    assert kind_of(FUEL_MONDAY, edited(FUEL_MONDAY, {"घरेलू बाजार": "देश के बाजार"})) == "near"


def test_a_lifted_passage_is_an_excerpt() -> None:
    lifted = body([*COURT[:2], BRIDGE[2], BRIDGE[3], *COURT[2:]])
    row = related({"a": body(BRIDGE), "b": lifted})[("a", "b")]
    assert row["kind"] == "excerpt"
    assert 0.2 <= row["containment"] < 0.6


def test_strangers_are_not_related() -> None:
    texts = {"a": body(BRIDGE), "b": body(COURT), "c": body(CRICKET), "d": body(SATELLITE)}
    assert related({**texts, "e": "", "f": "", "g": "Related Post"}) == {}


def test_versions_of_a_url_are_an_update_if_their_texts_are_related() -> None:
    same = {"a": "u", "b": "u"}
    versions = {"a": 1, "b": 2}
    longer = body([*BRIDGE, *LOCAL])
    assert kind_of(body(BRIDGE), longer, url_id=same, version=versions) == "update"
    assert kind_of(body(BRIDGE), body(BRIDGE), url_id=same, version=versions) == "update"
    assert kind_of(body(BRIDGE), body(COURT), url_id=same, version=versions) is None
    weak = body([*BRIDGE[:2], *COURT, *CRICKET])
    assert kind_of(body(BRIDGE), weak, url_id=same, version=versions) == "update"


def test_a_page_filled_anew_every_day_is_a_series_and_not_an_update() -> None:
    same = {"a": "u", "b": "u"}
    dates = {"a": START, "b": START + timedelta(days=1)}
    assert kind_of(FUEL_MONDAY, FUEL_TUESDAY, url_id=same, published_at=dates) == "series"
    hour = {"a": START, "b": START + timedelta(hours=1)}
    assert kind_of(FUEL_MONDAY, FUEL_TUESDAY, url_id=same, published_at=hour) == "update"


def test_copies_are_looked_for_within_thirty_days() -> None:
    text = body(BRIDGE)
    for days, kind in ((30, "exact"), (31, None)):
        dates = {"a": START, "b": START + timedelta(days=days)}
        assert kind_of(text, text, published_at=dates) == kind


def test_the_later_one_comes_first_in_a_row() -> None:
    texts = {"b": body(BRIDGE), "a": body(BRIDGE), "c": body(BRIDGE)}
    same = dict.fromkeys(texts, START)
    fetched = {"b": START, "a": START, "c": START - timedelta(hours=1)}
    assert set(related(texts, published_at=same, fetched_at=fetched)) == {
        ("c", "a"),
        ("c", "b"),
        ("a", "b"),
    }


def parts(table: pa.Table, sizes: Iterable[int]) -> list[pa.Table]:
    tables, start = [], 0
    for size in sizes:
        tables.append(table.slice(start, size))
        start += size
    return tables


def test_the_window_may_come_in_any_tables() -> None:
    texts = {
        "a": body(BRIDGE),
        "b": body(COURT),
        "c": edited(body(BRIDGE), BRIDGE_EDITS),
        "d": body(BRIDGE[:2]),
        "e": body(CRICKET),
    }
    prints = fingerprint(articles(texts))
    batch, window = prints.slice(3, 2), prints.slice(0, 3)
    whole = find_relations(batch, [window])
    assert {(r["article_id"], r["other_id"]) for r in whole.to_pylist()} == {("d", "a"), ("d", "c")}
    for tables in (
        parts(window, [1, 1, 1]),
        [*parts(window, [2, 1])][::-1],
        [window, window],
        [window.slice(0, 0), prints],
    ):
        for rows in (1, 2, 8192):
            found = find_relations(batch, iter(tables), DedupSettings(slice_rows=rows))
            assert found.equals(whole)


def test_an_article_is_never_related_to_itself() -> None:
    prints = fingerprint(articles({"a": body(BRIDGE)}))
    twice = pa.concat_tables([prints, prints])
    assert find_relations(twice, [prints]).num_rows == 0


def test_an_empty_batch_has_no_relations() -> None:
    prints = fingerprint(articles({"a": body(BRIDGE)}))
    assert find_relations(prints.slice(0, 0), [prints]).num_rows == 0


def test_fingerprints_of_another_scheme_are_refused() -> None:
    prints = fingerprint(articles({"a": body(BRIDGE), "b": body(BRIDGE)}))
    at = prints.schema.get_field_index("scheme")
    old = prints.set_column(at, prints.schema.field(at), pa.array([99, 99], pa.int16()))
    with pytest.raises(ValueError, match="99"):
        find_relations(prints, [old])


EVIDENCE: dict[str, Any] = {
    "same_body": False,
    "same_url": False,
    "apart": timedelta(0),
    "jaccard": 0.0,
    "containment": 0.0,
    "shared": 0,
    "running": 0,
    "series": False,
}


@pytest.mark.parametrize(
    ("changes", "kind"),
    [
        ({}, None),
        ({"jaccard": 0.5}, Kind.NEAR),
        ({"jaccard": 0.499}, None),
        ({"jaccard": 0.9, "same_body": True}, Kind.EXACT),
        ({"jaccard": 0.9, "same_body": True, "series": True}, Kind.EXACT),
        ({"jaccard": 0.6, "series": True}, Kind.SERIES),
        ({"containment": 0.6, "shared": 20}, Kind.PARTIAL),
        ({"containment": 0.6, "shared": 19}, None),
        ({"containment": 0.59, "shared": 200}, None),
        ({"containment": 0.9, "shared": 90, "jaccard": 0.5}, Kind.NEAR),
        ({"containment": 0.2, "shared": 16, "running": 20}, Kind.EXCERPT),
        ({"containment": 0.2, "shared": 60, "running": 19}, None),
        ({"containment": 0.3, "running": 40, "series": True}, Kind.SERIES),
        ({"same_url": True, "containment": 0.2}, Kind.UPDATE),
        ({"same_url": True, "containment": 0.19, "jaccard": 0.1}, None),
        ({"same_url": True, "same_body": True}, Kind.UPDATE),
    ],
)
def test_labels_at_the_thresholds(changes: dict[str, Any], kind: Kind | None) -> None:
    assert label(Evidence(**{**EVIDENCE, **changes})) == kind


@pytest.mark.parametrize(
    "wrong",
    [
        {"near_jaccard": 1.5},
        {"partial_shared": 0},
        {"copy_window": timedelta(days=-1)},
        {"copy_window": timedelta(days=500)},
        {"near_jaccard": 5},
        {"near_jaccard": float("nan")},
        {"near_jaccard": "x"},
        {"near_jaccard": True},
        {"partial_shared": 2.5},
        {"copy_window": 30},
    ],
)
def test_impossible_settings_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises((ValueError, TypeError), match=f"^{next(iter(wrong))} "):
        DedupSettings(**wrong)


@pytest.mark.parametrize("wrong", [-3, -1, 2, 5])
def test_a_whole_number_may_be_a_share(wrong: int) -> None:
    assert DedupSettings(near_jaccard=1, excerpt_containment=0).near_jaccard == 1
    with pytest.raises(ValueError, match=f"near_jaccard must be between 0 and 1, not {wrong}"):
        DedupSettings(near_jaccard=wrong)


def test_one_table_is_a_window() -> None:
    prints = fingerprint(articles({"a": body(BRIDGE), "b": body(BRIDGE)}))
    found = find_relations(prints.slice(0, 1), prints)
    assert found.num_rows == 1
    assert found.equals(find_relations(prints.slice(0, 1), [prints]))
