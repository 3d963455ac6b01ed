from __future__ import annotations

import itertools
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from datasketch import MinHash
from hypothesis import example, given, settings
from hypothesis import strategies as st

from dedup.hindi import COLON_PREFIXES, NASALS, SPELLINGS, SUFFIXES, tokens
from dedup.prints.hashing import hash_shingles, hash_tokens
from dedup.prints.marking import mark, sign, tokenise
from dedup.prints.marks import Marks, low_bytes, marks, minhash, sketch
from dedup.text import letters
from dedup.text.debris import clean_for_matching
from dedup.text.letters import flags_of
from tests.dedup.stories import STORIES, body

DEVANAGARI = st.one_of(
    st.characters(min_codepoint=0x0900, max_codepoint=0x097F),
    st.sampled_from(
        "\u200c\u200d .,:;0123456789%|-'\"“”‘’&#;()aZ\u0301éßΐ한각ᅡ𝟗क़ऩ😀\u2028\x00\u00a0½²٣"
    ),
    st.sampled_from(["न्त", "म्प", "ंन्द", "ये", "येंगे", "दु:ख", "अन्त:क", "नि:", "ं", "&#2361;", "1:2"]),
)
TEXTS = st.one_of(
    st.text(max_size=60),
    st.lists(DEVANAGARI, max_size=40).map("".join),
    st.lists(st.sampled_from([*SPELLINGS, *(s for s, _ in SUFFIXES), "है", "1", "94.7"])).map(
        " ".join
    ),
)


def by_definition(text: bytes) -> tuple[list[int], list[int]]:
    """Hashes and flags of the tokens as the plain definition has them."""
    words = tokens(text.decode("utf-8", errors="replace"))
    return hash_tokens(words).tolist(), [flags_of(word) for word in words]


def agree(texts: list[bytes]) -> int:
    """Holds the kernel to the definition; returns how many texts it refused."""
    found = tokenise(pa.array(texts, pa.binary()))
    for row, text in enumerate(texts):
        part = slice(int(found.offsets[row]), int(found.offsets[row + 1]))
        mine = found.hashes[part].tolist(), found.flags[part].tolist()
        assert mine == by_definition(text), text.decode("utf-8", errors="backslashreplace")
    return found.refused


@given(st.lists(TEXTS, max_size=4))
@example(["दु:न्त", "दु:नि:ख", "अन्त:करण aदु:ख कदु:ख", "प्रात:"])
@example(["ंन्त", "न्ंत", "1,2,3", "1,.5", "१\u200d.\u200d५", "1:2:3", "%%%", "ि5"])
@example(["&", "&amp;", "& क", "AT&T", "a&#x", "क&"])
@settings(deadline=None)
def test_tokens_are_those_of_the_definition(texts: list[str]) -> None:
    agree([text.encode("utf-8", errors="replace") for text in texts])


@given(
    st.lists(st.one_of(st.binary(max_size=12), TEXTS.map(lambda t: t.encode("utf-8", "replace"))))
)
@settings(deadline=None)
def test_malformed_utf8_is_a_break(parts: list[bytes]) -> None:
    agree([b"".join(parts), *(part[:-1] for part in parts)])


def test_a_text_cut_anywhere_never_reads_its_neighbour() -> None:
    text = "प्रधानमंत्री ने 1,50,000 कहा: दु:ख—😀क़".encode()
    agree([text[:end] for end in range(len(text) + 1)] + [text[start:] for start in range(20)])


def test_every_pair_of_devanagari_letters_folds_as_defined() -> None:
    block = [chr(code) for code in range(0x0900, 0x0980)]
    refused = agree([("क" + a + b + "त").encode() for a, b in itertools.product(block, block)])
    # Refused are the accents of the Vedas, and nothing that a newspaper prints.
    assert refused == len(block) ** 2 - (len(block) - 4) ** 2


def test_half_nasals_and_colons_fold_as_defined() -> None:
    nasals, stops = [n for n, _ in NASALS], sorted({c for _, group in NASALS for c in group})
    words = [
        f"{first}{nasal}\u094d{stop}{last}"
        for first, nasal, stop, last in itertools.product(
            ("", "क", "ं", "1"), nasals, stops, ("", "ं", ":")
        )
    ]
    before = ("", "क", "x", "5", ".")
    after = ("", "क", "न्त", "ा", "5", " क")
    words += [
        f"{first}{prefix}:{last}"
        for first, prefix, last in itertools.product(before, (*COLON_PREFIXES, "अन्त", "कथा"), after)
    ]
    agree([word.encode() for word in words])


@pytest.mark.parametrize("start", range(0, 0x30000, 0x8000))
def test_every_code_point_folds_as_defined(start: int) -> None:
    codes = range(start, start + 0x8000, 1 if start < 0x10000 else 7)
    agree([f"क{chr(c)}त a{chr(c)}1".encode("utf-8", "replace") for c in codes])


def test_what_newspapers_print_is_not_refused() -> None:
    texts = [body(paragraphs) for paragraphs in STORIES.values()]
    texts += ["‘Taj’ café — ₹500 😀 \u00a0 \ufeff \u200b… 10°C | ५०%", "R&amp;D"]
    assert tokenise(pa.array(texts)).refused == 1


def as_table(found: list[Marks]) -> list[dict[str, Any]]:
    rows = []
    for m in found:
        signature = minhash(m.shingles3)
        rows.append(
            {
                "token_count": m.token_count,
                "body_key": m.body_key,
                "minhash": signature.astype("<u4").tobytes(),
                "low": low_bytes(signature).tobytes(),
                "sketch": sketch(m.shingles5, m.token_count).astype("<u4").tobytes(),
                **{
                    name: getattr(m, name).astype(kind).tobytes()
                    for kind, names in (
                        ("<u4", ("shingles3", "shingles5", "terms", "numbers")),
                        ("<u4", ("slots", "slot_values")),
                        ("<u2", ("order3", "term_counts")),
                    )
                    for name in names
                },
            }
        )
    return rows


WORDS = st.sampled_from(
    [*tokens("भारत नेपाल समझौता है की दिल्ली मुंबई"), "एक", "दो", "94.72", "१००", "%", "रुपये"]
)


@given(
    st.lists(
        st.tuples(
            st.lists(WORDS, max_size=120).map(" ".join), st.lists(WORDS, max_size=5).map(" ".join)
        ),
        max_size=4,
    )
)
@settings(deadline=None, max_examples=60)
def test_marks_are_those_of_the_definition(pairs: list[tuple[str, str]]) -> None:
    bodies, titles = [b for b, _ in pairs], [t for _, t in pairs]
    made = pa.table(mark(pa.array(bodies, pa.string()), pa.array(titles, pa.string())))
    expected = as_table(list(marks([tokens(b) for b in bodies], [tokens(t) for t in titles])))
    assert made.to_pylist() == expected


@given(st.lists(TEXTS, max_size=3))
@example(["क ख ग &amp; घ", ""])
@settings(deadline=None, max_examples=50)
def test_signatures_are_datasketchs_of_the_same_shingles(texts: list[str]) -> None:
    texts = [text.encode("utf-8", "replace").decode() for text in texts]
    signed = sign(pa.array(texts, pa.string()))
    for row, text in zip(signed, texts, strict=True):
        theirs = MinHash(num_perm=128, seed=1, scheme="affine32", hashfunc=int)
        theirs.update_batch(hash_shingles(hash_tokens(tokens(text)), 3).tolist())
        assert row.tolist() == theirs.hashvalues.tolist()


def test_columns_of_any_shape_are_read() -> None:
    texts = ["भारत और नेपाल", None, "", "समझौता हुआ"]
    whole = tokenise(pa.array(texts))
    assert np.diff(whole.offsets).tolist() == [3, 0, 0, 2]
    sliced = pa.chunked_array([pa.array(["क", *texts]).slice(1, 2), pa.array(texts[2:])])
    for column in (pa.array(texts, pa.large_string()), sliced, pa.array(texts, pa.string_view())):
        found = tokenise(column)
        assert found.hashes.tolist() == whole.hashes.tolist()
        assert found.offsets.tolist() == whole.offsets.tolist()
    assert len(tokenise(pa.array([], pa.string())).hashes) == 0
    assert sign(pa.array([], pa.string())).shape == (0, 128)


def test_offsets_outside_of_the_buffer_are_refused() -> None:
    places = pa.py_buffer(np.array([0, 6, 4], dtype=np.int32).data)
    broken = pa.Array.from_buffers(pa.string(), 2, [None, places, pa.py_buffer(b"abcdefgh")])
    with pytest.raises(ValueError, match="broken offsets"):
        tokenise(broken)


def test_more_words_than_bytes_find_room() -> None:
    text = "%" * 3000 + " &amp; " + "क " * 50
    agree([text.encode(), text.encode()])


def test_threads_learn_pages_together() -> None:
    texts = [f"क {chr(0x100 * page + 0x41)} त" for page in range(0x30, 0xD0)]
    letters._made.clear()
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: tokenise(pa.array(texts)).hashes.tolist(), range(8)))
    assert all(hashes == found[0] for hashes in found)
    agree([text.encode() for text in texts])


def test_a_long_text_is_marked_as_defined() -> None:
    rng = np.random.default_rng(5)
    text = " ".join(f"शब्द{n}" for n in rng.integers(0, 40_000, 80_000).tolist())
    made = pa.table(mark(pa.array([text]), pa.array([""])))
    assert made.to_pylist() == as_table(list(marks([tokens(text)], [[]])))


def test_cleaned_stories_are_marked_as_defined() -> None:
    texts = [clean_for_matching(body(paragraphs)) for paragraphs in STORIES.values()]
    made = pa.table(mark(pa.array(texts), pa.array(["भूकंप की खबर"] * len(texts))))
    expected = marks([tokens(text) for text in texts], [tokens("भूकंप की खबर")] * len(texts))
    assert made.to_pylist() == as_table(list(expected))
