"""Whether Prefect can be had: its home on this machine, the server that is set.

Here belongs what is asked before a flow starts, so that a wrong address is one message at once and
no traceback after minutes; and what `taar doctor` asks. Not here: anything that a flow needs while
it runs (`flows.dashboard`).
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import Final

from lake.errors import ConfigError, TaarError

_TIMEOUT_S: Final = 5.0
_WITHOUT: Final = "or run without Prefect: --no-prefect"


def require_home() -> None:
    """Makes sure that Prefect's own server can keep its database on this machine.

    It is for runs without a server of their own; nothing of Prefect is imported yet.

    Raises:
        ConfigError: If its home cannot be written.
    """
    if os.environ.get("PREFECT_API_URL"):
        return
    named = os.environ.get("PREFECT_HOME") or "~/.prefect"
    try:
        home = Path(named).expanduser()
        home.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=home):
            return
    except (OSError, RuntimeError) as error:  # RuntimeError: there is no home of that user.
        raise ConfigError(
            f"Prefect has nowhere to keep its database: {error}",
            where=f"PREFECT_HOME ({named})",
            remedy=f"set PREFECT_HOME to a folder that can be written, {_WITHOUT}",
        ) from None


def configured_api() -> str | None:
    """The address of the Prefect server that is set, by a variable or a profile."""
    if os.environ.get("PREFECT_API_URL") == "":
        del os.environ["PREFECT_API_URL"]  # Set but empty, Prefect takes it for an address.
    from prefect.settings import PREFECT_API_URL

    api: str | None = PREFECT_API_URL.value()
    return api


def require_api() -> None:
    """Makes sure that the server that is set answers.

    Raises:
        TaarError: If it does not.
    """
    api = configured_api()
    if api is not None:
        deployments_at(api)


def deployments_at(api: str) -> dict[str, bool]:
    """Asks a Prefect server for its deployments.

    Args:
        api: Its address, as it is set.

    Returns:
        Whether each is paused, by name.

    Raises:
        TaarError: If it does not answer, or is no Prefect server.
    """
    import httpx
    from prefect.client.orchestration import get_client
    from prefect.exceptions import PrefectHTTPStatusError
    from prefect.settings import PREFECT_CLIENT_MAX_RETRIES, temporary_settings

    try:
        with (
            temporary_settings({PREFECT_CLIENT_MAX_RETRIES: 0}),
            get_client(httpx_settings={"timeout": _TIMEOUT_S}, sync_client=True) as client,
        ):
            return {found.name: bool(found.paused) for found in client.read_deployments()}
    except (httpx.HTTPError, httpx.InvalidURL, RuntimeError, ValueError) as error:
        if isinstance(error, PrefectHTTPStatusError):
            why = f"it answers {error.response.status_code}"
        else:
            why = str(error) or type(error).__name__
        raise TaarError(
            f"the Prefect server cannot be used: {why}",
            where=f"PREFECT_API_URL ({api})",
            remedy="start it with `prefect server start`, correct PREFECT_API_URL (it ends in "
            f"/api), unset it to do without a server, {_WITHOUT}",
        ) from None
