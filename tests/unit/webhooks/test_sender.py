"""Sending to receivers that are hostile, slow or not what they seem."""

from __future__ import annotations

import socket
import ssl
import threading
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from time import monotonic

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from receivers import OK, receiving, saying

from tipstaff.actions.webhooks.addresses import AddressError, rules_of
from tipstaff.actions.webhooks.tell import UnreachedError
from tipstaff.webhooks.sender import Sender, addresses_of


def test_what_is_sent() -> None:
    """One request, with the headers and the body as they are given; the status is what comes back."""
    with receiving(saying(OK)) as receiver:
        assert receiver.sender()(receiver.url, {"webhook-id": "evt_1_2"}, b"{}") == 204
    (received,) = receiver.received
    head, _, body = received.partition(b"\r\n\r\n")
    lines = head.decode().split("\r\n")
    assert lines[0] == "POST /in?x=1 HTTP/1.1"
    assert f"host: 127.0.0.1:{receiver.port}" in lines
    assert "webhook-id: evt_1_2" in lines
    assert any(line.startswith("user-agent: tipstaff/") for line in lines)
    assert body == b"{}"


def test_redirects_are_not_followed() -> None:
    """Where a receiver points to somewhere else nobody goes there."""
    with receiving(saying(OK)) as other:
        answer = f"HTTP/1.1 307 Elsewhere\r\nLocation: {other.url}\r\nContent-Length: 0\r\n\r\n".encode()
        with receiving(saying(answer)) as receiver:
            assert receiver.sender()(receiver.url, {}, b"{}") == 307
    assert other.received == []


def test_a_name_is_looked_up_once() -> None:
    """Who answers differently the second time is not asked again: what was looked at is connected to."""
    asked: list[str] = []

    def rebinding(host: str, _port: int) -> list[str]:
        asked.append(host)
        return ["127.0.0.1"] if len(asked) == 1 else ["10.0.0.1"]

    with receiving(saying(OK)) as receiver:
        rules = rules_of(str(receiver.port), "hooks.internal")
        url = f"http://hooks.internal:{receiver.port}/"
        sender = Sender(rules, rebinding)
        assert sender(url, {}, b"{}") == 204
        assert asked == ["hooks.internal"]
        with pytest.raises(AddressError, match="is not this machine"):
            sender(url, {}, b"{}")
    assert f"host: hooks.internal:{receiver.port}".encode() in receiver.received[0]


@pytest.mark.parametrize("addresses", [["127.0.0.1"], ["8.8.8.8", "127.0.0.1"], ["::ffff:127.0.0.1"]])
def test_a_name_that_leads_inside_is_not_connected_to(addresses: list[str]) -> None:
    """Also where only one of its addresses does."""
    with receiving(saying(OK)) as receiver:
        sender = Sender(rules_of(str(receiver.port), ""), lambda _host, _port: addresses)
        with pytest.raises(AddressError, match="is not on the internet"):
            sender(f"https://hooks.example.org:{receiver.port}/", {}, b"{}")
    assert receiver.received == []


@pytest.mark.parametrize(
    "host", ["127.1", "0x7f.0.0.1", "2130706433", "0177.0.0.1", "localhost", "localhost."]
)
def test_other_spellings_of_this_machine_lead_inside(host: str) -> None:
    """The system reads them as 127.0.0.1, and that is what is looked at."""
    with pytest.raises(AddressError, match="is not on the internet"):
        Sender(rules_of("443", ""))(f"https://{host}/", {}, b"{}")


def test_a_name_that_is_none() -> None:
    """It has no address; the message names it."""

    def unknown(_host: str, _port: int) -> list[str]:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    for resolve in (unknown, lambda _host, _port: []):
        with pytest.raises(UnreachedError, match=r"hooks\.example\.org has no address"):
            Sender(rules_of("443", ""), resolve)("https://hooks.example.org/", {}, b"{}")
    with pytest.raises(UnreachedError, match="has no address"):  # too long for the encoding of names
        Sender(rules_of("443", ""))(f"https://{'a' * 70}.example.org/", {}, b"{}")


def test_addresses_are_those_of_the_system() -> None:
    """Each once."""
    assert addresses_of("127.0.0.1", 443) == ["127.0.0.1"]


def test_proxies_of_the_environment_are_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the environment says."""
    with receiving(saying(OK)) as proxy, receiving(saying(OK)) as receiver:
        for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "all_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.port}")
        assert receiver.sender()(receiver.url, {}, b"{}") == 204
    assert proxy.received == []


def test_who_answers_too_slowly_is_left() -> None:
    """One letter at a time keeps nobody waiting: all of it together has its time."""
    ended = threading.Event()

    def dribble(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\n")
        while not ended.wait(0.05):
            connection.sendall(b"x")

    with receiving(dribble) as receiver:
        began = monotonic()
        with pytest.raises(UnreachedError, match=r"no answer within 0\.4 s"):
            receiver.sender(total=0.4)(receiver.url, {}, b"{}")
        assert monotonic() - began < 3
        ended.set()


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_who_says_nothing_is_left(scheme: str) -> None:
    """Who takes a connection and neither answers nor speaks TLS."""
    ended = threading.Event()

    def wait(_: socket.socket) -> None:
        ended.wait(5)

    with receiving(wait) as receiver:
        began = monotonic()
        with pytest.raises(UnreachedError, match=r"no answer within 0\.4 s"):
            receiver.sender(total=0.4)(receiver.url.replace("http", scheme, 1), {}, b"{}")
        assert monotonic() - began < 3
        ended.set()


def test_the_body_of_an_answer_is_not_read() -> None:
    """However much there is of it."""

    def endless(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n")
        while True:
            connection.sendall(b"x" * 65536)

    with receiving(endless) as receiver:
        assert receiver.sender()(receiver.url, {}, b"{}") == 200


@pytest.mark.parametrize(
    "answer",
    [b"", b"hello\r\n\r\n", b"HTTP/1.1 999999 x\r\n\r\n", b"HTTP/1.1 200 OK\r\n" + b"a: b\r\n" * 200],
)
def test_what_is_no_answer_is_told_in_words_of_our_own(answer: bytes) -> None:
    """Nothing that a receiver writes is in a message."""
    with receiving(saying(answer)) as receiver, pytest.raises(UnreachedError) as told:
        receiver.sender()(receiver.url, {}, b"{}")
    assert "hello" not in str(told.value)


def test_who_does_not_listen_is_told_of() -> None:
    """A port that nobody listens at."""
    with receiving(saying(OK)) as receiver:
        pass
    with pytest.raises(UnreachedError, match="cannot be reached: Connection refused"):
        receiver.sender()(receiver.url, {}, b"{}")


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a file with a key and a certificate of hooks.internal, signed by itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "hooks.internal")])
    names = x509.SubjectAlternativeName(
        [x509.DNSName("hooks.internal"), x509.IPAddress(ip_address("127.0.0.1"))]
    )
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(names, critical=False)
        .sign(key, hashes.SHA256())
    )
    plain = serialization.NoEncryption()
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
    path = tmp_path_factory.mktemp("tls") / "hooks.pem"
    path.write_bytes(pem + made.public_bytes(serialization.Encoding.PEM))
    return path


def test_certificates_are_checked_for_the_name(certificate: Path) -> None:
    """What is not to be trusted, or is another's, is sent nothing."""
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(certificate)
    trusting = ssl.create_default_context(cafile=str(certificate))
    with receiving(saying(OK), server) as receiver:
        rules = rules_of(str(receiver.port), "hooks.internal other.internal")
        own, other = (f"https://{host}.internal:{receiver.port}/" for host in ("hooks", "other"))

        def resolve(_host: str, _port: int) -> list[str]:
            return ["127.0.0.1"]

        with pytest.raises(UnreachedError, match="not to be trusted: self-signed certificate"):
            Sender(rules, resolve)(own, {}, b"{}")
        with pytest.raises(UnreachedError, match="not to be trusted: Hostname mismatch"):
            Sender(rules, resolve, trusting)(other, {}, b"{}")
        assert receiver.received == []
        assert Sender(rules, resolve, trusting)(own, {}, b"{}") == 204
