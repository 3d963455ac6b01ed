from __future__ import annotations

import io
from unittest.mock import patch

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dedup import fingerprint, propose_frequencies, start_frequencies
from dedup import frequencies as module
from dedup.frequencies import Frequencies, read_frequencies, write_frequencies
from dedup.prints.hashing import hash_tokens, upper32
from tests.dedup.stories import BRIDGE, COURT, CRICKET, articles, body

TEXTS = {
    "a": body(BRIDGE),
    "copy": body(BRIDGE),
    "b": body(COURT),
    "c": f"{body(CRICKET)} पुल पुल",
}


def test_a_proposal_counts_every_text_once() -> None:
    prints = fingerprint(articles(TEXTS))
    with patch.object(module, "LEAST_DOCUMENTS", 3):
        table = propose_frequencies([prints.slice(0, 1), prints.slice(1)], "hi-2026-07")
        again = propose_frequencies([prints.slice(2), prints.slice(0, 2)], "hi-2026-07")
    assert table.version == "hi-2026-07"
    assert table.documents == 3
    bridge = int(upper32(hash_tokens(["पुल"]))[0])
    counts = dict(zip(table.terms.tolist(), table.counts.tolist(), strict=True))
    assert counts[bridge] == 2
    assert counts == dict(zip(again.terms.tolist(), again.counts.tolist(), strict=True))


def test_it_is_the_same_table_however_few_words_are_held() -> None:
    prints = fingerprint(articles(TEXTS))
    rows = [prints.slice(n, 1) for n in range(prints.num_rows)]
    whole = module.count_documents([prints], "hi-x")
    with patch.object(module, "_COUNTED_AT_ONCE", 10):
        parts = module.count_documents(rows, "hi-x")
    assert parts.documents == whole.documents == len(TEXTS)
    assert parts.terms.tolist() == whole.terms.tolist()
    assert parts.counts.tolist() == whole.counts.tolist()
    assert max(parts.counts) >= 3


def test_a_table_of_another_scheme_is_refused() -> None:
    stream = io.BytesIO()
    with patch.object(module, "SCHEME_VERSION", 1):
        write_frequencies(start_frequencies(), stream)
    stream.seek(0)
    with pytest.raises(ValueError, match="scheme 1"):
        read_frequencies(stream)


def test_too_few_texts_or_a_name_that_is_taken_are_refused() -> None:
    prints = fingerprint(articles(TEXTS))
    with pytest.raises(ValueError, match="3 texts are too few"):
        propose_frequencies([prints], "hi-2026-07")
    with pytest.raises(ValueError, match="ships with the project"):
        propose_frequencies([prints], start_frequencies().version)


def test_a_table_is_read_as_it_was_written() -> None:
    table = start_frequencies()
    stream = io.BytesIO()
    write_frequencies(table, stream)
    stream.seek(0)
    read = read_frequencies(stream)
    assert (read.version, read.documents) == (table.version, table.documents)
    assert read.terms.tolist() == table.terms.tolist()
    assert read.idf(table.terms[:9]).tolist() == table.idf(table.terms[:9]).tolist()


HASHES = st.integers(0, 2**32 - 1) | st.sampled_from([0, 1, 2**31, 2**32 - 1])


@given(st.dictionaries(HASHES, st.integers(1, 50), min_size=1), st.lists(HASHES))
def test_a_word_is_found_wherever_its_hash_lies(counted: dict[int, int], others: list[int]) -> None:
    terms = np.array(sorted(counted), dtype=np.uint32)
    counts = np.array([counted[int(term)] for term in terms], dtype=np.uint32)
    asked = np.array([*counted, *others, *counted], dtype=np.uint32)
    found = Frequencies("hi-x", 50, terms, counts).idf(asked)
    expected = [np.log(51 / counted.get(int(term), 1)) for term in asked]
    assert found.tolist() == expected
