"""Every write to reviews: by their authors, moderators, the business that replies, and addresses not confirmed yet."""

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
from reviews.services.erasure import erase_review
from reviews.services.following import LOST, follow_log, restate_reply
from reviews.services.moderation import (
    LONGEST_HOLD,
    end_holds,
    hide_words,
    hold_review,
    reject_review,
    release_review,
    remove_review,
    restore_review,
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
from reviews.transitions import IllegalTransition

__all__ = [
    "LONGEST_HOLD",
    "LOST",
    "AlreadyReviewed",
    "CannotConfirm",
    "IllegalTransition",
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
    "end_holds",
    "erase_review",
    "expire_pending_reviews",
    "follow_log",
    "hide_words",
    "hold_review",
    "publication_notice",
    "reject_review",
    "release_review",
    "remove_review",
    "reply",
    "request_review",
    "restate_reply",
    "restore_review",
    "submit_review",
    "withdraw_review",
]
