"""The press as a running thing: two ports on loopback, six sites told apart by the Host header.

Here belong the ports, the thread with its event loop, and the files that a crawler needs. What
happens to a request is told in `press.clerk`.
"""

from __future__ import annotations

import asyncio
import ssl
import tempfile
import threading
from collections.abc import Callable, Iterable
from datetime import datetime
from pathlib import Path
from typing import Final, Self

from aiohttp import web as aio

from press.clerk import Clerk, Request
from press.dates import BASE
from press.faults import Faults
from press.listing import sources_yaml
from press.marking import Found, Marks
from press.sites import SITES, Site
from press.story import STORIES
from press.tls import make_authority
from press.truth import Truth, truth_of
from press.web import Web, build_web

_START_S: Final = 30.0
_STOP_S: Final = 0.2


class Press:
    """A small Hindi web on loopback.

    Use it as a context manager, or call `start` and `stop`.

    Attributes:
        faults: What goes wrong; its fields may be changed while the press serves.
    """

    def __init__(
        self,
        now: datetime | Callable[[], datetime] = BASE,
        faults: Faults | None = None,
        *,
        sites: Iterable[str] | None = None,
        stories: Path = STORIES,
    ) -> None:
        """Prepares a press; nothing is served before `start`.

        Args:
            now: Its clock: a moment at which it stands, or a function. With a time zone.
            faults: What goes wrong; by default the specials and nothing else.
            sites: Ids of the sites that there are; None means all.
            stories: Folder of the stories.

        Raises:
            ValueError: If a site is unknown, the time has no zone, or a story is wrong.
        """
        self.faults = faults or Faults()
        self._clerk = Clerk(
            build_web(stories), _chosen(sites), now=lambda: self.now, faults=lambda: self.faults
        )
        self._clock: Callable[[], datetime]
        self.set_now(now)
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self._thread: threading.Thread | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._done: asyncio.Event | None = None
        self._ports: tuple[int, int] | None = None
        self._failure: BaseException | None = None

    def set_now(self, now: datetime | Callable[[], datetime]) -> None:
        """Sets the clock: to a moment, at which it stands still, or to a function.

        Raises:
            ValueError: If a moment has no time zone.
        """
        if isinstance(now, datetime):
            if now.tzinfo is None:
                raise ValueError(f"the time {now} has no time zone")
            moment = now
            self._clock = lambda: moment
        else:
            self._clock = now

    @property
    def now(self) -> datetime:
        """What the clock of the press says."""
        return self._clock()

    @property
    def web(self) -> Web:
        """All pages, whatever the time."""
        return self._clerk.web

    @property
    def sites(self) -> tuple[Site, ...]:
        """The sites that there are."""
        return self._clerk.sites

    @property
    def requests(self) -> list[Request]:
        """Every request so far, in the order of the answers."""
        return self._clerk.log

    @property
    def host_map(self) -> dict[str, dict[str, str]]:
        """Where the names lead: pattern of names to port to address.

        Raises:
            RuntimeError: If the press does not serve.
        """
        if self._ports is None:
            raise RuntimeError("the press does not serve; start it first")
        http, https = self._ports
        return {"*.press.test": {"80": f"127.0.0.1:{http}", "443": f"127.0.0.1:{https}"}}

    @property
    def folder(self) -> Path:
        """A folder that lives as long as the press serves.

        Raises:
            RuntimeError: If the press does not serve.
        """
        if self._folder is None:
            raise RuntimeError("the press does not serve; start it first")
        return Path(self._folder.name)

    @property
    def ca_file(self) -> Path:
        """The certificate of the authority that the TLS site is signed by, PEM."""
        return self.folder / "ca.pem"

    @property
    def sources_file(self) -> Path:
        """A sources file with the sites; it is there as long as the press serves."""
        return self.folder / "sources.yaml"

    def sources_yaml(self, *, delay_s: float = 0.0) -> str:
        """Returns the text of a sources file with the sites."""
        return sources_yaml(self.sites, delay_s=delay_s)

    def write_sources(self, path: Path, *, delay_s: float = 0.0) -> Path:
        """Writes a sources file and returns its path."""
        path.write_text(self.sources_yaml(delay_s=delay_s), encoding="utf-8")
        return path

    def truth(self, at: datetime | None = None) -> Truth:
        """Returns the truth about the pages that are out `at` a time; None means now."""
        here = tuple(page for page in self.web.pages if page.site in self.sites)
        web = Web(here, self.web.by_address)
        return truth_of(web, at or self.now, self.faults)

    def evaluate(self, found: Iterable[Found], at: datetime | None = None) -> dict[str, Marks]:
        """Marks what a system found; see `press.marking.evaluate`."""
        return self.truth(at).evaluate(found)

    def start(self) -> Self:
        """Starts to serve, in a thread with an event loop of its own.

        Raises:
            RuntimeError: If it serves already.
            OSError: If no port can be had.
        """
        if self._thread is not None:
            raise RuntimeError("the press serves already")
        self._folder = tempfile.TemporaryDirectory(prefix="press-")
        folder = Path(self._folder.name)
        _, context = make_authority(folder, [site.host for site in SITES])
        self.write_sources(folder / "sources.yaml")
        started = threading.Event()
        self._thread = threading.Thread(
            target=self._run, args=(context, started), name="press", daemon=True
        )
        self._thread.start()
        if not started.wait(_START_S) or self._failure is not None:
            failure = self._failure
            self.stop()
            raise failure or RuntimeError(f"the press did not start within {_START_S:.0f} s")
        return self

    def stop(self) -> None:
        """Stops to serve; does nothing if it does not."""
        if self._loop is not None and self._done is not None:
            self._loop.call_soon_threadsafe(self._done.set)
        if self._thread is not None:
            self._thread.join()
        if self._folder is not None:
            self._folder.cleanup()
        self._thread = self._loop = self._done = self._ports = self._folder = None
        self._failure = None

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _run(self, context: ssl.SSLContext, started: threading.Event) -> None:
        try:
            asyncio.run(self._serve(context, started))
        except OSError as error:
            self._failure = error
        finally:
            started.set()

    async def _serve(self, context: ssl.SSLContext, started: threading.Event) -> None:
        server = aio.Server(self._clerk.handle, access_log=None)
        runner = aio.ServerRunner(server, handle_signals=False, shutdown_timeout=_STOP_S)
        await runner.setup()
        try:
            plain = aio.TCPSite(runner, "127.0.0.1", 0)
            secure = aio.TCPSite(runner, "127.0.0.1", 0, ssl_context=context)
            await plain.start()
            await secure.start()
            http, https = (int(address[1]) for address in runner.addresses)
            self._loop, self._done = asyncio.get_running_loop(), asyncio.Event()
            self._ports = (http, https)
            started.set()
            await self._done.wait()
        finally:
            await runner.cleanup()


def _chosen(ids: Iterable[str] | None) -> tuple[Site, ...]:
    if ids is None:
        return SITES
    wanted = set(ids)
    unknown = wanted - {site.id for site in SITES}
    if unknown:
        raise ValueError(f"unknown sites: {', '.join(sorted(unknown))}")
    return tuple(site for site in SITES if site.id in wanted)
