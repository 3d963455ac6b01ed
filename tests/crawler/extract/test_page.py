"""Bytes to tree: declared, missing and wrong character sets, and markup that means harm."""

from __future__ import annotations

import pytest

from crawler.extract import page

HINDI = "हिन्दी समाचार: क़ीमतें, ज़िला, श्‍रेणी – “उद्धरण”"


def text_of(utf8: bytes) -> str:
    body = page.parse(utf8).body
    assert body is not None
    return body.text(strip=True)


@pytest.mark.parametrize(
    ("encoded", "charset"),
    [
        (HINDI.encode(), None),
        (HINDI.encode(), "iso-8859-1"),
        (b"\xef\xbb\xbf" + HINDI.encode(), "windows-1252"),
        (HINDI.encode("utf-16"), None),
        (("<p>markup before</p>" + HINDI).encode("utf-16-le"), None),
        (("<p>markup before</p>" + HINDI).encode("utf-16-be"), "utf-8"),
    ],
)
def test_text_survives_whatever_is_declared(encoded: bytes, charset: str | None) -> None:
    assert page.to_utf8(encoded, charset).decode().removeprefix("<p>markup before</p>") == HINDI


def test_declared_sets_are_used_where_the_bytes_are_not_utf8() -> None:
    curly = b"<p>\x93quoted\x94 caf\xe9</p>"
    assert page.to_utf8(curly, "iso-8859-1").decode() == "<p>“quoted” café</p>"
    declared = b'<meta charset="koi8-r"><p>\xd0\xd2</p>'
    assert page.to_utf8(declared).decode().endswith("<p>пр</p>")


@pytest.mark.parametrize("label", ["rot13", "unicode_escape", "base64", "no-such-set", "\x00", ""])
def test_what_is_no_character_set_of_the_web_is_ignored(label: str) -> None:
    assert (
        page.to_utf8("<p>क\\u0041</p>".encode() + b"\xff", label).decode()
        == "<p>क\\u0041</p>\ufffd"
    )


def test_page_cut_inside_a_character_stays_utf8() -> None:
    assert page.to_utf8("<p>खबर".encode()[:-1]).decode() == "<p>खब\ufffd"


def test_one_damaged_byte_does_not_make_mojibake_of_the_page() -> None:
    damaged = HINDI.encode() + b"\xff" + HINDI.encode()
    assert page.to_utf8(damaged).decode() == f"{HINDI}\ufffd{HINDI}"


def test_double_encoding_is_undone() -> None:
    text = "किसानों ने सरकार से बातचीत की मांग की है और कहा है कि वे पीछे नहीं हटेंगे"
    twice = "".join(bytes([b]).decode("cp1252", "ignore") or chr(b) for b in text.encode()).encode()
    assert page.to_utf8(twice).decode() == text
    few = "à¤ is how one letter looks".encode()
    assert page.to_utf8(few) == few


@pytest.mark.timeout(120)
def test_deep_nesting_is_refused_or_read() -> None:
    assert text_of(b"<div>" * 10_000 + b"x") == "x"
    with pytest.raises(page.MarkupError, match="nested"):
        page.parse(b"<div>" * 500_000)
    many_fonts = b"".join(b"<font color=%d><p>" % i for i in range(5_000))
    assert text_of(many_fonts + b"x") == "x"


def test_ordinary_unclosed_elements_are_no_harm() -> None:
    cells = b"<table>" + b"<tr><td>a<br>" * 8_000 + b"</table><p>x"
    assert text_of(cells).endswith("x")
