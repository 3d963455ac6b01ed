"""URLs: the one form that an article goes by, and which URLs are of one site.

Here belong pure functions over URL strings. Not here: asking the network what a URL leads to
(`crawler.spiders`), what a page says of itself (`crawler.extract`), ids (`lake.ids`).
"""

from __future__ import annotations

import ipaddress
import re
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Final
from urllib.parse import SplitResult, parse_qsl, urlsplit, urlunsplit

from w3lib.url import canonicalize_url

if TYPE_CHECKING:
    from tldextract import TLDExtract

# Campaign parameters: they say where a reader came from and never what is read. Sources: the
# manuals of Google Analytics (utm_, _ga, _gl, gclid, gbraid, wbraid, dclid), Piano (at_, xtor),
# Adobe (s_cid, cid is left alone), Matomo (mtm_, pk_), HubSpot (hsa_, _hs*), Mailchimp (mc_),
# Meta (fbclid, igshid), Microsoft (msclkid), Yandex (yclid), TikTok (ttclid), X (twclid, ref_src).
_TRACKING_PREFIXES: Final = ("utm_", "at_", "itm_", "mtm_", "pk_", "hsa_", "_hs", "mc_", "fb_")
_TRACKING: Final = frozenset(
    {
        "_ga", "_gl", "gclid", "gclsrc", "dclid", "gbraid", "wbraid", "fbclid", "igshid", "igsh",
        "msclkid", "yclid", "ttclid", "twclid", "ref_src", "ref_url", "__twitter_impression",
        "s_cid", "xtor", "ncid", "cmpid", "ocid", "ns_mchannel", "ns_source", "ns_campaign",
        "ns_linkname", "ns_fee", "wt_mc", "vero_id", "spm", "_branch_match_id", "amp", "amp_js_v",
        "amp_gsa", "usqp", "outputtype",
    }
)  # fmt: skip
# `outputType=amp` (Arc) and `usqp` (AMP cache) say how a page is shown, not which.

_VARIANT_LABELS: Final = frozenset({"www", "m", "amp", "mobile"})
# BBC: /x.amp; WordPress: /x/amp/; Oneindia: /amphtml/x; Times group: /amp_articleshow/1.cms.
_AMP_PATH_END: Final = re.compile(r"(?:(?<=/)amp/|/amp|\.amp)$")
_AMP_PATH_START: Final = re.compile(
    r"^/(?:amp|amphtml)(?=/.)|(?<=/)amp_(?=(?:article|photo|video)show)"
)

_DEFAULT_PORTS: Final = {"http": 80, "https": 443}
_HOME_PATHS: Final = frozenset({"", "/", "/index.html", "/index.php", "/index.htm"})


# The URL of a page comes by some ten times while it is judged.
@lru_cache(maxsize=1024)
def canonical_url(url: str, *, home: str | None = None) -> str:
    """The form of a URL that tells one article from another.

    Lower-case scheme and host, no default port, no fragment, no campaign parameters, parameters
    sorted, percent-encoding normalised, AMP paths as the plain ones. Parameters that may carry
    identity (``?id=``, ``.cms?...``) are kept. It is for comparing: the URL that is asked for is
    the one that was listed.

    Args:
        url: An absolute http or https URL.
        home: Home page of the source. A host that differs from the home's only by ``www``,
            ``m``, ``mobile`` or ``amp`` then goes by the home's host, and by its scheme.

    Returns:
        The canonical URL.

    Raises:
        ValueError: If `url` is no absolute http or https URL.
    """
    parts = _split(url)
    scheme, host, port = parts.scheme.lower(), host_of(url), parts.port
    if home is not None:
        own = _split(home)
        own_host = host_of(home)
        if port in (None, _DEFAULT_PORTS[scheme]) and _bare(host) == _bare(own_host):
            scheme, host, port = own.scheme.lower(), own_host, own.port
    netloc = f"[{host}]" if ":" in host else host
    if port is not None and port != _DEFAULT_PORTS[scheme]:
        netloc += f":{port}"
    path = _AMP_PATH_START.sub("", _AMP_PATH_END.sub("", parts.path))
    return canonicalize_url(urlunsplit((scheme, netloc, path or "/", _untracked(parts.query), "")))


def is_web_url(url: str) -> bool:
    """Whether `url` is an absolute http or https URL with a host."""
    try:
        _split(url)
    except ValueError:
        return False
    return True


@lru_cache(maxsize=1024)
def host_of(url: str) -> str:
    """The host of a URL: lower case, no port, no trailing dot; empty if there is none.

    A name in Devanagari as it goes over the wire (``xn--...``): that is how answers name it.
    """
    host = (urlsplit(url.strip()).hostname or "").rstrip(".").lower()
    if host.isascii():
        return host
    try:
        return host.encode("idna").decode()
    except UnicodeError:
        return host


@lru_cache(maxsize=4096)
def site_of(host: str) -> str:
    """The site that a host belongs to: its registrable domain.

    An address, and a name under no public suffix (``x.test``, a name of an intranet), is a site
    of its own, less a leading ``www``, ``m``, ``mobile`` or ``amp``.

    Args:
        host: A host name or address, lower case.

    Returns:
        For example ``jagran.com`` for ``rss.jagran.com``.
    """
    if _is_address(host):
        return host
    found = _suffixes()(host)
    return found.top_domain_under_public_suffix if found.suffix else _bare(host)


def same_site(a: str, b: str) -> bool:
    """Whether two URLs are of one site: of one host, or of a host and one below it.

    ``www``, ``m``, ``mobile`` and ``amp`` do not count. Two sisters under one registrable domain
    are two sites: ``zeenews.india.com`` is not ``www.india.com``.
    """
    first, second = _bare(host_of(a)), _bare(host_of(b))
    if not first or not second:
        return False
    return first == second or first.endswith("." + second) or second.endswith("." + first)


def on_hosts(url: str, hosts: tuple[str, ...]) -> bool:
    """Whether the host of `url` is one of `hosts` or below one of them."""
    host = host_of(url)
    return any(host == allowed or host.endswith("." + allowed) for allowed in hosts)


def is_home(url: str, home: str | None = None) -> bool:
    """Whether a URL is a home page: the root of its host, or `home` itself.

    A root with a query string is no home page: ``/?p=123`` is an article of WordPress.
    """
    parts = urlsplit(url.strip())
    if not parts.query and parts.path in _HOME_PATHS:
        return True
    if home is None:
        return False
    own = urlsplit(home)
    return (
        _bare(host_of(url)) == _bare(host_of(home))
        and parts.path.rstrip("/") == own.path.rstrip("/")
        and parts.query == own.query
    )


@lru_cache(maxsize=1024)
def _split(url: str) -> SplitResult:
    """Splits an absolute web URL, or raises ValueError."""
    try:
        parts = urlsplit(url.strip())
        good = parts.scheme.lower() in _DEFAULT_PORTS and bool(parts.hostname) and parts.port != 0
    except ValueError as error:  # A bad port or bad brackets.
        raise ValueError(f"not a web URL: {url!r}") from error
    if not good:
        raise ValueError(f"not a web URL: {url!r}")
    return parts


@cache
def _suffixes() -> TLDExtract:
    """The public suffix list that comes with the package: no network, the same everywhere.

    Loaded when it is asked: a crawl that finds nothing new need not look further than at the hosts
    of its feeds.
    """
    import tldextract

    return tldextract.TLDExtract(suffix_list_urls=(), cache_dir=None)


def _bare(host: str) -> str:
    first, _, rest = host.partition(".")
    return rest if first in _VARIANT_LABELS and "." in rest else host


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _untracked(query: str) -> str:
    """The query string without campaign parameters, the others as they were written."""
    if not query:
        return ""
    kept = [piece for piece in query.split("&") if piece and not _tracks(piece)]
    return "&".join(kept)


def _tracks(piece: str) -> bool:
    pairs = parse_qsl(piece, keep_blank_values=True)
    name = pairs[0][0].lower() if pairs else ""
    return name in _TRACKING or name.startswith(_TRACKING_PREFIXES)
