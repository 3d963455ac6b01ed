from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dedup import derive_families
from dedup.families import family_id
from dedup.labels.graph import components
from lake.schema import FAMILIES, RELATIONS
from tests.dedup.stories import START, articles

NAMES = "abcdefgh"


def members(names: str = NAMES, **columns: dict[str, Any]) -> pa.Table:
    return articles(dict.fromkeys(names, ""), **columns)


def edges(*pairs: str, kind: str = "near") -> pa.Table:
    """Relations from pairs like "ab" or "ab:partial"."""
    rows = [
        {
            "article_id": pair[1],
            "other_id": pair[0],
            "kind": pair[3:] or kind,
            "jaccard": 0.6,
            "containment": 0.8,
            "cosine": 0.9,
            "shared": 100,
            "larger": pair[0],
        }
        for pair in pairs
    ]
    return pa.Table.from_pylist(rows, schema=RELATIONS.schema)


def groups(families: pa.Table) -> dict[str, str]:
    """family_id -> its members in one string."""
    found: dict[str, str] = {}
    for row in families.to_pylist():
        found[row["family_id"]] = found.get(row["family_id"], "") + row["article_id"]
    return found


def roles(families: pa.Table) -> dict[str, str]:
    return {row["article_id"]: row["role"] for row in families.to_pylist()}


def test_copies_make_families_and_other_relations_do_not() -> None:
    table = derive_families(
        members(),
        edges("ab:exact", "bc:partial", "cd:update", "de:roundup", "ef:series", "fg:excerpt"),
    )
    assert table.schema.equals(FAMILIES.schema)
    assert list(groups(table).values()) == ["abcd"]
    assert {row["article_id"]: row["kind"] for row in table.to_pylist()} == {
        "a": "exact",
        "b": "exact",
        "c": "partial",
        "d": "update",
    }
    assert {row["size"] for row in table.to_pylist()} == {4}
    assert roles(table) == {"a": "first", "b": "copy", "c": "copy", "d": "copy"}


def test_sources_are_counted_once() -> None:
    table = derive_families(
        members("abc", source_id={"a": "s", "b": "s", "c": "t"}), edges("ab", "bc")
    )
    assert {(row["size"], row["sources"]) for row in table.to_pylist()} == {(3, 2)}


def test_who_was_first_and_why() -> None:
    table = derive_families(members("abc"), edges("ab", "bc"))
    assert {(r["first_id"], r["first_source_id"], r["first_by"]) for r in table.to_pylist()} == {
        ("a", "source 0", "published_at")
    }


def test_where_it_cannot_be_told_all_are_undetermined() -> None:
    none = dict.fromkeys("abc")
    table = derive_families(
        members("abc", published_at=none, first_listed_at=none), edges("ab", "bc")
    )
    assert set(roles(table).values()) == {"undetermined"}
    assert {(r["first_id"], r["first_by"]) for r in table.to_pylist()} == {(None, None)}


def test_versions_are_one_publication() -> None:
    table = derive_families(
        members("abc", url_id={"a": "u", "b": "u"}, version={"a": 1, "b": 2}),
        edges("ab:update", "bc"),
    )
    assert roles(table) == {"a": "first", "b": "update", "c": "copy"}


def test_a_page_changed_later_than_its_copy_was_made() -> None:
    """Order of arrival: the copy c came between the two versions a and b."""
    later = {"c": START, "a": START + timedelta(hours=5), "b": START + timedelta(hours=5)}
    table = derive_families(
        members("abc", url_id={"a": "u", "b": "u"}, version={"a": 2, "b": 1}, published_at=later),
        edges("ab:update", "cb"),
    )
    assert roles(table) == {"c": "first", "b": "copy", "a": "update"}


def test_the_agencys_own_site_wins_a_tie_if_it_is_credited() -> None:
    same = dict.fromkeys("abc", START)
    own = {"source 1": "pti", "source 2": "ani"}
    credit = {"a": [{"id": "ani", "evidence": "एएनआई", "place": "credit"}]}
    table = derive_families(
        members("abc", published_at=same, agencies=credit), edges("ab", "bc"), None, own
    )
    assert {(r["first_id"], r["first_by"]) for r in table.to_pylist()} == {("c", "agency")}
    uncredited = derive_families(
        members("abc", published_at=same), edges("ab", "bc"), None, {"source 1": "pti"}
    )
    assert {r["first_id"] for r in uncredited.to_pylist()} == {"b"}


def test_a_new_family_is_named_after_its_earliest_member() -> None:
    earliest = {"c": START - timedelta(days=1)}
    table = derive_families(members("abc", published_at=earliest), edges("ab", "bc"))
    assert list(groups(table)) == [family_id("c")]


def test_a_late_original_does_not_rename_a_family() -> None:
    before = derive_families(members("bc"), edges("bc"))
    after = derive_families(members("abc"), edges("bc", "ab"), before)
    assert groups(after) == {family_id("b"): "abc"}
    assert roles(after)["a"] == "first"


def test_a_bridge_merges_two_families_and_keeps_the_other_name_as_an_alias() -> None:
    before = derive_families(members(), edges("ab", "cd", "de"))
    after = derive_families(members(), edges("ab", "cd", "de", "bd"), before)
    assert groups(after) == {family_id("c"): "abcde"}
    assert {tuple(r["aliases"]) for r in after.to_pylist()} == {(family_id("a"),)}
    again = derive_families(members(), edges("ab", "cd", "de", "bd", "ef"), after)
    assert {tuple(r["aliases"]) for r in again.to_pylist()} == {(family_id("a"),)}
    assert groups(again) == {family_id("c"): "abcdef"}


def test_a_family_that_falls_apart_leaves_its_name_to_the_larger_part() -> None:
    before = derive_families(members(), edges("ab", "bc", "cd", "de"))
    after = derive_families(members(), edges("ab", "cd", "de"), before)
    found = groups(after)
    assert found[family_id("a")] == "cde"
    assert sorted(found.values()) == ["ab", "cde"]
    # The smaller part may not take the name that its earliest member would give it.
    assert len(set(found)) == 2


def test_deriving_again_changes_nothing() -> None:
    pairs = edges("ab", "cd", "de", "gh")
    once = derive_families(members(), pairs)
    assert derive_families(members(), pairs, once).equals(once)


def test_articles_that_are_gone_are_left_out() -> None:
    table = derive_families(members("ab"), edges("ab", "bx", "xy"))
    assert list(groups(table).values()) == ["ab"]
    assert derive_families(members().slice(0, 0), edges("ab")).num_rows == 0


def test_missing_columns_are_named() -> None:
    with pytest.raises(ValueError, match="source_id"):
        derive_families(members("ab").drop_columns("source_id"), edges("ab"))


PAIRS = st.lists(
    st.tuples(st.sampled_from(NAMES), st.sampled_from(NAMES)).filter(lambda p: p[0] != p[1]),
    max_size=14,
)


@given(PAIRS, st.randoms())
@settings(max_examples=60, deadline=None)
def test_the_order_of_rows_does_not_matter(pairs: list[tuple[str, str]], rng: Any) -> None:
    joined = [a + b for a, b in pairs]
    shuffled = rng.sample(joined, len(joined))
    table = members()
    mixed = table.take(rng.sample(range(len(NAMES)), len(NAMES)))
    previous = derive_families(table, edges(*joined[: len(joined) // 2]))
    one = derive_families(table, edges(*joined), previous)
    other = derive_families(mixed, edges(*shuffled), previous)
    assert one.equals(other)


def reachable(start: str, pairs: Iterable[tuple[str, str]]) -> set[str]:
    found, new = {start}, True
    while new:
        new = False
        for a, b in pairs:
            if (a in found) != (b in found):
                found |= {a, b}
                new = True
    return found


@given(PAIRS)
def test_components_are_what_can_be_reached(pairs: list[tuple[str, str]]) -> None:
    found = components(pairs, "z")
    assert [group[0] for group in found] == sorted(group[0] for group in found)
    for group in found:
        assert group == sorted(reachable(group[0], pairs))
    assert ["z"] in found
