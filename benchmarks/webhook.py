"""Taking a signed webhook in, against a bare Django view that inserts the same row.

    .venv/bin/python -m benchmarks.webhook [--requests 1500] [--rounds 5]

Both run under the same granian with the same database, in turns; the ratio is the median of the rounds'. pgbench
with the same INSERT is for orientation. Goal: at least 0.7 of the bare view.
"""

import argparse
import json
import os
import socket
import subprocess
import tempfile
import threading
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

from standardwebhooks.webhooks import Webhook

from benchmarks.servers import candor, web_server
from config.embedded.servers import Servers

CLIENTS = 4
GOAL = 0.7
COPY = """
    CREATE TABLE benchmark_delivery (LIKE integrations_delivery INCLUDING ALL);
    GRANT SELECT, INSERT ON benchmark_delivery TO candor_app;
"""
INSERT = """
INSERT INTO benchmark_delivery (business_id, connection_id, dedupe_key, body, event_name, subject, status, outcome,
 attempts, due_at, received_at) VALUES (1, 1, gen_random_uuid()::text, '{body}', 'ticket.solved', 'ticket:1',
 'received', '', 0, now(), now());
"""


def event(number: int) -> str:
    """A ticket is solved."""
    return json.dumps(
        {
            "type": "ticket.solved",
            "ticket": {"id": str(number), "subject": "Where is my parcel?", "assignee": "Bob"},
            "customer": {"email": f"customer{number}@customer.example", "name": "Dora Dahl", "language": "sv"},
        }
    )


def signed_requests(*, path: str, secret: str, numbers: range) -> list[bytes]:
    """Complete HTTP requests, made beforehand so that the clients cost next to nothing."""
    webhook, at = Webhook(secret), datetime.now(UTC)
    made = []
    for number in numbers:
        body, message = event(number), f"msg_{number}"
        head = (
            f"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
            f"Content-Length: {len(body)}\r\nwebhook-id: {message}\r\nwebhook-timestamp: {int(at.timestamp())}\r\n"
            f"webhook-signature: {webhook.sign(message, at, body)}\r\n\r\n"
        )
        made.append(f"{head}{body}".encode())
    return made


def read_answer(link: socket.socket) -> bytes:
    """One complete answer; head and body may come apart."""
    answer = link.recv(65536)
    while b"\r\n\r\n" not in answer:
        answer += link.recv(65536)
    head, _, body = answer.partition(b"\r\n\r\n")
    length = int(head.lower().partition(b"content-length:")[2].split(b"\r\n")[0])
    while len(body) < length:
        body += link.recv(65536)
    return head + body


def post_all(port: int, requests: Sequence[bytes]) -> float:
    """Posts from `CLIENTS` kept connections at once; requests a second. Every answer must be 202."""
    failures: list[bytes] = []

    def client(mine: Sequence[bytes]) -> None:
        with socket.create_connection(("127.0.0.1", port)) as link:
            link.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            for request in mine:
                link.sendall(request)
                answer = read_answer(link)
                if not answer.startswith(b"HTTP/1.1 202"):
                    failures.append(answer)

    threads = [threading.Thread(target=client, args=(requests[at::CLIENTS],)) for at in range(CLIENTS)]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    took = time.perf_counter() - began
    if failures:
        raise SystemExit(f"{len(failures)} were not taken in: {failures[0][:300]!r}")
    return len(requests) / took


def pgbench(servers: Servers, seconds: int = 3) -> float:
    """The same INSERT by pgbench: transactions a second."""
    with tempfile.TemporaryDirectory() as folder:
        script = Path(folder) / "insert.sql"
        script.write_text(" ".join(INSERT.replace("{body}", event(0)).split()))
        command = [str(servers.postgres.programs / "pgbench"), "--no-vacuum", "--client", str(CLIENTS)]
        command += ["--time", str(seconds), "--file", str(script), os.environ["DATABASE_URL"]]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
    [line] = [line for line in done.stdout.splitlines() if line.startswith("tps")]
    return float(line.split()[2])


def measure(servers: Servers, *, requests: int, rounds: int) -> dict[str, object]:
    """Alternates between the two servers."""
    # Django's models can be imported only after the settings are known.
    from benchmarks import webhook_setting  # noqa: PLC0415

    path, secret = webhook_setting.prepare(COPY)
    ours: list[float] = []
    bare: list[float] = []
    with web_server("config.settings") as port, web_server("benchmarks.bare_settings") as bare_port:
        for turn in range(rounds + 1):
            made = signed_requests(path=path, secret=secret, numbers=range(turn * requests, (turn + 1) * requests))
            pair = post_all(port, made), post_all(bare_port, made)
            if turn:  # The first turn warms both up.
                ours.append(pair[0])
                bare.append(pair[1])
    ratio = median(mine / other for mine, other in zip(ours, bare, strict=True))
    return {
        "benchmark": "webhook",
        "candor_per_second": round(median(ours)),
        "bare_view_per_second": round(median(bare)),
        "pgbench_per_second": round(pgbench(servers)),
        "ratio": round(ratio, 3),
        "goal": GOAL,
        "rounds": rounds,
        "requests": requests,
    }


def main() -> None:
    """Prints a table and a line of JSON."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--requests", type=int, default=1500)
    parser.add_argument("--rounds", type=int, default=5)
    given = parser.parse_args()
    with candor() as servers:
        found = measure(servers, requests=given.requests, rounds=given.rounds)
    print(f"{'signed webhook, taken in':<28}{found['candor_per_second']:>8} /s")
    print(f"{'bare view, same row':<28}{found['bare_view_per_second']:>8} /s")
    print(f"{'pgbench, same row':<28}{found['pgbench_per_second']:>8} /s")
    print(f"{'ratio to the bare view':<28}{found['ratio']:>8}    goal {GOAL}")
    print(json.dumps(found))


if __name__ == "__main__":
    main()
