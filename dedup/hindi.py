"""Hindi text folded for matching, and its tokens.

Here belongs what makes one text in two orthographies the same sequence of tokens: every rule is
data with its reason. Not here: what is cut off an article before it is folded
(`dedup.text.debris`), which words carry no content (`dedup.text.words`), and how tokens are hashed
(`dedup.prints.hashing`).

Folding is for matching only: what is stored and shown is the text as published. The measurements
behind it: the same text in another orthography falls to a Jaccard of .71 to .80 unfolded and
stays at 1.0 folded.
"""

from __future__ import annotations

import html
import re
import unicodedata
from functools import lru_cache
from typing import Final

ANUSVARA: Final = "\u0902"
VIRAMA: Final = "\u094d"

CHARACTERS: Final[dict[str, str]] = {
    # Nukta: फ़ैसला and फैसला, पढ़ें and पढें; 1 to 5 % of all tokens, typed or left out at will.
    "\u093c": "",
    # Chandrabindu: पाँच and पांच; most sites have given it up.
    "\u0901": ANUSVARA,
    # Visarga: दुःख and दुख, पुनः and पुन; where it is kept it is often typed as a colon.
    "\u0903": "",
    # Candra o: डॉक्टर and डाक्टर, ऑटो and आटो; whole publishers write English words without it.
    "\u0949": "\u093e",
    "\u0911": "\u0906",
    # The percent sign is said "प्रतिशत", and written so by the next desk.
    "%": " प्रतिशत ",
    # Devanagari digits.
    **{chr(0x0966 + digit): str(digit) for digit in range(10)},
}
"""One character and what it becomes, applied to the canonical decomposition (NFD). Format
characters (category Cf: ZWJ, ZWNJ, soft hyphen, byte order mark) vanish; all else that is no
letter, mark or number breaks tokens: danda, quotes straight and curly, hyphens, pipes."""

NASALS: Final[tuple[tuple[str, str], ...]] = (
    ("ङ", "कखगघ"),
    ("ञ", "चछजझ"),
    ("ण", "टठडढ"),
    ("न", "तथदध"),
    ("म", "पफबभ"),
)
"""A half nasal before a stop of its own class is an anusvara: हिन्दी and हिंदी, सम्भव and संभव."""

COLON_PREFIXES: Final = ("दु", "नि", "अंत", "प्रात", "पुन")
"""Beginnings after which a colon in mid-word stands for a visarga: दु:ख, नि:शुल्क, अंत:करण."""

SUFFIXES: Final[tuple[tuple[str, str], ...]] = (
    # A glide before the vowel is optional: गये and गए, नयी and नई, जायेगा and जाएगा.
    ("येंगे", "एंगे"),
    ("येंगी", "एंगी"),
    ("येगा", "एगा"),
    ("येगी", "एगी"),
    ("यें", "एं"),
    ("ये", "ए"),
    ("यी", "ई"),
)
"""Endings of a token and what they become; the first that fits is taken."""

SPELLINGS: Final[dict[str, str]] = {
    # Two words for one thing, exchanged by desks.
    "फीसदी": "प्रतिशत",
    "फीसद": "प्रतिशत",
    # Rupees: रुपये has become रुपए by its ending; these are the others seen.
    "रूपए": "रुपए",
    "रूपया": "रुपया",
    "रूपयों": "रुपयों",
    "रु": "रुपए",
    "रू": "रुपए",
    # America is written in two ways.
    "अमरीका": "अमेरिका",
    "अमरीकी": "अमेरिकी",
    # Numbers to ten: words in one paper, digits in the next.
    "एक": "1",
    "दो": "2",
    "तीन": "3",
    "चार": "4",
    "पांच": "5",
    "छह": "6",
    "छ": "6",
    "छै": "6",
    "सात": "7",
    "आठ": "8",
    "नौ": "9",
    "दस": "10",
}
"""Whole tokens and what they become, after `SUFFIXES`."""


class _CharacterMap(dict[int, str]):
    """Code point -> what it folds to, worked out when first met."""

    def __missing__(self, codepoint: int) -> str:
        char = chr(codepoint)
        category = unicodedata.category(char)
        if char in CHARACTERS:
            folded = CHARACTERS[char]
        elif category == "Cf":
            folded = ""
        elif category[0] in "LMN" or char in ".,:":
            folded = char
        else:
            folded = " "
        self[codepoint] = folded
        return folded


_CHARACTER_MAP: Final = _CharacterMap()
_NASAL: Final = re.compile(
    f"(?:{'|'.join(f'{nasal}{VIRAMA}(?=[{stops}])' for nasal, stops in NASALS)}|{ANUSVARA})+"
)
_COLON_VISARGA: Final = re.compile(
    rf"(?<![\u0900-\u097f])({'|'.join(COLON_PREFIXES)}):(?=[\u0915-\u0939])"
)
# 1,50,000 is one number, in whatever way it is grouped.
_GROUPING: Final = re.compile(r"(?<=[0-9]),(?=[0-9])")
# 94.72 is one number, and 10:30 is 10.30; any other full stop, comma or colon is a break.
_POINT: Final = re.compile(r"(?<![0-9])[.,:]|[.,:](?![0-9])")


def fold(text: str) -> str:
    """Folds a text for matching.

    Args:
        text: Any string; it need not be normalised, and may hold HTML character references.

    Returns:
        The folded tokens, joined by single spaces; NFC. Folding it again changes nothing.
    """
    text = _unescape(text)
    text = unicodedata.normalize("NFD", text).casefold()
    text = unicodedata.normalize("NFD", text).translate(_CHARACTER_MAP)
    text = unicodedata.normalize("NFC", text)
    if VIRAMA in text or ANUSVARA in text:
        text = _NASAL.sub(ANUSVARA, text)
    if ":" in text:
        text = _COLON_VISARGA.sub(r"\1", text)
    if "," in text:
        text = _GROUPING.sub("", text)
    if "." in text or "," in text or ":" in text:
        text = _POINT.sub(" ", text).replace(":", ".")
    return " ".join(filter(None, map(_fold_token, text.split())))


def tokens(text: str) -> list[str]:
    """Cuts a text into folded tokens.

    A token is a run of letters, marks and numbers (Unicode categories L, M, N); a mark belongs to
    the letter before it, so no syllable is ever cut. A decimal number is one token.

    Args:
        text: Any string, folded or not.

    Returns:
        The tokens in the order of the text; none of them is empty.
    """
    return fold(text).split()


def translate(text: str) -> str:
    """Applies the rules that look at one character to a text in NFD."""
    return text.translate(_CHARACTER_MAP)


def is_number(token: str) -> bool:
    """Says whether a folded token is a numeral: ASCII digits, with or without decimal points."""
    return token[0] in "0123456789" and not token.strip("0123456789.")


def _unescape(text: str) -> str:
    """Resolves character references, also those escaped twice (``&amp;#2361;``)."""
    while "&" in text:
        resolved = html.unescape(text)
        if resolved == text:
            break
        text = resolved
    return text


@lru_cache(maxsize=1 << 16)
def _fold_token(token: str) -> str:
    """Applies the rules that look at a whole token; a mark without a letter is dropped."""
    while token and unicodedata.category(token[0])[0] == "M":
        token = token[1:]
    for suffix, replacement in SUFFIXES:
        if token.endswith(suffix):
            stem = token[: -len(suffix)]
            if stem and not stem.endswith(VIRAMA):
                token = stem + replacement
            break
    return SPELLINGS.get(token, token)
