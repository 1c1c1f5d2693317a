"""The tree against the vectors of RFC 6962, every proof up to 300 leaves, and every change of a proof refused."""

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trustscore.tlog.merkle import (
    EMPTY_ROOT,
    HashReader,
    ProofError,
    check_consistency,
    check_inclusion,
    leaf_hash,
    node_hash,
    prove_consistency,
    prove_inclusion,
    tree_root,
)

VECTORS: dict[str, Any] = json.loads((Path(__file__).parents[2] / "vectors" / "ledger_vectors.json").read_text())
MOST = 300


def reader(leaves: list[bytes]) -> HashReader:
    """Hashes of complete subtrees over these leaf hashes, computed when they are asked for."""
    known: dict[tuple[int, int], bytes] = {(0, number): leaf for number, leaf in enumerate(leaves)}

    def read(level: int, number: int) -> bytes:
        if (level, number) not in known:
            known[level, number] = node_hash(read(level - 1, 2 * number), read(level - 1, 2 * number + 1))
        return known[level, number]

    return read


RFC_LEAVES = [leaf_hash(bytes.fromhex(each)) for each in VECTORS["rfc6962"]["leaves_hex"]]
LEAVES = [leaf_hash(str(number).encode()) for number in range(MOST)]
READ = reader(LEAVES)
ROOTS = [tree_root(size, READ) for size in range(MOST + 1)]


def test_the_roots_are_those_of_the_rfc() -> None:
    assert [tree_root(size, reader(RFC_LEAVES)).hex() for size in range(9)] == VECTORS["rfc6962"]["roots"]
    assert tree_root(0, reader([])) == EMPTY_ROOT == hashlib.sha256(b"").digest()


def test_the_inclusion_proofs_are_those_of_the_rfc() -> None:
    for vector in VECTORS["rfc6962"]["inclusion"]:
        proof = prove_inclusion(vector["index"], vector["size"], reader(RFC_LEAVES))
        assert [each.hex() for each in proof] == vector["proof"]


def test_the_consistency_proofs_are_those_of_the_rfc() -> None:
    for vector in VECTORS["rfc6962"]["consistency"]:
        old, new = (vector[key] for key in vector if key != "proof")
        proof = prove_consistency(old, new, reader(RFC_LEAVES))
        assert [each.hex() for each in proof] == vector["proof"]


def test_the_ledger_of_the_paper_has_the_roots_of_the_paper() -> None:
    ledger = VECTORS["ledger"]
    leaves = [leaf_hash(entry.encode()) for entry in ledger["entries"]]
    assert [leaf.hex() for leaf in leaves] == ledger["leaf_hashes"]
    assert {str(size): tree_root(size, reader(leaves)).hex() for size in range(len(leaves) + 1)} == ledger["roots"]


@pytest.mark.parametrize("size", range(1, MOST + 1))
def test_every_leaf_can_be_shown_in_every_tree(size: int) -> None:
    for index in range(size):
        proof = prove_inclusion(index, size, READ)
        check_inclusion(proof, index=index, size=size, leaf=LEAVES[index], root=ROOTS[size])


@pytest.mark.parametrize("new", range(MOST + 1))
def test_every_tree_can_be_shown_to_begin_with_every_smaller_one(new: int) -> None:
    for old in range(new + 1):
        proof = prove_consistency(old, new, READ)
        check_consistency(proof, old=old, new=new, old_root=ROOTS[old], new_root=ROOTS[new])


MUTATION = st.sampled_from(["flip", "drop", "add", "swap", "shorten"])


def mutated(proof: list[bytes], how: str, place: int) -> list[bytes]:
    """The proof with one thing changed; the same where there is nothing to change."""
    at = place % len(proof) if proof else 0
    match how:
        case "add":
            return [*proof[:at], hashlib.sha256(b"more").digest(), *proof[at:]]
        case "flip" if proof:
            return [*proof[:at], bytes([proof[at][0] ^ 1, *proof[at][1:]]), *proof[at + 1 :]]
        case "drop" if proof:
            return [*proof[:at], *proof[at + 1 :]]
        case "shorten" if proof:
            return [*proof[:at], proof[at][:31], *proof[at + 1 :]]
        case "swap" if len(proof) > 1:
            return [*proof[1:], proof[0]]
    return proof


@given(size=st.integers(1, MOST), index=st.integers(0, MOST - 1), how=MUTATION, place=st.integers(0, 20))
def test_a_changed_inclusion_proof_is_refused(size: int, index: int, how: str, place: int) -> None:
    index %= size
    proof = prove_inclusion(index, size, READ)
    changed = mutated(proof, how, place)
    if changed != proof:
        with pytest.raises(ProofError):
            check_inclusion(changed, index=index, size=size, leaf=LEAVES[index], root=ROOTS[size])


@given(new=st.integers(1, MOST), old=st.integers(0, MOST), how=MUTATION, place=st.integers(0, 20))
def test_a_changed_consistency_proof_is_refused(new: int, old: int, how: str, place: int) -> None:
    old %= new + 1
    proof = prove_consistency(old, new, READ)
    changed = mutated(proof, how, place)
    if changed != proof:
        with pytest.raises(ProofError):
            check_consistency(changed, old=old, new=new, old_root=ROOTS[old], new_root=ROOTS[new])


@given(size=st.integers(2, MOST), index=st.integers(0, MOST - 1), other=st.integers(0, MOST - 1))
def test_a_proof_shows_no_other_leaf_and_no_other_place(size: int, index: int, other: int) -> None:
    index, other = index % size, other % size
    if index == other:
        return
    proof = prove_inclusion(index, size, READ)
    with pytest.raises(ProofError):
        check_inclusion(proof, index=index, size=size, leaf=LEAVES[other], root=ROOTS[size])
    with pytest.raises(ProofError):
        check_inclusion(proof, index=other, size=size, leaf=LEAVES[index], root=ROOTS[size])


def test_a_tree_of_the_same_size_with_another_root_is_a_fork() -> None:
    with pytest.raises(ProofError, match="two trees of one size have different roots"):
        check_consistency([], old=5, new=5, old_root=ROOTS[5], new_root=ROOTS[6])
    with pytest.raises(ProofError, match="cannot begin with"):
        check_consistency([], old=6, new=5, old_root=ROOTS[6], new_root=ROOTS[5])
    with pytest.raises(ValueError, match="has no leaf 5"):
        prove_inclusion(5, 5, READ)
