"""Every write to reviews: by their authors, by the business that replies, and by addresses not confirmed yet."""

from reviews.contents import ReviewContents, UnusableReview
from reviews.services.authors import (
    AlreadyReviewed,
    ReviewClosed,
    edit_review,
    edit_token,
    publication_notice,
    submit_review,
    withdraw_review,
)
from reviews.services.pending import (
    CannotConfirm,
    confirm_review,
    confirm_token,
    contents_of,
    expire_pending_reviews,
    request_review,
)
from reviews.services.replies import PersonalDataInReply, ReplyNotPossible, UnusableReply, reply

__all__ = [
    "AlreadyReviewed",
    "CannotConfirm",
    "PersonalDataInReply",
    "ReplyNotPossible",
    "ReviewClosed",
    "ReviewContents",
    "UnusableReply",
    "UnusableReview",
    "confirm_review",
    "confirm_token",
    "contents_of",
    "edit_review",
    "edit_token",
    "expire_pending_reviews",
    "publication_notice",
    "reply",
    "request_review",
    "submit_review",
    "withdraw_review",
]
