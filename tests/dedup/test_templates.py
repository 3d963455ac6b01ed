from __future__ import annotations

from datetime import datetime, timedelta

import pyarrow as pa

from dedup import find_relations, fingerprint, resolve_relations
from tests.dedup.stories import BRIDGE, COURT, LOCAL, SATELLITE, START, articles, body

HOROSCOPE = """ज्योतिषाचार्य के अनुसार {day} का दिन ग्रहों की स्थिति के हिसाब से मिला-जुला रहने वाला है और
कुछ राशियों को लाभ होगा। मेष राशि के जातकों के लिए आज {a} के योग बन रहे हैं और कार्यक्षेत्र में अधिकारियों की
नजर आप पर रहेगी। वृषभ राशि वालों को {b} से सहयोग मिलेगा तथा शाम का समय घर में सुख से बीतेगा। मिथुन राशि के
लोगों को {c} परेशान कर सकती है, ऐसे में आराम को दिनचर्या में शामिल करना लाभकारी होगा।"""
DAYS = [
    HOROSCOPE.format(day=day, a=a, b=b, c=c)
    for day, a, b, c in (
        ("सोमवार", "धन लाभ", "मित्रों", "थकान"),
        ("मंगलवार", "यात्रा", "बुजुर्गों", "खांसी"),
        ("बुधवार", "पदोन्नति", "पड़ोसियों", "चिंता"),
        ("गुरुवार", "विवाद", "परिवार", "जलन"),
    )
]


def at(hours: float) -> datetime:
    return START + timedelta(hours=hours)


def kinds(texts: dict[str, str], when: dict[str, datetime]) -> dict[str, str]:
    prints = fingerprint(articles(texts, published_at=when))
    pairs = find_relations(prints, [])
    found = resolve_relations(pairs, fingerprints=prints)
    shuffled = resolve_relations(
        pairs.take(pa.array(range(pairs.num_rows - 1, -1, -1), pa.int64())),
        fingerprints=prints.take(pa.array(range(prints.num_rows - 1, -1, -1), pa.int64())),
    )
    assert found.equals(shuffled)
    return {
        "".join(sorted((row["article_id"], row["other_id"]))): row["kind"]
        for row in found.to_pylist()
    }


def test_a_report_without_numbers_is_a_series_from_the_third_day_on() -> None:
    texts = dict(zip("abcd", DAYS, strict=True))
    when = {name: at(24 * day) for day, name in enumerate("abcd")}
    assert kinds({n: texts[n] for n in "ab"}, when) == {"ab": "near"}
    assert set(kinds(texts, when).values()) == {"series"}


def test_copies_of_one_issue_stay_copies() -> None:
    texts = dict(zip("abc", DAYS, strict=False)) | {"x": DAYS[1], "y": f"{DAYS[1]} {LOCAL[0]}"}
    when = {"a": at(0), "b": at(24), "c": at(48), "x": at(25), "y": at(26)}
    found = kinds(texts, when)
    assert found["bx"] == "exact"
    assert {found["by"], found["xy"]} == {"near"}
    assert {found[pair] for pair in ("ab", "ac", "ax", "ay", "bc", "cx", "cy")} == {"series"}


def test_what_is_written_within_hours_is_no_series() -> None:
    texts = dict(zip("abc", DAYS, strict=False))
    when = {name: at(3 * n) for n, name in enumerate("abc")}
    assert set(kinds(texts, when).values()) == {"near"}


def test_one_text_edited_on_three_days_is_no_series() -> None:
    whole = body(BRIDGE)
    words = whole.split(" ")

    def edited(places: range) -> str:
        return " ".join(f"{w}नया" if n in places else w for n, w in enumerate(words))

    size = len(words)
    texts = {
        "a": whole,
        "b": edited(range(5, size, 31)),
        "c": edited(range(15, size, 31)),
        "d": edited(range(25, size, 31)),
    }
    when = {name: at(24 * day) for day, name in enumerate("abcd")}
    assert set(kinds(texts, when).values()) == {"near"}


def test_one_text_with_other_ends_on_three_days_is_no_series() -> None:
    ends = {"a": LOCAL[0], "b": SATELLITE[0], "c": COURT[0]}
    texts = {name: body([*BRIDGE, end]) for name, end in ends.items()}
    when = {name: at(24 * day) for day, name in enumerate("abc")}
    assert set(kinds(texts, when).values()) == {"near"}
