"""What was taken down, and must not come back: reading tombstones and honouring them.

Here belongs what a tombstone hides from readers. All objects of the dataset count together, so two
takedowns at once lose nothing. Not here: removing what is hidden (`lake.upkeep.forgetting`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

from lake import parquet
from lake.reading.catalog import Catalog
from lake.schema import (
    ARTICLES,
    FAMILIES,
    FETCHES,
    FINGERPRINTS,
    KNOWN,
    RELATIONS,
    STATE,
    THREADS,
    TOMBSTONES,
    Dataset,
)
from lake.storage import Storage

REDACTED: Final = ("title", "detail", "etag", "last_modified", "warc_file", "warc_offset")
"""Columns of fetches that are emptied: the row itself stays, or the counts would not add up."""

NAMED_BY: Final = {
    FETCHES.name: ("url_id", "article_url_id"),
    ARTICLES.name: ("url_id",),
    FINGERPRINTS.name: ("url_id",),
    KNOWN.name: ("url_id",),
    RELATIONS.name: ("article_id", "other_id"),
    THREADS.name: ("article_id", "other_id"),
    FAMILIES.name: ("article_id",),
}
"""Columns by which a row is known to be about something forgotten: ids of URLs or of articles."""

_DERIVED: Final = frozenset({RELATIONS.name, THREADS.name, FAMILIES.name})


@dataclass(frozen=True, slots=True)
class Forgotten:
    """Everything that was taken down.

    Attributes:
        url_ids: Hashes of the URLs.
        article_ids: Versions that were published under them.
        since: When each URL was forgotten.
    """

    url_ids: frozenset[str] = frozenset()
    article_ids: frozenset[str] = frozenset()
    since: dict[str, datetime] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.url_ids)

    def matches(self, dataset: Dataset) -> pc.Expression | None:
        """Holds for the rows of a dataset that are about something forgotten; None for none."""
        names = NAMED_BY.get(dataset.name, ())
        wanted = self.article_ids if dataset.name in _DERIVED else self.url_ids
        if not names or not wanted:
            return None
        values = pa.array(sorted(wanted), pa.string())
        found = pc.field(names[0]).isin(values)
        for name in names[1:]:
            found = found | pc.field(name).isin(values)
        return found

    def honour(self, table: pa.Table, dataset: Dataset) -> pa.Table:
        """Leaves out rows about something forgotten, or empties them (`REDACTED`) in fetches.

        Args:
            table: Rows with the columns that `NAMED_BY` names.
            dataset: What they are rows of.
        """
        if dataset.name == STATE.name:
            return self._without_pending(table) if self else table
        found = self.matches(dataset)
        if found is None:
            return table
        if dataset.name == FAMILIES.name:
            return self._families(table.filter(~found))
        if dataset.name != FETCHES.name:
            return table.filter(~found)
        mine = self._mask(table, NAMED_BY[dataset.name])
        for name in REDACTED:
            at = table.schema.get_field_index(name)
            if at >= 0:
                column = table.schema.field(at)
                empty = pa.scalar(None, column.type)
                table = table.set_column(at, column, pc.if_else(mine, empty, table.column(at)))
        return table

    def _mask(self, table: pa.Table, names: Sequence[str]) -> pa.BooleanArray:
        mine = [
            any(row[n] in self.url_ids for n in names) for row in table.select(names).to_pylist()
        ]
        return pa.array(mine, pa.bool_())

    def _families(self, table: pa.Table) -> pa.Table:
        # Who was first among the others is for `link` to say.
        gone = pc.is_in(table.column("first_id"), value_set=pa.array(sorted(self.article_ids)))
        for name in ("first_id", "first_source_id", "first_by"):
            at = table.schema.get_field_index(name)
            column = table.schema.field(at)
            empty = pa.scalar(None, column.type)
            table = table.set_column(at, column, pc.if_else(gone, empty, table.column(at)))
        return table

    def _without_pending(self, table: pa.Table) -> pa.Table:
        if "pending" not in table.column_names:
            return table
        at = table.schema.get_field_index("pending")
        column = table.schema.field(at)
        rows = [
            None if owed is None else [p for p in owed if p["url_id"] not in self.url_ids]
            for owed in table.column(at).to_pylist()
        ]
        return table.set_column(at, column, pa.array(rows, column.type))

    def known(self, table: pa.Table) -> pa.Table:
        """Known URLs, with those forgotten among them as URLs that never made an article."""
        if not self:
            return table
        rows = [{"url_id": name, "last_seen_at": self.since[name]} for name in self.url_ids]
        bare = pa.Table.from_pylist(
            rows, schema=pa.schema([KNOWN.schema.field(n) for n in ("url_id", "last_seen_at")])
        )
        columns = [
            bare.column(f.name)
            if f.name in bare.column_names
            else pa.chunked_array([pa.nulls(bare.num_rows, f.type)], f.type)
            for f in table.schema
        ]
        bare = pa.table(columns, schema=table.schema)
        return pa.concat_tables([self.honour(table, KNOWN), bare]).sort_by("url_id")


NOTHING: Final = Forgotten()
"""Nothing was taken down."""


class Tombstones:
    """Reads tombstones, each object once. Shared by the looks of one process."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage
        self._read: dict[tuple[str, str], pa.Table] = {}
        self._made: tuple[frozenset[tuple[str, str]], Forgotten] = (frozenset(), NOTHING)

    def of(self, catalog: Catalog) -> Forgotten:
        """Everything that was taken down when the catalog looked.

        Raises:
            ObjectMissingError: If an object has been deleted since it was listed.
            LakeFormatError: If an object is damaged.
        """
        infos = catalog.flat(TOMBSTONES).values()
        names = frozenset((info.key, info.etag) for info in infos)
        if names == self._made[0]:
            return self._made[1]
        for info in infos:
            if (info.key, info.etag) not in self._read:
                with self._storage.open_input(info.key, info.size) as source:
                    table, _ = parquet.read(source, info.key, TOMBSTONES)
                self._read[info.key, info.etag] = table
        made = forgotten_in(pa.concat_tables([self._read[name] for name in sorted(names)]))
        self._made = names, made
        return made


def forgotten_in(table: pa.Table) -> Forgotten:
    """What rows of `lake.schema.TOMBSTONES` say; a URL may come several times."""
    since: dict[str, datetime] = {}
    articles: set[str] = set()
    for row in table.to_pylist():
        articles |= set(row["article_ids"] or ())
        held = since.get(row["url_id"])
        since[row["url_id"]] = min(held, row["forgotten_at"]) if held else row["forgotten_at"]
    return Forgotten(frozenset(since), frozenset(articles), since)
