"""SQL over the lake, for the command line.

Here belongs the way from a query to rows or a clear error. The views are `lake.views`.
"""

from __future__ import annotations

from collections.abc import Sequence

import duckdb

from flows.settings import Settings
from lake.errors import ConfigError


def ask(settings: Settings, query: str) -> tuple[list[str], list[Sequence[object]]]:
    """Answers a query over the views of the lake.

    Returns:
        The names of the columns, and the rows.

    Raises:
        ConfigError: If DuckDB does not understand the query.
        LakeFormatError: If an object is damaged.
        StorageError: If the lake cannot be read.
    """
    from flows.opening import open_lake
    from lake.views import connect, require_sound

    lake = open_lake(settings, create=False)
    connection = connect(lake)
    try:
        # A statement such as SET has no answer, which the stubs do not say.
        answer: duckdb.DuckDBPyRelation | None = connection.sql(query)
        return ([], []) if answer is None else (list(answer.columns), list(answer.fetchall()))
    except (duckdb.ParserException, duckdb.BinderException, duckdb.CatalogException) as error:
        raise _not_understood(error, query) from None
    except (duckdb.Error, OSError) as error:
        require_sound(lake)  # Of what Arrow could not read DuckDB tells the words alone.
        raise _not_understood(error, query) from None


def _not_understood(error: Exception, query: str) -> ConfigError:
    return ConfigError(
        str(error).strip(), where=query, remedy="see docs/data.md for views and columns"
    )
