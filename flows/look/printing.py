"""The rows of a query for programs: as JSON and as CSV.

Here belongs what each kind of value becomes in text. Not here: the tables for people
(`flows.commands.tables`).
"""

from __future__ import annotations

import csv
import io
import json
import math
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from decimal import Decimal


def distinct_names(head: Sequence[str]) -> list[str]:
    """Names of columns of which none comes twice: the second ``x`` becomes ``x_1``."""
    taken = set(head)
    names: list[str] = []
    for name in head:
        number, new = 0, name
        while new in names or (number and new in taken):
            number += 1
            new = f"{name}_{number}"
        names.append(new)
    return names


def json_rows(head: Sequence[str], rows: Sequence[Sequence[object]]) -> list[dict[str, object]]:
    """Rows as JSON objects.

    Args:
        head: Names of the columns; of equal ones the later get a number.
        rows: Values as DuckDB hands them to Python.

    Returns:
        Of each row its values by name: numbers as numbers, what is no finite one as null, times in
        ISO 8601, bytes in hexadecimal, lists and structs likewise within; all else as DuckDB's
        Python client writes it.
    """
    names = distinct_names(head)
    return [{n: _plain(v) for n, v in zip(names, row, strict=True)} for row in rows]


def csv_text(head: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """Rows as CSV (RFC 4180, but lines end in a line feed), with a line of names.

    Values are written as in `json_rows`; texts without their quotes, null as nothing.
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(distinct_names(head))
    writer.writerows([_cell(_plain(value)) for value in row] for row in rows)
    return out.getvalue()


def _cell(plain: object) -> str:
    if plain is None or isinstance(plain, str):
        return plain or ""
    return json.dumps(plain, ensure_ascii=False, allow_nan=False)


def _plain(value: object) -> object:
    """A value as one that JSON has."""
    match value:
        case None | bool() | int() | str():
            return value
        case float():
            return value if math.isfinite(value) else None
        case Decimal():
            return int(value) if value == value.to_integral_value() else float(value)
        case datetime() | date() | time():
            return value.isoformat()
        case bytes() | bytearray() | memoryview():
            return bytes(value).hex()
        case Mapping():
            return {_key(name): _plain(inner) for name, inner in value.items()}
        case list() | tuple():
            return [_plain(inner) for inner in value]
        case _:
            return str(value)


def _key(name: object) -> str:
    plain = _plain(name)
    return plain if isinstance(plain, str) else json.dumps(plain, ensure_ascii=False)
