"""Bylines as pages write them: who is a name, and what is a place, a desk or a scrap."""

from __future__ import annotations

import pytest

from crawler.extract import load_agencies
from crawler.extract.authors import find_authors
from crawler.extract.meta import host_names
from crawler.extract.outline import Mark

CASES = {
    "एजेंसी, नई दिल्ली": (),
    "जागरण संवाददाता, पटना": (),
    "नई दिल्ली | एजेंसी": (),
    "नई दिल्ली, एएनआई": (),
    "न्यूज डेस्क, अमर उजाला, नई दिल्ली": (),
    "वेब डेस्क, पहाड़ी खबर, देहरादून": (),
    "राम कुमार, लखनऊ": ("राम कुमार",),
    "By राम कुमार और श्याम सिंह, पटना": ("राम कुमार", "श्याम सिंह"),
    "न्यूज डेस्क, राम कुमार": ("राम कुमार",),
    "राम कुमार, श्याम सिंह, लखनऊ": ("राम कुमार", "श्याम सिंह"),
    "मो० आरिफ़ ख़ान": ("मो० आरिफ़ ख़ान",),
    "पं० रविशंकर शुक्ल": ("पं० रविशंकर शुक्ल",),
    "डॉ० अजय कुमार, वाराणसी": ("डॉ० अजय कुमार",),
    "राम कुमार १० जून २०२४": ("राम कुमार",),
    "राम कुमार 10 जून 2024": ("राम कुमार",),
    "सागर मिश्र, सागर": ("सागर मिश्र",),
    "एम.एस. नेगी": ("एम.एस. नेगी",),
    # Papers and channels, whatever site shows them.
    "दैनिक अरावली": (),
    "एबीपी न्यूज, वेब डेस्क": (),
    "लाइव हिंदुस्तान": (),
    "Malwa Times": (),
    "News18 हिंदी": (),
    "पूर्वांचल टीवी": (),
    "TV9 भारतवर्ष": (),
    "TV Mohandas Pai": ("TV Mohandas Pai",),
    "अमर ज्योति": ("अमर ज्योति",),
    "आशीष भास्कर": ("आशीष भास्कर",),
    "Tim Livermore": ("Tim Livermore",),
    # What a system writes that knows no author.
    "undefined": (),
    "null": (),
    "malwatimes.example": (),
    "J.K. Rowling": ("J.K. Rowling",),
    # Offices and remarks behind a name; without a name they are none.
    "राहुल वर्मा वरिष्ठ संवाददाता": ("राहुल वर्मा",),
    "डॉ. सुधा राय (वरिष्ठ पत्रकार)": ("डॉ. सुधा राय",),
    "Neha Rao, Special Correspondent": ("Neha Rao",),
    "विशेष संवाददाता": (),
    "नगर संवाददाता": (),
    # Labels.
    "प्रस्तुतकर्ता रामलखन पासवान": ("रामलखन पासवान",),
    "Submitted by बसंती नेताम": ("बसंती नेताम",),
    "संवाददाता: महेश तिवारी": ("महेश तिवारी",),
    "Author, फ़रहान सिद्दीक़ी": ("फ़रहान सिद्दीक़ी",),
    # A date behind a name, or touching it.
    "By पंकज मिश्रTue, 21 May 2024, 6:10 PM": ("पंकज मिश्र",),
    "पंकज मिश्र Thursday, 21 May 2024": ("पंकज मिश्र",),
    "पंकज मिश्र मई 21, 2024": ("पंकज मिश्र",),
    "Neha Rao May 21, 2024": ("Neha Rao",),
    "Sunil Marwah, Monika Junega": ("Sunil Marwah", "Monika Junega"),
    "May Thomas, April Decosta": ("May Thomas", "April Decosta"),
    # Districts and states.
    "महेश तिवारी, कानपुर देहात": ("महेश तिवारी",),
    "महेश तिवारी, उत्तर प्रदेश": ("महेश तिवारी",),
    "सुमन कर": ("सुमन कर",),
    "लेखक भूगर्भशास्त्री हैं": (),
}


@pytest.mark.parametrize("line", CASES)
def test_names(line: str) -> None:
    assert find_authors(load_agencies(), [line], [], [], []) == CASES[line]


def test_name_with_an_abbreviation_beside_a_date() -> None:
    lines = ["मो० आरिफ़ ख़ान | 18 जून 2024", "नई दिल्ली | 18 जून 2024"]
    assert find_authors(load_agencies(), [], [], lines, []) == ("मो० आरिफ़ ख़ान",)


@pytest.mark.parametrize(
    ("name", "site", "is_author"),
    [
        ("अमर ज्योति", "https://www.amarjyoti.example/a/1.html", False),
        ("देशबन्धु", "https://deshbandhu.example.in/a/1.html", False),
        ("Hari Bhoomi", "https://hindi.haribhoomi.example/a/1.html", False),
        ("अमर ज्योति", "https://www.gangatimes.example/a/1.html", True),
        ("अमर सिंह", "https://www.amarjyoti.example/a/1.html", True),
        ("राम", "https://www.ramu.example/a/1.html", True),
        ("अमर ज्योति", "http://[broken/", True),
    ],
)
def test_a_site_is_told_by_its_host(name: str, site: str, *, is_author: bool) -> None:
    found = find_authors(load_agencies(), [name], [], [], host_names(site))
    assert found == ((name,) if is_author else ())


def test_a_site_is_told_by_its_name_in_the_other_script() -> None:
    assert find_authors(load_agencies(), ["Ganga Vani"], [], [], ["गंगा वाणी"]) == ()
    assert find_authors(load_agencies(), ["Ganga Devi"], [], [], ["गंगा वाणी"]) == ("Ganga Devi",)


def test_a_label_may_end_in_a_comma() -> None:
    lines = ["Author, फ़रहान सिद्दीक़ी", "पदनाम, चौपाल संवाददाता", "21 मई 2024"]
    assert find_authors(load_agencies(), [], [], lines, []) == ("फ़रहान सिद्दीक़ी",)
    assert find_authors(load_agencies(), [], [], ["लेखकों, कवियों का सम्मान"], []) == ()


def marks(*texts: str) -> list[Mark]:
    return [Mark(3, 9, "div author", None, text) for text in texts]


@pytest.mark.parametrize(
    ("texts", "names"),
    [
        (("प्रो. हेमंत जोशीकुमाऊं विश्वविद्यालय", "प्रो. हेमंत जोशी"), ("प्रो. हेमंत जोशी",)),
        (("Submitted by बसंती नेताम on गुरु, 05/30/2024", "बसंती नेताम"), ("बसंती नेताम",)),
        (("राकेश सिंहPublished on", "राकेश सिंह"), ("राकेश सिंह",)),
        (("राम कुमार", "श्याम सिंह"), ("राम कुमार", "श्याम सिंह")),
        (("By राम कुमार, श्याम सिंह", "राम कुमार"), ("राम कुमार", "श्याम सिंह")),
    ],
)
def test_the_inner_of_nested_elements_has_the_name(
    texts: tuple[str, ...], names: tuple[str, ...]
) -> None:
    assert find_authors(load_agencies(), [], marks(*texts), [], []) == names
