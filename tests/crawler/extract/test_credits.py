"""Agencies that a page credits, and those that it only speaks of; datelines."""

from __future__ import annotations

import pytest

from crawler.extract.agencies import load_agencies
from crawler.extract.credits import Credits, find_credits

BOOK = load_agencies()
FILLER = "अधिकारियों ने बताया कि जांच जारी है और रिपोर्ट अगले हफ्ते तक सौंप दी जाएगी।"


def found(
    first: str = FILLER,
    *middle: str,
    last: str = FILLER,
    authors: tuple[str, ...] = (),
    bylines: tuple[str, ...] = (),
) -> Credits:
    return find_credits(
        BOOK, authors=authors, bylines=bylines, paragraphs=[first, *middle, FILLER, last]
    )


def one(credits_: Credits) -> tuple[str, str, str]:
    assert len(credits_.agencies) == 1, credits_
    agency = credits_.agencies[0]
    return agency.id, agency.place, agency.evidence


@pytest.mark.parametrize(
    ("author", "agency"),
    [
        ("PTI", "pti"),
        ("पीटीआई-भाषा", "pti"),
        ("भाषा", "pti"),
        ("PTI Bhasha", "pti"),
        ("एजेंसी (भाषा)", "pti"),
        ("न्यूज एजेंसी ANI", "ani"),
        ("ANI, नई दिल्ली", "ani"),
        ("आईएएनएस", "ians"),
        ("वार्ता", "uni"),
        ("हि.स.", "hs"),
        ("Hindusthan Samachar", "hs"),
        ("राकेश बिष्ट | एएफपी", "afp"),
        ("Reuters", "reuters"),
        ("By AP", "ap"),
    ],
)
def test_author(author: str, agency: str) -> None:
    assert one(found(authors=(author,)))[:2] == (agency, "author")


@pytest.mark.parametrize(
    "author", ["भाषा सिंह", "वार्ता शर्मा", "एजेंसी", "अनी", "Uniquely", "राम भाषा", "AP Singh", "ani"]
)
def test_persons_are_no_agencies(author: str) -> None:
    assert found(authors=(author,)).agencies == ()


@pytest.mark.parametrize(
    ("line", "agency", "evidence"),
    [
        ("भाषा | 18 जून 2024, 10:30 AM", "pti", "भाषा"),
        ("Source: PTI", "pti", "Source: PTI"),
        ("By - HS Update: 2024-06-18", None, None),
        ("By - HS", "hs", "HS"),
        ("नई दिल्ली, एएनआई | Updated: 18 Jun 2024", "ani", "एएनआई"),
        ("फोटो: पीटीआई", None, None),
        ("Image Source : PTI", None, None),
        ("भाषा विवाद पर क्या बोले मंत्री", None, None),
    ],
)
def test_byline(line: str, agency: str | None, evidence: str | None) -> None:
    credited = found(bylines=(line,))
    if agency is None:
        assert credited.agencies == ()
    else:
        assert one(credited) == (agency, "byline", evidence)


@pytest.mark.parametrize(
    ("head", "agencies", "place", "evidence"),
    [
        ("नई दिल्ली, 18 जून (भाषा) प्रधानमंत्री ने", ("pti",), "नई दिल्ली", "नई दिल्ली, 18 जून (भाषा)"),
        ("नयी दिल्ली, 18 जून (भाषा) सरकार ने", ("pti",), "नयी दिल्ली", "नयी दिल्ली, 18 जून (भाषा)"),
        ("वाशिंगटन, 18 जून (एपी): अमेरिका ने", ("ap",), "वाशिंगटन", "वाशिंगटन, 18 जून (एपी)"),
        ("भोपाल, 18 जून (हि.स.)। राज्य सरकार", ("hs",), "भोपाल", "भोपाल, 18 जून (हि.स.)"),
        ("काहिरा, 18 जून (एपी/भाषा) मिस्र में", ("ap", "pti"), "काहिरा", "काहिरा, 18 जून (एपी/भाषा)"),
        ("लखनऊ, 18 जून 2024 (आईएएनएस)। यहां", ("ians",), "लखनऊ", "लखनऊ, 18 जून 2024 (आईएएनएस)"),
        ("नई दिल्ली (एजेंसी)। सरकार ने", (), None, None),
        ("एएनआई, वॉशिंगटन। अमेरिका ने", ("ani",), "वॉशिंगटन", "एएनआई, वॉशिंगटन"),
        ("पीटीआई, नई दिल्ली। सरकार ने", ("pti",), "नई दिल्ली", "पीटीआई, नई दिल्ली"),
        ("एएफपी, सैंटियागो। वैज्ञानिकों ने", ("afp",), "सैंटियागो", "एएफपी, सैंटियागो"),
        ("नई दिल्ली, एएनआई। सरकार ने", ("ani",), "नई दिल्ली", "नई दिल्ली, एएनआई"),
        ("नई दिल्ली/भाषा। सरकार ने", ("pti",), "नई दिल्ली", "नई दिल्ली/भाषा"),
        ("वाशिंगटन, प्रेट्र/एपी। अमेरिका ने", ("pti", "ap"), "वाशिंगटन", "वाशिंगटन, प्रेट्र/एपी"),
        ("मुंबई एएनआई। शहर में", ("ani",), "मुंबई", "मुंबई एएनआई"),
        ("(भाषा) नई दिल्ली: सरकार ने", ("pti",), "नई दिल्ली", "(भाषा)"),
        ("मुंबई (एएनआई): शहर में", ("ani",), "मुंबई", "मुंबई (एएनआई)"),
        ("मुंबई: शहर में तेज बारिश हुई", (), "मुंबई", None),
        ("जागरण संवाददाता, लखनऊ। शहर में", (), "लखनऊ", None),
        ("डिजिटल डेस्क, नई दिल्ली। सरकार ने", (), "नई दिल्ली", None),
        ("फाजिल्का। नहर के आखिरी छोर पर", (), "फाजिल्का", None),
        ("पिथौरागढ़, 18 जून। सीमा पर", (), "पिथौरागढ़", None),
        (
            "इस्लामाबाद, 20 जून (आईएएनएस/वीएनआई)। सरकार ने",
            ("ians",),
            "इस्लामाबाद",
            "इस्लामाबाद, 20 जून (आईएएनएस/वीएनआई)",
        ),
        ("कानपुर, 20 जून 2024 (यूएनएस)। जिले में", (), "कानपुर", None),
        ("पटना, 20 जून (एजेंसी)। जिले में", (), "पटना", None),
        ("नई दिल्ली, एजेंसियां। सरकार ने", (), "नई दिल्ली", None),
        ("कानपुर, जेएनएन। जिले में", (), "कानपुर", None),
        ("लखनऊ, न्यूज डेस्क: राज्य में", (), "लखनऊ", None),
        ("कानपुर ब्यूरो: जिले में", (), "कानपुर", None),
        # No datelines.
        ("बैठक, 20 जून (गुरुवार)। मंत्री ने", (), None, None),
        ("मेला, 20 जून (शाम पांच बजे)। मंत्री ने", (), None, None),
        ("सरकार, एजेंसियां। इन दोनों ने", (), None, None),
        ("पुलिस, संवाददाता। इन दोनों ने", (), None, None),
        ("आंध्र प्रदेश (एपी) के मुख्यमंत्री ने आज", (), None, None),
        ("सरकार ने कहा: हम तैयार हैं", (), None, None),
        ("सवाल: क्या यह सही है", (), None, None),
        ("शांति, वार्ता। दोनों पक्ष इन दो शब्दों पर", (), None, None),
        ("हिंदी (भाषा) के विकास के लिए", (), None, None),
        ("एएनआई, पीटीआई और अन्य एजेंसियों ने बताया", (), None, None),
        ("भाषा, संस्कृति और साहित्य पर", (), None, None),
        ("10:30 बजे: सरकार ने बैठक बुलाई", (), None, None),
    ],
)
def test_dateline(
    head: str, agencies: tuple[str, ...], place: str | None, evidence: str | None
) -> None:
    credited = found(head + " एक नई योजना की घोषणा की जिससे लाखों लोगों को लाभ होगा।")
    assert tuple(a.id for a in credited.agencies) == agencies
    assert credited.dateline == place
    assert all((a.place, a.evidence) == ("dateline", evidence) for a in credited.agencies)


@pytest.mark.parametrize(
    ("closing", "agencies"),
    [
        ("(भाषा)", ("pti",)),
        ("(इनपुट-भाषा)", ("pti",)),
        ("(इनपुट: पीटीआई और एएनआई)", ("pti", "ani")),
        ("(एजेंसी इनपुट के साथ)", ()),
        ("(With inputs from PTI)", ("pti",)),
        ("--आईएएनएस", ("ians",)),
        ("— आईएएनएस", ("ians",)),
        ("भाषा रंजन माधव", ("pti",)),
        ("राम.श्रवण वार्ता", ("uni",)),
        ("हिन्दुस्थान समाचार/राकेश", ("hs",)),
        ("हिन्दुस्थान समाचार", ("hs",)),
        ("एएनआई के इनपुट के साथ", ("ani",)),
        ("स्रोत: बीबीसी", ("bbc",)),
        ("इनपुट- रॉयटर्स", ("reuters",)),
        ("बैठक कल फिर होगी। (भाषा)", ("pti",)),
        ("बैठक कल फिर होगी। (इनपुट - एएफपी)", ("afp",)),
        ("(यह खबर पीटीआई-भाषा की सिंडिकेट फीड से सीधे ली गई है, इसे संपादित नहीं किया गया है)", ("pti",)),
        ("(यह खबर आईएएनएस न्यूज फीड से सीधे प्रकाशित की गई है)", ("ians",)),
        ("यह समाचार एएनआई की फीड से लिया गया है।", ("ani",)),
        ("(This story has been published from a wire feed without changes. PTI)", ("pti",)),
        ("--आईएएनएस एसएके/एबीएम", ("ians",)),
        ("आईएएनएस एसकेपी/डीकेपी/एएनएम", ("ians",)),
        ("-वार्ता कृपा/सैनी", ("uni",)),
        ("हिन्दुस्थान समाचार/अजय सिंह/मोहित", ("hs",)),
        ("एसके/वीडी (एपी, रॉयटर्स)", ("ap", "reuters")),
        ("सीके/एए/एमजे (डीपीए)", ("dpa",)),
        ("News Source: IANS", ("ians",)),
        ("पीटीआई के सौजन्य से", ("pti",)),
        # No credits.
        ("फेसबुक ने बीबीसी हिंदी को अपनी न्यूज फीड से हटाने का फैसला वापस ले लिया है।", ()),
        ("मंत्री ने कहा कि रॉयटर्स की न्यूज फीड से जारी वीडियो पुराना था।", ()),
        ("भाषा हिंदी/उर्दू", ()),
        ("भाषा/धर्म/जाति", ()),
        ("राम/श्याम के दल (वार्ता)", ()),
        ("वार्ता भारत/चीन", ()),
        ("बैठक में ब्रिटिश ब्रॉडकास्टिंग कॉरपोरेशन (बीबीसी) के लोग भी थे (बीबीसी)।", ()),
        ("दोनों देशों में शांति वार्ता", ()),
        ("फोटो: पीटीआई", ()),
        ("(तस्वीर: एएनआई)", ()),
        ("भाषा और संस्कृति", ()),
        ("भाषा का विवाद", ()),
        ("यह खबर हिंदी भाषा में सिंडिकेट फीड से ली गई है", ()),
    ],
)
def test_closing(closing: str, agencies: tuple[str, ...]) -> None:
    credited = found(last=closing)
    assert tuple(a.id for a in credited.agencies) == agencies
    assert all(a.place == "credit" and a.evidence in closing for a in credited.agencies)


@pytest.mark.parametrize(
    ("phrase", "agency"),
    [
        ("एएफपी की रिपोर्ट के अनुसार", "afp"),
        ("समाचार एजेंसी पीटीआई के मुताबिक", "pti"),
        ("न्यूज एजेंसी ANI के अनुसार", "ani"),
        ("रॉयटर्स की एक रिपोर्ट के हवाले से", "reuters"),
        ("एपी की रिपोर्ट में कहा", "ap"),
        ("समाचार एजेंसी भाषा के अनुसार", "pti"),
        ("बीबीसी की रिपोर्ट में दावा", "bbc"),
        ("पीटीआई की खबर के मुताबिक", "pti"),
        ("ब्लूमबर्ग ने अपनी रिपोर्ट में बताया", "bloomberg"),
        ("रॉयटर्स की मानें", "reuters"),
        ("समाचार एजेंसी एएफपी से मिली प्राथमिक जानकारी के मुताबिक", "afp"),
    ],
)
def test_phrase(phrase: str, agency: str) -> None:
    credited = found(FILLER, f"मंगलवार को हुई बैठक में, {phrase} गया है, दोनों पक्ष सहमत थे।")
    identity, place, evidence = one(credited)
    assert (identity, place) == (agency, "phrase")
    assert evidence in phrase


@pytest.mark.parametrize(
    "sentence",
    [
        "केसीएनए द्वारा प्रकाशित पत्र में राष्ट्रपति ने धन्यवाद दिया।",
        "समाचार एजेंसी तास ने कहा कि बैठक सफल रही।",
        "रूसी समाचार एजेंसी तास के अनुसार बैठक सफल रही।",
        "केसीएनए की रिपोर्ट के अनुसार परीक्षण सफल रहा।",
        "एएनआई को दिए इंटरव्यू में मंत्री ने कहा कि वह तैयार हैं।",
        "पीटीआई से बातचीत में उन्होंने कहा कि जांच होगी।",
        "रॉयटर्स के पत्रकार को हिरासत में ले लिया गया।",
        "सरकार ने बीबीसी की रिपोर्ट को खारिज कर दिया।",
        "एपी के मुख्यमंत्री के अनुसार राज्य में निवेश बढ़ा है।",
        "भाषा के अनुसार राज्यों का गठन हुआ था।",
        "वार्ता के अनुसार तय हुआ कि सेनाएं पीछे हटेंगी।",
        "पुलिस की रिपोर्ट के अनुसार आरोपी फरार है।",
        "मीडिया रिपोर्ट के अनुसार वह विदेश में है।",
        "शांति वार्ता के मुताबिक सेनाएं हटेंगी।",
        "समाचार एजेंसियों के अनुसार धमाका हुआ।",
        "पीटीआई के नेता इमरान खान को जमानत मिली।",
    ],
)
def test_agencies_that_are_only_spoken_of(sentence: str) -> None:
    assert found(FILLER, sentence).agencies == ()


def test_each_agency_once_with_its_first_place() -> None:
    credited = found(
        "नई दिल्ली, 18 जून (भाषा) सरकार ने कहा।", last="(इनपुट-भाषा, एएनआई)", authors=("PTI",)
    )
    assert [(a.id, a.place) for a in credited.agencies] == [("pti", "author"), ("ani", "credit")]
    assert credited.dateline == "नई दिल्ली"


def test_nothing_of_nothing() -> None:
    assert find_credits(BOOK, authors=(), bylines=(), paragraphs=()) == Credits((), None)
