"""Where a page credits a news agency, and where a report is dated from.

Here belongs the rule of what a credit is. An agency is credited where a page says that its text,
or the report that it retells, is the agency's:

- author: the JSON-LD or meta author is the agency, by itself or in a list;
- byline: a line beside the headline names it as a whole part ("भाषा | 18 जून 2024");
- dateline: "नई दिल्ली, 18 जून (भाषा)", "एएनआई, नई दिल्ली।", "नई दिल्ली, एएनआई।";
- credit: the text closes with it: "(इनपुट-भाषा)", "--आईएएनएस", "भाषा रंजन माधव", "यह खबर
  पीटीआई-भाषा की सिंडिकेट फीड से है";
- phrase: the text says that it follows the agency's report: "एएफपी की रिपोर्ट के अनुसार",
  "समाचार एजेंसी पीटीआई के मुताबिक".

An agency is only spoken of, and not credited, where it acts or is quoted in the story: it
published a letter, said or asked something ("समाचार एजेंसी तास ने कहा"), was given an interview
("एएनआई को दिए इंटरव्यू में"), took the picture. Agencies that speak for their governments are
never credited by a phrase (`spoken_of` in seeds/agencies.yaml). "(एजेंसी)" names none.

Not here: the names themselves (`agencies`), and reading a dateline (`dateline`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from crawler.extract.agencies import AgencyBook
from crawler.extract.dateline import FUNCTION_WORDS, WORD, read_dateline
from crawler.extract.naming import all_named, named
from crawler.extract.normal import WORD_CHARS, word_set
from crawler.extract.result import Agency, Place

_BEFORE: Final = f"(?<![{WORD_CHARS}])"
_AFTER: Final = f"(?![{WORD_CHARS}])"

# These are searched in small letters.
_PHOTO: Final = re.compile(
    r"फ[ोा]टो|फ़ोटो|तस्वीर|चित्र|वीडियो|photo|image|pic\b|picture|video|file\b|ग्राफिक"
)
_CLOSING_PARENS: Final = re.compile(r"[(\[]\s*([^()\[\]]{2,60})\s*[)\]]\s*[।.]?$")
_INPUT_WORD: Final = re.compile(r"इनपुट|input|स्रोत|सोर्स|source|साभार")
_SENTENCE_END: Final = re.compile(r"[।.!?…][\s\"'”’]*$")
_SYNDICATED: Final = re.compile(
    r"सिंड[िी]केट(?:ेड|िड)?\s+(?:न्यूज\u093c?\s+)?फ[ीि]ड|syndicat\w*\s+(?:news\s+)?feed"
    # This story is from a feed; others may tell of one.
    r"|(?:यह|ये|इस)\s+(?:ख\u093c?बर|समाचार|रिपोर्ट|लेख|स्टोरी|आर्टिकल)\s.*फ[ीि]ड\s+से\s"
    r"|th(?:e|is)\s+(?:story|report|article|news)\s.*(?:wire|agency|news)\s+feed"
    r"|ऑटो[\s-]*जनरेट|auto[\s-]*generated"
)
_SYNDICATED_NEEDS: Final = ("केट", "syndicat", "जनरेट", "generated", "ड से", "feed")
_SIGN: Final = re.compile(rf"^({WORD})((?:\s+[\u0900-\u0963\u0970-\u097f]{{2,12}}){{1,3}})$")
# "आईएएनएस एसएके/एबीएम": the initials of a desk.
_INITIALS: Final = re.compile(
    "[\u0900-\u0963\u0970-\u097f]{2,8}(?:/[\u0900-\u0963\u0970-\u097f]{2,8}){1,2}"
)
_SIGN_INITIALS: Final = re.compile(rf"^({WORD})\s+{_INITIALS.pattern}$")
_SIGN_LAST: Final = re.compile(
    r"^[\u0900-\u0963\u0970-\u097f]{2,12}(?:[.,]\s?[\u0900-\u0963\u0970-\u097f]{2,12}){0,3}\s+(\S+)$"
)
# "सैनी.वार्ता", "हिन्दुस्थान समाचार/ राजेश"
_SIGN_JOINED: Final = re.compile(
    r"^([\u0900-\u0963\u0970-\u097f ]{2,24}?)\s?[./]\s?([\u0900-\u0963\u0970-\u097f ]{2,24})$"
)
_SIGN_PARTS: Final = re.compile(r"\s*/\s*")
_SIGN_NAME: Final = re.compile("[\u0900-\u0963\u0970-\u097f ]{2,24}")
# Words behind a name that is also another word, where it is that other word, and of what bears an
# agency's name: no desk is called so.
_TOPICS: Final = word_set(
    "विवाद नीति विज्ञान विभाग संस्थान संस्कृति साहित्य सम्मान पुरस्कार आयोग परिषद समिति दिवस",
    "शिक्षा अकादमी सम्मेलन आंदोलन मुद्दा विधेयक अधिनियम परीक्षा कोर्स माध्यम अनिवार्य विफल सफल",
    "बेनतीजा स्थगित रद्द शुरू जारी समाप्त टली दौर प्रक्रिया सूचकांक अरबपति इंडेक्स सर्वे सर्वेक्षण",
    "रिपोर्ट पत्रकार दफ्तर कार्यालय वर्ल्ड ढिल्लों सरकार मॉडल स्कूल कॉन्सर्ट",
    "बचाओ गहराई बदली बढ\u093cी मिली टूटी घोषित लागू जरूरी विरोध समर्थन",
)
_VERB: Final = re.compile(r"(?:ाया|ेगा|ेगी|ेंगे|ेंगी)$")
_NEGATED: Final = re.compile(r"\s+(?:तो\s+|भी\s+|बिल्कुल\s+|कतई\s+)?नही[ंँ]?(?:\s|[,।]|$)")
_MAX_BYLINE_WORDS: Final = 24
_MAX_CREDIT_WORDS: Final = 12
_CLOSING_PARAGRAPHS: Final = 4
_MAX_SIGNATURE_CHARS: Final = 120
_AGENCY_WORD: Final = "एजेंसी"
_TRIGGERS: Final = (
    "की मानें",
    "रिपोर्ट",
    "अनुसार",
    "मुताबिक",
    "हवाले",
    "खबर",
    "ख\u093cबर",
    "ccording to",
)

# A part of every phrase: what can be asked of a paragraph before its words are looked at.
_SAYS_WHOSE: Final = re.compile(
    "के (?:अनुसार|मुताबिक|हवाले)|की मानें|(?:रिपोर्ट|ख\u093c?बर|रपट) में |ccording to"
)


@dataclass(frozen=True, slots=True)
class Credits:
    """What a page credits.

    Attributes:
        agencies: Each agency once, with the first of its places.
        dateline: Place that the report is dated from.
    """

    agencies: tuple[Agency, ...]
    dateline: str | None


def find_credits(
    book: AgencyBook,
    *,
    authors: Sequence[str],
    bylines: Sequence[str],
    paragraphs: Sequence[str],
    below: Sequence[str] = (),
) -> Credits:
    """Finds the credited agencies and the dateline.

    Args:
        book: The agencies.
        authors: Authors that the page declares.
        bylines: Lines that stand beside the headline.
        paragraphs: The body.
        below: Short lines right below the body.

    Returns:
        The credits.
    """
    found: dict[str, Agency] = {}
    dateline: str | None = None

    def note(agency: str, evidence: str, place: Place) -> None:
        found.setdefault(agency, Agency(agency, evidence.strip(), place))

    for author in authors:
        for agency, evidence in named(book, author, common_words=True):
            note(agency, evidence, "author")
    for byline in bylines if book.may_name("\n".join(bylines)) else ():
        if len(byline.split()) <= _MAX_BYLINE_WORDS and not _PHOTO.search(byline.lower()):
            for agency, evidence in named(book, byline, common_words=True):
                note(agency, evidence, "byline")
    for paragraph in _heads(paragraphs):
        line = read_dateline(book, paragraph)
        for agency in line.agencies:
            note(agency, line.text, "dateline")
        dateline = dateline or line.place
    for agency, evidence in _closing(book, [*paragraphs, *below]):
        note(agency, evidence, "credit")
    for agency, evidence in _phrases(book, paragraphs):
        note(agency, evidence, "phrase")
    return Credits(tuple(found.values()), dateline)


def _heads(paragraphs: Sequence[str]) -> Sequence[str]:
    """The paragraphs that may begin with a dateline: the first, and one below a short line."""
    if len(paragraphs) > 1 and len(paragraphs[0].split()) <= 15:
        return paragraphs[:2]
    return paragraphs[:1]


def _closing(book: AgencyBook, paragraphs: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Credits at the end of the text."""
    closing = list(enumerate(paragraphs))[-_CLOSING_PARAGRAPHS:]
    below = "\n".join([paragraph for _, paragraph in closing]).lower()
    needs = [need for need in _SYNDICATED_NEEDS if need in below]
    for index, paragraph in closing:
        syndicated = bool(needs) and any(need in paragraph.lower() for need in needs)
        short = paragraph.count(" ") < _MAX_CREDIT_WORDS
        in_parens = paragraph.rstrip("। .").endswith((")", "]"))
        last = index == len(paragraphs) - 1 and index > 0
        if not (syndicated or short or in_parens or last) or _PHOTO.search(paragraph[-80:].lower()):
            continue
        if short:
            for agency in all_named(book, paragraph.strip("()[] ।.-–—")):
                yield agency, paragraph
        parens = _CLOSING_PARENS.search(paragraph) if in_parens else None
        if parens:
            before = paragraph[: parens.start()]
            # DW signs so: "एसके/वीडी (एपी, रॉयटर्स)".
            signed = _SENTENCE_END.search(before) or _INITIALS.fullmatch(before.strip())
            in_text = before.strip() and not signed
            if not in_text or _INPUT_WORD.search(parens[1].lower()):
                for agency in all_named(book, parens[1]):
                    yield agency, parens[0]
        if syndicated and _SYNDICATED.search(paragraph.lower()):
            for match in _any_name(book.names).finditer(paragraph):
                named_there = book.find(match[0], common_words=False)
                if named_there is not None:
                    yield named_there, paragraph
        if last and len(paragraph) <= _MAX_SIGNATURE_CHARS:
            yield from _signature(book, paragraph)


def _signature(book: AgencyBook, paragraph: str) -> Iterator[tuple[str, str]]:
    """The last line of an agency's own copy: its name beside the names of its desk."""
    line = paragraph.strip("()[] ।.-–—")
    dashed = paragraph.startswith(("-", "–", "—"))
    sign = None if paragraph.startswith(("(", "[")) else _SIGN.match(line)
    if sign and _are_desk(sign[2].split(), dashed=dashed):
        agency = book.find(sign[1], common_words=True)
        if agency is not None:
            yield agency, paragraph
    joined = _SIGN_JOINED.match(line)
    if joined:
        for name in joined.groups():
            agency = book.find(name.strip(), common_words=True)
            if agency is not None:
                yield agency, paragraph
    if "/" in line:
        agency = _of_desk(book, line, dashed=dashed)
        if agency is not None:
            yield agency, paragraph
    last = _SIGN_LAST.match(line)
    if last and "." in line:
        agency = book.find(last[1], common_words=True)
        if agency is not None:
            yield agency, paragraph


def _of_desk(book: AgencyBook, line: str, *, dashed: bool) -> str | None:
    """The agency of a last line with strokes, before the initials or the names of its desk."""
    initials, parts = _SIGN_INITIALS.match(line), _SIGN_PARTS.split(line)
    if initials:
        return book.find(initials[1], common_words=dashed)
    if len(parts) > 2 and all(map(_SIGN_NAME.fullmatch, parts)):
        return book.find(parts[0], common_words=False)
    return None


def _are_desk(words: Sequence[str], *, dashed: bool) -> bool:
    """Whether the words behind an agency can be those who wrote its copy.

    Copy is signed with two names or three. One alone is believed behind a dash: else it makes a
    name of its own with that of the agency, as with singers and officers who go by initials.
    """
    if len(words) < 2 and not dashed:
        return False
    if FUNCTION_WORDS.intersection(words) or _TOPICS.intersection(words):
        return False
    return not any(_VERB.search(word) for word in words)


@lru_cache(maxsize=8)
def _any_name(names: str) -> re.Pattern[str]:
    return re.compile(_BEFORE + names + _AFTER)


@lru_cache(maxsize=8)
def _phrase(names: str, all_names: str) -> re.Pattern[str]:
    """Pattern of a text that says whose report it follows."""
    report = "(?:रिपोर्ट|ख\u093c?बर|रपट)"
    said = "(?:कहा|बताया|दावा|लिखा|जानकारी)"
    source = r"(?:अनुसार|मुताबिक|हवाले\s+से)"
    agency_word = rf"(?:(?:समाचार|न्यूज\u093c?)\s+)?{_AGENCY_WORD}"
    return re.compile(
        rf"(?:(?P<name>{_BEFORE}{names}{_AFTER})"
        rf"|{agency_word}\s+['‘’\"“]?(?P<common>{all_names})['‘’\"”]?{_AFTER})"
        rf"['’\"”)]?(?:\s+{agency_word})?\s+(?:"
        rf"की\s+(?:{WORD}\s+){{0,2}}?{report}\s+(?:के\s+{source}|में\s+{said}|की\s+मानें)"
        rf"|के\s+{source}|से\s+मिली\s+(?:{WORD}\s+){{0,2}}?(?:जानकारी|ख\u093c?बर)\s+के\s+{source}"
        rf"|ने\s+(?:{WORD}\s+){{0,2}}?{report}\s+में\s+{said}|की\s+मानें)"
        rf"|according\s+to\s+(?:news\s+agency\s+)?(?P<latin>{names}){_AFTER}"
    )


def _phrases(book: AgencyBook, paragraphs: Sequence[str]) -> Iterator[tuple[str, str]]:
    text = "\n".join(paragraphs)
    triggers = [trigger for trigger in _TRIGGERS if trigger in text]
    for paragraph in paragraphs if triggers else ():
        if not any(trigger in paragraph for trigger in triggers):
            continue
        if not _SAYS_WHOSE.search(paragraph):
            continue
        # Names that are ordinary words too are believed behind the word "agency" alone.
        if not (_AGENCY_WORD in paragraph or book.sure_word.may_be_in(paragraph)):
            continue
        for found in _phrase(book.names, book.all_names).finditer(paragraph):
            name = found["name"] or found["common"] or found["latin"]
            agency = book.find(name, common_words=found["common"] is not None)
            of_picture = _PHOTO.search(
                paragraph[max(0, found.start() - 20) : found.start()].lower()
            )
            if of_picture or _NEGATED.match(paragraph, found.end()):
                continue
            if agency is not None and agency not in book.spoken_of:
                yield agency, found[0]
