"""What a business should know first."""

from dataclasses import dataclass

from businesses.models import Business, Membership, TeamInvitation
from dashboard.enums import Step
from dashboard.models import StepTaken
from integrations.models import Connection
from invitations.models import Invitation


@dataclass(frozen=True)
class FirstStep:
    """One of the first steps, whether it is done, why it matters, and the word on its button."""

    step: Step
    is_done: bool
    words: str
    action: str

    @property
    def title(self) -> str:
        return self.step.label


STEPS = (
    (Step.CONNECT, "A solved ticket then asks the customer by itself.", "Connect"),
    (Step.LOOK, "See what your customers get, and make it yours.", "Look"),
    (Step.TRY, "Answer it as a customer would.", "Send"),
    (Step.INVITE, "Replies come faster from two.", "Invite"),
    (Step.WIDGET, "One line of code on your pages.", "Choose"),
)


def first_steps(business: Business) -> list[FirstStep]:
    """The first steps of a business; each is done by what was done, not by a tick of its own."""
    taken = set(StepTaken.objects.filter(business=business).values_list("step", flat=True))
    done = {
        Step.CONNECT: Connection.objects.filter(business=business).exists(),
        Step.LOOK: Step.LOOK in taken,
        Step.TRY: Step.TRY in taken or Invitation.objects.filter(business=business).exists(),
        Step.INVITE: TeamInvitation.objects.filter(business=business).exists()
        or Membership.objects.filter(business=business).count() > 1,
        Step.WIDGET: Step.WIDGET in taken,
    }
    return [FirstStep(step=step, is_done=done[step], words=words, action=action) for step, words, action in STEPS]
