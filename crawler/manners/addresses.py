"""Which addresses may be connected to, and which names are led elsewhere.

Here belong pure functions over addresses and the plan's host map. Not here: asking the DNS
(`crawler.manners.resolver`).

A feed can list any URL and a page can redirect anywhere. Without a guard, the crawler would fetch
``http://169.254.169.254/`` or a printer's pages for whoever wrote that link.
"""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Mapping
from fnmatch import fnmatchcase
from typing import Final

HostMap = Mapping[str, Mapping[str, str]]
"""Host pattern (``*.press.test``) -> port -> ``address:port``."""

# RFC 6052: an IPv4 address in the last 32 bits, which a NAT64 gateway connects to.
_NAT64: Final = ipaddress.IPv6Network("64:ff9b::/96")


def is_public(address: str) -> bool:
    """Whether an address is one of the public internet.

    Addresses that embed another (IPv4-mapped, 6to4, Teredo, NAT64) are judged by both.

    Args:
        address: An IPv4 or IPv6 address; a zone index is ignored.

    Raises:
        ValueError: If it is no address.
    """
    parsed = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(parsed, ipaddress.IPv6Address):
        if parsed.ipv4_mapped is not None:
            return is_public(str(parsed.ipv4_mapped))
        inner = [parsed.sixtofour, *(parsed.teredo or ())]
        if parsed in _NAT64:
            inner.append(ipaddress.IPv4Address(int(parsed) & 0xFFFFFFFF))
        if any(other is not None and not is_public(str(other)) for other in inner):
            return False
        if parsed in _NAT64:
            return True
    return parsed.is_global and not parsed.is_multicast


def private_address(host: str) -> str | None:
    """The address that a host is by its mere name, if it is not a public one.

    Names for which the DNS must be asked are none of this function's business: see
    `crawler.manners.resolver`.

    Args:
        host: Host name, lower case: a name, or an address in any form that sockets take, such as
            ``127.1``; IPv6 without brackets.
    """
    if host == "localhost" or host.endswith(".localhost"):  # RFC 6761, section 6.3
        return "127.0.0.1"
    try:
        found = socket.getaddrinfo(host, None, flags=socket.AI_NUMERICHOST)
    except (OSError, UnicodeError):
        return None
    addresses = [str(entry[4][0]) for entry in found]
    return next((address for address in addresses if not is_public(address)), None)


def mapped(host_map: HostMap, host: str, port: int) -> tuple[str, int] | None:
    """Where the plan leads a host and port, if it does.

    Args:
        host_map: The plan's map.
        host: Host name, lower case.
        port: The port asked for.

    Returns:
        Address and port to connect to, or None.

    Raises:
        ValueError: If the map's target is no ``address:port``.
    """
    for pattern, ports in host_map.items():
        if fnmatchcase(host, pattern) and str(port) in ports:
            address, _, target = ports[str(port)].rpartition(":")
            return str(ipaddress.ip_address(address.strip("[]"))), int(target)
    return None
