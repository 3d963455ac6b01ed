"""The parse: markup that means harm."""

from __future__ import annotations

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
