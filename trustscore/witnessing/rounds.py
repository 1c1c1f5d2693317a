"""The rounds in which this log asks its witnesses to cosign the newest checkpoint, and puts that on show.

A checkpoint is published with the log's own signature alone, at once; cosignatures join it within seconds. A witness
that does not answer is asked less and less often, one that says the log was forked not at all.
"""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from django.conf import settings

from lib.errors import NotFound
from lib.tenancy import for_service
from trustscore.ledger.files import LogFiles
from trustscore.models import AskedWitness, LedgerHead
from trustscore.tlog.merkle import prove_consistency
from trustscore.tlog.note import Checkpoint, Note, Signature, parse_checkpoint, parse_note
from trustscore.tlog.tiles import TileError
from trustscore.witnessing.client import WitnessFailed, WitnessIsAhead, WitnessRefuses, ask
from trustscore.witnessing.policy import Policy, PolicyError, Witness, read_policy

log = structlog.get_logger()

# Longer than asking takes: whoever claims a witness and dies leaves it to the next round after that.
LEASE = timedelta(seconds=30)
FIRST_PAUSE = timedelta(seconds=5)
LONGEST_PAUSE = timedelta(minutes=10)
_MOST_DOUBLINGS = 7
_ABREAST = 8
_ROUNDS = 3


@dataclass(frozen=True)
class _Round:
    """The newest checkpoint, and who has to be asked about it, with the size that each is known to have."""

    note: Note
    checkpoint: Checkpoint
    asked: Sequence[tuple[Witness, int]]


@dataclass(frozen=True)
class _Answer:
    """What came of asking one witness: a cosignature, or why there is none."""

    witness: Witness
    cosignature: Signature | None = None
    problem: Exception | None = None


def ask_witnesses() -> int:
    """Asks every witness in the policy that has not cosigned the newest checkpoint; returns how many do so now.

    Side effects in order: the witnesses are claimed; they are asked, outside of any transaction; what each answered is
    kept, and the cosignatures join the head while that is still the newest; the checkpoint's files. Where the log has
    grown meanwhile they are asked about the newer checkpoint at once, which may stand for a while yet.
    """
    try:
        policy = read_policy(settings.LEDGER_POLICY_FILE)
    except PolicyError as problem:
        log.error("witness_policy_not_readable", why=str(problem))
        return 0
    cosigned = 0
    for _ in range(_ROUNDS if policy.witnesses else 0):
        this = _claim(policy)
        if this is None:
            break
        answers = _ask_all(this)
        cosigned += sum(each.cosignature is not None for each in answers)
        if _keep(this, answers, policy):
            break
    return cosigned


def ask_again(name: str) -> None:
    """Has a witness that refused asked once more, after a person has looked. Raises NotFound for an unknown name."""
    with for_service("ask a witness again") as now:
        if not AskedWitness.objects.filter(name=name).update(refused_at=None, problem="", failures=0, next_try_at=now):
            raise NotFound(f"No witness named {name} was ever asked.")


def _claim(policy: Policy) -> _Round | None:
    """Takes the witnesses that are due for itself, for the time of a lease; None when there is nothing to ask."""
    with for_service("claim witnesses to ask") as now:
        head = LedgerHead.objects.first()
        if head is None or head.frozen or not head.note:
            return None
        note = parse_note(head.note)
        there = {(each.name, each.key_hash) for each in note.signatures}
        missing = {
            each.verifier.vkey: each
            for each in policy.witnesses
            if (each.verifier.name, each.verifier.key_hash) not in there
        }
        _know(list(missing.values()), now=now)
        due = AskedWitness.objects.filter(vkey__in=missing, refused_at=None, next_try_at__lte=now)
        rows = list(due.select_for_update(skip_locked=True))
        AskedWitness.objects.filter(id__in=[row.id for row in rows]).update(next_try_at=now + LEASE)
    asked = [(missing[row.vkey], row.size) for row in rows]
    return _Round(note, parse_checkpoint(note), asked) if asked else None


def _know(witnesses: Sequence[Witness], *, now: datetime) -> None:
    rows = [AskedWitness(vkey=each.verifier.vkey, name=each.name, next_try_at=now) for each in witnesses]
    AskedWitness.objects.bulk_create(rows, ignore_conflicts=True)


def _ask_all(this: _Round) -> list[_Answer]:
    with ThreadPoolExecutor(_ABREAST) as pool:
        return list(pool.map(lambda each: _ask(this, *each), this.asked))


def _ask(this: _Round, witness: Witness, known: int) -> _Answer:
    files, size = LogFiles(settings.LEDGER_DIR), this.checkpoint.size

    def prove(old: int) -> Sequence[bytes]:
        return prove_consistency(old, size, files.reader(size)) if old else ()

    private = settings.ALLOW_PRIVATE_ADDRESSES
    try:
        return _Answer(witness, ask(witness, this.note, this.checkpoint, known=known, prove=prove, private=private))
    except TileError as error:
        return _Answer(witness, problem=WitnessFailed(f"Nothing could be proved to it: {error}."))
    except (WitnessFailed, WitnessRefuses) as problem:
        return _Answer(witness, problem=problem)


def _keep(this: _Round, answers: Sequence[_Answer], policy: Policy) -> bool:
    """Keeps what came of a round and puts it on show; whether its checkpoint is still the newest."""
    with for_service("keep what the witnesses answered") as now:
        head = LedgerHead.objects.select_for_update().get()
        for answer in answers:
            _keep_answer(answer, size=this.checkpoint.size, newest=head.size, now=now)
        is_newest = (head.size, head.root) == (this.checkpoint.size, this.checkpoint.root.hex())
        # Another round may have brought cosignatures meanwhile.
        note = _joined(parse_note(head.note) if is_newest else this.note, answers)
        if is_newest:
            head.note = note.encoded()
            head.save(update_fields=["note"])
    files = LogFiles(settings.LEDGER_DIR)
    if is_newest:
        files.publish(note.encoded(), this.checkpoint.size)
    if _count(note, policy) >= max(policy.quorum, 1):
        files.publish_cosigned(note.encoded(), this.checkpoint.size)
    return is_newest


def _keep_answer(answer: _Answer, *, size: int, newest: int, now: datetime) -> None:
    row = AskedWitness.objects.select_for_update().get(vkey=answer.witness.verifier.vkey)
    row.name = answer.witness.name
    if answer.cosignature is not None:
        row.size, row.cosigned_at = size, now
        row.failures, row.problem, row.next_try_at = 0, "", now
    elif isinstance(answer.problem, WitnessIsAhead) and answer.problem.size <= newest:
        # It was we who were late: the log has grown since this round began, and another round has shown that.
        row.size, row.next_try_at = answer.problem.size, now
    else:
        _keep_problem(row, answer.problem, now=now)
    row.save()


def _keep_problem(row: AskedWitness, problem: Exception | None, *, now: datetime) -> None:
    pause = min(FIRST_PAUSE * 2 ** min(row.failures, _MOST_DOUBLINGS), LONGEST_PAUSE)
    row.failures, row.next_try_at, row.problem = row.failures + 1, now + pause, str(problem)
    if isinstance(problem, WitnessRefuses):
        row.refused_at = now
        log.error("witness_refuses", witness=row.name, why=row.problem)
    else:
        log.warning("witness_failed", witness=row.name, why=row.problem)


def _joined(note: Note, answers: Sequence[_Answer]) -> Note:
    """The note with the new cosignatures, each key's once."""
    there = {(each.name, each.key_hash) for each in note.signatures}
    fresh = [each.cosignature for each in answers if each.cosignature is not None]
    return Note(note.text, (*note.signatures, *(each for each in fresh if (each.name, each.key_hash) not in there)))


def _count(note: Note, policy: Policy) -> int:
    there = {(each.name, each.key_hash) for each in note.signatures}
    return sum((each.verifier.name, each.verifier.key_hash) in there for each in policy.witnesses)
