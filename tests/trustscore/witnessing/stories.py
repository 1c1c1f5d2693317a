"""What stories about witnessing begin with: somebody else's log, and a witness that answers as it is told."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tests.trustscore.tlog.test_merkle import reader
from trustscore.tlog.merkle import leaf_hash, prove_consistency, tree_root
from trustscore.tlog.note import COSIGNATURE, Checkpoint, Note, Verifier, cosign, sign
from trustscore.witnessing.protocol import SIZE_TYPE, AddCheckpoint, parse_add_checkpoint

Answered = tuple[int, str, str]


class OtherLog:
    """The log of another installation. `story` makes another tree of it, whose first `common` entries are the same."""

    def __init__(self, origin: str = "globex.example/ledger", common: int = 0) -> None:
        self.origin = origin
        self.common = common
        self.key = Ed25519PrivateKey.generate()

    @property
    def vkey(self) -> str:
        """Its public key."""
        return Verifier(self.origin, self.key.public_key().public_bytes_raw()).vkey

    def note(self, size: int, story: str = "") -> Note:
        """Its signed checkpoint."""
        root = tree_root(size, reader(self._leaves(size, story)))
        return sign(Checkpoint(self.origin, size, root).text, name=self.origin, key=self.key)

    def request(self, size: int, *, old: int = 0, story: str = "", proof: Sequence[bytes] | None = None) -> bytes:
        """What it sends to a witness."""
        if proof is None:
            proof = prove_consistency(old, size, reader(self._leaves(size, story))) if old else ()
        root = tree_root(size, reader(self._leaves(size, story)))
        return AddCheckpoint(old, proof, self.note(size, story), Checkpoint(self.origin, size, root)).encoded()

    def _leaves(self, size: int, story: str) -> list[bytes]:
        return [leaf_hash(f"{story if number >= self.common else ''}{number}".encode()) for number in range(size)]


class OtherWitness:
    """A witness of another installation at an address of this machine, which answers what `answer` says."""

    def __init__(self, name: str = "initech.example/witness") -> None:
        self.name = name
        self.key = Ed25519PrivateKey.generate()
        self.asked: list[AddCheckpoint] = []
        self.answer: Callable[[AddCheckpoint], Answered] = self.cosigns
        self.url = ""

    @property
    def verifier(self) -> Verifier:
        """Its public key."""
        return Verifier(self.name, self.key.public_key().public_bytes_raw(), COSIGNATURE)

    def line(self, label: str) -> str:
        """Its line in a policy."""
        return f"witness {label} {self.verifier.vkey} {self.url}\n"

    def cosigns(self, asked: AddCheckpoint) -> Answered:
        """Cosigns whatever comes."""
        return 200, "text/plain", cosign(asked.note, name=self.name, key=self.key, at=1).signatures[-1].line

    def knows(self, size: int) -> Callable[[AddCheckpoint], Answered]:
        """Cosigns what begins at `size`, and tells that size to everybody else."""
        return lambda asked: self.cosigns(asked) if asked.old == size else (409, SIZE_TYPE, f"{size}\n")

    @contextmanager
    def serving(self) -> Iterator["OtherWitness"]:
        """Answers until the block is left."""
        server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        thread = Thread(target=server.serve_forever)
        thread.start()
        self.url = f"http://127.0.0.1:{server.server_port}/witness"
        try:
            yield self
        finally:
            server.shutdown()
            thread.join()
            server.server_close()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        witness = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                asked = parse_add_checkpoint(self.rfile.read(int(self.headers["Content-Length"])))
                witness.asked.append(asked)
                status, kind, text = witness.answer(asked)
                self.send_response(status if self.path == "/witness/add-checkpoint" else 418)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(text.encode())))
                self.end_headers()
                self.wfile.write(text.encode())

            def log_message(self, *_: object) -> None:
                pass

        return Handler
