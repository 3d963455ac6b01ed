"""What stands in an article's place and is none: rules as data, each with its reason.

Here belong the rules about lines. A rule speaks of the habits of many sites; a rule for one page
or one site does not belong here (a source's selectors do that). Not here: asking the lines of a
page for them (`debris`), and names of elements (`names`).

Rules for whole lines look at a block by itself and are bounded in words, so that a paragraph
which mentions an app or a photograph stays. Words are no proof of promotion: news speaks of
channels, links and apps too. Such a rule asks for an appeal to the reader, and spares a sentence
that reports. A "\u093c?" in a pattern is the dot under a letter, with or without, as sites write
पढ़ें and पढें.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from typing import Final


class Effect(Enum):
    """What a rule does to the block that it matches."""

    DROP = "drop"
    """The block goes."""
    END = "end"
    """The block goes, and what follows it if that is little: it heads a foot section."""
    STOP = "stop"
    """The block and everything after it goes, however much that is: comments of readers."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule about whole lines.

    Attributes:
        name: For tests and reports.
        pattern: Searched in the text of the block, in small letters.
        effect: What follows.
        max_words: Longer blocks are left alone.
        why: The habit that it meets.
        needs: For a pattern that may match anywhere: strings in small letters of which one must
            be in the text. Asking for them is much quicker than the pattern. Empty for a pattern
            that matches at the beginning alone.
        only: If given, it must be found in the text too: an appeal to the reader.
        unless: If it is found in the text, the rule does not hold: a sentence that tells news.
        begins: For such a pattern: strings of which one stands at the beginning of each text that
            it matches, unless no letter does. They are asked for before the pattern.
    """

    name: str
    pattern: re.Pattern[str]
    effect: Effect
    max_words: int
    why: str
    needs: tuple[str, ...] = ()
    begins: tuple[str, ...] = ()
    only: re.Pattern[str] | None = None
    unless: re.Pattern[str] | None = None

    def holds(self, text: str) -> bool:
        """Whether a text that the pattern matches falls under the rule.

        Args:
            text: The text of a block, in small letters.
        """
        if self.only is not None and self.only.search(text) is None:
            return False
        return self.unless is None or self.unless.search(text) is None


def _rule(
    name: str,
    pattern: str,
    effect: Effect,
    max_words: int,
    why: str,
    needs: str = "",
    begins: str = "",
    *,
    only: re.Pattern[str] | None = None,
    unless: re.Pattern[str] | None = None,
) -> Rule:
    compiled = re.compile(pattern, re.VERBOSE)
    listed = (_strings(needs), _strings(begins))
    return Rule(name, compiled, effect, max_words, why, *listed, only, unless)


def _strings(listed: str) -> tuple[str, ...]:
    return tuple(text.replace("_", " ") for text in listed.split())


_READ = "(?:पढ\u093c?(?:ें|े|िए|िये|ना\\ न\\ भूलें)|देखें|देखिए|जानें|जानिए|सुनें)"
NEWS: Final = "(?:ख\u093c?बर(?:ें|ों|े)?|समाचार|न्यूज\u093c?|अपडेट(?:्स)?|news|stories|updates?)"
"""Pattern of a word for news, as pointers to other stories have it."""
_SHARE = (
    "(?:facebook|twitter|x|whats\\s?app|telegram|linked\\s?in|pinterest|email|e-mail|print|"
    "instagram|youtube|koo|reddit|tumblr|messenger|copy(?:\\ link)?|link|share|sms|threads|"
    "फेसबुक|ट्विटर|व्हाट्स(?:एप|ऐप|अप)|वॉट्स(?:एप|ऐप|अप)|टेली?िग्राम|टेलीग्राम|इंस्टाग्राम|ईमेल|प्रिंट|"
    "यूट्यूब|लिंक|शेयर|साझा)"
)

# --- What tells promotion from news that speaks of channels, links and apps ----------------------
_OURS = r"(?:हमारे|हमारा|हमारी|हमसे|हमें|हमको|\b(?:our|us)\b)"
_DOT_D = "ड\u093c"
_IMPERATIVE = (
    r"(?:(?<!\sन\s)(?<!\sना\s)(?<!नहीं\s)(?:करें|कीजिए|कीजिये|करिए)"
    rf"|(?:जु{_DOT_D}|जुड)(?:ें|िए|िये)|(?:रहें|रहिए|रहिये)|बनें|पाएं|पाइए)"
)
_APPEAL: Final = re.compile(
    # An imperative as the verb of a sentence, with what it names behind it at most.
    rf"{_IMPERATIVE}(?:\ (?!तो\ |इसलिए|लेकिन|क्योंकि|ताकि|जैसे|वाले|का\ झांसा)[^\s।.!?,|]+){{0,6}}"
    r"[^\w\s\u0900-\u0963“”‘’\"']*\s*(?:$|[।.!|,…:👇👉☞»>)])"
    # The same in looser spelling, and what the reader can do, where the site names itself.
    rf"|{_OURS}.*(?:(?:जु{_DOT_D}|जुड)े|करे|सकते\s+हैं)\W*$"
    r"|\b(?:join|follow|like|subscribe|download|install|click)\s+(?:us|our|now|here|on|the|this)\b"
    r"|\b(?:our|now|here)\b"
    r"|(?:ज्वाइन|जॉइन|ज्वॉइन|सब्सक्राइब|फॉलो)\s+करे$"
    # A label or button without a verb of its own.
    r"|^(?!.*\sने\s)(?:\S+\s+){0,9}(?:join|ज्वाइन|जॉइन|ज्वॉइन|subscribe|सब्सक्राइब|क्लिक|group|channel|ग्रुप|चैनल)\W*$"
)
_REPORTS: Final = re.compile(
    # Somebody did or said something: ने with a finite verb or a clause behind it.
    r"(?:(?:^|\s)ने|(?:उन्हों|इन्हों|जिन्हों|उस|इस|जिस|किसी)ने)\s[^।]*"
    r"(?:\sकि\s|(?:है|हैं|था|थे|थी|थीं|गया|गए|गये|गई|गयी|किया|की|किए|दिया|दी|दिए|लिया|ली|लिए|कहा|बताया)\s*(?:[।.,]|$))"
    r"|(?:कहा|कहना|कहता|कहते|कहती|कहे|बताया|बताते|अपील|सलाह|झांसा|लालच|दावा|आरोप|आग्रह|निर्देश)\s[^।]*\sकि\s"
    r"|(?:कहा|कहना|बताया|सलाह|अपील)[^।]*\sहै\s+कि\s"
)
_CLOSED = r"[।॥]\W*$"
# A line that is a sentence, with a danda or with a verb that only sentences end in.
_SENTENCE: Final = re.compile(
    rf"{_CLOSED}|(?:\s(?:है|हैं|था|थे|थी|थीं|गया|गए|गई|हुआ|हुई|हुए)|(?:े|ा?ए|ो|ें|ों|ं)(?:गा|गी|गे))\W*$"
)
_ENDS_IN_DANDA: Final = re.compile(_CLOSED)
_CAPTIONED: Final = re.compile(
    rf"\sने\s.*{_CLOSED}|\S\s(?:है|हैं|था|थे|थी|गया|गए|गई|हुआ|निकला|निकली|निकले)\s*[।]\W*$"
)

RULES: Final[tuple[Rule, ...]] = (
    # --- In the midst of the text -------------------------------------------------------------
    _rule(
        "also_read",
        rf"^\W{{0,4}}(?:(?:यह|ये|इसे|इन्हें|इनको|इसको|जरूर|और|साथ\ ही"
        rf"|पूरी\ {NEWS})\s+(?:भी\s+)?(?:जरूर\s+)?{_READ}(?!\s+कि\s)"
        rf"|{_READ}\s*[:：|\-–—]|(?:also|must|further)\s+(?:read|watch|see)\b"
        rf"|read\s+(?:also|more|this|full)\b|(?:read|watch)\s*[:：|]|ये\s+{NEWS}\s+भी\s+{_READ}"
        rf"|(?:आगे|अगली)\s+(?:की\s+)?स्लाइड\S*\s+(?:में\s+|पर\s+)?{_READ}\W*$)",
        Effect.DROP,
        40,
        "a link to another story, set as a paragraph of its own",
        begins="यह ये इसे इन्हें इनको इसको जरूर और साथ पूरी पढ देख जान सुन "
        "आगे अगली also must further read watch",
    ),
    _rule(
        "copy_link",
        r"^(?:(?:कॉपी|कापी)\s+लिंक|लिंक\s+(?:कॉपी|कापी)(?:\s+करें|\s+हो\s+गया)?|copy\s+(?:link|url)"
        r"|link\s+copied!?)$",
        Effect.DROP,
        6,
        "a button that is not marked up as one",
        begins="कॉपी कापी लिंक copy link",
    ),
    _rule(
        "share_line",
        rf"^(?:{_SHARE}(?:\s+(?:on|via|पर|करें|this|to))?[\s,|:/•·+]*)+$"
        r"|^share\s+(?:this|on|via|now|article|post|story)\b|^(?:इसे\s+|(?:ख\u093c?बर|पोस्ट|लेख)\s+(?:को\s+)?)?(?:शेयर|साझा)\s+(?:करें|कीजिए)"
        r"|^follow\s+us(?:\s+on)?\W*$",
        Effect.DROP,
        12,
        "names of networks beside their icons",
        begins="facebook twitter x whats telegram linked pinterest email e-mail print "
        "instagram youtube koo reddit tumblr messenger copy link share sms threads "
        "फेसबुक ट्विटर व्हाट्स वॉट्स टेल इंस्टा ईमेल प्रिंट यूट्यूब लिंक शेयर साझा इसे "
        "खबर ख़बर पोस्ट लेख follow",
    ),
    _rule(
        "follow_us",
        r"(?:फ़ॉलो|फॉलो|follow|like|लाइक|सब्सक्राइब|subscribe)\s*(?:करें|करे|कीजिए|करिए|us\b|our\b|on\b|भी\s+करें)"
        r".*(?:google|गूगल|facebook|फेसबुक|twitter|ट्विटर|youtube|यूट्यूब|instagram|इंस्टाग्राम|channel|चैनल|पेज)"
        r"|(?:google|गूगल|facebook|फेसबुक|twitter|ट्विटर|youtube|यूट्यूब|instagram|इंस्टाग्राम|channel|चैनल|पेज|हमें)"
        r".*(?:फ़ॉलो|फॉलो|follow|लाइक|सब्सक्राइब|subscribe|ज्वाइन|जॉइन)\s*(?:करें|करे|कीजिए|करिए|जरूर\s+करें|(?:भी\s+)?कर\s+सकते\s+हैं)",
        Effect.DROP,
        60,
        "the site asks to be followed",
        "ॉलो follow like लाइक सब्सक्राइब subscribe ज्वाइन जॉइन",
        only=_APPEAL,
        unless=_REPORTS,
    ),
    _rule(
        "messenger_promotion",
        r"(?:टेलीग्राम|टेलिग्राम|telegram|व्हाट्सएप|व्हाट्सऐप|व्हाट्सअप|वॉट्सऐप|वॉट्सएप|whats\s?app)"
        r".*(?:जुड़|जुड\u093c|ज्वाइन|जॉइन|ज्वॉइन|join\b|सब्सक्राइब|subscribe"
        r"|(?:यहां|यहाँ|नीचे|हमार|हमसे|चैनल|channel|here).*क्लिक)",
        Effect.DROP,
        45,
        "the site asks to join its channel",
        "ग्राम telegram ट्स whats",
        only=_APPEAL,
        unless=_REPORTS,
    ),
    _rule(
        "app_promotion",
        r"(?:(?:हमारे|हमारा|हमारी|our|न्यूज|news|ख\u093c?बर).*(?:ऐप|एप|app\b).*(?:डाउनलोड|download|इंस्टॉल|install)"
        r"|(?:डाउनलोड|download|install)\s+(?:करें|कीजिए|our|the|now).*(?:ऐप|एप|app\b))"
        r".*(?:करें|कीजिए|करिए|now\b|app\b|ऐप|एप)[\s.।!:]*$|^download\s+(?:the\s+|our\s+)?app\W*$",
        Effect.DROP,
        45,
        "the site offers its app",
        "डाउनलोड download इंस्टॉल install",
        unless=_REPORTS,
    ),
    _rule(
        "stay_with_us",
        rf"{NEWS}.*(?:के\s+लिए|पाने|पढ\u093c?ने|जानने)"
        r".*(?:पढ\u093c?ते\s+रह|जुड़े\s+रह|जुडे\s+रह|बने\s+रह|क्लिक\s+कर|विज़?िट\s+कर|हमारे\s+साथ\s+जुड)",
        Effect.DROP,
        50,
        "an advertisement of the site for itself below the last paragraph",
        "ते_रह ुड\u093cे_रह ुडे_रह बने_रह क्लिक_कर िट_कर साथ_जुड",
        only=_APPEAL,
        unless=_REPORTS,
    ),
    _rule(
        "feedback",
        r"^\W*(?:आपको|आप\s+को|(?:यह|ये)\s+(?:ख\u093c?बर|लेख)|इस\s+(?:ख\u093c?बर|मुद्दे|विषय|लेख)\s+पर\s+(?:आप|अपन))[^।]*"
        r"(?:कमेंट|कॉमेंट|टिप्पणी)[^।]*(?:बताएं|बताइए|बताये|बतायें|लिखें|दें|करें)\W*$"
        r"|^\W*इस\s+(?:ख\u093c?बर|पोस्ट|लेख)\s+को\s+(?:शेयर|साझा)\s+(?:करें|कीजिए)\W*$",
        Effect.DROP,
        24,
        "the site asks what readers think of the story, or to pass it on",
        "कमेंट कॉमेंट टिप्पणी को_शेयर को_साझा",
        unless=_REPORTS,
    ),
    _rule(
        "being_updated",
        rf"^\W*(?:(?:यह|ये|इस)\s+)?(?:ब्रेकिंग\s+)?(?:{NEWS}|स्टोरी)\s+(?:को\s+)?(?:(?:लगातार|अभी)\s+)?"
        r"अपडेट\s+(?:हो|की\s+जा|किया\s+जा)\s+रह[ाी]\s+है\W*$",
        Effect.DROP,
        12,
        "a note that there is more to come",
        "अपडेट_हो अपडेट_की_जा अपडेट_किया_जा",
    ),
    _rule(
        "skip_link",
        rf"^\W*(?:छो{_DOT_D}|छोड)(?:कर|िए|ें)\s.*(?:आगे\s+(?:बढ|बढ\u093c)(?:ें|िए)|और\s+आगे)\W*$"
        r"|^skip\s.*(?:continue\s+reading|to\s+content)\W*$",
        Effect.DROP,
        12,
        "a link round a box, for who has the page read aloud",
        "आगे_बढ और_आगे continue_reading to_content",
    ),
    _rule(
        "part_label",
        r"^(?:सार|विस्तार)\W*$",
        Effect.DROP,
        2,
        "the names of standfirst and text, as some sites write them above each",
        begins="सार विस्तार",
    ),
    _rule(
        "paywall",
        r"(?:पढ\u093c?(?:ने|ना|ें)\s.*|^पहले\s+से\s+(?:सदस्य|सब्सक्राइबर)\s+हैं.*)"
        r"(?:सदस्यता\s+(?:लें|लीजिए)|सदस्य\s+बनें|(?:सब्सक्राइब|लॉग\s?इन|साइन\s?इन)\s+(?:करें|कीजिए))"
        r"|^\W*(?:यह|ये)\s+(?:प्रीमियम\s+)?(?:लेख|ख\u093c?बर|स्टोरी|सामग्री|कंटेंट)\s+(?:केवल|सिर्फ\u093c?)\s+(?:\S+\s+)?(?:सदस्यों|ग्राहकों|सब्सक्राइबर्?स?)\s+के\s+लिए(?:\s+उपलब्ध)?(?:\s+(?:है|हैं))?\W*$"
        r"|\b(?:to\s+(?:read|continue|unlock)|continue\s+reading|full\s+(?:story|article))\b.*\b(?:subscribe|log\s?in|sign\s?in)\b"
        r"|\b(?:subscribe|log\s?in|sign\s?in)\b.*\bto\s+(?:read|continue|unlock)\b|^already\s+a\s+(?:subscriber|member)\b",
        Effect.DROP,
        30,
        "the gate before the rest of an article for subscribers",
        "सदस्यता_ल सदस्य_बनें सदस्यों_के ग्राहकों_के सब्सक्राइब लॉगइन लॉग_इन साइन subscri log_in login sign_in",
        unless=_REPORTS,
    ),
    _rule(
        "photo_credit",
        r"^[\[(]?\s*(?:फ[ोा]टो|फ़ोटो|photo|image|तस्वीर|चित्र|छायाचित्र|pic(?:ture)?|thumbnail|video|वीडियो)"
        r"\s*(?:क्रेडिट|credits?|source|सोर्स|स्रोत|साभार|सौजन्य|courtesy|by)?\s*[:：\-–/|]",
        Effect.DROP,
        14,
        "the source of a picture",
        begins="फोटो फाटो फ़ोटो तस्वीर चित्र छाया वीडियो photo image pic thumbnail video",
        unless=_CAPTIONED,
    ),
    _rule(
        "photo_note",
        r"^[\[(]?\s*(?:(?:फाइल|फ़ाइल|सांकेतिक|प्रतीकात्मक|file|representational|representative)\s+"
        r"(?:फोटो|फ़ोटो|तस्वीर|चित्र|photo|image|pic)|(?:फोटो|तस्वीर)\s*[-–:]?\s*(?:फाइल|सोशल\s+मीडिया|एजेंसी))\s*[\])]?[.।]?$",
        Effect.DROP,
        6,
        "a caption that is no caption in the markup",
        begins="फाइल फ़ाइल सांकेतिक प्रतीकात्मक फोटो तस्वीर file representa",
    ),
    _rule(
        "advertisement",
        r"^[\W_]*(?:विज्ञापन|advertisements?|advt\.?|sponsored(?:\s+content)?|promoted|remove\s+ads?"
        r"|advertisement\s+remove\s+ad|ad|story\s+continues\s+below(?:\s+this)?\s+(?:ad|advertisement))[\W_]*$",
        Effect.DROP,
        6,
        "the label over an advertisement",
        begins="story विज्ञापन advert advt ad sponsored promoted remove",
    ),
    _rule(
        "watch_video",
        r"^\W*(?:(?:यहां\s+)?(?:देखें|देखिए)\s*[:\-–]?\s*(?:ये\s+|यह\s+|पूरा\s+|लाइव\s+)?(?:वीडियो|video)"
        r"|(?:ये\s+|यह\s+|पूरा\s+)?(?:वीडियो|video)\s+(?:देखें|देखिए|में\s+देखें|यहां\s+देखें)|watch\s+(?:the\s+)?(?:full\s+)?video)\W*$",
        Effect.DROP,
        8,
        "a pointer to the player",
        begins="यहां देख ये यह पूरा वीडियो video watch",
    ),
    _rule(
        "listen",
        r"^(?:ख\u093c?बर\s+सुनें|(?:इस\s+)?(?:लेख|ख\u093c?बर|आर्टिकल)\s+को\s+सुनें|listen(?:\s+to)?(?:\s+this)?(?:\s+(?:article|news|story))?"
        r"|सुनें|[\d:०-९]+\s*(?:/|of\b)\s*[\d:०-९]+|your\s+browser\s+does\s+not\s+support.*)$",
        Effect.DROP,
        12,
        "the chrome of an audio player",
        begins="खबर ख़बर इस लेख आर्टिकल listen सुनें your",
    ),
    _rule(
        "reading_time",
        r"^(?:(?:reading|read)\s+time\W*)?[\d०-९]+\s*(?:min(?:ute)?s?|मिनट)\s*(?:read|में\s+पढ\u093c?ें|पहले|ago)?$"
        r"|^[\d०-९,.]+\s*[KkMm]?\s*(?:views?|shares?|व्यूज|likes?)$",
        Effect.DROP,
        6,
        "counters beside the byline",
        begins="reading read",
    ),
    _rule(
        "text_size",
        r"^(?:[AaअTt]\s*[+\-–]?\s*){2,}$|^(?:font\s+size|text\s+size|फॉन्ट\s+साइज|फ\u093c?ॉन्ट\s+(?:का\s+)?आकार)\b",
        Effect.DROP,
        8,
        "buttons for the size of letters",
        begins="a_ a+ a- a– aa aअ at अ_ अ+ अ- अ– अa अअ अt t_ t+ t- t– ta tअ tt font text फॉन्ट फ़ॉन्ट",
    ),
    _rule(
        "breadcrumb",
        r"^(?:home|होम|मुख्य\s*पृष्ठ|hindi\s+news|हिंदी\s+न्यूज\u093c?|हिन्दी\s+न्यूज\u093c?)\s*(?:[›»>/|→•]|\s-\s|$)",
        Effect.DROP,
        40,
        "the path from the home page",
        begins="home होम मुख्य hindi हिंदी हिन्दी",
        unless=_ENDS_IN_DANDA,
    ),
    _rule(
        "byline",
        r"^(?:(?:written|edited|reported|posted|published|created|curated|story|translated)\s+)?by\s*[:\-–]?\s+\S"
        r"|^(?:लेखक|रिपोर्ट|संपादन|प्रस्तुति|द्वारा|author|reporter)\s*[:：\-–]",
        Effect.DROP,
        24,
        "who wrote it, between headline and text; kept in `authors`",
        begins="written edited reported posted published created curated story translated by "
        "लेखक रिपोर्ट संपादन प्रस्तुति द्वारा author reporter",
        unless=_SENTENCE,
    ),
    _rule(
        "stamp",
        r"^\W*(?:(?:last\s+|first\s+)?(?:updated?|published?|posted|created|modified)\b(?:\s+(?:on|at|date|by))?"
        r"|(?:अंतिम\s+|लास्ट\s+)?(?:अपडेट(?:ेड)?|अद्यतन|प्रकाशित|पब्लिश(?:्ड)?|पोस्टेड)(?:\s+(?:तिथि|किया\s+गया|समय))?)"
        r"\s*[:：|\-–]?\s*(?:[^।]*[\d०-९][^।]*)?$"
        r"|\b(?:(?:updated|published|posted|modified)(?:\s+(?:on|at|by))?|edited\s+by|written\s+by|updated\s+by)\s*[:：]"
        r"|(?:अपडेटेड|अपडेट|प्रकाशित|पब्लिश)\s*[:：]\s*[^।]*[\d०-९]",
        Effect.DROP,
        24,
        "when and by whom it was written or changed; kept in the dates and authors",
        "update publish posted modified created edited written अपडेट अद्यतन प्रकाशित पब्लिश पोस्टेड",
        unless=_SENTENCE,
    ),
    _rule(
        "copyright",
        r"^\W*(?:©|\(c\)\s|copyright\W*(?:$|[©a-z\d])|(?:copyright|कॉपीराइट)\W*(?:$|©|\(c\)|@)"
        r"|कॉपीराइट\W*[\d०-९]{4}(?![^।]*।)|(?:copyright|कॉपीराइट)[^।]*(?:अधिकार|©|reserved))"
        r"|all\s+rights\s+reserved|सर्वाधिकार\s+सुरक्षित|dnpa\s+code\s+of\s+ethics",
        Effect.DROP,
        45,
        "the foot of the page",
        "© (c) copyright कॉपीराइट reserved सर्वाधिकार dnpa",
        unless=_REPORTS,
    ),
    _rule(
        "excerpt",
        r"\[\s*(?:…|\.\.\.|&hellip;)\s*\]\s*$",
        Effect.DROP,
        80,
        "the beginning of another story, as WordPress cuts it",
        "[",
    ),
    # --- Below the text ------------------------------------------------------------------------
    _rule(
        "comments",
        r"^(?:leave\s+a\s+(?:reply|comment)|post\s+a\s+comment|\d*\s*comments?|join\s+the\s+discussion"
        r"|(?:अपनी\s+)?(?:टिप्पणी|टिप्पणियां)\s*(?:दें|करें|लिखें|छोड़ें|छोड\u093c?ें)?|कमेंट(?:्स)?(?:\s+करें)?"
        r"|(?:अपनी\s+प्रतिक्रिया\s*|प्रतिक्रिया\s+(?=\S))(?:दें|करें|लिखें|छोड़ें|छोड\u093c?ें)?"
        r"|cancel\s+reply|add\s+a\s+comment|write\s+a\s+comment)\W*(?:cancel\s+reply)?\W*$",
        Effect.STOP,
        6,
        "readers have the word from here on",
        begins="leave post comment join अपनी टिप्पण प्रतिक्रिया कमेंट cancel add write",
    ),
    _rule(
        "comment_form",
        r"your\s+email\s+address\s+will\s+not\s+be\s+published|required\s+fields\s+are\s+marked"
        r"|save\s+my\s+name,?\s+email|you\s+must\s+be\s+logged\s+in|notify\s+me\s+of\s+"
        r"|this\s+site\s+uses\s+akismet|^(?:name|email|website|comment)\s*\*?$|^post\s+comment$"
        r"|आपका\s+ईमेल\s+पता\s+प्रकाशित\s+नहीं",
        Effect.DROP,
        40,
        "the text of a WordPress comment form",
        "email required save logged notify akismet name website comment ईमेल",
        unless=_REPORTS,
    ),
    _rule(
        "tags",
        r"^\W*(?:tags?|tagged|topics?|related\s+topics|keywords?|टैग(?:्स)?|विषय|filed\s+under)\s*(?:[:：|\-–]|$)",
        Effect.END,
        60,
        "the list of tags",
        begins="tag topic related keyword टैग विषय filed",
        unless=_ENDS_IN_DANDA,
    ),
    _rule(
        "more_stories",
        r"^\W*(?:(?:you\s+(?:may|might)\s+(?:also\s+)?like|recommended|more\s+from|next\s+(?:story|post|article|news)"
        r"|prev(?:ious)?\s+(?:story|post|article|news)|don'?t\s+miss|editor'?s?\s+pick|trending|load\s+more|post\s+navigation)\b.*"
        r"|(?:related|similar|more|latest|recent|trending|popular|top|recommended|other)\s+"
        r"(?:posts?|news|stor(?:y|ies)|articles?|videos?|photos?|content|reads?)"
        rf"|(?:संबंधित|सम्बन्धित|सम्बंधित|मिलती[\s-]*जुलती|अन्य|और|बड\u093c?ी|ताज\u093c?ा|लेटेस्ट|ट्रेंडिंग|टॉप|जुड\u093c?ी)\s+(?:हुई\s+)?(?:{NEWS}|लेख|वीडियो|आलेख|पोस्ट)"
        rf"|(?:अगली|पिछली)\s+{NEWS}|सबसे\s+ज्यादा\s+(?:पढ\u093c?ी|पढ\u093c?ा|देखी)\s+.*|ट्रेंडिंग|लेटेस्ट)\W*$",
        Effect.END,
        9,
        "the heading over links to other stories",
        begins="you recommended more next prev don editor trending load post related similar "
        "latest recent popular top other संबंधित सम्बन्धित सम्बंधित मिलती अन्य और बड "
        "ताज लेटेस्ट ट्रेंडिंग टॉप जुड अगली पिछली सबसे",
    ),
    _rule(
        "about_author",
        r"^\W*(?:about\s+(?:the\s+)?author|लेखक\s+के\s+बारे\s+में|लेखक\s+के\s+विषय\s+में)\W*$",
        Effect.END,
        7,
        "a note on the writer",
        begins="about लेखक",
    ),
)
