"""Rules about single lines: what goes, and what looks like it and stays."""

from __future__ import annotations

import random
import re
from collections.abc import Iterable
from typing import Any

import pytest

from crawler.extract import debris, debris_rules, names

LINES = {
    "also_read": [
        "यह भी पढ़ें: देहरादून में साइकिल पथ का काम पूरा",
        "ये भी पढें- कुमाऊं की ऐपण कला को मिला बाजार",
        "इसे भी पढ़ें",
        "➤ यह भी देखें: पहाड़ों में पहली बर्फ",
        "Also Read: Snow in the hills",
        "पूरी खबर पढ़ें",
        "READ: Snow in the hills",
        "आगे की स्लाइड में पढ़ें",
        "अगली स्लाइड पर देखें...",
    ],
    "copy_link": ["कॉपी लिंक", "Copy Link", "लिंक कॉपी करें"],
    "share_line": [
        "फेसबुक ट्विटर व्हाट्सएप",
        "Facebook | Twitter | WhatsApp",
        "Share this:",
        "शेयर करें",
        "इसे शेयर करें",
        "खबर को शेयर करें",
        "Follow Us On",
    ],
    "follow_us": [
        "ताजा खबरों के लिए हमें गूगल न्यूज पर फॉलो करें",
        "हमारे यूट्यूब चैनल को सब्सक्राइब करें",
        "Follow us on Google News",
        "आपसे अनुरोध है कि हमारे यूट्यूब चैनल को सब्सक्राइब करें।",
        "हमारे फेसबुक पेज को लाइक करें और ताजा खबरें पाएं।",
        "टेलीग्राम चैनल ज्वाइन करे",
        "आप हमें फेसबुक, ट्विटर और इंस्टाग्राम पर फॉलो कर सकते हैं।",
    ],
    "feedback": [
        "आपको यह खबर कैसी लगी, हमें कमेंट में बताएं।",
        "आपको यह लेख कैसा लगा? कमेंट बॉक्स में जरूर लिखें",
        "इस मुद्दे पर आपकी क्या राय है, टिप्पणी करके बताइए।",
        "इस खबर को शेयर करें",
    ],
    "being_updated": [
        "खबर लगातार अपडेट की जा रही है।",
        "स्टोरी अपडेट हो रही है...",
        "यह ब्रेकिंग न्यूज अभी अपडेट हो रही है",
    ],
    "skip_link": [
        "छोड़कर पॉडकास्ट आगे बढ़ें",
        "छोड़िए यूट्यूब पोस्ट और आगे बढ़िए",
        "Skip podcast promotion and continue reading",
    ],
    "part_label": ["सार", "विस्तार", "विस्तार:"],
    "paywall": [
        "यह लेख केवल सदस्यों के लिए है",
        "यह प्रीमियम स्टोरी सिर्फ सब्सक्राइबर्स के लिए है।",
        "आगे पढ़ने के लिए सदस्यता लें।",
        "पूरी खबर पढ़ने के लिए लॉगइन करें",
        "पहले से सदस्य हैं? लॉग इन करें।",
        "Subscribe now to continue reading",
        "Already a subscriber? Sign in",
    ],
    "messenger_promotion": [
        "खबरें फोन पर पाने के लिए हमारे व्हाट्सएप चैनल से जुड़ें",
        "Join our Telegram channel: टेलीग्राम पर जुड़ें",
        "आप हमारे टेलीग्राम चैनल से भी जुड़ सकते हैं।",
        "WhatsApp Group Join Now",
        "हमारे व्हाट्सएप चैनल से जुड़ने के लिए यहां क्लिक करें",
    ],
    "app_promotion": ["हर खबर सबसे पहले पाने के लिए पहाड़ी खबर का ऐप डाउनलोड करें।"],
    "stay_with_us": [
        "उत्तराखंड की हर खबर पढ़ने के लिए हमारे साथ बने रहें",
        "ताजा अपडेट पाने के लिए यहां क्लिक करें",
        "और अधिक खबरों के लिए बने रहिए पहाड़ी खबर के साथ।",
        "देश की ताजा खबरें पढ़ने के लिए जुड़े रहें पहाड़ी खबर के साथ।",
    ],
    "photo_credit": [
        "फोटो: डाक विभाग",
        "Photo Credit: PTI",
        "Image Source : ANI",
        "तस्वीर साभार: सोशल मीडिया",
    ],
    "photo_note": ["फाइल फोटो", "(प्रतीकात्मक तस्वीर)", "File Photo"],
    "advertisement": ["विज्ञापन", "Advertisement", "- Advertisement -", "ADVERTISEMENT Remove Ad"],
    "watch_video": ["देखें वीडियो", "यहां देखें वीडियो", "वीडियो देखें", "Watch Video"],
    "listen": ["खबर सुनें", "0:00 / 3:25", "Listen to this article"],
    "reading_time": ["3 मिनट में पढ़ें", "5 min read", "1.2K views"],
    "text_size": ["अ+ अ-", "A A+ A-"],
    "breadcrumb": ["Home › उत्तराखंड › चमोली", "होम / देश", "Hindi News > Uttarakhand"],
    "byline": ["By राकेश बिष्ट", "Written By: राकेश बिष्ट", "लेखक: राकेश बिष्ट"],
    "stamp": [
        "Update: 2023-09-16 08:18 GMT",
        "Updated: 18 Jun 2024 10:30 AM (IST)",
        "प्रकाशित: 18 जून 2024",
        "अपडेटेड 18 जून 2024, 10:30",
        "राकेश बिष्ट, चमोली Updated: 18 Jun 2024",
    ],
    "excerpt": [
        "जिले में बारिश से फसल को नुकसान हुआ है और किसान मुआवजे की मांग […]",
        "पंचायत ने नया नियम बनाया [&hellip;]",
        "नदी का जलस्तर बढ़ने से लोग परेशान हैं [...]",
    ],
    "copyright": [
        "© 2024 पहाड़ी खबर",
        "Copyright 2024",
        "कॉपीराइट 2024 पहाड़ी खबर",
        "कॉपीराइट @ पहाड़ी खबर. सर्वाधिकार सुरक्षित।",
        "This website follows the DNPA Code of Ethics",
    ],
    "comments": [
        "Leave a Reply",
        "Leave a Reply Cancel reply",
        "Post a Comment",
        "टिप्पणी करें",
        "3 Comments",
        "अपनी प्रतिक्रिया दें",
    ],
    "comment_form": [
        "Your email address will not be published. Required fields are marked *",
        "Name *",
        "Post Comment",
    ],
    "tags": ["Tags:", "Tags: डाक, रोपवे", "टैग: डाक", "Tags"],
    "more_stories": [
        "Related Post",
        "Similar News",
        "Recent Posts",
        "संबंधित खबरें",
        "You may also like",
        "अगली खबर",
        "ट्रेंडिंग",
        "ताजा खबरें",
        "Next Story",
    ],
    "about_author": ["About the Author", "लेखक के बारे में"],
}
STAY = [
    "पुलिस ने लोगों से अपील की कि वे केवल सरकारी ऐप ही डाउनलोड करें और किसी अनजान लिंक पर क्लिक न करें।",
    "आरोपी व्हाट्सएप ग्रुप में लोगों को जोड़ता था और फिर उनसे पैसे मांगता था।",
    "मंत्री ने अपने फेसबुक पेज पर लिखा कि सरकार किसानों के साथ है।",
    "तस्वीर में दिख रहा बच्चा अब सुरक्षित है।",
    "यह भी पता चला है कि आरोपी पहले भी जेल जा चुका है।",
    "वीडियो में दो लोग दिखाई दे रहे हैं।",
    "संबंधित विभाग ने जांच के आदेश दिए हैं।",
    "रिपोर्ट में कहा गया है कि 2022 से दोनों देश करीब आए हैं।",
    "प्रकाशित रिपोर्ट के मुताबिक नुकसान ज्यादा है।",
    "अन्य लोगों को भी चोटें आई हैं।",
    "विज्ञापन पर सरकार ने 40 करोड़ रुपये खर्च किए।",
    "होम गार्ड के जवानों ने रास्ता खुलवाया।",
    "टिप्पणी करने से मंत्री ने इनकार कर दिया।",
    "ये भी कहा जा रहा है कि बैठक टल सकती है।",
    "By the river he waited",
    "अपडेट किए गए सॉफ्टवेयर से समस्या हल हो गई।",
    # Channels, links and apps as matter of news.
    "गिरोह व्हाट्सएप ग्रुप बनाकर लोगों को जोड़ता और लिंक पर क्लिक करवाकर खाते खाली करता था।",
    "किसान ने व्हाट्सएप पर मिले लिंक पर क्लिक किया और उसके खाते से 80 हजार रुपये निकल गए।",
    "छात्रों ने व्हाट्सऐप ग्रुप से जुड़े अध्यापकों पर भेदभाव का आरोप लगाया है।",
    "पर्चा बेचने वाले टेलीग्राम चैनल से दो सौ से ज्यादा अभ्यर्थी जुड़े हुए थे।",
    "डीएम ने ग्रामीणों से कहा कि बाढ़ की सूचना के लिए विभाग का ऐप डाउनलोड करें।",
    "फेसबुक पेज को लाइक करें तो इनाम मिलेगा, ऐसा कहकर ठग बुजुर्गों को फंसाते थे।",
    "उन्होंने कहा कि लोग विभाग के यूट्यूब चैनल को सब्सक्राइब करें।",
    "गृह विभाग की सलाह है कि व्हाट्सएप पर आए किसी अनजान लिंक पर क्लिक न करें।",
    "उसने श्रोताओं से कहा कि समाचार पाने के लिए रेडियो से जुड़े रहें।",
    "आरोपी समाचार जानने के लिए लोगों से नकली लिंक पर क्लिक करने को कहता था।",
    "व्हाट्सएप खोलें और सेटिंग्स पर क्लिक करें।",
    # Opinions, updates and shares as matter of news.
    "आपको बता दें कि मंत्री ने इस सवाल पर टिप्पणी करने से इनकार कर दिया।",
    "इस मुद्दे पर अपनी पार्टी की टिप्पणी पर नेता ने सफाई दी कि बयान पुराना है।",
    "आधार से जुड़ी जानकारी अपडेट की जा रही है।",
    "खबर है कि मतदाता सूची अपडेट की जा रही है और नाम जोड़े जा रहे हैं।",
    "विस्तार योजना में तीन नए वार्ड शामिल किए गए।",
    "सार्वजनिक परिवहन का हाल",
    "छोड़कर चले गए साथी, पर वह अकेले आगे बढ़ता रहा।",
    "छोड़ें पुरानी आदतें और सेहत बनाएं",
    "उपभोक्ता अब बिजली विभाग को फेसबुक पर फॉलो कर सकते हैं, मंत्री ने बताया।",
    "2 of the 3 accused were held",
    # Members and subscribers as matter of news.
    "मंत्री ने युवाओं से कहा कि वे पार्टी की सदस्यता लें और गांव-गांव जाएं।",
    "यह योजना केवल सदस्यों के लिए है और बाहर के लोग इसका लाभ नहीं ले सकेंगे।",
    "यह सामग्री केवल ग्राहकों के लिए रखी गई थी, पर दुकानदार ने उसे बाजार में बेच दिया।",
    "छात्र परिणाम देखने के लिए पोर्टल पर रोल नंबर से लॉगइन करें।",
    # Words of the foot and of labels, in sentences.
    "कॉपीराइट उल्लंघन के मामले में अदालत ने प्रकाशक पर जुर्माना लगाया है।",
    "कॉपीराइट कानून के तहत दर्ज मुकदमे में संगीतकार को राहत मिली है।",
    "अदालत ने माना कि धुन का सर्वाधिकार सुरक्षित है और उसे बिना अनुमति नहीं बजाया जा सकता।",
    "रिपोर्ट: राज्य की अर्थव्यवस्था इस साल 6 फीसदी की दर से बढ़ेगी।",
    "द्वारा - यानी दरवाजा - इस कस्बे का पुराना नाम था।",
    "पुलिस ने देर रात अपडेट: 12 लोगों के घायल होने की पुष्टि की है।",
    "अपडेट 2024 योजना के तहत 500 गांवों में नल लगाए जाएंगे",
    "होम - क्वारंटीन में रखे गए लोगों की संख्या बढ़कर 500 हो गई है।",
    "विषय: पानी के संकट पर विधानसभा में लंबी बहस हुई।",
    "वीडियो - जो रविवार को फैला - जांच में फर्जी निकला।",
    "ये भी जानिए कि इस सड़क पर कितना खर्च आएगा और कब तक बनेगी।",
]


@pytest.mark.parametrize(
    ("name", "line"), [(name, line) for name, lines in LINES.items() for line in lines]
)
def test_line_goes(name: str, line: str) -> None:
    rule = debris.match(line, len(line.split()))
    assert rule is not None
    assert rule.name == name


def test_every_rule_has_lines_and_a_reason() -> None:
    assert {rule.name for rule in debris_rules.RULES} == set(LINES)
    assert all(len(rule.why) > 10 for rule in debris_rules.RULES)


@pytest.mark.parametrize("line", STAY)
def test_sentence_stays(line: str) -> None:
    rule = debris.match(line, len(line.split()))
    assert rule is None or line.startswith("By the"), rule


def test_trim() -> None:
    assert debris.trim("सबसे बड़ी चुनौती है. देखें वीडियो") == "सबसे बड़ी चुनौती है."
    assert debris.trim("बैठक कल होगी। (वीडियो देखें)") == "बैठक कल होगी।"
    assert debris.trim("लोग अब यह देखें वीडियो") == "लोग अब यह देखें वीडियो"


@pytest.mark.parametrize(
    "name",
    [
        "related-posts",
        "relatedPosts",
        "story-share",
        "jp-relatedposts",
        "sidebar",
        "widget sidebar-right",
        "post-tags",
        "comments-area",
        "Breadcrumb_list__77k",
        "AlsoRead_box__0pL",
        "wp-caption-text",
        "ads-box",
    ],
)
def test_container_is_debris(name: str) -> None:
    assert names.says_of({"class": name}).debris


@pytest.mark.parametrize(
    "name",
    [
        "",
        "post-48211 post type-post tag-rain category-uk",
        "entry-content",
        "story_content",
        "elementor-widget-container",
        "navigable-text x",
        "main",
        "shared-office",
        "loading",
    ],
)
def test_container_is_none(name: str) -> None:
    assert not names.says_of({"class": name}).debris


def test_many_lines_fall_under_the_rules_that_each_falls_under() -> None:
    lines = [line for listed in LINES.values() for line in listed]
    filler = "राज्य के कई जिलों में मंगलवार को दिन भर रुक-रुककर बारिश हुई।"
    texts = [text for line in lines for text in (line, filler, f"{filler} {line}")]
    sizes = [len(text.split()) for text in texts]
    alone = [
        next(
            (
                rule
                for rule in debris_rules.RULES
                if size <= rule.max_words
                and (rule.pattern.search if rule.needs else rule.pattern.match)(text.lower())
                and rule.holds(text.lower())
            ),
            None,
        )
        for text, size in zip(texts, sizes, strict=True)
    ]
    assert debris.match_all(texts, sizes) == alone
    assert sum(rule is not None for rule in alone) >= len(lines)
    assert debris.match_all(texts, [0] * len(texts)) == [None] * len(texts)


def _text(parsed: Iterable[tuple[Any, Any]], rng: random.Random) -> str:
    """A text that a parsed pattern matches, as far as look-arounds do not forbid it."""
    return "".join(_part(what, value, rng) for what, value in parsed)


def _part(what: Any, value: Any, rng: random.Random) -> str:
    match str(what):
        case "LITERAL":
            return chr(value)
        case "RANGE":
            return chr(rng.randint(*value))
        case "CATEGORY":
            return {"SPACE": " ", "DIGIT": "7", "NOT_WORD": "“"}.get(str(value)[9:], "क")
        case "IN":
            negated = str(value[0][0]) == "NEGATE"
            what, value = rng.choice(value)
            return "क" if negated else _part(what, value, rng)
        case "ANY":
            return "क"
        case "MAX_REPEAT" | "MIN_REPEAT":
            low, high, inner = value
            return "".join(_text(inner, rng) for _ in range(rng.randint(low, min(low + 2, high))))
        case "SUBPATTERN":
            return _text(value[3], rng)
        case "BRANCH":
            return _text(rng.choice(value[1]), rng)
        case _:
            return ""


@pytest.mark.parametrize(
    "rule", [r for r in debris_rules.RULES if not r.needs], ids=lambda rule: str(rule.name)
)
def test_whatever_a_rule_matches_begins_as_it_says(rule: debris_rules.Rule) -> None:
    parsed = re._parser.parse(rule.pattern.pattern, re.VERBOSE)  # type: ignore[attr-defined]
    rng = random.Random(20240618)
    texts = {_text(parsed, rng).lower() for _ in range(2_000)}
    matched = [text for text in texts if rule.pattern.match(text)]
    assert matched
    assert all(text.startswith(rule.begins) or not text[0].isalpha() for text in matched)
