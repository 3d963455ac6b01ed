"""seeds/agencies.yaml and what is said when it is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from crawler.extract import load_agencies
from crawler.extract.agencies import DEFAULT_PATH
from lake.errors import ConfigError


def test_the_seed_has_the_agencies_of_the_press() -> None:
    book = load_agencies()
    wanted = {
        "pti",
        "ani",
        "ians",
        "uni",
        "hs",
        "afp",
        "ap",
        "reuters",
        "bbc",
        "xinhua",
        "dpa",
        "tass",
    }
    assert wanted <= set(book.ids.values())
    assert book.spoken_of >= {"kcna", "tass", "xinhua"}
    assert load_agencies() is book
    assert load_agencies(DEFAULT_PATH) is book


def test_names_are_found_with_and_without_full_stops() -> None:
    book = load_agencies()
    assert book.find("पी.टी.आई.", common_words=False) == "pti"
    assert book.find("पीटीआई - भाषा", common_words=False) == "pti"
    assert book.find("P.T.I.", common_words=False) == "pti"
    assert book.find("pti", common_words=False) is None
    assert book.find("भाषा", common_words=False) is None
    assert book.find("भाषा", common_words=True) == "pti"


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("agencies: []", "no list under"),
        ("[1, 2]", "no list under"),
        ("agencies: [x]", "no mapping: agency 1"),
        ("agencies: [{id: a, names: [A], colour: red}]", "unknown keys in agency 1: colour"),
        ("agencies: [{id: A B, names: [A]}]", "no id of small letters in agency 1"),
        ("agencies: [{id: a, names: A}]", "no list of strings under `names` in agency 1"),
        ("agencies: [{id: a, names: []}]", "no names in agency 1"),
        ("agencies: [{id: a, names: [A], common_words: x}]", "`common_words` in agency 1"),
        ("agencies: [{id: a, names: [A]}, {id: a, names: [B]}]", "two agencies with the id 'a'"),
        ("agencies: [{id: a, names: [A B]}, {id: b, names: [A-B]}]", "'A-B' to a and b"),
    ],
)
def test_mistakes_are_named(tmp_path: Path, text: str, what: str) -> None:
    path = tmp_path / "agencies.yaml"
    path.write_text(text)
    with pytest.raises(ConfigError, match=what) as raised:
        load_agencies(path)
    assert raised.value.where == str(path)
    assert raised.value.remedy


def test_broken_yaml_has_its_line(tmp_path: Path) -> None:
    path = tmp_path / "agencies.yaml"
    path.write_text("agencies:\n  - id: [\n")
    with pytest.raises(ConfigError, match="not valid YAML") as raised:
        load_agencies(path)
    assert raised.value.where is not None
    assert raised.value.where.startswith(f"{path}:")


def test_missing_file(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be read"):
        load_agencies(tmp_path / "none.yaml")


@pytest.mark.parametrize(
    "text",
    [
        "पी. टी. आई.",
        "ए एन आई",
        "इनपुट-भाषा",
        "“रॉयटर्स”",
        "(हि.स.)",
        "A.P.",
        "DW",
        "→ANI",
        "कहा।वार्ता",
    ],
)
def test_no_name_is_passed_over(text: str) -> None:
    assert load_agencies().may_name(f"नई दिल्ली {text}")


def test_every_name_begins_like_one() -> None:
    book = load_agencies()
    assert [name for name in book.ids if not book.may_name(name)] == []


def test_ordinary_words_are_no_beginning() -> None:
    text = "राज्य के कई जिलों में मंगलवार को दिन भर बारिश हुई और तापमान में गिरावट आई।"
    assert not load_agencies().may_name(text)
