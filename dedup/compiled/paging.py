"""Compiled: where the values of a Parquet column lie, for reading a few rows out of very many.

Here belongs the walk over the pages of a column that is stored plainly, as the packed hashes of
fingerprints are: each value is its length in four bytes, then its bytes. Arrow decodes whole row
groups, some 20 MB for one row of 4 KB. Not here: files and which rows (`lake.reading.plain`).

What is read is the Thrift compact protocol and PageHeader, DataPageHeader of parquet.thrift
(github.com/apache/parquet-format).
"""

from __future__ import annotations

from typing import Final

from dedup.compiled.compiling import compiled, int64
from dedup.prints.hashing import U8
from dedup.prints.marks import I64

_PAGE: Final = 1
_SIZE: Final = 3
_OF_DATA: Final = 5
"""Fields of PageHeader: type, compressed_page_size, data_page_header."""
_VALUES: Final = 1
_ENCODING: Final = 2
"""Fields of DataPageHeader: num_values, encoding."""
_DATA: Final = 0
_PLAIN: Final = 0
"""PageType.DATA_PAGE and Encoding.PLAIN."""
_STOP: Final = 0
_TRUE: Final = 1
_FALSE: Final = 2
_BYTE: Final = 3
_I16: Final = 4
_I32: Final = 5
_I64: Final = 6
_DOUBLE: Final = 7
_BINARY: Final = 8
_STRUCT: Final = 12
"""Types of the compact protocol."""


@compiled
def _varint(data: U8, at: int) -> tuple[int, int]:
    """A number of seven bits a byte, and the place behind it; behind the data if it is broken."""
    value = 0
    shift = 0
    while at < len(data) and shift < 63:
        byte = int64(data[at])
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, at
        shift += 7
    return 0, len(data) + 1


@compiled
def _number(data: U8, at: int) -> tuple[int, int]:
    """A signed number, and the place behind it."""
    value, at = _varint(data, at)
    return (value >> 1) ^ -(value & 1), at


@compiled
def _field(data: U8, at: int, last: int) -> tuple[int, int, int]:
    """The number and type of the next field of a struct, and the place behind them.

    The type is `_STOP` at the end of the struct, and of the data.
    """
    if at >= len(data):
        return last, _STOP, len(data) + 1
    byte = int64(data[at])
    at += 1
    if byte >> 4 or byte == _STOP:
        return last + (byte >> 4), byte & 15, at
    number, at = _number(data, at)
    return number, byte, at


@compiled
def _past(data: U8, at: int, kind: int) -> int:
    """The place behind a value that is not looked at; behind the data if its type is not known."""
    if _I16 <= kind <= _I64:
        return _varint(data, at)[1]
    if kind == _BINARY:
        length, at = _varint(data, at)
        return at + min(length, len(data) + 1)
    if kind == _DOUBLE:
        return at + 8
    if kind == _BYTE:
        return at + 1
    return at if kind in (_TRUE, _FALSE) else len(data) + 1


@compiled
def _past_struct(data: U8, at: int) -> int:
    """The place behind a struct that is not looked at."""
    depth = 1
    while depth > 0 and at < len(data):
        _, kind, at = _field(data, at, 0)
        if kind == _STOP:
            depth -= 1
        elif kind == _STRUCT:
            depth += 1
        else:
            at = _past(data, at, kind)
    return at


@compiled
def _of_data(data: U8, at: int) -> tuple[int, int, int]:
    """Values and encoding of a data page, and the place behind its part of the header."""
    values, encoding, field = -1, -1, 0
    while True:
        field, kind, at = _field(data, at, field)
        if kind == _STOP:
            return values, encoding, at
        if field == _VALUES and kind == _I32:
            values, at = _number(data, at)
        elif field == _ENCODING and kind == _I32:
            encoding, at = _number(data, at)
        else:
            at = _past_struct(data, at) if kind == _STRUCT else _past(data, at, kind)


@compiled
def _header(data: U8, at: int) -> tuple[int, int, int]:
    """Values and bytes of the page that begins here, and where they begin.

    The place is behind the data where the header is broken, or the page is no plain data page.
    """
    page, size, values, encoding, field = -1, -1, -1, -1, 0
    while True:
        field, kind, at = _field(data, at, field)
        if kind == _STOP:
            break
        if field == _PAGE and kind == _I32:
            page, at = _number(data, at)
        elif field == _SIZE and kind == _I32:
            size, at = _number(data, at)
        elif field == _OF_DATA and kind == _STRUCT:
            values, encoding, at = _of_data(data, at)
        else:
            at = _past_struct(data, at) if kind == _STRUCT else _past(data, at, kind)
    plain = page == _DATA and encoding == _PLAIN and size >= 0 and values >= 0
    return values, size, at if plain else len(data) + 1


@compiled
def _length(data: U8, at: int) -> int:
    return (
        int64(data[at])
        | int64(data[at + 1]) << 8
        | int64(data[at + 2]) << 16
        | int64(data[at + 3]) << 24
    )


@compiled
def locate(data: U8, rows: I64, begins: I64, ends: I64) -> int:
    """Finds where the values of some rows lie in a column chunk.

    Args:
        data: uint8, the chunk: pages of a column without nulls and without compression.
        rows: int64, rising, from 0.
        begins: int64, as many: where each value begins goes here.
        ends: int64, as many: where it ends.

    Returns:
        How many were found: fewer than there are rows where the pages are not as said, or broken.
    """
    at, first, found = 0, 0, 0
    while found < len(rows) and at < len(data):
        values, size, at = _header(data, at)
        if at > len(data) or size > len(data) - at:
            return found
        end = at + size
        row = first
        first += values
        while found < len(rows) and rows[found] < first:
            while row < rows[found]:
                if at + 4 > end:
                    return found
                at += 4 + _length(data, at)
                row += 1
            if at + 4 > end or at + 4 + _length(data, at) > end:
                return found
            begins[found] = at + 4
            ends[found] = at + 4 + _length(data, at)
            found += 1
        at = end
    return found
