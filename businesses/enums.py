"""Choices of the tenant's own things."""

from django.db import models


class Role(models.TextChoices):
    """What a member may do; the predicates are in `businesses.rules`."""

    OWNER = "owner", "Owner"
    AGENT = "agent", "Agent"


class ConsentBasis(models.TextChoices):
    """Why this customer may be written to."""

    EXISTING_CUSTOMER = "existing_customer", "Existing customer"
    CONSENT = "consent", "Consent"


class ApiScope(models.TextChoices):
    """What an API key opens."""

    EVENTS_WRITE = "events:write", "Report events, such as a solved ticket or an order"
    RESPONSES_READ = "responses:read", "Read survey answers"
    REVIEWS_READ = "reviews:read", "Read reviews and replies"
    REVIEWS_REPLY = "reviews:reply", "Reply to reviews"
    SCORE_READ = "score:read", "Read the score"


class MailStatus(models.TextChoices):
    """States of a mail that is a row; the arrows between them are in `businesses.delivery`.

    `waiting` is the protocol's word for a mail that a provider's quota holds back; a mail server of one's own has none.
    """

    SCHEDULED = "scheduled", "Scheduled"
    CLAIMED = "claimed", "Being prepared"
    HANDED_OVER = "handed_over", "Handed over"
    SENT = "sent", "Sent"
    FAILED = "failed", "Failed"
    UNCERTAIN = "uncertain", "Uncertain"
    SKIPPED = "skipped", "Skipped"
    CANCELLED = "cancelled", "Cancelled"
    EXPIRED = "expired", "Expired"
    WAITING = "waiting", "Waiting"
    QUARANTINED = "quarantined", "Quarantined"


class AuditKind(models.TextChoices):
    """Everything the audit log can say, one line each."""

    BUSINESS_CREATED = "business.created", "Business created"
    BUSINESS_CHANGED = "business.changed", "Settings changed"
    MEMBER_INVITED = "member.invited", "Colleague invited"
    INVITATION_WITHDRAWN = "member.invitation_withdrawn", "Invitation taken back"
    MEMBER_JOINED = "member.joined", "Colleague joined"
    MEMBER_REMOVED = "member.removed", "Colleague removed"
    MEMBER_ROLE_CHANGED = "member.role_changed", "Role changed"
    KEY_CREATED = "key.created", "API key created"
    KEY_REVOKED = "key.revoked", "API key revoked"
    CONNECTION_CREATED = "connection.created", "Connection created"
    CONNECTION_CHANGED = "connection.changed", "Connection changed"
    SURVEY_CHANGED = "survey.changed", "Survey changed"
    MAIL_SETTLED_BY_HAND = "mail.settled_by_hand", "Uncertain mail settled by hand"
    REVIEWS_IMPORTED = "reviews.imported", "Reviews imported"
    PLAN_CHANGED = "plan.changed", "Plan changed"
    REVIEW_MODERATED = "review.moderated", "Review moderated by the service"
    CUSTOMER_SUPPRESSED = "customer.suppressed", "Address suppressed"


class NoticeKind(models.TextChoices):
    """Mails about one thing that happened; each has templates/mail/notices/<kind>.html and .txt."""

    TEAM_INVITATION = "team_invitation", "Invitation to a team"
    REVIEW_PUBLISHED = "review_published", "Your review is public, with the link to change it"
    REVIEW_CONFIRM = "review_confirm", "Confirm your address to publish your review"
    SURVEY_TEST = "survey_test", "A survey's mail, sent to whoever writes it"
    REVIEW_REPLIED = "review_replied", "The business replied to your review"
    REVIEW_MODERATED = "review_moderated", "Your review was held, removed or restored"
