"""Which addresses may be connected to, and the resolver that sees to it."""

from __future__ import annotations

from typing import Any

import pytest
from twisted.internet.address import IPv4Address, IPv6Address

from crawler.manners.addresses import is_public, mapped, private_address
from crawler.manners.resolver import GuardedResolver


@pytest.mark.parametrize("address", ["8.8.8.8", "2001:4860:4860::8888", "64:ff9b::808:808"])
def test_public(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "address",
    [
        *("127.0.0.1", "0.0.0.0", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254"),
        *("100.64.0.1", "192.0.2.1", "224.0.0.1", "255.255.255.255", "::1", "::", "fe80::1%eth0"),
        *("fd00::1", "ff02::1", "::ffff:127.0.0.1", "2002:7f00:1::", "64:ff9b::7f00:1"),
        "2001:0:7f00:1::",
    ],
)
def test_not_public(address: str) -> None:
    assert not is_public(address)


def test_what_is_no_address() -> None:
    with pytest.raises(ValueError, match="localhost"):
        is_public("localhost")


def test_the_host_map() -> None:
    host_map = {"*.press.test": {"80": "127.0.0.1:8080", "443": "[::1]:8443"}}
    assert mapped(host_map, "a.press.test", 80) == ("127.0.0.1", 8080)
    assert mapped(host_map, "a.press.test", 443) == ("::1", 8443)
    assert mapped(host_map, "a.press.test", 8000) is None
    assert mapped(host_map, "press.test.evil.in", 80) is None
    with pytest.raises(ValueError, match="loopback"):
        mapped({"*": {"80": "loopback:80"}}, "a", 80)


class Receiver:
    def __init__(self) -> None:
        self.found: list[Any] = []
        self.events: list[str] = []

    def resolutionBegan(self, resolution: Any) -> None:  # noqa: N802
        self.events.append(f"began {resolution.name}")
        resolution.cancel()

    def addressResolved(self, address: Any) -> None:  # noqa: N802
        self.found.append(address)

    def resolutionComplete(self) -> None:  # noqa: N802
        self.events.append("complete")


class Dns:
    """Stands for the reactor and its resolver."""

    def __init__(self, *addresses: Any) -> None:
        self.addresses = addresses
        self.asked = 0
        self.nameResolver = self
        self.installed: Any = None

    def installNameResolver(self, resolver: Any) -> None:  # noqa: N802
        self.installed = resolver

    def resolveHostName(self, receiver: Any, host: str, *_: Any) -> None:  # noqa: N802
        self.asked += 1

        class Resolution:
            name = host

            def cancel(self) -> None: ...

        receiver.resolutionBegan(Resolution())
        for address in self.addresses:
            receiver.addressResolved(address)
        receiver.resolutionComplete()


def resolve(resolver: GuardedResolver, host: str = "x.in", port: int = 80) -> list[tuple[str, int]]:
    receiver = Receiver()
    resolver.resolveHostName(receiver, host, port)
    assert receiver.events == [f"began {host}", "complete"]
    return [(address.host, address.port) for address in receiver.found]


def test_public_addresses_are_passed_on_and_remembered() -> None:
    dns = Dns(IPv4Address("TCP", "8.8.8.8", 80), IPv6Address("TCP", "2001:4860:4860::8888", 80))
    resolver = GuardedResolver(dns, {})
    assert resolve(resolver) == [("8.8.8.8", 80), ("2001:4860:4860::8888", 80)]
    assert resolve(resolver, port=443) == [("8.8.8.8", 443), ("2001:4860:4860::8888", 443)]
    assert dns.asked == 1
    assert resolver.refused == {}


def test_one_private_address_spoils_a_name() -> None:
    dns = Dns(IPv4Address("TCP", "8.8.8.8", 80), IPv4Address("TCP", "10.0.0.1", 80))
    resolver = GuardedResolver(dns, {})
    assert resolve(resolver) == []
    assert resolver.refused == {"x.in": "10.0.0.1"}
    assert resolve(resolver) == []


def test_a_name_that_does_not_resolve_is_not_refused() -> None:
    resolver = GuardedResolver(Dns(), {})
    assert resolve(resolver) == []
    assert resolver.refused == {}


def test_mapped_names_never_reach_the_dns() -> None:
    dns = Dns()
    resolver = GuardedResolver(dns, {"*.test": {"80": "127.0.0.1:8080", "443": "::1:8443"}})
    assert resolve(resolver, "A.test") == [("127.0.0.1", 8080)]
    assert resolve(resolver, "a.test", 443) == [("::1", 8443)]
    assert dns.asked == 0
    resolver.install_on_reactor()
    assert dns.installed is resolver


@pytest.mark.parametrize(
    ("host", "address"),
    [
        ("127.0.0.1", "127.0.0.1"),
        ("127.1", "127.0.0.1"),
        ("2130706433", "127.0.0.1"),
        ("::1", "::1"),
        ("::ffff:10.0.0.1", "::ffff:10.0.0.1"),
        ("localhost", "127.0.0.1"),
        ("news.localhost", "127.0.0.1"),
        ("8.8.8.8", None),
        ("www.example.in", None),
        ("", None),
    ],
)
def test_a_host_that_is_private_by_its_name_is_told_without_asking(
    host: str, address: str | None
) -> None:
    assert private_address(host) == address
