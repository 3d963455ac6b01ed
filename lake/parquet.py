"""Tables to Parquet bytes and back: the same rows always give the same bytes.

Here belongs how an object is written and how an older one is read. Not here: which objects there
are (`lake.reading.catalog`) and what the columns mean (`lake.schema`).
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, Final, Literal, TypeAlias, cast

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from lake.errors import LakeFormatError
from lake.reading.former import readable_as, renew
from lake.remedies import remedy_for
from lake.schema import DATASETS, PACKED, SCHEMA_VERSION, Dataset
from lake.storage.rangefile import FarFile

RUNS: Final = b"taar.runs"
"""Metadata: the run ids whose rows an object holds, as a JSON list."""

COMMITS: Final = b"taar.commits"
"""Metadata of state: the newest committed runs at that time, as a JSON list."""

LINKED: Final = b"taar.linked"
"""Metadata of derived datasets: all articles of runs before this one went into them."""

DERIVATION: Final = b"taar.derivation"
"""Metadata of derived datasets: what they were derived by beside the articles, as a JSON object."""

INDEXED: Final = b"taar.indexed"
"""Metadata of known: the objects of fetches that went into the index, as a JSON list of keys."""

_ROW_GROUP_BYTES: Final = 32 << 20
_ROW_GROUP_ROWS: Final = 1 << 17
_LEAST_ROWS: Final = 1024
_UNIQUE: Final = frozenset(
    {
        *("article_id", "url_id", "article_url_id", "other_id", "larger", "supersedes"),
        *("url", "requested_url", "responded_url", "canonical_url", "image_url", "etag"),
        *("title", "summary", "text", "content_hash", "low", "minhash"),
    }
)
"""Columns whose values hardly repeat: a dictionary would only be built to be thrown away."""

Codec: TypeAlias = Literal["gzip", "brotli", "lz4", "zstd", "snappy", "none"]
_HASHES: Final[dict[str, Codec]] = {"minhash": "zstd", "term_counts": "lz4"}
"""Compression of columns of packed numbers that is worth its while; the others have none."""
_IDS: Final = frozenset({"article_id", "url_id"})
"""Hashes too, as text: beside packed numbers they are stored as these are."""

_UNIQUE_ROWS: Final = frozenset({"articles", "fingerprints/v1"})


def conform(table: pa.Table, dataset: Dataset, metadata: dict[bytes, bytes]) -> pa.Table:
    """Brings rows into the form in which they are stored: columns, types, order, metadata.

    Args:
        table: Any rows; optional columns may be missing, the order of columns is free.
        dataset: What they are rows of.
        metadata: For the object's footer, beside what the schema says.

    Raises:
        ValueError: If a column is unknown, a required one missing or null, a value does not fit
            its type, or an article_id comes twice.
    """
    schema = dataset.stored_schema
    unknown = set(table.column_names) - set(schema.names)
    if unknown:
        raise ValueError(f"{dataset.name} has no columns {sorted(unknown)}")
    columns: list[pa.ChunkedArray[Any]] = []
    for field in schema:
        if field.name in table.column_names:
            column = table.column(field.name)
            if not column.type.equals(field.type):
                column = column.cast(field.type)
        else:
            column = pa.chunked_array([pa.nulls(table.num_rows, field.type)], field.type)
        if not field.nullable and column.null_count:
            raise ValueError(f"{dataset.name}.{field.name} is required, and null in some rows")
        columns.append(column)
    plain = pa.table(columns, schema=schema)
    if dataset.name in _UNIQUE_ROWS:
        ids = plain.column("article_id")
        if len(pc.unique(ids)) != len(ids):
            raise ValueError(f"{dataset.name} has rows with the same article_id")
    ordered = plain.sort_by([(name, "ascending") for name in dataset.sort_by])
    return ordered.replace_schema_metadata({**(schema.metadata or {}), **metadata})


def runs_metadata(runs: Iterable[str]) -> dict[bytes, bytes]:
    """The metadata that names the runs of an object."""
    return {RUNS: json.dumps(sorted(runs)).encode()}


def names_in(metadata: dict[bytes, bytes] | None, entry: bytes, key: str) -> list[str]:
    """Reads a list of names from an object's metadata; empty if it is not there.

    Args:
        metadata: Of the object.
        entry: Which.
        key: Of the object, for messages.

    Raises:
        LakeFormatError: If it is no list of names.
    """
    try:
        names = json.loads((metadata or {}).get(entry, b"[]"))
    except (ValueError, RecursionError):
        names = None
    if isinstance(names, list) and all(isinstance(name, str) for name in names):
        return names
    raise LakeFormatError(
        f"the object is damaged: {entry.decode()} in its metadata is no list of names",
        where=key,
        remedy=remedy_for(key),
    )


def strings(column: pa.ChunkedArray[Any]) -> list[str]:
    """The values of a string column without nulls."""
    return cast("list[str]", column.to_pylist())


def write(table: pa.Table, where: str | Path | pa.NativeFile) -> None:
    """Writes a table that `conform` returned."""
    dataset = dataset_of(table.schema)
    dictionary = [
        field.name
        for field in table.schema
        if pa.types.is_string(field.type) and field.name not in _UNIQUE
    ]
    plain = [field.name for field in table.schema if not _is_hashes(field)]
    per_row = max(1, table.nbytes // max(1, table.num_rows))
    pq.write_table(
        table,
        where,
        compression=codecs(table.schema),
        row_group_size=max(_LEAST_ROWS, min(_ROW_GROUP_ROWS, _ROW_GROUP_BYTES // per_row)),
        use_dictionary=cast("bool", dictionary),  # The stubs do not know the list.
        # The least and greatest of hashes tell nothing, and would be long.
        write_statistics=cast("bool", plain) if len(plain) < len(table.schema) else True,
        write_page_index=True,
        write_page_checksum=True,
        sorting_columns=pq.SortingColumn.from_ordering(
            table.schema, [(name, "ascending") for name in dataset.sort_by]
        ),
    )


def codecs(schema: pa.Schema) -> Codec | dict[str, Codec]:
    """The compression of a stored schema: one for all columns, or one for each."""
    if not any(map(_is_hashes, schema)):
        return "zstd"
    # Hashes do not compress; to unpack them all the same takes longer than to read them.
    return {
        f.name: _HASHES.get(f.name, "none") if _is_hashes(f) or f.name in _IDS else "zstd"
        for f in schema
    }


def _is_hashes(field: pa.Field[Any]) -> bool:
    return field.type.equals(PACKED) or pa.types.is_fixed_size_binary(field.type)


def encode(table: pa.Table) -> bytes:
    """The Parquet bytes of a table that `conform` returned."""
    sink = pa.BufferOutputStream()
    write(table, sink)
    return sink.getvalue().to_pybytes()


def dataset_of(schema: pa.Schema) -> Dataset:
    """The dataset that a stored schema names in its metadata.

    Raises:
        ValueError: If it names none.
    """
    name = (schema.metadata or {}).get(b"taar.dataset", b"").decode()
    for dataset in DATASETS:
        if dataset.name == name:
            return dataset
    raise ValueError(f"not a table of the lake: taar.dataset is {name!r}")


def footer(source: pa.NativeFile, key: str) -> dict[bytes, bytes]:
    """The metadata of an object.

    Raises:
        LakeFormatError: If it is damaged.
    """
    with damage_told(key):
        return pq.read_metadata(source).metadata or {}


def read(
    source: pa.NativeFile,
    key: str,
    dataset: Dataset,
    columns: Sequence[str] | None = None,
    where: pc.Expression | None = None,
    runs: Collection[str] | None = None,
    *,
    checksums: bool = True,
) -> tuple[pa.Table, dict[bytes, bytes]]:
    """Reads an object, of this version of the schema or an older one.

    Args:
        source: The object.
        key: Its key, for messages.
        dataset: What it holds rows of. Columns that it does not have yet are null.
        columns: Which to read, in this order; all of `Dataset.stored_schema` by default.
        where: Which rows.
        runs: Of which runs; None for all.
        checksums: Whether to compare the checksum of every page that is read, and has one; to do
            without is for those of whom speed is asked, and who write nothing of it elsewhere.

    Returns:
        The rows, and the object's metadata.

    Raises:
        LakeFormatError: If it is damaged; so is one in which something required is null.
    """
    if runs is not None:
        mine = pc.field("run_id").isin(pa.array(sorted(runs), pa.string()))
        where = mine if where is None else where & mine
    names = dataset.stored_schema.names if columns is None else list(columns)
    with damage_told(key):
        if where is None:
            table, metadata = _read_all(source, dataset, names, checksums=checksums)
        else:
            table, metadata = _read_some(source, dataset, names, where, checksums=checksums)
    _require_whole(table, key)
    return table, metadata


def _require_whole(table: pa.Table, key: str) -> None:
    """Makes sure that nothing required is null: no part of Taar writes such a row, or expects it.

    Raises:
        LakeFormatError: If something is.
    """
    for field in table.schema:
        if not field.nullable and table.column(field.name).null_count:
            raise LakeFormatError(
                f"the object is damaged: {field.name} is required, and null in some rows",
                where=key,
                remedy=remedy_for(key),
            )


def _read_all(
    source: pa.NativeFile, dataset: Dataset, names: list[str], *, checksums: bool
) -> tuple[pa.Table, dict[bytes, bytes]]:
    file = open_file(source, checksums=checksums, ahead=False)
    _require_declared(dataset, file.schema_arrow)
    hold(source, file.metadata, range(file.num_row_groups), names)
    table = file.read([name for name in names if name in file.schema_arrow.names])
    return fitted(table, dataset, names, file.metadata.num_rows), file.metadata.metadata or {}


def open_file(
    source: pa.NativeFile, *, checksums: bool = True, ahead: bool = True
) -> pq.ParquetFile:
    """Opens an object for reading columns and row groups of it.

    Args:
        source: The object.
        checksums: As for `read`.
        ahead: Whether Arrow is to plan the requests for what is far away; where `hold` does,
            there are fewer.
    """
    # A file of this machine is read as it is needed, which keeps its bytes in the processor's
    # cache.
    return pq.ParquetFile(
        source, pre_buffer=ahead and _is_far(source), page_checksum_verification=checksums
    )


def hold(
    source: pa.NativeFile,
    metadata: pq.FileMetaData,
    groups: Iterable[int],
    columns: Sequence[str],
    *,
    more: bool = False,
) -> None:
    """Fetches columns of some row groups in few requests, where they are far away.

    Args:
        source: The object, opened without ``ahead``.
        metadata: Its footer.
        groups: The row groups that are about to be read.
        columns: Their columns.
        more: Whether to keep what was fetched before.
    """
    if isinstance(source, FarFile):
        source.ranges.hold(chunks(metadata, groups, columns), more=more)


def chunks(
    metadata: pq.FileMetaData, groups: Iterable[int], columns: Sequence[str]
) -> list[tuple[int, int]]:
    """Where columns lie in an object: of each piece, the first byte and the one behind the last."""
    found = []
    for group in groups:
        of_group = metadata.row_group(group)
        for place in range(metadata.num_columns):
            chunk: Any = of_group.column(place)
            if chunk.path_in_schema.partition(".")[0] in columns:
                start = chunk.dictionary_page_offset or chunk.data_page_offset
                found.append((start, start + chunk.total_compressed_size))
    return found


def _is_far(source: pa.NativeFile) -> bool:
    return isinstance(source, FarFile)


def _read_some(
    source: pa.NativeFile,
    dataset: Dataset,
    names: list[str],
    where: pc.Expression,
    *,
    checksums: bool,
) -> tuple[pa.Table, dict[bytes, bytes]]:
    # It takes as long to import as half a million fingerprints to read.
    from pyarrow import dataset as ds

    fragment = ds.ParquetFileFormat(
        default_fragment_scan_options=ds.ParquetFragmentScanOptions(
            pre_buffer=_is_far(source), page_checksum_verification=checksums
        )
    ).make_fragment(cast("IO[bytes]", source))
    _require_declared(dataset, fragment.physical_schema)
    schema = readable_as(dataset.stored_schema, fragment.physical_schema)
    table = fragment.to_table(schema=schema, columns=names, filter=where)
    metadata = cast("ds.ParquetFileFragment", fragment).metadata.metadata or {}
    return fitted(table, dataset, names, table.num_rows), metadata


def _require_declared(dataset: Dataset, written: pa.Schema) -> None:
    """Makes sure that no column goes by a name of which nobody here knows.

    A bit that has turned over in a name would make another of it, the column would pass for one
    that an older version did not have yet, and be lost where the object is merged. Footers have no
    checksum.

    Raises:
        pyarrow.ArrowInvalid: If one does, and no newer version of Taar wrote the object.
    """
    strange = sorted(_paths(written) - _paths(dataset.stored_schema))
    if strange and schema_version(written.metadata) <= SCHEMA_VERSION:
        raise pa.ArrowInvalid(f"{dataset.name} never had a column {strange[0]!r}")


def _paths(fields: Iterable[pa.Field[Any]], within: str = "") -> set[str]:
    """The names of columns, and of what is nested in them: ``agencies.place``."""
    found = set()
    for field in fields:
        kind: Any = field.type
        while pa.types.is_list(kind):
            kind = kind.value_type
        name = f"{within}{field.name}"
        found |= _paths(kind, f"{name}.") if pa.types.is_struct(kind) else {name}
    return found


def schema_version(metadata: dict[bytes, bytes] | None) -> int:
    """The version of the schema that an object was written by; 0 if it does not say."""
    told = (metadata or {}).get(b"taar.schema_version", b"")
    return int(told) if told.isdigit() else 0


def fitted(table: pa.Table, dataset: Dataset, names: Sequence[str], rows: int) -> pa.Table:
    """Columns as they were read, as today's schema has them.

    Args:
        table: Some of the columns.
        dataset: What they are columns of.
        names: Which to return, in this order; those that `table` lacks are null.
        rows: How many rows there are.

    Raises:
        pyarrow.ArrowInvalid: If a value does not fit its type.
        pyarrow.ArrowNotImplementedError: If a type can never become the declared one.
    """
    schema = dataset.stored_schema
    fields = [schema.field(name) for name in names]
    columns = [
        renew(table.column(field.name), field.type)
        if field.name in table.column_names
        else pa.chunked_array([pa.nulls(rows, field.type)], field.type)
        for field in fields
    ]
    return pa.table(
        columns, schema=pa.schema(fields, cast("dict[bytes | str, bytes | str]", schema.metadata))
    )


def refuse_newer(metadata: dict[bytes, bytes], key: str) -> None:
    """Makes sure that an object can be rewritten without losing columns that we do not know.

    Raises:
        LakeFormatError: If a newer version of Taar wrote it.
    """
    version = schema_version(metadata)
    if version > SCHEMA_VERSION:
        raise LakeFormatError(
            f"a newer version of Taar wrote this object (schema {version}, ours {SCHEMA_VERSION})",
            where=key,
            remedy="upgrade Taar on this machine",
        )


@contextmanager
def damage_told(key: str) -> Iterator[None]:
    """Turns what Arrow says of bytes that make no sense into a `LakeFormatError`."""
    try:
        yield
    except (
        pa.ArrowInvalid,
        # If a column has a type of which none of ours can be made; if its name is no UTF-8.
        *(pa.ArrowNotImplementedError, pa.ArrowTypeError, UnicodeDecodeError),
    ) as error:
        raise _damaged(key, error) from error
    except OSError as error:
        # Errors of the operating system have a number.
        if error.errno is not None:
            raise
        raise _damaged(key, error) from error


def _damaged(key: str, error: Exception) -> LakeFormatError:
    return LakeFormatError(
        f"the object is damaged: {error}",
        where=key,
        remedy=remedy_for(key),
    )
