"""Columns as older versions of the schema stored them, and how they become today's.

Here belongs what was stored in another form before. Columns that were only added need nothing.
Not here: the reading itself (`lake.parquet`).
"""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from lake.schema import PACKED

_BYTE = 8


def is_former(written: pa.DataType, declared: pa.DataType) -> bool:
    """Whether a column of one type was declared so before: lists of numbers, packed since 2."""
    return (
        declared.equals(PACKED)
        and pa.types.is_list(written)
        and pa.types.is_integer(written.value_type)
    )


def readable_as(schema: pa.Schema, written: pa.Schema) -> pa.Schema:
    """A schema under which an object can be read.

    Args:
        schema: Today's.
        written: The object's own.

    Returns:
        Today's, with the former type of each column that `renew` is to bring up to date.
    """
    for place, field in enumerate(schema):
        at = written.get_field_index(field.name)
        if at >= 0 and is_former(written.field(at).type, field.type):
            schema = schema.set(place, field.with_type(written.field(at).type))
    return schema


def renew(column: pa.ChunkedArray[Any], declared: pa.DataType) -> pa.ChunkedArray[Any]:
    """A column in its declared type; `column` may have a former one, or one that casts to it.

    Raises:
        pyarrow.ArrowInvalid: If a value does not fit.
        pyarrow.ArrowNotImplementedError: If one type never becomes the other.
    """
    if column.type.equals(declared):
        return column
    if is_former(column.type, declared):
        return pa.chunked_array([_packed(chunk) for chunk in column.chunks], PACKED)
    return column.cast(declared)


def _packed(chunk: Any) -> pa.Array[Any]:  # noqa: ANN401 - the stubs know no lists of a kind.
    values = chunk.flatten()  # Without what nulls and slices leave out.
    width = values.type.bit_width // _BYTE
    lengths = pc.fill_null(pc.list_value_length(chunk), 0).cast(pa.int64())
    ends = pa.concat_arrays([pa.array([0], pa.int64()), pc.cumulative_sum(lengths)])
    # Little-endian, as Arrow holds them on every machine that Taar runs on.
    places = pc.multiply(ends, width).cast(pa.int32())
    content = values.buffers()[1] or pa.py_buffer(b"")
    held = content.slice(values.offset * width, len(values) * width)
    made: pa.Array[Any] = pa.Array.from_buffers(
        PACKED, len(chunk), [None, places.buffers()[1], held]
    )
    return pc.if_else(chunk.is_valid(), made, None) if chunk.null_count else made
