"""Datasets that are kept whole: the state of the feeds, and what `link` derives.

Here belongs the reading of their newest generation, and the writing of a new one. Not here: the
index of known URLs (`lake.reading.known`), and the state as a run publishes it
(`lake.runs.publishing`).
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import pyarrow as pa

from lake import ids, keys, parquet
from lake.errors import LakeFormatError
from lake.failpoints import failpoint
from lake.reading.catalog import Catalog
from lake.schema import STATE, Dataset
from lake.storage import ObjectInfo, Storage
from lake.upkeep.tombstones import Forgotten


def newest_state(catalog: Catalog, forgotten: Forgotten) -> pa.Table:
    """Rows of STATE as the newest committed run left them; none when no run has left any.

    Args:
        catalog: The lake.
        forgotten: What was taken down.
    """
    for run_id, info in reversed(catalog.flat(STATE).items()):
        if catalog.is_committed(run_id):
            return forgotten.honour(_table(catalog.storage, info, STATE), STATE)
    return STATE.stored_schema.empty_table()


def read_derived(
    catalog: Catalog,
    dataset: Dataset,
    forgotten: Forgotten,
    columns: Sequence[str] | None = None,
) -> pa.Table:
    """The newest generation of a derived dataset; an empty table when there is none.

    Args:
        catalog: The lake.
        dataset: One of `lake.keys.DERIVED`.
        forgotten: What was taken down.
        columns: Which to return; all by default.

    Raises:
        ValueError: If the dataset is another one.
    """
    _require_derived(dataset)
    info = _newest(catalog, dataset)
    table = dataset.stored_schema.empty_table()
    if info is not None:
        table = forgotten.honour(_table(catalog.storage, info, dataset), dataset)
    return table if columns is None else table.select(list(columns))


def write_derived(
    catalog: Catalog,
    dataset: Dataset,
    table: pa.Table,
    run_id: str,
    linked: str | None,
    derivation: str | None = None,
) -> str:
    """Writes a new generation of a derived dataset, then deletes the older ones.

    Args:
        catalog: The lake, seen just now.
        dataset: One of `lake.keys.DERIVED`.
        table: All of its rows.
        run_id: What the generation is named after, if no clock was set back.
        linked: As `linked_in` is to return it; None: as for the generation before, which was only
            cut down, and then ``derivation`` too.
        derivation: A JSON object, as `derivation_in` is to return it.

    Returns:
        The key of the new generation.

    Raises:
        ValueError: If the rows do not fit the schema, or the dataset is another one.
    """
    _require_derived(dataset)
    older = catalog.flat(dataset)
    if linked is None:
        before = _metadata(catalog, dataset)
        metadata: dict[bytes, bytes] = {
            n: before[n] for n in (parquet.LINKED, parquet.DERIVATION) if n in before
        }
    else:
        metadata = {parquet.LINKED: linked.encode()}
        if derivation is not None:
            metadata[parquet.DERIVATION] = derivation.encode()
    data = parquet.encode(parquet.conform(table, dataset, metadata))
    newest = max(older, default=run_id)
    if newest > run_id:  # A clock that was set back must not hide the new generation.
        run_id = ids.new_run_id(ids.run_time(run_id), newest)
    key = keys.flat_key(dataset, run_id)
    failpoint(f"derive.put.{dataset.name}")
    catalog.storage.put(key, data)
    failpoint(f"derive.delete.{dataset.name}")
    catalog.storage.delete(info.key for info in older.values() if info.key != key)
    return key


def linked_in(catalog: Catalog, dataset: Dataset) -> str | None:
    """All articles of runs before this one went into a derived dataset; None if unknown."""
    told = _metadata(catalog, dataset).get(parquet.LINKED)
    return None if told is None else told.decode(errors="replace")


def derivation_in(catalog: Catalog, dataset: Dataset) -> dict[str, Any] | None:
    """What a derived dataset was derived by beside the articles; None if it does not say.

    Raises:
        LakeFormatError: If that is no JSON object.
    """
    told = _metadata(catalog, dataset).get(parquet.DERIVATION)
    try:
        return None if told is None else dict(json.loads(told))
    except (TypeError, ValueError, RecursionError) as error:
        raise LakeFormatError(
            f"{parquet.DERIVATION.decode()} in the metadata of {dataset.name} is no JSON object",
            where=f"{dataset.name}/",
            remedy="delete the object and run `taar link`",
        ) from error


def _metadata(catalog: Catalog, dataset: Dataset) -> dict[bytes, bytes]:
    info = _newest(catalog, dataset)
    return {} if info is None else catalog.footers.of(info)


def _newest(catalog: Catalog, dataset: Dataset) -> ObjectInfo | None:
    return next(reversed(catalog.flat(dataset).values()), None)


def _table(storage: Storage, info: ObjectInfo, dataset: Dataset) -> pa.Table:
    with storage.open_input(info.key, info.size) as source:
        return parquet.read(source, info.key, dataset)[0]


def _require_derived(dataset: Dataset) -> None:
    if dataset not in keys.DERIVED:
        raise ValueError(f"{dataset.name} is not derived")
