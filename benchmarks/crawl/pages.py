"""The pages of the generated press: articles of the demo's press, dressed to the size of real ones.

Here belongs what is served: pages, feeds and robots.txt of any number of sites, as bytes that are
ready but for the name of the host and the number of the page. Not here: sockets
(`benchmarks.crawl.server`).

The press's own pages have 10 to 17 KB. What is added brings them to 60 KB in the proportions of
four stored pages of Hindi newspapers (162 to 498 KB): two thirds of the bytes are scripts and
styles, and 60 KB of a page hold some 250 elements, most of them links of menus and lists.
"""

from __future__ import annotations

import gzip
from dataclasses import dataclass
from functools import lru_cache
from itertools import count
from typing import Final
from xml.sax.saxutils import escape

from crawler.plan import shard_of
from crawler.source_model import Source
from press import BASE, Faults, Page, Press
from press.answers import answer
from press.chance import choose, number

SIZE: Final = 60_000
"""Bytes of a page."""

_LINKS: Final = 70
_BASES: Final = 200
_HOST: Final = "site00.bench.test"
_NUMBER: Final = "900000"
"""What stands in a base page where host and number will stand; as long as those."""


@dataclass(frozen=True, slots=True)
class Base:
    """A page that lacks host and number.

    Attributes:
        path: Its path, with `_NUMBER` in it.
        title: Its headline.
        html: The page.
    """

    path: str
    title: str
    html: bytes


@dataclass(frozen=True, slots=True)
class Generated:
    """A press of so many sites with so many pages each, on one port.

    Attributes:
        sites: How many sites.
        pages: How many pages each has.
        port: Where all of them are served.
        zipped: Whether pages go out compressed.
    """

    sites: int
    pages: int
    port: int
    zipped: bool = False

    def hosts(self) -> list[str]:
        """The names of the sites."""
        return make_hosts(self.sites)

    def feed_url(self, host: str) -> str:
        """The feed of a site: all its pages, newest first."""
        return f"http://{host}:{self.port}/feed.xml"

    def paths(self) -> list[str]:
        """The paths of the pages of every site."""
        bases = make_bases()
        return [_numbered(bases[n % len(bases)].path, n) for n in range(self.pages)]

    def page(self, host: str, n: int) -> bytes:
        """The body of page `n` of a site."""
        bases = make_bases()
        html = bases[n % len(bases)].html.replace(_NUMBER.encode(), str(_first() + n).encode())
        html = html.replace(_HOST.encode(), f"{host}:{self.port}".encode())
        return gzip.compress(html, 5, mtime=0) if self.zipped else html

    def feed(self, host: str) -> bytes:
        """The RSS feed of a site."""
        bases = make_bases()
        items = "".join(
            f"<item><title>{escape(bases[n % len(bases)].title)}</title>"
            f"<link>http://{host}:{self.port}{escape(path)}</link>"
            f"<pubDate>{BASE:%a, %d %b %Y %H:%M:%S %z}</pubDate></item>"
            for n, path in enumerate(self.paths())
        )
        head = '<?xml version="1.0" encoding="UTF-8"?><rss version="2.0"><channel>'
        return f"{head}<title>{host}</title>{items}</channel></rss>".encode()


def make_hosts(sites: int) -> list[str]:
    """Names such that two crawl processes get half of the sites each."""
    shares: tuple[list[str], list[str]] = ([], [])
    for n in count():
        host = f"site{n:02d}.bench.test"
        source = Source(id=f"site{n:02d}", name=host, home=f"http://{host}/")
        shares[shard_of(source, 2)].append(host)
        if min(map(len, shares)) * 2 >= sites:
            break
    return [host for share in shares for host in share[: sites // 2]]


def _first() -> int:
    return int(_NUMBER)


def _numbered(path: str, n: int) -> str:
    return path.replace(_NUMBER, str(_first() + n))


@lru_cache(maxsize=1)
def make_bases() -> tuple[Base, ...]:
    """The pages of which all others are made; the same on every machine."""
    press = Press(BASE, Faults.none())
    ordinary = [p for p in press.web.pages if p.special is None and p.published_at <= BASE]
    chosen = sorted(ordinary, key=lambda p: number(p.url))[:_BASES]
    titles = [p.headline for p in ordinary]
    return tuple(_base(press, page, titles) for page in chosen)


def _base(press: Press, page: Page, titles: list[str]) -> Base:
    given = answer(press.web, page.site, page.path, "", BASE, press.faults)
    html = given.body.decode()
    for old, new in (
        (f"https://{page.site.host}", f"http://{_HOST}"),
        (page.site.host, _HOST),
        # Otherwise a page with a short number would be another's.
        (str(page.number), _NUMBER),
    ):
        html = html.replace(old, new)
    html = _dressed(html, page, titles)
    path = page.path.replace(str(page.number), _NUMBER)
    return Base(path, page.headline, html.encode())


def _dressed(html: str, page: Page, titles: list[str]) -> str:
    """Adds menus and lists of links before and behind the article, then scripts up to the size."""
    links = [
        f'<li class="menu-item"><a href="http://{_HOST}/list/{number(page.url, n) % 10**6}">'
        f"{escape(choose(titles, page.url, n)[:40].rsplit(' ', 1)[0])}</a></li>"
        for n in range(_LINKS)
    ]
    half = _LINKS // 2
    menu = f'<nav class="mega-menu"><ul>{"".join(links[:half])}</ul></nav>'
    below = f'<div class="footer-links"><ul>{"".join(links[half:])}</ul></div>'
    head, _, rest = html.partition("<body")
    opening, _, body = rest.partition(">")
    body, _, end = body.rpartition("</body>")
    made = f"{head}<body{opening}>{menu}{body}{below}"
    room = SIZE - len(f"{made}</body>{end}".encode())
    return f"{made}{_scripts(page, room)}</body>{end}"


def _scripts(page: Page, room: int) -> str:
    """Inline scripts and styles, about `room` bytes in four elements."""
    quarter = max(room // 4 - 40, 0)
    made = []
    for part in range(4):
        lines: list[str] = []
        while sum(map(len, lines)) < quarter:
            mark = number(page.url, part, len(lines))
            lines.append(
                f".c{mark % 9973}-{len(lines)}{{margin:{mark % 37}px;color:#{mark % 0xFFFFFF:06x}}}"
                if part == 0
                else f'window.q.push({{"k":"{mark:x}","v":[{mark % 991},{mark % 83}],"t":"slot"}});'
            )
        text = "\n".join(lines)[:quarter]
        made.append(f"<style>{text}</style>" if part == 0 else f"<script>{text}</script>")
    return "".join(made)
