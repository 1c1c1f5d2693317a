"""Choices of reviews and of what can happen to them. The words are those of the ledger."""

from django.db import models


class Source(models.TextChoices):
    """Where a review comes from, derived from evidence and never chosen."""

    TICKET = "ticket", "Invited after a support ticket"
    ORDER = "order", "Invited after an order"
    ORGANIC = "organic", "E-mail address confirmed"
    IMPORTED = "imported", "Imported from elsewhere"


class ReviewStatus(models.TextChoices):
    """Where a review stands. Only `published` is public."""

    PUBLISHED = "published", "Published"
    HELD = "held", "Held for a check"
    REJECTED = "rejected", "Rejected"
    REMOVED = "removed", "Removed"
    WITHDRAWN = "withdrawn", "Withdrawn by the author"
    ERASED = "erased", "Erased"


class EventKind(models.TextChoices):
    """Every kind of change, as it will stand in the ledger."""

    SUBMIT = "submit", "Submitted"
    PUBLISH = "publish", "Published"
    HOLD = "hold", "Held"
    REJECT = "reject", "Rejected"
    REMOVE = "remove", "Removed"
    RESTORE = "restore", "Restored"
    EDIT = "edit", "Edited"
    UNCOUNT = "uncount", "Not counted"
    COUNT = "count", "Counted again"
    WITHDRAW = "withdraw", "Withdrawn"
    HIDE_TEXT = "hidetext", "Words hidden"
    ERASE = "erase", "Erased"
    REPLY = "reply", "Replied"


class UncountReason(models.TextChoices):
    """Why a published review does not count in the score."""

    SUPERSEDED = "superseded", "A newer review by the same customer counts"
    INCENTIVISED = "incentivised", "The customer was offered an incentive"
    INSIDER = "insider", "The author belongs to the business"
    PRODUCT = "product", "It is about a product, not the service"
    IMPORTED = "imported", "It was imported from elsewhere"


class ModerationReason(models.TextChoices):
    """The closed list of reasons why a review may be held, rejected, removed, or lose its words (ledger.md)."""

    HARMFUL = "harmful", "It threatens, insults or incites"
    ILLEGAL = "illegal", "It breaks the law"
    PERSONAL_DATA = "personal-data", "It tells of somebody’s private life"
    ADVERTISING = "advertising", "It advertises"
    NOT_GENUINE = "not-genuine", "It is not about an experience of its author"
    WRONG_BUSINESS = "wrong-business", "It is about another business"
    CONFLICT_OF_INTEREST = "conflict-of-interest", "Its author works for the business or a competitor"
    COURT_ORDER = "court-order", "A court has ordered it"


class Actor(models.TextChoices):
    """Who made a change, as far as the public log says."""

    SERVICE = "service", "The service"
    AUTHOR = "author", "The author"
    BUSINESS = "business", "The business"
    COURT = "court", "A court"


class ImportStatus(models.TextChoices):
    """Where an uploaded file stands; the arrows between them are in reviews.importing.uploads."""

    UPLOADED = "uploaded", "To be looked at"
    WAITING = "waiting", "Being imported"
    DONE = "done", "Imported"
    FAILED = "failed", "Failed"
