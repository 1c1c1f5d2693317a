"""The words that visitors of a shop read for what is kept as a code, in the active language."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from invitations.asking_queries import Finding
from invitations.fairness import Mark
from lib.formatting import number
from reviews.enums import ModerationReason, Source, UncountReason
from reviews.queries import Absent, Treatment


@contextmanager
def spoken(language: str) -> Iterator[str]:
    """The language in force inside: the one asked for where there is a catalogue for it, else English."""
    known = {code for code, _name in settings.LANGUAGES}
    chosen = language.split("-")[0].lower()
    with translation.override(chosen if chosen in known else "en"):
        yield translation.get_language() or "en"


def label_words(label: str) -> str:
    """The score's label; "" for none."""
    return {
        "": "",
        "Excellent": _("Excellent"),
        "Great": _("Great"),
        "Average": _("Average"),
        "Poor": _("Poor"),
        "Bad": _("Bad"),
    }[label]


def source_words(source: str) -> str:
    """Where a review comes from."""
    return {
        Source.TICKET: _("Invited after a support ticket"),
        Source.ORDER: _("Invited after an order"),
        Source.ORGANIC: _("E-mail address confirmed"),
        Source.IMPORTED: _("Imported from elsewhere"),
    }[Source(source)]


def uncounted_words(reason: str) -> str:
    """Why one published review does not count in the score."""
    return {
        UncountReason.SUPERSEDED: _("the same customer wrote a newer one, which counts"),
        UncountReason.INCENTIVISED: _("the customer was offered something for writing it"),
        UncountReason.INSIDER: _("its author belongs to the business"),
        UncountReason.PRODUCT: _("it is about a product, not about the service"),
        UncountReason.IMPORTED: _("it was imported from elsewhere"),
    }[UncountReason(reason)]


def uncounted_number_words(reason: str, count: int) -> str:
    """How many published reviews do not count for one reason."""
    words = {
        UncountReason.SUPERSEDED: ngettext(
            "%(reviews)s older review whose author wrote a newer one",
            "%(reviews)s older reviews whose authors wrote newer ones",
            count,
        ),
        UncountReason.INCENTIVISED: ngettext(
            "%(reviews)s review whose author was offered something for it",
            "%(reviews)s reviews whose authors were offered something for them",
            count,
        ),
        UncountReason.INSIDER: ngettext(
            "%(reviews)s review by somebody who belongs to the business",
            "%(reviews)s reviews by people who belong to the business",
            count,
        ),
        UncountReason.PRODUCT: ngettext("%(reviews)s review of a product", "%(reviews)s reviews of products", count),
        UncountReason.IMPORTED: ngettext(
            "%(reviews)s review imported from elsewhere", "%(reviews)s reviews imported from elsewhere", count
        ),
    }[UncountReason(reason)]
    return words % {"reviews": number(count)}


def review_count_words(count: int) -> str:
    """How many reviews count: ``1,284 reviews``."""
    return ngettext("%(reviews)s review", "%(reviews)s reviews", count) % {"reviews": number(count)}


def stars_words(stars: int) -> str:
    """``4 stars``."""
    return ngettext("%(stars)s star", "%(stars)s stars", stars) % {"stars": stars}


def moderation_words(reason: str) -> str:
    """Why a review was removed or lost its words."""
    return {
        ModerationReason.HARMFUL: _("it threatens, insults or incites"),
        ModerationReason.ILLEGAL: _("it breaks the law"),
        ModerationReason.PERSONAL_DATA: _("it tells of somebody’s private life"),
        ModerationReason.ADVERTISING: _("it advertises"),
        ModerationReason.NOT_GENUINE: _("it is not about an experience of its author"),
        ModerationReason.WRONG_BUSINESS: _("it is about another business"),
        ModerationReason.CONFLICT_OF_INTEREST: _("its author works for the business or a competitor"),
        ModerationReason.COURT_ORDER: _("a court has ordered it"),
    }[ModerationReason(reason)]


def absent_words(absent: Absent) -> list[str]:
    """What is not on the page any more and why, a line a kind, in neutral words; nothing where nothing is missing."""
    told = (
        (
            ngettext("%(n)s taken back by its author", "%(n)s taken back by their authors", absent.withdrawn),
            absent.withdrawn,
        ),
        (
            ngettext("%(n)s erased by its author", "%(n)s erased by their authors", absent.erased_by_authors),
            absent.erased_by_authors,
        ),
        (
            ngettext("%(n)s erased by the service", "%(n)s erased by the service", absent.erased_by_service),
            absent.erased_by_service,
        ),
        (ngettext("%(n)s being checked at the moment", "%(n)s being checked at the moment", absent.held), absent.held),
    )
    lines = [words % {"n": number(count)} for words, count in told if count]
    for reason, count in absent.removed.items():
        words = ngettext("%(n)s removed after a check: %(reason)s", "%(n)s removed after a check: %(reason)s", count)
        lines.append(words % {"n": number(count), "reason": moderation_words(reason)})
    return lines


def finding_words(finding: Finding) -> str:
    """That some customers were asked more rarely than the others of the same days, in numbers."""
    told = {
        (Mark.REOPENED, "yes"): _("whose ticket was reopened"),
        (Mark.REOPENED, "no"): _("whose ticket was not reopened"),
        (Mark.EARLIER, "unhappy"): _("who were unhappy the last time they answered"),
        (Mark.EARLIER, "middle"): _("who were neither happy nor unhappy the last time they answered"),
        (Mark.EARLIER, "happy"): _("who were happy the last time they answered"),
        (Mark.EARLIER, "none"): _("who had never answered before"),
        (Mark.WAITING, "1h"): _("whose ticket took up to an hour"),
        (Mark.WAITING, "4h"): _("whose ticket took one to four hours"),
        (Mark.WAITING, "1d"): _("whose ticket took four to 24 hours"),
        (Mark.WAITING, "3d"): _("whose ticket took one to three days"),
        (Mark.WAITING, "longer"): _("whose ticket took more than three days"),
    }
    # A colleague's name and a tag of the business's own are not for everybody.
    others = {
        Mark.ASSIGNEE: _("whose ticket had one certain assignee"),
        Mark.TAG: _("whose ticket had one certain tag"),
        Mark.LANGUAGE: _("who write in one certain language"),
        Mark.WAITING: _("whose ticket’s duration is not known"),
    }
    return _(
        "Of the customers %(who)s, %(asked)s of %(eligible)s were asked; of all others %(others_asked)s of %(others)s."
    ) % {
        "who": told.get((finding.mark, finding.level)) or others[finding.mark],
        "asked": number(finding.asked),
        "eligible": number(finding.eligible),
        "others_asked": number(finding.others_asked),
        "others": number(finding.others),
    }


def treatment_words(treatment: Treatment) -> str:
    """How many of the reviews of one star value were held and removed, and the longest hold in hours."""
    words = _("%(stars)s: %(held)s of %(n)s held, %(removed)s removed") % {
        "stars": stars_words(treatment.stars),
        "held": number(treatment.held),
        "n": number(treatment.published),
        "removed": number(treatment.removed),
    }
    if not treatment.hours_held:
        return words
    return f"{words}; " + _("longest hold %(hours)s hours") % {"hours": number(max(treatment.hours_held))}
