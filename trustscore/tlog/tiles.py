"""Tiles of C2SP tlog-tiles: the tree's hashes and the log's entries in files that, once full, never change.

A tile of level L holds up to 256 hashes of the tree's level 8·L; an entry bundle holds up to 256 entries. A file that
is not full yet has its width in its name.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from trustscore.tlog.merkle import HASH_SIZE, HashReader, node_hash

HEIGHT = 8
WIDTH = 1 << HEIGHT
_LENGTH_SIZE = 2
LARGEST_ENTRY = (1 << (8 * _LENGTH_SIZE)) - 1


class TileError(ValueError):
    """A tile or bundle is not what its name says; the message says which."""


@dataclass(frozen=True, order=True)
class Tile:
    """Where a tile is: its level, its number in the level, and how many hashes it holds (1 to 256)."""

    level: int
    number: int
    width: int = WIDTH

    @property
    def path(self) -> str:
        """The file's name below the log's address: tile/<level>/<number>, with .p/<width> while it is not full."""
        return f"tile/{self.level}/{_numbered(self.number, self.width)}"


def bundle_path(number: int, width: int = WIDTH) -> str:
    """The name of the entry bundle that holds the entries from number·256 on."""
    return f"tile/entries/{_numbered(number, width)}"


def _numbered(number: int, width: int) -> str:
    digits = [f"{number % 1000:03d}"]
    while number := number // 1000:
        digits.append(f"x{number % 1000:03d}")
    partial = "" if width == WIDTH else f".p/{width}"
    return "/".join(reversed(digits)) + partial


def tiles_of(old: int, new: int) -> Iterator[Tile]:
    """The tiles that a tree of `new` leaves has and one of `old` leaves has not, level by level."""
    level = 0
    while hashes := new >> (HEIGHT * level):
        known = old >> (HEIGHT * level)
        if hashes != known:
            for number in range(known >> HEIGHT, (hashes + WIDTH - 1) >> HEIGHT):
                yield Tile(level, number, min(WIDTH, hashes - number * WIDTH))
        level += 1


def bundles_of(old: int, new: int) -> Iterator[tuple[int, int]]:
    """The (number, width) of the entry bundles that a log of `new` entries has and one of `old` has not."""
    for tile in tiles_of(old, new):
        if tile.level == 0:
            yield tile.number, tile.width


def encode_bundle(entries: Sequence[bytes]) -> bytes:
    """Each entry behind its length in two bytes, the large one first. Raises ValueError for one that is too long."""
    for entry in entries:
        if len(entry) > LARGEST_ENTRY:
            raise ValueError(f"an entry of {len(entry)} bytes does not fit; the most is {LARGEST_ENTRY}")
    return b"".join(len(entry).to_bytes(_LENGTH_SIZE, "big") + entry for entry in entries)


def decode_bundle(data: bytes, width: int) -> list[bytes]:
    """The `width` entries of a bundle. Raises TileError when it does not hold exactly so many."""
    entries = []
    position = 0
    while position < len(data):
        start = position + _LENGTH_SIZE
        position = start + int.from_bytes(data[position:start], "big")
        if start > len(data) or position > len(data):
            raise TileError("an entry bundle ends in the middle of an entry")
        entries.append(data[start:position])
    if len(entries) != width:
        raise TileError(f"an entry bundle holds {len(entries)} entries instead of {width}")
    return entries


def tile_hashes(tile: Tile, read: HashReader) -> bytes:
    """A tile's contents: the hashes of its level, one after the other."""
    first = tile.number * WIDTH
    return b"".join(read(HEIGHT * tile.level, number) for number in range(first, first + tile.width))


def read_through_tiles(size: int, fetch: Callable[[Tile], bytes]) -> HashReader:
    """A reader of the hashes of a tree of `size` leaves that fetches tiles, each once.

    Raises TileError where a tile has not the length that its width says.
    """
    known: dict[tuple[int, int], bytes] = {}

    def contents(level: int, number: int) -> bytes:
        if (level, number) not in known:
            width = min(WIDTH, (size >> (HEIGHT * level)) - number * WIDTH)
            tile = Tile(level, number, width)
            data = fetch(tile)
            if len(data) != width * HASH_SIZE:
                raise TileError(f"{tile.path} has {len(data)} bytes instead of {width * HASH_SIZE}")
            known[level, number] = data
        return known[level, number]

    def read(level: int, number: int) -> bytes:
        tile_level, above = divmod(level, HEIGHT)
        first = number << above
        data = contents(tile_level, first >> HEIGHT)
        return folded(data, first & (WIDTH - 1), 1 << above)

    return read


def folded(data: bytes, first: int, count: int) -> bytes:
    """The hash over `count` hashes of a tile, a power of two, from the one numbered `first`."""
    row = [data[at * HASH_SIZE : (at + 1) * HASH_SIZE] for at in range(first, first + count)]
    while len(row) > 1:
        row = [node_hash(row[at], row[at + 1]) for at in range(0, len(row), 2)]
    return row[0]
