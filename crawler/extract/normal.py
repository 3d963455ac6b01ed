r"""Text as it is stored, compared and counted.

Here belongs what every other module of this package does to a string before it looks at it: NFC,
white space, invisible characters, words, and the key under which a body is the same body. Not
here: folding of spellings for copy detection (`dedup.hindi`), which must see the stored text.

Devanagari writes vowels and conjuncts with combining marks (Mn, Mc), which Python's ``\w`` and
`str.isalnum` do not know as parts of a word. Nothing here drops a mark or cuts a syllable.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Iterable
from itertools import islice
from typing import Final

import numpy as np
import numpy.typing as npt

from crawler.extract.needles import UTF16, codes

# Zero-width space, word joiner, byte-order mark, soft hyphen and the direction marks carry no
# meaning in running text. ZWJ and ZWNJ (U+200D, U+200C) stay: they choose between conjunct forms.
_INVISIBLE: Final = dict.fromkeys(
    (0x00AD, 0x200B, 0x200E, 0x200F, 0x2060, 0xFEFF, *range(0x202A, 0x202F), *range(0x2066, 0x206A))
)
_CONTROL_CHARS: Final = r"\x00-\x08\x0b\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff"
_CONTROL: Final = re.compile(f"[{_CONTROL_CHARS}]")
_UNWANTED: Final = re.compile(
    f"[{_CONTROL_CHARS}\u00ad\u200b\u200e\u200f\u2060\ufeff\u202a-\u202e\u2066-\u2069]"
)
# Text that is stored as it stands: of these characters NFC changes none, whatever stands beside
# them, but for a dot below that would melt into its letter or stands behind a virama. Asking
# Unicode's tables instead takes thirty times as long for each line that has a dot.
_PLAIN_CHARS: Final = (
    " -~\u00a1-\u00ac\u00ae-\u00ff\u0900-\u093b\u093d-\u0950\u0960-\u097f\u200c\u200d\u2010-\u2015"
    "\u2018-\u201e\u2020-\u2022\u2026\u20b9"
)


def _plain(chars: str) -> re.Pattern[str]:
    return re.compile(f"[{chars}]*+(?:(?<![\u0928\u0930\u0933\u094d])\u093c[{chars}]*+)*+")


_PLAIN: Final = _plain(_PLAIN_CHARS)
# Many lines in one string, with a control character between them that is in no plain text.
_PART: Final = "\x1e"
_PLAIN_PARTS: Final = _plain(_PLAIN_CHARS + _PART)
# What most other text has besides: other spaces, and letters with a dot as one character, which
# NFC takes apart.
_EASED: Final = (
    ("\n", " "),
    ("\t", " "),
    ("\r", " "),
    ("\u00a0", " "),
    *((chr(code), unicodedata.normalize("NFC", chr(code))) for code in range(0x958, 0x960)),
)
# A page that escapes twice leaves references like "&#2350;" or "&quot;" in its visible text.
_REFERENCE: Final = re.compile(r"&(?:#\d{2,7}|#x[0-9a-fA-F]{2,6}|[a-zA-Z]{2,8});")
_DEVANAGARI_LETTER: Final = re.compile("[\u0904-\u0939\u0958-\u0961\u0972-\u097f]")
_LATIN_LETTER: Final = re.compile("[A-Za-z]")
_NO_LATIN: Final = bytes(code for code in range(128) if not chr(code).isalpha())
_LETTER: Final = re.compile(r"[^\W_]")
_ODD_RUN: Final = re.compile(r" ([\W_][^ ]*)")
# Nearly all Hindi text is of these characters alone. What becomes of each in a key is plain, so
# that the Unicode database need not be asked; only where a dot below would melt into its letter, or
# stand on the wrong side of a virama, NFC has something to do.
_COMMON: Final = re.compile(
    "[\t\n -~\u0901-\u0950\u0960-\u096f\u200c\u200d\u2013\u2014\u2018\u2019\u201c\u201d\u2026]*"
)
_COMPOSING: Final = re.compile("\u093c(?<=[\u0928\u0930\u0933\u094d].)")
# Those of the common characters that part words; space itself left out.
_COMMON_BREAKS: Final = "\t\n!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~।॥–—‘’“”…"

_UNCOMMON: Final = "\uffff"
_DROPPED: Final = "\ufffe"
_LAST_COMMON: Final = 0x2026
_MANY_CHARS: Final = 300


def _common_keys() -> npt.NDArray[np.uint16]:
    """What becomes of each common character in a key, by code."""
    table = np.full(0x10000, ord(_UNCOMMON), np.uint16)
    for code in range(_LAST_COMMON + 1):
        if _COMMON.fullmatch(chr(code)):
            table[code] = code
    for char in "ABCDEFGHIJKLMNOPQRSTUVWXYZ":
        table[ord(char)] = ord(char.lower())
    for char in _COMMON_BREAKS:
        table[ord(char)] = ord(" ")
    for char in "\u200c\u200d":
        table[ord(char)] = ord(_DROPPED)
    return table


_COMMON_KEYS: Final = _common_keys()

WORD_CHARS: Final = r"\w\u0900-\u0963\u0966-\u097f\u200c\u200d"
"""Inside of a regular-expression class: what continues a word. The danda (U+0964) does not."""


def word_set(*lines: str) -> frozenset[str]:
    """The words of some lines, for lists that are easier to read and to change as prose."""
    return frozenset(word for text in lines for word in text.split())


def line(text: str | None) -> str:
    """One line of stored text: NFC, references resolved, white space runs as one space.

    Args:
        text: Any text of a page, or None.

    Returns:
        The text without leading and trailing white space; empty for None. ZWJ, ZWNJ and all
        combining marks are kept.
    """
    if not text:
        return ""
    if "&" in text and _REFERENCE.search(text):
        text = html.unescape(text)
    text = text.strip()
    if not _PLAIN.fullmatch(text):
        eased = text
        for char, plain in _EASED:
            if char in eased:
                eased = eased.replace(char, plain)
        if not _PLAIN.fullmatch(eased):
            if _UNWANTED.search(text):
                text = _CONTROL.sub("", text.translate(_INVISIBLE))
            return unicodedata.normalize("NFC", " ".join(text.split()))
        text = eased
    return " ".join(text.split()) if "  " in text else text


def lines(texts: list[str]) -> list[str]:
    """`line` of each text, in one look at all of them where that is enough."""
    whole = _PART.join(texts)
    if "&" in whole:
        return [line(text) for text in texts]
    for char, plain in _EASED:
        if char in whole:
            whole = whole.replace(char, plain)
    parts = whole.split(_PART)
    if len(parts) != len(texts) or not _PLAIN_PARTS.fullmatch(whole):
        return [line(text) for text in texts]
    if "  " in whole:
        return [" ".join(part.split()) if "  " in part else part.strip() for part in parts]
    return [part.strip() for part in parts]


def words(text: str) -> int:
    """Counts words: runs between white space that hold a letter or a digit of any script."""
    return words_of([" ".join(text.split())])


def words_of(lines: Iterable[str]) -> int:
    """Counts the words of lines as `line` gives them; see `words`."""
    # Nearly all runs begin with a letter or a digit; the rest are searched.
    text = "".join([f" {line}" for line in lines if line])
    return text.count(" ") - sum(not _LETTER.search(run) for run in _ODD_RUN.findall(text))


def has_letter(text: str) -> bool:
    """Whether a letter or a digit of any script is in a text."""
    return _LETTER.search(text) is not None


def _without_marks(common: str) -> str:
    """A text of the common characters alone, with a space for each mark of punctuation."""
    # Few of the marks stand in a text: a pattern would look at each letter.
    for mark in _COMMON_BREAKS:
        if mark in common:
            common = common.replace(mark, " ")
    return common


class _KeyTable(dict[int, str | None]):
    """Translation table that is filled as characters are met.

    Letters, marks and digits stay, format characters (ZWJ and kin) vanish, the rest is a space.
    """

    def __missing__(self, code: int) -> str | None:
        char = chr(code)
        category = unicodedata.category(char)
        kept: str | None = char if category[0] in "LMN" else " "
        if category == "Cf":
            kept = None
        self[code] = kept
        return kept


_KEY_TABLE: Final = _KeyTable()


def body_key(text: str) -> str:
    """The text with everything dropped that may change while the body stays the same.

    Args:
        text: A body.

    Returns:
        NFC, casefolded; only letters, combining marks and digits, single spaces between words.
        It tells an edited body from one with other typography. It does not find copies.
    """
    common = _common_key(text)
    if common is not None:
        return common
    folded = unicodedata.normalize("NFC", text).casefold().translate(_KEY_TABLE)
    return " ".join(unicodedata.normalize("NFC", folded).split())


def _common_key(text: str) -> str | None:
    """The key of a text of the common characters alone; None for any other."""
    if len(text) > _MANY_CHARS:
        # One look at all characters instead of one for each mark.
        mapped = _COMMON_KEYS.take(codes(text))
        blank = mapped == ord(" ")
        # A mark and the space behind it are one space. Where a character is dropped between two,
        # they still meet.
        blank[:-1] &= blank[1:]
        blank[-1] = False
        key: str = mapped[~blank].tobytes().decode(UTF16)
        if _UNCOMMON in key:
            return None
        if _DROPPED in key:
            key = key.replace(_DROPPED, "")
    elif not _COMMON.fullmatch(text):
        return None
    else:
        key = _without_marks(text.replace("\u200d", "").replace("\u200c", "").lower())
    if _COMPOSING.search(key):
        return None
    while "  " in key:
        key = key.replace("  ", " ")
    return key.strip(" ")


def same_line(one: str, other: str) -> bool:
    """Whether two lines say the same, but for typography."""
    if one == other:
        return True
    if abs(len(one) - len(other)) > max(len(one), len(other)) // 3 + 3:
        return False
    # Most lines differ in their first letter already, which most begin with.
    start, begin = one[:1], other[:1]
    if start.isalnum() and begin.isalnum() and start.casefold() != begin.casefold():
        return False
    first, second = _LETTER.search(one), _LETTER.search(other)
    if first and second and first[0].casefold() != second[0].casefold():
        return False
    return body_key(one) == body_key(other)


def mostly_foreign(text: str, share: float) -> bool:
    """Whether Devanagari has less than a share of the Devanagari and Latin letters of a text.

    Args:
        text: The text.
        share: The share, above 0 and below 1.

    Returns:
        The answer; True for a text with neither kind of letters.
    """
    if not _LATIN_LETTER.search(text):
        return _DEVANAGARI_LETTER.search(text) is None
    latin = len(text.encode("ascii", "ignore").translate(None, _NO_LATIN))
    # Letters of the text's own script are many, and it is enough to see some of them.
    enough = int(latin * share / (1 - share)) + 2
    devanagari = sum(1 for _ in islice(_DEVANAGARI_LETTER.finditer(text), enough))
    return devanagari < (devanagari + latin) * share
