"""Where the crawler will not go, and whose certificates it takes."""

from __future__ import annotations

import ipaddress
import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.crawler.crawls import Spool, entry, plan, source
from tests.crawler.web import Web, article, rss

# --- Addresses -----------------------------------------------------------------------------------


def test_addresses_that_are_not_public_are_never_connected_to(tmp_path: Path) -> None:
    with Web({}) as loopback:
        port = loopback.port
        # The host map would lead *.test there; these names and addresses are none of its.
        urls = [
            f"http://127.0.0.1:{port}/",
            f"http://localhost:{port}/",
            f"http://[::1]:{port}/",
            f"http://[::ffff:127.0.0.1]:{port}/",
            f"http://2130706433:{port}/",
            f"http://0x7f.1:{port}/",
            "http://169.254.169.254/latest/meta-data",
            "http://10.0.0.1/",
        ]
        hosts = ("127.0.0.1", "localhost", "::1", "::ffff:127.0.0.1", "169.254.169.254", "10.0.0.1")
        # What a careless source file would allow: the guard does not rely on it.
        trusting = source(feeds=[]).model_copy(
            update={"hosts": (*hosts, "2130706433", "0x7f.1", "::ffff:7f00:1")}
        )
        made = plan([trusting], loopback.host_map, pending={"alpha": tuple(map(entry, urls))})
        spool = Spool(tmp_path, made)
        spool.run()
    assert loopback.asked == []
    outcomes = spool.outcomes()
    assert set(outcomes) == set(urls)
    details = {url: fetch["detail"] for url, fetch in spool.fetches().items()}
    assert set(outcomes.values()) == {"blocked_address"}, details
    assert "127.0.0.1" in details[urls[1]] or "::1" in details[urls[1]]


def test_a_redirect_into_the_private_net_is_refused(tmp_path: Path) -> None:
    def into(_: web.Request) -> web.Response:
        return web.Response(status=302, headers={"Location": f"http://127.0.0.1:{port}/secret"})

    with Web({"alpha.test/1": into}) as loopback:
        port = loopback.port
        for hosts, outcome in (((), "off_site"), (("alpha.test", "127.0.0.1"), "blocked_address")):
            made = plan(
                [source(feeds=[], hosts=hosts)],
                loopback.host_map,
                pending={"alpha": (entry("http://alpha.test/1"),)},
            )
            spool = Spool(tmp_path / outcome, made)
            spool.run()
            assert spool.outcomes() == {"http://alpha.test/1": outcome}
    assert "/secret" not in loopback.paths()


def test_a_feed_on_a_private_address_is_told(tmp_path: Path) -> None:
    with Web({}) as loopback:
        home = f"http://127.0.0.1:{loopback.port}/"
        made = plan([source(home=home, feeds=[{"url": home + "feed"}])], {})
        spool = Spool(tmp_path, made)
        spool.run()
    (feed,) = spool.feeds()
    assert feed["failure"] == "blocked_address"
    assert "not a public address" in feed["detail"]
    assert loopback.asked == []


# --- TLS -----------------------------------------------------------------------------------------


def certificate(
    name: str, key: ec.EllipticCurvePrivateKey, issuer: tuple[x509.Name, Any] | None = None
) -> x509.Certificate:
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    issuer_name, issuer_key = issuer or (subject, key)
    now = datetime.now(UTC)
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer_name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=issuer is None, path_length=None), critical=True)
        .add_extension(
            x509.SubjectAlternativeName(
                [x509.DNSName(name), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
            ),
            critical=False,
        )
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()),
            critical=False,
        )
    )
    return builder.sign(issuer_key, hashes.SHA256())


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, ssl.SSLContext]:
    """A test CA, and a server's side for secure.test."""
    folder = tmp_path_factory.mktemp("tls")
    ca_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    ca = certificate("Test CA", ca_key)
    leaf = certificate("secure.test", key, (ca.subject, ca_key))
    pem = serialization.Encoding.PEM
    (folder / "ca.pem").write_bytes(ca.public_bytes(pem))
    (folder / "leaf.pem").write_bytes(leaf.public_bytes(pem))
    private = key.private_bytes(
        pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (folder / "key.pem").write_bytes(private)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "leaf.pem", folder / "key.pem")
    return folder / "ca.pem", context


def secure(name: str) -> Any:
    home = f"https://{name}.test/"
    return source(name, home=home, feeds=[{"url": home + "feed.xml"}])


def test_a_site_of_our_own_authority(
    tmp_path: Path, authority: tuple[Path, ssl.SSLContext]
) -> None:
    ca_file, context = authority
    pages = {"secure.test/feed.xml": rss("https://secure.test/1"), "secure.test/1": article()}
    with Web(pages, tls=context) as loopback:
        trusted = plan([secure("secure")], loopback.host_map, ca_file=str(ca_file))
        spool = Spool(tmp_path / "trusted", trusted)
        spool.run()
        assert spool.outcomes() == {"https://secure.test/1": "published"}
        asked = len(loopback.asked)

        # Without its authority, and under another name, it is not to be trusted.
        for name, ca in (("secure", None), ("another", str(ca_file))):
            made = plan([secure(name)], loopback.host_map, ca_file=ca)
            spool = Spool(tmp_path / name, made)
            spool.run()
            (feed,) = spool.feeds()
            assert feed["failure"] == "connect"
            assert "TLS" in feed["detail"], feed["detail"]
        assert len(loopback.asked) == asked
