"""Who may do what: one named predicate a permission, asked by the door."""

from businesses.enums import Role
from businesses.models import Membership, User


def is_member(membership: Membership) -> bool:
    """Read reviews, answers and customers; reply; do tasks."""
    return membership.role in {Role.OWNER, Role.AGENT}


def is_owner(membership: Membership) -> bool:
    """Everything of the business: settings, people, surveys, connections, exports, money."""
    return membership.role == Role.OWNER


def is_moderator(user: User) -> bool:
    """Decide about holds and removals of any business's reviews; sees no survey answers and no billing."""
    return user.is_active and user.is_moderator


def is_operator(user: User) -> bool:
    """Health, keys, backups and the log; no content."""
    return user.is_active and user.is_superuser
