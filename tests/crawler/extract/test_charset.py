"""Bytes to UTF-8: declared, missing and wrong character sets, and damage that is certain."""

from __future__ import annotations

import html
from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from crawler.extract import Extracted, charset, extract
from crawler.extract.charset import to_utf8

HINDI = "हिन्दी समाचार: क़ीमतें, ज़िला, श्‍रेणी – “उद्धरण”"
SENTENCES = (
    "किसानों ने सरकार से बातचीत की मांग की है और कहा है कि वे पीछे नहीं हटेंगे। “हम यहीं रहेंगे,” "
    "उनके नेता ने पत्रकारों से कहा – यह बात उन्होंने दो बार दोहराई। ज़िले के अधिकारी आठ बजे तक मौके पर रहे।"
)
LONG = " ".join([SENTENCES] * 3)


def page_of(text: str) -> str:
    head = '<html><head><meta charset="utf-8"><title>नमूना</title></head>'
    return f"{head}<body><article><h1>नमूना</h1><p>{text}</p></article></body></html>"


def as_cp1252(text: str) -> str:
    """What a program sees that takes UTF-8 for windows-1252."""
    return "".join(bytes([b]).decode("cp1252", "ignore") or chr(b) for b in text.encode())


def as_latin1(text: str) -> str:
    return text.encode().decode("latin-1")


def referenced(text: str) -> str:
    return text.encode("ascii", "xmlcharrefreplace").decode()


def named(text: str) -> str:
    """As a template writes it that knows the names of characters."""
    names = {0xE0: "agrave", 0xA4: "curren", 0xA5: "yen", 0xE2: "acirc"}
    return "".join(f"&{names[ord(c)]};" if ord(c) in names else referenced(c) for c in text)


def pasted(text: str) -> bytes:
    """UTF-8 with the marks of windows-1252 in it, as they are pasted from a word processor."""
    marks = {"“": b"\x93", "”": b"\x94", "–": b"\x96"}
    return b"".join(marks.get(char, char.encode()) for char in text)


# Name, the bytes of a page, what the HTTP header says. Each must give LONG.
DAMAGE: list[tuple[str, bytes, str | None]] = [
    ("as it should be", page_of(LONG).encode(), "utf-8"),
    ("header says another set", page_of(LONG).encode(), "iso-8859-1"),
    ("header says a set that does not exist", page_of(LONG).encode(), "utf8mb4"),
    ("page says another set", page_of(LONG).replace("utf-8", "windows-1252").encode(), None),
    ("header says UTF-16", page_of(LONG).encode(), "utf-16"),
    ("UTF-16 with mark", page_of(LONG).encode("utf-16"), None),
    ("UTF-16 without mark", page_of(LONG).encode("utf-16-le"), None),
    ("UTF-16, other end first, header wrong", page_of(LONG).encode("utf-16-be"), "utf-8"),
    ("references by number", page_of(referenced(LONG)).encode(), None),
    ("references in sixteens", page_of("".join(f"&#x{ord(c):X};" for c in LONG)).encode(), None),
    ("references, escaped again", page_of(html.escape(referenced(LONG))).encode(), None),
    ("read as windows-1252", page_of(as_cp1252(LONG)).encode(), "utf-8"),
    ("read as ISO 8859-1", page_of(as_latin1(LONG)).encode(), "utf-8"),
    ("read as windows-1252 twice", page_of(as_cp1252(as_cp1252(LONG))).encode(), None),
    ("read as ISO 8859-1 twice", page_of(as_latin1(as_latin1(LONG))).encode(), None),
    ("one part of the page damaged", page_of(f"{SENTENCES} {as_cp1252(LONG)}").encode(), None),
    ("damaged, then references", referenced(as_cp1252(page_of(LONG))).encode(), None),
    ("damaged, then names", named(as_cp1252(page_of(LONG))).encode(), None),
    ("marks of windows-1252 pasted", pasted(page_of(LONG)), None),
    ("and the header is right", pasted(page_of(LONG)), "utf-8"),
    ("and the header is wrong", pasted(page_of(LONG)), "iso-8859-1"),
    ("half of it rubbish", b"<!--" + b"\xfe" * 900 + b"-->" + page_of(LONG).encode(), "iso-8859-1"),
    ("a byte damaged, header wrong", b"<!--\xff-->" + page_of(LONG).encode(), "windows-1252"),
]


@pytest.mark.parametrize(
    ("body", "header"), [d[1:] for d in DAMAGE], ids=[name for name, *_ in DAMAGE]
)
def test_text_comes_out_whole(body: bytes, header: str | None) -> None:
    now = datetime(2024, 7, 2, tzinfo=UTC)
    made = extract(body, url="https://x.example/a/b", charset=header, now=now)
    assert isinstance(made, Extracted), made
    whole = extract(page_of(LONG).encode(), url="https://x.example/a/b", now=now)
    assert isinstance(whole, Extracted)
    assert made.text.endswith(whole.text)


# What looks like damage and is none, or cannot be undone with certainty, stays as it is.
LEFT = [
    "<p>à¤ is how one letter looks</p>",
    "<p>" + "Voilà: 5¤, à ¥ — déjà vu, crème brûlée. " * 30 + "</p>",
    "<p>" + "&agrave; la carte, &#224; demain, 3 &curren; " * 30 + "</p>",
    "<p>किसान &#8220;और&#8221; &nbsp; मजदूर</p>",
]


@pytest.mark.parametrize("text", LEFT)
def test_what_is_no_damage_stays(text: str) -> None:
    assert to_utf8(text.encode()).decode() == text


def test_other_text_beside_damage_stays() -> None:
    beside = "café © 2024, naïve – “देश”, Ã"
    assert to_utf8(page_of(f"{as_cp1252(LONG)} | {beside}").encode()).decode() == page_of(
        f"{LONG} | {beside}"
    )


@pytest.mark.parametrize(
    ("damaged", "read"),
    [
        (b"<p>\x93" + "कख".encode() + b"\x94" + "ग".encode(), "<p>“कख”ग"),
        ("कख".encode() + b"\x85" + b"</p>", "कख…</p>"),
        # A byte that is no mark, and marks that are the rest of a cut character.
        ("कख".encode() + b"\xff" + "ग".encode(), "कख\ufffdग"),
        ("कख".encode() + b"\xa4\x93 " + "ग".encode(), "कख\ufffd\ufffd ग"),
        ("कख".encode() + b"\xe0\xa4\x20\x96 " + "ग".encode(), "कख\ufffd – ग"),
    ],
)
def test_lone_bytes(damaged: bytes, read: str) -> None:
    assert to_utf8(damaged).decode() == read


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
    assert to_utf8(encoded, charset).decode().removeprefix("<p>markup before</p>") == HINDI


def test_declared_sets_are_used_where_the_bytes_are_not_utf8() -> None:
    curly = b"<p>\x93quoted\x94 caf\xe9</p>"
    assert to_utf8(curly, "iso-8859-1").decode() == "<p>“quoted” café</p>"
    declared = b'<meta charset="koi8-r"><p>\xd0\xd2</p>'
    assert to_utf8(declared).decode().endswith("<p>пр</p>")


@pytest.mark.parametrize("label", ["rot13", "unicode_escape", "base64", "no-such-set", "\x00", ""])
def test_what_is_no_character_set_of_the_web_is_ignored(label: str) -> None:
    assert to_utf8("<p>क\\u0041</p>".encode() + b"\xff", label).decode() == "<p>क\\u0041</p>\ufffd"


def test_page_cut_inside_a_character_stays_utf8() -> None:
    assert to_utf8("<p>खबर".encode()[:-1]).decode() == "<p>खब\ufffd"


def test_one_damaged_byte_does_not_make_mojibake_of_the_page() -> None:
    damaged = HINDI.encode() + b"\xff" + HINDI.encode()
    assert to_utf8(damaged).decode() == f"{HINDI}\ufffd{HINDI}"


def test_damage_is_found_where_it_is_in_any_part(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(charset, "_PART_BYTES", 7)
    for cut in range(len(HINDI.encode()) + 1):
        text = HINDI.encode()[:cut] + b"\xff" + HINDI.encode()
        # Cut inside a character, its first bytes are damaged already.
        with pytest.raises(UnicodeDecodeError) as error:
            text.decode()
        assert charset._damage(text) == error.value.start
    assert charset._damage(HINDI.encode() * 5) is None


def as_bytes(read: Callable[[str], str]) -> bytes:
    return read(LONG).encode()


@pytest.mark.parametrize("read", [as_cp1252, as_latin1])
def test_undoing_is_undone_once_for_all(read: Callable[[str], str]) -> None:
    once = to_utf8(as_bytes(read))
    assert once == LONG.encode()
    assert to_utf8(once) == once
