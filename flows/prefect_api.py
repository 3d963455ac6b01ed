"""Whether Prefect can be had: the server that is set, or one of this machine.

Here belongs what is asked before a flow starts or is deployed, so that a wrong address is one
message at once and no traceback after minutes; and what `taar doctor` asks. Not here: what a server
of this machine needs (`flows.prefect_home`), or a flow while it runs (`flows.dashboard`).
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from typing import TYPE_CHECKING, Final

from flows.prefect_home import WITHOUT, require_database, require_home, settings_told
from lake.errors import TaarError

if TYPE_CHECKING:
    from prefect.client.orchestration import SyncPrefectClient

POOL: Final = "taar"
"""The work pool of prefect.yaml."""

_TIMEOUT_S: Final = 5.0


def configured_api() -> str | None:
    """The address of the Prefect server that is set, by a variable or a profile.

    Raises:
        ConfigError: If a setting of Prefect is wrong.
    """
    if os.environ.get("PREFECT_API_URL") == "":
        del os.environ["PREFECT_API_URL"]  # Set but empty, Prefect takes it for an address.
    with settings_told():
        from prefect.settings import PREFECT_API_URL

        api: str | None = PREFECT_API_URL.value()
    return api


def require_prefect() -> None:
    """Makes sure that the server that is set answers, or that one of this machine can start.

    Raises:
        ConfigError: If a setting of Prefect is wrong.
        TaarError: If it does not, or cannot.
    """
    require_home()
    api = configured_api()
    if api is None:
        require_database()
    else:
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
    with _asked(api) as client:
        return {found.name: bool(found.paused) for found in client.read_deployments()}


def workers_at(api: str) -> tuple[str, ...]:
    """Asks a Prefect server for the workers of the pool that are online.

    Args:
        api: Its address, as it is set.

    Returns:
        Their names; none, where there is no such pool.

    Raises:
        TaarError: If it does not answer, or is no Prefect server.
    """
    from prefect.client.schemas.objects import WorkerStatus
    from prefect.exceptions import ObjectNotFound, PrefectHTTPStatusError

    with _asked(api) as client:
        try:
            workers = client.read_workers_for_work_pool(POOL)
        except ObjectNotFound:
            return ()
        except PrefectHTTPStatusError as error:
            if error.response.status_code != HTTPStatus.NOT_FOUND:
                raise
            return ()
        return tuple(sorted(w.name for w in workers if w.status == WorkerStatus.ONLINE))


@contextmanager
def _asked(api: str) -> Iterator[SyncPrefectClient]:
    """A client of a server; what goes wrong with it is one message."""
    import httpx
    from prefect.client.orchestration import get_client
    from prefect.exceptions import PrefectHTTPStatusError
    from prefect.settings import PREFECT_CLIENT_MAX_RETRIES, temporary_settings

    try:
        with (
            temporary_settings({PREFECT_CLIENT_MAX_RETRIES: 0}),
            get_client(httpx_settings={"timeout": _TIMEOUT_S}, sync_client=True) as client,
        ):
            yield client
    except (httpx.HTTPError, httpx.InvalidURL, RuntimeError, ValueError) as error:
        if isinstance(error, PrefectHTTPStatusError):
            why = f"it answers {error.response.status_code}"
        else:
            why = str(error) or type(error).__name__
        raise TaarError(
            f"the Prefect server cannot be used: {why}",
            where=f"PREFECT_API_URL ({api})",
            remedy="start it with `prefect server start`, correct PREFECT_API_URL (it ends in "
            f"/api), unset it to do without a server, {WITHOUT}",
        ) from None


def main() -> int:
    """For `make deploy`: whether the server that is set answers."""
    try:
        require_prefect()
    except TaarError as error:
        print(f"taar: {error}", file=sys.stderr)
        return error.exit_code
    return 0


if __name__ == "__main__":
    sys.exit(main())
