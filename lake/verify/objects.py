"""Verifying objects one by one: keys, readability, schema, metadata, order of rows.

Here belongs what can be said of an object alone, and the reading of the few columns that the other
checks need. Not here: what rows of different objects owe each other (`lake.verify.rows`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from lake import ids, keys, parquet
from lake.errors import LakeFormatError, ObjectMissingError
from lake.reading.catalog import Catalog
from lake.reading.former import is_former
from lake.remedies import remedy_for
from lake.schema import DATASETS, RUN_ID, SCHEMA_VERSION, Dataset
from lake.storage import ObjectInfo, Storage
from lake.verify.findings import Finding, offending
from lake.verify.values import Measure, check_values

HEAVY: Final = frozenset(
    {
        *("title", "summary", "text", "tags", "image_url", "agencies", "detail"),
        *("low", "minhash", "sketch", "shingles3", "shingles5", "order3", "terms", "term_counts"),
        *("numbers", "slots", "slot_values", "shared_terms"),
    }
)
"""Columns that no check compares with other rows: they are read, and let go."""


@dataclass(frozen=True, slots=True)
class Examined:
    """What came of one object: its rows without the `HEAVY` columns, and what is wrong with it."""

    info: ObjectInfo
    rows: pa.Table | None
    findings: tuple[Finding, ...]


def blind_spots(catalog: Catalog) -> list[Finding]:
    """Damaged metadata without which nobody can tell which objects count."""
    deciding = []
    for dataset in keys.BY_RUN:
        for info in catalog.storage.list(keys.folder(dataset)):
            place = keys.place(dataset, info.key)
            if place is not None and place.generation is not None:
                deciding.append(info)
    found = []
    for info in deciding:
        try:
            catalog.footers.runs(info)
        except LakeFormatError as error:
            what = (
                f"{error.what}; nothing else can be checked before that is mended: "
                f"{remedy_for(info.key)}"
            )
            found.append(Finding("readable", info.key, what))
    return found


def misplaced(storage: Storage) -> list[Finding]:
    """Objects among those of the datasets whose keys are not ours, or say another date."""
    found = []
    for dataset in DATASETS:
        for info in storage.list(keys.folder(dataset)):
            if not dataset.by_run:
                if keys.flat_generation(dataset, info.key) is None:
                    found.append(_foreign(info.key))
                continue
            place = keys.place(dataset, info.key)
            if place is None:
                found.append(_foreign(info.key))
            elif place.run_id and ids.crawl_date(place.run_id) != place.date:
                found.append(Finding("keys", info.key, "the run is of another crawl date"))
    found += [
        _foreign(info.key)
        for info in storage.list(f"{keys.PAGES}/")
        if keys.pages_run(info.key) is None
    ]
    return found


def _foreign(key: str) -> Finding:
    return Finding("keys", key, "Taar writes no object of this name; a plain glob reads it")


def examine(
    storage: Storage, dataset: Dataset, info: ObjectInfo, measure: Measure | None = None
) -> Examined:
    """Reads one object to its end and checks what can be said of it alone.

    Args:
        storage: Of the lake.
        dataset: What the object holds rows of.
        info: The object.
        measure: As for `lake.verify.values.check_values`.

    Raises:
        ObjectMissingError: If it has been deleted since it was listed.
    """
    try:
        with storage.open_input(info.key, info.size) as source:
            written = _written_schema(source, info.key)
            findings = _schema_findings(dataset, info.key, written)
            if any(f.what.startswith("the type") for f in findings):
                return Examined(info, None, tuple(findings))
            source.seek(0)
            # Of a newer version of Taar nobody here knows which words its columns may have.
            values = check_values if _is_ours(written) else None
            rows, metadata, more = _read(source, info.key, dataset, measure, values)
            findings += more
    except ObjectMissingError:
        raise
    except LakeFormatError as error:
        what = f"{error.what}; {remedy_for(info.key)}"
        return Examined(info, None, (Finding("readable", info.key, what),))
    if dataset.by_run:
        findings += _run_findings(dataset, info.key, rows, metadata)
    findings += _order_findings(dataset, info.key, rows)
    return Examined(info, rows, tuple(findings))


def _read(
    source: pa.NativeFile,
    key: str,
    dataset: Dataset,
    measure: Measure | None,
    values: Callable[..., list[Finding]] | None,
) -> tuple[pa.Table, dict[bytes, bytes], list[Finding]]:
    """The rows without the `HEAVY` columns, the metadata, and what is wrong with single rows.

    All columns are read, one row group after the other: a merged day may not fit the memory.
    """
    names = dataset.stored_schema.names
    slim = [name for name in names if name not in HEAVY]
    tables = [dataset.stored_schema.empty_table().select(slim)]
    found: list[Finding] = []
    with parquet.damage_told(key):
        file = parquet.open_file(source, checksums=True, ahead=False)
        there = [name for name in names if name in file.schema_arrow.names]
        for group in range(file.num_row_groups):
            parquet.hold(source, file.metadata, [group], names)
            part = file.read_row_group(group, there)
            rows = parquet.fitted(part, dataset, names, file.metadata.row_group(group).num_rows)
            rows.validate(full=True)  # Arrow looks at bytes that are no UTF-8 only when told to.
            nulls = _null_findings(dataset, key, rows)
            found += nulls
            if values is not None and rows.num_rows and not nulls:
                found += values(dataset, key, rows, measure)
            # What is compared with other rows is what has all that is required of a row.
            tables.append((_whole_rows(dataset, rows) if nulls else rows).select(slim))
        return pa.concat_tables(tables), file.metadata.metadata or {}, _joined(found)


def _null_findings(dataset: Dataset, key: str, rows: pa.Table) -> list[Finding]:
    return [
        Finding("schema", key, f"{field.name} is required, and null in some rows")
        for field in dataset.stored_schema
        if not field.nullable and rows.column(field.name).null_count
    ]


def _whole_rows(dataset: Dataset, rows: pa.Table) -> pa.Table:
    """The rows that lack nothing that is required."""
    for field in dataset.stored_schema:
        if not field.nullable:
            rows = rows.filter(rows.column(field.name).is_valid())
    return rows


def _joined(findings: Iterable[Finding]) -> list[Finding]:
    """The findings of all row groups, each once with the number of all rows."""
    first: dict[tuple[str, str], Finding] = {}
    for finding in findings:
        name = finding.check, finding.what.partition(": ")[0]
        held = first.get(name)
        count = finding.count + (held.count if held else 0)
        first[name] = replace(held or finding, count=count)
    return list(first.values())


def _is_ours(written: pa.Schema) -> bool:
    return parquet.schema_version(written.metadata) <= SCHEMA_VERSION


def _written_schema(source: pa.NativeFile, key: str) -> pa.Schema:
    with parquet.damage_told(key):
        return pq.read_schema(source)


def _schema_findings(dataset: Dataset, key: str, written: pa.Schema) -> list[Finding]:
    metadata = written.metadata or {}
    version = metadata.get(b"taar.schema_version", b"")
    found = []
    if not version.isdigit():
        found.append(Finding("schema", key, "taar.schema_version is not in its metadata"))
    named = metadata.get(b"taar.dataset", b"").decode(errors="replace")
    if named != dataset.name:
        found.append(Finding("schema", key, f"it says that it holds rows of {named!r}"))
    ours = dataset.stored_schema
    newer = not _is_ours(written)
    if not newer:
        unknown = sorted(set(written.names) - set(ours.names))
        found += offending("schema", key, "columns that were never declared", unknown)
    missing = [f.name for f in ours if not f.nullable and f.name not in written.names]
    found += offending("schema", key, "required columns are missing", missing)
    wrong = [
        f"{f.name} ({written.field(f.name).type}, declared {f.type})"
        for f in ours
        if f.name in written.names and not _same(written.field(f.name).type, f.type)
    ]
    return found + offending("schema", key, "the type is not the declared one", wrong)


def _same(written: pa.DataType, declared: pa.DataType) -> bool:
    """Whether a type is the declared one, or was it once, whatever inner fields are called."""
    if pa.types.is_list(written) and pa.types.is_list(declared):
        return _same(written.value_type, declared.value_type)
    if pa.types.is_map(written) and pa.types.is_map(declared):
        return _same(written.key_type, declared.key_type) and _same(
            written.item_type, declared.item_type
        )
    return written.equals(declared) or is_former(written, declared)


def _run_findings(
    dataset: Dataset, key: str, rows: pa.Table, metadata: dict[bytes, bytes]
) -> list[Finding]:
    place = keys.place(dataset, key)
    if place is None:
        return []
    try:
        named = set(parquet.names_in(metadata, parquet.RUNS, key))
    except LakeFormatError as error:
        return [Finding("runs", key, error.what)]
    if not named or not all(ids.is_run_id(run) for run in named):
        return [Finding("runs", key, "its metadata names no runs")]
    if place.run_id is not None and named != {place.run_id}:
        return [Finding("runs", key, "its metadata names other runs than its key")]
    found = offending(
        "runs",
        key,
        "its metadata names runs of another crawl date",
        [run for run in named if ids.crawl_date(run) != place.date],
    )
    present = set(parquet.strings(pc.unique(rows.column(RUN_ID.name).drop_null())))
    return found + offending("runs", key, "rows of runs that it does not name", present - named)


def _order_findings(dataset: Dataset, key: str, rows: pa.Table) -> list[Finding]:
    plain = rows.select(list(dataset.sort_by)).combine_chunks()
    order = pc.sort_indices(plain, sort_keys=[(n, "ascending") for n in dataset.sort_by])
    if plain.take(order).equals(plain):
        return []
    return [Finding("order", key, f"rows are not sorted by {', '.join(dataset.sort_by)}")]


def overlaps(
    dataset: Dataset,
    date: str,
    taken: pa.Table,
    left_over: Iterable[Examined],
    hidden: pc.Expression | None = None,
) -> list[Finding]:
    """Left-over objects with rows that the objects in use do not hold.

    They are about to be deleted, and these rows with them.

    Args:
        dataset: One that runs publish.
        date: The crawl date.
        taken: All rows of the dataset that readers see.
        left_over: Objects of this date that readers skip, because others name their runs too.
        hidden: Holds for rows that were taken down, and are to be deleted.
    """
    names = row_names(dataset)
    seen = set(_rows(taken.select(names)))
    found = []
    for examined in left_over:
        if examined.rows is not None:
            rows = examined.rows if hidden is None else examined.rows.filter(~hidden)
            lost = set(_rows(rows.select(names))) - seen
            what = f"readers skip it on {date}, and nothing else holds these rows"
            found += offending("overlap", examined.info.key, what, lost)
    return found


def row_names(dataset: Dataset) -> list[str]:
    """The columns that tell the rows of a dataset apart."""
    if "article_id" in dataset.sort_by:
        return ["article_id"]
    return ["run_id", "source_id" if "source_id" in dataset.sort_by else "url_id"]


def _rows(table: pa.Table) -> list[tuple[object, ...]]:
    return list(zip(*(column.to_pylist() for column in table.columns), strict=True))
