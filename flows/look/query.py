"""SQL over the lake, for the command line.

Here belongs the way from a query to rows or a clear error: one statement, which reads. The views
are `lake.reading.views`.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Final

import duckdb

from flows.settings import Settings
from lake.errors import ConfigError

_LOG = logging.getLogger(__name__)

_READING: Final = frozenset({"SELECT", "EXPLAIN"})
"""Statements that are let through, as DuckDB has parsed them: DESCRIBE, SHOW, SUMMARIZE and the
PRAGMAs that show something are SELECT to it."""

PLAN: Final = ["explain_key", "explain_value"]
"""The columns of the answer to EXPLAIN: a drawing of many lines, to be shown as it is."""


def ask(settings: Settings, query: str) -> tuple[list[str], list[Sequence[object]]]:
    """Answers a query over the views of the lake; warns if there is no run in it.

    Args:
        settings: Where the lake is.
        query: One statement, which reads.

    Returns:
        The names of the columns, and the rows.

    Raises:
        ConfigError: If DuckDB does not understand the query, or it is something else.
        LakeFormatError: If an object is damaged.
        StorageError: If the lake cannot be read.
    """
    from flows.opening import open_lake
    from lake.reading.views import connect, damage_named

    lake = open_lake(settings, create=False)
    if lake.newest_run() is None:
        _LOG.warning("taar: warning: no runs here yet, so all views are empty: %s", settings.lake)
    connection = connect(lake)
    try:
        with damage_named(lake):
            _require_reading(connection, query)
            answer = connection.sql(query)
            return list(answer.columns), list(answer.fetchall())
    except duckdb.PermissionException as error:
        raise ConfigError(
            f"a query reads the views of the lake, and nothing else: {str(error).strip()}",
            where=query,
            remedy="ask DuckDB itself for other files; docs/data.md has recipes",
        ) from None
    except (duckdb.Error, OSError) as error:
        raise ConfigError(
            str(error).strip(), where=query, remedy="see docs/data.md for views and columns"
        ) from None


def _require_reading(connection: duckdb.DuckDBPyConnection, query: str) -> None:
    """Lets one statement through that reads.

    What would write into files could not (`lake.reading.views.connect`), but would say so in odd
    words; what would write into memory would be gone when the command ends.
    """
    statements = connection.extract_statements(query)
    # PIVOT becomes two, of which the first makes a type and has no text of its own.
    written = [s for s in statements if s.type.name != "CREATE" or s.query.strip()]
    if len(written) == 1 and written[0].type.name in _READING:
        return
    kinds = ", ".join(s.type.name for s in written) or "nothing"
    raise ConfigError(
        f"taar sql takes one statement that reads, and this is {kinds}",
        where=query,
        remedy="write files with `taar export`, or with DuckDB over the files of the lake",
    )
