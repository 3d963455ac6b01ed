"""Bytes of a page -> decoded text -> tree: the one parse.

Here belong character sets, the repair of text that was decoded wrongly before it reached us, and
the guard that keeps hostile markup from the parser. Not here: anything about articles.
"""

from __future__ import annotations

import codecs
import re
from collections import defaultdict
from typing import Final

from selectolax.lexbor import LexborHTMLParser

from crawler.extract import normal

_BOMS: Final = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# The HTML standard looks for a declaration in the first 1,024 bytes; themes push it further down.
_META_SCAN_BYTES: Final = 4096
_META_CHARSET: Final = re.compile(
    rb"""<(?:meta|\?xml)\b[^>]*?(?:charset|encoding)\s*=\s*["']?\s*([A-Za-z0-9_.:-]+)""",
    re.IGNORECASE,
)
# Codecs that the web uses. Python knows others (rot13, idna, unicode_escape) that would let a page
# choose a transformation which is no character set.
_WEB_CODEC: Final = re.compile(
    r"^(?:utf-8|utf-16(?:-[lb]e)?|ascii|cp\d+|iso8859-\d+|koi8-[ru]|gb\w+|big5\w*|euc_\w+|shift_jis"
    r"|mac-\w+|tis-620)$"
)
# The HTML standard reads these labels as windows-1252, which adds the curly quotes.
_AS_CP1252: Final = frozenset({"ascii", "iso8859-1"})
# A page begins with markup, whatever its text; a long head of scripts says the same.
_NUL_HEAD_BYTES: Final = 32
_NUL_SAMPLE_BYTES: Final = 2048
_NUL_SHARE: Final = 0.4
_NUL_NOISE: Final = 0.1
_PART_BYTES: Final = 16_384


def to_utf8(body: bytes, charset: str | None = None) -> bytes:
    """Re-codes the body of a page as UTF-8.

    A byte-order mark decides, then the bytes themselves (text that is valid UTF-8 by accident
    does not occur; wrong declarations do), then the HTTP header, then the page's declaration.

    Args:
        body: Raw bytes, decompressed.
        charset: Character set named by the HTTP header, if any.

    Returns:
        Valid UTF-8. Bytes that cannot be read become U+FFFD; nothing is raised.
    """
    for bom, name in _BOMS:
        if body.startswith(bom):
            body = body[len(bom) :]
            return body.decode(name, "replace").encode("utf-8", "replace")
    wide = _utf16_by_nuls(body)
    if wide:
        return body.decode(wide, "replace").encode("utf-8", "replace")
    damaged_at = _damage(body)
    if damaged_at is not None:
        body = _decode_invalid(body, charset, damaged_at).encode("utf-8", "replace")
    return _repair_double_encoding(body)


def _damage(body: bytes) -> int | None:
    """Where a body is not UTF-8; None if it is.

    In parts that the processor holds close: a page as one string is a megabyte to be asked for.
    """
    view, at = memoryview(body), 0
    while at < len(body):
        part = view[at : at + _PART_BYTES]
        try:
            _, read = codecs.utf_8_decode(part, "strict", at + _PART_BYTES >= len(body))
        except UnicodeDecodeError as error:
            return at + error.start
        at += read
    return None


def _decode_invalid(body: bytes, charset: str | None, damaged_at: int) -> str:
    """Decodes a body that is not valid UTF-8, whatever it says."""
    for name in (_codec(charset), _codec(_declared_in(body))):
        if name and name != "utf-8" and not name.startswith("utf-16"):
            return body.decode(name, "replace")
    text = body.decode("utf-8", "replace")
    # A page cut off inside a character has one damaged place, at its end.
    if damaged_at >= len(body) - 3:
        return text
    damaged = text.count("\ufffd")
    sound = sum(1 for char in text if char > "\x7f") - damaged
    return text if sound >= damaged else body.decode("cp1252", "replace")


def _utf16_by_nuls(body: bytes) -> str | None:
    """Recognises UTF-16 without a byte-order mark: markup is ASCII, so every other byte is NUL."""
    for size in (_NUL_HEAD_BYTES, _NUL_SAMPLE_BYTES):
        sample = body[:size]
        half = len(sample) // 2
        if half < _NUL_HEAD_BYTES // 4:
            return None
        first, second = sample[0::2].count(0), sample[1::2].count(0)
        if second > half * _NUL_SHARE and first <= half * _NUL_NOISE:
            return "utf-16-le"
        if first > half * _NUL_SHARE and second <= half * _NUL_NOISE:
            return "utf-16-be"
    return None


def _declared_in(body: bytes) -> str | None:
    found = _META_CHARSET.search(body[:_META_SCAN_BYTES])
    return found[1].decode("ascii") if found else None


def _codec(label: str | None) -> str | None:
    """Python's name of a declared character set, or None if it is none that the web uses."""
    if not label:
        return None
    try:
        name = codecs.lookup(label.strip(" \t\r\n\"';")).name
    except (LookupError, ValueError):
        return None
    if name in _AS_CP1252:
        return "cp1252"
    return name if _WEB_CODEC.match(name) else None


def _cp1252_bytes() -> dict[int, int]:
    table = {}
    for byte in range(0x80, 0x100):
        try:
            char = bytes([byte]).decode("cp1252")
        except UnicodeDecodeError:
            char = chr(byte)  # Undefined in windows-1252; browsers pass them through.
        table[ord(char)] = byte
    return table


_TO_CP1252: Final = _cp1252_bytes()
_CP1252_RUN: Final = re.compile("[" + "".join(re.escape(chr(c)) for c in _TO_CP1252) + "]{2,}")
# First two bytes of the UTF-8 of any Devanagari letter, read as windows-1252, in UTF-8 again.
_DOUBLE_MARKS: Final = ("à¤".encode(), "à¥".encode())
_DOUBLE_LEAD: Final = _DOUBLE_MARKS[0][:1]
_MIN_DOUBLE_MARKS: Final = 20


def _repair_double_encoding(body: bytes) -> bytes:
    """Undoes UTF-8 that was read as windows-1252 and written as UTF-8 again.

    Only where it is certain: the marks of Devanagari in that damage are frequent, and each run
    is valid UTF-8 when undone. Other runs stay as they are.
    """
    # One byte is sought much faster than two; hardly any page has it, or has it so often.
    if _DOUBLE_LEAD not in body or body.count(_DOUBLE_LEAD) < _MIN_DOUBLE_MARKS:
        return body
    if sum(body.count(mark) for mark in _DOUBLE_MARKS) < _MIN_DOUBLE_MARKS:
        return body

    def undo(run: re.Match[str]) -> str:
        raw = bytes(_TO_CP1252[ord(char)] for char in run[0])
        try:
            return raw.decode("utf-8")
        except UnicodeDecodeError:
            return run[0]

    return _CP1252_RUN.sub(undo, body.decode("utf-8", "replace")).encode("utf-8", "replace")


# Elements that the HTML standard's tree construction opens again in every following block as long
# as they are not closed: n of them in n blocks make n*n elements.
_FORMATTING: Final = normal.word_set("a b big code em font i nobr s small strike strong tt u")
_VOID: Final = normal.word_set(
    "area base br col embed hr img input link meta param source track wbr p li dt dd tr td th",
    "option",
)
_TAG_NAME: Final = re.compile(rb"<(/?[a-zA-Z][a-zA-Z0-9]*)")
_FORMATTING_TAG: Final = re.compile(
    rb"</?(?:" + "|".join(sorted(_FORMATTING)).encode() + rb")\b[^<>]*>", re.IGNORECASE
)
# What may be one of them: far quicker to ask, and most pages have few.
_MAY_NEST: Final = re.compile(rb"<[bcefistuBCEFISTU][\s/>oOmMtTiI]")
# Those of them that can be open inside of themselves: <a> and <nobr> close their like.
_NESTING: Final = re.compile(
    rb"<(?:" + "|".join(sorted(_FORMATTING - {"a", "nobr"})).encode() + rb")\b", re.IGNORECASE
)
# Measured: 10,000 open elements parse in 0.06 s, 50,000 in 6 s; 3,000 open <font> with a <p> each
# make 4.5 million elements. Real pages stay under 100 and under 30.
_MAX_DEPTH: Final = 12_000
_MAX_OPEN_FORMATTING: Final = 300
_CHECK_FROM_TAGS: Final = 1_000


class MarkupError(ValueError):
    """The markup would take the parser too long."""


def parse(utf8: bytes) -> LexborHTMLParser:
    """Parses a page.

    Args:
        utf8: The page, as `to_utf8` gives it.

    Returns:
        The tree, with the contents of <noscript> as text, as a browser has it.

    Raises:
        MarkupError: If elements are nested so deep that parsing would take seconds.
    """
    tags = utf8.count(b"<")
    if tags >= _CHECK_FROM_TAGS:
        utf8 = _disarm(utf8, tags)
    return LexborHTMLParser(utf8, scripting=True)


def _disarm(utf8: bytes, tags: int) -> bytes:
    # No more elements are open at once than are opened at all: that bound settles most pages.
    if tags <= _MAX_DEPTH:
        for pattern in (_MAY_NEST, _NESTING):
            if len(pattern.findall(utf8)) <= _MAX_OPEN_FORMATTING:
                return utf8
    depth, formatting = _open_elements(utf8)
    if formatting > _MAX_OPEN_FORMATTING:
        utf8 = _FORMATTING_TAG.sub(b"", utf8)
    if depth > _MAX_DEPTH:
        raise MarkupError(f"{depth} elements are nested")
    return utf8


def _open_elements(utf8: bytes) -> tuple[int, int]:
    """Greatest number of elements open at once: of all but formatting ones, and of those."""
    open_now: defaultdict[bytes, int] = defaultdict(int)
    most: defaultdict[bytes, int] = defaultdict(int)
    for name in _TAG_NAME.findall(utf8):
        if name.startswith(b"/"):
            closed = name[1:]
            if open_now[closed]:
                open_now[closed] -= 1
        else:
            open_now[name] += 1
            if open_now[name] > most[name]:
                most[name] = open_now[name]
    containers = formatting = 0
    for name, count in most.items():
        lower = name.lower().decode("ascii")
        if lower in _FORMATTING:
            formatting += count
        elif lower not in _VOID:
            containers += count
    return containers, formatting
