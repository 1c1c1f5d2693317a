"""One worker's round: claim what is due, write it, give it to the mail server, say what became of it."""

import time
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass

import structlog

from businesses.delivery import steps
from businesses.delivery.kinds import Go, MailKind, Stop, Verdict, Wait
from businesses.delivery.steps import Claim
from lib.mailing import Envelope, MailServer, NotConnected, Refused, Unclear, UndeliverableAddress
from lib.tenancy import for_service

log = structlog.get_logger()

BATCH = 50
# Connections of one worker to the mail server at a time.
LANES = 4
# No batch is begun later than this in a round, and a batch whose mails take longer than this to hand over gives back
# the rest: far inside the lease, and inside what a warm shutdown waits for.
ROUND_SECONDS = 5.0
BATCH_SECONDS = 20.0


@dataclass(frozen=True)
class Ready:
    """A claimed mail, written and waiting for the wire."""

    claim: Claim
    envelope: Envelope


def send_due(kind: MailKind, *, seconds: float = ROUND_SECONDS, lanes: int = LANES) -> None:
    """Sends what is due of one kind and tidies up behind workers that died.

    Begins no batch after `seconds`, and hands over at least one mail of a batch, so that a slow machine gets on. The
    server is connected to before anything is claimed, so that its absence harms no row.
    """
    steps.recover(kind)
    if not steps.something_is_due(kind):
        return
    deadline = time.monotonic() + seconds
    try:
        with ExitStack() as stack:
            Postman(kind, stack, lanes=lanes).work(deadline)
    except NotConnected as error:
        log.warning("mail_server_unreachable", kind=kind.name, error=str(error))


class Postman:
    """Carries the mails of one kind over a few kept connections. Deadlines are of the monotonic clock.

    Each mail waits for a commit and for the server several times; lanes let mails wait together. What is handed over in
    one commit is in DATA at the same time, so a death leaves no more doubts than mails that were really in DATA.
    """

    def __init__(
        self, kind: MailKind, stack: ExitStack, *, lanes: int = LANES, batch_seconds: float = BATCH_SECONDS
    ) -> None:
        """Connects, until `stack` ends. Raises NotConnected."""
        self._kind = kind
        self._stack = stack
        self._most_lanes = lanes
        self._batch_seconds = batch_seconds
        self._lanes = [stack.enter_context(MailServer())]
        self._accepted: list[Claim] = []

    def work(self, deadline: float) -> None:
        """Batches of what is due, and one by one the rows whose last worker died. Raises NotConnected.

        One of the latter comes first, so that they get on even while the backlog outlasts every round.
        """
        if time.monotonic() < deadline:
            self.batch(limit=1, suspects=True)
        for limit, suspects in ((BATCH, False), (1, True)):
            while time.monotonic() < deadline and self.batch(limit=limit, suspects=suspects):
                pass

    def batch(self, *, limit: int, suspects: bool) -> bool:
        """One batch through all its steps; False when there was nothing to claim. Raises NotConnected."""
        going = self._claim(limit, suspects)
        if going is None:
            return False
        self._deliver(self._write(going))
        return True

    def _claim(self, limit: int, suspects: bool) -> list[tuple[Claim, Go]] | None:
        with for_service("claiming mails that are due") as now:
            claims = steps.claim(self._kind, limit=limit, suspects=suspects, now=now)
            if not claims:
                return None
            judge = self._kind.prepare([each.pk for each in claims], now)
            verdicts: list[tuple[Claim, Verdict | Exception]] = []
            for each in claims:
                try:
                    verdicts.append((each, judge(each.pk)))
                except Exception as error:
                    verdicts.append((each, error))
            going = []
            for each, verdict in verdicts:
                match verdict:
                    case Go():
                        going.append((each, verdict))
                    case Stop(status, reason):
                        steps.stop(self._kind, each, status=status, reason=reason, now=now)
                    case Wait(until, reason):
                        steps.wait(self._kind, each, until=until, reason=reason)
                    case Exception():
                        self._broken(each, verdict)
            return going

    def _write(self, going: Sequence[tuple[Claim, Go]]) -> list[Ready]:
        ready = []
        with for_service("writing mails"):
            for claim, verdict in going:
                try:
                    ready.append(Ready(claim, verdict.compose()))
                except UndeliverableAddress as error:
                    steps.fail(self._kind, claim, error=str(error))
                except Exception as error:
                    self._broken(claim, error)
        return ready

    def _broken(self, claim: Claim, error: Exception) -> None:
        log.error("mail_cannot_be_written", kind=self._kind.name, id=claim.pk, error=type(error).__name__)
        steps.put_back(self._kind, claim, error=f"The mail could not be written: {type(error).__name__}: {error}")

    def _deliver(self, ready: Sequence[Ready]) -> None:
        """Mail after mail, as many at once as there are lanes. Gives back what time or the server did not allow.

        Raises NotConnected.
        """
        left = deque(ready)
        self._widen(len(left))
        deadline = time.monotonic() + self._batch_seconds
        try:
            while left and self._lanes and (len(left) == len(ready) or time.monotonic() < deadline):
                self._abreast([(lane, left.popleft()) for lane in self._lanes[: len(left)]])
        finally:
            self._advance([])
            steps.release(self._kind, [mail.claim for mail in left])
        if not self._lanes:
            raise NotConnected("Every connection was lost and none could be made anew.")

    def _abreast(self, pairs: Sequence[tuple[MailServer, Ready]]) -> None:
        """One mail a lane: all offered, all handed over in one commit, all given, all heard of."""
        for lane, mail in pairs:
            lane.propose(mail.envelope)
        going = [(lane, mail) for lane, mail in pairs if self._offer(lane, mail)]
        ours = self._advance([mail.claim for _, mail in going])
        for lane, mail in going:
            if mail.claim.pk not in ours:
                log.info("mail_was_taken_back", kind=self._kind.name, id=mail.claim.pk)
                lane.withdraw()
        going = [(lane, mail) for lane, mail in going if mail.claim.pk in ours]
        for step in (_begin, _give, _hear):
            going = [(lane, mail) for lane, mail in going if self._hand_over(step, lane, mail)]
        self._accepted = [mail.claim for _, mail in going]

    def _advance(self, following: Sequence[Claim]) -> set[int]:
        """Marks what the server has accepted as sent and what comes next as handed over, in one commit."""
        accepted, self._accepted = self._accepted, []
        return steps.advance(self._kind, sent=accepted, following=following)

    def _offer(self, lane: MailServer, mail: Ready) -> bool:
        """MAIL and RCPT, once more on a new connection when the kept one was lost."""
        for last_try in (False, True):
            try:
                lane.offer(mail.envelope)
                return True
            except Refused as refusal:
                self._advance([])
                self._refused(lane, mail, refusal)
                return False
            except NotConnected as error:
                self._advance([])
                if last_try:
                    steps.put_back(self._kind, mail.claim, error=str(error))
                if not self._mend(lane):
                    # No fault of this mail; where it was put back already, this changes nothing.
                    steps.release(self._kind, [mail.claim])
                    return False
        return False

    def _hand_over(self, step: Callable[[MailServer, Ready], None], lane: MailServer, mail: Ready) -> bool:
        """One step of DATA; whether the next one may follow."""
        try:
            step(lane, mail)
            return True
        except Refused as refusal:
            self._refused(lane, mail, refusal)
        except NotConnected as error:
            steps.put_back(self._kind, mail.claim, error=str(error))
            self._mend(lane)
        except Unclear as error:
            log.warning("mail_in_doubt", kind=self._kind.name, id=mail.claim.pk)
            steps.doubt(self._kind, mail.claim, error=str(error))
            self._mend(lane)
        return False

    def _refused(self, lane: MailServer, mail: Ready, refusal: Refused) -> None:
        # A lasting no to MAIL is about the sender, which the operator can mend, and not about this mail.
        if refusal.temporary or refusal.stage == "MAIL":
            steps.put_back(self._kind, mail.claim, error=str(refusal))
        else:
            steps.fail(self._kind, mail.claim, error=str(refusal), nobody_there=refusal.nobody_there)
        if refusal.closing:
            self._mend(lane)

    def _widen(self, mails: int) -> None:
        """Opens further lanes for a batch of so many mails; a server that allows fewer gets fewer."""
        while len(self._lanes) < min(self._most_lanes, mails):
            try:
                self._lanes.append(self._stack.enter_context(MailServer()))
            except NotConnected:
                self._most_lanes = len(self._lanes)

    def _mend(self, lane: MailServer) -> bool:
        """A new connection for a lane that lost its own, or one lane less."""
        try:
            lane.reconnect()
        except NotConnected:
            self._lanes.remove(lane)
            return False
        return True


def _begin(lane: MailServer, _mail: Ready) -> None:
    lane.begin()


def _give(lane: MailServer, mail: Ready) -> None:
    lane.give(mail.envelope)


def _hear(lane: MailServer, _mail: Ready) -> None:
    lane.hear()
