"""The parse: markup that means harm."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from crawler.extract import page


def text_of(utf8: bytes) -> str:
    body = page.parse(utf8).body
    assert body is not None
    return body.text(strip=True)


@pytest.mark.timeout(120)
def test_deep_nesting_is_refused_or_read() -> None:
    assert text_of(b"<div>" * 10_000 + b"x") == "x"
    with pytest.raises(page.MarkupError, match="nested"):
        page.parse(b"<div>" * 500_000)
    many_fonts = b"".join(b"<font color=%d><p>" % i for i in range(5_000))
    assert text_of(many_fonts + b"x") == "x"


def test_ordinary_unclosed_elements_are_no_harm() -> None:
    cells = b"<table>" + b"<tr><td>a<br>" * 8_000 + b"</table><p>x"
    assert text_of(cells).endswith("x")


def test_css_finds_what_the_parser_finds_in_every_thread() -> None:
    tree = page.parse(b"<ul><li><a href=1>x</a><li><a>y</a></ul><p><a href=2>z</a>")
    queries = ("a", "a[href]", "li, p", "b")
    expected = [[node.html for node in tree.css(query)] for query in queries]
    assert expected[0]
    assert not expected[-1]
    assert page.css(None, "a") == []

    def found() -> list[list[str | None]]:
        own = page.parse((tree.html or "").encode())
        return [[node.html for node in page.css(own.root, query)] for query in queries]

    with ThreadPoolExecutor(4) as pool:
        assert all(made.result() == expected for made in [pool.submit(found) for _ in range(50)])
