"""Strings: nothing of Devanagari is lost, and a key tells an edit from other typography."""

from __future__ import annotations

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from crawler.extract import body_key, normal


def test_line_keeps_marks_and_joiners() -> None:
    assert normal.line(" दिल्\u200dली\n\tमें\u00a0 हिन्दी \ufeff") == "दिल्\u200dली में हिन्दी"


def test_line_is_nfc_and_resolves_references_once() -> None:
    assert normal.line("\u0958लम") == unicodedata.normalize("NFC", "\u0958लम")
    assert normal.line("&#2325;&quot;AT&amp;amp;T&quot;") == 'क"AT&amp;T"'
    assert normal.line("R&D; and a&b") == "R&D; and a&b"


def test_line_drops_what_cannot_be_stored() -> None:
    assert normal.line("क\ud83dख\x00ग\x9fघ\u200eङ") == "कखगघङ"
    assert normal.line(None) == ""


def test_words_counts_in_any_script() -> None:
    assert normal.words("किसानों ने 2,500 रुपये – दिए । PTI") == 6


def test_key_is_blind_to_typography_and_nothing_else() -> None:
    assert body_key("“नई दिल्\u200dली,”\n\n 18 जून।") == body_key('नई दिल्ली "18" जून')
    assert body_key("हिंदी") != body_key("हिंद")
    assert body_key("की") != body_key("कि")


@given(st.text(alphabet=st.characters(min_codepoint=0x0900, max_codepoint=0x097F), max_size=40))
def test_key_keeps_every_mark_and_letter(text: str) -> None:
    kept = [c for c in unicodedata.normalize("NFD", text) if unicodedata.category(c)[0] in "LMN"]
    # In no order: two marks with a sign between them that is dropped are not put in order.
    key = unicodedata.normalize("NFD", body_key(text).replace(" ", ""))
    assert sorted(key) == sorted(kept)


@given(st.text(max_size=60))
def test_line_is_stable_and_can_be_encoded(text: str) -> None:
    once = normal.line(text)
    once.encode()
    if "&" not in once:
        assert normal.line(once) == once


@given(st.text(alphabet="कि1a_ -“।\u200b\n\t", max_size=30))
def test_words_are_runs_with_a_letter_or_digit(text: str) -> None:
    runs = [run for run in text.split() if any(char.isalnum() for char in run)]
    assert normal.words(text) == len(runs)
    assert normal.words_of([normal.line(piece) for piece in text.split("\n")]) == len(
        [run for run in normal.line(text).split() if any(char.isalnum() for char in run)]
    )


@given(st.text(alphabet="कनरळ\u093c\u094d\u200d Aa,।–", max_size=12))
def test_key_of_a_long_text_is_that_of_its_parts(text: str) -> None:
    # Long texts are looked up otherwise than short ones.
    long = " ".join([text] * 200)
    assert body_key(long) == " ".join(part for part in [body_key(text)] * 200 if part)


def test_share_of_script() -> None:
    assert not normal.mostly_foreign("कखग abc", 0.5)
    assert normal.mostly_foreign("कखग abc", 0.51)
    assert normal.mostly_foreign("कखग abcd", 0.5)
    assert not normal.mostly_foreign("a" + "क" * 500, 0.99)
    assert not normal.mostly_foreign("कखग 12", 0.9)
    assert normal.mostly_foreign("12 34", 0.1)


# What composes, what is taken apart, marks out of order, joiners, and plain neighbours of each.
TRICKY = (
    "कनरळड\u0929\u0931\u0934\u0958\u095c\u095f\u093c\u094d\u0951\u200c\u200dिe\u0301é – \u00a0\n"
)


@given(st.text(alphabet=TRICKY, max_size=12))
def test_a_line_is_composed_whatever_the_short_way_says(text: str) -> None:
    assert normal.line(text) == unicodedata.normalize("NFC", " ".join(text.split()))


PIECES = st.sampled_from(
    [
        "क",
        "न\u093c",
        "्",
        "\u093c",
        " ",
        "  ",
        "\n",
        "\u00a0",
        "\u095c",
        "\u200b",
        "&amp;",
        "\x1e",
        "a",
    ]
)


@given(st.lists(st.one_of(st.lists(PIECES, max_size=6).map("".join), st.text(max_size=8))))
def test_lines_are_each_as_one_line(texts: list[str]) -> None:
    assert normal.lines(texts) == [normal.line(text) for text in texts]
