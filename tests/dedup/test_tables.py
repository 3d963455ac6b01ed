"""What the public functions make of tables that are not as the schema says."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import polars as pl
import pyarrow as pa
import pyarrow.compute as pc
import pytest

import dedup
from dedup.tables import conform
from lake.schema import FINGERPRINTS
from tests.dedup.stories import (
    BRIDGE,
    BRIDGE_EDITS,
    COURT,
    FUEL_MONDAY,
    FUEL_TUESDAY,
    articles,
    body,
    edited,
)

TEXTS = {
    "a": body(BRIDGE),
    "b": edited(body(BRIDGE), BRIDGE_EDITS),
    "c": body([*COURT[:2], *BRIDGE[2:4], *COURT[2:]]),
    "d": FUEL_MONDAY,
    "e": FUEL_TUESDAY,
}


def through_polars(table: pa.Table) -> pa.Table:
    return pl.DataFrame(pl.from_arrow(table)).to_arrow()


def through_pandas(table: pa.Table) -> pa.Table:
    return pa.Table.from_pandas(table.to_pandas(), preserve_index=False)


def retyped(table: pa.Table) -> pa.Table:
    """Texts as dictionaries and views, bytes as views and large ones, times elsewhere."""
    for place, field in enumerate(table.schema):
        column: Any = table.column(place)
        if pa.types.is_string(field.type):
            column = column.dictionary_encode() if place % 2 else column.cast(pa.string_view())
        elif pa.types.is_binary(field.type):
            column = column.cast(pa.large_binary() if place % 2 else pa.binary_view())
        elif pa.types.is_fixed_size_binary(field.type):
            column = column.cast(pa.large_binary())
        elif pa.types.is_timestamp(field.type):
            column = column.cast(pa.timestamp("ns", tz="Asia/Kolkata"))
        elif pa.types.is_list(field.type):
            column = column.cast(pa.large_list(field.type.value_type))
        elif pa.types.is_integer(field.type) and field.name != "body_key":
            column = column.cast(pa.int64())
        table = table.set_column(place, field.name, column)
    return table


ROUNDS = [through_polars, through_pandas, retyped]


def everything(turn: Callable[[pa.Table], pa.Table]) -> list[Any]:
    """What the engine gives, with every table turned into others on the way."""
    given = turn(articles(TEXTS))
    prints = turn(dedup.fingerprint(given))
    half, rest = turn(prints.slice(0, 2)), turn(prints.slice(2))
    proposed = turn(dedup.candidates(half, rest))
    pairs = turn(dedup.find_relations(prints, []))
    resolved = turn(dedup.resolve_relations(pairs, fingerprints=prints))
    families = turn(dedup.derive_families(given, resolved))
    return [
        *(table.to_pylist() for table in (prints, proposed, pairs, resolved, families)),
        dedup.find_relations(half, rest).to_pylist(),
        dedup.verify(half, proposed, lambda _: rest).to_pylist(),
        dedup.find_threads(prints, resolved).to_pylist(),
        dedup.derive_families(given, resolved, families).to_pylist(),
        dedup.doubtful_families(families, resolved, given),
        dedup.count_documents([prints], "x").documents,
        dedup.compare_articles(given.slice(0, 2)),
    ]


@pytest.mark.parametrize("turn", ROUNDS)
def test_other_libraries_types_change_nothing(turn: Callable[[pa.Table], pa.Table]) -> None:
    wanted, found = everything(lambda table: table), everything(turn)
    assert wanted[2]
    assert wanted[4]
    assert found == wanted


def test_a_table_as_it_should_be_is_not_touched() -> None:
    prints = dedup.fingerprint(articles(TEXTS))
    names = prints.column_names
    assert conform(prints, names, FINGERPRINTS.schema, "fingerprints") is prints


def with_column(table: pa.Table, name: str, values: Any) -> pa.Table:
    return table.set_column(table.column_names.index(name), name, values)


def test_articles_of_other_types_are_named() -> None:
    given = articles(TEXTS)
    numbers = pa.array(range(5), pa.int64())
    naive = pc.cast(given.column("published_at"), pa.timestamp("us"))
    for name, values, told in (
        ("text", numbers, "articles: the column text is int64, and string is wanted"),
        ("title", numbers, "articles: the column title is int64, and string is wanted"),
        ("agencies", numbers, "articles: the column agencies is int64, and list"),
        ("version", numbers.cast(pa.float64()), "version is double, and int32 is wanted"),
        ("published_at", naive, r"published_at is timestamp\[us\], and timestamp\[us, tz=UTC\]"),
        ("fetched_at", pa.nulls(5), "articles have no fetched_at in 5 rows"),
    ):
        wrong = with_column(given, name, values)
        with pytest.raises(ValueError, match=told):
            dedup.fingerprint(wrong)
        if name != "fetched_at":
            with pytest.raises(ValueError, match=told):
                dedup.fingerprint(wrong.slice(0, 0))
    with pytest.raises(ValueError, match="articles lack the columns content_hash, text"):
        dedup.fingerprint(given.drop_columns(["text", "content_hash"]))
    with pytest.raises(ValueError, match="articles have more than one column title"):
        dedup.fingerprint(given.append_column("title", given.column("title")))
    with pytest.raises(TypeError, match=r"articles must be a pyarrow.Table, not polars\..*Frame"):
        dedup.fingerprint(pl.DataFrame(pl.from_arrow(given)))  # type: ignore[arg-type]


def searches(prints: pa.Table) -> list[Callable[[], object]]:
    """The functions that take fingerprints, each called with some."""
    good = dedup.fingerprint(articles(TEXTS))
    pairs = dedup.find_relations(good, [])
    return [
        lambda: dedup.find_relations(prints, []),
        lambda: dedup.find_relations(good, [prints]),
        lambda: dedup.candidates(prints, good),
        lambda: dedup.candidates(good, prints),
        lambda: dedup.verify(prints, dedup.candidates(good, []), lambda _: good),
        lambda: dedup.find_threads(prints, pairs),
        lambda: dedup.resolve_relations(pairs, fingerprints=prints),
        lambda: dedup.count_documents([prints], "x"),
        lambda: dedup.propose_frequencies([prints], "x"),
    ]


def test_fingerprints_that_lack_columns_are_told_of_them_all() -> None:
    prints = dedup.fingerprint(articles(TEXTS)).drop_columns(
        ["effective_at", "token_count", "article_id", "body_key"]
    )
    for search in searches(prints):
        with pytest.raises(ValueError, match=r"lack the columns .*(article_id|token_count)"):
            search()
    with pytest.raises(ValueError, match=r"article_id, effective_at, body_key, token_count$"):
        dedup.find_relations(prints, [])
    for search in searches(prints.column("scheme")):  # type: ignore[arg-type]
        with pytest.raises(TypeError, match=r"fingerprints must be a pyarrow.Table, not "):
            search()


def test_fingerprints_of_other_types_are_named() -> None:
    prints = dedup.fingerprint(articles(TEXTS))
    low: Any = prints.column("low")
    keys: Any = prints.column("body_key")
    short = pa.array([value[:64] for value in low.to_pylist()], pa.binary())
    for name, values, told in (
        ("low", short, r"low is binary, and fixed_size_binary\[128\] is wanted"),
        ("body_key", keys.cast(pa.float64(), safe=False), "body_key is double, and uint64"),
        ("effective_at", pa.nulls(5), "fingerprints have no effective_at in 5 rows"),
        ("sketch", pa.array(["क"] * 5), "sketch is string, and binary is wanted"),
    ):
        for table in (with_column(prints, name, values),):
            with pytest.raises(ValueError, match=told):
                dedup.find_relations(table, [])
            with pytest.raises(ValueError, match=told):
                dedup.find_relations(prints, table)


def test_relations_and_families_that_are_none_are_named() -> None:
    given = articles(TEXTS)
    pairs = dedup.find_relations(dedup.fingerprint(given), [])
    families = dedup.derive_families(given, pairs)
    bare = pairs.drop_columns(["kind", "other_id"])
    calls: list[Callable[[pa.Table], object]] = [
        dedup.resolve_relations,
        lambda table: dedup.derive_families(given, table),
        lambda table: dedup.doubtful_families(families, table, given),
        lambda table: dedup.find_threads(dedup.fingerprint(given), table),
    ]
    for call in calls:
        with pytest.raises(ValueError, match="relations lack the columns other_id, kind"):
            call(bare)
        with pytest.raises(
            TypeError, match=r"relations must be a pyarrow\.Table, not builtins\.list"
        ):
            call(pairs.to_pylist())  # type: ignore[arg-type]
    strange = with_column(pairs, "kind", pa.array(["thread"] * len(pairs)))
    with pytest.raises(ValueError, match="there is no kind of relation 'thread'"):
        dedup.resolve_relations(strange)
    with pytest.raises(ValueError, match="pairs lack the columns other_effective_at"):
        dedup.verify(dedup.fingerprint(given), pairs, lambda _: given)
    with pytest.raises(ValueError, match="the families before lack the columns aliases"):
        dedup.derive_families(given, pairs, families.drop_columns(["aliases"]))
    with pytest.raises(ValueError, match="families lack the columns family_id"):
        dedup.doubtful_families(families.drop_columns(["family_id"]), pairs, given)
    with pytest.raises(ValueError, match="members lack the columns article_id, fetched_at"):
        dedup.derive_families(given.drop_columns(["article_id", "fetched_at"]), pairs)


def test_what_only_tells_who_was_first_may_be_missing() -> None:
    given = articles(TEXTS)
    pairs = dedup.find_relations(dedup.fingerprint(given), [])
    bare = given.select(["article_id", "url_id", "version", "source_id", "fetched_at"])
    families = dedup.derive_families(bare, pairs)
    assert set(families.column("role").to_pylist()) == {"undetermined"}
    whole = dedup.derive_families(given, pairs)
    assert "first" in whole.column("role").to_pylist()
    assert families.column("family_id").equals(whole.column("family_id"))
