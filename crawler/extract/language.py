"""Which language a text is in.

Here belongs the evidence for Hindi against the other languages that are written in Devanagari,
and against those that are not. Function words decide where they can, because they are quick and
can be explained; py3langid, restricted to the languages in question, decides the rest.

Measured on 1,602 Hindi articles and the lists in the tests: see tests/crawler/extract.
"""

from __future__ import annotations

import re
from collections import Counter
from functools import lru_cache
from typing import Final

import numpy as np
import numpy.typing as npt
from py3langid.langid import MODEL_FILE, LanguageIdentifier

from crawler.extract.needles import UTF16, codes
from crawler.extract.normal import word_set

# Words that are frequent in one of these languages and are no words, or rare ones, in the others.
# Postpositions that Hindi shares with Bhojpuri and Maithili (के, से, में, पर) say nothing.
_WORDS: Final = {
    "hi": "है हैं था थे थी थीं ने और नहीं यह वह इस उस गया गई गए गयी रहा रही रहे हुआ हुई हुए "
    "लिए साथ उन्होंने इसके उनके कि किया जा तो ये अपने बाद होने करने वाले सकता",
    "mr": "आहे आहेत आणि नाही होते होता होती झाला झाली झाले केला केली केले त्यांनी यांनी म्हणून मात्र तसेच असून "
    "करण्यात आला आली आले येथे येथील मध्ये असे हे ही त्या व सांगितले दिली दिले नाहीत यांच्या त्यांच्या पण",
    "ne": "छ छन् थियो थिए हुन् र गरेको गरेका भएको भएका लागि पनि गर्ने गरी गर्न भने उनले बताए यो त्यो "
    "छैन भयो गरिएको रहेको तर हुने अहिले दिएको",
    "bho": "बा बाटे बाड़े बाड़ें बानी रहल भइल भइले गइल कइल कइले नइखे खातिर ओकर ओकरा एकर होखे हवे "
    "जाई कहलन लोगन आपन एह ओह ना बाकिर हमनी तोहार रउआ जवन जवना कवन कवनो एगो बिया करत जाला आइल लागल "
    "देहल देलस कइलस कइलन ओकनी उनकर सभे होई हईं रहे सन एहिजा ओहिजा काहे",
    "mai": "अछि छथि छल छलाह भेल गेल एहि ओहि केँ सँ मे अछि। हेतु कयल करैत हुनका हुनक अपन जे ओ नहि मुदा "
    "सभ लेल देल एखन "
    "धरि थिक सेहो छनि छै छथिन अहाँ हमर कएल केलनि कहलनि गेलाह लोकनि तेँ जाहि ताहि किछु",
    "sa": "अस्ति सन्ति च इति एव भवति भवन्ति अपि आसीत् तस्य सः सा अस्य एतत् तत् किन्तु यदा तदा "
    "कृत्वा अभवत् सह उक्तवान्",
}
_LANGUAGES_OF: Final[dict[str, tuple[str, ...]]] = {}
for _language, _list in _WORDS.items():
    for _word in _list.split():
        _LANGUAGES_OF[_word] = (*_LANGUAGES_OF.get(_word, ()), _language)

_TOKEN_CHARS: Final = (*range(0x900, 0x964), *range(0x966, 0x980), 0x200C, 0x200D)
_SAMPLE_CHARS: Final = 3000
# Evidence that needs no second opinion: so many function words, and so much more than of any other.
_MIN_WORDS: Final = 3
# Hindi sites write names and key words in Latin letters, and a vowel sign is no letter to Python.
_DEVANAGARI_SHARE: Final = 0.3
_LEAD: Final = 2.0
# The first lines of a text decide alone where they leave no doubt.
_FIRST_CHARS: Final = 800
_CLEAR_WORDS: Final = 12
_CLEAR_LEAD: Final = 4.0
_MOSTLY: Final = 0.6
# Offered to py3langid; it does not know the others of our list.
_OFFERED: Final = ("hi", "mr", "ne", "sa", "en")
_ENGLISH: Final = word_set("the of and to in is was for that with on as by said has from at")
# First code point of each block, and the language mostly written in it.
_SCRIPTS: Final = (
    (0x0980, 0x09FF, "bn"),
    (0x0A00, 0x0A7F, "pa"),
    (0x0A80, 0x0AFF, "gu"),
    (0x0B00, 0x0B7F, "or"),
    (0x0B80, 0x0BFF, "ta"),
    (0x0C00, 0x0C7F, "te"),
    (0x0C80, 0x0CFF, "kn"),
    (0x0D00, 0x0D7F, "ml"),
    (0x0600, 0x06FF, "ur"),
)
UNKNOWN: Final = "und"


def find_language(text: str) -> str:
    """Names the language of a text.

    Args:
        text: A body, or body and headline.

    Returns:
        ISO 639 code: hi, mr, ne, bho, mai, sa, en, that of an Indian script, or "und".
    """
    sample = text[:_SAMPLE_CHARS]
    # The common case without a look at each letter.
    first = sample[:_FIRST_CHARS]
    tokens = _tokens(first)
    if first and sum(map(len, tokens)) >= len(first) * _MOSTLY:
        return _devanagari(sample, tokens)
    letters = Counter(_script(char) for char in sample if char.isalpha())
    if not letters:
        return UNKNOWN
    script, count = letters.most_common(1)[0]
    if letters["deva"] >= sum(letters.values()) * _DEVANAGARI_SHARE:
        return _devanagari(sample, tokens)
    if script != "latn":
        return script
    # Hindi in Latin letters has none of these.
    latin = re.findall(r"[a-z]+", sample.lower())
    english = sum(token in _ENGLISH for token in latin)
    return "en" if count and english * 12 >= len(latin) else UNKNOWN


def _token_table() -> npt.NDArray[np.uint16]:
    """What becomes of each character where words in Devanagari are all that is asked for."""
    table = np.full(0x10000, ord(" "), np.uint16)
    table[list(_TOKEN_CHARS)] = _TOKEN_CHARS
    return table


_TOKEN_TABLE: Final = _token_table()


def _tokens(text: str) -> list[str]:
    """The words in Devanagari; a pattern takes twice the time."""
    return _TOKEN_TABLE.take(codes(text)).tobytes().decode(UTF16).split()


def _script(char: str) -> str:
    code = ord(char)
    if 0x0900 <= code <= 0x097F:
        return "deva"
    if code < 0x0250:
        return "latn"
    return next((name for low, high, name in _SCRIPTS if low <= code <= high), UNKNOWN)


def _devanagari(sample: str, first: list[str]) -> str:
    """The language of a text in Devanagari, of which `first` are the first words."""
    clear = _voted(first, _CLEAR_WORDS, _CLEAR_LEAD)
    found = clear or _voted(_tokens(sample), _MIN_WORDS, _LEAD)
    if found is not None:
        return found
    guess, _ = _identifier().classify(sample)
    return str(guess)


def _voted(tokens: list[str], least: int, lead: float) -> str | None:
    """The language whose function words are so many, and so many times those of any other."""
    votes = dict.fromkeys(_WORDS, 0)
    for languages in filter(None, map(_LANGUAGES_OF.get, tokens)):
        for language in languages:
            votes[language] += 1
    first, second = sorted(votes, key=votes.__getitem__, reverse=True)[:2]
    return first if votes[first] >= max(least, votes[second] * lead) else None


@lru_cache(maxsize=1)
def _identifier() -> LanguageIdentifier:
    """The model: 0.7 s and 100 MB once per process, and only where function words do not decide."""
    identifier = LanguageIdentifier.from_model_file(MODEL_FILE)
    identifier.set_languages(list(_OFFERED))
    return identifier
