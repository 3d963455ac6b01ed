"""A proxy in front of an S3 server that does to requests what a bad network and a bad day do.

Here belongs the handling of connections, in a thread with an event loop of its own. What happens
to which request is decided in `tests.chaos.faults`.
"""

from __future__ import annotations

import asyncio
import socket
import struct
import threading
from collections import Counter
from typing import Any, Final, Self

import aiohttp
from aiohttp import web
from yarl import URL

from tests.chaos.faults import Kind, Weather

_RESET: Final = struct.pack("ii", 1, 0)
"""SO_LINGER of zero seconds: closing sends RST instead of FIN."""
_HOP: Final = {"connection", "keep-alive", "transfer-encoding", "content-length", "expect"}
"""Headers that speak of one connection, or that the client library writes itself."""
_DRIPS: Final = 4
"""Pieces in which a slow response comes."""


class FaultProxy:
    """Passes requests on to a server; `weather` says which it harms. Use it as a context manager.

    The Host header stays as the client sent it, because it is signed.

    Attributes:
        weather: May be changed at any time.
        injected: How many faults of each kind there were.
        requests: How many requests came.
    """

    def __init__(self, upstream: str, *, patience_s: float) -> None:
        """Prepares a proxy.

        Args:
            upstream: Address of the server, such as ``http://127.0.0.1:9000``.
            patience_s: Longer than what the client waits for an answer.
        """
        self.weather = Weather()
        self.injected: Counter[str] = Counter()
        self.requests = 0
        self._upstream = upstream.rstrip("/")
        self._patience_s = patience_s
        self._port = 0
        self._started = threading.Event()
        self._thread = threading.Thread(target=self._run, name="fault-proxy", daemon=True)

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self._port}"

    def __enter__(self) -> Self:
        self._thread.start()
        if not self._started.wait(30) or not self._port:
            raise RuntimeError("the fault proxy did not start")
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._done.set)
        self._thread.join()

    def _run(self) -> None:
        try:
            asyncio.run(self._serve())
        finally:
            self._started.set()

    async def _serve(self) -> None:
        self._loop, self._done = asyncio.get_running_loop(), asyncio.Event()
        # As it came: a body that is undone here would not fit its length and checksum.
        async with aiohttp.ClientSession(auto_decompress=False) as self._session:
            runner = web.ServerRunner(
                web.Server(self._handle, access_log=None, auto_decompress=False),
                handle_signals=False,
                shutdown_timeout=0.1,
            )
            await runner.setup()
            try:
                await web.TCPSite(runner, "127.0.0.1", 0).start()
                self._port = int(runner.addresses[0][1])
                self._started.set()
                await self._done.wait()
            finally:
                await runner.cleanup()

    async def _handle(self, request: web.BaseRequest) -> web.StreamResponse:
        self.requests += 1
        try:
            return await self._answer(request)
        except (ConnectionError, aiohttp.ClientConnectionError):
            return _reset(request)  # A client that was killed, or gave up.

    async def _answer(self, request: web.BaseRequest) -> web.StreamResponse:
        kind = self.weather.strike(request.method, request.raw_path)
        if kind is not None:
            self.injected[kind.value] += 1
        if kind in (Kind.ERROR, Kind.SLOW_DOWN):
            await request.read()
            return _refusal(kind, request.method)
        if kind is Kind.RESET:
            return _reset(request)
        if kind is Kind.TIMEOUT:
            await request.read()
            await asyncio.sleep(self._patience_s)
            return _reset(request)
        status, headers, body = await self._ask(request)
        if kind is Kind.LOST:
            return _reset(request)
        if kind is Kind.LATE:
            await asyncio.sleep(self._patience_s)
            return _reset(request)
        if kind is Kind.ERROR_AFTER:
            return _refusal(Kind.ERROR, request.method)
        if kind is not None or request.method == "HEAD":
            return await self._by_pieces(request, kind, status, headers, body)
        return web.Response(status=status, headers=headers, body=body)

    async def _ask(self, request: web.BaseRequest) -> tuple[int, dict[str, str], bytes]:
        sent = {k: v for k, v in request.headers.items() if k.lower() not in _HOP}
        async with self._session.request(
            request.method,
            URL(self._upstream + request.raw_path, encoded=True),
            headers=sent,
            data=await request.read() or None,
            allow_redirects=False,
            skip_auto_headers=("Accept", "Accept-Encoding", "User-Agent", "Content-Type"),
        ) as answer:
            body = await answer.read()
            got = {k: v for k, v in answer.headers.items() if k.lower() not in _HOP}
            if request.method == "HEAD":
                got["X-Length"] = answer.headers.get("Content-Length", "0")
            return answer.status, got, body

    async def _by_pieces(
        self,
        request: web.BaseRequest,
        kind: Kind | None,
        status: int,
        headers: dict[str, str],
        body: bytes,
    ) -> web.StreamResponse:
        response = web.StreamResponse(status=status, headers=headers)
        length = headers.get("X-Length")
        response.headers.pop("X-Length", None)
        if status != 204:
            response.content_length = int(length) if length else len(body)
        if kind is Kind.SLOW:
            await asyncio.sleep(self._patience_s / 4)
        await response.prepare(request)
        if kind is Kind.TRUNCATED:
            await response.write(body[: len(body) // 2])
            return _reset(request)
        if request.method == "HEAD":
            return response
        for at in range(0, len(body), max(1, len(body) // _DRIPS)):
            await response.write(body[at : at + max(1, len(body) // _DRIPS)])
            await asyncio.sleep(self._patience_s / 20)
        return response


def _refusal(kind: Kind, method: str) -> web.Response:
    status, code = (503, "SlowDown") if kind is Kind.SLOW_DOWN else (500, "InternalError")
    body = f"<Error><Code>{code}</Code><Message>by the fault proxy</Message></Error>"
    return web.Response(
        status=status, text="" if method == "HEAD" else body, content_type="application/xml"
    )


def _reset(request: web.BaseRequest) -> web.StreamResponse:
    transport: Any = request.transport
    if transport is not None:
        sock = transport.get_extra_info("socket")
        if sock is not None:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
        transport.abort()
    return web.Response(status=500)
