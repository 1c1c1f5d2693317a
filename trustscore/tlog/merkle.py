"""The Merkle tree of RFC 6962, section 2.1: root, inclusion and consistency, each proved and checked.

A tree of `size` leaves is never held as a whole. Whoever computes in it hands in a `HashReader`, which gives the hash
of a complete subtree by its level and number: (0, n) is leaf n, (L, n) covers the leaves n·2^L to (n+1)·2^L − 1.
"""

import hashlib
from collections.abc import Callable, Sequence

HASH_SIZE = 32
EMPTY_ROOT = hashlib.sha256(b"").digest()

HashReader = Callable[[int, int], bytes]


class ProofError(ValueError):
    """A proof does not prove what it should; the message says which step failed."""


def leaf_hash(entry: bytes) -> bytes:
    """SHA-256(0x00 ‖ entry)."""
    return hashlib.sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """SHA-256(0x01 ‖ left ‖ right)."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def complete_subtrees(start: int, end: int) -> list[tuple[int, int]]:
    """The (level, number) of the largest complete subtrees that make up the leaves `start` to `end` − 1, in order.

    `start` is where a subtree of a proof begins: a multiple of the largest power of two that fits in the range.
    """
    found = []
    while start < end:
        level = (end - start).bit_length() - 1
        found.append((level, start >> level))
        start += 1 << level
    return found


def range_hash(start: int, end: int, read: HashReader) -> bytes:
    """The hash of the subtree over the leaves `start` to `end` − 1, which is the right edge folded into the left."""
    hashes = [read(level, number) for level, number in complete_subtrees(start, end)]
    whole = hashes.pop()
    while hashes:
        whole = node_hash(hashes.pop(), whole)
    return whole


def tree_root(size: int, read: HashReader) -> bytes:
    """The root of the tree of the first `size` leaves."""
    return range_hash(0, size, read) if size else EMPTY_ROOT


def _split(size: int) -> int:
    """The largest power of two smaller than `size`, which is at least 2."""
    return 1 << ((size - 1).bit_length() - 1)


def prove_inclusion(index: int, size: int, read: HashReader) -> list[bytes]:
    """The path from leaf `index` to the root of the tree of `size` leaves, the nearest sibling first.

    Raises ValueError when the tree has no such leaf.
    """
    if not 0 <= index < size:
        raise ValueError(f"a tree of {size} leaves has no leaf {index}")
    path: list[bytes] = []
    start, end = 0, size
    while end - start > 1:
        middle = start + _split(end - start)
        if index < middle:
            path.append(range_hash(middle, end, read))
            end = middle
        else:
            path.append(range_hash(start, middle, read))
            start = middle
    return path[::-1]


def check_inclusion(proof: Sequence[bytes], *, index: int, size: int, leaf: bytes, root: bytes) -> None:
    """Raises ProofError unless `proof` shows that `leaf` is leaf `index` under `root` (RFC 9162, 2.1.3.2)."""
    if not 0 <= index < size:
        raise ProofError(f"a tree of {size} leaves has no leaf {index}")
    _check_lengths(proof)
    number, last, current = index, size - 1, leaf
    for sibling in proof:
        if last == 0:
            raise ProofError("the inclusion proof is too long")
        if number & 1 or number == last:
            current = node_hash(sibling, current)
            while number and not number & 1:
                number, last = number >> 1, last >> 1
        else:
            current = node_hash(current, sibling)
        number, last = number >> 1, last >> 1
    if last:
        raise ProofError("the inclusion proof is too short")
    if current != root:
        raise ProofError(f"entry {index} is not in the tree: the proof leads to another root")


def prove_consistency(old: int, new: int, read: HashReader) -> list[bytes]:
    """What shows that the tree of `old` leaves is the beginning of the tree of `new` leaves.

    Raises ValueError when `old` is larger than `new`. Nothing needs to be shown for an empty or an equal tree.
    """
    if not 0 <= old <= new:
        raise ValueError(f"a tree of {new} leaves cannot begin with {old}")
    if old in {0, new}:
        return []
    proof: list[bytes] = []
    start, end = 0, new
    while end > old:
        middle = start + _split(end - start)
        if old <= middle:
            proof.append(range_hash(middle, end, read))
            end = middle
        else:
            proof.append(range_hash(start, middle, read))
            start = middle
    # The subtree that both trees share is known to the reader of the proof only where it is the whole old tree.
    if start:
        proof.append(range_hash(start, end, read))
    return proof[::-1]


def check_consistency(proof: Sequence[bytes], *, old: int, new: int, old_root: bytes, new_root: bytes) -> None:
    """Raises ProofError unless `proof` shows that the new tree begins with the old one (RFC 9162, 2.1.4.2)."""
    if not 0 <= old <= new:
        raise ProofError(f"a tree of {new} leaves cannot begin with {old}")
    _check_lengths(proof)
    if old in {0, new}:
        _check_nothing_to_show(proof, old=old, old_root=old_root, new_root=new_root)
        return
    first, second = _roots_of(list(proof) if old & (old - 1) else [old_root, *proof], old=old, new=new)
    if first != old_root:
        raise ProofError("the log was rewritten: the proof does not lead to the old root")
    if second != new_root:
        raise ProofError("the log was rewritten: the proof does not lead to the new root")


def _roots_of(path: Sequence[bytes], *, old: int, new: int) -> tuple[bytes, bytes]:
    """The old and the new root that a consistency path leads to."""
    if not path:
        raise ProofError("the consistency proof is empty")
    number, last = old - 1, new - 1
    while number & 1:
        number, last = number >> 1, last >> 1
    first = second = path[0]
    for sibling in path[1:]:
        if last == 0:
            raise ProofError("the consistency proof is too long")
        if number & 1 or number == last:
            first, second = node_hash(sibling, first), node_hash(sibling, second)
            while number and not number & 1:
                number, last = number >> 1, last >> 1
        else:
            second = node_hash(second, sibling)
        number, last = number >> 1, last >> 1
    if last:
        raise ProofError("the consistency proof is too short")
    return first, second


def _check_lengths(proof: Sequence[bytes]) -> None:
    if any(len(each) != HASH_SIZE for each in proof):
        raise ProofError("a hash of the proof has not 32 bytes")


def _check_nothing_to_show(proof: Sequence[bytes], *, old: int, old_root: bytes, new_root: bytes) -> None:
    if proof:
        raise ProofError("the consistency proof should be empty")
    expected = new_root if old else EMPTY_ROOT
    if old_root != expected:
        raise ProofError("two trees of one size have different roots")
