"""The two files of witnessing: what may stand in them, and which line is wrong when something else does."""

from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from pytest_django import Settings

from trustscore.tlog.note import COSIGNATURE, Verifier
from trustscore.witnessing.checks import check_witnessing
from trustscore.witnessing.policy import Policy, PolicyError, Witness, read_policy, read_witnessed


def key(number: int) -> bytes:
    """A public key, the same in every run."""
    return Ed25519PrivateKey.from_private_bytes(bytes([number]) * 32).public_key().public_bytes_raw()


LOG = Verifier("globex.example/ledger", key(1))
KEY = key(2)
GLOBEX = Verifier("globex.example/ledger/witness", KEY, COSIGNATURE)
SAME_KEY = Verifier("initech.example/ledger/witness", KEY, COSIGNATURE)
OTHER = Verifier("initech.example/w", key(3), COSIGNATURE)
LINE = f"witness globex {GLOBEX.vkey} https://globex.example/ledger/witness"


def written(folder: Path, text: str) -> Path:
    """A file with this text."""
    path = folder / "file"
    path.write_text(text)
    return path


def test_a_policy_names_witnesses_and_a_quorum(tmp_path: Path) -> None:
    text = f"# Our friends\n\n{LINE}/  # since 2026\nwitness initech {OTHER.vkey} http://10.0.0.1:81\nquorum 1\n"
    policy = read_policy(written(tmp_path, text))
    assert policy == Policy(
        (
            Witness("globex", GLOBEX, "https://globex.example/ledger/witness"),
            Witness("initech", OTHER, "http://10.0.0.1:81"),
        ),
        quorum=1,
    )
    assert policy.public == f"quorum 1\nwitness {GLOBEX.vkey}\nwitness {OTHER.vkey}\n"


def test_no_file_and_an_empty_one_name_nobody(tmp_path: Path) -> None:
    assert read_policy(tmp_path / "none") == read_policy(written(tmp_path, "# Nobody yet\n")) == Policy((), 0)
    assert read_witnessed(tmp_path / "none") == {}


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("witness globex", "line 1: a line is `witness <name> <vkey> <url>` or `quorum <n>`"),
        (f"quorum 1\n\nlog {LOG.vkey}", "line 3: a line is `witness <name> <vkey> <url>` or `quorum <n>`"),
        (f"{LINE}\nquorum one", "line 2: there is one quorum, and it is a number: quorum <n>"),
        (f"{LINE}\nquorum 1\nquorum 1", "line 3: there is one quorum, and it is a number: quorum <n>"),
        (LINE, "line 1: say how many of the witnesses are enough: quorum <n>"),
        (f"{LINE}\nquorum 2", "line 2: the quorum is 2, and there are only 1 witnesses"),
        (
            f"{LINE}\n{LINE.replace(GLOBEX.vkey, OTHER.vkey)}\nquorum 1",
            "line 2: a witness's name stands once and has at most 60 characters",
        ),
        (
            f"{LINE}\nwitness initech {SAME_KEY.vkey} https://initech.example\nquorum 2",
            "line 2: this key is that of another witness too; each must have its own",
        ),
        (
            LINE.replace("https:", "ftp:"),
            "line 1: where the witness is asked begins with https:// or http:// and a host",
        ),
        (
            LINE.replace(GLOBEX.vkey, LOG.vkey),
            "line 1: this is not a witness's key; logs and witnesses have keys of different kinds",
        ),
        (
            LINE.replace("globex.example/ledger/witness+", "globex.example/other+"),
            "line 1: the key's name and hash do not belong to it; copy the key again, it is one word",
        ),
    ],
)
def test_a_line_that_cannot_be_meant_is_named(tmp_path: Path, text: str, why: str) -> None:
    path = written(tmp_path, text)
    with pytest.raises(PolicyError) as refused:
        read_policy(path)
    assert str(refused.value) == f"{path}, {why}"


def test_witnessed_logs_are_found_by_their_origin_and_may_have_two_keys(tmp_path: Path) -> None:
    newer = Verifier(LOG.name, KEY)
    assert read_witnessed(written(tmp_path, f"log {LOG.vkey}\nlog {newer.vkey}\n")) == {LOG.name: [LOG, newer]}
    for text in (f"log {GLOBEX.vkey}", "log", f"witness {LOG.vkey}"):
        with pytest.raises(PolicyError, match="line 1: "):
            read_witnessed(written(tmp_path, text))


def test_the_check_before_a_start_names_the_line(settings: Settings) -> None:
    assert check_witnessing() == []
    settings.LEDGER_POLICY_FILE.write_text("quorum\n")
    settings.LEDGER_WITNESSED_FILE.write_bytes(b"\xff")
    assert [(each.id, each.msg) for each in check_witnessing()] == [
        (
            "trustscore.E001",
            f"{settings.LEDGER_POLICY_FILE}, line 1: there is one quorum, and it is a number: quorum <n>",
        ),
        ("trustscore.E002", f"{settings.LEDGER_WITNESSED_FILE}, line 1: the file cannot be read (UnicodeDecodeError)"),
    ]
