"""Lists and tables inside of an article, and those round it."""
# ruff: noqa: E501 (markup stays in one piece)

from __future__ import annotations

import pytest

from crawler.extract import Extracted, Selectors, extract
from tests.crawler.extract.templates import HEADLINE, NOW, PARAGRAPHS, TEXT, URL, body
from tests.crawler.extract.test_article import article

DEAD = ("अर्जुन सिंह (35 वर्ष), निवासी रामपुर", "सीमा देवी (32 वर्ष), निवासी बरेली")
DATES = ("आवेदन शुरू: 20 जून 2024", "अंतिम तिथि: 10 जुलाई 2024", "शुल्क: 500 रुपये")
STEPS = ("वेबसाइट पर जाएं।", "रोल नंबर भरें।", "परिणाम देखें और प्रिंट निकालें।")
LINKS = "<ul><li><a href='/a'>नदी में बही कार</a></li><li><a href='/b'>पहाड़ पर बर्फ</a></li></ul>"


def items(texts: tuple[str, ...], tag: str = "ul") -> str:
    return f"<{tag}>{''.join(f'<li>{text}</li>' for text in texts)}</{tag}>"


def text_with(inner: str) -> list[str]:
    return article(f"<h1>{HEADLINE}</h1><div>{body(between=inner)}</div>").text.split("\n\n")


@pytest.mark.parametrize(
    ("inner", "lines"),
    [
        (items(DEAD, "ol"), DEAD),
        (items(DATES), DATES),
        (items(STEPS), STEPS),
        (f"<div class='w'><div>{items(DATES)}</div></div>", DATES),
        ("<dl><dt>शुल्क</dt><dd>500 रुपये</dd></dl>", ("शुल्क", "500 रुपये")),
        (items(("<a href='/x'>वेबसाइट</a> पर दर्ज करें नाम", "फीस 500 रुपये")), ("वेबसाइट पर दर्ज करें नाम", "फीस 500 रुपये")),
    ],
)  # fmt: skip
def test_a_list_between_paragraphs_stays(inner: str, lines: tuple[str, ...]) -> None:
    assert text_with(inner) == [*PARAGRAPHS[:3], *lines, *PARAGRAPHS[3:]]


@pytest.mark.parametrize("rows", [2, 9, 60])
def test_rows_of_a_table_are_lines(rows: int) -> None:
    cells = "".join(f"<tr><td>शहर {n}</td><td>-</td><td>{n}.5 रुपये</td></tr>" for n in range(rows))
    table = f"<table><tr><th>विषय</th><th>कल</th><th>आज</th></tr>{cells}</table>"
    lines = ["विषय | कल | आज", *(f"शहर {n} | - | {n}.5 रुपये" for n in range(rows))]
    assert text_with(table) == [*PARAGRAPHS[:3], *lines, *PARAGRAPHS[3:]]


@pytest.mark.parametrize("above", ["<p>मृतकों के नाम इस प्रकार हैं:</p>", "<h3>मृतकों की सूची</h3>"])
def test_a_list_at_the_end_stays_where_it_is_announced(above: str) -> None:
    made = article(f"<h1>{HEADLINE}</h1><div>{body()}{above}{items(DEAD)}</div>{LINKS}")
    assert made.text.split("\n\n")[-2:] == list(DEAD)
    made = article(f"<h1>{HEADLINE}</h1><div>{body()}</div>{items(DEAD)}{LINKS}")
    assert made.text == TEXT


@pytest.mark.parametrize(
    "inner",
    [
        LINKS,
        f"<aside>{items(DEAD)}</aside>",
        f"<nav>{items(DEAD)}</nav>",
        f"<div class='related'>{items(DEAD)}</div>",
        items(("शेयर", "Facebook", "WhatsApp")),
        items(("टैग", "<a href='/t'>बारिश</a>")),
        "<ul><li class='author'>राम शर्मा</li><li class='date'>18 जून 2024</li></ul>",
        "<table><tr><td>पहाड़</td><td><a href='/x'>पहाड़ पर गिरी पहली बर्फ</a></td></tr></table>",
    ],
)
def test_other_lists_go(inner: str) -> None:
    assert text_with(inner) == list(PARAGRAPHS)


def test_rows_are_lines_for_selectors_too() -> None:
    table = "<table><tr><td>लखनऊ</td><td>94 रुपये</td></tr></table>"
    page = f"<h1>{HEADLINE}</h1><div class='t'>{body(between=table)}</div>".encode()
    made = extract(page, url=URL, now=NOW, selectors=Selectors(body="div.t"))
    assert isinstance(made, Extracted)
    assert (made.extractor, made.text.split("\n\n")[3]) == ("selectors", "लखनऊ | 94 रुपये")


ROWS = (("सीट", "विजेता"), ("बड़हरिया", "रामप्रवेश सिंह"), ("महाराजगंज", "हाशिम अली"))


@pytest.mark.parametrize("cell", ["<p>{}</p>", "<div>{}</div>", "<p><strong>{}</strong></p>", "{}"])
def test_cells_may_hold_paragraphs(cell: str) -> None:
    rows = "".join(f"<tr>{''.join(f'<td>{cell.format(t)}</td>' for t in row)}</tr>" for row in ROWS)
    lines = [" | ".join(row) for row in ROWS]
    assert text_with(f"<table>{rows}</table>") == [*PARAGRAPHS[:3], *lines, *PARAGRAPHS[3:]]


@pytest.mark.parametrize(
    "right",
    [f"<p>{PARAGRAPHS[1]}</p><p>{PARAGRAPHS[2]}</p>", f"<p>{PARAGRAPHS[4]} {PARAGRAPHS[5]}</p>"],
)
def test_a_table_for_the_looks_of_a_page_has_no_rows(right: str) -> None:
    inner = f"<table><tr><td><p>{PARAGRAPHS[0]}</p></td><td>{right}</td></tr></table>"
    assert " | " not in article(f"<h1>{HEADLINE}</h1>{inner}").text
