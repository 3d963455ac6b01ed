"""Names in the byline.

Here belongs cleaning what pages give as authors. Agencies among them are told by `credits` and
are no authors here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from crawler.extract import naming, normal
from crawler.extract.agencies import AgencyBook
from crawler.extract.normal import same_line, word_set
from crawler.extract.outline import Mark
from crawler.extract.places import PLACES
from crawler.extract.sounds import consonants

_LABEL: Final = re.compile(
    r"(?:(?:written|edited|reported|posted|published|created|curated|story|translated|authored"
    r"|submitted|contributed|compiled)\s+)?\bby\b\s*[:\-–]?"
    r"|^(?:author|लेखक)\s*,|^(?:author|reporter|लेखक|लेखिका|रिपोर्ट(?:र)?|संवाददाता|संपादन|अनुवाद(?:क)?|प्रस्तुति|द्वारा)\s*[:：\-–]"
    r"|^(?:द्वारा|प्रस्तुतकर्ता)\s",
    re.IGNORECASE,
)
_LABELLED: Final = re.compile(
    r"(?:(?:written|edited|reported|posted|published)\s+)?by\s*[:\-–]?\s+\S"
    r"|(?:author|reporter|लेखक|रिपोर्ट(?:र)?|प्रस्तुति|द्वारा)\s*(?:[:：\-–]|\s(?=\S+\s+\S+$))"
    r"|(?:author|लेखक)\s*,\s+\S",
    re.IGNORECASE,
)
# From here on a byline speaks of something else.
_REST: Final = re.compile(
    r"\b(?:last\s+)?(?:updated?|published|posted|modified|created)\b|अपडेट|प्रकाशित|पब्लिश|(?<![\u0900-\u0963](?=०))[\d०-९]{1,4}[\s/:.,-]|\||•",
    re.IGNORECASE,
)
# What a date begins with before its first number. Elements in a line may touch: "मिश्रTue, 21 May".
_OF_DATE: Final = re.compile(
    r"(?:^|(?<=[\s,\u0900-\u0963]))(?:(?:sun|mon|tue|tues|wed|wednes|thu|thurs|fri|sat|satur)(?:day)?"
    r"|jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?"
    r"|nov(?:ember)?|dec(?:ember)?|जनवरी|फ\u093c?रवरी|मार्च|अप्रैल|मई|जून|जुलाई|अगस्त|सितंबर|अक्टूबर|नवंबर|दिसंबर)[\s.,]*$",
    re.IGNORECASE,
)
_PARTS: Final = re.compile(r"\s*(?:[,،;/|]|\s(?:and|और|एवं|तथा|व)\s)\s*")
# Desks are bylines and no names.
_DESKS: Final = (
    r"डेस्क|टीम|ब्यूरो|संवाददाता|प्रतिनिधि|नेटवर्क|एजेंसी|एजेंसियां|संपादक|संपादकीय"
    r"|desk|team|bureau|staff|network|agenc(?:y|ies)|newsroom|correspondent|reporter|editor|admin"
    r"|administrator|web|वेब|डिजिटल|digital"
)
# Words of which newspapers and channels make their names, and people do not.
_PAPERS: Final = (
    r"न्यूज\u093c?|समाचार|टाइम्स|टीवी$|मीडिया|दैनिक|साप्ताहिक|लाइव|टुडे|एक्सप्रेस|ख\u093c?बर(?:ें)?"
    r"|news\d*|samachar|times|tv(?:\d+|$)|media|dainik|live|today|express|khabar"
)
_DESK: Final = re.compile(rf"(?:^|\s)(?:{_DESKS})(?=\s|$)", re.IGNORECASE)
_DESK_OR_PAPER: Final = re.compile(rf"(?:^|\s)(?:{_DESKS}|{_PAPERS})(?=\s|$)", re.IGNORECASE)
# What stands behind a name without being part of it: an office of two words, or a remark.
_OFFICE: Final = re.compile(
    r"(?<=\S\s)(?:वरिष्ठ|विशेष|मुख्य|सीनियर|senior|special|chief|principal)\s+(?:संवाददाता|पत्रकार|(?:उप\s?)?संपादक"
    r"|correspondent|reporter|journalist|(?:sub[\s-]?)?editor|writer)$",
    re.IGNORECASE,
)
_REMARK: Final = re.compile(r"(?<=\S)\s*\([^()]{1,60}\)?$")
_ADDRESS: Final = re.compile(r"[\w.-]+\.[A-Za-z]{2,}")
# What a site's system writes where it knows none.
_NOBODY: Final = word_set("undefined null none nan n/a na unknown guest anonymous")
# Of a sentence, not of a name. Shorter than the words of a dateline: "कर" is a name too.
_NO_NAME_WORDS: Final = word_set("का के की को में से ने है हैं था थे थी यह कि लिए नहीं करें")
_REGIONS: Final = frozenset(
    name.replace("_", " ")
    for name in word_set(
        "उत्तर_प्रदेश मध्य_प्रदेश हिमाचल_प्रदेश आंध्र_प्रदेश अरुणाचल_प्रदेश पश्चिम_बंगाल",
        "जम्मू-कश्मीर जम्मू_कश्मीर",
        "तमिलनाडु तमिल_नाडु महाराष्ट्र उत्तराखंड छत्तीसगढ\u093c झारखंड राजस्थान हरियाणा",
        "गुजरात बिहार कर्नाटक तेलंगाना",
    )
)
_OF_DISTRICTS: Final = word_set("देहात ग्रामीण शहर सिटी जिला सदर")
_MIN_SOUNDS: Final = 3
_NO_NAME: Final = re.compile(
    r"[\d०-९?!:;]|समाचार|न्यूज|ख\u093c?बर|पढ\u093c|मिनट|अपडेट|शेयर|news|read|min\b|ist\b|gmt\b",
    re.IGNORECASE,
)
# Some write the sign of an abbreviation as a zero: "मो०", "डॉ०".
_SHORTENED: Final = re.compile(r"(?<=[\u0900-\u0963])०(?=\s|$)")
_MAX_WORDS: Final = 6
_MAX_AUTHORS: Final = 10


def find_authors(
    book: AgencyBook,
    declared: Sequence[str],
    marks: Sequence[Mark],
    lines: Sequence[str],
    sites: Sequence[str],
) -> tuple[str, ...]:
    """Cleans the authors that a page declares, or else those in its visible byline.

    Args:
        book: The agencies.
        declared: Authors in JSON-LD and meta elements.
        marks: Elements near the headline that name themselves as a byline.
        lines: All lines between headline and body: a name stands beside the date in many.
        sites: Names of the site, its publisher and its host, which are no authors.

    Returns:
        The names, each once, in order.
    """
    names = _clean(book, declared, sites)
    if not names:
        names = _innermost(_clean(book, [mark.text for mark in marks], sites))
    if not names:
        names = _clean(book, [line for line in lines if _LABELLED.match(line)], sites)
    if not names:
        names = _clean(book, list(_beside_date(lines)), sites)
    return tuple(names[:_MAX_AUTHORS])


def _beside_date(lines: Sequence[str]) -> Iterator[str]:
    """What stands behind a bar beside a date, if it is two or three words and may be a name."""
    for line in lines:
        parts = re.split(r"\s*[|•]\s*", line)
        if len(parts) < 2 or not any(re.search(r"[\d०-९]{4}", part) for part in parts):
            continue
        for part in parts:
            bare = _SHORTENED.sub("", part)
            if 2 <= len(part.split()) <= 3 and part not in PLACES and not _NO_NAME.search(bare):
                yield part


def _innermost(names: list[str]) -> list[str]:
    """Those of nested elements that hold no other: the outer one has more than the name."""
    return [name for name in names if not any(o != name and o in name for o in names)]


def _clean(book: AgencyBook, lines: Sequence[str], sites: Sequence[str]) -> list[str]:
    seen: dict[str, str] = {}
    for line in lines:
        for piece in _LABEL.split(normal.line(line)):
            rest = _REST.search(piece)
            for part in _parts(_OF_DATE.sub("", piece[: rest.start()]) if rest else piece):
                name = _REMARK.sub("", part) if "(" in part else part
                name = _OFFICE.sub("", name).rstrip() if name.count(" ") > 1 else name
                if _is_name(book, name, sites):
                    seen.setdefault(name.casefold(), name)
    return list(seen.values())


def _parts(piece: str) -> list[str]:
    """The parts of a byline, but for the paper: that stands between a desk and a place.

    As in "न्यूज डेस्क, अमर उजाला, नई दिल्ली"; nothing else tells that it is no name.
    """
    parts = [part.strip(" \t.:-–—()[]|।,@") for part in _PARTS.split(piece)]
    papers = {
        at
        for at in range(1, len(parts) - 1)
        if parts[at + 1] in PLACES and _DESK.search(parts[at - 1])
    }
    return [part for at, part in enumerate(parts) if at not in papers] if papers else parts


def _is_name(book: AgencyBook, name: str, sites: Sequence[str]) -> bool:
    words = name.split()
    if len(name) < 2 or len(words) > _MAX_WORDS or "://" in name or "@" in name:
        return False
    if name in PLACES or name in _REGIONS or not _NO_NAME_WORDS.isdisjoint(words):
        return False
    if len(words) > 1 and words[-1] in _OF_DISTRICTS and " ".join(words[:-1]) in PLACES:
        return False
    if len(words) == 1 and (name.lower() in _NOBODY or _ADDRESS.fullmatch(name)):
        return False
    if _DESK_OR_PAPER.search(name):
        return False
    # The name of the site may stand in the other script, or be spaced otherwise.
    sounds = consonants(name)
    if len(sounds) >= _MIN_SOUNDS:
        if sounds in [consonants(site) for site in sites]:
            return False
    elif any(same_line(name, site) for site in sites):
        return False
    return not any(naming.named(book, name, common_words=True))
