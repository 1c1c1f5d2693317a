"""Where an invited review comes from, read off what the invitation proves (score.md, Counted)."""

from invitations.models import Invitation
from reviews.enums import Source


def source_of(invitation: Invitation) -> Source:
    """TICKET only where there is a ticket, ORDER only where there was an order.

    Whoever was asked by hand, now and then, or after any other event proves with the mailed link no more than that
    the address is theirs.
    """
    if invitation.ticket_id is not None:
        return Source.TICKET
    if invitation.after_order:
        return Source.ORDER
    return Source.ORGANIC
