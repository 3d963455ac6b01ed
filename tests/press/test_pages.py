"""The looks of the sites: the debris that real pages have, and where dates are and are not."""

from __future__ import annotations

import json
import re

import pytest

from press import BASE, Faults, Page, Press
from press.answers import answer
from press.cms.common import is_heading
from press.dates import english_stamp, gmt_minute, hindi_stamp, theme_date
from tests.press.client import get


@pytest.fixture(scope="module")
def quiet() -> Press:
    return Press(faults=Faults.none())


def html(press: Press, page: Page) -> str:
    given = answer(press.web, page.site, page.path, "", press.now, press.faults)
    assert given.status == 200
    return given.body.decode()


def pages_of(press: Press, site_id: str) -> list[Page]:
    out = press.truth().articles
    return [p for p in press.web.pages if p.site.id == site_id and p.url in out]


def json_ld(text: str) -> list[dict[str, object]]:
    found = re.findall(r'<script type="application/ld\+json">(.*?)</script>', text, re.DOTALL)
    return [json.loads(block) for block in found]


def test_the_wordpress_theme_hides_every_date_but_today(quiet: Press) -> None:
    pages = [p for p in pages_of(quiet, "janrekha") if p.published_at.date() < BASE.date()]
    for page in pages:
        text = html(quiet, page)
        assert theme_date(BASE) in text
        for told in ("datetime", "published_time", "pubdate", f"{page.published_at:%Y-%m-%d}"):
            assert told not in text
        assert str(page.published_at.year) not in page.path
        assert not json_ld(text)
    end = html(quiet, pages[0])
    assert end.count(f">{pages[0].headline}<") == 2
    assert re.search(r"Related Post.*Leave a Reply.*will not be published", end, re.DOTALL)


def test_the_hosted_cms_prints_its_minute_in_gmt(quiet: Press) -> None:
    pages = pages_of(quiet, "pathdarpan")
    with_ld = 0
    for page in pages:
        text = html(quiet, page)
        assert f"Update: {gmt_minute(page.published_at)}" in text
        assert re.search(r"Tags:.*Similar News.*-->", text, re.DOTALL)
        with_ld += bool(json_ld(text))
    assert 0.3 < with_ld / len(pages) < 0.7
    piece = next(p for p in pages if p.roots == ("901",))
    assert "Update: 2023-09-16 08:18 GMT" in html(quiet, piece)


def test_the_newspaper_has_a_graph_and_boxes_in_mid_text(quiet: Press) -> None:
    for page in pages_of(quiet, "udgam")[-20:]:
        text = html(quiet, page)
        graph = json_ld(text)[0]["@graph"]
        assert isinstance(graph, list)
        article = next(node for node in graph if node["@type"] == "NewsArticle")
        assert article["headline"] == page.headline
        assert article["datePublished"] == page.published_at.isoformat()
        assert "articleBody" not in article
        body = text[text.rindex("ArticleBody") : text.rindex("Promo_app")]
        assert "यह भी पढ़ें" in body
        assert "कॉपी लिंक" in text
        assert "ऐप डाउनलोड करें" in text


def test_the_channel_has_the_body_in_json_ld(quiet: Press) -> None:
    for page in pages_of(quiet, "khabarsagar")[-20:]:
        text = html(quiet, page)
        article = json_ld(text)[0]
        assert article["articleBody"] == " ".join(page.versions[0].shown)
        assert "देखें वीडियो" in text
        assert "<figcaption>" in text


def test_the_regional_site_dates_in_hindi_and_sometimes_by_day_alone(quiet: Press) -> None:
    pages = pages_of(quiet, "vindhyatara")
    precisions = {p.precision for p in pages}
    assert precisions == {"minute", "day"}
    for page in pages:
        text = html(quiet, page)
        assert (hindi_stamp(page.published_at) in text) == (page.precision == "minute")
        assert not json_ld(text)
        assert "published_time" not in text


def test_the_agency_marks_its_copy(quiet: Press) -> None:
    pages = [p for p in pages_of(quiet, "samvadkendra") if p.agency]
    assert len(pages) >= 15
    for page in pages:
        text = html(quiet, page)
        assert "(भाषा)।" in text
        assert f'content="{page.published_at.isoformat()}"' in text
        assert not json_ld(text)


@pytest.mark.parametrize("section", ["desh", "karobar", None])
def test_every_site_has_lists(press: Press, section: str | None) -> None:
    for site in press.sites:
        path = {"wordpress": "category/{}/", "drupal": "hindi/taxonomy/{}"}.get(site.look, "{}/")
        reply = get(press, site.home + (path.format(section) if section else ""))
        assert reply.status == 200
        assert reply.text.count("<a href=") > 10


def test_lines_between_paragraphs_are_told_from_paragraphs() -> None:
    assert is_heading("प्रतिबंध तोड़ने के आरोप")
    assert is_heading("‘प्रतिबंधों का उल्लंघन’")
    assert not is_heading("पहले दिन आठ हजार पाठक पहुंचे।")
    assert not is_heading("उन्होंने कहा, “हम तैयार हैं।”")
    assert not is_heading(" ".join(["शब्द"] * 30))


def test_dates_are_printed_as_each_look_prints_them() -> None:
    assert theme_date(BASE) == "Fri. Nov 22nd, 2024"
    assert theme_date(BASE.replace(day=13)) == "Wed. Nov 13th, 2024"
    assert theme_date(BASE.replace(day=1)) == "Fri. Nov 1st, 2024"
    assert hindi_stamp(BASE) == "22 नवंबर 2024, 09:00 AM IST"
    assert hindi_stamp(BASE.replace(hour=0, minute=5)) == "22 नवंबर 2024, 12:05 AM IST"
    assert english_stamp(BASE.replace(hour=14)) == "22 Nov 2024 02:00 PM (IST)"
    assert gmt_minute(BASE) == "2024-11-22 03:30 GMT"
