"""Bylines as pages write them: who is a name, and what is a place, a desk or a scrap."""

from __future__ import annotations

import pytest

from crawler.extract import load_agencies
from crawler.extract.authors import find_authors

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
}


@pytest.mark.parametrize("line", CASES)
def test_names(line: str) -> None:
    assert find_authors(load_agencies(), [line], [], [], []) == CASES[line]


def test_name_with_an_abbreviation_beside_a_date() -> None:
    lines = ["मो० आरिफ़ ख़ान | 18 जून 2024", "नई दिल्ली | 18 जून 2024"]
    assert find_authors(load_agencies(), [], [], lines, []) == ("मो० आरिफ़ ख़ान",)
