"""What the head of a page declares: canonical URL, image, tags, rights; and the headline."""
# ruff: noqa: E501 (markup stays in one piece)

from __future__ import annotations

import pytest

from crawler.extract import meta, page
from crawler.extract.headline import find_headline, names_site, without_site
from crawler.extract.walk import outline

URL = "https://m.khabar.example/desh/story-1.html"
TITLE = "पहाड़ी गांवों तक पहुंचेगी रोपवे से डाक"


def head_of(markup: str) -> meta.Head:
    return meta.read_head(page.parse(f"<html><head>{markup}</head></html>".encode()))


@pytest.mark.parametrize(
    ("declared", "canonical"),
    [
        (
            "https://www.khabar.example/desh/story-1.html",
            "https://www.khabar.example/desh/story-1.html",
        ),
        ("/desh/story-1.html#top", "https://m.khabar.example/desh/story-1.html"),
        ("https://hindi.khabar.example/story-1", "https://hindi.khabar.example/story-1"),
        ("https://www.khabar.example/", None),
        ("https://www.khabar.example", None),
        ("https://www.khabar.example/?p=77", "https://www.khabar.example/?p=77"),
        ("https://agency.example/story", None),
        ("https://notkhabar.example/story", None),
        ("javascript:void(0)", None),
        ("http://[bad/x", None),
        ("https://www.khabar.example:port/x", None),
        ("https://www.khabar.example/a b", None),
        ("", None),
    ],
)
def test_canonical(declared: str, canonical: str | None) -> None:
    assert (
        meta.canonical_url(head_of(f'<link rel="canonical" href="{declared}">'), URL) == canonical
    )
    assert (
        meta.canonical_url(head_of(f'<meta property="og:url" content="{declared}">'), URL)
        == canonical
    )


def test_sisters_under_one_domain_are_two_sites() -> None:
    assert not meta.same_site("https://a.press.test/x", "https://b.press.test/x")
    assert meta.same_site("https://www.press.test/x", "https://amp.press.test/x")


def test_rights() -> None:
    markup = (
        '<meta name="robots" content="index, noai, noimageai"><meta name="tdm-reservation" content="1">'
        '<meta name="tdm-policy" content="https://a.example/policy.json">'
    )
    assert meta.rights(head_of(markup)) == (
        "robots: noai",
        "robots: noimageai",
        "tdm-reservation: 1",
        "tdm-policy: https://a.example/policy.json",
    )
    assert (
        meta.rights(
            head_of(
                '<meta name="robots" content="max-image-preview:large"><meta name="tdm-reservation" content="0">'
            )
        )
        == ()
    )


def test_tags_come_from_the_best_place() -> None:
    keywords = head_of(
        '<meta name="keywords" content="seo, words"><meta name="news_keywords" content="डाक, डाक,रोपवे">'
    )
    assert meta.tags(keywords, [], [], []) == ("डाक", "रोपवे")
    assert meta.tags(keywords, [], [], ["#पेटी"]) == ("पेटी",)
    assert meta.tags(keywords, ["ld"], [], ["पेटी"]) == ("ld",)
    assert meta.tags(keywords, ["ld"], ["rel"], ["पेटी"]) == ("rel",)
    both = head_of(
        '<meta property="article:tag" content="एक"><meta property="article:tag" content="दो">'
    )
    assert meta.tags(both, ["ld"], ["rel"], []) == ("एक", "दो")
    assert meta.clean_tags(["x" * 81, " ", "Delhi", "delhi"]) == ("Delhi",)


def test_image_is_absolute() -> None:
    assert (
        meta.image(head_of('<meta property="og:image" content="/a.jpg">'), URL)
        == "https://m.khabar.example/a.jpg"
    )
    assert meta.image(head_of('<meta property="og:image" content="data:x">'), URL) is None


@pytest.mark.parametrize(
    ("title", "site", "expected"),
    [
        (f"{TITLE} | पहाड़ी खबर", "पहाड़ी खबर", TITLE),
        (f"{TITLE} - पहाड़ी खबर", "पहाड़ी खबर", TITLE),
        (f"पहाड़ी खबर: {TITLE}", "पहाड़ी खबर", f"पहाड़ी खबर: {TITLE}"),
        (f"पहाड़ी खबर - {TITLE}", "पहाड़ी खबर", TITLE),
        (f"{TITLE} | Pahadi Khabar", None, TITLE),
        (f"{TITLE} - Pahadi News", None, TITLE),
        (f"{TITLE} - जानिए क्यों", None, f"{TITLE} - जानिए क्यों"),
        ("दिल्ली | पहाड़ी खबर", None, "दिल्ली | पहाड़ी खबर"),
        ("", None, ""),
    ],
)
def test_without_site(title: str, site: str | None, expected: str) -> None:
    head = head_of(f'<meta property="og:site_name" content="{site}">' if site else "")
    assert without_site(title, head) == expected


@pytest.mark.parametrize(
    ("body", "declared", "expected", "visible"),
    [
        (f"<h1>पहाड़ी खबर</h1><h1>{TITLE}</h1>", TITLE, TITLE, True),
        (f"<h1>पहाड़ी खबर</h1><h2>{TITLE}</h2>", TITLE, TITLE, True),
        (f"<h1>{TITLE}, चमोली में शुरू</h1>", TITLE, f"{TITLE}, चमोली में शुरू", True),
        (f"<div>{TITLE}</div>", TITLE, TITLE, True),
        ("<p>x</p>", TITLE, TITLE, False),
        (f"<h1>{TITLE}</h1>", None, TITLE, True),
        ("<p>x</p>", None, "", False),
    ],
)
def test_headline(body: str, declared: str | None, expected: str, visible: bool) -> None:
    tree = page.parse(f"<html><body>{body}</body></html>".encode())
    found = find_headline(outline(tree.body), meta.Head(), declared, None)
    assert found.text == expected
    assert (found.at is not None) == visible


@pytest.mark.parametrize(
    ("title", "heading", "expected"),
    [
        (f"पहाड़ी खबर: {TITLE}", TITLE, TITLE),
        (f"पहाड़ी खबर |{TITLE}", TITLE, TITLE),
        (f"Pahadi Khabar » {TITLE}", TITLE, TITLE),
        # A heading that is only a part of the title, and one behind no name.
        (f"पहाड़ी खबर: {TITLE}", "केंद्र शुरू", f"पहाड़ी खबर: {TITLE}"),
        (f"कल से {TITLE}", TITLE, f"कल से {TITLE}"),
    ],
)
def test_a_heading_behind_the_name_of_a_blog(title: str, heading: str, expected: str) -> None:
    tree = page.parse(f"<title>{title}</title><h3>{heading}</h3><p>x</p>".encode())
    head = meta.read_head(tree)
    assert find_headline(outline(tree.body), head, None, None).text == expected


@pytest.mark.parametrize(
    ("line", "sites", "named"),
    [
        ("पहाड़ी खबर", ("pahadikhabar",), True),
        (":: पहाड़ी खबर ::", ("pahadikhabar",), True),
        ("Pahadi Khabar", ("पहाड़ी खबर",), True),
        ("पहाड़ी खबर", ("gangatimes", ""), False),
        ("पहाड़ पर बर्फ", ("pahadikhabar",), False),
        ("2024", ("", "2024"), False),
    ],
)
def test_names_site(line: str, sites: tuple[str, ...], *, named: bool) -> None:
    assert names_site(line, sites) is named
