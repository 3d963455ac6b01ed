"""The press as a running thing: two ports on loopback, six sites told apart by the Host header.

Here belong sockets, the thread with its event loop, the log of requests, and faults of
connections. What is answered is told in `press.answers`.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
import struct
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, Self
from urllib.parse import unquote

from aiohttp import web as aio

from press.answers import Answer, answer, compressed, conditional
from press.dates import BASE
from press.faults import Faults
from press.listing import sources_yaml
from press.sites import SITES, Site
from press.story import STORIES
from press.tls import make_authority
from press.truth import Truth, truth_of
from press.web import Web, build_web

_START_S: Final = 30.0
_STOP_S: Final = 0.2
_RESET: Final = struct.pack("ii", 1, 0)
"""SO_LINGER of zero seconds: closing sends RST instead of FIN."""


@dataclass(frozen=True, slots=True)
class Request:
    """One request that came in.

    Attributes:
        monotonic: When, in seconds of `time.monotonic`.
        wall: When, by the clock of the machine.
        host: The Host header, without port.
        path: Path and query as sent.
        headers: Header fields as sent.
        status: Status of the answer; 0 if the connection was reset.
    """

    monotonic: float
    wall: datetime
    host: str
    path: str
    headers: Mapping[str, str]
    status: int


class Press:
    """A small Hindi web on loopback.

    Use it as a context manager, or call `start` and `stop`.

    Attributes:
        faults: What goes wrong; its fields may be changed while the press serves.
        requests: Every request so far, in the order of the answers.
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
        self.requests: list[Request] = []
        self._sites = _chosen(sites)
        self._web: Web = build_web(stories)
        self._asked: Counter[str] = Counter()
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
        return self._web

    @property
    def sites(self) -> tuple[Site, ...]:
        """The sites that there are."""
        return self._sites

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
        return sources_yaml(self._sites, delay_s=delay_s)

    def write_sources(self, path: Path, *, delay_s: float = 0.0) -> Path:
        """Writes a sources file and returns its path."""
        path.write_text(self.sources_yaml(delay_s=delay_s), encoding="utf-8")
        return path

    def truth(self, at: datetime | None = None) -> Truth:
        """Returns the truth about the pages that are out `at` a time; None means now."""
        ids = {site.id for site in self._sites}
        web = Web(tuple(p for p in self._web.pages if p.site.id in ids), self._web.by_address)
        return truth_of(web, at or self.now, self.faults)

    def evaluate(
        self, found: Iterable[tuple[str, str, str]], at: datetime | None = None
    ) -> dict[str, dict[str, float]]:
        """Marks what a system found; see `Truth.evaluate`."""
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
        runner = aio.ServerRunner(aio.Server(self._handle, access_log=None), handle_signals=False)
        await runner.setup()
        try:
            plain = aio.TCPSite(runner, "127.0.0.1", 0, shutdown_timeout=_STOP_S)
            secure = aio.TCPSite(
                runner, "127.0.0.1", 0, ssl_context=context, shutdown_timeout=_STOP_S
            )
            await plain.start()
            await secure.start()
            http, https = (int(address[1]) for address in runner.addresses)
            self._loop, self._done = asyncio.get_running_loop(), asyncio.Event()
            self._ports = (http, https)
            started.set()
            await self._done.wait()
        finally:
            await runner.cleanup()

    async def _handle(self, request: aio.BaseRequest) -> aio.StreamResponse:
        host = request.host.partition(":")[0].lower()
        path, _, query = request.raw_path.partition("?")
        address = f"{host}{unquote(path)}"
        asked = self._asked[address]
        self._asked[address] += 1
        faults = self.faults
        wait = max(faults.delay(address), self._slowness(host, path))
        if wait:
            await asyncio.sleep(wait)
        if faults.is_reset(address):
            self._log(request, host, 0)
            _reset(request)
            return aio.Response(status=500)
        given = self._answer(request, host, path, query, asked)
        self._log(request, host, given.status)
        if faults.is_truncated(address) and given.body:
            return await _truncated(request, given)
        body = b"" if request.method == "HEAD" else given.body
        return aio.Response(status=given.status, body=body, headers=given.headers)

    def _answer(
        self, request: aio.BaseRequest, host: str, path: str, query: str, asked: int
    ) -> Answer:
        site = next((site for site in self._sites if site.host == host), None)
        if site is None:
            return Answer(421, b"no such site here\n", {"Content-Type": "text/plain"})
        address = f"{host}{unquote(path)}"
        plain = {"Content-Type": "text/html; charset=utf-8"}
        retry = self.faults.retry_after(address, asked)
        if retry is not None:
            return Answer(
                503, b"<h1>Service Unavailable</h1>", {**plain, "Retry-After": str(retry)}
            )
        status = self.faults.status(address)
        if status is not None:
            return Answer(status, f"<h1>{status}</h1>".encode(), plain)
        if request.secure != (site.scheme == "https"):
            there = f"{site.home.rstrip('/')}{request.raw_path}"
            return Answer(301, b"", {"Location": there})
        given = answer(self._web, site, path, query, self.now, self.faults, asked)
        return compressed(conditional(given, request.headers), site, request.headers)

    def _slowness(self, host: str, path: str) -> float:
        page = self._web.find(host, path)
        slow = page is not None and page.special == "slow" and "slow" in self.faults.specials
        return self.faults.slow_s if slow else 0.0

    def _log(self, request: aio.BaseRequest, host: str, status: int) -> None:
        self.requests.append(
            Request(
                monotonic=time.monotonic(),
                wall=datetime.now(UTC),
                host=host,
                path=request.raw_path,
                headers=dict(request.headers),
                status=status,
            )
        )


def _chosen(ids: Iterable[str] | None) -> tuple[Site, ...]:
    if ids is None:
        return SITES
    wanted = set(ids)
    unknown = wanted - {site.id for site in SITES}
    if unknown:
        raise ValueError(f"unknown sites: {', '.join(sorted(unknown))}")
    return tuple(site for site in SITES if site.id in wanted)


def _reset(request: aio.BaseRequest) -> None:
    transport = request.transport
    if transport is None:
        return
    sock = transport.get_extra_info("socket")
    if sock is not None:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
    transport.abort()


async def _truncated(request: aio.BaseRequest, given: Answer) -> aio.StreamResponse:
    """Announces the whole body, sends half of it and closes the connection."""
    response = aio.StreamResponse(status=given.status, headers=given.headers)
    response.content_length = len(given.body)
    await response.prepare(request)
    await response.write(given.body[: len(given.body) // 2])
    if request.transport is not None:
        request.transport.close()
    return response
