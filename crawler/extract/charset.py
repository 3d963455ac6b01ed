"""Bytes of a page -> UTF-8, whatever they are and whatever is said of them.

Here belong character sets and the repair of text that was decoded wrongly before it reached us,
where it is certain. Not here: references and invisible characters in a line (`normal`).
"""

from __future__ import annotations

import codecs
import html
import re
from typing import Final

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
_MOSTLY_SOUND: Final = 4


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
    if body.isascii():
        return _resolved(body)
    damaged_at = _damage(body)
    if damaged_at is not None:
        body = _decode_invalid(body, charset, damaged_at).encode("utf-8", "replace")
    return _undone(body)


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
    text = body.decode("utf-8", "replace")
    damaged = text.count("\ufffd")
    sound = sum(1 for char in text if char > "\x7f") - damaged
    # No text in another set is UTF-8 by accident for the most part: one damaged byte in a page, and
    # a header that names what its server names for all pages, would make rubbish of it.
    mostly = sound >= damaged * _MOSTLY_SOUND
    for name in () if mostly else (_codec(charset), _codec(_declared_in(body))):
        if name and name != "utf-8" and not name.startswith("utf-16"):
            return body.decode(name, _PASSED if name == "cp1252" else "replace")
    # A page cut off inside a character has one damaged place, at its end.
    if damaged_at >= len(body) - 3:
        return text
    if sound < damaged:
        return body.decode("cp1252", _PASSED)
    return body.decode("utf-8", _LONE_MARKS) if damaged <= _MAX_PASTED else text


def _utf16_by_nuls(body: bytes) -> str | None:
    """Recognises UTF-16 without a byte-order mark: markup is ASCII, so every other byte is NUL."""
    if b"\0" not in body[:_NUL_SAMPLE_BYTES]:
        return None
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


# Quotation marks, dashes and the ellipsis of windows-1252, pasted into pages in UTF-8.
_PASTED: Final = {0x85: "…", 0x91: "‘", 0x92: "’", 0x93: "“", 0x94: "”", 0x96: "–", 0x97: "—"}
_MAX_PASTED: Final = 5_000
_LONE_MARKS: Final = "taar_lone_marks"


def _lone_mark(error: UnicodeError) -> tuple[str, int]:
    """Reads a byte that is no UTF-8 as a mark of windows-1252, if whole characters are round it."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    body, start, end = error.object, error.start, error.end
    mark = _PASTED.get(body[start]) if end == start + 1 else None
    before, after = body[max(start - 3, 0) : start], body[end : end + 1]
    if mark is None or (after and 0x80 <= after[0] < 0xC2):
        return "\ufffd", end
    # The last of a damaged character's bytes may look like a mark.
    for size in (1, 2, 3):
        try:
            if len(before[-size:].decode("utf-8")) == 1:
                return mark, end
        except UnicodeDecodeError:
            continue
    return ("\ufffd" if before else mark), end


codecs.register_error(_LONE_MARKS, _lone_mark)
_PASSED: Final = "taar_passed"


def _passed(error: UnicodeError) -> tuple[str, int]:
    """Lets a byte pass that windows-1252 leaves undefined, as the HTML standard has it."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return chr(error.object[error.start]), error.start + 1


codecs.register_error(_PASSED, _passed)


def _cp1252_chars() -> dict[int, str]:
    """What each byte above ASCII is read as in windows-1252."""
    table = {}
    for byte in range(0x80, 0x100):
        try:
            table[byte] = bytes([byte]).decode("cp1252")
        except UnicodeDecodeError:
            table[byte] = chr(byte)  # Undefined in windows-1252; browsers pass them through.
    return table


_CP1252: Final = _cp1252_chars()
# ISO 8859-1 has control characters where windows-1252 has quotation marks; both occur.
_TO_BYTE: Final = {ord(char): byte for byte, char in _CP1252.items()} | {
    code: code for code in range(0x80, 0xA0)
}


def _damaged(utf8: bytes) -> bytes:
    """UTF-8 read as windows-1252 and written as UTF-8."""
    return "".join(_CP1252.get(byte, chr(byte)) for byte in utf8).encode()


def _any_byte(low: int, high: int) -> str:
    chars = (re.escape(chr(code)) for code, byte in _TO_BYTE.items() if low <= byte <= high)
    return f"[{''.join(chars)}]"


_MORE: Final = _any_byte(0x80, 0xBF)
_SEQUENCES: Final = re.compile(
    f"(?:{_any_byte(0xC2, 0xDF)}{_MORE}|{_any_byte(0xE0, 0xEF)}{_MORE}{{2}}"
    f"|{_any_byte(0xF0, 0xF4)}{_MORE}{{3}})+"
)
# The first two bytes of the UTF-8 of any Devanagari letter, damaged once, and twice.
_ONCE: Final = (_damaged(b"\xe0\xa4"), _damaged(b"\xe0\xa5"))
_MARKS: Final = ((_damaged(_ONCE[0]), _damaged(_ONCE[1])), _ONCE)
_LEAD: Final = _ONCE[0][:1]
_MIN_MARKS: Final = 20


def _undone(body: bytes) -> bytes:
    """Undoes UTF-8 that was read as windows-1252 or ISO 8859-1, and written as UTF-8 again.

    Only where it is certain: the marks of Devanagari in that damage are frequent, and what is
    undone was valid UTF-8 before. All else stays as it is.
    """
    # One byte is sought much faster than two; hardly any page has it, or has it so often.
    if _LEAD not in body or body.count(_LEAD) < _MIN_MARKS:
        return body
    for marks in _MARKS:
        if sum(body.count(mark) for mark in marks) >= _MIN_MARKS:
            body = _SEQUENCES.sub(_undo, body.decode("utf-8", "replace")).encode("utf-8", "replace")
    return body


def _undo(found: re.Match[str]) -> str:
    try:
        return bytes(_TO_BYTE[ord(char)] for char in found[0]).decode("utf-8")
    except UnicodeDecodeError:
        return found[0]


# The same damage in a page that writes all but ASCII as references, by number or by name.
_REFERENCE_MARKS: Final = (b"&#224;&#164;", b"&#224;&#165;", b"&agrave;&curren;", b"&agrave;&yen;")
_REFERENCE: Final = re.compile(r"&(?:#[0-9]{2,5}|#x[0-9a-fA-F]{2,4}|[a-zA-Z]{2,8});")


def _resolved(body: bytes) -> bytes:
    """A page in ASCII with the references resolved that hold damaged text; others stay."""
    if sum(body.count(mark) for mark in _REFERENCE_MARKS) < _MIN_MARKS:
        return body

    known: dict[str, str] = {}

    def resolve(found: re.Match[str]) -> str:
        reference = found[0]
        if reference not in known:
            char = html.unescape(reference)
            known[reference] = char if len(char) == 1 and ord(char) in _TO_BYTE else reference
        return known[reference]

    return _undone(_REFERENCE.sub(resolve, body.decode("ascii")).encode())
