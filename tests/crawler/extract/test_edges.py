"""Where the text ends: buttons and counters of comments, and comments themselves."""
# ruff: noqa: E501 (sentences stay in one piece)

from __future__ import annotations

import pytest

from tests.crawler.extract.templates import HEADLINE, PARAGRAPHS, SUMMARY, TEXT, body
from tests.crawler.extract.test_article import article

LINES = ("0 Comments", "Comments", "Leave a comment", "टिप्पणी करें", "कमेंट करें")
STANDFIRST = f"{SUMMARY} यह सुविधा पूरे साल चलेगी।"
POSTS = (
    "सुबह आठ बजे पहली ट्रॉली डाक के तीन थैले लेकर नंदप्रयाग से ऊपर के गांवों को रवाना हुई।",
    "दोपहर में तेज हवा के कारण रोपवे को करीब चालीस मिनट के लिए रोकना पड़ा, किसी को चोट नहीं आई।",
    "विधायक ने केंद्र का दौरा किया और दो नए स्टेशन बनाने के लिए बजट देने का भरोसा दिया।",
    "शाम तक सभी चौदह गांवों में चिट्ठियां और दवाएं बंट गईं, विभाग ने सूची जारी की है।",
)
READERS = (
    "हमारे गांव में भी रोपवे लगना चाहिए, सर्दियों में बहुत दिक्कत होती है भाई।",
    "बहुत अच्छी खबर है, ऐसे काम और भी जिलों में जल्दी शुरू होने चाहिए।",
    "देखते हैं कितने दिन चलता है, पिछली योजना तो दो महीने में ही बंद हो गई थी।",
    "लेखक ने अच्छा लिखा है, महिलाओं को काम मिलना सबसे बड़ी बात है इसमें।",
)


@pytest.mark.parametrize("line", LINES)
def test_a_counter_below_the_standfirst_cuts_nothing(line: str) -> None:
    above = f'<p>{STANDFIRST}</p><div class="x"><div>{line}</div></div>'
    made = article(f"<article><h1>{HEADLINE}</h1>{above}<div>{body()}</div></article>")
    assert TEXT in made.text
    assert line not in made.text.split("\n\n")


@pytest.mark.parametrize("line", LINES)
def test_a_bar_between_paragraphs_cuts_nothing(line: str) -> None:
    bar = f'<div class="bar"><div>शेयर करें</div><div>{line}</div></div>'
    assert article(f"<h1>{HEADLINE}</h1><div>{body(between=bar)}</div>").text == TEXT


@pytest.mark.parametrize("line", LINES)
def test_a_button_at_each_post_of_a_live_blog_cuts_nothing(line: str) -> None:
    posts = "".join(
        f'<div class="e"><p>{post}</p><div>{line if number else line.replace("0", "12")}</div></div>'
        for number, post in enumerate(POSTS)
    )
    made = article(f"<h1>{HEADLINE}</h1><div><p>{PARAGRAPHS[0]}</p>{posts}</div>")
    assert made.text.split("\n\n") == [PARAGRAPHS[0], *POSTS]


def test_reaction_as_a_subheading_is_no_comment_form() -> None:
    first, *rest = body().split("\n")
    inner = "".join([first, "<h3>प्रतिक्रिया</h3>", *rest])
    made = article(f"<h1>{HEADLINE}</h1><div>{inner}</div>")
    assert made.text.split("\n\n") == [PARAGRAPHS[0], "प्रतिक्रिया", *PARAGRAPHS[1:]]


@pytest.mark.parametrize(
    "comments",
    [
        "<h3>4 Comments</h3><ol>"
        + "".join(f"<li><b>राम</b><p>{text}</p></li>" for text in READERS)
        + "</ol>",
        "<div><div>टिप्पणी करें</div>"
        + "".join(f"<div><i>राम</i><p>{text}</p></div>" for text in READERS)
        + "</div>",
        "<h3>टिप्पणियां</h3>" + "".join(f"<p>{text}</p>" for text in 2 * READERS),
        "<div>Comments</div><h3>Leave a Reply</h3>"
        + "".join(f"<div><p>{text}</p></div>" for text in READERS),
        "<h3>4 Comments</h3>"
        + "".join(f"<div><p>{text}</p><div>कमेंट करें</div></div>" for text in READERS),
    ],
    ids=["list", "boxes", "flat", "twice", "buttons"],
)
@pytest.mark.parametrize("inside", [True, False])
def test_comments_of_readers_go(comments: str, inside: bool) -> None:
    text, after = (body() + comments, "") if inside else (body(), comments)
    made = article(f"<article><h1>{HEADLINE}</h1><div>{text}</div>{after}</article>")
    assert made.text == TEXT


@pytest.mark.parametrize(
    "stamp",
    [
        "<span class='time'>{}:40 PM</span>",
        "<div class='post-date'>18 जून 2024, {}:40 PM</div>",
        "<time>{}:40</time><h3>बड़ी खबर</h3>",
    ],
)
def test_the_first_post_of_a_short_live_blog_stays(stamp: str) -> None:
    posts = "".join(
        f'<div class="e">{stamp.format(9 - number)}<p>{post}</p></div>'
        for number, post in enumerate(POSTS[:3])
    )
    made = article(f"<h1>{HEADLINE}</h1><div>{posts}</div>")
    assert [line for line in made.text.split("\n\n") if line in POSTS] == list(POSTS[:3])


@pytest.mark.parametrize(
    "stamps",
    [
        "<span class='date'>18 जून 2024</span><span class='time'>9:40 PM</span>",
        "<div class='date'>प्रकाशित: 18 जून 2024</div><div class='date'>अपडेट: 19 जून 2024</div>",
    ],
)
def test_a_standfirst_above_the_date_is_no_post(stamps: str) -> None:
    made = article(f"<h1>{HEADLINE}</h1><div><p>{STANDFIRST}</p>{stamps}{body()}</div>")
    assert made.text == TEXT
