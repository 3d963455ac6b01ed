"""The text of a JSON-LD script -> the values in it, repaired where sites break them.

Here belong repairs that cannot change the meaning. Not here: what the values say (`jsonld`).
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator
from typing import Any, Final

_MAX_SCRIPT_CHARS: Final = 1_000_000
_MAX_QUOTES: Final = 60
# What hides a script from readers of HTML or of XML, each in a comment of the script or not.
_OPENING: Final = re.compile(
    r"(?:\s*(?:(?://)?\s*(?:<!--|<!\[CDATA\[|-->)|/\*.*?\*/|//[^\n]*\n))+", re.DOTALL
)
_CLOSING: Final = re.compile(r"(?:\s*(?://|/\*)?\s*(?:-->|(?:<!)?\]\]>)(?:\s*\*/)?)+\s*$")
_CLOSING_CHARS: Final = 60
_TRAILING_COMMA: Final = re.compile(r",(\s*[}\]])")
_BAD_ESCAPE: Final = re.compile(r'\\(?!["\\/bfnrtu])')
# The name of a field, where a string before it has ended.
_NEXT_FIELD: Final = re.compile(r'(?<=\s)"[@A-Za-z]{2,40}"\s*:')
_STRING_OR_BRACKET: Final = re.compile(r'"(?:[^"\\]|\\.)*+"|[{}\[\]]', re.DOTALL)
_MAX_OPEN: Final = 100
_DECODER: Final = json.JSONDecoder(strict=False)


def load(script: str) -> list[Any]:
    """Reads one script.

    Returns:
        The JSON values that stand in it one after the other; none if it cannot be read.
    """
    if len(script) > _MAX_SCRIPT_CHARS:
        return []
    for text in _readings(script):
        try:
            return _values(text)
        except (ValueError, RecursionError):
            continue
    return []


def _readings(script: str) -> Iterator[str]:
    yield script
    text = script.strip().lstrip("\ufeff")
    opening = _OPENING.match(text)
    text = text[opening.end() :] if opening else text
    rest, tail = text[:-_CLOSING_CHARS], text[-_CLOSING_CHARS:]
    text = (rest + _CLOSING.sub("", tail)).strip().rstrip(";")
    yield text
    mended = _TRAILING_COMMA.sub(r"\1", _BAD_ESCAPE.sub(r"\\\\", text))
    yield mended
    if "&quot;" in mended and '"' not in mended:
        yield html.unescape(mended)
    yield _mended(mended)
    # A script cut off by its own template.
    yield _mended(_closed(mended))


def _mended(text: str) -> str:
    """Mends what the decoder stumbles over, one place after the other.

    A value that is missing is null. The name of a field apart is one, though no comma stands
    before it. Quotation marks that close a string where no string can end are of its text.
    """
    for _ in range(_MAX_QUOTES):
        try:
            _values(text)
        except json.JSONDecodeError as error:
            at = error.pos
            before = text[:at].rstrip()[-1:]
            if error.msg == "Expecting value" and before == ":" and text[at : at + 1] in {",", "}"}:
                text = f"{text[:at]}null{text[at:]}"
                continue
            if error.msg.startswith("Expecting ','") and _NEXT_FIELD.match(text, at):
                text = f"{text[:at]},{text[at:]}"
                continue
            quote = text.rfind('"', 0, at)
            if quote < 1 or not error.msg.startswith("Expecting"):
                return text
            text = f'{text[:quote]}\\"{text[quote + 1 :]}'
        except (ValueError, RecursionError):
            return text
        else:
            return text
    return text


def _closed(text: str) -> str:
    """A text with the brackets closed that are open at its end."""
    opened: list[str] = []
    for found in _STRING_OR_BRACKET.finditer(text):
        if found[0] in "{[":
            opened.append("}" if found[0] == "{" else "]")
        elif found[0] in "}]" and opened:
            opened.pop()
    return text.rstrip(", \t\r\n") + "".join(reversed(opened[-_MAX_OPEN:]))


def _values(text: str) -> list[Any]:
    """All JSON values that stand one after the other in a text."""
    values: list[Any] = []
    at = 0
    while at < len(text):
        while at < len(text) and (text[at].isspace() or (values and text[at] in ",;")):
            at += 1
        if at < len(text):
            value, at = _DECODER.raw_decode(text, at)
            values.append(value)
    return values
