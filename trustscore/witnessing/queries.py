"""What the operator and the `witnesses` command are told: how asking goes, and what was cosigned here."""

from trustscore.models import AskedWitness, WitnessedLog
from trustscore.witnessing.policy import Policy


def asked_witnesses(policy: Policy) -> list[AskedWitness]:
    """The witnesses in the policy that were asked already, by name."""
    keys = [each.verifier.vkey for each in policy.witnesses]
    return list(AskedWitness.objects.filter(vkey__in=keys).order_by("name"))


def witnessed_logs() -> list[WitnessedLog]:
    """The logs that this installation has cosigned, by origin."""
    return list(WitnessedLog.objects.order_by("origin"))
