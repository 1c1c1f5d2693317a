"""Who may do what: one named predicate a permission, asked by the door."""

from businesses.enums import Role
from businesses.models import Membership


def is_member(membership: Membership) -> bool:
    """Read reviews, answers and customers; reply; do tasks."""
    return membership.role in {Role.OWNER, Role.AGENT}


def is_owner(membership: Membership) -> bool:
    """Everything of the business: settings, people, surveys, connections, exports, money."""
    return membership.role == Role.OWNER
