"""One worker's round: claim what is due, write it, give it to the mail server, say what became of it."""

import time
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

import structlog

from businesses.delivery import steps
from businesses.delivery.kinds import Go, MailKind, Stop, Verdict, Wait
from businesses.delivery.steps import Claim
from lib.mailing import Envelope, MailServer, NotConnected, Refused, Unclear, UndeliverableAddress
from lib.tenancy import for_service

log = structlog.get_logger()

BATCH = 50
# No batch is begun later than this in a round, and a batch whose mails take longer than this to hand over gives back
# the rest: far inside the lease, and inside what a warm shutdown waits for.
ROUND_SECONDS = 5.0
BATCH_SECONDS = 20.0


@dataclass(frozen=True)
class Ready:
    """A claimed mail, written and waiting for the wire."""

    claim: Claim
    envelope: Envelope


def send_due(kind: MailKind, *, seconds: float = ROUND_SECONDS) -> None:
    """Sends what is due of one kind and tidies up behind workers that died.

    Begins no batch after `seconds`, and hands over at least one mail of a batch, so that a slow machine gets on. The
    server is connected to before anything is claimed, so that its absence harms no row.
    """
    steps.recover(kind)
    if not steps.something_is_due(kind):
        return
    deadline = time.monotonic() + seconds
    try:
        with MailServer() as server:
            Postman(kind, server).work(deadline)
    except NotConnected as error:
        log.warning("mail_server_unreachable", kind=kind.name, error=str(error))


class Postman:
    """Carries the mails of one kind over one kept connection. Deadlines are of the monotonic clock."""

    def __init__(self, kind: MailKind, server: MailServer, *, batch_seconds: float = BATCH_SECONDS) -> None:
        self._kind = kind
        self._server = server
        self._batch_seconds = batch_seconds
        self._accepted: Claim | None = None

    def work(self, deadline: float) -> None:
        """Batches of what is due, then one by one the rows whose last worker died. Raises NotConnected."""
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
        """Mail after mail. Gives back what time or the server did not allow. Raises NotConnected."""
        left = deque(ready)
        deadline = time.monotonic() + self._batch_seconds
        try:
            while left and (len(left) == len(ready) or time.monotonic() < deadline):
                if self._offer(left[0]) and self._advance(left[0].claim):
                    self._hand_over(left.popleft())
                else:
                    left.popleft()
        finally:
            self._advance(None)
            steps.release(self._kind, [mail.claim for mail in left])

    def _advance(self, following: Claim | None) -> bool:
        """Marks the mail that the server has accepted as sent and the next one as handed over, in one commit."""
        accepted, self._accepted = self._accepted, None
        ours = steps.advance(self._kind, sent=accepted, following=following)
        if following is not None and not ours:
            log.info("mail_was_taken_back", kind=self._kind.name, id=following.pk)
            self._server.withdraw()
        return ours

    def _offer(self, mail: Ready) -> bool:
        """MAIL and RCPT, once more on a new connection when the kept one was lost. Raises NotConnected."""
        for last_try in (False, True):
            try:
                self._server.offer(mail.envelope)
                return True
            except Refused as refusal:
                self._advance(None)
                self._refused(mail, refusal)
                return False
            except NotConnected as error:
                self._advance(None)
                if last_try:
                    steps.put_back(self._kind, mail.claim, error=str(error))
                self._server.reconnect()
        return False

    def _hand_over(self, mail: Ready) -> None:
        """DATA. Raises NotConnected when the server is gone for good."""
        try:
            self._server.hand_over(mail.envelope)
            self._accepted = mail.claim
        except Refused as refusal:
            self._refused(mail, refusal)
        except NotConnected as error:
            steps.put_back(self._kind, mail.claim, error=str(error))
            self._server.reconnect()
        except Unclear as error:
            log.warning("mail_in_doubt", kind=self._kind.name, id=mail.claim.pk)
            steps.doubt(self._kind, mail.claim, error=str(error))
            self._server.reconnect()

    def _refused(self, mail: Ready, refusal: Refused) -> None:
        # A lasting no to MAIL is about the sender, which the operator can mend, and not about this mail.
        if refusal.temporary or refusal.stage == "MAIL":
            steps.put_back(self._kind, mail.claim, error=str(refusal))
        else:
            steps.fail(self._kind, mail.claim, error=str(refusal))
        if refusal.closing:
            self._server.reconnect()
