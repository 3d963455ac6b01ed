"""Outcomes, and the fields of an article that need the whole page."""
# ruff: noqa: E501 (markup and sentences stay in one piece)

from __future__ import annotations

import pytest

from crawler.extract import EXTRACTOR_VERSION, Agency, Extracted, Listed, NoArticle, extract
from lake.outcomes import Outcome
from tests.crawler.extract.templates import (
    HEADLINE,
    NOW,
    PARAGRAPHS,
    SUMMARY,
    TEXT,
    URL,
    body,
    links,
    menu,
)


def made_of(inner: str, *, head: str = "", url: str = URL, **more: object) -> Extracted | NoArticle:
    page = f"<html><head><title>{HEADLINE}</title>{head}</head><body>{menu()}{inner}</body></html>"
    return extract(page.encode(), url=url, now=NOW, **more)  # type: ignore[arg-type]


def article(inner: str, **more: object) -> Extracted:
    made = made_of(inner, **more)  # type: ignore[arg-type]
    assert isinstance(made, Extracted), made
    return made


def test_empty_page_has_no_text() -> None:
    made = extract(b"", url=URL, now=NOW)
    assert made == NoArticle(Outcome.NO_TEXT, "no block of the page reads like prose", None)


def test_list_of_links_has_no_text() -> None:
    made = made_of(f"<h1>उत्तराखंड</h1>{links()}")
    assert isinstance(made, NoArticle)
    assert made.outcome is Outcome.NO_TEXT


def test_home_page_is_no_article() -> None:
    made = made_of(f"<h1>{HEADLINE}</h1>{body()}", url="https://www.pahadikhabar.example/")
    assert isinstance(made, NoArticle)
    assert (made.outcome, made.detail) == (Outcome.NO_TEXT, "the URL is that of a home page")


def test_short_text_says_how_short() -> None:
    made = made_of(
        f"<h1>{HEADLINE}</h1><p>{PARAGRAPHS[-1]}</p>", head=f'<link rel="canonical" href="{URL}">'
    )
    count = len(PARAGRAPHS[-1].split())
    assert made == NoArticle(Outcome.TOO_SHORT, f"{count} words, an article has 40 or more", URL)
    assert isinstance(
        made_of(f"<h1>{HEADLINE}</h1><p>{PARAGRAPHS[-1]}</p>", min_words=count), Extracted
    )


@pytest.mark.parametrize(
    ("sentence", "language"),
    [
        (
            "मुख्यमंत्र्यांनी सांगितले की पूरग्रस्त कुटुंबांना दोन दिवसांत मदत देण्यात येईल आणि कोणालाही त्रास होणार नाही.",
            "mr",
        ),
        (
            "The chief minister said that the families affected by the flood will get relief in two days, and more.",
            "en",
        ),
    ],
)
def test_other_languages_on_a_hindi_site(sentence: str, language: str) -> None:
    made = made_of(f"<h1>{HEADLINE}</h1><div>{f'<p>{sentence}</p>' * 6}</div>{links()}{links()}")
    assert isinstance(made, NoArticle)
    assert (made.outcome, made.detail) == (Outcome.NOT_HINDI, f"the language is {language}")


def test_hostile_nesting_is_an_outcome() -> None:
    made = extract(b"<div>" * 100_000, url=URL, now=NOW)
    assert isinstance(made, NoArticle)
    assert (made.outcome, made.detail[:26]) == (Outcome.NO_TEXT, "the page cannot be parsed:")


def test_standfirst_is_the_summary_and_not_in_the_text() -> None:
    box = f'<div class="story-summary"><p>{SUMMARY} यह सुविधा पूरे साल चलेगी और किराया नहीं लगेगा।</p></div>'
    made = article(f"<article><h1>{HEADLINE}</h1>{box}{body()}</article>")
    assert made.text == TEXT
    assert made.summary == f"{SUMMARY} यह सुविधा पूरे साल चलेगी और किराया नहीं लगेगा।"


def test_description_that_repeats_the_first_paragraph_stays_in_the_text() -> None:
    described = f'<meta name="description" content="{PARAGRAPHS[0]}">'
    made = article(f"<h1>{HEADLINE}</h1><div>{body()}</div>", head=described)
    assert made.text == TEXT
    assert made.summary == PARAGRAPHS[0]


def test_text_above_a_byline_is_a_standfirst() -> None:
    above = f"<p>{SUMMARY} यह सुविधा पूरे साल चलेगी।</p><p>By राकेश बिष्ट Updated: 18 Jun 2024 10:30 AM (IST)</p>"
    made = article(f"<div><h1>{HEADLINE}</h1>{above}{body()}</div>")
    assert made.text == TEXT
    assert made.summary is not None
    assert made.summary.startswith(SUMMARY)


@pytest.mark.parametrize(
    "line",
    [
        '<div class="byline">Edited By राकेश बिष्ट | Updated: 18 जून 2024, 10:30 AM IST | Follow us</div>',
        "<div>चमोली, पहाड़ी ब्यूरो | पब्लिश: 18 जून 2024 10:30 AM | अपडेट: 18 जून 2024 11:00 AM</div>",
        "<p>राकेश बिष्ट, चमोली, Updated: Tue, 18 Jun 2024 10:30 AM (IST) 3 min read</p>",
        "<h4>राकेश बिष्ट, पहाड़ी खबर, चमोली | 18 जून 2024, सुबह 10:30 बजे</h4>",
        "<div>राकेश बिष्ट चमोली पहाड़ी खबर नेटवर्क मंगलवार 18 जून 2024 सुबह दस बजकर तीस मिनट</div>",
    ],
)
def test_byline_or_stamp_is_no_summary(line: str) -> None:
    inner = f"<div>{body()}</div>"
    assert article(f"<article><h1>{HEADLINE}</h1>{line}{inner}</article>").summary is None
    above = f"<h2>{SUMMARY}</h2>"
    made = article(f"<article><h1>{HEADLINE}</h1>{line}{above}{inner}</article>")
    assert made.summary == SUMMARY


def test_captions_quotes_and_lists_inside_the_text() -> None:
    point = "केंद्र सुबह नौ बजे से दोपहर दो बजे तक खुला रहेगा और रविवार को बंद रहेगा।"
    inner = f"<figure><img><figcaption>{SUMMARY}</figcaption></figure><ul><li>{point}</li></ul><blockquote><p>{point}</p></blockquote>"
    made = article(f"<h1>{HEADLINE}</h1><div>{body(between=inner)}</div>")
    assert made.text.count(point) == 2
    assert SUMMARY not in made.text


def test_links_inside_a_sentence_keep_it_whole() -> None:
    linked = PARAGRAPHS[1].replace("डाक विभाग", '<a href="/t/dak">डाक <b>विभाग</b></a>')
    made = article(f"<h1>{HEADLINE}</h1><div>{body()}</div>".replace(PARAGRAPHS[1], linked))
    assert made.text == TEXT


def test_agency_and_its_evidence() -> None:
    closing = "<p>(इनपुट-भाषा)</p>"
    made = article(f"<h1>{HEADLINE}</h1><div>{body()}{closing}</div>{links()}")
    assert made.agencies == (Agency("pti", "(इनपुट-भाषा)", "credit"),)
    assert made.text == f"{TEXT}\n\n(इनपुट-भाषा)"


def test_agency_in_the_byline_is_no_author() -> None:
    made = article(f'<h1>{HEADLINE}</h1><span class="author">By एएनआई</span><div>{body()}</div>')
    assert made.agencies == (Agency("ani", "By एएनआई", "byline"),)
    assert made.authors == ()


def test_desks_and_the_site_are_no_authors() -> None:
    site = (
        '<meta property="og:site_name" content="पहाड़ी खबर"><meta name="author" content="पहाड़ी खबर">'
    )
    made = article(
        f'<h1>{HEADLINE}</h1><span class="byline">वेब डेस्क</span><div>{body()}</div>', head=site
    )
    assert made.authors == ()


def test_several_authors() -> None:
    made = article(
        f'<h1>{HEADLINE}</h1><div class="byline">Written By: राकेश बिष्ट, सीमा रावत | Updated: 18 Jun 2024</div><div>{body()}</div>'
    )
    assert made.authors == ("राकेश बिष्ट", "सीमा रावत")


def test_title_of_the_feed_where_the_page_has_none() -> None:
    page = f"<html><body>{body()}</body></html>".encode()
    made = extract(page, url=URL, now=NOW, listed=Listed(HEADLINE, None, None, "section"))
    assert isinstance(made, Extracted)
    assert (made.title, made.text) == (HEADLINE, TEXT)


def test_text_is_nfc_and_keeps_joiners() -> None:
    decomposed = body().replace("चमोली", "च\u200dमोली \u0958लम")
    made = article(f"<h1>{HEADLINE}</h1><div>{decomposed}</div>")
    assert "च\u200dमोली \u0915\u093cलम" in made.text
    assert made.extractor_version == EXTRACTOR_VERSION


def test_charset_of_the_header() -> None:
    page = f"<html><head><title>{HEADLINE}</title></head><body><h1>{HEADLINE}</h1>{body()}</body></html>"
    made = extract(page.encode("utf-16-le"), url=URL, now=NOW, charset="utf-16le")
    assert isinstance(made, Extracted)
    assert made.text == TEXT


def test_rights_are_reported() -> None:
    made = article(f"<h1>{HEADLINE}</h1>{body()}", head='<meta name="robots" content="noai">')
    assert made.rights == ("robots: noai",)


def test_section_of_the_path_and_of_wordpress() -> None:
    path = f'<div class="breadcrumbs"><a href="/">होम</a> / <a href="/uk">उत्तराखंड</a> / <a>{HEADLINE}</a></div>'
    inner = f"<h1>{HEADLINE}</h1><div>{body()}</div>"
    assert article(path + inner).section == "उत्तराखंड"
    category = '<a href="/c/uk" rel="category tag">पहाड़</a> <a href="/t/dak" rel="tag">डाक</a>'
    made = article(f"{inner}<div>{category}</div>")
    assert (made.section, made.tags) == ("पहाड़", ("डाक",))
    assert article(inner).section is None


def test_credit_set_apart_below_the_text() -> None:
    made = article(f"<h1>{HEADLINE}</h1><div>{body()}</div><div>(इनपुट-भाषा)</div>{links()}")
    assert made.agencies == (Agency("pti", "(इनपुट-भाषा)", "credit"),)


def test_text_of_line_breaks_keeps_its_last_short_line() -> None:
    text = "<br><br>".join(PARAGRAPHS) + "<br><br>(भाषा)"
    made = article(f"<h1>{HEADLINE}</h1><div>{text}</div>{links()}")
    assert made.text == f"{TEXT}\n\n(भाषा)"


OWN_NAME = "<html><head><title>:: पहाड़ी खबर ::</title></head><body>{}</body></html>"


@pytest.mark.parametrize(
    "above",
    [
        f"<td><font size='5'><b>{HEADLINE}</b></font></td>",
        f"<td><h3>{HEADLINE}</h3></td><td>18 जून 2024, 10:30 AM</td>",
        f"<td><strong>{HEADLINE}</strong></td><td><b>14 गांवों को अब मिलेगी डाक</b></td>",
    ],
)
def test_the_headline_of_a_page_that_declares_its_site_alone(above: str) -> None:
    page = OWN_NAME.format(f"{menu()}<table><tr>{above}</tr><tr><td>{body()}</td></tr></table>")
    made = extract(page.encode(), url=URL, now=NOW)
    assert isinstance(made, Extracted)
    assert (made.title, made.text) == (HEADLINE, TEXT)


@pytest.mark.parametrize(
    "above",
    [
        "<b>विज्ञापन</b>",
        f"<h3><a href='/x'>{HEADLINE}</a></h3>",
        "<b>प्रकाशित: 18 जून 2024, 10:30 AM</b>",
    ],
)
def test_links_and_stamps_are_no_headline(above: str) -> None:
    made = extract(OWN_NAME.format(f"{above}<div>{body()}</div>").encode(), url=URL, now=NOW)
    assert isinstance(made, Extracted)
    assert made.title == ":: पहाड़ी खबर ::"


def test_the_feed_s_title_is_believed_before_the_name_of_the_site() -> None:
    listed = Listed(HEADLINE, None, None, "feed")
    page = OWN_NAME.format(f"<b>{SUMMARY}</b><div>{body()}</div>").encode()
    made = extract(page, url=URL, now=NOW, listed=listed)
    assert isinstance(made, Extracted)
    assert made.title == HEADLINE


NO_PLACE = body().replace("चमोली, 18 जून। ", "")


@pytest.mark.parametrize(
    "above", ["<b class='p'>देहरादून: </b>", "<div>नई दिल्ली।</div>", "<h4>पटना -</h4>"]
)
def test_a_dateline_in_an_element_of_its_own(above: str) -> None:
    made = article(f"<h1>{HEADLINE}</h1><div>{above}{NO_PLACE}</div>")
    assert made.dateline in {"देहरादून", "नई दिल्ली", "पटना"}


@pytest.mark.parametrize("above", ["<div>देहरादून</div>", "<div>सवाल:</div>", "<h4>देहरादून में:</h4>"])
def test_a_section_or_a_word_above_the_text_is_no_dateline(above: str) -> None:
    assert article(f"<h1>{HEADLINE}</h1><div>{above}{NO_PLACE}</div>").dateline is None


def test_the_text_begins_below_the_name_of_its_part() -> None:
    parts = f"<h4>सार</h4><p>{SUMMARY}</p><h4>विस्तार</h4>"
    assert article(f"<h1>{HEADLINE}</h1><div>{parts}{body()}</div>").text == TEXT
    parts = f"<h4>सार</h4><p>{SUMMARY}</p>"
    assert article(f"<h1>{HEADLINE}</h1><div>{parts}{body()}</div>").text.endswith(TEXT)
