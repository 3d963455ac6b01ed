"""The same text in another orthography: what house styles of Hindi sites change and readers ignore.

Here belong spellings that mean the same text: nukta, nasals, digits, full stops, joiners,
composed letters. Nothing here changes a word.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from press.chance import below, shuffled

_DOTTED: Final = re.compile("([\u0915\u0916\u0917\u091c\u092b])\u093c")
# Words that careful desks write with the nukta; the stem is enough.
_NUKTA: Final = {
    "जरूर": "ज़रूर", "खबर": "ख़बर", "बाजार": "बाज़ार", "गरीब": "ग़रीब", "मजदूर": "मज़दूर",
    "जमीन": "ज़मीन", "आवाज": "आवाज़", "हजार": "हज़ार", "साफ": "साफ़", "काफी": "काफ़ी",
    "तरफ": "तरफ़", "खिलाफ": "ख़िलाफ़", "मरीज": "मरीज़", "दफ्तर": "दफ़्तर", "सफर": "सफ़र",
    "गुजर": "गुज़र", "कागज": "काग़ज़", "फसल": "फ़सल", "खर्च": "ख़र्च", "खाली": "ख़ाली",
    "कानून": "क़ानून", "वक्त": "वक़्त", "फैसल": "फ़ैसल",
    "सिर्फ": "सिर्फ़", "अफसर": "अफ़सर", "नजर": "नज़र", "रोज": "रोज़", "तेज": "तेज़",
    "मंजूर": "मंज़ूर", "खतर": "ख़तर", "गलत": "ग़लत", "बर्फ": "बर्फ़",
}  # fmt: skip
_CLASSES: Final = {
    "ङ": "कखगघ",
    "ञ": "चछजझ",
    "ण": "टठडढ",
    "न": "तथदध",
    "म": "पफबभ",
}
_HALF_NASAL: Final = re.compile("|".join(f"{n}\u094d(?=[{c}])" for n, c in _CLASSES.items()))
# After a long vowel the dot mostly stands for a chandrabindu, not for a consonant.
_DOT_BEFORE: Final = re.compile(
    "(?<![\u0906\u0908\u090a\u090f\u0910\u0913\u0914\u093e\u0940\u0942\u0947\u0948\u094b\u094c])"
    "\u0902(?=([" + "".join(_CLASSES.values()) + "]))"
)
_CANDRA: Final = {"यहां": "यहाँ", "वहां": "वहाँ", "जहां": "जहाँ", "कहां": "कहाँ", "पांच": "पाँच",
                  "गांव": "गाँव", "मां ": "माँ ", "हां": "हाँ", "पहुंच": "पहुँच", "मुंह": "मुँह",
                  "ऊंच": "ऊँच", "आंक": "आँक", "बांध": "बाँध", "जांच": "जाँच", "चांद": "चाँद",
                  "सांस": "साँस", "हूं": "हूँ", "आंख": "आँख", "दांत": "दाँत"}  # fmt: skip
_COMPOSED: Final = {"\u0921\u093c": "\u095c", "\u0922\u093c": "\u095d"}
_DIGITS: Final = str.maketrans("0123456789", "०१२३४५६७८९")
# Not after र, nor in क्ष and ज्ञ: nobody writes those apart.
_JOINABLE: Final = re.compile(
    "(?<=[\u0916-\u091b\u091d-\u092f\u0932-\u0939]\u094d)(?=[\u0915-\u0939])"
)


def without_nukta(text: str) -> str:
    """Drops the dots that mark borrowed sounds; those of ड़ and ढ़ are letters of their own."""
    return _DOTTED.sub(r"\1", text)


def with_nukta(text: str) -> str:
    """Writes well-known words with the dot."""
    for plain, dotted in _NUKTA.items():
        text = text.replace(plain, dotted)
    return text


def half_to_dot(text: str) -> str:
    """हिन्दी -> हिंदी: a half nasal before its own class becomes an anusvara."""
    return _HALF_NASAL.sub("\u0902", text)


def dot_to_half(text: str) -> str:
    """हिंदी -> हिन्दी: an anusvara before a stop becomes the half nasal of its class."""

    def half(match: re.Match[str]) -> str:
        nasal = next(n for n, letters in _CLASSES.items() if match.group(1) in letters)
        # ङ् and ञ् are rare in print: the anusvara stays there.
        return "\u0902" if nasal in "ङञ" else f"{nasal}\u094d"

    return _DOT_BEFORE.sub(half, text)


def candra_to_dot(text: str) -> str:
    """हाँ -> हां."""
    return text.replace("\u0901", "\u0902")


def dot_to_candra(text: str) -> str:
    """हां -> हाँ, in well-known words."""
    for dotted, moon in _CANDRA.items():
        text = text.replace(dotted, moon)
    return text


def full_stops(text: str) -> str:
    """The danda becomes a full stop."""
    return text.replace("\u0964", ".")


def hindi_digits(text: str) -> str:
    """2024 -> २०२४."""
    return text.translate(_DIGITS)


def composed(text: str) -> str:
    """ड़ and ढ़ as single code points, which is not NFC."""
    for pair, single in _COMPOSED.items():
        text = text.replace(pair, single)
    return text


def joined(text: str) -> str:
    """Puts a zero-width joiner or non-joiner after every third virama or so."""
    count = 0

    def join(_: re.Match[str]) -> str:
        nonlocal count
        count += 1
        return ("\u200d", "", "\u200c", "", "")[count % 5]

    return _JOINABLE.sub(join, text)


_EITHER: Final[tuple[tuple[Callable[[str], str], Callable[[str], str]], ...]] = (
    (with_nukta, without_nukta),
    (dot_to_half, half_to_dot),
    (dot_to_candra, candra_to_dot),
)
_ALSO: Final[tuple[Callable[[str], str], ...]] = (full_stops, hindi_digits, composed, joined)


def respell(paragraphs: tuple[str, ...], key: str) -> tuple[str, ...]:
    """Returns the same text in another orthography, chosen by `key`.

    The half nasals always change, being the commonest difference; the other habits vary.
    """
    steps: list[Callable[[str], str]] = []
    for adding, dropping in _EITHER:
        if adding is dot_to_half or below(4, key, adding.__name__) > 0:
            steps.append(adding)
        else:
            steps.append(dropping)
    steps += shuffled_steps(key)[:3]
    result = []
    for paragraph in paragraphs:
        text = paragraph
        for step in steps:
            text = step(text)
        result.append(text)
    return tuple(result)


def shuffled_steps(key: str) -> list[Callable[[str], str]]:
    """Returns the habits that need no partner, in an order chosen by `key`."""
    names = shuffled([step.__name__ for step in _ALSO], key)
    by_name = {step.__name__: step for step in _ALSO}
    return [by_name[name] for name in names]
