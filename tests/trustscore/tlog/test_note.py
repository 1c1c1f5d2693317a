"""Signed notes, checkpoints and cosignatures, against the paper's vectors."""

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tests.trustscore.tlog.test_merkle import VECTORS
from trustscore.tlog.note import (
    COSIGNATURE,
    Checkpoint,
    NoteError,
    Verifier,
    check_signature,
    cosign,
    cosigned_at,
    parse_checkpoint,
    parse_note,
    parse_vkey,
    sign,
)

LEDGER = VECTORS["ledger"]
KEY = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(LEDGER["private_key_seed_hex"]))
NAME = "reviews.example/ledger"
LOG = parse_vkey(LEDGER["vkey"])
WITNESS_KEY = Ed25519PrivateKey.from_private_bytes(b"w" * 32)
WITNESS = Verifier("witness.example", WITNESS_KEY.public_key().public_bytes_raw(), COSIGNATURE)


def test_the_key_is_written_as_in_the_paper() -> None:
    assert Verifier(NAME, KEY.public_key().public_bytes_raw()).vkey == LEDGER["vkey"]
    assert Verifier(NAME, KEY.public_key().public_bytes_raw()) == LOG


def test_the_checkpoint_is_that_of_the_paper_byte_for_byte() -> None:
    checkpoint = Checkpoint(NAME, 15, bytes.fromhex(LEDGER["roots"]["15"]))
    assert sign(checkpoint.text, name=NAME, key=KEY).encoded() == LEDGER["checkpoint"]
    note = parse_note(LEDGER["checkpoint"])
    check_signature(note, LOG)
    assert parse_checkpoint(note) == checkpoint


def test_the_receipt_of_the_paper_is_signed() -> None:
    note = parse_note(LEDGER["receipt_for_r0001"])
    check_signature(note, LOG)
    assert note.text.startswith("candor-receipt/1\n")
    assert note.encoded() == LEDGER["receipt_for_r0001"]


def test_one_changed_letter_is_noticed() -> None:
    changed = parse_note(LEDGER["checkpoint"].replace("\n15\n", "\n16\n"))
    with pytest.raises(NoteError, match=r"the signature of reviews\.example/ledger is not valid"):
        check_signature(changed, LOG)


def test_a_note_by_somebody_else_is_not_the_logs() -> None:
    note = sign("hello\n", name="other.example", key=KEY)
    with pytest.raises(NoteError, match=r"is not signed by reviews\.example/ledger"):
        check_signature(note, LOG)


def test_a_witness_adds_its_line_and_the_time() -> None:
    note = cosign(parse_note(LEDGER["checkpoint"]), name=WITNESS.name, key=WITNESS_KEY, at=1793577600)
    again = parse_note(note.encoded())
    check_signature(again, LOG)
    assert cosigned_at(again, [WITNESS]) == {"witness.example": 1793577600}
    assert cosigned_at(parse_note(LEDGER["checkpoint"]), [WITNESS]) == {}
    assert parse_vkey(WITNESS.vkey) == WITNESS


def test_a_cosignature_of_another_time_is_noticed() -> None:
    note = cosign(parse_note(LEDGER["checkpoint"]), name=WITNESS.name, key=WITNESS_KEY, at=1)
    mine = note.signatures[-1]
    forged = type(note)(note.text, (type(mine)(mine.name, mine.key_hash, b"\0" * 7 + b"\x02" + mine.value[8:]),))
    with pytest.raises(NoteError, match=r"witness\.example is not valid"):
        cosigned_at(forged, [WITNESS])


@pytest.mark.parametrize(
    ("broken", "why"),
    [
        ("", "a text, an empty line and signatures"),
        ("text\n", "a text, an empty line and signatures"),
        ("text\n\nno dash\n", "begins with a dash"),
        ("text\n\n\N{EM DASH} name\n", "a signature is too short"),
        ("text\n\n\N{EM DASH} name !!!!\n", "not written in base64"),
        ("text\n\n\N{EM DASH} name AAAAAA==", "a text, an empty line and signatures"),
    ],
)
def test_what_is_no_note_is_refused(broken: str, why: str) -> None:
    with pytest.raises(NoteError, match=why):
        parse_note(broken)


@pytest.mark.parametrize("text", ["origin\n15\n", "origin\n015\nAAAA\n", "\n1\nAAAA\n", "origin\n1\nAAAA\n"])
def test_what_is_no_checkpoint_is_refused(text: str) -> None:
    with pytest.raises(NoteError):
        parse_checkpoint(sign(text, name=NAME, key=KEY))


def test_a_key_under_another_name_is_refused() -> None:
    with pytest.raises(NoteError, match="do not belong to it"):
        parse_vkey(LEDGER["vkey"].replace("reviews.example", "reviews.exampel"))
    with pytest.raises(NoteError, match="of a kind that is not known"):
        parse_vkey("name+00000000+AAAA")
