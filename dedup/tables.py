"""Tables as callers hand them in.

Here belongs the check of their columns, and the way back from the types that Polars, pandas and
others make of ours. Buffers are read as what the schema says, so what is of another type is cast
or refused first, a column at a time: of a table as it should be, only names, types and counts of
nulls are looked at. Not here: the schemas (`lake.schema`), and schemes of fingerprints
(`dedup.scheme`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

import pyarrow as pa
from pyarrow import types

from lake.schema import RELATIONS

PAIR: Final = ["article_id", "other_id", "kind"]
_Type = pa.DataType


def require_table(table: object, what: str) -> None:
    """Refuses what is no table of Arrow.

    Args:
        table: What was handed in.
        what: What it should hold, in the plural.

    Raises:
        TypeError: If it is none.
    """
    if not isinstance(table, pa.Table):
        kind = f"{type(table).__module__}.{type(table).__qualname__}"
        raise TypeError(f"{what} must be a pyarrow.Table, not {kind}")


def conform(
    table: pa.Table,
    names: Iterable[str],
    schema: pa.Schema,
    what: str,
    *,
    optional: Iterable[str] = (),
) -> pa.Table:
    """Gives some columns of a table the types that they have in a schema.

    Args:
        table: Some rows.
        names: The columns that are needed.
        schema: What they should be.
        what: What the table holds, in the plural: for the message.
        optional: Those of `names` that are all null where they are missing.

    Returns:
        The same table if all is as it should be; else one with these columns cast. Other columns
        are kept as they are.

    Raises:
        TypeError: If it is no table.
        ValueError: If columns are missing or there twice, or one is of a type that is not the same
            in other clothes, or has a null where none may be; names the column, what it is and
            what is wanted.
    """
    require_table(table, what)
    present = table.column_names
    wanted, left_out = list(names), set(optional)
    missing = [n for n in wanted if n not in present and n not in left_out]
    if missing:
        raise ValueError(f"{what} lack the columns {', '.join(missing)}")
    if twice := [n for n in wanted if present.count(n) > 1]:
        raise ValueError(f"{what} have more than one column {', '.join(twice)}")
    for name in wanted:
        field = schema.field(name)
        if name not in present:
            table = table.append_column(field, pa.nulls(table.num_rows, field.type))
            continue
        column = table.column(name)
        if not field.nullable and column.null_count:
            raise ValueError(f"{what} have no {name} in {column.null_count} rows")
        if not column.type.equals(field.type):
            place = present.index(name)
            cast = _cast(column, field.type, f"{what}: the column {name}")
            table = table.set_column(place, field.with_type(cast.type), cast)
    return table


def pairs_of(relations: pa.Table) -> list[dict[str, Any]]:
    """The rows of relations: article_id, other_id and kind.

    Args:
        relations: As `lake.schema.RELATIONS` has them, these columns at least.

    Raises:
        TypeError: If it is no table.
        ValueError: If a column is missing, has nulls, or is of another type.
    """
    rows = conform(relations, PAIR, RELATIONS.schema, "relations").select(PAIR).to_pylist()
    return [dict(row) for row in rows]


def _cast(column: pa.ChunkedArray[Any], wanted: _Type, told: str) -> pa.ChunkedArray[Any]:
    mistake = f"{told} is {column.type}, and {wanted} is wanted"
    plain = column.type.value_type if types.is_dictionary(column.type) else column.type
    if types.is_list(wanted):  # Read as Python has them, whichever kind of list they are.
        if not _is_list_of(plain, wanted):
            raise ValueError(mistake)
        return column
    alike = next(test for known, test in _ALIKE.items() if getattr(types, known)(wanted))
    if not (types.is_null(plain) or alike(plain)):
        raise ValueError(mistake)
    if types.is_floating(plain):
        return column  # Scores are compared with thresholds as they are.
    try:
        return column.cast(wanted)
    except pa.ArrowInvalid as error:
        raise ValueError(f"{mistake}: {error}") from None


def _is_list_of(found: _Type, wanted: _Type) -> bool:
    """Whether a type is some kind of list of the same kind of values, or of nothing."""
    if types.is_null(found):
        return True
    kinds: tuple[Callable[[_Type], bool], ...] = (
        *(types.is_list, types.is_large_list, types.is_fixed_size_list),
        *(types.is_list_view, types.is_large_list_view),
    )
    if not any(is_kind(found) for is_kind in kinds):
        return False
    values, ours = _values(found), _values(wanted)
    of_structs = types.is_struct(values) and types.is_struct(ours)
    return types.is_null(values) or of_structs or (_is_text(values) and _is_text(ours))


def _values(kind: Any) -> _Type:  # noqa: ANN401 - the stubs know a class for each kind of list.
    inner: _Type = kind.value_type
    return inner


def _is_text(found: _Type) -> bool:
    texts = (types.is_string, types.is_large_string, types.is_string_view)
    return any(is_kind(found) for is_kind in texts)


def _is_bytes(found: _Type) -> bool:
    kinds = (types.is_binary, types.is_large_binary, types.is_binary_view)
    return types.is_fixed_size_binary(found) or any(is_kind(found) for is_kind in kinds)


def _is_moment(found: _Type) -> bool:
    """Times of any unit and zone; without a zone they might be of anywhere."""
    return types.is_timestamp(found) and found.tz is not None


_ALIKE: Final[Mapping[str, Callable[[_Type], bool]]] = {
    "is_string": _is_text,
    "is_fixed_size_binary": _is_bytes,
    "is_binary": _is_bytes,
    "is_timestamp": _is_moment,
    "is_integer": types.is_integer,
    "is_floating": types.is_floating,
}
"""For each kind of wanted type (the name of a test in `pyarrow.types`): which types mean the same.
No floats for integers: a hash that has been one has lost its last digits."""
