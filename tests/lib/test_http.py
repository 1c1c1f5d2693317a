"""Outgoing HTTP against real servers on the loopback, and against addresses that mean harm."""

import gzip
import socket
import ssl
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Event, Thread
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from lib.http import AddressNotPublic, RequestFailed, Response, ResponseTooLarge, is_public, request

NOT_PUBLIC = [
    "0.0.0.0", "10.0.0.1", "100.64.0.1", "100.127.255.254", "127.0.0.1", "127.255.255.255", "169.254.169.254",
    "172.16.0.1", "172.31.255.255", "192.0.0.8", "192.0.2.1", "192.88.99.1", "192.168.0.1", "198.18.0.1",
    "198.51.100.1", "203.0.113.1", "224.0.0.1", "239.255.255.255", "240.0.0.1", "255.255.255.255",
    "::", "::1", "::7f00:1", "::ffff:10.0.0.1", "::ffff:127.0.0.1", "::ffff:169.254.169.254",
    "64:ff9b::a00:1", "64:ff9b:1::1", "100::1", "2001::1", "2001:db8::1", "2002:a00:1::", "2002:7f00:1::1",
    "3fff::1", "5f00::1", "fc00::1", "fd00::1", "fd00:ec2::254", "fe80::1", "fec0::1", "ff02::1", "ff0e::1",
]  # fmt: skip

PUBLIC = [
    "8.8.8.8", "100.63.255.255", "100.128.0.1", "172.32.0.1", "192.0.1.1", "193.0.6.139",
    "2606:4700:4700::1111", "2a00:1450:4001:80b::200e", "::ffff:8.8.8.8", "64:ff9b::808:808",
]  # fmt: skip

HOSTILE_URLS = [
    "http://0.0.0.0/", "http://127.0.0.1/", "http://127.1/", "http://127.0.1/", "http://2130706433/",
    "http://017700000001/", "http://0x7f000001/", "http://0x7f.0.0.1/", "http://127.0.0.0x1/", "http://0177.0.0.1/",
    "http://0/", "http://[::1]/", "http://[::]/", "http://[::ffff:10.0.0.1]/", "http://[::ffff:a00:1]/",
    "http://[fd00::1]/", "http://[fe80::1%25eth0]/", "http://[fe80::1%eth0]/", "http://[64:ff9b::7f00:1]/",
    "http://169.254.169.254/latest/meta-data/", "http://100.64.0.1/", "http://127.0.0.1./", "http://localhost/",
    "http://LOCALHOST/", "http://①②⑦.⓪.⓪.①/", "http://127。0。0。1/",
    "http://8.8.8.8@127.0.0.1/", "http://user:password@8.8.8.8/", "http://8.8.8.8\\@127.0.0.1/",
    "http://127.0.0.1\\.example.com/", "http://8.8.8.8:25/", "http://8.8.8.8:22/", "http://8.8.8.8:0/",
    "http://8.8.8.8:99999/", "http://8.8.8.8:x/", "http://8.8.8.8 /", "http://8.8.8.8/\r\nX: y", "http://8.8.8.8/\ta",
    "ftp://8.8.8.8/", "file:///etc/passwd", "gopher://8.8.8.8/", "//8.8.8.8/", "8.8.8.8", "", "http://", "http:///x",
    "http://.example/", "http://a..b/", "http://-/", "http://%31%32%37.0.0.1/", "http://[127.0.0.1]/", "http://[::1/",
    "http://" + "a" * 64 + ".example/",
]  # fmt: skip


@pytest.mark.parametrize("address", NOT_PUBLIC)
def test_addresses_that_are_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", PUBLIC)
def test_addresses_that_are_public(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize("url", HOSTILE_URLS)
def test_nothing_is_sent_to_a_hostile_address(url: str) -> None:
    with pytest.raises(AddressNotPublic):
        request(method="GET", url=url)


class Handler(BaseHTTPRequestHandler):
    """A shop's server in all its moods, one path each."""

    protocol_version = "HTTP/1.1"
    seen: list[dict[str, Any]]
    stop: Event

    def do_GET(self) -> None:
        mood = self.path.partition("?")[0].strip("/") or "plain"
        getattr(self, f"be_{mood}")()

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.seen.append({"path": self.path, "headers": dict(self.headers), "body": body})
        self.answer(201, b"taken", {"X-Shop": "Acme"})

    def answer(self, status: int, body: bytes, headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **(headers or {})}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def be_plain(self) -> None:
        self.seen.append({"path": self.path, "headers": dict(self.headers)})
        self.answer(200, b"hello")

    def be_moved(self) -> None:
        self.answer(302, b"", {"Location": "/plain"})

    def be_large(self) -> None:
        self.answer(200, b"x" * 2001)

    def be_bomb(self) -> None:
        self.answer(200, gzip.compress(bytes(20_000_000)), {"Content-Encoding": "gzip"})

    def be_zipped(self) -> None:
        self.answer(200, gzip.compress(b"hello"), {"Content-Encoding": "gzip"})

    def be_short(self) -> None:
        self.close_connection = True
        self.answer(200, b"half", {"Content-Length": "100"})

    def be_silent(self) -> None:
        self.stop.wait(20)
        self.close_connection = True

    def be_slow(self) -> None:
        """Drop by drop and without a length, so that the end of the body is the end of the line."""
        self.close_connection = True
        self.send_response(200)
        self.end_headers()
        self.drip(b"x")

    def be_slowest(self) -> None:
        self.close_connection = True
        self.wfile.write(b"HTTP/1.1 200 OK\r\nX-Long: ")
        self.drip(b"y")

    def drip(self, drop: bytes) -> None:
        try:
            while not self.stop.wait(0.02):
                self.wfile.write(drop)
        except OSError:
            return

    def log_message(self, *args: object) -> None:
        return


class Shop(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self) -> None:
        self.seen: list[dict[str, Any]] = []
        self.stop = Event()
        handler = type("ThisHandler", (Handler,), {"seen": self.seen, "stop": self.stop})
        super().__init__(("127.0.0.1", 0), handler)

    def handle_error(self, request: object, client_address: object) -> None:
        return

    def url(self, path: str = "/", *, host: str = "127.0.0.1", scheme: str = "http") -> str:
        return f"{scheme}://{host}:{self.server_port}{path}"


def serving(shop: Shop) -> Iterator[Shop]:
    thread = Thread(target=shop.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield shop
    shop.stop.set()
    shop.shutdown()
    thread.join()
    shop.server_close()


@pytest.fixture
def shop() -> Iterator[Shop]:
    yield from serving(Shop())


@pytest.fixture
def look_ups(monkeypatch: pytest.MonkeyPatch) -> dict[str, list[str]]:
    """A name server of our own: each look-up of a name takes the next of its answers away."""
    names: dict[str, list[str]] = {}
    real = socket.getaddrinfo

    def getaddrinfo(host: str, port: int, *args: Any, **kwargs: Any) -> list[Any]:
        if host not in names:
            return real(host, port, *args, **kwargs)
        if not names[host]:
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in names[host].pop(0).split()]

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    return names


def test_a_request_and_its_answer(shop: Shop) -> None:
    found = request(
        method="POST",
        url=shop.url("/hooks/ü?a=b c".replace(" ", "%20")),
        headers={"Content-Type": "application/json", "X-Signature": "v1,abc"},
        body=b'{"score": 9}',
        allow_private=True,
    )

    assert (found.status, found.body, found.headers["x-shop"]) == (201, b"taken", "Acme")
    assert shop.seen[0]["path"] == "/hooks/%C3%BC?a=b%20c"
    assert shop.seen[0]["body"] == b'{"score": 9}'
    assert shop.seen[0]["headers"]["X-Signature"] == "v1,abc"
    assert shop.seen[0]["headers"]["Host"] == f"127.0.0.1:{shop.server_port}"


def test_a_private_address_is_called_only_when_that_is_allowed(shop: Shop) -> None:
    with pytest.raises(AddressNotPublic, match=r"127\.0\.0\.1, which is not a public address"):
        request(method="GET", url=shop.url())

    assert shop.seen == []
    assert request(method="GET", url=shop.url(), allow_private=True).body == b"hello"


def test_one_private_answer_of_a_name_server_is_enough_to_refuse(look_ups: dict[str, list[str]]) -> None:
    look_ups["shop.example"] = ["8.8.8.8 10.0.0.1"]

    with pytest.raises(AddressNotPublic, match=r"shop\.example leads to 10\.0\.0\.1"):
        request(method="GET", url="https://shop.example/hook?token=secret")


def test_the_name_is_looked_up_once_and_pinned(shop: Shop, look_ups: dict[str, list[str]]) -> None:
    look_ups["shop.example"] = ["127.0.0.1", "10.0.0.1"]

    found = request(method="GET", url=shop.url(host="Shop.Example"), allow_private=True)

    assert found.status == 200
    assert shop.seen[0]["headers"]["Host"] == f"shop.example:{shop.server_port}"
    assert look_ups == {"shop.example": ["10.0.0.1"]}


def test_the_next_checked_address_is_tried_where_one_refuses(shop: Shop, look_ups: dict[str, list[str]]) -> None:
    look_ups["shop.example"] = ["127.0.0.2 127.0.0.1"]

    assert request(method="GET", url=shop.url(host="shop.example"), allow_private=True).status == 200


def test_a_name_without_an_address(look_ups: dict[str, list[str]]) -> None:
    look_ups["nowhere.example"] = []

    with pytest.raises(RequestFailed, match=r"There is no address for the name nowhere\.example"):
        request(method="GET", url="https://nowhere.example/")


def test_redirects_are_not_followed(shop: Shop) -> None:
    found = request(method="GET", url=shop.url("/moved"), allow_private=True)

    assert (found.status, found.headers["location"], shop.seen) == (302, "/plain", [])


def test_proxies_of_the_environment_are_not_asked(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9/")

    assert request(method="GET", url=shop.url(), allow_private=True).status == 200


def test_an_answer_may_fill_the_limit_and_no_more(shop: Shop) -> None:
    assert len(request(method="GET", url=shop.url("/large"), allow_private=True, max_bytes=2001).body) == 2001
    with pytest.raises(ResponseTooLarge, match="larger than 2000 bytes"):
        request(method="GET", url=shop.url("/large"), allow_private=True, max_bytes=2000)


def test_a_packed_answer_is_measured_unpacked(shop: Shop) -> None:
    assert request(method="GET", url=shop.url("/zipped"), allow_private=True).body == b"hello"
    with pytest.raises(ResponseTooLarge):
        request(method="GET", url=shop.url("/bomb"), allow_private=True)


@pytest.mark.parametrize("path", ["/silent", "/slow", "/slowest"])
def test_the_time_limit_is_total(shop: Shop, path: str) -> None:
    with pytest.raises(RequestFailed, match=r"127\.0\.0\.1 gave no complete answer in 0\.3 s"):
        request(method="GET", url=shop.url(path), allow_private=True, total_seconds=0.3)


def test_a_name_server_that_never_answers_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    answer = Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **kwargs: answer.wait(20) and [])

    with pytest.raises(RequestFailed, match=r"Looking shop\.example up took too long"):
        request(method="GET", url="https://shop.example/", total_seconds=0.1)
    answer.set()


def test_an_answer_broken_off(shop: Shop) -> None:
    with pytest.raises(RequestFailed, match=r"127\.0\.0\.1 broke the connection off"):
        request(method="GET", url=shop.url("/short"), allow_private=True)


def test_nobody_listens() -> None:
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        with pytest.raises(RequestFailed, match=r"127\.0\.0\.1 cannot be reached: the connection was refused"):
            request(method="GET", url=f"http://127.0.0.1:{bound.getsockname()[1]}/", allow_private=True)


def test_a_header_with_a_line_break_is_refused_without_repeating_it(shop: Shop) -> None:
    with pytest.raises(RequestFailed, match="A header for") as caught:
        request(method="GET", url=shop.url(), headers={"X-Key": "secret\r\nX: y"}, allow_private=True)

    assert "secret" not in str(caught.value)
    assert shop.seen == []


def certificate(folder: Path, name: str) -> Path:
    """Make a certificate for one name that signs itself, and write it with its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(subject, subject, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = made.public_bytes(serialization.Encoding.PEM) + key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path = folder / f"{name}.pem"
    path.write_bytes(pem)
    return path


@pytest.fixture
def names_asked() -> list[str]:
    return []


@pytest.fixture
def secure_shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, names_asked: list[str]) -> Iterator[Shop]:
    """A server with a valid certificate for shop.example; the system trusts its issuer."""
    pem = certificate(tmp_path, "shop.example")
    monkeypatch.setenv("SSL_CERT_FILE", str(pem))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)

    def asked(_socket: Any, name: str | None, _context: ssl.SSLContext) -> None:
        names_asked.append(str(name))

    context.sni_callback = asked
    shop = Shop()
    shop.socket = context.wrap_socket(shop.socket, server_side=True)
    yield from serving(shop)


def test_host_sni_and_certificate_are_of_the_name(
    secure_shop: Shop, look_ups: dict[str, list[str]], names_asked: list[str]
) -> None:
    look_ups["shop.example"] = ["127.0.0.1"]

    found = request(method="GET", url=secure_shop.url(host="shop.example", scheme="https"), allow_private=True)

    assert isinstance(found, Response)
    assert (found.status, names_asked) == (200, ["shop.example"])
    assert secure_shop.seen[0]["headers"]["Host"] == f"shop.example:{secure_shop.server_port}"


def test_a_certificate_of_another_name_is_refused(secure_shop: Shop, look_ups: dict[str, list[str]]) -> None:
    look_ups["globex.example"] = ["127.0.0.1"]

    with pytest.raises(RequestFailed, match=r"globex\.example cannot be reached: its certificate is not valid"):
        request(method="GET", url=secure_shop.url(host="globex.example", scheme="https"), allow_private=True)


def test_a_certificate_nobody_vouches_for_is_refused(
    secure_shop: Shop, look_ups: dict[str, list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SSL_CERT_FILE")
    look_ups["shop.example"] = ["127.0.0.1"]

    with pytest.raises(RequestFailed, match="its certificate is not valid"):
        request(method="GET", url=secure_shop.url(host="shop.example", scheme="https"), allow_private=True)
    assert secure_shop.seen == []
