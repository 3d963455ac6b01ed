"""Host names to addresses: led elsewhere by the plan, and never into a private network.

Here belongs the resolver that Scrapy installs (`TWISTED_DNS_RESOLVER`). Everything that the
crawler connects to comes through it, addresses in URLs and targets of redirects included, and the
address that was judged is the address that is connected to: a name that changes its mind between
check and use gains nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, Self

from scrapy.crawler import Crawler
from twisted.internet.address import IPv4Address, IPv6Address
from twisted.internet.interfaces import (
    IAddress,
    IHostnameResolver,
    IHostResolution,
    IResolutionReceiver,
)
from zope.interface import implementer

from crawler.manners.addresses import HostMap, is_public, mapped

_CACHE_SIZE: Final = 10_000


@implementer(IHostResolution)
class _Resolution:
    def __init__(self, name: str) -> None:
        self.name = name

    def cancel(self) -> None:
        """Nothing is under way that could be stopped."""


@implementer(IResolutionReceiver)
class _Collector:
    """Passes on what is public, and remembers what is not."""

    def __init__(self, receiver: Any, resolver: GuardedResolver, host: str) -> None:  # noqa: ANN401
        self._receiver = receiver
        self._resolver = resolver
        self._host = host
        self._found: list[IPv4Address | IPv6Address] = []

    def resolutionBegan(self, resolution: IHostResolution) -> None:  # noqa: N802
        self._receiver.resolutionBegan(resolution)

    def addressResolved(self, address: IAddress) -> None:  # noqa: N802
        if isinstance(address, (IPv4Address, IPv6Address)):
            self._found.append(address)

    def resolutionComplete(self) -> None:  # noqa: N802
        refused = [found.host for found in self._found if not is_public(found.host)]
        if refused:
            # One private address among public ones is a trick, not a mistake: none is used.
            self._resolver.refused[self._host] = refused[0]
        else:
            self._resolver.remember(self._host, self._found)
            for address in self._found:
                self._receiver.addressResolved(address)
        self._receiver.resolutionComplete()


@implementer(IHostnameResolver)
class GuardedResolver:
    """Resolves names within the rules of the plan.

    Attributes:
        refused: Host -> an address of it that is not public, for all that were refused.
    """

    def __init__(self, reactor: Any, host_map: HostMap) -> None:  # noqa: ANN401
        """Stands in front of the reactor's own resolver.

        Args:
            reactor: Twisted's reactor.
            host_map: The plan's map; its hosts may have private addresses.
        """
        self._reactor = reactor
        self._inner = reactor.nameResolver
        self._host_map = host_map
        self._cache: dict[str, list[IPv4Address | IPv6Address]] = {}
        self.refused: dict[str, str] = {}

    @classmethod
    def from_crawler(cls, crawler: Crawler, reactor: Any) -> Self:  # noqa: ANN401
        """What Scrapy calls; it passes its process, of which only `settings` is used."""
        return cls(reactor, crawler.settings.getdict("HOST_MAP"))

    def install_on_reactor(self) -> None:
        """Becomes the reactor's resolver."""
        self._reactor.installNameResolver(self)

    def remember(self, host: str, addresses: list[IPv4Address | IPv6Address]) -> None:
        """Keeps the public addresses of a host for the rest of the run."""
        if addresses and len(self._cache) < _CACHE_SIZE:
            self._cache[host] = addresses

    def resolveHostName(  # noqa: N802
        self,
        resolutionReceiver: Any,  # noqa: ANN401, N803
        hostName: str,  # noqa: N803
        portNumber: int = 0,  # noqa: N803
        addressTypes: Sequence[type[IAddress]] | None = None,  # noqa: N803
        transportSemantics: str = "TCP",  # noqa: N803
    ) -> Any:  # noqa: ANN401
        """As `IHostnameResolver` has it. Twisted connects to the port of the address it gets."""
        target = mapped(self._host_map, hostName.lower(), portNumber)
        if target is not None:
            kind = IPv6Address if ":" in target[0] else IPv4Address
            return _answer(resolutionReceiver, hostName, [kind("TCP", *target)])
        if hostName in self._cache:
            again = [type(a)("TCP", a.host, portNumber) for a in self._cache[hostName]]
            return _answer(resolutionReceiver, hostName, again)
        return self._inner.resolveHostName(
            _Collector(resolutionReceiver, self, hostName),
            hostName,
            portNumber,
            addressTypes,
            transportSemantics,
        )


def _answer(receiver: Any, host: str, addresses: Sequence[object]) -> _Resolution:  # noqa: ANN401
    resolution = _Resolution(host)
    receiver.resolutionBegan(resolution)
    for address in addresses:
        receiver.addressResolved(address)
    receiver.resolutionComplete()
    return resolution
