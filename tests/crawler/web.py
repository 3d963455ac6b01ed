"""A small web on loopback for the tests of the crawler: hosts, paths, answers, and who asked."""

from __future__ import annotations

import asyncio
import ssl
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Self

from aiohttp import web


@dataclass(frozen=True, slots=True)
class Asked:
    """A request that the web received."""

    at: float
    host: str
    path: str
    headers: dict[str, str]


Answer = web.StreamResponse | str | bytes | int
Handler = Callable[[web.Request], Any]


@dataclass
class Web:
    """Answers for any host. `pages` maps ``host/path?query`` to an answer or a handler."""

    pages: dict[str, Any] = field(default_factory=dict)
    tls: ssl.SSLContext | None = None
    asked: list[Asked] = field(default_factory=list)
    port: int = 0

    def __enter__(self) -> Self:
        started = threading.Event()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, args=(started,), daemon=True)
        self._thread.start()
        assert started.wait(10)
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)

    @property
    def host_map(self) -> dict[str, dict[str, str]]:
        target = f"127.0.0.1:{self.port}"
        return {"*.test": {"443" if self.tls else "80": target}}

    def paths(self, host: str | None = None) -> list[str]:
        """What was asked for, robots.txt left out."""
        return [
            asked.path
            for asked in self.asked
            if host in (None, asked.host) and asked.path != "/robots.txt"
        ]

    def _run(self, started: threading.Event) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_until_complete(self._serve())
        started.set()
        self._loop.run_forever()
        self._loop.run_until_complete(self._runner.cleanup())
        self._loop.close()

    async def _serve(self) -> None:
        app = web.Application()
        app.router.add_route("GET", "/{path:.*}", self._answer)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0, ssl_context=self.tls)
        await site.start()
        self.port = self._runner.addresses[0][1]

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        host = request.host.partition(":")[0]
        path = request.path_qs
        self.asked.append(Asked(time.monotonic(), host, path, dict(request.headers)))
        answer = self.pages.get(host + path, 404)
        if callable(answer):
            answer = answer(request)
            if asyncio.iscoroutine(answer):
                answer = await answer
        if isinstance(answer, int):
            return web.Response(status=answer)
        if isinstance(answer, str):
            kind = "application/xml" if answer.lstrip().startswith("<?xml") else "text/html"
            return web.Response(text=answer, content_type=kind)
        if isinstance(answer, bytes):
            return web.Response(body=answer, content_type="application/octet-stream")
        assert isinstance(answer, web.StreamResponse)
        return answer


WORDS = (
    "सरकार ने बुधवार को राजधानी में आयोजित बैठक के बाद नई योजना की घोषणा की जिसके तहत किसानों को "
    "सस्ती दरों पर बीज और खाद उपलब्ध कराई जाएगी। अधिकारियों ने बताया कि पहले चरण में बीस जिलों को "
    "शामिल किया गया है और अगले वर्ष तक पूरे राज्य में इसका विस्तार होगा। विपक्ष ने इस फैसले पर सवाल "
    "उठाते हुए कहा कि पिछली योजनाओं का लाभ अब तक किसानों तक नहीं पहुंचा है।"
)


def article(number: int = 1, *, head: str = "", text: str = WORDS) -> str:
    """A Hindi news page."""
    return f"""<!DOCTYPE html><html lang="hi"><head><meta charset="utf-8">
<title>समाचार {number}</title>{head}</head><body><article>
<h1>किसानों के लिए नई योजना की घोषणा, समाचार {number}</h1>
<time datetime="2024-06-18T10:00:00+05:30">18 जून 2024</time>
<p>{text}</p><p>समाचार क्रमांक {number}: {text}</p></article></body></html>"""


def rss(*links: str, date: str = "Tue, 18 Jun 2024 11:30:00 +0530") -> str:
    """An RSS feed of these links."""
    items = "".join(
        f"<item><title>समाचार {n}</title><link>{link.replace('&', '&amp;')}</link>"
        f"<pubDate>{date}</pubDate></item>"
        for n, link in enumerate(links, 1)
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?><rss version="2.0"><channel><title>समाचार</title>'
        f"{items}</channel></rss>"
    )
