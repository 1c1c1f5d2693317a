"""`witnesses`: who cosigns this log and how that goes, and whose logs are cosigned here."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from lib.errors import DomainError
from lib.tenancy import for_service
from trustscore.models import AskedWitness, WitnessedLog
from trustscore.witnessing.policy import Policy, PolicyError, Witness, read_policy, read_witnessed
from trustscore.witnessing.queries import asked_witnesses, witnessed_logs
from trustscore.witnessing.rounds import ask_again
from trustscore.witnessing.witness import witness_vkey


class Command(BaseCommand):
    """Exits 0 when nobody refuses and no log that is witnessed here forked, 1 otherwise."""

    help = "Show the witnesses of this log and the logs that are witnessed here."
    # A file with a bad line is told of below, by itself.
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        """One option: to ask somebody again who has refused."""
        parser.add_argument("--ask-again", metavar="NAME", help="ask a witness again that refused, once you know why")

    def handle(self, *args: Any, **options: Any) -> None:
        """Writes a line for each, and each reason not to be at ease."""
        try:
            policy, known = read_policy(settings.LEDGER_POLICY_FILE), read_witnessed(settings.LEDGER_WITNESSED_FILE)
            if options["ask_again"]:
                ask_again(options["ask_again"])
            vkey = witness_vkey()
        except (PolicyError, DomainError) as problem:
            raise CommandError(str(problem)) from problem
        with for_service("show how witnessing goes"):
            asked, cosigned = asked_witnesses(policy), witnessed_logs()
        self._show_witnesses(policy, asked)
        self.stdout.write(f"Logs that are witnessed here ({settings.LEDGER_WITNESSED_FILE}):")
        for origin in sorted({*known, *(log.origin for log in cosigned)}):
            self.stdout.write(f"  {origin}: {_said_of(origin, cosigned)}")
        self.stdout.write(f"The key that this installation cosigns with:\n  {vkey}")
        if any(each.refused_at for each in asked) or any(each.forked_at for each in cosigned):
            raise CommandError("A witness refuses, or a log has forked: see docs/witnessing.md.")

    def _show_witnesses(self, policy: Policy, asked: list[AskedWitness]) -> None:
        rows = {row.vkey: row for row in asked}
        where = settings.LEDGER_POLICY_FILE
        self.stdout.write(f"Witnesses of this log ({where}), of which {policy.quorum} should cosign:")
        for witness in policy.witnesses:
            self.stdout.write(f"  {_said_by(witness, rows.get(witness.verifier.vkey))}")


def _said_by(witness: Witness, row: AskedWitness | None) -> str:
    if row is None:
        return f"{witness.name}: was not asked yet"
    last = "never cosigned" if row.cosigned_at is None else f"cosigned {row.size} entries at {_time(row.cosigned_at)}"
    if row.refused_at:
        return f"{witness.name} refuses since {_time(row.refused_at)}: {row.problem} ({last})"
    return f"{witness.name}: {last}" + (f"; now: {row.problem}" if row.problem else "")


def _said_of(origin: str, cosigned: list[WitnessedLog]) -> str:
    row = next((each for each in cosigned if each.origin == origin), None)
    if row is None or row.cosigned_at is None:
        return "nothing was cosigned yet"
    said = f"{row.size} entries, cosigned at {_time(row.cosigned_at)}"
    if row.forked_at is None:
        return said
    proof = "\n".join(f"    {line}" for line in f"{row.before_fork}\n{row.fork}".splitlines())
    return f"{said}\n    It forked, as was seen at {_time(row.forked_at)}. Both of these are signed by it:\n{proof}"


def _time(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M:%S} UTC"
