from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from dedup import (
    DedupSettings,
    Frequencies,
    count_documents,
    find_relations,
    find_threads,
    fingerprint,
    resolve_relations,
    start_frequencies,
    term_words,
)
from dedup.labels.scores import cosines_of, weigh
from dedup.prints.hashing import hash_tokens, upper32
from dedup.prints.sheet import read_sheet
from dedup.threads import keywords
from lake.schema import RELATIONS, THREADS
from tests.dedup.stories import (
    BRIDGE,
    COURT,
    CRICKET,
    FUEL_MONDAY,
    FUEL_TUESDAY,
    SATELLITE,
    START,
    STORIES,
    articles,
    body,
)
from tests.dedup.test_families import edges

ROOT = Path(__file__).parents[2]
RETOLD = {
    "2023": (ROOT / "seeds" / "putin_kim_2023.txt").read_text(encoding="utf-8"),
    "2024": (ROOT / "seeds" / "putin_kim_2024.txt").read_text(encoding="utf-8"),
}
NO_RELATIONS = RELATIONS.schema.empty_table()
FOLLOW_UP = body(
    [
        "सोनपुरा पुल हादसे की जांच कर रही समिति ने जिलाधिकारी रमाकांत वर्मा समेत नौ अफसरों "
        "को तलब किया है। ग्रामीणों का आरोप है कि लकड़ी के जर्जर ढांचे की मरम्मत कागजों पर ही "
        "होती रही।",
        "हादसे में मारे गए लोगों के परिजन सहायता राशि के चेक लेने शनिवार को तहसील पहुंचे। "
        "वहां गोताखोरों और कमांडेंट सुधीर नेगी का सम्मान भी किया गया, जिन्होंने नदी के तेज "
        "बहाव में शव खोजे थे।",
        "नए पुल का ठेका अब अगले महीने दिया जाएगा।",
    ]
)


def threads(
    texts: dict[str, str],
    options: DedupSettings | None = None,
    words: Any = None,
    **columns: dict[str, Any],
) -> list[dict[str, Any]]:
    prints = fingerprint(articles(texts, **columns))
    pairs = resolve_relations(find_relations(prints, []))
    table = find_threads(prints, pairs, options or DedupSettings(), words)
    assert table.schema.equals(THREADS.schema)
    return table.to_pylist()


def test_the_two_pieces_on_putin_and_kim_are_a_thread_and_no_copies() -> None:
    dates = {"2023": START - timedelta(days=276), "2024": START}
    prints = fingerprint(articles(RETOLD, published_at=dates))
    assert find_relations(prints, []).num_rows == 0
    (edge,) = threads(RETOLD, published_at=dates, words=lambda _: term_words(RETOLD.values()))
    assert (edge["article_id"], edge["other_id"]) == ("2024", "2023")
    assert edge["cosine"] >= 0.30
    assert edge["jaccard"] < 0.05
    assert edge["frequencies"] == start_frequencies().version
    assert {"पुतिन", "यूक्रेन"} <= set(edge["shared_terms"])


def test_a_follow_up_joins_its_story_and_no_other() -> None:
    texts = {name: body(paragraphs) for name, paragraphs in STORIES.items()}
    found = threads({**texts, "follow": FOLLOW_UP})
    assert [(e["article_id"], e["other_id"]) for e in found] == [("follow", "bridge")]


def test_copies_are_no_threads_even_through_a_third() -> None:
    prints = fingerprint(articles({"a": body(BRIDGE), "b": body(BRIDGE[2:]), "c": FOLLOW_UP}))
    assert find_threads(prints, NO_RELATIONS).num_rows == 3
    (edge,) = find_threads(prints, edges("ab:excerpt", "ac:excerpt")).to_pylist()
    assert (edge["article_id"], edge["other_id"]) == ("c", "b")
    assert find_threads(prints, edges("ab", "ac")).num_rows == 0


def test_issues_of_series_are_no_threads() -> None:
    prints = fingerprint(articles({"a": body(BRIDGE), "b": body(BRIDGE[2:]), "c": FOLLOW_UP}))
    # One pair may be mistaken, and costs the follow-up nothing.
    (edge,) = find_threads(prints, edges("ab:series")).to_pylist()[:1]
    assert edge["article_id"] == "c"
    # Two pairs are a template; so are two articles that are each an issue of something.
    assert find_threads(prints, edges("ab:series", "ax:series", "bx:series")).num_rows == 0
    assert find_threads(prints, edges("ab:series", "cx:series")).num_rows == 0


def test_lists_of_rates_are_no_threads_however_alike_their_words() -> None:
    cities = {"a": FUEL_MONDAY, "b": FUEL_TUESDAY}
    prints = fingerprint(articles(cities))
    dense = DedupSettings(thread_figures=0.06)
    assert find_threads(prints, NO_RELATIONS, dense).num_rows == 0
    assert find_threads(prints, NO_RELATIONS, DedupSettings(thread_figures=0.062)).num_rows == 1


def test_versions_of_one_url_are_no_thread() -> None:
    assert threads({"a": body(BRIDGE), "b": FOLLOW_UP}, url_id={"a": "u", "b": "u"}) == []


@pytest.mark.parametrize(("days", "count"), [(400, 1), (401, 0)])
def test_threads_reach_four_hundred_days(days: int, count: int) -> None:
    dates = {"a": START, "b": START + timedelta(days=days)}
    assert len(threads({"a": body(BRIDGE), "b": FOLLOW_UP}, published_at=dates)) == count


def test_an_article_has_ten_edges_at_most_and_the_best_first() -> None:
    texts = {"follow": FOLLOW_UP}
    for number in range(8):
        texts[f"b{number}"] = body(
            [BRIDGE[number % 5], COURT[number % 4], BRIDGE[(number + 2) % 5]]
        )
    prints = fingerprint(articles(texts))
    everything = find_threads(prints, NO_RELATIONS, DedupSettings(thread_edges=100)).to_pylist()
    few = find_threads(prints, NO_RELATIONS, DedupSettings(thread_edges=2)).to_pylist()
    degree: dict[str, int] = {}
    for edge in few:
        for end in (edge["article_id"], edge["other_id"]):
            degree[end] = degree.get(end, 0) + 1
    assert max(degree.values()) == 2
    assert len(everything) > len(few)
    best = max(everything, key=lambda edge: edge["cosine"])
    assert (best["article_id"], best["other_id"]) in {(e["article_id"], e["other_id"]) for e in few}


def test_three_keywords_must_be_shared() -> None:
    texts = {"a": body(BRIDGE), "b": FOLLOW_UP}
    assert len(threads(texts)) == 1
    assert threads(texts, DedupSettings(thread_shared=20)) == []
    assert threads(texts, DedupSettings(thread_cosine=0.99)) == []


def test_words_are_asked_for_those_that_have_edges() -> None:
    asked: list[list[str]] = []

    def words(ids: list[str]) -> dict[int, str]:
        asked.append(ids)
        return {}

    threads({"a": body(BRIDGE), "b": FOLLOW_UP, "c": body(CRICKET)}, words=words)
    assert asked == [["a", "b"]]


def test_shared_terms_are_spelt_as_people_write_them() -> None:
    text = "पढ़ाई और पढ़ाई, डॉक्टर “डॉक्टर” डाक्टर हिन्दी हिंदी हिंदी 15 लोग"
    words = term_words([text])
    spelt = {
        w: words.get(int(upper32(hash_tokens([w]))[0])) for w in ("पढाई", "डाक्टर", "हिंदी", "15")
    }
    assert spelt == {"पढाई": "पढ़ाई", "डाक्टर": "डॉक्टर", "हिंदी": "हिंदी", "15": None}


def test_nothing_makes_no_threads() -> None:
    assert threads({"a": "", "b": "", "c": "कहा है"}) == []
    prints = fingerprint(articles({"a": "क"}).slice(0, 0))
    assert find_threads(prints, NO_RELATIONS).num_rows == 0


def test_keywords_are_the_rarest_and_most_used() -> None:
    sheet = read_sheet(fingerprint(articles({"a": body(SATELLITE), "b": "", "c": "उपग्रह रडार"})))
    vectors = weigh(sheet.terms, sheet.term_counts, start_frequencies())
    keys = keywords(vectors, 5)
    assert keys.lengths.tolist() == [5, 0, 2]
    row = {int(t): float(w) for t, w in zip(sheet.terms.row(0), vectors.weights, strict=False)}
    chosen = set(keys.row(0).tolist())
    assert min(row[t] for t in chosen) >= max(w for t, w in row.items() if t not in chosen)
    assert int(upper32(hash_tokens(["उपग्रह"]))[0]) in chosen


def test_the_cosine_is_that_of_the_weighted_vectors() -> None:
    sheet = read_sheet(fingerprint(articles({"a": body(BRIDGE), "b": FOLLOW_UP, "c": ""})))
    table = start_frequencies()
    vectors = weigh(sheet.terms, sheet.term_counts, table)

    def plain(row: int) -> dict[int, float]:
        terms, counts = sheet.terms.row(row).tolist(), sheet.term_counts.row(row).tolist()
        df = dict(zip(table.terms.tolist(), table.counts.tolist(), strict=True))
        return {
            t: (1 + np.log(c)) * np.log((table.documents + 1) / df.get(t, 1))
            for t, c in zip(terms, counts, strict=True)
        }

    a, b = plain(0), plain(1)
    dot = sum(a[t] * b[t] for t in a.keys() & b.keys())
    lengths = [np.sqrt(sum(w * w for w in v.values())) for v in (a, b)]
    expected = dot / lengths[0] / lengths[1]
    others = np.array([1, 2, 0], dtype=np.int64)
    found = cosines_of(vectors, np.zeros_like(others), others)
    assert found == pytest.approx([expected, 0.0, 1.0])


def test_the_start_table_is_counts_of_hashes() -> None:
    table = start_frequencies()
    assert table.documents > 1000
    assert len(table.terms) > 5000
    assert table.counts.min() >= 2
    assert table.counts.max() <= table.documents
    assert np.all(np.diff(table.terms.astype(np.int64)) > 0)
    common, rare, unknown = table.idf(upper32(hash_tokens(["पुलिस", "भूकंप", "झिलमिलपुरगढ़ी"])))
    assert common < rare < unknown
    assert unknown == pytest.approx(np.log(table.documents + 1))


def test_counting_documents() -> None:
    texts = {"a": "नदी नदी पहाड़", "b": "नदी जंगल", "c": "", "d": "जंगल नदी"}
    prints = fingerprint(articles(texts))
    table = count_documents([prints.slice(0, 2), prints.slice(2)], "hi-test")
    assert (table.version, table.documents) == ("hi-test", 3)
    counts = dict(zip(table.terms.tolist(), table.counts.tolist(), strict=True))
    hashes = upper32(hash_tokens(["नदी", "जंगल"])).tolist()
    assert counts == {hashes[0]: 3, hashes[1]: 2}
    nothing = count_documents([], "none")
    assert nothing.documents == 0
    assert nothing.idf(table.terms).tolist() == [1.0, 1.0]


def test_another_table_stands_in_the_edges() -> None:
    prints = fingerprint(articles({"a": body(BRIDGE), "b": FOLLOW_UP}))
    start = start_frequencies()
    table = Frequencies("hi-2", start.documents, start.terms, start.counts)
    found = find_threads(prints, NO_RELATIONS, frequencies=table)
    assert found.column("frequencies").to_pylist() == ["hi-2"]


def test_tables_may_come_in_chunks() -> None:
    prints = fingerprint(articles({"a": body(BRIDGE), "b": FOLLOW_UP, "c": body(COURT)}))
    whole = find_threads(prints, NO_RELATIONS)
    pieces = pa.concat_tables([prints.slice(i, 1) for i in (2, 0, 1)] + [prints.slice(1, 1)])
    assert find_threads(pieces, NO_RELATIONS).equals(whole)
