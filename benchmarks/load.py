"""A load generator that costs little beside what it measures: kept connections, requests sent many at a time.

Requests of one kind get answers of one length, so they are counted by their bytes. Needs nothing but Python.
"""

import socket
import threading
import time

CONNECTIONS = 16
AT_ONCE = 20
# Servers close a connection after a thousand requests.
TURNS_A_CONNECTION = 900 // AT_ONCE


def answer_to(port: int, path: str) -> bytes:
    """One whole answer."""
    with socket.create_connection(("127.0.0.1", port)) as link:
        link.sendall(_request(path))
        answer = link.recv(65536)
        while b"\r\n\r\n" not in answer:
            answer += link.recv(65536)
        head, _, body = answer.partition(b"\r\n\r\n")
        length = int(head.lower().partition(b"content-length:")[2].split(b"\r\n")[0])
        while len(body) < length:
            body += link.recv(65536)
    return head + b"\r\n\r\n" + body


def requests_a_second(port: int, path: str, *, count: int) -> float:
    """Asks about `count` times over `CONNECTIONS` connections. Every answer must be as long as the first."""
    length = len(answer_to(port, path))
    turns = max(1, count // CONNECTIONS // AT_ONCE)
    many = _request(path) * AT_ONCE
    wrong: list[str] = []

    def client() -> None:
        done = 0
        while done < turns and not wrong:
            with socket.create_connection(("127.0.0.1", port)) as link:
                link.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                for _ in range(min(TURNS_A_CONNECTION, turns - done)):
                    link.sendall(many)
                    if not _read(link, length * AT_ONCE):
                        wrong.append("the connection was closed")
                        return
                    done += 1

    clients = [threading.Thread(target=client) for _ in range(CONNECTIONS)]
    began = time.perf_counter()
    for each in clients:
        each.start()
    for each in clients:
        each.join()
    took = time.perf_counter() - began
    if wrong:
        raise SystemExit(f"{path}: {wrong[0]}")
    return turns * AT_ONCE * CONNECTIONS / took


def _read(link: socket.socket, length: int) -> bool:
    while length > 0:
        part = link.recv(min(length, 1 << 18))
        if not part:
            return False
        length -= len(part)
    return True


def _request(path: str) -> bytes:
    return f"GET {path} HTTP/1.1\r\nHost: localhost\r\nAccept-Encoding: gzip\r\n\r\n".encode()
