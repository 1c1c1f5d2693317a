"""The log has its checkpoints cosigned: what is on show, and what the operator sees when a witness will not."""

from collections.abc import Iterator
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.models import F
from django.test import Client
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from businesses.models import Business
from lib.tenancy import for_service
from tests.trustscore.log_stories import published
from tests.trustscore.test_log import say
from tests.trustscore.witnessing.stories import Answered, OtherWitness
from trustscore import services
from trustscore.ledger.files import LogFiles
from trustscore.models import AskedWitness, LedgerHead
from trustscore.tlog.merkle import check_consistency
from trustscore.tlog.note import Note, Verifier, cosigned_at, parse_checkpoint, parse_note, parse_vkey
from trustscore.witnessing.protocol import SIZE_TYPE, AddCheckpoint
from trustscore.witnessing.rounds import ask_witnesses

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def near(settings: Settings) -> None:
    """The witnesses of these stories are on this machine."""
    settings.ALLOW_PRIVATE_ADDRESSES = True


@pytest.fixture
def witness() -> Iterator[OtherWitness]:
    """Initech's witness, which cosigns whatever comes."""
    with OtherWitness().serving() as serving:
        yield serving


@pytest.fixture
def log(acme: Business, settings: Settings, witness: OtherWitness) -> None:
    """A log of four entries, which asks Initech."""
    say(acme, 5)
    services.take_up_events()
    settings.LEDGER_POLICY_FILE.write_text(f"{witness.line('initech')}quorum 1\n")


def shown(name: str = "checkpoint") -> Note:
    """The note that strangers download."""
    return parse_note(Client().get(f"/ledger/{name}").content.decode())


def cosigners(note: Note, *verifiers: Verifier) -> list[str]:
    """Which of these have cosigned the note."""
    return sorted(cosigned_at(note, verifiers))


def row() -> AskedWitness:
    """What is known of the one witness."""
    with for_service("a test"):
        return AskedWitness.objects.get()


def pass_time(by: timedelta) -> None:
    """As if so much time had gone by since a witness was asked."""
    with for_service("a test"):
        AskedWitness.objects.update(next_try_at=F("next_try_at") - by)


def command(*words: str) -> str:
    """What `manage.py witnesses` says; its complaint comes last."""
    out = StringIO()
    try:
        call_command("witnesses", *words, stdout=out)
    except CommandError as complaint:
        return f"{out.getvalue()}{complaint}"
    return out.getvalue()


def test_a_cosignature_joins_the_checkpoint_on_show(log: None, witness: OtherWitness) -> None:
    before = shown()
    assert cosigners(before, witness.verifier) == []
    assert ask_witnesses() == 1
    after = shown()
    assert (after.text, after.signatures[0]) == (before.text, before.signatures[0])
    assert cosigners(after, witness.verifier) == [witness.name]
    assert shown("cosigned") == after
    with for_service("a test"):
        assert LedgerHead.objects.get().note == after.encoded()
    assert published()[0].size == row().size == 4


def test_who_has_cosigned_is_not_asked_again_until_the_log_grows(
    acme: Business, log: None, witness: OtherWitness
) -> None:
    assert [ask_witnesses(), ask_witnesses()] == [1, 0]
    services.take_up_events()
    assert cosigners(shown(), witness.verifier) == [witness.name]
    say(acme, 1, "eva")
    services.take_up_events()
    assert [ask_witnesses(), ask_witnesses()] == [1, 0]
    first, second = witness.asked
    assert (first.old, first.checkpoint.size, second.old, second.checkpoint.size) == (0, 4, 4, 7)
    check_consistency(second.proof, old=4, new=7, old_root=first.checkpoint.root, new_root=second.checkpoint.root)


def test_a_witness_that_knows_another_size_gets_the_proof_from_there(
    acme: Business, log: None, witness: OtherWitness
) -> None:
    say(acme, 1, "eva")
    services.take_up_events()
    witness.answer = witness.knows(3)
    assert ask_witnesses() == 1
    assert [each.old for each in witness.asked] == [0, 3]


def test_two_witnesses_are_asked_and_the_quorum_decides_what_counts_as_cosigned(
    log: None, witness: OtherWitness, settings: Settings
) -> None:
    with OtherWitness("umbrella.example/w").serving() as other:
        lines = f"{witness.line('initech')}{other.line('umbrella')}quorum 2\n"
        settings.LEDGER_POLICY_FILE.write_text(lines)
        other.answer = lambda asked: (500, "text/plain", "")
        assert ask_witnesses() == 1
        assert cosigners(shown(), witness.verifier, other.verifier) == [witness.name]
        assert Client().get("/ledger/cosigned").status_code == 404
        other.answer = other.cosigns
        pass_time(timedelta(seconds=5))
        assert ask_witnesses() == 1
        assert cosigners(shown(), witness.verifier, other.verifier) == [witness.name, other.name]
        assert shown("cosigned") == shown()


@pytest.mark.django_db(transaction=True)
def test_while_the_log_grows_the_newest_cosigned_checkpoint_stays_on_show(
    acme: Business, log: None, witness: OtherWitness
) -> None:
    def grows_meanwhile(asked: AddCheckpoint) -> Answered:
        say(acme, 1, f"customer{len(witness.asked)}")
        services.take_up_events()
        connection.close()
        return witness.cosigns(asked)

    witness.answer = grows_meanwhile
    ask_witnesses()
    newest, cosigned = shown(), shown("cosigned")
    assert [each.checkpoint.size for each in witness.asked] == [4, 7, 10]
    assert (parse_checkpoint(newest).size, parse_checkpoint(cosigned).size) == (13, 10)
    assert cosigners(newest, witness.verifier) == []
    assert cosigners(cosigned, witness.verifier) == [witness.name]


@pytest.mark.django_db(transaction=True)
def test_rounds_that_overlap_keep_each_others_cosignatures(
    log: None, witness: OtherWitness, settings: Settings
) -> None:
    with OtherWitness("umbrella.example/w").serving() as other:

        def another_round_meanwhile(asked: AddCheckpoint) -> Answered:
            settings.LEDGER_POLICY_FILE.write_text(f"{witness.line('initech')}{other.line('umbrella')}quorum 2\n")
            ask_witnesses()
            connection.close()
            return witness.cosigns(asked)

        witness.answer = another_round_meanwhile
        ask_witnesses()
        assert (len(witness.asked), len(other.asked)) == (1, 1)
        assert cosigners(shown(), witness.verifier, other.verifier) == [witness.name, other.name]


REFUSALS = [
    ((422, "text/plain", "no\n"), "This log does not continue the tree that it has cosigned."),
    ((409, "text/plain", "no\n"), "It has cosigned another tree of 4 entries of this log."),
    ((409, SIZE_TYPE, "9\n"), "It has cosigned 9 entries of this log, which has only 4 now."),
]


@pytest.mark.parametrize(("answer", "why"), REFUSALS)
def test_a_witness_that_refuses_is_not_asked_again_until_somebody_has_looked(
    acme: Business, log: None, witness: OtherWitness, answer: Answered, why: str
) -> None:
    witness.answer = lambda asked: answer
    assert ask_witnesses() == 0
    assert row().problem == why
    say(acme, 1, "eva")
    services.take_up_events()
    pass_time(timedelta(days=365))
    assert ask_witnesses() == 0
    assert len(witness.asked) == 1
    said = command()
    assert f"initech refuses since {row().refused_at:%Y-%m-%d %H:%M:%S} UTC: {why} (never cosigned)" in said
    assert said.endswith("A witness refuses, or a log has forked: see docs/witnessing.md.")
    witness.answer = witness.cosigns
    assert "initech: never cosigned\n" in command("--ask-again", "initech")
    assert ask_witnesses() == 1
    assert f"initech: cosigned 7 entries at {row().cosigned_at:%Y-%m-%d %H:%M:%S} UTC\n" in command()


def test_a_witness_that_names_the_size_of_another_tree_refuses(log: None, witness: OtherWitness) -> None:
    witness.answer = lambda asked: (409, SIZE_TYPE, "4\n")
    ask_witnesses()
    assert [each.old for each in witness.asked] == [0, 4]
    assert row().problem == "It has cosigned another tree of 4 entries of this log."
    assert row().refused_at is not None


@pytest.mark.django_db(transaction=True)
def test_a_log_that_has_grown_meanwhile_is_cosigned_in_the_same_round(
    acme: Business, log: None, witness: OtherWitness
) -> None:
    def grows_once(asked: AddCheckpoint) -> Answered:
        say(acme, 1, "eva")
        services.take_up_events()
        connection.close()
        witness.answer = witness.cosigns
        return witness.cosigns(asked)

    witness.answer = grows_once
    assert ask_witnesses() == 2
    assert (parse_checkpoint(shown()).size, cosigners(shown(), witness.verifier)) == (7, [witness.name])


@pytest.mark.django_db(transaction=True)
def test_being_late_is_no_refusal(acme: Business, log: None, witness: OtherWitness) -> None:
    def another_was_faster(asked: AddCheckpoint) -> Answered:
        say(acme, 1, "eva")
        services.take_up_events()
        connection.close()
        witness.answer = witness.knows(7)
        return 409, SIZE_TYPE, "7\n"

    witness.answer = another_was_faster
    assert ask_witnesses() == 1
    assert [(each.old, each.checkpoint.size) for each in witness.asked] == [(0, 4), (7, 7)]
    assert (row().problem, row().refused_at, row().size) == ("", None, 7)


FAILURES = [
    ((404, "text/plain", ""), "It does not know this log, or nobody answers at its address: ask its operator."),
    ((403, "text/plain", ""), "It knows this log under another key: give its operator the new one."),
    ((429, "text/plain", ""), "It answered with status 429."),
    ((301, "text/plain", ""), "It answered with status 301."),
    ((200, "text/plain", ""), "It answered without a valid cosignature by the key in the policy."),
    ((200, "text/plain", "\N{EM DASH} x !\n"), "It answered without a valid cosignature by the key in the policy."),
    ((409, SIZE_TYPE, "2\n"), "It named a size and then another one: this log was shown to it twice at the same time."),
    ((200, "text/plain", "x" * 20_000), "The answer is larger than 16384 bytes."),
]


@pytest.mark.parametrize(("answer", "why"), FAILURES)
def test_a_witness_that_does_not_cosign_is_asked_later_and_later(
    log: None, witness: OtherWitness, answer: Answered, why: str
) -> None:
    witness.answer = lambda asked: answer
    assert ask_witnesses() == 0
    assert (row().problem, row().refused_at) == (why, None)
    asked = len(witness.asked)
    assert ask_witnesses() == 0
    assert len(witness.asked) == asked
    pass_time(timedelta(seconds=5))
    ask_witnesses()
    pass_time(timedelta(seconds=6))
    ask_witnesses()
    assert row().failures == 2
    pass_time(timedelta(seconds=10))
    witness.answer = witness.cosigns
    assert ask_witnesses() == 1
    assert (row().problem, row().failures) == ("", 0)


def test_a_cosignature_by_a_key_that_is_not_in_the_policy_is_worth_nothing(log: None, witness: OtherWitness) -> None:
    stranger = OtherWitness(witness.name)
    witness.answer = lambda asked: stranger.cosigns(asked)
    assert ask_witnesses() == 0
    assert len(shown().signatures) == 1
    witness.answer = lambda asked: (200, "text/plain", stranger.cosigns(asked)[2] + witness.cosigns(asked)[2])
    pass_time(timedelta(seconds=5))
    assert ask_witnesses() == 1
    assert cosigners(shown(), witness.verifier, stranger.verifier) == [witness.name]


def test_nobody_answers_at_an_address_of_this_network_unless_that_is_allowed(
    log: None, witness: OtherWitness, settings: Settings
) -> None:
    settings.ALLOW_PRIVATE_ADDRESSES = False
    assert ask_witnesses() == 0
    assert row().problem == "127.0.0.1 leads to 127.0.0.1, which is not a public address."
    assert witness.asked == []


def test_a_frozen_log_is_shown_to_nobody_and_one_without_a_policy_asks_nobody(
    log: None, witness: OtherWitness, settings: Settings
) -> None:
    policy = settings.LEDGER_POLICY_FILE.read_text()
    settings.LEDGER_POLICY_FILE.write_text("quorum nonsense\n")
    assert ask_witnesses() == 0
    settings.LEDGER_POLICY_FILE.unlink()
    assert ask_witnesses() == 0
    settings.LEDGER_POLICY_FILE.write_text(policy)
    with for_service("a test"):
        LedgerHead.objects.update(frozen="A story.")
    assert ask_witnesses() == 0
    assert witness.asked == []


def test_the_policy_is_on_show_as_verifiers_read_it(log: None, witness: OtherWitness, settings: Settings) -> None:
    answer = Client().get("/ledger/witnesses")
    assert (answer["Content-Type"], answer["Access-Control-Allow-Origin"]) == ("text/plain; charset=utf-8", "*")
    assert answer.content.decode() == f"quorum 1\nwitness {witness.verifier.vkey}\n"
    settings.LEDGER_POLICY_FILE.write_text("quorum nonsense\n")
    assert Client().get("/ledger/witnesses").status_code == 503
    settings.LEDGER_POLICY_FILE.unlink()
    assert Client().get("/ledger/witnesses").status_code == 404


def test_the_command_says_what_is_wrong_with_a_file(log: None, settings: Settings) -> None:
    settings.LEDGER_WITNESSED_FILE.write_text("log x\n")
    assert command() == (
        f"{settings.LEDGER_WITNESSED_FILE}, line 1: this key is of a kind that is not known here;"
        " copy the key again, it is one word"
    )
    settings.LEDGER_WITNESSED_FILE.unlink()
    assert command("--ask-again", "nobody") == "No witness named nobody was ever asked."


@pytest.mark.django_db(transaction=True)
def test_an_installation_cosigns_what_another_one_sends(
    acme: Business, settings: Settings, live_server: LiveServer
) -> None:
    """Both halves of this program, though the log and its witness are here the same installation."""
    say(acme, 5)
    services.take_up_events()
    settings.LEDGER_WITNESSED_FILE.write_text(f"log {LogFiles(settings.LEDGER_DIR).folder.joinpath('key').read_text()}")
    witness = parse_vkey(Client().get("/ledger/witness/key").content.decode())
    address = f"{live_server.url}/ledger/witness"
    settings.LEDGER_POLICY_FILE.write_text(f"witness ourselves {witness.vkey} {address}\nquorum 1\n")
    assert ask_witnesses() == 1
    say(acme, 1, "eva")
    services.take_up_events()
    with for_service("a forgetful test"):
        AskedWitness.objects.update(size=0)
    assert ask_witnesses() == 1
    assert cosigners(shown(), witness) == ["localhost:8000/ledger/witness"]
    said = command()
    assert "  localhost:8000/ledger: 7 entries, cosigned at " in said
