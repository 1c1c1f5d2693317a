"""Outgoing HTTP to addresses that somebody else typed in: public ones only, within hard limits.

The name is looked up once, every answer must be public, and the connection goes to the very
address that was checked, with Host, SNI and certificate for the name. Redirects are handed back
and never followed. Messages name the host, never the path, which may hold a secret.
"""

import http.client
import ipaddress
import re
import socket
import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from threading import Event, Thread, Timer
from urllib.parse import quote, urlsplit

import urllib3
from urllib3.connection import HTTPConnection, HTTPSConnection

TOTAL_SECONDS = 10.0
MAX_BYTES = 1024 * 1024

_CONNECT_SECONDS = 5.0
_MOST_ADDRESSES = 3
_CHUNK = 64 * 1024
_WEB_PORTS = {"http": 80, "https": 443}
_FIRST_FREE_PORT = 1024
_FORBIDDEN_IN_URL = re.compile(r"[\x00-\x20\x7f-\xa0\\]")
_HOST_NAME = re.compile(r"[a-z0-9_]([a-z0-9_.-]*[a-z0-9_])?", re.ASCII)
_NUMERIC_LABEL = re.compile(r"\d+|0x[0-9a-f]*", re.ASCII)

_Address = ipaddress.IPv4Address | ipaddress.IPv6Address

# Networks inside the global ranges which lead elsewhere, or are for examples and measuring.
_NOT_PUBLIC_V4 = tuple(map(ipaddress.IPv4Network, ("192.0.0.0/24", "192.88.99.0/24")))
_PUBLIC_V6 = ipaddress.IPv6Network("2000::/3")
_NOT_PUBLIC_V6 = tuple(
    map(ipaddress.IPv6Network, ("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20")),
)
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")


class OutgoingError(Exception):
    """A request that did not come to an answer; the message is a sentence for the owner."""


class AddressNotPublic(OutgoingError):
    """The address is not one of the public web, so nothing was sent."""


class RequestFailed(OutgoingError):
    """No complete answer came: no such name, refused, broken off, bad certificate, too slow."""


class ResponseTooLarge(OutgoingError):
    """The answer is larger than the caller takes; the request may well have had its effect."""


@dataclass(frozen=True, slots=True)
class Response:
    """A complete answer, whatever its status. Names of headers are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class _Target:
    scheme: str
    host: str
    port: int
    path: str

    @property
    def authority(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _WEB_PORTS[self.scheme] else f"{host}:{self.port}"


def request(
    *,
    method: str,
    url: str,
    headers: Mapping[str, str] | None = None,
    body: bytes | None = None,
    allow_private: bool = False,
    total_seconds: float = TOTAL_SECONDS,
    max_bytes: int = MAX_BYTES,
) -> Response:
    """Send one request and return its answer.

    The whole of it, look-up included, ends after `total_seconds`; the body, unpacked, has at most
    `max_bytes`. `allow_private` lets it go to any address and port: for a local run, never for
    addresses that strangers give. Raises AddressNotPublic, RequestFailed or ResponseTooLarge.
    """
    deadline = time.monotonic() + total_seconds
    target = _target(url, allow_private=allow_private)
    addresses = _addresses(target, deadline)
    if not allow_private:
        for address in addresses:
            if not is_public(address):
                raise AddressNotPublic(f"{target.host} leads to {address}, which is not a public address.")
    connection = _connected(target, addresses, deadline)
    sent = {"Accept-Encoding": "identity", **(headers or {}), "Host": target.authority}
    cut = Event()
    timer = Timer(max(deadline - time.monotonic(), 0), _cut, (connection.sock, cut))
    timer.daemon = True
    timer.start()
    try:
        return _exchange(connection, method, target.path, sent, body, max_bytes, cut)
    except (urllib3.exceptions.HTTPError, http.client.HTTPException, OSError, EOFError) as error:
        if cut.is_set() or isinstance(error, TimeoutError | urllib3.exceptions.TimeoutError):
            raise RequestFailed(f"{target.host} gave no complete answer in {total_seconds:g} s.") from None
        raise RequestFailed(f"{target.host} broke the connection off: {type(error).__name__}.") from None
    except ValueError:
        raise RequestFailed(f"A header for {target.host} cannot be sent as it is.") from None
    finally:
        timer.cancel()
        connection.close()


def is_public(address: str) -> bool:
    """Tell whether an IP address belongs to the public internet, whatever it is wrapped in.

    Raises ValueError for what is no IP address.
    """
    return _is_public(ipaddress.ip_address(address))


def _is_public(address: _Address) -> bool:
    if isinstance(address, ipaddress.IPv4Address):
        if address.is_multicast or any(address in network for network in _NOT_PUBLIC_V4):
            return False
        return address.is_global
    if address.ipv4_mapped:
        return _is_public(address.ipv4_mapped)
    if address in _NAT64:
        return _is_public(ipaddress.IPv4Address(int(address) & 0xFFFFFFFF))
    return address in _PUBLIC_V6 and not any(address in network for network in _NOT_PUBLIC_V6)


def _target(url: str, *, allow_private: bool) -> _Target:
    """Take an address apart, strictly; raises AddressNotPublic with what is wrong with it."""
    if _FORBIDDEN_IN_URL.search(url):
        raise AddressNotPublic("The address holds a space, a backslash or a control character.")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise AddressNotPublic("The address cannot be read: its host or port is malformed.") from None
    if parts.scheme not in _WEB_PORTS:
        raise AddressNotPublic("The address must begin with https:// or http://.")
    if "@" in parts.netloc:
        raise AddressNotPublic("The address must not hold a user name or password.")
    host = _host(parts.hostname or "", bracketed=parts.netloc.startswith("["))
    if port is None:
        port = _WEB_PORTS[parts.scheme]
    if not allow_private and port not in _WEB_PORTS.values() and port < _FIRST_FREE_PORT:
        raise AddressNotPublic(f"Port {port} is not one of the web: use 80, 443, or 1024 and above.")
    path = quote(parts.path or "/", safe="/%:@!$&'()*+,;=~") + (
        "?" + quote(parts.query, safe="/%:@!$&'()*+,;=~?[]{}|") if parts.query else ""
    )
    return _Target(scheme=parts.scheme, host=host, port=port, path=path)


def _host(written: str, *, bracketed: bool) -> str:
    """Return a host as it is looked up; refuse the other spellings of a number."""
    if bracketed:
        try:
            return str(ipaddress.IPv6Address(written if "%" not in written else ""))
        except ValueError:
            raise AddressNotPublic("The address in brackets is not an IPv6 address.") from None
    try:
        host = written.encode("idna").decode().lower()
    except UnicodeError:
        host = ""
    if not _HOST_NAME.fullmatch(host.removesuffix(".")):
        raise AddressNotPublic("The address has no valid host name.")
    if _NUMERIC_LABEL.fullmatch(host.removesuffix(".").rpartition(".")[2]):
        try:
            return str(ipaddress.IPv4Address(host))
        except ValueError:
            raise AddressNotPublic("Write a numeric address as four numbers, such as 192.0.2.1.") from None
    return host


def _addresses(target: _Target, deadline: float) -> list[str]:
    """Look the host up, once. The system's resolver knows no time limit, so a thread waits for it."""
    answers: SimpleQueue[list[str] | Exception] = SimpleQueue()

    def look_up() -> None:
        try:
            found = socket.getaddrinfo(target.host, target.port, type=socket.SOCK_STREAM)
            answers.put(list(dict.fromkeys(str(sockaddr[0]) for *_, sockaddr in found)))
        except (OSError, UnicodeError) as error:
            answers.put(error)

    Thread(target=look_up, daemon=True).start()
    try:
        found = answers.get(timeout=max(deadline - time.monotonic(), 0))
    except Empty:
        raise RequestFailed(f"Looking {target.host} up took too long.") from None
    if isinstance(found, Exception) or not found:
        raise RequestFailed(f"There is no address for the name {target.host}.")
    return found


def _connected(target: _Target, addresses: list[str], deadline: float) -> HTTPConnection:
    """Connect to one of the checked addresses; nothing is sent before, so trying several is safe."""
    reason = "it took too long"
    for address in addresses[:_MOST_ADDRESSES]:
        left = deadline - time.monotonic()
        if left <= 0:
            break
        connection = _connection(target, address, min(left, _CONNECT_SECONDS))
        try:
            connection.connect()
        except (urllib3.exceptions.HTTPError, OSError) as error:
            connection.close()
            reason = _why(error)
            continue
        connection.timeout = max(deadline - time.monotonic(), 0.001)
        connection.sock.settimeout(connection.timeout)
        return connection
    raise RequestFailed(f"{target.host} cannot be reached: {reason}.")


def _connection(target: _Target, address: str, timeout: float) -> HTTPConnection:
    if target.scheme == "http":
        return HTTPConnection(address, target.port, timeout=timeout)
    return HTTPSConnection(
        address,
        target.port,
        timeout=timeout,
        ssl_context=ssl.create_default_context(),
        server_hostname=target.host,
    )


def _why(error: Exception) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"its certificate is not valid ({error.verify_message or error.reason})"
    if isinstance(error, urllib3.exceptions.NewConnectionError):
        return "the connection was refused"
    if isinstance(error, urllib3.exceptions.ConnectTimeoutError | TimeoutError):
        return "it took too long"
    if isinstance(error, ssl.SSLError | urllib3.exceptions.SSLError):
        return "no secure connection came about"
    return "the connection was broken off"


def _exchange(
    connection: HTTPConnection,
    method: str,
    path: str,
    headers: Mapping[str, str],
    body: bytes | None,
    max_bytes: int,
    cut: Event,
) -> Response:
    connection.request(method, path, body=body, headers=headers, preload_content=False)
    answer = connection.getresponse()
    pieces: list[bytes] = []
    size = 0
    for piece in answer.stream(_CHUNK, decode_content=True):
        size += len(piece)
        if size > max_bytes:
            raise ResponseTooLarge(f"The answer is larger than {max_bytes} bytes.")
        pieces.append(piece)
    if cut.is_set():
        # What ends at the cut may look complete, since a body without a length ends where it ends.
        raise TimeoutError
    lower = {name.lower(): value for name, value in answer.headers.items()}
    return Response(status=answer.status, headers=lower, body=b"".join(pieces))


def _cut(connected: socket.socket, cut: Event) -> None:
    """End a connection at its deadline, wherever the other thread is waiting."""
    cut.set()
    try:
        # Not the method of a TLS socket, which would take its own state away from the reader.
        socket.socket.shutdown(connected, socket.SHUT_RDWR)
    except OSError:
        return
