"""JSON-LD as sites write it, broken in the ways in which they break it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from crawler.extract import jsonld

URL = "https://a.example/news/1.html"
TITLE = "पहाड़ी गांवों तक पहुंचेगी रोपवे से डाक"
NODE: dict[str, Any] = {"@type": "NewsArticle", "headline": TITLE, "datePublished": "2024-06-18"}


def read(*scripts: str, titles: tuple[str, ...] = (TITLE,)) -> jsonld.Declared | None:
    return jsonld.read(list(scripts), URL, titles)


def headline(script: str) -> str | None:
    found = read(script)
    return found.headline if found else None


@pytest.mark.parametrize(
    "data",
    [
        NODE,
        [NODE],
        {"@graph": [{"@type": "WebSite"}, NODE]},
        {"@type": "WebPage", "mainEntity": NODE},
        {"@type": "WebPage", "@graph": [[NODE]]},
        {**NODE, "@type": ["Article", "NewsArticle"]},
        {**NODE, "@type": "https://schema.org/ReportageNewsArticle"},
        {**NODE, "headline": [TITLE]},
        {**NODE, "headline": {"@value": TITLE, "@language": "hi"}},
    ],
)
def test_node_is_found(data: object) -> None:
    assert headline(json.dumps(data, ensure_ascii=False)) == TITLE


@pytest.mark.parametrize(
    "script",
    [
        '{"@type": "NewsArticle", "headline": "T", }',
        '<!-- {"@type": "NewsArticle", "headline": "T"} -->',
        '/*<![CDATA[*/ {"@type": "NewsArticle", "headline": "T"}',
        '{"@type": "NewsArticle", "headline": "T"};',
        '//<![CDATA[\n{"@type": "NewsArticle", "headline": "T"}\n//]]>',
        '//<![CDATA[ {"@type": "NewsArticle", "headline": "T"} //]]>',
        '/*<![CDATA[*/ {"@type": "NewsArticle", "headline": "T"} /*]]>*/',
        '<!--//--><![CDATA[//><!--\n{"@type": "NewsArticle", "headline": "T"}\n//--><!]]>',
        '//<!--\n{"@type": "NewsArticle", "headline": "T"};\n//-->',
        '{"@type": "WebSite"}{"@type": "NewsArticle", "headline": "T"}',
        '{"@type": "NewsArticle", "headline": "T", "articleBody": "a\nb\tc"}',
        '{"@type": "NewsArticle", "headline": "T", "articleBody": "उन्होंने "हां" कहा"}',
        '{"@type": "NewsArticle", "articleBody": "उन्होंने कहा, "हां", फिर चले गए", "headline": "T"}',
        '{"@type": "NewsArticle", "headline": "T", "articleBody": "C:\\path \\\'x"}',
        "{&quot;@type&quot;: &quot;NewsArticle&quot;, &quot;headline&quot;: &quot;T&quot;}",
        '{"@type": "NewsArticle", "headline": "T"',
        '\ufeff{"@type": "NewsArticle", "headline": "T"}',
        '{"@type": "NewsArticle", "image":, "headline": "T", "wordCount": }',
        '{"@type": "NewsArticle", "image": , "headline": "T"}',
        '{"@type": "NewsArticle"\n"headline": "T"\n  "description": "d"}',
        '{"@type": "NewsArticle" "headline": "T"}',
        '{"@graph": [{"@type": "NewsArticle", "headline": "T", "author": {"name": "क"',
        '{"@type": "NewsArticle", "headline": "T", "author": [{"name": "क {[ख"}, ',
    ],
)
def test_light_repair(script: str) -> None:
    found = jsonld.read([script], URL, ("T",))
    assert found is not None
    assert found.headline == "T"


@pytest.mark.parametrize(
    ("broken", "published", "description"),
    [
        ('"description": "बोला: , गया", "image": , "datePublished": "D"}', "D", "बोला: , गया"),
        ('"description": "वह "name" : बोला", "datePublished": "D"}', "D", 'वह "name" : बोला'),
        ('"description": "क"\n"datePublished": "D"\n"author": {"name": "र"', "D", "क"),
        ('"datePublished": "D", "description": "क: "ख": ग"}', "D", 'क: "ख": ग'),
    ],
)  # fmt: skip
def test_repair_leaves_the_other_fields_alone(
    broken: str, published: str, description: str
) -> None:
    found = jsonld.read([f'{{"@type": "NewsArticle", "headline": "T", {broken}'], URL, ("T",))
    assert found is not None
    assert (found.headline, found.published, found.description) == ("T", published, description)


@pytest.mark.parametrize("empty", ["null", "undefined", "None"])
def test_what_templates_write_for_nothing_is_nothing(empty: str) -> None:
    found = read(json.dumps({**NODE, "description": empty, "articleSection": empty}))
    assert found is not None
    assert (found.description, found.section) == (None, None)


METRO = "जयपुर मेट्रो का दूसरा चरण मंजूर, सीतापुरा से विद्याधर नगर तक दौड़ेगी ट्रेन"


@pytest.mark.parametrize(
    ("headline_there", "believed"),
    [
        ("Ten dead as bus falls into gorge in Himachal Pradesh", False),
        ("Gold and silver fall sharply after budget speech", False),
        ("Teachers block highway over unpaid salaries", False),
        ("Cabinet clears second phase of Jaipur Metro", True),
        ("Sitapura to get trains as cabinet clears Rs 12,260 crore project", True),
        ("Latest update", True),
    ],
)
def test_a_lone_node_in_the_other_script(headline_there: str, believed: bool) -> None:
    node = json.dumps({**NODE, "headline": headline_there})
    assert (read(node, titles=(METRO,)) is not None) is believed
    assert read(json.dumps({**NODE, "headline": headline_there, "url": URL}), titles=(METRO,))


VIDEO = {
    "@type": "VideoObject",
    "name": TITLE,
    "description": "सार",
    "thumbnailUrl": ["/t.jpg"],
    "uploadDate": "2024-06-19",
}


@pytest.mark.parametrize("title", [TITLE, f"वीडियो: {TITLE} | पहाड़ी खबर", f"{TITLE} - Pahadi TV"])
def test_a_page_of_a_video_is_read_from_it(title: str) -> None:
    found = read(json.dumps(VIDEO), titles=(title,))
    assert found == jsonld.Declared(TITLE, "सार", published="2024-06-19", image="/t.jpg")


def test_a_video_inside_of_an_article_is_another() -> None:
    found = read(json.dumps([VIDEO, NODE]))
    assert found is not None
    assert found.published == "2024-06-18"
    assert read(json.dumps({**VIDEO, "name": "रोपवे से कैसे पहुंचती है डाक, देखिए"})) is None
    assert read(json.dumps({**VIDEO, "name": "रोपवे"})) is None


@pytest.mark.parametrize(
    "script",
    ["", "{", "null", "[]", '"x"', "{}", "[" * 100_000, '{"@type": 1}', "NaN", '{"@graph": 3}'],
)
def test_nothing_and_no_error(script: str) -> None:
    assert read(script) is None


def test_one_broken_script_does_not_hide_the_next() -> None:
    assert read("{broken", json.dumps(NODE)) is not None


def test_the_page_is_told_from_other_stories() -> None:
    other = {**NODE, "headline": "बारिश से सड़कें बंद, यात्री फंसे", "url": "https://a.example/news/2.html"}
    found = read(json.dumps([other, NODE]))
    assert found is not None
    assert found.headline == TITLE
    assert read(json.dumps(other)) is None
    listing = {"@type": "ItemList", "itemListElement": [NODE]}
    assert read(json.dumps(listing)) is None


@pytest.mark.parametrize(
    ("headline_there", "believed"),
    [
        ("बारिश से सड़कें बंद, यात्री फंसे", False),
        ("दिल्ली चुनाव के नतीजे घोषित हुए", False),
        ("पहाड़ी गांवों में अब रोपवे से पहुंचेगी डाक", True),
        ("रोपवे से डाक: पहाड़ी गांवों को राहत, पहला केंद्र शुरू", True),
        # No words can be shared with these.
        ("Ropeway to carry post to hill villages", True),
        ("डाक सेवा", True),
    ],
)
def test_a_lone_node_without_an_address(headline_there: str, believed: bool) -> None:
    found = read(json.dumps({**NODE, "headline": headline_there}))
    assert (found is not None) is believed
    # At the page's own address its headline may be any.
    assert read(json.dumps({**NODE, "headline": headline_there, "url": URL})) is not None


@pytest.mark.parametrize(
    "title", ["पहाड़ी खबर: ताजा समाचार, हिंदी न्यूज", "Hindi News, आज की बड़ी खबरें", "पहाड़ी खबर"]
)
def test_title_that_all_pages_of_a_site_share_rejects_no_node(title: str) -> None:
    assert read(json.dumps(NODE), titles=(title,)) is not None
    other = {**NODE, "headline": "बारिश से सड़कें बंद, यात्री फंसे"}
    assert read(json.dumps(other), titles=(title, TITLE)) is None


def test_nodes_named_by_their_id() -> None:
    people = [
        {"@type": "Person", "@id": "#a", "name": "राकेश बिष्ट"},
        {"@type": "Person", "@id": "#b", "name": "सीमा नेगी"},
        {"@type": "Organization", "@id": "#o", "name": "पहाड़ी खबर"},
        {"@type": "Person", "@id": "#nobody"},
    ]

    def found(author: object) -> jsonld.Declared:
        node = {**NODE, "author": author, "publisher": {"@id": "#o"}}
        read_there = read(json.dumps({"@graph": [node, *people]}))
        assert read_there is not None
        assert read_there.publisher == "पहाड़ी खबर"
        return read_there

    assert found({"@id": "#a"}).authors == ("राकेश बिष्ट",)
    assert found([{"@id": "#b"}, {"@type": "Person", "@id": "#a"}]).authors == (
        "सीमा नेगी",
        "राकेश बिष्ट",
    )
    assert found([{"@id": "#a"}, "मोहन", {"name": "गीता"}]).authors == ("राकेश बिष्ट", "मोहन", "गीता")
    assert found({"@id": "#nobody"}).authors == ()
    assert found({"@id": ["#a"]}).authors == ()
    assert found({"@id": "#a", "name": "आर. बिष्ट"}).authors == ("आर. बिष्ट",)


@pytest.mark.parametrize(
    ("free", "paywalled"),
    [
        (False, True),
        ("False", True),
        ("http://schema.org/False", True),
        ("https://schema.org/False", True),
        (True, False),
        ("http://schema.org/True", False),
        (None, False),
    ],
)
def test_paywall(free: object, paywalled: bool) -> None:
    found = read(json.dumps({**NODE, "isAccessibleForFree": free}))
    assert found is not None
    assert found.paywalled is paywalled


def test_news_article_is_preferred() -> None:
    found = read(
        json.dumps([{**NODE, "@type": "Article", "description": "a"}, {**NODE, "description": "n"}])
    )
    assert found is not None
    assert found.description == "n"


def test_fields() -> None:
    found = read(
        json.dumps(
            {
                **NODE,
                "description": "&quot;सार&quot;",
                "articleBody": ["एक", "दो"],
                "dateModified": "2024-06-19",
                "author": [
                    {"@type": "Person", "name": "राकेश"},
                    "सीमा",
                    {"name": ["मोहन"]},
                    {"url": "https://x"},
                ],
                "articleSection": ["", "देश"],
                "keywords": "डाक, रोपवे,,",
                "image": [{"contentUrl": "https://a.example/1.jpg"}],
                "isAccessibleForFree": "False",
            }
        )
    )
    assert found == jsonld.Declared(
        headline=TITLE,
        description='"सार"',
        body="एक\nदो",
        published="2024-06-18",
        modified="2024-06-19",
        authors=("राकेश", "सीमा", "मोहन"),
        section="देश",
        tags=("डाक", "रोपवे"),
        image="https://a.example/1.jpg",
        paywalled=True,
    )


def test_wrong_types_are_left_out() -> None:
    node = {
        "@type": "NewsArticle",
        "headline": 3,
        "datePublished": 1718686800,
        "author": 7,
        "image": [[]],
        "keywords": {"a": 1},
        "articleBody": {},
    }
    found = jsonld.read([json.dumps(node)], URL, ())
    assert found == jsonld.Declared(published="1718686800")
