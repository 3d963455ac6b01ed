from __future__ import annotations

import unicodedata
from datetime import datetime
from pathlib import Path

import pytest

from press.dates import BASE, IST
from press.story import Edit, apply_edits, load_stories
from tests.press.conftest import SAMPLES


def test_stories_of_a_folder_are_read_in_order() -> None:
    stories = load_stories(SAMPLES)
    assert [s.id for s in stories] == ["001", "002", "003"]
    first = stories[0]
    assert first.published_at == datetime(2024, 11, 20, 14, 35, tzinfo=IST)
    assert first.retelling is not None
    assert first.retelling.author == "श्रुति राय"
    assert stories[2].agency is None


def test_edits_are_made_at_once_and_only_whole_words() -> None:
    text = ("नदी पर पुल बना। पुलिया भी।", "एक और बात।")
    edited = apply_edits(text, (Edit("पुल", "सेतु"), Edit("बात", "पुल")))
    assert edited == ("नदी पर सेतु बना। पुलिया भी।", "एक और पुल।")


@pytest.mark.parametrize(
    ("edits", "message"),
    [
        ((Edit("नहीं", "हां"),), "occurs 0 times"),
        ((Edit("पुल", "सेतु"),), "occurs 2 times"),
        ((Edit("बड़ा पुल", "सेतु"), Edit("पुल यहां", "सेतु वहां")), "overlaps"),
    ],
)
def test_edits_that_fit_nowhere_are_refused(edits: tuple[Edit, ...], message: str) -> None:
    text = ("बड़ा पुल यहां, छोटा पुल वहां।",)
    with pytest.raises(ValueError, match=message):
        apply_edits(text, edits)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("section: rajya", "section: mausam", "section is 'mausam'"),
        ("slug: nadi-pul-khula", "slug: Nadi Pul", "slug is 'Nadi Pul'"),
        ('old: "तीन साल"', 'old: "चार साल"', "occurs 0 times"),
        ("place: भोपाल\n", "", "KeyError"),
    ],
)
def test_a_wrong_file_is_named(tmp_path: Path, old: str, new: str, message: str) -> None:
    good = (SAMPLES / "001-pul.yaml").read_text(encoding="utf-8")
    (tmp_path / "x.yaml").write_text(good.replace(old, new), encoding="utf-8")
    with pytest.raises(ValueError, match=r"x\.yaml") as caught:
        load_stories(tmp_path)
    assert message in str(caught.value)


def test_two_stories_with_one_id_are_refused(tmp_path: Path) -> None:
    good = (SAMPLES / "001-pul.yaml").read_text(encoding="utf-8")
    for name in ("a.yaml", "b.yaml"):
        (tmp_path / name).write_text(good, encoding="utf-8")
    with pytest.raises(ValueError, match="two stories have the id 001"):
        load_stories(tmp_path)


def test_an_absolute_time_needs_its_zone(tmp_path: Path) -> None:
    good = (SAMPLES / "001-pul.yaml").read_text(encoding="utf-8")
    (tmp_path / "a.yaml").write_text(good + 'published_at: "2024-06-18T10:00:00"\n', "utf-8")
    with pytest.raises(ValueError, match="time zone is missing"):
        load_stories(tmp_path)


def test_the_stories_of_the_press_are_as_agreed() -> None:
    stories = load_stories()
    assert len([s for s in stories if not s.fixed]) >= 60
    by_id = {s.id: s for s in stories}
    assert by_id["900"].published_at.date().isoformat() == "2024-06-18"
    assert by_id["901"].published_at.isoformat() == "2023-09-16T13:48:00+05:30"
    for story in stories:
        assert story.published_at < BASE
        text = " ".join(story.paragraphs)
        assert text == unicodedata.normalize("NFC", text)
        assert len(text.split()) >= 150
        assert len(story.alt_headlines) == 3
        assert len(story.edits) >= 8
        assert len(story.more) >= 4
