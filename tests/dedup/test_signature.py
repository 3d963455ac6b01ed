from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from datasketch import MinHash
from hypothesis import given, settings
from hypothesis import strategies as st

from dedup import check_scheme, fingerprint
from dedup.hindi import tokens
from dedup.prints.hashing import hash_shingles, hash_tokens
from dedup.prints.marks import low_bytes, minhash, sketch
from dedup.prints.sheet import one_of_each, read_rows, read_sheet
from dedup.scheme import SCHEME_VERSION
from dedup.text.debris import clean_for_matching
from lake.schema import FINGERPRINTS, SCHEMA_VERSION
from tests.dedup.stories import BRIDGE, COURT, SATELLITE, START, articles, body, rows

HASHES = st.lists(st.integers(0, 0xFFFFFFFF), max_size=60)


def theirs(hashes: list[int]) -> MinHash:
    """datasketch's own signature of the same hashes."""
    signature = MinHash(num_perm=128, seed=1, scheme="affine32", hashfunc=int)
    for value in hashes:
        signature.update(value)
    return signature


@given(HASHES)
def test_signatures_are_datasketchs_bit_for_bit(hashes: list[int]) -> None:
    ours = minhash(np.array(hashes, dtype=np.uint32))
    assert ours.dtype == np.uint32
    assert ours.tolist() == theirs(hashes).hashvalues.tolist()


@given(HASHES)
def test_low_bytes_are_the_lowest_bytes(hashes: list[int]) -> None:
    signature = minhash(np.array(hashes, dtype=np.uint32))
    assert low_bytes(signature).tolist() == [int(value) % 256 for value in signature]


def test_a_fingerprint_row_can_be_read_by_datasketch() -> None:
    row = rows(fingerprint(articles({"a": body(BRIDGE)})))[0]
    stored = np.frombuffer(row["minhash"], dtype="<u4")
    assert stored.tolist() == theirs(row["shingles3"]).hashvalues.tolist()
    assert row["low"] == bytes(low_bytes(stored.astype(np.uint32)))


def test_fingerprints_follow_the_contract() -> None:
    table = fingerprint(articles({"a": body(BRIDGE), "b": body(COURT)}))
    assert table.schema.equals(FINGERPRINTS.schema, check_metadata=False)
    assert (table.schema.metadata or {})[b"taar.schema_version"] == str(SCHEMA_VERSION).encode()
    for row in rows(table):
        for name in ("sketch", "shingles3", "shingles5", "terms", "numbers"):
            assert row[name] == sorted(set(row[name])), name
        assert len(row["terms"]) == len(row["term_counts"])
        assert len(row["slots"]) == len(row["slot_values"])
        assert row["slots"] == sorted(row["slots"])
        assert set(row["slot_values"]) == set(row["numbers"])


def test_shingles_are_those_of_the_cleaned_folded_body() -> None:
    text = f"सोनपुरा, 17 जून (भाषा)। {body(BRIDGE)}\n\nयह भी पढ़ें: बाजार में तेजी"
    row = rows(fingerprint(articles({"a": text})))[0]
    hashes = hash_tokens(tokens(body(BRIDGE)))
    assert row["token_count"] == len(hashes)
    assert row["shingles3"] == sorted(set(hash_shingles(hashes, 3).tolist()))
    assert row["shingles5"] == sorted(set(hash_shingles(hashes, 5).tolist()))
    assert row["sketch"] == [h for h in row["shingles5"] if h % 8 == 0]


def test_a_short_text_keeps_its_whole_sketch() -> None:
    shingles = np.arange(1, 76, dtype=np.uint32)
    assert sketch(shingles, 79).tolist() == shingles.tolist()
    assert sketch(shingles, 80).tolist() == [8, 16, 24, 32, 40, 48, 56, 64, 72]


def test_the_headline_adds_terms_and_nothing_else() -> None:
    plain, titled = rows(
        fingerprint(articles({"a": body(COURT), "b": body(COURT)}, title={"b": "भूकंप की ज्वालामुखी"}))
    )
    assert titled["body_key"] == plain["body_key"]
    assert titled["shingles3"] == plain["shingles3"]
    assert len(titled["terms"]) == len(plain["terms"]) + 2


def test_windows_go_by_publication_else_by_fetch() -> None:
    rows = fingerprint(
        articles({"a": body(BRIDGE), "b": body(BRIDGE)}, published_at={"b": None})
    ).to_pylist()
    assert rows[0]["effective_at"] == START == rows[0]["published_at"]
    assert rows[1]["published_at"] is None
    assert rows[1]["effective_at"] == rows[1]["fetched_at"]


@pytest.mark.parametrize("text", ["", "   ", "Related Post", "।।", None])
def test_an_empty_text_has_an_empty_fingerprint(text: str | None) -> None:
    row = fingerprint(articles({"a": ""}).drop_columns("text").append_column("text", [[text]]))
    found = rows(row)[0]
    assert found["token_count"] == 0
    assert found["body_key"] == 0
    assert found["shingles3"] == found["shingles5"] == found["sketch"] == []
    assert set(found["low"]) == {255}


def test_one_is_an_article_and_no_numeral() -> None:
    one, two = rows(
        fingerprint(articles({"a": "एक आदमी ने कहा कि यह सच है", "b": "दो आदमी ने कहा कि यह सच है"}))
    )
    assert one["numbers"] == []
    assert len(two["numbers"]) == 1


def test_a_slot_does_not_see_neighbouring_numerals() -> None:
    one, two = rows(
        fingerprint(
            articles({"a": "भाव दिल्ली 94.72 87.62 मुंबई तक", "b": "भाव दिल्ली 95.10 88.30 मुंबई तक"})
        )
    )
    assert one["slots"] == two["slots"]
    assert not set(one["slot_values"]) & set(two["slot_values"])


def test_batches_do_not_change_a_row() -> None:
    texts = {f"{i:03d}": body([BRIDGE, COURT, SATELLITE][i % 3][: 1 + i % 5]) for i in range(600)}
    table = articles(texts)
    whole = fingerprint(table)
    alone = fingerprint(table.slice(577, 1))
    assert whole.slice(577, 1).to_pylist() == alone.to_pylist()


def test_no_articles_give_an_empty_table() -> None:
    table = fingerprint(articles({"a": "क"}).slice(0, 0))
    assert table.num_rows == 0
    assert table.schema.names == FINGERPRINTS.schema.names


def test_missing_columns_are_named() -> None:
    with pytest.raises(ValueError, match="lack the columns title, agencies"):
        fingerprint(articles({"a": "क"}).drop_columns(["title", "agencies"]))


def test_clean_for_matching_is_what_is_signed() -> None:
    text = "लखनऊ: " + body(SATELLITE)
    row = rows(fingerprint(articles({"a": text})))[0]
    assert row["token_count"] == len(tokens(clean_for_matching(text)))


def other_scheme(table: pa.Table, version: int) -> pa.Table:
    at = table.schema.get_field_index("scheme")
    column = pa.array([version] * table.num_rows, pa.int16())
    return table.set_column(at, table.schema.field(at), column)


def test_other_schemes_are_refused() -> None:
    table = fingerprint(articles({"a": body(BRIDGE)}))
    check_scheme(table)
    check_scheme(table.replace_schema_metadata(None))
    with pytest.raises(ValueError, match=f"scheme \\[{SCHEME_VERSION + 1}\\] cannot be compared"):
        check_scheme(other_scheme(table, SCHEME_VERSION + 1))
    with pytest.raises(ValueError, match="cannot be compared"):
        check_scheme(pa.concat_tables([table, other_scheme(table, 0)]))
    with pytest.raises(ValueError, match="do not name their scheme"):
        check_scheme(table.drop_columns("scheme"))
    with pytest.raises(ValueError, match="affine64"):
        check_scheme(table.replace_schema_metadata({b"taar.scheme": b'{"scheme": "affine64"}'}))
    for noted in (b"other/9", b"other/9 \xff"):
        with pytest.raises(ValueError, match=r"^fingerprints of scheme other/9"):
            check_scheme(table.replace_schema_metadata({b"taar.scheme": noted}))


@given(st.lists(st.sampled_from(["a", "b", "c", "d"]), min_size=1, max_size=4, unique=True))
@settings(max_examples=20)
def test_a_sheet_is_the_table_whatever_its_chunks(names: list[str]) -> None:
    texts = {name: body(BRIDGE[: 1 + i]) for i, name in enumerate("abcd")}
    texts["c"] = ""
    table = fingerprint(articles(texts))
    picked = pa.concat_tables([table.slice("abcd".index(name), 1) for name in names])
    sheet, light = read_sheet(picked), read_rows(picked)
    assert sheet.ids == names
    for index, row in enumerate(rows(picked)):
        assert sheet.shingles5.row(index).tolist() == row["shingles5"]
        assert (
            light.sketches[light.offsets[index] : light.offsets[index + 1]].tolist()
            == (row["sketch"])
        )
        assert sheet.term_counts.row(index).tolist() == row["term_counts"]
        assert light.bands[index].tobytes() == row["low"]
    last = np.array([len(names) - 1, 0], dtype=np.int64)
    taken = sheet.shingles3.take(last)
    assert taken.row(0).tolist() == sheet.shingles3.row(len(names) - 1).tolist()
    assert taken.row(1).tolist() == sheet.shingles3.row(0).tolist()


def test_a_repeated_article_counts_once() -> None:
    table = fingerprint(articles({"a": body(BRIDGE), "b": body(COURT)}))
    joined = one_of_each([table, table.slice(1, 1)])
    assert joined.column("article_id").to_pylist() == ["a", "b"]
