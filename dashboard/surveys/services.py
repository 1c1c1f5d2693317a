"""Writes of the survey pages that touch several apps."""

from datetime import datetime

from businesses.enums import NoticeKind
from businesses.models import User
from businesses.notices import NoticeContents, queue_notice
from lib.ids import new_public_id
from lib.mailing import absolute
from surveys.models import Survey
from surveys.texts import texts_for


def queue_test_mail(*, survey: Survey, language: str, reader: User, now: datetime) -> None:
    """Queues the survey's mail to `reader`, with links to a page that stores nothing."""
    words = texts_for(survey, language)
    page = absolute("survey_page", business=survey.business.slug, public_id=survey.public_id, language=language)
    queue_notice(
        business=survey.business,
        kind=NoticeKind.SURVEY_TEST,
        key=f"survey-test/{new_public_id()}",
        to=reader.email,
        contents=NoticeContents(
            words=vars(words)
            | {
                "name": reader.first_name,
                "answer_url": page,
                "kind": survey.kind,
                "scale_points": survey.scale_points,
            }
        ),
        language=language,
        now=now,
    )
