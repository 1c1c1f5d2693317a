"""The published log as files: tiles, entry bundles, the checkpoint and the public key, for any web server to serve.

A file appears whole or not at all, is flushed before anything that relies on it, and never changes once it is full.
"""

import fcntl
import hashlib
import os
import shutil
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from trustscore.tlog.merkle import HASH_SIZE, HashReader, leaf_hash, tree_root
from trustscore.tlog.note import Checkpoint, parse_checkpoint, parse_note
from trustscore.tlog.tiles import (
    WIDTH,
    Tile,
    TileError,
    bundle_path,
    bundles_of,
    decode_bundle,
    encode_bundle,
    folded,
    read_through_tiles,
    tiles_of,
)

CHECKPOINT = "checkpoint"
COSIGNED = "cosigned"
KEY = "key"
WITNESSED = "witnessed"


class LogFiles:
    """The folder of the log. Everything in it is public."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    # --- reading

    def tile(self, tile: Tile) -> bytes:
        """A tile's hashes; of a tile that has grown since, the beginning. Raises TileError when it is not there."""
        for there in dict.fromkeys((tile, Tile(tile.level, tile.number))):
            with suppress(FileNotFoundError):
                return (self.folder / there.path).read_bytes()[: tile.width * HASH_SIZE]
        raise TileError(f"{tile.path} is missing")

    def bundle(self, number: int, width: int) -> list[bytes]:
        """The first `width` entries of a bundle. Raises TileError."""
        for there in dict.fromkeys((width, WIDTH)):
            with suppress(FileNotFoundError):
                data = (self.folder / bundle_path(number, there)).read_bytes()
                return decode_bundle(data, there)[:width]
        raise TileError(f"{bundle_path(number, width)} is missing")

    def reader(self, size: int) -> HashReader:
        """A reader of the hashes of the tree of `size` leaves. It raises TileError where a file is missing."""
        return read_through_tiles(size, self.tile)

    def root(self, size: int) -> bytes:
        """The root of the first `size` entries, from the tiles. Raises TileError."""
        return tree_root(size, self.reader(size))

    def note(self) -> str | None:
        """The published checkpoint as it is served, or None before the first."""
        return self._text(CHECKPOINT)

    def checkpoint(self) -> Checkpoint | None:
        """What the published checkpoint says. Raises NoteError when it cannot be read."""
        return self._checkpoint_in(CHECKPOINT)

    def witnessed(self, origin: str) -> Checkpoint | None:
        """What this installation has cosigned last of another log. Raises NoteError when it cannot be read."""
        return self._checkpoint_in(_witnessed_path(origin))

    def _checkpoint_in(self, path: str) -> Checkpoint | None:
        note = self._text(path)
        return None if note is None else parse_checkpoint(parse_note(note))

    def _text(self, path: str) -> str | None:
        try:
            return (self.folder / path).read_text()
        except FileNotFoundError:
            return None

    # --- writing

    def extend(self, *, old: int, new: int, entries: Sequence[bytes]) -> None:
        """Writes what a log of `new` entries has and one of `old` has not.

        `entries` are those from the beginning of the bundle that entry `old` is in. Raises TileError where a tile that
        the new ones stand on is missing.
        """
        first = old // WIDTH * WIDTH
        touched: set[Path] = set()
        for number, width in bundles_of(old, new):
            start = number * WIDTH - first
            touched.add(self._write(bundle_path(number, width), encode_bundle(entries[start : start + width])))
        for tile in tiles_of(old, new):
            start = tile.number * WIDTH
            if tile.level == 0:
                hashes = b"".join(leaf_hash(each) for each in entries[start - first :][: tile.width])
            else:
                hashes = self._hashes_above(tile)
            touched.add(self._write(tile.path, hashes))
        self._flush(touched)
        self._remove_grown(old, new)

    def publish(self, note: str, size: int) -> None:
        """Puts a signed checkpoint on show unless a larger one is there already."""
        with self._locked():
            shown = self.checkpoint()
            if shown is None or shown.size <= size:
                self._flush({self._write(CHECKPOINT, note.encode())})

    def publish_cosigned(self, note: str, size: int) -> None:
        """Puts the newest checkpoint that enough witnesses have cosigned on show, beside the newest of all."""
        with self._locked():
            shown = self._checkpoint_in(COSIGNED)
            if shown is None or shown.size <= size:
                self._flush({self._write(COSIGNED, note.encode())})

    def keep_witnessed(self, origin: str, note: str) -> None:
        """Keeps what was cosigned of another log. The caller lets only one at a time do so."""
        self._flush({self._write(_witnessed_path(origin), note.encode())})

    def publish_key(self, vkey: str) -> None:
        """Puts the log's public key on show."""
        self._flush({self._write(KEY, f"{vkey}\n".encode())})

    def _hashes_above(self, tile: Tile) -> bytes:
        """A tile of an upper level: the roots of the full tiles below it, those known already from its last width."""
        below = tile.level - 1
        first = tile.number * WIDTH
        known = self._widest(tile)
        count = len(known) // HASH_SIZE
        fresh = (self._root_of(Tile(below, first + each)) for each in range(count, tile.width))
        return known + b"".join(fresh)

    def _root_of(self, tile: Tile) -> bytes:
        return folded(self.tile(tile), 0, WIDTH)

    def _widest(self, tile: Tile) -> bytes:
        for width in range(tile.width - 1, 0, -1):
            path = self.folder / Tile(tile.level, tile.number, width).path
            if path.exists():
                return path.read_bytes()
        return b""

    def _remove_grown(self, old: int, new: int) -> None:
        """Takes away the unfinished forms of tiles whose successor is full too: no reader of a fresh log needs them."""
        for path_of in (lambda number: Tile(0, number).path, bundle_path):
            for number in range(max(0, old // WIDTH - 1), new // WIDTH - 1):
                shutil.rmtree(self.folder / f"{path_of(number)}.p", ignore_errors=True)

    def _write(self, path: str, data: bytes) -> Path:
        """Writes and flushes a file whose bytes are other ones; returns its folder, which is still to be flushed."""
        target = self.folder / path
        if target.exists() and target.read_bytes() == data:
            return target.parent
        target.parent.mkdir(parents=True, exist_ok=True)
        unfinished = target.with_name(f".{target.name}.{os.getpid()}.{threading.get_ident()}")
        with unfinished.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(target)
        return target.parent

    def _flush(self, touched: set[Path]) -> None:
        """Flushes folders in which files are new, and those above them, which may be new themselves."""
        above = {parent for folder in touched for parent in folder.parents if parent.is_relative_to(self.folder)}
        for folder in touched | above:
            _flush_folder(folder)

    @contextmanager
    def _locked(self) -> Iterator[None]:
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / ".lock").open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield


def _witnessed_path(origin: str) -> str:
    """An origin is whatever a log calls itself, so the file's name is a hash of it."""
    return f"{WITNESSED}/{hashlib.sha256(origin.encode()).hexdigest()}"


def _flush_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
