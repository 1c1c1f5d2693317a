"""Tiles: their names, their contents, and a tree read back through them."""

import pytest

from tests.trustscore.tlog.test_merkle import LEAVES, READ, reader
from trustscore.tlog.merkle import leaf_hash, prove_inclusion, tree_root
from trustscore.tlog.tiles import (
    LARGEST_ENTRY,
    Tile,
    TileError,
    bundle_path,
    bundles_of,
    decode_bundle,
    encode_bundle,
    read_through_tiles,
    tile_hashes,
    tiles_of,
)


def test_files_are_named_as_the_standard_says() -> None:
    assert Tile(0, 1234067).path == "tile/0/x001/x234/067"
    assert Tile(3, 0, 17).path == "tile/3/000.p/17"
    assert bundle_path(5) == "tile/entries/005"
    assert bundle_path(70000, 1) == "tile/entries/x070/000.p/1"


def test_a_growing_log_writes_what_is_new_and_nothing_twice() -> None:
    assert list(tiles_of(0, 0)) == []
    assert list(tiles_of(0, 3)) == [Tile(0, 0, 3)]
    assert list(tiles_of(3, 3)) == []
    assert list(tiles_of(250, 600)) == [Tile(0, 0), Tile(0, 1), Tile(0, 2, 88), Tile(1, 0, 2)]
    assert list(tiles_of(256, 257)) == [Tile(0, 1, 1)]
    assert list(bundles_of(256, 600)) == [(1, 256), (2, 88)]
    assert [tile.level for tile in tiles_of(65535, 65536)] == [0, 1, 2]


def test_a_bundle_gives_back_its_entries() -> None:
    entries = [b"", b"{}", "Grüße".encode(), b"x" * LARGEST_ENTRY]
    assert decode_bundle(encode_bundle(entries), 4) == entries
    assert encode_bundle([b"{}"]) == b"\x00\x02{}"
    with pytest.raises(TileError, match="holds 4 entries instead of 3"):
        decode_bundle(encode_bundle(entries), 3)
    with pytest.raises(TileError, match="in the middle of an entry"):
        decode_bundle(encode_bundle(entries)[:-1], 4)
    with pytest.raises(TileError, match="in the middle of an entry"):
        decode_bundle(b"\x00", 1)
    with pytest.raises(ValueError, match="does not fit"):
        encode_bundle([b"x" * (LARGEST_ENTRY + 1)])


@pytest.mark.parametrize("size", [1, 2, 255, 256, 257, 299, 1000, 66000])
def test_a_tree_is_the_same_through_its_tiles(size: int) -> None:
    leaves = LEAVES[:size] if size <= len(LEAVES) else [leaf_hash(str(number).encode()) for number in range(size)]
    read = READ if size <= len(LEAVES) else reader(leaves)
    files = {tile.path: tile_hashes(tile, read) for tile in tiles_of(0, size)}
    through = read_through_tiles(size, lambda tile: files[tile.path])
    assert tree_root(size, through) == tree_root(size, read)
    for index in {0, size // 2, size - 1}:
        assert prove_inclusion(index, size, through) == prove_inclusion(index, size, read)


def test_a_tile_of_the_wrong_length_is_refused() -> None:
    with pytest.raises(TileError, match=r"tile/0/000\.p/3 has 64 bytes instead of 96"):
        tree_root(3, read_through_tiles(3, lambda _tile: b"x" * 64))
